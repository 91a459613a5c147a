"""The constants of the theory: where they come from, and what is done without them."""

import json
import tempfile
import unittest
from pathlib import Path

from . import REPOSITORY  # noqa: F401  (makes the driver importable)
from driver import constants
from driver.constants import Constants
from driver.model import Cell
from driver.summarise import summarise_cell

MEASURED = {
    "thread_create/sleeping:10ms/stack:default": 40_000.0,
    "thread_create/stack:default": 20_000.0,
    "thread_create/stack:64KiB": 10_000.0,
    "timer_overshoot/sleep:1ms": 30_000.0,
    "timer_overshoot/sleep:10ms": 60_000.0,
}


class ConstantsTest(unittest.TestCase):
    def setUp(self) -> None:
        desk = tempfile.TemporaryDirectory()
        self.addCleanup(desk.cleanup)
        self.folder = Path(desk.name)

    def write(self, text: str) -> None:
        (self.folder / constants.FILE).write_text(text)

    def test_they_are_read_in_seconds(self) -> None:
        lines = [{"name": n, "median_ns": ns} for n, ns in MEASURED.items()]
        self.write(json.dumps({"operations": lines}))
        found = constants.read(self.folder)
        self.assertAlmostEqual(40e-6, found.create_s)
        self.assertAlmostEqual(60e-6, found.oversleep_s(20e-3))
        self.assertAlmostEqual(30e-6, found.oversleep_s(0.1e-3))

    def test_a_missing_or_broken_file_gives_none(self) -> None:
        self.assertEqual(Constants(), constants.read(self.folder))
        for text in ("", "{", "[]", '{"operations": [{"name": "x"}]}', "null"):
            self.write(text)
            self.assertEqual(Constants(), constants.read(self.folder), text)

    def test_without_sleeps_nothing_is_made_up(self) -> None:
        self.assertIsNone(Constants().oversleep_s(10e-3))
        self.assertIsNone(Constants(overshoot_s={0.01: 1e-5}).oversleep_s(0))

    def test_programs_from_elsewhere_are_told_and_not_fatal(self) -> None:
        why = constants.measure(self.folder, self.folder)
        self.assertIn("build folder", why)
        self.assertFalse((self.folder / constants.FILE).exists())

    def test_the_line_of_thread_per_task_is_drawn_from_them(self) -> None:
        cell = Cell("t", "thread-per-task", None, 1000, (), {"service-time": "10ms"})
        alone = summarise_cell(cell, [], None)
        self.assertIsNone(alone.theory_wall_s)  # no run told what a thread costs
        known = summarise_cell(cell, [], 40e-6)
        self.assertAlmostEqual(0.010 + 1000 * 40e-6, known.theory_wall_s)
