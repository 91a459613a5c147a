"""What the kernel logged: trouble is kept and told, the rest counted, silence said."""

import os
import unittest
from pathlib import Path
from unittest import mock

from . import REPOSITORY  # noqa: F401  (makes the driver importable)
from driver.machine import kernel

USUAL = b"6,1,100,-;eth0: link is up\n SUBSYSTEM=net\n"
HOT = b"4,2,200,-;CPU1: Core temperature above threshold, cpu clock throttled\n"
DEAD = b"3,3,300,-;/opt/ann/bin/cook[12]: segfault at 0 in /opt/ann/lib/x.so\n"
# records of the device, one a read: lines of trouble, and how many others
LOGS = {
    (): ([], 0),
    (USUAL, USUAL): ([], 2),
    (USUAL, HOT): (["CPU1: Core temperature above threshold, cpu clock throttled"], 1),
    (DEAD,): (["cook[12]: segfault at 0 in x.so"], 0),
    (BrokenPipeError(), USUAL): ([], 1),
}
ONE, OTHER = {"trouble": ["a"], "other_lines": 1}, {"trouble": [], "other_lines": 2}
BLIND = {"trouble": None, "other_lines": None, "why": "no"}


class Logs(unittest.TestCase):
    def test_every_case(self):
        for records, (trouble, others) in LOGS.items():
            log = kernel.Log(Path(os.devnull))
            reads = [*records, BlockingIOError()]
            with mock.patch.object(kernel.os, "read", side_effect=reads):
                found = log.found()
            self.assertEqual(found, {"trouble": trouble, "other_lines": others})
            self.assertEqual(kernel.warning(found) is not None, bool(trouble))

    def test_a_resumed_run_has_the_lines_of_both_parts(self):
        both = {"trouble": ["a"], "other_lines": 3}
        for before, found, wanted in (
            (None, ONE, ONE), (ONE, OTHER, both), (ONE, BLIND, BLIND), (BLIND, ONE, BLIND)
        ):  # fmt: skip
            self.assertEqual(kernel.together(before, found), wanted)

    def test_a_log_that_cannot_be_read_says_so(self):
        found = kernel.Log(Path("/nowhere/kmsg")).found()
        self.assertIsNone(found["trouble"])
        self.assertIn("kmsg cannot be read", found["why"])
        self.assertIsNone(kernel.warning(found))
