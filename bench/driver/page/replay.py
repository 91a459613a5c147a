"""The replay's data: recorded runs, packed small enough to travel inside the page."""

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any

from ..ask.cell import Cell
from ..ask.declaration import attribute
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
    if not pairs:
        return ""
    shown = [cell for group in pairs for cell, _ in group]
    text = json.dumps({
        "outcomes": OUTCOMES,
        "runs": [_packed(material, cell, samples, shown)
                 for group in pairs for cell, samples in group],
    }, separators=(",", ":"))  # fmt: skip
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _packed(
    material: Material, cell: Cell, samples: Sequence[Sample], among: Sequence[Cell]
) -> dict[str, Any]:
    ran = started(samples)
    starts = [_us(s.started_s) for s in ran]
    told = {} if len({str(c.varied) for c in among}) > 1 else cell.varied
    return {
        "name": names.design_name(names.without(cell, told), among),
        "tasks": cell.tasks, "capacity": cell.capacity, "waits": _waits(cell),
        "outage": [_us(at) for at in outage_s(cell)]
                  if "api-outage" in cell.options else [],
        "alike": [str(attribute(cell, k)) for k in material.experiment.compare_by],
        "look": material.looks[cell.design.key],
        "index": _steps([s.index for s in ran]),
        "due": _steps([_us(s.due_s) for s in ran]) if any(s.due_s for s in ran) else [],
        "start": _steps(starts),
        "time": [_us(s.finished_s) - start for s, start in zip(ran, starts)],
        "retries": sum(s.attempts - 1 for s in ran),
        "outcome": "".join(str(OUTCOMES.index(s.outcome)) for s in ran),
        # Of the tasks that never started: when they came, and turned back or stayed.
        **{key: _steps(sorted(_us(s.due_s) for s in samples if s.started_s is None
                              and (s.outcome == "shed") == shed))
           for key, shed in (("shed", True), ("never", False))},
    }  # fmt: skip


def _waits(cell: Cell) -> bool:
    """Whether a task under way may wait: in the API's queue, or to try again."""
    return cell.api_queue > 0 or int(cell.options.get("attempts", 1)) > 1


def _us(seconds: float) -> int:
    return round(seconds * 1e6)


def _steps(values: Sequence[int]) -> list[int]:
    """Each value less the one before: small numbers pack well."""
    return [value - before for value, before in zip(values, [0, *values])]
