"""Every chart is drawn, whatever the experiment and however little was measured."""

from __future__ import annotations

import contextlib
import html
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent))

import stand_in  # noqa: E402
from driver import page  # noqa: E402
from driver.ask import declaration  # noqa: E402
from driver.ask.experiment import Experiment, list_experiments  # noqa: E402
from driver.ask.figures import OUTCOMES  # noqa: E402
from driver.ask.typed import AskError  # noqa: E402
from driver.draw import draw, gnuplot  # noqa: E402
from driver.draw.chart import Chart, ChartError, fit_title  # noqa: E402
from driver.draw.material import Pair  # noqa: E402
from driver.reckon.summarise import summarise  # noqa: E402

# What an experiment of somebody's own may change.
WORLDS: dict[str, dict[str, object]] = {
    "poisson": {"arrivals": "poisson:2000/s"},
    "lognormal": {"distribution": "lognormal"}, "error-rate": {"error-rate": "5%"},
    "attempts": {"attempts": 3},
}  # fmt: skip


def png_rows(path: Path) -> list[bytes]:
    """The scan lines of a PNG, as packed: enough to tell a blank picture."""
    data, packed, at = path.read_bytes(), b"", 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += 12 + length
    height = struct.unpack(">I", data[20:24])[0]
    raw = zlib.decompress(packed)
    wide = len(raw) // height
    return [raw[row * wide : (row + 1) * wide] for row in range(height)]


