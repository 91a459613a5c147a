"""What a plan is asked: a service, and a target such as 'p99 wait < 100ms, lost < 1%'.

A service is options of the programs, typed as they take them:

    bench/run plan --arrivals poisson:2000/s --service-time 80ms --target 'lost < 1%'

or written in a file, for --from; --keep writes such a file. What is typed wins.

    target = "p99 wait < 100ms, lost < 1%"

    [options]                       by their long names, each with one value
    arrivals = "poisson:2000/s"
    service-time = "80ms"
    api-keeps-working = true        an option without a value
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..ask import command, experiment
from ..ask.cell import OF_VIRTUAL_TIME, Cell
from ..ask.target import METRICS, Condition, target_of
from ..ask.typed import AskError, from_dict, read_toml
from . import gate

TASKS, QUICK_TASKS, SEEDS = 100_000, 10_000, 3
TARGET = "p99 wait < 100ms, lost < 1%"
OURS = {"workers", "max-threads", "clock", "seed", "join", "progress"}  # a plan decides
OF_POOLS = {"queue", "when-full"}
DESIGNS = {"pool": "fiber pool", "semaphore": "bounded fibers", "none": "fibers"}
REAL = "pool"  # what confirms


@dataclass(frozen=True)
class Service:
    """What a file may hold."""

    target: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    options: Mapping[str, Any]  # of the programs
    target: tuple[Condition, ...]
    settings: command.Settings
    earlier: gate.Earlier | None = None
    kept: tuple[Path, str] | None = None  # a file, and the service to be written there

    def cell(self, design: str, size: int | None = None, **changed: Any) -> Cell:
        """A cell in virtual time, or of real threads if the design is "real"."""
        options = {"clock": "virtual", **self.options, **changed}
        if design == "real":
            options = {k: v for k, v in options.items() if k not in OF_VIRTUAL_TIME}
        elif design != "pool":
            options = {k: v for k, v in options.items() if k not in OF_POOLS}
        kind = DESIGNS.get(design, REAL)
        table = {
            "question": "?", "options": options,
            "cells": [{"design": kind if size is None else f"{kind} of {size}"}],
        }  # fmt: skip
        (cell,) = experiment.read("plan", table, {}, where="plan").cells
        return cell


def _parser() -> command.Parser:
    made = command.Parser(
        prog="bench/run plan",
        usage="bench/run plan [OPTION OF THE PROGRAMS]... [--target T] [--from FILE]",
        description="How many workers does this service need? Sweeps them in virtual"
        " time, then confirms with real threads. The service is described by any"
        " options of the programs (worker-pool --help), such as"
        " --arrivals poisson:2000/s --service-time 80ms --api-capacity 300."
        " Exit status 1: no number of workers meets the target, real threads did not"
        " confirm the answer, or --gate found something worse.",
    )  # fmt: skip
    add = made.add_argument
    command.add_overrides(made, but=OURS)
    # fmt: off
    add("--target", metavar="T", help="conditions, separated by commas (default:"
        f" '{TARGET.replace('%', '%%')}'): one of {', '.join(METRICS)}; then < or >,"
        " and a value")
    add("--from", type=Path, dest="file", metavar="FILE.toml",
        help="the service and its target (see the head of driver/planner/asked.py)")
    add("--keep", type=Path, metavar="FILE.toml",
        help="save the service and its target there, for --from")
    add("--gate", type=Path, metavar="FILE",
        help="an earlier plan.json: exit 1 if something became worse")
    add("--quick", action="store_true", help="fewer tasks, and no confirmation")
    add("--programs", type=Path, default=command.PROGRAMS, metavar="DIR",
        help="where the programs are (default: the build of bench/run)")
    # fmt: on
    command.add_out(made)
    return made


def parse(arguments: Sequence[str]) -> Asked:
    made = _parser()
    given, rest = made.parse_known_args(arguments)
    overrides = {**command.options_of(rest), **command.overrides_of(given)}
    told = Service()
    if given.file:
        told = from_dict(Service, read_toml(given.file), given.file.name)
    options = _single({**told.options, **overrides})
    text = next(t for t in (given.target, told.target, TARGET) if t is not None)
    target = target_of(text)
    if given.keep and given.keep.exists() and not given.keep.is_file():
        raise AskError(f"--keep '{given.keep}' is no file, and would be replaced")
    kept = given.keep and (given.keep, toml_of(text, options))
    options.setdefault("tasks", QUICK_TASKS if given.quick else TASKS)
    words = [f"--{k}" if v is True else f"--{k}={v}" for k, v in options.items()]
    settings = command.Settings(
        "plan", out=given.out, quick=given.quick, programs=given.programs,
        shown=("plan", *words, "--target", text),
    )  # fmt: skip
    earlier = gate.read(given.gate, target, options["tasks"]) if given.gate else None
    return Asked(options, target, settings, earlier, kept)


def _single(options: Mapping[str, Any]) -> dict[str, Any]:
    """One value of each, and none that a plan decides itself."""
    found = {}
    for key, value in options.items():
        if key in OURS:
            raise AskError(f"plan decides --{key} itself")
        if key == "api":
            raise AskError("plan: its API is simulated: --api is for experiments")
        if isinstance(value, list) and len(value) != 1:
            raise AskError(f"--{key} takes one value: plan sweeps only the workers")
        if value is not None and value is not False:
            found[key] = value[0] if isinstance(value, list) else value
    return found


def toml_of(target: str, options: Mapping[str, Any]) -> str:
    """A file for --from."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in options.items()]
    return "\n".join([f"target = {json.dumps(target)}", "", "[options]", *lines, ""])
