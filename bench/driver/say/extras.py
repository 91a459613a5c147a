"""What some experiments have to tell at the end besides the table and the ratios.

An experiment names its sections in its TOML file; each makes lines for a terminal of
the summaries and the runs.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from ..ask.cell import Cell
from ..ask.figures import FIGURES
from ..reckon import thread_cost
from ..reckon.erlang import short_run_mean_wait_s
from ..reckon.stats import Interval, median_interval
from ..reckon.summarise import ratio, side
from ..reckon.summary import Summaries
from ..reckon.theory import bound_wall_s, traffic_of
from ..run.run import Run
from . import sentences
from .names import cell_name, counted, design_name, tasks
from .numbers import show_bytes, show_count, show_duration, show_off
from .numbers import show_percent, show_ratio
from .terminal import aligned


def limits(summaries: Summaries, runs: Sequence[Run]) -> list[str]:
    """Where threads or descriptors ended, and where the machine would end threads."""
    told = ["Where threads or descriptors ended"]
    seen: dict[tuple[str, str], str] = {}
    for run in filter(lambda run: run.counts, runs):
        name, remote = cell_name(run.cell), run.record.get("remote") or {}
        if limit := run.record.get("limit"):
            created = FIGURES["threads_created"].read(run) or 0
            seen[name, "threads"] = f"{counted(created, 'thread')}, {limit}"
        if limit := remote.get("descriptor_limit"):
            seen[name, "files"] = f"calls found no descriptor, ulimit -n is {limit}"
    lines = [f"  {name}: {line}" for (name, _), line in seen.items()]
    told += lines or ["  nowhere in these runs"]
    known = summaries.machine.get("thread_limits") or {}
    rows = [(f"  {name}", show_count(limit)) for name, limit in known.items()]
    alive = (summaries.machine.get("state_before") or {}).get("threads_alive")
    if isinstance(alive, int):
        rows.append(
            ("  (threads alive on the whole machine before", f"{show_count(alive)})")
        )
    if rows:
        told += ["What would end it on that machine", *aligned(rows)]
    return told


def cost_of_a_thread(summaries: Summaries, runs: Sequence[Run]) -> list[str]:
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


def efficiency(summaries: Summaries, runs: Sequence[Run]) -> list[str]:
    """How near each pool comes to the least time possible, and what a thread costs."""
    rows = [("The least time possible, over the time it took", "median [95 %]")]
    for summary in summaries:
        of_cell = [run for run in runs if run.counts and run.cell == summary.cell]
        shares = [
            bound_wall_s(run.cell, run.record) / (run.record["wall_ns"] / 1e9)
            for run in of_cell
            if summary.bound_wall_s and run.record["wall_ns"]
        ]
        if shares and summary.cell.workers:
            found = median_interval(shares)
            rows.append((f"  {cell_name(summary.cell)}", _plain(found)))
    creating = []
    for summary in summaries:
        created = summary.figures.get("create_s")
        if created and summaries.constants.create_s and not summary.cell.workers:
            each_s = created.median / summary.cell.tasks
            over = each_s / summaries.constants.create_s
            told = f"{show_duration(each_s)}, {show_ratio(over)}×"
            creating.append((f"  {cell_name(summary.cell)}", told))
    if creating:
        rows += [("The time to create a thread, over bench/micro's", ""), *creating]
    return aligned(rows + _bounded_over_pools(summaries, runs))


def _bounded_over_pools(
    summaries: Summaries, runs: Sequence[Run]
) -> list[tuple[str, str]]:
    """What threads at most W at once take over a pool of W: what only a pool saves."""
    rows = []
    for one, pool in product([s.cell for s in summaries], repeat=2):
        if not one.design.bound or one.design.bound != pool.workers:
            continue
        if _apart_from_size(one) != _apart_from_size(pool):
            continue
        sides = [side(c, [r for r in runs if r.cell == c]) for c in (one, pool)]
        what = f"{design_name(one)} over {design_name(pool)}, {tasks(one.tasks)}"
        rows.append((what, "[95 %]"))
        for figure in ("wall_s", "rss_bytes", "create_s"):
            found = ratio(figure, *sides).interval
            if found is not None:
                label = FIGURES[figure].label
                rows.append((f"  {label}", sentences.ratio_text(found)))
    return rows


def _apart_from_size(cell: Cell) -> dict[str, Any]:
    sizes = ("workers", "max-threads")
    return {key: value for key, value in cell.options.items() if key not in sizes}


def _plain(found: Interval) -> str:
    """ "0.996 [0.995, 0.997]": three decimals tell where it is all near 1."""
    ends = "" if not found.known else f" [{found.low:.3f}, {found.high:.3f}]"
    return f"{found.median:.3f}{ends}"


def waits(summaries: Summaries, runs: Sequence[Run]) -> list[str]:
    """The mean wait in pools with random arrivals, beside what Erlang's formula says.

    A run starts with an empty queue, and ends: so theory is of runs as short as these.
    """
    rows = [("The mean wait in the queue", "load", "theory", "measured [95 %]", "")]
    for summary in summaries:
        traffic = traffic_of(summary.cell, summaries.costs)
        found = summary.figures.get("queue_wait_mean_s")
        if traffic is None or found is None:
            continue
        theory_s = short_run_mean_wait_s(traffic, summary.cell.tasks)
        far = max(abs(end - theory_s) for end in (found.low, found.high, found.median)
                  if end is not None)  # fmt: skip
        rows.append((
            f"  {cell_name(summary.cell)}", show_percent(traffic.load),
            show_duration(theory_s), sentences.interval_text(found, "s"),
            _near(far / theory_s) if theory_s else "",
        ))  # fmt: skip
    return aligned(rows)


def _near(off: float) -> str:
    return f"within {show_off(off)}" if off <= 1 else f"up to {show_off(off)} theory"


def plan(summaries: Summaries, runs: Sequence[Run]) -> list[str]:
    """The decision table of bench/run plan, which said it when it knew everything."""
    return list(summaries.machine.get("plan", ()))


EXTRAS: dict[str, Callable[[Summaries, Sequence[Run]], list[str]]] = {
    "limits": limits,
    "thread-cost": cost_of_a_thread,
    "efficiency": efficiency,
    "waits": waits,
    "plan": plan,
}
