"""Claims about the report: whole, self-contained, of the same values as the data."""

from __future__ import annotations

import base64
import gzip
import json
import re
import sys
import tempfile
import unittest
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import stand_in  # noqa: E402
from driver import draw, page  # noqa: E402
from driver.say import sentences  # noqa: E402
from driver.draw.chart import Chart  # noqa: E402
from driver.reckon.summary import Noise  # noqa: E402
from driver.run.run import Role  # noqa: E402
from driver.page import sections  # noqa: E402
from driver.page.html import palette, variables  # noqa: E402

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr", "col", "source"}
FACTS = {"commit": "0123456789", "seed": 1, "cpu": {"model": "a <processor> & more"},
         "limits": {"stack_bytes": None}, "tools": ["gnuplot"]}  # fmt: skip


class Outline(HTMLParser):
    """Checks that elements nest, and collects what the claims ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in found:
            self.ids.append(found["id"] or "")
        if tag == "a":
            self.links.append(found.get("href") or "")
        if "src" in found or tag in ("link", "iframe", "object", "embed"):
            self.loads.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "id" in dict(attrs):
            self.ids.append(dict(attrs)["id"] or "")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            raise AssertionError(f"</{tag}> closes {self.open[-1:]}")
        self.open.pop()


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.desk = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.desk.name)
        cls.material = m = stand_in.material(cls.folder)
        lines = [json.dumps(run.to_json()) for run in m.runs]
        (cls.folder / "runs.ndjson").write_text("\n".join(lines), encoding="utf-8")
        drawn = draw.draw(cls.folder, m.experiment, m.runs, m.summaries)
        failed = Chart("broken", "", "", "", problem="it <broke>")
        cls.path = page.write(
            cls.folder, m.experiment, m.runs, m.summaries, [*drawn, failed], FACTS
        )
        cls.charts = drawn
        cls.text = cls.path.read_text(encoding="utf-8")
        cls.outline = Outline()
        cls.outline.feed(cls.text)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.desk.cleanup()

    def says(self, part: str) -> None:
        self.assertTrue(part in self.text, f"not in the report: {part}")

    def test_every_element_is_closed(self) -> None:
        self.assertEqual([], self.outline.open)

    def test_ids_are_unique_and_links_lead_somewhere(self) -> None:
        self.assertEqual(len(set(self.outline.ids)), len(self.outline.ids))
        for link in self.outline.links:
            if link.startswith("#"):
                self.assertIn(link[1:], self.outline.ids)
            elif not link.startswith(("data:", "charts/")):
                self.assertTrue((self.folder / link).exists(), link)

    def test_sections_stand_in_the_order_of_the_method(self) -> None:
        order = ["verdict", "cells", "figures", "replay", "sliders", "reading",
                 "threats", "environment", "raw"]  # fmt: skip
        self.assertEqual(order, [i for i in self.outline.ids if i in order])

    def test_the_first_sentence_is_the_conclusion_of_the_first_chart(self) -> None:
        title = re.search(r"<title[^>]*>([^<]*)</title>", self.text[2000:])[1]
        self.assertIn(f'<p class="lead">{title}.</p>', self.text)

    def test_noise_is_said_on_the_front_page(self) -> None:
        quiet, noisy = Noise(canary_spread={"spin": 0.01}), Noise(
            canary_spread={"spin": 0.3}, noisy_blocks=(2, 4)
        )
        told = sections.noise(replace(self.material.summaries, noise=noisy))
        self.assertIn("in blocks 2 and 4", told)
        told = sections.noise(replace(self.material.summaries, noise=quiet))
        self.assertIn("Quiet", told)

    def test_what_a_protocol_cannot_say_is_told(self) -> None:
        for name in ("quick", "lesson", "classroom", "full"):
            facts = {"protocol": name, "minutes": 2}
            told = sections.doubts(replace(self.material.summaries, machine=facts))
            self.assertIn(f"A {name} run cannot say", told)

    def test_the_commands_are_those_that_were_measured(self) -> None:
        m = self.material
        cell = m.runs[0].cell
        runs = [run for run in m.runs if run.cell.name == cell.name]
        first = replace(runs[0], role=Role.WARM_UP, command=(cell.design, "--first"))
        sample = replace(runs[0], role=Role.SAMPLE, command=(cell.design, "--samples"))
        alone = replace(sample, cell=replace(cell, name="only-sampled"))
        told = page.commands([first, *runs, sample, alone])
        self.assertEqual(told[cell.name], (cell.design.program, *cell.args))
        self.assertEqual(told["only-sampled"], sample.command)

    def test_what_to_type_names_this_folder_and_no_path_of_the_user(self) -> None:
        results = sections.REPOSITORY / "results"
        for name in ("20250101T000000Z-abc", "20250101T000000Z-abc-full/memory"):
            told = sections.place(results / f".unfinished-{name}")
            self.assertEqual(f"results/{name}", told)
        self.says("data=&#x27;DIR/charts/wall-time.csv&#x27;")
        self.assertNotIn(str(self.folder), self.text)

    def test_the_table_tells_exit_codes_and_kernel_memory(self) -> None:
        cell = self.material.summaries.cells[0].cell
        runs = [r for r in self.material.runs if r.cell.name == cell.name and r.counts]
        odd = replace(runs[0].hyperfine, exit_code=139)
        runs[0] = replace(runs[0], hyperfine=odd, problem="ended by signal 11")
        runs[1] = replace(runs[1], kernel={"slab_bytes": 7000, "page_table_bytes": 500})
        table = sections.cells(self.material.summaries, runs)
        self.assertIn("<td>0, 139</td>", table)
        self.assertIn("<td>7.50 kB</td>", table)

    def test_headings_descend_in_order(self) -> None:
        levels = self.outline.headings
        self.assertEqual([1], [level for level in levels if level == 1])
        for above, below in zip(levels, levels[1:]):
            self.assertLessEqual(below, above + 1)

    def test_nothing_is_asked_of_any_network(self) -> None:
        self.assertEqual([], self.outline.loads)
        self.says("default-src 'none'")
        self.assertEqual([], re.findall(r"https?:.{0,40}|@import", self.text))

    def test_no_place_of_the_template_is_left(self) -> None:
        self.assertEqual([], re.findall(r"\{\{\w+\}\}", self.text))

    def test_it_is_small_enough_to_mail(self) -> None:
        self.assertLessEqual(len(self.text.encode()), 1_500_000)

    def test_each_chart_has_picture_caption_and_numbers(self) -> None:
        for chart in self.charts:
            start = self.text.index(f'<figure id="{chart.name}">')
            figure = self.text[start : self.text.index("</figure>", start)]
            self.assertIn("<svg", figure)
            self.assertIn("<figcaption>", figure)
            self.assertEqual(len(chart.rows), figure.count('<th scope="row">'))

    def test_a_chart_that_failed_is_said(self) -> None:
        self.says("it &lt;broke&gt;")

    def test_words_of_the_machine_are_escaped(self) -> None:
        self.says("a &lt;processor&gt; &amp; more")
        self.says("unknown")

    def test_the_table_holds_every_cell(self) -> None:
        for summary in self.material.summaries:
            told = sentences.interval_text(summary.figures["wall_s"], "s")
            self.says(told)

    def test_the_verdicts_are_those_of_the_ratios(self) -> None:
        for ratio in self.material.summaries.compared():
            told = sentences.whole_sentence(ratio, self.material.summaries)
            self.says(told.rstrip("."))

    def test_the_raw_runs_are_inside(self) -> None:
        link = r'download="runs.ndjson.gz" href="data:[^,]*,([^"]+)"'
        packed = re.search(link, self.text)
        raw = gzip.decompress(base64.b64decode(packed[1])).decode()
        self.assertEqual(len(self.material.runs), len(raw.splitlines()))

    def test_the_page_has_the_colours_of_the_charts(self) -> None:
        for theme in ("light", "dark"):
            self.assertIn("--colour-1", variables(theme))
        self.assertEqual("#d55e00", palette()["light"]["colour-1"])
        self.assertEqual(palette()["light"].keys(), palette()["dark"].keys())
        self.says("var(--colour-2)")

    def test_lettering_is_readable_on_its_ground(self) -> None:
        for theme in palette().values():
            for name, colour in theme.items():
                if name.startswith("letter") or name in ("ink", "muted"):
                    self.assertGreaterEqual(contrast(colour, theme["paper"]), 4.5, name)
            for name, colour in theme.items():
                if name.startswith("tint"):
                    self.assertGreaterEqual(contrast(theme["ink"], colour), 4.5, name)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [
            p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Thin(unittest.TestCase):
    def test_no_run_at_all_still_makes_a_page(self) -> None:
        with tempfile.TemporaryDirectory() as desk:
            m = stand_in.material(Path(desk), n=0)
            drawn = draw.draw(m.folder, m.experiment, m.runs, m.summaries)
            path = page.write(
                m.folder, m.experiment, m.runs, m.summaries, drawn, {}
            )
            text = path.read_text(encoding="utf-8")
        self.assertTrue("not run" in text)
        self.assertTrue("Nothing was compared" in text)


if __name__ == "__main__":
    unittest.main()
