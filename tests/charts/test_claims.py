"""Claims about what charts claim: no more than their runs bear out."""

from __future__ import annotations

import sys
import unittest
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from test_experiments import BLOCKS, FOLDER, OnStandIns  # noqa: E402

from driver import draw  # noqa: E402
from driver.ask import experiment as experiments  # noqa: E402
from driver.run.plan import ENOUGH, QUICK, START_S  # noqa: E402
from driver.draw import gnuplot  # noqa: E402
from driver.draw.cancel import LISTENS  # noqa: E402
from driver.run.child import TICK_S  # noqa: E402
from driver.ask.figures import OUTCOMES  # noqa: E402
from driver.reckon.summarise import summarise  # noqa: E402
from driver.reckon.theory import planned_wall_s  # noqa: E402


class ThreadCost(OnStandIns):
    """What a thread costs is said only where all of it was seen."""

    def sheet(self, kernel: bool):
        material = self.material("memory")
        if not kernel:
            blind = [replace(run, kernel=None) for run in material.runs]
            material = replace(material, runs=blind)
        sheet = draw.BUILDERS["thread-cost"](material)
        gnuplot.draw(sheet, self.folder)
        return sheet

    def test_all_four_kinds_make_a_total(self) -> None:
        sheet = self.sheet(kernel=True)
        self.assertRegex(sheet.title, r"^A thread costs \d\d\.\d kB of memory; RSS")
        self.assertEqual(4, sheet.settings["kinds"])
        self.assertEqual([0, 0, 0], sheet.settings["ghost"])
        self.assertNotIn("not measured", sheet.alt)

    def test_what_nobody_saw_is_no_part_of_a_total(self) -> None:
        sheet = self.sheet(kernel=False)
        self.assertNotIn("costs", sheet.title)
        self.assertIn("RSS and page tables: 12.5 kB a thread; ", sheet.title)
        self.assertIn("kernel stack and slab not seen in this run", sheet.title)
        self.assertEqual([1, 1, 1], sheet.settings["ghost"])
        self.assertEqual("12.5 kB seen", sheet.settings["bar_total"][0])
        self.assertEqual(3, sheet.alt.count("kernel stack and slab not measured"))
        unseen = [row[1] for row in sheet.rows if row[2] == "not measured"]
        self.assertEqual(6, len(unseen))

    def test_a_quick_run_is_long_enough_to_be_looked_at(self) -> None:
        for cell in experiments.load(FOLDER / "memory.toml", {}, quick=True).cells:
            self.assertGreater(cell.service_s, TICK_S + 0.1)


