"""A dry run of every distinct cell, without tasks: do the programs take its options?

The programs alone know which options they have and which values they take; so they are
asked, before anything is measured. An option cut short, which they would take, is
refused as well: it would be another thing tomorrow.
"""

import re
import subprocess
from functools import cache
from pathlib import Path

from ..ask.cell import Cell
from ..ask.experiment import Experiment
from ..ask.typed import AskError
from ..machine.programs import find
from ..run.constants import Constants
from .hyperfine import call
from .signals import USAGE

LIMIT_S = 10  # for many workers without a task


def check(asked: Experiment, programs: Path) -> None:
    """Raises AskError with the program's own words."""
    distinct = {
        (cell.design.program, cell.api, *_without_tasks(cell)): cell
        for cell in asked.all_cells
    }
    for cell in distinct.values():
        program = find(programs, cell.design.program)
        if program is None:
            continue  # that it is missing is said by the checks
        for option in cell.options:
            needed = "api-url" if option == "api" else option
            if lacks(programs, program.name, needed):
                raise AskError(f"{asked.name}: {program.name} has no option --{option}")
        if said := _refusal(program, cell):
            raise AskError(f"{asked.name}: {said}")


def lacks(programs: Path, name: str, option: str) -> bool:
    """Whether the program is there and does not name this option in its help."""
    program = find(programs, name)
    known = _options(program) if program else frozenset()
    return bool(known) and option not in known


def _without_tasks(cell: Cell) -> tuple[str, ...]:
    return tuple(arg for arg in cell.args if not arg.startswith("--tasks="))


@cache
def _options(program: Path) -> frozenset[str]:
    """The long options that its help names; none if it has no help."""
    done = _run(program, "--help")
    return frozenset(re.findall(r"--([a-z][a-z-]*)", done.stdout if done else ""))


def _refusal(program: Path, cell: Cell) -> str | None:
    """Why it does not take these options; what a machine refuses is none of that."""
    args = _without_tasks(Constants().settled(cell))
    done = _run(program, *args, "--tasks=0", "--json=-")
    if done is None or done.returncode != USAGE:
        return None
    lines = done.stderr.strip().splitlines()
    return lines[0] if lines else f"{program.name} refuses its options"


def _run(program: Path, *words: str) -> subprocess.CompletedProcess[str] | None:
    try:
        return call(program, *words, limit_s=LIMIT_S)
    except (OSError, subprocess.SubprocessError):
        return None
