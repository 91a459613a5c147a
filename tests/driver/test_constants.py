"""The constants of the theory: where they come from, and what is done without them."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

from . import REPOSITORY
from driver.measure import costs
from driver.run import constants
from driver.run.constants import Constants
from driver.ask.cell import Cell, Design
from driver.reckon.summarise import summarise_cell

MEASURED = {
    "thread_create/sleeping:10ms/stack:default": 40_000.0,
    "thread_create/stack:default": 20_000.0,
    "thread_create/stack:64KiB": 10_000.0,
    "worker/waiting/stack:default": 50_000.0,
    "thread_create_join/stack:default": 70_000.0,
    "parked_hand_over/workers:1000/sleeping:1ms": 9_000.0,
    "timer_overshoot/sleep:1ms": 30_000.0,
    "timer_overshoot/sleep:10ms": 60_000.0,
}


class ConstantsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, text: str) -> None:
        (self.folder / constants.FILE).write_text(text)

    def test_they_are_read_in_seconds(self) -> None:
        lines = [{"name": n, "median_ns": ns} for n, ns in MEASURED.items()]
        self.write(json.dumps({"operations": lines}))
        found = constants.read(self.folder)
        self.assertAlmostEqual(40e-6, found.create_s)
        self.assertAlmostEqual(50e-6, found.worker)
        self.assertAlmostEqual(40e-6, replace(found, worker_s=None).worker)
        self.assertAlmostEqual(70e-6, found.turn)
        self.assertAlmostEqual(40e-6, replace(found, turn_s=None).turn)
        self.assertAlmostEqual(9e-6, found.hand_over)
        self.assertAlmostEqual(60e-6, found.oversleep(20e-3))
        self.assertAlmostEqual(60e-6, found.oversleep(4e-3))  # 2.5 times, and not 4
        self.assertAlmostEqual(30e-6, found.oversleep(0.1e-3))

    def test_a_missing_or_broken_file_gives_none(self) -> None:
        self.assertEqual(Constants(), constants.read(self.folder))
        for text in ("", "{", "[]", '{"operations": [{"name": "x"}]}', "null"):
            self.write(text)
            self.assertEqual(Constants(), constants.read(self.folder), text)

    def test_without_sleeps_nothing_is_made_up(self) -> None:
        self.assertEqual(0, Constants().oversleep(10e-3))
        self.assertEqual(0, Constants(overshoot_s={0.01: 1e-5}).oversleep(0))

    def test_programs_from_elsewhere_are_told_and_not_fatal(self) -> None:
        why = costs.measure(self.folder, self.folder)
        self.assertIn("build folder", why)
        self.assertFalse((self.folder / constants.FILE).exists())

    def test_why_they_could_not_be_measured_is_told(self) -> None:
        programs = self.folder / "release" / "src"
        programs.mkdir(parents=True)
        (programs.parent / "build.ninja").write_text("")
        for code, limit_s, told in (
            ("print('no compiler', file=sys.stderr); exit(7)", 300, "7: no compiler"),
            ("sys.exit(1)", 300, "status 1: no reason given"),
            ("time.sleep(3600)", 1, "took more than 1 s"),
        ):
            with self.subTest(code=code):
                root = self.folder / told
                (root / "bench/micro").mkdir(parents=True)
                (root / "bench/micro/run").write_text(f"import sys, time\n{code}\n")
                with (
                    mock.patch.object(costs, "REPOSITORY", root),
                    mock.patch.object(costs, "TIMEOUT_S", limit_s),
                ):
                    self.assertIn(told, costs.measure(self.folder, programs))

    def test_two_at_once_build_one_after_the_other(self) -> None:
        """With stand-ins for Meson and Ninja that take a while."""
        tools, log = self.folder / "tools", self.folder / "log"
        tools.mkdir()
        for name in ("meson", "ninja"):
            (tools / name).write_text(
                f"#!/bin/sh\necho {name} >>{log}\nsleep 0.2\necho end >>{log}\n"
                f"[ {name} = ninja ] || {{ mkdir -p $2; : >$2/build.ninja; }}\n"
            )
            (tools / name).chmod(0o755)
        code = (
            "import runpy, sys, pathlib\n"
            "build = runpy.run_path(sys.argv[1])['build']\n"
            "build(pathlib.Path(sys.argv[2]))"
        )
        words = [sys.executable, "-c", code, REPOSITORY / "bench/micro/run"]
        path = f"{tools}:{os.environ['PATH']}"
        builders = [
            subprocess.Popen(
                [*words, self.folder / "builds/release"], env=os.environ | {"PATH": path}
            )
            for _ in range(2)
        ]
        self.assertEqual([builder.wait(300) for builder in builders], [0, 0])
        lines = log.read_text().split()
        # The second only asks whether there is such a target.
        self.assertEqual(lines, ["meson", "end", *3 * ["ninja", "end"]])

    def test_the_line_of_thread_per_task_is_drawn_from_them(self) -> None:
        cell = Cell("t", Design("thread-per-task"), 1000, (), {"service-time": "10ms"})
        alone = summarise_cell(cell, [])
        self.assertIsNone(alone.theory_wall_s)  # no run told what a thread costs
        known = summarise_cell(cell, [], Constants(40e-6))
        self.assertAlmostEqual(0.010 + 1000 * 40e-6, known.theory_wall_s)

    def test_what_a_thread_costs_is_no_theory_of_fibers_and_goroutines(self) -> None:
        costs, options = Constants(40e-6, hand_over_s=1e-3), {"service-time": "10ms"}
        for design, wall_s in (
            (Design("worker-pool", 50), 1.012), (Design("fiber-pool", 50), 0.2),
            (Design("goroutine-pool", 50), 0.2), (Design("fiber-per-task"), None),
            (Design("goroutine-per-task"), None),
        ):  # fmt: skip
            cell = Cell("t", design, 1000, (), options)
            with self.subTest(design.kind):
                found = summarise_cell(cell, [], costs).theory_wall_s
                self.assertEqual(wall_s, found and round(found, 6))

    def test_their_sleeps_end_late_as_those_of_threads_do(self) -> None:
        late = Constants(40e-6, {0.01: 1e-3}, 2e-3, 3e-3, 4e-3)
        found = late.of(Cell("t", Design("goroutine-pool", 50), 1000))
        self.assertEqual(found, Constants(overshoot_s={0.01: 1e-3}))
