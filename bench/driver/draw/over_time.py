"""A family: what goes on at each moment of recorded runs, in panels on each other.

From the table of changes, a panel for each run; from the table of rates, through an
outage of the API, a panel for each setting with a line for each design.
"""

from collections.abc import Iterable, Mapping, Sequence

from ..ask.cell import Cell
from ..reckon.outage import Recording, outage_s
from ..reckon.tables import Row
from ..say import names
from ..say.numbers import show_count, show_duration, show_ratio
from ..say.sentences import count_text
from . import words
from .axes import Scale, tick_words, tics
from .recordings import THOSE, Tape, common, reach_s, sheet, tapes
from .chart import Chart, columns
from .titles import verb, who
from .view import View, grouped

RATE = "tasks ok per second"  # the y axis of panels through an outage


def build(view: View) -> Chart:
    return _rates(view) if view.chart.table == "rates" else _pressure(view)


def _rows(view: View, shown: Sequence[Tape]) -> Sequence[Row]:
    return view.material.tables_of([t.cell.name for t in shown])[view.chart.table].rows


def _axes(
    shown: Sequence[Tape], panels: Mapping[str, int], x_high: float, y_high: float,
    y_tics: str,
) -> dict[str, object]:  # fmt: skip
    scale = Scale(0.0, x_high)
    bare = tics(("", at) for at in scale.ticks(8))  # of all but the lowest panel
    return {
        **scale.across("time since the start", bare), "x_tics": scale.tics("s", 8),
        "panels": max(panels.values()), "y_high": y_high, "y_tics": y_tics,
        **shown[0].view.material.of_cells({n: {"panel": p} for n, p in panels.items()}),
    }  # fmt: skip


# ---- calls in flight ----


def _pressure(view: View) -> Chart:
    """Who calls how much at once, against what the API takes."""
    shown = tapes(view)
    capacity = words.commonly(str(t.cell.capacity or "") for t in shown)
    told = [f"{t.full} up to {show_count(t.peak)}" for t in shown[1:]]
    first = shown[0]
    head = f"the API takes {capacity}: " if capacity else ""
    head += f"{THOSE} with {common(shown)}, " if common(shown) else f"{THOSE}, "
    head += (f"{first.full} {first.does('has', 'have')} up to "
             f"{names.counted(first.peak, 'call')} at once")  # fmt: skip
    away = any(s.outcome == "rejected" for t in shown for s in t.samples)
    hatched = "hatched: being turned away" if away else ""
    x_high = reach_s(shown)
    limit = int(capacity or 0)
    y_high = 1.15 * max(limit, *(t.peak for t in shown))
    places = [at for at in Scale(0, y_high).ticks(3)
              if not at or abs(at - limit) > 0.12 * y_high]  # fmt: skip
    y_tics = tics((show_count(at), at) for at in sorted({*places, float(limit)}))
    panels = {t.cell.name: number for number, t in enumerate(shown, start=1)}
    labels = [
        {"look": t.look, "value": f"up to {names.counted(t.peak, 'call')} at once",
         "note": t.lost_words if t.end_s <= x_high
         else f"goes on until {show_duration(t.end_s)}"}
        for t in shown
    ]  # fmt: skip
    return sheet(view, ", ".join([head, *told]), shown, [hatched], {
        **_axes(shown, panels, x_high, y_high, y_tics), "capacity": limit,
        **columns("label", labels), "row_name": [t.name for t in shown],
    })  # fmt: skip


# ---- tasks served per second, through an outage ----


def _rates(view: View) -> Chart:
    shown = tapes(view, "api-outage")
    runs = {run.cell.name: run for run in view.material.runs if run.samples}
    known = {s.cell.name: s for s in view.material.cells}
    found = {
        t.cell.name: Recording(runs[t.cell.name], t.samples, known.get(t.cell.name))
        for t in shown
    }
    groups = grouped(shown, lambda t: t.setting)  # of one outage, and one rate
    firsts = [group[0].cell for group in groups.values()]
    outages, arriving = map(outage_s, firsts), [c.arrivals_per_s or 0.0 for c in firsts]
    start_s, end_s = map(list, zip(*outages))
    panels = {
        t.cell.name: n for n, group in enumerate(groups.values(), 1) for t in group
    }
    most = max(row["ok_per_s"] for row in _rows(view, shown))
    x_high = min(max(t.end_s for t in shown), 2.5 * max(end_s) + 3)
    y_high = 1.2 * max(most, *arriving)
    return sheet(view, _recovery(shown, found), shown, _remarks(firsts), {
        **_axes(shown, panels, x_high, y_high, Scale(0, y_high).tics("count", 3)),
        "outage_from": start_s, "outage_to": end_s, "arrivals_per_s": arriving,
        "arrivals_to": max(s.due_s for t in shown for s in t.samples),
        "panel_words": [words.sentence(f"{setting}: {RATE}" if setting else RATE)
                        for setting in groups],
        **columns("label", [
            {"panel": panels[t.cell.name], "look": t.look,
             "row": view.material.numbers[t.cell.name],
             "y": 0.93 - min(0.46, 0.94 / len(group)) * order,
             "value": f"{count_text(found[t.cell.name].ok)} tasks ok",
             "note": f"{show_ratio(found[t.cell.name].calls_a_task)} calls per task"}
            for group in groups.values() for order, t in enumerate(group)
        ]),
        "row_name": [t.name for group in groups.values() for t in group],
    })  # fmt: skip


def _remarks(cells: Sequence[Cell]) -> list[str]:
    """What the panels have in common, of a cell of each."""
    outages = (end_s - start_s for start_s, end_s in map(outage_s, cells))
    rates = (show_count(cell.arrivals_per_s or 0) for cell in cells)
    attempts = (int(cell.options.get("attempts", 1)) for cell in cells)
    arriving = _commonly("{} arriving per second (dotted)", rates)
    return [
        arriving or "dotted: arriving per second",
        _commonly("the API is out for {}", (tick_words("s", each) for each in outages)),
        _commonly("up to {} per task", (names.counted(n, "attempt") for n in attempts)),
        "numbers: medians (least to most) of all runs",
    ]


def _commonly(text: str, each: Iterable[str]) -> str:
    """The text with what all agree on; "" if they do not."""
    told = words.commonly(each)
    return told and text.format(told)


def _recovery(shown: Sequence[Tape], found: Mapping[str, Recording]) -> str:
    """Who came back to four fifths of what arrives once the API was well again."""
    view, cells = shown[0].view, [t.cell for t in shown]
    states = {name: recording.recovers for name, recording in found.items()}
    if None in states.values():
        told = [f"{who(view, [c])} {count_text(found[c.name].ok)}" for c in cells]
        return f"served of {common(shown)}: {'; '.join(told)}"
    down = [cell for cell in cells if not states[cell.name]]
    back = [cell for cell in cells if states[cell.name]]
    if not down:
        return "every design recovers in its recorded run"
    if not back:
        return "no design recovers while tasks arrive in its recorded run"
    others = f"the {len(back)} others" if len(back) > 1 else who(view, back)
    return (f"{THOSE}, {who(view, down)} {verb(down, 'stays', 'stay')} "
            f"down after the outage; {others} "
            f"{verb(back, 'recovers', 'recover')}")  # fmt: skip
