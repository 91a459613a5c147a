"""What the sliders show: measured marks, and theory for every position they have.

All curves are reckoned here, by reckon/theory.py; the page only looks them up.
"""

from dataclasses import replace
from typing import Any

from ..ask.cell import Cell, Design
from ..draw.look import LOOKS
from ..draw.material import Material
from ..draw.words import share_note
from ..reckon.theory import accepted_by_capacity, applies, log_steps, pool_s, threads_s
from ..run.constants import Constants
from ..reckon.summary import Summary
from ..say.names import cell_name, short

TASKS = [round(n) for n in log_steps(10, 100_000, 33)]
WORKERS = (5, 10, 20, 50, 100, 200, 500, 1000)
SERVICE_S = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
CREATE_S = (1e-6, 3e-6, 1e-5, 3e-5, 1e-4)
CAPACITY = (10, 50, 200, 1000)
UNLIMITED = 0
MOST_NAMED = 3  # marks


def data(material: Material) -> dict[str, Any] | None:
    """None when there is nothing to move a theory under, which is of kernel threads."""
    cells = [s for s in material.cells if applies(s.cell) and not s.cell.is_virtual]
    pools = [
        s for s in cells if s.cell.design.kind == "pool" and "inner_wall_s" in s.figures
    ]
    costs = material.summaries.costs
    if not pools or not costs.create or len({s.cell.service_s for s in cells}) > 1:
        return None
    # It begins with the pool that was done first, of the most tasks.
    first = min(
        pools, key=lambda s: (-s.cell.tasks, s.figures["inner_wall_s"].median)
    ).cell
    looks = {"threads": material.looks.get("threads", 1),
             "pool": material.looks[first.design.key]}  # fmt: skip
    limit = first.capacity or UNLIMITED
    shown = [s for s in cells if TASKS[0] <= s.cell.tasks <= TASKS[-1]]
    measured = {s.cell.tasks for s in shown}
    given: dict[str, list[Any]] = {
        "tasks": sorted({*TASKS, *measured}),
        "workers": sorted({*WORKERS, first.workers}),
        "service_s": sorted({*SERVICE_S, first.service_s}),
        "create_s": sorted({*CREATE_S, costs.create}),
        "capacity": [*sorted({*CAPACITY, *([limit] if limit else [])}), UNLIMITED],
    }
    at = {
        "tasks": min(given["tasks"], key=lambda n: abs(n - first.tasks)),
        "workers": first.workers, "service_s": first.service_s,
        "create_s": costs.create, "capacity": limit,
    }  # fmt: skip
    return {
        "values": given,
        "at": {key: given[key].index(value) for key, value in at.items()},
        "marks": _marks(material, shown, looks),
        "look": {"threads": looks["threads"], "pool": [
            material.looks.get(replace(first.design, workers=w).key)
            for w in given["workers"]
        ]},
        **_curves(given, costs),
    }  # fmt: skip


def _marks(
    material: Material, cells: list[Summary], looks: dict[str, int]
) -> list[dict[str, Any]]:
    """What was measured; named is the last of each design that has no line, if their
    names have room."""
    marks = {}
    for s in sorted(cells, key=lambda s: s.cell.tasks):
        look = material.looks[s.cell.design.key]
        if "inner_wall_s" in s.figures:
            marks[s.cell.name] = {
                "look": look, "shape": LOOKS[look - 1].shape, "ok": share_note(s),
                "tasks": s.cell.tasks, "name": cell_name(s.cell),
                "seconds": s.figures["inner_wall_s"].median,
                "told": "" if look in looks.values() else short(s.cell.design),
            }  # fmt: skip
    last = {mark["look"]: mark for mark in marks.values()}
    room = len(last.keys() - looks.values()) <= MOST_NAMED
    return [
        {**mark, "told": mark["told"] if room and mark is last[mark["look"]] else ""}
        for mark in marks.values()
    ]


def _curves(given: dict[str, list[Any]], costs: Constants) -> dict[str, Any]:
    """By [d][c], then N: of pools by [W], too, w in step with c; accepted by [K]."""
    tasks = given["tasks"]
    curves: dict[str, list[Any]] = {"threads": [], "pool": [], "accepted": []}
    for d in given["service_s"]:
        each = [replace(costs, create_s=c, worker_s=costs.worker * c / costs.create)
                for c in given["create_s"]]  # fmt: skip
        curves["threads"].append(
            [[_short(threads_s(n, d, own)) for n in tasks] for own in each])
        curves["pool"].append(
            [[[_short(pool_s(n, w, d, own)) for n in tasks]
              for w in given["workers"]] for own in each])
        curves["accepted"].append(
            [[[_accepted(n, d, k, own) for n in tasks]
              for k in given["capacity"]] for own in each])
    return curves  # fmt: skip


def _accepted(tasks: int, service_s: float, capacity: int, costs: Constants) -> int:
    options: dict[str, Any] = {"service-time": f"{service_s * 1e9:.0f}ns"}
    if capacity:
        options["api-capacity"] = capacity
    cell = Cell("", Design("thread-per-task"), tasks, options=options)
    return round(accepted_by_capacity(cell, costs) or 0)


def _short(seconds: float) -> float:
    return float(f"{seconds:.3g}")
