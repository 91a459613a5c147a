"""A family: ratios around 1, in rows and panels: of machines, of simulated runs to
measured ones, of a program to itself. A mark is a ratio and what holds its median."""

from collections.abc import Mapping, Sequence
from math import log

from ..reckon import simulated
from ..reckon.simulated import ASPECTS, CLOSE, Twin
from ..reckon.stats import NEGLIGIBLE_ABOVE, NEGLIGIBLE_BELOW, Interval, quotient
from ..run.run import Role
from ..say import names, sentences
from ..say.numbers import show_off, show_percent, show_ratio
from . import words
from .axes import Scale, tics
from .chart import Chart, ChartError, columns
from .view import View, grouped

SCRIPT = "ratios"
NAMED = (1, 1.02, 0.98, 1.05, 0.95, 1.1, 0.9, 1.25, 0.8, 1.5, 0.7, 2, 0.5, 5, 0.2, 10,
         0.1, 20, 0.05, 50, 0.02, 100, 0.01)  # fmt: skip
APART = 0.045  # of the sheet, from tick to tick
HEADINGS = {"time": "time of the run", "ok": "tasks served",
            "wait": "mean wait to start"}  # fmt: skip
FARTHEST = 5.0  # times off: what lies beyond is drawn at the edge
BETWEEN = 1  # rows left free between two themes


def build(view: View) -> Chart:
    return control(view) if view.chart.name == "control" else twins(view)


def mark(
    panel: int, y: float, look: int, scale: Scale, x: float, low: float | None = None,
    high: float | None = None, hollow: bool = False,
) -> Mapping[str, float]:  # fmt: skip
    """What lies beyond the axis is drawn at its end, and hollow."""
    beyond = not scale.low <= x <= scale.high
    ends = [min(max(at or x, scale.low), scale.high) for at in (x, low, high)]
    return {"panel": panel, "y": y, "look": look, "x": ends[0], "low": ends[1],
            "high": ends[2], "hollow": int(hollow or beyond)}  # fmt: skip


def settings(
    name: str, scale: Scale, sides: tuple[float, float], panels: Sequence[str],
    rows: Sequence[Mapping[str, object]], marks: Sequence[Mapping[str, float]],
    **more: object,
) -> dict[str, object]:  # fmt: skip
    """rows: y, name, and more below it. sides: where the panels begin and end."""
    told = tics((f"{at:g}", at) for at in _ticks(scale, len(panels)))
    return {
        **scale.across(name, told), "left": sides[0], "right": sides[1],
        "panel_words": list(panels), **columns("row", rows, "y", "name", "more"),
        **columns("mark", marks), "depth": max(mark["y"] for mark in marks),
        "note_words": [], "row_px": 21, "mark_px": 2.0, **more,
    }  # fmt: skip


def _ticks(scale: Scale, panels: int) -> list[float]:
    """Few enough for a panel, from 1 to both sides."""
    kept: list[float] = []
    for at in NAMED:
        room = APART * panels * log(scale.high / scale.low)
        fits = all(abs(log(at / other)) > room for other in kept)
        if scale.low <= at <= scale.high and fits:
            kept.append(at)
    return kept


# ---- simulated over measured ----


def twins(view: View) -> Chart:
    found = simulated.twins(view.material.experiment.cells, view.material.runs)
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
    return words.sheet(view, _closeness(found), remarks, header, rows,
                       _themes(view, found), script=SCRIPT)  # fmt: skip


def _closeness(found: Sequence[Twin]) -> str:
    """How many are close, and who is farthest off."""

    def close(aspect: str) -> str:
        known = [t for t in found if aspect in t.ratios]
        near = sum(t.off(aspect) <= CLOSE for t in known)
        return f"{near} of {len(known)}"

    told = (
        f"within {100 * CLOSE:.0f} % of what is measured: {close('time')} simulated "
        f"times and {close('ok')} counts of served tasks"
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


def _themes(view: View, found: Sequence[Twin]) -> dict[str, object]:
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
            marks += [mark(1 + ASPECTS.index(aspect), y, look, scale, i.median,
                                  i.low, i.high)
                      for aspect, i in t.ratios.items()]  # fmt: skip
            if t.farthest > CLOSE:
                told = view.among(o.measured for o in group).name(t.measured)
                notes.append({"y": y, "words": told, "look": look})
        y += BETWEEN
    return settings(
        "simulated over measured", scale, (0.195, 0.735),
        [HEADINGS[a] for a in ASPECTS], themes, marks, near=CLOSE, mark_px=1.7,
        **columns("note", notes, "y", "words", "look"),
    )  # fmt: skip


# ---- a program over itself ----


def control(view: View) -> Chart:
    """The same program twice in each block: its ratio to itself."""
    a_a = view.material.summaries.noise.a_a
    if a_a is None or a_a.interval is None:
        raise ChartError("control: no cell ran twice in the same blocks")
    found, own = a_a.interval, _own_ratios(view, a_a.cell.name)
    ends = [*own.values(), NEGLIGIBLE_BELOW, NEGLIGIBLE_ABOVE]
    ends += [end for end in (found.low, found.high) if end]
    scale, look = Scale(min(ends) / 1.01, max(ends) * 1.01, True), view.look(a_a.cell)
    told = f"the same program run twice: {sentences.exact_ratio(found)}"
    if found.known:
        reach = max(abs(found.low - 1), abs(found.high - 1))
        factor = max(found.high, 1 / found.low)
        by = show_percent(reach, 1) if factor < 2 else f"a factor of {factor:.1f}"
        told += f"; in the median it may differ from itself by up to {by}"
    remarks = [
        f"A/A control: {names.cell_name(a_a.cell)}",
        names.counted(len(own), "block"),
        "the bar holds the median ratio"
        if found.low
        else "too few blocks for an interval",
        "grey: within 2 %",
    ]
    rows = [
        (names.cell_name(r.cell), names.short(r.baseline.design),
         show_off(r.interval.resolution - 1, 1))
        for r in view.material.summaries.compared()
        if r.interval and r.interval.resolution
    ]  # fmt: skip
    header = ("design", "over", "smallest difference that these blocks would have told")
    marks = [mark(1, 1, look, scale, found.median, found.low, found.high)]
    lines = [{"y": 1, "name": "median", "more": ""}]
    for y, (block, ratio) in enumerate(own.items(), start=2):
        marks.append(mark(1, y, look, scale, ratio))
        lines.append({"y": y, "name": f"block {block}", "more": ""})
    return words.sheet(view, told, remarks, header, rows, settings(
        "ratio of the two runs of a block", scale, (0.115, 0.93), [""], lines, marks,
        near=NEGLIGIBLE_ABOVE - 1, row_px=19, mark_px=2.4,
    ), script=SCRIPT)  # fmt: skip


def _own_ratios(view: View, name: str) -> dict[int, float]:
    """The A/A ratio of each block that has both runs."""
    walls: dict[Role, dict[int, float]] = {Role.A_A: {}, Role.MEASURE: {}}
    for run in view.material.runs:
        ours = run.cell.name == name and run.role in walls
        if ours and run.problem is None and run.hyperfine:
            walls[run.role][run.block] = run.hyperfine.wall_s
    first, second = walls.values()
    both = sorted(first.keys() & second.keys())
    return {block: quotient(first[block], second[block]) for block in both}
