"""How far the run is, how long it will take, and the medians so far.

On a terminal: a bar and the medians, redrawn in place. Elsewhere: a line a block.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import TextIO

from .numbers import show_time
from .terminal import can_move, folded, shown_on, size_of, width_of

BAR, BESIDE = 30, 40  # columns of the bar, if as many are left for what matters more


class Progress:
    """Draws on stderr, so that stdout holds the results alone."""

    def __init__(
        self, left_s: Callable[[], float], stream: TextIO | None = None
    ) -> None:
        self._left_s = left_s  # how long the rest should take, not counting this run
        # Started with stderr closed, there is none.
        self._stream = stream or sys.stderr or open(os.devnull, "w", encoding="utf-8")
        self._live = can_move(self._stream)
        self._started = time.monotonic()
        self._run_ends = self._started
        self._title = ""
        self._medians: Sequence[str] = ()
        self._drawn = 0

    def say(self, line: str) -> None:
        """A line that stays."""
        self._erase()
        self._print(line)
        self._draw()

    def block(self, title: str, medians: Sequence[str]) -> None:
        """A block begins."""
        self._title, self._medians = title, medians
        if not self._live:
            self._print(f"{title}, about {show_time(self._left_s())} left")
            for line in medians:
                self._print("  " + line)

    def run(self, expected_s: float) -> None:
        """A run begins, and should take that long."""
        self._run_ends = time.monotonic() + expected_s
        self.tick()

    def tick(self) -> None:
        """Time has passed."""
        if self._live:
            self._erase()
            self._draw()

    def close(self) -> None:
        """Takes the bar away."""
        self._erase()
        self._medians, self._title = (), ""

    def _lines(self) -> list[str]:
        now = time.monotonic()
        left_s = self._left_s() + max(0.0, self._run_ends - now)
        done = (now - self._started) / max(now - self._started + left_s, 1e-9)
        columns, rows = size_of(self._stream)
        wide = max(4, min(BAR, columns - BESIDE))
        full = round(wide * done)
        bar = "█" * full + "░" * (wide - full)
        head = f"{bar} {done:4.0%}  {show_time(left_s)} left  {self._title}"
        lines = [head, *("  " + line for line in self._medians)]
        # A line that wraps, or scrolls away, could not be taken back.
        return [line[: columns - 1] for line in lines[: max(1, rows - 2)]]

    def _draw(self) -> None:
        if self._live and self._title:
            lines = self._lines()
            self._print("\n".join(lines))
            self._drawn = len(lines)

    def _erase(self) -> None:
        if self._drawn:
            self._write(f"\r\033[{self._drawn}A\033[J")
            self._drawn = 0

    def _print(self, text: str) -> None:
        width = width_of(self._stream)
        lines = [part for line in text.split("\n") for part in folded(line, width)]
        self._write(shown_on(self._stream, "\n".join(lines)) + "\n")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._live, self._drawn = False, 0  # nobody reads it; measuring goes on
