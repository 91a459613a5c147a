"""What the kernel logged: trouble is kept and told, the rest counted, silence said."""

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from . import REPOSITORY  # noqa: F401  (makes the driver importable)
from driver.machine.kernel_log import KernelLog, together, warning

USUAL = b"6,1,100,-;eth0: link is up\n SUBSYSTEM=net\n"
HOT = b"4,2,200,-;CPU1: Core temperature above threshold, cpu clock throttled\n"
DEAD = b"3,3,300,-;/opt/ann/bin/cook[12]: segfault at 0 in /opt/ann/lib/x.so\n"


class KernelLogTest(unittest.TestCase):
    def log_of(self, *records: bytes) -> KernelLog:
        """A log whose device hands out a record a read, as the kernel's does."""
        log = KernelLog(Path(os.devnull))
        reads = iter([*records, BlockingIOError()])
        patch = mock.patch("driver.machine.kernel_log.os.read", side_effect=reads)
        patch.start()
        self.addCleanup(patch.stop)
        self.addCleanup(log.close)
        return log

    def test_trouble_is_kept_and_the_rest_counted(self) -> None:
        found = self.log_of(USUAL, HOT).found()
        self.assertEqual(1, found["other_lines"])
        self.assertEqual(1, len(found["trouble"]))
        self.assertIn("throttled", warning(found))

    def test_no_place_of_the_machine_is_kept(self) -> None:
        (line,) = self.log_of(DEAD).found()["trouble"]
        self.assertIn("cook[12]: segfault", line)
        self.assertNotIn("ann", line)

    def test_nothing_to_tell_is_no_warning(self) -> None:
        found = self.log_of(USUAL).found()
        self.assertEqual([], found["trouble"])
        self.assertIsNone(warning(found))

    def test_records_lost_do_not_end_the_reading(self) -> None:
        log = KernelLog(Path(os.devnull))
        self.addCleanup(log.close)
        reads = iter([BrokenPipeError(), HOT, BlockingIOError()])
        with mock.patch("driver.machine.kernel_log.os.read", side_effect=reads):
            self.assertEqual(1, len(log.found()["trouble"]))

    def test_a_resumed_run_has_the_lines_of_both_parts(self) -> None:
        one, other = {"trouble": ["a"], "other_lines": 1}, {
            "trouble": [],
            "other_lines": 2,
        }
        self.assertEqual(one, together(None, one))
        self.assertEqual({"trouble": ["a"], "other_lines": 3}, together(one, other))
        blind = {"trouble": None, "other_lines": None, "why": "no"}
        self.assertEqual(blind, together(one, blind))
        self.assertEqual(blind, together(blind, one))

    def test_a_log_that_cannot_be_read_says_so(self) -> None:
        with tempfile.TemporaryDirectory() as desk:
            found = KernelLog(Path(desk) / "kmsg").found()
        self.assertIsNone(found["trouble"])
        self.assertIn("kmsg cannot be read", found["why"])
        self.assertIsNone(warning(found))
