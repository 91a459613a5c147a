"""What is seen of a duel: two fields of squares, and the counters below them.

Squares fill in the order in which orders ended. What became of them is told by signs;
colours only tell the sides apart, and NO_COLOR takes them away.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import TextIO

from ..ask.experiment import OF_POOLS, OF_THREADS
from ..say import names
from ..say.numbers import show_count, show_duration, spaced
from ..say.terminal import encoding_of, shown_on
from .side import Side

SERVED, LOST, CALLING, WAITING = range(4)
MEANING = ("served", "lost", "in flight", "waiting")
SIGNS, PLAIN_SIGNS = "■□○·", "#x0."
LARGE = (("▄▄▄ ", "███ "), ("┌─┐ ", "└─┘ "), (" ▄  ", " ▀  "), ("    ", " ·  "))
SIZES = ((4, 2), (2, 1), (1, 1))  # of a square, in columns and lines
ROUND = (50, 25, 10, 5)  # squares in a row that can be counted
COLOURS, FAINT = ("38;5;166", "38;5;32"), "2"  # nearly those of the charts
GAP = 2
AROUND = 9  # lines besides the squares, with those of the sentence and a prompt


@dataclass(frozen=True)
class Canvas:
    """What the terminal can show."""

    stream: TextIO
    columns: int
    rows: int

    @property
    def signs(self) -> str:
        try:
            SIGNS.encode(encoding_of(self.stream))
        except UnicodeError:
            return PLAIN_SIGNS
        return SIGNS

    def text(self, text: str, width: int) -> str:
        return shown_on(self.stream, text)[: max(0, width)].ljust(width)

    def painted(self, text: str, colour: str) -> str:
        plain = os.environ.get("NO_COLOR") or "256" not in os.environ.get("TERM", "")
        return text if plain else f"\033[{colour}m{text}\033[0m"


def frame(sides: Sequence[Side], canvas: Canvas) -> list[str]:
    """The whole picture, in lines that fit."""
    width = (canvas.columns - 1 - GAP) // 2
    panels = [_panel(side, sides, width, colour, canvas)
              for side, colour in zip(sides, COLOURS)]  # fmt: skip
    pairs = [left + " " * GAP + right for left, right in zip(*panels)]
    _, per, _ = _layout(sides, width, canvas)
    key = "  ".join(f"{sign} {word}" for sign, word in zip(canvas.signs, MEANING))
    key += f"; {show_count(per)} orders a square" if per > 1 else ""
    above, below = (
        canvas.text(text, canvas.columns - 1) for text in (head(sides), key)
    )
    return [above, *pairs, below]


def _panel(
    side: Side, sides: Sequence[Side], width: int, colour: str, canvas: Canvas
) -> list[str]:
    across, per, columns = _layout(sides, width, canvas)
    looks = LARGE if columns == 4 else [[sign.ljust(columns)] for sign in canvas.signs]
    states = squares(side, per)
    field = []
    for start in range(0, len(states), across):
        row = states[start : start + across]
        blank = " " * (width - len(row) * columns)
        for part in range(len(looks[0])):
            told = (
                canvas.painted(
                    looks[state][part] * len([*same]),
                    FAINT if state == WAITING else colour,
                )
                for state, same in groupby(row)
            )
            field.append("".join(told) + blank)
    clock = _clock(side)
    title = canvas.text(name(side, sides), width - len(clock) - 1) + " " + clock
    counters = [canvas.text(text, width) for text in (_counts(side), _calls(side))]
    return [canvas.painted(canvas.text(title, width), colour), *field, *counters]


# ---- words ----


def line(sides: Sequence[Side]) -> str:
    """All of it in one line."""
    return "; ".join(
        f"{name(side, sides)}, {_clock(side)}: {_counts(side)}, {_calls(side)}"
        for side in sides
    )


def name(side: Side, sides: Sequence[Side]) -> str:
    return names.design_name(side.cell, [each.cell for each in sides])


def head(sides: Sequence[Side]) -> str:
    """ "500 orders of 500 ms; the API serves 50 at once; attempts 4"."""
    cell, told = sides[0].cell, ""
    known = {"tasks", *OF_POOLS, *OF_THREADS, *cell.varied}
    for key, value in cell.options.items():
        if key == "service-time" and key not in known:
            told = f" of {spaced(str(value))}{told}"
        elif key == "api-capacity" and key not in known:
            told += f"; the API serves {show_count(int(value))} at once"
        elif key not in known:
            told += f"; {names.setting(key, value)}"
    return names.counted(cell.tasks, "order") + told


def _clock(side: Side) -> str:
    return f"{'done in ' if side.record else ''}{show_duration(side.seconds)}"


def _counts(side: Side) -> str:
    return f"{show_count(side.served)} served, {show_count(side.lost)} lost"


def _calls(side: Side) -> str:
    if side.record:
        return f"at most {show_count(side.peak)} in flight"
    places = None if side.cell.api_queue else side.cell.capacity
    of = f" of {show_count(places)}" if places else ""
    return f"{show_count(side.in_flight)}{of} in flight"


# ---- squares ----


def _layout(
    sides: Sequence[Side], width: int, canvas: Canvas
) -> tuple[int, int, int]:
    """Squares in a row, orders in a square, its columns: as large as it fits."""
    tasks = max(side.tasks for side in sides)
    height = canvas.rows - AROUND
    for columns, lines in SIZES if canvas.signs == SIGNS else SIZES[1:]:
        across, down = max(1, width // columns), max(1, height // lines)
        if tasks <= across * down:
            break
    per = 1
    while across * down * per < tasks:  # 1, 2, 5, 10, 20, ...
        per = per * 5 // 2 if str(per)[0] == "2" else per * 2
    even = (across - across % step for step in ROUND)
    across = next((n for n in even if n * down * per >= tasks and n), across)
    return across, per, columns


def squares(side: Side, per: int) -> list[int]:
    """In the order in which orders ended; then those in flight, then those waiting.

    A square is served when all its orders are, and lost when one is: so that even a
    single order lost among many can be seen.
    """
    found: list[int] = []
    orders, shown = {True: 0, False: 0}, {True: 0, False: 0}
    for served, count in side.ends:
        orders[served] += count
        full = orders[served] // per if served else ceil(orders[served] / per)
        found += [SERVED if served else LOST] * (full - shown[served])
        shown[served] = full
    left = ceil(side.tasks / per) - len(found)
    if side.record:  # what is left was served, in a square that is not quite full
        return found + [SERVED] * left
    calling = min(left, ceil(side.in_flight / per))
    return found + [CALLING] * calling + [WAITING] * (left - calling)
