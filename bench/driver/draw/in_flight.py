"""How hard is the API pressed? Calls outstanding over time, a panel for each design."""

from __future__ import annotations

from collections.abc import Sequence

from ..run.run import Run
from ..run.samples import Sample, in_flight, makespan_s, read_samples, started
from ..say.names import design_name
from ..say.numbers import show_count, show_duration
from .material import Material
from .sheet import Sheet, Value
from .words import sentence, tasks_words

COLUMNS = ("series", "time_ms", "total", "served")
MOST_PANELS = 3
STEPS = 700  # more cannot be seen apart
Steps = list[tuple[float, int, int]]


def build(material: Material) -> Sheet:
    runs = chosen(material)
    if not runs:
        return _empty(material)
    samples = [read_samples(material.folder / run.samples) for run in runs]
    steps = [in_flight(s) for s in samples]
    x_high_s = _shown_s(runs, samples)
    most = max(peak(s) for s in steps)
    capacity = material.capacity or 0
    return Sheet(
        name="in-flight",
        title=_title(material, runs, steps),
        subtitle=sentence(
            f"{tasks_words(runs[0].cell.tasks)} of {material.service_words}",
            f"dashed: the API's capacity of {capacity}" if capacity else "",
            "solid: served, hatched: being turned away",
            _counted(material, runs[0]), material.machine,
        ),
        caption=_caption(material, runs, steps),
        alt="Calls in flight over time. " + " ".join(map(_told, runs, steps)),
        header=("design", "tasks", "peak in flight", "peak served", "turned away",
                "area (task seconds)"),
        rows=tuple(map(_row, runs, samples, steps)),
        columns=COLUMNS,
        marks=tuple(
            (material.looks[run.cell.workers], *point)
            for run, found in zip(runs, steps)
            for point in points(found, x_high_s)
        ),
        settings={
            "x_high": x_high_s * 1e3,
            "y_high": max(most, capacity) * 1.12 + 1,
            "capacity": capacity,
            "call_tics": _tics(most, capacity),
            **_panels(material, runs, steps),
            "panel_note": [_note(s, x_high_s) for s in samples],
        },
    )  # fmt: skip


def _counted(material: Material, run: Run) -> str:
    """The recorded run is one; how far the counted ones went."""
    found = material.summaries.of(run.cell.name)
    peaks = found.figures.get("in_flight") if found else None
    if peaks is None:
        return "one recorded run each"
    least, most = show_count(round(peaks.minimum)), show_count(round(peaks.maximum))
    return f"one recorded run each; in {peaks.n} others threads peaked at {least} to {most}"


def chosen(material: Material) -> list[Run]:
    """Threads and pools, recorded at the same tasks: most designs, then most tasks."""
    found = [r for r in material.samples if r.cell.tasks]
    best: list[Run] = []
    for tasks in sorted({r.cell.tasks for r in found}, reverse=True):
        here = [r for r in found if r.cell.tasks == tasks]
        threads = [r for r in here if r.cell.workers is None]
        pools = sorted(
            (r for r in here if r.cell.workers), key=lambda r: -r.cell.workers
        )
        if threads and len(pools) + 1 > max(1, len(best)):
            best = threads[:1] + pools
    return best[:MOST_PANELS]


def _shown_s(runs: Sequence[Run], samples: Sequence[Sequence[Sample]]) -> float:
    """A clock long enough for the threads and the largest pool.

    A small pool may take ten times that; its panel then says when it ends.
    """
    ends = [makespan_s(s) for s in samples]
    return max(ends[:2]) * 1.06


def points(steps: Steps, x_high_s: float) -> list[tuple[Value, ...]]:
    """The staircase, as corners, thinned to what can be seen.

    Within one step of the picture the moment of most calls is shown, so that no peak
    is lost.
    """
    slots: dict[int, tuple[float, int, int]] = {}
    last: dict[int, tuple[float, int, int]] = {}
    for when, total, served in steps:
        slot = int(when / x_high_s * STEPS)
        if slot not in slots or total > slots[slot][1]:
            slots[slot] = (when, total, served)
        last[slot] = (when, total, served)
    points: list[tuple[Value, ...]] = [(0.0, 0, 0)]
    total = served = 0
    for slot in sorted(slots):
        if slot > STEPS:
            points.append((round(x_high_s * 1e3, 4), total, served))
            break
        for when, new_total, new_served in sorted({slots[slot], last[slot]}):
            points.append((round(when * 1e3, 4), total, served))
            points.append((round(when * 1e3, 4), new_total, new_served))
            total, served = new_total, new_served
    return points


