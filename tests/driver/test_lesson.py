"""Lessons: what is asked, what may be answered, and what is said of it."""

import io
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from unittest import mock

from . import BUILD, REPOSITORY
from ..waiting import LIMIT_S
from .lesson_files import CHOICES, GOOD, SETTINGS, Desk
from driver.ask import guess, lesson
from driver.ask.cell import SIMULATED_BY, Cell
from driver.run.folder import ResultsError
from driver.reckon import answer, service, theory
from driver.reckon.erlang import Traffic, short_run_wait_s
from driver.reckon.summarise import summarise
from driver.ask.typed import AskError
from driver.measure.by_its_own_clock import play_all
from driver.run.constants import Constants
from driver.run.run import Ending
from driver.say import answers, sentences
from driver.teach import handout, teach

PROGRAMS = BUILD / "src"
BLOCKS = range(1, 7)
# Lessons of which virtual time knows nothing: one program twice, memory, a limit.
NOT_PLAYED = {"1", "4", "12"}
# What creating a thread takes, where their theory says so; a fiber is far cheaper.
CREATE = {"3": "50us", "5": "50us", "6": "50us", "8": "50us", "14": "3us"}
# By how much what is played may miss the theory: it is of many seeds, of an average, of
# the most ("at most one service time"), or the best size itself, which no cell has.
BESIDE = {"5": 1.3, "9": 1.4, "10": 2.0}

# Of a lesson: its right option, and at which place that stands.
RIGHT = (
    ("1", "about 1×", 1), ("2", "about 100 ms", 2), ("4", "about 18 MB", 1),
    ("5", "200", 1), ("8b", "10", 0), ("13", "It waits for ever", 2),
    ("11", "about 420", 0), ("18", "about 6.67 s", 3),
)  # fmt: skip


def outcome(**changes) -> answer.Result:
    told = {
        "number": "2", "question": "How <long>?", "unit": "s",
        "predictions": [0.1, 1.0],
        "theory": {"value": 0.1, "words": "ten rounds"}, "claim": [0.1, 0.11],
        "measured": {"value": 0.101, "low": 0.1, "high": 0.102, "n": 6},
        "verdict": "borne out",
    }  # fmt: skip
    return answer.Result(**{**told, **changes})


