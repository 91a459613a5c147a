"""A family: a row for each cell with a mark for each run, or two figures joined."""

from typing import Any

from ..ask.figures import figure_of
from ..reckon.summary import Summary
from ..say.numbers import show_count
from . import words
from .axes import Scale, is_log, tick_words
from .chart import Chart, columns
from .view import View


def build(view: View) -> Chart:
    joined = len(view.figures) > 1
    known = all(view.value(s).known for s in view.cells)
    bracket = "in brackets its interval" if known else "(a to b): least to greatest"
    remarks = [] if joined else ["each mark is a run, the stroke their median", bracket]
    header, rows = words.table(view, view.figures)
    return words.sheet(
        view, words.title(view), [*words.conditions(view.cells), *remarks], header,
        rows,
        {**_axis(view, joined), **_rows(view, joined)},
    )  # fmt: skip


def _values(view: View, joined: bool) -> list[float]:
    """Everything that has a mark."""
    if joined:
        return [
            view.value(s, figure).median for s in view.cells for figure in view.figures
        ]
    read, shown = figure_of(view.figures[0]).read, {c.name for c in view.all_cells}
    runs = (r for r in view.material.runs if r.counts and r.cell.name in shown)
    return [value for run in runs if (value := read(run)) is not None]


def _axis(view: View, joined: bool) -> dict[str, object]:
    """The axis, and a line that all rows are held against: the time of one task."""
    line, values = view.chart.words.get("line", ""), _values(view, joined)
    task = words.commonly(tick_words("s", cell.service_s) for cell in view.all_cells)
    at = view.all_cells[0].service_s if line and task else 0.0
    values += [at] if at else []
    log, low, high = is_log(view.chart.log, "x", values), min(values), max(values)
    room = 0.35 * (high - low or high or 1.0)
    ends = (low / 1.6, high * 1.6) if log else (max(0.0, low - room), high + room)
    scale = Scale(*ends, log)
    name = view.chart.words.get("axis") or words.figure_words(view.figures[0])
    return {
        **scale.across(name, scale.tics(view.unit, 8)), "joined": joined,
        "figure": view.figures[0], "other": view.figures[-1],
        "line_at": at, "line_words": line.format(d=task),
    }  # fmt: skip


def _rows(view: View, joined: bool) -> dict[str, object]:
    places = {s.cell.name: {"y": row} for row, s in enumerate(view.cells, start=1)}
    ends = [_ends(view, s) for s in view.cells] if joined else []
    return {
        "rows": len(view.cells), **view.material.of_cells(places),
        **columns("row", [_row(view, s, joined) for s in view.cells]),
        **columns("answer", ends, "low_x", "low", "high_x", "high"),
    }  # fmt: skip


def _row(view: View, summary: Summary, joined: bool) -> dict[str, Any]:
    told = words.value_words(view, summary, view.figures[0])
    if joined:
        first, last = (view.value(summary, figure).median for figure in view.figures)
        told = f"{show_count(round(first - last))} unnoticed"
    return {
        "name": view.design(summary.cell), "more": view.apart(summary.cell),
        "look": view.look(summary.cell), "value": told,
        "note": words.fill(view, "beside", summary),
    }  # fmt: skip


def _ends(view: View, summary: Summary) -> dict[str, Any]:
    """What two joined marks are, in words beside them."""
    high, low = (view.value(summary, figure).median for figure in view.figures)
    return {"low_x": low, "low": f"{show_count(round(low))} served",
            "high_x": high, "high": f"{show_count(round(high))} believed"}  # fmt: skip
