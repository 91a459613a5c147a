"""What is reckoned, as tables: each line holds a formula against its figures by hand.

Figures are chosen so that each can be done on paper, and so that no operator, constant
or comparison of the formula can be another without a line that differs.
"""

from __future__ import annotations

import unittest
from dataclasses import replace
from math import exp, inf, log
from random import Random
from statistics import NormalDist, median
from types import SimpleNamespace
from unittest import mock

from ..driver.support import make_cell, make_record, make_run
from driver.ask.experiment import Experiment
from driver.reckon import (
    curves, erlang, outage, service, stats, summarise, tables, theory,
)  # fmt: skip
from driver.reckon.erlang import Traffic
from driver.reckon.stats import Drift, Interval, Verdict
from driver.reckon.summary import Summary, bearable, borne
from driver.run.constants import Constants
from driver.run.run import Role
from driver.run.samples import Sample, by_when, most_in_flight

# c = 10 ms, o = 20 ms on a sleep of 1 s, h = 30 ms, j = 40 ms
COSTS = Constants(0.01, {1.0: 0.02}, 0.03, 0.04, 0.05)
FREE = Constants()
BOUNDED = {"max-threads": 5, "service-time": "1s"}


def pool(workers=5, tasks=50, **options):
    return make_cell("worker-pool", workers, tasks, **{"service-time": "1s", **options})


def threads(tasks=50, **options):
    return make_cell("thread-per-task", None, tasks, **{"service-time": "1s", **options})


def known(low, high, middle=1.0, rule="ranks"):
    return Interval(middle, low, high, 6, 0.97, low, high, rule)


class Table(unittest.TestCase):
    def hold(self, rows):
        for number, (found, wanted) in enumerate(rows):
            with self.subTest(row=number):
                if isinstance(wanted, float) and abs(wanted) != inf:
                    self.assertAlmostEqual(found, wanted, 9)
                else:
                    self.assertEqual(found, wanted)


class Stats(Table):
    def test_coverage_and_ranks(self):
        self.hold([
            (stats.rank_coverage(4, 1), 1 - 2 / 16),
            (stats.rank_coverage(4, 2), 1 - 2 * 5 / 16),
            (stats.interval_rank(5), None), (stats.interval_rank(6), 1),
            (stats.interval_rank(8), 1), (stats.interval_rank(9), 2),
            (stats.interval_rank(100), 40),
        ])  # fmt: skip

    def test_intervals(self):
        of = stats.median_interval
        self.hold([
            (of([7]), Interval(7, None, None, 1, None, 7, 7, None)),
            (of([3, 1]), Interval(2, 1, 3, 2, 0.5, 1, 3, "extremes")),
            (of([5, 4, 3, 2, 1]), Interval(3, 1, 5, 5, 0.9375, 1, 5, "extremes")),
            (of(range(6)), Interval(2.5, 0, 5, 6, 0.96875, 0, 5, "ranks")),
            (of(range(9)), Interval(4, 1, 7, 9, 1 - 20 / 512, 0, 8, "ranks")),
        ])  # fmt: skip

    def test_ratios(self):
        low, high = 1 / 2 ** stats.widening(3), 2 * 2 ** stats.widening(3)
        three = stats.ratio_interval([1.0, 2.0, 1.5])
        self.hold([
            (stats.widening(3), 20 ** (1 / 2) / 2 - 1),
            (stats.widening(5), 20 ** (1 / 4) / 2 - 1),
            (three.low, low), (three.high, high), (three.coverage, 0.95),
            (three.rule, "widened"), (stats.ratio_interval([1.0, 2.0]).rule, None),
            (stats.ratio_interval([1.0, 2.0]).low, None),
            (stats.ratio_interval([0.0, 1.0, 2.0]).rule, None),
            (stats.ratio_interval([1.0, 2.0, inf]).rule, None),
            (stats.ratio_interval([0.0, *[1.0] * 5]).rule, "ranks"),
            (stats.ratio_interval([0.0, *[1.0] * 5]).resolution, None),
            (stats.ratio_interval([0.5, *[1.0] * 5]).low, 0.5),
            (stats.quotient(3, 2), 1.5), (stats.quotient(3, 0), inf),
            (stats.quotient(0, 0), 1.0), (stats.quotient(0, 5), 0.0),
        ])  # fmt: skip

    def test_resolution(self):
        # The logarithms are 0, 1 and 2, so they scatter by 1.
        grown = [exp(k) for k in range(3)]
        # P(fewer than 1 of 6 below) = 0.8 where the share below is 1 - 0.8^(1/6).
        six = -stats.NormalDist().inv_cdf(1 - 0.8 ** (1 / 6))
        self.hold([
            (stats.resolution([1.0, 1.0]), None),
            (stats.resolution([2.0] * 3), 1.02),
            (stats.resolution(grown), 1.02 * exp(4.30)),
            (stats.found_beyond(3), 4.30), (stats.found_beyond(4), 2.53),
            (stats.found_beyond(5), 1.87), (stats.found_beyond(6), six),
        ])  # fmt: skip
        share, rank = stats.NormalDist().cdf(-stats.found_beyond(9)), 2
        chance = sum(stats.comb(9, k) * share**k * (1 - share) ** (9 - k)
                     for k in range(rank))  # fmt: skip
        self.assertAlmostEqual(chance, 0.8, 9)

    def test_drift(self):
        def of(*cells):
            return stats.drift([dict(enumerate(cell, start=1)) for cell in cells])

        up, once = [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 6, 5]
        many = of([*range(9)])  # 2 of 9! orders, so of 2000 only the one that was seen
        self.hold([
            (of(), None), (of([1]), None), (of([1, 2]), Drift(1.0, None)),
            (of(up[:5]), Drift(1.0, None)), (of([1, 1]), Drift(0.5, None)),
            (of(up), Drift(1.0, 2 / 720)), (of(up[::-1]), Drift(0.0, 2 / 720)),
            (of(once), Drift(14 / 15, 12 / 720)),  # five neighbours may have changed places
            (of([1] * 6), Drift(0.5, 1.0)),
            (of(up, up), Drift(1.0, 2 / 720)), (of(up, up[::-1]), Drift(0.5, 1.0)),
            (of(up, [2, 1]), of(up)), (of([2, 1], up), of(up)),  # not in the same blocks
            (of([2, 1], [2, 1], [2, 1, 3]), Drift(0.0, None)),  # six runs, not three
            (stats.drift([{1: 1, 3: 2}, {1: 1, 2: 0, 3: 2}]), Drift(1.0, None)),
            (stats.drift([{2: 2, 1: 1}]), Drift(1.0, None)),
            (many, Drift(1.0, 1 / 2000)), (of([*range(9)][::-1]), Drift(0.0, 1 / 2000)),
            (Drift(0.5, 0.01).sure, False), (Drift(0.5, 0.009).sure, True),
            (Drift(0.5, None).sure, False),
        ])  # fmt: skip

    def test_bootstrap(self):
        few = stats.bootstrap_ratio([2.0, 2.0, 3.0], [1.0] * 8 + [1.6])
        found = stats.bootstrap_ratio([2.0] * 6, [1.0] * 9)
        self.hold([
            (few, Interval(2.0, None, None, 3, None, 1.25, 3.0)),
            (found, Interval(2.0, 2.0, 2.0, 6, 0.95, 2.0, 2.0, "bootstrap")),
        ])
        # Drawn anew from 1 and 3, medians are 1, 2 or 3: the ends are those of few.
        apart = stats.bootstrap_ratio([1.0] * 5 + [3.0] * 4, [1.0] * 9)
        self.assertEqual((apart.median, apart.low, apart.high), (1.0, 1.0, 3.0))
        # Its ends leave out one in forty on either side.
        over, under = [1.0 + k / 7 for k in range(20)], [1.0] * 9
        draw = Random(stats.BOOTSTRAP_SEED)
        medians = sorted(median(each) for each, _ in (
            (draw.choices(over, k=20), draw.choices(under, k=9)) for _ in range(80)
        ))  # fmt: skip
        with mock.patch.object(stats, "BOOTSTRAP_DRAWS", 80):
            few = stats.bootstrap_ratio(over, under)
        self.assertEqual((few.minimum, few.low, few.high, few.maximum),
                         (medians[0], medians[2], medians[-3], medians[-1]))  # fmt: skip
        slow = stats.bootstrap_ratio([1.0] * 300 + [9.0] * 3, [1.0] * 9)
        self.assertEqual((slow.low, slow.high), (1.0, 1.0))

    def test_the_rest(self):
        self.hold([
            (stats.half_width(known(1.0, 3.0, 2.0)), 0.5),
            (stats.half_width(known(-3.0, -1.0, -2.0)), 0.5),
            (stats.half_width(known(1.0, 3.0, 0)), None),
            (stats.half_width(known(1.0, 3.0, 2.0, "extremes")), None),
            (stats.slope([(0, 1), (1, 3), (2, 5)]), 2.0),
            (stats.slope([(0, 0), (1, 2), (2, 1)]), 0.5),
            (stats.spread([2.0, 4.0, 5.0]), 0.75),
        ])  # fmt: skip


