"""Claims about charts of single runs, made of recordings that nobody made."""

from __future__ import annotations

import sys
import unittest
from dataclasses import replace
from pathlib import Path
from random import Random
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

import stand_in  # noqa: E402
from test_experiments import FOLDER, OnStandIns  # noqa: E402

from driver import draw  # noqa: E402
from driver.ask import experiment as experiments  # noqa: E402
from driver.draw import gnuplot  # noqa: E402
from driver.draw.material import Material  # noqa: E402
from driver.draw.ticks import ticks  # noqa: E402
from driver.ask.figures import OUTCOMES  # noqa: E402
from driver.run.run import Role  # noqa: E402
from driver.reckon.summarise import summarise  # noqa: E402


class RetryStorm(OnStandIns):
    """An outage from 150 to 250 ms, with arrivals until 600 ms."""

    def sheet(self, after: dict[tuple[int | None, bool], tuple[int, list[int]]], **kw):
        """By (workers, budget): answers in each 10 ms after the outage; ok of runs."""
        found = experiments.load(FOLDER / "retry-storm.toml", kw.get("options", {}), True)
        runs = []
        for number, cell in enumerate(found.cells):
            key = (cell.workers, "retry-budget" in cell.options)
            for block, ok in enumerate(after[key][1], 1):
                run = stand_in.run_of(cell, Role.MEASURE, block, Random(1))
                outcomes = dict.fromkeys(OUTCOMES, 0) | {"ok": ok, "failed": 720 - ok}
                runs.append(replace(run, record={**run.record, "outcomes": outcomes}))
            path = self.samples(number, after[key][0])
            runs.append(stand_in.run_of(
                cell, Role.SAMPLE, 1, Random(1), samples=path))  # fmt: skip
        summaries = summarise(found, runs)
        sheet = draw.BUILDERS["retry-storm"](
            Material(self.folder, found, runs, summaries))  # fmt: skip
        gnuplot.draw(sheet, self.folder)
        return sheet

    def samples(self, number: int, after: int) -> str:
        """12 arrive and are answered in 10 ms; in the outage none, then as told."""
        lines = [stand_in.HEADER]
        for ms in range(0, 600, 10):
            answered = 0 if 150 <= ms < 250 else 12 if ms < 150 else after
            for task in range(12):
                kind = "ok" if task < answered else "failed"
                at = f"{ms}000000,{ms}000000,{ms + 9}000000"
                lines.append(f"{len(lines) - 1},0,{at},1,{kind}")
        (self.folder / "samples").mkdir(exist_ok=True)
        path = f"samples/{number}.csv"
        (self.folder / path).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    STORM = {
        (None, False): (2, [356, 354] * 3), (50, False): (12, [690, 691] * 3),
        (None, True): (12, [590, 589] * 3), (50, True): (12, [588, 588] * 3),
    }  # fmt: skip

    def test_a_quick_run_says_who_recovers_and_what_a_budget_costs(self) -> None:
        sheet = self.sheet(self.STORM)
        self.assertEqual(
            "After the outage thread-per-task with no retry budget stays down, the 3"
            " others recover; worker-pool of 50 answers 588 tasks with a budget, 690"
            " without", sheet.title
        )  # fmt: skip
        self.assertTrue(sheet.caption.endswith("contradict that: nothing here does."))
        self.assertIn("355 (354–356) of 720", sheet.alt)

    def test_no_cost_is_claimed_where_the_runs_overlap(self) -> None:
        storm = {**self.STORM, (50, True): (12, [589, 695] * 3)}
        self.assertNotIn("with a budget", self.sheet(storm).title)

    def test_no_cost_is_claimed_from_a_few_runs(self) -> None:
        storm = {**self.STORM, (50, True): (12, [588] * 5)}
        self.assertNotIn("with a budget", self.sheet(storm).title)

    def test_what_contradicts_the_lesson_is_named(self) -> None:
        storm = {**self.STORM, (50, False): (2, [100])}
        caption = self.sheet(storm).caption
        self.assertIn("that: worker-pool of 50 with no retry budget did not.", caption)

    def test_a_run_too_short_to_tell_falls_back_on_counts(self) -> None:
        sheet = self.sheet(self.STORM, options={"api-outage": "150ms,400ms"})
        self.assertEqual(
            "With no retry budget worker-pool of 50 answers 690 of 720 tasks,"
            " thread-per-task 355", sheet.title
        )  # fmt: skip
        self.assertIn("too short to tell", sheet.caption)

    def test_slots_begin_and_end_with_the_outage(self) -> None:
        sheet = self.sheet(self.STORM)
        starts = {m[2] for m in sheet.marks}
        self.assertLessEqual({0.0, 0.15, 0.2, 0.25}, starts)
        in_it = [m[3] for m in sheet.marks if 0.15 <= m[2] < 0.25]
        self.assertEqual({0.0}, set(in_it))
        self.assertEqual(0.59, sheet.settings["arrivals_to"])


