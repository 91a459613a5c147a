"""The replay's data: recorded runs, packed small enough to travel inside the page."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any

from ..ask.cell import Cell
from ..ask.figures import OUTCOMES
from ..draw.material import Material
from ..draw.view import grouped
from ..reckon.outage import outage_s
from ..run.samples import Sample, SamplesError, started
from ..say import names

MOST_TASKS = 10_000  # of one run; more would make the page heavy


def data(material: Material) -> str:
    """Every recorded comparison as deflated JSON in base64; "" when there is none."""
    try:
        recorded = list(material.recorded.values())
    except SamplesError:
        return ""  # the charts of these samples say what is wrong with them
    found = [(c, s) for c, s in recorded if 0 < c.tasks <= MOST_TASKS and started(s)]
    # Beside each other stand runs of as many tasks: two designs, or settings, of them.
    pairs = [group for group in grouped(found, lambda each: each[0].tasks).values()
             if len(group) > 1]  # fmt: skip
    runs = [
        _packed(material, cell, samples) for group in pairs for cell, samples in group
    ]
    if not runs:
        return ""
    cell = pairs[0][0][0]
    outage = [_us(at) for at in outage_s(cell)] if "api-outage" in cell.options else []
    whole = {"capacity": cell.capacity, "outage": outage, "outcomes": OUTCOMES,
             "runs": runs, **_opening(runs)}  # fmt: skip
    text = json.dumps(whole, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _opening(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Which two it opens on: the run that lost most, at a number of tasks that is not
    too large to be seen, and the one beside it that lost least."""
    lost = {i: sum(mark != "0" for mark in run["outcome"]) / run["tasks"]
            for i, run in enumerate(runs) if run["tasks"] <= 1000}  # fmt: skip
    first = max(lost or {0: 0.0}, key=lambda i: (lost.get(i, 0.0), runs[i]["tasks"]))
    others = [i for i, run in enumerate(runs)
              if run["tasks"] == runs[first]["tasks"] and i != first]  # fmt: skip
    best = min(others, key=lambda i: (lost.get(i, 0.0), -len(set(runs[i]["lane"]))))
    return {"first": first, "second": best}


def _packed(
    material: Material, cell: Cell, samples: Sequence[Sample]
) -> dict[str, Any]:
    ran = started(samples)
    starts = [_us(s.started_s) for s in ran]
    never = [s.outcome for s in samples if s.started_s is None or s.finished_s is None]
    return {
        "name": names.design_name(cell, [c for c, _ in material.recorded.values()]),
        "bounded": bool(cell.workers or cell.design.bound),
        "tasks": cell.tasks,
        "look": material.looks[cell.design.key],
        "index": _steps([s.index for s in ran]),
        "due": _steps([_us(s.due_s) for s in ran]) if any(s.due_s for s in ran) else [],
        "start": _steps(starts),
        "time": [_us(s.finished_s) - start for s, start in zip(ran, starts)],
        "lane": [s.lane for s in ran] if cell.workers else [],
        "retries": sum(s.attempts - 1 for s in ran),
        "outcome": "".join(str(OUTCOMES.index(s.outcome)) for s in ran),
        "never": [never.count(outcome) for outcome in OUTCOMES],
    }


def _us(seconds: float) -> int:
    return round(seconds * 1e6)


def _steps(values: Sequence[int]) -> list[int]:
    """Each value less the one before: small numbers pack well."""
    return [value - before for value, before in zip(values, [0, *values])]