class WallTime(Table):
    def test_the_formulas(self):
        self.hold([
            (theory.pool_s(50, 5, 2.0), 20.0), (theory.pool_s(51, 5, 2.0), 22.0),
            # 10 rounds, and 11 of which the last has one
            (theory.pool_s(50, 5, 1.0, COSTS), 5 * 0.05 + 10 * 1.05 + 4 * 0.03),
            (theory.pool_s(51, 5, 1.0, COSTS), 5 * 0.05 + 11 * 1.05),
            # the first is back before the last is fed
            (theory.pool_s(50, 50, 1.0, COSTS), 50 * 0.05 + 50 * 0.03 + 1.02),
            (theory.pool_s(50, 5, 1.0, replace(COSTS, worker_s=None)),
             5 * 0.01 + 10 * 1.05 + 4 * 0.03),
            (theory.pool_s(50, 5, 1.0), 10.0),
            (theory.threads_s(50, 1.0, COSTS), 50 * 0.01 + 1.02),
            (theory.threads_s(50, 1.0), 1.0),
            # 11 rounds, the last of one
            (theory.bounded_s(51, 5, 1.0, COSTS), 11 * 1.02 + 10 * 0.04 + 0.01),
            (theory.bounded_s(50, 5, 1.0, COSTS), 10 * 1.02 + 9 * 0.04 + 5 * 0.01),
            # creation alone decides
            (theory.bounded_s(300, 150, 1.0, COSTS), 3 + 1.02),
            (theory.wall_s(0, 5, None, 1.0, COSTS), 0.0),
            (theory.wall_s(50, 5, None, 1.0, FREE), 10.0),
            (theory.wall_s(50, None, 5, 1.0, FREE), 10.0),
            (theory.wall_s(50, None, 50, 1.0, COSTS), 50 * 0.01 + 1.02),
            (theory.wall_s(50, None, None, 1.0, FREE), 1.0),
        ])  # fmt: skip

    def test_the_best_size_and_where_it_is_even(self):
        cheap = Constants(0.01, {1.0: 0.02})
        even = theory.even_service_s(50, 5, Constants(0.01))
        self.hold([
            (theory.best_workers(50, 1.0, cheap), 50.0),
            (theory.best_workers(200, 1.0, cheap), (200 * 1.02 / 0.01) ** 0.5),
            (theory.best_workers(50, 1.0, COSTS), (50 * 1.05 / 0.08) ** 0.5),
            (theory.best_workers(200, 1.0, COSTS), 1.05 / 0.03),
            (theory.best_workers(50, 1e-9, Constants(1.0)), 1.0),
            (theory.best_workers(50, 1.0, FREE), None),
            (theory.even_service_s(50, 5, FREE), None),
            (theory.even_service_s(50, 50, COSTS), None),
        ])  # fmt: skip
        # 5 c + 10 d = 50 c + d, so d = 5 c
        self.assertTrue(0.05 <= even <= 0.05 * 1.001, even)
        self.assertIsNone(theory.even_service_s(5, 5, Constants(0.01)))

    def test_to_whom_it_applies(self):
        self.hold([
            (theory.applies(pool()), True), (theory.applies(threads()), True),
            (theory.applies(pool(tasks=0)), False),
            (theory.applies(pool(**{"api-capacity": 5})), True),
            (theory.applies(pool(**{"api-capacity": 4})), False),
            (theory.applies(pool(50, 3, **{"api-capacity": 3})), True),
            (theory.applies(threads(**{"api-capacity": 4})), True),
            (theory.applies(threads(**BOUNDED, **{"api-capacity": 4})), False),
            (theory.theory_wall_s(pool(), COSTS), 0.25 + 10.62),
            (theory.theory_wall_s(threads(), COSTS), 0.5 + 1.02),
            (theory.theory_wall_s(threads(), FREE), None),
            (theory.theory_wall_s(pool(), FREE), 10.0),
            (theory.theory_wall_s(pool(5, 10_000, **{"service-time": "10ms"}), FREE),
             20.0),
            (theory.theory_wall_s(pool(tasks=0), COSTS), None),
            (theory.creating_share(pool(), COSTS), 0.25 / 10.87),
            (theory.creating_share(threads(), COSTS), 0.5 / 1.52),
            (theory.creating_share(threads(), FREE), 0.0),
        ])  # fmt: skip
        all_ok, lost = ({"ok": summarise.Count(n, n, n)} for n in (50, 49))
        for found, wanted in (
            (Summary(pool(), 1, (), {"inner_wall_s": known(1, 3, 5.0)}, all_ok, 4.0), 1.25),
            (Summary(pool(), 1, (), {"inner_wall_s": known(1, 3, 5.0)}, all_ok, 4.0, True),
             None),
            (Summary(pool(), 1, (), {"inner_wall_s": known(1, 3, 25.0)}, lost, 20.0), 1.25),
            (Summary(pool(), 1, (), {"inner_wall_s": known(1, 3, 25.0)}, lost, 19.9), None),
            (Summary(pool(), 1, (), {}, {}, 4.0), None),
        ):  # fmt: skip
            self.assertEqual(wanted, theory.over_theory(found))
        for option in theory.OTHER_WORK:
            self.assertFalse(theory.applies(pool(**{option: "x"})), option)

    def test_plans_and_bounds(self):
        record = make_record(pool())
        record["outcomes"] |= {"ok": 40, "silent": 6, "rejected": 4}
        self.hold([
            (theory.planned_wall_s(pool()), 10 + 5 * 60e-6),
            (theory.planned_wall_s(pool(50, 5)), 1 + 5 * 60e-6),
            *((theory.planned_wall_s(replace(
                cell, design=replace(cell.design, program=f"{who}-per-task"))), 1.4)
              for cell in (threads(100_000),) for who in ("fiber", "goroutine")),
            (theory.planned_wall_s(pool(**{"service-time": "500ms"})), 5 + 5 * 60e-6),
            (theory.planned_wall_s(pool(**{"hang-rate": "4%", "hang-time": "3s"})),
             10 + 3 + 5 * 60e-6),
            (theory.planned_wall_s(pool(7, **{"hang-rate": "14%", "hang-time": "3s"})),
             8 + 3 + 7 * 60e-6),
            (theory.planned_wall_s(pool(arrivals="fixed:1/s")), 50.0),
            (theory.planned_wall_s(pool(clock="virtual")), 50 * 2e-6),
            (theory.patience_s(pool()), 0.0), (theory.patience_s(pool(attempts=1)), 0.0),
            (theory.patience_s(pool(attempts=2)), 60.0),
            (theory.bound_wall_s(pool(), record), 10.0),
            (theory.bound_wall_s(pool(**{"api-capacity": 4}), record), 12.0),
            (theory.bound_wall_s(pool(**{"api-capacity": 9}), record), 10.0),
            (theory.bound_wall_s(pool(**{"when-full": "caller-runs"}), record), 8.0),
            (theory.planned_wall_s(pool(**{"api-capacity": 2})), 10 + 5 * 60e-6),
            (theory.planned_wall_s(pool(**{"api-capacity": 2, "api-queue": 3})),
             25 + 5 * 60e-6),
            (theory.planned_wall_s(threads(**{"api-capacity": 2, "api-queue": "unlimited"})),
             25 + 50 * 60e-6),
            (theory.bound_wall_s(pool(distribution="exponential"), record), None),
            (theory.bound_wall_s(pool(distribution="fixed"), record), 10.0),
            (theory.graham_bounds_s([], 3), (0.0, 0.0)),
            (theory.graham_bounds_s([3.0, 1.0, 2.0], 2), (3.0, 4.5)),
            (theory.graham_bounds_s([3.0, 3.0, 2.0], 2), (4.0, 5.5)),
        ])  # fmt: skip


