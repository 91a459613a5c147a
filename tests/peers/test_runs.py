"""What the designs do: bounds that hold, theory's least time, and stops in good order."""

import math
import signal
import subprocess
import time
import unittest

from ..programs.program import (
    Ending, finish, long_enough, measure, only, sample, start, stop_again, stop_twice,
    wait_until_quiet,
)  # fmt: skip
from . import BOUNDS, PEERS, PER_TASK, POOL, needs_go

MS = 1_000_000


def busy_at_once(samples: list) -> int:
    """The most tasks that were under way at one moment."""
    edges = [(t.started_ns, 1) for t in samples] + [(t.finished_ns, -1) for t in samples]
    most = now = 0
    for _, step in sorted(edges):
        now += step
        most = max(most, now)
    return most


@needs_go
class Bounds(unittest.TestCase):
    def test_the_api_never_serves_more_than_its_capacity(self) -> None:
        """Calls that never end hold their places: all the others are turned away."""
        for tasks in (500, 10_000):
            with self.subTest(tasks):
                args = ("-n", tasks, "-s", "1000s", "--timeout", "2s")
                record = measure(PER_TASK, *args, "--api-capacity", 50)
                self.assertEqual(record["peak"]["served"], 50)
                self.assertGreaterEqual(record["outcomes"]["timed_out"], 50)
                self.assertGreater(record["outcomes"]["rejected"], 0)

    def test_a_flood_of_short_calls_is_served_fifty_at_a_time_too(self) -> None:
        for peer, tasks in ((PER_TASK, 500), (PER_TASK, 10_000), (POOL, 500)):
            with self.subTest(peer, tasks=tasks):
                bound = ("--workers", 500) if peer == POOL else ()
                record = measure(peer, "-n", tasks, "--api-capacity", 50, *bound)
                self.assertLessEqual(record["peak"]["served"], 50)
                self.assertGreater(record["outcomes"]["rejected"], 0)

    def test_whoever_is_no_more_than_the_capacity_is_never_rejected(self) -> None:
        for peer, bound in BOUNDS.items():
            with self.subTest(peer):
                args = ("-n", 500, "-s", "1ms", bound, 50, "--api-capacity", 50)
                self.assertEqual(measure(peer, *args)["outcomes"], only(ok=500))

    def test_a_burst_is_let_through_exactly(self) -> None:
        for peer in PEERS:
            args = ("-n", 40, "-s", 0, "--api-rate", "0.0001/s", "--api-burst", 7)
            self.assertEqual(measure(peer, *args)["outcomes"], only(ok=7, rejected=33))

    def test_a_pool_takes_as_long_as_theory_says(self) -> None:
        """No less than the work shared out evenly; and, as no worker idles while there
        is work, no more than that and the longest task (Graham), but for hand-overs."""
        for workers, queue in ((1, 0), (5, 0), (50, 0), (5, 100)):
            for distribution in ("fixed", "exponential"):
                with self.subTest(workers=workers, queue=queue, of=distribution):
                    args = ("-n", 60, "-s", "4ms", "-w", workers, "-q", queue)
                    # On a busy machine all may stand still: once of ten times not.
                    over = (self.over_graham(workers, *args, "--distribution", distribution)
                            for _ in range(10))  # fmt: skip
                    self.assertTrue(any(ratio <= 2 for ratio in over))

    def over_graham(self, workers: int, *args: object) -> float:
        record, samples = sample(POOL, *args)
        took = [task.finished_ns - task.started_ns for task in samples]
        self.assertLessEqual(busy_at_once(samples), workers)
        self.assertLessEqual(len({task.lane for task in samples}), workers)
        self.assertGreaterEqual(record["wall_ns"], sum(took) / workers)
        if args[-1] == "fixed":
            self.assertGreaterEqual(record["wall_ns"], math.ceil(60 / workers) * 4 * MS)
        self.assertEqual(record["peak"]["threads"], workers + 1)  # the feeder
        return record["wall_ns"] / (sum(took) / workers + max(took))

    def test_goroutines_without_a_bound_are_alive_all_at_once(self) -> None:
        record, samples = sample(PER_TASK, "-n", 2000, "-s", "2s")
        self.assertEqual(record["peak"]["threads"], 2000)
        self.assertEqual(record["peak"]["in_flight"], 2000)
        self.assertEqual(record["threads_created"], 2000)
        self.assertLess(record["peak"]["kernel_threads"], 100)
        self.assertEqual([task.lane for task in samples], [*range(2000)])

    def test_a_bound_bounds(self) -> None:
        for most in (1, 7):
            args = ("-n", 100, "-s", "1ms", "--max-threads", most)
            record, samples = sample(PER_TASK, *args)
            self.assertEqual(record["peak"]["threads"], most)
            self.assertEqual(record["threads_created"], 100)
            self.assertLessEqual(busy_at_once(samples), most)

    def test_a_task_is_not_started_before_it_is_due(self) -> None:
        for peer in PEERS:
            record, samples = sample(peer, "-n", 30, "-s", 0, "--arrivals", "fixed:500/s")
            self.assertEqual([task.due_ns for task in samples],
                             [index * 2 * MS for index in range(30)])  # fmt: skip
            self.assertGreaterEqual(record["queue_wait_ns"]["min"], 0)
            self.assertGreaterEqual(record["wall_ns"], samples[-1].due_ns)