class Cancel(OnStandIns):
    """How soon a run stops: the bound is of pools, and tested."""

    def sheet(self, latencies_ms: dict[tuple[int | None, str], list[float]]):
        """Six rows, of which these have stop times of their own, a run each."""
        material = self.material("cancel")
        runs = []
        for run in material.runs:
            key = (run.cell.workers, run.cell.options["cancel"])
            told = latencies_ms.get(key, [5.0] * BLOCKS)
            if run.block <= len(told):
                stop = {"latency_ns": int(1e6 * told[run.block - 1]),
                        "in_flight": 100 + run.block}  # fmt: skip
                runs.append(replace(run, record={**run.record, "stop": stop}))
        summaries = summarise(material.experiment, runs)
        material = replace(material, runs=runs, summaries=summaries)
        sheet = draw.BUILDERS["cancel"](material)
        gnuplot.draw(sheet, self.folder)
        return sheet

    def test_a_pool_beyond_its_bound_is_counted(self) -> None:
        kept = self.sheet({(50, "between"): [9.0, 10.0, 11.0, 10.0, 10.0, 10.0]})
        told = "0 of 6 runs overshot: they took 9.00 ms to 11.0 ms."
        self.assertTrue(kept.caption.endswith(told), kept.caption)
        broken = self.sheet({(50, "between"): [9.0, 90.0, 10.0]})
        self.assertTrue(broken.caption.endswith("1 of 3 runs overshot: 90.0 ms."))
        self.assertIn("1 of 3 runs overshot: 90.0 ms.", broken.alt)

    def test_the_bound_is_for_pools_and_threads_are_told_why_not(self) -> None:
        sheet = self.sheet({(None, "within"): [20.0] * 6, (None, "between"): [30.0]})
        self.assertIn("0 of 7 runs overshot", sheet.caption)
        self.assertIn("up to 106 were under way when told", sheet.caption)
        self.assertNotIn("at once", sheet.caption)

    def test_captions_and_rows_have_one_vocabulary(self) -> None:
        sheet = self.sheet({})
        for words in sheet.settings["row_words"]:
            self.assertIn(words.removeprefix("nobody "), sheet.caption)
            self.assertIn(words, sheet.title)

    def test_each_time_has_its_interval_or_it_is_said_why_not(self) -> None:
        times = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
        sheet = self.sheet({(50, "within"): times})
        self.assertIn("3.50\u00a0ms\u00a0[1.00,\u00a06.00] listening", sheet.title)
        self.assertIn("in brackets its interval, at least 96 %", sheet.subtitle)
        self.assertIn("3.50 ms [1.00, 6.00]", sheet.settings["row_value"])
        few = dict.fromkeys([(w, m) for w in (None, 50) for m in LISTENS], times[:3])
        sheet = self.sheet(few)
        self.assertNotIn("[", sheet.title)
        self.assertIn("n = 3: no interval can be given", sheet.subtitle)
        self.assertIn("2.00 ms (1.00 to 3.00)", sheet.settings["row_value"])

    def test_the_deadline_has_its_unit_as_a_word(self) -> None:
        self.assertIn("told to stop after 55\u00a0ms", self.sheet({}).subtitle)


class Outcomes(OnStandIns):
    """Who lost tasks and who did not: no cell is taken for another."""

    def sheet(self, name: str, lost: dict[tuple[int | None, str], list[int]], **kw):
        """The chart of an experiment in which these lost so many, a run each."""
        material = self.material(name)
        runs = []
        for run in material.runs:
            option = str(run.cell.options.get(kw.get("option", ""), ""))
            told = lost.get((run.cell.workers, option), [0])
            gone = told[run.block % len(told)]
            outcomes = dict.fromkeys(OUTCOMES, 0) | {
                "ok": run.cell.tasks - gone, kw.get("kind", "timed_out"): gone
            }  # fmt: skip
            runs.append(replace(run, record={**run.record, "outcomes": outcomes}))
        summaries = summarise(material.experiment, runs)
        material = replace(material, runs=runs, summaries=summaries)
        sheet = draw.BUILDERS["outcomes"](material)
        gnuplot.draw(sheet, self.folder)
        return sheet

    def test_cells_that_differ_in_an_option_are_told_apart(self) -> None:
        lost = {(None, "50ms"): [3], (5, "50ms"): [3]}
        sheet = self.sheet("hang", lost, option="timeout")
        self.assertEqual(
            "Of 50 tasks, with timeout 50\u00a0ms every design loses 6 %; with no"
            " timeout every design loses none", sheet.title
        )  # fmt: skip
        words = ["no timeout"] * 2 + ["timeout 50\u00a0ms"] * 2
        self.assertEqual(words, sheet.settings["bar_variant"])
        sheet = self.sheet("hang", {(5, "50ms"): [3]}, option="timeout")
        self.assertIn("worker-pool of 5 (timeout 50\u00a0ms) loses 6 %", sheet.title)
        self.assertIn("worker-pool of 5 (no timeout) lose none", sheet.title)

    def test_every_loss_is_told_and_designs_are_named(self) -> None:
        lost = {(None, "256M"): [170], (None, "1G"): [74]}
        sheet = self.sheet("wall", lost, option="limit-memory", kind="not_started")
        self.assertIn("(memory limit 256\u00a0MiB) loses 85 %, ", sheet.title)
        self.assertIn("(memory limit 1\u00a0GiB) 37 %; ", sheet.title)
        self.assertTrue(sheet.title.endswith("; every pool loses none"), sheet.title)
        self.assertNotIn("bars", sheet.title)

    def test_what_some_runs_lost_is_not_lost_by_none(self) -> None:
        lost = {(None, ""): [9], (50, ""): [0, 0, 0, 0, 0, 2, 0]}
        sheet = self.sheet("silent", lost, kind="failed")
        self.assertIn("worker-pool of 5 loses none; ", sheet.title)
        self.assertIn("worker-pool of 50 loses none in the median run", sheet.title)

    def test_the_caption_speaks_of_what_was_set(self) -> None:
        for name, words in (("hang", "hangs"), ("silent", "the same calls"),
                            ("wall", "stacks")):  # fmt: skip
            caption = self.sheet(name, {}).caption
            self.assertIn(words, caption)
            self.assertIn("would contradict", caption)
            self.assertNotIn("API", caption)

    def test_a_pool_that_broke_its_bound_is_named(self) -> None:
        for lost, told in (([0], "none did."), ([4], "worker-pool of 5 did.")):
            sheet = self.sheet("comparison", {(5, ""): lost}, kind="rejected")
            self.assertTrue(sheet.caption.endswith(f"; {told}"), sheet.caption)


