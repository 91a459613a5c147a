"""Sizes to be played in virtual time, each with several seeds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, log, sqrt
from statistics import fmean

from ..ask.cell import Cell
from ..ask.quantities import plain_number
from ..ask.target import METRICS, Condition
from ..ask.typed import AskError
from ..reckon.service import FULL, held_of, offered_of, safe_size
from ..measure.by_its_own_clock import play_all
from ..run.run import Run
from .asked import SEEDS, Asked

MOST_SIZES, STEPS = 20_000, 12  # the largest pool; halvings between two sizes
LOADS = (0.5, 0.8, 0.95, 1.0, 1.05, 1.2, 1.5, 2, 3)  # W over what load keeps busy
BENT, BENDS = log(4), 4  # between two sizes, and how many of those are halved, twice
LIKE = 1.2  # what arrives, and what is made of it by retries and timeouts, is about one
LEAST = {"p99 wait": 1e-3, "lost": 1e-2, "goodput": 1e-2}  # below: no bend


@dataclass(frozen=True)
class Point:
    """A design of one size, played: its runs, one a seed."""

    design: str
    size: int | None
    runs: tuple[Run, ...]

    @property
    def cell(self) -> Cell:
        """With the mean of its service times as the program found it, which a file of
        latencies, or two quantiles, leave open."""
        run = self.runs[0]
        mean = f"{run.record['config']['service_time_ns']}ns"
        return replace(run.cell, options={**run.cell.options, "service-time": mean})

    @property
    def offered(self) -> float | None:
        """So many tasks would be in hand at once if none had to wait."""
        held = [held_of(run.cell, run.record) for run in self.runs]
        return None if None in held else fmean(held)

    def values(self, metric: str) -> list[float]:
        found = (METRICS[metric][1](run) for run in self.runs)
        return sorted(value for value in found if value is not None)

    def value(self, metric: str) -> float | None:
        """The median over the seeds."""
        values = self.values(metric)
        return values[len(values) // 2] if values else None

    def worst_value(self, condition: Condition) -> float | None:
        """Of the seed that is furthest from meeting it."""
        values = self.values(condition.metric)
        if len(values) < len(self.runs):
            return None
        return values[-1] if condition.below else values[0]

    def worst(self, target: Sequence[Condition]) -> Condition:
        """What is missed by most."""
        return max(target, key=lambda c: c.excess(self.worst_value(c)))

    @property
    def is_saturated(self) -> bool:
        """As much arrives as can be under way: the queue grows for as long as it lasts,
        unless there is room for no more."""
        endless = self.cell.options.get("when-full") != "reject"
        load = self.offered / self.size if self.offered and self.size else 0.0
        return endless and load >= FULL

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

    def try_out(self) -> None:
        """What makes no sense is found before anything takes long: with one task."""
        self.asked.cell("none")
        designs, programs = (("pool", 1), ("none", None)), self.asked.settings.programs
        cells = [self.asked.cell(*each, tasks=1) for each in designs]
        for design, each in zip(designs, play_all(programs, cells, [1])):
            offered = offered_of(Point(*design, each).cell)
            if offered is not None and not 0 < offered <= MOST_SIZES:
                calls = f"{plain_number(offered, 5)} calls at once arrive"
                raise AskError(f"{calls}: a plan is for up to {MOST_SIZES}")

    def play(self, design: str, sizes: Iterable[int | None]) -> list[Point]:
        """Each of these sizes, in order."""
        sizes = list(dict.fromkeys(sizes))
        missing = [size for size in sizes if (design, size) not in self.points]
        if missing:
            sizes_of = f"{design} of {', '.join(map(str, missing))}"
            self.say(f"playing: {'no bound' if design == 'none' else sizes_of}")
        cells = [self.asked.cell(design, size) for size in missing]
        runs = play_all(self.asked.settings.programs, cells, range(1, SEEDS + 1))
        for size, each in zip(missing, runs):
            self.points[design, size] = Point(design, size, each)
        return [self.points[design, size] for size in sizes]

    def pools(self) -> list[Point]:
        found = (p for p in self.points.values() if p.design == "pool")
        return sorted(found, key=lambda point: point.size)

    def sweep(self) -> list[Point]:
        """The sizes where something may change, and more where something does."""
        (unbounded,) = self.play("none", [None])
        self.play("pool", sizes_of(unbounded))
        for _ in range(2):
            pools = self.pools()
            bends = sorted(zip(pools, pools[1:]), key=lambda pair: -bend(*pair))
            self.play("pool", [
                round(sqrt(low.size * high.size)) for low, high in bends[:BENDS]
                if bend(low, high) > BENT and high.size - low.size > 1
            ])  # fmt: skip
        return self.pools()

    def smallest(self) -> Point | None:
        """The smallest pool that meets the target; sizes between are tried, too."""
        target, points = self.asked.target, self.sweep()
        if not any(point.meets(target) for point in points):
            self.between()
            points = self.pools()
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

    def between(self) -> None:
        """No size met the target. Where one condition is missed by fewer workers, and
        another by more, a size between may meet both."""
        target, pools = self.asked.target, self.pools()
        for low, high in zip(pools, pools[1:]):
            ends = [point.worst(target) for point in (low, high)]
            while ends[0] is not ends[1] and high.size - low.size > 1:
                (middle,) = self.play("pool", [(low.size + high.size) // 2])
                if middle.meets(target):
                    return
                is_low = middle.worst(target) is ends[0]
                low, high = (middle, high) if is_low else (low, middle)


def bend(low: Point, high: Point) -> float:
    """By how much the curves rise or fall between two sizes, beyond what the sizes
    explain: the logarithm of a ratio."""
    steps = [
        abs(log(max(high.value(m) or 0.0, least) / max(low.value(m) or 0.0, least)))
        for m, least in LEAST.items()
    ]
    return max(steps) - log(high.size / low.size)


def sizes_of(unbounded: Point) -> list[int]:
    """Sizes where something may change: around the load, capacity and rate."""
    cell = unbounded.cell
    loads = [load for load in (offered_of(cell), unbounded.offered) if load]
    if loads and max(loads) < LIKE * min(loads):
        del loads[1:]
    if not cell.arrivals_per_s:  # a batch: any size may be best
        most = max(1, min(cell.tasks, MOST_SIZES))
        found = {round(most ** (i / 12)) for i in range(13)}
    else:
        found = {ceil(load * offered) for load in LOADS for offered in loads}
    edges = [cell.capacity, safe_size(cell)]
    found |= {edge + more for edge in edges if edge for more in (0, 1, edge // 2)}
    return sorted(size for size in found if 1 <= size <= MOST_SIZES)
