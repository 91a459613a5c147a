"""The nouns of reckoning: of a cell's runs a Summary, of two cells a Ratio.

All are values: made once by summarise.py, never changed, free of files.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ..ask.cell import Cell
from ..run.constants import Constants
from .stats import Drift, Interval, Verdict

FEWEST_FOR_P99 = 1000  # tasks; with fewer, p99 is the maximum or next to it
# How tasks ended of which latencies are known, those of answers and those of failures;
# of the cancelled ones nobody tells how many had been started.
ANSWERED, FAILED = ("ok", "silent"), ("rejected", "failed", "timed_out")


@dataclass(frozen=True)
class Count:
    """How many tasks of each run ended in one way."""

    median: float
    minimum: int
    maximum: int

    @property
    def all_equal(self) -> bool:
        return self.minimum == self.maximum


@dataclass(frozen=True)
class Summary:
    """What the counted runs of one cell amount to.

    figures: by the names of figures.FIGURES ("wall_s", "rss_bytes", ...); a figure
    that no run could read is absent, never 0. outcomes: one Count for each name of
    OUTCOMES; empty without a counted run. theory_wall_s is what the wall time should
    be, bound_wall_s what it cannot be less than; None where no theory applies.
    """

    cell: Cell
    n: int  # runs that counted
    problems: tuple[str, ...]  # of the measured runs that did not
    figures: Mapping[str, Interval]
    outcomes: Mapping[str, Count]
    theory_wall_s: float | None = None
    fitted: bool = False  # that theory has c from the very runs it is held against
    bound_wall_s: float | None = None

    @property
    def share_ok(self) -> float:
        """Of its tasks, how many were served: in the median run."""
        if not self.outcomes or not self.cell.tasks:
            return 1.0 if self.n else 0.0
        return self.outcomes["ok"].median / self.cell.tasks

    @property
    def lost_any(self) -> bool:
        """In some run some task was not served."""
        return bool(self.n) and self.outcomes["ok"].minimum < self.cell.tasks

    @property
    def over_theory(self) -> float | None:
        """Measured over predicted wall time, on the program's own clock."""
        inner = self.figures.get("inner_wall_s")
        if inner is None or not self.theory_wall_s:
            return None
        return inner.median / self.theory_wall_s


@dataclass(frozen=True)
class Ratio:
    """cell over baseline, block by block, so that drift of the machine cancels.

    same_work: both served as many tasks, within 2 %. Where not, a figure that is the
    time of the whole work (Figure.of_work) has no verdict: it is not the same work.
    """

    figure: str
    cell: Cell
    baseline: Cell
    interval: Interval | None  # None when no block holds both
    verdict: Verdict
    same_work: bool = True


@dataclass(frozen=True)
class Noise:
    """What the controls say of the machine during the run.

    a_a: one cell against itself. canary_spread: of a fixed piece of work done once a
    block, (max - min) / median; by name, "sleep" and "spin". noisy_blocks: blocks in
    which a canary lay over 5 % off its median. suspended_blocks: the machine slept in
    them, or just before. drift: whether times go with the number of the block.
    """

    a_a: Ratio | None = None
    canary_spread: Mapping[str, float] = field(default_factory=dict)
    noisy_blocks: tuple[int, ...] = ()
    suspended_blocks: tuple[int, ...] = ()
    drift: Drift | None = None


class Refusal(NamedTuple):
    """Cells that are not compared, and why."""

    cells: tuple[Cell, ...]
    why: str


@dataclass(frozen=True)
class Summaries:
    """Everything computed from the runs of one experiment. Iterates over its cells."""

    cells: tuple[Summary, ...]
    ratios: tuple[Ratio, ...]  # of every pair that is compared, in several figures
    noise: Noise
    figure: str = "wall_s"  # the one that the experiment compares
    left_out: tuple[str, ...] = ()  # of cells that were not run: which, and why
    complete: bool = True
    refusals: tuple[Refusal, ...] = ()
    constants: Constants = Constants()  # of the theory, if they were measured
    create_each_s: float | None = None  # c of the theory, from there or from the runs
    machine: Mapping[str, Any] = field(default_factory=dict)  # environment.json

    def __iter__(self) -> Iterator[Summary]:
        return iter(self.cells)

    @property
    def costs(self) -> Constants:
        """Of the theory, with c from the runs where it was not measured."""
        return replace(self.constants, create_s=self.create_each_s)

    def of(self, name: str) -> Summary | None:
        """The summary of the cell with this name."""
        return next((s for s in self.cells if s.cell.name == name), None)

    def compared(self, figure: str | None = None) -> list[Ratio]:
        """The ratios of one figure; of the experiment's own if none is named."""
        return [
            ratio for ratio in self.ratios if ratio.figure == (figure or self.figure)
        ]


def bearable(
    figures: Mapping[str, Interval], outcomes: Mapping[str, Count]
) -> Mapping[str, Interval]:
    """The figures of a cell without each p99 of too few tasks: of 10 000 of which 100
    are served, that of their latency is the maximum, too."""
    told = {name: count.median for name, count in outcomes.items()}
    answered = sum(told.get(name, 0) for name in ANSWERED)
    failed = sum(told.get(name, 0) for name in FAILED)
    few = {
        f"{name}_p99_s" for name, count in (
            ("latency", answered), ("failed_latency", failed),
            ("queue_wait", answered + failed),
        ) if count < FEWEST_FOR_P99
    }  # fmt: skip
    return {name: each for name, each in figures.items() if name not in few}


def borne(ratio: Ratio, cells: Iterable[Summary]) -> bool:
    """A ratio of p99 takes two that are borne."""
    pair = [each for each in cells if each.cell in (ratio.cell, ratio.baseline)]
    return not ratio.figure.endswith("_p99_s") or all(
        ratio.figure in each.figures for each in pair
    )
