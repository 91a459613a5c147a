"""The replay's data: recorded runs, packed small enough to travel inside the page."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any

from ..ask.figures import OUTCOMES
from ..draw.material import Material
from ..run.run import Run
from ..run.samples import Sample, SamplesError, read_samples
from ..say.names import design_name

MOST_TASKS = 10_000  # of one run; more would make the page heavy


def data(material: Material) -> str:
    """Every recorded comparison as deflated JSON in base64; "" when there is none."""
    runs = [_packed(material, run) for run in _paired(material)]
    runs = [run for run in runs if run is not None]
    if not runs:
        return ""
    whole = {"capacity": material.capacity, "outcomes": OUTCOMES, "runs": runs}
    text = json.dumps(whole, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _paired(material: Material) -> list[Run]:
    """Recorded runs of as many tasks as both kinds of design recorded."""
    found = [r for r in material.samples if 0 < r.cell.tasks <= MOST_TASKS]
    threads = {r.cell.tasks for r in found if r.cell.workers is None}
    pools = {r.cell.tasks for r in found if r.cell.workers is not None}
    kept = [r for r in found if r.cell.tasks in threads & pools]
    return sorted(kept, key=lambda r: (r.cell.tasks, r.cell.workers or 0))


def _packed(material: Material, run: Run) -> dict[str, Any] | None:
    try:
        samples = read_samples(material.folder / run.samples)
    except SamplesError:
        return None  # the charts of these samples say what is wrong with them
    ran = [s for s in samples if s.started_s is not None and s.finished_s is not None]
    ran.sort(key=lambda s: (s.started_s, s.index))
    starts = [_us(s.started_s) for s in ran]
    return {
        "name": design_name(run.cell),
        "workers": run.cell.workers,
        "tasks": run.cell.tasks,
        "look": material.looks[run.cell.workers],
        "index": _steps([s.index for s in ran]),
        "due": _steps([_us(s.due_s) for s in ran]) if any(s.due_s for s in ran) else [],
        "start": _steps(starts),
        "time": [_us(s.finished_s) - start for s, start in zip(ran, starts)],
        "lane": [s.lane for s in ran] if run.cell.workers else [],
        "outcome": "".join(str(OUTCOMES.index(s.outcome)) for s in ran),
        "never": _never_started(samples),
    }


def _us(seconds: float) -> int:
    return round(seconds * 1e6)


def _steps(values: Sequence[int]) -> list[int]:
    """Each value less the one before: small numbers pack well."""
    return [value - before for value, before in zip(values, [0, *values])]


def _never_started(samples: Sequence[Sample]) -> list[int]:
    """How many tasks ended in each outcome without having been started."""
    never = [s.outcome for s in samples if s.started_s is None or s.finished_s is None]
    return [never.count(outcome) for outcome in OUTCOMES]
