"""Claims about the charts of the other experiments, on runs that nobody ran."""

from __future__ import annotations

import contextlib
import io
import json
import random
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from statistics import median
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

import stand_in  # noqa: E402
from driver import draw  # noqa: E402
from driver.reckon import erlang  # noqa: E402
from driver.ask import experiment as experiments  # noqa: E402
from driver.ask.cell import Design  # noqa: E402
from driver.draw import classroom, gnuplot, micro, rate_limit, run_sequence  # noqa: E402
from driver.reckon import outage  # noqa: E402
from driver.reckon.theory import graham_bounds_s  # noqa: E402
from driver.draw.latency import percentile  # noqa: E402
from driver.draw.material import Material, spread_out  # noqa: E402
from driver.draw.pool_size import best_size  # noqa: E402
from driver.run.samples import Sample, in_flight  # noqa: E402
from driver.draw.sheet import ChartError  # noqa: E402
from driver.reckon.erlang import Traffic  # noqa: E402
from driver.run.run import Role, Run  # noqa: E402
from driver.reckon.summarise import summarise  # noqa: E402

FOLDER = stand_in.ROOT / "bench" / "experiments"
BLOCKS = 7


class OnStandIns(unittest.TestCase):
    """Experiments as they are written, with runs that nobody ran."""

    def setUp(self) -> None:
        desk = tempfile.TemporaryDirectory()
        self.addCleanup(desk.cleanup)
        self.folder = Path(desk.name)
        # One kind of picture tells as much as three, in a third of the time.
        one_kind = mock.patch.object(gnuplot, "KINDS", ("svg",))
        one_kind.start()
        self.addCleanup(one_kind.stop)

    def material(self, name: str) -> Material:
        """The experiment with small numbers of tasks, SYNTHETIC."""
        noise = random.Random(3)
        found = experiments.load(FOLDER / f"{name}.toml", {})
        runs = [
            self.run_of(cell, Role.MEASURE, block, noise)
            for block in range(1, BLOCKS + 1)
            for cell in found.cells
        ]
        for cell in found.samples:
            path = stand_in.write_samples(self.folder, replace(cell, tasks=50))
            runs.append(stand_in.run_of(cell, Role.SAMPLE, 1, noise, samples=path))
        machine = {"cpu": {"usable": 128, "virtual": True},
                   "system": {"kernel": "6.18.44-a"}}  # fmt: skip
        summaries = replace(summarise(found, runs), machine=machine)
        return Material(self.folder, found, runs, summaries)

    def run_of(self, cell, role: Role, block: int, noise: random.Random) -> Run:
        run = stand_in.run_of(cell, role, block, noise)
        stop = {"latency_ns": int(1e6 * (cell.workers or 100) * noise.uniform(1, 2))}
        threads = cell.tasks if cell.workers is None else cell.workers
        peak = {**run.record["peak"], "threads": threads}
        record = {**run.record, "stop": stop, "peak": peak}
        kernel = {
            "kernel_stack_bytes": 16_000 * threads, "slab_bytes": 7_000 * threads
        }  # fmt: skip
        return replace(run, record=record, kernel=kernel)


