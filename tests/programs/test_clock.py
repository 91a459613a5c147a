"""One clock, CLOCK_MONOTONIC, wherever it stands; and one CPU, and a pause."""

import os
import re
import shutil
import signal
import tempfile
import unittest
from pathlib import Path

from .program import (
    LIMIT_S, PROGRAMS, finish, measure, on_each, only, plain_build, run, start,
    taken_from_libraries, wait_until_quiet,
)  # fmt: skip

MS = 1_000_000
WALL_CLOCK_CALLS = {
    "time", "gettimeofday", "ftime", "nanosleep", "usleep", "sleep", "sem_timedwait",
    "pthread_cond_timedwait", "pthread_mutex_timedlock", "pthread_timedjoin_np",
    "timer_create", "setitimer", "alarm", "select", "poll", "mktime", "localtime",
}  # fmt: skip
TIMED = (
    "-n", 30, "-s", "2ms", "--deadline", "25ms", "--cancel", "within", "--timeout", "5ms",
    "--attempts", 3, "--backoff", "1ms", "--error-rate", 0.3, "--arrivals", "fixed:2000/s",
)  # fmt: skip


class Clock(unittest.TestCase):
    def test_nothing_that_follows_the_wall_clock_is_linked_nor_a_locale(self) -> None:
        """Without setlocale() every number has its point, whatever LC_ALL says."""
        for program in PROGRAMS:
            used = taken_from_libraries(program)
            self.assertIn("clock_gettime", used)
            self.assertEqual(used & WALL_CLOCK_CALLS, set())
            self.assertNotIn("locale", " ".join(used))

    @plain_build
    @on_each
    def test_every_wait_with_an_end_is_told_a_moment_of_the_right_clock(self, program):
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            log = Path(folder) / "calls"
            calls = "trace=futex,clock_nanosleep,nanosleep,ppoll,poll,epoll_wait,select"
            wrap = ("strace", "-f", "-qq", "-o", str(log), "-e", calls)
            # Under strace a short deadline may be past before anybody waits.
            args = (*TIMED, "--deadline", "100s", "--json", "-")
            ending = run(program, *args, wrap=wrap)
            if ending.status != 0:
                self.skipTest(f"strace does not work here: {ending.err.strip()}")
            text = log.read_text()
        timed = re.findall(r"(\w+)\((.*tv_sec=.*)", text)  # a join has no end: NULL
        self.assertGreater(len(timed), 0)
        for call, arguments in timed:
            self.assertIn(call, ("futex", "clock_nanosleep"))
            self.assertNotIn("REALTIME", arguments)
            absolute = "FUTEX_WAIT_BITSET" if call == "futex" else "TIMER_ABSTIME"
            self.assertIn(absolute, arguments)

    @on_each
    def test_a_clock_that_has_run_for_a_century_works(self, program: str) -> None:
        """4 000 000 000 s: more than an int holds, near half of all there can be."""
        wrap = ("unshare", "--time", "--monotonic", "4000000000", "--fork")
        if shutil.which("unshare") is None or run("worker-pool", "--version", wrap=wrap).status:
            self.skipTest("no time namespace can be made here")
        record = measure(program, "-n", 20, "-s", "2ms", wrap=wrap)
        self.assertEqual(record["outcomes"], only(ok=20))
        self.assertLess(record["wall_ns"], LIMIT_S * 1000 * MS)
        record = measure(program, *TIMED, wrap=wrap)
        self.assertEqual(sum(record["outcomes"].values()), 30)
        args = ("-n", 20, "-s", 0, "--deadline", "1000000s", "--timeout", "1000000s")
        record = measure(program, *args, "--cancel", "within", wrap=wrap)
        self.assertEqual((record["outcomes"], record["stop"]), (only(ok=20), None))

    @on_each
    def test_one_cpu_is_enough(self, program: str) -> None:
        cpu = min(os.sched_getaffinity(0))
        wrap = ("taskset", "-c", str(cpu))
        if shutil.which("taskset") is None:
            self.skipTest("taskset is not installed")
        for args in (
            ("-n", 500, "-s", 0),
            ("-n", 200, "-s", "1ms", "--cancel", "within", "--deadline", "100s"),
            ("-n", 500, "-s", 0, "--detect-deadlock"),
        ):
            with self.subTest(args):
                record = measure(program, *args, wrap=wrap)
                self.assertEqual(record["outcomes"], only(ok=args[1]))

    @on_each
    def test_a_pause_of_the_whole_program_changes_no_account(self, program) -> None:
        process = start(program, "-n", 5, "-s", "2s", "--json", "-")
        wait_until_quiet(process, threads=7)
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        process.send_signal(signal.SIGCONT)
        ending = finish(process)
        self.assertEqual(ending.status, 0, ending)
        self.assertEqual(ending.record["outcomes"], only(ok=5))
