"""Did the machine hold still? Every run in its order, and one cell against itself."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from ..figures import FIGURES
from ..model import Role, Run, Summary
from ..quantities import show_count, show_ratio
from ..wording import control_sentence, design_name, ratio_text
from .look import base_name
from .material import Material
from .sheet import Sheet, Value
from .words import sentence, tasks_words

FIGURE = "wall_s"
READ = FIGURES[FIGURE].read
MOST_PANELS = 4
HOW_TO_READ_SEQUENCE = (
    "Runs that slowly climb or fall from left to right would mean that the machine"
    " drifted; a lone mark far off is an outlier, and is kept. Within a block the cells"
    " ran in a shuffled order."
)
HOW_TO_READ_CONTROL = (
    "Two labels on one program should differ by nothing. The interval of their ratio"
    " should contain 1; its width is the smallest difference that this run could have"
    " seen."
)
DODGE = 0.16  # of a block: marks of one block stand beside each other
COLUMNS = ("series", "panel", "x", "percent", "warm_up", "block", "wall_s", "drawn")


def sequence(material: Material) -> Sheet:
    """Every run against the median of its cell, in the order of blocks."""
    cells = [s for s in material.cells if FIGURE in s.figures]
    panels = sorted({s.cell.tasks for s in cells})[-MOST_PANELS:]
    marks = [m for s in cells if s.cell.tasks in panels
             for m in _marks(material, s, panels.index(s.cell.tasks) + 1)]  # fmt: skip
    if not marks:
        return _nothing("run-sequence", "no run counted", material)
    counted = [m[3] for m in marks if not m[4]]
    # A cold first run must not squash those that count: it stands at the edge.
    low, high = min([*counted, -2.0]) * 1.25, max([*counted, 2.0]) * 1.25
    marks = [(*m, min(max(m[3], 0.85 * low), 0.85 * high)) for m in marks]
    noisy = material.summaries.noise.noisy_blocks
    return Sheet(
        name="run-sequence",
        title=f"Counted runs lie between {_signed(min(counted))} and "
        f"{_signed(max(counted))} of the median of their cell",
        subtitle=material.conditions(
            "every run, in the order of its block",
            "hollow: the warm-up, not counted",
            "shaded: blocks in which the canary was noisy" if noisy else "",
        ),
        caption=HOW_TO_READ_SEQUENCE,
        alt=f"Scatter of {len(marks)} runs by block, as percent off the median of their"
        f" cell. Counted runs lie between {min(counted):+.1f} and {max(counted):+.1f}"
        " percent.",
        header=("design", "tasks", "runs", "lowest", "highest", "warm-up"),
        rows=tuple(_row(s, marks, material) for s in cells if s.cell.tasks in panels),
        columns=COLUMNS,
        marks=tuple(marks),
        settings={
            "last_block": max(m[5] for m in marks),
            **{"y_low": low, "y_high": high, "percent_tics": _tics(low, high)},
            "panels": len(panels),
            "panel_words": [tasks_words(n) for n in panels],
            "panel_notes": [_beyond(marks, i + 1) for i in range(len(panels))],
            "warm_ups": int(any(m[4] for m in marks)),
            "noisy": len(noisy),
            "noisy_block": list(noisy),
            **_names(material),
        },
    )


def _beyond(marks: Sequence[tuple[Value, ...]], panel: int) -> str:
    """What is written over a panel of marks that stand at its edge."""
    found = [m[3] for m in marks if m[1] == panel and m[3] != m[7]]
    arrows = [f"{'↑' if p > 0 else '↓'} {_signed(p)}" for p in found]
    return f"beyond the edge: {', '.join(arrows)}" if arrows else ""


def _names(material: Material) -> dict[str, object]:
    designs = material.designs
    return {
        "names": len(designs),
        "name_words": [base_name(material.of(w)[0].cell) for w in designs],
        "name_series": [material.looks[w] for w in designs],
    }


def _signed(percent: float) -> str:
    """ "−4.0 %", with a sign as wide as the plus."""
    return f"{percent:+.1f} %".replace("-", "−")


def _tics(low: float, high: float) -> str:
    """Three or four written ticks at round distances, nought among them."""
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    step = next((s for s in steps if (high - low) / s <= 4), steps[-1])
    ticks = [n * step for n in range(ceil(low / step), floor(high / step) + 1)]
    # gnuplot takes the words of a tick for a format: % must be doubled.
    words = (f"{t:+d} %%".replace("-", "−") if t else "0 %%" for t in ticks)
    return "(" + ", ".join(f'"{w}" {t}' for w, t in zip(words, ticks)) + ")"


def _marks(material: Material, summary: Summary, panel: int) -> list[tuple[Value, ...]]:
    median = summary.figures[FIGURE].median
    cell = summary.cell
    order = material.designs.index(cell.workers) - (len(material.designs) - 1) / 2
    found = []
    for run in _of(material, summary, (Role.WARM_UP, Role.MEASURE)):
        value = READ(run)
        percent = round(100 * (value / median - 1), 4)
        found.append((
            material.looks[cell.workers], panel, run.block + order * DODGE, percent,
            int(run.role is Role.WARM_UP), run.block, value,
        ))  # fmt: skip
    return found


def _of(material: Material, summary: Summary, roles: Sequence[Role]) -> list[Run]:
    return [
        run for run in material.runs
        if run.cell.name == summary.cell.name and run.role in roles
        and run.problem is None and READ(run) is not None
    ]  # fmt: skip


def _row(
    summary: Summary, marks: Sequence[tuple[Value, ...]], material: Material
) -> tuple[str, ...]:
    panels = sorted({s.cell.tasks for s in material.cells})[-MOST_PANELS:]
    look, panel = material.looks[summary.cell.workers], panels.index(summary.cell.tasks)
    ours = [m for m in marks if m[0] == look and m[1] == panel + 1]
    counted = [m[3] for m in ours if not m[4]]
    warm = [m[3] for m in ours if m[4]]
    return (
        design_name(summary.cell), show_count(summary.cell.tasks), str(len(counted)),
        _signed(min(counted)), _signed(max(counted)),
        _signed(warm[0]) if warm else "–",
    )  # fmt: skip


def control(material: Material) -> Sheet:
    """A/A: the ratio of two runs of one cell, block by block."""
    found = material.summaries.noise.a_a
    if found is None or found.interval is None:
        return _nothing("control", "no cell was run against itself", material)
    marks = _pairs(material, material.summaries.of(found.cell.name))
    ratios = [m[1] for m in marks]
    interval = found.interval
    return Sheet(
        name="control",
        title=control_sentence(found).rstrip(".")
        if interval.known
        else f"A/A control: {ratio_text(interval)}, too few blocks for an interval",
        subtitle=sentence(
            f"{found.cell.label}, run twice in each of {len(marks)} blocks",
            "dashed: the median of the ratios",
            "band in colour: its interval" if interval.known else "",
        ),
        caption=HOW_TO_READ_CONTROL,
        alt=f"Ratio of two runs of one cell in {len(marks)} blocks, from "
        f"{show_ratio(min(ratios))} to {show_ratio(max(ratios))}; "
        f"median and interval {ratio_text(interval)}.",
        header=("block", "ratio"),
        rows=tuple((str(b), f"{r:.4f}") for b, r in marks),
        columns=("block", "ratio"),
        marks=marks,
        settings={
            "last_block": marks[-1][0],
            "y_low": min([*ratios, 0.96]) * 0.99,
            "y_high": max([*ratios, 1.04]) * 1.01,
            "median": interval.median,
            "interval_low": interval.low or 0,
            "interval_high": interval.high or 0,
            "series": material.looks[found.cell.workers],
            "ratio_tics": _ratio_tics([*ratios, 0.96, 1.04]),
        },
        log=("ratio",),
    )


def _pairs(material: Material, summary: Summary) -> tuple[tuple[int, float], ...]:
    """(block, ratio) of each block in which the cell ran twice."""
    first, second = (
        {run.block: READ(run) for run in _of(material, summary, (role,))}
        for role in (Role.A_A, Role.MEASURE)
    )
    blocks = sorted(first.keys() & second.keys())
    return tuple((block, first[block] / second[block]) for block in blocks)


def _ratio_tics(ratios: Sequence[float]) -> str:
    steps = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0, 1.02, 1.05, 1.1, 1.25, 1.5, 2.0)
    kept = [s for s in steps if min(ratios) * 0.99 <= s <= max(ratios) * 1.01]
    return "(" + ", ".join(f'"{s:g}" {s}' for s in kept) + ")"


def _nothing(name: str, words: str, material: Material) -> Sheet:
    return Sheet(
        name=name, title=f"{name.replace('-', ' ').capitalize()}: {words}",
        subtitle=material.conditions(material.service_words or "no run"),
        caption=words, alt=words, header=("design",), rows=(), columns=COLUMNS,
        marks=(), nothing=words,
    )  # fmt: skip
