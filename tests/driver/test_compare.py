"""Two folders, or two builds, side by side: what is compared, told, and refused."""

import csv
import io
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

from .support import make_cell, make_run
from driver.ask.experiment import Experiment
from driver.reckon import collect, compare, stats
from driver.reckon.stats import Verdict
from driver.run.stored import Stored, StoredError
from driver.say import class_table, comparison

# Enough draws for what differs by a half.
setUpModule = mock.patch.object(stats, "BOOTSTRAP_DRAWS", 300).start
tearDownModule = mock.patch.stopall
FACTS = {
    "commit": "a",
    "programs": "p",
    "protocol": "quick",
    "cpu": {"model": "x", "usable": 2, "online": 4},
    "system": {},
    "kernel": {},
    "tools": {"compiler": "gcc 12", "flags": "-O2", "hyperfine": "1.15"},
}
CELL = make_cell("worker-pool")
# The same options of the program; who calls the API is none of them.
REAL = replace(CELL, name="real", options={**CELL.options, "api": "http"})


def kept(wall_s=1.0, cell=CELL, blocks=8, facts=FACTS, problem=None, spread=0.002, **record):
    runs = [
        make_run(cell, b, wall_s * (1 + spread * (b % 3)), **record)
        for b in range(1, blocks + 1)
    ]
    if problem:
        runs.append(make_run(cell, blocks + 1, 1.0, problem=problem))
    asked = Experiment("test", "?", (cell,))
    return Stored(Path("/nowhere"), asked, facts, runs, (), True)


def odd_one_out(stored):
    stored.runs[0].record["workload_digest"] = "f" * 16
    return stored


