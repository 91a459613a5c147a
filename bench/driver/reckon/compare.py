"""Two results folders side by side: another machine, commit or kernel.

Their runs share no blocks, so a ratio is one of two medians, and its interval comes
from a bootstrap over runs. What was not asked in the same way is refused, cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..ask.cell import Cell
from ..ask.figures import FIGURES
from ..run.run import Run
from ..run.stored import Stored
from .stats import Interval, Verdict, bootstrap_ratio, ratio_verdict
from .summarise import summaries_of
from .summary import Summary

COMPARED = ("wall_s", "rss_bytes")


@dataclass(frozen=True)
class Pair:
    """One figure of one cell in both folders; the ratio is second over first."""

    figure: str
    first: Summary
    second: Summary
    ratio: Interval
    verdict: Verdict


@dataclass(frozen=True)
class Comparison:
    first: Stored
    second: Stored
    pairs: tuple[Pair, ...]
    refusals: tuple[tuple[Cell, str], ...]


def compare(first: Stored, second: Stored) -> Comparison:
    """Every cell that both folders have, unless it must not be compared."""
    pairs: list[Pair] = []
    refusals: list[tuple[Cell, str]] = []
    theirs = {_asked(summary.cell): summary for summary in summaries_of(second)}
    for one in summaries_of(first):
        two = theirs.get(_asked(one.cell))
        why = refusal(first, second, one, two)
        if why is None:
            pairs += _pairs(first, second, one, two)
        else:
            refusals.append((one.cell, why))
    return Comparison(first, second, tuple(pairs), tuple(refusals))


def _asked(cell: Cell) -> tuple[str, ...]:
    """What a cell is, whatever it is called."""
    return (cell.design.program, *sorted(cell.args))


def refusal(
    first: Stored, second: Stored, one: Summary, two: Summary | None
) -> str | None:
    """Why these two cells must not be compared."""
    if two is None:
        return "only in the first"
    if one.problems or two.problems:
        return f"runs that count for nothing: {(one.problems + two.problems)[0]}"
    if not one.n or not two.n:
        return "no run in one of them"
    ours, theirs = _workloads(first, one), _workloads(second, two)
    if any(ours[block] != theirs[block] for block in ours.keys() & theirs.keys()):
        return "the workloads differ"
    return None


def _workloads(kept: Stored, summary: Summary) -> dict[int, str]:
    """What each block had to do: an experiment may draw other tasks for each."""
    return {run.block: run.record["workload_digest"] for run in _runs(kept, summary)}


def _runs(kept: Stored, summary: Summary) -> list[Run]:
    name = summary.cell.name
    return [run for run in kept.runs if run.counts and run.cell.name == name]


def _pairs(first: Stored, second: Stored, one: Summary, two: Summary) -> Iterator[Pair]:
    for name in COMPARED:
        read = FIGURES[name].read
        values = [
            [value for run in _runs(*side) if (value := read(run)) is not None]
            for side in ((first, one), (second, two))
        ]
        if all(values):
            ratio = bootstrap_ratio(values[1], values[0])
            yield Pair(name, one, two, ratio, ratio_verdict(ratio))
