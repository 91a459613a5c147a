"""The API on the other end: capacity, rate, outage and slowdown, as its accounts show."""

import unittest

from .program import (
    FIBER_PROGRAMS, VIRTUAL, bound, measure, on_each, on_each_fiber_program, only, sample,
)  # fmt: skip

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
        args = ("-n", 50, "-s", "1000s", "--api-capacity", 5, *VIRTUAL)
        args += ("--deadline", "500s", "--cancel", "within")
        for program in FIBER_PROGRAMS:
            with self.subTest(program):
                record, samples = sample(program, *args, *bound(program, 50))
                self.assertEqual(record["outcomes"], only(rejected=45, cancelled=5))
                self.assertEqual(record["peak"]["served"], 5)
                for task in samples:
                    rejected = task.outcome == "rejected"
                    took = task.finished_ns - task.started_ns
                    self.assertEqual(took, MS if rejected else 500_000 * MS)

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
    def test_during_an_outage_every_call_fails(self, program: str) -> None:
        always = measure(program, "-s", 0, "--api-outage", "0,1000s")
        never = measure(program, "-s", 0, "--api-outage", "1000s,1000s")
        self.assertEqual(always["outcomes"], only(failed=50))
        self.assertEqual(never["outcomes"], only(ok=50))

    @on_each_fiber_program
    def test_an_outage_begins_and_ends_at_its_moments(self, program: str) -> None:
        args = ("-n", 1200, "-s", 0, "--arrivals", "fixed:1/s", *VIRTUAL)
        _, samples = sample(program, *args, "--api-outage", "400s,400s")
        failed = [task.index for task in samples if task.outcome == "failed"]
        self.assertEqual(failed, list(range(400, 800)))

    @on_each_fiber_program
    def test_a_slow_api_is_slower_the_more_it_serves(self, program: str) -> None:
        """The first call finds nobody, the next one call, and so on."""
        args = ("-n", 8, "-s", "20ms", "--api-slowdown", "50%", *VIRTUAL)
        _, samples = sample(program, *args, *bound(program, 8))
        took = sorted(task.finished_ns - task.started_ns for task in samples)
        self.assertEqual(took, [20 * MS + others * 10 * MS for others in range(8)])

    def test_alone_it_is_not_slowed(self) -> None:
        """A pool of one never meets another call: theory's bound, and no more calls."""
        record = measure("worker-pool", "-n", 5, "-w", 1, "-s", "1ms",
                         "--api-slowdown", 1000)  # fmt: skip
        self.assertEqual(record["peak"]["served"], 1)
        self.assertLess(record["latency_ns"]["max"], 1000 * MS)  # slowed once: 1001 ms

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