class Files(Desk):
    def test_every_lesson_there_is_can_be_loaded(self) -> None:
        for number in lesson.numbers():
            found = lesson.load(number)
            self.assertLessEqual(found.claim[0], found.claim[1], number)
            self.assertTrue(found.question.endswith("?"), number)
            if found.figure:  # the report tells and compares it, and not another
                self.assertEqual(found.figure, found.experiment.figure, number)

    def test_what_is_taken_away_has_a_minus_sign(self) -> None:
        """A hyphen with a space at either side is none; code is code."""
        for kind in ("bench/lessons/*.toml", "bench/experiments/*.toml", "plots/*.toml",
                     "README.md", "bench/*.md", "bench/*/README.md", "plots/*.md"):  # fmt: skip
            for page in REPOSITORY.glob(kind):
                text = re.sub("^(    .*|#.*)$|`[^`]*`", "", page.read_text(), flags=re.M)
                found = re.findall(r".*[\w)}] - [\w({].*", text)
                self.assertEqual([], found, page)

    def test_its_theory_is_that_of_the_charts(self) -> None:
        d, costs = 0.01, Constants(create_s=50e-6)
        waits = [short_run_wait_s(Traffic(load, 10, 0.005), 0.9, 600)
                 for load in (0.9, 0.8)]  # fmt: skip
        follows = {
            "1": 1, "2": theory.pool_s(50, 5, d),
            "3": theory.pool_s(500, 50, d) / theory.threads_s(500, d, costs),
            "5": theory.best_workers(2000, d, costs),
            "6": theory.alive_at_once(5000, 0.02, costs),
            "8b": service.safe_size(lesson.load("8b").experiment.cells[0]),
            "4": lesson.load("4").experiment.cells[0].tasks * 8e3 + 2e6,
            "9": waits[0] / waits[1], "12": 256 / 8,
        }  # fmt: skip
        for number, value in follows.items():
            with self.subTest(number):
                told = lesson.load(number).theory
                self.assertAlmostEqual(told / value, 1, delta=0.02)

    def test_every_section_of_the_page_has_its_lesson_and_names_it(self) -> None:
        page = (REPOSITORY / "bench/TEACHING.md").read_text()
        for section in page.split("\n## ")[1:]:
            if number := re.match(r"(\d+)\. ", section):
                self.assertIn(f"`bench/run lesson {number[1]}`", section)
        named = set(re.findall(r"`bench/run lesson (\w+)`", page))
        self.assertEqual(named, set(lesson.numbers()))

    def test_a_malformed_one_names_file_and_field(self) -> None:
        self.assertEqual(0.1, self.load(GOOD).theory)
        self.refuse(GOOD, (
            ("theory", "theroy", "unknown key 'theroy'"),
            ('ends = "There."', "", "'ends' is missing"),
            ('why = "So."', "why = 3", "why is 3: it takes words"),
            ("inner_wall_s", "wall", "figure 'wall' is none of wall_s, "),
            ('"100ms", "110ms"', '"100", "110ms"', "'100' is not a duration"),
            ('"100ms", "110ms"', '"0", "110ms"', "not from more than 0"),
            ("claim =", 'wrong = "1s"\nclaim =', "wrong is '1s'"),
            ("claim =", 'wrong = ["0.1s"]\nclaim =', "0.1, which is what is claimed"),
            ("claim =", "near = 1.0\nclaim =", "near is 1.0"),
            ('["100ms", "110ms"]', '"100ms"', "claim is '100ms': it takes a list"),
            ('["100ms", "110ms"]', '["100ms"]', "claim must be a list of two"),
            ('"100ms", "110ms"', '"110ms", "100ms"', "not from more than 0"),
            ("[[cells]]", "[[cell]]", "unknown key 'cell'"),
            (GOOD[GOOD.index("[lesson]") :], "[[lesson]]", "is not a table"),
            ("[lesson]", "[lesson", "2-five.toml"),
            ('"worker-pool"', '"worker-pool"\nworkers = [1, 2, 3]', "which is best"),
        ))  # fmt: skip

    def test_what_is_changed_has_no_claim_and_no_theory(self) -> None:
        (self.folder / "2-five.toml").write_text(GOOD)
        found = lesson.load("2", self.folder, {"service-time": "1ms"})
        self.assertEqual(((), None), (found.claim, found.theory))
        self.assertIn("--service-time=1ms", found.experiment.cells[0].args)
        with self.assertRaisesRegex(AskError, "of 2 cells, and this change makes it 1"):
            lesson.load("9", overrides={"arrivals": "batch"})
        told = answer.before_runs(found, [])
        self.assertEqual("service-time = 1ms", answers.change_text(told))
        told = replace(told, modified={"timeout": None, "workers": [1, 2]})
        self.assertEqual("timeout = unlimited, workers = 1, 2", answers.change_text(told))
        self.assertEqual("", answers.claim_text(told))
        (self.folder / "3-which.toml").write_text(CHOICES)
        with self.assertRaisesRegex(AskError, "nothing can be changed"):
            lesson.load("3", self.folder, {"service-time": "1ms"})

    def test_it_sweeps_nothing_but_what_it_asks_for(self):
        for number, option in ("2", "workers"), ("3", "max-threads"), ("5", "tasks"):
            told = f"--{option} takes one value in this lesson"
            with self.subTest(number), self.assertRaisesRegex(AskError, told):
                lesson.load(number, overrides={option: [5, 10]})
            lesson.load(number, overrides={option: [5]})
        self.assertEqual(2, len(lesson.load("5", overrides={"workers": [5, 10]}).offered))

    def test_a_setting_that_cannot_be_looked_for_is_refused(self) -> None:
        found = self.load(SETTINGS)
        self.assertEqual(["2", "10", "20"], list(found.offered))
        self.assertEqual(("setting", 9, (2, 10)),
                         (found.unit, found.theory, found.claim))  # fmt: skip
        self.refuse(SETTINGS, (
            ('"least"', '"best"', "best is 'best'"),
            ('best = "least"', "", "best is ''"),
            ('setting = "workers"', "", "setting ''"),
            ('setting = "workers"', 'setting = "queue"', "'queue' is no whole number"),
            ('setting = "workers"', 'setting = "tasks"', "'tasks' must differ"),
            ("[2, 10, 20]", "2", "must differ in two cells"),
            ('"2", "10"', '"2ms", "10"', "'2ms' is not a whole number"),
        ))  # fmt: skip

    def test_choices_that_nothing_can_decide_are_refused(self) -> None:
        found = self.load(CHOICES)
        self.assertEqual(("choice", ("B", "B")), (found.unit, found.claim))
        self.refuse(CHOICES, (
            ('claim = "B"', 'claim = "D"', "'D' is not A, B or C"),
            ("no-close", "no-close\"\nfigure = \"wall_s", "unknown key 'figure'"),
            ('command = "pitfalls no-close"', "", "'command' is missing"),
            ("pitfalls", "/bin/ls", "names no program of ours"),
            ('"pitfalls no-close"', '""', "names no program of ours"),
            ('question = "What now?"', "", "need a question"),
            ('question = "What now?"', "question = 5", "need a question"),
            ("[lesson]", "[[cells]]\n[lesson]", "no cells"),
            ("A = {words", "a = {words", "'a' is not a capital letter"),
            ("status = 0", 'status = "0"', "status is '0': it takes a whole number"),
            ("status = 0", "status = 256", "A: its status must be"),
            (", status = 0", "", "'status' is missing"),
            ("status = 0", "status = 0, code = 1", "unknown key 'code'"),
            ('"It ends."', "1", "words is 1: it takes words"),
            (CHOICES[CHOICES.index("\nB ="):], "\n", "two or more"),
        ))  # fmt: skip

    def test_a_number_that_does_not_exist_names_those_that_do(self) -> None:
        self.load(GOOD)
        for name in ("10-a", "8b-a", "8-a", "no-number"):
            (self.folder / f"{name}.toml").write_text(GOOD)
        with self.assertRaisesRegex(AskError, "no lesson 7: there are 2, 8, 8b, 10"):
            lesson.load("7", self.folder)

    def test_a_report_tells_the_lessons_of_its_day_in_order(self) -> None:
        for name, number in (
            ("20260102T09-a", "3"), ("20260102T08-a", "2"), ("20260101T09-a", "1"),
        ):  # fmt: skip
            (self.folder / name).mkdir()
            text = json.dumps({**outcome().__dict__, "number": number})
            (self.folder / name / answer.FILE).write_text(text)
        for name in ("20260102T10-a", ".unfinished-20260102T10-a"):  # as it is written
            (self.folder / name).mkdir()
            told = answer.of_the_day(self.folder / name)
            self.assertEqual(["2", "3"], [found.number for found in told])
        own = answer.of_the_day(self.folder / "20260102T09-a")
        self.assertEqual(["3"], [found.number for found in own])


