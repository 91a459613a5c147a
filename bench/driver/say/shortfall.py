"""Words for a service: its metrics, and why a number of workers falls short."""

from collections.abc import Mapping, Sequence
from statistics import median_low
from typing import Any

from ..ask.cell import Cell
from ..ask.quantities import plain_number
from ..ask.target import METRICS, Condition
from ..reckon.service import FULL, offered_of, safe_size
from .numbers import show, show_count

# Besides rejected, in the order in which they are told.
ENDS = ("timed_out", "failed", "silent", "shed", "cancelled", "not_started")
SOME = 0.005  # of the tasks: what ends so often is a reason
MUCH = 0.3  # of the time
STORM = 1.5  # calls for each task
UNCONFIRMED = "real threads did not confirm it here"


def unconfirmed(confirmed: Sequence[Mapping[str, Any]], workers: int) -> bool:
    """Whether a plan's own runs with real threads missed its target, or could not check
    a condition of it."""
    ours = [c for c in confirmed if c["workers"] == workers]
    return any(c.get("misses") or c.get("unchecked") for c in ours)


def shown(metric: str, found: float | None) -> str:
    if found is None:
        return "–"
    unit = METRICS[metric][0]
    if unit == "share":
        return f"{plain_number(100 * found, 3)} %"
    if metric == "calls":
        return f"{found:.2f}"
    return show(unit, found) if found else "0"


def off_target(condition: Condition, found: float | None) -> str:
    """ "p99 wait is 3.1 s, not < 100ms"."""
    wanted = condition.text.removeprefix(condition.metric).strip()
    return f"{condition.metric} is {shown(condition.metric, found)}, not {wanted}"


def shortfall(
    records: Sequence[Mapping[str, Any]], cell: Cell, held: float | None = None
) -> str:
    """Why this many workers fall short, from what their runs recorded.

    held: how many tasks would have been in hand at once if none had had to wait.
    """
    told = []
    places, offered = min(cell.lanes, cell.capacity or cell.lanes), offered_of(cell)
    if held and places == cell.lanes:
        offered = held
    if offered and offered >= FULL * places:
        told.append(
            f"saturation: {show_count(round(offered))} calls at once arrive (load "
            f"{offered / places:.2f}), and {show_count(places)} can be served"
        )
    shares = {
        name: median_low(
            r["outcomes"].get(name, 0) / max(1, cell.tasks) for r in records
        )
        for name in ("rejected", *ENDS)
    }
    if shares["rejected"] > SOME:
        told.append(_rejections(cell, shares["rejected"]))
    calls = median_low(r["calls"] / max(1, cell.tasks) for r in records)
    if calls > STORM:
        told.append(f"retries: {calls:.1f} calls for each task")
    told += [
        f"{100 * shares[outcome]:.0f} % {outcome.replace('_', ' ')}"
        for outcome in ENDS if shares[outcome] > SOME
    ]  # fmt: skip
    creating = median_low(r["create_ns"] / max(1, r["wall_ns"]) for r in records)
    if creating > MUCH:
        told.append(f"creating them takes {100 * creating:.0f} % of the time")
    if offered and not told:
        return f"the load is {offered / places:.2f}"
    return "; ".join(told) or "too few at once: the work takes its rounds"


def _rejections(cell: Cell, share: float) -> str:
    safe, limits = safe_size(cell), []
    if cell.capacity and cell.lanes > cell.capacity:
        limits.append(f"the API serves {cell.capacity} at once")
    if safe and cell.lanes > safe:
        limits.append(f"its rate bears {safe} calls in step")
    told = f"{100 * share:.0f} % turned away"
    return f"{told}: {', and '.join(limits)}" if limits else told
