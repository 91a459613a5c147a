"""What some experiments have to tell at the end besides the table and the ratios.

An experiment names its sections in its TOML file; each makes lines for a terminal of
the runs and of environment.json, which describes the machine that ran them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..reckon import thread_cost
from ..run.run import Run
from . import sentences
from .names import cell_name, design_name
from .numbers import show_bytes, show_count
from .terminal import aligned


def limits(runs: Sequence[Run], machine: Mapping[str, Any]) -> list[str]:
    """Where thread creation ended, and where the machine would end it."""
    told = ["Where thread creation ended"]
    seen: dict[str, str] = {}
    for run in runs:
        if run.counts and run.record.get("limit"):
            count = show_count(run.record.get("threads_created", 0))
            name = cell_name(run.cell)
            seen[name] = f"{name}: {count} threads, {_limit(run)}"
    told += [f"  {line}" for line in seen.values()] or ["  nowhere in these runs"]
    known = machine.get("thread_limits") or {}
    rows = [(f"  {name}", show_count(limit)) for name, limit in known.items()]
    alive = (machine.get("state_before") or {}).get("threads_alive")
    if alive is not None:
        rows.append(
            ("  (threads alive on the whole machine before", f"{show_count(alive)})")
        )
    if rows:
        told += ["What would end it on that machine", *aligned(rows)]
    return told


def _limit(run: Run) -> str:
    """The program's own word on what stopped it."""
    limit = run.record["limit"]
    return limit if isinstance(limit, str) else " ".join(map(str, limit.values()))


def cost_of_a_thread(runs: Sequence[Run], machine: Mapping[str, Any]) -> list[str]:
    """Memory for each further thread, by kind, with its sum."""
    rows = [("What one more thread costs", "median [95 %]")]
    found = thread_cost.costs(runs)
    for variant in dict.fromkeys(design_name(cost.cell) for cost in found):
        ours = [cost for cost in found if design_name(cost.cell) == variant]
        rows.append((f"  {variant}", ""))
        for cost in ours:
            text = sentences.interval_text(cost.bytes_each, "bytes")
            rows.append((f"    {cost.kind}", text))
        total = sum(cost.bytes_each.median for cost in ours)
        rows.append(("    in all", show_bytes(total)))
    return aligned(rows) if found else ["What one more thread costs: too few points"]


EXTRAS: dict[str, Callable[[Sequence[Run], Mapping[str, Any]], list[str]]] = {
    "limits": limits,
    "thread-cost": cost_of_a_thread,
}
