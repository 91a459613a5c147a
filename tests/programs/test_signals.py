"""Ctrl-C and its kind: the run stops in good order, a second signal ends it at once."""

import os
import resource
import signal
import subprocess
import tempfile
import time
import unittest
from itertools import cycle, product
from pathlib import Path

from .program import (
    PROGRAMS, Ending, bound, finish, on_each, on_fibers, start, stop_again, stop_twice,
    until, wait_until_quiet,
)  # fmt: skip


def wait_until_running(process: subprocess.Popen[str], threads: int) -> None:
    """Until the program has so many threads: then its run has begun. Fibers have begun
    when the one thread they run on sleeps, beside the one that waits for signals."""
    if on_fibers(process):
        wait_until_quiet(process, threads)
        return
    folder = Path(f"/proc/{process.pid}/task")

    def has_begun() -> bool:
        if process.poll() is not None:
            raise AssertionError("it ended before it was disturbed")
        return len(list(folder.iterdir())) >= threads

    until(has_begun, f"has not started {threads} threads", process)


def interrupt(
    program: str, number: signal.Signals, *args: object,
    json: str = "-", threads: int = 4,
) -> Ending:  # fmt: skip
    """Starts it, sends the signal once it runs, and waits for its record."""
    process = start(program, *args, "--json", json)
    wait_until_running(process, threads)
    process.send_signal(number)
    return finish(process)


class Signals(unittest.TestCase):
    def assert_stopped(self, ending: Ending, number: signal.Signals) -> dict:
        self.assertEqual((ending.status, ending.err), (128 + number, ""), ending)
        record = ending.record
        self.assertFalse(record["complete"])
        self.assertEqual(record["stop"]["reason"], "signal")
        self.assertEqual(sum(record["outcomes"].values()), record["config"]["tasks"])
        self.assertGreater(record["outcomes"]["cancelled"], 0)
        return record

    def test_each_of_the_signals_stops_a_run_that_listens(self) -> None:
        heard = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
        took = {"between": "200ms", "within": "1000s"}
        for program in PROGRAMS:
            # Ctrl-C is heard even if nobody listens to the context; and what hangs lets go.
            for number, cancel in ((signal.SIGINT, "none"), *product(heard, took)):
                with self.subTest(program, number=number, cancel=cancel):
                    args = ("-n", 1000, "-s", took.get(cancel, "200ms"), "--cancel", cancel)
                    ending = interrupt(program, number, *args, *bound(program, 5))
                    self.assert_stopped(ending, number)

    def test_what_it_was_started_to_ignore_stops_no_run(self) -> None:
        """As by nohup(1), which also looks for a terminal, or by a script with "&"."""
        for program, name in zip(PROGRAMS, cycle(("HUP", "INT", "QUIT", "TERM"))):
            with self.subTest(program, ignored=name):
                ignore = ("env", f"--ignore-signal={name}")
                args = ("-n", 4, "-s", "1000s", "--cancel", "within")
                process = start(program, *args, wrap=ignore)
                wait_until_quiet(process, threads=4)
                process.send_signal(signal.Signals[f"SIG{name}"])
                time.sleep(0.1)  # it could hear it meanwhile
                heard = signal.SIGINT if name == "TERM" else signal.SIGTERM
                process.send_signal(heard)
                self.assertEqual(finish(process).status, 128 + heard)

    @on_each
    def test_ctrl_c_is_heard_after_the_deadline_too(self, program: str) -> None:
        args = ["-n", 1000, "-s", "200ms", "--cancel", "none", "--deadline", "1ms"]
        process = start(program, *args, *bound(program, 5), "--json", "-")
        wait_until_running(process, threads=4)
        time.sleep(0.05)  # at least: so it is past the deadline
        process.send_signal(signal.SIGINT)
        ending = finish(process)
        self.assertEqual(ending.status, 130, ending)
        self.assertEqual(ending.record["stop"]["reason"], "deadline")
        self.assertFalse(ending.record["complete"])

    @on_each
    def test_ctrl_c_ends_the_pause_before_a_retry(self, program: str) -> None:
        for cancel in ("none", "between", "within"):
            with self.subTest(cancel):
                args = ["-n", 5, "-s", 0, "--error-rate", 1, "--attempts", 1000]
                args += ["--backoff", "1000s", "--cancel", cancel]
                ending = interrupt(program, signal.SIGINT, *args)
                self.assertEqual(ending.status, 130, ending)
                outcomes = ending.record["outcomes"]
                self.assertEqual(outcomes["failed"] + outcomes["cancelled"], 5)

    @on_each
    def test_a_second_signal_ends_it_at_once(self, program: str) -> None:
        """By Ctrl-\\ as it ends all that does not catch it: with a core, if allowed."""
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))
        for cancel, second, status in (
            ("none", signal.SIGTERM, 143), ("between", signal.SIGQUIT, -signal.SIGQUIT),
        ):  # fmt: skip
            with self.subTest(cancel):
                args = ["-n", 5, "-s", "1000s", "--cancel", cancel]
                process = start(program, *args, "--json", "-")
                wait_until_quiet(process, threads=7)
                process.send_signal(signal.SIGINT)
                time.sleep(0.2)
                self.assertIsNone(process.poll(), "it gave up a task in flight")
                stop_again(process, second)
                self.assertEqual(finish(process).status, status)

    @on_each
    def test_a_signal_that_is_told_twice_in_one_breath_is_one(self, program: str) -> None:
        quick = ("-n", 600, "-s", 0, "--arrivals", "fixed:1/s")  # rests in between
        slow = ("-n", 100, "-s", "1s", *bound(program, 5))  # it outlasts the breath
        for args in (*[quick] * 8, slow, slow):  # the second may find it asleep
            was_one = False
            while not was_one:
                process = start(program, *args, "--json", "-")
                wait_until_quiet(process, threads=2)
                was_one = stop_twice(process)
                ending = finish(process)
            self.assert_stopped(ending, signal.SIGINT)

    def test_what_waits_for_others_before_its_run_is_ended(self) -> None:
        """For a reader of its output, or for whoever writes the durations."""
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            fifo = Path(folder, "fifo")
            os.mkfifo(fifo)
            ways = (f"--json={fifo}", f"--samples={fifo}", f"--distribution=file:{fifo}")
            for program, way in product((*PROGRAMS, "api-server"), ways):
                with self.subTest(program, way=way):
                    process = start(program, way)
                    wait_until_quiet(process, 1)
                    process.send_signal(signal.SIGINT)
                    self.assertEqual(-signal.SIGINT, finish(process).status)

    def test_the_summary_of_a_stopped_run_says_so(self) -> None:
        process = start("worker-pool", "-n", 1000, "-s", "100ms")
        wait_until_running(process, threads=7)
        process.send_signal(signal.SIGINT)
        ending = finish(process)
        self.assertEqual(ending.status, 130)
        self.assertIn("stopped early", ending.out)
        self.assertRegex(ending.out, r"stop +by a signal")

    def test_a_record_that_is_lost_is_told_before_the_signal(self) -> None:
        args = ("-n", 1000, "-s", "100ms")
        ending = interrupt("worker-pool", signal.SIGINT, *args, json="/dev/full", threads=7)
        self.assertEqual(ending.status, 1)
