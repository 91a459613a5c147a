"""What the charts are made of, and the questions they all ask of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log10
from pathlib import Path

from ..ask.cell import Cell
from ..ask.experiment import Experiment
from ..reckon.summary import Ratio, Summaries, Summary
from ..run.run import Role, Run
from ..say.names import cell_name
from .look import looks
from .sheet import ChartError
from .words import left_out_words, sentence, show_setting


@dataclass(frozen=True)
class Material:
    """One finished comparison: its folder, its question, its runs, its summaries."""

    folder: Path
    experiment: Experiment
    runs: Sequence[Run]
    summaries: Summaries

    @cached_property
    def cells(self) -> list[Summary]:
        """Summaries with at least one counted run."""
        return [s for s in self.summaries.cells if s.n]

    @cached_property
    def looks(self) -> dict[int | None, int]:
        found = [*self.experiment.cells, *self.experiment.samples]
        return looks([*found, *(s.cell for s in self.summaries.cells)])

    @cached_property
    def designs(self) -> list[int | None]:
        """Designs by their workers: threads first, then the largest pool."""
        found = {s.cell.workers for s in self.cells}
        return sorted(found, key=lambda w: (w is not None, -(w or 0)))

    @cached_property
    def tasks(self) -> list[int]:
        return sorted({s.cell.tasks for s in self.cells})

    def of(self, workers: int | None) -> list[Summary]:
        """The cells of one design, by tasks."""
        ours = [s for s in self.cells if s.cell.workers == workers]
        return sorted(ours, key=lambda s: s.cell.tasks)

    def at(self, workers: int | None, tasks: int) -> Summary | None:
        return next((s for s in self.of(workers) if s.cell.tasks == tasks), None)

    def check_one_cell_each(self, chart: str) -> None:
        """Refuses material in which two cells would be one mark of this chart."""
        seen: dict[tuple[int | None, int], str] = {}
        for cell in (s.cell for s in self.cells):
            other = seen.setdefault((cell.workers, cell.tasks), cell_name(cell))
            if other != cell_name(cell):
                raise ChartError(f"{chart}: no place for both {other} and {cell_name(cell)}")

    def ratio(self, cell: Cell, figure: str) -> Ratio | None:
        """This cell over the baseline, if they ran in the same blocks."""
        found = (r for r in self.summaries.ratios if r.figure == figure)
        return next((r for r in found if r.cell.name == cell.name), None)

    @cached_property
    def samples(self) -> list[Run]:
        """Runs of which every task was written down."""
        return [
            run
            for run in self.runs
            if run.role is Role.SAMPLE and run.samples and run.problem is None
        ]

    def conditions(self, *extra: str) -> str:
        """The subtitle: what was run, and what was not."""
        return sentence(*extra, self.machine, left_out_words(self.summaries))

    @cached_property
    def machine(self) -> str:
        """ "2 CPUs, virtual, Linux 6.1", as far as the folder tells it."""
        try:
            facts = self.summaries.machine
            cpus, kernel = facts["cpu"]["usable"], facts["system"]["kernel"]
            virtual = ", virtual" if facts["cpu"]["virtual"] else ""
            version = ".".join(kernel.split(".")[:2])
        except (LookupError, TypeError, AttributeError):
            return ""
        return f"{cpus} CPU{'s' * (cpus != 1)}{virtual}, Linux {version}"

    @cached_property
    def task_axis(self) -> tuple[float, float]:
        """From below the fewest tasks to above the most; one number in the middle."""
        room = 6.0 if len(self.tasks) == 1 else 1.4
        return self.tasks[0] / room, self.tasks[-1] * room

    @cached_property
    def service_words(self) -> str:
        """ "d = 10 ms", when all cells agree on it."""
        times = {s.cell.service_s for s in self.summaries.cells}
        return f"d = {show_setting(times.pop())}" if len(times) == 1 else ""

    @cached_property
    def capacity(self) -> int | None:
        """Calls the API serves at once, when all cells agree on it."""
        found = {s.cell.options.get("api-capacity") for s in self.summaries.cells}
        return found.pop() if len(found) == 1 else None

    @property
    def create_each_s(self) -> float | None:
        """c: creating a thread, measured apart; else in the runs with the most."""
        return self.summaries.create_each_s


def ok_share(summary: Summary) -> float | None:
    """The share of tasks that went well, in the median run."""
    total = sum(count.median for count in summary.outcomes.values())
    return summary.outcomes["ok"].median / total if total else None


def decades(low: float, high: float) -> list[float]:
    """Powers of ten within the range."""
    first, last = int(log10(low)) - 2, int(log10(high)) + 2
    return [p for p in (10.0**k for k in range(first, last + 1)) if low <= p <= high]


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten; with 2 and 5 times them when there are few."""
    few = decades(low, high)
    if len(few) >= 3:
        return few
    finer = [m * p for p in decades(low / 10, high * 10) for m in (1.0, 2.0, 5.0)]
    return sorted(t for t in finer if low <= t <= high) or few


def spread_out(
    wanted: Sequence[float], apart: float, highest: float = 1.0
) -> list[float]:
    """Heights nearest to the wanted ones with at least `apart` between any two.

    Neighbours too close form a clump, which lies around the middle of its wishes; the
    uppermost ones are then pushed below `highest`.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    clumps: list[list[int]] = []
    for index in order:
        clumps.append([index])
        while len(clumps) > 1 and _low(clumps[-1], wanted, apart) < (
            _low(clumps[-2], wanted, apart) + len(clumps[-2]) * apart
        ):
            last = clumps.pop()
            clumps[-1].extend(last)
    placed = list(wanted)
    for clump in clumps:
        for step, index in enumerate(clump):
            placed[index] = _low(clump, wanted, apart) + step * apart
    ceiling = highest
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - apart
    return placed


def _low(clump: Sequence[int], wanted: Sequence[float], apart: float) -> float:
    """Where the lowest of a clump lies."""
    middle = sum(wanted[i] for i in clump) / len(clump)
    return middle - (len(clump) - 1) * apart / 2
