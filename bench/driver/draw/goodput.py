"""How much useful work a second? Tasks that went well, per second, against tasks."""

from __future__ import annotations

from math import log10

from ..reckon.stats import Interval
from ..reckon.summarise import ratio
from ..reckon.summary import Ratio, Summary
from ..run.run import Role
from ..say.names import design_name
from ..say.numbers import show_count
from ..say.sentences import ratio_text
from .look import spoken_name
from .material import Material, log_ticks, spread_out
from .sheet import Sheet, Tics, Value
from .words import bar, compared, interval_words, runs_words, show_limits, tasks_words

FIGURE = "goodput_per_s"
COLUMNS = ("series", "x", "per_s", "bar_low", "bar_high", "tasks", "theory_per_s")
HEADER = ("design", "tasks", "runs", "tasks ok per second", "interval")
DODGE, LABEL_APART = 1.07, 0.15


def build(material: Material) -> Sheet:
    material.check_one_cell_each("goodput")
    cells = [s for s in material.cells if FIGURE in s.figures and s.cell.tasks]
    # A rate of none has no place on a log axis.
    cells = [s for s in cells if s.figures[FIGURE].minimum > 0]
    if not cells:
        return _empty(material)
    found = {s.cell.name: s.figures[FIGURE] for s in cells}
    ceiling = _ceiling(material)
    values = [end for rate in found.values() for end in bar(rate)]
    values += [ceiling] if ceiling else []
    y_low, y_high = min(values) * 0.6, max(values) * 1.9
    return Sheet(
        name="goodput",
        title=_title(material),
        subtitle=material.conditions(
            _ratio_words(material), runs_words(cells), material.service_words,
            interval_words([*found.values()]),
        ),
        caption=_caption(material, ceiling),
        alt=_alt(cells, found),
        header=HEADER,
        rows=tuple(_row(s, found[s.cell.name]) for s in cells),
        columns=COLUMNS,
        marks=tuple(_mark(material, s, found[s.cell.name]) for s in cells),
        settings={
            "x_low": material.task_axis[0],
            "x_high": material.task_axis[1],
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
        log=COLUMNS[1:],
    )  # fmt: skip


def _ceiling(material: Material) -> float | None:
    times = {s.cell.service_s for s in material.cells}
    if material.capacity is None or len(times) != 1:
        return None
    return material.capacity / times.pop()


def _ratio(material: Material, tasks: int) -> Ratio | None:
    """The largest pool over thread-per-task, block by block."""
    pools = [w for w in material.designs if w is not None]
    over = material.at(pools[0], tasks) if pools else None
    under = material.at(None, tasks)
    if over is None or under is None:
        return None
    found = ratio(
        FIGURE,
        *(
            (s.cell, [r for r in material.runs if r.cell.name == s.cell.name],
             Role.MEASURE)
            for s in (over, under)
        ),
    )  # fmt: skip
    return found if found.interval else None


def _ratios(material: Material) -> list[Ratio]:
    found = (_ratio(material, tasks) for tasks in material.tasks)
    return [each for each in found if each is not None]


def _title(material: Material) -> str:
    """At the most tasks; and at the fewest, where the verdict is another."""
    ratios = _ratios(material)
    if not ratios:
        return "Tasks that went well, per second"
    first, last = ratios[0], ratios[-1]
    at = f"At {tasks_words(last.cell.tasks)}"
    who = spoken_name(last.cell)
    title = compared(
        last,
        f"{at} {who} gets {{r}} as many tasks done a second as a thread per task",
        f"{at} a thread per task gets {{r}} as many tasks done a second as {who}",
        f"{at} these runs cannot tell whether {who} or a thread per task gets more"
        " done a second",
    )
    if first.verdict is not last.verdict:
        count = show_count(first.cell.tasks)
        title += compared(
            first,
            f"; at {count} more, too",
            f"; at {count} fewer",
            f"; at {count} they cannot be told apart",
        )
    return title


def _ratio_words(material: Material) -> str:
    """The title's ratio with its interval."""
    ratios = _ratios(material)
    return f"ratio {ratio_text(ratios[-1].interval)}" if ratios else ""


def _theory(material: Material) -> dict[str, object]:
    pools = [
        w for w in material.designs
        if w is not None and any(s.theory_wall_s for s in material.of(w))
    ]  # fmt: skip
    return {
        "theories": len(pools),
        "theory_workers": pools,
        "theory_series": [material.looks[w] for w in pools],
        "service_s": material.cells[0].cell.service_s,
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
    cell, pool = summary.cell, summary.cell.workers is not None
    middle = (len(material.designs) - 1) / 2
    dodge = DODGE ** (material.designs.index(cell.workers) - middle)
    return (
        material.looks[cell.workers], round(cell.tasks * dodge, 3), rate.median,
        *bar(rate), cell.tasks,
        cell.tasks / summary.theory_wall_s if pool and summary.theory_wall_s else None,
    )  # fmt: skip


def _row(summary: Summary, rate: Interval) -> tuple[str, ...]:
    return (
        design_name(summary.cell), show_count(summary.cell.tasks), str(rate.n),
        show_count(round(rate.median)), show_limits("1/s", rate) or "–",
    )  # fmt: skip


def _caption(material: Material, ceiling: float | None) -> str:
    top = (
        " No design can go above the dashed line, what the API serves: its capacity"
        " over the time of a task." if ceiling else ""
    )  # fmt: skip
    return (
        f"{_title(material)}. Only tasks that went well count, over the time to the"
        f" last outcome on the program's own clock.{top} The pale lines are theory, N"
        " tasks in ⌈N/W⌉ rounds, and the pale bar across a mark is its own. A short"
        " burst that ends early is fast here too, if all it asked was granted. A mark"
        " above its bar would be impossible."
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