class EveryExperiment(OnStandIns):
    def test_every_chart_that_an_experiment_names_is_drawn(self) -> None:
        for name in experiments.list_experiments(FOLDER):
            material = self.material(name)
            for chart in draw.wanted(material.experiment):
                with self.subTest(experiment=name, chart=chart):
                    drawn = draw.draw_one(chart, material)
                    self.assertIsNone(drawn.problem)
                    self.assertTrue(drawn.title and drawn.caption and drawn.alt)

    def test_the_title_of_the_pool_sizes_names_the_best(self) -> None:
        material = self.material("pool-size")
        sheet = draw.BUILDERS["pool-size"](material)
        pools = [mark for mark in sheet.marks if mark[0] == 2]
        best = min(pools, key=lambda mark: mark[2])
        self.assertIn(f"{best[1]:,}".replace(",", "\u202f"), sheet.title)

    def test_a_best_pool_that_is_slower_is_said_to_be(self) -> None:
        material = self.material("pool-size")
        runs = []
        for run in material.runs:
            wall_s = 1.0 if run.cell.workers is None else 2.0 + 1 / run.cell.workers
            runs.append(replace(run, hyperfine=replace(run.hyperfine, wall_s=wall_s)))
        found = replace(
            material, runs=runs, summaries=summarise(material.experiment, runs)
        )
        title = draw.BUILDERS["pool-size"](found).title
        self.assertIn("take 2.00× as long for 10\u202f000 tasks as", title)

    def test_a_cold_warm_up_stands_at_the_edge_and_is_told(self) -> None:
        material = self.material("shapes")
        cold = self.run_of(material.cells[0].cell, Role.WARM_UP, 0, random.Random(1))
        timing = replace(cold.hyperfine, wall_s=9 * cold.hyperfine.wall_s)
        runs = [*material.runs, replace(cold, hyperfine=timing)]
        sheet = run_sequence.build(replace(material, runs=runs))
        high = sheet.settings["y_high"]
        counted = [m[3] for m in sheet.marks if not m[4]]
        self.assertLess(high, 2 * max(*counted, 2.0))
        (mark,) = [m for m in sheet.marks if m[4]]
        self.assertGreater(mark[3], high)
        self.assertLess(mark[8], high)
        self.assertIn(f"↑ +{mark[3]:.1f} %", "".join(sheet.settings["panel_notes"]))
        self.assertEqual(counted, [m[8] for m in sheet.marks if not m[4]])

    def test_the_runs_of_a_row_climb_as_an_ecdf(self) -> None:
        sheet = draw.BUILDERS["cancel"](self.material("cancel"))
        rows: dict[int, list[tuple[float, float]]] = {}
        for _, y, stop_s in sheet.marks:
            rows.setdefault(round(y), []).append((stop_s, y))
        for row, points in rows.items():
            self.assertEqual(BLOCKS, len(points))
            heights = [y for _, y in sorted(points)]
            self.assertEqual(sorted(heights, reverse=True), heights)
            self.assertAlmostEqual(row - 0.3, heights[-1])
        self.assertTrue(sheet.settings["theories"])

    def test_each_cell_of_the_run_sequence_has_its_own_row_and_block(self) -> None:
        for name in ("pool-size", "cancel", "winner"):
            material = self.material(name)
            sheet = run_sequence.build(material)
            told = sorted(int(row[2]) for row in sheet.rows)
            drawn = [s for s in material.cells if "wall_s" in s.figures]
            self.assertEqual(sorted(s.n for s in drawn), told, name)
            for mark in sheet.marks:
                self.assertLess(abs(mark[2] - mark[5]), 0.5, name)

    def test_a_slower_second_half_is_told_as_drift(self) -> None:
        material = self.material("shapes")
        runs = [
            replace(r, hyperfine=replace(r.hyperfine, wall_s=1 + 0.1 * (r.block > 4)))
            for r in material.runs
            if r.hyperfine
        ]
        found = replace(
            material, runs=runs, summaries=summarise(material.experiment, runs)
        )
        self.assertIn("is +10.0 % off", run_sequence.build(found).caption)

    def test_the_title_of_the_rate_limit_is_counted(self) -> None:
        material = self.material("rate-limit")
        sheet = draw.BUILDERS["rate-limit"](material)
        lossy = [m for m in sheet.marks if m[0] == 2 and m[3] < 100]
        if lossy:
            self.assertIn(f"{lossy[0][1]} lose", sheet.title)
        else:
            self.assertIn("No pool", sheet.title)

    def test_what_a_pool_lost_is_told_with_its_extremes(self) -> None:
        material = self.material("rate-limit")
        lossy = next(s for s in material.cells if s.cell.workers == 50)
        for least, most, told in (
            (150, 150, "85 %"), (120, 180, "85 % [82 %, 88 %]"),
        ):  # fmt: skip
            ok = replace(lossy.outcomes["ok"], median=150, minimum=least, maximum=most)
            summary = replace(lossy, outcomes={**lossy.outcomes, "ok": ok})
            self.assertEqual(told, rate_limit._lost(summary))


