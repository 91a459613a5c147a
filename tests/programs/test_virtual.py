"""Virtual time: the same to the byte each time, and exactly what theory says."""

import hashlib
import heapq
import itertools
import json
import math
import os
import shutil
import signal
import tempfile
import unittest
from pathlib import Path

from .program import (
    VIRTUAL, Ending, Sample, bound, finish, measure, on_each_fiber_program, only,
    refusal, run, sample, start, until,
)  # fmt: skip
from .workload import Workload

MS, S = 1_000_000, 1_000_000_000
DISTRIBUTIONS = ("fixed", "uniform", "exponential", "lognormal")
ARRIVALS = ("batch", "fixed:500/s", "poisson:700/s")
FAULTS = (
    "-n", 400, "--error-rate", "10%", "--silent-rate", "5%", "--hang-rate", "5%",
    "--hang-time", "1s", "--attempts", 4, "--retry-budget", "50%", "--timeout", "50ms",
    "--api-capacity", 8, "--api-rate", "800/s", "--api-burst", 5, "--api-slowdown", "3%",
    "--api-outage", "100ms,50ms", "--spawn-time", "30us", "--task-time", "20us",
)  # fmt: skip
SERVICES = (
    ("--api-queue", 4), ("--api-queue", "unlimited", "--api-keeps-working"),
    ("--retry-after", "30ms"), ("--breaker", "3,40ms"),
)
FULL = (("--when-full", "reject", "--queue", 5), ("--when-full", "caller-runs"))
POOLS = (
    *(("fiber-pool", *more) for more in FULL),
    *(("elastic-fiber-pool", "--idle-time", "4ms", *more) for more in ((), *FULL)),
)
OF_THE_PROCESS = {
    "rss_bytes", "virtual_bytes", "page_table_bytes", "user_ns", "system_ns",
    "voluntary_switches", "involuntary_switches", "minor_faults",
}  # fmt: skip


def told(program: str, *args: object, **settings: object) -> tuple[str, bytes]:
    """The record and the samples of a run that must succeed, as they are written."""
    with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
        path = Path(folder) / "samples.csv"
        more = (*VIRTUAL, "--json", "-", "--samples", path)
        ending = run(program, *args, *more, **settings)
        if ending.status != 0:
            raise AssertionError(str(ending))
        return ending.out, path.read_bytes()


def as_a_queue(work: Workload, servers: int) -> list[tuple[int, int]]:
    """When each task starts and ends if `servers` take them in order of arrival."""
    free = [0] * servers
    times = []
    for index, due in enumerate(work.due_ns()):
        begins = max(due, heapq.heappop(free))
        ends = begins + work.call_ns(index)
        heapq.heappush(free, ends)
        times.append((begins, ends))
    return times


def times_of(samples: list[Sample]) -> list[tuple[int | None, int | None]]:
    return [(task.started_ns, task.finished_ns) for task in samples]


