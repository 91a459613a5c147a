"""Lessons whose answer is one of several: the best setting, or the right choice."""

from dataclasses import replace
from math import inf

from .lesson_files import CHOICES, GOOD, SETTINGS, Desk
from .support import make_run
from driver.ask.guess import Guess
from driver.reckon import answer
from driver.say.sentences import interval_text
from driver.run.run import Ending
from driver.say import answers
from driver.reckon.summarise import summarise


class Settings(Desk):
    """The best of three pools, from runs of which each takes as long as it is told."""

    def best(self, seconds, blocks=6, best="least") -> answer.Result:
        asked = self.load(SETTINGS.replace("least", best))
        runs = [
            make_run(cell, block, wall_s * (1 + 0.001 * block))
            for cell, wall_s in zip(asked.experiment.cells, seconds)
            for block in range(1, blocks + 1)
        ]
        summaries = summarise(asked.experiment, runs)
        return answer.of_runs(
            asked, list(map(Guess, [2.0, 10.0, 20.0])), runs, summaries, interval_text
        )

    def test_the_best_is_named_where_the_runs_tell_it(self) -> None:
        found = self.best((2.0, 1.0, 1.5))
        self.assertEqual((10, [10]), (found.measured["value"], found.measured["alike"]))
        self.assertEqual((1, "borne out"), (found.near, found.verdict))
        self.assertEqual(9, found.theory["value"])
        self.assertEqual(["2", "10", "20"], list(found.offered))
        self.assertIn("2.01 s", found.offered["2"])
        self.assertEqual(2, self.best((2.0, 1.0, 1.5), best="most").measured["value"])

    def test_what_cannot_be_told_from_it_is_named_as_well(self) -> None:
        found = self.best((2.0, 1.0, 1.01))
        self.assertEqual([10, 20], found.measured["alike"])
        self.assertEqual((2, "cannot tell"), (found.near, found.verdict))
        self.assertIn("10 or 20: 6 runs cannot tell", answers.measured_text(found))
        self.assertIn("apart (2: 2.01 s", answers.answer_text(found))

    def test_few_runs_name_nothing(self) -> None:
        found = self.best((2.0, 1.0, 1.5), blocks=5)
        self.assertEqual(([], 0), (found.measured["alike"], found.near))
        self.assertEqual("cannot tell", found.verdict)
        self.assertIn("too few to name one", answers.measured_text(found))
        self.assertEqual("", answers.class_text(found))

    def test_one_that_never_ran_may_have_been_the_best(self) -> None:
        found = self.best((2.0, 1.0))
        self.assertEqual(({}, "cannot tell"), (found.measured, found.verdict))
        self.assertEqual("no run counted", found.offered["20"])

    def test_as_many_runs_are_told_as_every_one_of_them_has(self) -> None:
        asked = self.load(SETTINGS)
        runs = [make_run(cell, block, wall_s) for wall_s, cell, blocks in zip(
            (2.0, 1.0, 1.5), asked.experiment.cells, (8, 9, 6))
            for block in range(blocks)]  # fmt: skip
        summaries = summarise(asked.experiment, runs)
        found = answer.of_runs(asked, [], runs, summaries, interval_text)
        self.assertEqual(6, found.measured["n"])

    def test_nothing_at_all_is_less_than_something(self) -> None:
        found = self.best((2.0, 0.0, 1.5))
        self.assertEqual([10], found.measured["alike"])