class Theory(unittest.TestCase):
    def test_busy_time_adds_up_at_the_rate_limit(self) -> None:
        cell = experiments.load(FOLDER / "rate-limit.toml", {}).cells[-1]
        options = {"api-rate": "1000/s", "service-time": "10ms"}
        cell = replace(
            cell, options=options, design=Design("worker-pool", 20), tasks=1000
        )
        summary = replace(summarise_one(cell), cell=cell)
        accepted = rate_limit.accepted(summary, 1000, 100, None)
        time_s = (accepted - 100) / 1000
        busy_s = accepted * 0.010 + (1000 - accepted) * 0.001
        self.assertAlmostEqual(20 * time_s, busy_s, places=6)

    def test_a_pool_below_rate_times_time_loses_nothing(self) -> None:
        cell = experiments.load(FOLDER / "rate-limit.toml", {}).cells[-1]
        cell = replace(
            cell, options={"service-time": "10ms"}, design=Design("worker-pool", 9),
            tasks=1000,
        )
        summary = replace(summarise_one(cell), cell=cell)
        self.assertEqual(1000, rate_limit.accepted(summary, 1000, 100, None))

    def test_threads_are_let_through_while_they_are_created(self) -> None:
        cells = experiments.load(FOLDER / "rate-limit.toml", {}).cells
        cell = next(cell for cell in cells if cell.workers is None)
        summary = summarise_one(cell)
        self.assertAlmostEqual(145, rate_limit.accepted(summary, 1000, 20, 125e-6))
        self.assertEqual(1000, rate_limit.accepted(summary, 1000, 20, 1.0))
        self.assertIsNone(rate_limit.accepted(summary, 1000, 20, None))

    def test_at_the_best_size_rounds_and_creation_take_alike(self) -> None:
        size = best_size(10_000, 0.01, 50e-6)
        self.assertAlmostEqual(2000, size)
        self.assertAlmostEqual(10_000 * 0.01 / size + size * 50e-6 / 2, size * 50e-6)

    def test_grahams_bounds_enclose_a_greedy_order(self) -> None:
        noise = random.Random(5)
        for _ in range(50):
            free, samples = [0.0] * 5, []
            for index in range(40):
                lane = free.index(min(free))
                begin, free[lane] = free[lane], free[lane] + noise.expovariate(100)
                samples.append(Sample(index, lane, 0.0, begin, free[lane], 1, "ok"))
            low, high = graham_bounds_s(
                [s.finished_s - s.started_s for s in samples], 5
            )
            self.assertLessEqual(low, max(free) + 1e-12)
            self.assertLessEqual(max(free), high + 1e-12)


def summarise_one(cell):
    noise = random.Random(1)
    run = stand_in.run_of(cell, Role.MEASURE, 1, noise)
    found = replace(experiments.load(FOLDER / "rate-limit.toml", {}), cells=(cell,))
    return summarise(found, [run]).cells[0]


