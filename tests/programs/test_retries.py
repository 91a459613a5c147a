"""Trying again: exact outcomes, a pause between, a budget, a time limit for each try."""

import unittest

from .program import (
    FIBER_PROGRAMS, PROGRAMS, VIRTUAL, bound, measure, on_each,
    on_each_fiber_program, only, sample,
)  # fmt: skip
from .workload import Workload, shares

MS = 1_000_000


def pause_ns(seed: int, index: int, attempt: int, base_ns: int) -> int:
    """Full jitter: any share of the base, which doubles each time."""
    return int(next(shares(seed ^ attempt << 48, index)) * (base_ns << (attempt - 1)))


class Retries(unittest.TestCase):
    def test_each_task_makes_the_calls_its_seed_says_and_ends_as_they_do(self) -> None:
        faults = ("--error-rate", "30%", "--silent-rate", 0.1, "--hang-rate", "5%",
                  "--hang-time", "2ms")  # fmt: skip
        for seed, attempts in ((0, 1), (92 * 10**17, 1), (5, 2), (1, 3), (5, 8)):
            work = Workload(
                tasks=200, seed=seed, service_ns=0, error_rate=0.3, silent_rate=0.1,
                hang_rate=0.05, hang_ns=2 * MS,
            )  # fmt: skip
            args = ("-n", 200, "-s", 0, "--seed", seed, *faults, "--attempts", attempts)
            expected = [work.outcome(index, attempts, "ok") for index in range(200)]
            for program in PROGRAMS:
                with self.subTest(program, seed=seed, attempts=attempts):
                    record, samples = sample(program, *args, "--backoff", "100us")
                    found = [(task.outcome, task.attempts) for task in samples]
                    self.assertEqual(found, expected)
                    self.assertEqual(record["outcomes"], only(**work.counts(attempts)))
                    calls = sum(count for _, count in expected)
                    self.assertEqual(record["calls"], calls)
                    self.assertEqual(record["retries"], calls - 200)
                    self.assertEqual(record["workload_digest"], work.digest())
                    for task in samples:  # one that hangs, too
                        took = task.finished_ns - task.started_ns
                        self.assertGreaterEqual(took, work.call_ns(task.index, task.attempts))

    @on_each_fiber_program
    def test_a_retry_waits_a_random_share_of_twice_as_long_each_time(self, program) -> None:
        args = ("-n", 50, "-s", "2ms", "--error-rate", 1, "--attempts", 5, "--seed", 6)
        _, samples = sample(program, *args, "--backoff", "4ms", *bound(program, 7), *VIRTUAL)
        for task in samples:
            pauses = [pause_ns(6, task.index, attempt, 4 * MS) for attempt in range(1, 5)]
            self.assertEqual(task.finished_ns - task.started_ns, 5 * 2 * MS + sum(pauses))

    @on_each_fiber_program
    def test_the_pause_comes_on_top_of_what_a_rejection_asks_for(self, program) -> None:
        """Or all who were turned away at once would be back at once."""
        args = ("-n", 50, "-s", "2ms", "--api-rate", "0.0001/s", "--attempts", 4, "--seed", 6,
                "--retry-after", "70ms", "--api-reject-time", "3ms")  # fmt: skip
        _, samples = sample(program, *args, "--backoff", "4ms", *bound(program, 7), *VIRTUAL)
        for task in samples[1:]:
            pauses = [70 * MS + pause_ns(6, task.index, attempt, 4 * MS) for attempt in (1, 2, 3)]
            self.assertEqual(task.outcome, "rejected")
            self.assertEqual(task.finished_ns - task.started_ns, 4 * 3 * MS + sum(pauses))

    @on_each
    def test_a_hundred_thousand_attempts_without_a_pause_end(self, program: str) -> None:
        args = ("-n", 1, "-s", 0, "--error-rate", 1, "--backoff", 0)
        record = measure(program, *args, "--attempts", 500_000)
        self.assertEqual(record["calls"], 500_000)

    @on_each_fiber_program
    def test_a_budget_is_all_there_for_those_that_come_at_once(self, program: str) -> None:
        """Unbounded, all fail at one moment, and the first has yet to repeat its call."""
        args = ("-n", 100, "--error-rate", 1, "--attempts", 2, *VIRTUAL)
        for budget, granted in ((0, 0), ("10%", 10), ("29%", 29), ("0.57", 57), (1, 100),
                                (3, 100)):  # fmt: skip
            with self.subTest(budget=budget):
                record = measure(program, *args, "--retry-budget", budget)
                self.assertEqual(record["retries"], granted)

    @on_each_fiber_program
    def test_a_deadline_that_nobody_heeds_ends_no_pause(self, program: str) -> None:
        args = ("-n", 20, "--error-rate", 1, "--attempts", 3, "--backoff", "1000s")
        args += ("--deadline", "1s", "--cancel", "none", *VIRTUAL, *bound(program, 5))
        self.assertEqual(measure(program, *args)["calls"], 3 * 20)

    @on_each_fiber_program
    def test_a_pause_after_an_attempt_that_was_stopped_doubles_too(self, program) -> None:
        """The first call opens the breaker; all attempts after it are stopped."""
        args = ("-n", 9, "-s", "2ms", "--error-rate", 1, "--attempts", 4, "--seed", 6,
                "--breaker", "1,1000s", "--backoff", "4ms")  # fmt: skip
        _, samples = sample(program, *args, *bound(program, 1), *VIRTUAL)
        for task in samples:
            pauses = [pause_ns(6, task.index, attempt, 4 * MS) for attempt in (1, 2, 3)]
            took = (task.index == 0) * 2 * MS + sum(pauses)
            self.assertEqual(task.finished_ns - task.started_ns, took)

    def test_a_call_that_hangs_is_given_up_at_its_timeout(self) -> None:
        work = Workload(tasks=60, seed=3, error_rate=0.1, hang_rate=0.3)
        for attempts in (1, 3):
            args = (
                "-n", 60, "--seed", 3, "-s", 0, "--error-rate", 0.1, "--hang-rate", 0.3,
                "--hang-time", "1000s", "--timeout", "100s", "--attempts", attempts,
                "--backoff", 0, *VIRTUAL,
            )  # fmt: skip
            expected = [work.outcome(i, attempts, "timed_out") for i in range(60)]
            for program in FIBER_PROGRAMS:
                with self.subTest(program, attempts=attempts):
                    _, samples = sample(program, *args)
                    found = [(task.outcome, task.attempts) for task in samples]
                    self.assertEqual(found, expected)
                    for task in samples:
                        fates = [work.fate(task.index, k + 1) for k in range(task.attempts)]
                        took = task.finished_ns - task.started_ns
                        self.assertEqual(took, fates.count("hang") * 100_000 * MS)

    @on_each_fiber_program
    def test_every_call_slower_than_its_timeout_is_late(self, program: str) -> None:
        args = ("-n", 20, *bound(program, 5), "-s", "1001us", "--timeout", "1ms")
        record = measure(program, *args, *VIRTUAL)
        self.assertEqual(record["outcomes"], only(timed_out=20))
        self.assertEqual(record["failed_latency_ns"]["min"], MS)
        self.assertEqual(record["wall_ns"], 4 * MS)
