"""Plays cells, each with several seeds, as many at once as there are CPUs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

from ..ask.cell import Cell
from ..ask.quantities import parse_rate
from ..ask.typed import AskError
from ..machine.programs import find
from ..run import record
from ..run.hyperfine import environment
from ..run.measure import Refused
from ..run.run import Role, Run
from ..run.session import utc_now
from .asked import METRICS, SEEDS, Asked, Condition

LIMIT_S, USAGE = 300, 2
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
    return sorted(size for size in found if 1 <= size <= MOST_SIZES)


def offered_of(cell: Cell) -> float | None:
    """Little: arrivals times the time of a task are so many calls at once."""
    rate = cell.arrivals_per_s
    return rate * cell.service_s if rate else None


def safe_size(cell: Cell) -> int | None:
    """The largest pool that stays below a limit of the rate: min(b, r d)."""
    if "api-rate" not in cell.options:
        return None
    calls = parse_rate(str(cell.options["api-rate"])) * cell.service_s
    return max(1, int(min(calls, int(cell.options.get("api-burst", 1)))))


def play_all(
    programs: Path, cells: Sequence[Cell], seeds: Sequence[int], at_once: int = 0
) -> list[tuple[Run, ...]]:
    """A run of each cell with each seed."""
    with ThreadPoolExecutor(at_once or len(os.sched_getaffinity(0))) as pool:
        made = [[pool.submit(_played, programs, c, seed) for seed in seeds]
                for c in cells]  # fmt: skip
        return [tuple(future.result() for future in each) for each in made]


def _played(programs: Path, cell: Cell, seed: int) -> Run:
    program = find(programs, cell.design.program)
    if program is None:
        raise Refused(f"the program {cell.design.program} has not been built")
    command = (cell.design.program, *cell.args, f"--seed={seed}", "--json=-")
    started = utc_now()
    try:
        done = subprocess.run(
            [str(program.resolve()), *command[1:]], capture_output=True, text=True,
            errors="replace", timeout=LIMIT_S, stdin=subprocess.DEVNULL,
            env=environment(),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Refused(f"{' '.join(command)}: it took over {LIMIT_S} s") from None
    said = (done.stderr.strip().splitlines() or ["it did not say why"])[0]
    if done.returncode == USAGE:
        raise AskError(said)
    if done.returncode:
        raise Refused(f"{cell.design.program} ended with {done.returncode}: {said}")
    try:
        found = record.parse(done.stdout)
        record.check(found, cell, None)
    except record.RecordError as error:
        raise Refused(f"{' '.join(command)}: {error}") from None
    return Run(cell, Role.MEASURE, seed, 1, started, command, None, found)