class Folders(unittest.TestCase):
    def verdict(self, first, second, figure="wall_s"):
        found = compare.compare(first, second)
        (pair,) = (pair for pair in found.pairs if pair.figure == figure)
        return pair.verdict

    def test_every_verdict(self):
        for wall_s, wanted in ((1.0, Verdict.SAME), (1.5, Verdict.MORE),
                               (0.5, Verdict.LESS)):  # fmt: skip
            self.assertIs(self.verdict(kept(), kept(wall_s)), wanted)
            other = kept(wall_s, spread=1.0)
            self.assertIs(self.verdict(kept(spread=1.0), other), Verdict.CANNOT_TELL)

    def test_cells_that_differ_in_how_their_api_is_called_are_told_apart(self):
        both = replace(kept(), experiment=Experiment("test", "?", (CELL, REAL)))
        both.runs.extend(make_run(REAL, b, 5.0) for b in range(1, 9))
        pairs = [p for p in compare.compare(both, both).pairs if p.figure == "wall_s"]
        self.assertEqual([(p.first.cell, p.second.cell) for p in pairs],
                         [(CELL, CELL), (REAL, REAL)])  # fmt: skip
        asked = compare.of_two_builds(both.experiment)
        runs = [make_run(cell, b, 1.0) for cell in asked.cells for b in range(1, 7)]
        found = compare.compare_builds(replace(both, experiment=asked, runs=runs))
        pairs = [(p.first.cell.api, p.second.cell.api) for p in found.pairs]
        self.assertEqual(set(pairs), {(None, None), ("http", "http")})

    def test_what_must_not_be_compared_is_refused_with_the_reason(self):
        for name, (first, second, why) in {
            "a run in the first that counts for nothing": (
                kept(problem="it hung"), kept(), "void runs: it hung"),
            "one in the second": (
                kept(), kept(problem="it hung"), "void runs: it hung"),
            "no run in the first": (kept(blocks=0), kept(), "no run in one of them"),
            "no run in the second": (kept(), kept(blocks=0), "no run in one of them"),
            "other workloads": (kept(), kept(digest="f" * 16), "the workloads differ"),
            "another workload in one block": (
                kept(), odd_one_out(kept()), "the workloads differ"),
        }.items():  # fmt: skip
            with self.subTest(name):
                found = compare.compare(first, second)
                self.assertEqual(found.pairs, ())
                ((cell, told),) = found.refusals
                self.assertEqual(cell, CELL)
                self.assertIn(why, told)

    def test_what_only_one_of_them_has_is_told(self):
        found = compare.compare(kept(), kept(cell=make_cell("worker-pool", 3)))
        self.assertEqual([why for _, why in found.refusals],
                         ["only in the first", "only in the second"])  # fmt: skip

    def test_what_else_differs_is_told(self):
        for path, value in (
            (("commit",), "b"), (("programs",), "q"), (("cpu", "model"), "y"),
            (("cpu", "usable"), 4), (("tools", "compiler"), "clang 14"),
            (("tools", "flags"), "-O3"), (("tools", "hyperfine"), "1.18"),
            (("system", "kernel"), "6.1"), (("kernel", "governor"), "powersave"),
        ):  # fmt: skip
            facts = dict(FACTS)
            if len(path) == 1:
                facts[path[0]] = value
            else:
                facts[path[0]] = {**facts[path[0]], path[1]: value}
            lines = self.lines(kept(), kept(facts=facts))
            told = [line for line in lines if " → " in line]
            self.assertEqual(len(told), 1, path)
            self.assertIn(f"{' '.join(path)}: ", told[0])
            self.assertIn(f"→ {value}", told[0])

    def lines(self, first, second):
        found = compare.compare(first, second)
        return comparison.folder_lines(first, second, found, None)

    def test_it_is_said_that_each_is_one_sitting_and_what_is_incomplete(self):
        half = replace(kept(2.0), complete=False, folder=Path("/half"))
        text = "\n".join(self.lines(kept(), half))
        self.assertIn("one sitting", text)
        self.assertRegex(text, r"tasks +1\.002 s \S+ \S+ +2\.00 s \S+ \S+ +2\.000× .* slower")
        self.assertIn("first:  nowhere\nsecond: half\nwarning: half is incomplete\n", text)

    def test_less_work_is_told_and_has_no_verdict_in_time(self):
        half = kept(0.5)
        for run in half.runs:
            run.record["outcomes"] |= {"ok": 2, "rejected": 2}
        text = "\n".join(self.lines(kept(), half))
        self.assertIn("first: 4 ok; second: 2 ok, 2 rejected", text)
        self.assertRegex(text, r"0\.500× .*not the same work")
        self.assertIs(self.verdict(kept(), half), Verdict.CANNOT_TELL)
        self.assertIs(self.verdict(kept(), half, "wall_per_ok_s"), Verdict.SAME)

    def test_a_check_fails_where_the_near_end_is_slower_than_it_may_be(self):
        for wall_s, by, slower in ((1.2, 0.05, 1), (1.2, 0.5, 0), (1.0, 0.05, 0),
                                   (0.5, 0.05, 0)):  # fmt: skip
            found = compare.compare(kept(), kept(wall_s))
            self.assertEqual(len(found.slower(by)), slower, (wall_s, by))
            self.assertEqual(len(comparison.slower_lines(found, by)), slower)
        exact = compare.compare(kept(spread=0), kept(1.5, spread=0))
        self.assertEqual([], exact.slower(0.5))
        # 5 % slower, give or take 10 %: not for sure.
        found = compare.compare(kept(spread=0.1), kept(1.05, spread=0.1))
        self.assertEqual(found.slower(0.02), [])
        # Of few runs there is no interval: each of the second over each of the first.
        for wall_s, blocks, slower in ((2.0, 3, 1), (1.05, 3, 0), (2.0, 2, 0)):
            few = compare.compare(kept(blocks=blocks), kept(wall_s, blocks=blocks))
            self.assertEqual(len(few.slower(0.05)), slower, (wall_s, blocks))
        for blocks in (3, 8):  # of what serves nothing there is no time per served task
            none = kept(0.1, blocks=blocks)
            for run in none.runs:
                run.record["outcomes"] |= {"ok": 0, "rejected": 4}
            found = compare.compare(kept(blocks=blocks), none)
            self.assertEqual(["slower by more than 5 %: pool of 2, 4 tasks, serves nothing"],
                             comparison.slower_lines(found, 0.05))  # fmt: skip
            self.assertEqual(compare.compare(none, none).slower(0.05), [])

    def test_a_check_does_not_pass_on_what_it_could_not_look_at(self):
        other = kept(cell=make_cell("worker-pool", 3))
        nothing = replace(kept(), runs=[])
        for first, second, told in (
            (kept(), kept(), None), (nothing, nothing, None),
            (kept(), kept(problem="it crashed"), "void runs: it crashed"),
            (kept(), odd_one_out(kept()), "the workloads differ"),
            (kept(), other, "only in the first"), (kept(), nothing, "no run in one of them"),
            (kept(blocks=2), kept(blocks=9), "fewer than 3 runs"),
            (kept(blocks=3), kept(blocks=9), None),
        ):  # fmt: skip
            found = compare.compare(first, second)
            wanted = [f"not checked: pool of 2, 4 tasks: {told}"] if told else []
            self.assertEqual(comparison.slower_lines(found, 0.05), wanted)


