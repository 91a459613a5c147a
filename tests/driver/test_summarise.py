"""From runs to summaries and ratios."""

import csv
import io
import unittest
from dataclasses import replace

from .support import make_cell, make_run
from driver.reckon import outage, tables, theory
from driver.ask.experiment import Experiment
from driver.reckon.stats import Verdict
from driver.run.constants import Constants
from driver.run.run import Role
from driver.run.samples import Sample
from driver.reckon.summarise import summarise
from driver.say import ending
from driver.say.sentences import ratio_sentence, whole_sentence


class Comparing(unittest.TestCase):
    def setUp(self):
        self.threads = make_cell("thread-per-task")
        self.pool = make_cell("worker-pool")
        self.experiment = Experiment("test", "?", (self.threads, self.pool), ())

    def runs(self, ratio=2.0, blocks=6, drift=0.3):
        """Both cells in each block, on a machine that gets slower and slower."""
        runs = []
        for block in range(1, blocks + 1):
            wall_s = 1.0 + drift * block
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

    def test_a_time_is_not_told_without_what_was_done_in_it(self):
        runs = self.runs()
        self.assertNotIn("same work", self.whole_sentence(runs))
        for run in runs:
            if run.cell is self.threads:
                run.record["outcomes"] |= {"ok": 1, "rejected": 3}
        told = self.whole_sentence(runs)
        self.assertIn("a pool of 2 serves 4, threads 1: not the same work. Per", told)
        self.assertIn("Per served task it takes 0.50× [0.50, 0.50] as long: faster", told)

    def whole_sentence(self, runs):
        found = self.summarise(runs)
        return whole_sentence(found.ratios[0], found)

    def test_two_blocks_bear_no_verdict(self):
        (ratio,) = self.summarise(self.runs(blocks=2)).compared()
        self.assertIs(ratio.verdict, Verdict.CANNOT_TELL)
        self.assertNotIn("slower", ratio_sentence(ratio))

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
        self.assertIn(
            "1 of 7 runs are void: it was ended", found.refusals[0].why
        )

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

    def test_one_creation_cost_serves_the_theory_of_every_cell(self):
        many = make_cell("thread-per-task", tasks=8)
        self.experiment = Experiment("test", "?", (self.threads, many), ())
        runs = [r for r in self.runs() if r.cell is self.threads]
        runs += [make_run(many, b, 1.0) for b in range(1, 7)]
        for run in runs:
            run.record["create_ns"] = 9000 if run.cell is many else 8_000_000
        found = self.summarise(runs)
        (each_s,) = {
            round((s.theory_wall_s - 1e-3) / s.cell.tasks, 12) for s in found.cells
        }
        self.assertAlmostEqual(each_s, 9e-6 / 8)

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

    def test_connections_are_figures_where_there_are_any(self):
        runs = self.runs()
        for run in runs:
            real = run.cell is self.pool
            counts = {"connections": 5, "connected": 4, "descriptors": 19}
            run.record["remote"] = counts if real else None
        rows = csv.DictReader(io.StringIO(tables.write_summary(self.summarise(runs))))
        told = {(row["cell"], row["figure"]): row["median"] for row in rows}
        for figure, count in counts.items():
            self.assertEqual(told.get((self.pool.name, figure)), str(count))
            self.assertNotIn((self.threads.name, figure), told)

    def test_a_cell_without_runs_is_in_the_table_with_none(self):
        runs = [run for run in self.runs() if run.cell is self.threads]
        found = self.summarise(runs)
        rows = list(csv.DictReader(io.StringIO(tables.write_summary(found))))
        counts = {row["cell"]: row["median"] for row in rows if row["figure"] == "runs"}
        self.assertEqual(counts, {self.threads.name: "6", self.pool.name: "0"})

    def test_the_table_holds_the_summary(self):
        found = self.summarise(self.runs())
        rows = list(csv.DictReader(io.StringIO(tables.write_summary(found))))
        wall = next(
            row for row in rows
            if (row["cell"], row["figure"]) == (self.pool.name, "wall_s")
        )  # fmt: skip
        figure = found.of(self.pool.name).figures["wall_s"]
        self.assertEqual(float(wall["median"]), figure.median)
        self.assertEqual(float(wall["low"]), figure.low)
        self.assertEqual(float(wall["coverage"]), 0.96875)
        ratio = next(row for row in rows if row["figure"] == "ratio_wall_s")
        self.assertEqual((ratio["cell"], ratio["median"]), (self.pool.name, "2"))

    def test_the_table_holds_what_theory_there_is(self):
        found = self.summarise(self.runs())
        cells = (replace(found.of(self.pool.name), theory_wall_s=2.5, bound_wall_s=None),)
        text = tables.write_summary(replace(found, cells=cells))
        told = {row["figure"]: row["median"] for row in csv.DictReader(io.StringIO(text))}
        self.assertEqual(("2.5", None), (told.get("theory_wall_s"), told.get("bound_wall_s")))

    def test_the_table_tells_no_p99_of_few_tasks(self):
        few, many = make_cell(tasks=999), make_cell(tasks=1000)
        runs = [make_run(cell, block, 1.0) for cell in (few, many) for block in (1, 2)]
        found = summarise(Experiment("test", "?", (few, many), ()), runs)
        rows = list(csv.DictReader(io.StringIO(tables.write_summary(found))))
        for figure, tasks in (("p99", ["1000"]), ("p90", ["999", "1000"])):
            with_it = [r["tasks"] for r in rows if r["figure"] == f"latency_{figure}_s"]
            self.assertEqual(with_it, tasks)

    def test_noisy_blocks_are_named(self):
        quiet = {"sleep_s": 0.2, "spin_s": 0.01}
        blocks = [{"block": b, "canary": quiet} for b in range(1, 7)]
        blocks[3] = {"block": 4, "canary": quiet | {"spin_s": 0.011}}
        noise = summarise(self.experiment, self.runs(), blocks).noise
        self.assertEqual(noise.noisy_blocks, (4,))
        self.assertAlmostEqual(noise.canary_spread["spin"], 0.1)


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

    def test_what_was_served_is_that_of_the_median_run_and_lost_that_of_any(self):
        found = self.summary(3, 4, 5, 6, 10)
        self.assertEqual((found.share_ok, found.lost_any), (0.5, True))
        self.assertFalse(self.summary(10, 10, 10).lost_any)

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

    def test_the_deviation_from_theory_is_in_per_cent(self):
        for each_s, told in ((0.0399, "+25.0 %"), (0.0624, "−20.0 %"), (0.0049, "× 10.0")):
            found = self.summary(*[10] * 6, constants=Constants(create_s=each_s))
            self.assertEqual(ending._over_theory(found), told)

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
        self.assertEqual(told, [(0.0, 1, 1, 1, 1), (1.0, 1, 2, 1, 2), (2.0, 1, 1, 0, 1),
                                (3.0, 1, 0, 0, 0)])  # fmt: skip
        self.assertEqual(
            {row["threads"] for row in tables.changes([(pool, found)]).rows}, {9}
        )

    def test_who_is_never_answered_is_missing_in_the_end(self):
        found = [sample(1.0, 1.5, 3.0), sample(0.0, 0.5, 1.0, "rejected")]
        rows = tables.answers([(make_cell(), found)]).rows
        told = [(row["curve"], row["time_s"], row["share"]) for row in rows]
        self.assertEqual(told, [("started", 0.5, 0.5), ("started", 0.5, 1.0),
                                ("answered", 2.0, 0.5)])  # fmt: skip

    def test_an_outage_is_recovered_from_where_answers_keep_up_again(self):
        options = {"api-outage": "1s,1s", "arrivals": "poisson:10/s"}
        cell = make_cell("worker-pool", tasks=50, **options)
        run = make_run(cell, 1, 5.0)
        for per_s, recovers in ((10, True), (7, False)):
            found = [sample(i / 10, i / 10, 3 + i / per_s if i < 19 else 4.9)
                     for i in range(50)]  # fmt: skip
            seen = outage.Recording(run, found, None)
            self.assertAlmostEqual(
                seen.after_per_s, (19 if per_s == 10 else 14) / 1.9, 0
            )
            self.assertIs(seen.recovers, recovers)
            self.assertEqual(
                (seen.ok.median, seen.runs, seen.calls_a_task), (50, 0, 1.0)
            )
        self.assertEqual(outage.outage_s(cell), (1.0, 2.0))
        self.assertEqual((outage.settled_s(cell), outage.slot_s(cell)), (3.0, 0.1))
        self.assertIsNone(outage.Recording(run, found[:20], None).recovers)
        (edge, *_), rates = zip(
            *outage.rates([sample(0, 0, 0.05), sample(0, 0, 0.55)], 1.0, 0.5)
        )
        self.assertEqual((edge, rates[:3]), (0.0, (2.0, 2.0, 0.0)))
