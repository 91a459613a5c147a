"""The clerk: what a run asks of the stages after it, which it must not import.

A run measures. What it needs meanwhile of reckoning and of words is handed to it: how
long a cell should take, what is impossible, whether it is precise enough, the lines to
show. driver/conduct.py has the one there is; tests have simpler ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ..ask.cell import Cell
from ..ask.experiment import Experiment
from .run import Run


class Progress(Protocol):
    """Shows how far it is."""

    def say(self, line: str) -> None: ...
    def block(self, title: str, lines: Sequence[str]) -> None: ...
    def run(self, expected_s: float) -> None: ...
    def tick(self) -> None: ...
    def close(self) -> None: ...


class Clerk(Protocol):
    def progress(self, left_s: Callable[[], float]) -> Progress:
        """A display. left_s: how long all after the present run should take."""

    def name(self, cell: Cell) -> str:
        """What to call it on a terminal."""

    def expected_s(self, cell: Cell) -> float:
        """How long a run should take, before any was seen."""

    def patience_s(self, cell: Cell) -> float:
        """How much longer than several times that it may take, and not hang."""

    def bound_s(self, cell: Cell, record: Mapping[str, Any]) -> float | None:
        """The least time in which this record is possible."""

    def enough(
        self, experiment: Experiment, runs: Sequence[Run], resolve: float | None
    ) -> bool:
        """Whether the runs tell enough, so that no more blocks are needed.

        resolve: the difference that every comparison is to find, if one was asked for.
        """

    def medians(self, experiment: Experiment, runs: Sequence[Run]) -> Sequence[str]:
        """The figures so far, as lines."""

    def summarise(self, kept: Any) -> str:
        """The text of summary.csv. kept: a Stored."""

    def publish(self, kept: Any) -> Any:
        """Summary, charts and report, into the folder. Returns what it made."""
