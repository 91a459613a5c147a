"""How soon does it stop? Each run, from being told until its last thread ended."""

from __future__ import annotations

from ..figures import FIGURES
from ..model import Summary
from ..quantities import show_count, show_duration
from ..theory import service_time_s
from ..wording import interval_text
from .look import base_name
from .material import Material, decades
from .sheet import ChartError, Sheet, Tics, Value
from .words import runs_words, show_setting

FIGURE = "stop_s"
COLUMNS = ("series", "y", "stop_s")
LISTENS = {
    "none": "nobody listens",
    "between": "the worker listens",
    "within": "the call listens",
}


def build(material: Material) -> Sheet:
    cells = [s for s in material.cells if FIGURE in s.figures]
    if not cells:
        raise ChartError("cancel: no run was told to stop")
    cells.sort(key=_order)
    marks = [m for row, s in enumerate(cells, 1) for m in _marks(material, s, row)]
    if not marks:
        raise ChartError("cancel: no run says how soon it stopped")
    times = [m[2] for m in marks]
    service_s = service_time_s(cells[0].cell)
    x_low, x_high = min(*times, service_s) * 0.5, max(*times, service_s) * 2
    return Sheet(
        name="cancel",
        title=_title(cells),
        subtitle=material.conditions(
            f"{show_count(cells[0].cell.tasks)} tasks of {material.service_words}",
            f"told to stop after {cells[0].cell.options.get('deadline', 'a while')}",
            "each mark a run, each stroke a median", runs_words(cells),
        ),
        caption=f"{_title(cells)}. Who listens only between tasks finishes the task it"
        " has: at most one task time, the dashed line. Who listens within the call is"
        " away at once. Where nobody listens, the run goes to its end. A mark of"
        " 'between' far beyond the dashed line would contradict that.",
        alt="Strips of stop times, log axis. "
        + " ".join(_told(s) for s in cells),
        header=("design", "who listens", "runs", "stops within", "never started"),
        rows=tuple(_row(s) for s in cells),
        columns=COLUMNS,
        marks=tuple(marks),
        settings={
            "x_low": x_low,
            "x_high": x_high,
            "service_s": service_s,
            "service_words": f"one task: {show_setting(service_s)}",
            **_rows_settings(material, cells),
        },
        tics=(Tics("x", tuple((show_setting(t), t) for t in decades(x_low, x_high))),),
        log=("stop_s",),
    )  # fmt: skip


def _rows_settings(material: Material, cells: list[Summary]) -> dict[str, object]:
    medians = [s.figures[FIGURE].median for s in cells]
    return {
        "rows": len(cells),
        "row_name": [base_name(s.cell) for s in cells],
        "row_words": [_mode(s) for s in cells],
        "row_series": [material.looks[s.cell.workers] for s in cells],
        "row_value": [show_duration(median) for median in medians],
        "row_note": [_never(s) for s in cells],
        "row_median": medians,
    }


def _told(summary: Summary) -> str:
    name = f"{base_name(summary.cell)}, {_mode(summary)}"
    return f"{name}: {interval_text(summary.figures[FIGURE], 's')}."


def _order(summary: Summary) -> tuple[int, int]:
    modes = list(LISTENS)
    mode = str(summary.cell.options.get("cancel", ""))
    return (
        modes.index(mode) if mode in modes else len(modes),
        summary.cell.workers or 0,
    )


def _mode(summary: Summary) -> str:
    mode = summary.cell.options.get("cancel")
    return LISTENS.get(str(mode), "as by default")


def _marks(material: Material, summary: Summary, row: int) -> list[tuple[Value, ...]]:
    look = material.looks[summary.cell.workers]
    return [
        (look, row, value)
        for run in material.runs
        if run.counts and run.cell.name == summary.cell.name
        and (value := FIGURES[FIGURE].read(run)) is not None and value > 0
    ]  # fmt: skip


def _never(summary: Summary) -> str:
    cancelled = summary.outcomes["cancelled"].median
    return f"{show_count(round(cancelled))} tasks cancelled" if cancelled else "all ran"


def _title(cells: list[Summary]) -> str:
    """Medians of the largest pool by who listens, or of whatever there is."""
    pools = [s for s in cells if s.cell.workers]
    ours = [s for s in cells if s.cell.workers == max(
        (p.cell.workers for p in pools), default=None)]  # fmt: skip
    told = [f"{show_duration(s.figures[FIGURE].median)} when {_mode(s)}" for s in ours]
    who = base_name(ours[0].cell)
    return f"{who} stops after " + ", ".join(told)


def _row(summary: Summary) -> tuple[str, ...]:
    return (
        base_name(summary.cell), _mode(summary), str(summary.n),
        interval_text(summary.figures[FIGURE], "s"),
        show_count(round(summary.outcomes["cancelled"].median)),
    )  # fmt: skip