@unittest.skipUnless((PROGRAMS / "fiber-pool").exists(), "the programs are not built")
class Played(unittest.TestCase):
    """What each lesson claims is what comes out, in virtual time, where nothing else
    but its numbers decides."""

    def played(self, asked: lesson.Lesson) -> answer.Result:
        def simulated(cell: Cell) -> Cell:
            program = SIMULATED_BY.get(cell.design.program, cell.design.program)
            create = f"--spawn-time={CREATE.get(asked.number, '0')}"
            args = cell.args if cell.is_virtual else (*cell.args, "--clock=virtual", create)
            return replace(cell, design=replace(cell.design, program=program), args=args)

        cells = asked.experiment.cells
        seed = int(cells[0].options.get("seed", 1))
        played = play_all(PROGRAMS, [*map(simulated, cells)], [seed])
        runs = [replace(run, cell=cell, block=block)
                for cell, (run,) in zip(cells, played) for block in BLOCKS]  # fmt: skip
        summaries = summarise(asked.experiment, runs)
        return answer.of_runs(asked, [], runs, summaries, sentences.interval_text)

    def test_every_claim_is_borne_out(self) -> None:
        for number in set(lesson.numbers()) - NOT_PLAYED:
            asked = lesson.load(number)
            with self.subTest(number):
                if asked.choices:
                    program, *words = asked.command
                    done = subprocess.run([PROGRAMS / program, *words], text=True,
                                          capture_output=True, timeout=LIMIT_S)  # fmt: skip
                    ending = Ending(done.returncode, False, done.stderr)
                    found = answer.of_endings(asked, [], [ending] * len(BLOCKS))
                else:
                    found = self.played(asked)
                self.assertEqual("borne out", found.verdict, found.measured)
                if asked.theory:
                    off = BESIDE.get(number, 1.03)
                    factor = found.measured["value"] / asked.theory
                    self.assertTrue(1 / off <= factor <= off, (factor, asked.theory))


