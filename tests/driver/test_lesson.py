"""Lessons: what is asked, what may be answered, and what is said of it."""

import json
import os
import pty
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from . import REPOSITORY
from driver import lesson, teach
from driver.charts import prediction
from driver.experiment import ExperimentError
from driver.model import Interval
from driver.report import lessons as part

GOOD = """
question = "How long?"
[[cells]]
design = "worker-pool"
[lesson]
figure = "inner_wall_s"
theory = "100ms"
from = "ten rounds"
claim = ["100ms", "110ms"]
why = "So."
change = "That."
ends = "There."
"""


def interval(median: float, low: float | None, high: float | None) -> Interval:
    return Interval(median, low, high, 6 if low else 3, 0.97, median, median)


def outcome(**changes) -> lesson.Result:
    told = {
        "number": 2, "question": "How <long>?", "unit": "s", "predictions": [0.1, 1.0],
        "theory": {"value": 0.1, "words": "ten rounds"}, "claim": [0.1, 0.11],
        "measured": {"median": 0.101, "low": 0.1, "high": 0.102, "n": 6},
        "verdict": "borne out",
    }  # fmt: skip
    return lesson.Result(**{**told, **changes})


class Files(unittest.TestCase):
    def setUp(self) -> None:
        desk = tempfile.TemporaryDirectory()
        self.addCleanup(desk.cleanup)
        self.folder = Path(desk.name)

    def load(self, text: str) -> lesson.Lesson:
        (self.folder / "2-five.toml").write_text(text)
        return lesson.load(2, self.folder)

    def test_every_lesson_there_is_can_be_loaded(self) -> None:
        for number in lesson.numbers():
            found = lesson.load(number)
            self.assertLess(found.claim[0], found.claim[1], number)
            self.assertTrue(found.question.endswith("?"), number)
        self.assertGreater(len(lesson.numbers()), 4)

    def test_a_malformed_one_names_file_and_field(self) -> None:
        self.assertEqual(0.1, self.load(GOOD).theory)
        for old, new, told in (
            ("theory", "theroy", "unknown key 'theroy'"),
            ('ends = "There."', "", "needs ends"),
            ("inner_wall_s", "wall", "unknown figure 'wall'"),
            ('"100ms", "110ms"', '"100", "110ms"', "'100' is not a duration"),
            ("[[cells]]", "[[cell]]", "unknown key 'cell'"),
            ("[lesson]", "[lesson", "2-five.toml"),
        ):
            with self.assertRaises(ExperimentError) as raised:
                self.load(GOOD.replace(old, new))
            self.assertIn(told, str(raised.exception))
            self.assertIn("2-five.toml", str(raised.exception))

    def test_a_number_that_does_not_exist_names_those_that_do(self) -> None:
        self.load(GOOD)
        with self.assertRaisesRegex(ExperimentError, "no lesson 7: there are 2"):
            lesson.load(7, self.folder)

    def test_results_are_kept_and_read(self) -> None:
        found = outcome()
        lesson.save(self.folder, found, lambda path, text: path.write_text(text))
        self.assertEqual(found, lesson.read(self.folder))
        for text in ("", "[]", "{}", '{"number": 1}'):
            (self.folder / lesson.FILE).write_text(text)
            self.assertIsNone(lesson.read(self.folder), text)

    def test_a_report_tells_the_lessons_of_its_day_in_order(self) -> None:
        for name, number in (
            ("20260102T09-a", 3), ("20260102T08-a", 2), ("20260101T09-a", 1),
        ):  # fmt: skip
            (self.folder / name).mkdir()
            text = json.dumps({**outcome().__dict__, "number": number})
            (self.folder / name / lesson.FILE).write_text(text)
        (self.folder / "20260102T10-a").mkdir()
        told = lesson.of_the_day(self.folder / "20260102T10-a")
        self.assertEqual([2, 3], [found.number for found in told])
        own = lesson.of_the_day(self.folder / "20260102T09-a")
        self.assertEqual([3], [found.number for found in own])


