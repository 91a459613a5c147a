"""What the wall time should be, and what it cannot be less than.

  worker pool        ceil(N / W) d          rounds of W equal tasks
  thread per task    d + N c                creation is serial, c measured in the run
  physical bound     max(sum p / W, p_max)  nobody can be faster than full use

The bound holds for calls the API carried out; a rejected call takes less than d.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from .model import Cell
from .quantities import parse_duration_ns

DEFAULT_SERVICE_TIME = "10ms"
# A plan needs a creation cost before any was measured: a generous 60 us a thread.
PLANNING_CREATE_S = 60e-6


def service_time_s(cell: Cell) -> float:
    text = str(cell.options.get("service-time", DEFAULT_SERVICE_TIME))
    return parse_duration_ns(text) / 1e9


def lanes(cell: Cell) -> int:
    """How many tasks can be under way at once."""
    if cell.workers is not None:
        return cell.workers
    return int(cell.options.get("max-threads", cell.tasks)) or 1


def rounds_s(cell: Cell) -> float:
    """ceil(N / W) d: the rounds that equal tasks take."""
    return ceil(cell.tasks / lanes(cell)) * service_time_s(cell)


def planned_wall_s(cell: Cell) -> float:
    """A guess for plans and timeouts, before anything was run."""
    return rounds_s(cell) + min(cell.tasks, lanes(cell)) * PLANNING_CREATE_S


def theory_wall_s(cell: Cell, create_each_s: float | None) -> float | None:
    """The wall time of N equal calls that are all carried out.

    create_each_s: the measured cost of creating one thread; None leaves the line of
    thread-per-task undrawn. Random service times have bounds, not one value.
    """
    if cell.options.get("distribution", "fixed") != "fixed" or cell.tasks == 0:
        return None
    if cell.workers is not None or "max-threads" in cell.options:
        return rounds_s(cell)
    return None if create_each_s is None else rounds_s(cell) + cell.tasks * create_each_s


def bound_wall_s(cell: Cell, record: Mapping[str, Any]) -> float | None:
    """The least time in which these outcomes are possible; None: no bound known."""
    if cell.options.get("distribution", "fixed") != "fixed":
        return None
    outcomes = record["outcomes"]
    carried_out = outcomes["ok"] + outcomes["silent"]
    if carried_out == 0:
        return 0.0
    return ceil(carried_out / lanes(cell)) * service_time_s(cell)
