"""Claims about the report in a real browser: it asks for nothing, it moves, it prints."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from dataclasses import replace
from math import log10
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "charts")]

import axe  # noqa: E402
import chromium  # noqa: E402
import stand_in  # noqa: E402
from driver import page  # noqa: E402
from driver.ask import lesson as lessons  # noqa: E402
from driver.ask.guess import Guess  # noqa: E402
from driver.draw import draw  # noqa: E402
from driver.reckon import answer  # noqa: E402
from driver.run.folder import write_whole  # noqa: E402
from driver.say.sentences import interval_text  # noqa: E402
from driver.teach import handout  # noqa: E402

AXE = axe.source()
OUTCOMES = ("waiting", "under way", "ok", "rejected", "failed")
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

    def shown(self, part: str) -> int:
        """How many of these are seen of the slide that is shown."""
        return self.ask(
            "[...document.querySelectorAll('.current ' + arguments[0])]"
            ".filter((e) => e.checkVisibility({visibilityProperty: true})).length", part)  # fmt: skip

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
        self.browser.run(  # as where much is varied
            "document.querySelector('#replay-first option').textContent"
            " = 'fiber pool of 50 '.repeat(5)"
        )
        for width in (1300, 390):
            self.browser.size(width, 900)
            wide = self.ask("document.documentElement.scrollWidth")
            self.assertLessEqual(wide, width)
        high = self.ask("document.querySelector('#sliders-plot .name')"
                        ".getBoundingClientRect().height")  # fmt: skip
        self.assertGreater(high, 10, "the sliders' lettering is too small")

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

    def test_beside_it_stands_one_of_the_same_conditions(self) -> None:
        self.assertTrue(self.ask(
            "(() => { const r = window.replay, [first, second] = r.shown;"
            "const here = r.runs.filter((run) => run.tasks === first.tasks);"
            "const other = here.find((run) => run !== first && run !== second);"
            "here.forEach((run) => { run.alike = String(run === first || run === other); });"
            "r.offerRuns(); r.take(); return r.shown[1] === other; })()"))  # fmt: skip

    def test_each_tells_what_its_own_api_serves(self) -> None:
        told = "[window.replay.clock.capacity, window.replay.lanes.map((l) => l.recording.capacity)]"
        self.assertEqual([50, [50, 50]], self.ask(told))
        self.browser.run("window.replay.shown[1].capacity = 20; window.replay.take()")
        self.assertEqual([None, [50, 20]], self.ask(told))
        self.browser.run("window.replay.shown[1].capacity = null; window.replay.take()")
        self.assertEqual([None, [50, None]], self.ask(told))

    def test_tasks_that_may_wait_are_not_said_to_be_calls_that_are_served(self) -> None:
        calls = "Each square at the API is a call; a call that finds the API full"
        places = "window.replay.lanes.map(({scale}) => scale.places)"
        most = self.ask("Math.max(...window.replay.shown[0].slot) + 1")
        for waits, heads, told, room in (
            (False, ["at the API, which serves 50 at once", "turned away"], calls, 50),
            (True, ["tasks under way", "turned away in the end"],
             "Each square in the middle is a task under way", most),
        ):  # fmt: skip
            found = self.browser.run(
                "const [waits, most] = arguments, {replay} = window, found = [];"
                "const [lane] = replay.lanes, {heading} = lane;"
                "replay.shown[0].waits = waits; replay.shown[0].places = waits ? most : 50;"
                "replay.take(); lane.heading = (pen, room, words) => found.push(words);"
                "lane.draw(0); lane.heading = heading; return found", waits, most)  # fmt: skip
            self.assertEqual(heads, found[1:3])
            self.assertIn(told, self.words("#replay-help"))
            self.assertEqual(waits, "finds the API full" not in self.words("#replay-help"))
            self.assertEqual([room] * 2, self.ask(places))

    def test_there_are_places_for_all_calls(self) -> None:
        run = (
            "new Recording({name: '', look: 1, tasks: 4, retries: 0, capacity: 2,"
            " index: [0, 1, 1, 1], start: [0, 1, 1, 1], due: [], time: [9, 9, 9, 9],"
            " outcome: arguments[0], shed: [], never: [], alike: [], waits: arguments[1]},"
            " ['ok', 'rejected'])"
        )
        for outcomes, waits, places, away in (("0011", False, 2, 2), ("0001", False, 3, 1),
                                              ("0111", False, 2, 3), ("0111", True, 1, 3)):  # fmt: skip
            found = self.ask(f"(({{places, mostAway}}) => [places, mostAway])({run})",
                             outcomes, waits)  # fmt: skip
            self.assertEqual([places, away], found, outcomes)

    def samples(self, tasks: int, kind: str) -> list[tuple[float, float, float, str]]:
        """Of each task when it was due, began and ended, in microseconds, and how."""
        run = next(r for r in self.material.runs if r.samples and r.cell.tasks == tasks
                   and r.cell.design.kind == kind)  # fmt: skip
        lines = (self.folder / run.samples).read_text().splitlines()[1:]
        parts = [line.split(",") for line in lines]
        return [(*(float(at) / 1e3 for at in part[2:5]), part[6]) for part in parts]

    def test_at_any_moment_it_tells_what_was_recorded_until_then(self) -> None:
        for tasks, design in ((50, "pool of 5"), (500, "bounded threads")):
            with self.subTest(design):
                self.choose(tasks, "threads", design)
                self.assertEqual(["threads", design], self.names())
                kinds = ("threads", design.removesuffix(" of 5"))
                self.check_moments([self.samples(tasks, kind) for kind in kinds])
        self.choose(50, "threads", "pool of 5")
        self.assertEqual(5, self.ask("window.replay.shown[1].peak"))

    def check_moments(self, kinds: list[list[tuple[float, float, float, str]]]) -> None:
        events = sorted({at for tasks in kinds for task in tasks for at in task[:3]})
        # Between two of them that are apart, so that rounding decides nothing.
        gaps = [(a + b) / 2 for a, b in zip(events, events[1:]) if b - a > 4]
        whole = self.ask("window.replay.whole")
        for now in (*gaps[:: max(1, len(gaps) // 7)], max(whole, events[-1])):
            self.browser.run(f"window.replay.moveTo({now})")
            for lane, tasks in enumerate(kinds):
                over = [how for _, _, end, how in tasks if end <= now]
                told = {
                    "waiting": sum(due <= now < begin for due, begin, _, _ in tasks),
                    "under way": sum(begin <= now < end for _, begin, end, _ in tasks),
                    "ok": over.count("ok"), "rejected": over.count("rejected"), "failed": 0,
                }  # fmt: skip
                self.assertEqual(told, self.counts(lane), (now, lane))
                curve = self.ask(f"window.replay.shown[{lane}].curve")
                until_then = [0, *(n for at, n in curve if at <= now)]
                self.assertEqual(told["under way"], until_then[-1])

    def test_no_place_holds_two_calls_and_who_never_started_is_lost(self) -> None:
        for lane in (0, 1):
            slots = self.ask(
                f"(({{slot, start, end, away}}) => slot.map((s, i) =>"
                f" [away[i] ? -1 - s : s, start[i], end[i]]))(window.replay.shown[{lane}])"
            )
            free: dict[int, float] = {}
            for slot, start, end in slots:
                self.assertLessEqual(free.get(slot, 0), start)
                free[slot] = end
        self.assertEqual([[1, 1], [2, 2], [0, 5]], self.ask(
            "[5, 7, 10].map((at) => new Recording({name: '', look: 1, tasks: 6, retries: 0,"
            " index: [0], start: [0], due: [], time: [10], outcome: '0', shed: [3, 3, 5],"
            " never: [4, 3], alike: []}, ['ok'])"
            ".countsAt(at)).map((counts) => [counts.waiting, counts.failed])"
        ))  # fmt: skip

    def test_served_is_full_and_lost_is_hatched(self) -> None:
        told = self.browser.run(
            "const lane = window.replay.lanes[0], groups = [], rects = [];"
            "lane.recording.countsAt = () => ({waiting: 1, ok: 2, rejected: 3, failed: 4});"
            "lane.dots = (pen, room, those) => groups.push(those); lane.draw(0);"
            "const {start, end, away} = lane.recording, i = away.indexOf(false);"
            "const pen = {fillRect: (...box) => rects.push(box), fillText() {}};"
            "lane.call(pen, {x: 0, y: 0}, i, 16, 9, start[i] + 0.25 * (end[i] - start[i]));"
            "return [groups.map((those) => those.map(([n, tone]) =>"
            " [n, Object.keys(lane.tones).find((key) => lane.tones[key] === tone)])),"
            " rects[1][2] / rects[0][2]]"
        )
        dots = [[[1, "muted"]], [[2, "full"], [7, "lost"]]]
        self.assertEqual([dots, 0.25], told)

    def test_the_clock_shows_the_moment_and_the_places_of_the_api(self) -> None:
        width, level, foot, most, *ink = self.browser.run(
            "const {clock, whole} = window.replay, found = [];"
            "const words = clock.words, canvas = clock.canvas;"
            "clock.words = (...told) => { found.push(...told.slice(1));"
            " words.apply(clock, told); };"
            "clock.forget(); window.replay.moveTo(whole / 4);"
            "const row = canvas.getContext('2d').getImageData(0, 2, canvas.width, 1);"
            "const pixel = (x) => [0, 1, 2].map((part) =>"
            " row.data[4 * Math.round(x * canvas.width) + part]).join();"
            "return [found[0], found[2], found[1], Math.max(50, ...window.replay.shown.map("
            "(run) => run.peak)), pixel(0.25), pixel(0.26), pixel(0)]"
        )
        self.assertAlmostEqual(50 / (1.1 * most), (foot - level) / (foot - 4), 3)
        self.assertNotEqual(ink[0], ink[1])
        self.assertEqual(ink[1], ink[2])
        self.browser.run(
            "const clock = document.getElementById('replay-clock');"
            "const box = clock.getBoundingClientRect();"
            "clock.dispatchEvent(new PointerEvent('pointerdown',"
            " {clientX: box.left + box.width / 2}))"
        )
        whole = self.ask("window.replay.whole")
        self.assertAlmostEqual(whole / 2, self.now(), delta=whole / 100)

    def test_it_plays_as_fast_as_it_says_and_again_in_a_loop(self) -> None:
        whole = self.ask("window.replay.whole")
        tick = (
            "const r = window.replay; window.requestAnimationFrame = () => 0;"
            "r.moveTo(arguments[0]); r.playing = true; r.last = null;"
            "r.tick(1000); r.tick(1600); return r.now"
        )
        for speed in (-2, 0, 2):
            self.set("#replay-speed", speed)
            rate = whole / 12000 * 2**speed
            self.assertAlmostEqual(600 * rate, self.browser.run(tick, 0), delta=1)
            words = self.ask("document.getElementById('replay-rate').textContent")
            factor = float(re.sub(r"[^\d.]", "", words))
            self.assertGreaterEqual(factor, 1)
            slower = factor if words.startswith("slowed down") else 1 / factor
            self.assertAlmostEqual(1, slower * rate / 1000, delta=0.06)
        self.browser.run("document.getElementById('replay-loop').checked = true")
        self.assertAlmostEqual(600 * rate, self.browser.run(tick, whole), delta=1)
        self.browser.run("window.replay.moveTo(0)")
        at = [self.now()]
        for name in ("next", "next", "back"):
            self.browser.run(f"document.getElementById('replay-{name}').click()")
            at.append(self.now())
        self.assertTrue(at[0] <= at[1] < at[2] > at[3], at)

    def test_times_and_counts_are_told_as_in_the_charts(self) -> None:
        for seconds, told in ((0, "0 s"), (1.5, "1.5 s"), (0.0123, "12.3 ms"),
                              (0.9996, "1 s"), (12.3e-6, "12.3 µs"), (5e-9, "5 ns")):  # fmt: skip
            self.assertEqual(told, self.ask("duration(arguments[0])", seconds))
        self.assertEqual("10\u202f000", self.ask("count(9999.6)"))

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

    def test_a_slider_moves_the_clock(self) -> None:
        self.set("#replay-scrub", 0.5)
        whole = self.ask("window.replay.whole")
        self.assertAlmostEqual(whole / 2, self.now(), delta=whole / 1000)

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

    def test_for_who_wants_less_motion_it_plays_only_when_asked(self) -> None:
        self.browser.emulate(prefers_reduced_motion="reduce")
        self.browser.open(self.folder / "report.html")
        self.browser.wait("window.replay")
        self.assertFalse(self.ask("window.replay.playing"))
        self.assertTrue(self.ask("document.getElementById('replay-play').checkVisibility()"))
        self.browser.run("document.getElementById('replay-stage').focus()")
        self.browser.press(" ")
        self.assertTrue(self.ask("window.replay.playing"))

    def test_a_slider_is_read_out_as_it_is_shown(self) -> None:
        for slider, value, told in (
            ("[data-value=workers]", 3, "50"), ("[data-value=service_s]", 0, "1 ms"),
            ("[data-value=capacity]", 4, "unlimited"), ("#replay-scrub", 0, "0 s"),
            ("#replay-speed", 0, None),
        ):  # fmt: skip
            self.set(slider, value)
            shown, read = self.browser.run(
                "const slider = document.querySelector(arguments[0]);"
                "return [(slider.id ? slider.closest('label') : slider)"
                ".nextElementSibling.textContent, slider.ariaValueText]", slider)  # fmt: skip
            self.assertEqual(told or shown, shown)
            self.assertEqual(shown, read, slider)

    def test_the_time_is_not_read_out_while_it_plays(self) -> None:
        live = "document.getElementById('replay-time').ariaLive"
        self.browser.run("window.replay.moveTo(0); window.replay.play(true)")
        self.assertEqual("off", self.ask(live))
        self.browser.run("window.replay.play(false)")
        self.assertEqual("polite", self.ask(live))

    def test_what_does_not_move_is_drawn_once(self) -> None:
        still = "window.replay.clock.still === window.still"
        keep = "window.still = window.replay.clock.still;"
        # In one breath: the window may get its size only now, and that changes it.
        move = "window.replay.moveTo(500);"
        self.assertTrue(self.browser.run(f"{move} {keep} {move} return {still}"))
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

    def test_theory_stands_where_its_axes_say(self) -> None:
        lines, ends, marks, ticks, given = self.browser.run(
            "const t = window.theory, {given} = t, at = t.positions();"
            "const d = (key) => t.lines[key].path.getAttribute('d').split(',').at(-1);"
            "const found = (kind, ...names) => [...t.plot.querySelectorAll(kind)].map("
            " (one) => [...names.map((name) => Number(one.getAttribute(name))),"
            " one.textContent]);"
            "const {service_s: s, create_s: c} = at;"
            "return [[d('threads'), d('pool')].map(Number),"
            " [given.threads[s][c], given.pool[s][c][at.workers]].map((line) =>"
            " line.at(-1)), t.marks.map(({x, y, drawn}) => [x, y,"
            " drawn.getAttribute('style') + drawn.getAttribute('class'),"
            " drawn.getAttribute('class')]), found('text', 'x', 'y'),"
            " {marks: given.marks, accepted: given.accepted[s][c], at}]"
        )
        at = {words: (x, y) for x, y, words in ticks}
        self.assertIn("wall time by the program's own clock", at)
        one, ten = at["1 s"][1] - 6, at["10 s"][1] - 6
        self.assertLess(ten, one)  # later is further up

        def y(seconds: float) -> float:
            return one + (ten - one) * log10(seconds)

        for line, seconds in zip(lines, ends):
            self.assertAlmostEqual(y(seconds), line, delta=0.2)
        hundred, thousand = at["100"][0], at["1\u202f000"][0]
        for mark, (left, top, looks, drawn) in zip(given["marks"], marks, strict=True):
            share = log10(mark["tasks"]) - 2
            # Beside its place by steps of 7 %: one, as no more than three stand there.
            aside = (left - hundred - share * (thousand - hundred)) / (
                (thousand - hundred) * log10(1.07))  # fmt: skip
            self.assertAlmostEqual(0, aside - round(aside), delta=0.02)
            self.assertLessEqual(abs(aside), 1.02)
            self.assertAlmostEqual(y(mark["seconds"]), top, delta=0.2)
            self.assertEqual("mark hollow" if mark["ok"] else "mark", drawn)
            near = {other for x, at, other, _ in marks
                    if abs(at - top) < 14 and abs(x - left) < 6}  # fmt: skip
            self.assertEqual({looks}, near, "one mark covers another")
        lossy = [s for s in self.material.cells if s.share_ok < 0.9]
        self.assertTrue(0 < len(lossy) == sum(mark["ok"] != "" for mark in given["marks"]))
        self.assertEqual({5, 7, 9, 13}, {mark["shape"] for mark in given["marks"]})
        words = "document.getElementById('sliders-words').textContent"
        values = self.ask("window.theory.given.values")
        fifty = values["capacity"].index(50)
        self.set("[data-value=capacity]", fifty)
        place = given["at"]["tasks"]
        lost = values["tasks"][place] - given["accepted"][fifty][place]
        told = self.ask(words).replace("\u202f", "")
        self.assertGreater(lost, 0)
        self.assertIn(f"lose {round(lost)} of them", told)
        most = given["at"]["tasks"]
        for workers, tasks, told in (
            (50, most, " and loses none. Threads take"),
            (100, most, "makes up to 50 more calls at once than the API serves"),
            (1000, 0, "loses none. Threads take 10.3 ms and lose none"),
        ):  # fmt: skip
            self.set("[data-value=workers]", values["workers"].index(workers))
            self.set("[data-value=tasks]", tasks)
            self.assertIn(told, self.ask(words))

    def test_a_line_of_theory_has_the_colour_of_its_design(self) -> None:
        for workers, told in ((5, 3), (50, 2), (200, None)):
            sizes = self.ask("window.theory.given.values.workers")
            self.set("[data-value=workers]", sizes.index(workers))
            line, name = self.ask(
                "(({path, name}) => [path.getAttribute('stroke'), name.style.fill])"
                "(window.theory.lines.pool)")  # fmt: skip
            found = [f"var(--{part}-{told})" if told else "var(--ink)"
                     for part in ("colour", "letter")]  # fmt: skip
            self.assertEqual(found, [line, name], workers)

    def test_no_line_of_theory_is_cut_off(self) -> None:
        for key, index in (("workers", 0), ("service_s", 4), ("create_s", 4)):
            self.set(f"[data-value={key}]", index)
            line, seconds = self.browser.run(
                "const t = window.theory, at = t.positions();"
                "return [t.lines.pool.points.map((point) => point[1]),"
                " t.given.pool[at.service_s][at.create_s][at.workers]]"
            )
            first, middle, last = 0, len(line) // 2, len(line) - 1
            lower, upper = ((line[a] - line[b]) / log10(seconds[b] / seconds[a])
                            for a, b in ((first, middle), (middle, last)))  # fmt: skip
            self.assertAlmostEqual(lower, upper, delta=1, msg=key)
            self.assertGreater(line[-1], 46)  # within the frame

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

    def test_no_name_of_a_mark_touches_a_line_or_another(self) -> None:
        faults = self.browser.run(
            "const t = window.theory, faults = [], told = [], all = [];"
            "const most = (name) => t.given.values[name].length;"
            "const set = (name, value) =>"
            " { t.inputs.find((one) => one.dataset.value === name).value = value; };"
            "for (const one of t.plot.querySelectorAll('.told, .name, .mark')) {"
            " if (one.matches('.mark') || one.textContent) all.push(one);"
            " if (one.matches('.told') && one.textContent) told.push(one); }"
            "const inside = (box, {x, y}) => box.x < x && x < box.x + box.width"
            " && box.y < y && y < box.y + box.height;"
            "const meet = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width"
            " && a.y < b.y + b.height && b.y < a.y + a.height;"
            "const covers = (name) => { const box = name.getBBox();"
            " return all.some((one) => one !== name && meet(box, one.getBBox()))"
            " || [t.tasks, t.lines.threads.path, t.lines.pool.path].some((path) => {"
            " for (let at = 0; at < path.getTotalLength(); at += 6) {"
            " if (inside(box, path.getPointAtLength(at))) return true; } }); };"
            "for (let w = 0; w < most('workers'); w += 1)"
            " for (let s = 0; s < most('service_s'); s += 1)"
            " for (let c = 0; c < most('create_s'); c += 2)"
            " for (const n of [t.given.at.tasks, most('tasks') / 2 | 0]) {"
            " set('workers', w); set('service_s', s); set('create_s', c); set('tasks', n);"
            " t.draw(); faults.push(...told.filter((name) => covers(name)"
            " || !name.checkVisibility({visibilityProperty: true}))"
            ".map((name) => [name.textContent, w, s, c, n].join(' '))); }"
            "return [told.length, faults]"
        )
        self.assertEqual([2, []], faults)


class Slides(InBrowser):
    """A lecture by keys alone."""

    def setUp(self) -> None:
        self.open()
        self.browser.size(1280, 720)  # of a projector
        self.browser.wait("window.replay")
        self.browser.press("f")

    def current(self) -> str | None:
        return self.ask("document.querySelector('.current')?.id ?? null")

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
            "const picture = document.querySelector('.current .picture');"
            "const box = picture.getBoundingClientRect();"
            "picture.dispatchEvent(new MouseEvent('click', {bubbles: true,"
            " clientX: box.left + box.width / 4, clientY: box.top + box.height / 2}))"
        )
        places = self.ask("[...document.querySelectorAll('.current .guess')].map((dot) =>"
                          " [parseFloat(dot.style.left), parseFloat(dot.style.top)])")  # fmt: skip
        for told, found in zip(((20, 48.5), (21, 48.5), (25, 50)), places, strict=True):
            for one, other in zip(told, found):
                self.assertAlmostEqual(one, other, delta=0.3)
        box = "const {x, y, width} = document.querySelector('.current .picture')"
        stands = []
        for _ in range(3):
            self.assertEqual((3, "slide"), (self.shown(".guess"), self.current()))
            stands.append(self.browser.run(f"{box}.getBoundingClientRect();"
                                           " return [x, y, width];"))  # fmt: skip
            self.browser.press("ArrowRight")
        self.assertEqual([stands[0]] * 3, stands)  # the guesses lie on the picture
        self.assertNotEqual("slide", self.current())
        self.browser.press("ArrowLeft")
        self.assertEqual((3, "slide"), (self.shown(".guess"), self.current()))

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

    def test_keys_go_where_they_say_and_those_of_others_are_left_alone(self) -> None:
        ids = self.ask("[...document.querySelectorAll('[data-slide]')].filter((one) =>"
                       " !one.querySelector(':scope > .warning')).map((one) => one.id)")  # fmt: skip
        self.browser.press("End")
        self.assertEqual(ids[-1], self.current())
        self.browser.press("Home")
        self.assertEqual(ids[0], self.current())
        press = (
            "const [key, selector, ctrlKey] = arguments;"
            "document.querySelector(selector).dispatchEvent("
            "new KeyboardEvent('keydown', {key, bubbles: true, ctrlKey}))"
        )
        for key, place in (("PageDown", 1), ("PageUp", 0)):
            for _ in range(3):
                self.browser.run(press, key, "body", False)
            self.assertEqual(ids[place], self.current())
        self.assertEqual(1, self.shown(".question"))
        for selector, ctrl in (("body", True), ("#replay-speed", False)):
            self.browser.run(press, "End", selector, ctrl)
            self.assertEqual(ids[0], self.current(), selector)

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
        self.assertEqual((0, True), (self.shown(".found"), self.shown(".theory") > 0))

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
        spoilt, samples = (
            tuple(replace(cell, varied={**cell.varied, EVIL: EVIL}) for cell in cells)
            for cells in (asked.cells, asked.samples)
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
