"""The workload, restated: what the seed alone decides about each task.

Written from the description in src/simulation/workload.h and the paper that
src/sync/random.h names, not from the code: if the two ever disagree, one of them is wrong.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

MASK = (1 << 64) - 1
CALLS, ARRIVALS, STREAMS = 0, 1, 2  # what chance is used for, each a stream of its own


def mix(z: int) -> int:
    """The output function of SplitMix64."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def shares(seed: int, place: int) -> Iterator[float]:
    """Numbers in [0, 1), from one generator of the many that a seed gives."""
    first = mix((seed + 0x632BE59BD9B4E019) & MASK)
    state = first ^ mix((place + 0x9E3779B97F4A7C15) & MASK)
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        yield (mix(state) >> 11) * 2.0**-53


@dataclass(frozen=True)
class Workload:
    """As the options of the same names say; times in nanoseconds."""

    tasks: int = 50
    seed: int = 1
    service_ns: int = 10_000_000
    distribution: str = "fixed"
    quantiles_ns: tuple[int, int] | None = None  # p50 and p99 of a lognormal
    recorded_ns: tuple[int, ...] = ()  # what a file holds
    error_rate: float = 0.0
    silent_rate: float = 0.0
    hang_rate: float = 0.0
    hang_ns: int = 30_000_000_000
    arrivals: str = "batch"
    arrivals_per_s: float = 0.0

    def chance(self, index: int, attempt: int, use: int) -> Iterator[float]:
        seed = mix((self.seed * STREAMS + use) & MASK)
        return shares((seed + attempt) & MASK, index)

    def fate(self, index: int, attempt: int = 1) -> str:
        share = next(self.chance(index, attempt, CALLS))
        if share < self.error_rate:
            return "failed"
        if share < self.error_rate + self.silent_rate:
            return "silent"
        if share < self.error_rate + self.silent_rate + self.hang_rate:
            return "hang"
        return "ok"

    def call_ns(self, index: int, attempt: int = 1) -> int:
        if self.fate(index, attempt) == "hang":
            return self.hang_ns
        chance = self.chance(index, attempt, CALLS)
        next(chance)  # the fate
        if self.recorded_ns:
            return self.recorded_ns[int(next(chance) * len(self.recorded_ns))]
        if self.quantiles_ns is not None:
            p50, p99 = self.quantiles_ns
            z99 = statistics.NormalDist().inv_cdf(0.99)
            return math.floor(p50 * (p99 / p50) ** (self.normal(chance) / z99) + 0.5)
        return math.floor(self.service_ns * self.stretch(chance) + 0.5)

    def stretch(self, chance: Iterator[float]) -> float:
        """A random factor of mean 1."""
        if self.distribution == "uniform":
            return 2.0 * next(chance)
        if self.distribution == "exponential":
            return -math.log(1.0 - next(chance))
        if self.distribution == "lognormal":
            return math.exp(self.normal(chance) - 0.5)
        return 1.0

    @staticmethod
    def normal(chance: Iterator[float]) -> float:
        radius = math.sqrt(2.0 * -math.log(1.0 - next(chance)))
        return radius * math.cos(2.0 * math.pi * next(chance))

    def due_ns(self) -> list[int]:
        due, moments = 0, []
        for index in range(self.tasks):
            if self.arrivals == "fixed":
                due = math.floor(index / self.arrivals_per_s * 1e9 + 0.5)
            elif self.arrivals == "poisson":
                share = next(self.chance(index, 0, ARRIVALS))
                due += math.floor(-math.log(1.0 - share) / self.arrivals_per_s * 1e9 + 0.5)
            moments.append(due)
        return moments

    def outcomes(self, attempts: int = 1, hang: str = "ok") -> list[str]:
        """Of each task, if nothing but its fate matters; `hang` is what a hang becomes.

        An attempt is followed by another if the caller can see that it went wrong.
        """
        return [self.outcome(index, attempts, hang)[0] for index in range(self.tasks)]

    def outcome(self, index: int, attempts: int, hang: str) -> tuple[str, int]:
        """How one task ends, and after how many calls."""
        for attempt in range(1, attempts + 1):
            fate = self.fate(index, attempt)
            ending = hang if fate == "hang" else fate
            if ending in ("ok", "silent"):
                break
        return ending, attempt

    def counts(self, attempts: int = 1, hang: str = "ok") -> dict[str, int]:
        return dict(Counter(self.outcomes(attempts, hang)))

    def digest(self) -> str:
        fates = {"ok": 0, "failed": 1, "silent": 2, "hang": 3}
        digest = 0
        for index, due in enumerate(self.due_ns()):
            for part in (index, due, self.call_ns(index), fates[self.fate(index)]):
                digest = mix(digest ^ part)
        for value in self.recorded_ns:
            digest = mix(digest ^ value)
        return f"{digest:016x}"
