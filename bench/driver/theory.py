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

from .model import Cell, Summary
from .quantities import parse_duration_ns, parse_rate, parse_share

SMALL_PART = 0.05
DEFAULT_SERVICE_TIME, DEFAULT_HANG_TIME = "10ms", "30s"
# With one of these the tasks are not N equal calls that are there from the start, and
# all carried out: the theory above does not apply.
OTHER_WORK = {
    "distribution", "hang-rate", "arrivals", "api-rate", "api-slowdown", "api-outage",
    "attempts", "deadline", "timeout", "fail-fast", "limit-memory",
}  # fmt: skip
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
    creating_s = min(cell.tasks, lanes(cell)) * PLANNING_CREATE_S
    hanging_s = 0.0
    if hangs := ceil(cell.tasks * parse_share(str(cell.options.get("hang-rate", 0)))):
        hang_time = str(cell.options.get("hang-time", DEFAULT_HANG_TIME))
        hanging_s = ceil(hangs / lanes(cell)) * parse_duration_ns(hang_time) / 1e9
    return max(rounds_s(cell) + creating_s + hanging_s, arrivals_s(cell))


def arrivals_s(cell: Cell) -> float:
    """How long it takes until the last task has arrived: 0 for a batch."""
    _, _, rate = str(cell.options.get("arrivals", "batch")).partition(":")
    return cell.tasks / parse_rate(rate) if rate else 0.0


def theory_wall_s(cell: Cell, create_each_s: float | None) -> float | None:
    """The wall time of N equal calls that are all carried out.

    create_each_s: the measured cost of creating one thread; None leaves the line of
    thread-per-task undrawn.
    """
    if OTHER_WORK & cell.options.keys() or cell.tasks == 0:
        return None
    if cell.workers is not None or "max-threads" in cell.options:
        return rounds_s(cell)
    return (
        None if create_each_s is None else rounds_s(cell) + cell.tasks * create_each_s
    )


def over_theory(summary: Summary) -> float | None:
    """Measured over predicted wall time; None where that is no prediction, or in doubt.

    A rejected task ends sooner than d, so the last d of the theory may not be there; and
    rounds leave out what creating the workers takes. Either matters only where it is
    more than a small part of the whole.
    """
    over, theory_s = summary.over_theory, summary.theory_wall_s
    if over is None or theory_s is None or summary.fitted:
        return None
    small_s = SMALL_PART * theory_s
    lost = summary.outcomes["ok"].minimum < summary.cell.tasks
    created = summary.figures.get("create_s") if summary.cell.workers else None
    if lost and service_time_s(summary.cell) > small_s:
        return None
    return None if created and created.median > small_s else over


def bound_wall_s(cell: Cell, record: Mapping[str, Any]) -> float | None:
    """The least time in which these outcomes are possible; None: no bound known."""
    if cell.options.get("distribution", "fixed") != "fixed":
        return None
    outcomes = record["outcomes"]
    carried_out = outcomes["ok"] + outcomes["silent"]
    if carried_out == 0:
        return 0.0
    return ceil(carried_out / lanes(cell)) * service_time_s(cell)
