"""Simulated against measured: cells in virtual time, over the threads they simulate.

The two have the same options but for the clock and its costs, and in each block the
same tasks; so their ratio is taken block by block, like any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..ask.cell import OF_VIRTUAL_TIME, SIMULATED_BY, Cell
from ..ask.figures import FIGURES
from ..run.run import Run
from .stats import Interval, ratio_interval

CLOSE = 0.05  # off 1: what a simulation is held to where theory leaves no choice
FIGURE_OF = {"time": "inner_wall_s", "wait": "queue_wait_mean_s"}
ASPECTS = ("time", "ok", "wait")  # ok: tasks served
LEAST = {"time": 0.0, "ok": 0.0, "wait": 0.5e-3}  # below it nothing can be compared
# What a cell is about, by an option that others do not have; the first that it has.
THEMES = {"deadline": "cancel", "attempts": "retry storm", "api-rate": "rate limit",
          "arrivals": "load"}  # fmt: skip
BATCH = "batch"


@dataclass(frozen=True)
class Twin:
    """A cell and the one that simulates it. ratios: by aspect, simulated / measured."""

    measured: Cell
    simulated: Cell
    theme: str
    ratios: Mapping[str, Interval]

    def off(self, aspect: str) -> float:
        found = self.ratios.get(aspect)
        return abs(found.median - 1) if found else 0.0

    @property
    def farthest(self) -> float:
        return max(map(self.off, ASPECTS))


def twins(cells: Sequence[Cell], runs: Sequence[Run]) -> list[Twin]:
    """Every pair of which some block has both; by theme, in the cells' order."""
    found = [
        Twin(one, two, theme_of(one), ratios)
        for one, two in pairs(cells)
        if (ratios := _ratios(one, two, runs))
    ]
    order = [BATCH, *reversed(THEMES.values())]
    return sorted(found, key=lambda twin: order.index(twin.theme))


def theme_of(cell: Cell) -> str:
    return next((THEMES[o] for o in THEMES if o in cell.options), BATCH)


def pairs(cells: Sequence[Cell]) -> Iterator[tuple[Cell, Cell]]:
    """Each measured cell that has one, with what simulates it."""
    simulated = {_asked(cell): cell for cell in cells if cell.is_virtual}
    for cell in cells:
        program = SIMULATED_BY.get(cell.design.program)
        if program and (other := simulated.get((program, *_asked(cell)[1:]))):
            yield cell, other


def _asked(cell: Cell) -> tuple[Any, ...]:
    options = {k: v for k, v in cell.options.items() if k not in OF_VIRTUAL_TIME}
    return (cell.design.program, cell.tasks, *sorted(map(str, options.items())))


def _ratios(one: Cell, two: Cell, runs: Sequence[Run]) -> dict[str, Interval]:
    measured, simulated = _by_block(one, runs), _by_block(two, runs)
    shared = sorted(measured.keys() & simulated.keys())
    found = {}
    for aspect in ASPECTS:
        values = [
            (value(aspect, simulated[b]), value(aspect, measured[b])) for b in shared
        ]
        if values and all(a and b and b > LEAST[aspect] for a, b in values):
            found[aspect] = ratio_interval([a / b for a, b in values])
    return found


def _by_block(cell: Cell, runs: Sequence[Run]) -> dict[int, Run]:
    return {run.block: run for run in runs if run.cell.name == cell.name and run.counts}


def value(aspect: str, run: Run) -> float | None:
    if aspect == "ok":
        return run.record["outcomes"]["ok"]
    return FIGURES[FIGURE_OF[aspect]].read(run)
