"""Claims about the report in a real browser: it asks for nothing, and it moves."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "charts")]

import axe  # noqa: E402
import chromium  # noqa: E402
import stand_in  # noqa: E402
from driver import draw, page  # noqa: E402

AXE = axe.source()
OUTCOMES = ("waiting", "in flight", "ok", "rejected", "failed")


def written(folder: Path) -> stand_in.Material:
    """A report of synthetic runs in the folder."""
    material = stand_in.material(folder)
    m = material
    drawn = draw.draw(folder, m.experiment, m.runs, m.summaries)
    page.write(folder, m.experiment, m.runs, m.summaries, drawn, {"seed": 1})
    return material


@unittest.skipIf(chromium.MISSING, chromium.MISSING)
class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.desk = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.desk.name)
        cls.material = written(cls.folder)
        cls.browser = chromium.Browser()
        cls.browser.requests()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.browser.close()
        cls.desk.cleanup()

    def setUp(self) -> None:
        self.browser.emulate()
        self.browser.size(1300, 900)
        self.browser.open(self.folder / "report.html")
        self.browser.wait("window.replay && window.theory")

    def tearDown(self) -> None:
        self.assertEqual([], self.browser.complaints())

    def counts(self, lane: int) -> dict[str, int]:
        words = self.browser.run(
            "return [...document.querySelectorAll(`#replay-lane-${arguments[0]} b`)]"
            ".map((part) => part.textContent)", lane)  # fmt: skip
        return {k: int(re.sub(r"\D", "", w)) for k, w in zip(OUTCOMES, words)}

    def choose(self, tasks: int, workers: int) -> None:
        self.browser.run(
            "const pick = (id, value) => { const list = document.getElementById(id);"
            " list.value = value; list.dispatchEvent(new Event('change')); };"
            "pick('replay-tasks', arguments[0]);"
            "const offers = [...document.getElementById('replay-pool').options];"
            "const name = `pool of ${arguments[1]}`;"
            "pick('replay-pool', offers.find((one) => one.text === name).value);",
            str(tasks), str(workers))  # fmt: skip

    def focus(self) -> None:
        self.browser.run("document.getElementById('replay-stage').focus()")

    def now(self) -> float:
        return self.browser.run("return window.replay.now")

    def pixels(self, selector: str) -> int:
        """How many colours a canvas shows."""
        return self.browser.run(
            "const c = document.querySelector(arguments[0]);"
            "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
            "return new Set(new Uint32Array(d.buffer)).size", selector)  # fmt: skip

    def test_the_page_asks_for_nothing_but_itself(self) -> None:
        self.browser.requests()
        self.browser.open(self.folder / "report.html")
        self.browser.wait("window.replay")
        asked = [u for u in self.browser.requests() if not u.startswith("data:")]
        self.assertEqual([(self.folder / "report.html").resolve().as_uri()], asked)

    def test_the_policy_forbids_a_request(self) -> None:
        blocked = self.browser.run(
            "return fetch('http://127.0.0.1:9/').then(() => false, () => true)"
        )
        self.assertTrue(blocked)
        said = self.browser.complaints()
        self.assertTrue(any("Content Security Policy" in line for line in said), said)

    def test_the_replay_starts_paused_with_a_still(self) -> None:
        first = self.now()
        self.assertGreater(first, 0)
        self.assertGreater(self.counts(0)["in flight"], 0)
        lanes = ("#replay-lane-0 canvas", "#replay-lane-1 canvas")
        for canvas in (*lanes, "#replay-clock"):
            self.assertGreater(self.pixels(canvas), 3, canvas)
        self.browser.run("return new Promise((done) => setTimeout(done, 150))")
        self.assertEqual(first, self.now())

    def test_the_replay_ends_at_the_counts_of_the_samples(self) -> None:
        for tasks, workers in ((50, 5), (500, 5), (500, 50)):
            self.choose(tasks, workers)
            self.browser.run("window.replay.moveTo(window.replay.whole)")
            for lane, design in enumerate((None, workers)):
                run = next(
                    r for r in self.material.samples
                    if r.cell.tasks == tasks and r.cell.workers == design
                )  # fmt: skip
                lines = (self.folder / run.samples).read_text().splitlines()[1:]
                told = [line.rpartition(",")[2] for line in lines]
                found = self.counts(lane)
                self.assertEqual(told.count("ok"), found["ok"])
                self.assertEqual(told.count("rejected"), found["rejected"])
                self.assertEqual(0, found["waiting"] + found["in flight"])

    def test_at_every_moment_all_tasks_are_accounted_for(self) -> None:
        self.choose(500, 50)
        for share in (0, 0.01, 0.1, 0.23, 0.5, 1):
            self.browser.run(f"window.replay.moveTo(window.replay.whole * {share})")
            for lane in (0, 1):
                self.assertEqual(500, sum(self.counts(lane).values()), share)

    def test_a_pool_never_has_more_calls_in_flight_than_workers(self) -> None:
        self.choose(500, 5)
        most = self.browser.run("return window.replay.shown[1].peak")
        self.assertEqual(5, most)

    def test_the_replay_plays_and_pauses(self) -> None:
        self.choose(50, 5)
        self.browser.run("window.replay.moveTo(0);"
                         "document.getElementById('replay-play').click()")  # fmt: skip
        self.browser.wait("window.replay.now > 0")
        self.browser.run("document.getElementById('replay-play').click()")
        at = self.now()
        self.browser.run("return new Promise((done) => setTimeout(done, 100))")
        self.assertEqual(at, self.now())

    def test_the_replay_plays_to_its_end_and_stops(self) -> None:
        self.choose(50, 5)
        self.browser.run("window.replay.moveTo(window.replay.whole * 0.97);"
                         "window.replay.play(true)")  # fmt: skip
        self.browser.wait("!window.replay.playing")
        self.assertEqual(self.browser.run("return window.replay.whole"), self.now())

    def test_scrubbing_moves_the_clock(self) -> None:
        self.browser.run(
            "const bar = document.getElementById('replay-scrub'); bar.value = 0.5;"
            "bar.dispatchEvent(new Event('input'))"
        )
        whole = self.browser.run("return window.replay.whole")
        self.assertAlmostEqual(whole / 2, self.now(), delta=whole / 1000)

    def test_speed_says_what_it_does(self) -> None:
        words = "return document.getElementById('replay-rate').textContent"
        before = self.browser.run(words)
        self.browser.run(
            "const bar = document.getElementById('replay-speed'); bar.value = 2;"
            "bar.dispatchEvent(new Event('input'))"
        )
        self.assertIn("than it was", self.browser.run(words))
        self.assertNotEqual(before, self.browser.run(words))

    def test_keys_play_step_and_jump(self) -> None:
        self.focus()
        self.browser.press("Home")
        self.assertEqual(0, self.now())
        self.browser.press("ArrowRight", "ArrowRight")
        stepped = self.now()
        self.assertGreater(stepped, 0)
        self.browser.press("ArrowLeft")
        self.assertLess(self.now(), stepped)
        self.browser.press("End")
        self.assertEqual(self.browser.run("return window.replay.whole"), self.now())
        self.browser.press(" ")
        self.assertTrue(self.browser.run("return window.replay.playing"))
        self.browser.press(" ")
        self.assertFalse(self.browser.run("return window.replay.playing"))

    def test_who_wants_less_motion_gets_no_play_button(self) -> None:
        self.browser.emulate(prefers_reduced_motion="reduce")
        self.browser.open(self.folder / "report.html")
        self.browser.wait("window.replay")
        self.assertTrue(
            self.browser.run("return document.getElementById('replay-play').hidden")
        )

    def test_sliders_start_as_measured_and_move_the_line(self) -> None:
        shape = "return window.theory.lines[{}].path.getAttribute('d')"
        crowd, moved, other = range(3)
        words = "return document.getElementById('sliders-words').textContent"
        threads, pool, five = (self.browser.run(shape.format(n)) for n in range(3))
        self.assertIn("the pool takes 2 s", self.browser.run(words))
        move = (
            "const bar = document.querySelector(`[data-value=${arguments[0]}]`);"
            "bar.value = arguments[1]; bar.dispatchEvent(new Event('input'))"
        )
        self.browser.run(move, "workers", 3)
        self.assertNotEqual(pool, self.browser.run(shape.format(moved)))
        self.assertEqual(threads, self.browser.run(shape.format(crowd)))
        self.assertEqual(five, self.browser.run(shape.format(other)))
        self.assertRegex(self.browser.run(words), "the pool takes 11[0-9] ms")
        self.assertIn("950 more than the API serves", self.browser.run(words))
        for name in ("create_s", "service_s"):
            before = self.browser.run(shape.format(crowd))
            self.browser.run(move, name, -3.5)
            self.assertNotEqual(before, self.browser.run(shape.format(crowd)), name)
        self.assertNotEqual(five, self.browser.run(shape.format(other)))
        before = self.browser.run(words)
        self.browser.run(move, "capacity", 4)
        self.assertNotEqual(before, self.browser.run(words))
        self.browser.run("document.getElementById('sliders-reset').click()")
        self.assertEqual(pool, self.browser.run(shape.format(moved)))

    def test_no_name_of_the_sliders_covers_another_or_a_line(self) -> None:
        boxes = (
            "return window.theory.lines.map((line) => {"
            " const box = line.name.getBBox();"
            " return [box.x, box.y, box.x + box.width, box.y + box.height]; })"
        )
        for workers in (0, 1, 1.7, 4):
            self.browser.run(
                "const bar = document.querySelector('[data-value=workers]');"
                "bar.value = arguments[0]; bar.dispatchEvent(new Event('input'))",
                workers,
            )
            found = sorted(self.browser.run(boxes), key=lambda box: box[1])
            for upper, lower in zip(found, found[1:]):
                self.assertLessEqual(upper[3], lower[1] + 1)
            for box in found:
                self.assertGreater(box[0], 980)
                self.assertLess(box[2], 1200)

    def test_what_does_not_move_is_drawn_once(self) -> None:
        still = "return window.replay.clock.still === window.still"
        self.browser.run("window.still = window.replay.clock.still")
        self.browser.run("window.replay.moveTo(1000)")
        self.assertTrue(self.browser.run(still))
        for change in (
            "document.getElementById('theme').click()",
            "window.replay.take(...window.replay.shown)",
        ):
            self.browser.run("window.still = window.replay.clock.still")
            self.browser.run(change)
            self.assertFalse(self.browser.run(still), change)

    def test_a_command_can_be_copied_or_is_selected(self) -> None:
        self.browser.run(
            "const part = document.querySelector('#memory details'); part.open = true;"
            "part.querySelector('button.copy').click()"
        )
        said = "document.querySelector('#memory button.copy').textContent"
        self.browser.wait(f"{said} !== 'Copy'")
        if self.browser.run(f"return {said}").startswith("Selected"):
            chosen = self.browser.run("return getSelection().toString()")
            self.assertIn("plots/memory.gp", chosen)

    def test_slides_turn_with_the_arrow_keys(self) -> None:
        shown = "return document.querySelector('figure.current')?.id ?? null"
        self.assertIsNone(self.browser.run(shown))
        self.browser.press("f")
        self.assertEqual("overview", self.browser.run(shown))
        self.browser.press("ArrowRight", "ArrowRight")
        self.assertEqual("memory", self.browser.run(shown))
        self.browser.press("ArrowLeft")
        self.assertEqual("wall-time", self.browser.run(shown))
        wide = self.browser.run(
            "return document.querySelector('figure.current svg')"
            ".getBoundingClientRect().width"
        )
        self.assertGreater(wide, 1200)
        self.browser.press("Escape")
        self.assertIsNone(self.browser.run(shown))

    def test_dark_and_light_follow_the_system_and_the_button(self) -> None:
        ground = "return getComputedStyle(document.body).backgroundColor"
        self.browser.emulate(prefers_color_scheme="dark")
        dark = self.browser.run(ground)
        self.browser.emulate(prefers_color_scheme="light")
        light = self.browser.run(ground)
        self.assertNotEqual(dark, light)
        self.browser.run("document.getElementById('theme').click()")
        self.assertEqual(dark, self.browser.run(ground))
        bars = (
            "return getComputedStyle(document.querySelector("
            "'#outcomes svg rect')).fill"
        )
        self.assertEqual(dark, self.browser.run(bars))

    def test_no_lettering_of_a_chart_is_cut_off_or_covered(self) -> None:
        problems = self.browser.run((HERE / "lettering.js").read_text(encoding="utf-8"))
        self.assertEqual([], problems)

    def test_lettering_that_is_cut_off_or_covered_is_noticed(self) -> None:
        self.browser.run(
            "const words = [...document.querySelectorAll('#wall-time svg text')];"
            "const [one, other] = words.map((text) => text.parentElement);"
            "other.setAttribute('transform', one.getAttribute('transform'));"
            "words[5].parentElement.setAttribute('transform', 'translate(1590,450)')"
        )
        problems = self.browser.run((HERE / "lettering.js").read_text(encoding="utf-8"))
        self.assertTrue(any("overlap" in problem for problem in problems), problems)
        self.assertTrue(any("leaves" in problem for problem in problems), problems)

    def test_the_page_is_no_wider_than_a_narrow_screen(self) -> None:
        for width in (1300, 400):
            self.browser.size(width, 900)
            wide = self.browser.run("return document.documentElement.scrollWidth")
            self.assertLessEqual(wide, width)

    @unittest.skipUnless(AXE, "axe-core could not be fetched: name it in AXE_CORE")
    def test_axe_finds_no_accessibility_fault(self) -> None:
        for theme in ("light", "dark"):
            self.browser.emulate(prefers_color_scheme=theme)
            found = self.browser.run(
                "document.querySelectorAll('details').forEach((d) => d.open = true);"
                + str(AXE) + "; return axe.run(document).then((result) =>"
                " result.violations.map((fault) => fault.id + ': '"
                " + fault.nodes[0].html.slice(0, 80)))"
            )
            self.assertEqual([], found, theme)

    def test_every_control_has_a_name(self) -> None:
        nameless = self.browser.run(
            "return [...document.querySelectorAll('button, input, select, [role=img]')]"
            ".filter((part) => !part.closest('[hidden]'))"
            ".filter((part) => !(part.labels?.length || part.textContent.trim()"
            " || part.getAttribute('aria-label')"
            " || part.getAttribute('aria-labelledby')))"
            ".map((part) => part.outerHTML.slice(0, 80))"
        )
        self.assertEqual([], nameless)


@unittest.skipIf(chromium.MISSING, chromium.MISSING)
class WithoutScript(unittest.TestCase):
    def test_charts_and_words_are_there_and_replay_says_where_to_look(self) -> None:
        with tempfile.TemporaryDirectory() as desk:
            folder = Path(desk)
            written(folder)
            text = (folder / "report.html").read_text(encoding="utf-8")
            # The page as a browser without script shows it: noscript taken at its word.
            still = re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL)
            still = re.sub(r"</?noscript>", "", still)
            (folder / "still.html").write_text(still, encoding="utf-8")
            browser = chromium.Browser()
            try:
                browser.size(1300, 900)
                browser.open(folder / "still.html")
                shown = browser.run("return document.body.innerText")
                stage = browser.run(
                    "return document.getElementById('replay-stage').checkVisibility()"
                )
                figures = browser.run(
                    "return document.querySelectorAll('figure svg').length"
                )
            finally:
                browser.close()
        self.assertIn("The timeline among the charts shows the same runs", shown)
        self.assertFalse(stage)
        self.assertEqual(len(draw.wanted(stand_in.comparison())), figures)


if __name__ == "__main__":
    unittest.main()
