"""Graham's bounds: between which times a pool is done with its tasks, in any order."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Run
from .samples import Sample, started

Bounds = tuple[float, float] | None


def bounds_s(run: Run, samples: Sequence[Sample]) -> Bounds:
    """A pool's bounds in seconds; a thread each has no order to choose."""
    if run.cell.workers is None or not started(samples):
        return None
    return graham_bounds_s(samples, run.cell.workers)


def graham_bounds_s(samples: Sequence[Sample], workers: int) -> tuple[float, float]:
    """Between which times any order of these tasks ends, if no worker idles."""
    times = [s.finished_s - s.started_s for s in started(samples)]
    if not times:
        return 0.0, 0.0
    mean, longest = sum(times) / workers, max(times)
    return max(mean, longest), mean + (1 - 1 / workers) * longest
