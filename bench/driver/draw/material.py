"""What charts are made of: one finished experiment, its tables, and what they share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from ..ask.cell import Cell
from ..ask.experiment import Experiment
from ..ask.figures import OUTCOMES, figure_of
from ..reckon import tables, theory
from ..reckon.stats import Interval
from ..reckon.summarise import ratio
from ..reckon.summary import Ratio, Summaries, Summary
from ..run.run import Role, Run
from ..run.samples import Sample, read_samples
from .look import looks


class Pair(NamedTuple):
    """A cell, and the baseline that it is held against."""

    over: Summary
    base: Summary


class Curve(NamedTuple):
    """What theory says of one design, and where: rows of a table count from 0."""

    of: tuple[str, str, int | None]  # design, what is varied, tasks if they matter
    first: int
    last: int
    rows: list[tables.Row]


@dataclass(frozen=True)
class Material:
    """One finished experiment: its folder, its question, its runs, its summaries."""

    folder: Path
    experiment: Experiment
    runs: Sequence[Run]
    summaries: Summaries

    @cached_property
    def cells(self) -> list[Summary]:
        """Summaries with at least one counted run."""
        return [s for s in self.summaries.cells if s.n]

    @cached_property
    def looks(self) -> dict[str, int]:
        """The look of each design, by its key."""
        return looks([*self.experiment.cells, *self.experiment.samples])

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The row of each cell in the tables, by its name."""
        return tables.numbers_of(self.experiment)

    @cached_property
    def row_looks(self) -> list[int]:
        """The look of each row's design."""
        cells = (*self.experiment.samples, *self.experiment.cells)
        named = {cell.name: self.looks[cell.design.key] for cell in cells}
        return [named[name] for name in self.numbers]

    def of_cells(self, told: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Any]]:
        """What is told of cells by their names, as arrays over the rows of the tables:
        cell_x, ...; None, which gnuplot draws nowhere, for a cell that is not shown."""
        keys = dict.fromkeys(key for each in told.values() for key in each)
        rows = [told.get(name, {}) for name in self.numbers]
        found = {f"cell_{key}": [row.get(key) for row in rows] for key in keys}
        looks = [row.get("look", own) for row, own in zip(rows, self.row_looks)]
        return {**found, "cell_look": looks}

    @cached_property
    def recorded(self) -> dict[str, tuple[Cell, Sequence[Sample]]]:
        """Runs of which every task was written down, by the name of their cell."""
        kept = {cell.name: cell for cell in self.experiment.samples}
        return {
            run.cell.name: (kept.get(run.cell.name, run.cell),
                            read_samples(self.folder / str(run.samples)))
            for run in tables.recorded_runs(self.runs)
        }  # fmt: skip

    def tables_of(self, shown: Sequence[str]) -> dict[str, tables.Table]:
        """Every table; of the samples those shown, by their names."""
        recorded = [self.recorded[name] for name in dict.fromkeys(shown)]
        return tables.all_tables(self.experiment, self.runs, self.summaries, recorded)

    @cached_property
    def tables(self) -> Mapping[str, tables.Table]:
        """Those that need no samples."""
        return self.tables_of(())

    def curves(self, name: str) -> Iterator[Curve]:
        """Those of this name, as "wall over tasks"; the rows of each are together."""
        for (curve, *of), group in groupby(
            enumerate(self.tables["theory"].rows),
            lambda each: [each[1][k] for k in theory.Point._fields[:4]],
        ):
            if curve == name:
                numbers, rows = zip(*group)
                yield Curve(tuple(of), numbers[0], numbers[-1], list(rows))

    def value(self, summary: Summary, name: str) -> Interval | None:
        """A figure of a cell, or how many of its tasks ended in this way."""
        if name not in OUTCOMES:
            return summary.figures.get(name)
        count = summary.outcomes.get(name)
        return count and Interval(
            count.median, count.minimum, count.maximum, summary.n, None, count.minimum,
            count.maximum, "extremes",
        )  # fmt: skip

    def ratio(self, figure: str, over: Cell, under: Cell) -> Ratio:
        """One cell over another in any figure, block by block."""
        sides = (
            (cell, [r for r in self.runs if r.cell.name == cell.name], Role.MEASURE)
            for cell in (over, under)
        )
        return ratio(figure, *sides)

    @cached_property
    def pairs(self) -> list[Pair]:
        """Which cell is held against which baseline."""
        known = {s.cell.name: s for s in self.cells}
        found = dict.fromkeys(
            (r.cell.name, r.baseline.name) for r in self.summaries.ratios
        )
        return [
            Pair(known[a], known[b]) for a, b in found if a in known and b in known
        ]

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


def unit_of(name: str) -> str:
    return figure_of(name).unit
