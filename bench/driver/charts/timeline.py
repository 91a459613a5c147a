"""Who does what, when? Every task a box, both designs on one clock."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Run
from ..quantities import show_count, show_duration
from ..wording import design_name
from .material import Material
from .samples import Sample, makespan_s, read_samples, started
from .sheet import Sheet, Value
from .words import sentence, show_share, tasks_words

COLUMNS = (
    "series", "failed", "from", "to", "middle", "y", "top", "bottom", "number",
)  # fmt: skip
PANEL, GAP = 10.0, 1.2  # heights; a panel's lanes share its height
PLOT_WIDTH_PX = 0.81 * 1600
NARROWEST_NUMBER_PX = 30
MOST_NUMBERED_LANES = 12


def build(material: Material) -> Sheet:
    runs = _chosen(material)
    if not runs:
        return _empty(material)
    tasks = runs[0].cell.tasks
    samples = [read_samples(material.folder / run.samples) for run in runs]
    longest_ms = max(makespan_s(s) for s in samples) * 1e3
    x_high = longest_ms * 1.16
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
            "y_low": len(runs) * (PANEL + GAP),
            "numbers": any(mark[8] >= 0 for mark in marks),
            **_fills(marks),
            **_lanes(material, runs, samples),
            **_bounds(runs, samples, x_high),
        },
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
        top = panel * (PANEL + GAP) + rows[sample.lane] * thick
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
    tops = [number * (PANEL + GAP) for number in range(len(runs))]
    ends = [makespan_s(s) for s in samples]
    return {
        "lanes": len(runs),
        "lane_series": [material.looks[run.cell.workers] for run in runs],
        "lane_name": [run.cell.design for run in runs],
        "lane_note": _differences(runs),
        "lane_words": [_lane_words(run, s) for run, s in zip(runs, samples)],
        "lane_y": [top + PANEL * 0.44 for top in tops],
        "lane_top": tops,
        "lane_bottom": [top + PANEL for top in tops],
        "lane_end": [end * 1e3 for end in ends],
        "end_words": [f"done: {show_duration(end)}" for end in ends],
        "end_y": [top + PANEL / 2 for top in tops],
    }


def _differences(runs: Sequence[Run]) -> list[str]:
    """What a run has that the other has not, besides its design."""
    told = []
    for run, other in zip(runs, reversed(runs)):
        own = [
            f"{key} {value}" for key, value in run.cell.options.items()
            if key != "workers" and other.cell.options.get(key) != value
        ]  # fmt: skip
        told.append(", ".join(own))
    return told


def _lane_words(run: Run, samples: Sequence[Sample]) -> str:
    count = show_count(len(lanes_of(samples)))
    return f"{count} threads" if run.cell.workers is None else f"{count} workers"


def _bounds(
    runs: Sequence[Run], samples: Sequence[Sequence[Sample]], x_high: float
) -> dict[str, object]:
    """Graham's bounds of the pool: what no order of these tasks can do better."""
    found = []
    run, tasks = runs[-1], samples[-1]  # above the upper panel there is no room
    if run.cell.workers is not None:
        low, _ = graham_bounds_s(tasks, run.cell.workers)
        found.append(((len(runs) - 1) * (PANEL + GAP), low * 1e3))
    found = [(top, at) for top, at in found if 0 < at < x_high]
    return {
        "bounds": len(found),
        "bound_x": [at for _, at in found],
        "bound_top": [top - GAP * 0.9 for top, _ in found],
        "bound_bottom": [top + PANEL for top, _ in found],
        "bound_y": [top - GAP / 2 for top, _ in found],
        "bound_right": [at > x_high / 2 for _, at in found],
        "bound_words": [
            f"no order of these tasks ends before {show_duration(at / 1e3)}"
            for _, at in found
        ],
    }


def graham_bounds_s(samples: Sequence[Sample], workers: int) -> tuple[float, float]:
    """Between which times any order of these tasks ends, if no worker idles."""
    times = [s.finished_s - s.started_s for s in started(samples)]
    if not times:
        return 0.0, 0.0
    mean, longest = sum(times) / workers, max(times)
    return max(mean, longest), mean + (1 - 1 / workers) * longest


def _lost(samples: Sequence[Sample]) -> int:
    return sum(1 for s in samples if s.outcome != "ok")


def _title(runs: Sequence[Run], samples: Sequence[Sequence[Sample]]) -> str:
    """What these two recordings show; one run each bears no verdict on others."""
    ends = [show_duration(makespan_s(s)) for s in samples]
    if runs[0].cell.workers is None and runs[1].cell.workers:
        count = show_count(runs[0].cell.tasks)
        workers = show_count(runs[1].cell.workers)
        return f"{count} threads are done in {ends[0]}, {workers} workers in {ends[1]}"
    first, second = (design_name(run.cell) for run in runs)
    return f"{first} is done in {ends[0]}, {second} in {ends[1]}"


def _told(run: Run, samples: Sequence[Sample]) -> str:
    return (
        f"{design_name(run.cell)}: {tasks_words(run.cell.tasks)} on "
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
        design_name(run.cell), show_count(run.cell.tasks),
        show_count(len(lanes_of(samples))), show_duration(makespan_s(samples)),
        show_share(_busy(samples)), show_count(_lost(samples)),
    )  # fmt: skip


def _caption(runs: Sequence[Run], samples: Sequence[Sequence[Sample]]) -> str:
    return (
        f"{_title(runs, samples)}. Each row is a thread, each box a task on it, on one"
        " clock. A gap in a worker's row would be time it had nothing to do; two boxes"
        " of one row over each other are impossible."
    )


def _empty(material: Material) -> Sheet:
    words = "no run of both designs was recorded task by task"
    return Sheet(
        name="timeline", title="Timeline: nothing was recorded",
        subtitle=sentence("no samples", material.service_words), caption=words,
        alt=words, header=("design",), rows=(), columns=COLUMNS, marks=(),
        nothing=words,
    )  # fmt: skip
