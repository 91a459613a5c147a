"""Statistics a student can redo by hand: sort, and count in from both ends.

The interval of a median is made of two of the sorted values. Whatever the shape of the
distribution, each value lies above the true median with probability 1/2, so the number
of values below it is binomial, and the coverage of [k-th smallest, k-th largest] is
1 - 2 P(fewer than k of n below). We take the narrowest with at least 95 %.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import comb
from statistics import median

from .model import Interval, Verdict

CONFIDENCE = 0.95
BOOTSTRAP_DRAWS, BOOTSTRAP_SEED = 10_000, 1
FEWEST_FOR_INTERVAL = 6
# A ratio within 2 % of 1 is called no difference: it would not matter to anyone.
NEGLIGIBLE_BELOW, NEGLIGIBLE_ABOVE = 0.98, 1.02


def rank_coverage(n: int, rank: int) -> float:
    """The chance that the rank-th smallest and largest of n enclose the median."""
    return 1 - 2 * sum(comb(n, k) for k in range(rank)) / 2**n


def interval_rank(n: int) -> int | None:
    """How far to count in from each end; None when n is too small for 95 %."""
    ranks = (r for r in range(n // 2, 0, -1) if rank_coverage(n, r) >= CONFIDENCE)
    return next(ranks, None)


def median_interval(values: Sequence[float]) -> Interval:
    """The median of at least one value, with its interval when n allows one."""
    ordered = sorted(values)
    n = len(ordered)
    rank = interval_rank(n)
    return Interval(
        median=median(ordered),
        low=ordered[rank - 1] if rank else None,
        high=ordered[n - rank] if rank else None,
        n=n,
        coverage=rank_coverage(n, rank) if rank else None,
        minimum=ordered[0],
        maximum=ordered[-1],
    )


def bootstrap_ratio(over: Sequence[float], under: Sequence[float]) -> Interval:
    """Median over median of two samples that share no blocks.

    Both are drawn again with replacement, run by run; the interval holds the middle
    95 % of the ratios. Seeded, so that the same runs always give the same interval.
    """
    draw = random.Random(BOOTSTRAP_SEED)
    ratio = median(over) / median(under)
    n = min(len(over), len(under))
    if n < FEWEST_FOR_INTERVAL:
        return Interval(ratio, None, None, n, None, ratio, ratio)
    drawn = sorted(
        median(draw.choices(over, k=len(over)))
        / median(draw.choices(under, k=len(under)))
        for _ in range(BOOTSTRAP_DRAWS)
    )
    cut = round(BOOTSTRAP_DRAWS * (1 - CONFIDENCE) / 2)
    low, high = drawn[cut], drawn[-1 - cut]
    return Interval(ratio, low, high, n, CONFIDENCE, drawn[0], drawn[-1])


def ratio_verdict(interval: Interval | None) -> Verdict:
    """What a ratio's interval bears. Touching [0.98, 1.02] bears nothing."""
    if interval is None or not interval.known:
        return Verdict.CANNOT_TELL
    if interval.high < NEGLIGIBLE_BELOW:
        return Verdict.LESS
    if interval.low > NEGLIGIBLE_ABOVE:
        return Verdict.MORE
    return Verdict.CANNOT_TELL


def half_width(interval: Interval) -> float | None:
    """Half the interval's width as a share of the median: its precision."""
    if not interval.known or interval.median == 0:
        return None
    return (interval.high - interval.low) / 2 / abs(interval.median)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the straight line through the points, by least squares."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    across = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / across


def spread(values: Sequence[float]) -> float:
    """(max - min) / median."""
    return (max(values) - min(values)) / median(values)
