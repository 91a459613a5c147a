"""Results as one value: what was asked, what was run, and on what machine.

read() has them from a results folder, complete or not; a run that is going on makes one
of what it has so far. Everything that is shown is made of a Stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..ask.experiment import FULL_MINUTES, Experiment, vary
from ..ask.typed import AskError, from_dict, value
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
    """What of environment.json the driver itself reads again."""

    experiment: str
    question: str
    cells: tuple[Mapping[str, Any], ...]
    samples: tuple[Mapping[str, Any], ...]
    charts: tuple[str, ...]
    compare_by: tuple[str, ...]
    figure: str
    commit: str = "unknown"
    programs: str = ""
    protocol: str = ""
    seed: int = 0
    blocks_asked: int | None = None
    runs: int = 0
    baseline: str = ""  # of older folders
    baselines: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    minutes: float = FULL_MINUTES
    reseed: bool = False
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    cpu: Mapping[str, Any] = field(default_factory=dict)
    system: Mapping[str, Any] = field(default_factory=dict)
    thread_limits: Mapping[str, int] = field(default_factory=dict)


def describe(experiment: Experiment) -> dict[str, Any]:
    """The experiment as environment.json keeps it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "experiment": experiment.name,
        "question": experiment.question,
        "charts": list(experiment.charts),
        "baselines": list(experiment.baselines),
        "compare_by": list(experiment.compare_by),
        "figure": experiment.figure,
        "sections": list(experiment.sections),
        "minutes": experiment.minutes,
        "reseed": experiment.reseed,
        "cells": [cell_to_json(cell) for cell in experiment.cells],
        "samples": [cell_to_json(cell) for cell in experiment.samples],
    }


def _experiment(facts: _Facts) -> Experiment:
    cells, samples = (
        tuple(cell_from_json(cell, ENVIRONMENT) for cell in group)
        for group in (facts.cells, facts.samples)
    )
    return vary(Experiment(
        facts.experiment, facts.question, cells, facts.charts, samples,
        facts.baselines or (facts.baseline,), facts.compare_by, facts.figure,
        facts.sections, facts.minutes, facts.reseed,
    ))  # fmt: skip


def read(folder: Path) -> Stored:
    """The folder's contents. Raises StoredError with the reason."""
    try:
        table = json.loads(
            (folder / ENVIRONMENT).read_text(encoding="utf-8"), parse_constant=_refuse
        )
        facts = from_dict(_Facts, table, ENVIRONMENT, calm=True)
        _check_version(table)
        experiment = _experiment(facts)
        cells = {cell.name: cell for cell in (*experiment.samples, *experiment.cells)}
        runs = [
            run_from_json(line, f"{RUNS}, line {number}", cells)
            for number, line in enumerate(read_lines(folder / RUNS), start=1)
        ]
        return Stored(
            folder=folder,
            experiment=experiment,
            environment=table,
            runs=tuple(runs),
            blocks=tuple(read_blocks(folder / BLOCKS)),
            complete=len(runs) >= facts.runs and not (folder / INCOMPLETE).exists(),
            left_out=facts.left_out,
        )
    except OSError as error:
        file = shown(Path(str(error.filename or folder)))
        raise StoredError(f"{file}: {error.strerror}") from None
    except (AskError, ValueError, RecursionError) as error:
        raise StoredError(f"{shown(folder)} cannot be read: {error}") from None


def _check_version(facts: Mapping[str, Any]) -> None:
    version = facts.get("schema_version")
    if version != SCHEMA_VERSION:
        raise ValueError(f"it has schema version {version}, not {SCHEMA_VERSION}")


def _refuse(name: str) -> None:
    raise ValueError(f"it holds {name}, which is no figure")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The values of an NDJSON file. A line without its end was being written."""
    with open(path, encoding="utf-8") as lines:
        return [
            json.loads(line, parse_constant=_refuse)
            for line in lines
            if line.endswith("\n")
        ]


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


def read_blocks(path: Path) -> list[dict[str, Any]]:
    lines = read_lines(path)
    for number, line in enumerate(lines, start=1):
        value(_Block, line, BLOCKS, f"line {number}", calm=True)
    return lines