class Accepted(Table):
    def test_by_rate(self):
        rate = {"api-rate": "10/s", "api-burst": 8}
        self.hold([
            (theory.accepted_by_rate(threads(**rate), COSTS), 8 + 10 * 0.5),
            (theory.accepted_by_rate(threads(4, **rate), COSTS), 4),
            (theory.accepted_by_rate(threads(**rate), FREE), None),
            (theory.accepted_by_rate(threads(**{"api-rate": "10/s"}), COSTS), 6.0),
            # d + o is 1.02 s, and a rejection's 0.12 s. 20 T = 1.02 A + 0.12 (200 - A) -
            # 10 * 1.02^2 / 2, A = 11 + 10 T
            (theory.accepted_by_rate(
                pool(20, 200, **rate | {"api-burst": 11, "api-reject-time": "100ms"}),
                COSTS), 11 + 10 * (11.22 + 22.68 - 5.202) / (20 - 9)),
            # All 50 are taken while the first eleven calls are still under way.
            (theory.accepted_by_rate(
                pool(20, **rate | {"api-burst": 11, "api-reject-time": "100ms"}), COSTS),
             None),
            (theory.accepted_by_rate(pool(20, **rate), COSTS), None),
            (theory.accepted_by_rate(pool(8, **rate), COSTS), 50),
            (theory.accepted_by_rate(pool(9, **rate), COSTS), None),
            (theory.accepted_by_rate(
                pool(12, **rate | {"api-burst": 45, "api-reject-time": "100ms"}), COSTS),
             50),
            # T = 2 - 0.25 + 0.5 T: half a worker is left over for what is turned away
            (theory.accepted_by_rate(
                pool(1, **{"api-rate": "0.5/s", "api-burst": 2, "api-reject-time": "0"}),
                FREE), 3.75),
        ])  # fmt: skip

    def test_by_capacity(self):
        def of(cell, costs=COSTS):
            return theory.accepted_by_capacity(cell, costs)

        few = {"api-capacity": 4}
        self.hold([
            (of(threads()), 50), (of(threads(**{"api-capacity": 50})), 50),
            (of(pool(4, **few)), 50), (of(pool(5, **few)), None),
            (of(threads(**few), FREE), None), (of(threads(**few)), 4),
            (of(threads(**few, **BOUNDED)), None),
            # 102 are born while one call lasts
            (of(threads(205, **few)), 9), (of(threads(210, **few)), 12),
            (of(threads(400, **{"api-capacity": 200})), 400),
        ])  # fmt: skip

    def test_who_is_alive_and_when_all_have_stopped(self):
        self.hold([
            (theory.alive_at_once(50, 1.0, COSTS), 50),
            (theory.alive_at_once(500, 1.0, COSTS), 102.0),
            (theory.alive_at_once(500, 1.0, FREE), 500),
            (theory.stopped_within(0.5, 3), 0.125), (theory.stopped_within(2.0, 3), 1.0),
        ])  # fmt: skip