class Determinism(unittest.TestCase):
    @on_each_fiber_program
    def test_a_seed_has_one_record_and_one_set_of_samples(self, program) -> None:
        """Also on one CPU, in another environment, with random addresses or without."""
        others = [("env", "-i")]
        if shutil.which("taskset"):
            others.append(("taskset", "-c", "0", "env", "X=" + "x" * 5000))
        if shutil.which("setarch") and run(program, "-n0", wrap=("setarch", "-R")).status == 0:
            others.append(("setarch", "-R"))
        wraps = itertools.cycle(others)
        for of, arrivals, attempts in itertools.product(DISTRIBUTIONS, ARRIVALS, (1, 3)):
            args = (
                *FAULTS, "--distribution", of, "--arrivals", arrivals, "--attempts", attempts,
                "--cancel", "within", "--deadline", "600ms", *bound(program, 20),
            )  # fmt: skip
            with self.subTest(of=of, arrivals=arrivals, attempts=attempts):
                first = told(program, *args)
                self.assertEqual(first, told(program, *args, wrap=next(wraps)))
                self.assertNotEqual(first[1], told(program, *args, "--seed", 2)[1])

    def test_so_has_each_way_to_describe_a_service(self) -> None:
        """Also while somebody outside, whose time is real, reads how far it is."""
        for program, *args in (
            *(("fiber-per-task", *service) for service in SERVICES),
            *(("fiber-pool", *more) for more in SERVICES), *POOLS,
        ):
            args = (*FAULTS, "-n", 2000, "--arrivals", "poisson:1500/s", *args)
            args = (*args, *bound(program, 20))
            with self.subTest(program=program, args=args):
                first = told(program, *args)
                self.assertNotEqual(first[1], told(program, *args, "--seed", 2)[1])
                with open("/dev/null", "w", encoding="ascii") as sink:
                    watch = ("--progress", sink.fileno())
                    watched = told(program, *args, *watch, pass_fds=(sink.fileno(),))
                self.assertEqual(first, watched)

    def test_every_machine_has_the_same_samples(self) -> None:
        """As this one had them once. A change in what a run does changes them, too."""
        for program, expected in (
            ("fiber-pool", "3a2e301ce66987d9"), ("fiber-per-task", "1d8c92f745d87aa1"),
        ):  # fmt: skip
            args = (*FAULTS, "--distribution", "lognormal", "--arrivals", "poisson:700/s")
            _, samples = told(program, *args, *bound(program, 20))
            self.assertEqual(hashlib.sha256(samples).hexdigest()[:16], expected, program)

    @on_each_fiber_program
    def test_what_is_said_of_the_process_is_null_and_all_else_is_not(self, program) -> None:
        record = json.loads(told(program, "-n", 20, "--error-rate", "50%")[0])
        for key, value in {**record["peak"], **record["cpu"]}.items():
            self.assertEqual(value is None, key in OF_THE_PROCESS, key)
        config = record["config"]
        self.assertEqual((config["clock"], config["timer_slack_ns"]), ("virtual", None))
        self.assertEqual((config["spawn_time_ns"], config["task_time_ns"]), (0, 0))
        for key in ("latency_ns", "failed_latency_ns", "queue_wait_ns"):
            self.assertNotIn(None, record[key].values())

    @on_each_fiber_program
    def test_real_time_is_the_default_and_knows_the_process(self, program) -> None:
        for args in ((), ("--clock", "monotonic", "--spawn-time", 0, "--task-time", 0)):
            record = measure(program, "-n", 5, "-s", 0, *args)
            self.assertEqual(record["config"]["clock"], "monotonic")
            self.assertGreater(record["peak"]["rss_bytes"], 0)
            self.assertIsNotNone(record["config"]["timer_slack_ns"])

    @on_each_fiber_program
    def test_watching_for_deadlocks_changes_nothing_else(self, program) -> None:
        plain = json.loads(told(program, *FAULTS)[0])
        watched = json.loads(told(program, *FAULTS, "--detect-deadlock")[0])
        self.assertTrue(watched["config"].pop("detect_deadlock"))
        self.assertFalse(plain["config"].pop("detect_deadlock"))
        self.assertEqual(plain, watched)