class Answers(unittest.TestCase):
    def test_values_come_with_their_units(self) -> None:
        for unit, text, value in (
            ("s", "100ms", 0.1), ("bytes", "20MB", 20e6), ("bytes", "8 kB", 8e3),
            ("count", "240", 240), ("times", "4.5x", 4.5), ("times", " 4 ", 4),
        ):  # fmt: skip
            self.assertAlmostEqual(value, lesson.parse(unit, text))

    def test_nonsense_is_refused_with_what_is_accepted(self) -> None:
        for unit in lesson.ACCEPTED:
            for text in ("", "abc", "-1", "0", "1e99", "nan", "9" * 30, "5 apples"):
                with self.assertRaises(ValueError) as raised:
                    lesson.parse(unit, text)
                self.assertIn(lesson.ACCEPTED[unit], str(raised.exception))

    def test_the_verdict_takes_the_whole_interval(self) -> None:
        for found, verdict in (
            (interval(0.101, 0.1005, 0.102), "borne out"),
            (interval(0.2, 0.19, 0.21), "not borne out on this machine"),
            (interval(0.109, 0.105, 0.12), "cannot tell"),
            (interval(0.101, None, None), "cannot tell"),
            (None, "cannot tell"),
        ):
            self.assertEqual(verdict, lesson._verdict((0.1, 0.11), found))

    def test_who_came_close_is_counted(self) -> None:
        self.assertEqual(1, outcome().near)
        self.assertEqual(2, outcome(predictions=[0.082, 0.125, 0.2, 0.05]).near)
        self.assertEqual(0, outcome(measured={}).near)


class Told(unittest.TestCase):
    def test_the_page_escapes_and_counts(self) -> None:
        text = part.section([outcome()])
        self.assertIn("How &lt;long&gt;?", text)
        self.assertIn("1 of 2", text)
        self.assertEqual("", part.section([]))
        self.assertIn("nothing", part.section([outcome(measured={}, predictions=[])]))

    def test_the_title_holds_what_the_data_say(self) -> None:
        self.assertIn("1 of 2 came", prediction._title(outcome()))
        self.assertIn("nobody came", prediction._title(outcome(predictions=[9.0])))
        self.assertIn("nobody had", prediction._title(outcome(predictions=[])))

    def test_few_runs_have_no_interval(self) -> None:
        few = {"median": 0.1, "low": None, "high": None, "n": 3}
        self.assertIn("too few", teach.measured_words(outcome(measured=few)))


class AtTheTerminal(unittest.TestCase):
    def ask(self, typed: bytes) -> tuple[list[float], str]:
        """What _ask makes of what a class types."""
        ours, theirs = pty.openpty()
        code = "from driver import lesson, teach; print(teach._ask(lesson.load(2)))"
        os.write(ours, typed)
        done = subprocess.run(
            [sys.executable, "-c", code], stdin=theirs, capture_output=True, text=True,
            timeout=60, env={**os.environ, "PYTHONPATH": str(REPOSITORY / "bench")},
        )  # fmt: skip
        os.close(ours)
        os.close(theirs)
        self.assertEqual("", done.stderr)
        return json.loads(done.stdout[done.stdout.rindex("[") :]), done.stdout

    def test_numbers_go_in_until_an_empty_line(self) -> None:
        given, _ = self.ask(b"100ms\n1s,10ms\n\n")
        self.assertEqual([0.1, 1.0, 0.01], given)

    def test_nonsense_is_asked_again(self) -> None:
        given, said = self.ask(b"soon\n0\n100ms\n\n")
        self.assertEqual([0.1], given)
        self.assertEqual(2, said.count("is not a duration"))

    def test_the_end_of_input_goes_on(self) -> None:
        given, _ = self.ask(b"5s\n\x04")
        self.assertEqual([5.0], given)
