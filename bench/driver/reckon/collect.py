"""A whole class's machines together: one line a machine, one set of charts.

Writes results/<UTC time>-class/ with class.csv: for each machine its summary.csv, in
which machines have numbers, not names; and what else is varied in each cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..ask.figures import FIGURES
from ..run.stored import Stored, StoredError, describe, read
from .curves import varied_text
from .summarise import summaries_of
from .summary import Ratio, Summaries
from .tables import SUMMARY_HEADER, Row, Table, summary_rows

CLASS = "class.csv"
VARIED = "varied"  # "api-capacity=50;cancel=none"; folders of old have no such column
MACHINE = ("machine", "cpu", "cpus", "kernel")


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
    asked = {cell.name: cell.asked for cell in first.experiment.cells}
    for kept in machines:
        if kept.experiment.name != first.experiment.name:
            raise StoredError(
                f"{kept.name} is of the experiment {kept.experiment.name}, "
                f"{first.name} of {first.experiment.name}"
            )
        for cell in kept.experiment.cells:
            if asked.get(cell.name, cell.asked) != cell.asked:
                raise StoredError(f"{kept.name} asked {cell.name} with other options")
    _check_workloads(machines)


def _check_workloads(machines: Sequence[Stored]) -> None:
    """Every machine must have had the same tasks to do."""
    seen: dict[tuple[str, int], tuple[str, str]] = {}
    for kept in machines:
        for run in filter(lambda run: run.counts, kept.runs):
            # An experiment may draw other tasks for each block.
            which = run.cell.name, kept.experiment.reseed and run.block
            digest = run.record["workload_digest"]
            first, name = seen.setdefault(which, (digest, kept.name))
            if digest != first:
                raise StoredError(
                    f"{kept.name} and {name} had other workloads in {run.cell.name}"
                )


def class_csv(machines: Sequence[Stored]) -> str:
    """summary.csv of each machine, with the machine in front; of the ratios those that
    all machines are told by."""
    found = [summaries_of(kept) for kept in machines]
    rows = [
        {**_machine(number, kept), **row, VARIED: varied_text(cells[row["cell"]])}
        for number, (kept, each, told) in enumerate(
            zip(machines, found, leading(found)), start=1
        )
        for cells in ({s.cell.name: s.cell for s in each},)
        for row in summary_rows(replace(each, ratios=tuple(told)))
    ]
    return Table("class", (*MACHINE, *SUMMARY_HEADER, VARIED), tuple(rows)).csv()


def _machine(number: int, kept: Stored) -> Row:
    cpu, system = kept.environment.get("cpu", {}), kept.environment.get("system", {})
    told = number, cpu.get("model"), cpu.get("usable"), system.get("kernel")
    return dict(zip(MACHINE, told))


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
