"""The API on the other end: capacity, rate, outage and slowdown, as its accounts show."""

import unittest

from .program import (
    VIRTUAL, bound, measure, on_each, on_each_fiber_program, only, sample,
)  # fmt: skip

MS = 1_000_000


class Api(unittest.TestCase):

    @on_each
    def test_a_burst_is_let_through_exactly(self, program: str) -> None:
        for burst, attempts in ((1, 1), (1, 3), (7, 1), (40, 1), (1000, 3)):
            args = ("-n", 40, "-s", 0, "--api-rate", "0.0001/s", "--api-burst", burst,
                    "--attempts", attempts, "--backoff", 0)  # fmt: skip
            record = measure(program, *args, "--api-reject-time", 0)
            ok = min(burst, 40)
            self.assertEqual(record["outcomes"], only(ok=ok, rejected=40 - ok))
            self.assertEqual(record["calls"], ok + (40 - ok) * attempts)

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
