"""The comparison on one slide: what was served and lost as areas, what it took as bars.

One column for each design, at that number of tasks which the most designs ran, and the
greatest of them; of several settings, such as an API with a limit and one without, that
in which most was lost.
"""

from collections.abc import Sequence

from ..reckon.summary import Summary
from ..say import names
from ..say.numbers import show, show_count
from . import words
from .material import unit_of
from .chart import BOLD_EM, PLAIN_EM, Chart, ChartError, columns
from .titles import ALL, losses_of
from .view import Panel, Series, View, grouped

# Of the sheet, in pixels: columns from here to there, bars below the squares.
LEFT, RIGHT, TALLEST = 215, 1590, 330
NAME_PX, VALUE_PX = 29, 21  # of designs and figures, if they have room
BARS = {"rss_bytes": "memory", "in_flight": "calls at once"}  # beside the time
LOST = {"rejected": "turned away"}
TOLD = ("tasks", "api-capacity", "service-time")  # elsewhere


def build(view: View) -> Chart:
    if not view.cells:
        raise ChartError("slide: no design was measured")
    alike = grouped(view.cells, lambda s: view.condition(s.cell))
    cells = max(alike.values(), key=_rank)
    panel = Panel("", view.figures[0], (Series("", 0, tuple(cells)),))
    detached = any(names.is_detached(s.cell) for s in cells)
    here = [view.setting(cells[0].cell, n) for n in view.conditions if n not in TOLD]
    remarks = [f"only {', '.join(here)}" if here else "",
               *words.conditions(cells), "one square: all tasks", "bars from zero",
               "threads are detached" if detached else ""]  # fmt: skip
    header = ("design", "tasks", "runs", "served", "lost", "time", *BARS.values())
    rows = [
        (view.design(s.cell), show_count(s.cell.tasks), s.n, _served(s), _lost(s),
         *(_value(view, s, figure) for figure in (view.clock, *BARS)))
        for s in cells
    ]  # fmt: skip
    return words.sheet(view, _title(view, panel, cells), remarks, header, rows,
                       _settings(view, cells))  # fmt: skip


def _rank(cells: Sequence[Summary]) -> tuple[int, int, float]:
    """The most designs, then the most tasks, then the most lost."""
    return len(cells), cells[0].cell.tasks, -min(s.share_ok for s in cells)


def _title(view: View, panel: Panel, cells: Sequence[Summary]) -> str:
    """Losses first; where there are none, who is done sooner."""
    if any(s.lost_any for s in cells):
        return losses_of(view, cells)
    pair = words.speaking(view, panel)
    head = f"all {names.tasks(cells[0].cell.tasks)} are served by every design"
    return f"{head}; {words.claim(view, panel, pair)}" if pair else head


def _served(summary: Summary) -> str:
    return show_count(round(summary.outcomes["ok"].median))


def _lost(summary: Summary) -> str:
    """How many, and what became of them: "8 158 turned away"."""
    ways = [n for n, count in summary.outcomes.items() if n != "ok" and count.median]
    how = LOST.get(ways[0], ways[0].replace("_", " ")) if len(ways) == 1 else "lost"
    return (
        f"{show_count(round(summary.cell.tasks - summary.outcomes['ok'].median))} {how}"
    )


def _value(view: View, summary: Summary, figure: str) -> str:
    found = view.value(summary, figure)
    if found is None:
        return "not known"
    value = round(found.median) if figure == "in_flight" else found.median
    note = words.share_note(summary) if figure == view.clock else ""
    return ", ".join(filter(None, [show(unit_of(figure), value), note]))


def _room(
    wide: float, value_px: float, bars: Sequence[float], told: Sequence[str]
) -> float:
    """The longest a bar may be, so that what is told to its right fits its column."""
    most = max(bars)
    rooms = [
        (wide - 50 - PLAIN_EM * value_px * len(text)) * most / bar
        for bar, text in zip(bars, told, strict=True)
        if bar > 0
    ]
    return min(rooms, default=TALLEST)


def _settings(view: View, cells: Sequence[Summary]) -> dict[str, object]:
    wide = (RIGHT - LEFT) / len(cells)
    small = min(1.0, 0.62 + 0.1 * wide / 160)
    figures = (view.clock, *BARS)
    bars = {
        figure: [
            found.median if (found := view.value(s, figure)) else 0.0 for s in cells
        ]
        for figure in figures
    }
    told = {figure: [_value(view, s, figure) for s in cells] for figure in figures}
    rooms = (_room(wide, VALUE_PX * small, bars[f], told[f]) for f in figures)
    longest = max(len(view.design(s.cell)) for s in cells)
    return {
        "named": min(NAME_PX, (wide - 12) / (BOLD_EM * longest)),
        "side": min(TALLEST, wide - 30), "bar": min(TALLEST, *rooms),
        "small": small,
        **columns("column", [
            {"x": LEFT + i * wide, "row": view.material.numbers[s.cell.name],
             "look": view.look(s.cell), "lossy": int(s.share_ok < ALL)}
            for i, s in enumerate(cells)
        ]),
        "row_name": [view.design(s.cell) for s in cells],
        "answer_served": [f"{_served(s)} served" for s in cells],
        "answer_lost": list(map(_lost, cells)),
        "figures": " ".join(figures), "bar_words": ["time", *BARS.values()],
        "bar_most": [max(each) or 1.0 for each in bars.values()],
        "bar_value": [value for each in bars.values() for value in each],
        "answer_bar": [text for each in told.values() for text in each],
    }  # fmt: skip
