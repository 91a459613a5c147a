"""A whole class's machines together: one line a machine, one set of charts.

Writes results/<UTC time>-class/ with class.csv: for each machine and cell the figures
of its summary, and for each pool the ratio to its baseline. low and high are the
interval of the median; for outcomes, the extremes. Machines have numbers, not names.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from . import publish, wording
from .figures import FIGURES, bearable
from .layout import aligned
from .measure import stamp
from .model import Chart, Interval
from .results import ENVIRONMENT, UNFINISHED, write_whole
from .stats import FEWEST_FOR_INTERVAL
from .stored import Stored, StoredError, describe

CLASS = "class.csv"
HEADER = (
    "machine", "cpu", "cpus", "kernel", "cell", "design", "workers", "tasks", "n",
    "figure", "unit", "median", "low", "high",
)  # fmt: skip


def collect(machines: Sequence[Stored], out: Path) -> tuple[Path, Chart, list[str]]:
    """The folder that was written, its chart, and the table for the terminal."""
    _check(machines)
    name = f"{stamp()}-class"
    folder = out / (UNFINISHED + name)
    folder.mkdir()
    write_whole(folder / CLASS, _csv(machines))
    facts = describe(machines[0].experiment)
    facts["machines"] = [
        {"number": number, "commit": kept.environment.get("commit"),
         "cpu": kept.environment.get("cpu"), "system": kept.environment.get("system")}
        for number, kept in enumerate(machines, start=1)
    ]  # fmt: skip
    write_whole(folder / ENVIRONMENT, json.dumps(facts, indent=2, ensure_ascii=False))
    chart = publish.draw_class(folder)
    told = [*_lines(machines), *_warnings(machines)]
    return folder.rename(out / name), chart, told


def _check(machines: Sequence[Stored]) -> None:
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
                raise StoredError(f"{kept.name} asked {cell.label} with other options")
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
                    f"{kept.name} and {name} had other workloads in {run.cell.label}"
                )


def _warnings(machines: Sequence[Stored]) -> Iterator[str]:
    """What makes machines worse to hold against each other, by their numbers."""
    for number, kept in enumerate(machines, start=1):
        least = min((s.n for s in kept.summaries if s.n), default=0)
        if not kept.complete:
            yield f"warning: machine {number} is incomplete ({kept.name})"
        if least < FEWEST_FOR_INTERVAL:
            yield f"warning: machine {number} has {least} runs of a cell: no interval"
    commits = {str(kept.environment.get("commit")) for kept in machines}
    if len(commits) > 1:
        yield f"warning: the commits differ: {', '.join(sorted(commits))}"


def _csv(machines: Sequence[Stored]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for number, kept in enumerate(machines, start=1):
        writer.writerows(_rows(number, kept))
    return text.getvalue()


def _rows(number: int, kept: Stored) -> Iterator[list[object]]:
    cpu, system = kept.environment.get("cpu", {}), kept.environment.get("system", {})
    machine = [number, cpu.get("model"), cpu.get("usable"), system.get("kernel")]
    for summary in kept.summaries:
        cell = summary.cell
        key = [cell.name, cell.design, cell.workers, cell.tasks]
        for name, interval in bearable(summary).items():
            figure = [name, FIGURES[name].unit]
            yield [*machine, *key, interval.n, *figure, *_limits(interval)]
        for name, count in summary.outcomes.items():
            figure = [f"outcome_{name}", "count", count.median]
            yield [*machine, *key, summary.n, *figure, count.minimum, count.maximum]
    for ratio in kept.summaries.ratios:
        if ratio.interval is not None:
            cell = ratio.cell
            key = [cell.name, cell.design, cell.workers, cell.tasks, ratio.interval.n]
            yield [
                *machine,
                *key,
                f"ratio_{ratio.figure}",
                "1",
                *_limits(ratio.interval),
            ]


def _limits(interval: Interval) -> list[float | None]:
    return [interval.median, interval.low, interval.high]


def _lines(machines: Sequence[Stored]) -> list[str]:
    """A table: a row each machine, a column each ratio."""
    columns = dict.fromkeys(
        ratio.cell.name for kept in machines for ratio in kept.summaries.ratios
    )
    rows = [("machine", "CPU", *columns)]
    for number, kept in enumerate(machines, start=1):
        found = {ratio.cell.name: ratio.interval for ratio in kept.summaries.ratios}
        cpu = kept.environment.get("cpu", {})
        told = [
            wording.ratio_text(found[name]) if found.get(name) else "–"
            for name in columns
        ]
        rows.append((str(number), f"{cpu.get('usable')} × {cpu.get('model')}", *told))
    figure = FIGURES[machines[0].experiment.figure].meaning
    return [f"{figure}, over {machines[0].experiment.baseline}", *aligned(rows)]
