"""bench/run handout: the lessons on paper, from the same files.

    questions.html   one sheet for the class: the questions, and room for a guess
    answers.html     the same for the teacher: theory, claim, why, change and limits
    quiz.json        a list of {question, options, right, why}, for an online course
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..ask import lesson as lessons
from ..ask.command import RESULTS, Parser
from ..ask.lesson import Lesson
from ..draw.axes import tick_words
from ..reckon import answer
from ..measure.signals import MEASURED
from ..run.folder import make, place, write_whole
from ..say import answers, names
from ..say.terminal import tell


def main(arguments: Sequence[str]) -> int:
    made = Parser(
        prog="bench/run handout", description="Writes the lessons on paper: the "
        "questions for the class (questions.html), the answers for the teacher "
        "(answers.html), and a quiz for an online course (quiz.json).",
    )  # fmt: skip
    made.add_argument("word", help=argparse.SUPPRESS)
    made.add_argument(
        "--out", type=Path, default=RESULTS / "handout", metavar="DIR",
        help="where it is written (default: results/handout)",
    )  # fmt: skip
    settings = made.parse_args(arguments)
    tell([f"Handout: {place(write(settings.out))}"])
    return MEASURED


def write(folder: Path) -> Path:
    """All three files, made of every lesson there is."""
    from .. import page  # it takes Jinja2, which all else is to work without

    make(folder)
    asked = [lessons.load(number) for number in lessons.numbers()]
    known = [(lesson, answer.before_runs(lesson, [])) for lesson in asked]
    for name, with_answers in (("questions", False), ("answers", True)):
        text = page.render(
            "handout.html", lessons=known, with_answers=with_answers, say=answers
        )
        write_whole(folder / f"{name}.html", text)
    quiz = [asked for lesson in asked if (asked := question_of(lesson))]
    text = json.dumps(quiz, indent=1, ensure_ascii=False)
    write_whole(folder / "quiz.json", text + "\n")
    return folder


def question_of(lesson: Lesson) -> dict[str, Any] | None:
    """None where there is nothing to choose from."""
    if lesson.choices:
        options = list(lesson.offered.values())
        right = lesson.offered[str(lesson.claim[0])]
    elif lesson.wrong:
        at, right = _right(lesson)
        found = [(at, right), *((each, _words(lesson, each)) for each in lesson.wrong)]
        options = [words for _, words in sorted(found)]  # so no place gives it away
    else:
        return None
    return {"question": lesson.question, "options": options, "right": right,
            "why": lesson.why}  # fmt: skip


def _right(lesson: Lesson) -> tuple[float, str]:
    """The right option: what theory says, or the middle of what is claimed."""
    low, high = lesson.claim
    if lesson.setting:
        best = [each for each in lesson.offered if low <= float(each) <= high]
        return low, names.either(best)
    middle = float(f"{(low * high) ** 0.5:.2g}")
    within = lesson.theory is not None and low <= lesson.theory <= high
    value = lesson.theory if within else middle
    return value, _words(lesson, value)


def _words(lesson: Lesson, value: float) -> str:
    told = tick_words(lesson.unit, value)
    return told if lesson.setting or value == 0 else f"about {told}"
