"""Claims about the guards: what gnuplot would draw wrongly is refused, and why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

import stand_in  # noqa: E402
from driver import conduct, draw  # noqa: E402
from driver.run.stored import Stored  # noqa: E402
from driver.draw import gnuplot  # noqa: E402
from driver.draw.sheet import ChartError, Sheet, check, fit_subtitle, fit_title, settings_text  # noqa: E402


def sheet(**changes: object) -> Sheet:
    """The wall time of one stand-in comparison, with changes."""
    with tempfile.TemporaryDirectory() as folder:
        whole = draw.BUILDERS["wall-time"](stand_in.material(Path(folder), n=6))
    return replace(whole, **changes)


class BadData(unittest.TestCase):
    def refuses(self, words: str, **changes: object) -> None:
        with self.assertRaisesRegex(ChartError, words):
            check(sheet(**changes))

    def with_mark(self, column: str, value: object) -> dict[str, object]:
        whole = sheet()
        at = whole.columns.index(column)
        first = list(whole.marks[0])
        first[at] = value
        return {"marks": (tuple(first), *whole.marks[1:])}

    def test_good_data_pass(self) -> None:
        check(sheet())

    def test_zero_has_no_place_on_a_log_axis(self) -> None:
        self.refuses("log axis", **self.with_mark("median_s", 0.0))

    def test_a_negative_has_no_place_on_a_log_axis(self) -> None:
        self.refuses("log axis", **self.with_mark("median_s", -1.0))

    def test_nan_and_infinity_are_refused(self) -> None:
        for value in (float("nan"), float("inf")):
            self.refuses("not a number", **self.with_mark("series", value))

    def test_a_decimal_comma_is_refused(self) -> None:
        self.refuses("read as a number", **self.with_mark("series", "2,5"))

    def test_a_short_mark_is_refused(self) -> None:
        self.refuses("columns", marks=((1, 2),))

    def test_no_marks_and_no_words_are_refused(self) -> None:
        self.refuses("no marks", marks=())

    def test_empty_words_are_refused(self) -> None:
        for words in ("title", "subtitle", "caption", "alt"):
            self.refuses(f"its {words} is empty", **{words: " "})

    def test_a_ragged_table_is_refused(self) -> None:
        self.refuses("table row", rows=(("one",),))


class Words(unittest.TestCase):
    def test_a_long_title_is_wrapped_within_the_sheet(self) -> None:
        size_px, lines = fit_title("Ten thousand threads " * 7)
        self.assertEqual(2, len(lines))
        for line in lines:
            self.assertLessEqual(len(line) * size_px * 0.6, 1600)

    def test_a_title_that_cannot_fit_is_refused(self) -> None:
        with self.assertRaisesRegex(ChartError, "does not fit"):
            fit_title("word " * 100)

    def test_a_subtitle_breaks_between_its_parts(self) -> None:
        parts = [f"part {i} that says a little" for i in range(8)]
        lines = fit_subtitle(" · ".join(parts))
        self.assertEqual(2, len(lines))
        self.assertTrue(all(line.startswith("part") for line in lines))

    def test_quotes_and_backquotes_stay_words(self) -> None:
        text = settings_text(sheet(title="It's `date` \"now\""))
        self.assertIn("'It''s `date` \"now\"'", text)


def state(process: str) -> str:
    """The state of a process, as ps tells it; "-" when there is none."""
    command = ["ps", "-o", "state=", "-p", process]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "-"


class Gnuplot(unittest.TestCase):
    def setUp(self) -> None:
        desk = tempfile.TemporaryDirectory()
        self.addCleanup(desk.cleanup)
        self.folder = Path(desk.name)
        self.addCleanup(gnuplot.hung.clear)

    def stand_in_gnuplot(self, script: str) -> None:
        """Puts a program called gnuplot first on the path."""
        tools = self.folder / "tools"
        tools.mkdir()
        (tools / "gnuplot").write_text("#!/bin/sh\n" + script, encoding="utf-8")
        (tools / "gnuplot").chmod(0o755)
        path = f"{tools}{os.pathsep}{os.environ['PATH']}"
        patch = mock.patch.dict(os.environ, {"PATH": path})
        patch.start()
        self.addCleanup(patch.stop)

    def refuses(self, words: str) -> None:
        with self.assertRaisesRegex(ChartError, words):
            gnuplot.draw(sheet(), self.folder)
        self.assertEqual([], list((self.folder / "charts").iterdir()))

    def test_a_warning_fails_the_chart(self) -> None:
        self.stand_in_gnuplot("echo 'warning: Skipping data file' >&2\n")
        self.refuses("Skipping data file")

    def test_a_failure_leaves_no_picture(self) -> None:
        self.stand_in_gnuplot("exit 1\n")
        self.refuses("status 1")

    def test_a_picture_that_was_not_drawn_is_noticed(self) -> None:
        self.stand_in_gnuplot("exit 0\n")
        self.refuses("drew nothing")

    def test_a_picture_that_is_cut_off_is_noticed(self) -> None:
        # The last word of the third argument is output='...'.
        find = "f=${3##*output=}; f=$(printf %s \"$f\" | tr -d \"'\")"
        self.stand_in_gnuplot(f"{find}\nprintf '<svg' > \"$f\"\n")
        self.refuses("cut off")

    def test_after_one_that_hangs_the_rest_is_not_tried(self) -> None:
        calls = self.folder / "calls"
        hang = f"echo >>{calls}\nsleep 1000 &\necho $! >{calls}.pid\nwait\n"
        self.stand_in_gnuplot(hang)
        with mock.patch.object(gnuplot, "TIME_LIMIT_S", 1):
            self.refuses("took over 1 s")
            self.refuses("not drawn: .* took over 1 s")
        self.assertEqual("\n", calls.read_text(encoding="utf-8"))
        child = Path(f"{calls}.pid").read_text(encoding="utf-8").strip()
        for _ in range(500):  # its end takes a moment
            if state(child) in "Z-":
                return
            time.sleep(0.01)
        self.fail("the child of gnuplot is still there")

    def test_a_place_with_a_quote_is_drawn_from_and_into(self) -> None:
        place = self.folder / "it's a place"
        place.mkdir()
        with mock.patch.object(tempfile, "tempdir", str(place)):
            gnuplot.draw(sheet(), place)
        command = gnuplot.command_line("wall-time", str(place))
        (self.folder / "plots").symlink_to(gnuplot.REPOSITORY / "plots")
        done = subprocess.run(
            command, shell=True, cwd=self.folder, capture_output=True, text=True
        )
        self.assertEqual((0, ""), (done.returncode, done.stderr), command)
        gnuplot.inspect(self.folder / "wall-time.svg")

    def test_a_missing_gnuplot_is_named_with_its_package(self) -> None:
        with mock.patch.dict(os.environ, {"PATH": "/nonexistent"}):
            self.refuses("gnuplot-nox")

    def test_a_chart_that_fails_leaves_nothing_of_an_earlier_time(self) -> None:
        material = stand_in.material(self.folder, n=6)
        asked = replace(
            material.experiment, charts=("wall-time", "memory", "outcomes", "in-flight")
        )
        kept = Stored(self.folder, asked, {}, material.runs, (), True)
        conduct.draw(kept, material.summaries)
        before = {path.name for path in (self.folder / "charts").iterdir()}
        self.assertLessEqual({"wall-time.svg", "overview-memory.csv"}, before)
        real = shutil.which("gnuplot")
        one = f'case $* in */wall-time.csv*) exec {real} "$@" ;; esac'
        self.stand_in_gnuplot(f"{one}\nexit 1\n")
        conduct.draw(kept, material.summaries)
        left = {path.stem for path in (self.folder / "charts").iterdir()}
        self.assertEqual({"wall-time"}, left)

    def test_a_missing_column_fails_the_chart(self) -> None:
        whole = sheet()
        renamed = tuple(c.replace("median_s", "other") for c in whole.columns)
        with self.assertRaises(ChartError):
            gnuplot.draw(replace(whole, columns=renamed, log=()), self.folder)

    def test_another_font_is_refused(self) -> None:
        gnuplot.check_font.cache_clear()
        self.addCleanup(gnuplot.check_font.cache_clear)
        with mock.patch.object(gnuplot, "FONT", "No Such Font"):
            self.refuses_font()

    def refuses_font(self) -> None:
        with self.assertRaisesRegex(ChartError, "fonts-dejavu-core"):
            gnuplot.check_font()

    def test_an_unknown_chart_is_a_problem_not_a_crash(self) -> None:
        material = stand_in.material(self.folder, n=1)
        chart = draw.draw_one("no-such-chart", material)
        self.assertIn("no chart is called", chart.problem)

    def test_a_spoilt_samples_file_is_a_problem_that_names_its_line(self) -> None:
        material = stand_in.material(self.folder, n=1)
        for path in (self.folder / "samples").iterdir():
            with open(path, "a", encoding="utf-8") as file:
                file.write("51,rubbish\n")
        chart = draw.draw_one("timeline", material)
        self.assertIn("line 52", chart.problem)


if __name__ == "__main__":
    unittest.main()
