"""A whole class's machines together: one line a machine, one set of charts.

Writes results/<UTC time>-class/ with class.csv: for each machine and cell the figures
of its summary, and for each pool the ratio to its baseline. low and high are the
interval of the median; for outcomes, the extremes. Machines have numbers, not names.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..ask.cell import Cell
from ..ask.figures import FIGURES
from ..run.stored import Stored, StoredError, describe, read
from .stats import Interval
from .summarise import summaries_of
from .summary import Ratio, Summaries, bearable

CLASS = "class.csv"
HEADER = (
    "machine", "cpu", "cpus", "kernel", "cell", "design", "workers", "bound", "tasks",
    "n", "figure", "unit", "median", "low", "high",
)  # fmt: skip


def readable(folders: Iterable[Path]) -> tuple[list[Stored], list[str]]:
    """The results in these folders, and a warning for each that has none to read."""
    machines, warnings = [], []
    for folder in folders:
        try:
            machines.append(read(folder))
        except StoredError as error:
            warnings.append(f"warning: left out, as {error}")
    if not machines:
        raise StoredError("; ".join(warnings) or "no folder was named")
    return machines, warnings


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
    summaries = [summaries_of(kept) for kept in machines]
    told = leading(summaries)
    for number, kept in enumerate(machines, start=1):
        writer.writerows(_rows(number, kept, summaries[number - 1], told[number - 1]))
    return text.getvalue()


def leading(machines: Sequence[Summaries]) -> list[list[Ratio]]:
    """Of each machine the ratio that each pair is told by, in the same figure for all.

    Where some machine did not have the same work done, that is not the time of all of
    it but the time per served task.
    """

    def pair(ratio: Ratio) -> tuple[str, str]:
        return ratio.cell.name, ratio.baseline.name

    uneven = {
        pair(ratio)
        for summaries in machines
        for ratio in summaries.compared()
        if FIGURES[ratio.figure].of_work and not ratio.same_work
    }
    return [
        [
            ratio
            for ratio in summaries.ratios
            if ratio.interval is not None
            and ratio.figure
            == ("wall_per_ok_s" if pair(ratio) in uneven else summaries.figure)
        ]
        for summaries in machines
    ]


def _rows(
    number: int, kept: Stored, summaries: Summaries, told: Sequence[Ratio]
) -> Iterator[list[object]]:
    cpu, system = kept.environment.get("cpu", {}), kept.environment.get("system", {})
    machine = [number, cpu.get("model"), cpu.get("usable"), system.get("kernel")]
    for summary in summaries:
        key = _key(summary.cell)
        for name, interval in bearable(summary).items():
            figure = [name, FIGURES[name].unit]
            yield [*machine, *key, interval.n, *figure, *_limits(interval)]
        for name, count in summary.outcomes.items():
            figure = [f"outcome_{name}", "count", count.median]
            yield [*machine, *key, summary.n, *figure, count.minimum, count.maximum]
    for ratio in told:
        found = ratio.interval
        key = [*_key(ratio.cell), found.n, f"ratio_{ratio.figure}", "1"]
        # Extremes of few runs bear no verdict: such a machine has too few runs.
        limits = _limits(found) if found.known else [found.median, None, None]
        yield [*machine, *key, *limits]


def _key(cell: Cell) -> list[object]:
    design = cell.design
    return [cell.name, design.program, design.workers, design.bound, cell.tasks]


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
