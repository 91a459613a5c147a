"""Experiments: one TOML file each in bench/experiments, its name is the file's name.

    question = "..."             what the experiment asks, in plain words
    charts = ["wall-time"]       names that the charts know
    compare-by = ["tasks"]       cells that share these options are compared ...
    baseline = "thread-per-task" ... with the cell of this design (the default)
    figure = "wall_s"            ... in this figure (the default; see figures.py)
    sections = ["limits"]        more to be told at the end (see sections.py)
    minutes = 2                  of a full run (the default)
    reseed = true                each block draws other tasks: its number is the seed

    [options]                    options of both programs, by their long names;
    tasks = [50, 500]            a list is swept: each value makes a cell
    service-time = "10ms"
    detach = true                an option without a value

    [[cells]]                    one or more: a design, and options of its own
    design = "worker-pool"
    workers = [5, 50]

    [[samples]]                  like [[cells]]: run once more, every task recorded
    quick = false                ... but not by a quick run

    [quick]                      what a quick run has instead of those [options]
    tasks = [50]

Lists in two options make every pair. Nothing but a TOML file is needed to add one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import tomllib

from .figures import FIGURES
from .model import Cell, Experiment
from .quantities import parse_duration_ns, show_count
from .sections import SECTIONS

DESIGNS = ("thread-per-task", "worker-pool")
DEFAULT_TASKS, DEFAULT_WORKERS = 50, 5  # as the programs have them
FULL_MINUTES = 2.0
KEYS = {
    "question", "charts", "compare-by", "baseline", "figure",
    "options", "cells", "samples", "sections", "minutes", "quick", "reseed",
}  # fmt: skip


class ExperimentError(Exception):
    """The TOML file says something that makes no experiment."""


def list_experiments(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.toml"))


def load(
    folder: Path, name: str, overrides: Mapping[str, Any], quick: bool = False
) -> Experiment:
    """The experiment of this name, in the size of a quick run if so.

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
        return read(name, _for_quick(table) if quick else table, overrides)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ExperimentError) as error:
        raise ExperimentError(f"{path.name}: {error}") from None


def _for_quick(table: dict[str, Any]) -> dict[str, Any]:
    """The contents of the file as a quick run takes them."""
    samples = [each for each in table.get("samples", ()) if each.get("quick", True)]
    options = {**table.get("options", {}), **table.get("quick", {})}
    return {**table, "samples": samples, "options": options}


def read(name: str, table: dict[str, Any], overrides: Mapping[str, Any]) -> Experiment:
    """An experiment from the contents of its file."""
    if unknown := sorted(table.keys() - KEYS):
        raise ExperimentError(f"unknown key '{unknown[0]}'")
    if "question" not in table or not table.get("cells"):
        raise ExperimentError("a question and at least one [[cells]] are needed")
    if (figure := table.get("figure", "wall_s")) not in FIGURES:
        raise ExperimentError(f"unknown figure '{figure}'")
    for section in table.get("sections", ()):
        if section not in SECTIONS:
            raise ExperimentError(f"unknown section '{section}'")
    shared = table.get("options", {})
    # A sample shows one shape: it keeps its own number of tasks.
    kept = {key: value for key, value in overrides.items() if key != "tasks"}
    asked = list(_expand(table["cells"], shared, overrides))
    sampled = list(_expand(table.get("samples", ()), shared, kept))
    told = _varying([options for _, options in asked + sampled])
    baseline = table.get("baseline", "thread-per-task")
    return Experiment(
        name=name,
        question=table["question"],
        cells=_cells(asked, told),
        charts=tuple(table.get("charts", ())),
        samples=_cells(sampled, told),
        baseline=baseline,
        compare_by=tuple(table.get("compare-by", ("tasks",))),
        figure=figure,
        sections=tuple(table.get("sections", ())),
        minutes=float(table.get("minutes", FULL_MINUTES)),
        reseed=table.get("reseed", False) is True,
    )


def _expand(
    tables: Sequence[Mapping[str, Any]],
    shared: Mapping[str, Any],
    overrides: Mapping[str, Any],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(design, options) of each cell that the tables make: every list is swept."""
    for table in tables:
        design = table.get("design")
        if design not in DESIGNS:
            raise ExperimentError(f"design '{design}' is none of {', '.join(DESIGNS)}")
        options = {**shared, **table}
        del options["design"]
        options.pop("quick", None)
        for key, value in overrides.items():
            if key != "workers" or design == "worker-pool":
                options[key] = value
        options = {key: value for key, value in options.items() if value is not None}
        lists = [
            value if isinstance(value, list) else [value] for value in options.values()
        ]
        for values in product(*lists):
            yield design, dict(zip(options, values))


def _varying(cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """The options in which cells differ, so that names need tell no others."""
    keys = dict.fromkeys(key for options in cells for key in options)
    return [
        key
        for key in keys
        if key not in ("tasks", "workers")
        and len({str(options.get(key)) for options in cells}) > 1
    ]


def _cells(
    asked: Sequence[tuple[str, dict[str, Any]]], told: Sequence[str]
) -> tuple[Cell, ...]:
    cells = tuple(_cell(design, options, told) for design, options in asked)
    for name, count in Counter(cell.name for cell in cells).items():
        if count > 1:
            raise ExperimentError(f"{count} cells are both '{name}'")
    return cells


def _cell(design: str, options: dict[str, Any], told: Sequence[str]) -> Cell:
    """told: the options besides tasks and workers that its name must tell."""
    _check_options(options)
    pool = design == "worker-pool"
    workers = options.get("workers", DEFAULT_WORKERS) if pool else None
    tasks = options.get("tasks", DEFAULT_TASKS)
    named = {key: options[key] for key in told if options.get(key, False) is not False}
    parts = [design, *([f"w{workers}"] if pool else [])]
    parts += [_name_part(key, value) for key, value in named.items()]
    label = [design, *([f"{workers} workers"] if pool else [])]
    label += [
        key if value is True else f"{key} {value}" for key, value in named.items()
    ]
    return Cell(
        name="-".join([*parts, f"n{tasks}"]),
        design=design,
        workers=workers,
        tasks=tasks,
        args=tuple(_arguments(options)),
        options=options,
        label=", ".join([*label, f"{show_count(tasks)} tasks"]),
    )


def _name_part(key: str, value: Any) -> str:
    """An option as part of a file name: api-rate 10/s as "api-rate-10-s"."""
    text = key if value is True else f"{key}-{value}"
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