class Theory(unittest.TestCase):
    @on_each_fiber_program
    def test_equal_tasks_take_whole_rounds(self, program) -> None:
        for tasks, most in ((1, 1), (50, 5), (51, 5), (7, 100), (1000, 7), (999, 1)):
            with self.subTest(tasks=tasks, most=most):
                args = ("-n", tasks, "-s", "10s", *bound(program, most), *VIRTUAL)
                record = measure(program, *args)
                self.assertEqual(record["wall_ns"], math.ceil(tasks / most) * 10 * S)
                self.assertEqual(record["peak"]["in_flight"], min(tasks, most))

    @on_each_fiber_program
    def test_unequal_tasks_are_served_as_by_a_queue(self, program) -> None:
        for of, arrivals, servers in itertools.product(DISTRIBUTIONS, ARRIVALS, (1, 6)):
            kind, _, rate = arrivals.partition(":")
            work = Workload(
                tasks=500, seed=9, service_ns=10 * MS, distribution=of, arrivals=kind,
                arrivals_per_s=float(rate.removesuffix("/s") or 0),
            )  # fmt: skip
            args = ("-n", 500, "--seed", 9, "--distribution", of, "--arrivals", arrivals)
            with self.subTest(of=of, arrivals=arrivals, servers=servers):
                record, samples = sample(program, *args, *bound(program, servers), *VIRTUAL)
                expected = as_a_queue(work, servers)
                self.assertEqual(times_of(samples), expected)
                self.assertEqual(record["wall_ns"], max(ends for _, ends in expected))
                latest = max(task.finished_ns - task.due_ns for task in samples)
                self.assertEqual(record["latency_ns"]["max"], latest)

    def test_a_fiber_per_task_costs_its_creation_and_its_work_one_by_one(self) -> None:
        for create_us, work_us in ((70, 0), (0, 30), (70, 30)):
            each_ns = (create_us + work_us) * 1000
            args = ("--spawn-time", f"{create_us}us", "--task-time", f"{work_us}us")
            record, samples = sample("fiber-per-task", "-n", 1000, "-s", "1s", *args, *VIRTUAL)
            starts = [(index + 1) * each_ns for index in range(1000)]
            self.assertEqual(record["create_ns"], 1000 * create_us * 1000)
            self.assertEqual(record["wall_ns"], 1000 * each_ns + S)
            self.assertEqual(times_of(samples), [(at, at + S) for at in starts])

    def test_a_pool_costs_its_workers_and_then_the_slower_of_calls_and_work(self) -> None:
        """W c + max(R (d + h) + (L - 1) h, N h + d), as METHOD says of a pool, and c for
        the feeder: it is a fiber, too, and created last. Here L, the last round, is W.
        """
        c, d = 50_000, 10 * MS
        for workers, h in ((1, 0), (10, 0), (10, 20_000), (100, 50_000), (100, 200_000),
                           (1000, 400_000)):  # fmt: skip
            tasks, create = 20 * workers, (workers + 1) * c
            expected = create + max(20 * (d + h) + (workers - 1) * h, tasks * h + d)
            args = ("-n", tasks, "-w", workers, "--spawn-time", "50us", "--task-time", f"{h}ns")
            with self.subTest(workers=workers, h=h):
                record = measure("fiber-pool", *args, *VIRTUAL)
                self.assertEqual(record["wall_ns"], expected)
                self.assertEqual(record["create_ns"], create)

    def test_whoever_has_ended_is_gone_before_another_begins(self) -> None:
        args = ("-n", 100, "-s", "1ms", "--arrivals", "fixed:500/s", *VIRTUAL)
        for more in ((), ("--max-threads", 1), ("--max-threads", 50)):
            record = measure("fiber-per-task", *args, *more)
            told = record["peak"]["threads"], record["threads_created"]
            self.assertEqual(told, (1, 100), more)

    @on_each_fiber_program
    def test_a_call_ends_late_by_what_is_told(self, program) -> None:
        """One that is turned away or given up, too; and its place is taken until then."""
        for args, d, outcome in (
            ((), 10 * MS, "ok"), (("--timeout", "4ms"), 4 * MS, "timed_out"),
            (("--timeout", "10ms"), 10 * MS, "ok"),  # just in time
            (("--timeout", "9900us"), 99 * MS // 10, "timed_out"),
            (("--api-rate", "1/s", "--api-burst", 1), 1 * MS, "rejected"),
        ):  # fmt: skip
            args = ("-n", 20, "--oversleep", "200us", *args, *VIRTUAL)
            record, samples = sample(program, *args, *bound(program, 1))
            last = max(samples, key=lambda task: task.started_ns)
            self.assertEqual(last.outcome, outcome)
            self.assertEqual(last.finished_ns - last.started_ns, d + MS // 5)
            self.assertLessEqual(record["api"]["service_ns"], 20 * 10 * MS)  # no more is asked

    @on_each_fiber_program
    def test_a_rate_limit_lets_through_what_it_says(self, program) -> None:
        """A token every 4 ms, a call every 1 ms: each fourth passes, after the burst."""
        args = ("-n", 4000, "-s", 0, "--arrivals", "fixed:1000/s", "--api-rate", "250/s")
        for burst in (1, 10):
            _, samples = sample(
                program, *args, "--api-burst", burst, *VIRTUAL, *bound(program, 50)
            )
            passed = [task.index for task in samples if task.outcome == "ok"]
            tokens, expected = 4 * burst, []  # in quarters
            for index in range(4000):
                if tokens >= 4:
                    tokens -= 4
                    expected.append(index)
                tokens = min(4 * burst, tokens + 1)
            self.assertEqual(passed, expected)

    @on_each_fiber_program
    def test_an_api_serves_as_many_as_it_can_and_rejects_the_rest(self, program) -> None:
        args = ("-n", 100, "-s", "1s", "--api-capacity", 30, *bound(program, 100))
        record, samples = sample(program, *args, "--api-reject-time", "5ms", *VIRTUAL)
        self.assertEqual(record["outcomes"], only(ok=30, rejected=70))
        self.assertEqual(record["peak"]["served"], 30)
        self.assertEqual(times_of(samples), [(0, S)] * 30 + [(0, 5 * MS)] * 70)
        self.assertEqual(record["failed_latency_ns"]["mean"], 5 * MS)

    @on_each_fiber_program
    def test_calls_that_wait_at_the_api_are_served_in_order(self, program) -> None:
        args = ("-n", 100, "-s", "1s", "--api-capacity", 30, "--api-queue", "unlimited")
        for more in ((), ("--api-keeps-working",)):
            _, samples = sample(program, *args, *more, *bound(program, 100), *VIRTUAL)
            rounds = [(0, (index // 30 + 1) * S) for index in range(100)]
            self.assertEqual(times_of(samples), rounds)

    @on_each_fiber_program
    def test_who_is_given_a_place_at_the_api_waits_no_longer(self, program) -> None:
        """One who moves up is in nobody's way: of two callers none is a third."""
        args = ("-n", 20, "--api-capacity", 1, "--api-queue", 1, *bound(program, 2))
        for more in ((), ("--api-keeps-working",)):
            record = measure(program, *args, *more, *VIRTUAL)
            self.assertEqual(record["outcomes"], only(ok=20))
            self.assertEqual(record["peak"]["waiting"], 1)

    @on_each_fiber_program
    def test_who_gives_up_in_the_queue_at_the_api_is_late_as_others_are(self, program) -> None:
        args = ("-n", 3, "--api-capacity", 1, "--api-queue", 2, "--timeout", "4ms")
        for more in ((), ("--api-keeps-working",)):
            record, samples = sample(
                program, *args, *more, "--oversleep", "200us", *bound(program, 3), *VIRTUAL
            )
            self.assertEqual(record["outcomes"], only(timed_out=3))
            self.assertEqual(times_of(samples), [(0, 4 * MS + MS // 5)] * 3)


def cpu_s(pid: int) -> float:
    """What it has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


class Limits(unittest.TestCase):
    def test_a_run_of_years_is_over_at_once_and_past_the_end_of_time_refused(self) -> None:
        args = ("-w", 1, "-s", "1000000s", *VIRTUAL)
        record = measure("fiber-pool", "-n", 9000, *args)
        self.assertEqual(record["wall_ns"], 9000 * 10**15)
        for more in (("-n", 9300), ("-n", 2, "--spawn-time", "1000000s", "-w", 10_000)):
            with self.subTest(more):
                said = refusal("fiber-pool", *args, *more, "--json", "-")
                self.assertRegex(said, r"^fatal error: .*end of virtual time")

    @on_each_fiber_program
    def test_ctrl_c_ends_it_at_once_with_a_true_record(self, program) -> None:
        for cancel in ("none", "between", "within"):
            args = ("-n", 10**9, "-s", "5s", "--cancel", cancel, *bound(program, 1000))
            process = start(program, *args, *VIRTUAL, "--json", "-")
            until(lambda: cpu_s(process.pid) > 0.2, "it gets going", process)
            process.send_signal(signal.SIGINT)
            with self.subTest(cancel):
                self.check_stopped(finish(process))

    def check_stopped(self, ending: Ending) -> None:
        self.assertEqual((ending.status, ending.err), (130, ""), ending)
        record = ending.record
        outcomes, stop = record["outcomes"], record["stop"]
        self.assertEqual(sum(outcomes.values()), 10**9)
        self.assertEqual(outcomes["ok"] + outcomes["cancelled"], 10**9)
        self.assertGreaterEqual(outcomes["ok"], 1000)
        self.assertEqual((record["complete"], stop["reason"]), (False, "signal"))
        self.assertLessEqual(stop["started"] + stop["never_started"], 10**9)
        self.assertLessEqual(stop["in_flight"], 1000)
        if record["config"]["cancel"] == "within":
            self.assertEqual(stop["latency_ns"], 0)
        # Each round of a thousand calls takes 5 s: time and work agree.
        self.assertLessEqual(outcomes["ok"], (record["wall_ns"] // (5 * S)) * 1000)

    @on_each_fiber_program
    def test_costs_need_it(self, program) -> None:
        for args in (("--spawn-time", "1ms"), ("--task-time", "1ns", "--clock", "monotonic"),
                     ("--oversleep", "1ns")):  # fmt: skip
            self.assertIn("they need --clock virtual", refusal(program, *args))
