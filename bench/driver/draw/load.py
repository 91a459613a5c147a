"""What does a load near 100 % do? One design lets wait, the other is turned away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..reckon.erlang import Traffic, short_run_wait_s
from ..reckon.stats import Interval, median_interval
from ..reckon.summary import Summary
from ..run.run import Run
from ..say.names import cell_name
from ..say.numbers import show_duration, show_range
from .look import base_name, spoken_name
from .material import Material
from .sheet import ChartError, Sheet, Tics, Value
from .words import bar, interval_words, runs_words, show_share, tasks_words

SHARE = 0.9  # of the tasks wait no longer than what is drawn
MARK, FILLED, SHORT = 0, 1, 2  # kinds of rows: measured, and two theories
COLUMNS = ("panel", "kind", "series", "load", "value", "low", "high")
LOADS = [step / 200 for step in range(90, 198)]  # 0.45 to 0.985
SHORT_LOADS = [step / 20 for step in range(9, 20)]  # 0.45 to 0.95: these take a while


@dataclass(frozen=True)
class Panel:
    """One of the two: how a summary is read, and how a value is told."""

    number: int
    words: str
    scale: float  # from the value to the axis
    read: Callable[[Run], float | None]
    theory: Callable[[Traffic], float]


def _wait_s(run: Run) -> float | None:
    waits = run.record["queue_wait_ns"]
    return None if waits is None or waits["p90"] is None else waits["p90"] / 1e9


def _rejected(run: Run) -> float:
    return run.record["outcomes"]["rejected"] / run.cell.tasks


WAIT = Panel(1, "90 % wait no longer than, ms", 1e3, _wait_s,
             lambda traffic: traffic.wait_s(SHARE))  # fmt: skip
LOST = Panel(2, "turned away", 100, _rejected, lambda traffic: traffic.lost)


@dataclass(frozen=True)
class Point:
    """One cell at its load."""

    summary: Summary
    traffic: Traffic
    wait: Interval | None
    lost: Interval

    @property
    def pool(self) -> bool:
        return self.summary.cell.workers is not None


def build(material: Material) -> Sheet:
    points = [_point(material, s) for s in material.cells]
    points.sort(key=lambda p: (not p.pool, p.traffic.load))
    if not points:
        raise ChartError("load: no run counted")
    tasks, service = points[0].summary.cell.tasks, material.service_words
    cells = [p.summary for p in points]
    marks = [m for panel in (WAIT, LOST) for m in _marks(material, panel, points)]
    marks += _curves(material, points, tasks)
    return Sheet(
        name="load",
        title=_title(points),
        subtitle=material.conditions(
            f"{tasks_words(tasks)} at random moments, {service} on average",
            f"{points[0].traffic.places} places",
            runs_words(cells), interval_words([p.lost for p in points]),
            "pale: Erlang", "dotted: the same of short runs",
        ),
        caption=_caption(points, tasks),
        alt="Two panels against load: the wait of all but one task in ten, and the "
        "share of tasks turned away. " + " ".join(_told(p) for p in points),
        header=("design", "load", "runs", "90 % wait at most", "Erlang", "short run",
                "turned away", "Erlang"),
        rows=tuple(_row(p, tasks) for p in points),
        columns=COLUMNS,
        marks=tuple(marks),
        settings={
            "wait_high": 1.15 * max(
                m[6] for m in marks if m[0] == WAIT.number and m[1] != FILLED
            ) + 0.1,
            "lost_high": 1.25 * max(m[6] for m in marks if m[0] == LOST.number) + 0.1,
            "panel_words": [WAIT.words, LOST.words],
            **_looks(material, points),
        },
        tics=(Tics("x", tuple((f"{100 * load:g}", load) for load in _loads(points))),),
    )  # fmt: skip


def _point(material: Material, summary: Summary) -> Point:
    cell = summary.cell
    places = cell.options.get("api-capacity")
    arriving = "arrivals" in cell.options and cell.tasks
    if not places or not arriving or cell.options.get("distribution") != "exponential":
        raise ChartError(f"load: {cell_name(cell)} is not what Erlang's formulas are for")
    service_s = cell.service_s
    load = cell.tasks / cell.arriving_s * service_s / places
    if not 0 < load < 1:
        raise ChartError(f"load: {cell_name(cell)} has a load of {load:g}, not below 1")
    runs = [r for r in material.runs if r.cell.name == cell.name and r.counts]
    waits = [wait for run in runs if (wait := _wait_s(run)) is not None]
    return Point(
        summary, Traffic(round(load, 6), places, service_s),
        median_interval(waits) if waits else None,
        median_interval([_rejected(run) for run in runs]),
    )  # fmt: skip


def _marks(
    material: Material, panel: Panel, points: Sequence[Point]
) -> list[tuple[Value, ...]]:
    found = []
    for point in points:
        interval = point.wait if panel is WAIT else point.lost
        if interval is not None:
            look = material.looks[point.summary.cell.workers]
            values = [panel.scale * v for v in (interval.median, *bar(interval))]
            found.append((panel.number, MARK, look, point.traffic.load, *values))
    return found


def _curves(
    material: Material, points: Sequence[Point], tasks: int
) -> list[tuple[Value, ...]]:
    """The theory of the design that waits, and of the one that is turned away."""
    found: list[tuple[Value, ...]] = []
    for panel, pool in ((WAIT, True), (LOST, False)):
        ours = [p for p in points if p.pool is pool]
        if not ours:
            continue
        look, first = material.looks[ours[0].summary.cell.workers], ours[0].traffic
        for load in LOADS:
            traffic = Traffic(load, first.places, first.service_s)
            height = panel.scale * panel.theory(traffic)
            found.append((panel.number, FILLED, look, load, height, height, height))
        for load in SHORT_LOADS if pool else ():
            traffic = Traffic(load, first.places, first.service_s)
            height = panel.scale * short_run_wait_s(traffic, SHARE, tasks)
            found.append((panel.number, SHORT, look, load, *[height] * 3))
    return found


def _looks(material: Material, points: Sequence[Point]) -> dict[str, object]:
    """Each design's name, once."""
    cells = {p.summary.cell.workers: p.summary.cell for p in points}
    return {
        "names": len(cells),
        "name_words": [base_name(cell) for cell in cells.values()],
        "name_series": [material.looks[workers] for workers in cells],
    }