class Desk(unittest.TestCase):
    """A results folder for a test; every chart in it is without a problem."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def drawn(self, experiment: Experiment, kinds=("svg",), **kw) -> dict[str, Chart]:
        m = stand_in.material(self.folder, experiment, **kw)
        return self.sound(
            draw.draw(self.folder, experiment, m.runs, m.summaries, kinds)
        )

    def built(self, experiment: Experiment, **kw) -> dict[str, Chart]:
        """The same without pictures."""
        m = stand_in.material(self.folder, experiment, **kw)
        names = draw.wanted(self.folder, experiment, m.summaries)
        return self.sound([draw.build(name, m) for name in names])

    def sound(self, found: list[Chart]) -> dict[str, Chart]:
        for chart in found:
            with self.subTest(chart=chart.name):
                self.assertIsNone(chart.problem)
        return {chart.name: chart for chart in found}


class EveryExperiment(Desk):
    def test_every_chart_that_it_names_is_drawn(self) -> None:
        for name in list_experiments(stand_in.FOLDER):
            with self.subTest(experiment=name):
                for chart in self.drawn(stand_in.load(name, quick=True), n=3).values():
                    self.assertTrue(chart.title and chart.caption and chart.alt)

    def test_in_every_world_it_has_words_or_gives_way_to_the_sweep(self) -> None:
        for name in list_experiments(stand_in.FOLDER):
            for world, overrides in WORLDS.items():
                with self.subTest(experiment=name, world=world):
                    asked = stand_in.load(name, quick=True, **overrides)
                    for chart in self.built(asked, n=1).values():
                        self.assertTrue(chart.title and chart.caption and chart.alt)

    def test_any_number_of_runs_is_enough(self) -> None:
        few = stand_in.load("comparison", tasks=[50, 500])
        for n in (0, 1):  # all others have an interval, and so all experiments above
            with self.subTest(n=n):
                self.drawn(few, n=n)
        for n in (2, 6):
            self.assertNotIn("only run", self.built(few, n=n)["memory"].title)

    def test_everything_lost_and_nothing_lost(self) -> None:
        asked = stand_in.four(["slide", "wall-time", "goodput", "outcomes", "sweep"])
        lost = {c.name: {"outcomes": {"ok": 0, "rejected": c.tasks}} for c in asked.cells}
        for chart in self.drawn(asked, changes=lost).values():
            if chart.name not in draw.ALWAYS:
                self.assertIn("every design loses 100 %", chart.title)
        unlimited = stand_in.load("comparison", **{"api-capacity": None})
        self.assertRegex(self.built(unlimited)["slide"].title, "^All 10.000 tasks are se")

    def test_a_slide_shows_as_many_designs_as_there_are(self) -> None:
        # Only some of them have runs of more than 10 000 tasks.
        slide = self.drawn(stand_in.load("runtimes"), n=3)["slide"]
        self.assertEqual(6, len(slide.settings["row_name"]))
        self.assertRegex(slide.title, "^With 10.000 tasks")
        wide = slide.settings["column_x"][1] - slide.settings["column_x"][0]
        self.assertLess(slide.settings["bar"], wide - 50)

    def test_a_point_of_theory_is_only_in_the_panels_that_it_is_of(self) -> None:
        asked = stand_in.load("pool-size", tasks=[500, 10000], workers=[200, 500, 1000],
                              **{"service-time": "1ms"})  # fmt: skip
        chart = self.drawn(asked, n=3)["pool-size"]
        self.assertEqual([2], chart.settings["point_panel"])

    def test_a_panel_without_theory_may_stand_beside_one_with_it(self) -> None:
        text = 'question = "?"\ncharts = ["wall-time"]\n[[cells]]\ndesign = "threads"\n'
        text += '[[cells]]\ndesign = "pool of 2"\narrivals = "fixed:100/s"\n'
        chart = self.drawn(stand_in.read(text))["wall-time"]
        self.assertEqual([1], chart.settings["curve_panel"])

    def test_a_run_that_hung_has_no_time_and_no_colour(self) -> None:
        asked = stand_in.four(["wall-time"])
        m = stand_in.material(self.folder, asked)
        hung = replace(m.runs[-1], hyperfine=None, record=None, problem="it hung")
        runs = (*m.runs[:-1], hung)
        self.sound(draw.draw(self.folder, asked, runs, summarise(asked, runs), ("svg",)))

    def test_one_design_and_five(self) -> None:
        cells = '[[cells]]\ndesign = "{0}"\n[[samples]]\ndesign = "{0}"\n'
        designs = ["threads", "bounded threads of 7", "pool of 3", "mutex pool of 4",
                   "fiber pool of 2"]  # fmt: skip
        for count in (1, 5):
            text = 'question = "?"\ncharts = ["slide", "wall-time", "memory", "outcomes", '
            text += '"timeline", "in-flight", "latency", "sweep"]\n'
            text += "".join(cells.format(d) for d in designs[:count])
            self.drawn(stand_in.read(text))


# An override of the command line, and the chart that is drawn then; or why none is.
CHANGED: list[tuple[str, dict[str, Any], str]] = [
    ("winner", {"workers": [5, 50]}, "winner"),
    ("winner", {"service-time": "10ms"}, "winner"),
    ("cancel", {"tasks": [1000, 10000]}, "cancel"),
    ("load", {"workers": [20]}, "sweep"),
    ("load", {"distribution": "fixed"}, "sweep"),
    ("load", {"arrivals": ["poisson:1200/s"]}, "sweep"),
    ("comparison", {"arrivals": "poisson:2000/s"}, "in-flight"),
    ("comparison", {"workers": [1, 2, 4, 8, 16, 32], "tasks": [50, 500]}, "sweep"),
    ("comparison", {"workers": [1, 2, 4, 8, 16, 32]}, "has room for 6, and here are 8"),
    ("comparison", {"api-capacity": None}, "slide"),
    ("comparison", {"api-capacity": [20, 50]}, "slide"),
    ("comparison", {"service-time": ["1ms", "10ms"]}, "wall-time"),
    ("pool-size", {"tasks": [500, 10000]}, "pool-size"),
    ("pool-size", {"tasks": [20, 10000]}, "pool-size"),
    ("pool-size", {"workers": [50]}, "sweep"),
    ("memory", {"tasks": [500]}, "sweep"),
    ("hang", {"hang-rate": None}, "sweep"),
    ("retry-storm", {"api-outage": None}, "sweep"),
    ("rate-limit", {"api-rate": None}, "sweep"),
    ("silent", {"error-rate": ["1%", "5%"]}, "believed"),
]  # fmt: skip
FILE = """
question = "?"
charts = ["{}"]
[[cells]]
design = "threads"
{}
[[cells]]
design = "pool of 50"
{}
"""
REFUSED = [
    ("wal-time", "", "chart 'wal-time' is none of believed, cancel"),
    ("timeline", "", "chart 'timeline' shows recorded tasks: it needs [[samples]]"),
    ("descriptors", "", "chart 'descriptors' shows connections: it needs [[cells]] with"),
    ("load", "", "chart 'load' is about --arrivals: each cell must set it"),
    ("rate-limit", "", "chart 'rate-limit' is about --api-rate: each cell must set it"),
    ("winner", 'service-time = "1ms"\ntimeout = ["1s", "2s"]',
     "chart 'winner' has one mark for each of design, tasks, service-time"),
    ("pool-size", "", "chart 'pool-size' needs 3 or more different values of workers"),
]  # fmt: skip


class Theory(Desk):
    def test_a_curve_is_drawn_only_in_a_panel_of_its_own_figure(self) -> None:
        for figure, behind in (("wall_s", True), ("goodput_per_s", True),
                               ("threads", False), ("rss_bytes", False)):  # fmt: skip
            text = FILE.format("sweep", "", "")
            text = text.replace("charts", f"figure = '{figure}'\ncharts")
            chart = self.built(stand_in.read(text + "tasks = [50, 500]\n"))["sweep"]
            self.assertEqual(behind, chart.behind > 0, figure)


class Asked(Desk):
    """What an experiment's cells cannot bear is said before anything is measured."""

    def test_a_changed_experiment_has_true_charts_or_is_refused(self) -> None:
        for name, overrides, told in CHANGED:
            with self.subTest(name=name, **overrides):
                try:
                    asked = stand_in.load(name, **overrides)
                except AskError as refused:
                    self.assertIn(told, str(refused))
                    continue
                self.assertIn(told, asked.charts)
                self.assertLessEqual(told == "sweep", bool(asked.notes))
                self.built(asked)

    def test_a_file_that_asks_in_vain_is_refused_in_one_line(self) -> None:
        for chart, options, told in REFUSED:
            with self.subTest(chart=chart), self.assertRaises(AskError) as refused:
                stand_in.read(FILE.format(chart, options, options))
            self.assertIn(told, str(refused.exception))
            self.assertNotIn("\n", str(refused.exception))


