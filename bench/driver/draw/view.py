"""A chart's view of the material: its cells in panels and series, as it is declared.

A series is what one line would join: cells that differ in x alone. Where the cells
differ in something else, too, and that takes two or three values, each value has a
panel of its own; what is left is told in the series' names.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self, TypeVar

from ..ask.cell import COSTS, Cell, clock_of
from ..ask.declaration import Declaration, attribute, chosen, differing, series_of
from ..ask.declaration import split_of, x_of, y_of
from ..ask.quantities import measured
from ..reckon.stats import Interval
from ..reckon.summary import Summary
from ..run.samples import started
from ..say import names
from .material import Material, unit_of

# Settings that are better said in words of their own.
PHRASES = {
    "cancel": {"none": "when nobody listens", "between": "when listening between tasks",
               "within": "when listening within the call", "None": "as by default"},
    "join": {"True": "joined at the end", "None": "detached", "False": "detached"},
    "stack-size": {"None": "the usual stack"},
    "api-capacity": {"None": "API without a limit"},
    "api-keeps-working": {"None": "API drops abandoned calls"},
    "api": {"None": "the API simulated",
            **{value: f"the {told}" for value, told in names.REAL_APIS.items()}},
    "clock": {"None": "measured", "virtual": "simulated"},
}  # fmt: skip
T, K = TypeVar("T"), TypeVar("K", bound=Hashable)


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Items by a key, in the order of their first."""
    found: dict[K, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


@dataclass(frozen=True)
class Series:
    """One design in one panel: its cells by x."""

    name: str
    look: int
    cells: tuple[Summary, ...]


@dataclass(frozen=True)
class Panel:
    """What stands on one pair of axes. words: its setting; "" if there is but one."""

    words: str
    figure: str
    series: tuple[Series, ...]

    @property
    def cells(self) -> list[Summary]:
        return [s for series in self.series for s in series.cells]


@dataclass(frozen=True)
class View:
    """those: the cells that names must tell apart, where they are not all drawn."""

    material: Material
    chart: Declaration
    those: tuple[Cell, ...] = ()

    def among(self, cells: Iterable[Cell]) -> Self:
        """The same view of these cells: names tell them apart, and no others."""
        return replace(self, those=tuple(cells))

    @cached_property
    def x(self) -> str:
        return x_of(self.chart, self.material.experiment)

    @cached_property
    def figures(self) -> tuple[str, ...]:
        return y_of(self.chart, self.material.experiment)

    @cached_property
    def clock(self) -> str:
        """The figure that is the wall time of every cell."""
        return clock_of(self.all_cells, self.material.experiment.figure)

    @cached_property
    def cells(self) -> list[Summary]:
        """Those that have what is drawn, designs in their order."""
        if self.chart.table:
            rows = self.material.tables[self.chart.table].rows
            known = {row["cell"] for row in rows}
            found = [s for s in self.material.cells if s.cell.name in known]
        else:
            found = [s for s in self.material.cells if self.value(s) is not None]
        return sorted(found, key=lambda s: self._order(s.cell))

    def _order(self, cell: Cell) -> tuple[int, bool, int]:
        place = list(self.material.looks).index(cell.design.key)
        return cell.tasks, cell.workers is not None, place

    @cached_property
    def all_cells(self) -> list[Cell]:
        return list(self.those) or [s.cell for s in self.cells]

    @cached_property
    def recorded(self) -> list[Cell]:
        """The samples shown, designs in their order."""
        there = [
            c for c, samples in self.material.recorded.values() if started(samples)
        ]
        return sorted(chosen(there, self.chart.recorded), key=self._order)

    def value(self, summary: Summary, figure: str = "") -> Interval | None:
        return self.material.value(summary, figure or self.figures[0])

    @property
    def unit(self) -> str:
        return unit_of(self.figures[0])

    def look(self, cell: Cell) -> int:
        return self.material.looks[cell.design.key]

    # ---- what is held against what ----

    @cached_property
    def conditions(self) -> list[str]:
        """In what cells differ that only those alike in it are compared: tasks, ..."""
        alike = self.material.experiment.compare_by
        return [name for name in differing(self.all_cells) if name in alike]

    def condition(self, cell: Cell) -> tuple[str, ...]:
        return tuple(str(attribute(cell, name)) for name in self.conditions)

    # ---- panels and series ----

    @cached_property
    def split(self) -> str:
        """What panels differ in; "" where there is one panel, or one a figure."""
        return split_of(self.all_cells, self.x) if len(self.figures) == 1 else ""

    @cached_property
    def panels(self) -> list[Panel]:
        if not self.split:
            return [self._panel("", figure, self.cells) for figure in self.figures]
        groups = grouped(self.cells, lambda s: self.setting(s.cell, self.split))
        return [self._panel(words, self.figures[0], g) for words, g in groups.items()]

    def _panel(self, words: str, figure: str, cells: Sequence[Summary]) -> Panel:
        drawn = [s for s in cells if self.value(s, figure) is not None]
        lines = grouped(drawn, lambda s: series_of(s.cell, self.all_cells, self.x))
        return Panel(words, figure, tuple(map(self._series, lines.values())))

    def _series(self, cells: Sequence[Summary]) -> Series:
        first = cells[0].cell
        ordered = tuple(sorted(cells, key=lambda s: self.at(s.cell)))
        rest = [n for n in differing(self.all_cells, self.x) if n != self.split]
        told = ", ".join(filter(None, (self.setting(first, name) for name in rest)))
        name, look = self.design(first), self.look(first)
        if self.x == "workers" and first.workers:
            plain = replace(first.design, workers=None)
            name = f"{names.short(plain)}s"
            look = 2 if plain.kind == "pool" else look
        return Series(f"{name} ({told})" if told else name, look, ordered)

    # ---- places on the x axis ----

    def at(self, cell: Cell) -> float:
        """Where a cell stands; words stand at 1, 2, 3."""
        if self.words_on_x:
            return 1 + self.words_on_x.index(self._word_on_x(cell))
        if self.x == "workers":  # threads are a pool of one for each task
            return float(cell.lanes)
        return measured(attribute(cell, self.x))[0]

    @cached_property
    def words_on_x(self) -> list[str]:
        """The values of x that are no numbers; [] if they are."""
        found = [attribute(cell, self.x) for cell in self.all_cells]
        if self.x == "workers" or all(map(measured, found)):
            return []
        return list(dict.fromkeys(map(self._word_on_x, self.all_cells)))

    def _word_on_x(self, cell: Cell) -> str:
        value = attribute(cell, self.x)
        return "none" if value is None else str(value)

    @cached_property
    def x_unit(self) -> str:
        if self.x == "load":
            return "share"
        found = (measured(attribute(cell, self.x)) for cell in self.all_cells)
        return next((each[1] for each in found if each), "count")

    # ---- names ----

    def design(self, cell: Cell) -> str:
        """ "pool of 50"."""
        return names.short(cell.design, [c.design for c in self.all_cells])

    def spoken(self, cell: Cell) -> str:
        """ "a pool of 50"."""
        return names.spoken(cell.design, [c.design for c in self.all_cells])

    def apart(self, cell: Cell, but: str = "") -> str:
        """What tells a cell from others of its design, in words."""
        told = {n: self.setting(cell, n) for n in differing(self.all_cells, but)}
        absent = {n for n, words in told.items() if words.startswith("no ")}
        # That it has no breaker goes without saying of one with a retry budget instead.
        instead = absent and any(
            name not in PHRASES and any(name not in c.options for c in self.all_cells)
            for name in told.keys() - absent - {"tasks"}
        )
        return ", ".join(words for name, words in told.items()
                         if words and not (instead and name in absent))  # fmt: skip

    def name(self, cell: Cell) -> str:
        """ "pool of 50 (500 tasks, timeout 50 ms)"."""
        told = self.apart(cell)
        return f"{self.design(cell)} ({told})" if told else self.design(cell)

    def full(self, cell: Cell, but: str = "") -> str:
        """The same in a sentence: "a pool of 50 (timeout 50 ms)"."""
        told = self.apart(cell, but)
        return f"{self.spoken(cell)} ({told})" if told else self.spoken(cell)

    def setting(self, cell: Cell, name: str) -> str:
        """ "API of 50", "timeout 50 ms", "no timeout", "500 tasks"."""
        if name == "tasks":
            return names.tasks(cell.tasks)
        value = cell.options.get(name)
        if name == "join" and value is None and cell.design.kind != "threads":
            return ""  # there is nobody to join, or no choice
        if phrase := PHRASES.get(name, {}).get(str(value)):
            return phrase
        noun = names.setting(name, True)  # "" of virtual time and its costs
        if value is None or value is False:
            return f"no {noun}" if noun else ""
        return names.setting(name, value)

    def where(self, cell: Cell, name: str) -> str:
        """The same within a sentence: "with a timeout of 50 ms", "without a timeout",
        "against an API of 50"."""
        if name == "api-capacity":
            limit = cell.options.get(name)
            return f"against an API of {limit}" if limit else "without an API limit"
        told, noun = self.setting(cell, name), names.setting(name, True)
        if not noun:  # "as simulated", "with spawn time 1 µs"
            return told and f"{'with' if name in COSTS else 'as'} {told}"
        if name in ("cancel", "join"):  # "when nobody listens", "joined at the end"
            return told
        if name == "api-keeps-working":
            return f"where the {told}"
        article = names.article(noun)
        if told == f"no {noun}":
            return f"without {article} {noun}"
        first, _, value = told.rpartition(f"{noun} ")
        if not first and value[:1].isdigit() and not noun.endswith(("s", "of")):
            return f"with {article} {noun} of {value}"
        return f"with {told}" if told else ""
