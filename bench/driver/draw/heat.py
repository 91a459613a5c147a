"""A family: a map of who is faster where, for each design over the first baseline."""

from collections.abc import Sequence
from math import log

from ..ask.cell import Cell
from ..reckon.summary import Ratio
from ..say import names
from ..say.sentences import ratio_text
from . import words
from .axes import tick_words, tics
from .chart import Chart, ChartError, columns
from .view import View, grouped

MARGINS = {1: (0.12, 0.9, 0.0), 2: (0.1, 0.98, 0.06), 3: (0.09, 0.985, 0.05)}
NEAR = 0.03  # a curve need not have a point at each number of tasks


def build(view: View) -> Chart:
    ratios = [
        r for r in view.material.summaries.compared(view.figures[0])
        if r.interval is not None
        and r.baseline.design.is_named(view.material.experiment.baselines[0])
    ]  # fmt: skip
    if not ratios:
        raise ChartError(f"{view.chart.name}: no two designs ran in the same blocks")
    pairs = list(grouped(ratios, lambda r: r.cell.design.key).values())
    borders = [_border(view, pair) for pair in pairs]
    remarks = [
        words.runs_words(view.cells),
        "how many times sooner, by the median",
        "grey: cannot be told, or within 2 %",
        "dashed: theory's border" if any(borders) else "",
    ]
    rows = [
        (view.design(r.cell), view.design(r.baseline),
         tick_words("count", r.cell.tasks),
         tick_words("s", r.cell.service_s), ratio_text(r.interval),
         view.design(best) if (best := _faster(r)) else "cannot tell")
        for r in ratios
    ]  # fmt: skip
    header = ("design", "over", "tasks", "time of a task", "ratio", "faster")
    settings = _settings(view, pairs, borders)
    dashes = 2 * len(settings["line_x"])
    return words.sheet(view, _title(view, pairs[0], borders[0]), remarks, header, rows,
                       settings, in_front=dashes)  # fmt: skip


def _faster(ratio: Ratio) -> Cell | None:
    if not ratio.interval.known:
        return None  # as the field says
    return {"less": ratio.cell, "more": ratio.baseline}.get(words.key_of(ratio)[0])


def _title(view: View, pair: Sequence[Ratio], border: dict[int, float]) -> str:
    """Below which task time the design wins, or who wins how often."""
    cell, base = pair[0].cell, pair[0].baseline
    who, other = view.spoken(cell), view.spoken(base)
    wins = [r.cell.service_s for r in pair if _faster(r) is r.cell]
    loses = [r.cell.service_s for r in pair if _faster(r) is r.baseline]
    if len(wins) == len(pair) or len(loses) == len(pair):
        best, name = (cell, who) if wins else (base, other)
        finishes = names.verb(best.design, "finishes", "finish")
        return f"{name} {finishes} sooner everywhere here"
    at_most = [r for r in pair if r.cell.tasks == max(r.cell.tasks for r in pair)]
    short = [r.cell.service_s for r in at_most if _faster(r) is r.cell]
    long = [r.cell.service_s for r in at_most if _faster(r) is r.baseline]
    if short and long and max(short) < min(long):
        told = "; ".join(
            f"{which} tasks: {view.spoken(c)} {names.verb(c.design, 'wins', 'win')}"
            for which, c in (("short", cell), ("long", base))
        )
        near = [tick_words("s", float(f"{at:.1e}")) for at in border.values()]
        return f"{told}; the border is near {near[-1]}" if near else told
    rest = len(pair) - len(wins) - len(loses)
    faster = names.verb(cell.design, "is faster", "are faster")
    return (f"{who} {faster} in {len(wins)} of {len(pair)} fields, {other} in "
            f"{len(loses)}; in {rest} there is no difference to be told")  # fmt: skip


def _border(view: View, pair: Sequence[Ratio]) -> dict[int, float]:
    """Theory's task time at which both are as fast, for each number of tasks."""
    known = {
        row["x"]: row["y"] for row in view.material.tables["theory"].rows
        if row["curve"] == "even over tasks"
        and row["design"] == pair[0].cell.design.key
    }  # fmt: skip
    found = {}
    for tasks in sorted({r.cell.tasks for r in pair}):
        nearest = min(known, key=lambda n: abs(n - tasks), default=0)
        if abs(nearest - tasks) <= NEAR * tasks:
            found[tasks] = known[nearest]
    return found


def _settings(
    view: View, pairs: Sequence[Sequence[Ratio]], borders: Sequence[dict[int, float]]
) -> dict[str, object]:
    every = [r for pair in pairs for r in pair]
    tasks = sorted({r.cell.tasks for r in every})
    times = sorted({r.cell.service_s for r in every})
    base = every[0].baseline
    left, right, apart = MARGINS[len(pairs)]
    lines = [
        {"panel": panel, "x": tasks.index(n) + 0.5, "y": y}
        for panel, border in enumerate(borders, start=1) for n, even in border.items()
        if (y := _height(even, times)) is not None
    ]  # fmt: skip
    return {
        "panels": len(pairs), "left": left, "right": right, "apart": apart,
        "columns": len(tasks), "rows": len(times),
        "x_tics": tics((tick_words("count", n), i) for i, n in enumerate(tasks, 1)),
        "y_tics": tics((tick_words("s", t), i) for i, t in enumerate(times, 1)),
        "panel_words": [view.design(pair[0].cell) if len(pairs) > 1 else ""
                        for pair in pairs],
        **view.material.of_cells({
            r.cell.name: {"panel": panel, "x": tasks.index(r.cell.tasks) + 1,
                          "y": times.index(r.cell.service_s) + 1,
                          "name": view.design(r.cell)}
            for panel, pair in enumerate(pairs, start=1) for r in pair
        }),
        "base": base.design.key, "base_look": view.look(base),
        "base_name": view.design(base), "figure": every[0].figure,
        **columns("line", lines, "panel", "x", "y"),
    }  # fmt: skip


def _height(value: float, steps: Sequence[float]) -> float | None:
    """Where a value lies among the rows, by its logarithm; None where it is outside."""
    for row, (low, high) in enumerate(zip(steps, steps[1:]), start=1):
        if low <= value <= high:
            return row + log(value / low) / log(high / low)
    return None
