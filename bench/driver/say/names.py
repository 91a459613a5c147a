"""What a design and a cell are called: one noun, its registers.

    short        "pool of 50", "threads", "bounded threads"    labels and tables
    spoken       "a pool of 50", "threads"                     sentences
    spoken_cell  "a pool of 50 (timeout 50 ms)"                with what else is varied
    design_name  "pool of 50 (timeout 50 ms)"                  with what else is varied
    cell_name    "pool of 50 (timeout 50 ms), 500 tasks"       the whole cell

Nothing else names them. No text from here is taken apart again: what is needed of a
cell is in the cell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..ask.cell import COSTS, MEASURED, Cell, Design, Option
from .numbers import show_count, spaced

# Kinds of which there is one a design; the others are many, and take a plural verb.
PLURAL = ("threads", "fibers", "goroutines")
# Options that have a name of their own in sentences.
SPOKEN = {"limit-memory": "memory limit", "api-rate": "API rate", "api": "API",
          "api-capacity": "API of", "api-burst": "burst", "api-outage": "outage",
          "retry-budget": "retry budget", "service-time": "task time",
          "stack-size": "stack size", "api-queue": "API queue",
          "spawn-time": "spawn time", "task-time": "CPU time a task",
          "api-keeps-working": "API finishes abandoned calls",
          "when-full": "full queue:"}  # fmt: skip
REAL_APIS = {"http": "API over HTTP", "nginx": "API behind nginx"}


def short(design: Design, among: Iterable[Design] = ()) -> str:
    """A bound is told only where another one, or pools of none of its size, are among
    the designs beside it."""
    if design.workers is not None:
        return f"{design.kind} of {show_count(design.workers)}"
    beside = list(among)
    bounds = {other.bound for other in beside if other.kind == design.kind}
    sizes = {other.workers for other in beside if other.workers}
    if design.bound and (len(bounds) > 1 or sizes and design.bound not in sizes):
        return f"{design.kind} of {show_count(design.bound)}"
    return design.kind


def spoken(design: Design, among: Iterable[Design] = ()) -> str:
    name = short(design, among)
    return name if is_plural(design) else f"{article(name)} {name}"


def sentence(words: str) -> str:
    """With a capital letter, as a sentence begins."""
    return words[:1].upper() + words[1:]


def article(noun: str) -> str:
    return "an" if noun[0] in "aeiouAEIOU" else "a"


def is_plural(design: Design) -> bool:
    return design.kind.split()[-1] in PLURAL


def one_of(design: Design) -> str:
    """What it makes for each task: "thread", "fiber", "goroutine"."""
    return design.kind.split()[-1][:-1] if is_plural(design) else "thread"


def is_detached(cell: Cell) -> bool:
    """Threads that each return their stack as they end; joined, they keep it."""
    return cell.design.kind == "threads" and not cell.options.get("join")


def verb(design: Design, one: str, many: str) -> str:
    """ "takes" or "take"."""
    return many if is_plural(design) else one


def setting(option: str, value: Option) -> str:
    """ "timeout 50 ms", "fail-fast", "breaker: 5 failures, pause 50 ms"."""
    if option == "clock":
        return "simulated" if value == "virtual" else ""
    if option in COSTS and value in (True, MEASURED):
        return ""
    if option == "arrivals" and ":" in str(value):
        kind, _, rate = str(value).partition(":")
        return f"{rate} arriving{' evenly' if kind == 'fixed' else ''}"
    if option == "breaker" and "," in str(value):
        failures, pause = str(value).split(",")
        return f"breaker: {counted(int(failures), 'failure')}, pause {spaced(pause)}"
    if option == "api" and value in REAL_APIS:
        return REAL_APIS[str(value)]
    name = SPOKEN.get(option, option)
    return name if value is True else f"{name} {spaced(str(value))}"


def varied(cell: Cell) -> str:
    """What tells it from other cells of its design: "timeout 50 ms", or nothing."""
    told = [setting(option, value) for option, value in cell.varied.items()]
    told += [f"build {cell.build}"] if cell.build else []
    return ", ".join(filter(None, told))


def without(cell: Cell, told: Iterable[str]) -> Cell:
    """The cell, not named by options that are told elsewhere."""
    kept = {key: value for key, value in cell.varied.items() if key not in set(told)}
    return replace(cell, varied=kept)


def design_name(cell: Cell, among: Iterable[Cell] = ()) -> str:
    name, told = short(cell.design, (other.design for other in among)), varied(cell)
    return f"{name} ({told})" if told else name


def spoken_cell(cell: Cell, among: Iterable[Cell] = ()) -> str:
    """ "a pool of 50 (timeout 50 ms)"."""
    name, told = spoken(cell.design, (other.design for other in among)), varied(cell)
    return f"{name} ({told})" if told else name


def cell_name(cell: Cell, among: Iterable[Cell] = ()) -> str:
    return f"{design_name(cell, among)}, {tasks(cell.tasks)}"


def tasks(count: int) -> str:
    return counted(count, "task")


def counted(count: float, one: str, many: str = "") -> str:
    """ "1 task", "10 000 tasks"."""
    return f"{show_count(count)} {one if count == 1 else many or one + 's'}"


def fewest(workers: int) -> str:
    """ "1 worker is the fewest that meets", "20 workers are the fewest that meet"."""
    is_, meets = ("is", "meets") if workers == 1 else ("are", "meet")
    return f"{counted(workers, 'worker')} {is_} the fewest that {meets}"


def listed(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    *first, last = words or [""]
    return f"{', '.join(first)} and {last}" if first else last


def either(words: Sequence[str]) -> str:
    """ "a, b or c"."""
    *first, last = words or [""]
    return f"{', '.join(first)} or {last}" if first else last