class Winner(OnStandIns):
    """A map of verdicts, with the boundary that theory has between them."""

    EACH_S = 60e-6  # to create a thread: rounds are worth it above 50 times as much

    def sheet(self, blocks: int, swap: bool = False):
        """Times as theory has them; swapped, each design takes the other's."""
        material = self.material("winner")
        runs = []
        for run in material.runs:
            pool = (run.cell.workers is not None) != swap
            rounds = -(-run.cell.tasks // 50) * run.cell.service_s
            threads = run.cell.service_s + run.cell.tasks * self.EACH_S
            timing = replace(run.hyperfine, wall_s=rounds if pool else threads)
            record = {**run.record, "create_ns": run.cell.tasks * self.EACH_S * 1e9}
            if run.block <= blocks:
                runs.append(replace(run, hyperfine=timing, record=record))
        summaries = summarise(material.experiment, runs)
        material = replace(material, runs=runs, summaries=summaries)
        sheet = draw.BUILDERS["winner"](material)
        gnuplot.draw(sheet, self.folder)
        return sheet

    def test_too_few_runs_are_said_to_bear_no_verdict(self) -> None:
        sheet = self.sheet(blocks=2)
        self.assertEqual(
            "Too few runs for a verdict in any of 12 combinations: n = 2", sheet.title
        )
        self.assertIn("no interval can be given", sheet.subtitle)
        self.assertIn("no verdict to tell by", sheet.caption)

    def test_the_boundary_is_where_rounds_and_creation_take_alike(self) -> None:
        sheet = self.sheet(blocks=6)
        self.assertEqual("theory: W·c = 3.00 ms", sheet.settings["step_words"])
        heights = dict(zip(sheet.settings["step_x"], sheet.settings["step_y"]))
        # Fifty tasks are one round of fifty workers: no boundary in their column.
        self.assertEqual({2, 3, 4}, set(heights))
        self.assertAlmostEqual(2.0, heights[4], delta=0.01)
        self.assertGreater(heights[2], heights[4])

    def test_verdicts_against_the_boundary_are_counted(self) -> None:
        self.assertRegex(self.sheet(blocks=6).caption, r"none of \d verdicts does\.$")
        told = self.sheet(blocks=6, swap=True).caption
        self.assertRegex(told, r"(\d) of \1 do: .*10 000 tasks of 1 ms".replace(
            "10 000", "10\u202f000"))  # fmt: skip

    def test_a_quick_run_has_few_enough_fields_for_six_blocks(self) -> None:
        cells = experiments.load(FOLDER / "winner.toml", {}, quick=True).cells
        block_s = sum(planned_wall_s(cell) + START_S for cell in cells)
        self.assertLess((ENOUGH + 1) * block_s, QUICK.budget_s)

    def test_a_ratio_is_written_as_everywhere(self) -> None:
        for mark in self.sheet(blocks=6).marks:
            self.assertRegex(mark[4].strip(), r"^\d+(\.\d+)?×$")


if __name__ == "__main__":
    unittest.main()
