"""What came of a lesson: from runs to its answer, and whether that bears out the claim.

What comes out is a results folder like any other, with lesson.json in it:

    number, question, predictions [value], theory {value, words} or null,
    unit ("s", "bytes", "count", "times", "setting" or "choice"),
    offered {answer: words}, where one of several was to be named,
    claim [low, high] (none of a modified one), measured {value, low, high, n},
    verdict ("borne out", "not borne out on this machine" or "cannot tell"),
    said, by the program that decided
    names [who predicted, or ""], figure and setting, by name,
    why, change, ends: the lesson's words; modified {option: value}, if it was;
    factor within which a guess is right; or it is one that low and high hold

Where answers are offered, measured also has alike [value]: the right one, and those
that the runs cannot tell from it. low and high are the ends of that list; it is empty
when there were too few runs to tell anything.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..ask.cell import Cell
from ..ask.figures import FIGURES
from ..ask.guess import ACCEPTED, Guess, Value
from ..ask.lesson import NEAR, Choice, Lesson
from ..ask.typed import AskError, from_dict
from ..run import kept
from ..run.folder import UNFINISHED
from ..run.run import Ending, Run
from .stats import FEWEST_FOR_INTERVAL, Interval, Verdict
from .summarise import Side, ratio, side
from .summary import Summaries, Summary

FILE = "lesson.json"
CANNOT_TELL = "cannot tell"
ENDED_BY_US, SIGNALLED = 124, 128  # the statuses of timeout(1) and of a shell
Measured = Mapping[str, Any]
Show = Callable[[Interval, str], str]


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
    verdict: str = CANNOT_TELL
    offered: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    names: Sequence[str] = field(default_factory=list)
    figure: str = ""
    setting: str = ""
    why: str = ""
    change: str = ""
    ends: str = ""
    modified: Mapping[str, Any] = field(default_factory=dict)
    factor: float = NEAR  # a guess within it was right, or one inside low to high

    @property
    def near(self) -> int:
        """How many predictions came close, or cannot be told from what was measured."""
        return sum(1 for prediction in self.predictions if self._is_near(prediction))

    def _is_near(self, prediction: Value) -> bool:
        if self.offered:
            return prediction in self.measured.get("alike", ())
        value, low, high = map(self.measured.get, ("value", "low", "high"))
        if value is None:
            return False
        inside = low is not None and low <= prediction <= high
        return inside or value / self.factor <= prediction <= value * self.factor


def save(folder: Path, outcome: Result, write: Callable[[Path, str], None]) -> None:
    write(folder / FILE, json.dumps(asdict(outcome), indent=1, allow_nan=False) + "\n")


def read(folder: Path) -> Result | None:
    """The lesson of a results folder; None if it has none that can be read."""
    try:
        table = kept.value_of(kept.read_text(folder / FILE))
        found = from_dict(Result, table, FILE, calm=True)
    except (OSError, ValueError, AskError):
        return None
    return found if _is_sound(found) else None


def _is_sound(found: Result) -> bool:
    """Whether its values can be shown: letters of answers, or else numbers. (One that
    an older driver wrote calls what was measured otherwise.)"""
    kinds = (str,) if found.unit == "choice" else (int, float)
    theory, measured = found.theory or {}, found.measured
    alike = measured.get("alike", [])
    needed = {"value", "low", "high", "n", *(("alike",) if found.offered else ())}
    there = not measured or (
        needed <= measured.keys() and type(measured["n"]) is int and measured["n"] >= 0
    )
    ends = [measured[key] for key in ("low", "high") if measured.get(key) is not None]
    values = [
        *found.predictions, *found.claim, *ends,
        *([measured.get("value")] if measured else []),
        *([theory.get("value")] if theory else []),
    ]  # fmt: skip
    return (
        found.unit in (*ACCEPTED, "choice", "setting")
        and there and isinstance(alike, list) and len(found.claim) in (0, 2)
        and (not theory or isinstance(theory.get("words"), str))
        and all(type(value) in kinds for value in [*values, *alike])
        and (found.unit == "choice" or all(value >= 0 for value in values))
        and (found.unit != "choice" or found.offered.keys() >= {*values, *alike})
        and found.factor > 0
    )  # fmt: skip


def of_the_day(folder: Path) -> list[Result]:
    """Its own lesson, or else those of the same day beside it, in order of time."""
    own = read(folder)
    if own is not None:
        return [own]
    day = folder.resolve().name.removeprefix(UNFINISHED)[:8]
    beside = sorted(folder.resolve().parent.glob(f"{day}*/{FILE}"))
    return [found for path in beside if (found := read(path.parent)) is not None]


def of_runs(
    lesson: Lesson,
    guesses: Sequence[Guess],
    runs: Sequence[Run],
    summaries: Summaries,
    show: Show,
) -> Result:
    """What was measured, beside what was guessed. show: an interval in words."""
    if lesson.setting:
        return before_runs(lesson, guesses, *_best(lesson, runs, summaries, show))
    return before_runs(lesson, guesses, _figure(lesson, runs, summaries))


def of_endings(
    lesson: Lesson, guesses: Sequence[Guess], endings: Sequence[Ending]
) -> Result:
    """What a program did, beside what was guessed."""
    letter = right(lesson.choices, endings)
    measured = _named(letter, [letter], len(endings)) if letter else {}
    said = endings[-1].stderr if endings else ""
    return before_runs(lesson, guesses, measured, lesson.offered, said)


def before_runs(
    lesson: Lesson,
    guesses: Sequence[Guess],
    measured: Measured = MappingProxyType({}),
    offered: Mapping[str, str] = MappingProxyType({}),
    said: str = "",
) -> Result:
    """What is known of a lesson, as long as nothing is measured."""
    theory = {"value": lesson.theory, "words": lesson.theory_words}
    return Result(
        lesson.number, lesson.question, lesson.unit, [each.value for each in guesses],
        None if lesson.theory is None else theory, list(lesson.claim), dict(measured),
        verdict(lesson.claim, measured), dict(offered), said,
        [each.name for each in guesses], lesson.figure, lesson.setting,
        lesson.why, lesson.change, lesson.ends, dict(lesson.modified), lesson.near,
    )  # fmt: skip


def _figure(lesson: Lesson, runs: Sequence[Run], summaries: Summaries) -> Measured:
    """The figure of the only cell, or the first's over the second's."""
    cells = lesson.experiment.cells
    if len(cells) == 1:
        summary = summaries.of(cells[0].name)
        return _middle(summary.figures.get(lesson.figure) if summary else None)
    over, under = _sides(cells, runs)
    return _middle(ratio(lesson.figure, over, under).interval)


def _sides(cells: Sequence[Cell], runs: Sequence[Run]) -> list[Side]:
    return [side(cell, [r for r in runs if r.cell.name == cell.name]) for cell in cells]


def _middle(found: Interval | None) -> Measured:
    if found is None or not isfinite(found.median):  # a ratio to nothing is no number
        return {}
    # The extremes of few runs promise nothing, so no claim may rest on them.
    sure = found.known and isfinite(found.high)
    low, high = (found.low, found.high) if sure else (None, None)
    return {"value": found.median, "low": low, "high": high, "n": found.n}


def _named(value: Value, alike: Sequence[Value], n: int) -> Measured:
    """An answer out of those offered; alike: with those that may be as right."""
    if n < FEWEST_FOR_INTERVAL:
        return {"value": value, "low": None, "high": None, "n": n, "alike": []}
    low, high = min(alike), max(alike)
    return {"value": value, "low": low, "high": high, "n": n, "alike": list(alike)}


def _best(
    lesson: Lesson, runs: Sequence[Run], summaries: Summaries, show: Show
) -> tuple[Measured, Mapping[str, str]]:
    """The best cell's setting with all that may be as good; and each one's figure.

    A single winner would be a lie where the runs do not bear it out: a cell is out of
    the race only if its ratio to the best, block by block, says so.
    """
    figure, unit = lesson.figure, FIGURES[lesson.figure].unit
    known = {
        s.cell.options[lesson.setting]: s for s in summaries if figure in s.figures
    }
    offered = {
        setting: show(known[int(setting)].figures[figure], unit)
        if int(setting) in known
        else "no run counted"
        for setting in lesson.offered
    }  # fmt: skip
    if len(known) < len(offered):
        return {}, offered  # the missing one may be the best
    pick = min if lesson.best == "least" else max
    best = pick(known, key=lambda setting: known[setting].figures[figure].median)
    alike = [
        float(setting)
        for setting, summary in sorted(known.items())
        if setting == best or not _behind(lesson, runs, summary, known[best])
    ]
    n = min(summary.n for summary in known.values())
    return _named(float(best), alike, n), offered


def _behind(
    lesson: Lesson, runs: Sequence[Run], summary: Summary, best: Summary
) -> bool:
    """Whether the runs tell this cell from the best one."""
    pair = [best.cell, summary.cell]
    # The smaller over the larger: so a zero is never the divisor.
    small, large = _sides(pair if lesson.best == "least" else pair[::-1], runs)
    return ratio(lesson.figure, small, large).verdict is Verdict.LESS


def verdict(claim: Sequence[Value], measured: Measured) -> str:
    """By all that was found: what straddles a bound of the claim is left open."""
    if not claim or not measured or measured["low"] is None:
        return CANNOT_TELL
    (low, high), (least, most) = claim, (measured["low"], measured["high"])
    if low <= least and most <= high:
        return "borne out"
    apart = most < low or high < least
    return "not borne out on this machine" if apart else CANNOT_TELL


def status(ending: Ending) -> int:
    if ending.timed_out:
        return ENDED_BY_US
    code = ending.exit_code
    return code if code >= 0 else SIGNALLED - code


def right(choices: Mapping[str, Choice], endings: Sequence[Ending]) -> str | None:
    """The letter of the only choice that fits, and fits every time; else None."""
    fitting = [
        letter
        for letter, choice in choices.items()
        if any(_fits(choice, ending) for ending in endings)
    ]
    if len(fitting) != 1:
        return None
    always = all(_fits(choices[fitting[0]], ending) for ending in endings)
    return fitting[0] if always else None


def _fits(choice: Choice, ending: Ending) -> bool:
    return choice.status == status(ending) and choice.says in ending.stderr
