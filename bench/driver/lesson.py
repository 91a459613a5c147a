"""Lessons: predict first, then measure. bench/run lesson [NUMBER].

A lesson is a TOML file of bench/lessons: an experiment (see experiment.py) and

    [lesson]
    figure = "inner_wall_s"   what is asked for (see figures.py), of the only cell;
                              of two cells, the first's over the second's
    theory = "100ms"          what follows by arithmetic (optional), and ...
    from = "50 / 5 rounds"    ... how
    claim = ["99ms", "115ms"] what the lesson wants to show
    why = "..."               three sentences, after the result
    change = "..."            what to change and predict again
    ends = "..."              where it stops being true

Nobody learns from a demonstration that he did not predict (Crouch and others, Am. J.
Phys. 72, 835, 2004), so it asks before it measures. What comes out is a results folder
like any other, with lesson.json in it:

    number, question, unit ("s", "bytes", "count" or "times"), predictions [value],
    theory {value, words} or null, claim [low, high], measured {median, low, high, n},
    verdict ("borne out", "not borne out on this machine" or "cannot tell")
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import tomllib

from . import REPOSITORY
from . import experiment as experiments
from .experiment import ExperimentError
from .figures import FIGURES
from .model import Experiment, Interval, Role, Run, Summaries
from .quantities import parse_count, parse_duration_ns, show, show_ratio
from .summarise import ratio

LESSONS = REPOSITORY / "bench/lessons"
FILE = "lesson.json"
NEEDED = ("figure", "claim", "why", "change", "ends")
KEYS = {*NEEDED, "theory", "from"}
NEAR = 1.25  # a prediction within this factor was right
ACCEPTED = {
    "s": "a duration such as 250us, 10ms or 5s",
    "bytes": "a size such as 300kB or 20MB",
    "count": "a whole number",
    "times": "how many times, such as 4",
}
SIZES = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
MOST = 10**15


@dataclass(frozen=True)
class Lesson:
    """One file, and the experiment that answers it."""

    number: int
    experiment: Experiment
    figure: str
    unit: str
    claim: tuple[float, float]
    why: str
    change: str
    ends: str
    theory: float | None = None
    theory_words: str = ""

    @property
    def question(self) -> str:
        return self.experiment.question


@dataclass(frozen=True)
class Result:
    """What lesson.json holds."""

    number: int
    question: str
    unit: str
    predictions: Sequence[float]
    theory: Mapping[str, Any] | None
    claim: Sequence[float]
    measured: Mapping[str, Any] = field(default_factory=dict)
    verdict: str = "cannot tell"

    @property
    def near(self) -> int:
        """How many predictions came close."""
        middle = self.measured.get("median")
        return sum(
            1 for p in self.predictions if middle and 1 / NEAR <= p / middle <= NEAR
        )


def numbers(folder: Path = LESSONS) -> dict[int, str]:
    """The lessons there are: number to file name. 2-five-cooks.toml is lesson 2."""
    found = {}
    for path in folder.glob("*.toml"):
        if match := re.match(r"\d+(?=-)", path.stem):
            found[int(match[0])] = path.stem
    return dict(sorted(found.items()))


def load(number: int, folder: Path = LESSONS) -> Lesson:
    known = numbers(folder)
    if number not in known:
        there = ", ".join(map(str, known)) or "none"
        raise ExperimentError(f"no lesson {number}: there are {there}")
    path = folder / f"{known[number]}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        told = table.pop("lesson", {})
        return _lesson(number, experiments.read(path.stem, table, {}), told)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise ExperimentError(f"{path.name}: {error}") from None
    except ExperimentError as error:
        raise ExperimentError(f"{path.name}: {error}") from None


def _lesson(number: int, experiment: Experiment, told: Mapping[str, Any]) -> Lesson:
    if unknown := sorted(told.keys() - KEYS):
        raise ExperimentError(f"unknown key '{unknown[0]}' in [lesson]")
    if missing := [key for key in NEEDED if key not in told]:
        raise ExperimentError(f"[lesson] needs {missing[0]}")
    if told["figure"] not in FIGURES:
        raise ExperimentError(f"unknown figure '{told['figure']}'")
    if len(experiment.cells) not in (1, 2):
        raise ExperimentError("a lesson has one cell, or two to be compared")
    unit = FIGURES[told["figure"]].unit if len(experiment.cells) == 1 else "times"
    if unit not in ACCEPTED:
        raise ExperimentError(f"nobody can predict '{told['figure']}' in {unit}")
    low, high = (parse(unit, str(end)) for end in told["claim"])
    theory = told.get("theory")
    return Lesson(
        number, experiment, told["figure"], unit, (low, high), told["why"],
        told["change"], told["ends"],
        None if theory is None else parse(unit, str(theory)), told.get("from", ""),
    )  # fmt: skip


def parse(unit: str, text: str) -> float:
    """A prediction in the lesson's unit. Raises ValueError with what is accepted."""
    try:
        value = _value(unit, text.strip())
    except ValueError:
        value = 0.0
    if not 0 < value <= MOST:
        raise ValueError(f"'{text.strip()}' is not {ACCEPTED[unit]}")
    return value