class Files(Desk):
    """All charts of one comparison, as files: drawn once for all that is claimed."""

    @classmethod
    def setUpClass(cls) -> None:
        desk = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.folder = Path(desk) / "it's a \"folder\", with commas"
        cls.folder.mkdir()
        m = stand_in.material(cls.folder, asked := stand_in.four())
        kinds = ("svg", "png", "pdf")
        cls.found = draw.draw(cls.folder, asked, m.runs, m.summaries, kinds)

    def setUp(self) -> None:
        self.charts = self.sound(self.found)

    def test_they_are_whole_and_say_what_they_are(self) -> None:
        seen: set[str] = set()
        for name, chart in self.charts.items():
            with self.subTest(chart=name):
                self.assertEqual({"svg", "png", "pdf", "settings"}, set(chart.files))
                picture = self.folder / chart.files["png"]
                head = picture.read_bytes()[16:24]
                self.assertEqual((1600, 900), struct.unpack(">II", head))
                self.assertGreater(len(set(png_rows(picture))), 50, "blank")
                text = (self.folder / chart.files["svg"]).read_text(encoding="utf-8")
                self.assertEqual(1, text.count("<title"))
                self.assertTrue(f">{html.escape(chart.title)}</title>" in text)
                self.assertFalse("Gnuplot" in text)
                ids = set(re.findall(r"""\bid=["']([^"']+)""", text))
                self.assertFalse(ids & seen)
                seen |= ids
                for used in re.findall(r"""(?:href=["']#|url\(#)([^"')]+)""", text):
                    self.assertIn(used, ids)
        self.assertFalse(list(self.folder.rglob(".*.tmp")))

    def test_a_caption_has_three_sentences_at_most_and_begins_with_the_title(self) -> None:
        for chart in self.charts.values():
            self.assertTrue(chart.caption.startswith(f"{chart.title}."))
            rest = chart.caption.removeprefix(f"{chart.title}.")
            self.assertLessEqual(len(re.findall(r"\.(?: |$)", rest)), 2, chart.name)

    def test_what_came_out_can_be_hidden_and_the_question_cannot(self) -> None:
        for name in ("wall-time", "memory", "outcomes", "latency", "slide"):
            text = (self.folder / f"charts/{name}.svg").read_text(encoding="utf-8")
            shown = re.sub(r'<text class="(?:found|theory)">.*?</text>', "", text)
            written = " ".join(re.findall(r"<text[^>]*>(.*?)</text>", shown))
            chart = self.charts[name]
            self.assertFalse(any(line in written for line in fit_title(chart.title)[1]))
            for row in chart.rows:
                for value in (cell for cell in row if "[" in cell):
                    self.assertNotIn(value, written, name)
            self.assertRegex(text, r'<g class="found" id="[^"]*plot_')

    def test_a_system_without_links_draws_the_same(self) -> None:
        name, chart = next(iter(self.charts.items()))
        picture = self.folder / chart.files["svg"]
        before = picture.read_bytes()
        picture.unlink()
        with patch.object(Path, "symlink_to", side_effect=PermissionError(1, "No links")):
            gnuplot.draw(chart, self.folder, ["svg"])
        self.assertEqual(before, picture.read_bytes(), name)

    def test_what_libraries_say_costs_no_chart(self) -> None:
        """Some warn of their own settings, in whatever program they are."""
        chart = next(iter(self.charts.values()))
        tools = self.folder / "tools"
        tools.mkdir()
        for said, is_drawn in (
            ("Fontconfig warning: using without calling FcInit()", True),
            ("ERROR: ld.so: object 'x' from LD_PRELOAD cannot be preloaded", True),
            ("warning: Skipping data file with no valid points", False),
        ):
            script = f'#!/bin/sh\necho "{said}" >&2\nexec {shutil.which("gnuplot")} "$@"\n'
            (tools / "gnuplot").write_text(script)
            (tools / "gnuplot").chmod(0o755)
            path = os.pathsep.join((str(tools), os.environ["PATH"]))
            with self.subTest(said), patch.dict(os.environ, PATH=path):
                if is_drawn:
                    gnuplot.draw(chart, self.folder, ["svg"])
                else:
                    with self.assertRaisesRegex(ChartError, "no valid points"):
                        gnuplot.draw(chart, self.folder, ["svg"])
        # Nor does TMPDIR=., though gnuplot runs elsewhere.
        with contextlib.chdir(self.folder), patch.object(tempfile, "tempdir", "."):
            gnuplot.draw(chart, self.folder, ["svg"])

    def test_a_place_for_drafts_that_is_full_is_told_of_the_chart(self) -> None:
        name, chart = next(iter(self.charts.items()))
        full = OSError(28, "No space left on device")
        with patch.object(tempfile, "mkdtemp", side_effect=full):
            with self.assertRaisesRegex(ChartError, "cannot draw: No space left"):
                gnuplot.draw(chart, self.folder, ["svg"])

    def test_the_command_of_each_chart_draws_it_again(self) -> None:
        for name, chart in self.charts.items():
            command = gnuplot.command_line(name, chart.script, str(self.folder))
            command = command.replace(f"{name}.svg", f"{self.folder.parent}/again.svg")
            done = subprocess.run(
                command, shell=True, cwd=stand_in.ROOT, capture_output=True, text=True
            )
            self.assertEqual((0, ""), (done.returncode, done.stderr), command)
            again = self.folder.parent / "again.svg"
            self.assertIn("</svg>", again.read_text(encoding="utf-8"))


