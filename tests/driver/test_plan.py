"""The plan: every cell once a block, shuffled; as many blocks as fit and tell enough."""

import unittest
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as some

from . import SHIPPED
from .support import load
from driver.ask.experiment import list_experiments
from driver.reckon.theory import planned_wall_s
from driver.measure.plan import CLASSROOM, LONG_S, QUICK, Plan, Protocol, full
from driver.run.run import Role

NAMES = list_experiments(SHIPPED)
COMPARISON = load(SHIPPED, "comparison")
SHORT = [cell for cell in COMPARISON.cells if planned_wall_s(cell) <= LONG_S]


def plan(protocol=CLASSROOM, seed=1, cells=COMPARISON.cells, **options):
    return Plan(cells, protocol, seed, **options)


def never(blocks):
    return False


def number(made, enough=never, speed=1.0):
    """How many blocks are run where each takes `speed` times what was planned.

    speed: a number, or one for each block, the last of which is for all the rest.
    """
    speeds = [speed] if isinstance(speed, float) else list(speed)
    done, left_s = 0, made.protocol.budget_s - made.block_s(0) * speeds[0]
    while made.goes_on(done, left_s, enough):
        now = speeds.pop(0) if len(speeds) > 1 else speeds[0]
        made.seen_s |= {c.name: planned_wall_s(c) * now for c in made.cells}
        done += 1
        left_s -= made.block_s(done)
    return done


class Blocks(unittest.TestCase):
    def test_a_block_holds_every_cell_once_and_one_of_them_again(self):
        counts = Counter((c.name, role) for c, role in plan().block(1))
        self.assertEqual(set(counts.values()), {1})
        measured = {name for name, role in counts if role is Role.MEASURE}
        self.assertEqual(measured, {cell.name for cell in COMPARISON.cells})
        again = [name for name, role in counts if role is Role.A_A]
        self.assertEqual(again, ["pool-50-api-capacity-50-n500"])
        self.assertIsNone(plan(cells=SHORT[:1]).control)

    def test_the_order_is_the_seed_and_nothing_else(self):
        orders = [plan(seed=7).block(n) for n in range(1, 7)]
        self.assertEqual(orders, [plan(seed=7).block(n) for n in range(1, 7)])
        self.assertNotEqual(orders, [plan(seed=8).block(n) for n in range(1, 7)])
        self.assertEqual(len({str(order) for order in orders}), 6)

    def test_it_is_late_when_the_blocks_to_come_take_more_than_is_left(self):
        made = plan()
        needed_s = made.blocks_s(3, made.fitting(2, 1e6))  # those after the second
        self.assertFalse(made.is_late(2, needed_s))
        self.assertTrue(made.is_late(2, needed_s - 1e-3))

    def test_what_takes_long_is_run_three_times_unless_blocks_are_asked_for(self):
        for blocks, times in ((None, 3), (9, 9)):
            made = plan(blocks=blocks)
            runs = [c.name for n in range(1, 10) for c, _ in made.block(n)]
            self.assertEqual(runs.count("pool-5-api-capacity-50-n10000"), times)

    def test_what_is_not_run_any_more_is_no_control(self):
        pool = "pool-5-api-capacity-50-n10000"
        made = plan(cells=[c for c in COMPARISON.cells if c.name == pool or not c.workers])
        runs = [[c.name for c, _ in made.block(n)].count(pool) for n in range(1, 6)]
        self.assertEqual(runs, [2, 2, 2, 0, 0])

    def test_only_what_is_quick_is_warmed_up(self):
        for protocol, most_s in ((CLASSROOM, 1.0), (QUICK, 0.5)):
            warm = {cell.name for cell, _ in plan(protocol).block(0)}
            quick = {c.name for c in COMPARISON.cells if planned_wall_s(c) <= most_s}
            self.assertEqual(warm, quick)


