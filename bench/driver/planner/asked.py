"""What a plan is asked: the service, and a target such as 'p99 wait < 100ms, lost < 1%'."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..ask import command, experiment
from ..ask.cell import OF_VIRTUAL_TIME, Cell
from ..ask.figures import FIGURES
from ..ask.quantities import measured
from ..ask.typed import AskError
from ..run.run import Run

TASKS, QUICK_TASKS, SEEDS = 100_000, 10_000, 3
OURS = {"workers", "max-threads", "clock", "seed", "join", "queue"}  # a plan decides
DESIGNS = {"pool": "fiber pool", "semaphore": "bounded fibers", "none": "fibers"}
REAL = "pool"  # what confirms
POINTS = ("mean", "p50", "p90", "p99", "max")


def lost(run: Run) -> float:
    tasks = sum(run.record["outcomes"].values())
    return 1 - run.record["outcomes"]["ok"] / tasks if tasks else 0.0


# Name: its unit, and where it is read.
METRICS: dict[str, tuple[str, Callable[[Run], float | None]]] = {
    **{f"{point} {name}": ("s", FIGURES[f"{figure}_{point}_s"].read)
       for name, figure in (("wait", "queue_wait"), ("latency", "latency"))
       for point in POINTS},
    "lost": ("share", lost),
    "goodput": ("1/s", FIGURES["goodput_per_s"].read),
    "in flight": ("count", FIGURES["in_flight"].read),
    "calls": ("count", FIGURES["amplification"].read),
    "time": ("s", FIGURES["inner_wall_s"].read),
}  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """One part of a target: "p99 wait < 100ms"."""

    metric: str
    below: bool
    value: float
    text: str

    def is_met(self, found: float | None) -> bool:
        """Nothing to wait for, as nothing was answered, is no success."""
        if found is None:
            return False
        return found < self.value if self.below else found > self.value

    def excess(self, found: float | None) -> float:
        """How many times beyond the limit."""
        least = 1e-9
        if found is None:
            return 1 / least
        pair = (found, self.value) if self.below else (self.value, found)
        return max(pair[0], least) / max(pair[1], least)


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


def target_of(text: str) -> tuple[Condition, ...]:
    return tuple(_condition(part.strip()) for part in text.split(","))


def _condition(text: str) -> Condition:
    found = re.fullmatch(r"([a-z][a-z0-9 ]*?) *([<>]) *(\S+)", text)
    if found is None or found[1] not in METRICS:
        raise AskError(
            f"--target '{text}' is not like 'p99 wait < 100ms': a condition is one of "
            f"{', '.join(METRICS)}, then < or >, and a value"
        )
    unit, value = METRICS[found[1]][0], measured(found[3])
    fits = value and (value[1] == unit or value[1] == "count" and unit != "s")
    if not fits or (unit == "share" and value[0] > 1):
        wanted = {"s": "a duration such as 100ms", "share": "a share such as 1%",
                  "1/s": "a rate such as 900/s", "count": "a number"}[unit]  # fmt: skip
        raise AskError(f"--target '{text}': '{found[3]}' is not {wanted}")
    return Condition(found[1], found[2] == "<", value[0], text)


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
