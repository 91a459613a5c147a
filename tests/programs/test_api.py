"""The API on the other end: capacity, rate, outage and slowdown, as its accounts show."""

import unittest

from .program import PROGRAMS, is_pool, measure, on_each, only, sample

MS = 1_000_000


class Api(unittest.TestCase):
    def test_a_pool_no_larger_than_the_capacity_is_never_rejected(self) -> None:
        for workers, capacity in ((1, 1), (5, 5), (5, 50), (50, 50)):
            with self.subTest(workers=workers, capacity=capacity):
                args = ("-n", 200, "-s", "1ms", "-w", workers, "--api-capacity", capacity)
                record = measure("worker-pool", *args)
                self.assertEqual(record["outcomes"], only(ok=200))

    def test_a_flood_is_turned_away(self) -> None:
        """All calls but the first five meet a full API: those five never end."""
        args = ("-n", 50, "-s", "1000s", "--api-capacity", 5)
        args += ("--deadline", "1s", "--cancel", "within")
        for program in PROGRAMS:
            with self.subTest(program):
                pool = ("-w", 50) if is_pool(program) else ()
                record, samples = sample(program, *args, *pool)
                self.assertEqual(record["outcomes"], only(rejected=45, cancelled=5))
                self.assertEqual(record["peak"]["served"], 5)
                for task in samples:
                    if task.outcome == "rejected":
                        took = task.finished_ns - task.started_ns
                        self.assertGreaterEqual(took, MS)  # of --api-reject-time

    @on_each
    def test_everyone_can_be_rejected(self, program: str) -> None:
        args = ("-n", 40, "-s", 0, "--api-rate", "0.0001/s", "--api-burst", 1)
        for attempts in (1, 3):
            record = measure(program, *args, "--attempts", attempts, "--backoff", 0)
            self.assertEqual(record["outcomes"], only(ok=1, rejected=39))
            self.assertEqual(record["calls"], 1 + 39 * attempts)

    @on_each
    def test_a_burst_is_let_through_exactly(self, program: str) -> None:
        for burst in (1, 7, 40, 1000):
            args = ("-n", 40, "-s", 0, "--api-rate", "0.0001/s", "--api-burst", burst)
            record = measure(program, *args, "--api-reject-time", 0)
            ok = min(burst, 40)
            self.assertEqual(record["outcomes"], only(ok=ok, rejected=40 - ok))

    @on_each
    def test_no_more_are_accepted_than_burst_and_rate_allow(self, program) -> None:
        for rate, burst in ((1000, 1), (2000, 50), (100, 10)):
            with self.subTest(rate=rate, burst=burst):
                args = ("-n", 400, "-s", "1ms", "--api-rate", f"{rate}/s")
                record = measure(program, *args, "--api-burst", burst)
                most = burst + rate * record["wall_ns"] / 1e9
                self.assertLessEqual(record["outcomes"]["ok"], most)
                self.assertGreaterEqual(record["outcomes"]["ok"], burst)

    @on_each
    def test_during_an_outage_every_call_fails(self, program: str) -> None:
        always = measure(program, "-s", 0, "--api-outage", "0,1000s")
        never = measure(program, "-s", 0, "--api-outage", "1000s,1000s")
        self.assertEqual(always["outcomes"], only(failed=50))
        self.assertEqual(never["outcomes"], only(ok=50))

    @on_each
    def test_an_outage_begins_and_ends_when_it_should(self, program: str) -> None:
        start, end = 40 * MS, 80 * MS
        args = ("-n", 120, "-s", 0, "--arrivals", "fixed:1000/s")
        _, samples = sample(program, *args, "--api-outage", "40ms,40ms")
        for task in samples:
            if task.outcome == "failed":
                self.assertLess(task.started_ns, end)
                self.assertGreaterEqual(task.finished_ns, start)
            else:
                outside = task.started_ns < start or task.finished_ns >= end
                self.assertTrue(outside, task)
        self.assertEqual({"ok", "failed"}, {task.outcome for task in samples})

    @on_each
    def test_a_slow_api_is_slower_the_more_it_serves(self, program: str) -> None:
        args = ["-n", 8, "-s", "20ms", "--api-slowdown", "50%"]
        args += ["-w", 8] if is_pool(program) else []
        record, samples = sample(program, *args)
        together = record["peak"]["served"]
        slowest = max(task.finished_ns - task.started_ns for task in samples)
        self.assertGreaterEqual(min(t.finished_ns - t.started_ns for t in samples), 20 * MS)
        # The call that made the peak may have seen one fewer a moment later.
        self.assertGreaterEqual(slowest, 20 * MS * (1 + 0.5 * (together - 2)))

    def test_alone_it_is_not_slowed(self) -> None:
        """A pool of one never meets another call: theory's bound, and no more calls."""
        record = measure("worker-pool", "-n", 5, "-w", 1, "-s", "1ms",
                         "--api-slowdown", 1000)  # fmt: skip
        self.assertEqual(record["peak"]["served"], 1)
        self.assertLess(record["latency_ns"]["max"], 1000 * MS)  # slowed once: 1001 ms

    @on_each
    def test_open_loop_tasks_start_when_due_and_wait_counts_from_there(self, program):
        for arrivals in ("fixed:500/s", "poisson:500/s"):
            with self.subTest(arrivals):
                args = ("-n", 40, "-s", "3ms", "--arrivals", arrivals)
                record, samples = sample(program, *args)
                self.assertEqual(record["outcomes"], only(ok=40))
                due = [task.due_ns for task in samples]
                self.assertEqual(due, sorted(due))
                self.assertGreater(due[-1], 0)
                for task in samples:
                    self.assertGreaterEqual(task.started_ns, task.due_ns)
                self.assertGreaterEqual(record["wall_ns"], due[-1] + 3 * MS)
                latest = max(task.finished_ns - task.due_ns for task in samples)
                self.assertEqual(record["latency_ns"]["max"], latest)

    @on_each
    def test_all_faults_together_still_add_up(self, program: str) -> None:
        args = (
            "-n", 300, "-s", "1ms", "--distribution", "lognormal", "--error-rate", 0.1,
            "--silent-rate", 0.1, "--hang-rate", 0.1, "--hang-time", "20ms",
            "--api-capacity", 20, "--api-rate", "5000/s", "--api-burst", 20,
            "--api-slowdown", 0.1, "--api-outage", "10ms,10ms", "--attempts", 4,
            "--backoff", "1ms", "--retry-budget", 0.5, "--timeout", "10ms",
            "--arrivals", "poisson:5000/s",
        )  # fmt: skip
        for seed in range(5):
            for cancel in ("none", "between", "within"):
                record, samples = sample(
                    program, *args, "--seed", seed, "--cancel", cancel,
                    "--deadline", "40ms",
                )  # fmt: skip
                self.assertEqual(sum(record["outcomes"].values()), 300)
                self.assertEqual(sum(task.attempts for task in samples), record["calls"])
                self.assertLessEqual(record["peak"]["served"], 20)


if __name__ == "__main__":
    unittest.main()
