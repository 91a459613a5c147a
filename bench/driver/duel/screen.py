"""Where a duel is seen: drawn again and again on a terminal, or told line by line.

A terminal that can move its cursor shows it on its other screen, so that nothing is
left behind, and the last picture once more where it stays. Any other stream gets a line
each second.
"""

import os
from collections.abc import Sequence
from time import monotonic
from typing import Any, Self, TextIO

from ..say.terminal import Unheard, size_of, tell
from . import picture
from .side import Side

LEAST_COLUMNS, LEAST_ROWS = 40, 12
FRAME_S, LINE_S = 0.05, 1.0
ENTER, LEAVE = "\033[?1049h\033[?25l", "\033[?25h\033[?1049l"


class Lines:
    """A line each second."""

    def __init__(self, sides: Sequence[Side]) -> None:
        self._sides, self._next = sides, monotonic() + LINE_S

    def __enter__(self) -> Self:
        tell([picture.head(self._sides)])
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def draw(self) -> None:
        if monotonic() >= self._next:
            self._next += LINE_S
            self.keep()

    def keep(self) -> None:
        tell([picture.line(self._sides)])


class Drawn:
    """Drawn again and again."""

    def __init__(self, stream: TextIO, sides: Sequence[Side]) -> None:
        self._stream, self._sides, self._drawn = stream, sides, 0.0

    def __enter__(self) -> Self:
        self._write(ENTER)
        return self

    def __exit__(self, *error: Any) -> None:
        try:
            self._write(LEAVE)
        except Unheard:
            pass  # the terminal has gone

    def draw(self) -> None:
        if monotonic() >= self._drawn + FRAME_S:
            self._drawn = monotonic()
            lines = "\n".join(f"{line}\033[K" for line in self._picture())
            self._write(f"\033[H{lines}\033[J")

    def keep(self) -> None:
        self._write("\n".join([*self._picture(), "", ""]))

    def _picture(self) -> list[str]:
        canvas = picture.Canvas(self._stream, *size_of(self._stream))
        return picture.frame(self._sides, canvas)[: canvas.rows - 1]

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError as error:
            raise Unheard(f"cannot write to stdout: {error.strerror}") from None


def on(stream: TextIO, sides: Sequence[Side]) -> Lines | Drawn:
    columns, rows = size_of(stream)
    dumb = os.environ.get("TERM", "dumb") == "dumb" or not stream.isatty()
    small = columns < LEAST_COLUMNS or rows < LEAST_ROWS
    return Lines(sides) if dumb or small else Drawn(stream, sides)
