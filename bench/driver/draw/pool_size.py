"""Is there a best pool size? Wall time against workers."""

from __future__ import annotations

from math import log10, sqrt

from ..reckon.stats import Verdict
from ..reckon.summary import Ratio, Summary
from ..say.numbers import show_count, show_duration
from ..say.sentences import ratio_text
from .look import base_name
from .material import Material, log_ticks
from .sheet import ChartError, Sheet, Tics, Value
from .words import (
    bar,
    compared,
    interval_words,
    plain,
    runs_words,
    show_limits,
    show_setting,
    too_few,
)

FIGURE = "wall_s"
POOL, THREADS = 2, 1  # looks: all pools are one family here
COLUMNS = ("series", "workers", "median_s", "bar_low_s", "bar_high_s", "tasks")


def build(material: Material) -> Sheet:
    cells = _cells(material)
    pools = [s for s in cells if s.cell.workers]
    if len(pools) < 2:
        raise ChartError("pool-size: fewer than two pools of the same tasks ran")
    tasks = pools[0].cell.tasks
    values = [s.figures[FIGURE].median for s in cells]
    y_low, y_high = min(values) * 0.35, max(values) * 1.8
    sizes = sorted({_size(s) for s in cells})
    x_low, x_high = sizes[0] * 0.7, sizes[-1] * 1.6
    best = min(pools, key=lambda s: s.figures[FIGURE].median)
    return Sheet(
        name="pool-size",
        title=_title(material, pools, best),
        subtitle=material.conditions(
            f"{show_count(tasks)} tasks of {material.service_words}",
            runs_words(cells),
            interval_words([s.figures[FIGURE] for s in cells]),
        ),
        caption=_caption(material, pools, best),
        alt="Log-log scatter of wall time against workers. "
        + " ".join(map(_told, cells)),
        header=("design", "runs", "wall time", "interval", "over thread-per-task"),
        rows=tuple(_row(material, s) for s in cells),
        columns=COLUMNS,
        marks=tuple(_mark(s) for s in cells),
        settings={
            **{"x_low": x_low, "x_high": x_high, "y_low": y_low, "y_high": y_high},
            "tasks": tasks,
            **_theory(material, x_low, x_high, y_low),
            **_labels(cells, best, (y_low, y_high)),
        },
        tics=(
            Tics("x", tuple((show_count(n), n) for n in sizes)),
            Tics("y", tuple((show_setting(t), t) for t in log_ticks(y_low, y_high))),
        ),
        log=("workers", "median_s", "bar_low_s", "bar_high_s"),
    )


def _cells(material: Material) -> list[Summary]:
    """Pools by size, then thread-per-task, all of the most tasks."""
    found = [s for s in material.cells if FIGURE in s.figures and s.cell.tasks]
    tasks = max((s.cell.tasks for s in found), default=0)
    here = [s for s in found if s.cell.tasks == tasks]
    return sorted(here, key=lambda s: (s.cell.workers is None, s.cell.workers or 0))


def _size(summary: Summary) -> int:
    """Threads: of a pool its workers, of thread-per-task as many as tasks."""
    return summary.cell.workers or summary.cell.tasks


def _wall(summary: Summary) -> str:
    return show_duration(summary.figures[FIGURE].median)


def _told(summary: Summary) -> str:
    return f"{base_name(summary.cell)}: {_wall(summary)}."


def _mark(summary: Summary) -> tuple[Value, ...]:
    wall = summary.figures[FIGURE]
    look = POOL if summary.cell.workers else THREADS
    return (look, _size(summary), wall.median, *bar(wall), summary.cell.tasks)


def best_size(tasks: int, service_s: float, create_s: float) -> float:
    """W* = sqrt(2 N d / c): there the rounds take as long as creating the workers."""
    return sqrt(2 * tasks * service_s / create_s)


def _theory(
    material: Material, x_low: float, x_high: float, y_low: float
) -> dict[str, object]:
    create_s = material.create_each_s
    return {
        "theory": create_s is not None,
        "create_s": create_s or 1.0,
        "service_s": material.cells[0].cell.service_s,
        "rounds_x": x_low * (x_high / x_low) ** 0.12,
        "rounds_words": "rounds: N·d/W",
        "creating_x": x_high * 0.93,
        "creating_words": f"creating: W·c, c = {show_duration(create_s or 0)}",
    }


def _labels(
    cells: list[Summary], best: Summary, y: tuple[float, float]
) -> dict[str, object]:
    """The best pool's time at its mark; that of the threads in the margin."""
    threads = [s for s in cells if s.cell.workers is None]
    heights = [
        log10(s.figures[FIGURE].median / y[0]) / log10(y[1] / y[0]) for s in threads
    ]
    return {
        "notes": 1,
        "note_words": [_wall(best)],
        "note_x": [_size(best)],
        "note_y": [best.figures[FIGURE].median],
        "note_up": [0.036],
        "note_series": [POOL],
        "labels": len(threads),
        "label_series": [THREADS] * len(threads),
        "label_name": [base_name(s.cell) for s in threads],
        "label_value": [_wall(s) for s in threads],
        "label_note": [""] * len(threads),
        "label_y": [h + 0.03 for h in heights],
    }


def _ratio(material: Material, summary: Summary) -> Ratio | None:
    return material.ratio(summary.cell, FIGURE)


def _title(material: Material, pools: list[Summary], best: Summary) -> str:
    size = show_count(best.cell.workers)
    tasks = show_count(best.cell.tasks)
    ratio = _ratio(material, best)
    if ratio is not None and plain(ratio) is not Verdict.CANNOT_TELL:
        return compared(
            ratio,
            f"Even {size} workers, the best of {len(pools)} sizes, take {{r}} as long"
            f" for {tasks} tasks as {tasks} threads",
            f"{size} workers finish {tasks} tasks {{r}} sooner than {tasks} threads",
            "",
        )
    sizes = f"Of {len(pools)} pool sizes, {size} workers took least: {_wall(best)}"
    if ratio is None:
        return sizes
    words = f"{sizes}; these runs cannot tell whether that beats {tasks} threads"
    few = ratio.interval is not None and not ratio.interval.known
    return too_few(words, ratio.interval.n) if few else words


def _row(material: Material, summary: Summary) -> tuple[str, ...]:
    wall, ratio = summary.figures[FIGURE], _ratio(material, summary)
    return (
        base_name(summary.cell), str(summary.n), show_duration(wall.median),
        show_limits("s", wall) or "–",
        ratio_text(ratio.interval) if ratio and ratio.interval else "–",
    )  # fmt: skip


def _caption(material: Material, pools: list[Summary], best: Summary) -> str:
    words = [f"{_title(material, pools, best)}."]
    if material.create_each_s:
        service_s = best.cell.service_s
        size = best_size(best.cell.tasks, service_s, material.create_each_s)
        words.append(
            "Theory: T = N·d/W + W·c/2 up to W* = √(2·N·d/c) ="
            f" {show_count(round(size))}, and W·c beyond, with c ="
            f" {show_duration(material.create_each_s)} as thread-per-task"
            " measured it. c grows when thousands of sleepers wake on few cores,"
            " so the best size measured lies below W*."
        )
    words.append("A time that kept falling with more workers would contradict it.")
    return " ".join(words)
