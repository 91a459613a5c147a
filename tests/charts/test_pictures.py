"""Every chart is drawn, whatever the experiment and however little was measured."""

from __future__ import annotations

import html
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import stand_in  # noqa: E402
from driver import draw  # noqa: E402
from driver.ask import declaration  # noqa: E402
from driver.ask.experiment import Experiment, list_experiments  # noqa: E402
from driver.ask.typed import AskError  # noqa: E402
from driver.draw import gnuplot  # noqa: E402
from driver.draw.chart import fit_title  # noqa: E402

# What an experiment of somebody's own may change.
WORLDS: dict[str, dict[str, object]] = {
    "batch": {}, "poisson": {"arrivals": "poisson:2000/s"},
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
    def setUp(self) -> None:
        desk = tempfile.TemporaryDirectory()
        self.addCleanup(desk.cleanup)
        self.folder = Path(desk.name)

    def drawn(self, experiment: Experiment, kinds=("svg",), **kw) -> dict[str, object]:
        m = stand_in.material(self.folder, experiment, **kw)
        found = draw.draw(self.folder, experiment, m.runs, m.summaries, kinds)
        for chart in found:
            with self.subTest(chart=chart.name):
                self.assertIsNone(chart.problem)
        return {chart.name: chart for chart in found}


class EveryExperiment(Desk):
    def test_every_chart_that_it_names_is_drawn_in_every_world(self) -> None:
        for name in list_experiments(stand_in.FOLDER):
            for world, overrides in WORLDS.items():
                with self.subTest(experiment=name, world=world):
                    try:
                        asked = stand_in.load(name, quick=True, **overrides)
                    except AskError as refused:  # told before anything was measured
                        self.assertRegex(str(refused), r"^\S+\.toml: chart '\S+' ")
                        self.assertNotEqual("batch", world)
                        continue
                    for chart in self.drawn(asked, n=3).values():
                        self.assertTrue(chart.title and chart.caption and chart.alt)

    def test_the_general_charts_are_drawn_in_every_world(self) -> None:
        text = stand_in.FOUR.format(charts=stand_in.ALL_OF_COMPARISON)
        text = text.replace("[50, 500, 10000]", "[50, 500]").replace("10000", "400")
        for world, overrides in WORLDS.items():
            with self.subTest(world=world):
                options = "".join(
                    f'{key} = {value!r}\n'.replace("'", '"')
                    for key, value in overrides.items()
                )
                asked = stand_in.read(text.replace("[options]", "[options]\n" + options))
                self.drawn(asked, n=6)

    def test_any_number_of_runs_is_enough(self) -> None:
        for n in (0, 1, 2, 3, 6):
            with self.subTest(n=n):
                charts = self.drawn(stand_in.four(), n=n)
                if n == 1:
                    self.assertIn("the only run", charts["memory"].title)

    def test_everything_lost_and_nothing_lost(self) -> None:
        asked = stand_in.four(["slide", "wall-time", "goodput", "outcomes", "sweep"])
        for cells in (asked.cells, ()):
            lost = {c.name: {"outcomes": {"ok": 0, "rejected": c.tasks}} for c in cells}
            charts = self.drawn(asked, changes=lost)
            self.assertIn("every design loses 100 %" if lost else "lose", (
                charts["slide"].title))

    def test_one_design_and_five(self) -> None:
        cells = '[[cells]]\ndesign = "{}"\n[[samples]]\ndesign = "{}"\n'
        designs = ["threads", "bounded threads of 7", "pool of 3", "mutex pool of 4",
                   "fiber pool of 2"]  # fmt: skip
        for count in (1, 5):
            text = 'question = "?"\ncharts = ["slide", "wall-time", "memory", "outcomes", '
            text += '"timeline", "in-flight", "latency", "sweep"]\n'
            text += "".join(cells.format(d, d) for d in designs[:count])
            self.drawn(stand_in.read(text))

    def test_many_pools_have_room_or_are_refused_before_measuring(self) -> None:
        self.drawn(stand_in.load("comparison", workers=[1, 2, 4, 8, 16, 32], tasks=[50]))
        with self.assertRaisesRegex(AskError, "has room for .* and here are"):
            stand_in.load("comparison", workers=list(range(1, 40)), tasks=[50, 500])


class Files(Desk):
    """All charts of one comparison, as files."""

    def setUp(self) -> None:
        super().setUp()
        self.folder = self.folder / "it's a \"folder\", with commas"
        self.folder.mkdir()
        kinds = ("svg", "png", "pdf")
        self.charts = self.drawn(stand_in.four(), kinds=kinds)

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


class EveryDeclaration(unittest.TestCase):
    def test_it_can_be_read_and_its_words_can_be_filled(self) -> None:
        with tempfile.TemporaryDirectory() as desk:
            m = stand_in.material(Path(desk), stand_in.four())
            for name in declaration.known():
                chart = declaration.load(name)
                view = draw.View(m, chart)
                self.assertTrue(chart.question and chart.words.get("read"), name)
                pair = (view.material.cells[0],) * 2
                known = draw.words.facts(draw.View(m, declaration.load("wall-time")),
                                         draw.View(m, declaration.load("wall-time"))
                                         .panels[0], pair, None)  # fmt: skip
                for key, words in chart.words.items():
                    if key not in ("line", "point"):
                        words.format_map(known)

    def test_a_script_without_a_chart_is_a_family_or_a_part_of_one(self) -> None:
        scripts = {path.stem for path in declaration.PLOTS.glob("*.gp")}
        charts = {path.stem for path in declaration.PLOTS.glob("*.toml")}
        self.assertLessEqual(scripts - charts, {*declaration.ROOM, "style"})


if __name__ == "__main__":
    unittest.main()
