"""What the kernel logged: trouble is kept and told, the rest counted, silence said."""

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from . import REPOSITORY  # noqa: F401  (makes the driver importable)
from driver.machine import kernel
from driver.measure import measure

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

    def test_only_what_happens_during_the_runs_counts_and_of_both_parts(self):
        """A control group holds a compiler back, too, before them and between."""
        facts = {}
        with mock.patch.object(measure.limits, "throttled_s", side_effect=[5.0, 9.5, None]):
            for held_s, wanted in ((4.5, 0.5), (8.0, 2.0), (None, 2.0)):
                log = mock.Mock(found=lambda: {"trouble": ["hot"], "other_lines": 0})
                measure._look_back(facts, log, held_s)
                self.assertEqual(facts["held_back_s"], wanted)
        self.assertEqual([*measure._troubles(facts)], [
            "a control group held the programs back for 2.00 s in all",
            "the kernel logged during the run: hot (and 2 more)",
        ])  # fmt: skip
        facts |= {"held_back_s": 0.0, "kernel_log": OTHER}
        self.assertEqual([*measure._troubles(facts)], [])

    def test_what_was_logged_before_is_of_no_run(self):
        with tempfile.NamedTemporaryFile("ab", buffering=0) as device:
            device.write(HOT)
            log = kernel.Log(Path(device.name))
            device.write(USUAL)
            self.assertEqual(log.found(), {"trouble": [], "other_lines": 1})

    def test_a_log_that_cannot_be_read_says_so(self):
        found = kernel.Log(Path("/nowhere/kmsg")).found()
        self.assertIsNone(found["trouble"])
        self.assertIn("kmsg cannot be read", found["why"])
        self.assertIsNone(kernel.warning(found))


class Watches(unittest.TestCase):
    # what /proc/meminfo has under a name before a run, and at two looks
    SEEN = {"KernelStack": (100, 500, 300), "SUnreclaim": (1000, 1010, 1070),
            "PageTables": (7, 3, 5)}  # fmt: skip

    def test_each_kind_has_a_line_of_its_own_and_grew_to_its_highest(self):
        look, none = 0, (None,) * 3
        told = lambda field: self.SEEN.get(field, none)[look]  # noqa: E731
        with mock.patch.object(kernel, "meminfo_bytes", told):
            watch = kernel.Watch()
            for look in (1, 2):
                watch.look()
        self.assertEqual(watch.growth(), {
            "kernel_stack_bytes": 400, "slab_bytes": 70, "page_table_bytes": 0})  # fmt: skip
