"""What a plan finds: the smallest pool, the knee, where it collapses, what breaks next.

Pure, but for the player that is asked for one more load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..ask.cell import Cell
from ..ask.target import METRICS, Condition
from ..reckon.service import offered_of, safe_size
from ..run.by_its_own_clock import play_all
from ..say.numbers import show, show_count
from .asked import Asked
from .play import Player, Point

MORE_LOAD = 1.5
AS_GOOD, COLLAPSED = 0.98, 0.9  # of the best goodput, or of the most served
SOME = 0.01  # of the tasks: what ends so often is a reason
STORM = 1.5  # calls per task


@dataclass(frozen=True)
class Findings:
    best: Point | None  # the smallest pool that meets the target
    knee: Point  # the smallest with about the best goodput
    collapse: tuple[Point, str] | None  # the first beyond the knee, and why
    starved: tuple[Point, str] | None  # the largest that falls short below, and why
    next_to_break: str = ""


def findings(asked: Asked, player: Player) -> Findings:
    best = player.smallest()
    if best is not None:
        player.play("pool", [s for s in (best.size - 1, best.size + 1) if s])
    pools = sorted((p for p in player.points.values() if p.design == "pool"),
                   key=lambda p: p.size)  # fmt: skip
    sizes = [p.size for p in pools]
    player.play("semaphore", sizes)
    player.play("none", [None])
    top = max(goodput(p) for p in pools)
    knee = next(p for p in pools if goodput(p) >= AS_GOOD * top)
    served = max(1 - p.value("lost") for p in pools)
    beyond = (
        p for p in pools if p.size > knee.size
        and (goodput(p) < COLLAPSED * top or 1 - p.value("lost") < COLLAPSED * served)
    )  # fmt: skip
    below = [p for p in pools if p.size < knee.size]
    fallen, hungry = next(beyond, None), below[-1] if below else None
    return Findings(
        best, knee, fallen and (fallen, reason(asked, fallen)),
        hungry and (hungry, reason(asked, hungry)),
        breaks_next(asked, best) if best else "",
    )  # fmt: skip


def goodput(point: Point) -> float:
    return point.value("goodput") or 0.0


def reason(asked: Asked, point: Point) -> str:
    """Why this size falls short, from what its runs recorded."""
    cell, told = point.runs[0].cell, []
    places = min(point.size or cell.tasks, cell.capacity or cell.tasks)
    offered = offered_of(cell)
    if offered and offered >= places:
        told.append(
            f"saturation: {show_count(round(offered))} calls at once arrive (load "
            f"{offered / places:.2f}), and {show_count(places)} can be served"
        )
    if share_of(point, "rejected") > SOME:
        told.append(_rejections(cell, point))
    if (calls := point.value("calls") or 0.0) > STORM:
        told.append(f"retries: {calls:.1f} calls for each task")
    for outcome in ("timed_out", "failed"):
        if (share := share_of(point, outcome)) > SOME:
            told.append(f"{100 * share:.0f} % {outcome.replace('_', ' ')}")
    return "; ".join(told) or "too few at once: the work takes its rounds"


def _rejections(cell: Cell, point: Point) -> str:
    share, safe = share_of(point, "rejected"), safe_size(cell)
    told = f"{100 * share:.0f} % turned away"
    if safe and (point.size or cell.tasks) > safe:
        return f"{told}: the API's rate bears {safe} workers"
    if cell.capacity and (point.size or cell.tasks) > cell.capacity:
        return f"{told}: the API serves {cell.capacity} at once"
    return told


def share_of(point: Point, outcome: str) -> float:
    found = sorted(
        run.record["outcomes"][outcome] / max(1, run.cell.tasks) for run in point.runs
    )
    return found[len(found) // 2]


def breaks_next(asked: Asked, best: Point) -> str:
    """The condition that half as much load again breaks most, and why."""
    cell = best.runs[0].cell
    changed = {"tasks": round(MORE_LOAD * cell.tasks)}
    if cell.arrivals_per_s:
        kind = str(asked.options["arrivals"]).partition(":")[0]
        changed["arrivals"] = f"{kind}:{MORE_LOAD * cell.arrivals_per_s:g}/s"
    other = asked.cell("pool", best.size, **changed)
    (runs,) = play_all(asked.settings.programs, [other], [r.block for r in best.runs])
    point = replace(best, runs=runs)
    worst = max(asked.target, key=lambda c: c.excess(point.value(c.metric)))
    if point.meets(asked.target):
        return "nothing: the target holds"
    why = reason(asked, point)
    return f"{told(worst, point.value(worst.metric))} ({why})"


def told(condition: Condition, found: float | None) -> str:
    """ "p99 wait is 3.1 s, not < 100ms"."""
    wanted = condition.text.removeprefix(condition.metric).strip()
    return f"{condition.metric} is {shown(condition.metric, found)}, not {wanted}"


def shown(metric: str, found: float | None) -> str:
    if found is None:
        return "–"
    unit = METRICS[metric][0]
    if unit == "share":
        return f"{100 * found:.3g} %"
    if metric == "calls":
        return f"{found:.2f}"
    return show(unit, found) if found else "0"
