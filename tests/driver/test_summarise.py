"""From runs to summaries and ratios."""

import csv
import io
import unittest
from dataclasses import replace

from .support import make_cell, make_run
from driver.reckon import tables, theory
from driver.ask.experiment import Experiment
from driver.reckon.stats import Verdict
from driver.run.constants import Constants
from driver.run.run import Role
from driver.run.samples import Sample
from driver.reckon.summarise import summarise
from driver.say.sentences import ratio_sentence


class Comparing(unittest.TestCase):
    def setUp(self):
        self.threads = make_cell("thread-per-task")
        self.pool = make_cell("worker-pool")
        self.experiment = Experiment("test", "?", (self.threads, self.pool), ())

    def runs(self, ratio=2.0, blocks=6):
        """Both cells in each block, on a machine that gets slower and slower."""
        runs = []
        for block in range(1, blocks + 1):
            wall_s = 1.0 + 0.3 * block
            runs.append(make_run(self.threads, block, wall_s))
            runs.append(make_run(self.pool, block, wall_s * ratio))
        return runs

    def summarise(self, runs):
        return summarise(self.experiment, runs)

    def test_ratios_are_per_block_so_that_drift_cancels(self):
        (ratio,) = self.summarise(self.runs(ratio=2.0)).compared()
        self.assertAlmostEqual(ratio.interval.low, 2.0)
        self.assertAlmostEqual(ratio.interval.high, 2.0)
        self.assertIs(ratio.verdict, Verdict.MORE)
        self.assertEqual((ratio.cell, ratio.baseline), (self.pool, self.threads))
        self.assertIn("2.00× [2.00, 2.00]", ratio_sentence(ratio))
        self.assertIn("slower", ratio_sentence(ratio))

    def test_times_that_the_draws_decide_say_nothing_about_the_machine(self):
        """Other arrivals in each block are long or short for all designs alike."""
        self.assertTrue(self.summarise(self.runs()).noise.drift.sure)
        self.experiment = replace(self.experiment, reseed=True)
        self.assertTrue(self.summarise(self.runs()).noise.drift.sure)
        self.threads = make_cell("thread-per-task", arrivals="poisson:10/s")
        self.pool = make_cell("worker-pool", arrivals="poisson:10/s")
        cells = (self.threads, self.pool)
        self.experiment = replace(self.experiment, cells=cells)
        self.assertIsNone(self.summarise(self.runs()).noise.drift)
        self.experiment = replace(self.experiment, reseed=False)
        self.assertTrue(self.summarise(self.runs()).noise.drift.sure)

    def test_only_measured_runs_count(self):
        runs = self.runs()
        for role in (Role.WARM_UP, Role.A_A, Role.SAMPLE):
            runs.append(make_run(self.pool, 1, 1000.0, role=role))
        summary = self.summarise(runs).of(self.pool.name)
        self.assertEqual(summary.n, 6)
        self.assertLess(summary.figures["wall_s"].maximum, 1000)

    def test_a_failed_run_is_neither_averaged_in_nor_compared(self):
        runs = self.runs()
        runs.append(make_run(self.pool, 7, 0.001, problem="it was ended by signal 11"))
        found = self.summarise(runs)
        summary = found.of(self.pool.name)
        self.assertEqual(summary.n, 6)
        self.assertGreater(summary.figures["wall_s"].minimum, 1)
        self.assertEqual(found.ratios, ())
        self.assertIn("1 of 7 runs are void: it was ended", found.refusals[0].why)

    def test_different_workloads_are_not_compared(self):
        runs = [run for run in self.runs() if run.cell is self.threads]
        runs += [make_run(self.pool, b, 1.0, digest="f" * 16) for b in range(1, 7)]
        found = self.summarise(runs)
        self.assertEqual(found.ratios, ())
        self.assertIn("workloads differ", found.refusals[0].why)
        self.assertEqual(len(found.refusals), 1)

    def test_each_block_may_have_a_workload_of_its_own_if_that_is_asked(self):
        runs = self.runs()
        for run in runs:
            run.record["workload_digest"] = f"{run.block:016x}"
        self.assertEqual(self.summarise(runs).ratios, ())
        self.experiment = replace(self.experiment, reseed=True)
        self.assertEqual(len(self.summarise(runs).compared()), 1)
        runs[5].record["workload_digest"] = "f" * 16
        self.assertEqual(self.summarise(runs).ratios, ())

    def test_a_block_without_any_success_counts_in_the_ratio(self):
        self.experiment = replace(self.experiment, figure="goodput_per_s")
        for cell, verdict in ((self.threads, "more"), (self.pool, "fewer")):
            runs = self.runs(ratio=0.9, blocks=14)
            for run in runs:
                if run.cell is cell and run.block % 7:
                    run.record["outcomes"] |= {"ok": 0, "rejected": 4}
            (ratio,) = self.summarise(runs).compared("goodput_per_s")
            self.assertEqual(ratio.interval.n, 14)
            self.assertIn(verdict, ratio_sentence(ratio))

    def test_cells_of_other_sizes_are_not_compared(self):
        other = make_cell("worker-pool", tasks=8)
        self.experiment = Experiment("test", "?", (self.threads, other), ())
        runs = [run for run in self.runs() if run.cell is self.threads]
        runs += [make_run(other, b, 1.0) for b in range(1, 7)]
        self.assertEqual(self.summarise(runs).ratios, ())

    def test_the_control_is_a_cell_over_itself(self):
        runs = self.runs()
        for block in range(1, 7):
            runs.append(
                make_run(self.pool, block, (1 + 0.3 * block) * 2.2, role=Role.A_A)
            )
        control = self.summarise(runs).noise.a_a
        self.assertEqual(control.cell, self.pool)
        self.assertAlmostEqual(control.interval.median, 1.1)

    def test_a_figure_that_could_not_be_read_is_absent_not_zero(self):
        runs = self.runs()
        for run in runs:
            run.record["peak"]["rss_bytes"] = None
        summary = self.summarise(runs).of(self.pool.name)
        self.assertNotIn("rss_bytes", summary.figures)
        self.assertNotIn("virtual_bytes", summary.figures)
        self.assertIn("page_table_bytes", summary.figures)

    def rows(self, found):
        return list(csv.DictReader(io.StringIO(tables.write_summary(found))))

    def test_the_table_holds_the_summary_and_the_theory_there_is(self):
        found = self.summarise(self.runs())
        of_pool = replace(found.of(self.pool.name), theory_wall_s=2.5, bound_wall_s=None)
        rows = self.rows(replace(found, cells=(of_pool,)))
        told = {row["figure"]: row for row in rows}
        wall = of_pool.figures["wall_s"]
        self.assertEqual((wall.median, wall.low, 0.96875), tuple(
            float(told["wall_s"][key]) for key in ("median", "low", "coverage")))  # fmt: skip
        for figure, median in (("ratio_wall_s", "2"), ("theory_wall_s", "2.5"), ("runs", "6")):
            self.assertEqual((self.pool.name, median),
                             (told[figure]["cell"], told[figure]["median"]))  # fmt: skip
        self.assertNotIn("bound_wall_s", told)

    def test_a_cell_without_runs_is_in_the_table_with_none(self):
        runs = [run for run in self.runs() if run.cell is self.threads]
        rows = self.rows(self.summarise(runs))
        counts = {row["cell"]: row["median"] for row in rows if row["figure"] == "runs"}
        self.assertEqual(counts, {self.threads.name: "6", self.pool.name: "0"})


