"""Children that cannot outlive their use, whenever and however the driver ends."""

import os
import signal
import subprocess
import sys
import tempfile
import unittest
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from unittest import mock

from . import REPOSITORY
from ..waiting import LIMIT_S, is_gone, wait_for
from .support import end
from driver.measure import child

HOUR = ("sleep", "3600")
# Ignores SIGTERM, and tells its number when it does. Longer than a test may last, but
# not for ever, lest a broken one leave it behind.
STUBBORN = (
    "sh", "-c",
    f"trap '' TERM; echo $$ >ready; for i in $(seq {2 * LIMIT_S}); do sleep 1; done",
)  # fmt: skip
# Ends at once, and leaves something behind in its group.
LITTER = ("sh", "-c", "sleep 3600 >/dev/null 2>&1 & echo $! >left")
# A driver with a child. A signal comes as soon as there is a child: before Popen has
# returned what the driver could end.
DRIVER = """
import os, signal, subprocess, sys
from pathlib import Path
from driver.measure import child, signals

class Popen(subprocess.Popen):
    def __init__(self, command, **rest):
        super().__init__(command, **rest)
        if command[0] == "sleep":
            print(self.pid, flush=True)
            os.kill(os.getpid(), int(sys.argv[2]))

signals.listen()
with child.Guardian() as guardian:
    subprocess.Popen = Popen
    child.run(["sleep", "3600"], Path(sys.argv[1]), os.environ, 600, guardian)
"""


def give_up(*_):
    raise AssertionError("a child that does not end is awaited")


class Children(unittest.TestCase):
    def setUp(self):
        before = signal.signal(signal.SIGALRM, give_up)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        signal.alarm(LIMIT_S)
        self.addCleanup(signal.alarm, 0)
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_child(self, command, timeout_s=LIMIT_S, tick=lambda: None):
        with child.Guardian() as guardian:
            return child.run(
                command, self.folder, os.environ, timeout_s, guardian, tick
            )

    def number_in(self, name):
        return int((self.folder / name).read_text())

    def test_a_child_that_ends_is_told_with_its_words(self):
        ending = self.run_child(("sh", "-c", "echo why >&2; exit 3"))
        self.assertEqual(ending, child.Ending(3, False, "why"))

    def test_a_child_that_ignores_sigterm_is_killed(self):
        ready = self.folder / "ready"

        def tick():
            if ready.exists() and ready.read_text():
                raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            self.run_child(STUBBORN, tick=tick)
        self.assertTrue(is_gone(self.number_in("ready")))

    def test_a_child_that_ends_while_the_driver_is_stopped_did_not_hang(self):
        """By Ctrl-Z: when it looks again, the time is long over, and so is the child."""

        def late(opened, pid):
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            now.return_value = 1e9
            return opened(pid)

        for opened in (os.pidfd_open, mock.Mock(side_effect=OSError)):
            with (
                self.subTest(opened),
                mock.patch.object(child.os, "pidfd_open", partial(late, opened)),
                mock.patch.object(child.time, "monotonic", return_value=0.0) as now,
            ):
                self.assertEqual(self.run_child(("true",)), child.Ending(0, False, ""))

    def test_what_a_child_leaves_behind_is_killed(self):
        self.assertEqual(self.run_child(LITTER).exit_code, 0)
        left = self.number_in("left")
        self.addCleanup(end, left)
        wait_for(lambda: is_gone(left), "the end of what was left")

    def test_once_it_is_over_there_is_nothing_to_watch(self):
        for command, error in (("true", None), ("no-such", FileNotFoundError)):
            with self.subTest(command=command), child.Guardian() as guardian:
                said = []  # by the driver; the child itself says its number
                guardian.watch = said.append
                with self.assertRaises(error) if error else nullcontext():
                    child.run((command,), self.folder, os.environ, LIMIT_S, guardian)
                self.assertEqual(said, [None])

    def test_a_signal_just_after_the_start_leaves_no_orphan(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(signal=number):
                done = subprocess.run(
                    [sys.executable, "-c", DRIVER, self.folder, str(int(number))],
                    env={**os.environ, "PYTHONPATH": str(REPOSITORY / "bench")},
                    capture_output=True,
                    timeout=LIMIT_S,
                )
                started = int(done.stdout)
                self.addCleanup(end, started)
                wait_for(lambda: is_gone(started), "the end of the child")


class Heard(unittest.TestCase):
    def says(self, code):
        """What this prints, word by word."""
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY / "bench")},
        )  # fmt: skip
        return [*done.stdout.split(), done.stderr]

    def test_a_wish_to_stop_that_comes_at_a_fork_is_not_lost(self):
        code = """
import signal
from driver.measure import signals
signals.listen()
try:
    with signals.held():
        signal.raise_signal(signal.SIGINT)
        print("held")
except signals.Stopped as stopped:
    print(stopped.number)
"""
        self.assertEqual(self.says(code), ["held", "2", ""])

    def test_what_nohup_has_ignored_is_ignored_while_the_driver_stops_too(self):
        code = """
import signal
from driver.measure import signals
signals.TWICE_S = 0
signal.signal(signal.SIGHUP, signal.SIG_IGN)
signals.listen()
try:
    signal.raise_signal(signal.SIGINT)
except signals.Stopped as stopped:
    signal.raise_signal(signal.SIGHUP)
    print(stopped.number)
"""
        self.assertEqual(self.says(code), ["2", ""])


class Guardians(unittest.TestCase):
    def start(self, command):
        process = subprocess.Popen(command, process_group=0)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_what_was_not_said_to_be_over_is_killed(self):
        process = self.start(HOUR)
        with child.Guardian() as guardian:
            guardian.watch(process.pid)
        self.assertEqual(process.wait(LIMIT_S), -signal.SIGKILL)

    def test_what_was_said_to_be_over_is_let_alone(self):
        process = self.start(HOUR)
        with child.Guardian() as guardian:
            guardian.watch(process.pid)
            guardian.watch(None)
        self.assertIsNone(process.poll())

    def test_it_has_a_session_of_its_own(self):
        """Ctrl-C and a terminal that hangs up reach the driver, not its guardian."""
        with child.Guardian() as guardian:
            process = guardian._process.pid
            self.assertEqual(os.getsid(process), process)

    def test_a_guardian_that_was_killed_stops_nothing(self):
        with child.Guardian() as guardian:
            guardian._process.kill()
            guardian._process.wait()
            with tempfile.TemporaryDirectory() as folder:
                ending = child.run(
                    ("true",), Path(folder), os.environ, LIMIT_S, guardian
                )
        self.assertEqual(ending, child.Ending(0, False, ""))
