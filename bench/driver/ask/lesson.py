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

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tomllib

from .. import REPOSITORY
from . import experiment as experiments
from .experiment import Experiment
from .figures import FIGURES
from .guess import ACCEPTED, Value, parse
from .typed import AskError

NEAR = 1.25
LESSONS = REPOSITORY / "bench/lessons"
NEEDED = ("claim", "why", "change", "ends")
OF_CELLS = {*NEEDED, "figure", "theory", "from", "best", "setting", "wrong", "near"}
OF_CHOICES = {*NEEDED, "command", "choices"}
WORDS = ("why", "change", "ends", "figure", "theory", "from", "command")


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


def numbers(folder: Path = LESSONS) -> dict[str, str]:
    """The lessons there are: number to file name, 8b after 8."""
    found = []
    for path in folder.glob("*.toml"):
        if match := re.match(r"(\d+)([a-z]?)-", path.stem):
            found.append((int(match[1]), match[2], path.stem))
    return {f"{number}{part}": stem for number, part, stem in sorted(found)}


def load(
    number: str, folder: Path = LESSONS, overrides: Mapping[str, Any] | None = None
) -> Lesson:
    """The lesson of this number. With overrides it asks about something else: nothing
    is claimed of that, and there is no theory for it."""
    known = numbers(folder)
    if number not in known:
        there = ", ".join(known) or "none"
        raise AskError(f"no lesson {number}: there are {there}")
    path = folder / f"{known[number]}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        told = table.pop("lesson", {})
        _check(told)
        kind = _of_choices if "choices" in told else _of_cells
        return kind(number, path.stem, table, told, overrides or {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise AskError(f"{path.name}: {error}") from None
    except AskError as error:
        raise AskError(f"{path.name}: {error}") from None


def _check(told: Any) -> None:
    if not isinstance(told, dict):
        raise AskError("[lesson] is not a table")
    chosen = "choices" in told
    if unknown := sorted(told.keys() - (OF_CHOICES if chosen else OF_CELLS)):
        kind = " with choices" if chosen else ""
        raise AskError(f"unknown key '{unknown[0]}' in [lesson]{kind}")
    needed = ("command" if chosen else "figure", *NEEDED)
    if missing := [key for key in needed if key not in told]:
        raise AskError(f"[lesson] needs {missing[0]}")
    for key in WORDS:
        if not isinstance(told.get(key, ""), str):
            raise AskError(f"{key} must be words in quotes")


def _of_cells(
    number: str,
    name: str,
    table: dict[str, Any],
    told: Mapping[str, Any],
    overrides: Mapping[str, Any],
) -> Lesson:
    """What is measured decides: a figure, a ratio, or the best setting."""
    experiment = experiments.read(name, table, overrides)
    if told["figure"] not in FIGURES:
        raise AskError(f"unknown figure '{told['figure']}'")
    best, setting = _best(experiment, told)
    unit = FIGURES[told["figure"]].unit if len(experiment.cells) == 1 else "times"
    if not setting and unit not in ACCEPTED:
        raise AskError(f"nobody can predict '{told['figure']}' in {unit}")
    plain = "count" if setting else unit
    claim, theory = _claim(plain, told), told.get("theory")
    made = Lesson(
        number, experiment, "setting" if setting else unit, claim,
        told["why"], told["change"], told["ends"],
        None if theory is None else parse(plain, theory), told.get("from", ""),
        told["figure"], best, setting, _wrong(plain, told, claim),
        _near(told),
        re.sub(r"[\d. ]", "", told["claim"][0]),
    )  # fmt: skip
    if not overrides:
        return made
    return replace(made, claim=(), theory=None, theory_words="", modified=overrides)


def _wrong(unit: str, told: Mapping[str, Any], claim: tuple[Value, Value]) -> Any:
    """Wrong answers that people give: none may be what is claimed."""
    if not isinstance(told.get("wrong", []), list):
        raise AskError("wrong must be a list of answers")
    values = tuple(parse(unit, str(each)) for each in told.get("wrong", []))
    if right := [each for each in values if claim[0] <= each <= claim[1]]:
        raise AskError(f"wrong has {right[0]:g}, which is what is claimed")
    return values


def _best(experiment: Experiment, told: Mapping[str, Any]) -> tuple[str, str]:
    """Which cell is looked for, and by which option the cells differ; or two blanks."""
    best, setting = told.get("best"), told.get("setting")
    cells = experiment.cells
    if best is None and setting is None:
        if len(cells) > 2:
            raise AskError("of more than two cells say which is best")
        return "", ""
    if best not in ("least", "most"):
        raise AskError(f"best is '{best}': it can be least or most")
    values = [cell.options.get(setting) for cell in cells]
    if not all(type(value) is int and value > 0 for value in values):
        raise AskError(f"setting '{setting}' is no whole number in each cell")
    if len(cells) < 2 or len(set(values)) < len(cells):
        raise AskError(f"'{setting}' must differ in two cells or more")
    return best, setting


def _claim(unit: str, told: Mapping[str, Any]) -> tuple[Value, Value]:
    claim = told["claim"]
    if not isinstance(claim, list) or len(claim) != 2:
        raise AskError("claim must be a list of two: the least and the most")
    low, high = (parse(unit, str(end)) for end in claim)
    if not 0 < low <= high:
        raise AskError(f"claim is not from more than 0 up to as much or more: {claim}")
    return low, high


def _near(told: Mapping[str, Any]) -> float:
    near = told.get("near", NEAR)
    if type(near) is not float or not 1 < near <= 2:
        raise AskError(f"near is {near!r}: a factor above 1, up to 2.0")
    return near


def _of_choices(
    number: str,
    name: str,
    table: Mapping[str, Any],
    told: Mapping[str, Any],
    overrides: Mapping[str, Any],
) -> Lesson:
    """A program decides between answers that are given."""
    if overrides:
        raise AskError("nothing can be changed in a lesson with choices")
    if set(table) != {"question"}:
        raise AskError("choices need a question, and no cells or options")
    choices = _choices(told["choices"])
    command = tuple(told["command"].split())
    if not command or not re.fullmatch(r"[a-z-]+", command[0]):
        raise AskError(f"command '{told['command']}' names no program of ours")
    claim = parse("choice", str(told["claim"]), choices)
    return Lesson(
        number, Experiment(name, table["question"], cells=(), charts=()), "choice",
        (claim, claim), told["why"], told["change"], told["ends"],
        command=command, choices=choices,
    )  # fmt: skip


def _choices(told: Any) -> dict[str, Choice]:
    if not isinstance(told, dict) or len(told) < 2:
        raise AskError("[lesson.choices] must hold two or more")
    return {letter: _choice(letter, each) for letter, each in told.items()}


def _choice(letter: str, told: Any) -> Choice:
    if not re.fullmatch(r"[A-Z]", letter):
        raise AskError(f"choice '{letter}' is not a capital letter")
    try:
        choice = Choice(**told)
    except TypeError:
        raise AskError(
            f"choice {letter} takes words, status and, if need be, says"
        ) from None
    if type(choice.status) is not int or not 0 <= choice.status <= 255:
        raise AskError(f"choice {letter}: its status must be 0 to 255")
    if not all(isinstance(words, str) for words in (choice.words, choice.says)):
        raise AskError(f"choice {letter}: words and says must be in quotes")
    return choice