class Timeline(OnStandIns):
    """Two pools of 5, each with a bound of its own panel; the second gives up."""

    def sheet(self, spans: list[list[tuple[float, str]]]):
        """Two recordings of the hang experiment: (ms, outcome) of tasks in turn."""
        found = experiments.load(FOLDER / "hang.toml", {})
        runs = []
        for number, (cell, tasks) in enumerate(zip(found.samples, spans)):
            free, lines = [0.0] * 5, [stand_in.HEADER]
            for index, (ms, kind) in enumerate(tasks):
                lane = free.index(min(free))
                start, free[lane] = free[lane], free[lane] + ms
                span = f"0,{round(start * 1e6)},{round(free[lane] * 1e6)}"
                lines.append(f"{index},{lane},{span},1,{kind}")
            (self.folder / f"{number}.csv").write_text("\n".join(lines) + "\n")
            runs.append(stand_in.run_of(cell, Role.SAMPLE, 1, Random(1),
                                        samples=f"{number}.csv"))  # fmt: skip
        sheet = draw.BUILDERS["timeline"](
            Material(self.folder, found, runs, summarise(found, runs)))  # fmt: skip
        gnuplot.draw(sheet, self.folder)
        return sheet

    def test_who_gave_up_is_not_just_done_sooner(self) -> None:
        sheet = self.sheet([
            [(10, "ok")] * 47 + [(300, "ok")] * 3,
            [(10, "ok")] * 47 + [(50, "timed_out")] * 3,
        ])  # fmt: skip
        self.assertIn("pool of\u00a05 is done in 390 ms, ", sheet.title)
        told = "(timeout 50\u00a0ms) in 140 ms with 3 of 50 tasks lost"
        self.assertTrue(sheet.title.endswith(told), sheet.title)

    def test_each_panel_has_its_own_bounds_told_apart_from_its_end(self) -> None:
        sheet = self.sheet([[(10.02, "ok")] * 50, [(4.01, "ok")] * 49 + [(5, "ok")]])
        first, second = sheet.settings["note_words"]
        self.assertIn("before 100.2 ms, none without idling after 108.2 ms", first)
        self.assertIn("before 40.30 ms, none without idling after 44.30 ms", second)
        self.assertEqual(["done: 100.2 ms", "done: 41.09 ms"],
                         sheet.settings["end_words"])  # fmt: skip
        tops = sheet.settings["lane_top"]
        for x, top, bottom in zip(*(sheet.settings[f"bound_{k}"]
                                    for k in ("x", "top", "bottom"))):  # fmt: skip
            panel = 0 if x > 60 else 1
            self.assertGreater(top, tops[panel] - 1)
            self.assertLessEqual(bottom, sheet.settings["lane_bottom"][panel])
        self.assertTrue(sheet.caption.endswith("would contradict that: none does."))

    def test_a_pool_outside_its_bounds_is_named(self) -> None:
        slow = [(10, "ok")] * 5 + [(50, "ok")]
        sheet = self.sheet([slow, [(10, "ok")] * 10])
        self.assertTrue(sheet.caption.endswith("that: none does."))
        with mock.patch("driver.draw.timeline.bounds_s", lambda *_: (0.01, 0.03)):
            sheet = self.sheet([slow, [(10, "ok")] * 10])
        told = "that: worker-pool of 5 does, at 60.00 ms."
        self.assertTrue(sheet.caption.endswith(told), sheet.caption)


class Shapes(OnStandIns):
    def test_the_title_has_the_digits_of_the_table(self) -> None:
        material = self.material("shapes")
        for path, ns in (("pool-1-n100", 101), ("pool-5-n100", 104)):
            lines = [f"{i},0,0,{i * ns}00000,{(i + 1) * ns}00000,1,ok"
                     for i in range(100)]  # fmt: skip
            text = "\n".join([stand_in.HEADER, *lines]) + "\n"
            (self.folder / f"samples/{path}.csv").write_text(text)
        runs = [r for r in material.runs
                if r.role is Role.SAMPLE and r.cell.workers in (1, 5)]  # fmt: skip
        sheet = draw.BUILDERS["shapes"](replace(material, runs=runs))
        gnuplot.draw(sheet, self.folder)
        self.assertEqual(["1.010", "1.040"], [row[3] for row in sheet.rows])
        self.assertIn("2 shapes: 1.010 to 1.040 task seconds", sheet.title)
        self.assertIn("1\u202f000 ms", sheet.settings["tick_words"])


class Ticks(unittest.TestCase):
    def test_ticks_are_round_few_and_within_the_axis(self) -> None:
        for highest in (0.3, 1.0, 7.0, 126.0, 596.0, 1052.0, 9999.0):
            for most in (4, 8):
                places = [at for _, at in ticks(highest, most)]
                self.assertLessEqual(len(places), most + 1)
                self.assertGreater(len(places), most / 4)
                self.assertLessEqual(places[-1], highest)
        self.assertEqual(("1\u202f000 ms", 1000.0), ticks(1052.0, 8, " ms")[-1])


if __name__ == "__main__":
    unittest.main()
