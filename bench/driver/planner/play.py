"""Sizes to be played in virtual time, each with several seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

from ..ask.target import METRICS, Condition
from ..ask.typed import AskError
from ..reckon.service import offered_of, safe_size
from ..measure.by_its_own_clock import play_all
from ..run.run import Run
from .asked import SEEDS, Asked

MOST_SIZES, STEPS = 20_000, 12  # the largest pool; halvings between two sizes
LOADS = (0.5, 0.8, 0.95, 1.0, 1.05, 1.2, 1.5, 2, 3)  # W over what load keeps busy


@dataclass(frozen=True)
class Point:
    """A design of one size, played: its runs, one a seed."""

    design: str
    size: int | None
    runs: tuple[Run, ...]

    def values(self, metric: str) -> list[float]:
        found = (METRICS[metric][1](run) for run in self.runs)
        return sorted(value for value in found if value is not None)

    def value(self, metric: str) -> float | None:
        """The median over the seeds."""
        values = self.values(metric)
        return values[len(values) // 2] if values else None

    @property
    def is_saturated(self) -> bool:
        """As much arrives as can be under way: the queue grows for as long as it lasts."""
        offered = offered_of(self.runs[0].cell)
        return bool(offered and self.size and offered >= self.size)

    def meets(self, target: Sequence[Condition]) -> bool:
        """With every seed; and not only because the run ended before the queue did."""
        return not self.is_saturated and all(
            condition.is_met(METRICS[condition.metric][1](run))
            for condition in target for run in self.runs
        )  # fmt: skip


@dataclass
class Player:
    """Plays in virtual time; what was played once is not played again."""

    asked: Asked
    say: Callable[[str], None] = lambda text: None
    points: dict[tuple[str, int | None], Point] = field(default_factory=dict)

    def play(self, design: str, sizes: Iterable[int | None]) -> list[Point]:
        """Each of these sizes, in order."""
        sizes = list(dict.fromkeys(sizes))
        missing = [size for size in sizes if (design, size) not in self.points]
        if missing:
            self.say(f"{design}: {', '.join(str(s or 'no bound') for s in missing)}")
        cells = [self.asked.cell(design, size) for size in missing]
        runs = play_all(self.asked.settings.programs, cells, range(1, SEEDS + 1))
        for size, each in zip(missing, runs):
            self.points[design, size] = Point(design, size, each)
        return [self.points[design, size] for size in sizes]

    def smallest(self) -> Point | None:
        """The smallest pool that meets the target; sizes between are tried, too."""
        target, points = self.asked.target, self.play("pool", sizes_of(self.asked))
        found = next((i for i, p in enumerate(points) if p.meets(target)), None)
        if found is None:
            return None
        low, best = points[found - 1].size if found else 0, points[found]
        for _ in range(STEPS):
            if best.size - low <= 1:
                break
            (middle,) = self.play("pool", [(low + best.size) // 2])
            low, best = (low, middle) if middle.meets(target) else (middle.size, best)
        return best


def sizes_of(asked: Asked) -> list[int]:
    """Sizes where something may change: around the load, capacity and rate."""
    cell = asked.cell("pool", 1)
    offered = offered_of(cell)
    if offered is None:  # a batch: any size may be best
        most = max(1, min(cell.tasks, MOST_SIZES))
        found = {round(most ** (i / 12)) for i in range(13)}
    else:
        found = {ceil(load * offered) for load in LOADS}
    edges = [cell.capacity, safe_size(cell)]
    found |= {edge + more for edge in edges if edge for more in (0, 1, edge // 2)}
    sizes = sorted(size for size in found if 1 <= size <= MOST_SIZES)
    if not sizes:
        raise AskError(f"{offered:g} calls at once arrive: a plan is for 1 to {MOST_SIZES}")
    return sizes
