"""What theory says of a service before it is run: load, goodput and waits over W."""

from __future__ import annotations

from ..ask.cell import Cell
from ..ask.quantities import parse_rate
from .erlang import Traffic, allen_cunneen

# Squared coefficients of variation of the service times that programs draw.
VARIATION = {"fixed": 0.0, "uniform": 1 / 3, "exponential": 1.0, "lognormal": 1.718}


def offered_of(cell: Cell) -> float | None:
    """Little: arrivals times the time of a task are so many calls at once."""
    rate = cell.arrivals_per_s
    return rate * cell.service_s if rate else None


def safe_size(cell: Cell) -> int | None:
    """The largest pool that stays below a limit of the rate: min(b, r d)."""
    if "api-rate" not in cell.options:
        return None
    calls = parse_rate(str(cell.options["api-rate"])) * cell.service_s
    return max(1, int(min(calls, int(cell.options.get("api-burst", 1)))))


def theory_of(cell: Cell, size: int) -> dict[str, float]:
    """What applies if no call is in vain: load, goodput, and waits of M/G/W about."""
    offered, places = offered_of(cell), min(size, cell.capacity or size)
    found = {"goodput": min(places, offered or places) / cell.service_s}
    if not offered:
        return found
    found |= {"load": offered / size, "in flight": min(offered, size)}
    variation = VARIATION.get(str(cell.options.get("distribution", "fixed")))
    if offered >= size or variation is None:
        return found
    traffic = Traffic(offered / size, size, cell.service_s)
    arrivals = 1.0 if str(cell.options["arrivals"]).startswith("poisson") else 0.0
    factor = allen_cunneen(arrivals, variation)
    waits = {f"p{p} wait": factor * traffic.wait_s(p / 100) for p in (50, 99)}
    return found | waits | {"mean wait": factor * traffic.mean_wait_s}


def lost_without_queue(cell: Cell) -> float | None:
    """Erlang's B: what an API with so many places turns away, if nobody waits."""
    offered = offered_of(cell)
    if not offered or not cell.capacity or offered >= 20 * cell.capacity:
        return None
    return Traffic(offered / cell.capacity, cell.capacity, cell.service_s).lost
