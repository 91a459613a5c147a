"""Two results folders side by side: another machine, commit or kernel.

Their runs share no blocks, so a ratio is one of two medians, and its interval comes
from a bootstrap over runs. What was not asked in the same way is refused, cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import wording
from .figures import FIGURES
from .layout import aligned
from .model import Interval, Run, Summary, Verdict
from .stats import bootstrap_ratio, ratio_verdict
from .stored import Stored

COMPARED = ("wall_s", "rss_bytes")
# What may explain a difference, by its place in environment.json.
TOLD = (
    ("commit",), ("programs",), ("protocol",), ("cpu", "model"), ("cpu", "usable"),
    ("system", "name"), ("system", "kernel"), ("system", "libc"),
    ("kernel", "governor"), ("kernel", "transparent_hugepage"),
    ("tools", "compiler"), ("tools", "flags"), ("tools", "hyperfine"),
)  # fmt: skip


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
    refusals: tuple[str, ...]


def compare(first: Stored, second: Stored) -> Comparison:
    """Every cell that both folders have, unless it must not be compared."""
    pairs: list[Pair] = []
    refusals: list[str] = []
    for one in first.summaries:
        two = second.summaries.of(one.cell.name)
        why = refusal(first, second, one, two)
        if why is None:
            pairs += _pairs(first, second, one, two)
        else:
            refusals.append(f"{one.cell.label}: {why}")
    return Comparison(first, second, tuple(pairs), tuple(refusals))


def refusal(
    first: Stored, second: Stored, one: Summary, two: Summary | None
) -> str | None:
    """Why these two cells must not be compared."""
    if two is None:
        return "only in the first"
    if sorted(one.cell.args) != sorted(two.cell.args):
        return "the options differ"
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


def lines(found: Comparison) -> list[str]:
    """The comparison for a terminal."""
    told = [f"first:  {found.first.name}", f"second: {found.second.name}"]
    for kept in (found.first, found.second):
        if not kept.complete:
            told.append(f"warning: {kept.name} is incomplete")
    differences = list(_differences(found.first.environment, found.second.environment))
    told += [
        "",
        "What else differs:" if differences else "Nothing else is known to differ.",
    ]
    told += [f"  {line}" for line in differences]
    for name in COMPARED:
        pairs = [pair for pair in found.pairs if pair.figure == name]
        if pairs:
            told += ["", FIGURES[name].meaning, *_table(name, pairs)]
    if found.refusals:
        told += ["", "Not compared", *(f"  {line}" for line in found.refusals)]
    return told


def _differences(one: Mapping[str, Any], two: Mapping[str, Any]) -> Iterator[str]:
    for path in TOLD:
        first, second = _at(one, path), _at(two, path)
        if first != second:
            yield f"{' '.join(path)}: {first} → {second}"


def _at(table: Any, path: Sequence[str]) -> Any:
    for key in path:
        table = table.get(key) if isinstance(table, Mapping) else None
    return table


def _table(name: str, pairs: Sequence[Pair]) -> list[str]:
    unit = FIGURES[name].unit
    rows = [("", "first", "second", "second/first", "verdict")]
    for pair in pairs:
        rows.append((
            f"  {pair.first.cell.label}",
            wording.interval_text(pair.first.figures[name], unit),
            wording.interval_text(pair.second.figures[name], unit),
            wording.ratio_text(pair.ratio),
            wording.verdict_word(pair.verdict, unit),
        ))  # fmt: skip
    return aligned(rows)
