"""Where the marks are: read from the rendered pictures, one of each family.

The frame and the scales are known from the chart's settings; each mark must be where
its value is. A mistake in a script of plots/ moves, drops or fills one.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import unittest
from collections.abc import Mapping
from dataclasses import replace
from math import log10
from pathlib import Path
from types import MappingProxyType
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent))

import stand_in  # noqa: E402
from driver.ask.experiment import Experiment  # noqa: E402
from driver.draw import draw, gnuplot, look, sequence  # noqa: E402
from driver.draw.material import Material  # noqa: E402
from driver.reckon.answer import Result, save  # noqa: E402

Box = tuple[float, ...]  # left, upper, right, lower
COLOURS = look.palette("light")
SHAPES = {number: each.shape - 1 for number, each in enumerate(look.LOOKS, start=1)}
TWO = """
question = "?"
charts = ["{}"]
[options]
tasks = [500]
[[cells]]
design = "threads"
[[cells]]
design = "pool of 50"
"""


def on(value: float, scale: Box, ends: Box) -> float:
    """Where a value of a logarithmic scale is between two ends of an axis."""
    share = log10(value / scale[0]) / log10(scale[1] / scale[0])
    return ends[0] + share * (ends[1] - ends[0])


def widened(material: Material) -> Material:
    """With intervals that can be seen: from 0.7 to 1.5 of each median."""
    cells = tuple(
        replace(s, figures={name: replace(i, low=0.7 * i.median, high=1.5 * i.median)
                            for name, i in s.figures.items()})
        for s in material.summaries
    )  # fmt: skip
    return replace(material, summaries=replace(material.summaries, cells=cells))


class Picture:
    """A chart as it was drawn, and its material. files: put beside it before."""

    def __init__(self, folder: Path, experiment: Experiment, name: str,
                 files: Mapping[str, str] = MappingProxyType({}), wide: bool = False,
                 **kw) -> None:  # fmt: skip
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        self.material: Material = stand_in.material(folder, experiment, **kw)
        if wide:
            self.material = widened(self.material)
        self.chart = draw.build(name, self.material)
        tables = self.material.tables_of(self.chart.shown)
        gnuplot.write_data(tables, folder / "charts")
        self.chart = gnuplot.draw(self.chart, folder, ("svg",))
        self.set = self.chart.settings
        self.text = (folder / self.chart.files["svg"]).read_text(encoding="utf-8")

    def group(self, plotted: str) -> str:
        """What gnuplot wrote for one plotted thing: "2a" is the second of panel a."""
        found = re.search(
            rf'gnuplot_plot_{plotted}" >(.*?)(?=<g class="\w+" id="\S*gnuplot_plot|\Z)',
            self.text, re.DOTALL,
        )  # fmt: skip
        return found[1] if found else ""

    def frame(self, panel: str) -> tuple[float, float]:
        """The upper and the lower end of a panel's y axis."""
        before = self.text[: self.text.index(f"gnuplot_plot_1{panel}")]
        found = re.findall(r"d='M([\d.]+),([\d.]+) L\1,([\d.]+)", before)
        ends = max(found, key=lambda f: abs(float(f[1]) - float(f[2])))[1:]
        upper, lower = sorted(map(float, ends))
        return upper, lower

    def boxes(self, plotted: str) -> list[Box]:
        found = re.findall(r"<polygon [^>]*points = '([^']*)'", self.group(plotted))
        return [self._around(points) for points in found]

    def _around(self, points: str) -> Box:
        xs, ys = zip(*(map(float, each.split(",")) for each in points.split()))
        return min(xs), min(ys), max(xs), max(ys)

    def strokes(self, plotted: str) -> list[Box]:
        """From where to where each straight line goes."""
        found = re.findall(r"M([\d.]+),([\d.]+) L([\d.]+),([\d.]+)", self.group(plotted))
        return [tuple(map(float, each)) for each in found]

    def fillings(self, plotted: str) -> list[str]:
        found = re.findall(r"<polygon fill = 'rgb\(([^)]*)\)'", self.group(plotted))
        return ["#%02x%02x%02x" % tuple(map(int, rgb.split(","))) for rgb in found]

    def points(self, plotted: str) -> list[tuple[int, float, float, str]]:
        """Of each mark: its shape, its place, and its colour."""
        found = re.findall(
            r"gpPt(\d+)' transform='translate\(([\d.]+),([\d.]+)\)[^']*' "
            r"color='rgb\(\s*(\d+),\s*(\d+),\s*(\d+)\)'", self.group(plotted),
        )  # fmt: skip
        return [(int(shape), float(x), float(y), "#%02x%02x%02x" % tuple(map(int, rgb)))
                for shape, x, y, *rgb in found]  # fmt: skip


