"""What is looked at before the start: can this machine give figures that mean anything?

A refusal ends the driver before the first run, with the reason. A warning is printed,
kept in environment.json, and left to the reader.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..ask.cell import Cell
from . import environment

OLDEST_HYPERFINE = (1, 14)  # the first with --output=inherit
BUSY_SHARE = 0.25  # of the CPUs: more load than this is a neighbour
BUSY_PRESSURE_PERCENT = 10.0
LOOK_S, BUSY_CPUS = 1.0, 0.25  # a load is still there when that many work meanwhile
THREAD_BYTES = 36_000  # resident, kernel stack, page tables and slab (METHOD)
SPARE_THREADS = 200  # for everything else that runs here


@dataclass(frozen=True)
class Findings:
    """What the checks found, in sentences."""

    refusals: tuple[str, ...]
    warnings: tuple[str, ...]


def look(cells: Sequence[Cell], programs: Path, state: dict[str, Any]) -> Findings:
    """All checks. state is environment.state() from before the start."""
    return Findings(
        refusals=tuple(_refusals(cells, programs, state)),
        warnings=tuple(_warnings(cells, state)),
    )


def _refusals(
    cells: Sequence[Cell], programs: Path, state: dict[str, Any]
) -> Iterator[str]:
    if fault := hyperfine_fault():
        yield fault
    for program in sorted({cell.design.program for cell in cells}):
        if not (programs / program).is_file():
            yield f"the program {program} has not been built"
    threads = max((cell.lanes for cell in cells), default=0)
    available = state["memory_available_bytes"]
    if available is not None and available < threads * THREAD_BYTES:
        free = f"{available / 1e9:.1f} GB that are free"
        yield f"{threads} threads take more than the {free}"
    workers = max((cell.workers or 0 for cell in cells), default=0)
    for limit, name in environment.thread_limits():
        if limit < workers + SPARE_THREADS:
            yield f"{name} allows {limit} threads: too few for {workers} workers"


def hyperfine_fault() -> str | None:
    """What is wrong with hyperfine, from a call that proves it can run something."""
    if shutil.which("hyperfine") is None:
        return "hyperfine is not installed"
    said = environment.output("hyperfine", "--version")
    found = re.match(r"hyperfine (\d+)\.(\d+)", said or "")
    if said is None:
        return "hyperfine does not work: it cannot say its version"
    if found is None:
        return "hyperfine does not say its version: is it hyperfine?"
    if (int(found[1]), int(found[2])) < OLDEST_HYPERFINE:
        wanted = ".".join(map(str, OLDEST_HYPERFINE))
        return f"{said} is too old: it takes {wanted}"
    return None


def _warnings(cells: Sequence[Cell], state: dict[str, Any]) -> Iterator[str]:
    if shutil.which("gnuplot") is None:
        yield "gnuplot is not installed: there will be no charts"
    yield from _thread_warnings(cells, state)
    yield from _load_warnings(state)
    yield from _machine_warnings()


def _load_warnings(state: dict[str, Any]) -> Iterator[str]:
    load, pressure = state["load_1min"], state["cpu_pressure_10s_percent"]
    loaded = load > max(1.0, BUSY_SHARE * environment.cpus()) + BUSY_SHARE
    pressed = pressure is not None and pressure > BUSY_PRESSURE_PERCENT
    # Both remember: our own build, or our own last experiment, may be all that ran.
    if not (loaded or pressed) or not _busy_now():
        return
    if loaded:
        yield f"load is {load:.2f}: something else runs here, figures may be worse"
    else:
        yield f"CPU pressure is {pressure:.0f} %: something else runs here"


def _busy_now() -> bool:
    """True when CPUs work while we wait, or when that cannot be told."""
    before = _ticks()
    if before is None:
        return True
    time.sleep(LOOK_S)
    after = _ticks() or before
    busy, idle = (late - early for early, late in zip(before, after))
    return busy * (os.cpu_count() or 1) > BUSY_CPUS * (busy + idle)


def _ticks() -> tuple[int, int] | None:
    """(busy, idle) of all CPUs, in ticks since they were started."""
    words = (environment.read("/proc/stat") or "").split()[:9]
    if len(words) < 9 or words[0] != "cpu":
        return None
    user, nice, system, idle, waiting, *others = map(int, words[1:])
    return user + nice + system + sum(others), idle + waiting


def _thread_warnings(cells: Sequence[Cell], state: dict[str, Any]) -> Iterator[str]:
    threads = max((cell.lanes for cell in cells), default=0)
    limit, name = min(environment.thread_limits(), default=(None, ""))
    if limit is not None and limit < threads + SPARE_THREADS:
        yield (
            f"{name} allows {limit} threads: of {threads} some may not be created, "
            "and are counted as not started"
        )
    available = state["memory_available_bytes"]
    if available is not None and available < 2 * threads * THREAD_BYTES:
        yield f"only {available / 1e9:.1f} GB of memory are free for {threads} threads"


def _machine_warnings() -> Iterator[str]:
    governor = environment.read(environment.KERNEL_FILES["governor"])
    if governor not in (None, "performance"):
        yield f"the CPU governor is {governor}: speed may change during the run"
    pages = environment.read(environment.KERNEL_FILES["transparent_hugepage"])
    if pages and "[always]" in pages:
        yield "transparent huge pages are 'always': stacks may take 2 MB each"
    if environment.on_battery():
        yield "running on battery: the machine may save power"
