"""What do the threads weigh? Peak memory, and threads alive at once, against tasks."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log10

from ..reckon.summarise import ratio
from ..reckon.summary import Ratio, Summary
from ..run.run import Role
from ..say.names import design_name
from ..say.numbers import show_bytes, show_count
from ..say.sentences import interval_text, ratio_text
from .look import spoken_name
from .material import Material, log_ticks, spread_out
from .sheet import Sheet, Tics, Value
from .words import bar, compared, interval_words, runs_words, tasks_words

RSS, THREADS = "rss_bytes", "threads"
DODGE = 1.12
VALUE_APART, NAME_APART = 0.075, 0.14  # of the frame's height
COLUMNS = (
    "series", "x", "rss_bytes", "bar_low", "bar_high", "threads", "tasks",
    "threads_low", "threads_high",
)  # fmt: skip
HEADER = (
    "design", "tasks", "runs", "peak RSS", "threads alive at once", "page tables",
    "address space",
)  # fmt: skip


def build(material: Material) -> Sheet:
    material.check_one_cell_each("memory")
    cells = [
        s for s in material.cells
        if RSS in s.figures and THREADS in s.figures and s.cell.tasks
    ]  # fmt: skip
    if not cells:
        return _empty(material)
    rss, threads = _span(cells, RSS), _span(cells, THREADS)
    slope = slope_bytes(material)
    return Sheet(
        name="memory",
        title=_title(material),
        subtitle=material.conditions(
            _ratio_words(material),
            runs_words(cells),
            "RSS is VmHWM, read by the program as its last act",
            interval_words([s.figures[RSS] for s in cells]),
        ),
        caption=_caption(material, slope),
        alt=_alt(material, cells, slope),
        header=HEADER,
        rows=tuple(_row(s) for s in cells),
        columns=COLUMNS,
        marks=tuple(_mark(material, s) for s in cells),
        settings={
            "x_low": material.tasks[0] * 0.6,
            "x_high": material.tasks[-1] * 1.7,
            **_axis("rss", rss, show_bytes_tick),
            **_axis("threads", threads, show_count),
            "slopes": slope is not None,
            "slope_bytes": slope or 0.0,
            "base_bytes": _base_bytes(material, slope),
            **_values(material, rss, slope),
            **_names(material, threads),
        },
        tics=(Tics("x", tuple((show_count(n), n) for n in material.tasks)),),
        log=COLUMNS[1:],
    )


def slope_bytes(material: Material) -> float | None:
    """RSS for each further thread created: from the fewest to the most tasks.

    A thread that has ended and is not yet joined keeps the pages it touched, so the
    divisor is threads created, not threads alive.
    """
    threads = [s for s in material.of(None) if RSS in s.figures]
    if len(threads) < 2:
        return None
    least, most = threads[0], threads[-1]
    grown = most.figures[RSS].median - least.figures[RSS].median
    return grown / (most.cell.tasks - least.cell.tasks)


def _base_bytes(material: Material, slope: float | None) -> float:
    if slope is None:
        return 0.0
    least = next(s for s in material.of(None) if RSS in s.figures)
    return least.figures[RSS].median - slope * least.cell.tasks


def _span(cells: list[Summary], figure: str) -> tuple[float, float]:
    values = [s.figures[figure].median for s in cells]
    return min(values) * 0.55, max(values) * 2.2


def show_bytes_tick(size: float) -> str:
    return show_bytes(size).replace(".00", "").replace(".0 ", " ")


def _axis(
    name: str, span: tuple[float, float], show: Callable[[float], str]
) -> dict[str, object]:
    tics = ", ".join(f'"{show(t)}" {t!r}' for t in log_ticks(*span))
    low, high = span
    return {f"{name}_low": low, f"{name}_high": high, f"{name}_tics": f"({tics})"}


def _mark(material: Material, summary: Summary) -> tuple[Value, ...]:
    cell, rss, threads = summary.cell, summary.figures[RSS], summary.figures[THREADS]
    middle = (len(material.designs) - 1) / 2
    dodge = DODGE ** (material.designs.index(cell.workers) - middle)
    return (
        material.looks[cell.workers], round(cell.tasks * dodge, 3), rss.median,
        *bar(rss), threads.median, cell.tasks, *bar(threads),
    )  # fmt: skip


def weight(material: Material, summary: Summary) -> str:
    """Its RSS, and at how many tasks where the others went on to more."""
    size = show_bytes(summary.figures[RSS].median)
    tasks = summary.cell.tasks
    return size if tasks == material.tasks[-1] else f"{size} at {show_count(tasks)}"


def _last(material: Material) -> list[Summary]:
    """The last cell of each design that has both figures."""
    found = []
    for workers in material.designs:
        ours = [s for s in material.of(workers) if RSS in s.figures]
        found += [s for s in ours if THREADS in s.figures][-1:]
    return found


def _heights(
    last: list[Summary], figure: str, span: tuple[float, float], apart: float
) -> list[float]:
    full = log10(span[1] / span[0])
    wanted = [log10(s.figures[figure].median / span[0]) / full for s in last]
    return [round(max(h, 0.1), 4) for h in spread_out(wanted, apart)]


def _values(
    material: Material, span: tuple[float, float], slope: float | None
) -> dict[str, object]:
    """What stands beside the last marks of the left panel."""
    last = _last(material)
    words = [weight(material, summary) for summary in last]
    series = [material.looks[s.cell.workers] for s in last]
    heights = _heights(last, RSS, span, VALUE_APART)
    if slope is not None:
        words.append(f"{show_bytes(slope)} a thread")
        series.append(material.looks[None])
        heights.append(heights[0] - VALUE_APART)
    return {
        "values": len(words),
        "value_words": words,
        "value_series": series,
        "value_y": heights,
    }


def _names(material: Material, span: tuple[float, float]) -> dict[str, object]:
    last = _last(material)
    return {
        "names": len(last),
        "name_words": [design_name(s.cell) for s in last],
        "name_series": [material.looks[s.cell.workers] for s in last],
        "name_value": [f"{_alive(s)} alive" for s in last],
        "name_y": [h + 0.03 for h in _heights(last, THREADS, span, NAME_APART)],
    }


def _alive(summary: Summary) -> str:
    # Half a thread is told as a whole one, as anybody would round.
    return show_count(floor(summary.figures[THREADS].median + 0.5))


def _row(summary: Summary) -> tuple[str, ...]:
    def told(figure: str, unit: str) -> str:
        found = summary.figures.get(figure)
        return interval_text(found, unit) if found else "–"

    return (
        design_name(summary.cell), show_count(summary.cell.tasks), str(summary.n),
        told(RSS, "bytes"), told(THREADS, "count"), told("page_table_bytes", "bytes"),
        told("virtual_bytes", "bytes"),
    )  # fmt: skip


def rss_ratio(material: Material, tasks: int) -> Ratio | None:
    """thread-per-task over the largest pool, block by block."""
    pools = [w for w in material.designs if w is not None]
    over = material.at(None, tasks)
    under = material.at(pools[0], tasks) if pools else None
    if over is None or under is None:
        return None

    def runs(summary: Summary) -> list:
        return [r for r in material.runs if r.cell.name == summary.cell.name]

    return ratio(
        RSS,
        (over.cell, runs(over), Role.MEASURE),
        (under.cell, runs(under), Role.MEASURE),
    )


def _title(material: Material) -> str:
    tasks = material.tasks[-1]
    found = rss_ratio(material, tasks)
    if found is None:
        last = _last(material)[0]
        size = show_bytes(last.figures[RSS].median)
        who = design_name(last.cell)
        return f"{who} peaks at {size} with {tasks_words(last.cell.tasks)}"
    who = spoken_name(found.baseline)
    return compared(
        found,
        f"At {tasks_words(tasks)} a thread per task takes {{r}} the memory of {who}",
        f"At {tasks_words(tasks)} a thread per task takes {{r}} less memory than {who}",
        f"At {tasks_words(tasks)} these runs cannot tell the memory of a thread per"
        f" task from that of {who}",
    )


def _ratio_words(material: Material) -> str:
    """The title's ratio with its interval."""
    found = rss_ratio(material, material.tasks[-1])
    return f"ratio {ratio_text(found.interval)}" if found and found.interval else ""


