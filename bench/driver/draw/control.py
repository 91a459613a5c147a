"""Is the ruler straight? One cell against itself, block by block."""

from __future__ import annotations

from collections.abc import Sequence

from ..reckon.summary import Summary
from ..run.run import Role
from ..say.names import cell_name
from ..say.sentences import control_sentence, exact_ratio
from .material import Material
from .run_sequence import READ, runs_of
from .sheet import Sheet
from .words import sentence

HOW_TO_READ = (
    "Two labels on one program should differ by nothing, so the interval of their ratio"
    " should contain 1. How far its farther end is from 1 says how small a difference"
    " this run could have seen. An interval without 1 would mean that the order of runs"
    " or the machine, not the designs, makes differences."
)
TICKS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0, 1.02, 1.05, 1.1, 1.25, 1.5, 2.0)


def build(material: Material) -> Sheet:
    """A/A: the ratio of two runs of one cell."""
    found = material.summaries.noise.a_a
    if found is None or found.interval is None:
        return _nothing()
    marks = _pairs(material, material.summaries.of(found.cell.name))
    ratios = [m[1] for m in marks]
    interval = found.interval
    return Sheet(
        name="control",
        title=control_sentence(found).rstrip(".")
        if interval.known
        else f"A/A control: {exact_ratio(interval)}, too few blocks for an interval",
        subtitle=sentence(
            f"{cell_name(found.cell)}, run twice in each of {len(marks)} blocks",
            "dashed: the median of the ratios",
            "band in colour: its interval" if interval.known else "",
        ),
        caption=HOW_TO_READ,
        alt=f"Ratio of two runs of one cell in {len(marks)} blocks, from "
        f"{min(ratios):.3f} to {max(ratios):.3f}; "
        f"median and interval {exact_ratio(interval)}.",
        header=("block", "ratio"),
        rows=tuple((str(b), f"{r:.4f}") for b, r in marks),
        columns=("block", "ratio"),
        marks=marks,
        settings={
            "last_block": marks[-1][0],
            "y_low": min([*ratios, 0.95]) * 0.99,
            "y_high": max([*ratios, 1.05]) * 1.01,
            "median": interval.median,
            "interval_low": interval.low or 0,
            "interval_high": interval.high or 0,
            "series": material.looks[found.cell.workers],
            "ratio_tics": _tics([*ratios, 0.95, 1.05]),
        },
        log=("ratio",),
    )


def _pairs(material: Material, summary: Summary) -> tuple[tuple[int, float], ...]:
    """(block, ratio) of each block in which the cell ran twice."""
    first, second = (
        {run.block: READ(run) for run in runs_of(material, summary, (role,))}
        for role in (Role.A_A, Role.MEASURE)
    )
    blocks = sorted(first.keys() & second.keys())
    return tuple((block, first[block] / second[block]) for block in blocks)


def _tics(ratios: Sequence[float]) -> str:
    kept = [t for t in TICKS if min(ratios) * 0.99 <= t <= max(ratios) * 1.01]
    return "(" + ", ".join(f'"{t:g}" {t}' for t in kept) + ")"


def _nothing() -> Sheet:
    words = "no cell was run against itself"
    return Sheet(
        name="control", title=f"A/A control: {words}", subtitle="no run",
        caption=words, alt=words, header=("block",), rows=(),
        columns=("block", "ratio"), marks=(), nothing=words,
    )  # fmt: skip
