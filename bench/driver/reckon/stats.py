"""Statistics a student can redo by hand: sort, and count in from both ends.

Six values or more (rule "ranks"): the interval of a median is made of two of the sorted
values. Whatever the shape of the distribution, each value lies above the true median
with probability 1/2, so the number of values below it is binomial, and the coverage of
[k-th smallest, k-th largest] is 1 - 2 P(fewer than k of n below). We take the narrowest
with at least 95 %.

Three to five ratios (rule "widened"): the range of their logarithms, widened on both
sides by g(n) = 20^(1/(n-1)) / 2 - 1 of its width. All n lie on one side of the median
with probability 2^(1-n); if the noise has one peak and is symmetric, even then the
nearest is further away than g ranges with probability (1 + g)^(1-n) at most. So the
coverage is at least 1 - (2 (1 + g))^(1-n) = 95 %.

Two to five values of one cell (rule "extremes"): the least and the greatest, with the
coverage they have, which is 1 - 2^(1-n): 50, 75, 87.5 and 93.75 %.
"""

import random
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import chain, permutations
from math import comb, exp, factorial, fsum, inf, log, sqrt
from statistics import NormalDist, linear_regression, median

CONFIDENCE = 0.95
BOOTSTRAP_DRAWS, BOOTSTRAP_SEED = 10_000, 1
FEWEST_FOR_INTERVAL, FEWEST_FOR_RATIO = 6, 3
# A ratio within 2 % of 1 is called the same: it would not matter to anyone.
NEGLIGIBLE_BELOW, NEGLIGIBLE_ABOVE = 0.98, 1.02
POWER = 0.8  # how often a resolution is found
# found_beyond(n) of widened intervals, simulated by bench/verdicts.
FOUND_BEYOND = {3: 4.30, 4: 2.53, 5: 1.87}
SURE_OF_DRIFT = 0.01  # once in 100 steady runs
SHUFFLES, SHUFFLE_SEED = 2_000, 1


@dataclass(frozen=True)
class Interval:
    """A median and what encloses it.

    low and high are None where n is too small for any; rule says how they were found,
    coverage what they are worth. resolution, of ratios only: the smallest ratio above 1
    that so many blocks with this spread would have told from 1 four times in five.
    """

    median: float
    low: float | None
    high: float | None
    n: int
    coverage: float | None
    minimum: float
    maximum: float
    rule: str | None = None  # "ranks", "widened", "extremes", "bootstrap" or None
    resolution: float | None = None

    @property
    def known(self) -> bool:
        """It holds the true median 95 times in 100: a verdict may rest on it."""
        return self.rule in ("ranks", "widened", "bootstrap")


class Verdict(str, Enum):
    """What an interval bears: the only source of "faster" in titles and prose."""

    LESS = "less"  # the whole interval lies below 0.98: faster, smaller
    LESS_PERHAPS = "perhaps less"  # below 1, but it may be by under 2 %
    SAME = "same"  # the whole interval lies within 2 % of 1
    MORE_PERHAPS = "perhaps more"
    MORE = "more"  # the whole interval lies above 1.02: slower, larger
    CANNOT_TELL = "cannot tell"


def rank_coverage(n: int, rank: int) -> float:
    """The chance that the rank-th smallest and largest of n enclose the median."""
    return 1 - 2 * sum(comb(n, k) for k in range(rank)) / 2**n


