"""How long does it take? Wall time against tasks, with theory behind the marks."""

from __future__ import annotations

from math import log10

from ..reckon.summary import Summary
from ..say.names import design_name
from ..say.numbers import show_count, show_duration
from ..say.sentences import interval_text, ratio_text
from .curves import curves
from .look import spoken_name
from .material import Material, log_ticks, ok_share, spread_out
from .sheet import Sheet, Tics, Value
from .words import (
    bar,
    compared,
    interval_words,
    runs_words,
    show_setting,
    show_share,
    tasks_words,
)

FIGURE = "wall_s"
COLUMNS = (
    "series", "x", "median_s", "bar_low_s", "bar_high_s", "tasks", "theory_s",
)  # fmt: skip
WELL_OFF = 0.05  # of the theory: said in the caption
LABEL_APART = 0.19  # of the frame's height: name, value and remark
DODGE = 1.07  # marks of one N stand beside each other, so that ties are seen


def build(material: Material) -> Sheet:
    material.check_one_cell_each("wall-time")
    cells = [s for s in material.cells if FIGURE in s.figures and s.cell.tasks]
    if not cells:
        return _empty(material)
    x_low, x_high = material.task_axis
    y_low, y_high = _range(material, cells)
    theory = curves(material, (x_low, x_high), (y_low, y_high))
    return Sheet(
        name="wall-time",
        title=_title(material),
        subtitle=material.conditions(
            _ratio_words(material),
            runs_words(cells),
            material.service_words,
            interval_words([s.figures[FIGURE] for s in cells]),
        ),
        caption=_caption(material),
        alt=_alt(material, cells),
        header=_HEADER,
        rows=tuple(_row(material, s) for s in cells),
        columns=COLUMNS,
        marks=tuple(_marks(material, cells)),
        settings={
            "x_low": x_low,
            "x_high": x_high,
            "y_low": y_low,
            "y_high": y_high,
            "service_s": cells[0].cell.service_s,
            "create_s": material.create_each_s or 0.0,
            **theory,
            **_labels(material, (y_low, y_high)),
        },
        tics=(
            Tics("x", tuple((show_count(n), n) for n in material.tasks)),
            Tics("y", tuple((show_setting(t), t) for t in log_ticks(y_low, y_high))),
        ),
        log=COLUMNS[1:],
    )


_HEADER = (
    "design", "tasks", "runs", "wall time", "program's own clock", "theory",
    "measured / theory", "tasks ok",
)  # fmt: skip


def _row(material: Material, summary: Summary) -> tuple[str, ...]:
    inner = summary.figures.get("inner_wall_s")
    share = ok_share(summary)
    over = summary.over_theory
    return (
        design_name(summary.cell),
        show_count(summary.cell.tasks),
        str(summary.n),
        interval_text(summary.figures[FIGURE], "s"),
        interval_text(inner, "s") if inner else "–",
        show_duration(summary.theory_wall_s) if summary.theory_wall_s else "–",
        f"{over:.3f}" if over else "–",
        show_share(share) if share is not None else "–",
    )


def _marks(material: Material, cells: list[Summary]) -> list[tuple[Value, ...]]:
    middle = (len(material.designs) - 1) / 2
    marks = []
    for summary in cells:
        cell, wall = summary.cell, summary.figures[FIGURE]
        dodge = DODGE ** (material.designs.index(cell.workers) - middle)
        look = material.looks[cell.workers]
        x = round(cell.tasks * dodge, 3)
        theory_s = summary.theory_wall_s
        marks.append((look, x, wall.median, *bar(wall), cell.tasks, theory_s))
    return marks


def _range(material: Material, cells: list[Summary]) -> tuple[float, float]:
    values = [s.figures[FIGURE].low or s.figures[FIGURE].minimum for s in cells]
    values += [s.figures[FIGURE].high or s.figures[FIGURE].maximum for s in cells]
    values += [s.theory_wall_s for s in cells if s.theory_wall_s]
    return min(values) * 0.72, max(values) * 1.7


def _labels(material: Material, y: tuple[float, float]) -> dict[str, object]:
    """One block of words for each design, at the height of its last mark."""
    last = [material.of(workers)[-1] for workers in material.designs]
    medians = [s.figures[FIGURE].median for s in last]
    heights = [log10(median / y[0]) / log10(y[1] / y[0]) for median in medians]
    placed = spread_out(heights, LABEL_APART, highest=0.93)
    return {
        "labels": len(last),
        "label_series": [material.looks[s.cell.workers] for s in last],
        "label_y": [round(h + 0.05, 4) for h in placed],
        "label_name": [design_name(s.cell) for s in last],
        "label_value": [_value(s) for s in last],
        "label_note": [_note(material, s) for s in last],
    }


def _value(summary: Summary) -> str:
    wall = summary.figures[FIGURE]
    return interval_text(wall, "s")


def _note(material: Material, summary: Summary) -> str:
    """What the time bought; or that the last cell was not measured."""
    if summary.cell.tasks < material.tasks[-1]:
        return f"at {show_count(summary.cell.tasks)}; {_largest(material)} not run"
    share = ok_share(summary)
    if share is None:
        return ""
    return "all tasks ok" if share == 1 else f"{show_share(share)} of tasks ok"


