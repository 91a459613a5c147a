"""The tables that everything shown is made of, with columns by name.

Written as CSV: no value is an empty field, times are in seconds, sizes in bytes, a
truth is 1 or 0. Every table but the last begins with the key of a cell:

    row       its number         cell    its name      design  its key: "pool-50"
    kind      "pool"             program  workers  bound   empty where it has none
    tasks     their number       varied  varied_text: "timeout=50ms", or empty

  cells    one row a cell. A column for each option in which cells differ; n, void (runs
           that count for nothing), share_ok, theory_s, bound_s, over_theory; each
           outcome (median, _low and _high: the extremes), each figure of figures.py
           (median, _low, _high) and rule, by which low and high were found
  ratios   one row a figure of a pair: baseline (a cell), baseline_design, figure,
           median, low, high, n, rule, coverage, minimum, maximum, resolution, verdict,
           same_work, leads (it is the figure that the experiment compares)
  runs     one row a run: block, position, role, counts, problem, at_s (since the first
           run began) and each figure
  tasks    one row a task of a sample: index, lane, due_s, started_s, finished_s,
           attempts, outcome
  changes  two rows a change within a sample, as it was until then and as it is from
           then on: time_s, waiting (due, not started), in_flight (started, not ended),
           served (of those, not to be rejected), threads
  answers  one row a step of a sample: curve ("started" or "answered"), time_s since the
           task was due, share of all tasks; it may end below 1
  rates    one row a slot of a sample through an outage: time_s at which it begins,
           ok_per_s, tasks that ended well in it per second
  costs    one row a variant: what one more thread costs, by kind: resident_bytes,
           kernel_stack_bytes, page_table_bytes, slab_bytes (median, _low, _high)
  theory   curve, design (a kind, where x is the workers), varied, tasks (empty, where
           they are the x), x, y

Curves: wall, goodput, accepted, alive, even over tasks; wall, rounds, creating and
accepted over workers, with the points best workers and safe workers; started, answered,
stopped over time; lost, wait, short-run wait over load. Who has which: curves.py.

summary.csv, for other programs, is long instead: a row a cell and figure.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from ..ask.cell import Cell
from ..ask.experiment import Experiment, varying
from ..ask.figures import FIGURES, OUTCOMES
from ..run.run import Role, Run
from ..run.samples import Sample, by_when, started
from . import outage, theory, thread_cost
from .curves import theory_points, varied_text
from .stats import Interval
from .summary import Summaries, Summary

KEY = ("cell", "design", "kind", "program", "workers", "bound", "tasks", "varied")
OF_RATIO = ("median", "low", "high", "n", "rule", "coverage", "minimum", "maximum",
            "resolution")  # fmt: skip
Row = Mapping[str, Any]
COST_COLUMNS = dict(zip(thread_cost.KINDS, (
    "resident_bytes", "kernel_stack_bytes", "page_table_bytes", "slab_bytes",
)))  # fmt: skip


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def csv(self) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow([_field(row.get(column)) for column in self.columns])
        return text.getvalue()


def _field(value: Any) -> str:
    """Nine digits: more than any figure is good for, and never a comma."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def key_of(cell: Cell) -> dict[str, Any]:
    design = cell.design
    return dict(zip(KEY, (
        cell.name, design.key, design.kind, design.program, design.workers,
        design.bound, cell.tasks, varied_text(cell),
    )))  # fmt: skip


def cells(experiment: Experiment, summaries: Summaries) -> Table:
    options = tuple(varying((*experiment.cells, *experiment.samples)))
    ends = ("", "_low", "_high")
    columns = (
        *KEY, *options, "n", "void", "share_ok", "theory_s", "bound_s", "over_theory",
        "rule",
        *(name + end for name in (*OUTCOMES, *FIGURES) for end in ends),
    )  # fmt: skip
    rows = tuple(_cell_row(summary, options) for summary in summaries)
    return Table("cells", columns, rows)


def _cell_row(summary: Summary, options: Sequence[str]) -> Row:
    wall = summary.figures.get("wall_s")
    row = {
        **key_of(summary.cell),
        **{option: summary.cell.options.get(option) for option in options},
        "n": summary.n,
        "void": len(summary.problems),
        "share_ok": summary.share_ok if summary.n else None,
        "theory_s": summary.theory_wall_s,
        "bound_s": summary.bound_wall_s,
        "over_theory": theory.over_theory(summary),
        "rule": wall.rule if wall else None,
    }
    for name, count in summary.outcomes.items():
        row |= _ends(name, count.median, count.minimum, count.maximum)
    for name, found in summary.figures.items():
        row |= _ends(name, found.median, found.low, found.high)
    return row