def _loads(points: Sequence[Point]) -> list[float]:
    return sorted({p.traffic.load for p in points})


def _load(load: float) -> str:
    return f"{100 * load:g} %"


def _wait_text(interval: Interval | None) -> str:
    if interval is None:
        return "–"
    if not interval.known:
        return show_duration(interval.median)
    return show_range("s", interval.median, interval.low, interval.high)


def _lost_text(interval: Interval) -> str:
    if not interval.known or interval.low == interval.high:
        return show_share(interval.median)
    return f"{show_share(interval.median)} [{show_share(interval.low)}, " \
        f"{show_share(interval.high)}]"  # fmt: skip


def _title(points: Sequence[Point]) -> str:
    """What each design does to its tasks at the highest load."""
    load = _loads(points)[-1]
    told = []
    for point in (p for p in points if p.traffic.load == load):
        name = spoken_name(point.summary.cell)
        if point.pool:
            told.append(
                f"one task in ten waits over {_wait_text(point.wait)} in {name}"
            )
        else:
            told.append(f"{name} has {_lost_text(point.lost)} turned away")
    return f"At {_load(load)} load {'; '.join(told)}"


def _told(point: Point) -> str:
    return (
        f"{base_name(point.summary.cell)} at {_load(point.traffic.load)}: "
        f"{_wait_text(point.wait)}, {_lost_text(point.lost)}."
    )


def _row(point: Point, tasks: int) -> tuple[str, ...]:
    pool, traffic = point.pool, point.traffic
    short_s = short_run_wait_s(traffic, SHARE, tasks)
    return (
        base_name(point.summary.cell), _load(traffic.load), str(point.summary.n),
        _wait_text(point.wait), show_duration(traffic.wait_s(SHARE)) if pool else "–",
        show_duration(short_s) if pool else "–",
        _lost_text(point.lost), show_share(0 if pool else traffic.lost),
    )  # fmt: skip


def _caption(points: Sequence[Point], tasks: int) -> str:
    return (
        f"{_title(points)}. Tasks come at random, so at times more than the places come"
        " at once, long before the load reaches 100 %. A pool lets them wait, and the"
        " wait grows as 1/(1 − ρ); without a queue the same tasks are turned away, a"
        " share that grows slowly. Erlang's formula for the wait is of a queue that has"
        f" had time to fill; these runs start empty and end after {tasks_words(tasks)},"
        " which the dots allow for. Bars that miss the dots on a quiet machine, or a"
        " pool that has tasks turned away, would contradict it."
    )