class Figures(unittest.TestCase):
    """What single figures are made of, and what of many runs is told."""

    def summary(self, *served, program="thread-per-task", constants=Constants(), **options):
        """Of runs of 10 tasks that served so many each, in 1 s and 0.5 s of their own."""
        cell = make_cell(program, tasks=10, **options)
        runs = [make_run(cell, block, 1.0) for block in range(1, len(served) + 1)]
        for run, ok in zip(runs, served):
            run.record["outcomes"] |= {"ok": ok, "rejected": 10 - ok}
            run.record["create_ns"] = 100_000_000
            run.record["failed_latency_ns"] = {"min": 7_000_000_000}
        asked = Experiment("test", "?", (cell,))
        return summarise(asked, runs, constants=constants).cells[0]

    def test_each_is_by_its_own_clock(self):
        found = {k: v.median for k, v in self.summary(*[5] * 6).figures.items()}
        for name, value in (("wall_s", 1.0), ("inner_wall_s", 0.5), ("overhead_s", 0.5),
                            ("goodput_per_s", 10.0), ("wall_per_ok_s", 0.2),
                            ("failed_latency_min_s", 7.0), ("latency_min_s", 1e-9)):  # fmt: skip
            self.assertAlmostEqual(found[name], value, msg=name)

    def test_no_run_can_be_faster_than_the_bound_of_the_emptiest(self):
        found = self.summary(4, 9, 10, program="worker-pool")  # two workers, 1 ms
        self.assertAlmostEqual(found.bound_wall_s, 2e-3)

    def test_a_theory_is_told_as_a_prediction_only_where_it_is_one(self):
        known, slow = Constants(create_s=0.05), {"service-time": "100ms"}
        for served, constants, options, over in (
            ([10] * 6, known, {}, 0.5 / 0.501),
            ([10] * 6, Constants(), {}, None),  # c is of these very runs
            ([10] * 5 + [9], known, {}, 0.5 / 0.501),  # lost, but d hardly matters
            ([10] * 5 + [9], known, slow, None),
            ([10] * 6, known, slow, 0.5 / 0.6),
        ):  # fmt: skip
            found = theory.over_theory(
                self.summary(*served, constants=constants, **options)
            )
            self.assertEqual(found and round(found, 6), over and round(over, 6))

    def test_unequal_work_has_no_verdict_whoever_served_more(self):
        over, under = (make_cell(p) for p in ("worker-pool", "thread-per-task"))
        for served in ((4, 1), (1, 4), (0, 4)):
            runs = [
                make_run(c, b, s)
                for b in range(1, 7)
                for c, s in ((over, 2.0), (under, 1.0))
            ]
            for run in runs:
                run.record["outcomes"]["ok"] = served[run.cell is under]
            (wall,) = summarise(Experiment("test", "?", (under, over)), runs).compared()
            self.assertEqual(
                (wall.same_work, wall.verdict), (False, Verdict.CANNOT_TELL)
            )
            self.assertAlmostEqual(wall.interval.median, 2.0)


