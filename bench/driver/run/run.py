"""A run: one process, run once, and all that is known of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from ..ask.cell import Cell, Option, design_of
from ..ask.figures import OUTCOMES
from ..ask.typed import AskError, from_dict

SCHEMA_VERSION = 1


class Role(str, Enum):
    """Why a run was made. Only MEASURE runs enter a summary."""

    MEASURE = "measure"
    WARM_UP = "warm-up"  # shown, not counted
    A_A = "a-a"  # a second run of one cell, as a control
    SAMPLE = "sample"  # one line a task was written; its figures are not counted


@dataclass(frozen=True)
class Timing:
    """What hyperfine says of one run, seen from outside the process."""

    wall_s: float
    user_s: float
    system_s: float
    exit_code: int | None  # 128 + n: ended by signal n; None: hyperfine does not say


@dataclass(frozen=True)
class Run:
    """One process, run once: one line of runs.ndjson.

    {"schema_version": 1,
     "cell": {"name", "program", "tasks", "args", "options"},
     "role": "measure" | "warm-up" | "a-a" | "sample",
     "block": 1, "position": 3,           block 0 is the warm-up; position from 1
     "started_utc": "2025-01-31T10:00:00.123Z",
     "command": ["worker-pool", "--tasks", "50", ...],    no path
     "hyperfine": {"wall_s", "user_s", "system_s", "exit_code"} | null,
     "record": {the program's own JSON} | null,
     "problem": null | "a sentence: why this run counts for nothing",
     "samples": null | "samples/<cell>.csv",              inside the results folder
     "kernel": null | {"kernel_stack_bytes", "slab_bytes", "page_table_bytes"}}
                                          growth of the machine's own, while it ran
    """

    cell: Cell
    role: Role
    block: int
    position: int
    started_utc: str
    command: tuple[str, ...]
    hyperfine: Timing | None
    record: Mapping[str, Any] | None
    problem: str | None = None
    samples: str | None = None
    kernel: Mapping[str, int] | None = None

    @property
    def counts(self) -> bool:
        """True when this run may enter a summary."""
        return self.role is Role.MEASURE and self.problem is None

    def to_json(self) -> dict[str, Any]:
        return {
            "schema_version": SCHEMA_VERSION,
            "cell": cell_to_json(self.cell),
            "role": self.role.value,
            "block": self.block,
            "position": self.position,
            "started_utc": self.started_utc,
            "command": list(self.command),
            "hyperfine": asdict(self.hyperfine) if self.hyperfine else None,
            "record": self.record,
            "problem": self.problem,
            "samples": self.samples,
            "kernel": self.kernel,
        }


@dataclass(frozen=True)
class _StoredCell:
    name: str
    tasks: int
    program: str = ""
    design: str = ""  # what older folders call the program
    args: tuple[str, ...] = ()
    options: Mapping[str, Option] = field(default_factory=dict)
    build: str = ""


@dataclass(frozen=True)
class _StoredRun:
    cell: _StoredCell
    role: Role
    block: int
    position: int
    started_utc: str
    command: tuple[str, ...]
    hyperfine: Timing | None
    record: Mapping[str, Any] | None
    problem: str | None = None
    samples: str | None = None
    kernel: Mapping[str, int] | None = None


def cell_to_json(cell: Cell) -> dict[str, Any]:
    return {
        "name": cell.name,
        "program": cell.design.program,
        "tasks": cell.tasks,
        "args": list(cell.args),
        "options": dict(cell.options),
        **({"build": cell.build} if cell.build else {}),
    }


def _cell(stored: _StoredCell) -> Cell:
    design = design_of(stored.program or stored.design, stored.options)
    return Cell(
        stored.name, design, stored.tasks, stored.args, stored.options,
        build=stored.build,
    )  # fmt: skip


def cell_from_json(table: Any, where: str) -> Cell:
    """A cell as the results keep it. Raises AskError."""
    return _cell(from_dict(_StoredCell, table, where, calm=True))


def run_from_json(table: Any, where: str, cells: Mapping[str, Cell]) -> Run:
    """A line of runs.ndjson; its cell is the one of this name in cells, if there."""
    stored = from_dict(_StoredRun, table, where, calm=True)
    fields = {**vars(stored), "cell": cells.get(stored.cell.name) or _cell(stored.cell)}
    run = Run(**fields)
    if run.samples and not re.fullmatch(r"samples/[^/]+\.csv", run.samples):
        raise AskError(
            f"{where}: samples is '{run.samples}': it takes samples/NAME.csv"
        )
    if run.problem is None:
        _check_record(run, where)
    return run


def _check_record(run: Run, where: str) -> None:
    """What every summary reads of a run that counts must be there."""
    outcomes = (run.record or {}).get("outcomes")
    known = isinstance(outcomes, Mapping) and all(
        type(outcomes.get(name)) is int for name in OUTCOMES
    )
    if not known:
        raise AskError(f"{where}: record lacks the outcomes of a run")
    for key, kinds in (("workload_digest", (str,)), ("wall_ns", (int, float))):
        if type(run.record.get(key)) not in kinds:
            raise AskError(f"{where}: record lacks {key}")
