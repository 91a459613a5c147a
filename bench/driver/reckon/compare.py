"""Two sets of the same cells side by side: of two results folders, or of two builds.

Runs of two folders share no blocks, so a ratio is one of two medians, and its interval
comes from a bootstrap over runs; each folder is one sitting, and sittings of the very
same programs differ, too. Two builds that were run in the same blocks are compared
block by block. What was not asked in the same way is refused, cell by cell.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..ask.cell import Cell
from ..ask.experiment import Experiment
from ..run.run import Run
from ..run.stored import Stored
from .stats import FEWEST_FOR_RATIO, Interval, Verdict
from .summarise import LED_BY, ratio, side, summaries_of
from .summary import Summary

# Why two cells are not compared, where that leaves nothing that may have got slower.
NEW, NOT_RUN = "only in the second", "run in neither"


@dataclass(frozen=True)
class Pair:
    """One figure of one cell in both; the ratio is second over first."""

    figure: str
    first: Summary
    second: Summary
    ratio: Interval
    verdict: Verdict
    same_work: bool

    @property
    def timed(self) -> bool:
        """It is by this figure that the second may be slower."""
        return self.figure == ("wall_s" if self.same_work else "wall_per_ok_s")

    @property
    def near_end(self) -> float | None:
        """What the ratio is at least: of few runs, that of the second's least to the
        first's greatest. Were both alike, three each would all lie apart once in 20."""
        if self.ratio.known:
            return self.ratio.low
        return self.ratio.minimum if self.ratio.n >= FEWEST_FOR_RATIO else None


@dataclass(frozen=True)
class Comparison:
    pairs: tuple[Pair, ...]
    refusals: tuple[tuple[Cell, str], ...]

    def slower(self, by: float) -> list[Pair]:
        """The cells whose second takes longer by more than that, at the near end; or
        served nothing, for which no time per served task would be enough."""
        return [
            pair
            for pair in self.pairs
            if pair.timed and pair.near_end is not None and pair.near_end > 1 + by
            or pair.figure == "goodput_per_s"
            and pair.second.figures[pair.figure].maximum == 0
            and pair.first.figures[pair.figure].median > 0
        ]

    @property
    def unchecked(self) -> list[tuple[Cell, str]]:
        """The cells of the first of which nobody can say that they did not get slower,
        and why not: a check that looks at none of them must not pass."""
        few = f"fewer than {FEWEST_FOR_RATIO} runs"
        return [
            *(each for each in self.refusals if each[1] not in (NEW, NOT_RUN)),
            *((pair.first.cell, few) for pair in self.pairs
              if pair.timed and pair.near_end is None),
        ]  # fmt: skip


def compare(first: Stored, second: Stored) -> Comparison:
    """Every cell that both folders have, unless it must not be compared."""
    theirs = {summary.cell.asked: summary for summary in summaries_of(second)}
    couples = [(one, theirs.pop(one.cell.asked, None)) for one in summaries_of(first)]
    found = _compared(couples, first, second)
    alone = [(summary.cell, NEW) for summary in theirs.values()]
    return replace(found, refusals=(*found.refusals, *alone))


def _compared(
    couples: Iterable[tuple[Summary, Summary | None]], first: Stored, second: Stored
) -> Comparison:
    """The second of each couple over its first, from one folder or from two."""
    pairs: list[Pair] = []
    refusals: list[tuple[Cell, str]] = []
    for one, two in couples:
        ours, theirs = _runs(first, one), _runs(second, two)
        if why := refusal(one, two, ours, theirs):
            refusals.append((one.cell, why))
            continue
        for name in LED_BY:
            sides = side(two.cell, theirs), side(one.cell, ours)
            found = ratio(name, *sides, together=first is second)
            if found.interval is not None:
                told = found.interval, found.verdict, found.same_work
                pairs.append(Pair(name, one, two, *told))
    return Comparison(tuple(pairs), tuple(refusals))


def refusal(
    one: Summary, two: Summary | None, ours: Sequence[Run], theirs: Sequence[Run]
) -> str | None:
    """Why these two cells must not be compared."""
    if two is None:
        return "only in the first"
    if one.problems or two.problems:
        return f"void runs: {(one.problems + two.problems)[0]}"
    if not one.n or not two.n:
        return "no run in one of them" if one.n or two.n else NOT_RUN
    here, there = _workloads(ours), _workloads(theirs)
    if any(here[block] != there[block] for block in here.keys() & there.keys()):
        return "the workloads differ"
    return None


def _workloads(runs: Sequence[Run]) -> dict[int, str]:
    """What each block had to do: an experiment may draw other tasks for each."""
    return {run.block: run.record["workload_digest"] for run in runs}


def _runs(kept: Stored, summary: Summary | None) -> list[Run]:
    name = summary.cell.name if summary else None
    return [run for run in kept.runs if run.counts and run.cell.name == name]


# ---- two builds in one sitting ----


def of_two_builds(asked: Experiment) -> Experiment:
    """Each cell twice, of build A and of build B; with nothing else to compare."""
    cells = tuple(
        replace(cell, build=build, name=f"{cell.name}-{build}")
        for cell in asked.cells
        for build in ("A", "B")
    )
    return replace(asked, cells=cells, samples=(), charts=(), baselines=())


def compare_builds(kept: Stored) -> Comparison:
    """Build B over build A, cell by cell and block by block."""
    couples: dict[tuple[str, ...], dict[str, Summary]] = defaultdict(dict)
    for summary in summaries_of(kept):
        couples[summary.cell.asked][summary.cell.build] = summary
    return _compared([(each["A"], each["B"]) for each in couples.values()], kept, kept)
