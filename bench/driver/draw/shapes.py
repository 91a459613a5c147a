"""Equal work, other shape: calls in flight over time for pools of several sizes."""

from __future__ import annotations

from collections.abc import Sequence

from ..run.run import Run
from ..run.samples import in_flight, makespan_s, read_samples
from ..say.numbers import show_count, show_duration
from .in_flight import COLUMNS, area_task_s, peak, points
from .look import base_name
from .material import Material
from .sheet import ChartError, Sheet, Value
from .ticks import ticks
from .words import sentence, tasks_words

MOST_PANELS = 5
MOST_TICKS = 8
HOW_TO_READ = (
    "The area under each curve is the time all its calls took, added up. By Little's"
    " law it is the mean number in flight times the time it all took: a pool chooses"
    " the shape, not the work. Areas that differed would contradict it."
)
DIGITS = 3  # of an area
SAME = 1.05  # areas that differ by less are called the same
LOOK = 2  # all pools are one family here


def build(material: Material) -> Sheet:
    runs = _chosen(material)
    if len(runs) < 2:
        raise ChartError("shapes: fewer than two pools were recorded")
    samples = [read_samples(material.folder / run.samples) for run in runs]
    steps, areas = list(map(in_flight, samples)), list(map(area_task_s, samples))
    ends = [makespan_s(found) for found in samples]
    x_high_s = max(ends) * 1.04
    title = _title(areas, len(runs))
    rows = tuple(
        (
            base_name(r.cell),
            show_count(peak(s)),
            show_duration(end),
            f"{area:.{DIGITS}f}",
        )
        for r, s, end, area in zip(runs, steps, ends, areas)
    )
    return Sheet(
        name="shapes",
        title=title,
        subtitle=sentence(
            f"{tasks_words(runs[0].cell.tasks)} of {material.service_words}",
            "one recorded run each, all on the same axes",
        ),
        caption=f"{title}. {HOW_TO_READ}",
        alt="Calls in flight over time, a panel for each pool. "
        + " ".join(f"{row[0]}: at most {row[1]} for {row[2]}." for row in rows),
        header=("design", "at most in flight", "all done after", "area (task seconds)"),
        rows=rows,
        columns=COLUMNS,
        marks=_marks(steps, x_high_s),
        settings={
            **_scales(max(map(peak, steps)), x_high_s * 1e3),
            **{"panels": len(runs), "look": LOOK},
            "panel_name": [f"W = {show_count(r.cell.workers)}" for r in runs],
            "panel_words": [f"{row[2]}; area {row[3]} task s" for row in rows],
        },
    )


def _marks(
    steps: Sequence[Sequence[tuple[float, int, int]]], x_high_s: float
) -> tuple[tuple[Value, ...], ...]:
    """Each panel is a series of its own, all in one colour."""
    return tuple(
        (number, *point)
        for number, found in enumerate(steps, 1)
        for point in points(found, x_high_s)
    )


def _scales(highest: int, x_high_ms: float) -> dict[str, object]:
    places = ticks(x_high_ms, MOST_TICKS, " ms")
    return {
        "x_high": x_high_ms,
        "y_high": highest * 1.15,
        "y_step": max(1, round(highest / 2)),
        "ticks": len(places),
        "tick_words": [words for words, _ in places],
        "tick_at": [at for _, at in places],
    }


def _chosen(material: Material) -> list[Run]:
    """The pools recorded at the most tasks, by size."""
    pools = [r for r in material.samples if r.cell.workers and r.cell.tasks]
    tasks = max((r.cell.tasks for r in pools), default=0)
    here = [r for r in pools if r.cell.tasks == tasks]
    return sorted(here, key=lambda r: r.cell.workers)[:MOST_PANELS]


def _title(areas: list[float], panels: int) -> str:
    """With the digits of the table, so that both say the same."""
    low, high = (f"{area:.{DIGITS}f}" for area in (min(areas), max(areas)))
    span = low if low == high else f"{low} to {high}"
    if max(areas) <= SAME * min(areas):
        return f"The same work in {panels} shapes: {span} task seconds under each curve"
    return f"Equal tasks in {panels} shapes, but {span} task seconds: calls took longer"