def sample(due_s, started_s, finished_s, outcome="ok"):
    return Sample(0, 0, due_s, started_s, finished_s, 1, outcome)


class Samples(unittest.TestCase):
    """What becomes of runs in which every task is known."""

    def test_each_change_counts_who_waits_calls_and_is_served(self):
        threads, pool = make_cell("thread-per-task"), make_cell(
            "worker-pool", workers=9
        )
        found = [
            sample(0.0, 0.0, 2.0), sample(0.0, 1.0, 3.0, "rejected"),
            sample(1.0, None, None, "not_started"),
        ]  # fmt: skip
        rows = tables.changes([(threads, found)]).rows
        told = [
            tuple(
                row[k] for k in ("time_s", "waiting", "in_flight", "served", "threads")
            )
            for row in rows
        ]
        self.assertEqual(told, [
            (0.0, 0, 0, 0, 0), (0.0, 1, 1, 1, 1), (1.0, 1, 1, 1, 1), (1.0, 1, 2, 1, 2),
            (2.0, 1, 2, 1, 2), (2.0, 1, 1, 0, 1), (3.0, 1, 1, 0, 1), (3.0, 1, 0, 0, 0),
        ])  # fmt: skip
        self.assertEqual(
            {row["threads"] for row in tables.changes([(pool, found)]).rows}, {9}
        )

    def test_who_is_never_answered_is_missing_in_the_end(self):
        found = [sample(1.0, 1.5, 3.0), sample(0.0, 0.5, 1.0, "rejected")]
        rows = tables.answers([(make_cell(), found)]).rows
        told = [(row["curve"], row["time_s"], row["share"]) for row in rows]
        self.assertEqual(told, [("started", 0.5, 0.5), ("started", 0.5, 1.0),
                                ("answered", 2.0, 0.5)])  # fmt: skip
