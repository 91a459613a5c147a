"""Who does what, when? Every task a box, both designs on one clock."""

from __future__ import annotations

from collections.abc import Sequence

from ..reckon.theory import graham_bounds_s
from ..run.run import Run
from ..run.samples import Sample, makespan_s, read_samples, started
from ..say.numbers import show_count, show_duration
from .material import Material
from .sheet import Sheet, Tics, Value
from .ticks import ticks
from .variants import full_name, spaced
from .words import sentence, show_share, tasks_words

COLUMNS = (
    "series", "failed", "from", "to", "middle", "y", "top", "bottom", "number",
)  # fmt: skip
PANEL, GAP = 10.0, 1.3  # heights: a panel's lanes share its own; words stand above it
CLOCK_S = 1e-6  # two sums of the same times differ by less
WORDS_SHARE = 0.16  # of the axis: the words beside an end
PLOT_WIDTH_PX = 0.81 * 1600
MOST_TICKS = 8
NARROWEST_NUMBER_PX = 30
MOST_NUMBERED_LANES = 12


def build(material: Material) -> Sheet:
    runs = _chosen(material)
    if not runs:
        return _empty(material)
    tasks = runs[0].cell.tasks
    samples = [read_samples(material.folder / run.samples) for run in runs]
    bounds = list(map(bounds_s, runs, samples))
    ends = [*map(makespan_s, samples), *(b[1] for b in bounds if b)]
    x_high = max(ends) * 1e3 * 1.16
    marks = [
        mark
        for number, run in enumerate(runs)
        for mark in _marks(material, run, samples[number], number, x_high)
    ]
    return Sheet(
        name="timeline",
        title=_title(runs, samples),
        subtitle=sentence(
            f"{tasks_words(tasks)} of {material.service_words}",
            "one recorded run each",
            "solid = ok" + (", hatched = lost" if any(m[1] for m in marks) else ""),
            "number = task",
        ),
        caption=_caption(runs, samples),
        alt="Timeline. " + " ".join(map(_told, runs, samples)),
        header=("design", "tasks", "lanes", "all done after", "busy", "lost"),
        rows=tuple(map(_row, runs, samples)),
        columns=COLUMNS,
        marks=tuple(marks),
        settings={
            "x_high": x_high,
            "y_low": _top(len(runs)) - GAP * 0.6,
            "numbers": any(mark[8] >= 0 for mark in marks),
            **_fills(marks),
            **_lanes(material, runs, samples),
            **_bounds(bounds, list(map(makespan_s, samples)), x_high),
        },
        tics=(Tics("x", ticks(x_high, MOST_TICKS, " ms")),),
    )


def _chosen(material: Material) -> list[Run]:
    """thread-per-task and the smallest pool, at the fewest tasks both recorded.

    Where only variants of one design were recorded, two of those.
    """
    found = [r for r in material.samples if r.cell.tasks]
    for tasks in sorted({r.cell.tasks for r in found}):
        here = [r for r in found if r.cell.tasks == tasks]
        threads = [r for r in here if r.cell.workers is None]
        pools = sorted(
            (r for r in here if r.cell.workers), key=lambda r: r.cell.workers
        )
        if threads and pools:
            return [threads[0], pools[0]]
        if len(here) > 1:
            return here[:2]
    return []


def _top(panel: int) -> float:
    """Where a panel begins, below the words above it."""
    return panel * (PANEL + GAP) + GAP


def lanes_of(samples: Sequence[Sample]) -> dict[int, int]:
    """The row of each lane: by the lane's first start."""
    rows: dict[int, int] = {}
    for sample in started(samples):
        rows.setdefault(sample.lane, len(rows))
    return rows


