"""A family: a bar for each cell, from zero; a figure a panel, or parts in one bar."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..ask.declaration import attribute, differing
from ..ask.figures import OUTCOMES
from ..reckon.stats import FEWEST_FOR_INTERVAL
from ..reckon.summary import Summary
from ..say.numbers import show, show_count
from . import words
from .axes import Scale, tics
from .material import unit_of
from .chart import MARGIN_PX, WIDTH_PX, Chart, columns
from .view import View, grouped

BAR, GAP, HEADING, MOST_HEADINGS = 1.0, 0.28, 1.3, 6
TICK_PX = 100
GLYPH_PX, NAME_PX = 10.9, 9.9  # of the words beside a bar, and before it
MARGINS = {1: (0.2, 0.965, 0.0), 2: (0.2, 0.98, 0.03), 3: (0.2, 0.985, 0.025)}
SEEN = 0.02  # of the longest bar: intervals longer than this are drawn


def build(view: View) -> Chart:
    stacked = view.chart.stacked
    shares = stacked and set(view.figures) <= set(OUTCOMES)
    panels = view.figures[:1] if stacked else [
        f for f in view.figures if any(view.value(s, f) for s in view.cells)
    ]  # fmt: skip
    longest = {f: 100.0 if shares else _longest(view, f) for f in panels}
    strokes = [] if stacked else [
        i for s in view.cells for f in panels if (i := view.value(s, f))
        and i.low is not None and i.high - i.low > SEEN * longest[f]
    ]  # fmt: skip
    remarks = ["solid: ok, hatched: lost" if shares else "",
               words.bars_words(strokes).replace("bars", "strokes")]  # fmt: skip
    header, rows = words.table(view, [] if stacked else panels)
    if stacked:
        header += list(map(part_name, view.figures))
        rows = [[*row, *(_part(view, s, f) for f in view.figures)]
                for row, s in zip(rows, view.cells)]  # fmt: skip
    left, right, apart = MARGINS[len(panels)]
    rows_ = _rows(view, panels, shares)
    if len(panels) == 1:
        left = max(left, _room_before(rows_))
    kinds = [f for f in view.figures if any(amount(view, s, f) for s in view.cells)]
    return words.sheet(
        view, words.title(view), [*words.conditions(view.cells), *remarks], header,
        rows,
        {
            "panels": len(panels), "left": left,
            "right": _room_beside(view, panels[0]) if shares else right,
            "apart": apart, "stacked": stacked, "shares": shares,
            "strokes_firm": int(any(i.n >= FEWEST_FOR_INTERVAL for i in strokes)),
            "strokes_loose": int(any(i.n < FEWEST_FOR_INTERVAL for i in strokes)),
            "rows_table": view.chart.table or "cells",
            "kinds": " ".join(view.figures), **_key(view, kinds if stacked else []),
            **columns("panel", [
                _panel(view, f, longest[f], shares, len(panels)) for f in panels
            ]),
            **rows_,
        },
    )  # fmt: skip


def amount(view: View, summary: Summary, figure: str) -> float:
    if view.chart.table:
        rows = view.material.tables[view.chart.table].rows
        row = next(row for row in rows if row["cell"] == summary.cell.name)
        return row.get(figure) or 0.0
    found = view.value(summary, figure)
    return found.median if found else 0.0


def part_name(figure: str) -> str:
    return (
        figure.replace("_", " ") if figure in OUTCOMES else words.figure_words(figure)
    )


def _part(view: View, summary: Summary, figure: str) -> str:
    found = amount(view, summary, figure)
    return show("bytes", found) if view.chart.table else show_count(round(found))


def _longest(view: View, figure: str) -> float:
    parts = view.figures if view.chart.stacked else [figure]
    ends = [sum(amount(view, s, part) for part in parts) for s in view.cells]
    if not view.chart.stacked:
        ends += [i.high or 0.0 for s in view.cells if (i := view.value(s, figure))]
    return max(ends) or 1.0


def _high(view: View, figure: str, longest: float, shares: bool, count: int) -> float:
    """How far the axis reaches, so that the words beside each bar have room."""
    left, right, _ = MARGINS[count]
    wide = WIDTH_PX * (right - left) / count
    found = [longest]
    for told, end in (_beside(view, s, figure, shares) for s in view.cells):
        room = wide - 30 - GLYPH_PX * len(told)
        found.append(end * wide / max(room, 0.3 * wide))
    return longest if shares else max(found)


def _room_before(rows: Mapping[str, Any]) -> float:
    """Where bars begin, if name and setting of each stand in one line before it."""
    both = zip(rows["row_name"], rows["row_more"])
    longest = max(len(name + more) + 3 if more else 0 for name, more in both)
    return (MARGIN_PX + NAME_PX * longest) / WIDTH_PX


def _room_beside(view: View, figure: str) -> float:
    """Where bars that all end at 100 % end on the sheet, for the words beside them."""
    longest = max(len(_beside(view, s, figure, True)[0]) for s in view.cells)
    return min(0.7, 1 - (2 * MARGIN_PX + GLYPH_PX * longest) / WIDTH_PX)


def _panel(
    view: View, figure: str, longest: float, shares: bool, count: int
) -> dict[str, object]:
    unit = "bytes" if view.chart.table else unit_of(figure)
    high = _high(view, figure, longest, shares, count)
    room = WIDTH_PX / count * longest / high  # or nearly so
    most = max(2, min(7 - count, int(room / TICK_PX)))
    told = Scale(0, longest).tics(unit, most)
    if shares:
        told = tics((f"{v} %", v) for v in (0, 25, 50, 75, 100))
    name = "" if view.chart.stacked else words.sentence(words.figure_words(figure))
    return {"figure": figure, "words": name, "tics": told,
            "high": high}  # fmt: skip


def _key(view: View, kinds: Sequence[str]) -> dict[str, object]:
    """What the fillings mean, below the axis."""
    places, x = [], 0.2
    for kind in kinds:
        places.append({"index": view.figures.index(kind) + 1, "words": part_name(kind),
                       "x": round(x, 4)})  # fmt: skip
        x += 0.06 + 0.0085 * len(part_name(kind))
    return columns("answer_kind", places, "index", "words", "x")


def _headed(view: View) -> list[str]:
    """What the headings say: all in which cells differ, or the tasks alone."""
    rest = differing(view.all_cells)
    if view.chart.table:  # what it holds is of all numbers of tasks
        rest = [name for name in rest if name != "tasks"]
    values = {tuple(str(attribute(c, name)) for name in rest) for c in view.all_cells}
    return rest if len(values) <= MOST_HEADINGS else rest[:1]


def _rows(view: View, panels: Sequence[str], shares: bool) -> dict[str, object]:
    """The bars under their headings: where each stands, and the words beside it."""
    headed, headings, places, y = _headed(view), [], {}, 0.0
    groups = grouped(view.cells, lambda s: words.joined(
        *(view.setting(s.cell, name) for name in headed)))  # fmt: skip
    for heading, group in groups.items():
        if heading:
            headings.append(
                {"words": words.sentence(heading), "at": y + 0.45 * HEADING}
            )
            y += HEADING
        for summary in group:
            places[summary.cell.name] = y + BAR / 2
            y += BAR + GAP
        y += GAP
    rest = [name for name in differing(view.all_cells) if name not in headed]
    if view.chart.table:  # a slope over all numbers of tasks is of none of them
        rest = [name for name in rest if name != "tasks"]
    rows = [
        {"name": view.design(s.cell), "look": view.look(s.cell),
         "y": places[s.cell.name],
         "more": ", ".join(filter(None, (view.setting(s.cell, n) for n in rest)))}
        for s in view.cells
    ]  # fmt: skip
    beside = [_beside(view, s, figure, shares) for figure in panels for s in view.cells]
    return {
        "depth": y, "look_here": sorted({view.look(s.cell) for s in view.cells}),
        **view.material.of_cells({
            s.cell.name: {"y": places[s.cell.name], "tasks": s.cell.tasks or 1}
            for s in view.cells
        }),
        **columns("heading", headings, "words", "at"), **columns("row", rows),
        "row_value": [told for told, _ in beside],
        "row_end": [end for _, end in beside],
    }  # fmt: skip


def _beside(view: View, s: Summary, figure: str, shares: bool) -> tuple[str, float]:
    """The words at the end of a bar, and where they begin."""
    if shares:
        counts = ((amount(view, s, kind), kind) for kind in view.figures)
        told = (f"{show_count(round(n))} {part_name(k)}" for n, k in counts if n)
        return words.joined(*told), 100.0
    if view.chart.stacked:
        whole = sum(amount(view, s, part) for part in view.figures)
        return show("bytes", whole), whole
    found = view.value(s, figure)
    note = words.fill(view, "beside", s) if figure == view.figures[0] else ""
    # A time means little without what was served in it.
    share = words.share_note(s) if unit_of(figure) == "s" else ""
    told = words.joined(words.value_words(view, s, figure), share, note)
    return told, max(found.median, found.high or 0.0) if found else 0.0
