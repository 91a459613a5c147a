"""A lesson at the terminal: the question, predictions, the run, and why.

    bench/run lesson                            names the lessons
    bench/run lesson 5                          asks, waits for predictions, measures
    bench/run lesson 5 --predict "50, 800 x 3"  the numbers of a show of hands
    bench/run lesson 5 --service-time 1ms       changed, and predicted again

On a terminal it waits before it says why: the class should say so first.
"""

import argparse
import os
import select
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..ask import lesson as lessons
from ..ask.command import PROGRAMS, Parser, add_out
from ..ask.command import add_overrides, overrides_of, words_of
from ..ask.guess import Guess, accepted, parse_all
from ..ask.lesson import Lesson
from ..ask.typed import AskError
from ..conduct import failures, publish
from ..draw.chart import Chart
from ..reckon import answer
from ..reckon.answer import Result
from ..reckon.summary import Summaries
from ..measure import child
from ..measure.child import Guardian
from ..measure.measure import Refused, Request, check, measure
from ..measure.plan import LESSON
from ..measure.signals import FAILED, MEASURED
from ..run.folder import REPORT, locked, place, write_whole
from ..run.run import Ending
from ..run.stored import Stored
from ..say import answers, ending, names
from ..say.sentences import interval_text
from ..say.terminal import complain, tell, width_of, wrapped

try:
    import readline  # noqa: F401  (input() then edits, and keeps a history)
except ImportError:  # a Python without it
    pass

WIDEST = 80  # of a projector with letters that the back row can read
HEARTBEAT_S = 0.2
DECIDING_RUNS, DECIDING_S = 6, 2.0  # as many as make an interval of a figure


def main(arguments: Sequence[str]) -> int:
    settings = parser().parse_args(arguments)
    if settings.number is None:
        for number in lessons.numbers():
            line = f"{number:>3}  {lessons.load(number).question}"
            tell(wrapped(line, width(), hanging=5))
        return MEASURED
    lesson = lessons.load(settings.number, overrides=overrides_of(settings))
    try:
        guesses = list(_guesses(lesson, settings.predict)) if settings.predict else []
    except ValueError as error:
        raise AskError(f"--predict {error}") from None
    return MEASURED if settings.check else _teach(lesson, guesses, settings)


def parser() -> Parser:
    made = Parser(
        prog="bench/run lesson",
        usage="bench/run lesson [N] [--predict A,B,...] [OPTION]...",
        description="Predict first, then measure. Options of the programs change it.",
    )  # fmt: skip
    add = made.add_argument
    add("--check", action="store_true", help=argparse.SUPPRESS)
    add("word", choices=["lesson"], help=argparse.SUPPRESS)
    add("number", nargs="?", metavar="N", help="which lesson (without it: lists them)")
    add("--predict", metavar="A,B,...", help='such as "200 ms, Ann: 1s, 10 ms x 18"')
    add("--no-predict", action="store_true", help="skip the predictions")
    add_out(made)
    add("--programs", type=Path, default=PROGRAMS, help=argparse.SUPPRESS)
    add_overrides(made)
    return made


def _guesses(lesson: Lesson, text: str) -> Any:
    return parse_all(lesson.unit, text, lesson.offered, lesson.plain)


def _teach(lesson: Lesson, guesses: list[Guess], settings: Any) -> int:
    """Asks, measures, shows, waits, explains."""
    say(f"Lesson {lesson.number}. {lesson.question}")
    before = answer.before_runs(lesson, guesses)
    if lesson.modified:
        say(f"Changed: {answers.change_text(before)}, whatever the question says.")
    tell(["", *(_lines_of(lesson.offered) if lesson.choices else [])])
    attended = sys.stdin is not None and sys.stdin.isatty()
    _check(lesson, settings)  # or what the class has guessed would be lost
    if not guesses and not settings.no_predict and attended:
        guesses = ask(lesson)
    if not guesses and not attended and _is_piped():
        complain("guesses are typed at a terminal, or given by --predict")
    for command in _commands(lesson):
        tell(_command_lines(command))
    folder, found, drawn = _measure(lesson, guesses, settings)
    tell(["", *(f"    {line}".rstrip() for line in found.said.splitlines())])
    for head, words in _rows(found):
        tell(wrapped(f"{head:<10} {words}", width(), hanging=11))
    if attended:
        _read("\nWhy? Let the class answer first, then press Enter. ")
    tell([""])
    for head, words in answers.ending_rows(found):
        say(f"{head}: {words}")
    report = (folder / REPORT).is_file()
    tell(["", *ending.closing_lines(place(folder), report)])
    return MEASURED if found.measured and drawn else FAILED


def width() -> int:
    return min(WIDEST, width_of(sys.stdout) or WIDEST)


def say(words: str) -> None:
    tell(wrapped(words, width(), hanging=0))


# ---- before the run ----