# What gnuplot draws as an arrow or an object cannot be hidden: all of these are asked.
ALWAYS_SEEN = {
    "in-flight": "the API's capacity", "plan": "the target", "slide": "empty frames",
    "ratios": "a ratio of 1, and what is near it", "strips": "the time of one task",
    "retry-storm": "when the API is out, what arrives, and until when",
}  # fmt: skip
# Of a chart: the options that make it tell something of this kind, and a piece of it.
HIDDEN = [
    ("hang", "hang", {"distribution": "exponential"}, "theory", "Graham: "),
    ("winner", "winner", {}, "theory", ""),
    ("hang", "outcomes", {}, "found", "ok"),
    ("runtimes", "wall-time", {}, "found", "goroutines  "),
]  # fmt: skip
# Charts whose names could stand where something came out.
NAMED = [
    ("comparison", "latency", "threads"), ("retry-storm", "retry-storm", "threads"),
    ("comparison", "in-flight", "bounded threads"),
]  # fmt: skip


class BeforeTheGuess(Desk):
    """On a slide the class sees what is asked, and nothing of what came out."""

    def test_no_arrow_and_no_object_tells_an_answer(self) -> None:
        scripts = declaration.PLOTS.glob("*.gp")
        drawing = {s.stem for s in scripts if re.search(r"set (arrow|object)", s.read_text())}
        self.assertEqual(set(ALWAYS_SEEN), drawing)

    def test_words_and_lines_that_tell_something_are_hidden(self) -> None:
        for experiment, name, options, kind, words in HIDDEN:
            with self.subTest(experiment, chart=name):
                m = stand_in.material(self.folder, stand_in.load(experiment, **options))
                chart = draw.build(name, m)
                gnuplot.write_data(m.tables_of(chart.shown), self.folder / "charts")
                chart = gnuplot.draw(chart, self.folder, ("svg",))
                text = (self.folder / chart.files["svg"]).read_text(encoding="utf-8")
                drawn = re.search(rf'<g class="{kind}" id="\S+" >\s*<g', text)
                self.assertTrue(drawn, "nothing of its kind is drawn")
                told = re.findall(r"<text([^>]*)>([^<]*)</text>", text)
                shown = [w for how, w in told if words and w.startswith(words)
                         and f'class="{kind}"' not in how]  # fmt: skip
                self.assertEqual([], shown)
                self.assertTrue(any(w.startswith(words) for _, w in told))

    def test_names_where_something_came_out_stand_at_the_question_instead(self) -> None:
        for experiment, name in ("shapes", "shapes"), ("comparison", "wall-time"):
            chart = draw.build(name, stand_in.material(
                self.folder, stand_in.load(experiment)))  # fmt: skip
            named = {row[0].partition(" (")[0] for row in chart.rows}
            self.assertEqual(named, set(chart.designs))
            told = [word for names in ("label_name", "label_value", "row_name")
                    for word in chart.settings.get(names, ())]  # fmt: skip
            self.assertEqual(set(), set(told) - chart.answers, name)

    def test_an_axis_keeps_a_number_that_is_an_answer_elsewhere(self) -> None:
        m = stand_in.material(self.folder, stand_in.load("real"))
        chart = draw.build("descriptors", m)
        numbers = re.findall(r'"([^"]*)" ', " ".join(chart.settings["panel_tics"]))
        self.assertTrue(chart.answers & set(numbers), "no number is both")
        gnuplot.write_data(m.tables_of(chart.shown), self.folder / "charts")
        chart = gnuplot.draw(chart, self.folder, ("svg",))
        text = (self.folder / chart.files["svg"]).read_text(encoding="utf-8")
        shown = re.findall(r"<text>([^<]*)</text>", text)
        for number in set(numbers):
            self.assertEqual(numbers.count(number), shown.count(number), number)

    def test_a_name_stands_where_it_stands_whatever_came_out(self) -> None:
        afresh = stand_in._played.__wrapped__  # its cache knows nothing of CREATE_S
        for experiment, name, asked in NAMED:
            found = []
            for create_s in (stand_in.CREATE_S, 3e-3):
                with (patch.object(stand_in, "CREATE_S", create_s),
                      patch.object(stand_in, "_played", afresh)):  # fmt: skip
                    m = stand_in.material(self.folder, stand_in.load(experiment))
                chart = draw.build(name, m)
                gnuplot.write_data(m.tables_of(chart.shown), self.folder / "charts")
                chart = gnuplot.draw(chart, self.folder, ("svg",))
                text = (self.folder / chart.files["svg"]).read_text(encoding="utf-8")
                found.append(re.findall(
                    r'"translate\(([\d.]+),([\d.]+)\)"[^>]*>\s*<text(?! class)[^>]*>'
                    rf"(?:<[^>]*>|\s)*{asked}[ <]", text
                ))  # fmt: skip
            self.assertTrue(found[0], name)
            for places in zip(*found, strict=True):
                for one, other in zip(*places):  # the heading may take another line
                    self.assertAlmostEqual(float(one), float(other), delta=12, msg=name)


