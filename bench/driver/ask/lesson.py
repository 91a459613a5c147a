"""The lessons there are: one TOML file each in bench/lessons, 2-five-cooks.toml is 2.

A lesson is an experiment (see experiment.py) and

    [lesson]
    figure = "inner_wall_s"   what is asked for (see figures.py), of the only cell;
                              of two cells, the first's over the second's
    theory = "100ms"          what follows by arithmetic (optional), and ...
    from = "50 / 5 rounds"    ... how
    claim = ["99ms", "115ms"] what the lesson wants to show
    near = 1.25               a guess within this factor is right (the default)
    wrong = ["10ms", "500ms"] what else people say: the other options of the quiz
    why = "..."               three sentences, after the result
    change = "..."            what to change and predict again
    ends = "..."              where it stops being true

Two keys more, and the answer is a setting: that of the best of several cells.

    best = "least"            the cell with the least (or "most") of the figure
    setting = "workers"       the option by which the cells differ: a whole number

Two others instead of a figure and cells, and the answer is one of those given.

    command = "pitfalls x"    which of ours decides; and its claim is a letter
    [lesson.choices]          each with the status it ends with, as a shell has it,
    A = {words = "it ends", status = 0}     and, if need be, what stderr then holds
    B = {words = "it hangs", status = 2, says = "deadlock"}
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .. import REPOSITORY
from . import experiment as experiments
from .experiment import Experiment
from .figures import FIGURES
from .guess import ACCEPTED, Value, parse
from .quantities import plain_number
from .typed import AskError, from_dict, read_toml

NEAR = 1.25
LESSONS = REPOSITORY / "bench/lessons"


@dataclass(frozen=True)
class Choice:
    """One answer, and how the program ends if it is right."""

    words: str
    status: int  # as a shell has it: 128 + n after signal n, 124 if it did not end
    says: str = ""  # found in what it says


@dataclass(frozen=True)
class Lesson:
    """One file of bench/lessons, and the experiment that answers it."""

    number: str
    experiment: Experiment  # without cells where a program decides between choices
    unit: str
    claim: tuple[Value, ...]  # none where an option was changed
    why: str
    change: str
    ends: str
    theory: Value | None = None
    theory_words: str = ""
    figure: str = ""
    best: str = ""  # "least" or "most": which cell's setting is the answer
    setting: str = ""  # the option by which the cells differ
    wrong: tuple[Value, ...] = ()
    near: float = NEAR
    plain: str = ""  # the unit of a guess without one
    modified: Mapping[str, Any] = field(default_factory=dict)
    command: tuple[str, ...] = ()  # that decides between the choices
    choices: Mapping[str, Choice] = field(default_factory=dict)

    @property
    def question(self) -> str:
        return self.experiment.question

    @property
    def offered(self) -> Mapping[str, str]:
        """The answers there are to be named, if so, and what each one says."""
        if self.choices:
            return {letter: choice.words for letter, choice in self.choices.items()}
        if self.setting:
            cells = self.experiment.cells
            return {str(cell.options[self.setting]): "" for cell in cells}
        return {}


@dataclass(frozen=True)
class _OfCells:
    """[lesson] where a figure is the answer, or the setting that is best in it."""

    figure: str
    claim: tuple[str, ...]
    why: str
    change: str
    ends: str
    theory: str | None = None
    from_: str = ""
    best: str = ""
    setting: str = ""
    wrong: tuple[str, ...] = ()
    near: float = NEAR


@dataclass(frozen=True)
class _OfChoices:
    """[lesson] where a program decides."""

    command: str
    choices: Mapping[str, Choice]
    claim: str
    why: str
    change: str
    ends: str


def numbers(folder: Path = LESSONS) -> dict[str, str]:
    """The lessons there are: number to file name, 8b after 8."""
    found = []
    for path in folder.glob("*.toml"):
        if match := re.match(r"(\d+)([a-z]?)-", path.stem):
            found.append((int(match[1]), match[2], path.stem))
    return {f"{number}{part}": stem for number, part, stem in sorted(found)}


def load(
    number: str, folder: Path = LESSONS, overrides: Mapping[str, Any] = {}
) -> Lesson:
    """The lesson of this number. With overrides it asks about something else: nothing
    is claimed of that, and there is no theory for it."""
    known = numbers(folder)
    if number not in known:
        there = ", ".join(known) or "none"
        raise AskError(f"no lesson {number}: there are {there}")
    path = folder / f"{known[number]}.toml"
    table = read_toml(path)
    told = table.pop("lesson", {})
    chosen = isinstance(told, Mapping) and "choices" in told
    kind, make = (_OfChoices, _choosing) if chosen else (_OfCells, _measuring)
    asked = from_dict(kind, told, f"{path.name}: [lesson]")
    try:
        return make(number, path.stem, table, asked, overrides)
    except ValueError as error:
        raise AskError(f"{path.name}: {error}") from None


def _measuring(
    number: str,
    name: str,
    table: Mapping[str, Any],
    told: _OfCells,
    overrides: Mapping[str, Any],
) -> Lesson:
    """What is measured decides: a figure, a ratio, or the best setting."""
    for key, value in overrides.items():
        if isinstance(value, list) and len(value) > 1 and key != told.setting:
            raise ValueError(f"--{key} takes one value in this lesson")
    experiment = experiments.read(name, {**table, "figure": told.figure}, overrides)
    there, then = len(experiment.cells), len(experiments.read(name, table).cells)
    if there != then and not told.setting:
        of = f"of {then} cell{'s' * (then > 1)}"
        raise ValueError(f"the lesson is {of}, and this change makes it {there}")
    _check_setting(experiment, told)
    unit = FIGURES[told.figure].unit if len(experiment.cells) == 1 else "times"
    if not told.setting and unit not in ACCEPTED:
        raise ValueError(f"nobody can predict '{told.figure}' in {unit}")
    plain = "count" if told.setting else unit
    claim = _claim(plain, told.claim)
    wrong = tuple(parse(plain, each) for each in told.wrong)
    if right := [each for each in wrong if claim[0] <= each <= claim[1]]:
        named = plain_number(right[0], 6)
        raise ValueError(f"wrong has {named}, which is what is claimed")
    if not 1 < told.near <= 2:
        raise ValueError(f"near is {told.near!r}: a factor above 1, up to 2.0")
    made = Lesson(
        number, experiment, "setting" if told.setting else unit, claim,
        told.why, told.change, told.ends,
        None if told.theory is None else parse(plain, told.theory), told.from_,
        told.figure, told.best, told.setting, wrong, told.near,
        re.sub(r"[\d. ]", "", told.claim[0]),
    )  # fmt: skip
    if not overrides:
        return made
    return replace(made, claim=(), theory=None, theory_words="", modified=overrides)


def _claim(unit: str, ends: tuple[str, ...]) -> tuple[Value, Value]:
    if len(ends) != 2:
        raise ValueError("claim must be a list of two: the least and the most")
    low, high = (parse(unit, end) for end in ends)
    if not 0 < low <= high:
        told = f"{ends[0]} to {ends[1]}"
        raise ValueError(f"claim is not from more than 0 up to as much or more: {told}")
    return low, high


def _check_setting(experiment: Experiment, told: _OfCells) -> None:
    """Which cell is looked for, and by which option the cells differ; or neither."""
    cells, setting = experiment.cells, told.setting
    if not told.best and not setting:
        if len(cells) > 2:
            raise ValueError("of more than two cells say which is best")
        return
    if told.best not in ("least", "most"):
        raise ValueError(f"best is '{told.best}': it can be least or most")
    values = [cell.options.get(setting) for cell in cells]
    if not all(type(value) is int and value > 0 for value in values):
        raise ValueError(f"setting '{setting}' is no whole number in each cell")
    if len(cells) < 2 or len(set(values)) < len(cells):
        raise ValueError(f"'{setting}' must differ in two cells or more")


def _choosing(
    number: str,
    name: str,
    table: Mapping[str, Any],
    told: _OfChoices,
    overrides: Mapping[str, Any],
) -> Lesson:
    """A program decides between answers that are given."""
    if overrides:
        raise ValueError("nothing can be changed in a lesson with choices")
    if set(table) != {"question"} or not isinstance(table["question"], str):
        raise ValueError("choices need a question in words, and no cells or options")
    if len(told.choices) < 2:
        raise ValueError("[lesson.choices] must hold two or more")
    for letter, choice in told.choices.items():
        if not re.fullmatch(r"[A-Z]", letter):
            raise ValueError(f"choice '{letter}' is not a capital letter")
        if not 0 <= choice.status <= 255:
            raise ValueError(f"choice {letter}: its status must be 0 to 255")
    command = tuple(told.command.split())
    if not command or not re.fullmatch(r"[a-z-]+", command[0]):
        raise ValueError(f"command '{told.command}' names no program of ours")
    claim = parse("choice", told.claim, told.choices)
    return Lesson(
        number, Experiment(name, table["question"], cells=()), "choice",
        (claim, claim), told.why, told.change, told.ends,
        command=command, choices=told.choices,
    )  # fmt: skip
