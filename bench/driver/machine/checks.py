"""What is looked at before the start: can this machine give figures that mean anything?

A refusal ends the driver before the first run, with the reason. A warning is printed,
kept in environment.json, and left to the reader.
"""

import os
import platform
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from math import inf
from pathlib import Path
from typing import Any

from ..ask.cell import Cell
from ..ask.quantities import plain_number
from . import environment, limits
from .programs import missing

SLOW_CLOCKS = ("hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit")
STACKS_WITHOUT_HUGE_PAGES = (6, 7)  # the kernel from which on stacks get none
OLDEST_HYPERFINE = (1, 14)  # the first with --output=inherit
BUSY_SHARE = 0.25  # of the CPUs: more load than this is a neighbour
BUSY_PRESSURE_PERCENT = 10.0
LOOK_S, BUSY_CPUS = 1.0, 0.25  # a load is still there when that many work meanwhile
THREAD_BYTES = 36_000  # resident, kernel stack, page tables and slab (METHOD)
SPARE_THREADS = 50  # for what else starts meanwhile


@dataclass(frozen=True)
class Findings:
    """What the checks found, in sentences."""

    refusals: tuple[str, ...]
    warnings: tuple[str, ...]


def look(cells: Sequence[Cell], programs: Path, state: dict[str, Any]) -> Findings:
    """All checks. state is environment.state() from before the start."""
    real = [cell for cell in cells if not cell.is_virtual]  # the others have no threads
    threads = max((cell.lanes for cell in real), default=0)
    refusals = [
        *_tool_refusals(cells, programs), *_room_refusals(real, threads, state)
    ]  # fmt: skip
    warnings = [
        *_room_warnings(threads, state), *_load_of_cells(cells),
        *_neighbour_warnings(state), *_machine_warnings(),
    ]  # fmt: skip
    if find_spec("jinja2") is None:
        warnings.insert(0, "Jinja2 is not installed: there will be no report")
    if fault := gnuplot_fault():
        warnings.insert(0, f"{fault}: there will be no charts")
    return Findings(tuple(refusals), tuple(warnings))


def _tool_refusals(cells: Sequence[Cell], programs: Path) -> Iterator[str]:
    if cells and (fault := hyperfine_fault()):  # a lesson may have no cell to measure
        yield fault
    if gone := missing(programs, {cell.design.program for cell in cells}):
        yield gone


def gnuplot_fault() -> str | None:
    """Why nothing can be drawn here, whatever the chart."""
    if shutil.which("gnuplot") is None:
        return "gnuplot is not installed"
    said = environment.output("gnuplot", "--version") or ""
    return None if said.startswith("gnuplot ") else "gnuplot cannot say its version"


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
        return f"{said} is too old: it takes {'.'.join(map(str, OLDEST_HYPERFINE))}"
    return None


# ---- is there room? ----


def _room_refusals(
    cells: Sequence[Cell], threads: int, state: dict[str, Any]
) -> Iterator[str]:
    available = state["memory_available_bytes"]
    if available is not None and available < threads * THREAD_BYTES:
        free = f"{available / 1e9:.1f} GB that are free"
        yield f"{threads} threads take more than the {free}"
    workers = max((cell.workers or 0 for cell in cells), default=0)
    for limit in limits.threads():
        if limit.left < workers + SPARE_THREADS:
            what = f"for {workers} workers" if workers else "to start anything"
            yield f"{_told(limit)}: too few {what}"


def _room_warnings(threads: int, state: dict[str, Any]) -> Iterator[str]:
    tightest = min(limits.threads(), key=lambda limit: limit.left, default=None)
    if tightest is not None and tightest.left < threads + SPARE_THREADS:
        yield (
            f"{_told(tightest)}: of {threads} some may not be created, and are counted "
            "as not started"
        )
    available = state["memory_available_bytes"]
    if available is not None and available < 2 * threads * THREAD_BYTES:
        yield f"only {available / 1e9:.1f} GB of memory are free for {threads} threads"


def _told(limit: limits.Limit) -> str:
    used = f", of which {limit.used} are taken" if limit.used else ""
    return f"{limit.name} allows {limit.most} threads{used}"


def _load_of_cells(cells: Sequence[Cell]) -> Iterator[str]:
    """A queue that grows for as long as the run lasts has no steady wait."""
    for cell in cells:
        serves = cell.lanes / cell.service_s if cell.service_s else inf
        arrives = cell.arrivals_per_s or 0.0
        endless = cell.options.get("when-full") != "reject"
        if arrives > serves and cell.lanes < cell.tasks and endless and cell.knows_mean:
            rates = [plain_number(each, 6) for each in (arrives, serves)]
            yield (
                f"{cell.name}: {rates[0]} tasks arrive per second, and it can do "
                f"{rates[1]}, a load of {plain_number(arrives / serves, 3)}: the wait "
                "grows as long as the run lasts"
            )


# ---- is it quiet, and at its own speed? ----


def _neighbour_warnings(state: dict[str, Any]) -> Iterator[str]:
    load, pressure = state["load_1min"], state["cpu_pressure_10s_percent"]
    loaded = load > max(1.0, BUSY_SHARE * environment.cpus()) + BUSY_SHARE
    pressed = pressure is not None and pressure > BUSY_PRESSURE_PERCENT
    # Both remember: our own build, or our own last experiment, may be all that ran.
    if (loaded or pressed) and _busy_now():
        seen = f"load is {load:.2f}" if loaded else f"CPU pressure is {pressure:.0f} %"
        yield f"{seen}: something else runs here, figures may be worse"


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
    words = (limits.read("/proc/stat") or "").split()[:9]
    if len(words) < 9 or words[0] != "cpu":
        return None
    user, nice, system, idle, waiting, *others = map(int, words[1:])
    return user + nice + system + sum(others), idle + waiting


def _machine_warnings() -> Iterator[str]:
    files = {name: limits.read(path) for name, path in environment.KERNEL_FILES.items()}
    if files["governor"] not in (None, "performance"):
        governor = files["governor"]
        yield f"the CPU governor is {governor}: speed may change during the run"
    allowed = limits.cpus_allowed()
    if allowed is not None and allowed < environment.cpus():
        yield (
            f"a control group allows {allowed:g} of {environment.cpus()} CPUs: it holds"
            " the programs back for a part of each period"
        )
    if (clock := files["clock_source"]) in SLOW_CLOCKS:
        yield f"the clock source is {clock}: each look at the clock takes a microsecond"
    kernel = tuple(map(int, re.findall(r"\d+", platform.release())[:2]))
    always = "[always]" in (files["transparent_hugepage"] or "")
    if always and kernel < STACKS_WITHOUT_HUGE_PAGES:
        yield "transparent huge pages are 'always': stacks may take 2 MB each"
    if environment.on_battery():
        yield "running on battery: the machine may save power"