class Curves(Table):
    def of(self, points, curve):
        return [(p.x, round(p.y, 9)) for p in points if p.curve == curve]

    def test_over_workers(self):
        points = list(theory.over_workers(pool(tasks=10), "", COSTS, 1, 3))
        self.hold([
            (self.of(points, "wall over workers"), [(1, 10.55), (2, 5.38), (3, 4.35)]),
            (self.of(points, "rounds over workers"), [(1, 10.2), (2, 5.1), (3, 3.4)]),
            (self.of(points, "creating over workers"), [(1, 0.05), (2, 0.1), (3, 0.15)]),
            (self.of(points, "best workers"), [(10, 1.82)]),
            ({(p.design, p.tasks) for p in points}, {("pool", 10)}),
            (self.of(theory.over_workers(pool(1, 1), "", COSTS, 1, 3), "best workers"),
             [(1, 1.1)]),
            (theory.log_steps(2, 2), [2]), (theory.log_steps(0, 2), [0]),
            ([*map(round, theory.log_steps(1, 100, 3))], [1, 10, 100]),
        ])  # fmt: skip
        points = list(theory.over_workers(pool(tasks=10, **{"api-capacity": 2}), "", COSTS, 1, 3))
        self.hold([(self.of(points, "rounds over workers"), [(1, 10.2), (2, 5.1)]),
                   (self.of(points, "best workers"), [])])  # fmt: skip
        rated = pool(tasks=10, **{"api-rate": "2/s", "api-burst": 3})
        half = pool(tasks=10, **{"api-rate": "4/s", "api-burst": 3, "service-time": "500ms"})
        points = list(theory.over_workers(half, "", COSTS, 2, 3))
        self.assertEqual([(2.0, 10)], self.of(points, "safe workers"))
        points = list(theory.over_workers(rated, "", COSTS, 2, 3))
        self.hold([
            (self.of(points, "safe workers"), [(2.0, 10)]),
            (self.of(points, "wall over workers"), []),
            (self.of(points, "accepted over workers")[0], (2, 10)),
        ])

    def test_over_tasks(self):
        cells = [(threads(**{"api-capacity": 2}), "a"), (pool(2), "b")]
        few = {"api-capacity": 4}
        points = list(theory.over_tasks(cells, COSTS, 3, 4))
        self.hold([
            (self.of(points, "wall over tasks"), [(3, 1.05), (4, 1.06), (3, 2.2), (4, 2.23)]),
            (self.of(points, "accepted over tasks"), [(3, 2), (4, 2), (3, 3), (4, 4)]),
            (self.of(points, "alive over tasks"), [(3, 3), (4, 4)]),
            (self.of(points, "goodput over tasks")[:1], [(3, round(2 / 1.05, 9))]),
            (list(theory.over_tasks([(threads(), "")], FREE, 3, 4)), []),
            (len(list(theory.over_tasks([(pool(2), "")], FREE, 3, 4))), 6),
            # who of a pool is turned away is not known, nor how long that takes
            *((self.of(theory.over_tasks([(pool(5, count, **few), "")], COSTS, 3, 6),
                       "wall over tasks"), [(3, 1.36), (4, 1.39)]) for count in (3, 6)),
        ])  # fmt: skip

    def test_over_time(self):
        def of(cell, curve, costs=COSTS):
            return self.of(theory.over_time(cell, "", costs), curve)

        self.hold([
            (of(threads(5), "started over time"), [(0.0, 0), (0.05, 5)]),
            (of(threads(5), "answered over time"), [(1.02, 0), (1.07, 5)]),
            (of(pool(2, 5), "started over time"), [(0.02, 2), (1.04, 4), (2.06, 5)]),
            (of(pool(2, 5), "answered over time"), [(1.04, 2), (2.06, 4), (3.08, 5)]),
            (of(threads(7, **BOUNDED), "started over time"), [(0.0, 5), (1.02, 7)]),
            (of(pool(2, 5, **{"api-capacity": 1}), "started over time"), []),
            (of(pool(2, 5, arrivals="fixed:1/s"), "started over time"), []),
            (len(of(pool(2, 5, **{"api-capacity": 2}), "started over time")), 3),
        ])  # fmt: skip

    def test_the_others(self):
        stop = list(theory.stop_over_time(pool(3, **{"service-time": "2s"}), ""))
        self.hold([
            (len(stop), 61), (stop[0][3:], (50, 0.0, 0.0)), (stop[60][3:], (50, 2.0, 1.0)),
            (stop[30][3:], (50, 1.0, 0.125)),
            (list(theory.stop_over_time(threads(), "")), []),
            (next(theory.even_over_tasks(pool(3), "", Constants(0.01), 50, 50)).y,
             theory.even_service_s(50, 3, Constants(0.01))),
        ])  # fmt: skip
        load = list(theory.over_load(2, 1.0, 20, 0.9, 0.1, 0.7))
        self.hold([
            (len(load), 61 * 2 + 13), (load[0][1:5], ("", "", 20, 0.1)),
            (load[-3].x, 0.7), (load[-3].curve, "lost over load"),
            (load[-3].y, Traffic(0.7, 2, 1.0).lost),
            (load[-2].y, Traffic(0.7, 2, 1.0).wait_s(0.9)),
            (load[-1].y, erlang.short_run_wait_s(Traffic(0.7, 2, 1.0), 0.9, 20)),
        ])  # fmt: skip