class Answers(Desk):
    def test_answers_are_taken_as_people_type_them(self) -> None:
        for unit, text, value in (
            ("s", "100ms", 0.1), ("s", "200 ms", 0.2), ("s", "10", 0.01), ("s", "0", 0),
            ("bytes", "20MB", 20e6), ("bytes", "8 kB", 8e3), ("count", "240", 240),
            ("count", "1 000", 1000), ("times", "4.5x", 4.5), ("times", " 4 ", 4),
        ):  # fmt: skip
            plain = {"s": "ms", "bytes": "MB"}.get(unit)
            self.assertAlmostEqual(value, guess.parse(unit, text, (), plain))
        self.assertEqual(10, guess.parse("setting", " 10 ", ("2", "10")))
        self.assertEqual("B", guess.parse("choice", " b ", ("A", "B")))

    def test_hands_and_names_are_counted(self) -> None:
        found = list(guess.parse_all("s", "Ann: 1s, 200 ms x 18,0", (), "ms"))
        self.assertEqual([(1.0, "Ann")], found[:1])
        self.assertEqual([0.2] * 18 + [0], [each.value for each in found[1:]])
        for text in ("5\n6", "500 ms x 0", "500 ms x 05"):
            with self.assertRaisesRegex(ValueError, "is not a duration"):
                list(guess.parse_all("s", text, (), "ms"))

    def test_of_a_line_with_a_mistake_nothing_counts(self) -> None:
        lines = iter(["100 ms x 3, banana, 1 s", "100 ms x 3, 1 s", ""])
        with (
            mock.patch.object(teach, "_read", lambda _: next(lines)),
            redirect_stdout(io.StringIO()) as told,
        ):
            self.assertEqual(4, len(teach.ask(lesson.load("2"))))
        self.assertIn("'banana' is not a duration", told.getvalue())

    def test_nonsense_is_refused_with_what_is_accepted(self) -> None:
        kinds = [(unit, ()) for unit in guess.ACCEPTED]
        for unit, offered in [*kinds, ("setting", ("2", "10")), ("choice", ("A", "B"))]:
            for text in ("", "abc", "-1", "1e99", "nan", "9" * 30, "5 apples", "1.2.3"):
                with self.assertRaises(ValueError, msg=(unit, text)) as raised:
                    guess.parse(unit, text, offered)
                words = guess.accepted(unit, offered)
                self.assertIn(words, str(raised.exception))