@cache
def interval_rank(n: int) -> int | None:
    """How far to count in from each end; None when n is too small for 95 %."""
    ranks = (r for r in range(n // 2, 0, -1) if rank_coverage(n, r) >= CONFIDENCE)
    return next(ranks, None)


def median_interval(values: Sequence[float]) -> Interval:
    """The median of at least one value of a cell, and what encloses it."""
    ordered = sorted(values)
    n = len(ordered)
    rank = interval_rank(n) or 1
    rule = "ranks" if n >= FEWEST_FOR_INTERVAL else "extremes" if n > 1 else None
    return Interval(
        median=median(ordered),
        low=ordered[rank - 1] if rule else None,
        high=ordered[n - rank] if rule else None,
        n=n,
        coverage=rank_coverage(n, rank) if rule else None,
        minimum=ordered[0],
        maximum=ordered[-1],
        rule=rule,
    )


def ratio_interval(quotients: Sequence[float]) -> Interval:
    """The median of at least one ratio, block by block, and what encloses it."""
    ordered = sorted(quotients)
    n, least, most = len(ordered), ordered[0], ordered[-1]
    found = median_interval(ordered)
    finite = least > 0 and most < inf
    low, high, rule, coverage = found.low, found.high, found.rule, found.coverage
    if rule != "ranks":
        low = high = rule = coverage = None
        if n >= FEWEST_FOR_RATIO and finite:
            more = widening(n) * log(most / least)
            low, high = least * exp(-more), most * exp(more)
            rule, coverage = "widened", CONFIDENCE
    return Interval(
        found.median, low, high, n, coverage, least, most, rule,
        resolution(ordered) if finite else None,
    )  # fmt: skip


def widening(n: int) -> float:
    """g(n): by how much of its width the range of 3 to 5 logarithms is widened."""
    return (1 / (1 - CONFIDENCE)) ** (1 / (n - 1)) / 2 - 1


@cache
def found_beyond(n: int) -> float:
    """How far beyond 2 % a ratio must lie to be called more in 4 of 5 runs of n blocks.

    In standard deviations of its logarithm, if that is normal: so far the rank that is
    the interval's low end lies below the median in four of five samples.
    """
    if n in FOUND_BEYOND:
        return FOUND_BEYOND[n]
    rank, least, most = interval_rank(n) or 1, 0.0, 1.0
    for _ in range(50):  # the share of values below that end, by halving
        share = (least + most) / 2
        chance = sum(
            comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(rank)
        )
        least, most = (share, most) if chance >= POWER else (least, share)
    return -NormalDist().inv_cdf(least)


def resolution(quotients: Sequence[float]) -> float | None:
    """The smallest ratio that as many blocks with this spread find with 80 % power."""
    n = len(quotients)
    if n < FEWEST_FOR_RATIO:
        return None
    logs = [log(quotient) for quotient in quotients]
    middle = fsum(logs) / n
    scatter = sqrt(fsum((each - middle) ** 2 for each in logs) / (n - 1))
    return NEGLIGIBLE_ABOVE * exp(found_beyond(n) * scatter)


@dataclass(frozen=True)
class Drift:
    """Whether later runs take longer: of all pairs of runs of one cell, how many do.

    later_slower: their share, ties counted half. chance: of all orders of the blocks,
    the share in which that is as far from one half; None if there are too few blocks.
    """

    later_slower: float
    chance: float | None

    @property
    def sure(self) -> bool:
        return self.chance is not None and self.chance < SURE_OF_DRIFT


def drift(cells: Sequence[Mapping[int, float]]) -> Drift | None:
    """Of values by the number of their block, a mapping a cell; None without any pairs.

    On a steady machine, any order of the blocks is as likely as the one that was seen.
    Whole blocks are shuffled, because what disturbs one disturbs all cells in it. So
    only cells that ran in the same blocks count: those that have the most runs in all.
    """

    def alike(blocks: Set[int]) -> list[Mapping[int, float]]:
        return [cell for cell in cells if cell.keys() >= blocks]

    sets = [cell.keys() for cell in cells]
    shared = sorted(max(sets, key=lambda s: len(s) * len(alike(s)), default=()))
    same = alike(set(shared))
    more = [
        [sum((one[j] > one[i]) - (one[j] < one[i]) for one in same) for j in shared]
        for i in shared
    ]

    def balance(order: Sequence[int]) -> int:
        """Of places in shared, each with all that come after it."""
        return sum(sum(map(more[i].__getitem__, order[k:]))
                   for k, i in enumerate(order, start=1))  # fmt: skip

    places = range(len(shared))
    seen, pairs = balance(places), len(same) * comb(len(shared), 2)
    if not pairs:
        return None
    chance = None
    if 2 / factorial(len(shared)) < SURE_OF_DRIFT:
        found = [abs(balance(order)) >= abs(seen) for order in _orders(places)]
        chance = sum(found) / len(found)
    return Drift((1 + seen / pairs) / 2, chance)


def _orders(blocks: Sequence[int]) -> Iterator[Sequence[int]]:
    """All orders of few blocks; of many the one that was seen, and others by lot."""
    if factorial(len(blocks)) <= SHUFFLES:
        return permutations(blocks)
    draw, drawn = random.Random(SHUFFLE_SEED), range(SHUFFLES - 1)
    return chain([blocks], (draw.sample(blocks, len(blocks)) for _ in drawn))


def bootstrap_ratio(over: Sequence[float], under: Sequence[float]) -> Interval:
    """Median over median of two samples that share no blocks.

    Both are drawn again with replacement, run by run; the interval holds the middle
    95 % of the ratios. Seeded, so that the same runs always give the same interval. Of
    few runs there is none, only the extremes: of any run to any other.
    """
    draw = random.Random(BOOTSTRAP_SEED)
    ratio = quotient(median(over), median(under))
    n = min(len(over), len(under))
    if n < FEWEST_FOR_INTERVAL:
        ends = quotient(min(over), max(under)), quotient(max(over), min(under))
        return Interval(ratio, None, None, n, None, *ends)
    drawn = sorted(
        quotient(
            median(draw.choices(over, k=len(over))),
            median(draw.choices(under, k=len(under))),
        )
        for _ in range(BOOTSTRAP_DRAWS)
    )
    cut = round(BOOTSTRAP_DRAWS * (1 - CONFIDENCE) / 2)
    low, high = drawn[cut], drawn[-1 - cut]
    return Interval(ratio, low, high, n, CONFIDENCE, drawn[0], drawn[-1], "bootstrap")


def quotient(value: float, divisor: float) -> float:
    """A divisor that achieved nothing counts, too: order bears it."""
    if divisor:
        return value / divisor
    return inf if value else 1.0


def ratio_verdict(interval: Interval | None) -> Verdict:
    """What a ratio's interval bears."""
    if interval is None or not interval.known:
        return Verdict.CANNOT_TELL
    return verdict_within(interval.low, interval.high)


def verdict_within(low: float, high: float) -> Verdict:
    """The same of an interval's ends."""
    if high < NEGLIGIBLE_BELOW:
        return Verdict.LESS
    if low > NEGLIGIBLE_ABOVE:
        return Verdict.MORE
    if NEGLIGIBLE_BELOW <= low and high <= NEGLIGIBLE_ABOVE:
        return Verdict.SAME
    if high < 1:
        return Verdict.LESS_PERHAPS
    return Verdict.MORE_PERHAPS if low > 1 else Verdict.CANNOT_TELL


def half_width(interval: Interval) -> float | None:
    """Half the interval's width as a share of the median: its precision."""
    if not interval.known or interval.median == 0:
        return None
    return (interval.high - interval.low) / 2 / abs(interval.median)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the straight line through the points, by least squares."""
    return linear_regression(*zip(*points)).slope


def spread(values: Sequence[float]) -> float:
    """(max - min) / median; a clock may be too coarse to see anything at all."""
    width = max(values) - min(values)
    return quotient(width, median(values)) if width else 0.0
