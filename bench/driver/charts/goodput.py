"""How much useful work a second? Tasks that went well, per second, against tasks."""

from __future__ import annotations

from math import log10

from ..model import Interval, Run, Summary, Verdict
from ..quantities import show_count, show_ratio
from ..stats import median_interval, ratio_verdict
from ..theory import service_time_s
from ..wording import design_name
from .look import spoken_name
from .material import Material, log_ticks, spread_out
from .sheet import Sheet, Tics, Value
from .words import bar, interval_words, runs_words, show_limits, tasks_words, too_few

COLUMNS = ("series", "x", "per_s", "bar_low", "bar_high", "tasks")
HEADER = ("design", "tasks", "runs", "tasks ok per second", "interval")
DODGE, LABEL_APART = 1.07, 0.15


def build(material: Material) -> Sheet:
    material.check_one_cell_each("goodput")
    rates = {s.cell.name: rate(material, s) for s in material.cells if s.cell.tasks}
    cells = [s for s in material.cells if rates.get(s.cell.name)]
    if not cells:
        return _empty(material)
    found = {s.cell.name: rates[s.cell.name] for s in cells}
    ceiling = _ceiling(material)
    values = [end for rate in found.values() for end in bar(rate)]
    values += [ceiling] if ceiling else []
    y_low, y_high = min(values) * 0.6, max(values) * 1.9
    return Sheet(
        name="goodput",
        title=_title(material),
        subtitle=material.conditions(
            runs_words(cells), material.service_words, interval_words([*found.values()])
        ),
        caption=_caption(material, ceiling),
        alt=_alt(cells, found),
        header=HEADER,
        rows=tuple(_row(s, found[s.cell.name]) for s in cells),
        columns=COLUMNS,
        marks=tuple(_mark(material, s, found[s.cell.name]) for s in cells),
        settings={
            "x_low": material.tasks[0] * 0.72,
            "x_high": material.tasks[-1] * 1.4,
            "y_low": y_low,
            "y_high": y_high,
            "ceiling": ceiling or 0,
            "ceiling_words": f"all the API can serve: {show_count(round(ceiling))}"
            if ceiling else "",
            **_theory(material),
            **_labels(material, found, y_low, y_high),
        },
        tics=(
            Tics("x", tuple((show_count(n), n) for n in material.tasks)),
            Tics("y", tuple((show_count(t), t) for t in log_ticks(y_low, y_high))),
        ),
        log=("x", "per_s", "bar_low", "bar_high", "tasks"),
    )  # fmt: skip


def run_rate(run: Run) -> float | None:
    """Tasks ok per second of one run; None where none was: that has no logarithm."""
    wall_s = run.hyperfine.wall_s if run.hyperfine else None
    ok = run.record["outcomes"]["ok"] if run.record else 0
    return ok / wall_s if wall_s and ok else None


def rate(material: Material, summary: Summary) -> Interval | None:
    runs = [r for r in material.runs if r.counts and r.cell.name == summary.cell.name]
    values = [run_rate(run) for run in runs]
    return median_interval(values) if values and all(values) else None


def _ceiling(material: Material) -> float | None:
    times = {service_time_s(s.cell) for s in material.cells}
    if material.capacity is None or len(times) != 1:
        return None
    return material.capacity / times.pop()


def _compared(material: Material) -> tuple[Summary, Interval] | None:
    """The largest pool over thread-per-task, block by block, at the most tasks."""
    pools = [w for w in material.designs if w is not None]
    for tasks in reversed(material.tasks):
        pool = material.at(pools[0], tasks) if pools else None
        threads = material.at(None, tasks)
        if pool is None or threads is None:
            continue
        ours, theirs = (
            {r.block: run_rate(r) for r in material.runs
             if r.counts and r.cell.name == s.cell.name}
            for s in (pool, threads)
        )  # fmt: skip
        ratios = [ours[b] / theirs[b] for b in ours if ours[b] and theirs.get(b)]
        if ratios:
            return pool, median_interval(ratios)
    return None