class Micro(unittest.TestCase):
    """The chart of single operations, from figures made up: SYNTHETIC."""

    def result(self, ratio: float, verdict: str) -> dict:
        job = "hand_off/unbuffered/workers:5"
        names = [f"{job}/five-cooks", f"{job}/go", "hand_off/unbounded/workers:5/glib"]
        lines = [
            {"name": name, "n": 6, "median_ns": 150.0 + 10 * i, "low_ns": 140.0,
             "high_ns": 190.0}
            for i, name in enumerate(names)
        ]  # fmt: skip
        ratios = [{"name": names[0], "over": names[1], "median": ratio,
                   "verdict": verdict}]  # fmt: skip
        return {"operations": lines, "ratios": ratios, "blocks": 6, "complete": True}

    def test_the_title_says_what_the_verdict_bears(self) -> None:
        told = {
            ("more", 2.0): "take 2.00× as long as Go's",
            ("less", 0.5): "take 0.50× the time of Go's",
            ("cannot tell", 1.0): "cannot tell",
        }
        for (verdict, ratio), words in told.items():
            sheet = micro.build(self.result(ratio, verdict))
            self.assertIn(words, sheet.title)

    def test_the_title_tells_every_hand_off_not_the_best_of_them(self) -> None:
        result = self.result(1.7, "more")
        job = "hand_off/buffered:128/workers:5"
        worst = {"name": f"{job}/five-cooks", "over": f"{job}/go", "median": 10.2,
                 "verdict": "more"}  # fmt: skip
        result["ratios"][0] |= {"low": 1.4, "high": 1.9}
        result["ratios"].append(worst)
        self.assertEqual(
            "Our hand-offs take 1.70× to 10.2× as long as Go's; with the article's"
            " channel 1.70× [1.40, 1.90]",
            micro.build(result).title,
        )
        worst["verdict"] = "cannot tell"
        self.assertIn("not all told apart", micro.build(result).title)

    def test_it_is_drawn_from_a_file_and_a_bad_file_is_named(self) -> None:
        with tempfile.TemporaryDirectory() as desk:
            source = Path(desk) / "micro.json"
            source.write_text(json.dumps(self.result(0.5, "less")), encoding="utf-8")
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(0, micro.main([str(source), desk]))
            self.assertTrue((Path(desk) / "charts" / "micro.png").is_file())
            source.write_text("{}", encoding="utf-8")
            with contextlib.redirect_stderr(io.StringIO()) as said:
                self.assertEqual(3, micro.main([str(source), desk]))
            self.assertIn("operations", said.getvalue())


class Class(unittest.TestCase):
    """The chart of a class's machines, from figures made up: SYNTHETIC."""

    HEADER = ("machine,cpu,cpus,kernel,cell,design,workers,tasks,n,figure,unit,"
              "median,low,high")  # fmt: skip

    def drawn(self, lines: list[str]):
        with tempfile.TemporaryDirectory() as desk:
            text = "\n".join([self.HEADER, *lines]) + "\n"
            (Path(desk) / "class.csv").write_text(text, encoding="utf-8")
            return classroom.draw(Path(desk))

    def line(self, machine: int, median: float, low: str, high: str) -> str:
        return (f"{machine},Some(R) CPU,4,6.1,c,worker-pool,50,500,9,ratio_wall_s,1,"
                f"{median},{low},{high}")  # fmt: skip

    def test_the_title_counts_what_each_machine_bears_out(self) -> None:
        chart = self.drawn([
            self.line(1, 3.0, "2.9", "3.1"), self.line(2, 0.5, "0.4", "0.6"),
            self.line(3, 1.0, "0.9", "1.1"), self.line(4, 2.0, "", ""),
        ])  # fmt: skip
        self.assertIsNone(chart.problem)
        self.assertIn("slower on 1 of 4 machines, faster on 1", chart.title)
        self.assertEqual(4, len(chart.rows))

    def test_a_class_without_ratios_is_a_problem(self) -> None:
        self.assertIn("no ratio", self.drawn([]).problem)


class SmallPieces(unittest.TestCase):
    def test_labels_are_spread_without_overlap_and_below_the_top(self) -> None:
        noise = random.Random(7)
        for _ in range(200):
            wanted = [noise.random() for _ in range(noise.randint(1, 4))]
            placed = spread_out(wanted, 0.2, 0.95)
            heights = sorted(placed)
            self.assertLessEqual(heights[-1], 0.95 + 1e-9)
            for below, above in zip(heights, heights[1:]):
                self.assertGreaterEqual(above - below, 0.2 - 1e-9)

    def test_calls_in_flight_are_counted_at_every_change(self) -> None:
        samples = [
            Sample(0, 0, 0.0, 0.0, 2.0, 1, "ok"),
            Sample(1, 1, 0.0, 1.0, 3.0, 1, "rejected"),
            Sample(2, 0, 0.0, 2.0, 4.0, 1, "ok"),
            Sample(3, 9, 0.0, None, None, 0, "cancelled"),
        ]
        steps = in_flight(samples)
        self.assertEqual([1, 2, 1, 2, 1, 0], [total for _, total, _ in steps])
        self.assertEqual(0, steps[-1][2])

    def test_a_percentile_is_one_of_the_values(self) -> None:
        times = [1.0, 2.0, 3.0, 4.0]
        found = [percentile(times, share) for share in (0.1, 0.5, 0.9, 1)]
        self.assertEqual([1, 2, 4, 4], found)

    def test_useful_answers_are_counted_by_when_they_ended(self) -> None:
        samples = [Sample(i, 0, 0.0, 0.0, 0.05 + 0.1 * i, 1, "ok") for i in range(3)]
        samples.append(Sample(3, 0, 0.0, 0.0, 0.05, 1, "failed"))
        rates = outage.rates(samples, edge_s=0.1, slot=0.1)
        self.assertEqual([10, 10, 10], [rate for _, rate in rates[:3]])