class OnRequest(Desk):
    def test_draw_makes_a_pdf_of_each_chart_where_that_is_asked_for(self) -> None:
        one = shutil.copytree(stand_in.ROOT / "tests/golden/few", self.folder / "one")
        two = shutil.copytree(one, self.folder / "two")
        facts = json.loads((two / "environment.json").read_text())
        (two / "environment.json").write_text(json.dumps(facts | {"seed": 2}))
        self.told("collect", "--out", self.folder, one, two)
        (of_class,) = self.folder.glob("*-class")
        self.told("draw", one)  # as the class has been drawn by now
        for asked in False, True:
            for folder in one, of_class:
                if asked:
                    self.told("draw", "--pdf", folder)
                there = [path.suffix for path in (folder / "charts").iterdir()]
                self.assertTrue(pictures := there.count(".png"))
                self.assertEqual(there.count(".pdf"), pictures if asked else 0)

    def told(self, *words: object) -> None:
        done = subprocess.run(
            [stand_in.ROOT / "bench/run", *map(str, words)], capture_output=True
        )
        self.assertEqual(0, done.returncode, done.stderr)


# What a reader is told of a figure, and of which figures a curve of theory speaks.
SPOKEN = {
    "believed_ok": "believes", "ok": "served", "rejected": "turned away", "calls": "served",
    "stop_s": "stop", "goodput_per_s": "per second|how many workers",
    "queue_wait_p90_s": "one task in ten", "queue_wait_p99_s": "one task in a hundred",
    "latency_mean_s": "mean latency", "rss_bytes": "memory|three figures",
    "wall_s": "ruler|it take|best pool size|keep still|do you pay|long do|faster,", "inner_wall_s": "time",
    "resident_bytes": "thread cost", "kernel_stack_bytes": "thread cost",
    "page_table_bytes": "thread cost", "slab_bytes": "thread cost",
}  # fmt: skip
CURVE_OF = {
    "wall": ("wall_s", "inner_wall_s"), "goodput": ("goodput_per_s",), "accepted": ("ok",),
    "rounds": ("wall_s",), "creating": ("wall_s",), "wait": ("queue_wait_p90_s",),
    "short-run wait": ("queue_wait_p90_s",), "lost": ("rejected",),
    "latency": ("latency_mean_s",),
}  # fmt: skip


