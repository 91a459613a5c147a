"""Results as one value: what was asked, what was run, and on what machine.

read() has them from a results folder, complete or not; a run that is going on makes one
of what it has so far. Everything that is shown is made of a Stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..ask.experiment import SECTIONS, Experiment, vary
from ..ask.figures import FIGURES
from ..ask.typed import AskError, from_dict
from . import kept
from .folder import BLOCKS, ENVIRONMENT, INCOMPLETE, RUNS, shown
from .run import SCHEMA_VERSION, Run, cell_from_json, cell_to_json, run_from_json


class StoredError(Exception):
    """This folder holds no results that we can read: one sentence."""


@dataclass(frozen=True)
class Stored:
    """One experiment's results. left_out: of cells that were not run, which and why."""

    folder: Path
    experiment: Experiment
    environment: Mapping[str, Any]
    runs: Sequence[Run]
    blocks: Sequence[Mapping[str, Any]]
    complete: bool
    left_out: Sequence[str] = ()

    @property
    def name(self) -> str:
        return shown(Path(self.folder.resolve().name))

    @property
    def lost(self) -> int:
        """Runs that were there when the folder was finished, and no longer are."""
        return max(0, self.environment.get("runs", 0) - len(self.runs))


@dataclass(frozen=True)
class _Facts:
    """What of environment.json is read again, besides the experiment."""

    commit: str = "unknown"
    programs: str = ""
    protocol: str = ""
    seed: int = 0
    started_utc: str | None = None
    blocks_asked: int | None = None
    resolve_asked: float | None = None
    runs: int = 0
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    cpu: Mapping[str, Any] = field(default_factory=dict)
    system: Mapping[str, Any] = field(default_factory=dict)
    thread_limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Canary:
    sleep_s: float
    spin_s: float


@dataclass(frozen=True)
class _Block:
    """What of a line of blocks.ndjson is read again."""

    block: int
    canary: _Canary | None = None
    suspended: bool = False
    boot_minus_monotonic_s: float = 0.0


def describe(experiment: Experiment) -> dict[str, Any]:
    """The experiment as environment.json keeps it."""
    told = {"schema_version": SCHEMA_VERSION, "experiment": experiment.name}
    told |= vars(experiment)
    del told["name"], told["notes"]
    for key in ("cells", "samples"):
        told[key] = [cell_to_json(cell) for cell in told[key]]
    return told


def _experiment(table: Mapping[str, Any]) -> Experiment:
    given = {"name": table.get("experiment"), **table}
    if "baseline" in table:  # of older folders
        given["baselines"] = [table["baseline"]]
    for key in ("cells", "samples"):
        if isinstance(table.get(key), list):
            given[key] = [cell_from_json(cell, ENVIRONMENT) for cell in table[key]]
    found = vary(from_dict(Experiment, given, ENVIRONMENT, calm=True))
    if found.figure not in FIGURES:
        raise AskError(f"{ENVIRONMENT}: figure '{found.figure}' is unknown")
    # A section that a later version has is not told by this one.
    return replace(found, sections=tuple(s for s in found.sections if s in SECTIONS))


def read(folder: Path) -> Stored:
    """The folder's contents. Raises StoredError with the reason."""
    try:
        if not (folder / ENVIRONMENT).exists():
            why = f"it holds no {ENVIRONMENT}" if folder.is_dir() else "there is none"
            raise StoredError(f"{shown(folder)} is no results folder: {why}")
        table = _value(kept.read_text(folder / ENVIRONMENT), ENVIRONMENT)
        facts = from_dict(_Facts, table, ENVIRONMENT, calm=True)
        if (version := table.get("schema_version")) != SCHEMA_VERSION:
            told = f"schema version {version}, not {SCHEMA_VERSION}"
            raise ValueError(f"{ENVIRONMENT}: it has {told}")
        experiment = _experiment(table)
        cells = {cell.name: cell for cell in (*experiment.samples, *experiment.cells)}
        runs = [
            run_from_json(line, f"{RUNS}, line {number}", cells)
            for number, line in enumerate(read_lines(folder / RUNS), start=1)
        ]
        blocks = read_lines(folder / BLOCKS)
        for number, line in enumerate(blocks, start=1):
            from_dict(_Block, line, f"{BLOCKS}, line {number}", calm=True)
        # On a full disk no INCOMPLETE was written. Older folders count no runs.
        ended = "runs" in table or "finished_utc" in table
        stopped = not ended or (folder / INCOMPLETE).exists()
        whole = len(runs) >= facts.runs and not stopped
        return Stored(folder, experiment, table, runs, blocks, whole, facts.left_out)
    except OSError as error:
        file = shown(Path(str(error.filename or folder)))
        raise StoredError(f"{file}: {error.strerror}") from None
    except (AskError, ValueError) as error:
        raise StoredError(f"{shown(folder)} cannot be read: {error}") from None


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The values of an NDJSON file. A line without its end was being written."""
    *whole, _ = kept.read_text(path).split("\n")
    return [
        _value(line, f"{path.name}, line {number}")
        for number, line in enumerate(whole, start=1)
    ]


def _value(text: str, where: str) -> Any:
    try:
        return kept.value_of(text)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