class Builds(unittest.TestCase):
    def test_each_cell_is_run_of_both_and_compared_block_by_block(self):
        asked = Experiment("test", "?", (CELL, make_cell("thread-per-task")))
        both = compare.of_two_builds(asked)
        self.assertEqual([cell.build for cell in both.cells], ["A", "B"] * 2)
        self.assertEqual(len({cell.name for cell in both.cells}), 4)
        runs = [
            make_run(cell, block, block * (1.5 if cell.build == "B" else 1.0))
            for block in range(1, 7)  # a machine that becomes slower and slower
            for cell in both.cells
        ]
        found = compare.compare_builds(
            Stored(Path("/nowhere"), both, FACTS, runs, (), True)
        )
        walls = [pair for pair in found.pairs if pair.figure == "wall_s"]
        self.assertEqual(len(walls), 2)
        for pair in walls:
            self.assertEqual(
                (pair.first.cell.build, pair.second.cell.build), ("A", "B")
            )
            self.assertAlmostEqual(pair.ratio.low, 1.5)
            self.assertIs(pair.verdict, Verdict.MORE)
        text = "\n".join(comparison.pair_lines(found, ("build A", "build B"), None))
        self.assertIn("build B/build A", text)
        self.assertNotIn("(build A)", text)

    def test_a_failed_run_of_either_refuses_the_cell(self):
        both = compare.of_two_builds(Experiment("test", "?", (CELL,)))
        for spoilt in both.cells:
            runs = [make_run(cell, b, 1.0) for cell in both.cells for b in range(1, 7)]
            runs[0] = replace(runs[0], cell=spoilt, problem="it hung")
            found = compare.compare_builds(
                Stored(Path("/nowhere"), both, FACTS, runs, (), True)
            )
            self.assertEqual((found.pairs, len(found.refusals)), ((), 1))