def _ends(name: str, *values: float | None) -> Row:
    return dict(zip((name, f"{name}_low", f"{name}_high"), values))


def ratios(summaries: Summaries) -> Table:
    columns = (*KEY, "baseline", "baseline_design", "figure", *OF_RATIO, "verdict",
               "same_work", "leads")  # fmt: skip
    rows = []
    for ratio in summaries.ratios:
        found = ratio.interval
        rows.append({
            **key_of(ratio.cell),
            "baseline": ratio.baseline.name,
            "baseline_design": ratio.baseline.design.key,
            "figure": ratio.figure,
            **({name: getattr(found, name) for name in OF_RATIO} if found else {}),
            "verdict": ratio.verdict.value,
            "same_work": ratio.same_work,
            "leads": ratio.figure == summaries.figure,
        })  # fmt: skip
    return Table("ratios", columns, tuple(rows))


def runs(made: Sequence[Run]) -> Table:
    columns = (*KEY, "block", "position", "role", "counts", "problem", "at_s", *FIGURES)
    moments = [datetime.fromisoformat(run.started_utc) for run in made]
    first = min(moments, default=None)
    rows = tuple(
        {
            **key_of(run.cell),
            "block": run.block,
            "position": run.position,
            "role": run.role.value,
            "counts": run.counts,
            "problem": run.problem,
            "at_s": (moment - first).total_seconds(),
            **{name: figure.read(run) for name, figure in FIGURES.items()},
        }
        for run, moment in zip(made, moments)
    )
    return Table("runs", columns, rows)


Recorded = Sequence[tuple[Cell, Sequence[Sample]]]


def _of_samples(
    name: str,
    columns: Sequence[str],
    made: Callable[[Cell, Sequence[Sample]], Iterable[Sequence[Any]]],
    recorded: Recorded,
) -> Table:
    """made: the rows of one sample, without its key, in the order of the columns."""
    rows = tuple(
        key_of(cell) | dict(zip(columns, values))
        for cell, samples in recorded
        for values in made(cell, samples)
    )
    return Table(name, (*KEY, *columns), rows)


def tasks(recorded: Recorded) -> Table:
    columns = tuple(field.name for field in fields(Sample))
    read = attrgetter(*columns)
    return _of_samples("tasks", columns, lambda _, found: map(read, found), recorded)


def changes(recorded: Recorded) -> Table:
    counts = ("time_s", "waiting", "in_flight", "served", "threads")
    return _of_samples("changes", counts, _steps, recorded)


def _steps(cell: Cell, samples: Sequence[Sample]) -> Iterator[tuple[float, ...]]:
    """Before and after each change: a line through all of them has steps, no ramps."""
    moments: dict[float, list[int]] = {}

    def note(at_s: float, *change: int) -> None:
        found = moments.setdefault(at_s, [0, 0, 0])
        moments[at_s] = [now + more for now, more in zip(found, change)]

    for sample in samples:
        note(sample.due_s, 1, 0, 0)
    for sample in started(samples):
        served = int(sample.outcome != "rejected")
        note(sample.started_s, -1, 1, served)
        note(sample.finished_s, 0, -1, -served)
    now = [0, 0, 0]
    for at_s, change in sorted(moments.items()):
        then = [count + more for count, more in zip(now, change)]
        for counts in (now, then):
            # A pool keeps its workers; else a thread lives as long as its task.
            yield (at_s, *counts, cell.workers or counts[1])
        now = then


def costs(made: Sequence[Run]) -> Table:
    rows: dict[str, dict[str, Any]] = {}
    for cost in thread_cost.costs(made):
        row = rows.setdefault(cost.cell.name, key_of(cost.cell))
        name, found = COST_COLUMNS[cost.kind], cost.bytes_each
        row |= _ends(name, found.median, found.low, found.high)
    names = (n + end for n in COST_COLUMNS.values() for end in ("", "_low", "_high"))
    return Table("costs", (*KEY, *names), tuple(rows.values()))


def answers(recorded: Recorded) -> Table:
    columns = ("curve", "time_s", "share")
    return _of_samples("answers", columns, lambda cell, s: by_when(s), recorded)