def _marks(
    material: Material, run: Run, samples: Sequence[Sample], panel: int, x_high: float
) -> list[tuple[Value, ...]]:
    rows, marks = lanes_of(samples), []
    thick = PANEL / max(1, len(rows))
    for sample in started(samples):
        top = _top(panel) + rows[sample.lane] * thick
        start, end = sample.started_s * 1e3, sample.finished_s * 1e3
        shown_px = (end - start) / x_high * PLOT_WIDTH_PX
        roomy = len(rows) <= MOST_NUMBERED_LANES and shown_px >= NARROWEST_NUMBER_PX
        marks.append((
            material.looks[run.cell.workers], int(sample.outcome != "ok"),
            round(start, 5), round(end, 5), round((start + end) / 2, 5),
            round(top + thick / 2, 4), round(top + thick * 0.06, 4),
            round(top + thick * 0.94, 4), sample.index if roomy else -1,
        ))  # fmt: skip
    return marks


def _fills(marks: Sequence[tuple[Value, ...]]) -> dict[str, object]:
    """Which designs have boxes that went well, and which that were lost."""
    fills = sorted({mark[:2] for mark in marks})
    return {
        "fills": len(fills),
        "fill_series": [series for series, _ in fills],
        "fill_failed": [failed for _, failed in fills],
    }


def _lanes(
    material: Material, runs: Sequence[Run], samples: Sequence[Sequence[Sample]]
) -> dict[str, object]:
    tops = list(map(_top, range(len(runs))))
    ends = [makespan_s(s) for s in samples]
    return {
        "lanes": len(runs),
        "lane_series": [material.looks[run.cell.workers] for run in runs],
        "lane_name": [run.cell.design.program for run in runs],
        "lane_note": _differences(runs),
        "lane_words": [_lane_words(run, s) for run, s in zip(runs, samples)],
        "lane_y": [top + PANEL * 0.44 for top in tops],
        "lane_top": tops,
        "lane_bottom": [top + PANEL for top in tops],
        "lane_end": [end * 1e3 for end in ends],
        "end_words": [f"done: {_fine(end)}" for end in ends],
        "end_y": [top + PANEL / 2 for top in tops],
    }


def _differences(runs: Sequence[Run]) -> list[str]:
    """What a run has that the other has not, besides its design."""
    told = []
    for run, other in zip(runs, reversed(runs)):
        own = [
            spaced(f"{key} {value}") for key, value in run.cell.options.items()
            if key != "workers" and other.cell.options.get(key) != value
        ]  # fmt: skip
        told.append(", ".join(own))
    return told


def _lane_words(run: Run, samples: Sequence[Sample]) -> str:
    count = show_count(len(lanes_of(samples)))
    return f"{count} threads" if run.cell.workers is None else f"{count} workers"


def _bounds(
    bounds: Sequence[Bounds], ends: Sequence[float], x_high: float
) -> dict[str, object]:
    """Graham's bounds of each pool, over its own panel: both ends, and words."""
    found = [(_top(panel), b, ends[panel]) for panel, b in enumerate(bounds) if b]
    lines = [
        (at * 1e3, *part)
        for top, both, end in found
        for at in both
        for part in _parts(top, (at - end) * 1e3 / x_high)
    ]
    return {
        "bounds": len(lines),
        "bound_x": [at for at, _, _ in lines],
        "bound_top": [top for _, top, _ in lines],
        "bound_bottom": [bottom for _, _, bottom in lines],
        "notes": len(found),
        "note_y": [top - GAP * 0.5 for top, _, _ in found],
        "note_words": [
            f"dashed: no order of these tasks ends before {_fine(low)}, none without"
            f" idling after {_fine(high)}"
            for _, (low, high), _ in found
        ],
    }


def _parts(top: float, beyond: float) -> list[tuple[float, float]]:
    """A line down a panel, which stops for the words beside the end if it meets them.

    beyond: how far it is to the right of the end, as a share of the axis.
    """
    start, middle, end = top - GAP * 0.15, top + PANEL / 2, top + PANEL
    if not 0 < beyond < WORDS_SHARE:
        return [(start, end)]
    return [(start, middle - GAP / 2), (middle + GAP / 2, end)]


def _fine(seconds: float) -> str:
    """Four digits: a bound and what comes near it are told apart."""
    unit, size = ("s", 1.0) if seconds >= 0.99995 else ("ms", 1e-3)
    value = seconds / size
    digits = 1 if value >= 99.995 else 2 if value >= 9.9995 else 3
    return f"{value:.{digits}f} {unit}"


