"""What a plan finds: the smallest pool, the knee, where it collapses, what breaks next.

Pure, but for the player that is asked for one more load.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..measure.by_its_own_clock import play_all
from ..say.shortfall import off_target, shortfall
from .asked import Asked
from .play import Player, Point

MORE_LOAD = 1.5
AS_GOOD, COLLAPSED = 0.98, 0.9  # of the best goodput, or of the most served


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
        best, knee, fallen and (fallen, why(fallen)),
        hungry and (hungry, why(hungry)),
        breaks_next(asked, best) if best else "",
    )  # fmt: skip


def why(point: Point) -> str:
    return shortfall([run.record for run in point.runs], point.runs[0].cell)


def goodput(point: Point) -> float:
    return point.value("goodput") or 0.0


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
    return f"{off_target(worst, point.value(worst.metric))} ({why(point)})"