def rates(recorded: Recorded) -> Table:
    return _of_samples("rates", ("time_s", "ok_per_s"), outage.slots, recorded)


def theory_rows(experiment: Experiment, summaries: Summaries) -> Table:
    points = theory_points(experiment, summaries.costs)
    rows = tuple(point._asdict() for point in points)
    return Table("theory", theory.Point._fields, rows)


def all_tables(
    experiment: Experiment,
    made: Sequence[Run],
    summaries: Summaries,
    recorded: Recorded = (),
) -> dict[str, Table]:
    """By their names; those of samples are empty where none was recorded."""
    found = (
        cells(experiment, summaries), ratios(summaries), runs(made), tasks(recorded),
        changes(recorded), answers(recorded), rates(recorded), costs(made),
        theory_rows(experiment, summaries),
    )  # fmt: skip
    numbers = numbers_of(experiment)
    return {table.name: _numbered(table, numbers) for table in found}


def numbers_of(experiment: Experiment) -> dict[str, int]:
    """Each cell's number by its name: the measured ones first, then the samples."""
    names = dict.fromkeys(c.name for c in (*experiment.cells, *experiment.samples))
    return {name: number for number, name in enumerate(names, start=1)}


def _numbered(table: Table, numbers: Mapping[str, int]) -> Table:
    """With the number of each row's cell in front."""
    if "cell" not in table.columns:
        return table
    rows = tuple({"row": numbers.get(row["cell"]), **row} for row in table.rows)
    return Table(table.name, ("row", *table.columns), rows)


# ---- summary.csv ----

SUMMARY_HEADER = (
    "cell", "design", "workers", "bound", "tasks", "n", "figure", "unit", "median",
    "low", "high", "minimum", "maximum", "coverage", "rule", "resolution", "baseline",
    "verdict",
)  # fmt: skip


def summary_rows(summaries: Summaries) -> Iterator[Row]:
    """The rows of summary.csv.

    A row for each cell and figure of figures.py, `runs` (n, 0 where it was left out),
    outcome_ok and the like, theory_wall_s, bound_wall_s, and ratio_<figure> with its
    baseline. low and high are what the rule gives: "ranks" and "widened" hold the true
    median in 95 of 100 cases or more, "extremes" as often as coverage says. Of fewer
    than 1000 tasks that ended so there is no p99.
    """
    for summary in summaries:
        yield from _cell_rows(summary)
    for ratio in summaries.ratios:
        if ratio.interval is not None:
            more = {"baseline": ratio.baseline.name, "verdict": ratio.verdict.value}
            if not ratio.same_work:
                more["verdict"] += ", not the same work"
            name = f"ratio_{ratio.figure}"
            yield {**_interval_row(ratio.cell, name, "1", ratio.interval), **more}


def write_summary(summaries: Summaries) -> str:
    """The text of summary.csv."""
    return Table("summary", SUMMARY_HEADER, tuple(summary_rows(summaries))).csv()


def _cell_rows(summary: Summary) -> Iterable[Row]:
    key = {**_short_key(summary.cell), "n": summary.n}
    # Every cell has this row, also one that was left out.
    yield {**key, "figure": "runs", "unit": "count", "median": summary.n}
    for name, interval in summary.figures.items():
        yield _interval_row(summary.cell, name, FIGURES[name].unit, interval)
    for name, count in summary.outcomes.items():
        yield {
            **key, "figure": f"outcome_{name}", "unit": "count", "median": count.median,
            "minimum": count.minimum, "maximum": count.maximum,
        }  # fmt: skip
    for name in ("theory_wall_s", "bound_wall_s"):
        if (value := getattr(summary, name)) is not None:
            yield {**key, "figure": name, "unit": "s", "median": value}


def _short_key(cell: Cell) -> Row:
    design = cell.design
    return {
        "cell": cell.name, "design": design.program, "workers": design.workers,
        "bound": design.bound, "tasks": cell.tasks,
    }  # fmt: skip


def _interval_row(cell: Cell, name: str, unit: str, interval: Interval) -> Row:
    told = {field.name: getattr(interval, field.name) for field in fields(Interval)}
    return {**_short_key(cell), **told, "figure": name, "unit": unit}


def recorded_runs(made: Sequence[Run]) -> list[Run]:
    """The samples: of each cell the last run of which every task was written down."""
    found = {
        run.cell.name: run
        for run in made
        if run.role is Role.SAMPLE and run.samples and run.problem is None
    }
    return list(found.values())