class EveryDeclaration(Desk):
    def test_it_shows_what_its_words_speak_of(self) -> None:
        for name in declaration.known():
            chart = declaration.load(name)
            told = " ".join([chart.question, *chart.words.values()]).lower()
            for figure in chart.y:
                if name == "outcomes":  # all there are
                    self.assertEqual(set(OUTCOMES), set(chart.y))
                else:
                    self.assertRegex(told, SPOKEN.get(figure, figure), name)
            for curve in chart.curves:
                if chart.family == "spread":
                    self.assertIn(f"every task that is {curve};", told, name)
                elif chart.y:
                    self.assertTrue({*CURVE_OF[curve]} & {*chart.y}, (name, curve))

    def test_a_mistake_is_told_when_it_is_read(self) -> None:
        whole = 'family = "scatter"\nquestion = "?"\n'
        for text, told in (
            ('y = ["okk"]', "mine.toml: y 'okk' is none of ok, rejected, .*, wall_s"),
            ('[words]\nmore = "{bse}"', "more: name 'bse' is none of who, base"),
            ('[words]\nmore = "{base"', "'{base': expected '}'"),
        ):  # fmt: skip
            (self.folder / "mine.toml").write_text(whole + text, encoding="utf-8")
            with self.assertRaisesRegex(AskError, told):
                declaration.load("mine", self.folder)
        for x, told in (("foo", "has x = 'foo', which is none of tasks, workers, load, "),
                        ("api-queue", "api-capacity"), ("api-capacity", "^$")):  # fmt: skip
            made = declaration.Declaration("mine", "scatter", "?", x)
            self.assertRegex(declaration.refusal(made, stand_in.four()), told)

    def test_an_outcome_may_stand_first(self) -> None:
        m = stand_in.material(self.folder, stand_in.four())
        for family, y in (("scatter", ("ok", "wall_s")), ("scatter", ("rejected",)),
                          ("bars", ("rejected",)), ("strips", ("ok",))):  # fmt: skip
            made = declaration.Declaration("mine", family, "?", y=y)
            self.assertRegex(draw.FAMILIES[family](draw.View(m, made)).title,
                             "tasks served|tasks turned away|tell")  # fmt: skip

    def test_it_can_be_read_and_its_words_can_be_filled(self) -> None:
        m = stand_in.material(self.folder, stand_in.four())
        view = draw.View(m, declaration.load("wall-time"))
        pair = Pair(m.cells[0], m.cells[0])
        known = draw.words.facts(view, view.panels[0], pair, None)
        self.assertEqual(set(declaration.TEMPLATE), set(known))
        for name in declaration.known():
            chart = declaration.load(name)
            self.assertTrue(chart.question and chart.words.get("read"), name)
            for key, words in chart.words.items():
                if key not in ("line", "point"):
                    words.format_map(known)

    def test_a_report_explains_what_its_charts_show(self) -> None:
        for name, times in (("latency", 1), ("memory", 0)):
            with tempfile.TemporaryDirectory() as desk:
                m = stand_in.material(Path(desk), stand_in.four([name]))
                what = (m.folder, m.experiment, m.runs, m.summaries)
                text = page.write(*what, draw.draw(*what), {}).read_text(encoding="utf-8")
                self.assertEqual(times, text.count("<dt>Share that is done"))

    def test_a_report_says_whether_its_calls_are_simulated(self) -> None:
        for name, simulated, real in (
            ("comparison", "The calls are simulated:", 0),
            ("real", "Where the calls are simulated:", 1),
        ):
            with self.subTest(name), tempfile.TemporaryDirectory() as desk:
                m = stand_in.material(Path(desk), stand_in.load(name))
                what = (m.folder, m.experiment, m.runs, m.summaries)
                text = page.write(*what, [], {}).read_text(encoding="utf-8")
                self.assertEqual(1, text.count(simulated))
                self.assertEqual(real, text.count("Where they are real"))

    def test_a_script_without_a_chart_is_a_family_or_a_part_of_one(self) -> None:
        scripts = {path.stem for path in declaration.PLOTS.glob("*.gp")}
        charts = {path.stem for path in declaration.PLOTS.glob("*.toml")}
        self.assertLessEqual(scripts - charts, {*declaration.ROOM, "style", "ratios"})


if __name__ == "__main__":
    unittest.main()
