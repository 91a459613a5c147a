"""Did the machine hold still? Every run in the order in which it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from math import ceil, floor
from statistics import median, quantiles

from ..ask.figures import FIGURES
from ..reckon.summary import Summary
from ..run.run import Role, Run
from ..say.names import design_name
from ..say.numbers import show_count
from .look import base_name
from .material import Material
from .sheet import Sheet
from .words import tasks_words

FIGURE = "wall_s"
READ = FIGURES[FIGURE].read
MOST_PANELS = 4
HOW_TO_READ = (
    " Runs that slowly climb or fall from left to right would mean that the machine"
    " drifted; a lone mark far off is an outlier, and is kept. Within a block the cells"
    " stand in the order in which they ran, which was shuffled."
)
FAR = 4  # times what nine runs in ten keep to: drawn at the edge, with its value


@dataclass(frozen=True)
class Mark:
    """One run: how far it is off the median of its cell, and where it stands."""

    series: int
    panel: int
    x: float  # its block, and within that its place in the order
    percent: float
    warm_up: int
    block: int
    wall_s: float
    cell: str
    drawn: float = 0.0  # percent, or the edge


def build(material: Material) -> Sheet:
    """Every run against the median of its cell."""
    cells = [s for s in material.cells if FIGURE in s.figures]
    panels = sorted({s.cell.tasks for s in cells})[-MOST_PANELS:]
    cells = [s for s in cells if s.cell.tasks in panels]
    marks = [m for s in cells for m in _marks(material, s, panels)]
    if not marks:
        return _nothing(material)
    low, high = _reach([m.percent for m in marks if not m.warm_up])
    marks = [_within(m, low, high) for m in marks]
    noisy = material.summaries.noise.noisy_blocks
    title = _title(marks, {s.cell.name: design_name(s.cell) for s in cells})
    return Sheet(
        name="run-sequence",
        title=title,
        subtitle=material.conditions(
            "every run, in its order",
            "hollow: the warm-up, not counted",
            "shaded: blocks in which the canary was noisy" if noisy else "",
        ),
        caption=f"{title}. {_drift(marks)}{HOW_TO_READ}",
        alt=f"Scatter of {len(marks)} runs by block, as percent off the median of their"
        f" cell. {title}. {_drift(marks)}",
        header=("design", "tasks", "runs", "lowest", "highest", "warm-up"),
        rows=tuple(_row(s, marks) for s in cells),
        columns=tuple(field.name for field in fields(Mark)),
        marks=tuple(astuple(m) for m in marks),
        settings={
            "last_block": max(m.block for m in marks),
            **{"y_low": low, "y_high": high, "percent_tics": _tics(low, high)},
            "panels": len(panels),
            "panel_words": [tasks_words(n) for n in panels],
            "panel_notes": [_beyond(marks, i + 1) for i in range(len(panels))],
            "warm_ups": int(any(m.warm_up for m in marks)),
            "noisy": len(noisy),
            "noisy_block": list(noisy),
            **_names(material),
        },
    )


def _marks(material: Material, summary: Summary, panels: list[int]) -> list[Mark]:
    cell, middle = summary.cell, summary.figures[FIGURE].median
    panel = panels.index(cell.tasks) + 1
    most = max(run.position for run in material.runs)
    return [
        Mark(
            material.looks[cell.workers], panel,
            round(run.block - 0.5 + run.position / (most + 1), 4),
            round(100 * (READ(run) / middle - 1), 4),
            int(run.role is Role.WARM_UP), run.block, READ(run), cell.name,
        )
        for run in runs_of(material, summary, (Role.WARM_UP, Role.MEASURE))
    ]  # fmt: skip


def runs_of(material: Material, summary: Summary, roles: Sequence[Role]) -> list[Run]:
    """The runs of a cell that can be drawn."""
    return [
        run for run in material.runs
        if run.cell.name == summary.cell.name and run.role in roles
        and run.problem is None and READ(run) is not None
    ]  # fmt: skip


def _reach(counted: Sequence[float]) -> tuple[float, float]:
    """The axis: all counted runs, unless one of them would squash the others."""
    apart = sorted(abs(percent) for percent in counted)
    most = quantiles(apart, n=10)[-1] if len(apart) > 1 else apart[0]
    far = max(2.0, FAR * most)
    low, high = max(min(*counted, -2.0), -far), min(max(*counted, 2.0), far)
    return 1.25 * low, 1.25 * high


def _within(mark: Mark, low: float, high: float) -> Mark:
    """What lies beyond the axis stands just inside it."""
    drawn = min(max(mark.percent, 0.85 * low), 0.85 * high)
    return Mark(*astuple(mark)[:-1], drawn=drawn)


def _beyond(marks: Sequence[Mark], panel: int) -> str:
    """What is written over a panel of marks that stand at its edge."""
    found = [m.percent for m in marks if m.panel == panel and m.percent != m.drawn]
    arrows = [f"{'↑' if p > 0 else '↓'} {_signed(p)}" for p in found]
    return f"beyond the edge: {', '.join(arrows)}" if arrows else ""


def _title(marks: Sequence[Mark], names: dict[str, str]) -> str:
    """The two runs farthest from the median, and whose they are."""
    counted = [m for m in marks if not m.warm_up]
    least = min(counted, key=lambda m: m.percent)
    most = max(counted, key=lambda m: m.percent)
    far = least if -least.percent > most.percent else most
    return (
        f"Counted runs lie {_signed(least.percent)} to {_signed(most.percent)} off the"
        f" median of their cell, farthest one of {names[far.cell]} in block {far.block}"
    )


def _drift(marks: Sequence[Mark]) -> str:
    """The later half of the blocks against the earlier, over all cells."""
    counted = [m for m in marks if not m.warm_up]
    middle = median({m.block for m in counted})
    early = [m.percent for m in counted if m.block < middle]
    late = [m.percent for m in counted if m.block > middle]
    if not early or not late:
        return "One block cannot show a drift."
    return (
        "The median run of the later blocks is"
        f" {_signed(median(late) - median(early))} off that of the earlier ones."
    )


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


def _row(summary: Summary, marks: Sequence[Mark]) -> tuple[str, ...]:
    ours = [m for m in marks if m.cell == summary.cell.name]
    counted = [m.percent for m in ours if not m.warm_up]
    warm = [m.percent for m in ours if m.warm_up]
    return (
        design_name(summary.cell), show_count(summary.cell.tasks), str(len(counted)),
        _signed(min(counted)), _signed(max(counted)),
        _signed(warm[0]) if warm else "–",
    )  # fmt: skip


def _nothing(material: Material) -> Sheet:
    words = "no run counted"
    return Sheet(
        name="run-sequence", title=f"Run sequence: {words}",
        subtitle=material.conditions(material.service_words or "no run"),
        caption=words, alt=words, header=("design",), rows=(), columns=("series",),
        marks=(), nothing=words,
    )  # fmt: skip
