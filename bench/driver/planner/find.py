"""What a plan finds: the smallest pool, the knee, where it collapses, what breaks next.

Pure, but for the player that is asked for more sizes and for one more load.
"""

from dataclasses import dataclass, replace

from ..ask.quantities import plain_number
from ..ask.target import Condition
from ..measure.by_its_own_clock import play_all
from ..say.shortfall import off_target, shortfall
from . import gate
from .asked import Asked
from .play import Player, Point, sizes_of

MORE_LOAD = 1.5
AS_GOOD, COLLAPSED = 0.98, 0.9  # of the best goodput, or of the most served


@dataclass(frozen=True)
class Findings:
    best: Point | None  # the smallest pool that meets the target
    knee: Point  # the smallest with about the best goodput
    collapse: tuple[Point, str] | None  # the first beyond the knee, and why
    starved: tuple[Point, str] | None  # the largest that falls short below, and why
    unbounded: Point
    nearest: tuple[Point, str] | None  # where none meets the target, and what it lacks
    next_to_break: str = ""
    worse: tuple[str, list[float], list[float]] | None = None  # see gate.py


def findings(asked: Asked, player: Player) -> Findings:
    best, earlier = player.smallest(), asked.earlier
    if best is not None:
        player.play("pool", [s for s in (best.size - 1, best.size + 1) if s])
    (then,) = player.play("pool", [earlier.workers]) if earlier else [None]
    found = so_far(asked, player)
    sizes = [found.knee.size, (found.best or found.knee).size]
    player.play("semaphore", [*sizes_of(found.unbounded), *sizes])
    return replace(
        found,
        next_to_break=breaks_next(asked, found.best) if found.best else "",
        worse=then
        and gate.worse(earlier.values, seen(then, asked.target), asked.target),
    )


def so_far(asked: Asked, player: Player) -> Findings:
    """What follows from the sizes that have been played."""
    pools = player.pools()
    best = next((p for p in pools if p.meets(asked.target)), None)
    top = max(goodput(p) for p in pools)
    knee = next(p for p in pools if goodput(p) >= AS_GOOD * top)
    fallen = next((p for p in pools if p.size > knee.size and fell(p, pools)), None)
    hungry = next((p for p in reversed(pools) if p.size < knee.size), None)
    return Findings(
        best, knee, fallen and (fallen, why(fallen)),
        hungry and (hungry, why(hungry)),
        player.points["none", None], None if best else nearest(asked, pools),
    )  # fmt: skip


def fell(point: Point, pools: list[Point]) -> bool:
    """Far below the best goodput, or the most that is served."""
    top = max(goodput(p) for p in pools)
    served = max(1 - p.value("lost") for p in pools)
    return (
        goodput(point) < COLLAPSED * top
        or 1 - point.value("lost") < COLLAPSED * served
    )  # fmt: skip


def seen(point: Point, target: tuple[Condition, ...]) -> dict[str, list[float]]:
    return {c.metric: point.values(c.metric) for c in (*target, *gate.GOODPUT)}


def why(point: Point) -> str:
    return shortfall([run.record for run in point.runs], point.cell, point.offered)


def goodput(point: Point) -> float:
    return point.value("goodput") or 0.0


def missed(asked: Asked, point: Point) -> str:
    condition = point.worst(asked.target)
    value = point.worst_value(condition)
    if condition.is_met(value):  # only as so short a run ends before the queue does
        return why(point)
    return f"{off_target(condition, value)} ({why(point)})"


def nearest(asked: Asked, pools: list[Point]) -> tuple[Point, str]:
    """The pool that misses its worst condition by least."""

    def excess(point: Point) -> tuple[bool, float]:
        condition = point.worst(asked.target)
        return point.is_saturated, condition.excess(point.worst_value(condition))

    found = min(pools, key=excess)
    return found, missed(asked, found)


def breaks_next(asked: Asked, best: Point) -> str:
    """The condition that half as much load again breaks most, and why."""
    cell = best.cell
    changed = {"tasks": round(MORE_LOAD * cell.tasks)}
    if cell.arrivals_per_s:
        kind = str(asked.options["arrivals"]).partition(":")[0]
        rate = plain_number(MORE_LOAD * cell.arrivals_per_s)
        changed["arrivals"] = f"{kind}:{rate}/s"
    other = asked.cell("pool", best.size, **changed)
    (runs,) = play_all(asked.settings.programs, [other], [r.block for r in best.runs])
    point = Point("pool", best.size, runs)
    return (
        "nothing: the target holds"
        if point.meets(asked.target)
        else missed(asked, point)
    )
