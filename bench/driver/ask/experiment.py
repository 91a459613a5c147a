"""Experiments: one TOML file each, in bench/experiments or anywhere.

    question = "..."             what the experiment asks, in plain words
    charts = ["wall-time"]       names of plots/; "sweep" fits every experiment
    compare-by = ["tasks"]       cells that share these options are compared ...
    baseline = "threads"         ... with the cells of this design (the default), or of
                                 several: ["threads", "bounded threads"] compares every
                                 cell with each that comes before it in that list
    figure = "wall_s"            ... in this figure (the default; see figures.py; by the
                                 programs' own clocks where some have no other)
    sections = ["limits"]        more to be told at the end (see say/extras.py)
    minutes = 2                  of a full run (the default)
    reseed = true                each block draws other tasks: its number is the seed

    [options]                    options of the programs, by their long names;
    tasks = [50, 500]            a list is swept: each value makes a cell
    service-time = "10ms"
    fail-fast = true             an option without a value
    clock = "virtual"            of fibers: the same in virtual time, in which ...
    spawn-time = "measured"      ... creating one costs what bench/micro finds a thread
    task-time = "measured"       or worker does, a task of a pool the work around it ...
    oversleep = "measured"       ... and each call ends as late as sleeps do

    [[cells]]                    one or more: a design (see cell.py) and its own options
    design = "pool"
    workers = [5, 50]

    [[cells]]
    design = "bounded threads of 50"
    quick = false                not in a quick run
    simulated = true             also on fibers in virtual time, with measured costs

    api = ["http", "nginx"]      called over real sockets (see bench/over-http)

    [[samples]]                  like [[cells]]: run once more, every task recorded
    design = "threads"

    [quick]                      what a quick run has instead of those [options]
    tasks = [50]

Lists in two options make every pair. Nothing but a TOML file is needed to add one.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any
from zlib import crc32

from . import declaration
from .cell import DEFAULT_TASKS, KINDS, OF_TABLES, PROGRAM_OF, READ, REAL_APIS
from .cell import Cell, Option, clock_of, design_of, is_pool, program_of, with_twins
from .figures import FIGURES
from .quantities import plain_number
from .typed import AskError, among, from_dict, is_file, read_toml

FULL_MINUTES, MOST_MINUTES = 2.0, 1440
# What more may be told at the end: say/extras.py makes the lines.
SECTIONS = ("limits", "thread-cost", "efficiency", "waits", "plan")
# Options that only some designs have; and those that the driver gives itself.
OF_POOLS, OF_THREADS = {"workers", "queue"}, {"max-threads", "detach", "join"}
OF_THE_DRIVER = {"json", "samples", "progress", "help", "version"}
WITHOUT_LIMIT = "unlimited"  # on the command line it takes an option away: None
# Of options that are counts: from where to where.
COUNTS = {"tasks": (1, 10**9), "workers": (1, 10**6), "max-threads": (1, 10**6)}
NAME_MOST = 120  # bytes of a cell's name; with more, some folders take no such file
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Experiment:
    """One question and how it is put to the programs.

    compare_by holds the options that two cells must share to be compared; baselines
    are the designs that others are divided by, each by all that come before it.
    """

    name: str
    question: str
    cells: tuple[Cell, ...]
    charts: tuple[str, ...] = ()
    samples: tuple[Cell, ...] = ()
    baselines: tuple[str, ...] = ("threads",)
    compare_by: tuple[str, ...] = ("tasks",)
    figure: str = "wall_s"
    sections: tuple[str, ...] = ()
    minutes: float = FULL_MINUTES
    reseed: bool = False
    notes: tuple[str, ...] = ()  # of charts that its cells cannot have

    @property
    def all_cells(self) -> tuple[Cell, ...]:
        """All that is run: its cells, and samples of what is none of them."""
        found = {(c.name, c.args): c for c in (*self.cells, *self.samples)}
        return tuple(found.values())

    def rank(self, cell: Cell) -> int:
        """Its place among the baselines; after all of them if it is none."""
        named = map(cell.design.is_named, self.baselines)
        return next((i for i, it_is in enumerate(named) if it_is), len(self.baselines))


@dataclass(frozen=True)
class _File:
    """What the TOML file may hold."""

    question: str
    cells: tuple[Options, ...]
    charts: tuple[str, ...] = ()
    samples: tuple[Options, ...] = ()
    baseline: str | tuple[str, ...] = "threads"
    compare_by: tuple[str, ...] = ("tasks",)
    figure: str = "wall_s"
    sections: tuple[str, ...] = ()
    minutes: float = FULL_MINUTES
    reseed: bool = False
    options: Options = field(default_factory=dict)
    quick: Options = field(default_factory=dict)


# ---- files ----


def list_experiments(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.toml"))


def find(folder: Path, name: str) -> Path:
    """The file of an experiment: a name of the folder, or the path of a TOML file."""
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not is_file(path):
        there = among(name, list_experiments(folder))
        raise AskError(f"no experiment '{name}': {there}, or a path to a TOML file")
    return path


def load(path: Path, overrides: Options = {}, quick: bool = False) -> Experiment:
    """The experiment of this file, in the size of a quick run if so.

    overrides replace options wherever they stand; None takes an option away.
    """
    return read(path.stem, read_toml(path), overrides, quick)


def read(
    name: str, table: Options, overrides: Options = {}, quick: bool = False,
    where: str = "",
) -> Experiment:  # fmt: skip
    """An experiment from the contents of its file, NAME.toml; or of no file, but of the
    words of a command: where."""
    asked = from_dict(_File, table, where or f"{name}.toml")
    try:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", name):
            told = "it takes letters (a to z), digits, '-' and '.'"
            raise AskError(f"'{name}' cannot be the name of an experiment: {told}")
        return _made(name, asked, overrides, quick)
    except AskError as error:
        # Nobody wrote the table of a command.
        told = str(error).removeprefix("[[cells]] ") if where else error
        raise AskError(f"{where or name + '.toml'}: {told}") from None


def _made(name: str, asked: _File, overrides: Options, quick: bool) -> Experiment:
    shared = {**asked.options, **(asked.quick if quick else {})}
    # A sample shows one shape: it keeps its own number of tasks.
    kept = {key: value for key, value in overrides.items() if key != "tasks"}
    cells = list(_expand(asked.cells, shared, overrides, quick, "[[cells]]"))
    samples = list(_expand(asked.samples, shared, kept, quick, "[[samples]]"))
    if not cells:
        raise AskError("at least one [[cells]] is needed")
    for key, value in overrides.items():
        if value is not None and not any(key in cell.options for cell in cells):
            raise AskError(f"no design of this experiment takes --{key}")
    # What all sweep besides the design must be the same in two cells, too.
    swept = [k for k, v in {**shared, **overrides}.items() if isinstance(v, list)]
    alike = [*asked.compare_by, *(k for k in swept if k not in OF_POOLS | OF_THREADS)]
    gone = {key for key, value in overrides.items() if value is None}
    timed = asked.figure == "wall_s"
    made = Experiment(
        name=name, question=asked.question, charts=asked.charts,
        figure=clock_of(cells) if timed else asked.figure,
        cells=_unique(cells, overrides), samples=_unique(samples, overrides),
        baselines=(
            (asked.baseline,) if isinstance(asked.baseline, str) else asked.baseline
        ),
        compare_by=tuple(key for key in dict.fromkeys(alike) if key not in gone),
        sections=asked.sections, minutes=asked.minutes, reseed=asked.reseed,
    )  # fmt: skip
    _check(made, asked.cells)
    made = named(made)
    charts, notes = declaration.check(made, changed=bool(overrides))
    return replace(made, charts=tuple(charts), notes=tuple(notes))


def _check(made: Experiment, tables: Sequence[Options]) -> None:
    """Refuses what would fail after minutes of measuring.

    tables: all [[cells]], also those that a quick run leaves out.
    """
    if not 0 < made.minutes <= MOST_MINUTES:
        told = f"it takes a number above 0, up to {MOST_MINUTES}"
        raise AskError(f"minutes is {made.minutes}: {told}")
    if made.reseed and any("seed" in c.options for c in (*made.cells, *made.samples)):
        raise AskError("seed: with reseed, each block has its own, its number")
    programs = {cell.design.program for cell in made.cells}
    options = {"tasks"}.union(*(cell.options for cell in made.cells), *tables)
    kinds = [name.partition(" of ")[0] for name in made.baselines]
    for what, names, known in (
        ("figure", [made.figure], FIGURES),
        ("section", made.sections, SECTIONS),
        ("baseline", kinds, [*PROGRAM_OF, *sorted(programs)]),
        ("compare-by", made.compare_by, sorted(options - OF_TABLES)),
    ):
        for name in names:
            if name not in known:
                raise AskError(f"{what} '{name}' is none of {', '.join(known)}")


def _unique(cells: Sequence[Cell], overrides: Options) -> tuple[Cell, ...]:
    """In a file, two cells that are one are a mistake; an override may make them so."""
    found = {cell.asked: cell for cell in cells}
    if len(found) < len(cells) and not overrides:
        ((asked, count),) = Counter(cell.asked for cell in cells).most_common(1)
        program, _, *args = asked
        told = " ".join([program, *args])
        raise AskError(f"{count} cells are the same: {told}")
    return tuple(found.values())


# ---- tables to cells ----


def _expand(
    tables: Sequence[Options],
    shared: Options,
    overrides: Options,
    quick: bool,
    where: str,
) -> Iterator[Cell]:
    """The cells that the tables make, without names: every list is swept."""
    for table in (each for table in tables for each in with_twins(table, where)):
        program, size = program_of(table.get("design"), where)
        if quick and table.get("quick", True) is False:
            continue
        own = {k: v for k, v in table.items() if k not in OF_TABLES}
        options = {**shared, **size, **own}
        _check_size(f"{where} design '{table['design']}'", size, own, options)
        options |= {
            key: value
            for key, value in overrides.items()
            if _takes(program, options, key, tables)
        }
        lists = [values_of(key, value, where) for key, value in options.items()]
        for values in product(*lists):
            yield _cell(program, dict(zip(options, values)))


def _check_size(design: str, size: Options, own: Options, options: Options) -> None:
    if twice := size.keys() & own.keys():
        raise AskError(f"{design} has its size already: leave out {twice.pop()}")
    if "'bounded " in design and "max-threads" not in options:
        raise AskError(f"{design} has no bound: it takes one, such as 'of 50'")


def _takes(
    program: str, options: Options, key: str, tables: Sequence[Options]
) -> bool:
    """Whether an override is for this table: some options are of some designs only.

    A bound is for the tables that have one; if none has, for all that could.
    """
    if key in OF_POOLS:
        return is_pool(program) or (program not in KINDS and key in options)
    if key not in OF_THREADS:
        return True
    bounded = any(key in t or " of " in str(t.get("design")) for t in tables)
    return not is_pool(program) and (key in options or not bounded)


def values_of(key: str, given: Any, where: str) -> list[Option | None]:
    """What an option is swept over: one value, or those of a list; None: it is not
    given. where: it stands."""
    values = given if isinstance(given, list) else [given]
    if not re.fullmatch(r"[a-z][a-z-]*", key):
        raise AskError(f"{where} '{key}' is not the name of an option")
    if key in OF_TABLES:
        raise AskError(f"{where} '{key}' is no option: it is a key of [[cells]] alone")
    if key in OF_THE_DRIVER:
        raise AskError(f"{where} '{key}' is an option that the driver gives itself")
    if not values:
        raise AskError(f"{where} {key} is an empty list: it takes at least one value")
    for each in values:
        if each is None and key not in ("tasks", "workers"):
            continue
        each = WITHOUT_LIMIT if each is None else each
        if not isinstance(each, (str, int, float)):
            raise AskError(f"{where} {key} is {each!r}: it takes a value or a list")
        if each is True and key in (*COUNTS, *READ):
            raise AskError(f"{where} {key} is without a value")
        if key in COUNTS:
            (least, most) = COUNTS[key]
            if type(each) is not int or not least <= each <= most:
                told = f"it takes a whole number from {least} to {most}"
                raise AskError(f"{where} {key} is {each!r}: {told}")
        try:
            READ.get(key, str)(plain_number(each) if type(each) is float else str(each))
        except ValueError as error:
            raise AskError(f"{where} {key}: {error}") from None
    return values


def _cell(program: str, given: Mapping[str, Option | None]) -> Cell:
    options = {
        key: plain_number(value) if type(value) is float else value  # not 1e-05
        for key, value in given.items() if value is not None and value is not False
    }  # fmt: skip
    tasks = int(options.get("tasks", DEFAULT_TASKS))
    # As the program takes them; which there are, the programs alone know.
    args = tuple(
        f"--{key}" if value is True else f"--{key}={value}"
        for key, value in options.items() if key != "api"
    )  # fmt: skip
    if (api := options.get("api")) not in (None, *REAL_APIS):
        raise AskError(f"api is {api!r}: it takes one of {', '.join(REAL_APIS)}")
    cell = Cell("", design_of(program, options), tasks, args, options)
    try:
        cell.check()
    except ValueError as error:
        raise AskError(f"options: {error}") from None
    return cell


# ---- what varies, and the names that tell it ----


def _each(made: Experiment, change: Callable[[Cell], Cell]) -> Experiment:
    cells, samples = (tuple(map(change, of)) for of in (made.cells, made.samples))
    return replace(made, cells=cells, samples=samples)


def varying(cells: Sequence[Cell]) -> list[str]:
    """The options in which cells differ, so that names need tell no others."""
    keys = dict.fromkeys(key for cell in cells for key in cell.options)
    values = {key: {str(cell.options.get(key)) for cell in cells} for key in keys}
    return [key for key in keys if key not in COUNTS and len(values[key]) > 1]


def vary(made: Experiment) -> Experiment:
    """With what varies in each of its cells."""
    told = varying((*made.cells, *made.samples))
    return _each(made, lambda cell: replace(cell, varied={
        key: cell.options[key]
        for key in told if cell.options.get(key, False) is not False
    }))  # fmt: skip


def named(made: Experiment) -> Experiment:
    """With what varies, and a name for each cell by it."""
    made = _each(vary(made), lambda cell: replace(cell, name=_name(cell)))
    for name, count in Counter(cell.name for cell in made.cells).items():
        if count > 1:
            raise AskError(f"{count} cells are both '{name}'")
    return made


def _name(cell: Cell) -> str:
    """Fit for a file: api-rate 10/s is "api-rate-10-s"; a long one ends in its sum."""
    told = [k if v is True else f"{k}-{v}" for k, v in cell.varied.items()]
    plain = [re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-").lower() for text in told]
    build = [cell.build] if cell.build else []
    name = "-".join([cell.design.key, *plain, f"n{cell.tasks}", *build])
    if len(name) <= NAME_MOST:
        return name
    return f"{name[:NAME_MOST]}-{crc32(name.encode()):08x}"


def without(experiment: Experiment, names: set[str]) -> Experiment:
    """The same experiment without these cells, and samples of them."""
    cells, samples = (
        tuple(cell for cell in of if cell.name not in names)
        for of in (experiment.cells, experiment.samples)
    )
    return replace(experiment, cells=cells, samples=samples)
