"""Claims about the charts: they render, and their words agree with their marks."""

from __future__ import annotations

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
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

import stand_in  # noqa: E402
from driver import draw  # noqa: E402
from driver.draw import gnuplot  # noqa: E402
from driver.draw.material import ok_share  # noqa: E402
from driver.reckon.stats import Verdict, ratio_verdict  # noqa: E402
from driver.say.numbers import show_count, show_duration, show_ratio  # noqa: E402
from driver.say.sentences import interval_text  # noqa: E402

NAMES = tuple(draw.wanted(stand_in.comparison()))


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


class Drawn(unittest.TestCase):
    """All charts of one synthetic comparison, drawn once."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.desk = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.desk.name) / "it's a \"folder\", with commas"
        cls.folder.mkdir()
        cls.material = stand_in.material(cls.folder)
        cls.charts = {n: draw.draw_one(n, cls.material) for n in NAMES}

    @classmethod
    def tearDownClass(cls) -> None:
        cls.desk.cleanup()

    def test_every_chart_is_drawn_without_a_warning(self) -> None:
        for name, chart in self.charts.items():
            self.assertIsNone(chart.problem, name)
            self.assertEqual({"svg", "png", "pdf", "csv", "settings"}, set(chart.files))

    def test_no_picture_is_blank(self) -> None:
        for name, chart in self.charts.items():
            rows = png_rows(self.folder / chart.files["png"])
            self.assertEqual(900, len(rows), name)
            self.assertGreater(len(set(rows)), 50, name)

    def test_a_png_is_1600_by_900(self) -> None:
        for chart in self.charts.values():
            head = (self.folder / chart.files["png"]).read_bytes()[16:24]
            self.assertEqual((1600, 900), struct.unpack(">II", head))

    def test_an_svg_has_its_own_title_description_and_ids(self) -> None:
        seen: set[str] = set()
        for name, chart in self.charts.items():
            text = (self.folder / chart.files["svg"]).read_text(encoding="utf-8")
            self.assertEqual(1, text.count("<title"), name)
            self.assertIn(f">{chart.title.replace('&', '&amp;')}</title>", text)
            self.assertIn("</desc>", text)
            self.assertNotIn("Gnuplot", text)
            ids = set(re.findall(r"""\bid=["']([^"']+)""", text))
            self.assertFalse(ids & seen, name)
            seen |= ids
            for used in re.findall(r"""(?:href=["']#|url\(#)([^"')]+)""", text):
                self.assertIn(used, ids, name)

    def test_a_title_is_no_longer_than_its_sheet(self) -> None:
        for chart in self.charts.values():
            self.assertLessEqual(len(chart.title), 2 * 85)

    def test_no_temporary_file_is_left(self) -> None:
        left = [p.name for p in (self.folder / "charts").iterdir() if p.name[0] == "."]
        self.assertEqual([], left)

    def test_the_command_of_each_chart_draws_it_again(self) -> None:
        # From a plain path: the command is for the repository's own results folder.
        with tempfile.TemporaryDirectory() as desk:
            shutil.copytree(self.folder / "charts", Path(desk) / "charts")
            for name in self.charts:
                command = gnuplot.command_line(name, desk)
                drawn = f"output='{desk}/again.svg'"
                command = re.sub(r"output='[^']*'", drawn, command)
                done = subprocess.run(
                    command, shell=True, cwd=stand_in.ROOT, capture_output=True
                )
                self.assertEqual((0, b""), (done.returncode, done.stderr), name)
                again = (Path(desk) / "again.svg").read_text(encoding="utf-8")
                self.assertIn("</svg>", again)

    def test_words_and_marks_of_the_wall_time_agree(self) -> None:
        chart = self.charts["wall-time"]
        sheet = draw.BUILDERS["wall-time"](self.material)
        medians = {(m[0], m[5]): m[2] for m in sheet.marks}
        for summary in self.material.cells:
            median = summary.figures["wall_s"].median
            look = self.material.looks[summary.cell.workers]
            self.assertEqual(median, medians[look, summary.cell.tasks])
            self.assertIn(show_duration(median), chart.alt)
        for row, summary in zip(chart.rows, self.material.cells):
            self.assertEqual(interval_text(summary.figures["wall_s"], "s"), row[3])

    def test_the_title_says_the_ratio_and_the_failures(self) -> None:
        chart = self.charts["wall-time"]
        pool = self.material.at(50, 10_000)
        ratio = self.material.ratio(pool.cell, "wall_s")
        self.assertIs(Verdict.MORE, ratio_verdict(ratio.interval))
        self.assertIn(f"{show_ratio(ratio.interval.median)}×", chart.title)
        failed = 1 - ok_share(self.material.at(None, 10_000))
        self.assertIn(f"fails {round(failed * 100)} %", chart.title)
        self.assertTrue(chart.caption.startswith(chart.title))

    def test_the_caption_of_the_wall_time_names_what_is_off_its_line(self) -> None:
        cells = self.material.summaries.cells
        over = max(cells, key=lambda s: s.over_theory or 0)
        for factor, words in ((1.0, "none is more than"), (0.5, "Farthest off")):
            summaries = replace(
                self.material.summaries,
                cells=tuple(
                    replace(s, theory_wall_s=factor * s.figures["inner_wall_s"].median)
                    if s is over
                    else replace(s, theory_wall_s=s.figures["inner_wall_s"].median)
                    for s in cells
                ),
            )
            found = replace(self.material, summaries=summaries)
            self.assertIn(words, draw.BUILDERS["wall-time"](found).caption)

    def test_goodput_is_the_figure_of_that_name(self) -> None:
        sheet = draw.BUILDERS["goodput"](self.material)
        drawn = {(m[0], m[5]): m[2] for m in sheet.marks}
        for summary in self.material.cells:
            look = self.material.looks[summary.cell.workers]
            rate = summary.figures["goodput_per_s"].median
            self.assertEqual(rate, drawn[look, summary.cell.tasks])
        self.assertRegex(sheet.subtitle, r"^ratio \d[\d.]*× \[")

    def test_the_bars_of_the_outcomes_are_the_counts(self) -> None:
        sheet = draw.BUILDERS["outcomes"](self.material)
        told = sum(mark[8] for mark in sheet.marks)
        tasks = sum(s.cell.tasks for s in self.material.cells)
        self.assertEqual(tasks, told)
        for y in {mark[5] for mark in sheet.marks}:
            ends = [m[3] for m in sheet.marks if m[5] == y]
            self.assertAlmostEqual(100, max(ends), places=3)

    def test_the_timeline_has_a_box_for_every_task(self) -> None:
        sheet = draw.BUILDERS["timeline"](self.material)
        self.assertEqual(100, len(sheet.marks))
        self.assertIn(sheet.rows[0][3], sheet.title)

    def test_the_peak_in_flight_is_drawn_as_it_is_told(self) -> None:
        sheet = draw.BUILDERS["in-flight"](self.material)
        most = max(mark[2] for mark in sheet.marks)
        self.assertEqual(show_count(most), sheet.rows[0][2])
        self.assertIn(f"up to {show_count(most)} calls", sheet.title)
        self.assertIn(show_count(most), sheet.alt)


class OddValues(unittest.TestCase):
    """Data that are thin, or missing, still make an honest picture."""

    def setUp(self) -> None:
        desk = tempfile.TemporaryDirectory()
        self.addCleanup(desk.cleanup)
        self.folder = Path(desk.name)
        one_kind = mock.patch.object(gnuplot, "KINDS", ("svg",))
        one_kind.start()
        self.addCleanup(one_kind.stop)

    def drawn(self, names: tuple[str, ...] = NAMES, **kw) -> dict[str, object]:
        self.material = stand_in.material(self.folder, **kw)
        found = {n: draw.draw_one(n, self.material) for n in names}
        for name, chart in found.items():
            self.assertIsNone(chart.problem, name)
        return found

    def test_one_run_bears_no_verdict(self) -> None:
        chart = self.drawn(n=1)["wall-time"]
        self.assertIn("1 run is too few to tell", chart.title)
        self.assertNotIn("[", chart.rows[0][3])

    def test_too_few_runs_are_said_to_give_no_interval(self) -> None:
        self.drawn(("wall-time",), n=3)
        sheet = draw.BUILDERS["wall-time"](self.material)
        self.assertIn("no interval can be given", sheet.subtitle)
        at = sheet.columns.index("bar_low_s")
        for mark in sheet.marks:
            self.assertEqual([mark[2]] * 2, list(mark[at : at + 2]))

    def test_no_failure_at_all_is_said(self) -> None:
        kept = {"outcomes": {"ok": 50, "rejected": 0}}
        experiment = stand_in.comparison(tasks=[50])
        chart = self.drawn(("outcomes",), experiment=experiment, changes=kept)
        self.assertIn("went well", chart["outcomes"].title)

    def test_a_cell_left_out_is_said_in_the_picture(self) -> None:
        name = "pool-5-n10000"
        self.drawn(skip=(name,))
        sheet = draw.BUILDERS["wall-time"](self.material)
        self.assertIn("not run: pool of 5, 10 000 tasks", sheet.subtitle)
        self.assertTrue(any("not run" in n for n in sheet.settings["label_note"]))

    def test_one_number_of_tasks_is_enough(self) -> None:
        self.drawn(experiment=stand_in.comparison(tasks=[50]))

    def test_other_pools_are_drawn_too(self) -> None:
        experiment = stand_in.comparison(tasks=[20, 300], workers=[8, 2])
        self.drawn(experiment=experiment)

    def test_nothing_measured_is_drawn_in_words(self) -> None:
        for name, chart in self.drawn(n=0).items():
            self.assertTrue(chart.title, name)

    def test_runs_that_count_for_nothing_are_no_marks(self) -> None:
        material = stand_in.material(self.folder, n=0)
        sheet = draw.BUILDERS["outcomes"](material)
        self.assertEqual((), sheet.marks)
        self.assertTrue(sheet.nothing)


if __name__ == "__main__":
    unittest.main()