class Classes(unittest.TestCase):
    """Many machines: each pair is told by one figure on all of them."""

    def machine(self, served, blocks=6):
        pool, threads = make_cell("worker-pool"), make_cell("thread-per-task")
        runs = [
            make_run(c, b, 1.0) for b in range(1, blocks + 1) for c in (pool, threads)
        ]
        for run in runs:
            if run.cell is threads:
                run.record["outcomes"] |= {"ok": served, "rejected": 4 - served}
        asked = Experiment("test", "?", (threads, pool))
        return Stored(Path("/nowhere"), asked, FACTS, runs, (), True)

    def ratios(self, *machines):
        rows = csv.DictReader(io.StringIO(collect.class_csv(machines)))
        return [r for r in rows if r["figure"].startswith("ratio_")]

    def test_where_one_machine_lost_tasks_all_are_told_by_time_per_served_task(self):
        found = self.ratios(self.machine(4), self.machine(1))
        self.assertEqual({r["figure"] for r in found}, {"ratio_wall_per_ok_s"})
        self.assertEqual([float(r["median"]) for r in found], [1.0, 0.25])
        found = self.ratios(self.machine(4), self.machine(4))
        self.assertEqual({r["figure"] for r in found}, {"ratio_wall_s"})

    def test_one_run_handed_in_twice_is_refused(self):
        with self.assertRaises(StoredError):
            collect.check([self.machine(4), self.machine(4)])

    def test_each_machine_has_its_number_and_the_same_tasks(self):
        one = self.machine(4)
        two = replace(one, environment={**FACTS, "started_utc": "later"})
        collect.check([one])
        collect.check([one, two])
        rows = csv.DictReader(io.StringIO(collect.class_csv([one, two])))
        told = {(row["machine"], row["cpu"], row["cpus"]) for row in rows}
        self.assertEqual({("1", "x", "2"), ("2", "x", "2")}, told)
        self.assertEqual("test", collect.class_facts([one])["experiment"])
        numbers = [each["number"] for each in collect.class_facts([one, two])["machines"]]
        self.assertEqual([1, 2], numbers)
        for folders, told in (([], "no folder was named"), ([Path("/nowhere")], "left out")):
            with self.assertRaisesRegex(StoredError, told):
                collect.readable(folders)
        other = self.machine(4)
        odd_one_out(other)
        with self.assertRaisesRegex(StoredError, "had other workloads in"):
            collect.check([two, other])
        named = replace(two, experiment=replace(two.experiment, name="another"))
        with self.assertRaisesRegex(StoredError, "of the experiment another, .* of test"):
            collect.check([one, named])

    def test_what_is_warned_of(self):
        many, few, none = (self.machine(4, blocks) for blocks in (6, 5, 0))
        other = replace(many, environment={**FACTS, "commit": "b"})
        fewer = replace(many, runs=[*many.runs[1:], make_run(CELL, 9, 1.0, problem="x")])
        empty = replace(many, runs=[r for r in many.runs if r.cell.workers])
        few_runs = "of a cell: too few for an interval of its median"
        for machines, told in (
            ([many, many], []), ([many, empty], []),
            ([many, few], [f"machine 2 has 5 runs {few_runs}"]),
            ([fewer], [f"machine 1 has 5 runs {few_runs}"]),
            ([none, many], [f"machine 1 has 0 runs {few_runs}"]),
            ([many, replace(many, complete=False)], ["machine 2 is incomplete (nowhere)"]),
            ([many, other, many], ["the commits differ: a, b"]),
        ):  # fmt: skip
            wanted = [f"warning: {line}" for line in told]
            self.assertEqual(wanted, list(class_table.warnings(machines)))

    def test_a_paragraph_each_ratio(self):
        lines = class_table.table_lines([self.machine(4, 6), self.machine(4, 5)])
        self.assertEqual(["  1: 2 × x", "  2: 2 × x"], lines[1:3])
        told = lines[lines.index("4 tasks, wall time: pool of 2 / threads") + 1]
        self.assertEqual("1: 1.00× [1.00, 1.00] 2: 1.00× [1.00, 1.00]",
                         " ".join(told.split()))  # fmt: skip

    def test_a_class_of_any_size_is_told_in_lines_of_80_columns(self):
        lines = class_table.table_lines([self.machine(4)] * 30)
        head = lines.index("4 tasks, wall time: pool of 2 / threads")
        told = " ".join(" ".join(lines[head + 1 :]).split())
        self.assertTrue(all(f"{number}: " in told for number in range(1, 31)), told)
        self.assertLessEqual(max(map(len, lines)), 80)
        self.assertEqual(["  1: 1.00", "  4: 1.00"], [line[:9] for line in lines[head + 1 :][:2]])

    def test_a_machine_with_two_blocks_has_a_ratio_and_no_interval(self):
        few, many = self.ratios(self.machine(4, 2), self.machine(4, 6))
        self.assertEqual((few["low"], few["high"], few["n"]), ("", "", "2"))
        self.assertEqual((many["low"], many["high"]), ("1", "1"))
