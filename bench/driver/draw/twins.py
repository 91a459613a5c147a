"""A family: how far simulated runs are off the measured ones, a row for each pair."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from ..reckon.stats import Interval
from ..reckon.simulated import ASPECTS, CLOSE, Twin, twins
from ..say import names
from ..say.numbers import show_ratio
from . import words
from .axes import Scale, tics
from .chart import Chart, columns
from .view import View, grouped

HEADINGS = {"time": "time of the run", "ok": "tasks served",
            "wait": "mean wait to start"}  # fmt: skip
MARKS = (0.2, 0.5, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2, 5)
FARTHEST = 5.0  # times off: what lies beyond is drawn at the edge
APART = 0.15  # of the axis, from tick to tick
BETWEEN = 1.2  # rows left free between two themes


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
    return words.sheet(view, _title(found), remarks, header, rows, settings)


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
    low = max(min([0.88, *(e / 1.08 for e in ends)]), 1 / FARTHEST)
    high = min(max([1.14, *(e * 1.08 for e in ends)]), FARTHEST)
    placed = _placed(found)
    marks = [
        {"panel": 1 + ASPECTS.index(aspect), "row": placed[id(t)],
         "x": min(max(i.median, low), high), "look": view.look(t.measured),
         "low": max(i.low or i.median, low), "high": min(i.high or i.median, high),
         "beyond": int(not low <= i.median <= high)}
        for t in found for aspect, i in t.ratios.items()
    ]  # fmt: skip
    by_theme = grouped(found, lambda t: t.theme)
    far = [
        {"row": placed[id(t)], "look": view.look(t.measured),
         "words": view.name(t.measured, [other.measured for other in group])}
        for group in by_theme.values() for t in group if t.farthest > CLOSE
    ]  # fmt: skip
    themes = [
        {"name": theme, "row": sum(placed[id(t)] for t in group) / len(group),
         "why": view.chart.words.get("why-" + theme.replace(" ", "-"), "")}
        for theme, group in by_theme.items()
    ]  # fmt: skip
    return {
        **Scale(low, high, True).across(
            "simulated over measured",
            tics((f"{at:g}", at) for at in _thinned(low, high)),
        ),
        "rows": max(placed.values()), "close": CLOSE,
        "panel_name": [HEADINGS[a] for a in ASPECTS],
        **columns("mark", marks), **columns("note", far, "row", "words", "look"),
        **columns("theme", themes),
    }  # fmt: skip


def _placed(found: Sequence[Twin]) -> dict[int, float]:
    """The height of each pair's row, with room between the themes."""
    places, at, before = {}, 0.0, ""
    for twin in found:
        at += 1.0 if twin.theme == before or not before else 1.0 + BETWEEN
        places[id(twin)], before = at, twin.theme
    return places


def _thinned(low: float, high: float) -> list[float]:
    """Few enough for a third of the sheet, from 1 to both sides."""
    kept = [1.0]
    for at in sorted(MARKS, key=lambda mark: abs(log(mark))):
        apart = min(abs(log(at / other)) for other in kept)
        if low <= at <= high and apart > APART * log(high / low):
            kept.append(at)
    return kept
