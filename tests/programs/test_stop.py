"""Told to stop: by a deadline or the first failure, and by who listens to it."""

import unittest

from .accounts import Accounts
from .program import (
    PROGRAMS, VIRTUAL, bound, long_enough, measure, on_each, on_each_fiber_program, only,
    sample,
)  # fmt: skip
from .workload import Workload

MS = 1_000_000


class Deadline(Accounts):
    @on_each_fiber_program
    def test_with_none_it_runs_to_its_end_and_says_by_how_much(self, program) -> None:
        args = ("-n", 12, "-s", "20s", "--deadline", "30s", "--cancel", "none", *VIRTUAL)
        record, samples = sample(program, *args, *bound(program, 4))
        self.assertEqual(record["outcomes"], only(ok=12))
        stop = self.check_stop(record, samples)
        self.assertEqual((stop["reason"], stop["at_ns"]), ("deadline", 30_000 * MS))
        self.assertEqual(stop["latency_ns"], (3 * 20 - 30) * 1000 * MS)
        self.assertTrue(record["complete"])

    @on_each_fiber_program
    def test_with_between_what_runs_ends_and_nothing_begins(self, program) -> None:
        args = ("-n", 500, "-s", "20s", "--deadline", "50s", "--cancel", "between")
        record, samples = sample(program, *args, *bound(program, 5), *VIRTUAL)
        stop = self.check_stop(record, samples)
        most = 5 * 3  # each of five begins at 0, 20 and 40 s, and not at 60
        self.assertEqual(record["outcomes"], only(ok=most, cancelled=500 - most))
        self.assertEqual((stop["started"], stop["in_flight"]), (most, 5))
        self.assertEqual(stop["latency_ns"], 10_000 * MS)

    def test_a_full_queue_is_not_worked_off_after_the_deadline(self) -> None:
        """A task and the word to stop are both ready then: the word must win."""
        args = ("-n", 500, "-w", 5, "-s", "20s", "--deadline", "50s", "--queue", 500)
        for seed in range(50):
            record, samples = sample("fiber-pool", *args, "--seed", seed, *VIRTUAL)
            self.assertEqual(record["outcomes"], only(ok=15, cancelled=485))
            self.check_stop(record, samples)

    @on_each
    def test_with_within_the_calls_in_flight_let_go(self, program: str) -> None:
        args = ("-n", 100, "-s", "1000s", "--cancel", "within", *bound(program, 5))
        record, samples = long_enough(
            lambda within: sample(program, *args, "--deadline", within),
            lambda told: told[0]["stop"]["in_flight"] == 5,
        )
        self.assertEqual(record["outcomes"], only(cancelled=100))
        stop = self.check_stop(record, samples)
        self.assertEqual((stop["started"], stop["in_flight"]), (5, 5))
        self.assertEqual(stop["never_started"], 95)

    @on_each
    def test_a_result_at_the_very_deadline_counts_once(self, program: str) -> None:
        for _ in range(10):
            args = ("-n", 20, "-s", "10ms", "--deadline", "10ms", "--cancel", "within")
            record, samples = sample(program, *args)
            outcomes = record["outcomes"]
            self.assertEqual(outcomes["ok"] + outcomes["cancelled"], 20)
            self.check_stop(record, samples)

    @on_each_fiber_program
    def test_the_deadline_ends_the_wait_for_an_arrival(self, program: str) -> None:
        args = ("-n", 10, "--arrivals", "fixed:0.001/s", "--deadline", "50s", *VIRTUAL)
        record = measure(program, *args, "--cancel", "between", "-s", 0)
        self.assertEqual(record["outcomes"], only(ok=1, cancelled=9))
        self.assertEqual(record["wall_ns"], 50_000 * MS)

    def test_between_cannot_help_a_hung_call_and_within_can(self) -> None:
        """The article's point, and its limit."""
        args = ("-n", 10, "-w", 5, "-s", 0, "--hang-rate", 1, "--hang-time", "400s")
        args += ("--deadline", "50s", *VIRTUAL)
        between = measure("fiber-pool", *args)
        self.assertEqual(between["outcomes"], only(ok=5, cancelled=5))
        self.assertEqual(between["stop"]["latency_ns"], 350_000 * MS)
        within = measure("fiber-pool", *args, "--cancel", "within")
        self.assertEqual(within["outcomes"], only(cancelled=10))
        self.assertEqual(within["stop"]["latency_ns"], 0)


class FailFast(Accounts):
    ARGS = ("-n", 100, "-s", 0, "--seed", 4, "--error-rate", "5%", "--silent-rate", "5%")
    WORK = Workload(tasks=100, seed=4, error_rate=0.05, silent_rate=0.05)

    def test_one_after_the_other_the_first_failure_ends_the_run(self) -> None:
        fates = self.WORK.outcomes()
        first = fates.index("failed")
        self.assertGreater(first, 0)
        for program in PROGRAMS:
            for cancel in ("between", "within"):
                with self.subTest(program, cancel=cancel):
                    args = (*self.ARGS, "--fail-fast", *bound(program, 1), "--cancel", cancel)
                    record, samples = sample(program, *args)
                    expected = fates[: first + 1] + ["cancelled"] * (99 - first)
                    self.assertEqual([task.outcome for task in samples], expected)
                    self.assertEqual(record["stop"]["reason"], "fail-fast")
                    self.assertEqual(record["stop"]["never_started"], 99 - first)
                    self.assertTrue(record["complete"])

    @on_each_fiber_program
    def test_who_pauses_before_a_retry_was_in_flight(self, program: str) -> None:
        """One is the first to fail twice, and the others' pauses end with it."""
        args = ("-n", 10, "-s", "1ms", "--error-rate", 1, "--attempts", 2, "--backoff", "9s")
        args = (*args, "--fail-fast", *bound(program, 10))
        for more in ((), VIRTUAL):
            for cancel in ("between", "within"):
                record = measure(program, *args, "--cancel", cancel, *more)
                told = record["stop"]["started"], record["stop"]["in_flight"]
                self.assertEqual((told, record["calls"]), ((10, 9), 11))

    @on_each
    def test_if_nobody_listens_nothing_changes(self, program: str) -> None:
        record = measure(program, *self.ARGS, "--fail-fast", "--cancel", "none")
        self.assertEqual(record["outcomes"], only(**self.WORK.counts()))
        self.assertEqual(record["stop"]["reason"], "fail-fast")

    @on_each
    def test_a_rejection_and_a_timeout_are_failures_too(self, program: str) -> None:
        for args in (
            ("--api-rate", "0.0001/s", "--api-burst", 1),
            ("--timeout", "1ms"),
        ):
            record = measure(
                program, "-n", 50, "-s", "1000s" if "--timeout" in args else 0,
                "--fail-fast", "--cancel", "within", *args,
            )  # fmt: skip
            self.assertEqual(record["stop"]["reason"], "fail-fast")

    @on_each
    def test_it_lets_go_of_calls_that_hang(self, program: str) -> None:
        args = ("-n", 5, "-s", "1000s", "--hang-rate", 0, "--api-capacity", 3)
        more = ("--fail-fast", "--cancel", "within")
        record = measure(program, *args, *more)
        outcomes = record["outcomes"]
        self.assertGreaterEqual(outcomes["rejected"], 1)
        self.assertEqual(outcomes["rejected"] + outcomes["cancelled"], 5)
