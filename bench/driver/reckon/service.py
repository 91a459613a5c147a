"""What theory says of a service before it is run: load, goodput and waits over W."""

from collections.abc import Mapping
from math import exp, inf
from typing import Any

from ..ask.cell import Cell
from ..ask.quantities import parse_rate
from .erlang import Traffic, allen_cunneen, behind_queue

# Squared coefficients of variation of the service times that programs draw.
VARIATION = {
    "fixed": 0.0,
    "uniform": 1 / 3,
    "exponential": 1.0,
    "lognormal": exp(1) - 1,
}
FULL = 0.995  # from this load on a queue grows for as long as anybody would watch


def variation_of(cell: Cell) -> float | None:
    """None: of a file of latencies, which only the programs read."""
    if cell.lognormal is not None:
        return exp(cell.lognormal[1] ** 2) - 1
    return VARIATION.get(cell.distribution)


def offered_of(cell: Cell) -> float | None:
    """Little: arrivals times the time of a task are so many calls at once."""
    rate = cell.arrivals_per_s
    return cell.at_once(rate) if rate else None


def held_of(cell: Cell, record: Mapping[str, Any]) -> float | None:
    """The same with what became of the tasks: retries, pauses and timeouts included."""
    rate, outcomes = cell.arrivals_per_s, record["outcomes"]
    answered = outcomes["ok"] + outcomes["silent"]
    unstarted = outcomes["not_started"] + outcomes.get("shed", 0)
    started = sum(outcomes.values()) - unstarted
    # Of those that were cancelled nobody tells how many had been started.
    if not rate or not started or outcomes["cancelled"]:
        return None

    def total_s(name: str, count: int) -> float:
        return (record[name]["mean"] or 0) / 1e9 * count

    busy_s = (
        total_s("latency_ns", answered)
        + total_s("failed_latency_ns", started - answered)
        - total_s("queue_wait_ns", started)
    )
    return rate * busy_s / started


def safe_size(cell: Cell) -> int | None:
    """The largest pool that stays below a limit of the rate: min(b, r d)."""
    if "api-rate" not in cell.options:
        return None
    calls = cell.at_once(parse_rate(str(cell.options["api-rate"])))
    return max(1, int(min(calls, cell.api_burst)))


def _at_random(cell: Cell) -> bool:
    return str(cell.options.get("arrivals")).startswith("poisson")


def theory_of(cell: Cell, size: int) -> dict[str, float]:
    """What applies if no call is in vain: load, goodput, and waits of M/G/W about."""
    if not cell.service_s:
        return {}
    offered, places = offered_of(cell), min(size, cell.capacity or size)
    found = {"goodput": min(places, offered or places) / cell.service_s}
    if not offered:
        return found
    found |= {"load": offered / size, "in flight": min(offered, size)}
    variation = variation_of(cell)
    if offered >= size or variation is None:
        return found
    traffic = Traffic(offered / size, size, cell.service_s)
    factor = allen_cunneen(float(_at_random(cell)), variation)
    waits = {f"p{p} wait": factor * traffic.wait_s(p / 100) for p in (50, 99)}
    if _at_random(cell):  # Erlang's C; who comes evenly may find nobody waiting
        found |= {"waiting": traffic.waiting, "factor": factor}
    return found | waits | {"mean wait": factor * traffic.mean_wait_s}


def lost_at_api(cell: Cell) -> float | None:
    """What an API with K places turns away if nothing else bounds the calls, which come
    at random: Erlang's B, and with a queue M/M/K."""
    offered, places = offered_of(cell), cell.capacity
    if not offered or not places or offered >= 20 * places or not _at_random(cell):
        return None
    if cell.api_queue == inf:
        return 0.0 if offered < places else None
    traffic = Traffic(offered / places, places, cell.service_s)
    return behind_queue(traffic, int(cell.api_queue))[0]
