"""A run: one process, run once, and all that is known of it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from ..ask.cell import Cell, Option, design_of
from ..ask.figures import ALWAYS_TOLD
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
    """One process, run once: one line of runs.ndjson, after {"schema_version": 1."""

    cell: Cell  # {"name", "program", "tasks", "args", "options"}
    role: Role
    block: int  # 0 is the warm-up
    position: int  # in its block, from 1
    started_utc: str  # "2025-01-31T10:00:00.123Z"
    command: tuple[str, ...]  # without a path
    hyperfine: Timing | None
    record: Mapping[str, Any] | None  # the program's own JSON
    problem: str | None = None  # a sentence: why this run counts for nothing
    samples: str | None = None  # "samples/<cell>.csv", inside the results folder
    # {"kernel_stack_bytes", "slab_bytes", "page_table_bytes"}: growth of the machine's
    # own while it ran.
    kernel: Mapping[str, int] | None = None

    @property
    def counts(self) -> bool:
        """True when this run may enter a summary."""
        return self.role is Role.MEASURE and self.problem is None

    def to_json(self) -> dict[str, Any]:
        return {
            "schema_version": SCHEMA_VERSION,
            **vars(self),
            "cell": cell_to_json(self.cell),
            "hyperfine": asdict(self.hyperfine) if self.hyperfine else None,
        }


@dataclass(frozen=True)
class Ending:
    """How a process ended, and the end of what it said on stderr."""

    exit_code: int  # negative: the signal, as subprocess has it
    timed_out: bool
    stderr: str


def cell_to_json(cell: Cell) -> dict[str, Any]:
    return {
        "name": cell.name,
        "program": cell.design.program,
        "tasks": cell.tasks,
        "args": list(cell.args),
        "options": dict(cell.options),
        **({"build": cell.build} if cell.build else {}),
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


def cell_from_json(table: Any, where: str) -> Cell:
    """A cell as the results keep it. Raises AskError."""
    kept = from_dict(_StoredCell, table, where, calm=True)
    design = design_of(kept.program or kept.design, kept.options)
    cell = Cell(
        kept.name, design, kept.tasks, kept.args, kept.options, build=kept.build
    )
    try:
        cell.check()
    except ValueError as error:
        raise AskError(f"{where}: {error}") from None
    return cell


def run_from_json(table: Any, where: str, cells: Mapping[str, Cell]) -> Run:
    """A line of runs.ndjson; its cell is the one of this name in cells, if there."""
    cell = cell_from_json(table.get("cell"), where) if isinstance(table, dict) else None
    if cell is not None:
        table = {**table, "cell": cells.get(cell.name, cell)}
    run = from_dict(Run, table, where, calm=True)
    if run.samples and not re.fullmatch(r"samples/[^/]+\.csv", run.samples):
        raise AskError(
            f"{where}: samples is '{run.samples}': it takes samples/NAME.csv"
        )
    try:
        zone = datetime.fromisoformat(run.started_utc).tzinfo
    except ValueError:
        zone = None
    if zone is None:
        raise AskError(
            f"{where}: started_utc is '{run.started_utc}': it takes a moment in UTC"
        )
    if run.problem is None:
        _check_record(run.record or {}, where)
        if run.hyperfine is None and not run.cell.by_its_own_clock:
            raise AskError(f"{where}: hyperfine is null, so it has no wall time")
    return run


def _check_record(record: Mapping[str, Any], where: str) -> None:
    """What every summary reads of a run that counts must be there."""
    outcomes = record.get("outcomes")
    outcomes = outcomes if isinstance(outcomes, Mapping) else {}
    if not all(type(outcomes.get(name)) is int for name in ALWAYS_TOLD):
        raise AskError(f"{where}: record lacks the outcomes of a run")
    for key, kinds in (("workload_digest", (str,)), ("wall_ns", (int, float))):
        if type(record.get(key)) not in kinds:
            raise AskError(f"{where}: record lacks {key}")