class CurvesOfAnExperiment(Table):
    def points(self, *cells, costs=COSTS, **more):
        return curves.theory_points(Experiment("test", "?", cells, **more), costs)

    def ends(self, points):
        """Of each curve and design: how far it goes."""
        found = {}
        for p in points:
            found.setdefault((p.curve, p.design), []).append(round(p.x, 9))
        return {key: (min(x), max(x)) for key, x in found.items()}

    def named(self, tasks, seconds, **more):
        varied = {"service-time": seconds, **more}
        return replace(pool(2, tasks, **varied), varied=varied)

    def test_how_far_they_go(self):
        few, many, none = pool(2, 8), pool(4, 16), threads(0)
        one, sizes = self.points(few), self.points(few, pool(4, 8), many, none)
        self.hold([
            (self.ends(one)["wall over tasks", "pool-2"], (4, 16)),
            (self.ends(sizes)["wall over tasks", "pool-4"], (4, 32)),
            (("wall over workers", "pool") in self.ends(one), False),
            (("wall over workers", "pool") in self.ends([*self.points(few, many)]), False),
            (self.ends(sizes)["wall over workers", "pool"], (1, 8)),
            (self.ends(self.points(pool(4), pool(8)))["wall over workers", "pool"], (2, 16)),
            (self.points(), []),
        ])  # fmt: skip
        both = self.points(*(pool(w, n) for n in (16, 8) for w in (2, 4)))
        told = [p.tasks for p in both if p.curve == "best workers"]
        self.assertEqual([8, 16], told)

    def test_they_meet_the_theory_of_their_cells(self):
        """Of fibers and goroutines too, for which creating a thread costs nothing."""
        for program in ("worker-pool", "fiber-pool", "goroutine-pool"):
            cells = [replace(c, design=replace(c.design, program=program))
                     for c in (pool(5), pool(10))]  # fmt: skip
            points = self.points(*cells, samples=cells[:1])
            at = {p.x: p.y for p in points if p.curve == "wall over workers"}
            begun = min(p.x for p in points if p.curve == "started over time")
            own = program == "worker-pool"
            self.hold([
                *((at[c.workers], theory.theory_wall_s(c, COSTS)) for c in cells),
                (begun, 5 * COSTS.create if own else 0.0),
                ("best workers" in {p.curve for p in points}, own),
            ])  # fmt: skip
        loose = replace(threads(), design=replace(threads().design, program="fiber-per-task"))
        self.assertEqual([], self.points(samples=[loose]))

    def test_which_are_drawn(self):
        def drawn(cells, **more):
            points = self.points(*cells, **more)
            kinds = ("started", "stopped", "even", "lost", "latency")
            return {k for k in kinds if any(p.curve.startswith(k) for p in points)}

        random, short = {"arrivals": "poisson:1/s"}, self.named(8, "10ms")
        lost = random | {"distribution": "exponential", "api-capacity": 2}
        calm, late, varied = pool(2, 8), {"deadline": "1s"}, {"deadline": "", **lost}
        with mock.patch.object(curves, "MOST_ROUNDS", 3):
            self.hold([
                (drawn([calm]), set()), (drawn([pool(2, 8, **late)]), {"stopped"}),
                (drawn([calm], samples=[pool(2, 6)]), {"started"}),
                (drawn([calm], samples=[pool(2, 7)]), set()),
                (drawn([short, self.named(8, "20ms")], costs=Constants(0.01)), set()),
                (drawn([calm, pool(2, 9)], costs=Constants(0.01)), set()),
                (drawn([short, self.named(9, "20ms")], costs=Constants(0.01)), {"even"}),
                (drawn([threads(4, **lost)]), {"lost"}),
                (drawn([threads(4, **lost), calm]), set()),
                (drawn([threads(4, **lost), threads(4, **{**lost, "distribution": "fixed"})]),
                 set()),
                (drawn([threads(4, **random, **{"api-capacity": 2})]), set()),
                (drawn([threads(4, **{**lost, "arrivals": "batch"})]), set()),
                (drawn([threads(4, **lost), pool(2, 4, **lost, **{"api-queue": 1})]),
                 {"latency"}),
                (drawn([pool(2, 8, **varied)]), {"stopped", "lost"}),
            ])  # fmt: skip

    def test_a_pool_is_one_whatever_its_task_time(self):
        cells = [self.named(n, d) for n in (8, 9) for d in ("10ms", "20ms")]
        other = [self.named(n, "30ms", attempts=1) for n in (8, 9)]
        points = self.points(*cells, self.named(16, "10ms"), costs=Constants(0.01))
        self.hold([
            (self.ends(points)["even over tasks", "pool-2"], (8, 16)),
            ([*curves._first_pools(Experiment("t", "?", tuple(cells + other)))],
             [("pool-2", ""), ("pool-2", "attempts=1")]),
            (curves.varied_text(replace(cells[0], varied={"a": True, "b": 1})), "a;b=1"),
        ])  # fmt: skip

    def test_over_load(self):
        lost = {"arrivals": "poisson:1/s", "distribution": "exponential", "api-capacity": 2}
        found = {p.curve: p for p in self.points(threads(4, **lost))}
        last = Traffic(0.985, 2, 1.0)
        points = self.points(threads(4, **lost))
        self.hold([
            (self.ends(points)["lost over load", ""], (0.45, 0.985)),
            (found["lost over load"].y, last.lost),
            (found["wait over load"].y, last.wait_s(0.9)),
        ])

    def test_behind_queues(self):
        lost = {"arrivals": "poisson:1/s", "distribution": "exponential", "api-capacity": 2}
        none, one, endless = (threads(4, **lost, **more) for more in (
            {}, {"api-queue": 1}, {"api-queue": "unlimited"}))  # fmt: skip
        ours = pool(3, 4, **lost)

        def of(cell):
            found = curves._behind_queues([cell])
            return [(round(p.x * 75), round(p.y, 9)) for p in found]

        def at(load, places=2):
            return Traffic(load, places, 1.0)

        def close(found, step, load, y):
            self.assertEqual((step, round(y, 9)), found)

        close(of(none)[0], 1, 1 / 75, 1.0)
        close(of(none)[-1], 99, 99 / 75, 1.0)
        close(of(one)[-1], 99, 99 / 75, 1 + erlang.behind_queue(at(99 / 75), 1)[1])
        close(of(endless)[-1], 73, 73 / 75, 1 + at(73 / 75).mean_wait_s)
        close(of(ours)[-1], 73, 73 / 75, 1 + at(73 / 75, 3).mean_wait_s)


