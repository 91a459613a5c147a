"""Experiments: one TOML file each in bench/experiments, its name is the file's name.

    question = "..."             what the experiment asks, in plain words
    charts = ["wall-time"]       names that the charts know
    compare-by = ["tasks"]       cells that share these options are compared ...
    baseline = "thread-per-task" ... with the cell of this design (the default)
    figure = "wall_s"            ... in this figure (the default; see figures.py)

    [options]                    options of both programs, by their long names;
    tasks = [50, 500]            a list is swept: each value makes a cell
    service-time = "10ms"
    detach = true                an option without a value

    [[cells]]                    one or more: a design, and options of its own
    design = "worker-pool"
    workers = [5, 50]

    [[samples]]                  like [[cells]]: run once more, every task recorded

A list in two options makes every pair. Nothing but a TOML file is needed to add one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from .figures import FIGURES
from .model import Cell, Experiment
from .quantities import parse_duration_ns, show_count

DESIGNS = ("thread-per-task", "worker-pool")
DEFAULT_TASKS, DEFAULT_WORKERS = 50, 5  # as the programs have them
SHORT_KEYS = {"tasks": "n", "workers": "w", "service-time": "s"}
KEYS = {
    "question", "charts", "compare-by", "baseline", "figure",
    "options", "cells", "samples",
}  # fmt: skip


class ExperimentError(Exception):
    """The TOML file says something that makes no experiment."""


def list_experiments(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.toml"))


def load(folder: Path, name: str, overrides: Mapping[str, Any]) -> Experiment:
    """The experiment of this name.

    overrides replace options wherever they stand; None takes an option away.
    """
    names = list_experiments(folder)
    if name not in names:
        raise ExperimentError(
            f"no experiment '{name}': there are {', '.join(names) or 'none'}"
        )
    path = folder / f"{name}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return _read(name, table, overrides)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ExperimentError) as error:
        raise ExperimentError(f"{path.name}: {error}") from None


def _read(name: str, table: dict[str, Any], overrides: Mapping[str, Any]) -> Experiment:
    if unknown := sorted(table.keys() - KEYS):
        raise ExperimentError(f"unknown key '{unknown[0]}'")
    if "question" not in table or not table.get("cells"):
        raise ExperimentError("a question and at least one [[cells]] are needed")
    shared = {**table.get("options", {})}
    cells = tuple(_cells(table["cells"], shared, overrides))
    # A sample shows one shape: it keeps its own number of tasks.
    kept = {key: value for key, value in overrides.items() if key != "tasks"}
    experiment = Experiment(
        name=name,
        question=table["question"],
        cells=cells,
        charts=tuple(table.get("charts", ())),
        samples=tuple(_cells(table.get("samples", ()), shared, kept)),
        baseline=table.get("baseline", "thread-per-task"),
        compare_by=tuple(table.get("compare-by", ("tasks",))),
        figure=table.get("figure", "wall_s"),
    )
    if experiment.figure not in FIGURES:
        raise ExperimentError(f"unknown figure '{experiment.figure}'")
    return experiment


def _cells(
    tables: Sequence[Mapping[str, Any]],
    shared: Mapping[str, Any],
    overrides: Mapping[str, Any],
) -> Iterator[Cell]:
    """Every cell that the tables, the shared options and the overrides make."""
    seen: set[str] = set()
    for table in tables:
        design = table.get("design")
        if design not in DESIGNS:
            raise ExperimentError(f"design '{design}' is none of {', '.join(DESIGNS)}")
        own = {key: value for key, value in table.items() if key != "design"}
        options = {**shared, **own}
        for key, value in overrides.items():
            if key != "workers" or design == "worker-pool":
                options[key] = value
        options = {key: value for key, value in options.items() if value is not None}
        swept = [key for key, value in options.items() if isinstance(value, list)]
        for values in product(*(options[key] for key in swept)):
            cell = _cell(design, {**options, **dict(zip(swept, values))}, swept)
            if cell.name in seen:
                raise ExperimentError(f"two cells are both '{cell.name}'")
            seen.add(cell.name)
            yield cell


def _cell(design: str, options: dict[str, Any], swept: Sequence[str]) -> Cell:
    _check_options(options)
    pool = design == "worker-pool"
    workers = options.get("workers", DEFAULT_WORKERS) if pool else None
    tasks = options.get("tasks", DEFAULT_TASKS)
    named = {"workers": workers} if pool else {}
    named |= {key: options[key] for key in swept if key not in ("workers", "tasks")}
    named |= {"tasks": tasks}
    label = [design] + ([f"{workers} workers"] if pool else [])
    label += [f"{k} {v}" for k, v in named.items() if k not in ("workers", "tasks")]
    return Cell(
        name="-".join([design, *(_name_part(k, v) for k, v in named.items())]),
        design=design,
        workers=workers,
        tasks=tasks,
        args=tuple(_arguments(options)),
        options=options,
        label=", ".join(label) + f", {show_count(tasks)} tasks",
    )


def _name_part(key: str, value: Any) -> str:
    """A swept option as part of a file name: tasks 50 as "n50"."""
    text = f"{SHORT_KEYS.get(key, key + '-')}{value}"
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-").lower()


def _arguments(options: Mapping[str, Any]) -> Iterator[str]:
    """The options as a program takes them. The option table of the programs rules."""
    for key, value in options.items():
        if value is True:
            yield f"--{key}"
        elif value is not False:
            yield f"--{key}={value}"


def _check_options(options: Mapping[str, Any]) -> None:
    for key, value in options.items():
        if not re.fullmatch(r"[a-z][a-z-]*", key):
            raise ExperimentError(f"'{key}' is not the name of an option")
        if not isinstance(value, (str, int, float)):
            raise ExperimentError(f"option {key}: '{value}' is not a plain value")
    for key, least in (("tasks", 0), ("workers", 1)):
        value = options.get(key, 1)
        if type(value) is not int or value < least:
            raise ExperimentError(f"{key} must be a whole number from {least} up")
    try:
        parse_duration_ns(str(options.get("service-time", "0")))
    except ValueError as error:
        raise ExperimentError(f"service-time: {error}") from None


def without(experiment: Experiment, names: set[str]) -> Experiment:
    """The same experiment without these cells."""
    kept = tuple(cell for cell in experiment.cells if cell.name not in names)
    return replace(experiment, cells=kept)