class Numbers(unittest.TestCase):
    """How many blocks there are, by what is left and by what is known."""

    # name: (budget in blocks, speed, enough at, asked, blocks that are run)
    CASES = {
        "no time at all": (0.0, 1.0, never, {}, 3),
        "five, a little late": (4.5, 1.0, never, {}, 5),
        "for five": (4.95, 1.0, never, {}, 6),  # 25 % late is allowed for up to six
        "four are better than three": (5.0, 1.6, never, {}, 4),
        "three": (5.0, 2.2, never, {}, 3),
        "six are worth being late": (5.2, 1.0, never, {}, 6),
        "but not for twice as long": (6.0, 1.9, never, {}, 4),
        "seven and a half": (7.5, 1.0, never, {}, 6),
        "nine, a little late": (8.5, 1.0, never, {}, 9),
        "nine": (9.5, 1.0, never, {}, 9),
        "but not if that takes for ever": (9.2, [1.0] * 7 + [3.0], never, {}, 8),
        "any": (100.0, 1.0, never, {}, 15),
        "enough from six on": (100.0, 1.0, lambda n: n >= 6, {}, 9),
        "enough from seven on": (100.0, 1.0, lambda n: n >= 7, {}, 12),
        "a lucky moment": (100.0, 1.0, lambda n: n == 9, {}, 15),
        "lucky twice, apart": (100.0, 1.0, lambda n: n in (6, 12), {}, 15),
        "enough, but not at a stop": (100.0, 1.0, lambda n: n not in (6, 12), {}, 15),
        "asked for": (0.0, 1.0, lambda n: True, {"blocks": 20}, 20),
        "to be resolved": (100.0, 1.0, never, {"resolve": 0.05}, 30),
        "resolved": (100.0, 1.0, lambda n: n >= 12, {"resolve": 0.05}, 15),
    }

    def test_every_case(self):
        for name, (blocks, speed, enough, asked, wanted) in self.CASES.items():
            one = plan(Protocol("test", 1e9, 15), cells=SHORT)
            budget_s = one.block_s(0) + blocks * one.block_s(1)
            made = plan(Protocol("test", budget_s, 15), cells=SHORT, **asked)
            with self.subTest(name):
                self.assertEqual(number(made, enough, speed), wanted)

    @settings(max_examples=25)
    @given(some.floats(1, 400), some.floats(0.3, 4), some.integers(0, 2**31))
    def test_a_run_ends_at_a_stop_and_never_much_too_late(self, budget_s, speed, seed):
        made = plan(Protocol("test", budget_s, 15), seed=seed)
        done = number(made, never, speed)
        self.assertGreaterEqual(done, 3)
        self.assertLessEqual(done, 15)
        if done > 3:
            spent_s = sum(made.block_s(n) for n in range(done + 1))
            self.assertLess(spent_s, 1.25 * budget_s + 2 * made.block_s(1))

    def test_a_newcomer_has_nine_blocks_in_three_minutes(self):
        self.assertLessEqual(CLASSROOM.budget_s, 170)
        for speed in (1.0, 1.05, 1.2, 1.5):
            self.assertGreaterEqual(number(plan(), never, speed), 6, speed)
        self.assertGreaterEqual(number(plan()), 9)

    def test_a_quick_run_fits_half_a_minute(self):
        quick = load(SHIPPED, "comparison", {}, quick=True).cells
        made = plan(QUICK, cells=[c for c in quick if planned_wall_s(c) <= LONG_S])
        done = number(made)
        self.assertGreaterEqual(done, 3)
        self.assertLess(sum(made.block_s(n) for n in range(done + 1)), 30)


class Shipped(unittest.TestCase):
    """Each experiment has the time for an interval, in a class and in a full run."""

    def test_every_experiment_has_time_for_six_blocks(self):
        for name in NAMES:
            asked = load(SHIPPED, name)
            for protocol in (CLASSROOM, full(asked.minutes)):
                with self.subTest(name=name, protocol=protocol.name):
                    cells = [c for c in asked.cells  # what takes longer is left out
                             if planned_wall_s(c) <= protocol.budget_s]  # fmt: skip
                    made = plan(protocol, cells=cells)
                    samples_s = sum(made.cell_s(cell) for cell in asked.samples)
                    left_s = protocol.budget_s - samples_s - made.block_s(0)
                    self.assertGreaterEqual(made.fitting(0, left_s), 6)

    def test_a_full_run_is_about_an_hour(self):
        minutes = sum(load(SHIPPED, n).minutes for n in NAMES)
        self.assertAlmostEqual(minutes, 50, delta=12)