class Services(Table):
    def test_what_is_drawn_and_offered(self):
        def variation(kind):
            return service.variation_of(pool(distribution=kind))

        self.hold([
            (service.variation_of(pool()), 0.0), (variation("uniform"), 1 / 3),
            (variation("exponential"), 1.0), (variation("lognormal"), exp(1) - 1),
            (variation("lognormal:p50=2ms,p99=20ms"), exp((log(10) / NormalDist().inv_cdf(0.99)) ** 2) - 1),
            (variation("file:x"), None),
            (service.offered_of(pool()), None),
            (service.offered_of(pool(**{"arrivals": "fixed:3/s", "service-time": "500ms"})),
             1.5),
        ])  # fmt: skip

    def test_what_is_held(self):
        ends = {"ok": 6, "silent": 2, "rejected": 1, "timed_out": 1, "cancelled": 0,
                "not_started": 4, "shed": 3}  # fmt: skip
        times = {"latency_ns": {"mean": 3e9}, "failed_latency_ns": {"mean": 5e9},
                 "queue_wait_ns": {"mean": 1e9}}  # fmt: skip
        cell = pool(arrivals="fixed:20/s")

        def of(cell=cell, outcomes=ends, **more):
            return service.held_of(cell, {**times, **more, "outcomes": outcomes})

        old = {key: count for key, count in ends.items() if key != "shed"}
        unstarted = {**dict.fromkeys(ends, 0), "not_started": 4, "shed": 3}
        self.hold([
            (of(), 20 * (24 + 10 - 10) / 10), (of(outcomes=old), 48.0),
            (of(failed_latency_ns={"mean": None}), 20 * (24 - 10) / 10),
            (of(pool()), None), (of(outcomes=unstarted), None),
            (of(outcomes={**ends, "cancelled": 1}), None),  # before they were started?
        ])  # fmt: skip

    def test_the_size_that_is_safe(self):
        def of(time="1s", **limits):
            api = {f"api-{k}": v for k, v in limits.items()}
            return service.safe_size(pool(**{"service-time": time}, **api))

        self.hold([
            (of(), None), (of(burst=9), None), (of(rate="10/s", burst=8), 8),
            (of(rate="10/s", burst=20), 10), (of(rate="10/s"), 1), (of(rate="0.5/s"), 1),
            (of(rate="10.9/s", burst=20), 10),
            (of("290ms", rate="100/s", burst=99), 29),
        ])  # fmt: skip

    def test_of_a_size(self):
        random = {"service-time": "500ms", "distribution": "exponential"}
        busy = {**random, "arrivals": "poisson:4/s"}
        half = Traffic(0.5, 4, 0.5)

        def of(size, changes={}, **more):
            return service.theory_of(pool(**{**busy, **changes, **more}), size)

        waits = {"p50 wait": half.wait_s(0.5), "p99 wait": half.wait_s(0.99),
                 "mean wait": half.mean_wait_s, "waiting": half.waiting}  # fmt: skip
        calm = {"goodput": 4.0, "load": 0.5, "in flight": 2.0}
        halved = {key: value / 2 for key, value in waits.items() if key != "waiting"}
        halfway = {**calm, **waits, **halved, "factor": 0.5}
        evenly = {**calm, **halved}  # Erlang's C is of arrivals at random
        self.hold([
            (of(4), {**calm, **waits, "factor": 1.0}),
            (of(4, arrivals="fixed:4/s"), evenly), (of(4, distribution="fixed"), halfway),
            (of(4, distribution="file:x"), calm), (of(4, arrivals="batch"), {"goodput": 8.0}),
            (of(4, {"api-capacity": 1}), {**calm, **waits, "goodput": 2.0, "factor": 1.0}),
            (of(2), {"goodput": 4.0, "load": 1.0, "in flight": 2.0}),
            (of(1), {"goodput": 2.0, "load": 2.0, "in flight": 1}),
            (of(29, {"service-time": "290ms"}, arrivals="poisson:100/s"),
             {"goodput": 100.0, "load": 1.0, "in flight": 29}),
        ])  # fmt: skip

    def test_what_an_api_turns_away(self):
        def of(rate=1, queue=None, capacity=2, kind="poisson"):
            more = {} if queue is None else {"api-queue": queue}
            rated = {"arrivals": f"{kind}:{rate}/s"} if rate else {}
            limit = {"api-capacity": capacity} if capacity else {}
            return service.lost_at_api(pool(**rated, **limit, **more))

        self.hold([
            (of(), 0.2), (of(rate=0), None), (of(capacity=None), None), (of(40), None),
            (of(39), Traffic(19.5, 2, 1.0).lost), (of(1, "unlimited"), 0.0),
            (of(2, "unlimited"), None), (of(1, 2), 0.05 / 1.15), (of(1, 0), 0.2),
            (of(kind="fixed"), None), (of(3, 10**9), 1 / 3), (of(2, 10**9), 1 / (10**9 + 2.5)),
        ])


class Outages(Table):
    def recording(self, ends, summary=None, last_s=1.3125, rate="32/s"):
        """After 1.25 s it could have recovered. ends: (end, outcome) of each task."""
        cell = pool(2, 8, **{"api-outage": "1s,125ms", "arrivals": f"fixed:{rate}"})
        samples = [Sample(i, 0, 0.0, 0.0, end, 1 + i % 2, outcome)
                   for i, (end, outcome) in enumerate(ends)]  # fmt: skip
        late = Sample(9, 0, last_s, None, None, 0, "not_started")
        samples = [samples[0], late, *samples[1:]] if samples else []
        return outage.Recording(make_run(cell, 1, 1.0), samples, summary)

    def test_what_came_after(self):
        of, ok = self.recording, "ok"
        ends = [(1.25, ok), (1.3124, ok), (1.3125, ok), (1.2499, ok), (1.26, "failed")]
        counted = SimpleNamespace(n=3, outcomes={ok: 7})
        self.hold([
            (of(ends).after_per_s, 32.0), (of(ends, last_s=1.3124).after_per_s, None),
            (of(ends).recovers, True), (of(ends, rate="40/s").recovers, True),
            (of(ends, rate="41/s").recovers, False),
            (of(ends, last_s=1.3).recovers, None),
            (replace(of(ends), run=make_run(pool(2, 8, **{"api-outage": "1s,125ms"}), 1, 1.0)
                     ).recovers, None),
            (of(ends).ok, summarise.Count(4, 4, 4)), (of(ends).runs, 0),
            (of(ends, counted).ok, 7), (of(ends, counted).runs, 3),
            (of(ends, SimpleNamespace(n=0)).ok.median, 4),
            (of(ends).calls_a_task, 7 / 6), (of([]).calls_a_task, 0.0),
            (outage.last_arrival_s([]), 0.0),
        ])  # fmt: skip

    def test_slots(self):
        def of(length):
            return pool(**{"api-outage": f"1s,{length}"})

        self.hold([
            (outage.outage_s(of("500ms")), (1.0, 1.5)), (outage.settled_s(of("500ms")), 2.0),
            (outage.slot_s(of("500ms")), 0.1), (outage.slot_s(of("501ms")), 0.501 / 6),
            (outage.slot_s(of("120ms")), 0.06), (outage.slot_s(of("50ms")), 0.025),
            (outage.slot_s(of("300ms")), 0.1), (outage.slot_s(of("0")), 0.1),
        ])  # fmt: skip

    def test_rates(self):
        def of(ends, edge_s, slot):
            return outage.rates([Sample(0, 0, 0.0, 0.0, end, 1, how) for end, how in ends],
                                edge_s, slot)  # fmt: skip

        ok = "ok"
        ends = [(0.1, ok), (0.5, ok), (0.7, ok), (0.8, "failed"), (1.2, ok)]
        self.hold([
            (of(ends, 1.0, 0.5), [(0.0, 2.0), (0.5, 4.0), (1.0, 2.0), (1.5, 0.0), (2.0, 0.0)]),
            (of(ends[:1], 0.7, 0.5), [(0.0, 5.0), (0.2, 0.0), (0.7, 0.0), (1.2, 0.0)]),
            (of([(2.2, ok)], 1.0, 0.5), [*((k / 2, 0.0) for k in range(4)), (2.0, 2.0),
                                         (2.5, 0.0), (3.0, 0.0)]),
            (of([(0.1, ok)], 0.3, 0.3), [(0.0, 3.333333), (0.3, 0.0), (0.6, 0.0)]),
            (of([(0.1, ok)], 1 / 3, 1 / 3), [(0.0, 3.0), (0.333333, 0.0), (0.666667, 0.0)]),
            (of([(0.0, "failed")], 0.5, 0.5), [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0)]),
        ])  # fmt: skip


