"""Two more tables of the samples: who was answered by when, and how many per second.

  answers  one row a step: curve ("started" or "answered"), time_s since the task was
           due, share of all tasks of the sample; a task that did not end well is never
           answered, so a curve may end below 1
  rates    one row a slot of a sample through an outage: time_s at which it begins,
           ok_per_s, tasks that ended well in it per second
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..ask.cell import Cell
from ..run.samples import Sample
from .outage import outage_s, rates, slot_s

STEPS = 200  # of a curve: more than a picture can show


def answers(cell: Cell, samples: Sequence[Sample]) -> Iterator[tuple[Any, ...]]:
    """The rows of one sample: curve, time_s, share."""
    started = [s.started_s - s.due_s for s in samples if s.started_s is not None]
    answered = [
        s.finished_s - s.due_s
        for s in samples
        if s.outcome == "ok" and s.finished_s is not None
    ]
    for curve, times_s in (("started", started), ("answered", answered)):
        ordered = sorted(times_s)
        kept = {round(i * len(ordered) / STEPS) for i in range(1, STEPS + 1)}
        for count in sorted(kept | {1} if ordered else ()):
            if count:
                yield curve, ordered[count - 1], count / len(samples)


def outage_rates(
    cell: Cell, samples: Sequence[Sample]
) -> Sequence[tuple[float, float]]:
    """The rows of one sample: time_s, ok_per_s; none where there is no outage."""
    if "api-outage" not in cell.options or not samples:
        return ()
    return rates(samples, outage_s(cell)[0], slot_s(cell))
