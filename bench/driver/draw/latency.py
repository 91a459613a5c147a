"""How long until an answer, and how long until a start? Two charts of one kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from ..ask.cell import Cell
from ..reckon.summary import FEWEST_FOR_P99
from ..run.run import Run
from ..run.samples import Sample, read_samples
from ..say.names import design_name
from ..say.numbers import show_count, show_duration
from . import in_flight
from .material import Material, log_ticks
from .sheet import Sheet, Tics, Value
from .words import sentence, show_setting, show_share, tasks_words

COLUMNS = ("series", "time_s", "percent")
LEAST_S = 1e-6  # a log axis begins somewhere; shorter waits are drawn there
LABEL_APART = 0.2
MOST_STEPS = 800  # of a curve: more cannot be seen apart


@dataclass(frozen=True)
class Kind:
    """What the two charts differ in."""

    name: str
    done: str  # what has happened to a task that counts
    x_words: str
    time_of: Callable[[Sample], float | None]
    rounds_before: int  # of a pool's N-th round: how many come before it counts


def _answered_s(sample: Sample) -> float | None:
    if sample.outcome != "ok" or sample.finished_s is None:
        return None
    return sample.finished_s - sample.due_s


def _started_s(sample: Sample) -> float | None:
    return None if sample.started_s is None else sample.started_s - sample.due_s


LATENCY = Kind("latency", "answered", "time from due to answer", _answered_s, 0)
QUEUE_WAIT = Kind("queue-wait", "started", "time from due to start", _started_s, 1)


def latency(material: Material) -> Sheet:
    """From due to answered, of the tasks that went well."""
    return _sheet(material, LATENCY)


def queue_wait(material: Material) -> Sheet:
    """From due to started, of all tasks that were started."""
    return _sheet(material, QUEUE_WAIT)


def _sheet(material: Material, kind: Kind) -> Sheet:
    runs = in_flight.chosen(material)
    if not runs:
        return _empty(kind.name)
    samples = [read_samples(material.folder / run.samples) for run in runs]
    times = [_times(found, kind.time_of) for found in samples]
    if not any(times):
        return _empty(kind.name)
    looks = [material.looks[run.cell.workers] for run in runs]
    marks = [m for args in zip(looks, times, runs) for m in _curve(*args)]
    low = min(m[1] for m in marks) * 0.6
    pools = [r for r in runs if r.cell.workers and _fixed(r.cell)]
    marks += [m for r in pools for m in _theory(material, r.cell, kind, low)]
    high = max(m[1] for m in marks) * 1.6
    return Sheet(
        name=kind.name,
        title=_title(runs, times, kind.done),
        subtitle=sentence(
            f"{tasks_words(runs[0].cell.tasks)} of {material.service_words}, "
            "all due at the start",
            "one recorded run each",
            "pale: theory of the pools" if pools else "",
            material.machine,
        ),
        caption=_caption(runs, times, kind.done),
        alt=_alt(runs, times, kind.done),
        header=("design", "tasks", kind.done, "median", "p90", "p99", "longest"),
        rows=tuple(map(_row, runs, times)),
        columns=COLUMNS,
        marks=tuple(marks),
        settings={
            **{"x_low": low, "x_high": high, "x_words": f"{kind.x_words} (log scale)"},
            **_series(material, runs, times, pools),
            **_labels(material, runs, times, kind.done),
            "y_words": f"share of all tasks {kind.done}",
            "with_p99": runs[0].cell.tasks >= FEWEST_FOR_P99,
        },
        tics=(Tics("x", tuple((show_setting(t), t) for t in log_ticks(low, high))),),
        log=("time_s",),
    )


def _series(
    material: Material,
    runs: Sequence[Run],
    times: Sequence[list[float]],
    pools: Sequence[Run],
) -> dict[str, object]:
    drawn = [run for run, found in zip(runs, times) if found]
    return {
        "curves": len(drawn),
        "curve_series": [material.looks[r.cell.workers] for r in drawn],
        "theories": len(pools),
        "theory_series": [material.looks[r.cell.workers] for r in pools],
    }


def _times(
    samples: Sequence[Sample], time_of: Callable[[Sample], float | None]
) -> list[float]:
    found = (time_of(sample) for sample in samples)
    return sorted(max(LEAST_S, t) for t in found if t is not None)


def _fixed(cell: Cell) -> bool:
    return cell.options.get("distribution", "fixed") == "fixed"


def _curve(look: int, times: list[float], run: Run) -> list[tuple[Value, ...]]:
    """The share of all tasks done by each time: it may end below 100 %."""
    if not times:
        return []
    steps = [(look, t, 100 * i / run.cell.tasks) for i, t in enumerate(times, start=1)]
    every = max(1, len(steps) // MOST_STEPS)
    # The last one is where the curve ends; it is never left out.
    return [(look, times[0], 0.0), *steps[:-1:every], steps[-1]]


def _theory(
    material: Material, cell: Cell, kind: Kind, low: float
) -> list[tuple[Value, ...]]:
    """Rounds of W tasks. The look is negative: a line of theory, not of data."""
    look = -material.looks[cell.workers]
    points: list[tuple[Value, ...]] = []
    for number in range(1, ceil(cell.tasks / cell.workers) + 1):
        at = cell.service_s * (number - kind.rounds_before)
        share = 100 * min(cell.tasks, number * cell.workers) / cell.tasks
        # A wide band that rose from 0 would show below the axis. What is done at once
        # has no place on a log axis: its share begins at the edge.
        points += [(look, at, min(share, 1.2))] if at and not points else []
        points.append((look, max(low, at), share))
    return points


def percentile(times: Sequence[float], share: float) -> float:
    """The smallest time by which this share of them is done."""
    return times[max(0, ceil(share * len(times)) - 1)]


def _labels(
    material: Material, runs: Sequence[Run], times: Sequence[list[float]], done: str
) -> dict[str, object]:
    return {
        "labels": len(runs),
        "label_series": [material.looks[run.cell.workers] for run in runs],
        "label_y": [0.93 - LABEL_APART * i for i in range(len(runs))],
        "label_name": [design_name(run.cell) for run in runs],
        "label_value": [
            _half(t, run.cell.tasks) if t else "none" for run, t in zip(runs, times)
        ],
        "label_note": [
            f"{show_share(len(t) / run.cell.tasks)} {done}"
            for run, t in zip(runs, times)
        ],
    }


def _half(times: Sequence[float], tasks: int) -> str:
    """A median, and of whom when some tasks have no time."""
    whose = "median" if len(times) == tasks else "their median"
    return f"{whose} {show_duration(percentile(times, 0.5))}"


def _title(runs: Sequence[Run], times: Sequence[list[float]], done: str) -> str:
    """What these recordings show: who leaves tasks undone, and how long others take."""
    parts = []
    for run, found in zip(runs[:2], times):
        share = show_share(len(found) / run.cell.tasks)
        longest = show_duration(found[-1]) if found else "no time"
        who = design_name(run.cell)
        all_done = len(found) == run.cell.tasks
        told = f"all {done} within" if all_done else f"{share} {done} within"
        parts.append(f"{who}: {told} {longest}")
    return f"Of {tasks_words(runs[0].cell.tasks)}, " + "; ".join(parts)


def _row(run: Run, times: list[float]) -> tuple[str, ...]:
    def told(share: float) -> str:
        return show_duration(percentile(times, share)) if times else "–"

    return (
        design_name(run.cell), show_count(run.cell.tasks), show_count(len(times)),
        told(0.5), told(0.9),
        told(0.99) if len(times) >= FEWEST_FOR_P99 else f"– (under {FEWEST_FOR_P99})",
        told(1.0),
    )  # fmt: skip


def _caption(runs: Sequence[Run], times: Sequence[list[float]], done: str) -> str:
    return (
        f"{_title(runs, times, done)}. Each curve climbs by one task at the time it was"
        f" {done}, counted from when it was due. Where it crosses p50, half of all"
        f" tasks are {done}. What a curve lacks to 100 % was never {done}."
        " The pale staircase is theory: a pool takes W tasks a round. A curve of a pool"
        " to the left of its staircase would contradict it."
    )


def _alt(runs: Sequence[Run], times: Sequence[list[float]], done: str) -> str:
    each = "; ".join(
        f"{design_name(run.cell)}: {show_share(len(t) / run.cell.tasks)} {done}"
        + (f", {_half(t, run.cell.tasks)}" if t else "")
        for run, t in zip(runs, times)
    )
    return f"Cumulative shares of tasks {done} over time, log axis. {each}."


def _empty(name: str) -> Sheet:
    words = "no run of both designs was recorded task by task"
    return Sheet(
        name=name, title=f"{name.replace('-', ' ').capitalize()}: nothing was recorded",
        subtitle="no samples", caption=words, alt=words, header=("design",), rows=(),
        columns=COLUMNS, marks=(), nothing=words,
    )  # fmt: skip
