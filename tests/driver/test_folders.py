"""Words on results folders: draw again, compare two, collect many."""

import csv
import json
import shutil
import tempfile
from pathlib import Path

from .support import SMALL, DriverTest, read_runs
from driver.reckon.stats import bootstrap_ratio


class OnFolders(DriverTest):
    made = {}  # arguments and changes: a folder of six blocks, to be copied
    count = 0

    @classmethod
    def setUpClass(cls):
        cls.desk = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.desk.cleanup)
        cls.made.clear()

    def make(self, *arguments, **changes):
        """A results folder of six blocks, as of another moment each time."""
        key = (*arguments, *changes.items())
        kept = Path(self.desk.name) / str(len(self.made))
        if key not in self.made:
            before = set(self.result_folders())
            self.drive("--blocks", "6", *arguments, **changes)
            (made,) = set(self.result_folders()) - before
            self.made[key] = made.rename(kept)
        self.count += 1
        name = f"20250101T00000{self.count}Z-comparison-abc"
        copy = shutil.copytree(self.made[key], self.out / name)
        self.change(copy, "environment.json", seed=self.count)
        return copy

    def on_folders(self, word, *folders, **changes):
        """The driver with a word on folders: --programs has no place there."""
        arguments = [word, *map(str, folders)]
        if word == "collect":
            arguments += ["--out", str(self.out)]
        self.command = lambda *_: [*DriverTest.command(self)[:3], *arguments]
        try:
            return self.drive(**changes)
        finally:
            del self.command

    def change(self, folder, name, **changes):
        path = folder / name
        facts = json.loads(path.read_text())
        path.write_text(json.dumps(facts | changes))

    def test_a_copy_does_not_differ_from_itself(self):
        first = self.make()
        status, out, _ = self.on_folders("compare", first, first)
        self.assertEqual(status, 0)
        self.assertIn("Nothing else is known to differ", out)
        self.assertIn("cannot tell", out)
        self.assertNotIn("slower", out)

    def test_a_slower_folder_is_told_as_slower_with_what_differs(self):
        first = self.make()
        second = first.with_name("2-slower")
        shutil.copytree(first, second)
        # Given wall times, as those of a busy machine may bear nothing out.
        for folder, factor in (first, 1), (second, 3):
            lines = [run.to_json() for run in read_runs(first)]
            for line in lines:
                line["hyperfine"]["wall_s"] = factor * (1 + line["block"] / 1000)
            text = "".join(json.dumps(line) + "\n" for line in lines)
            (folder / "runs.ndjson").write_text(text)
        self.change(second, "environment.json", commit="another")
        status, out, _ = self.on_folders("compare", first, second)
        self.assertEqual(status, 0)
        self.assertIn("→ another", out)
        self.assertRegex(out, r"3\.0\d× .* slower")

    def test_what_was_asked_otherwise_is_not_compared(self):
        first, second = self.make(), self.make("--service-time", "2ms")
        status, out, _ = self.on_folders("compare", first, second)
        self.assertEqual(status, 1)
        self.assertIn("only in the first", out)

    def test_other_workloads_are_not_compared(self):
        first = self.make()
        second = self.make(STAND_IN_FAULT="digest")
        _, out, _ = self.on_folders("compare", first, second)
        self.assertIn("pool of 2, 4 tasks: the workloads differ", out)
        self.assertRegex(out, "threads, 4 tasks .*× ")

    def test_another_schema_is_refused(self):
        first = self.make()
        self.change(first, "environment.json", schema_version=7)
        status, _, err = self.on_folders("compare", first, first)
        self.assertEqual((status, err.count("\n")), (2, 1))
        self.assertIn("schema version 7", err)

    def test_no_results_folder_is_one_line(self):
        for word in ("compare", "collect"):
            status, _, err = self.on_folders(word, self.folder, self.folder / "none")
            self.assertEqual((status, err.count("\n")), (2, 1), err)
            self.assertIn("is no results folder: ", err)

    def test_a_wrong_number_of_folders_is_usage(self):
        for word, folders in (("compare", [1]), ("draw", [1, 2]), ("collect", [1])):
            status, _, err = self.on_folders(word, *folders)
            self.assertEqual(status, 2)
            self.assertIn("results folder", err)

    def test_a_class_is_collected_without_names(self):
        first, second = self.make(), self.make()
        self.change(second, "environment.json", cpu={"model": "Other", "usable": 8})
        status, out, err = self.on_folders("collect", first, second)
        self.assertEqual(status, 0, err)
        self.assertIn("8 × Other", out)
        (made,) = self.out.glob("*-class")
        with open(made / "class.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual({row["machine"] for row in rows}, {"1", "2"})
        ratios = [row for row in rows if row["figure"] == "ratio_wall_s"]
        self.assertEqual(len(ratios), 2)
        self.assertNotEqual((self.out / "latest").resolve(), made.resolve())

    def test_a_folder_that_cannot_be_read_is_left_out_of_a_class(self):
        good, bad = self.make(), self.out / "bad"
        shutil.copytree(good, bad)
        (bad / "runs.ndjson").write_text("[]\n")
        status, out, _ = self.on_folders("collect", good, bad)
        self.assertEqual(status, 0)
        self.assertIn("warning: left out, as ", out)
        status, _, err = self.on_folders("collect", bad, bad)
        self.assertEqual((status, err.count("\n")), (2, 1))

    def test_one_run_is_not_collected_twice(self):
        first = self.make()
        elsewhere = self.out / "elsewhere"
        shutil.copytree(first, elsewhere)
        for again in (first, elsewhere):
            status, _, err = self.on_folders("collect", first, again)
            self.assertEqual(status, 2)
            self.assertIn("is the same run as", err)
            self.assertEqual([], list(self.out.glob("*-class")))

    def test_machines_that_were_asked_otherwise_are_not_collected(self):
        first, second = self.make(), self.make("--service-time", "2ms")
        status, _, err = self.on_folders("collect", first, second)
        self.assertEqual(status, 2)
        self.assertIn("with other options", err)

    def test_machines_with_other_workloads_are_not_collected(self):
        first, second = self.make(), self.make(STAND_IN_FAULT="digest")
        status, _, err = self.on_folders("collect", first, second)
        self.assertEqual((status, err.count("\n")), (2, 1))
        self.assertIn("had other workloads in pool-2-n4", err)
        self.assertEqual([], list(self.out.glob("*-class")))

    def test_what_makes_machines_unlike_is_told(self):
        first, second = self.make(), self.make()
        (second / "INCOMPLETE.txt").write_text("Stopped.\n")
        self.change(second, "environment.json", commit="another")
        path = second / "runs.ndjson"
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:11]))
        status, out, err = self.on_folders("collect", first, second)
        self.assertEqual(status, 0, err)
        self.assertIn("warning: machine 2 is incomplete", out)
        self.assertIn("warning: machine 2 has 3 runs of a cell: too few for", out)
        self.assertIn("warning: the commits differ: ", out)
        self.assertNotIn("machine 1 ", out)
        _, out, _ = self.on_folders("collect", first, self.make())
        self.assertNotIn("warning", out)

    def test_drawing_again_makes_the_same_summary(self):
        first = self.make()
        before = (first / "summary.csv").read_text()
        (first / "summary.csv").unlink()
        status, out, _ = self.on_folders("draw", first)
        self.assertEqual(status, 0)
        self.assertEqual((first / "summary.csv").read_text(), before)
        self.assertIn("Six questions", out)
        self.assertTrue(read_runs(first))

    def test_without_gnuplot_what_was_asked_for_decides_on_the_status(self):
        """A run was made, and says before it starts that there will be no charts."""
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ("hyperfine", "git", "sh"):
            (tools / name).symlink_to(shutil.which(name))
        asked = {"STUB_CHARTS": "real", "PATH": str(tools)}
        for told, gnuplot in (("gnuplot is not installed", None),
                              ("gnuplot cannot say its version", "false")):  # fmt: skip
            if gnuplot:
                (tools / "gnuplot").symlink_to(shutil.which(gnuplot))
            status, out, err = self.drive("--blocks", "1", **asked)
            self.assertEqual((0, 1, 1), (status, out.count(told), err.count(told)), err)
            status, out, err = self.on_folders("draw", self.only_folder(), **asked)
            self.assertEqual((3, 1), (status, out.count(told)), err)
            shutil.rmtree(self.out)

    def test_an_editor_of_windows_changes_nothing(self):
        first = self.make()
        before = (first / "summary.csv").read_bytes()
        for path in (first / "runs.ndjson", first / "environment.json"):
            lines = path.read_bytes().replace(b"\n", b"\r\n")
            path.write_bytes(b"\xef\xbb\xbf" + lines)
        status, out, err = self.on_folders("draw", first)
        self.assertEqual(status, 0, err)
        self.assertNotIn("incomplete", out)
        self.assertEqual((first / "summary.csv").read_bytes(), before)
        for path in (first / "runs.ndjson", first / "environment.json"):
            path.write_text(path.read_text("utf-8-sig"), "utf-16")
            status, out, err = self.on_folders("draw", first)
            self.assertIn(f"cannot be read: {path.name} is not text in UTF-8", err)
            self.assertEqual((2, 1), (status, err.count("\n")))

    def test_a_folder_that_was_cut_off_is_called_incomplete(self):
        first = self.make()
        path = first / "runs.ndjson"
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines[:11]) + lines[11][:40])
        status, out, _ = self.on_folders("draw", first)
        self.assertEqual(status, 0)
        self.assertIn("This run is incomplete", out)
        self.assertIn(f"Left out: {len(lines) - 11} of {len(lines)} runs", out)
        _, out, _ = self.on_folders("compare", first, first)
        self.assertIn("is incomplete", out)
        status, _, err = self.drive("--resume", first)
        self.assertEqual((status, err.count("\n")), (3, 1), err)
        self.assertIn("was cut off", err)

    def test_a_folder_of_before_that_tells_no_number_of_runs_is_whole(self):
        first = self.make()
        path = first / "environment.json"
        facts = json.loads(path.read_text())
        self.assertEqual(facts.pop("runs"), len(read_runs(first)))
        path.write_text(json.dumps(facts))
        status, out, _ = self.on_folders("draw", first)
        self.assertEqual(status, 0)
        self.assertNotIn("incomplete", out)

    def test_drawing_again_tells_of_the_machine_that_ran(self):
        self.write_experiment('sections = ["limits"]\n' + SMALL)
        first = self.make("--seed", "1")
        self.change(first, "environment.json", thread_limits={"pids.max": 4321})
        _, out, _ = self.on_folders("draw", first)
        self.assertRegex(out, r"on that machine\n +pids\.max +4.321\n")

    def test_a_bootstrap_is_the_same_each_time_and_holds_the_ratio(self):
        over, under = [2.0, 2.1, 1.9, 2.2, 2.0, 1.8], [1.0, 1.1, 0.9, 1.0, 1.2, 1.0]
        found = bootstrap_ratio(over, under)
        self.assertEqual(found, bootstrap_ratio(over, under))
        self.assertLess(found.low, 2.0)
        self.assertGreater(found.high, 2.0)
        self.assertFalse(bootstrap_ratio(over[:5], under).known)