class Load(unittest.TestCase):
    """Erlang's formulas, and the chart that holds them against runs."""

    def test_the_formulas_give_the_numbers_of_the_books(self) -> None:
        # Ten places at 90 %: B = 0.1680, C = 0.6687, mean wait C d / (c (1 - rho)).
        traffic = Traffic(0.9, 10, 0.01)
        self.assertAlmostEqual(0.1680, traffic.lost, places=4)
        self.assertAlmostEqual(0.6687, traffic.waiting, places=4)
        self.assertAlmostEqual(6.687e-3, traffic.mean_wait_s, places=6)
        self.assertAlmostEqual(0.1, traffic.over(traffic.wait_s(0.9)))
        self.assertEqual(0, Traffic(0.3, 10, 0.01).wait_s(0.9))
        # One place: M/M/1, where C is the load.
        self.assertAlmostEqual(0.7, Traffic(0.7, 1, 1.0).waiting)

    def test_long_runs_played_come_to_the_formula_and_short_ones_stay_below(self):
        traffic = Traffic(0.8, 10, 0.01)
        waits = [
            sorted(erlang._played_waits_s(traffic, 40_000, random.Random(seed)))[35_999]
            for seed in range(21)
        ]
        self.assertAlmostEqual(1, median(waits) / traffic.wait_s(0.9), delta=0.06)
        self.assertLess(
            erlang.short_run_wait_s(traffic, 0.9, 100), traffic.wait_s(0.9) / 2
        )

    def sheet(self, rejected: int):
        found = experiments.load(FOLDER / "load.toml", {})
        runs = []
        for block in range(1, BLOCKS + 1):
            for cell in found.cells:
                run = stand_in.run_of(cell, Role.MEASURE, block, random.Random(1))
                lost = rejected if cell.workers is None else 0
                outcomes = {**run.record["outcomes"], "rejected": lost,
                            "ok": cell.tasks - lost}  # fmt: skip
                waits = {"p90": 1_000_000 * block}
                record = {**run.record, "outcomes": outcomes, "queue_wait_ns": waits}
                runs.append(replace(run, record=record))
        material = Material(Path("."), found, runs, summarise(found, runs))
        return draw.BUILDERS["load"](material)

    def test_words_and_marks_are_the_same(self) -> None:
        sheet = self.sheet(rejected=300)
        self.assertIn("At 95 % load one task in ten waits over 4.00 ms [1.00, 7.00]",
                      sheet.title)  # fmt: skip
        self.assertIn("a thread per task has 25 % turned away", sheet.title)
        measured = [m for m in sheet.marks if m[1] == 0]
        self.assertEqual(20, len(measured))
        for panel, _, look, _, value, _, _ in measured:
            wanted = 4.0 if panel == 1 else 25.0 if look == 1 else 0.0
            self.assertAlmostEqual(wanted, value)

    def test_what_the_formulas_are_not_for_is_refused(self) -> None:
        for name, value in (("distribution", "fixed"), ("arrivals", "poisson:2000/s")):
            found = experiments.load(FOLDER / "load.toml", {name: value})
            run = stand_in.run_of(found.cells[0], Role.MEASURE, 1, random.Random(1))
            material = Material(Path("."), found, [run], summarise(found, [run]))
            with self.assertRaises(ChartError):
                draw.BUILDERS["load"](material)
