"""Charts as they are declared: plots/NAME.toml, checked before anything is measured.

    family = "scatter"      how it is drawn: plots/NAME.gp, or plots/scatter.gp
    question = "..."        what it asks, in one line
    x = "tasks"             "workers", "load", any option; "" is the swept one
    y = ["wall_s"]          figures (see figures.py) or outcomes, a panel each;
                            [] is the figure that the experiment compares
    curves = ["wall"]       of the theory (reckon/curves.py), drawn where they apply
    points = ["best workers"]   single places that theory names, drawn as lines
    log = "xy"              logarithmic axes; "auto" (the default) decides by the values
    speaks = "largest"      whom the title holds against its baseline: the largest pool;
                            or the one with the "least" or "most" of the figure
    stacked = true          of bars: the figures are parts on each other
    tiles = true            of boxes: to one scale, as areas
    table = "costs"         where the parts are columns of another table than cells
    recorded = "fewest"     of the samples: those of the fewest tasks, or of the "most"
                            that most designs share, or "all"

    [needs]                 what it can bear: see Needs
    [words]                 title by verdict, how to read it: see draw/words.py

NAME.gp may add to what the family draws; it begins with load 'plots/FAMILY.gp'. A chart
that an experiment cannot bear is refused in one line when the experiment is loaded.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Protocol

from .. import REPOSITORY
from .cell import COSTS, MEASURED, Cell, Option, clock_of
from .figures import FIGURES, OUTCOMES
from .quantities import measured
from .typed import AskError, from_dict, is_file, read_toml

PLOTS = REPOSITORY / "plots"
# Charts of classes and lessons, which have tables of their own.
OTHERS = {"class", "prediction", "plan"}
MOST_PANELS, NARROW = 3, 5  # so many panels have room for so many series each
ANY = "sweep"  # fits every experiment that is not too large
# How many there is room for: series in a panel, rows, panels, columns of a map.
ROOM = {
    "scatter": 14, "bars": 24, "strips": 16, "boxes": 8, "over-time": 8, "spread": 8,
    "heat": 3, "slide": 6, "sequence": 99, "ratios": 60, "plan": 999, "lesson": 99,
    "class": 99,
}  # fmt: skip


# What [words] may name in braces: the keys of facts() in draw/words.py.
TEMPLATE = ("who", "base", "loser", "lost", "r", "figure", "W", "sizes", "d", "setting",
            "N", "value", "threads", "base_threads", "served", "undone")  # fmt: skip
X_NAMES = ("tasks", "workers", "load", "design")  # and any option


class Asked(Protocol):
    """What of an experiment counts here."""

    cells: Sequence[Cell]
    samples: Sequence[Cell]
    charts: Sequence[str]
    baselines: Sequence[str]
    figure: str


@dataclass(frozen=True)
class Needs:
    """What a chart can bear. What is not named may be anything.

    one-mark-per: no two cells may be alike in all of these (design, tasks, or options).
    options: each cell sets them. designs: kinds of which there is at least one cell.
    samples: recorded tasks. batch: all tasks are there from the start. distribution: of
    the service times. places: each pool has as many workers as the API has places.
    sizes: so many different values of x, or more. simulated, real: some of them are.
    """

    one_mark_per: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    designs: tuple[str, ...] = ()
    samples: bool = False
    batch: bool = False
    distribution: str = ""
    places: bool = False
    sizes: int = 1
    simulated: bool = False
    real: bool = False


@dataclass(frozen=True)
class Declaration:
    """One chart, as plots/NAME.toml has it."""

    name: str
    family: str
    question: str
    x: str = "tasks"
    y: tuple[str, ...] = ()
    curves: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    log: str = "auto"
    speaks: str = "largest"
    stacked: bool = False
    tiles: bool = False
    table: str = ""
    recorded: str = "all"
    needs: Needs = Needs()
    words: Mapping[str, str] = field(default_factory=dict)


def known(folder: Path = PLOTS) -> list[str]:
    """The charts that an experiment may name."""
    return sorted({path.stem for path in folder.glob("*.toml")} - OTHERS)


def load(name: str, folder: Path = PLOTS) -> Declaration:
    """The chart of this name. Raises AskError."""
    path = folder / f"{name}.toml"
    if not is_file(path):
        raise AskError(f"chart '{name}' is none of {', '.join(known(folder))}")
    made = from_dict(Declaration, {"name": name, **read_toml(path)}, path.name)
    if made.family not in ROOM:
        told = ", ".join(ROOM)
        raise AskError(f"{path.name}: family '{made.family}' is none of {told}")
    for what, names, accepted in (
        ("y", () if made.table else made.y, [*OUTCOMES, *FIGURES]),
        *((f"{key}: name", _names(words), TEMPLATE)
          for key, words in made.words.items() if key != "point"),
    ):  # fmt: skip
        for each in names:
            if each not in accepted:
                told = ", ".join(accepted)
                raise AskError(f"{path.name}: {what} '{each}' is none of {told}")
    return made


def _names(words: str) -> list[str]:
    """Those in braces."""
    try:
        return [name for _, name, *_ in Formatter().parse(words) if name is not None]
    except ValueError as error:
        raise AskError(f"'{words}': {error}") from None


def check(asked: Asked, changed: bool = False) -> tuple[list[str], list[str]]:
    """The charts that are true of these cells, and why others are not drawn.

    Raises AskError for a chart that there is not, or that a file asks for in vain.
    Where the command line changed the cells, one that fits any of them stands in.
    """
    charts, notes = [], []
    for name in asked.charts:
        if name in OTHERS:
            raise AskError(f"chart '{name}' is none of {', '.join(known())}")
        why = refusal(load(name), asked)
        if why and not (changed and not refusal(load(ANY), asked)):
            raise AskError(f"chart '{name}' {why}")
        charts.append(ANY if why else name)
        notes += [f"chart '{name}' {why}; '{ANY}' is drawn instead"] if why else []
    return list(dict.fromkeys(charts)), notes


def refusal(chart: Declaration, asked: Asked) -> str:
    """Why this chart would not be true of these cells; "" if it would."""
    needs, cells = chart.needs, asked.cells
    there = dict.fromkeys([*X_NAMES, *(key for cell in cells for key in cell.options)])
    if chart.x and chart.x not in there:
        return f"has x = '{chart.x}', which is none of {', '.join(there)}"
    if needs.samples and not asked.samples:
        return "shows recorded tasks: it needs [[samples]]"
    if chart.tiles and len(chosen(asked.samples, chart.recorded)) < 2:
        return "compares recorded runs: it needs two [[samples]] or more"
    baseline = asked.baselines[0] if asked.baselines else ""
    against = any(cell.design.is_named(baseline) for cell in cells)
    if chart.family == "heat" and not against:
        return f"shows who is faster than '{baseline}', of which there is no cell"
    if needs.simulated and not any(cell.is_virtual for cell in cells):
        return "shows what is simulated: it needs [[cells]] with simulated = true"
    if needs.real and not any(cell.is_real for cell in cells):
        return "shows connections: it needs [[cells]] with an api"
    for option in needs.options:
        if any(option not in cell.options for cell in cells):
            return f"is about --{option}: each cell must set it"
    for kind in needs.designs:
        if not any(kind == cell.design.kind for cell in cells):
            return f"needs a cell of the design '{kind}'"
    if needs.batch and any(cell.arrivals_per_s for cell in cells):
        return "is for tasks that are all there from the start: leave out arrivals"
    for cell in cells if needs.distribution else ():
        if cell.distribution != needs.distribution:
            return f"needs distribution = '{needs.distribution}'"
    if needs.places:
        for cell in cells:
            if cell.capacity is None or cell.workers not in (None, cell.capacity):
                return (f"needs as many workers as the API has places: not "
                        f"{cell.name or cell.design.key}")  # fmt: skip
            if not 0 < load_of(cell) < 1:
                return f"needs a load between 0 and 1, not {load_of(cell):.2f}"
    return _crowded(chart, asked)


def _crowded(chart: Declaration, asked: Asked) -> str:
    """Why there is no room, or no difference to be seen."""
    cells, x = asked.cells, x_of(chart, asked)
    marks = Counter(
        tuple(str(attribute(cell, name)) for name in chart.needs.one_mark_per)
        for cell in cells
    )
    if chart.needs.one_mark_per and max(marks.values()) > 1:
        told = ", ".join(chart.needs.one_mark_per)
        return f"has one mark for each of {told}: two cells are alike in that"
    if len({str(attribute(cell, x)) for cell in cells}) < chart.needs.sizes:
        return f"needs {chart.needs.sizes} or more different values of {x}"
    count = {
        "scatter": _most_series(chart, cells, x),
        "bars": len(cells), "strips": len(cells),
        "boxes": len(chosen(asked.samples, chart.recorded)),
        "over-time": len(chosen(asked.samples, chart.recorded)),
        "spread": len(chosen(asked.samples, chart.recorded)),
        "heat": len({cell.design.key for cell in cells}) - 1,
        "ratios": sum(cell.is_virtual for cell in cells),
        "slide": len({cell.design.key for cell in cells}),
    }.get(chart.family, 0)  # fmt: skip
    room = ROOM[chart.family]
    if chart.family == "scatter" and (split := split_of(cells, x)) and len(chart.y) < 2:
        panels = len({str(attribute(cell, split)) for cell in cells})
        room = room if panels < MOST_PANELS else NARROW
    if count > room:
        what = f"has room for {room}, and here are {count}"
        return f"{what}: sweep fewer values, or name fewer designs"
    return ""


def _most_series(chart: Declaration, cells: Sequence[Cell], x: str) -> int:
    """In the fullest panel."""
    split = split_of(cells, x) if len(chart.y) < 2 else ""
    panels: dict[str, set[tuple[str, ...]]] = {}
    for cell in cells:
        panel = panels.setdefault(str(attribute(cell, split)), set())
        panel.add(series_of(cell, cells, x))
    return max(map(len, panels.values()), default=0)


# ---- what tells cells apart ----


def load_of(cell: Cell) -> float:
    """rho: what arrives over what the places can serve."""
    places = cell.capacity or cell.lanes
    return cell.at_once(cell.arrivals_per_s or 0.0) / places


def attribute(cell: Cell, name: str) -> Option | None:
    """One thing about a cell: its design, tasks, workers, load, or an option."""
    if name == "design":
        return cell.design.key
    if name in ("tasks", "workers"):
        return getattr(cell, name)
    return load_of(cell) if name == "load" else cell.options.get(name)


def differing(cells: Iterable[Cell], x: str = "") -> list[str]:
    """In what they differ besides the design, its size and x: tasks, and options."""
    cells = list(cells)
    names = dict.fromkeys(["tasks", *(key for cell in cells for key in cell.varied)])
    of_x = {x, "arrivals"} if x == "load" else {x}
    for cost in COSTS:  # one for all that have it: no difference
        if {attribute(cell, cost) for cell in cells} <= {None, MEASURED}:
            of_x.add(cost)
    return [
        name for name in names
        if name not in of_x and len({str(attribute(c, name)) for c in cells}) > 1
    ]  # fmt: skip


def split_of(cells: Sequence[Cell], x: str) -> str:
    """What has a panel for each of its values; "" where nothing takes so few."""
    for name in (each for each in differing(cells, x) if each != "clock"):
        if len({str(attribute(cell, name)) for cell in cells}) <= MOST_PANELS:
            return name
    return ""


def series_of(cell: Cell, cells: Sequence[Cell], x: str) -> tuple[str, ...]:
    """What a cell shares with the others of its line: all but x."""
    pools = x == "workers" and cell.workers
    design = cell.design.kind if pools else cell.design.key
    return (design, *(str(attribute(cell, name)) for name in differing(cells, x)))


def x_of(chart: Declaration, asked: Asked) -> str:
    """What stands on the x axis: as declared, or what takes the most values here."""
    if chart.x:
        return chart.x
    cells = asked.cells
    keys = dict.fromkeys(key for cell in cells for key in cell.varied)
    names = [*keys, "workers", "tasks"]
    values = {n: {attribute(cell, n) for cell in cells} - {None} for n in names}
    numeric = [n for n in names if len(values[n]) > 1 and _is_number(cells, n)]
    return max(numeric or names, key=lambda name: len(values[name]))


def _is_number(cells: Sequence[Cell], name: str) -> bool:
    found = [attribute(cell, name) for cell in cells]
    return all(measured(each) for each in found if each is not None)


def y_of(chart: Declaration, asked: Asked) -> tuple[str, ...]:
    """What stands on the y axis, or on those of its panels; wall time by one clock."""
    clock = clock_of(asked.cells, asked.figure)
    return tuple(clock if n == "wall_s" else n for n in chart.y or (asked.figure,))


def chosen(samples: Sequence[Cell], recorded: str) -> list[Cell]:
    """The samples that a chart shows."""
    counts = Counter(cell.tasks for cell in samples if cell.tasks)
    if recorded == "all" or not counts:
        return list(samples)
    shared = [n for n, count in counts.items() if count == max(counts.values())]
    wanted = min(shared) if recorded == "fewest" else max(shared)
    return [cell for cell in samples if cell.tasks == wanted]
