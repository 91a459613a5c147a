"""How soon does it stop? Each run, from being told until its last thread ended."""

from __future__ import annotations

from ..ask.figures import FIGURES
from ..reckon.stats import Interval
from ..reckon.summary import Summary
from ..say.numbers import show_count, show_duration, show_range
from ..say.sentences import interval_text
from .look import base_name
from .material import Material, decades
from .sheet import ChartError, Sheet, Tics, Value
from .variants import spaced
from .words import coverage_words, runs_words, show_setting

FIGURE = "stop_s"
CLIMB = 0.6  # of a row's height, from no run to all of them
COLUMNS = ("series", "y", "stop_s")
LISTENS = {
    "none": "nobody listens",
    "between": "listening between tasks",
    "within": "listening within the call",
}
WAKING = 1.25  # a quarter over the bound is what waking up takes, not another task


def build(material: Material) -> Sheet:
    cells = [s for s in material.cells if FIGURE in s.figures]
    if not cells:
        raise ChartError("cancel: no run was told to stop")
    cells.sort(key=_order)
    marks = [m for row, s in enumerate(cells, 1) for m in _marks(material, s, row)]
    if not marks:
        raise ChartError("cancel: no run says how soon it stopped")
    times = [m[2] for m in marks]
    service_s = cells[0].cell.service_s
    x_low, x_high = min(*times, service_s) * 0.5, max(*times, service_s) * 2
    title = _title(cells)
    return Sheet(
        name="cancel",
        title=title,
        subtitle=_subtitle(material, cells),
        caption=_caption(material, cells, title, service_s),
        alt="Strips of stop times, log axis. "
        + " ".join(_told(s) for s in cells)
        + f" Of pools listening between tasks: {_kept(material, cells, service_s)}",
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
            **_theory(cells),
        },
        tics=(Tics("x", tuple((show_setting(t), t) for t in decades(x_low, x_high))),),
        log=("stop_s",),
    )


def _subtitle(material: Material, cells: list[Summary]) -> str:
    found = [s.figures[FIGURE] for s in cells]
    known = [i for i in found if i.known]
    if known:
        brackets = f"in brackets its interval, {coverage_words(known)}"
    else:
        brackets = f"n = {max(i.n for i in found)}: no interval can be given"
    if len(known) < len(found):
        brackets += ", (a to b): extremes"
    deadline = spaced(str(cells[0].cell.options.get("deadline", "a while")))
    return material.conditions(
        f"{show_count(cells[0].cell.tasks)} tasks of {material.service_words}",
        f"told to stop after {deadline}",
        "marks: runs, climbing from the soonest to the last, stroke: median",
        runs_words(cells),
        brackets,
    )


def _caption(
    material: Material, cells: list[Summary], title: str, service_s: float
) -> str:
    return (
        f"{title}. Each mark is a run, and those of a row climb as a share of all"
        " runs (ECDF); pale is theory, (x/d)^W for W workers in random phase. A pool that listens between tasks finishes the"
        " tasks it has, so it stops within one task time, the dashed line; one that"
        " listens within the call need not even do that. Where nobody listens, the run"
        f" goes to its end. {_threads_words(material, cells)}A mark beyond"
        f" {show_setting(WAKING * service_s)} of a pool listening between tasks would"
        f" contradict its bound. {_kept(material, cells, service_s)}"
    )


def _kept(material: Material, cells: list[Summary], service_s: float) -> str:
    """Whether the pools that listen between tasks stopped within one task time."""
    runs = [
        value
        for s in cells if s.cell.workers and s.cell.options.get("cancel") == "between"
        for value in _values(material, s)
    ]  # fmt: skip
    if not runs:
        return "No run here says."
    late = sorted(value for value in runs if value > WAKING * service_s)
    if not late:
        return f"0 of {len(runs)} runs overshot: they took {_span(runs)}."
    return f"{len(late)} of {len(runs)} runs overshot: {_span(late)}."


def _span(times: list[float]) -> str:
    first, last = show_duration(min(times)), show_duration(max(times))
    return first if first == last else f"{first} to {last}"


def _threads_words(material: Material, cells: list[Summary]) -> str:
    """Why the bound is not for threads: how many there are to end."""
    ours = [
        s.cell.name for s in cells
        if not s.cell.workers and s.cell.options.get("cancel") in ("between", "within")
    ]  # fmt: skip
    alive = [
        run.record["stop"].get("in_flight")
        for run in material.runs
        if run.counts and run.cell.name in ours and run.record.get("stop")
    ]
    most = max((count for count in alive if count is not None), default=0)
    if not most:
        return ""
    return (
        f"Threads have no such bound: up to {show_count(most)} were under way when"
        " told, and each has to wake up, end and be joined. "
    )


def _rows_settings(material: Material, cells: list[Summary]) -> dict[str, object]:
    medians = [s.figures[FIGURE].median for s in cells]
    return {
        "rows": len(cells),
        "row_name": [base_name(s.cell) for s in cells],
        "row_words": [_mode(s) for s in cells],
        "row_series": [material.looks[s.cell.workers] for s in cells],
        "row_value": [_with_spread(s.figures[FIGURE]) for s in cells],
        "row_note": [_never(s) for s in cells],
        "row_median": medians,
    }


def _with_spread(interval: Interval) -> str:
    """ "12.3 ms [12.1, 12.5]"; the extremes where n allows no interval."""
    if interval.known or interval.n == 1:
        return interval_text(interval, "s")
    ends = show_range("s", interval.median, interval.minimum, interval.maximum)
    return ends.replace("[", "(").replace("]", ")").replace(", ", " to ")


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
    """The runs of a row climb from the soonest to the latest: an ECDF."""
    look, values = material.looks[summary.cell.workers], _values(material, summary)
    return [
        (look, round(row + CLIMB / 2 - CLIMB * rank / len(values), 4), value)
        for rank, value in enumerate(sorted(values), start=1)
    ]


def _theory(cells: list[Summary]) -> dict[str, object]:
    """Of W workers in random phase the last is home within x with chance (x / d)^W."""
    found = [
        (row, s.cell.workers)
        for row, s in enumerate(cells, start=1)
        if s.cell.workers and s.cell.options.get("cancel", "between") == "between"
    ]
    return {
        "theories": len(found),
        "theory_row": [row for row, _ in found],
        "theory_workers": [workers for _, workers in found],
        "climb": CLIMB,
    }


def _values(material: Material, summary: Summary) -> list[float]:
    """How soon each counted run of a cell stopped."""
    return [
        value
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
    told = [f"{_bound(s.figures[FIGURE])} {_when(s)}" for s in ours]
    who = base_name(ours[0].cell)
    return f"{who} stops after " + ", ".join(told)


def _bound(interval: Interval) -> str:
    """A median and its interval that no line break parts."""
    return interval_text(interval, "s").replace(" ", "\u00a0")


def _when(summary: Summary) -> str:
    mode = _mode(summary)
    return f"when {mode}" if mode == LISTENS["none"] else mode


def _row(summary: Summary) -> tuple[str, ...]:
    return (
        base_name(summary.cell), _mode(summary), str(summary.n),
        interval_text(summary.figures[FIGURE], "s"),
        show_count(round(summary.outcomes["cancelled"].median)),
    )  # fmt: skip