class Work(Table):
    def test_who_served_nothing_did_no_other_work(self):
        def alike(mine, theirs):
            cell, role = pool(), Role.MEASURE
            runs = [[make_run(cell, 1, 1.0) for _ in range(n)] for n in (mine, theirs)]
            return summarise.same_work(*((cell, each, role) for each in runs))

        self.hold([(alike(0, 1), True), (alike(1, 0), True), (alike(1, 1), True)])

    def test_only_runs_that_count_tell_how_much_was_served(self):
        def ran(ok, **more):
            found = make_run(pool(), 1, 1.0, **more)
            found.record["outcomes"]["ok"] = ok
            return found

        whole, other = [ran(50)], [ran(9, role=Role.WARM_UP), ran(9, problem="it hung")]
        for ok, same in ((50, True), (51, True), (49, False)):
            sides = [(pool(), runs, Role.MEASURE) for runs in (whole, [ran(ok), *other])]
            self.assertEqual(same, summarise.same_work(*sides))

    def test_a_p99_is_of_a_thousand_that_ended_so(self):
        names = [f"{name}_p99_s" for name in ("latency", "failed_latency", "queue_wait")]
        figures = {name: known(1, 3) for name in [*names, "latency_max_s", "wall_s"]}
        for ends, kept in (
            ({"ok": 1000}, [0, 2]), ({"ok": 999, "silent": 1}, [0, 2]), ({"ok": 999}, []),
            ({"ok": 100, "rejected": 9900}, [1, 2]), ({"ok": 900, "rejected": 100}, [2]),
            ({"failed": 500, "timed_out": 500}, [1, 2]),
            ({"ok": 999, "cancelled": 9000, "not_started": 1, "shed": 9}, []),
        ):  # fmt: skip
            counts = {end: summarise.Count(n, n, n) for end, n in ends.items()}
            found = bearable(figures, counts)
            wanted = [names[i] for i in kept] + ["latency_max_s", "wall_s"]
            self.assertEqual(list(found), wanted, ends)

    def test_a_ratio_of_p99_takes_two_that_are_borne(self):
        one, two = pool(workers=5), pool(workers=50)
        for figure, known_of, wanted in (
            ("queue_wait_p99_s", (one, two), True), ("queue_wait_p99_s", (one,), False),
            ("queue_wait_p99_s", (), False), ("wall_s", (), True),
        ):  # fmt: skip
            cells = [Summary(c, 3, (), {figure: known(1, 3)} if c in known_of else {}, {})
                     for c in (one, two)]  # fmt: skip
            of = summarise.Ratio(figure, two, one, None, Verdict.CANNOT_TELL)
            self.assertEqual(borne(of, cells), wanted, (figure, known_of))

    def test_what_became_of_nothing(self):
        def of(tasks, n, **outcomes):
            return Summary(pool(tasks=tasks), n, (), {}, outcomes)

        some = summarise.Count(3, 1, 4)
        self.hold([
            (of(4, 0).share_ok, 0.0), (of(4, 1).share_ok, 1.0), (of(4, 0).lost_any, False),
            (of(0, 1, ok=some).share_ok, 1.0), (of(4, 1, ok=some).share_ok, 0.75),
            (of(4, 1, ok=some).lost_any, True), (of(1, 1, ok=some).lost_any, False),
            (of(4, 1, ok=some).fitted, False), (of(4, 1).over_theory, None),
            (replace(of(4, 1), theory_wall_s=2.0).over_theory, None),
            (replace(of(4, 1), figures={"inner_wall_s": known(1, 3)}).over_theory, None),
            (replace(of(4, 1), figures={"inner_wall_s": known(1, 3)}, theory_wall_s=2.0
                     ).over_theory, 0.5),
        ])

    def test_the_last_sample_of_each_cell_is_recorded(self):
        sample = Role.SAMPLE

        def ran(block, cell=pool(), samples="x.csv", **more):
            return replace(make_run(cell, block, 1.0, **more), samples=samples)

        kept = [ran(2, role=sample), ran(1, threads(), role=sample)]
        others = [ran(3, role=sample, problem="it hung"), ran(4), ran(5, samples=None, role=sample)]
        made = [ran(1, role=sample), *kept, *others]
        self.assertEqual(kept, tables.recorded_runs(made))

    def test_tables_say_when_and_who_leads(self):
        runs = [replace(make_run(pool(), 1, 1.0), started_utc=f"2025-01-01T00:00:0{k}.000Z")
                for k in (3, 1, 2)]  # fmt: skip
        self.assertEqual([2.0, 0.0, 1.0], [row["at_s"] for row in tables.runs(runs).rows])
        asked = Experiment("test", "?", (threads(), pool()), figure="rss_bytes")
        runs = [make_run(c, b, 1.0) for b in range(6) for c in asked.cells]
        made = summarise.summarise(asked, runs)
        led = {row["figure"]: row["leads"] for row in tables.ratios(made).rows}
        self.assertEqual(["rss_bytes"], [figure for figure, leads in led.items() if leads])
        self.assertLess(3, len(led))
        for table, ends in ((tables.cells(asked, made), "wall_s"), (tables.costs([]), "slab_bytes")):
            self.assertEqual(3, sum(column.startswith(ends) for column in table.columns))

    def test_outages_have_rates_where_there_are_some(self):
        tasks = [Sample(0, 0, 0.0, 0.0, 0.05, 1, "ok")]
        out = pool(**{"api-outage": "1s,1s"})
        self.hold([
            (outage.slots(pool(), tasks), ()), (outage.slots(out, []), ()),
            (outage.slots(out, tasks)[0], (0.0, 10.0)),
        ])

    def test_creating_one_is_told_by_who_created_most(self):
        few, many, ours = threads(4), threads(8), pool()
        other = [replace(threads(16), design=replace(few.design, program=program), name=program)
                 for program in ("fiber-per-task", "goroutine-per-task")]  # fmt: skip
        other.append(replace(threads(16, clock="virtual"), name="virtual"))
        small, large = pool(workers=100), pool(workers=200)
        asked = Experiment("test", "?", (*other, ours, small, large, few, many))

        def of(*runs):
            for run, created_ns in runs:
                run.record["create_ns"] = created_ns
                run.record["threads_created"] = run.cell.workers or run.cell.tasks
            return told(*runs)

        def told(*runs):
            made = summarise.summarise(asked, [run for run, _ in runs])
            return made.create_each_s

        eight = (make_run(many, 1, 1.0), 8e9), (make_run(many, 2, 1.0), 16e9)
        four = (make_run(few, 1, 1.0), 40e9)
        cheap = [(make_run(cell, 1, 1.0), 16e3) for cell in other]  # of no kernel thread
        self.hold([(of(four, *eight), 1.5), (of(four), 10.0), (of(), None),
                   (of(*cheap, four), 10.0), (of(*cheap), None),
                   (of((make_run(ours, 1, 1.0), 9e9)), None),
                   (of((make_run(small, 1, 1.0), 9e9), four), 10.0),
                   (of((make_run(small, 1, 1.0), 300e9)), 3.0),
                   (of((make_run(small, 1, 1.0), 9e9), (make_run(large, 1, 1.0), 400e9)),
                    2.0)])  # fmt: skip
        # A deadline may leave tasks without a thread, and a limit has it try in vain.
        eight[0][0].record["threads_created"] = 4
        self.assertEqual(2.0, told(*eight))
        eight[1][0].record["limit"] = "pids.max"
        self.hold([(told(*eight[1:]), None), (told(*eight), 2.0), (told(*eight, four), 2.0)])

    def test_blocks_tell_of_the_machine(self):
        def song(block, sleep_s, spin_s=1.0):
            return {"block": block, "canary": {"sleep_s": sleep_s, "spin_s": spin_s}}

        blocks = [song(0, 9.0), song(1, 1.0), song(2, 1.0), song(3, 1.5),
                  {"block": 2, "suspended": True}]  # fmt: skip
        asked = Experiment("test", "?", (pool(),))
        noise = summarise.summarise(asked, [], blocks).noise
        self.hold([(noise.canary_spread, {"sleep": 0.5, "spin": 0.0}),
                   (noise.suspended_blocks, (2,)), (noise.noisy_blocks, (3,))])  # fmt: skip
        coarse = [song(1, 1.0, 0.0), song(2, 1.0, 0.0), song(3, 1.0, 0.01)]
        noise = summarise.summarise(asked, [], coarse).noise
        self.hold([(noise.canary_spread, {"sleep": 0.0, "spin": inf}),
                   (noise.noisy_blocks, ())])  # fmt: skip
        runs = [make_run(pool(), block, float(block)) for block in range(1, 7)]
        void = make_run(pool(), 7, 0.1, problem="it hung")
        drift = summarise.summarise(asked, [*runs, void]).noise.drift
        self.assertEqual(1.0, drift.later_slower)

    def test_a_curve_has_two_hundred_steps_and_the_first(self):
        samples = [Sample(k, 0, 0.0, k / 8, k / 8 + 1, 1, "ok") for k in range(400)]
        found = [(at, share) for curve, at, share in by_when(samples)
                 if curve == "answered"]  # fmt: skip
        kept = [1, *range(2, 401, 2)]
        self.assertEqual([((k - 1) / 8 + 1, k / 400) for k in kept], found)


