"""What a plan is asked: the service, and a target such as 'p99 wait < 100ms, lost < 1%'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..ask import command, experiment
from ..ask.cell import OF_VIRTUAL_TIME, Cell
from ..ask.target import Condition, target_of
from ..ask.typed import AskError

TASKS, QUICK_TASKS, SEEDS = 100_000, 10_000, 3
OURS = {"workers", "max-threads", "clock", "seed", "join", "queue"}  # a plan decides
DESIGNS = {"pool": "fiber pool", "semaphore": "bounded fibers", "none": "fibers"}
REAL = "pool"  # what confirms


@dataclass(frozen=True)
class Asked:
    options: Mapping[str, Any]  # of the programs
    target: tuple[Condition, ...]
    settings: command.Settings

    def cell(self, design: str, size: int | None = None, **changed: Any) -> Cell:
        """A cell in virtual time, or of real threads if the design is "real"."""
        options = {"clock": "virtual", **self.options, **changed}
        if design == "real":
            options = {k: v for k, v in options.items() if k not in OF_VIRTUAL_TIME}
        kind = DESIGNS.get(design, REAL)
        table = {
            "question": "?", "options": options,
            "cells": [{"design": kind if size is None else f"{kind} of {size}"}],
        }  # fmt: skip
        (cell,) = experiment.read("plan", table, {}, where="plan").cells
        return cell


def parse(arguments: Sequence[str]) -> Asked:
    made = command.Parser(
        prog="bench/run plan", allow_abbrev=False,
        description="How many workers does this service need? Sweeps them in virtual"
        " time, then confirms with real threads. Exit status 1: none meets the target.",
    )  # fmt: skip
    add = made.add_argument
    command.add_overrides(made)
    # fmt: off
    add("--target", default="p99 wait < 100ms, lost < 1%", metavar="T",
        help="conditions, parted by commas (default: '%(default)s')")
    add("--quick", action="store_true", help="fewer tasks, and nothing confirmed")
    add("--programs", type=Path, default=command.PROGRAMS, metavar="DIR")
    add("--out", type=Path, default=command.RESULTS, metavar="DIR")
    # fmt: on
    given = made.parse_args(arguments)
    options = command.overrides_of(given)
    for key, value in options.items():
        if key in OURS:
            raise AskError(f"plan decides --{key} itself")
        if isinstance(value, list) and len(value) != 1:
            raise AskError(f"--{key} takes one value: plan sweeps only the workers")
    options = {k: v[0] if isinstance(v, list) else v for k, v in options.items()
               if v is not None}  # fmt: skip
    options.setdefault("tasks", QUICK_TASKS if given.quick else TASKS)
    told = [f"--set={key}={value}" for key, value in options.items()]
    settings = command.Settings(
        "plan", out=given.out, quick=given.quick, programs=given.programs,
        shown=("plan", *told, "--target", given.target),
    )  # fmt: skip
    return Asked(options, target_of(given.target), settings)
