"""The statistics, held against METHOD's table and against brute force."""

import random
import unittest
from statistics import median

from . import REPOSITORY  # noqa: F401  (makes the driver importable)
from driver.reckon import stats
from driver.reckon.stats import Verdict

# n: (rank from each end, coverage in percent), as the literature tabulates them.
TABLE = {
    6: (1, 96.9), 9: (2, 96.1), 10: (2, 97.9), 12: (3, 96.1), 15: (4, 96.5),
    20: (6, 95.9), 30: (10, 95.7), 50: (18, 96.7),
}  # fmt: skip


def interval(low, high):
    values = [low, *[(low + high) / 2] * 4, high]
    return stats.median_interval(values)


class Intervals(unittest.TestCase):
    def test_ranks_and_coverage_are_those_of_the_table(self):
        for n, (rank, percent) in TABLE.items():
            with self.subTest(n=n):
                self.assertEqual(stats.interval_rank(n), rank)
                self.assertAlmostEqual(100 * stats.rank_coverage(n, rank), percent, 1)

    def test_fewer_than_six_give_no_interval(self):
        for n in range(1, stats.FEWEST_FOR_INTERVAL):
            self.assertIsNone(stats.interval_rank(n))
            found = stats.median_interval([float(i) for i in range(n)])
            self.assertFalse(found.known)
        self.assertIsNotNone(stats.interval_rank(stats.FEWEST_FOR_INTERVAL))

    def test_no_narrower_interval_would_do(self):
        for n in range(6, 60):
            rank = stats.interval_rank(n)
            self.assertGreaterEqual(stats.rank_coverage(n, rank), 0.95)
            if 2 * (rank + 1) <= n:
                self.assertLess(stats.rank_coverage(n, rank + 1), 0.95)

    def test_interval_covers_the_true_median_as_often_as_it_says(self):
        draw = random.Random(20250131)
        trials, n = 4000, 12
        hits = 0
        for _ in range(trials):
            found = stats.median_interval([draw.expovariate(1) for _ in range(n)])
            hits += found.low <= 0.6931471805599453 <= found.high
        # Five standard errors of a binomial share.
        self.assertAlmostEqual(hits / trials, stats.rank_coverage(n, 3), delta=0.016)

    def test_values_come_from_the_sorted_sample(self):
        values = [9.0, 1.0, 5.0, 3.0, 8.0, 2.0, 7.0, 4.0, 6.0]
        found = stats.median_interval(values)
        self.assertEqual((found.median, found.low, found.high), (median(values), 2, 8))
        self.assertEqual((found.minimum, found.maximum, found.n), (1, 9, 9))


class Verdicts(unittest.TestCase):
    def test_verdict_needs_the_whole_interval_outside_two_percent(self):
        cases = [
            (0.5, 0.97, Verdict.LESS),
            (0.5, 0.98, Verdict.LESS_PERHAPS),
            (0.97, 1.01, Verdict.CANNOT_TELL),
            (0.5, 2.0, Verdict.CANNOT_TELL),
            (1.02, 3.0, Verdict.MORE_PERHAPS),
            (0.98, 1.02, Verdict.SAME),
            (1.001, 1.019, Verdict.SAME),
            (1.03, 3.0, Verdict.MORE),
        ]
        for low, high, verdict in cases:
            with self.subTest(low=low, high=high):
                self.assertIs(stats.ratio_verdict(interval(low, high)), verdict)

    def test_without_an_interval_nothing_can_be_told(self):
        few = stats.median_interval([5.0, 5.1, 5.2])
        self.assertIs(stats.ratio_verdict(few), Verdict.CANNOT_TELL)
        self.assertIs(stats.ratio_verdict(None), Verdict.CANNOT_TELL)

    def test_half_width_is_a_share_of_the_median(self):
        self.assertAlmostEqual(stats.half_width(interval(0.9, 1.1)), 0.1)
        self.assertIsNone(stats.half_width(stats.median_interval([1.0])))
