"""A dry run of every distinct cell, without tasks: do the programs take its options?

The programs alone know which options they have and which values they take; so they are
asked, before anything is measured. An option cut short, which they would take, is
refused as well: it would be another thing tomorrow.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ..ask.cell import Cell
from ..ask.experiment import Experiment
from ..ask.typed import AskError
from ..machine.programs import find
from .constants import Constants

USAGE = 2
LIMIT_S = 10  # for many workers without a task


def check(asked: Experiment, programs: Path) -> None:
    """Raises AskError with the program's own words."""
    for cell in _distinct((*asked.cells, *asked.samples)):
        program = find(programs, cell.design.program)
        if program is None:
            continue  # that it is missing is said by the checks
        program = program.resolve()
        known = _options(program)
        for option in cell.options:
            if known and option not in known:
                name = cell.design.program
                raise AskError(f"{asked.name}: {name} has no option --{option}")
        if said := _refusal(program, cell):
            raise AskError(f"{asked.name}: {said}")


def _distinct(cells: Iterable[Cell]) -> list[Cell]:
    """One of those that differ in the number of their tasks alone."""
    found: dict[tuple[str, ...], Cell] = {}
    for cell in cells:
        others = (arg for arg in cell.args if not arg.startswith("--tasks="))
        found.setdefault((cell.design.program, *others), cell)
    return list(found.values())


@cache
def _options(program: Path) -> frozenset[str]:
    """The long options that its help names; none if it has no help."""
    done = _run([str(program), "--help"])
    return frozenset(re.findall(r"--([a-z][a-z-]*)", done.stdout if done else ""))


def _refusal(program: Path, cell: Cell) -> str | None:
    """Why it does not take these options; what a machine refuses is none of that."""
    args = Constants().settled(cell).args
    done = _run([str(program), *args, "--tasks=0", "--json=-"])
    if done is None or done.returncode != USAGE:
        return None
    lines = done.stderr.strip().splitlines()
    return lines[0] if lines else f"{cell.design.program} refuses its options"


def _run(command: list[str]) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace",
            timeout=LIMIT_S, stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
