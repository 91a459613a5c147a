"""Runs of which every task was written down: what the charts of them share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from ..ask.cell import Cell
from ..ask.declaration import differing
from ..reckon.stats import quotient
from ..reckon.theory import graham_bounds_s
from ..run.samples import Sample, makespan_s, most_in_flight, started
from ..say import names
from ..say.numbers import show_count, show_duration, show_share
from . import words
from .chart import Chart, ChartError
from .titles import verb
from .view import View

CUT = 4.0  # times as long as all others: such a run leaves the picture
THOSE = "in the recorded runs"  # each one of many: the medians beside it are others
UNEQUAL = 1.5  # times the usual time: from here on the order of tasks matters


@dataclass(frozen=True)
class Tape:
    """One recorded run. view: of all that its chart shows."""

    view: View
    cell: Cell

    @property
    def samples(self) -> Sequence[Sample]:
        return self.view.material.recorded[self.cell.name][1]

    @property
    def name(self) -> str:
        return self.view.design(self.cell)

    @property
    def spoken(self) -> str:
        return self.view.spoken(self.cell)

    @property
    def setting(self) -> str:
        return self.view.apart(self.cell)

    @property
    def where(self) -> str:
        """ "against an API of 50, with timeout 50 ms"."""
        rest = differing(self.view.all_cells)
        told = (self.view.where(self.cell, name) for name in rest)
        return ", ".join(filter(None, told))

    @property
    def full(self) -> str:
        """ "a pool of 5 (timeout 50 ms)"."""
        return self.view.full(self.cell)

    @property
    def look(self) -> int:
        return self.view.look(self.cell)

    @property
    def lanes(self) -> int:
        return 1 + max(s.lane for s in started(self.samples))

    @property
    def lane_words(self) -> str:
        one = names.one_of(self.cell.design)
        return names.counted(self.lanes, "worker" if self.cell.workers else one)

    @property
    def end_s(self) -> float:
        return makespan_s(self.samples)

    @property
    def lost(self) -> int:
        return sum(1 for s in self.samples if s.outcome != "ok")

    @property
    def lost_words(self) -> str:
        if not self.lost:
            return "all tasks ok"
        return f"{show_count(self.lost)} of {names.tasks(self.cell.tasks)} lost"

    @property
    def peak(self) -> int:
        """The most calls out at once, in this run, which is the one that is seen."""
        return most_in_flight(self.samples)

    @property
    def times_s(self) -> list[float]:
        return [s.finished_s - s.started_s for s in started(self.samples)]

    @property
    def usual_s(self) -> float:
        """Of a task that was served: to be turned away takes next to no time."""
        there = started(self.samples)
        ok = [s.finished_s - s.started_s for s in there if s.outcome == "ok"]
        return median(ok or self.times_s)

    @property
    def bounds_s(self) -> tuple[float, float] | None:
        """Graham's, of a pool with tasks of different length, all there at once."""
        if not self.cell.workers or self.cell.arrivals_per_s:
            return None
        if max(self.times_s) < UNEQUAL * self.usual_s:
            return None
        return graham_bounds_s(self.times_s, self.cell.workers)

    def does(self, one: str, many: str) -> str:
        return verb([self.cell], one, many)


def tapes(view: View, wanted: str = "") -> list[Tape]:
    """Those that a chart shows. wanted: an option that they must set."""
    cells = [c for c in view.recorded if not wanted or wanted in c.options]
    if not cells:
        raise ChartError(f"{view.chart.name}: no run was recorded task by task")
    ours = view.among(cells)
    return [Tape(ours, cell) for cell in cells]


def reach_s(shown: Sequence[Tape]) -> float:
    """How far the axis goes: the others would be too small to see beside a far longer
    one, which "goes on until" its end."""
    *others, longest = sorted(t.end_s for t in shown)
    cut = bool(others) and longest > CUT * others[-1]
    return 1.25 * others[-1] if cut else 1.03 * longest


def common(shown: Iterable[Tape]) -> str:
    """ "500 tasks", if all have as many."""
    return words.commonly(names.tasks(tape.cell.tasks) for tape in shown)


def sheet(
    view: View, told: str, shown: Sequence[Tape], remarks: Iterable[str],
    settings: dict[str, object], **more: object,
) -> Chart:  # fmt: skip
    """A chart of recorded runs, with the table that all of them have."""
    header = ("design", "setting", "tasks", "lanes", "all done after",
              "most calls at once", "places busy", "lost")  # fmt: skip
    rows = [
        (t.name, t.setting or "–", show_count(t.cell.tasks), show_count(t.lanes),
         show_duration(t.end_s), show_count(t.peak), _busy(t), show_count(t.lost))
        for t in shown
    ]  # fmt: skip
    told_remarks = [common(shown), *remarks, "one recorded run each"]
    return words.sheet(view, told, told_remarks, header, rows, settings,
                       shown=tuple(t.cell.name for t in shown), **more)  # fmt: skip


def _busy(tape: Tape) -> str:
    """Of the places that calls can have at once: a thread for each task is no place."""
    places = tape.cell.workers or tape.cell.design.bound
    whole_s = (places or 0) * tape.end_s
    return show_share(quotient(sum(tape.times_s), whole_s)) if places else "–"