def _value(unit: str, text: str) -> float:
    if unit == "s":
        return parse_duration_ns(text) / 1e9
    if unit == "count":
        return float(parse_count(text, 1, MOST))
    units = "x|×|" if unit == "times" else "|".join(SIZES)
    match = re.fullmatch(rf"(\d+(?:\.\d+)?) ?({units})", text, re.ASCII)
    if match is None:
        raise ValueError(text)
    return float(match[1]) * SIZES.get(match[2], 1)


def shown(unit: str, value: float) -> str:
    return f"{show_ratio(value)}×" if unit == "times" else show(unit, value)


def result(
    lesson: Lesson,
    predictions: Sequence[float],
    runs: Sequence[Run],
    summaries: Summaries,
) -> Result:
    """What came out, beside what was predicted."""
    found = _interval(lesson, runs, summaries)
    measured = {}
    if found is not None:
        measured = {
            "median": found.median, "low": found.low, "high": found.high, "n": found.n,
        }  # fmt: skip
    theory = {"value": lesson.theory, "words": lesson.theory_words}
    return Result(
        lesson.number, lesson.question, lesson.unit, list(predictions),
        None if lesson.theory is None else theory, list(lesson.claim), measured,
        _verdict(lesson.claim, found),
    )  # fmt: skip


def _interval(
    lesson: Lesson, runs: Sequence[Run], summaries: Summaries
) -> Interval | None:
    cells = lesson.experiment.cells
    if len(cells) == 1:
        summary = summaries.of(cells[0].name)
        return summary.figures.get(lesson.figure) if summary else None
    over, under = (
        (cell, [r for r in runs if r.cell.name == cell.name], Role.MEASURE)
        for cell in cells
    )
    return ratio(lesson.figure, over, under).interval


def _verdict(claim: tuple[float, float], found: Interval | None) -> str:
    """By the whole interval: what straddles a bound of the claim is left open."""
    if found is None or not found.known:
        return "cannot tell"
    low, high = claim
    if low <= found.low and found.high <= high:
        return "borne out"
    apart = found.high < low or high < found.low
    return "not borne out on this machine" if apart else "cannot tell"


def save(folder: Path, outcome: Result, write: Any) -> None:
    write(folder / FILE, json.dumps(asdict(outcome), indent=1, allow_nan=False) + "\n")


def read(folder: Path) -> Result | None:
    """The lesson of a results folder; None if it has none that can be read."""
    try:
        return Result(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def of_the_day(folder: Path) -> list[Result]:
    """Its own lesson, or else those of the same day beside it, in order of time."""
    own = read(folder)
    if own is not None:
        return [own]
    day = folder.resolve().name.lstrip(".")[:8]
    beside = sorted(folder.resolve().parent.glob(f"{day}*/{FILE}"))
    return [found for path in beside if (found := read(path.parent)) is not None]
