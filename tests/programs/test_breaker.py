"""Clients with manners: they come back when told to, and stop calling who is in trouble."""

from .accounts import Accounts
from .program import bound, measure, on_each, only, sample

MS = 1_000_000


class Manners(Accounts):
    @on_each
    def test_a_rejected_call_is_not_repeated_before_it_may(self, program: str) -> None:
        args = ("-n", 10, "-s", 0, "--api-rate", "0.0001/s", "--attempts", 3,
                "--backoff", 0, "--api-reject-time", 0)  # fmt: skip
        _, samples = sample(program, *args, "--retry-after", "10ms")
        rejected = [task for task in samples if task.outcome == "rejected"]
        self.assertEqual(len(rejected), 9)
        for task in rejected:
            self.assertGreaterEqual(task.finished_ns - task.started_ns, 2 * 10 * MS)

    @on_each
    def test_only_a_rejection_says_when_to_come_back(self, program: str) -> None:
        args = ("-n", 5, "-s", 0, "--error-rate", 1, "--attempts", 3, "--backoff", 0)
        record = measure(program, *args, "--retry-after", "1000s")
        self.assertEqual(record["outcomes"], only(failed=5))
        self.assertEqual(record["calls"], 15)

    @on_each
    def test_it_opens_and_spares_an_api_in_trouble_the_calls(self, program: str) -> None:
        args = ("-n", 50, "-s", 0, "--error-rate", 1, *bound(program, 1))
        # A pause that would end past the deadline is not begun, and makes no retry.
        args += ("--attempts", 2, "--backoff", "1000000s", "--cancel", "between")
        args += ("--deadline", "100s", "--breaker", "5,1000s")
        record, samples = sample(program, *args)
        self.assertEqual(record["outcomes"], only(failed=5, shed=45))
        self.assertEqual(record["calls"], 5)
        breaker = record["breaker"]
        self.assertEqual((breaker["state"], breaker["opened"]), ("open", 1))
        self.assertEqual(breaker["stopped"], 45)
        self.assertTrue(0 < breaker["open_ns"] <= record["wall_ns"])
        self.check_accounts(record, samples)

    def test_it_is_not_open_for_longer_than_the_run(self) -> None:
        # After the last outcome, joining that many threads takes a while.
        args = ("-n", 5000, "-s", 0, "--error-rate", 1, "--join")
        record = measure("thread-per-task", *args, "--breaker", "5,1000s")
        self.assertTrue(0 < record["breaker"]["open_ns"] <= record["wall_ns"])

    @on_each
    def test_a_probe_finds_out_that_the_trouble_is_over(self, program: str) -> None:
        args = ("-n", 200, "-s", 0, "--arrivals", "fixed:200/s")
        args += ("--api-outage", "100ms,500ms", "--api-reject-time", 0)
        record, samples = sample(program, *args, "--breaker", "2,20ms")
        self.assertGreaterEqual(record["breaker"]["opened"], 1)
        self.assertEqual(record["breaker"]["state"], "closed")
        self.assertGreater(record["outcomes"]["shed"], 0)
        self.assertEqual(samples[-1].outcome, "ok")
        self.check_accounts(record, samples)

    @on_each
    def test_a_stopped_attempt_may_be_repeated_and_is_no_call(self, program) -> None:
        args = ("-n", 20, "-s", 0, "--error-rate", 1, "--attempts", 4, "--backoff", "1us")
        record, samples = sample(program, *args, *bound(program, 1),
                                 "--breaker", "6,1000s")  # fmt: skip
        self.assertEqual(record["outcomes"], only(failed=1, shed=19))
        self.assertEqual((record["calls"], record["retries"]), (6, 4))
        self.assertEqual(record["breaker"]["stopped"], 2 + 18 * 4)
        self.check_accounts(record, samples)

    @on_each
    def test_a_budget_is_of_calls_and_not_of_what_was_stopped(self, program) -> None:
        args = ("-n", 50, "-s", 0, "--error-rate", 0.5, "--attempts", 5, "--backoff", 0)
        record, samples = sample(program, *args, "--retry-budget", 0.2,
                                 "--breaker", "2,1us")  # fmt: skip
        self.assertLessEqual(record["retries"], 0.2 * 50)
        self.check_accounts(record, samples)

    @on_each
    def test_without_trouble_nobody_notices_it(self, program: str) -> None:
        record = measure(program, "-s", 0, "--breaker", "1,1s")
        self.assertEqual(record["outcomes"], only(ok=50))
        self.assertEqual(record["breaker"],
                         {"state": "closed", "opened": 0, "open_ns": 0, "stopped": 0})  # fmt: skip
        self.assertIsNone(measure(program, "-s", 0)["breaker"])
