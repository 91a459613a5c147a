"""Lessons: predict first, then measure. bench/run lesson [NUMBER].

Nobody learns from a demonstration that he did not predict (Crouch and others, Am. J.
Phys. 72, 835, 2004), so a lesson asks before it measures. Its file is explained in
syllabus.py. What comes out is a results folder like any other, with lesson.json in it:

    number, question, predictions [value], theory {value, words} or null,
    unit ("s", "bytes", "count", "times", "setting" or "choice"),
    offered {answer: words}, where one of several was to be named,
    claim [low, high], measured {value, low, high, n},
    verdict ("borne out", "not borne out on this machine" or "cannot tell"),
    said, by the program that decided

Where answers are offered, measured also has alike [value]: the right one, and those
that the runs cannot tell from it. low and high are the ends of that list; it is empty
when there were too few runs to tell anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..model import Experiment
from .choices import Choice
from .guess import Value

FILE = "lesson.json"
NEAR = 1.25  # a prediction within this factor was right


@dataclass(frozen=True)
class Lesson:
    """One file of bench/lessons, and the experiment that answers it."""

    number: str
    experiment: Experiment  # without cells where a program decides between choices
    unit: str
    claim: tuple[Value, Value]
    why: str
    change: str
    ends: str
    theory: Value | None = None
    theory_words: str = ""
    figure: str = ""
    best: str = ""  # "least" or "most": which cell's setting is the answer
    setting: str = ""  # the option by which the cells differ
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
class Result:
    """What lesson.json holds."""

    number: str
    question: str
    unit: str
    predictions: Sequence[Value]
    theory: Mapping[str, Any] | None
    claim: Sequence[Value]
    measured: Mapping[str, Any] = field(default_factory=dict)
    verdict: str = "cannot tell"
    offered: Mapping[str, str] = field(default_factory=dict)
    said: str = ""

    @property
    def near(self) -> int:
        """How many predictions came close, or named what cannot be told from it."""
        return sum(1 for prediction in self.predictions if self._is_near(prediction))

    def _is_near(self, prediction: Value) -> bool:
        if self.offered:
            return prediction in self.measured.get("alike", ())
        value = self.measured.get("value")
        return bool(value) and 1 / NEAR <= prediction / value <= NEAR


def save(folder: Path, outcome: Result, write: Callable[[Path, str], None]) -> None:
    write(folder / FILE, json.dumps(asdict(outcome), indent=1, allow_nan=False) + "\n")


def read(folder: Path) -> Result | None:
    """The lesson of a results folder; None if it has none that can be read."""
    try:
        found = Result(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    # One that an older driver wrote calls its value otherwise.
    return found if not found.measured or "value" in found.measured else None


def of_the_day(folder: Path) -> list[Result]:
    """Its own lesson, or else those of the same day beside it, in order of time."""
    own = read(folder)
    if own is not None:
        return [own]
    day = folder.resolve().name.lstrip(".")[:8]
    beside = sorted(folder.resolve().parent.glob(f"{day}*/{FILE}"))
    return [found for path in beside if (found := read(path.parent)) is not None]