@needs_go
class Stops(unittest.TestCase):
    def test_who_listens_to_the_deadline_is_as_cancel_says(self) -> None:
        """10 tasks, at most 5 at once, told to stop when the first have a while to go."""
        deadlines = {"300ms": "100ms", "3s": "1s", "30s": "10s"}
        for peer, bound in BOUNDS.items():
            for cancel, outcomes in {
                "none": only(ok=10),
                "between": only(ok=5, cancelled=5),
                "within": only(cancelled=10),
            }.items():
                with self.subTest(peer, cancel=cancel):
                    args = ("-n", 10, bound, 5, "--cancel", cancel)
                    found = long_enough(
                        lambda took: measure(
                            peer, *args, "-s", took, "--deadline", deadlines[took]
                        ),
                        lambda it: it["outcomes"] == outcomes
                        and it["stop"]["in_flight"] == 5,
                    )
                    self.assertEqual(found["outcomes"], outcomes)
                    self.assertEqual(found["stop"]["in_flight"], 5)

    def test_a_timeout_gives_up_one_attempt_and_not_the_run(self) -> None:
        for peer in PEERS:
            args = ("-n", 20, "-s", "1000s", "--timeout", "5ms", "--attempts", 2)
            record = measure(peer, *args, "--backoff", 0)
            self.assertEqual(record["outcomes"], only(timed_out=20))
            self.assertEqual((record["calls"], record["retries"]), (40, 20))
            self.assertGreaterEqual(record["failed_latency_ns"]["min"], 10 * MS)

    def disturb(self, peer: str, *args: object) -> subprocess.Popen[str]:
        """Starts a run of calls that never end, and waits until all are in flight: the
        process has then nothing left to do."""
        process = start(peer, "-s", "1000s", "--json", "-", *args)
        wait_until_quiet(process, threads=2)
        return process

    def assert_stopped(self, ending: Ending, number: signal.Signals) -> dict:
        self.assertEqual((ending.status, ending.err), (128 + number, ""), ending)
        record = ending.record
        self.assertFalse(record["complete"])
        self.assertRegex(record["workload_digest"], r"^[0-9a-f]{16}$")
        self.assertEqual(record["stop"]["reason"], "signal")
        self.assertEqual(sum(record["outcomes"].values()), record["config"]["tasks"])
        return record

    def test_each_signal_stops_a_run_of_any_size_at_once(self) -> None:
        heard = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
        for peer, bound in BOUNDS.items():
            for number in heard:
                with self.subTest(peer, number=number):
                    args = ("-n", 10**9, bound, 5, "--cancel", "within")
                    process = self.disturb(peer, *args)
                    process.send_signal(number)
                    record = self.assert_stopped(finish(process), number)
                    self.assertEqual(record["outcomes"], only(cancelled=10**9))
                    self.assertEqual(record["stop"]["in_flight"], 5)
                    self.assertEqual(record["stop"]["never_started"], 10**9 - 5)

    def test_what_is_left_in_the_queue_is_accounted_for(self) -> None:
        process = self.disturb(POOL, "-n", 1000, "-q", 300, "--cancel", "within")
        process.send_signal(signal.SIGINT)
        record = self.assert_stopped(finish(process), signal.SIGINT)
        self.assertEqual(record["outcomes"], only(cancelled=1000))
        self.assertEqual(record["stop"]["never_started"], 995)

    def test_a_second_signal_ends_it_at_once(self) -> None:
        for peer, bound in BOUNDS.items():
            process = self.disturb(peer, "-n", 50, bound, 5, "--cancel", "none")
            process.send_signal(signal.SIGINT)
            time.sleep(0.2)
            self.assertIsNone(process.poll(), "it gave up a task in flight")
            stop_again(process, signal.SIGTERM)
            ending = finish(process)
            self.assertEqual((ending.status, ending.out), (143, ""))

    def test_a_signal_that_is_told_twice_in_one_breath_is_one(self) -> None:
        for peer, bound in BOUNDS.items():
            was_one = False
            while not was_one:
                process = self.disturb(peer, "-n", 50, bound, 5, "--timeout", "3s",
                                       "--cancel", "between")  # fmt: skip
                was_one = stop_twice(process)
                ending = finish(process)
            record = self.assert_stopped(ending, signal.SIGINT)
            self.assertEqual(record["outcomes"], only(timed_out=5, cancelled=45))
