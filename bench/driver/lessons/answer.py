"""From the runs of a lesson to its answer, and whether that bears out the claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..child import Ending
from ..figures import FIGURES
from ..model import Interval, Role, Run, Summaries, Summary, Verdict
from ..stats import FEWEST_FOR_INTERVAL
from ..summarise import ratio
from ..wording import interval_text
from .choices import right
from .guess import Value
from .lesson import Lesson, Result

Measured = Mapping[str, Any]


def of_runs(
    lesson: Lesson,
    predictions: Sequence[Value],
    runs: Sequence[Run],
    summaries: Summaries,
) -> Result:
    """What was measured, beside what was predicted."""
    if lesson.setting:
        return _result(lesson, predictions, *_best(lesson, runs, summaries))
    return _result(lesson, predictions, _figure(lesson, runs, summaries), {})


def of_endings(
    lesson: Lesson, predictions: Sequence[Value], endings: Sequence[Ending]
) -> Result:
    """What a program did, beside what was predicted."""
    letter = right(lesson.choices, endings)
    measured = _named(letter, [letter], len(endings)) if letter else {}
    said = endings[-1].stderr if endings else ""
    return _result(lesson, predictions, measured, lesson.offered, said)


def _result(
    lesson: Lesson,
    predictions: Sequence[Value],
    measured: Measured,
    offered: Mapping[str, str],
    said: str = "",
) -> Result:
    theory = {"value": lesson.theory, "words": lesson.theory_words}
    return Result(
        lesson.number, lesson.question, lesson.unit, list(predictions),
        None if lesson.theory is None else theory, list(lesson.claim), measured,
        verdict(lesson.claim, measured), offered, said,
    )  # fmt: skip


def _figure(lesson: Lesson, runs: Sequence[Run], summaries: Summaries) -> Measured:
    """The figure of the only cell, or the first's over the second's."""
    cells = lesson.experiment.cells
    if len(cells) == 1:
        summary = summaries.of(cells[0].name)
        return _middle(summary.figures.get(lesson.figure) if summary else None)
    over, under = (
        (cell, [r for r in runs if r.cell.name == cell.name], Role.MEASURE)
        for cell in cells
    )
    return _middle(ratio(lesson.figure, over, under).interval)


def _middle(found: Interval | None) -> Measured:
    if found is None:
        return {}
    return {"value": found.median, "low": found.low, "high": found.high, "n": found.n}


def _named(value: Value, alike: Sequence[Value], n: int) -> Measured:
    """An answer out of those offered; alike: with those that may be as right."""
    if n < FEWEST_FOR_INTERVAL:
        return {"value": value, "low": None, "high": None, "n": n, "alike": []}
    low, high = min(alike), max(alike)
    return {"value": value, "low": low, "high": high, "n": n, "alike": list(alike)}


def _best(
    lesson: Lesson, runs: Sequence[Run], summaries: Summaries
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
        setting: interval_text(known[int(setting)].figures[figure], unit)
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
    pair = (best, summary) if lesson.best == "least" else (summary, best)
    # The smaller over the larger: so a zero is never the divisor.
    small, large = (
        (s.cell, [r for r in runs if r.cell.name == s.cell.name], Role.MEASURE)
        for s in pair
    )
    return ratio(lesson.figure, small, large).verdict is Verdict.LESS


def verdict(claim: Sequence[Value], measured: Measured) -> str:
    """By all that was found: what straddles a bound of the claim is left open."""
    if not measured or measured["low"] is None:
        return "cannot tell"
    (low, high), (least, most) = claim, (measured["low"], measured["high"])
    if low <= least and most <= high:
        return "borne out"
    apart = most < low or high < least
    return "not borne out on this machine" if apart else "cannot tell"
