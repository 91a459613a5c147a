"""Words on results folders: draw again, compare two, collect many."""

import csv
import json
import shutil
import unittest
from unittest import mock

from .support import DriverTest, read_runs
from driver import conduct
from driver.draw import gnuplot


def setUpModule():
    """One run of six blocks is made by the driver: copies of it are changed."""
    maker = OnFolders()
    maker.setUp()
    unittest.addModuleCleanup(maker.doCleanups)
    maker.drive("--blocks", "6")
    OnFolders.made = maker.only_folder()


class OnFolders(DriverTest):
    count = 0

    def make(self, **changes):
        """A results folder, as of another moment each time, with other facts in it."""
        self.count += 1
        name = f"20250101T00000{self.count}Z-comparison-abc"
        copy = shutil.copytree(self.made, self.out / name)
        path = copy / "environment.json"
        facts = json.loads(path.read_text()) | {"seed": self.count}
        path.write_text(json.dumps(facts | changes))
        return copy

    def make_otherwise(self):
        """A folder in which every cell was asked for another seed."""
        cells = json.loads((self.made / "environment.json").read_text())["cells"]
        for cell in cells:
            cell["args"].append("--seed=9")
        return self.make(cells=cells)

    def rewrite_runs(self, folder, change):
        """Every line of runs.ndjson, as change() leaves it."""
        lines = [run.to_json() for run in read_runs(folder)]
        for line in lines:
            change(line)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / "runs.ndjson").write_text(text)

    def refuses(self, *words, status=2):
        """In one line, which it returns."""
        found, out, err = self.act(*words)
        self.assertEqual((found, out, err.count("\n")), (status, "", 1), err)
        return err


class Compared(OnFolders):
    def test_a_copy_does_not_differ_from_itself(self):
        first = self.make()
        status, out, _ = self.act("compare", first, first)
        self.assertEqual(status, 0)
        self.assertIn("Nothing else is known to differ", out)
        self.assertIn("cannot tell", out)
        self.assertNotIn("slower", out)

    def test_what_cannot_be_compared_is_told(self):
        first = self.make()
        status, out, _ = self.act("compare", first, self.make_otherwise())
        self.assertEqual((status, True), (1, "only in the first" in out), out)
        other = self.make(schema_version=7)
        self.assertIn("schema version 7", self.refuses("compare", other, first))
        for word in (["compare"], ["collect", "--out", self.out]):
            told = self.refuses(*word, self.folder, self.folder / "none")
            self.assertIn("is no results folder: ", told)


