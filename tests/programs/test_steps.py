"""tests/run: whatever ends it, nothing that it has started stays; and what ends before
it is done has not passed."""

import io
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

from .. import steps
from ..waiting import is_gone
from .program import LIMIT_S, until

TESTS = Path(__file__).resolve().parents[1]
# A step that lasts, and has begun when there is a file; what it starts hears nothing.
CODE = """
import sys
sys.path.insert(0, sys.argv.pop(1))
import steps
place = sys.argv.pop(1)
steps.BYTECODE = steps.Path(place) / "bytecode"
steps.keep_go = lambda: None
steps.GRACE_S = 0.2
wait = f"trap '' INT; sleep 1000 & echo $! >{place}/new; mv {place}/new {place}/pid; wait"
limit_s = float(sys.argv.pop(1))
steps.STEPS = {"lasts": lambda: steps.verdict(steps.call(["sh", "-c", wait], None, limit_s))}
sys.exit(steps.main())
"""


class Steps(unittest.TestCase):
    def ended(self, limit_s: float, number: signal.Signals | None) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as place:
            made = subprocess.Popen(
                [sys.executable, "-c", CODE, TESTS, place, str(limit_s)],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
            pid = Path(place, "pid")
            until(pid.exists, "the step did not begin")
            if number is not None:
                made.send_signal(number)
            said, _ = made.communicate(timeout=LIMIT_S)
            sleeper = int(pid.read_text())
            try:
                until(lambda: is_gone(sleeper), "it stayed")
            finally:
                if not is_gone(sleeper):
                    os.kill(sleeper, signal.SIGKILL)
            return made.returncode, said

    def test_a_signal_ends_all(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                self.assertEqual(self.ended(1000, number), (128 + number, ""))

    def test_a_step_that_is_stuck_ends_with_all_that_it_started(self) -> None:
        status, said = self.ended(20, None)
        self.assertEqual(status, 1)
        self.assertIn("stuck\n", said)
        self.assertIn("0 passed, 1 failed, 0 skipped\n", said)


class Meson(unittest.TestCase):
    PASSED = '{"name": "a", "result": "OK", "command": ["a"]}\n'

    def counted(self, log: str | None, status: int) -> tuple[str, str]:
        """What is counted if Meson leaves this log and ends so, and what is said."""
        with tempfile.TemporaryDirectory() as place:

            def meson(command: list[str]) -> subprocess.CompletedProcess[str]:
                if log is not None:
                    (logs / "step.json").write_text(log)
                return subprocess.CompletedProcess(command, status, "Meson said this")

            logs = Path(place, "plain/meson-logs")
            logs.mkdir(parents=True)
            (logs / "step.json").write_text(self.PASSED)  # of a run before
            steps.telling.step = "step"
            with (
                redirect_stdout(io.StringIO()) as said,
                mock.patch.multiple(steps, BUILD=Path(place), call=meson),
                mock.patch.object(steps, "build", lambda *_: True),
            ):
                count = steps.meson_test("plain", [])
            return str(count), said.getvalue()

    def test_what_meson_did_not_finish_has_failed(self) -> None:
        for log, status, passed in (
            ("", 124, 0), ("", 0, 0), (None, -9, 0), (None, 0, 0),
            (self.PASSED[:30], 0, 0), (self.PASSED + self.PASSED[:30], -9, 1),
            (self.PASSED, 124, 1),
        ):  # fmt: skip
            with self.subTest(log=log, status=status):
                count, said = self.counted(log, status)
                self.assertEqual(count, f"{passed} passed, 1 failed, 0 skipped")
                self.assertIn("Meson said this" if status else "step:", said)

    def test_what_passed_is_counted_without_a_word(self) -> None:
        found = self.counted(2 * self.PASSED, 0)
        self.assertEqual(found, ("2 passed, 0 failed, 0 skipped", ""))