def _title(material: Material) -> str:
    found = _compared(material)
    if found is None:
        return "Tasks that went well, per second"
    pool, ratio = found
    start = f"At {tasks_words(pool.cell.tasks)} {spoken_name(pool.cell)} gets"
    if ratio_verdict(ratio) is not Verdict.CANNOT_TELL:
        times = show_ratio(ratio.median)
        return f"{start} {times}× as many tasks done a second as a thread per task"
    words = (
        f"At {tasks_words(pool.cell.tasks)} these runs cannot tell whether "
        f"{spoken_name(pool.cell)} or a thread per task gets more done a second"
    )
    return words if ratio.known else too_few(words, ratio.n)


def _theory(material: Material) -> dict[str, object]:
    pools = [
        w for w in material.designs
        if w is not None and any(s.theory_wall_s for s in material.of(w))
    ]  # fmt: skip
    return {
        "theories": len(pools),
        "theory_workers": pools,
        "theory_series": [material.looks[w] for w in pools],
        "service_s": service_time_s(material.cells[0].cell),
    }


def _labels(
    material: Material, found: dict[str, Interval], low: float, high: float
) -> dict[str, object]:
    last = []
    for workers in material.designs:
        last += [s for s in material.of(workers) if s.cell.name in found][-1:]
    rates = [found[s.cell.name] for s in last]
    heights = [log10(r.median / low) / log10(high / low) for r in rates]
    return {
        "labels": len(last),
        "label_series": [material.looks[s.cell.workers] for s in last],
        "label_y": [h + 0.04 for h in spread_out(heights, LABEL_APART, 0.95)],
        "label_name": [design_name(s.cell) for s in last],
        "label_value": [
            f"{show_count(round(r.median))} a second"
            + ("" if s.cell.tasks == material.tasks[-1]
               else f", at {show_count(s.cell.tasks)}")
            for s, r in zip(last, rates)
        ],
        "label_note": [""] * len(last),
    }  # fmt: skip


def _mark(material: Material, summary: Summary, rate: Interval) -> tuple[Value, ...]:
    cell = summary.cell
    middle = (len(material.designs) - 1) / 2
    dodge = DODGE ** (material.designs.index(cell.workers) - middle)
    return (
        material.looks[cell.workers], round(cell.tasks * dodge, 3), rate.median,
        *bar(rate), cell.tasks,
    )  # fmt: skip


def _row(summary: Summary, rate: Interval) -> tuple[str, ...]:
    return (
        design_name(summary.cell), show_count(summary.cell.tasks), str(rate.n),
        show_count(round(rate.median)), show_limits("count", rate) or "–",
    )  # fmt: skip


def _caption(material: Material, ceiling: float | None) -> str:
    top = (
        " No design can go above the dashed line, what the API serves: its capacity"
        " over the time of a task." if ceiling else ""
    )  # fmt: skip
    return (
        f"{_title(material)}. Only tasks that went well count, over the wall time of"
        f" the whole run.{top} The pale lines are theory, N tasks in ⌈N/W⌉ rounds. A"
        " short burst that ends early is fast here too, if all it asked was granted."
    )


def _alt(cells: list[Summary], found: dict[str, Interval]) -> str:
    each = "; ".join(
        f"{design_name(s.cell)} at {tasks_words(s.cell.tasks)}: "
        f"{show_count(round(found[s.cell.name].median))} a second"
        for s in cells
    )
    return f"Log-log scatter of tasks ok per second against tasks. {each}."


def _empty(material: Material) -> Sheet:
    words = "no counted run had a task that went well"
    return Sheet(
        name="goodput", title="Goodput: nothing went well, or nothing was measured",
        subtitle=material.conditions("tasks ok per second"), caption=words, alt=words,
        header=HEADER, rows=(), columns=COLUMNS, marks=(), nothing=words,
    )  # fmt: skip