class Told(unittest.TestCase):
    def test_what_came_out_is_told_in_words(self) -> None:
        found = outcome()
        self.assertEqual("100 ms, 1.00 s", answers.guessed_text(found))
        named = outcome(predictions=[1.0, 0.1, 1.0, 1.0], names=["", "Ann", "Bo", ""])
        self.assertEqual("100 ms (Ann), 1.00 s (Bo and 2 others)", answers.guessed_text(named))
        self.assertEqual("100 ms: ten rounds", answers.theory_text(found))
        self.assertEqual("101 ms [100, 102], median of 6 runs", answers.answer_text(found))
        for guesses, told in (
            ([0.1, 1.0], "1 of 2 guesses was within a factor of 1.25"),
            ([0.1, 0.1, 1.0], "2 of 3 guesses were within a factor of 1.25"),
            ([1.0], "0 of 1 guess was within a factor of 1.25"), ([], ""),
        ):  # fmt: skip
            self.assertEqual(told, answers.class_text(outcome(predictions=guesses)))
        wide = {"value": 0.2, "low": 0.05, "high": 0.3, "n": 6}
        nothing = {"value": 0, "low": 0, "high": 0, "n": 6}
        few = {"value": 0, "low": None, "high": None, "n": 3}
        for known, told in (
            (wide, "2 of 3 guesses were within a factor of 1.25 or the interval"),
            (nothing, "1 of 3 guesses was within a factor of 1.25"),
            (few, "1 of 3 guesses was within a factor of 1.25"),
        ):
            made = outcome(predictions=[0, 0.06, 0.24], measured=known)
            self.assertEqual(told, answers.class_text(made))
        claim = "between 100 ms and 110 ms: borne out"
        self.assertEqual(claim, answers.claim_text(found))
        open_ = answers.claim_text(replace(found, verdict="cannot tell"))
        self.assertIn("110 ms: these runs cannot tell whether that is so", open_)
        nothing = outcome(measured={}, predictions=[])
        self.assertEqual("nothing", answers.guessed_text(nothing))
        self.assertEqual("nothing: no run counted", answers.answer_text(nothing))

    def test_every_lesson_makes_a_question_with_one_right_option(self) -> None:
        for number in lesson.numbers():
            told = handout.question_of(lesson.load(number))
            self.assertEqual(1, told["options"].count(told["right"]), number)
            self.assertGreaterEqual(len(set(told["options"])), 3, number)

    def test_the_sheets_name_the_answers_that_can_be_chosen(self) -> None:
        with tempfile.TemporaryDirectory() as desk:
            folder = handout.write(Path(desk))
            for name in ("questions", "answers"):
                sheet = (folder / f"{name}.html").read_text(encoding="utf-8")
                for told in "(50, 200, 800 or 2000)", "(10, 11, 20 or 50)", "It crashes":
                    self.assertIn(told, sheet)
            with self.assertRaisesRegex(ResultsError, "cannot write in .*another --out"):
                handout.write(folder / "quiz.json" / "x")
            quiz = (folder / "quiz.json").read_text(encoding="utf-8")
            self.assertEqual((0, 1), (quiz.count('"about 0"'), quiz.count('"0"')))

    def test_the_right_option_is_what_is_claimed_and_its_place_tells_nothing(self) -> None:
        for number, right, place in RIGHT:
            told = handout.question_of(lesson.load(number))
            self.assertTrue(told["right"].startswith(right), told["right"])
            self.assertEqual(place, told["options"].index(told["right"]), number)

    def test_ends_and_factors(self) -> None:
        times = {"value": 2.0, "low": 1.9, "high": 2.1, "n": 6}
        for found, told in (
            (answers.range_text("setting", (10, 10)), "10"),
            (answers.range_text("s", (0.1, 0.2)), "between 100 ms and 200 ms"),
            (answers.answer_text(outcome(measured=times, unit="times")),
             "2.00× [1.90×, 2.10×], median of 6 runs"),
            (answers.answer_text(outcome(offered={"A": "x"}, measured={}, unit="choice")),
             "nothing: no run counted"),
        ):  # fmt: skip
            self.assertEqual(told, found)

    def test_few_runs_have_no_interval(self) -> None:
        few = {"value": 0.1, "low": None, "high": None, "n": 3}
        self.assertIn("too few", answers.measured_text(outcome(measured=few)))


class AtTheTerminal(unittest.TestCase):
    def ask(self, typed: bytes) -> tuple[list[float], str]:
        """What ask() makes of what a class types."""
        ours, theirs = pty.openpty()
        code = (
            "from driver.teach import teach; from driver.ask import lesson;"
            "print([each.value for each in teach.ask(lesson.load('2'))])"
        )
        os.write(ours, typed)
        done = subprocess.run(
            [sys.executable, "-c", code], stdin=theirs, capture_output=True, text=True,
            timeout=LIMIT_S, env={**os.environ, "PYTHONPATH": str(REPOSITORY / "bench")},
        )  # fmt: skip
        os.close(ours)
        os.close(theirs)
        self.assertEqual("", done.stderr)
        return json.loads(done.stdout[done.stdout.rindex("[") :]), done.stdout

    def test_numbers_go_in_until_an_empty_line_and_nonsense_is_asked_again(self) -> None:
        given, said = self.ask(b"soon\n100ms\n1s x 2,10\n\n")
        self.assertEqual([0.1, 1.0, 1.0, 0.01], given)
        self.assertIn("'soon' is not a duration", said)
        self.assertIn("4 guesses: 10.0 ms, 100 ms, 1.00 s (2 times)", said)
        self.assertLessEqual(max(map(len, said.splitlines())), 80)

    def test_the_end_of_input_goes_on(self) -> None:
        given, _ = self.ask(b"5s\n\x04")
        self.assertEqual([5.0], given)