class Marks(unittest.TestCase):
    def picture(self, experiment: Experiment, name: str, **kw) -> Picture:
        desk = self.enterContext(tempfile.TemporaryDirectory())
        return Picture(Path(desk), experiment, name, **kw)

    def near(self, told: float, found: float, by: float = 1.0) -> None:
        self.assertLessEqual(abs(told - found), by, (told, found))

    def test_scatter_every_mark_is_at_its_value_and_hollow_if_it_lost(self) -> None:
        p = self.picture(stand_in.load("comparison", tasks=[500, 10000]), "wall-time")
        s = p.set
        left, right, gap = (1600 * s[key] for key in ("left", "right", "apart"))
        ends = (left, left + (right - left - gap) / 2)
        upper, lower = p.frame("a")
        seen = [mark for k in range(1, 12) for mark in p.points(f"{k}a")]
        ours = [c for c in p.material.cells if c.cell.capacity]
        for summary in ours:
            x = s["cell_x"][p.material.numbers[summary.cell.name] - 1]
            y = summary.figures["wall_s"].median
            look = p.material.looks[summary.cell.design.key]
            shape = SHAPES[look] - (summary.share_ok < 1)
            with self.subTest(cell=summary.cell.name):
                self.assertIn((shape, COLOURS[f"colour-{look}"]), [
                    (mark[0], mark[3]) for mark in seen
                    if abs(mark[1] - on(x, (s["x_low"], s["x_high"]), ends)) < 1
                    and abs(mark[2] - on(y, (s["panel_low"][0], s["panel_high"][0]),
                                         (lower, upper))) < 2
                ])  # fmt: skip
        self.assertEqual(len(ours), len(seen))
        # A hollow mark shows the interval behind it, which nothing wipes out.
        self.assertNotIn("#FFFFFF", "".join(p.group(f"{k}a") for k in range(1, 12)))
        # Two panels of one figure are told apart by the API, and say once what y is.
        for words in ("API of 50", "wall time (log scale)"):
            self.assertEqual(1, p.text.count(f">{words}<"), words)

    def test_scatter_theory_is_behind_and_goes_through_its_values(self) -> None:
        p = self.picture(stand_in.load("pool-size"), "pool-size")
        theory = [r for r in p.material.tables["theory"].rows]
        best = [r["x"] for r in theory if r["curve"] == "best workers"]
        # W* = sqrt(N d / c)
        self.near((10000 * 0.01 / stand_in.CREATE_S) ** 0.5, best[0], 3)
        self.near(best[0], p.set["point_x"][0], 0.01 * best[0])
        wall = {r["x"]: r["y"] for r in theory if r["curve"] == "wall over workers"}
        at = min(wall, key=lambda x: abs(x - 5000))
        rounds = -(-10000 // round(at)) * (0.01 + 2e-5)
        self.near(rounds + at * stand_in.CREATE_S, wall[at], 0.02 * wall[at])
        for i, name in enumerate(("wall", "rounds", "creating"), start=1):
            self.through(p, i, [(r["x"], r["y"]) for r in theory
                                if r["curve"] == f"{name} over workers"])  # fmt: skip
        self.assertEqual(4, p.chart.behind)
        self.assertRegex(p.text, r'class="theory" id="pool-size-gnuplot_plot_4a"')
        self.assertRegex(p.text, r'class="found" id="pool-size-gnuplot_plot_5a"')

    def through(self, p: Picture, curve: int, places: list[tuple[float, float]]) -> None:
        """This curve, of the only panel, goes through these places and no others."""
        found = [
            complex(float(x), float(y))
            for x, y in re.findall(r"([\d.]+),([\d.]+)", p.group(f"{curve}a"))
        ]
        y_scale = p.set["panel_low"][0], p.set["panel_high"][0]
        scales = (p.set["x_low"], p.set["x_high"]), y_scale
        ends = (1600 * p.set["left"], 1600 * p.set["right"]), p.frame("a")[::-1]
        wanted = [
            complex(*(on(*each) for each in zip(place, scales, ends)))
            for place in places
            if all(low < at < high for at, (low, high) in zip(place, scales))
        ]
        for one, other in ((found, wanted), (wanted, found)):
            lonely = [at for at in one if min(abs(at - each) for each in other) > 0.1]
            # A few more stand where it meets the frame.
            self.assertLessEqual(len(lonely), 3, (curve, lonely))

    def test_marks_of_one_x_stand_beside_each_other_and_others_at_their_x(self) -> None:
        p = self.picture(stand_in.load("pool-size"), "pool-size")
        self.assertEqual([c.cell.lanes for c in p.material.cells], p.set["cell_x"])
        p = self.picture(stand_in.load("comparison", tasks=[500, 10000]), "wall-time")
        for capacity, shares in ((50, (0.9, 0.97, 1.03, 1.11)), (None, (0.93, 1, 1.07))):
            here = [(p.set["cell_x"][p.material.numbers[c.cell.name] - 1], c.cell.tasks)
                    for c in p.material.cells if c.cell.capacity == capacity]
            for tasks in (500, 10000):
                found = [round(x / n, 2) for x, n in here if n == tasks]
                self.assertEqual(sorted(shares), sorted(found))

    def test_theory_that_designs_share_is_one_pale_line(self) -> None:
        p = self.picture(stand_in.load("runtimes"), "wall-time")
        # Threads; pools of threads; pools of fibers and of goroutines.
        self.assertEqual(3, p.set["curve_panel"].count(1))
        rows = p.material.tables["theory"].rows
        designs = {rows[first]["design"] for first in p.set["curve_first"]}
        self.assertTrue({"threads", "pool-50"} < designs)
        self.assertFalse({"fibers", "goroutines"} & designs)  # c is of threads

    def test_counts_beside_bars_have_their_room(self) -> None:
        five = {"ok": 1111, "failed": 2222, "timed_out": 3333, "rejected": 4444,
                "shed": 5555}  # fmt: skip
        asked = stand_in.load("retry-until-done")
        lossy = {cell.name: {"outcomes": five} for cell in asked.cells}
        p = self.picture(stand_in.load("retry-until-done"), "outcomes", changes=lossy)
        longest = max(map(len, p.set["row_value"]))
        self.assertGreater(longest, 50)
        self.assertLessEqual(p.set["right"] * 1600 + 14 + 10.6 * longest, 1600)

    def test_bars_begin_at_zero_and_are_as_long_as_their_values(self) -> None:
        p = self.picture(stand_in.load("comparison", tasks=[10000]), "memory", changes={
            c.name: {"rss_bytes": 1e7 * (1 + i)}
            for i, c in enumerate(stand_in.load("comparison", tasks=[10000]).cells)
        })  # fmt: skip
        boxes = p.boxes("2a")
        left, wide = 1600 * p.set["left"], 1600 * (p.set["right"] - p.set["left"])
        found = {round(b[3] + b[1]): b for b in boxes}
        self.assertEqual(len(p.material.cells), len(found))
        lengths = sorted((b[2] - b[0]) / wide * p.set["panel_high"][0] for b in boxes)
        values = sorted(s.figures["rss_bytes"].median for s in p.material.cells)
        for value, length in zip(values, lengths):
            self.near(value, length, 0.01 * values[-1])
        for box in boxes:
            self.near(left, box[0])

    def test_stacked_bars_show_each_outcome_once(self) -> None:
        asked = stand_in.load("retry-until-done", tasks=[500])
        lost = {"threads-n500": {"outcomes": {"ok": 100, "rejected": 300, "failed": 100}}}
        p = self.picture(asked, "outcomes", changes=lost)
        looks = p.set["look_here"]
        left, wide = 1600 * p.set["left"], 1600 * (p.set["right"] - p.set["left"])
        shares = []
        for kind in range(len(p.set["answer_kind_index"])):
            boxes = p.boxes(f"{kind * len(looks) + 1 + looks.index(1)}a")
            shares += [((b[0] - left) / wide, (b[2] - left) / wide) for b in boxes
                       if b[2] - b[0] > 1]  # fmt: skip
        told = [(0, 0.2), (0.2, 0.8), (0.8, 1)]
        self.assertEqual(told, [(round(a, 2), round(b, 2)) for a, b in shares])

    def test_slide_areas_are_shares_and_bars_begin_at_zero(self) -> None:
        p = self.picture(stand_in.load("comparison"), "slide")
        s, count = p.set, len(p.set["column_x"])
        lost, ok = p.boxes("1")[0], p.boxes(f"{count + 1}")[0]
        self.near(0.18, (ok[3] - ok[1]) / (ok[3] - lost[1]), 0.005)
        self.near(lost[3], ok[1])
        for figure, name in enumerate(("wall_s", "rss_bytes", "in_flight")):
            for column in range(count):
                box = p.boxes(f"{2 * count + figure * count + column + 1}")[0]
                value = s["bar_value"][figure * count + column]
                self.near(s["column_x"][column], box[0])
                self.near(s["bar"] * value / s["bar_most"][figure], box[2] - box[0])

    def test_boxes_lie_where_their_tasks_ran(self) -> None:
        p = self.picture(stand_in.load("hang"), "hang")
        left, right = 0.165 * 1600, 0.81 * 1600
        wide = (right - left) / p.set["x_high"]
        shown = [name for name in p.chart.shown if "pool" in name][0]
        panel = p.set["cell_panel"][p.material.numbers[shown] - 1]
        good = len(p.set["panel_lanes"])
        boxes = [b for b in p.boxes(f"{panel}") if b[2] - b[0] > 1]
        samples = p.material.recorded[shown][1]
        self.assertEqual(len(samples), len(boxes))
        self.assertEqual(4, good)
        told = sorted((left + s.started_s * wide, left + s.finished_s * wide)
                      for s in samples)  # fmt: skip
        for (begin, end), box in zip(told, sorted((b[0], b[2]) for b in boxes)):
            self.near(begin, box[0], 2)
            self.near(end, box[1], 2)

    def test_no_row_is_so_low_that_a_pixel_of_edge_hides_it(self) -> None:
        p, edged = self.picture(stand_in.load("shapes"), "timeline"), set()
        for plotted in range(1, 1 + len(p.set["panel_lanes"])):
            if re.search(r"stroke='rgb\(255, ?255, ?255\)", p.group(f"{plotted}")):
                high = {round(b[3] - b[1], 1) for b in p.boxes(f"{plotted}")}
                self.assertGreater(min(high), 4.5)
                edged |= high
        self.assertTrue(edged)

    def test_no_note_lies_on_another(self) -> None:
        asked = stand_in.read(TWO.format("wall-time").replace(
            "tasks = [500]", "tasks = [400, 405, 500, 8000]\napi-capacity = 20"))
        p = self.picture(asked, "wall-time")
        told = list(zip(p.set["note_x"], p.set["note_y"]))
        self.assertGreater(len(told), 1)
        for i, (x, y) in enumerate(told):
            for other_x, other_y in told[:i]:  # in decades of its axes
                self.assertTrue(abs(log10(x / other_x)) > 0.07 * log10(20)
                                or abs(log10(y / other_y)) > 0.04)

    def test_memory_says_how_threads_end(self) -> None:
        p = self.picture(stand_in.load("comparison"), "memory", n=3)
        told = dict(zip(p.set["row_name"], p.set["row_value"]))
        self.assertIn("each joined as it ends", told["bounded threads"])
        self.assertIn("detached", told["threads"])
        self.assertNotIn("joined", told["pool of 50"])

    def test_no_timeline_opens_with_the_time_of_a_flooded_run(self) -> None:
        p = self.picture(stand_in.load("comparison"), "timeline")
        title = p.chart.title
        self.assertRegex(title, r"threads lose [\d ]+, bounded threads take ")
        for end in p.set["answer_end"][1:]:
            self.assertIn(end.rpartition("done: ")[2].rpartition("until ")[2], title)

    def test_a_timeline_ends_where_all_but_one_do_if_that_goes_on_and_on(self) -> None:
        p = self.picture(stand_in.load("comparison"), "timeline")
        *others, last = p.set["answer_end"]
        self.assertTrue(all(end.startswith("done: ") for end in others))
        self.assertTrue(last.startswith("goes on until "))
        self.assertLess(p.set["x_high"], 0.2)
        right = 0.81 * 1600
        self.assertLessEqual(max(box[2] for box in p.boxes("4")), right + 1)

    def test_lost_tasks_in_rows_too_fine_for_hatching_are_dark_and_said_so(self) -> None:
        p = self.picture(stand_in.load("comparison"), "timeline")
        fine = dict(zip(p.set["panel_name"], p.set["panel_fine"]))
        self.assertEqual((1, 0), (fine["threads"], fine["pool of 5"]))
        self.assertIn("dark: lost", p.chart.subtitle)
        self.assertNotIn("hatched: lost", p.chart.subtitle)

    def test_strips_have_a_mark_for_each_run_and_a_stroke_for_the_median(self) -> None:
        p = self.picture(stand_in.load("cancel"), "cancel", n=6)
        self.assertEqual(6 * len(p.material.cells), len(p.points("1")))
        strokes = re.findall(r"M[\d.]+,[\d.]+ L", p.group("2"))
        self.assertEqual(len(p.material.cells), len(strokes))
        self.assertEqual(0.01, p.set["line_at"])

    def test_heat_every_field_is_of_who_was_faster(self) -> None:
        p = self.picture(stand_in.load("winner"), "winner", n=6)
        boxes = p.boxes("1a")
        self.assertEqual(12, len(boxes))
        fills = re.findall(r"fill = '?\"?rgb\(\s*(\d+),\s*(\d+),\s*(\d+)", p.group("1a"))
        tones = ["#%02x%02x%02x" % tuple(map(int, rgb)) for rgb in fills]
        self.assertEqual({COLOURS["shade"], COLOURS["tint-1"], COLOURS["tint-2"]},
                         set(tones))  # fmt: skip
        # Of 10 000 tasks the pool wins at 1 ms, and threads win at 10 ms.
        at = dict(zip(((round(b[0]), round(b[1])) for b in boxes), tones))
        last = max(x for x, _ in at)
        rows = sorted((y, tone) for (x, y), tone in at.items() if x == last)
        self.assertEqual([COLOURS["tint-1"], COLOURS["tint-1"], COLOURS["tint-2"]],
                         [tone for _, tone in rows])  # fmt: skip
        # And each field says who, and by what factor: never one below 1.
        told = re.findall(r"<text[^>]*>([\d.]+)×</text>", p.text)
        self.assertEqual(len([tone for tone in tones if tone != COLOURS["shade"]]), len(told))
        self.assertGreater(min(map(float, told)), 1.0)

    def test_heat_of_one_run_names_nobody_as_faster(self) -> None:
        p = self.picture(stand_in.load("winner"), "winner", n=1)
        self.assertIn("faster in 0 of 12 fields, threads in 0;", p.chart.title)
        self.assertEqual(12, p.text.count(">cannot tell</text>"))

    def test_over_time_never_more_is_served_than_the_api_takes(self) -> None:
        p = self.picture(stand_in.load("comparison"), "in-flight")
        self.assertEqual(50, p.set["capacity"])
        rows = p.material.tables_of(p.chart.shown)["changes"].rows
        self.assertEqual(50, max(row["served"] for row in rows))
        busy = {row[0]: row[-2] for row in p.chart.rows}
        self.assertEqual("–", busy.pop("threads"))  # each thread is, while there is one
        for share in busy.values():
            self.assertRegex(share, r"^(over 99|[5-9]\d) %$")
        first = [row for row in rows if row["cell"] == p.chart.shown[0]]
        peak = max(row["in_flight"] for row in first)
        self.assertIn(f"up to {peak} calls at once", p.set["label_value"])
        # The line goes along the upper edge of the filled areas.
        tops = []
        for plotted in ("1a", "3a"):
            drawn = p.group(plotted).partition("</g>\n\t</g>")[0]
            places = re.findall(r"(\d+\.\d+),(\d+\.\d+)", drawn)
            tops.append(min(float(y) for x, y in places if float(x) > 100))
        self.near(*tops)
        # It is level until the next change, so it encloses the time of all calls.
        line = p.group("3a").partition("</g>\n\t</g>")[0]
        places = [(float(x), float(y)) for x, y in re.findall(r"(\d+\.\d+),(\d+\.\d+)", line)]
        for (x, y), (then_x, then_y) in zip(places, places[1:]):
            self.assertLess(min(abs(x - then_x), abs(y - then_y)), 0.11)

    def test_spread_ends_at_the_share_that_was_answered(self) -> None:
        p = self.picture(stand_in.four(), "latency")
        rows = p.material.tables_of(p.chart.shown)["answers"].rows
        ends = {}
        for row in rows:
            if row["curve"] == "answered":
                ends[row["cell"]] = row["share"]
        self.assertEqual(0.2, ends["threads-api-capacity-50-n500"])
        self.assertIn("20 % answered", p.set["label_value"])
        kinds = re.findall(r'class="(\w+)" id="latency-gnuplot_plot_', p.text)
        theory, found = len(p.set["curve_look"]), len(p.set["row_name"])
        self.assertGreater(theory, 0)
        self.assertEqual(["theory"] * theory + ["found"] * found, kinds)
        started = [r for r in p.material.tables["theory"].rows
                   if r["curve"] == "started over time" and r["tasks"] == 500
                   and r["design"] == "pool-50"]  # fmt: skip
        steps = sorted((r["x"], r["y"]) for r in started)
        self.assertEqual(50, max(y for x, y in steps if x < 0.009))
        self.assertEqual(100, max(y for x, y in steps if x < 0.015))

    def test_a_thread_is_paid_for_while_it_lives(self) -> None:
        asked = stand_in.load("memory")
        half = {cell.name: {"threads": cell.tasks // 2} for cell in asked.cells}
        p = self.picture(asked, "thread-cost", n=6, changes=half)
        self.assertRegex(p.chart.title, r"costs 35\.\d kB, of which RSS shows 8\.\d\d kB$")
        # A slope is of no number of tasks, and nobody could join or detach a fiber.
        self.assertEqual({""}, set(p.set["row_more"]))
        self.assertIn("The usual stack · detached", p.set["heading_words"])
        self.assertIn("The usual stack", p.set["heading_words"])

    def test_the_sequence_colours_what_is_slower_warm(self) -> None:
        asked = stand_in.load("retry-until-done", tasks=[500])
        p = self.picture(asked, "run-sequence", n=6)
        self.assertEqual(3 * 7, len(p.boxes("1")))
        self.assertRegex(p.chart.title, r"^Runs lie between −\S+ % and \+\S+ % of their cell's ")
        rows = p.material.tables["runs"].rows
        told = [row for row in rows if row["role"] == "measure"]
        self.assertEqual(3 * 6, len(told))
        self.assertIn(">−0.", p.text)
        self.assertNotIn(">-0.", p.text)

    def test_the_strongest_fields_of_a_sequence_can_be_read(self) -> None:
        def light(rgb: list[float]) -> float:
            parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
            return 0.05 + sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), parts))

        with patch.object(sequence, "STRONG", 1e-9):
            p = self.picture(stand_in.load("comparison", tasks=[500]), "run-sequence")
        (*_, strong) = sorted(map(float, re.findall(r"fill-opacity='([\d.]+)'", p.text)))
        self.assertGreater(strong, 0.6)
        for theme in ("light", "dark"):
            found = look.palette(theme)
            rgb = {name: [int(found[name][i : i + 2], 16) / 255 for i in (1, 3, 5)]
                   for name in ("paper", "ink", "colour-1", "colour-2")}  # fmt: skip
            for colour in ("colour-1", "colour-2"):
                field = [strong * c + (1 - strong) * paper
                         for c, paper in zip(rgb[colour], rgb["paper"])]  # fmt: skip
                least, most = sorted((light(field), light(rgb["ink"])))
                self.assertGreaterEqual(most / least, 4.5, (theme, colour))

    def test_a_sequence_of_many_cells_leaves_out_the_steadiest(self) -> None:
        asked = stand_in.load("pool-size", workers=list(range(1, 31)))
        p = self.picture(asked, "run-sequence", n=3)
        self.assertEqual(24, len(p.set["row_name"]))
        self.assertIn("7 steadier cells not shown", p.chart.subtitle)
        self.assertEqual(31, len(p.chart.rows))
        self.assertLessEqual(max(map(len, p.set["row_name"])), 42)

    def lesson(self, unit: str, guesses: list, theory: dict | None, claim: list,
               measured: dict, **more) -> Picture:  # fmt: skip
        """The chart of a lesson of which that came out."""
        files: dict[str, str] = {}
        save(Path(), Result("1", "?", unit, guesses, theory, claim, measured, **more),
             lambda path, text: files.update({path.name: text}))  # fmt: skip
        asked = stand_in.read(TWO.format("sweep"))
        return self.picture(asked, "prediction", files=files)

    def test_only_the_right_answer_has_the_colour_of_what_was_found(self) -> None:
        named = {"value": "B", "low": "B", "high": "B", "n": 6, "alike": ["B"]}
        p = self.lesson("choice", ["A", "B", "B"], None, ["B", "B"], named,
                        offered={"A": "x", "B": "y", "C": "z"})  # fmt: skip
        right, other = COLOURS["colour-2"], COLOURS["tint-6"]
        self.assertEqual([other, right], p.fillings("1"))  # nobody said C
        wide = [box[2] - box[0] for box in p.boxes("1")]
        self.near(2 * wide[0], wide[1])

    def test_guesses_are_told_of_where_there_are_any(self) -> None:
        found = dict(value=0.1, low=0.1, high=0.1, n=6)
        for guesses in [], [0.1]:
            p = self.lesson("s", guesses, None, [0.1, 0.2], found, figure="wall_s")
            self.assertEqual(bool(guesses), "The guesses were given" in p.chart.caption)
            self.assertRegex(p.chart.caption, r"^Measured: .*The lesson claims")

    def test_a_lesson_of_nothing_is_a_line_without_a_curve(self) -> None:
        none, five = dict(value=0.0, low=0.0, high=0.0, n=6), [5.0, 5.0]
        found = dict(value=5.0, low=5.0, high=5.0, n=6, alike=[5.0])
        p = self.lesson("s", [0.0], None, [], none, figure="wall_s")
        self.assertEqual("prediction", p.chart.script)
        p = self.lesson("setting", [5.0], None, five, found, figure="of-nobody",
                        setting="workers", offered={"5": "1 s"})  # fmt: skip
        self.assertEqual("prediction", p.chart.script)

    def test_claim_theory_and_measurement_stand_at_their_values(self) -> None:
        p = self.lesson("s", [0.1, 0.2], {"value": 0.15, "words": "w"}, [0.1, 0.11],
                        {"value": 0.12, "low": 0.118, "high": 0.13, "n": 6},
                        figure="wall_s")  # fmt: skip

        def at(value: float) -> float:
            return on(value, (p.set["x_low"], p.set["x_high"]), (144.0, 1536.0))

        ((left, _, right, _),), (theory,) = p.boxes("2"), p.strokes("1")
        (line,) = p.strokes("3")
        low, _, high, _ = p.strokes("4")[0]
        _, middle, _, _ = p.points("5")[0]
        for value, x in ((0.1, left), (0.11, right), (0.15, theory[0]), (0.118, low),
                         (0.13, high), (0.12, middle), (0.12, line[0])):  # fmt: skip
            self.near(at(value), x)

    def test_the_p99_of_a_plan_is_filled_and_its_median_hollow(self) -> None:
        def point(workers: int, *waits_s: float) -> dict:
            values = {"p50 wait": [waits_s[0]], "p99 wait": [waits_s[1]], "lost": [0.0]}
            return {"design": "pool", "workers": workers, "meets": workers == 30,
                    "values": values, "theory": {}}  # fmt: skip

        plan = {"target": ["p99 wait < 1s"], "workers": 30, "knee": 20, "collapse": None,
                "points": [point(20, 0.02, 2.0), point(30, 0.01, 0.2)],
                "limits": {"p99 wait": 1.0}}  # fmt: skip
        p = self.picture(stand_in.read(TWO.format("sweep")), "plan",
                         files={"plan.json": json.dumps(plan)})  # fmt: skip
        hollow, filled = p.points("6a"), p.points("7a")
        self.assertEqual([SHAPES[2] - 1] * 2, [mark[0] for mark in hollow])
        self.assertEqual([SHAPES[2]] * 2, [mark[0] for mark in filled])
        for (_, x, median, _), (_, also, p99, _) in zip(hollow, filled):
            self.near(x, also, 0.1)
            self.assertGreater(median, p99)  # further down

    def test_ratios_have_their_stroke_and_stand_on_grey_within_2_per_cent(self) -> None:
        p = self.picture(stand_in.read(TWO.format("control")), "control")
        ends = (1600 * p.set["left"], 1600 * p.set["right"])

        def at(value: float) -> float:
            return on(value, (p.set["x_low"], p.set["x_high"]), ends)

        marks = p.points("2a") or p.points("2")
        found = p.material.summaries.noise.a_a.interval
        self.assertEqual([SHAPES[p.set["mark_look"][0]]] * 8, [mark[0] for mark in marks])
        for x, value in zip((mark[1] for mark in marks), p.set["mark_x"]):
            self.near(at(value), x)
        low, _, high, _ = (p.strokes("1a") or p.strokes("1"))[0]
        self.near(at(found.low), low)
        self.near(at(found.high), high)
        grey = "".join(f"{int(COLOURS['shade'][i : i + 2], 16):3d}," for i in (1, 3, 5))
        bands = re.findall(rf"<polygon fill = 'rgb\({grey[:-1].replace(',', ', ')}\)'[^>]*"
                           r"points = '([^']*)'", p.text)  # fmt: skip
        self.assertTrue(any(
            abs(box[0] - at(0.98)) < 1 and abs(box[2] - at(1.02)) < 1
            for box in map(p._around, bands)
        ), (bands, at(0.98), at(1.02)))  # fmt: skip
        hollow = replace(p.chart, settings={**p.set, "mark_hollow": [1] * 8})
        hollow = gnuplot.draw(hollow, p.material.folder, ("svg",))
        p.text = (p.material.folder / hollow.files["svg"]).read_text(encoding="utf-8")
        without = p.points("2a") or p.points("2")
        self.assertEqual([mark[0] - 1 for mark in marks], [mark[0] for mark in without])

    def test_bars_reach_from_end_to_end_of_their_intervals(self) -> None:
        p = self.picture(stand_in.read(TWO.format("wall-time")), "wall-time", wide=True)
        upper, lower = p.frame("a") if "plot_1a" in p.text else p.frame("")
        scale = (p.set["panel_low"][0], p.set["panel_high"][0])
        seen = [stroke for k in range(1, 9) for a in ("", "a") for stroke in p.strokes(f"{k}{a}")]
        for summary in p.material.cells:
            middle = summary.figures["wall_s"].median
            low, high = (on(end * middle, scale, (lower, upper)) for end in (0.7, 1.5))
            self.assertTrue(any(
                abs(y - low) < 2 and abs(z - high) < 2 or abs(z - low) < 2 and abs(y - high) < 2
                for _, y, _, z in seen
            ), (low, high, seen))  # fmt: skip
        p = self.picture(stand_in.read(TWO.format("memory")), "memory", wide=True)
        left, right = 1600 * p.set["left"], 1600 * p.set["right"]
        # Of ink on paper: a bar may be as dark as ink itself.
        for tone in ("255, 255, 255", " 28,  28,  28"):
            groups = [f"{k}{a}" for k in range(1, 9) for a in ("", "a")
                      if f"stroke='rgb({tone})'" in p.group(f"{k}{a}")]  # fmt: skip
            seen = [stroke for group in groups for stroke in p.strokes(group)]
            for summary in p.material.cells:
                share = summary.figures["rss_bytes"].median / p.set["panel_high"][0]
                low, high = (left + end * share * (right - left) for end in (0.7, 1.5))
                self.assertTrue(any(abs(x - low) < 2 and abs(z - high) < 2
                                    for x, _, z, _ in seen), (low, high, seen))  # fmt: skip

    def test_what_is_believed_is_hollow_and_what_is_true_is_filled(self) -> None:
        p = self.picture(stand_in.load("silent"), "believed")
        marks = [mark for k in range(1, 9) for mark in p.points(f"{k}")]
        marks += [mark for k in range(1, 9) for mark in p.points(f"{k}a")]
        true = [x for shape, x, *_ in marks if shape in SHAPES.values()]
        believed = [x for shape, x, *_ in marks if shape not in SHAPES.values()]
        self.assertEqual([len(p.material.cells)] * 2, [len(true), len(believed)])

    def test_a_tile_is_as_wide_as_its_call_was_long(self) -> None:
        p = self.picture(stand_in.load("shapes"), "shapes")
        samples = [s for _, each in p.material.recorded.values() for s in each]
        told = sorted((s.finished_s - s.started_s) / p.set["unit_s"] for s in samples)
        boxes = p.boxes("1")
        self.assertEqual(len(samples), len(boxes))
        for length, width in zip(told, sorted(box[2] - box[0] for box in boxes)):
            self.near((length - 0.12) * p.set["tile"], width, 0.5)

    def test_lines_of_the_api_are_at_their_values(self) -> None:
        p = self.picture(stand_in.load("comparison"), "in-flight")
        upper, lower = p.frame("a")
        at = lower - p.set["capacity"] / p.set["y_high"] * (lower - upper)
        across = re.findall(r"M([\d.]+),([\d.]+) L([\d.]+),\2", p.text)
        # A line of the grid may be there as well.
        self.assertEqual(2, sum(abs(float(y) - at) < 1 and float(b) - float(a) > 1000
                                for a, y, b in across), at)  # fmt: skip
        p = self.picture(stand_in.load("retry-storm", quick=True), "retry-storm")
        left, right = 0.085 * 1600, 0.745 * 1600
        begin = left + p.set["outage_from"][0] / p.set["x_high"] * (right - left)
        boxes = [*map(p._around, re.findall(r"points = '([^']*)'", p.text))]
        self.assertTrue(any(abs(box[0] - begin) < 1 for box in boxes), (begin, boxes))
        p = self.picture(stand_in.load("pool-size"), "pool-size")
        ends = (1600 * p.set["left"], 1600 * p.set["right"])
        best = on(p.set["point_x"][0], (p.set["x_low"], p.set["x_high"]), ends)
        self.assertTrue(any(abs(x - best) < 1 for x, *_ in p.strokes("4a")), best)

    def test_a_curve_of_answers_climbs(self) -> None:
        p = self.picture(stand_in.four(), "latency")
        drawn = re.findall(r'gnuplot_plot_(\d+)" >', p.text)
        line = max(re.findall(r"d='(M[^']*)'", p.group(drawn[-1])), key=len)
        ys = [float(y) for _, y in re.findall(r"([\d.]+),([\d.]+)", line)]
        self.assertGreater(ys[0], ys[-1])

    def test_few_runs_have_dashed_bars(self) -> None:
        for n, dashed in ((5, True), (7, False)):
            p = self.picture(stand_in.read(TWO.format("wall-time")), "wall-time", n=n)
            bars = "".join(p.group(f"{k}{a}") for k in range(1, 9) for a in ("", "a")
                           if not p.points(f"{k}{a}"))  # fmt: skip
            self.assertEqual(dashed, "stroke-dasharray" in bars, n)


if __name__ == "__main__":
    unittest.main()
