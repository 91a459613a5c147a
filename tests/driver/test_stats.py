"""Intervals, verdicts, resolution, drift: by the book, by symmetry, by simulation."""

import random
import unittest
from math import exp, inf, log
from statistics import median
from unittest import mock

from hypothesis import given
from hypothesis import strategies as some

from driver.reckon import stats
from driver.reckon.stats import Interval, Verdict

VERDICTS = [
    (0.5, 0.97, Verdict.LESS),
    (0.5, 0.98, Verdict.LESS_PERHAPS),  # touches the band
    (0.979, 0.999, Verdict.LESS_PERHAPS),
    (0.98, 1.02, Verdict.SAME),
    (0.981, 0.999, Verdict.SAME),
    (1.001, 1.019, Verdict.SAME),
    (0.97, 1.0, Verdict.CANNOT_TELL),
    (0.97, 1.01, Verdict.CANNOT_TELL),
    (0.5, 2.0, Verdict.CANNOT_TELL),
    (1.0, 1.5, Verdict.CANNOT_TELL),
    (1.001, 1.5, Verdict.MORE_PERHAPS),
    (1.02, 3.0, Verdict.MORE_PERHAPS),
    (1.021, inf, Verdict.MORE),
]
values = some.lists(some.floats(0.01, 100), min_size=1, max_size=40)


def interval(low, high, n=6, rule="ranks"):
    return Interval((low + high) / 2, low, high, n, 0.97, low, high, rule)


class Intervals(unittest.TestCase):
    @given(values)
    def test_of_a_cell_it_is_made_of_its_values_and_says_by_which_rule(self, sample):
        found = stats.median_interval(sample)
        ordered, n = sorted(sample), len(sample)
        self.assertEqual((found.median, found.n), (median(sample), n))
        self.assertEqual((found.minimum, found.maximum), (ordered[0], ordered[-1]))
        wanted = "ranks" if n >= 6 else "extremes" if n > 1 else None
        self.assertEqual((found.rule, found.known), (wanted, n >= 6))
        if n == 1:
            self.assertEqual((found.low, found.high, found.coverage), (None,) * 3)
            return
        at = stats.interval_rank(n) or 1
        self.assertEqual((found.low, found.high), (ordered[at - 1], ordered[-at]))
        self.assertAlmostEqual(found.coverage, stats.rank_coverage(n, at))

    @given(values)
    def test_of_ratios_few_are_widened_and_two_are_too_few(self, sample):
        found, n = stats.ratio_interval(sample), len(sample)
        self.assertEqual(found.rule, "ranks" if n > 5 else "widened" if n > 2 else None)
        if found.rule == "widened":
            reach = log(max(sample) / min(sample)) * stats.widening(n)
            self.assertAlmostEqual(log(min(sample) / found.low), reach)
            self.assertAlmostEqual(log(found.high / max(sample)), reach)
            self.assertEqual(found.coverage, 0.95)

    def test_intervals_hold_the_truth_as_often_as_they_say(self):
        draw, trials = random.Random(20250131), 3000
        for n, least in ((3, 0.95), (4, 0.95), (5, 0.94), (6, 0.955), (12, 0.95)):
            hits = 0
            for _ in range(trials):
                found = stats.ratio_interval(
                    [exp(draw.gauss(0, 0.1)) for _ in range(n)]
                )
                hits += found.low <= 1 <= found.high
            self.assertGreater(hits / trials, least, n)

    @mock.patch.object(stats, "BOOTSTRAP_DRAWS", 500)
    def test_the_bootstrap_holds_the_truth_in_95_of_100(self):
        draw, trials, hits = random.Random(3), 150, 0
        for _ in range(trials):
            over, under = ([draw.gauss(10, 1) for _ in range(21)] for _ in range(2))
            found = stats.bootstrap_ratio(over, under)
            hits += found.low <= 1 <= found.high
        self.assertGreater(hits / trials, 0.92)
        found = stats.bootstrap_ratio(range(80, 121), [100] * 41)
        # Of the medians of 41 uniform values, the middle 95 % are 14 to 18 ranks apart.
        self.assertTrue(0.11 < found.high - found.low < 0.19, found)


class Verdicts(unittest.TestCase):
    def test_every_verdict(self):
        for low, high, wanted in VERDICTS:
            with self.subTest(low=low, high=high):
                self.assertIs(stats.ratio_verdict(interval(low, high)), wanted)

    def test_without_a_known_interval_nothing_can_be_told(self):
        for found in (None, interval(2.0, 3.0, 5, "extremes"), interval(2, 3, 1, None)):
            self.assertIs(stats.ratio_verdict(found), Verdict.CANNOT_TELL)

    @given(some.lists(some.floats(0.2, 5), min_size=3, max_size=20))
    def test_turned_round_less_is_more(self, quotients):
        turned = stats.ratio_interval([1 / each for each in quotients])
        told = stats.ratio_verdict(stats.ratio_interval(quotients))
        other = stats.ratio_verdict(turned)
        self.assertEqual(told is Verdict.LESS, self.beyond(turned, 1 / 0.98))
        self.assertEqual(other is Verdict.MORE, self.beyond(turned, 1.02))

    def beyond(self, found, edge):
        return found.low > edge

    def test_what_it_names_is_found_four_times_in_five(self):
        draw = random.Random(7)
        for n in (3, 5, 6, 12):
            found, trials = 0, 1500
            true = 1.02 * exp(0.03 * stats.found_beyond(n))
            for _ in range(trials):
                ratios = [true * exp(draw.gauss(0, 0.03)) for _ in range(n)]
                told = stats.ratio_verdict(stats.ratio_interval(ratios))
                found += told is Verdict.MORE
            self.assertAlmostEqual(found / trials, 0.8, delta=0.04, msg=f"n = {n}")


class Drifts(unittest.TestCase):
    def test_what_grows_is_told_and_what_only_scatters_is_not(self):
        draw = random.Random(5)
        steady = [{block: draw.random() for block in range(9)} for _ in range(6)]
        self.assertFalse(stats.drift(steady).sure)
        for sign, share in ((1, 1.0), (-1, 0.0)):
            going = [{b: sign * time * b for b in range(1, 10)} for time in (1.0, 50.0)]
            found = stats.drift(going)
            self.assertEqual((found.later_slower, found.sure), (share, True))
            self.assertAlmostEqual(found.chance, 1 / 2000)  # the order that was seen

    def test_steady_machines_are_suspected_once_in_a_hundred(self):
        """Also where whatever disturbs a block disturbs all cells in it alike."""
        draw, trials = random.Random(11), 300
        for shared in (0, 0.5, 1):
            suspected = 0
            for _ in range(trials):
                noise = [draw.gauss(0, shared) for _ in range(6)]
                suspected += stats.drift([
                    {b: noise[b] + draw.gauss(0, 1 - shared) for b in range(6)} for _ in range(15)
                ]).sure  # fmt: skip
            self.assertLess(suspected / trials, 0.03, msg=f"shared: {shared}")
