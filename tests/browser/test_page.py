"""Claims about the report in a real browser: it asks for nothing, it moves, it prints."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "charts")]

import axe  # noqa: E402
import chromium  # noqa: E402
import stand_in  # noqa: E402
from driver import draw, page  # noqa: E402
from driver.ask import lesson as lessons  # noqa: E402
from driver.ask.guess import Guess  # noqa: E402
from driver.reckon import answer  # noqa: E402
from driver.run.folder import write_whole  # noqa: E402
from driver.say.sentences import interval_text  # noqa: E402
from driver.teach import handout  # noqa: E402

AXE = axe.source()
OUTCOMES = ("waiting", "in flight", "ok", "rejected", "failed")
CHARTS = ["slide", "wall-time", "memory", "outcomes", "timeline"]
EVIL = "</script><script>document.title='taken'</script>\\\"'&{{7*7}}"


def written(folder: Path, material: stand_in.Material) -> stand_in.Material:
    """A report of synthetic runs in the folder."""
    m = material
    drawn = draw.draw(folder, m.experiment, m.runs, m.summaries)
    page.write(folder, m.experiment, m.runs, m.summaries, drawn, {"seed": EVIL})
    return material


def of_lesson(folder: Path, number: str, guesses: list[Guess]) -> None:
    """The report of a lesson, as if a class had guessed."""
    asked = lessons.load(number)
    m = stand_in.material(folder, asked.experiment)
    found = answer.of_runs(asked, guesses, m.runs, m.summaries, interval_text)
    answer.save(folder, found, write_whole)
    written(folder, m)


def setUpModule() -> None:
    """One browser and one report of the comparison serve all classes."""
    global browser, comparison, desk
    if chromium.MISSING:
        raise unittest.SkipTest(chromium.MISSING)
    desk = Path(unittest.enterModuleContext(tempfile.TemporaryDirectory()))
    browser = chromium.Browser()
    unittest.addModuleCleanup(browser.close)
    folder = desk / "comparison"
    folder.mkdir()
    comparison = written(folder, stand_in.material(folder, stand_in.four(CHARTS)))


class InBrowser(unittest.TestCase):
    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.browser = browser
        cls.folder = desk / cls.__name__
        cls.folder.mkdir()
        cls.write()

    @classmethod
    def write(cls) -> None:
        """What the tests of the class open: the comparison, if nothing else."""
        cls.folder, cls.material = comparison.folder, comparison

    def open(self, name: str = "report.html", width: int = 1300) -> None:
        self.browser.emulate()
        self.browser.size(width, 900)
        self.browser.open(self.folder / name)

    def tearDown(self) -> None:
        self.assertEqual([], self.browser.complaints())

    def ask(self, script: str, *values: object) -> object:
        return self.browser.run(f"return {script}", *values)

    def words(self, selector: str = "body") -> str:
        """What is read there, with plain spaces."""
        told = self.ask("document.querySelector(arguments[0]).innerText", selector)
        return str(told).replace("\u00a0", " ")

    def set(self, selector: str, value: object, event: str = "input") -> None:
        """Moves a slider, or chooses of a list, as a hand would."""
        self.browser.run(
            "const part = document.querySelector(arguments[0]);"
            "part.value = arguments[1]; part.dispatchEvent(new Event(arguments[2]))",
            selector, value, event)  # fmt: skip


class Page(InBrowser):
    def setUp(self) -> None:
        self.open()
        self.browser.wait("window.replay && window.theory")

    def test_it_asks_for_nothing_but_itself(self) -> None:
        self.browser.requests()
        self.browser.open(self.folder / "report.html")
        self.browser.wait("window.replay")
        asked = [u for u in self.browser.requests() if not u.startswith("data:")]
        self.assertEqual([(self.folder / "report.html").resolve().as_uri()], asked)

    def test_the_policy_forbids_a_request(self) -> None:
        blocked = self.ask("fetch('http://127.0.0.1:9/').then(() => false, () => true)")
        self.assertTrue(blocked)
        said = self.browser.complaints()
        self.assertTrue(any("Content Security Policy" in line for line in said), said)

    def test_it_opens_with_the_slide_and_the_replay(self) -> None:
        order = self.ask("[...document.querySelectorAll('main > [id]')].map(e => e.id)")
        self.assertEqual(["slide", "replay", "answers", "cells"], order[:4])

    def test_no_lettering_of_a_chart_is_cut_off_or_covered(self) -> None:
        look = (HERE / "lettering.js").read_text(encoding="utf-8")
        self.assertEqual([], self.browser.run(look))
        self.browser.run(
            "const words = [...document.querySelectorAll('#wall-time svg text')];"
            "const [one, other] = words.map((text) => text.parentElement);"
            "other.setAttribute('transform', one.getAttribute('transform'));"
            "words[5].parentElement.setAttribute('transform', 'translate(1590,450)')"
        )
        problems = self.browser.run(look)
        for fault in ("overlap", "leaves"):
            self.assertTrue(any(fault in each for each in problems), problems)

    def test_it_is_no_wider_than_a_narrow_screen(self) -> None:
        for width in (1300, 390):
            self.browser.size(width, 900)
            wide = self.ask("document.documentElement.scrollWidth")
            self.assertLessEqual(wide, width)

    def test_on_a_phone_a_picture_is_whole_and_a_tap_turns_it(self) -> None:
        self.browser.size(390, 844)
        for name in ("wall-time", "run-sequence"):  # a slide, and one of the instrument
            sizes = (
                "['', ' svg'].map((part) => {const box = document.querySelector("
                f"'#{name} .picture' + part).getBoundingClientRect();"
                " return [Math.round(box.width), Math.round(box.height)]})"
            )
            frame, whole = self.ask(sizes)
            self.assertLessEqual(whole[0], frame[0])
            tap = f"document.querySelector('#{name} .picture').click()"
            self.browser.run(tap)
            self.assertEqual([390, 844], self.ask(sizes)[0])
            self.browser.run(tap)
            self.assertEqual([frame, whole], self.ask(sizes))

    @unittest.skipUnless(AXE, "axe-core could not be fetched: name it in AXE_CORE")
    def test_axe_finds_no_fault(self) -> None:
        self.browser.run(
            "document.querySelectorAll('details').forEach((d) => d.open = true);"
        )
        for theme in ("light", "dark"):
            self.browser.emulate(prefers_color_scheme=theme)
            found = self.browser.run(
                str(AXE) + "; return axe.run(document).then((result) =>"
                " result.violations.map((fault) => fault.id + ': '"
                " + fault.nodes[0].html.slice(0, 80)))"
            )
            self.assertEqual([], found, theme)

    def test_dark_and_light_follow_the_system_and_the_button(self) -> None:
        ground = "getComputedStyle(document.body).backgroundColor"
        self.browser.emulate(prefers_color_scheme="dark")
        dark = self.ask(ground)
        self.browser.emulate(prefers_color_scheme="light")
        self.assertNotEqual(dark, self.ask(ground))
        self.browser.run("document.getElementById('theme').click()")
        self.assertEqual(dark, self.ask(ground))
        chart = self.ask("getComputedStyle(document.querySelector('#slide rect')).fill")
        self.assertEqual(dark, chart)

    def test_on_paper_everything_is_unfolded_and_nothing_is_to_be_pressed(self) -> None:
        ground = "getComputedStyle(document.body).backgroundColor"
        self.browser.emulate(media="print", prefers_color_scheme="dark")
        self.assertEqual("rgb(255, 255, 255)", self.ask(ground))
        self.browser.emulate(media="print")
        shown = (
            "[...document.querySelectorAll(arguments[0])].filter((e) =>"
            " e.checkVisibility() && e.getBoundingClientRect().height > 0).length"
        )
        self.browser.run("dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(0, self.ask(shown, "button, summary, nav, #replay, #sliders"))
        self.assertGreater(self.ask(shown, "details table"), len(CHARTS))

    def test_a_command_can_be_copied_or_is_selected(self) -> None:
        self.browser.run(
            "const part = document.querySelector('#memory details'); part.open = true;"
            "part.querySelector('button.copy').click()"
        )
        said = "document.querySelector('#memory button.copy').textContent"
        self.browser.wait(f"{said} !== 'Copy'")
        if self.ask(said).startswith("Selected"):
            self.assertIn("gnuplot", self.ask("getSelection().toString()"))

    def test_without_script_charts_and_words_are_there(self) -> None:
        text = (self.folder / "report.html").read_text(encoding="utf-8")
        # As a browser without script shows it: noscript taken at its word.
        still = re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL)
        still = re.sub(r"</?noscript>", "", still)
        (self.folder / "still.html").write_text(still, encoding="utf-8")
        self.open("still.html")
        shown = self.ask("document.body.innerText")
        self.assertIn("The timeline among the charts shows the same runs", shown)
        stage = "document.getElementById('replay-stage').checkVisibility()"
        self.assertFalse(self.ask(stage))
        figures = self.ask("document.querySelectorAll('figure svg').length")
        self.assertEqual(len(CHARTS) + 2, figures)  # and the two of the instrument


class Crowded(InBrowser):
    """Charts of many rows or narrow panels."""

    def test_no_lettering_is_cut_off_or_covered(self) -> None:
        look = (HERE / "lettering.js").read_text(encoding="utf-8")
        for name in ("queue", "when-full", "breaker", "retry-until-done"):
            folder = desk / name
            folder.mkdir()
            written(folder, stand_in.material(folder, stand_in.load(name)))
            with self.subTest(name):
                self.browser.open(folder / "report.html")
                self.assertEqual([], self.browser.run(look))


class Replay(InBrowser):
    def setUp(self) -> None:
        self.open()
        self.browser.wait("window.replay && window.theory")

    def counts(self, lane: int) -> dict[str, int]:
        words = self.ask(
            "[...document.querySelectorAll(`#replay-lane-${arguments[0]} b`)]"
            ".map((part) => part.textContent)", lane)  # fmt: skip
        return {k: int(re.sub(r"\D", "", w)) for k, w in zip(OUTCOMES, words)}

    def choose(self, tasks: int, *designs: str) -> None:
        self.set("#replay-tasks", str(tasks), "change")
        for place, design in zip(("first", "second"), designs):
            found = self.ask(
                "[...document.getElementById('replay-' + arguments[0]).options]"
                ".find((one) => one.text === arguments[1]).value", place, design)  # fmt: skip
            self.set(f"#replay-{place}", found, "change")

    def now(self) -> float:
        return self.ask("window.replay.now")

    def names(self) -> list[str]:
        return self.ask("window.replay.shown.map((run) => run.name)")

    def test_it_opens_paused_on_who_lost_most_beside_who_lost_none(self) -> None:
        self.assertEqual("threads", self.names()[0])
        self.assertGreater(self.counts(0)["rejected"], 0)
        self.assertEqual(0, self.counts(1)["rejected"])
        first = self.now()
        self.assertGreater(first, 0)
        lanes = ("#replay-lane-0 canvas", "#replay-lane-1 canvas")
        for canvas in (*lanes, "#replay-clock"):
            colours = self.browser.run(
                "const c = document.querySelector(arguments[0]);"
                "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                "return new Set(new Uint32Array(d.buffer)).size", canvas)  # fmt: skip
            self.assertGreater(colours, 3, canvas)
        self.browser.run("return new Promise((done) => setTimeout(done, 150))")
        self.assertEqual(first, self.now())

    def test_it_ends_at_the_counts_of_the_samples(self) -> None:
        for tasks, design in ((50, "pool of 5"), (500, "bounded threads")):
            self.choose(tasks, "threads", design)
            self.assertEqual(["threads", design], self.names())
            self.browser.run("window.replay.moveTo(window.replay.whole)")
            for lane, kind in enumerate(("threads", design.removesuffix(" of 5"))):
                run = next(
                    r for r in self.material.runs
                    if r.samples and r.cell.tasks == tasks and r.cell.design.kind == kind
                )  # fmt: skip
                lines = (self.folder / run.samples).read_text().splitlines()[1:]
                told = [line.rpartition(",")[2] for line in lines]
                found = self.counts(lane)
                self.assertEqual(told.count("ok"), found["ok"])
                self.assertEqual(told.count("rejected"), found["rejected"])
                self.assertEqual(0, found["waiting"] + found["in flight"])

    def test_at_every_moment_all_tasks_are_accounted_for(self) -> None:
        self.choose(500, "threads", "pool of 5")
        for share in (0, 0.01, 0.1, 0.23, 0.5, 1):
            self.browser.run(f"window.replay.moveTo(window.replay.whole * {share})")
            for lane in (0, 1):
                self.assertEqual(500, sum(self.counts(lane).values()), share)
        self.assertEqual(5, self.ask("window.replay.shown[1].peak"))

    def test_it_plays_pauses_and_stops_at_its_end(self) -> None:
        press = "document.getElementById('replay-play').click()"
        self.browser.run(f"window.replay.moveTo(0); {press}")
        self.browser.wait("window.replay.now > 0")
        self.browser.run(press)
        at = self.now()
        self.browser.run("return new Promise((done) => setTimeout(done, 100))")
        self.assertEqual(at, self.now())
        self.browser.run(f"window.replay.moveTo(window.replay.whole * 0.97); {press}")
        self.browser.wait("!window.replay.playing")
        self.assertEqual(self.ask("window.replay.whole"), self.now())

    def test_sliders_move_the_clock_and_say_the_speed(self) -> None:
        self.set("#replay-scrub", 0.5)
        whole = self.ask("window.replay.whole")
        self.assertAlmostEqual(whole / 2, self.now(), delta=whole / 1000)
        words = "document.getElementById('replay-rate').textContent"
        before = self.ask(words)
        self.set("#replay-speed", 2)
        self.assertIn("slowed down", self.ask(words))
        self.assertNotEqual(before, self.ask(words))

    def test_keys_play_step_and_jump(self) -> None:
        self.browser.run("document.getElementById('replay-stage').focus()")
        self.browser.press("Home")
        self.assertEqual(0, self.now())
        self.browser.press("ArrowRight", "ArrowRight")
        stepped = self.now()
        self.assertGreater(stepped, 0)
        self.browser.press("ArrowLeft")
        self.assertLess(self.now(), stepped)
        self.browser.press("End")
        self.assertEqual(self.ask("window.replay.whole"), self.now())
        self.browser.press(" ")
        self.assertTrue(self.ask("window.replay.playing"))
        self.browser.press(" ")
        self.assertFalse(self.ask("window.replay.playing"))

    def test_who_wants_less_motion_gets_no_play_button(self) -> None:
        self.browser.emulate(prefers_reduced_motion="reduce")
        self.browser.open(self.folder / "report.html")
        self.browser.wait("window.replay")
        self.assertTrue(self.ask("document.getElementById('replay-play').hidden"))

    def test_what_does_not_move_is_drawn_once(self) -> None:
        still = "window.replay.clock.still === window.still"
        keep = "window.still = window.replay.clock.still;"
        self.browser.run(f"{keep} window.replay.moveTo(1000)")
        self.assertTrue(self.ask(still))
        for change in ("document.getElementById('theme').click()",
                       "window.replay.take()"):  # fmt: skip
            self.browser.run(f"{keep} {change}")
            self.assertFalse(self.ask(still), change)

    def test_theory_starts_as_measured_and_moves(self) -> None:
        def line(name: str) -> str:
            return self.ask("window.theory.lines[arguments[0]].path.outerHTML", name)

        words = "document.getElementById('sliders-words').textContent"
        threads, pool, said = line("threads"), line("pool"), self.ask(words)
        self.assertIn("the pool takes 2", said)
        self.set("[data-value=workers]", 0)
        self.assertNotEqual(pool, line("pool"))
        self.assertEqual(threads, line("threads"))
        self.assertIn("the pool takes 20", self.ask(words))
        for name in ("create_s", "service_s"):
            before = line("threads")
            self.set(f"[data-value={name}]", 0)
            self.assertNotEqual(before, line("threads"), name)
        before = self.ask(words)
        self.set("[data-value=capacity]", 0)
        self.assertNotEqual(before, self.ask(words))
        self.browser.run("document.getElementById('sliders-reset').click()")
        self.assertEqual((pool, said), (line("pool"), self.ask(words)))

    def test_no_name_at_a_line_of_theory_covers_another(self) -> None:
        for workers in range(0, 8):
            self.set("[data-value=workers]", workers)
            boxes = self.ask(
                "Object.values(window.theory.lines).map((line) => {"
                " const box = line.name.getBBox();"
                " return [box.y, box.y + box.height, box.x, box.x + box.width]; })"
            )
            (_, foot, *_), (head, *_) = sorted(boxes)
            self.assertLessEqual(foot, head + 1)
            for *_, left, right in boxes:
                self.assertTrue(980 < left < right < 1200)


class Slides(InBrowser):
    """A lecture by keys alone."""

    def setUp(self) -> None:
        self.open()
        self.browser.size(1280, 720)  # of a projector
        self.browser.wait("window.replay")
        self.browser.press("f")

    def current(self) -> str | None:
        return self.ask("document.querySelector('.current')?.id ?? null")

    def shown(self, part: str) -> int:
        return self.ask(
            "[...document.querySelectorAll('.current ' + arguments[0])]"
            ".filter((e) => e.checkVisibility({visibilityProperty: true})).length", part)  # fmt: skip

    def go_to(self, name: str) -> None:
        while self.current() != name:
            self.browser.press("ArrowRight")

    def test_question_then_measurement_then_why(self) -> None:
        self.go_to("wall-time")
        seen = []
        for _ in range(3):
            seen.append([bool(self.shown(p)) for p in (".question", ".found", ".means")])
            self.browser.press("ArrowRight")
        self.assertEqual(
            [[True, False, False], [False, True, False], [False, True, True]], seen
        )
        self.assertNotEqual("wall-time", self.current())

    def test_theory_comes_on_a_key_before_the_measurement(self) -> None:
        self.go_to("wall-time")
        self.assertEqual(0, self.shown(".theory"))
        self.browser.press("t")
        self.assertGreater(self.shown(".theory"), 0)
        self.assertEqual(0, self.shown(".found"))

    def test_guesses_by_key_and_by_click_stay(self) -> None:
        self.browser.press("g", "ArrowLeft", "ArrowUp", "Enter", "ArrowRight", "Enter",
                           "Escape")  # fmt: skip
        self.browser.run(
            "document.querySelector('.current .picture').dispatchEvent("
            "new MouseEvent('click', {bubbles: true, clientX: 300, clientY: 300}))"
        )
        for _ in range(3):
            self.assertEqual((3, "slide"), (self.shown(".guess"), self.current()))
            self.browser.press("ArrowRight")
        self.assertNotEqual("slide", self.current())

    def test_the_why_covers_nothing_of_the_picture(self) -> None:
        self.go_to("wall-time")
        self.browser.press("ArrowRight", "ArrowRight")
        picture, means = (
            self.ask(f"document.querySelector('.current .{name}').getBoundingClientRect()")
            for name in ("picture", "means")
        )
        self.assertLessEqual(picture["bottom"], means["top"] + 1)

    def test_the_replay_is_played_by_a_key_and_fits(self) -> None:
        self.go_to("replay")
        self.browser.press(" ")
        self.assertTrue(self.ask("window.replay.playing"))
        self.browser.press(" ")
        high = self.ask("document.querySelector('.current').scrollHeight")
        self.assertLessEqual(high, 720)

    def test_it_turns_back_and_ends(self) -> None:
        self.browser.press("ArrowRight", "ArrowRight", "ArrowRight")
        self.assertEqual("replay", self.current())
        self.browser.press("ArrowLeft")
        self.assertEqual(("slide", 1), (self.current(), self.shown(".means")))
        self.browser.press("Escape")
        self.assertIsNone(self.current())


class Lessons(InBrowser):
    @classmethod
    def write(cls) -> None:
        guesses = [Guess(0.1, "Ann"), Guess(1.0), Guess(1.0), Guess(0.0)]
        of_lesson(cls.folder, "2", guesses)
        handout.write(cls.folder / "handout")

    def test_its_report_begins_with_the_prediction_and_says_why(self) -> None:
        self.open()
        order = self.ask("[...document.querySelectorAll('main > [id]')].map(e => e.id)")
        self.assertEqual(["prediction", "why"], order[:2])
        told = self.words("#why")
        asked = lessons.load("2")
        for words in ("0 s, 100 ms (Ann), 1.00 s (2 times)", asked.why, asked.change,
                      asked.ends, "1 of 4 guesses"):  # fmt: skip
            self.assertIn(words, told)
        self.browser.press("f")
        self.browser.press("t")
        found, theory = (
            self.ask(f"[...document.querySelectorAll('.current .{kind}')].filter((e) =>"
                     "e.checkVisibility({visibilityProperty: true})).length")
            for kind in ("found", "theory")
        )  # fmt: skip
        self.assertEqual((0, True), (found, theory > 0))

    def test_the_questions_are_one_printed_page_without_an_answer(self) -> None:
        self.open("handout/questions.html")
        paper = self.folder / "questions.pdf"
        self.browser.printed(paper)
        self.assertEqual(1, len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())))
        said = self.words()
        for number in lessons.numbers():
            asked = lessons.load(number)
            self.assertIn(asked.question, said)
            self.assertNotIn(asked.why, said)
        self.open("handout/answers.html")
        self.assertIn(asked.why, self.words())


class Hostile(InBrowser):
    """Strings of a results folder, which may be a stranger's, are never script."""

    @classmethod
    def write(cls) -> None:
        asked = stand_in.read(stand_in.FOUR.format(charts=["wall-time"]))
        spoilt = tuple(
            replace(cell, varied={**cell.varied, EVIL: EVIL}) for cell in asked.cells
        )
        samples = tuple(
            replace(cell, varied={**cell.varied, EVIL: EVIL}) for cell in asked.samples
        )
        asked = replace(asked, name=EVIL, question=EVIL, cells=spoilt, samples=samples)
        material = stand_in.material(cls.folder, asked)
        found = replace(answer.before_runs(lessons.load("13"), []), said=EVIL, why=EVIL)
        answer.save(cls.folder, found, write_whole)
        written(cls.folder, material)

    def test_no_string_becomes_script_or_a_template(self) -> None:
        self.open()
        self.browser.wait("window.replay && window.theory")
        self.assertNotEqual("taken", self.ask("document.title"))
        self.assertIn(EVIL, self.ask("document.body.innerText"))


if __name__ == "__main__":
    unittest.main()