def peak(steps: Steps) -> int:
    return max((total for _, total, _ in steps), default=0)


def peak_served(steps: Steps) -> int:
    return max((served for _, _, served in steps), default=0)


def _tics(most: int, capacity: int) -> str:
    """Zero, the capacity and the peak; the peak only where it does not crowd."""
    values = [0, capacity or most]
    if abs(most - values[1]) > 0.3 * max(most, values[1]):
        values.append(most)
    return "(" + ", ".join(f'"{show_count(v)}" {v}' for v in values) + ")"


def _panels(
    material: Material, runs: Sequence[Run], steps: Sequence[Steps]
) -> dict[str, object]:
    return {
        "panels": len(runs),
        "panel_series": [material.looks[run.cell.workers] for run in runs],
        "panel_name": [design_name(run.cell) for run in runs],
        "panel_words": [f"at most {show_count(peak(s))} in flight" for s in steps],
    }


def _note(samples: Sequence[Sample], x_high_s: float) -> str:
    rejected = sum(1 for s in samples if s.outcome == "rejected")
    end = makespan_s(samples)
    until = "goes on until" if end > x_high_s else "until"
    return f"{until} {show_duration(end)}; {show_count(rejected)} turned away"


def _title(material: Material, runs: Sequence[Run], steps: Sequence[Steps]) -> str:
    """What these recordings show, against the capacity when there is one."""
    capacity = material.capacity
    most = peak(steps[0])
    threads = f"{show_count(runs[0].cell.tasks)} threads put up to {show_count(most)}"
    pools = [r.cell.workers for r in runs[1:]]
    bounded = all(peak(s) <= w for s, w in zip(steps[1:], pools))
    keep = " and ".join(show_count(w) for w in pools)
    pool = f"pools of {keep} stay" if len(pools) > 1 else f"a pool of {keep} stays"
    tail = (
        f"; {pool} within their bound"
        if bounded and len(pools) > 1
        else (f"; {pool} within its bound" if bounded else "")
    )
    if not capacity:
        return f"{threads} calls in flight at once{tail}"
    return f"{threads} calls at once on an API that serves {capacity}{tail}"


def _told(run: Run, steps: Steps) -> str:
    return (
        f"{design_name(run.cell)} with {tasks_words(run.cell.tasks)}: at most "
        f"{show_count(peak(steps))} in flight, {show_count(peak_served(steps))} served."
    )


def area_task_s(samples: Sequence[Sample]) -> float:
    """The area under the curve: the time all calls took, added up (Little's law)."""
    return sum(s.finished_s - s.started_s for s in started(samples))


def _row(run: Run, samples: Sequence[Sample], steps: Steps) -> tuple[str, ...]:
    rejected = sum(1 for s in samples if s.outcome == "rejected")
    return (
        design_name(run.cell), show_count(run.cell.tasks), show_count(peak(steps)),
        show_count(peak_served(steps)), show_count(rejected),
        f"{area_task_s(samples):.3f}",
    )  # fmt: skip


def _caption(material: Material, runs: Sequence[Run], steps: Sequence[Steps]) -> str:
    return (
        f"{_title(material, runs, steps)}. Each panel is one recorded run, all on the"
        " same axes; one that goes on is cut off. What is hatched is being turned"
        " away. The area under a whole curve is the time all its calls took together"
        " (Little's law), told in the table: the same for all designs that turn"
        " nothing away, in another shape."
        " A pool with more calls in flight than workers would contradict its bound."
    )


def _empty(material: Material) -> Sheet:
    words = "no run of both designs was recorded task by task"
    return Sheet(
        name="in-flight", title="Calls in flight: nothing was recorded",
        subtitle=sentence("no samples", material.service_words), caption=words,
        alt=words, header=("design",), rows=(), columns=COLUMNS, marks=(),
        nothing=words,
    )  # fmt: skip
