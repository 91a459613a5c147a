"""One run through an outage of the API: what arrived, and what was answered when."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from ..ask.cell import Cell
from ..ask.quantities import parse_duration_ns
from ..run.run import Run
from ..run.samples import Sample, makespan_s
from .summary import Count, Summary

SLOT_S = 0.1  # or half an outage, where that is less
RECOVERED = 0.8  # of what arrives


@dataclass(frozen=True)
class Recording:
    """One run of which every task is known, and what all runs of its cell counted."""

    run: Run
    samples: Sequence[Sample]
    summary: Summary | None

    @property
    def cell(self) -> Cell:
        return self.run.cell

    @cached_property
    def ok(self) -> Count:
        """Tasks that ended well: of all runs, or of this one if none counted."""
        if self.summary is not None and self.summary.n:
            return self.summary.outcomes["ok"]
        here = len(answered_s(self.samples))
        return Count(here, here, here)

    @property
    def runs(self) -> int:
        """How many it was counted in."""
        return self.summary.n if self.summary is not None else 0

    @property
    def calls_a_task(self) -> float:
        calls = sum(s.attempts for s in self.samples)
        return calls / len(self.samples) if self.samples else 0.0

    @cached_property
    def after_per_s(self) -> float | None:
        """Useful answers a second, once it could have recovered, while tasks arrive."""
        begin, end = settled_s(self.cell), last_arrival_s(self.samples)
        if end - begin < slot_s(self.cell):
            return None
        return sum(begin <= at < end for at in answered_s(self.samples)) / (end - begin)

    @property
    def recovers(self) -> bool | None:
        arriving = self.cell.arrivals_per_s
        if self.after_per_s is None or not arriving:
            return None
        return self.after_per_s >= RECOVERED * arriving


def outage_s(cell: Cell) -> tuple[float, float]:
    start, length = str(cell.options["api-outage"]).split(",")
    from_s = parse_duration_ns(start) / 1e9
    return from_s, from_s + parse_duration_ns(length) / 1e9


def settled_s(cell: Cell) -> float:
    """From when on it counts as after: the outage's length once more has passed."""
    start, end = outage_s(cell)
    return end + (end - start)


def slot_s(cell: Cell) -> float:
    """The width of a slot, so that the outage is made of whole ones."""
    start, end = outage_s(cell)
    return (end - start) / max(2, ceil((end - start) / SLOT_S - 1e-9)) or SLOT_S


def answered_s(samples: Sequence[Sample]) -> list[float]:
    """When each task ended that ended well."""
    ends = (s.finished_s for s in samples if s.outcome == "ok")
    return [at for at in ends if at is not None]


def last_arrival_s(samples: Sequence[Sample]) -> float:
    return max((s.due_s for s in samples), default=0.0)


def rates(
    samples: Sequence[Sample], edge_s: float, slot: float
) -> list[tuple[float, float]]:
    """(start of a slot, tasks that ended well in it per second); one starts at edge_s.

    The first slot may be shorter, for nothing is before 0.
    """
    ends = answered_s(samples)
    first = -ceil(edge_s / slot - 1e-9)
    last = int((makespan_s(samples) - edge_s) / slot + 1) + 1
    edges = [max(0.0, edge_s + number * slot) for number in range(first, last + 1)]
    found = []
    for low, high in zip(edges, edges[1:]):
        count = sum(low <= at < high for at in ends)
        found.append((round(low, 6), round(count / (high - low), 6)))
    # gnuplot's steps hold a value from its point on; the last one ends at nothing.
    return [*found, (round(edges[-1], 6), 0.0)]


def slots(cell: Cell, samples: Sequence[Sample]) -> Sequence[tuple[float, float]]:
    """Those of a sample; none where its cell knows no outage."""
    if "api-outage" not in cell.options or not samples:
        return ()
    return rates(samples, outage_s(cell)[0], slot_s(cell))