class Collected(OnFolders):
    def collect(self, *folders):
        return self.act("collect", *folders, "--out", self.out)

    def test_a_class_is_collected_without_names(self):
        first, second = self.make(), self.make(cpu={"model": "Other", "usable": 8})
        status, out, err = self.collect(first, second)
        self.assertEqual(status, 0, err)
        self.assertIn("8 × Other", out)
        self.assertNotIn("warning", out)
        (made,) = self.out.glob("*-class")
        with open(made / "class.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual({row["machine"] for row in rows}, {"1", "2"})
        ratios = [row for row in rows if row["figure"] == "ratio_wall_s"]
        self.assertEqual(len(ratios), 2)
        self.assertNotEqual((self.out / "latest").resolve(), made.resolve())

    def test_two_in_one_second_have_folders_of_their_own(self):
        machines = self.make(), self.make()
        with mock.patch.object(conduct, "stamp", lambda: "20250101T000000Z"):
            for _ in range(2):
                status, _, err = self.collect(*machines)
                self.assertEqual(status, 0, err)
        self.assertEqual(2, len([*self.out.glob("*-class*")]))

    def test_what_makes_machines_unlike_is_told(self):
        good, less, bad = self.make(), self.make(commit="another"), self.make()
        (less / "INCOMPLETE.txt").write_text("Stopped.\n")
        lines = (less / "runs.ndjson").read_text().splitlines(keepends=True)
        (less / "runs.ndjson").write_text("".join(lines[:11]))
        (bad / "runs.ndjson").write_text("[]\n")
        status, out, err = self.collect(good, less, bad)
        self.assertEqual(status, 0, err)
        for told in ("machine 2 is incomplete", "machine 2 has 3 runs of a cell: too few "
                     "for an", "the commits differ: ", "left out, as "):  # fmt: skip
            self.assertIn(f"warning: {told}", out)
        self.assertNotIn("machine 1 ", out)

    def test_what_is_no_class_is_refused(self):
        first, bad = self.make(), self.make()
        (bad / "runs.ndjson").write_text("[]\n")
        elsewhere = shutil.copytree(first, self.out / "elsewhere")
        worked = self.make()
        self.rewrite_runs(worked, lambda line: line["record"].update(
            workload_digest="f" * 16))  # fmt: skip
        for folders, told in (
            ((bad, bad), "no folder was named|left out"),
            ((first, first), "is the same run as"),
            ((first, elsewhere), "is the same run as"),
            ((first, self.make_otherwise()), "with other options"),
            ((first, worked), "had other workloads in "),
        ):  # fmt: skip
            with self.subTest(told):
                self.assertRegex(self.refuses("collect", *folders, "--out", self.out), told)
                self.assertEqual([], list(self.out.glob("*-class")))


class Drawn(OnFolders):
    def test_drawing_again_makes_the_same_summary_and_tells_of_the_machine_that_ran(self):
        first = self.make(sections=["limits"], thread_limits={"pids.max": 4321})
        before = (first / "summary.csv").read_text()
        (first / "summary.csv").unlink()
        status, out, _ = self.act("draw", first)
        self.assertEqual(status, 0)
        self.assertEqual((first / "summary.csv").read_text(), before)
        self.assertIn("Six questions", out)
        self.assertRegex(out, r"on that machine\n +pids\.max +4.321\n")
        self.assertTrue(read_runs(first))

    def test_without_gnuplot_what_was_asked_for_decides_on_the_status(self):
        """A run was made, and says before it starts that there will be no charts."""
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ("hyperfine", "git", "sh"):
            (tools / name).symlink_to(shutil.which(name))
        asked = {"STUB_CHARTS": "real", "PATH": str(tools)}
        self.addCleanup(gnuplot.check_gnuplot.cache_clear)
        for told, found in (("gnuplot is not installed", None),
                            ("gnuplot cannot say its version", "false")):  # fmt: skip
            gnuplot.check_gnuplot.cache_clear()
            if found:
                (tools / "gnuplot").symlink_to(shutil.which(found))
            status, out, err = self.drive("--blocks", "1", **asked)
            self.assertEqual((0, 1, 1), (status, out.count(told), err.count(told)), err)
            status, out, err = self.act("draw", self.only_folder(), **asked)
            self.assertEqual((3, 1), (status, out.count(told)), err)
            shutil.rmtree(self.out)

    def test_an_editor_of_windows_changes_nothing(self):
        first = self.make()
        before = (first / "summary.csv").read_bytes()
        for path in (first / "runs.ndjson", first / "environment.json"):
            lines = path.read_bytes().replace(b"\n", b"\r\n")
            path.write_bytes(b"\xef\xbb\xbf" + lines)
        status, out, err = self.act("draw", first)
        self.assertEqual(status, 0, err)
        self.assertNotIn("incomplete", out)
        self.assertEqual((first / "summary.csv").read_bytes(), before)
        for path in (first / "runs.ndjson", first / "environment.json"):
            path.write_text(path.read_text("utf-8-sig"), "utf-16")
            told = self.refuses("draw", first)
            self.assertIn(f"cannot be read: {path.name} is not text in UTF-8", told)

    def test_what_is_no_json_is_found_by_file_line_and_character(self):
        first = self.make()
        for name, line in ("runs.ndjson", 3), ("blocks.ndjson", 1), ("environment.json", 0):
            before = (first / name).read_text()
            lines = before.splitlines(keepends=True)
            lines[max(line - 1, 0)] = "{x" + lines[max(line - 1, 0)]
            (first / name).write_text("".join(lines))
            where = f"{name}, line {line}" if line else name
            told = f"cannot be read: {where}: from character 2 on it is no JSON"
            self.assertIn(told, self.refuses("draw", first))
            (first / name).write_text(before)

    def test_a_folder_that_was_cut_off_is_called_incomplete(self):
        first = self.make()
        path = first / "runs.ndjson"
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines[:11]) + lines[11][:40])
        status, out, _ = self.act("draw", first)
        self.assertEqual(status, 0)
        self.assertIn("This run is incomplete", out)
        self.assertIn(f"Left out: {len(lines) - 11} of {len(lines)} runs", out)
        self.assertIn("is incomplete", self.act("compare", first, first)[1])
        self.refused(3, "was cut off", "--resume", first)

    def test_a_folder_that_tells_no_number_of_runs_is_whole_if_it_tells_its_end(self):
        first = self.make()
        path = first / "environment.json"
        facts = json.loads(path.read_text())
        self.assertEqual(facts.pop("runs"), len(read_runs(first)))
        path.write_text(json.dumps(facts))
        status, out, _ = self.act("draw", first)
        self.assertEqual(status, 0)
        self.assertNotIn("incomplete", out)
        facts.pop("finished_utc")  # stopped, on a disk too full for INCOMPLETE.txt
        path.write_text(json.dumps(facts))
        status, out, _ = self.act("draw", first)
        self.assertEqual((status, "This run is incomplete" in out), (0, True), out)