def _lost(samples: Sequence[Sample]) -> int:
    return sum(1 for s in samples if s.outcome != "ok")


def _title(runs: Sequence[Run], samples: Sequence[Sequence[Sample]]) -> str:
    """What these two recordings show; one run each bears no verdict on others."""
    first, second = (full_name(run.cell) for run in runs)
    verb = "is"
    if runs[0].cell.workers is None and runs[1].cell.workers:
        first = f"{show_count(runs[0].cell.tasks)} threads"
        second, verb = f"{show_count(runs[1].cell.workers)} workers", "are"
    ends = [
        f"in {show_duration(makespan_s(s))}{_lost_words(run, s)}"
        for run, s in zip(runs, samples)
    ]
    title = f"{first} {verb} done {ends[0]}, {second} {ends[1]}"
    return title.replace("pool of ", "pool of\u00a0")


def _lost_words(run: Run, samples: Sequence[Sample]) -> str:
    """Being done is no merit of who gave up."""
    lost = _lost(samples)
    if not lost:
        return ""
    return f" with {show_count(lost)} of {tasks_words(run.cell.tasks)} lost"


def _told(run: Run, samples: Sequence[Sample]) -> str:
    return (
        f"{full_name(run.cell)}: {tasks_words(run.cell.tasks)} on "
        f"{_lane_words(run, samples)}, all done after "
        f"{show_duration(makespan_s(samples))}, {show_count(_lost(samples))} lost."
    )


def _busy(samples: Sequence[Sample]) -> float:
    """The share of its lanes' time that a design spent on tasks."""
    whole = makespan_s(samples) * len(lanes_of(samples))
    worked = sum(s.finished_s - s.started_s for s in started(samples))
    return worked / whole if whole else 0.0


def _row(run: Run, samples: Sequence[Sample]) -> tuple[str, ...]:
    return (
        full_name(run.cell), show_count(run.cell.tasks),
        show_count(len(lanes_of(samples))), show_duration(makespan_s(samples)),
        show_share(_busy(samples)), show_count(_lost(samples)),
    )  # fmt: skip


def _caption(runs: Sequence[Run], samples: Sequence[Sequence[Sample]]) -> str:
    return (
        f"{_title(runs, samples)}. Each row is a thread, each box a task on it, on one"
        " clock. A gap in a worker's row is time it had nothing to do; two boxes of one"
        f" row over each other are impossible.{_outside(runs, samples)}"
    )


def _outside(runs: Sequence[Run], samples: Sequence[Sequence[Sample]]) -> str:
    """Which pools ended where Graham says that none does, if no worker idles."""
    told, pools = [], 0
    for run, found in zip(runs, samples):
        if bounds := bounds_s(run, found):
            pools += 1
            end = makespan_s(found)
            if not bounds[0] - CLOCK_S <= end <= bounds[1] + CLOCK_S:
                told.append(f"{full_name(run.cell)} does, at {_fine(end)}")
    if not pools:
        return ""
    return (
        " Graham's bounds hold for any order in which no worker idles while a task"
        " waits; a pool that ended outside of its own would contradict that:"
        f" {'; '.join(told) or 'none does'}."
    )


def _empty(material: Material) -> Sheet:
    words = "no run of both designs was recorded task by task"
    return Sheet(
        name="timeline", title="Timeline: nothing was recorded",
        subtitle=sentence("no samples", material.service_words), caption=words,
        alt=words, header=("design",), rows=(), columns=COLUMNS, marks=(),
        nothing=words,
    )  # fmt: skip


Bounds = tuple[float, float] | None


def bounds_s(run: Run, samples: Sequence[Sample]) -> Bounds:
    """A pool's bounds in seconds; a thread each has no order to choose."""
    if run.cell.workers is None or not started(samples):
        return None
    times_s = [s.finished_s - s.started_s for s in started(samples)]
    return graham_bounds_s(times_s, run.cell.workers)
