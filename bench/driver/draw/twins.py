"""A family: how far simulated runs are off the measured ones, a row for each pair."""

from __future__ import annotations

from collections.abc import Sequence

from ..reckon.stats import Interval
from ..reckon.simulated import ASPECTS, CLOSE, Twin, twins
from ..say import names
from ..say.numbers import show_ratio
from . import ratios, words
from .axes import Scale
from .chart import Chart, columns
from .view import View, grouped

HEADINGS = {"time": "time of the run", "ok": "tasks served",
            "wait": "mean wait to start"}  # fmt: skip
FARTHEST = 5.0  # times off: what lies beyond is drawn at the edge
BETWEEN = 1  # rows left free between two themes


def build(view: View) -> Chart:
    found = twins(view.material.experiment.cells, view.material.runs)
    if not found:
        return words.nothing(view)
    header = ("pair", *(f"{HEADINGS[a]}, simulated over measured" for a in ASPECTS))
    rows = [
        (f"{t.theme}: {names.cell_name(t.measured)}",
         *(_interval(t.ratios.get(a)) for a in ASPECTS)) for t in found
    ]  # fmt: skip
    counts = [i.n for t in found for i in t.ratios.values()]
    remarks = [
        f"{max(counts)} blocks, each pair in the same block with the same tasks",
        "bars hold the median ratio" if max(counts) > 2 else "",
        f"grey: within {100 * CLOSE:.0f} %",
    ]
    settings = _settings(view, found)
    return words.sheet(view, _title(found), remarks, header, rows, settings,
                       script=ratios.SCRIPT)  # fmt: skip


def _title(found: Sequence[Twin]) -> str:
    """How many are close, and who is farthest off."""

    def close(aspect: str) -> str:
        known = [t for t in found if aspect in t.ratios]
        near = sum(t.off(aspect) <= CLOSE for t in known)
        return f"{near} of {len(known)}"

    told = (
        f"simulated is within {100 * CLOSE:.0f} % of measured in {close('time')} times "
        f"and in {close('ok')} counts of served tasks"
    )
    worst = max(found, key=lambda t: t.off("time"))
    if worst.off("time") > CLOSE:
        told += (
            f"; farthest off in time: {names.cell_name(worst.measured)} "
            f"({show_ratio(worst.ratios['time'].median)}×)"
        )
    return told


def _interval(found: Interval | None) -> str:
    if found is None:
        return "–"
    told = show_ratio(found.median)
    ends = f" [{show_ratio(found.low)}, {show_ratio(found.high)}]" if found.low else ""
    return told + ends


def _settings(view: View, found: Sequence[Twin]) -> dict[str, object]:
    ends = [i.median for t in found for i in t.ratios.values()]
    scale = Scale(max(min([0.88, *(e / 1.08 for e in ends)]), 1 / FARTHEST),
                  min(max([1.14, *(e * 1.08 for e in ends)]), FARTHEST), True)
    by_theme = grouped(found, lambda t: t.theme)
    marks, themes, notes, y = [], [], [], 0.0
    for theme, group in by_theme.items():
        why = view.chart.words.get("why-" + theme.replace(" ", "-"), "")
        themes.append({"name": theme, "more": why, "y": y + (len(group) + 1) / 2})
        for y, t in enumerate(group, start=round(y) + 1):
            look = view.look(t.measured)
            marks += [ratios.mark(1 + ASPECTS.index(aspect), y, look, scale, i.median,
                                  i.low, i.high)
                      for aspect, i in t.ratios.items()]  # fmt: skip
            if t.farthest > CLOSE:
                told = view.name(t.measured, [other.measured for other in group])
                notes.append({"y": y, "words": told, "look": look})
        y += BETWEEN
    return ratios.settings(
        "simulated over measured", scale, (0.195, 0.735),
        [HEADINGS[a] for a in ASPECTS], themes, marks, near=CLOSE, mark_px=1.7,
        **columns("note", notes, "y", "words", "look"),
    )  # fmt: skip
