"""A results folder read back: what was asked, what was run, and on what machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from . import constants
from .model import SCHEMA_VERSION, Cell, Experiment, Run, Summaries
from .results import BLOCKS, ENVIRONMENT, INCOMPLETE, RUNS, shown
from .summarise import summarise


class StoredError(Exception):
    """This folder holds no results that we can read: one sentence."""


@dataclass(frozen=True)
class Stored:
    """One results folder, complete or not."""

    folder: Path
    experiment: Experiment
    environment: Mapping[str, Any]
    runs: tuple[Run, ...]
    blocks: tuple[Mapping[str, Any], ...]
    complete: bool

    @property
    def name(self) -> str:
        return shown(Path(self.folder.resolve().name))

    @property
    def lost(self) -> int:
        """Runs that were there when the folder was finished, and no longer are."""
        return max(0, self.environment.get("runs", 0) - len(self.runs))

    @cached_property
    def summaries(self) -> Summaries:
        left_out = list(self.environment.get("left_out", ()))
        if self.lost:
            count = f"{self.lost} of {self.environment['runs']} runs"
            left_out.append(f"{count}, whose lines in {RUNS} are lost")
        summaries = summarise(
            self.experiment, self.runs, self.blocks, left_out, self.complete,
            constants.read(self.folder),
        )  # fmt: skip
        return replace(summaries, machine=self.environment)


def describe(experiment: Experiment) -> dict[str, Any]:
    """The experiment as environment.json keeps it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "experiment": experiment.name,
        "question": experiment.question,
        "charts": list(experiment.charts),
        "baseline": experiment.baseline,
        "compare_by": list(experiment.compare_by),
        "figure": experiment.figure,
        "sections": list(experiment.sections),
        "minutes": experiment.minutes,
        "reseed": experiment.reseed,
        "cells": [cell.to_json() for cell in experiment.cells],
        "samples": [cell.to_json() for cell in experiment.samples],
    }


def _rebuild(facts: Mapping[str, Any]) -> Experiment:
    return Experiment(
        name=facts["experiment"],
        question=facts["question"],
        cells=tuple(Cell.from_json(cell) for cell in facts["cells"]),
        charts=tuple(facts["charts"]),
        samples=tuple(Cell.from_json(cell) for cell in facts["samples"]),
        baseline=facts["baseline"],
        compare_by=tuple(facts["compare_by"]),
        figure=facts["figure"],
        sections=tuple(facts["sections"]),
        minutes=facts["minutes"],
        reseed=facts.get("reseed", False),
    )


def read(folder: Path) -> Stored:
    """The folder's contents. Raises StoredError with the reason."""
    try:
        facts = json.loads((folder / ENVIRONMENT).read_text(encoding="utf-8"))
        _check_version(facts)
        runs = [Run.from_json(line) for line in read_lines(folder / RUNS)]
        whole = len(runs) >= facts.get("runs", 0)  # older folders do not have it
        return Stored(
            folder=folder,
            experiment=_rebuild(facts),
            environment=facts,
            runs=tuple(runs),
            blocks=tuple(read_lines(folder / BLOCKS)),
            complete=whole and not (folder / INCOMPLETE).exists(),
        )
    except OSError as error:
        raise StoredError(f"{shown(folder)}: {error.strerror}") from None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise StoredError(f"{shown(folder)} cannot be read: {error}") from None


def _check_version(facts: Mapping[str, Any]) -> None:
    version = facts.get("schema_version")
    if version != SCHEMA_VERSION:
        raise ValueError(f"it has schema version {version}, not {SCHEMA_VERSION}")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The values of an NDJSON file. A line without its end was being written."""
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.endswith("\n")]
