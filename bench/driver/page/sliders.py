"""What the sliders show: measured marks, and theory for every position they have.

All curves are reckoned here, by reckon/theory.py; the page only looks them up.
"""

from __future__ import annotations

from typing import Any

from ..ask.cell import Cell, Design
from ..draw.material import Material
from ..reckon.theory import accepted_by_capacity, applies, log_steps, pool_s, threads_s
from ..run.constants import Constants
from ..say import names
from ..say.numbers import show_count, show_duration

TASKS = [round(n) for n in log_steps(10, 100_000, 33)]
WORKERS = (5, 10, 20, 50, 100, 200, 500, 1000)
SERVICE_S = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
CREATE_S = (1e-6, 3e-6, 1e-5, 3e-5, 1e-4)
CAPACITY = (10, 50, 200, 1000)
UNLIMITED = 0


def data(material: Material) -> dict[str, Any] | None:
    """None when there is nothing to move a theory under."""
    cells = [s for s in material.cells if s.cell.tasks and applies(s.cell)
             or s.cell.design.kind == "threads"]  # fmt: skip
    pools = [s.cell for s in cells if s.cell.workers]
    costs = material.summaries.costs
    one_time = len({s.cell.service_s for s in cells}) == 1
    if (
        not pools
        or not costs.create
        or not one_time
        or not all(applies(s.cell) for s in cells)
    ):
        return None
    first = max(pools, key=lambda cell: (cell.tasks, cell.workers))
    given = {
        "workers": _with(WORKERS, first.workers), "tasks": TASKS,
        "service_s": _with(SERVICE_S, first.service_s),
        "create_s": _with(CREATE_S, costs.create),
        "capacity": [*_with(CAPACITY, first.capacity or CAPACITY[1]), UNLIMITED],
    }  # fmt: skip
    at = {
        "workers": first.workers, "service_s": first.service_s,
        "create_s": costs.create,
        "capacity": first.capacity or UNLIMITED,
        "tasks": min(TASKS, key=lambda n: abs(n - first.tasks)),
    }  # fmt: skip
    return {
        "values": given, "words": {key: _words(key, given[key]) for key in given},
        "at": {key: given[key].index(value) for key, value in at.items()},
        "marks": [_mark(material, s) for s in cells if "inner_wall_s" in s.figures],
        "look": {"threads": material.looks.get("threads", 1),
                 "pool": material.looks[first.design.key]},
        **_curves(given, costs),
    }  # fmt: skip


def _with(steps: tuple[Any, ...], value: Any) -> list[Any]:
    """The positions of a slider, with the one that was measured."""
    return sorted({*steps, value})


def _words(key: str, values: list[Any]) -> list[str]:
    if key.endswith("_s"):
        return list(map(show_duration, values))
    return ["unlimited" if key == "capacity" and v == UNLIMITED else show_count(v)
            for v in values]  # fmt: skip


def _mark(material: Material, summary: Any) -> dict[str, Any]:
    return {"look": material.looks[summary.cell.design.key],
            "tasks": summary.cell.tasks,
            "name": names.cell_name(summary.cell),
            "seconds": summary.figures["inner_wall_s"].median}  # fmt: skip


def _curves(given: dict[str, list[Any]], costs: Constants) -> dict[str, Any]:
    """Wall times by [d][c] and, of pools, [d][c][W]; the accepted by [d][c][K]."""
    threads, pool, accepted = [], [], []
    for d in given["service_s"]:
        rows: tuple[list[Any], ...] = ([], [], [])
        for c in given["create_s"]:
            own = Constants(c, costs.overshoot_s, costs.hand_over_s)
            rows[0].append([_short(threads_s(n, d, own)) for n in TASKS])
            rows[1].append(
                [
                    [_short(pool_s(n, min(w, n), d, own)) for n in TASKS]
                    for w in given["workers"]
                ]
            )
            rows[2].append(
                [[_accepted(n, d, k, own) for n in TASKS] for k in given["capacity"]]
            )
        for table, row in zip((threads, pool, accepted), rows):
            table.append(row)
    return {"threads": threads, "pool": pool, "accepted": accepted}


def _accepted(tasks: int, service_s: float, capacity: int, costs: Constants) -> int:
    options: dict[str, Any] = {"service-time": f"{service_s * 1e9:.0f}ns"}
    if capacity:
        options["api-capacity"] = capacity
    cell = Cell("", Design("thread-per-task"), tasks, options=options)
    return round(accepted_by_capacity(cell, costs) or 0)


def _short(seconds: float) -> float:
    return float(f"{seconds:.3g}")
