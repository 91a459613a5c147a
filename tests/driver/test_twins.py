"""Virtual time: how it is asked for, what it costs, and how it is held to measured time."""

import tomllib
import unittest

from . import SHIPPED
from .support import load, make_record
from driver.ask import experiment
from driver.ask.cell import Cell, design_of
from driver.ask.figures import FIGURES
from driver.ask.typed import AskError
from driver.reckon import theory
from driver.reckon.simulated import pairs, theme_of, twins
from driver.run import record
from driver.run.constants import Constants
from driver.measure.plan import CLASSROOM, Plan
from driver.run.run import Role, Run, Timing

COSTS = Constants(create_s=12e-6, overshoot_s={0.01: 1e-4}, hand_over_s=5e-6,
                  turn_s=20e-6)  # fmt: skip
TWO = """
question = "How far off?"
[options]
tasks = 100
[[cells]]
design = "{design}"
simulated = {asked}
"""


def two(design, asked="true"):
    text = TWO.format(design=design, asked=asked)
    return experiment.read("two", tomllib.loads(text), {})


def run_of(cell, block, wall_s, ok=100, process_s=9.0):
    found = {"wall_ns": round(wall_s * 1e9), "outcomes": {"ok": ok},
             "queue_wait_ns": {"mean": wall_s * 5e8}}  # fmt: skip
    timing = Timing(process_s, 0.0, 0.0, 0)
    return Run(cell, Role.MEASURE, block, 1, "", (), timing, found)


class Asked(unittest.TestCase):
    def test_a_table_is_simulated_with_what_its_design_costs(self):
        for design, program, args in (
            ("threads", "fiber-per-task", ["--spawn-time=12000ns", "--oversleep=100000ns"]),
            ("bounded threads of 5", "fiber-per-task", ["--spawn-time=12000ns", "--oversleep=100000ns"]),
            ("pool of 5", "fiber-pool",
             ["--spawn-time=12000ns", "--oversleep=100000ns", "--task-time=5000ns"]),
        ):  # fmt: skip
            with self.subTest(design=design):
                one, other = two(design).cells
                self.assertEqual((False, True), (one.is_virtual, other.is_virtual))
                self.assertEqual(program, other.design.program)
                self.assertEqual(one.lanes, other.lanes)
                self.assertTrue(other.awaits_constants)
                self.assertIn("--clock=virtual", other.args)
                settled = COSTS.settled(other).args
                self.assertEqual(args, [a for a in settled if a.endswith("ns")])
                self.assertEqual(one, COSTS.settled(one))

    def test_what_cannot_be_simulated_is_refused(self):
        for design, asked, told in (
            ("mutex pool of 5", "true", "only thread-per-task, worker-pool can be"),
            ("pool of 5", '"yes"', "simulated is 'yes': it takes true or false"),
        ):
            with self.assertRaisesRegex(AskError, told):
                two(design, asked)

    def test_each_cell_of_the_experiment_has_its_twin(self):
        asked = load(SHIPPED, "simulated")
        found = list(pairs(asked.cells))
        self.assertEqual(len(asked.cells), 2 * len(found))
        themes = {theme_of(measured) for measured, _ in found}
        self.assertEqual(
            {"batch", "load", "rate limit", "retry storm", "cancel"}, themes
        )


class Reckoned(unittest.TestCase):
    def test_its_time_is_that_of_its_own_clock(self):
        one, other = two("pool of 5").cells
        for cell, wall_s in ((one, 9.0), (other, 20.0)):
            run = run_of(cell, 1, 20.0)
            self.assertEqual(wall_s, FIGURES["wall_s"].read(run))
        self.assertIsNone(FIGURES["overhead_s"].read(run))

    def test_only_measured_time_must_be_seen_from_outside(self):
        one, other = two("pool of 5").cells
        seen = Timing(1.0, 0, 0, 0)
        record.check(make_record(other, 10.0), other, seen)
        with self.assertRaisesRegex(record.RecordError, "hyperfine saw only"):
            record.check(make_record(one, 10.0), one, seen)

    def test_a_pair_is_held_together_block_by_block(self):
        one, other = two("pool of 5").cells
        runs = [run_of(one, block, block * 1.0, 50) for block in range(1, 7)]
        runs += [run_of(other, block, block * 0.9) for block in range(1, 8)]
        (twin,) = twins((one, other), runs)
        self.assertAlmostEqual(0.9, twin.ratios["time"].median)
        self.assertAlmostEqual(2.0, twin.ratios["ok"].median)
        self.assertEqual(6, twin.ratios["wait"].n)
        self.assertAlmostEqual(0.1, twin.off("time"))

    def test_nothing_is_told_of_waits_that_nobody_waits(self):
        one, other = two("threads").cells
        runs = [run_of(one, 1, 1e-3), run_of(other, 1, 1e-3)]  # of which half is a wait
        (twin,) = twins((one, other), runs)
        self.assertNotIn("wait", twin.ratios)
        runs += [run_of(one, 2, 1.0), run_of(other, 2, 1.0)]  # one block is not enough
        (twin,) = twins((one, other), runs)
        self.assertEqual(("time", "ok"), tuple(twin.ratios))
        runs = [*runs[:1], run_of(other, 1, 0.0)]
        self.assertEqual({"ok"}, {*twins((one, other), runs)[0].ratios})
        self.assertEqual(([], []), (twins((one, other), runs[:1]),
                                    twins((one, other), runs[1:])))  # fmt: skip

    def test_theory_takes_the_costs_that_virtual_time_has(self):
        one, other = two("threads").cells
        self.assertAlmostEqual(100 * 12e-6 + 10.1e-3, theory.theory_wall_s(one, COSTS))
        self.assertAlmostEqual(100 * 12e-6 + 10.1e-3, theory.theory_wall_s(other, COSTS))
        told = {"tasks": 100, "clock": "virtual", "spawn-time": "1ms"}
        cell = Cell("x", design_of("fiber-per-task", told), 100, options=told)
        self.assertAlmostEqual(100e-3 + 10e-3, theory.theory_wall_s(cell, COSTS))

    def test_a_long_one_is_run_once_and_is_no_control(self):
        options = {"tasks": 10**7, "clock": "virtual"}
        cell = Cell("x", design_of("fiber-pool", options), 10**7, options=options)
        plan = Plan([cell], CLASSROOM, 1, blocks=9)
        self.assertEqual([(cell, Role.MEASURE)], plan.block(1))
        self.assertEqual([], plan.block(2))
