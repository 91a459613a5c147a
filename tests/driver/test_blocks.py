"""Blocks: every cell once, shuffled; as many as fit, never a bare five."""

import unittest
from collections import Counter
from dataclasses import replace

from . import REPOSITORY
from driver.run.plan import (
    CLASSROOM,
    Plan,
    Protocol,
    QUICK,
    control_cell,
    full,
)
from driver.ask.experiment import list_experiments
from .support import load
from driver.reckon.theory import planned_wall_s
from driver.run.run import Role

COMPARISON = load(REPOSITORY / "bench/experiments", "comparison", {})


def plan(protocol=CLASSROOM, seed=1, **options):
    return Plan(COMPARISON.cells, protocol, seed, planned_wall_s, **options)


class Order(unittest.TestCase):
    def test_a_block_holds_every_cell_once_and_one_of_them_again(self):
        counts = Counter((c.name, role) for c, role in plan().block(1))
        self.assertEqual(set(counts.values()), {1})
        measured = {name for name, role in counts if role is Role.MEASURE}
        self.assertEqual(measured, {cell.name for cell in COMPARISON.cells})
        again = [name for name, role in counts if role is Role.A_A]
        self.assertEqual(again, ["pool-50-n500"])

    def test_the_order_is_the_seed_and_nothing_else(self):
        orders = [plan(seed=7).block(n) for n in range(1, 7)]
        self.assertEqual(orders, [plan(seed=7).block(n) for n in range(1, 7)])
        self.assertNotEqual(orders, [plan(seed=8).block(n) for n in range(1, 7)])
        self.assertEqual(len({str(order) for order in orders}), 6)

    def test_long_cells_are_not_warmed_up_and_run_six_times(self):
        made = plan()
        runs = [
            cell for n in range(0, 16) for cell, _ in made.block(n) if plan().is_long(cell)
        ]
        self.assertEqual([cell.name for cell in runs], ["pool-5-n10000"] * 6)
        self.assertFalse([c for c, _ in made.block(0) if plan().is_long(c)])

    def test_blocks_asked_for_hold_all_cells(self):
        made = plan(blocks=9)
        runs = [
            cell for n in range(1, 10) for cell, _ in made.block(n) if plan().is_long(cell)
        ]
        self.assertEqual(len(runs), 9)

    def test_without_a_pool_there_is_no_control(self):
        threads = [c for c in COMPARISON.cells if c.workers is None]
        self.assertIsNone(control_cell(threads, planned_wall_s))


class Shipped(unittest.TestCase):
    """Each experiment has the time for an interval, in a class and in a full run."""

    def test_every_experiment_has_time_for_six_blocks(self):
        folder = REPOSITORY / "bench/experiments"
        for name in list_experiments(folder):
            asked = load(folder, name, {})
            for protocol in (CLASSROOM, full(asked.minutes)):
                with self.subTest(name=name, protocol=protocol.name):
                    made = Plan(asked.cells, protocol, 1, planned_wall_s)
                    samples_s = sum(made.cell_s(cell) for cell in asked.samples)
                    left_s = protocol.budget_s - samples_s - made.block_s(0)
                    self.assertGreaterEqual(made.fitting(0, left_s), 6)

    def test_a_full_run_is_about_half_an_hour(self):
        folder = REPOSITORY / "bench/experiments"
        names = list_experiments(folder)
        minutes = sum(load(folder, name, {}).minutes for name in names)
        self.assertAlmostEqual(minutes, 30, delta=5)


class Budget(unittest.TestCase):
    def number(self, made, precise=False, second_s=1.0):
        """How many blocks are run when each takes second_s as long as planned."""
        done, left_s = 0, made.protocol.budget_s - made.block_s(0) * second_s
        while made.goes_on(done, left_s, lambda: precise):
            done += 1
            left_s -= made.block_s(done) * second_s
        return done, left_s

    def test_the_default_fits_three_minutes_with_six_blocks_at_least(self):
        done, left_s = self.number(plan())
        self.assertGreaterEqual(done, 6)
        self.assertGreaterEqual(left_s, 0)
        self.assertLessEqual(CLASSROOM.budget_s, 170)

    def test_numbers_of_blocks_are_those_with_an_interval(self):
        for budget_s in range(1, 400, 7):
            done, _ = self.number(plan(Protocol("test", budget_s, 15)))
            self.assertIn(done, {3, 6, 9, 12, 15})

    def test_a_slip_half_way_never_leaves_four_or_five(self):
        for slowness in (1.0, 1.2, 1.5, 2.0, 5.0):
            done, _ = self.number(plan(), second_s=slowness)
            self.assertTrue(done == 3 or done >= 6, done)

    def test_precision_ends_it_and_only_at_a_stop(self):
        short = [c for c in COMPARISON.cells if not plan().is_long(c)]
        made = Plan(short, CLASSROOM, 1, planned_wall_s)
        self.assertEqual(self.number(made, precise=True)[0], 6)
        self.assertEqual(self.number(made, precise=False)[0], 15)

    def test_blocks_asked_for_are_run_whatever_they_take(self):
        tight = replace(CLASSROOM, budget_s=1)
        for blocks in (1, 4, 20):
            made = plan(tight, blocks=blocks)
            self.assertEqual(self.number(made, precise=True)[0], blocks)

    def test_a_quick_run_of_what_is_quick_fits_half_a_minute(self):
        short = [c for c in COMPARISON.cells if not plan().is_long(c)]
        done, left_s = self.number(Plan(short, QUICK, 1, planned_wall_s))
        self.assertIn(done, (3, 6))
        self.assertLess(QUICK.budget_s - left_s, 29)
