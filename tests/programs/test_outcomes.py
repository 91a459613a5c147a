"""What becomes of each task: decided by the seed alone, the same in both programs."""

import unittest

from .program import PROGRAMS, VIRTUAL, measure, on_each, sample
from .workload import Workload

MS = 1_000_000
FAULTS = ("--error-rate", 0.2, "--silent-rate", 0.2, "--hang-rate", 0.2, "--hang-time", "3ms")


class Outcomes(unittest.TestCase):
    def test_both_programs_have_the_digest_of_the_restated_workload(self) -> None:
        for distribution in ("fixed", "uniform", "exponential", "lognormal"):
            for kind, rate in (("batch", 0), ("fixed", 7000), ("poisson", 3000)):
                arrivals = kind if rate == 0 else f"{kind}:{rate}/s"
                work = Workload(
                    tasks=30, seed=7, service_ns=MS, distribution=distribution,
                    arrivals=kind, arrivals_per_s=rate, error_rate=0.2, silent_rate=0.2,
                    hang_rate=0.2, hang_ns=3 * MS,
                )  # fmt: skip
                args = ("-n", 30, "--seed", 7, "-s", "1ms", "--arrivals", arrivals, *FAULTS)
                for program in PROGRAMS:
                    with self.subTest(program, arrivals=arrivals, of=distribution):
                        more = ("--distribution", distribution)
                        record, samples = sample(program, *args, *more)
                        self.assertEqual(record["workload_digest"], work.digest())
                        due = [task.due_ns for task in samples]
                        self.assertEqual(due, work.due_ns())
                        for task in samples:
                            self.assertGreaterEqual(task.started_ns, task.due_ns)
                            took = task.finished_ns - task.started_ns
                            self.assertGreaterEqual(took, work.call_ns(task.index))

    @on_each
    def test_what_does_not_change_the_workload_leaves_its_digest(self, program) -> None:
        digests = {
            measure(program, "-n", 9, "-s", "1us", *args)["workload_digest"]
            for args in (
                (), ("--attempts", 3), ("--api-capacity", 1), ("--cancel", "within"),
                ("--deadline", "1ns", "--cancel", "between"), ("--stack-size", "64K"),
            )
        }  # fmt: skip
        self.assertEqual(len(digests), 1)

    def test_every_task_has_one_lane_at_a_time(self) -> None:
        """A worker serves one task after the other; a thread of its own only one."""
        for program, clock in (("worker-pool", ()), ("fiber-pool", VIRTUAL)):
            args = ("-n", 60, "-w", 4, "-s", "1ms", *clock)
            _, samples = sample(program, *args)
            lanes = {task.lane for task in samples}
            self.assertLessEqual(lanes, set(range(4)))
            if clock:  # a busy machine may serve all before it wakes the last worker
                self.assertEqual(lanes, set(range(4)))
            for lane in lanes:
                mine = sorted(
                    (task.started_ns, task.finished_ns)
                    for task in samples
                    if task.lane == lane
                )
                for before, after in zip(mine, mine[1:]):
                    self.assertLessEqual(before[1], after[0])
        _, samples = sample("thread-per-task", "-n", 60, "-s", "1ms")
        self.assertEqual([task.lane for task in samples], list(range(60)))
