"""What is compared: designs, and cells, which are a design with a set of options.

A Design is a program and how many threads it may have at once. Experiments name it by
a kind: "threads", "bounded threads", "pool", or with its size: "pool of 50". A program
that the table does not know is a kind of its own, under its own name. What is to be
simulated has a twin: the same on fibers, in virtual time.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import ceil, exp, inf, log
from typing import Any

from .quantities import parse_count, parse_duration_ns, parse_rate, parse_share
from .typed import AskError, among

# Program: its kind without a bound, and with one (--max-threads).
KINDS = {
    "thread-per-task": ("threads", "bounded threads"),
    "worker-pool": ("pool", "pool"),
    "mutex-pool": ("mutex pool", "mutex pool"),
    "elastic-pool": ("elastic pool", "elastic pool"),
    "elastic-fiber-pool": ("elastic fiber pool", "elastic fiber pool"),
    "fiber-per-task": ("fibers", "bounded fibers"),
    "fiber-pool": ("fiber pool", "fiber pool"),
    "goroutine-per-task": ("goroutines", "bounded goroutines"),
    "goroutine-pool": ("goroutine pool", "goroutine pool"),
}
PROGRAM_OF = {kind: program for program, kinds in KINDS.items() for kind in kinds}
# What the programs take when nobody says otherwise.
DEFAULT_TASKS, DEFAULT_WORKERS = 50, 5
DEFAULT_SERVICE_TIME, DEFAULT_HANG_TIME, DEFAULT_REJECT_TIME = "10ms", "30s", "1ms"
# Costs in virtual time; each may be MEASURED, which is what bench/micro finds it to be
# just before the runs: see run/constants.py.
SPAWN_TIME, TASK_TIME, OVERSLEEP = COSTS = "spawn-time", "task-time", "oversleep"
MEASURED = "measured"
REAL_APIS = HTTP, NGINX = "http", "nginx"  # what the option "api" of a cell says
SIMULATED_BY = {"thread-per-task": "fiber-per-task", "worker-pool": "fiber-pool"}
QUANTILES = r"lognormal:p50=(\w[\w.]*),p99=(\w[\w.]*)"
Z_99 = 2.3263478740408408  # the standard normal's 99 % quantile
OF_VIRTUAL_TIME = {"clock", *COSTS}
OF_TABLES = {"design", "quick", "simulated"}  # of [[cells]], and no options
Option = str | int | float | bool


@dataclass(frozen=True)
class Design:
    """A program with the number of its workers, or the bound of its threads."""

    program: str
    workers: int | None = None  # of a pool
    bound: int | None = None  # --max-threads

    @property
    def kind(self) -> str:
        plain, bounded = KINDS.get(self.program, (self.program, self.program))
        return bounded if self.bound else plain

    @property
    def kind_key(self) -> str:
        """For data columns that are of any size: "bounded-threads"."""
        return self.kind.replace(" ", "-")

    @property
    def key(self) -> str:
        """For data columns and file names: "threads", "pool-5"."""
        size = self.workers or self.bound
        return f"{self.kind_key}-{size}" if size else self.kind_key

    @property
    def sleeps_in_kernel(self) -> bool:
        """Whether each of its waits is one of the kernel: fibers and goroutines share
        kernel threads, and only those wait there."""
        return not re.search("fiber|goroutine", self.program)

    def is_named(self, name: str) -> bool:
        """Whether an experiment means this one: by kind, size or program."""
        size = self.workers or self.bound
        return name in (self.kind, f"{self.kind} of {size}", self.program)


def is_pool(program: str) -> bool:
    return program.endswith("-pool")


@dataclass(frozen=True)
class Cell:
    """One program with one set of options: what a block runs once.

    name is fit for a file and unique in the experiment. options are the program's long
    options without dashes, as the TOML gave them; args are the same as the program
    receives them. varied has those of the options in which the cells of the experiment
    differ, without tasks, workers and max-threads; say/names.py makes words of it.
    """

    name: str
    design: Design
    tasks: int
    args: tuple[str, ...] = ()
    options: Mapping[str, Option] = field(default_factory=dict)
    varied: Mapping[str, Option] = field(default_factory=dict)
    build: str = ""  # "A" or "B" where two builds of the programs are compared

    @property
    def workers(self) -> int | None:
        return self.design.workers

    @property
    def is_real(self) -> bool:
        """Whether its API is called over real sockets."""
        return self.api in REAL_APIS

    @property
    def api(self) -> Option | None:
        """How its API is called; None: it is simulated."""
        return self.options.get("api")

    @property
    def asked(self) -> tuple[str, ...]:
        """What is run, whatever the cell is called: two that have this are one."""
        return self.design.program, str(self.api), *sorted(self.args)

    @property
    def is_virtual(self) -> bool:
        """Whether its time is virtual: it passes as fast as it can be reckoned."""
        return self.options.get("clock") == "virtual"

    @property
    def by_its_own_clock(self) -> bool:
        """Whether hyperfine's clock says nothing of it: of virtual time it sees how
        long that took to reckon, and with a real API a server start and end."""
        return self.is_virtual or self.is_real

    @property
    def awaits_constants(self) -> bool:
        """Whether it has costs that are yet to be measured."""
        return any(self.options.get(cost) == MEASURED for cost in COSTS)

    @property
    def lanes(self) -> int:
        """How many tasks can be under way at once."""
        return self.workers or self.design.bound or self.tasks or 1

    @property
    def service_s(self) -> float:
        """d: how long one call takes, on average."""
        return self.duration_s("service-time", DEFAULT_SERVICE_TIME)

    @property
    def mean_s(self) -> float:
        """The same for a plan: also of a log-normal that is told by two quantiles."""
        if self.lognormal is None:
            return self.service_s
        median_s, sigma = self.lognormal
        return median_s * exp(sigma**2 / 2)

    @property
    def lognormal(self) -> tuple[float, float] | None:
        """The median and sigma of a log-normal that is told by two quantiles; None for
        others, and for those that the programs will refuse."""
        told = re.fullmatch(QUANTILES, self.distribution)
        if told is None:
            return None
        try:
            p50_s, p99_s = (parse_duration_ns(each) / 1e9 for each in told.groups())
            return p50_s, log(p99_s / p50_s) / Z_99
        except (ValueError, ArithmeticError):
            return None

    @property
    def distribution(self) -> str:
        """How service times are drawn."""
        return str(self.options.get("distribution", "fixed"))

    @property
    def knows_mean(self) -> bool:
        """Whether service_s holds: some distributions have a mean of their own."""
        return "service-time" in self.options or ":" not in self.distribution

    @property
    def capacity(self) -> int | None:
        """K: how many calls the API serves at once; None: as many as come."""
        found = self.options.get("api-capacity")
        if found in (None, "unlimited"):
            return None
        return parse_count(str(found), 1, 10**9)

    @property
    def api_queue(self) -> float:
        """How many calls may wait at the API until it has a place."""
        return _queue(str(self.options.get("api-queue", 0)))

    @property
    def api_burst(self) -> int:
        """How many calls its rate limit lets through at once."""
        return int(self.options.get("api-burst", 1))

    @property
    def arrivals_per_s(self) -> float | None:
        """None: all tasks are there from the start."""
        _, _, rate = str(self.options.get("arrivals", "batch")).partition(":")
        return parse_rate(rate) if rate else None

    @property
    def arriving_s(self) -> float:
        """How long it takes until the last task has arrived: 0 for a batch."""
        rate = self.arrivals_per_s
        return self.tasks / rate if rate else 0.0

    @property
    def hang_s(self) -> float:
        """How long a call takes that hangs; then it is answered like any other."""
        return self.duration_s("hang-time", DEFAULT_HANG_TIME)

    @property
    def hanging_s(self) -> float:
        """What calls that hang add, one after another on each lane."""
        share = parse_share(str(self.options.get("hang-rate", 0)))
        hangs = ceil(round(self.tasks * share, 6))  # 7 % of 100 are 7.000000000000001
        return ceil(hangs / self.lanes) * self.hang_s

    def with_workers(self, workers: int) -> "Cell":
        """The same but for the size of the pool."""
        return replace(self, design=replace(self.design, workers=workers))

    def at_once(self, rate: float) -> float:
        """Little: r d. In whole ns, as 100/s for 0.29 s are 28.999999999999996."""
        return rate * round(self.service_s * 1e9) / 1e9

    def check(self) -> None:
        """Raises ValueError when an option is not as the driver reckons with it."""
        for option, read in READ.items():
            if (value := self.options.get(option)) is not None:
                read(str(value))
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", self.design.program):
            raise ValueError(f"'{self.design.program}' is no program of ours")
        for size in (self.tasks, self.workers, self.design.bound):
            if size is not None and (type(size) is not int or size < 0):
                raise ValueError(f"'{size}' is no number of tasks or threads")

    def duration_s(self, option: str, default: str = "0") -> float:
        return parse_duration_ns(str(self.options.get(option, default))) / 1e9


def _count(text: str) -> int:
    return parse_count(text, 0, 2**63 - 1)


def _queue(text: str) -> float:
    return inf if text == "unlimited" else _count(text)


def _outage(text: str) -> list[int]:
    return [parse_duration_ns(part) for part in text.split(",", 1)]


# Options that the driver itself reckons with, and what reads them there.
READ: Mapping[str, Callable[[str], object]] = {
    "service-time": parse_duration_ns, "hang-time": parse_duration_ns,
    "hang-rate": parse_share, "api-rate": parse_rate, "api-burst": _count,
    "api-outage": _outage, "api-queue": _queue, "attempts": _count,
    "api-capacity": lambda text: text == "unlimited" or parse_count(text, 1, 10**9),
    "arrivals": lambda text: ":" not in text or parse_rate(text.partition(":")[2]),
}  # fmt: skip


def design_of(program: str, options: Mapping[str, Option]) -> Design:
    """The design that a program with these options is."""
    workers = options.get("workers", DEFAULT_WORKERS if is_pool(program) else None)
    bound = None if is_pool(program) else options.get("max-threads") or None
    return Design(program, workers, bound)


def clock_of(cells: Iterable[Cell], figure: str = "wall_s") -> str:
    """The figure that is the wall time of all of them by one clock: the programs' own
    where the experiment compares that, or where some have no other."""
    own = {cell.by_its_own_clock for cell in cells}
    return "inner_wall_s" if figure == "inner_wall_s" or len(own) > 1 else "wall_s"


# ---- as a table of an experiment names them ----


def with_twins(table: Mapping[str, Any], where: str) -> Iterator[Mapping[str, Any]]:
    """The table; and, if asked for, what simulates it: fibers in virtual time."""
    for key in ("quick", "simulated"):
        if not isinstance(said := table.get(key, False), bool):
            raise AskError(f"{where} {key} is {said!r}: it takes true or false")
    yield table
    if table.get("simulated"):
        program, size = program_of(table.get("design"), where)
        if program not in SIMULATED_BY:
            known = ", ".join(SIMULATED_BY)
            raise AskError(f"{where} simulated: only {known} can be, not {program}")
        costs = {SPAWN_TIME: MEASURED, OVERSLEEP: MEASURED}
        costs |= {TASK_TIME: MEASURED} if is_pool(program) else {}
        yield {**table, **size, "design": SIMULATED_BY[program], "clock": "virtual",
               **costs}  # fmt: skip


def program_of(design: Any, where: str) -> tuple[str, dict[str, int]]:
    """The program that a design names, and its size if that is told: "pool of 50"."""
    if not isinstance(design, str):
        raise AskError(f"{where} design is {design!r}: it takes words in quotes")
    kind, of, size = design.partition(" of ")
    program = PROGRAM_OF.get(kind, kind)
    if of and not re.fullmatch(r"[1-9][0-9]{0,6}", size):
        told = "its size is a whole number from 1 to 1000000"
        raise AskError(f"{where} design '{design}': {told}")
    # A program of somebody's own has a name of its kind, too; it need not be known.
    if kind not in PROGRAM_OF and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", kind):
        raise AskError(f"{where} no design '{design}': {among(design, PROGRAM_OF)}")
    option = "workers" if is_pool(program) else "max-threads"
    return program, {option: int(size)} if of else {}
