"""What some experiments have to tell at the end besides the table and the ratios.

An experiment names its sections in its TOML file; each is lines for a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import environment, thread_cost, wording
from .layout import aligned
from .model import Run
from .quantities import show_bytes, show_count


def limits(runs: Sequence[Run]) -> list[str]:
    """Where thread creation ended, and where this machine would end it."""
    told = ["Where thread creation ended"]
    seen: dict[str, str] = {}
    for run in runs:
        if run.counts and run.record.get("limit"):
            count = show_count(run.record.get("threads_created", 0))
            seen[run.cell.label] = f"{run.cell.label}: {count} threads, {_limit(run)}"
    told += [f"  {line}" for line in seen.values()] or ["  nowhere in these runs"]
    rows = [(f"  {name}", show_count(n)) for n, name in environment.thread_limits()]
    alive = environment.threads_now()
    if alive is not None:
        rows.append(
            ("  (threads alive on the whole machine now", f"{show_count(alive)})")
        )
    return [*told, "What would end it on this machine", *aligned(rows)]


def _limit(run: Run) -> str:
    """The program's own word on what stopped it."""
    limit = run.record["limit"]
    return limit if isinstance(limit, str) else " ".join(map(str, limit.values()))


def cost_of_a_thread(runs: Sequence[Run]) -> list[str]:
    """Memory for each further thread, by kind, with its sum."""
    rows = [("What one more thread costs", "median [95 %]")]
    found = thread_cost.costs(runs)
    for variant in dict.fromkeys(cost.variant for cost in found):
        ours = [cost for cost in found if cost.variant == variant]
        rows.append((f"  {variant}", ""))
        for cost in ours:
            text = wording.interval_text(cost.bytes_each, "bytes")
            rows.append((f"    {cost.kind}", text))
        total = sum(cost.bytes_each.median for cost in ours)
        rows.append(("    in all", show_bytes(total)))
    return aligned(rows) if found else ["What one more thread costs: too few points"]


SECTIONS: dict[str, Callable[[Sequence[Run]], list[str]]] = {
    "limits": limits,
    "thread-cost": cost_of_a_thread,
}
