"""A family: by when which share of recorded tasks was answered, or started."""

from collections.abc import Mapping, Sequence

from ..reckon.tables import Row, varied_text
from ..say.numbers import show_duration, show_share
from .axes import Scale, is_log
from .recordings import Tape, common, sheet, tapes
from .chart import Chart, ChartError, columns
from .view import View, grouped

LABEL_APART = 0.19
Points = Mapping[str, Sequence[Row]]


def build(view: View) -> Chart:
    what = view.chart.curves[0]  # "answered" or "started"
    everything = tapes(view)
    rows = view.material.tables_of([t.cell.name for t in everything])["answers"].rows
    points = grouped((row for row in rows if row["curve"] == what), lambda r: r["cell"])
    shown = [tape for tape in everything if tape.cell.name in points]
    if not shown:
        raise ChartError(f"{view.chart.name}: no task was {what}")
    arriving = any(tape.cell.arrivals_per_s for tape in shown)
    curves = _theory(view, shown, what)
    remarks = ["since a task arrived" if arriving else "all there from the start",
               "pale steps: theory" if curves else ""]  # fmt: skip
    settings = {
        **_axis(points, "arrival" if arriving else "the start"),
        "what": what,
        "y_words": f"share of all tasks {what}",
        **columns("curve", curves, "first", "last", "look"),
        **_labels(view, shown, points, what),
    }
    return sheet(view, _title(shown, points, what), shown, remarks, settings,
                 behind=len(curves))  # fmt: skip


def _title(shown: Sequence[Tape], points: Points, what: str) -> str:
    """What share each design answers, and by when the last of them."""
    told = []
    for tape in shown:
        last = points[tape.cell.name][-1]
        one, many = {"answered": ("answers", "answer"), "started": ("starts", "start")}[
            what
        ]
        does = "" if told else f"{tape.does(one, many)} "
        count = f"all within {show_duration(last['time_s'])}"
        if last["share"] < 1:
            count = f"{show_share(last['share'])} and then no more"
        told.append(f"{tape.full} {does}{count}")
    return f"{f'of {common(shown)} ' if common(shown) else ''}{', '.join(told)}"


def _theory(view: View, shown: Sequence[Tape], what: str) -> list[dict[str, object]]:
    """The curves there are for these runs."""
    looks = {
        (t.cell.design.key, varied_text(t.cell), t.cell.tasks): t.look for t in shown
    }
    return [
        {"first": curve.first, "last": curve.last, "look": looks[curve.of]}
        for curve in view.material.curves(f"{what} over time")
        if curve.of in looks and any(row["x"] > 0 for row in curve.rows)
    ]  # fmt: skip


def _axis(points: Points, since: str) -> dict[str, object]:
    times = [row["time_s"] for rows in points.values() for row in rows if row["time_s"]]
    high = max(times, default=1.0)
    low = max(min(times, default=0.1), high / 1e4)
    log = is_log("auto", "x", [low, high])
    scale = Scale(low / 1.3, high * 1.3, True) if log else Scale(0.0, high * 1.05)
    return scale.across(f"time since {since}", scale.tics("s", 8))


def _labels(
    view: View, shown: Sequence[Tape], points: Points, what: str
) -> dict[str, object]:
    """In the order of the runs: beside the curves' ends, names would tell those."""
    last = [points[tape.cell.name][-1] for tape in shown]
    labels = [
        {"row": view.material.numbers[tape.cell.name], "look": tape.look,
         "y": 0.96 - min(LABEL_APART, 0.93 / len(shown)) * order,
         "value": f"{show_share(row['share'])} {what}",
         "note": f"the last after {show_duration(row['time_s'])}"}
        for order, (tape, row) in enumerate(zip(shown, last))
    ]  # fmt: skip
    names = [f"{t.name} ({t.setting})" if t.setting else t.name for t in shown]
    return {**columns("label", labels), "row_name": names}