class Figures(Desk):
    """One cell's figure, or the first's over the second's."""

    TWO = GOOD.replace("[lesson]", '[[cells]]\ndesign = "thread-per-task"\n[lesson]')
    TIMES = TWO.replace('"100ms", "110ms"', '"1.9", "2.1"').replace(
        'theory = "100ms"', 'theory = "2"')  # fmt: skip

    def answer(self, text, blocks, *seconds) -> answer.Result:
        asked = self.load(text)
        runs = [
            make_run(cell, block, 2 * wall_s)  # by its own clock it takes half
            for cell, wall_s in zip(asked.experiment.cells, seconds)
            for block in range(1, blocks + 1)
        ]
        summaries = summarise(asked.experiment, runs)
        return answer.of_runs(asked, [], runs, summaries, interval_text)

    def test_the_first_is_told_over_the_second(self) -> None:
        found = self.answer(self.TIMES, 6, 0.2, 0.1)
        self.assertAlmostEqual(2.0, found.measured["value"])
        guessed = replace(found, predictions=[1.5, 1.7, 2.0, 2.4, 2.6])
        self.assertEqual(3, guessed.near)
        self.assertEqual(("times", "borne out"), (found.unit, found.verdict))
        self.assertEqual("borne out", self.answer(self.TIMES, 3, 0.2, 0.1).verdict)

    def test_what_is_told_over_nothing_is_not_known(self) -> None:
        found = self.answer(self.TIMES, 6, 0.2, 0.0)
        self.assertEqual(({}, "cannot tell"), (found.measured, found.verdict))

    def test_what_touches_a_claim_is_not_apart_from_it(self) -> None:
        for low, high, told in (
            (0.05, 0.1, "cannot tell"), (0.11, 0.2, "cannot tell"), (0.1, 0.11, "borne out"),
            (0.05, 0.099, "not borne out on this machine"), (0.05, 0.2, "cannot tell"),
            (0.111, 0.2, "not borne out on this machine"), (None, None, "cannot tell"),
        ):  # fmt: skip
            measured = {"low": low, "high": high}
            self.assertEqual(told, answer.verdict((0.1, 0.11), measured))
        self.assertEqual("cannot tell", answer.verdict((0.1, 0.11), {}))

    def test_what_is_kept_is_read_again_if_it_can_be_shown(self) -> None:
        number = answer.Result("2", "?", "s", [0.1], {"value": 0, "words": "w"}, [0.1, 0.2],
                               {"value": 0.1, "low": 0, "high": 1, "n": 0})  # fmt: skip
        named = {"value": "A", "low": "A", "high": "A", "n": 6, "alike": ["A"]}
        letter = answer.Result("13", "?", "choice", ["B"], None, ["A", "A"], named,
                               offered={"A": "a", "B": "b"})  # fmt: skip
        known = number.measured
        for found, changes, sound in (
            (number, {}, True), (letter, {}, True), (number, {"measured": {}}, True),
            (number, {"claim": []}, True), (number, {"theory": None}, True),
            (number, {"measured": {"median": 1}}, False),  # as an older driver wrote it
            (number, {"measured": {**known, "n": "six"}}, False),
            (number, {"offered": {"A": "1 s"}}, False),  # and nothing says what is alike
            (number, {"measured": {**known, "low": None, "high": None}}, True),
            (number, {"measured": {**known, "n": -1}}, False),
            (number, {"measured": {**known, "n": 1.0}}, False),
            (number, {"measured": {**known, "value": None}}, False),
            (number, {"measured": {**known, "alike": "A"}}, False),
            (number, {"measured": {**known, "alike": ["A"]}}, False),
            (number, {"claim": [0.1]}, False), (number, {"claim": [1, 2, 3]}, False),
            (number, {"claim": [-1, 2]}, False), (number, {"predictions": [True]}, False),
            (number, {"predictions": ["A"]}, False), (number, {"theory": {"value": 1}}, False),
            (number, {"theory": {"value": "A", "words": "w"}}, False),
            (number, {"factor": 0}, False), (number, {"factor": 0.5}, True),
            (number, {"unit": "apples"}, False), (number, {"unit": "setting"}, True),
            (letter, {"predictions": ["C"]}, False), (letter, {"claim": ["A", "C"]}, False),
            (letter, {"measured": {**named, "alike": ["C"]}}, False),
            (letter, {"predictions": [1]}, False),
        ):  # fmt: skip
            given = replace(found, **changes)
            answer.save(self.folder, given, lambda path, text: path.write_text(text))
            self.assertTrue((self.folder / answer.FILE).read_text().endswith("}\n"))
            self.assertEqual(given if sound else None, answer.read(self.folder), changes)
        with self.assertRaises(ValueError):  # JSON has no such number
            answer.save(self.folder, replace(number, claim=[0, inf]), lambda *_: None)
        for text in ("", "[]", "{}", '{"number": 1}', "[" * 100_000):
            (self.folder / answer.FILE).write_text(text)
            self.assertIsNone(answer.read(self.folder), text[:20])

    def test_the_extremes_of_few_runs_bear_out_nothing(self) -> None:
        for blocks, wanted in ((2, "cannot tell"), (5, "cannot tell"), (6, "borne out")):
            self.assertEqual(wanted, self.answer(GOOD, blocks, 0.105).verdict, blocks)
        self.assertIn("not borne out", self.answer(GOOD, 6, 0.2).verdict)


class Choices(Desk):
    def decide(self, *endings) -> answer.Result:
        told = [Ending(code, ended, said) for code, ended, said in endings]
        return answer.of_endings(self.load(CHOICES), list(map(Guess, "AB")), told)

    def test_what_the_program_does_each_time_decides(self) -> None:
        asleep = (2, False, "all asleep")
        found = self.decide(*[asleep] * 6)
        self.assertEqual("B", found.measured["value"])
        self.assertEqual(("borne out", 1), (found.verdict, found.near))
        self.assertEqual("all asleep", found.said)
        self.assertIn("B, in each of 6 runs", answers.measured_text(found))
        self.assertIn("B: It waits. (B, in each", answers.answer_text(found))
        other = self.decide(*[(0, False, "")] * 6)
        self.assertEqual("not borne out on this machine", other.verdict)
        for endings in (
            [asleep] * 5 + [(0, False, "")],  # not each time
            [asleep] * 5 + [(3, False, "")],  # once something else
            [(2, False, "asleep on a mutex")] * 6,  # two fit
            [asleep] * 5 + [(2, False, "asleep on a mutex")],  # two fit once
            [(-11, False, "asleep")] * 6,  # none fits
            [(2, True, "asleep")] * 6,  # it was ended by us
            [asleep] * 5,  # too few
        ):
            self.assertEqual("cannot tell", self.decide(*endings).verdict, endings)

    def test_a_status_is_told_as_a_shell_tells_it(self) -> None:
        for code, ended, status in ((2, False, 2), (-11, False, 139), (-15, True, 124)):
            self.assertEqual(status, answer.status(Ending(code, ended, "")))
