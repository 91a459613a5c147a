"""The nouns of the driver: what is compared, what was run, what it amounts to.

An Experiment has Cells. Each Run of a cell is one line of runs.ndjson. The runs of a
cell become its Summary; two cells that ran in the same blocks become a Ratio. All of
them are values: made once, never changed, free of files and processes.

Units are in the names: `_s` seconds, `_ns` nanoseconds, `_bytes` bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .constants import Constants

SCHEMA_VERSION = 1

OUTCOMES = (
    "ok",
    "rejected",
    "failed",
    "silent",
    "timed_out",
    "cancelled",
    "not_started",
)


class Role(str, Enum):
    """Why a run was made. Only MEASURE runs enter a summary."""

    MEASURE = "measure"
    WARM_UP = "warm-up"  # shown, not counted
    A_A = "a-a"  # a second run of one cell, as a control
    SAMPLE = "sample"  # one line a task was written; its figures are not counted


@dataclass(frozen=True)
class Cell:
    """One program with one set of options: what a block runs once.

    name is fit for a file name and unique in the experiment, label is for people.
    options are the program's long options without dashes, as the TOML gave them;
    args are the same as the program receives them.
    """

    name: str
    design: str  # "thread-per-task" or "worker-pool": the program's name
    workers: int | None  # None for thread-per-task
    tasks: int
    args: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "design": self.design,
            "workers": self.workers,
            "tasks": self.tasks,
            "args": list(self.args),
            "options": dict(self.options),
            "label": self.label,
        }

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> Cell:
        return cls(
            name=line["name"],
            design=line["design"],
            workers=line["workers"],
            tasks=line["tasks"],
            args=tuple(line["args"]),
            options=dict(line.get("options", {})),
            label=line.get("label", ""),
        )


@dataclass(frozen=True)
class Timing:
    """What hyperfine says of one run, seen from outside the process."""

    wall_s: float
    user_s: float
    system_s: float
    exit_code: int | None  # 128 + n: ended by signal n; None: hyperfine does not say

    def to_json(self) -> dict[str, Any]:
        return {
            "wall_s": self.wall_s,
            "user_s": self.user_s,
            "system_s": self.system_s,
            "exit_code": self.exit_code,
        }


@dataclass(frozen=True)
class Run:
    """One process, run once: one line of runs.ndjson.

    {"schema_version": 1,
     "cell": {"name", "design", "workers", "tasks", "args", "options", "label"},
     "role": "measure" | "warm-up" | "a-a" | "sample",
     "block": 1, "position": 3,           block 0 is the warm-up; position from 1
     "started_utc": "2025-01-31T10:00:00.123Z",
     "command": ["worker-pool", "--tasks", "50", ...],    no path
     "hyperfine": {"wall_s", "user_s", "system_s", "exit_code"} | null,
     "record": {the program's own JSON} | null,
     "problem": null | "a sentence: why this run counts for nothing",
     "samples": null | "samples/<cell>.csv",              inside the results folder
     "kernel": null | {"kernel_stack_bytes", "slab_bytes", "page_table_bytes"}}
                                          growth of the machine's own, while it ran
    """

    cell: Cell
    role: Role
    block: int
    position: int
    started_utc: str
    command: tuple[str, ...]
    hyperfine: Timing | None
    record: Mapping[str, Any] | None
    problem: str | None = None
    samples: str | None = None
    kernel: Mapping[str, int] | None = None

    @property
    def counts(self) -> bool:
        """True when this run may enter a summary."""
        return self.role is Role.MEASURE and self.problem is None

    def to_json(self) -> dict[str, Any]:
        return {
            "schema_version": SCHEMA_VERSION,
            "cell": self.cell.to_json(),
            "role": self.role.value,
            "block": self.block,
            "position": self.position,
            "started_utc": self.started_utc,
            "command": list(self.command),
            "hyperfine": self.hyperfine.to_json() if self.hyperfine else None,
            "record": self.record,
            "problem": self.problem,
            "samples": self.samples,
            "kernel": self.kernel,
        }

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> Run:
        timing = line["hyperfine"]
        return cls(
            cell=Cell.from_json(line["cell"]),
            role=Role(line["role"]),
            block=line["block"],
            position=line["position"],
            started_utc=line["started_utc"],
            command=tuple(line["command"]),
            hyperfine=Timing(**timing) if timing else None,
            record=line["record"],
            problem=line["problem"],
            samples=line["samples"],
            kernel=line.get("kernel"),
        )


@dataclass(frozen=True)
class Interval:
    """A median and its order-statistic interval.

    low and high are None when n is too small for 95 % (n < 6): then there is a
    median, the extremes, and no interval to be drawn.
    """

    median: float
    low: float | None
    high: float | None
    n: int
    coverage: float | None  # exact, at least 0.95; None without an interval
    minimum: float
    maximum: float

    @property
    def known(self) -> bool:
        return self.low is not None and self.high is not None


@dataclass(frozen=True)
class Count:
    """How many tasks of each run ended in one way."""

    median: float
    minimum: int
    maximum: int

    @property
    def all_equal(self) -> bool:
        return self.minimum == self.maximum


@dataclass(frozen=True)
class Summary:
    """What the counted runs of one cell amount to.

    figures: by the names of figures.FIGURES ("wall_s", "rss_bytes", ...); a figure
    that no run could read is absent, never 0. outcomes: one Count for each name of
    OUTCOMES; empty without a counted run. theory_wall_s is what the wall time should
    be, bound_wall_s what it cannot be less than; None where no theory applies.
    """

    cell: Cell
    n: int  # runs that counted
    problems: tuple[str, ...]  # of the measured runs that did not
    figures: Mapping[str, Interval]
    outcomes: Mapping[str, Count]
    theory_wall_s: float | None = None
    fitted: bool = False  # that theory has c from the very runs it is held against
    bound_wall_s: float | None = None

    @property
    def over_theory(self) -> float | None:
        """Measured over predicted wall time, on the program's own clock."""
        inner = self.figures.get("inner_wall_s")
        if inner is None or not self.theory_wall_s:
            return None
        return inner.median / self.theory_wall_s


class Verdict(str, Enum):
    """What an interval bears: the only source of "faster" in titles and prose."""

    LESS = "less"  # the whole interval lies below 0.98: faster, smaller
    MORE = "more"  # the whole interval lies above 1.02: slower, larger
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Ratio:
    """cell over baseline, block by block, so that drift of the machine cancels."""

    figure: str
    cell: Cell
    baseline: Cell
    interval: Interval | None  # None when no block holds both
    verdict: Verdict


@dataclass(frozen=True)
class Noise:
    """What the controls say of the machine during the run.

    a_a: one cell against itself; its interval must contain 1. canary_spread: of a
    fixed piece of work done once a block, (max - min) / median; by name, "sleep" and
    "spin". noisy_blocks: blocks in which a canary lay over 5 % off its median.
    suspended_blocks: the machine slept in them, or just before.
    """

    a_a: Ratio | None = None
    canary_spread: Mapping[str, float] = field(default_factory=dict)
    noisy_blocks: tuple[int, ...] = ()
    suspended_blocks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Summaries:
    """Everything computed from the runs of one experiment. Iterates over its cells."""

    cells: tuple[Summary, ...]
    ratios: tuple[Ratio, ...]
    noise: Noise
    left_out: tuple[str, ...] = ()  # labels of cells that were not run, and why
    complete: bool = True
    refusals: tuple[str, ...] = ()  # why cells were not compared, each a sentence
    constants: Constants = Constants()  # of the theory, if they were measured
    create_each_s: float | None = None  # c of the theory, from there or from the runs
    machine: Mapping[str, Any] = field(default_factory=dict)  # environment.json

    def __iter__(self) -> Iterator[Summary]:
        return iter(self.cells)

    def of(self, name: str) -> Summary | None:
        """The summary of the cell with this name."""
        return next((s for s in self.cells if s.cell.name == name), None)


@dataclass(frozen=True)
class Experiment:
    """One question and how it is put to the programs: one file of bench/experiments.

    charts are names that charts.draw knows. compare_by holds the options that two
    cells must share to be compared; the cell of the baseline design is the divisor.
    """

    name: str
    question: str
    cells: tuple[Cell, ...]
    charts: tuple[str, ...]
    samples: tuple[Cell, ...] = ()
    baseline: str = "thread-per-task"
    compare_by: tuple[str, ...] = ("tasks",)
    figure: str = "wall_s"
    sections: tuple[str, ...] = ()  # what else is told at the end, by sections.SECTIONS
    minutes: float = 2.0  # its share of a full run
    reseed: bool = False  # each block has a workload of its own


@dataclass(frozen=True)
class Chart:
    """One drawn question: its words and its files, from the same values.

    files are paths inside the results folder by kind ("svg", "png", "pdf"). A chart
    with a problem has no files and makes the driver end with status 1.
    """

    name: str
    title: str
    caption: str
    alt: str
    files: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()  # of its table
    rows: tuple[tuple[str, ...], ...] = ()
    problem: str | None = None
