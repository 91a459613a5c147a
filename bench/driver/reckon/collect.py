"""A whole class's machines together: one line a machine, one set of charts.

Writes results/<UTC time>-class/ with class.csv: for each machine and cell the figures
of its summary, and for each pool the ratio to its baseline. low and high are the
interval of the median; for outcomes, the extremes. Machines have numbers, not names.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..ask.figures import FIGURES
from ..run.stored import Stored, StoredError, describe
from .stats import Interval
from .summarise import summaries_of
from .summary import bearable

CLASS = "class.csv"
HEADER = (
    "machine", "cpu", "cpus", "kernel", "cell", "design", "workers", "tasks", "n",
    "figure", "unit", "median", "low", "high",
)  # fmt: skip


def check(machines: Sequence[Stored]) -> None:
    """Only what was asked in the same way can stand in one chart, and each once."""
    first = machines[0]
    seen: dict[tuple[Any, ...], str] = {}
    for kept in machines:
        facts = kept.environment
        run = tuple(facts.get(key) for key in ("started_utc", "seed", "programs"))
        if run in seen:
            raise StoredError(f"{kept.name} is the same run as {seen[run]}")
        seen[run] = kept.name
    asked = {cell.name: sorted(cell.args) for cell in first.experiment.cells}
    for kept in machines:
        if kept.experiment.name != first.experiment.name:
            raise StoredError(
                f"{kept.name} is of the experiment {kept.experiment.name}, "
                f"{first.name} of {first.experiment.name}"
            )
        for cell in kept.experiment.cells:
            if asked.get(cell.name, sorted(cell.args)) != sorted(cell.args):
                raise StoredError(f"{kept.name} asked {cell.name} with other options")
    _check_workloads(machines)


def _check_workloads(machines: Sequence[Stored]) -> None:
    """Every machine must have had the same tasks to do."""
    seen: dict[tuple[str, int], tuple[str, str]] = {}
    for kept in machines:
        for run in filter(lambda run: run.counts, kept.runs):
            # An experiment may draw other tasks for each block.
            which = run.cell.name, run.block if kept.experiment.reseed else 0
            digest = run.record["workload_digest"]
            first, name = seen.setdefault(which, (digest, kept.name))
            if digest != first:
                raise StoredError(
                    f"{kept.name} and {name} had other workloads in {run.cell.name}"
                )


def class_csv(machines: Sequence[Stored]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for number, kept in enumerate(machines, start=1):
        writer.writerows(_rows(number, kept))
    return text.getvalue()


def _rows(number: int, kept: Stored) -> Iterator[list[object]]:
    cpu, system = kept.environment.get("cpu", {}), kept.environment.get("system", {})
    machine = [number, cpu.get("model"), cpu.get("usable"), system.get("kernel")]
    summaries = summaries_of(kept)
    for summary in summaries:
        cell = summary.cell
        key = [cell.name, cell.design.program, cell.workers, cell.tasks]
        for name, interval in bearable(summary).items():
            figure = [name, FIGURES[name].unit]
            yield [*machine, *key, interval.n, *figure, *_limits(interval)]
        for name, count in summary.outcomes.items():
            figure = [f"outcome_{name}", "count", count.median]
            yield [*machine, *key, summary.n, *figure, count.minimum, count.maximum]
    for ratio in summaries.compared():
        if ratio.interval is not None:
            cell = ratio.cell
            key = [
                cell.name,
                cell.design.program,
                cell.workers,
                cell.tasks,
                ratio.interval.n,
            ]
            yield [
                *machine,
                *key,
                f"ratio_{ratio.figure}",
                "1",
                *_limits(ratio.interval),
            ]


def _limits(interval: Interval) -> list[float | None]:
    return [interval.median, interval.low, interval.high]


def class_facts(machines: Sequence[Stored]) -> Mapping[str, Any]:
    """environment.json of a class: what was asked, and each machine by its number."""
    return {
        **describe(machines[0].experiment),
        "machines": [
            {"number": number}
            | {key: kept.environment.get(key) for key in ("commit", "cpu", "system")}
            for number, kept in enumerate(machines, start=1)
        ],
    }  # fmt: skip