class Erlang(Table):
    # Two places and one erlang: B = (1/2) / (1 + 1 + 1/2).
    half = Traffic(0.5, 2, 3.0)

    def test_the_formulas(self):
        third = 1 / 3  # C = B / (1 - rho (1 - B))
        self.hold([
            (self.half.lost, 0.2), (self.half.waiting, third),
            (Traffic(0.5, 1, 1.0).lost, third), (Traffic(0.5, 1, 1.0).waiting, 0.5),
            (Traffic(0.9, 1, 1.0).mean_wait_s, 9.0),
            (self.half.mean_wait_s, third * 3.0 / (2 * 0.5)),
            (self.half.over(0), third), (self.half.over(3.0), third * exp(-1)),
            (self.half.wait_s(2 / 3 - 1e-9), 0.0),
            (self.half.wait_s(0.9), 3.0 * log(third / 0.1)),
            (erlang.allen_cunneen(1.0, 0.0), 0.5), (erlang.allen_cunneen(1.0, 3.0), 2.0),
        ])  # fmt: skip
        # Lost: 0.1 of 1.1, then 0.05 of 1.15; the mean wait is 3 s times the queue's.
        for queue, lost, wait_s in ((0, 0.2, 0.0), (1, 0.1 / 1.1, 0.3),
                                    (2, 0.05 / 1.15, 0.6 / 1.1)):  # fmt: skip
            found = erlang.behind_queue(self.half, queue)
            self.hold([(found[0], lost), (found[1], wait_s)])
        # Above a load of 1: one place, and 1, 2, 4 and 8 of 15 have 0 to 3 there.
        found = erlang.behind_queue(Traffic(2.0, 1, 1.0), 2)
        self.hold([(found[0], 8 / 15), (found[1], 20 / 14)])

    def test_of_which_cells_it_speaks(self):
        def of(**options):
            cell = pool(5, **{"distribution": "exponential"} | options)
            return theory.traffic_of(cell, COSTS)

        self.hold([
            (of(arrivals="poisson:4/s"), Traffic(4 * 1.02 / 5, 5, 1.02)),
            (of(arrivals="poisson:5/s"), None), (of(), None),
            (of(arrivals="poisson:4/s", distribution="fixed"), None),
            (theory.traffic_of(threads(arrivals="poisson:4/s"), COSTS), None),
        ])  # fmt: skip

    def test_a_call_that_ends_as_another_begins_is_not_beside_it(self):
        def calls(*begins_s):
            return [Sample(i, 0, 0.0, at, at and at + 1.0, 1, "ok")
                    for i, at in enumerate(begins_s)]  # fmt: skip

        self.hold([
            (most_in_flight(calls(1.0, 2.0, 3.0)), 1), (most_in_flight(calls(1.0, 1.5, 2.0)), 2),
            (most_in_flight(calls(None, 2.0)), 1), (most_in_flight([]), 0),
        ])  # fmt: skip

    def test_short_runs_tend_to_the_long_run_and_begin_empty(self):
        busy = Traffic(0.5, 2, 2.0)
        long = erlang.short_run_mean_wait_s(busy, 4000)
        self.assertAlmostEqual(long / busy.mean_wait_s, 1, 1)
        self.assertEqual(erlang.short_run_wait_s(busy, 1.0, 1), 0.0)
        nine, all_ten = (erlang.short_run_wait_s(busy, share, 10) for share in (0.9, 1.0))
        self.assertLess(nine, all_ten)
        short = erlang.short_run_wait_s(busy, 0.9, 2000)
        self.assertAlmostEqual(short / busy.wait_s(0.9), 1, 1)
        waits = erlang._played_waits_s(Traffic(0.9, 2, 0.1), 50, erlang.Random(1))
        self.assertEqual((len(waits), waits[:2]), (50, [0.0, 0.0]))
        in_all = sorted(waits)
        with mock.patch.object(erlang, "_played_waits_s", return_value=waits):
            for share, place in ((1.0, 49), (0.5, 24), (0.0, 0)):
                traffic = Traffic(0.9, 2, 1.0 + share / 7)  # not one that is cached
                found = erlang.short_run_wait_s(traffic, share, 50)
                self.assertEqual(found, in_all[place])
