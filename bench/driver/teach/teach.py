"""A lesson at the terminal: the question, predictions, the run, and why.

    bench/run lesson                            names the lessons
    bench/run lesson 2                          asks, waits for predictions, measures
    bench/run lesson 2 --predict 100ms,1s       the numbers of a show of hands
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .. import REPOSITORY
from ..ask import lesson as lessons
from ..ask.guess import Value, accepted, parse
from ..ask.lesson import Lesson
from ..ask.typed import AskError
from ..draw.chart import Chart
from ..reckon import answer
from ..reckon.answer import Result
from ..reckon.summary import Summaries
from ..run import signals
from ..run.clerk import Clerk
from ..run.folder import ResultsError, locked, write_whole
from ..run.hyperfine import HyperfineError
from ..run.measure import Refused, Request, measure, place
from ..run.plan import LESSON
from ..run.signals import FAILED, MEASURED, NO_ENVIRONMENT, SIGNALLED, USAGE
from ..run.stored import Stored
from ..say import answers, terminal
from ..say.numbers import show_answer as shown
from ..say.sentences import interval_text
from ..say.terminal import tell
from . import choices

WIDTH = 80


# Makes a clerk that adds to the folder what belongs there before charts are drawn.
Clerks = Callable[[Callable[[Stored, Summaries], None]], Clerk]


def main(arguments: Sequence[str], clerks: Clerks) -> int:
    settings = parser().parse_args(arguments)
    signals.listen()
    try:
        if settings.number is None:
            tell(f"{n:>3}  {lessons.load(n).question}" for n in lessons.numbers())
            return MEASURED
        lesson = lessons.load(settings.number)
        predictions = _given(lesson, settings.predict)
        if settings.check:
            return MEASURED
        return _teach(lesson, predictions, settings, clerks)
    except (AskError, ValueError) as error:
        return _complain(error, USAGE)
    except (HyperfineError, ResultsError, Refused) as error:
        return _complain(error, NO_ENVIRONMENT)
    except OSError as error:  # that nobody could tell better
        return _complain(error, NO_ENVIRONMENT)
    except terminal.Unheard as error:
        return _complain(error, FAILED)
    except signals.Stopped as stopped:
        return SIGNALLED + stopped.number


def _complain(error: Exception, code: int) -> int:
    print(f"bench/run lesson: {error}", file=sys.stderr)
    return code


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="bench/run lesson", allow_abbrev=False)
    add = made.add_argument
    add("--check", action="store_true", help=argparse.SUPPRESS)
    add("--programs", type=Path, help=argparse.SUPPRESS)
    add("word", choices=["lesson"], help=argparse.SUPPRESS)
    add("number", nargs="?", metavar="N", help="(none: names the lessons)")
    add("--predict", metavar="A,B,...", help="the class's predictions, with units")
    add("--no-predict", action="store_true", help="go on without any")
    add("--out", type=Path, default=REPOSITORY / "results", metavar="DIR",
        help="where results folders are made (default: results/)")  # fmt: skip
    return made


def _given(lesson: Lesson, words: str | None) -> list[Value]:
    if words is None:
        return []
    return [parse(lesson.unit, word, lesson.offered) for word in words.split(",")]


def _teach(
    lesson: Lesson,
    predictions: list[Value],
    settings: argparse.Namespace,
    clerks: Clerks,
) -> int:
    _say(f"Lesson {lesson.number}. {lesson.question}")
    if lesson.choices:
        tell([*_lines_of(lesson.offered), ""])
    if not predictions and not settings.no_predict and sys.stdin.isatty():
        predictions = _ask(lesson)
    for command in _commands(lesson):
        print(f"    {command}", flush=True)
    folder, outcome = _measure(lesson, predictions, settings, clerks)
    if outcome.said:
        tell(["", *(f"    {line}".rstrip() for line in outcome.said.splitlines())])
    tell(["", *_table(outcome), "", *_wrapped(f"Why: {lesson.why}")])
    tell(_wrapped(f"Now change this: {lesson.change}"))
    tell([*_wrapped(f"Where it ends: {lesson.ends}"), "", f"Results: {place(folder)}"])
    return MEASURED


def _commands(lesson: Lesson) -> list[str]:
    cells = lesson.experiment.cells
    commands = [(cell.design.program, *cell.args) for cell in cells] or [lesson.command]
    return [shlex.join(command) for command in commands]


def _ask(lesson: Lesson) -> list[Value]:
    """What the class thinks, until an empty line or the end of input."""
    words = accepted(lesson.unit, lesson.offered)
    print(f"What do you predict? {words}; an empty line goes on.", flush=True)
    given: list[Value] = []
    while True:
        try:
            line = input("> ").strip()
        except EOFError:
            print()
            return given
        if not line:
            return given
        try:
            given += _given(lesson, line)
        except ValueError as error:
            print(error)


def _measure(
    lesson: Lesson,
    predictions: Sequence[Value],
    settings: argparse.Namespace,
    clerks: Clerks,
) -> tuple[Path, Result]:
    """Runs it; the result is in the folder before the folder has its name."""
    found: list[Result] = []

    def complete(kept: Stored, summaries: Summaries) -> None:
        if lesson.choices:
            endings = choices.watch(lesson.command, settings.programs)
            found.append(answer.of_endings(lesson, predictions, endings))
        else:
            found.append(answer.of_runs(
                lesson, predictions, kept.runs, summaries, interval_text
            ))
        answer.save(kept.folder, found[0], write_whole)

    if lesson.choices and not (settings.programs / lesson.command[0]).is_file():
        raise Refused(f"the program {lesson.command[0]} has not been built")
    with locked(settings.out):
        request = Request(
            out=settings.out,
            programs=settings.programs,
            command=["lesson", lesson.number],
            blocks=0 if lesson.choices else None,  # there are no figures to be had
            may_resume=False,
            clerk=clerks(complete),
        )
        done = measure(lesson.experiment, LESSON, request)
    _name_failed(done.published.charts)
    return done.kept.folder, found[0]


def _name_failed(charts: Sequence[Chart]) -> None:
    """One line for each reason; that there is no gnuplot was said before the start."""
    failed: dict[str, list[str]] = {}
    for chart in charts:
        if chart.problem and shutil.which("gnuplot"):
            failed.setdefault(chart.problem, []).append(chart.name)
    for problem, names in failed.items():
        print(f"not drawn: {', '.join(names)}: {problem}", file=sys.stderr)


def _table(outcome: Result) -> list[str]:
    """Predicted, theory, measured, one below the other."""
    rows = [("predicted", answers.guessed_text(outcome))]
    if outcome.theory:
        value = shown(outcome.unit, outcome.theory["value"])
        rows.append(("theory", f"{value}: {outcome.theory['words']}"))
    rows.append(("measured", answers.measured_text(outcome)))
    if outcome.unit == "setting":
        rows += [("", line) for line in _lines_of(outcome.offered)]
    rows.append(("claim", f"{answers.claim_text(outcome)}: {outcome.verdict}"))
    if told := answers.class_text(outcome):
        rows.append(("the class", told))
    return [f"{name:<10} {words}" for name, words in rows]


def _lines_of(offered: Mapping[str, str]) -> list[str]:
    width = max(map(len, offered))
    return [f"{name:>{width}}  {words}" for name, words in offered.items()]


def _say(words: str) -> None:
    tell([*_wrapped(words), ""])


def _wrapped(words: str) -> list[str]:
    return textwrap.wrap(words, WIDTH)


