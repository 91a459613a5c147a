"""summary.csv: one line for each cell and figure, and for each cell and outcome.

Columns: cell, design, workers, tasks, n, figure, unit, median, low, high, minimum,
maximum, coverage. low and high are the interval of the median, empty when n < 6.
Durations are in seconds, sizes in bytes. The figures are those of figures.py; outcomes
are called outcome_ok and so on; `runs` is n, 0 for a cell that was left out. A ratio is
called ratio_<figure>, over the baseline. Of fewer than 1000 tasks there is no p99.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from .figures import FIGURES, bearable
from .model import Cell, Interval, Summaries, Summary

HEADER = (
    "cell", "design", "workers", "tasks", "n", "figure", "unit",
    "median", "low", "high", "minimum", "maximum", "coverage",
)  # fmt: skip


def write_summary(summaries: Summaries) -> str:
    """The text of summary.csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for summary in summaries:
        writer.writerows(_cell_rows(summary))
    for ratio in summaries.ratios:
        if ratio.interval is not None:
            name = f"ratio_{ratio.figure}"
            writer.writerow(_row(ratio.cell, name, "1", ratio.interval))
    return text.getvalue()


def _cell_rows(summary: Summary) -> Iterator[list[str]]:
    # Every cell has this line, also one that was left out.
    runs = [*_key(summary.cell), str(summary.n), "runs", "count", str(summary.n)]
    yield [*runs, *[""] * 5]
    for name, interval in bearable(summary).items():
        yield _row(summary.cell, name, FIGURES[name].unit, interval)
    for name, count in summary.outcomes.items():
        yield [
            *_key(summary.cell), str(summary.n), f"outcome_{name}", "count",
            _number(count.median), "", "", str(count.minimum), str(count.maximum), "",
        ]  # fmt: skip
    for name, value in (
        ("theory_wall_s", summary.theory_wall_s),
        ("bound_wall_s", summary.bound_wall_s),
    ):
        if value is not None:
            empty = [""] * 5
            yield [
                *_key(summary.cell),
                str(summary.n),
                name,
                "s",
                _number(value),
                *empty,
            ]


def _key(cell: Cell) -> list[str]:
    workers = "" if cell.workers is None else str(cell.workers)
    return [cell.name, cell.design, workers, str(cell.tasks)]


def _row(cell: Cell, name: str, unit: str, interval: Interval) -> list[str]:
    values = (
        interval.median, interval.low, interval.high, interval.minimum,
        interval.maximum, interval.coverage,
    )  # fmt: skip
    return [*_key(cell), str(interval.n), name, unit, *(_number(v) for v in values)]


def _number(value: float | None) -> str:
    """Nine digits: more than any figure is good for, and never a comma."""
    return "" if value is None else f"{value:.9g}"