def _caption(material: Material, slope: float | None) -> str:
    words = [_title(material) + "."]
    if slope is not None:
        words.append(
            f"Each further thread adds {show_bytes(slope)} of resident memory: the"
            " slope of the line, from the fewest to the most tasks. One that has ended"
            " keeps it until it is joined, alive or not. The kernel's share of a"
            " thread, its stack and page tables, comes on top and is not in RSS."
        )
    words.append(
        "Both axes are logarithmic. Right: how many threads were counted alive at once;"
        " below the dashed line, threads ended before the last one was created. Memory"
        " of a pool that grew with the tasks would contradict its bound."
    )
    return " ".join(words)


def _alt(material: Material, cells: list[Summary], slope: float | None) -> str:
    parts = [
        f"{design_name(s.cell)} at {tasks_words(s.cell.tasks)}: "
        f"{show_bytes(s.figures[RSS].median)}, "
        f"{_alive(s)} threads alive."
        for s in _last(material)
    ]
    if slope is not None:
        parts.append(f"Slope: {show_bytes(slope)} a thread.")
    return (
        "Two log-log scatters: peak resident memory, and threads alive at once, against"
        " tasks. " + " ".join(parts)
    )


def _empty(material: Material) -> Sheet:
    words = "no run told its peak memory and its threads"
    return Sheet(
        name="memory", title="Memory: nothing was measured",
        subtitle=material.conditions("no run counted"), caption=words, alt=words,
        header=HEADER, rows=(), columns=COLUMNS, marks=(), nothing=words,
    )  # fmt: skip
