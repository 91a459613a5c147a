"""Runs that no stopwatch need see: in virtual time, or told by the program's own clock.

As many at once as there are CPUs, if asked for: in virtual time they do not disturb
each other. What is compared by hyperfine's clock is fired by hyperfine.py.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..ask.cell import Cell
from ..ask.typed import AskError
from ..machine.programs import find, missing
from ..run import record
from ..run.run import Role, Run
from .hyperfine import call
from .session import utc_now
from .signals import USAGE

LIMIT_S = 300


class RunError(Exception):
    """A run that failed, or whose record is not believed: one sentence."""


def play_all(
    programs: Path, cells: Sequence[Cell], seeds: Sequence[int], at_once: int = 0
) -> Iterator[tuple[Run, ...]]:
    """A run of each cell with each seed: those of a cell as soon as they are there."""
    # Loading it takes a tenth of the driver's start, and most runs do without.
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(at_once or len(os.sched_getaffinity(0)))
    try:
        made = [[pool.submit(_played, programs, c, seed) for seed in seeds]
                for c in cells]  # fmt: skip
        for each in made:
            yield tuple(future.result() for future in each)
    finally:  # whoever is stopped waits for what runs, and starts no more
        pool.shutdown(cancel_futures=True)


def _played(programs: Path, cell: Cell, seed: int) -> Run:
    program = find(programs, cell.design.program)
    if program is None:
        raise RunError(missing(programs, {cell.design.program}))
    command = (cell.design.program, *cell.args, f"--seed={seed}", "--json=-")
    started = utc_now()
    try:
        done = call(program, *command[1:], limit_s=LIMIT_S)
    except subprocess.TimeoutExpired:
        raise RunError(f"{' '.join(command)}: it took over {LIMIT_S} s") from None
    said = (done.stderr.strip().splitlines() or ["it did not say why"])[0]
    if done.returncode == USAGE:
        raise AskError(said)
    if done.returncode:
        raise RunError(f"{cell.design.program} ended with {done.returncode}: {said}")
    try:
        found = record.parse(done.stdout)
        record.check(found, cell, None)
    except record.RecordError as error:
        raise RunError(f"{' '.join(command)}: {error}") from None
    return Run(cell, Role.MEASURE, seed, 1, started, command, None, found)