def _read(words: str) -> str:
    """What was typed, without the blanks around it; "" at the end of input.

    A signal that comes between the prompt and the reading would be heard only after the
    next key: Python runs its handlers when the reading is interrupted. So it is, often.
    """
    before = signal.signal(signal.SIGALRM, lambda number, frame: None)
    signal.setitimer(signal.ITIMER_REAL, HEARTBEAT_S, HEARTBEAT_S)
    try:
        return input(words).strip()
    except EOFError:
        print()
        return ""
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def ask(lesson: Lesson) -> list[Guess]:
    """What the class thinks, until an empty line or the end of input."""
    say(f"What do you predict? Type {accepted(lesson.unit, lesson.offered)}. Put "
        "commas between several; add a name (Ann: ...), or how many agree (... x 18), "
        "if you like. An empty line ends it.")  # fmt: skip
    given: list[Guess] = []
    while line := _read("> "):
        try:
            given += list(_guesses(lesson, line))  # all of the line, or none
        except ValueError as error:
            say(str(error))
        if given:
            so_far = answers.guessed_text(answer.before_runs(lesson, given))
            say(f"{names.counted(len(given), 'guess', 'guesses')}: {so_far}")
    return given


def _is_piped() -> bool:
    """Whether somebody sends guesses where nobody reads them."""
    try:
        return bool(select.select([0], [], [], 0)[0] and os.read(0, 1))
    except OSError:  # closed, or a folder
        return False


def _commands(lesson: Lesson) -> list[str]:
    cells = lesson.experiment.cells
    commands = [(cell.design.program, *cell.args) for cell in cells] or [lesson.command]
    return [shlex.join(command) for command in commands]


def _command_lines(command: str) -> list[str]:
    """With a backslash where it goes on: so it can be copied as it stands."""
    lines = wrapped(command, width() - 2, "    ", hanging=4)
    return [*(f"{line} \\" for line in lines[:-1]), lines[-1]]


# ---- the run ----


Complete = Callable[[Stored, Summaries], None]  # with what is of a lesson alone


def _request(lesson: Lesson, settings: Any, complete: Complete) -> Request:
    return Request(
        out=settings.out,
        programs=settings.programs,
        command=["lesson", lesson.number, *words_of(lesson.modified)],
        blocks=0 if lesson.choices else None,  # there are no figures to be had
        may_resume=False,
        publish=lambda kept: publish(kept, complete),
    )


def _check(lesson: Lesson, settings: Any) -> None:
    """Raises what would keep it from being measured."""
    if lesson.choices and not (settings.programs / lesson.command[0]).is_file():
        raise Refused(f"the program {lesson.command[0]} has not been built"
                      f" in {settings.programs}")  # fmt: skip
    request = _request(lesson, settings, lambda kept, summaries: None)
    check(lesson.experiment, LESSON, request)
    if settings.out.exists():  # it is only made when there is something to keep
        with locked(settings.out):
            pass


def _measure(
    lesson: Lesson, guesses: Sequence[Guess], settings: Any
) -> tuple[Path, Result, bool]:
    """Runs it; the result is in the folder before the folder has its name. And whether
    all could be drawn."""
    found: list[Result] = []

    def complete(kept: Stored, summaries: Summaries) -> None:
        if lesson.choices:
            endings = _watch(lesson.command, settings.programs)
            found.append(answer.of_endings(lesson, guesses, endings))
        else:
            found.append(answer.of_runs(
                lesson, guesses, kept.runs, summaries, interval_text
            ))
        answer.save(kept.folder, found[0], write_whole)

    with locked(settings.out):
        done = measure(lesson.experiment, LESSON, _request(lesson, settings, complete))
    return done.kept.folder, found[0], _all_drawn(done.published.charts)


def _watch(command: Sequence[str], programs: Path) -> list[Ending]:
    """How a program ends that decides between given answers: it gives no figures, and
    has decided only if it does the same each time. It leaves no files behind."""
    program, *arguments = command
    full = [str((programs / program).resolve()), *arguments]
    plain = {**os.environ, "LC_ALL": "C"}
    with tempfile.TemporaryDirectory(prefix="five-cooks-") as desk, Guardian() as guard:
        return [
            child.run(full, Path(desk), plain, DECIDING_S, guard)
            for _ in range(DECIDING_RUNS)
        ]


def _all_drawn(charts: Sequence[Chart]) -> bool:
    """That there is no gnuplot was said before the start."""
    failed = failures(chart for chart in charts if not chart.skipped)
    for each in failed:
        complain(f"not drawn: {each}")
    return not failed


# ---- after the run ----


def _rows(found: Result) -> list[tuple[str, str]]:
    """Predicted, theory, measured, one below the other."""
    each = found.offered.items() if found.unit == "setting" else ()
    rows = [
        ("predicted", answers.guessed_text(found)),
        ("theory", answers.theory_text(found)),
        ("measured", answers.measured_text(found)),
        *(("", f"{name:>6}  {came}") for name, came in each),
        ("claim", answers.claim_text(found)),
        ("the class", answers.class_text(found)),
    ]
    return [(head, words) for head, words in rows if words]


def _lines_of(offered: Mapping[str, str]) -> list[str]:
    told = (wrapped(f"{name}  {words}", width(), hanging=3)
            for name, words in offered.items())  # fmt: skip
    return [*(line for lines in told for line in lines), ""]