def _largest(material: Material) -> str:
    return show_count(material.tasks[-1])


def _title(material: Material) -> str:
    """What the ratios bear, at the largest N that both designs ran."""
    pairs = _pairs(material)
    if not pairs:
        best = material.of(material.designs[0])[-1]
        wall = show_duration(best.figures[FIGURE].median)
        return f"{tasks_words(best.cell.tasks)} take {spoken_name(best.cell)} {wall}"
    largest, smallest = pairs[-1], pairs[0]
    title = _claim(material, largest)
    share = ok_share(material.at(None, largest.cell.tasks))
    if share is not None and share < 0.995:
        title += f", which fails {show_share(1 - share)} of them"
    other = material.ratio(smallest.cell, FIGURE)
    if smallest is not largest and other.verdict != (
        material.ratio(largest.cell, FIGURE).verdict
    ):
        count = show_count(smallest.cell.tasks)
        title += compared(
            other,
            f"; at {count} it is slower",
            f"; at {count} it is faster",
            f"; at {count} they cannot be told apart",
        )
    return title


def _ratio_words(material: Material) -> str:
    """The title's ratio with its interval."""
    pairs = _pairs(material)
    ratio = material.ratio(pairs[-1].cell, FIGURE) if pairs else None
    if ratio is None or ratio.interval is None:
        return ""
    return f"ratio {ratio_text(ratio.interval)}"


def _pairs(material: Material) -> list[Summary]:
    """The cells of the largest pool that can be held against thread-per-task."""
    pools = [w for w in material.designs if w is not None]
    if not pools or None not in material.designs:
        return []
    ours = material.of(pools[0])
    return [s for s in ours if material.ratio(s.cell, FIGURE) is not None]


def _claim(material: Material, summary: Summary) -> str:
    who = spoken_name(summary.cell)
    return compared(
        material.ratio(summary.cell, FIGURE),
        f"At {tasks_words(summary.cell.tasks)} {who} takes {{r}} as long as "
        "a thread per task",
        f"At {tasks_words(summary.cell.tasks)} {who} is {{r}} faster than "
        "a thread per task",
        f"At {tasks_words(summary.cell.tasks)} these runs cannot tell {who} from "
        "a thread per task",
    )


def _caption(material: Material) -> str:
    words = [
        _title(material) + ".",
        "Both axes are logarithmic: one step up is ten times the time. The pale lines"
        " are theory; no line joins the marks, because nothing was measured between"
        " them. Marks of the same number of tasks stand a little side by side, to be"
        " told apart; the pale bar across a mark is its own theory. Marks are whole"
        " processes: starting one is on top of the theory.",
    ]
    if material.create_each_s:
        c = show_duration(material.create_each_s)
        words.append(
            f"c = {c}, starting one thread, was measured apart from these runs, by"
            " bench/micro: so that line is a prediction."
            if material.summaries.constants.create_s
            else f"c = {c} is what creating one thread took in these runs at"
            f" {tasks_words(material.of(None)[-1].cell.tasks)}."
        )
    words.append(_well_off(material))
    words.append(
        "A mark far from its bar contradicts the theory; less time than a pool's"
        " is impossible while all tasks succeed."
    )
    return " ".join(words)


def _well_off(material: Material) -> str:
    """The cell that is farthest from its theory, on the program's own clock."""
    known = [s for s in material.cells if s.over_theory]
    if not known:
        return ""
    far = max(known, key=lambda s: abs(log10(s.over_theory)))
    who = f"{design_name(far.cell)} at {tasks_words(far.cell.tasks)}"
    percent = f"{100 * (far.over_theory - 1):+.1f} %".replace("-", "−")
    if abs(far.over_theory - 1) <= WELL_OFF:
        return f"On the program's own clock none is more than {percent} off ({who})."
    told = f"Farthest off, on the program's own clock, is {who}: {percent}."
    create = far.figures.get("create_s")
    if far.cell.workers is None and create:
        each = show_duration(create.median / far.cell.tasks)
        told += f" Creating a thread took {each} there."
    return told


def _alt(material: Material, cells: list[Summary]) -> str:
    parts = []
    for tasks in material.tasks:
        found = [s for s in cells if s.cell.tasks == tasks]
        each = ", ".join(
            f"{design_name(s.cell)} {show_duration(s.figures[FIGURE].median)}"
            for s in found
        )
        parts.append(f"At {tasks_words(tasks)}: {each}.")
    return "Log-log scatter of wall time against tasks. " + " ".join(parts)


def _empty(material: Material) -> Sheet:
    words = "no run of this comparison counted, so there is no time to show"
    return Sheet(
        name="wall-time",
        title="Wall time: nothing was measured",
        subtitle=material.conditions("no run counted"),
        caption=words,
        alt=words,
        header=_HEADER,
        rows=(),
        columns=COLUMNS,
        marks=(),
        nothing=words,
    )
