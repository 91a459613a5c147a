"""The results folder: whole, or called incomplete; one driver at a time."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from unittest import mock

from .support import make_cell, make_run, read_runs
from driver.measure.signals import Stopped
from driver.run import folder as folders
from driver.run.folder import ResultsError, ResultsFolder, locked

RUN = make_run(make_cell(), 1, 1.0)
NO = PermissionError(1, "Operation not permitted")


class Folders(unittest.TestCase):
    def setUp(self):
        self.parent = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def names(self):
        return sorted(path.name for path in self.parent.iterdir())

    def make(self, name):
        folder = ResultsFolder(self.parent, name)
        self.addCleanup(folder._close)
        return folder

    def test_a_folder_has_its_name_only_when_it_is_whole(self):
        folder = self.make("now-abc")
        folder.add_run(RUN)
        self.assertEqual(self.names(), [".unfinished-now-abc"])
        self.assertEqual(read_runs(folder.path), [RUN])  # on the disk at once
        final, notes = folder.finish()
        self.assertEqual(notes, [])
        self.assertEqual(self.names(), ["latest", "now-abc"])
        self.assertEqual(os.readlink(self.parent / "latest"), "now-abc")
        self.assertEqual(read_runs(final), [RUN])

    def test_what_is_abandoned_is_called_incomplete_and_is_not_the_latest(self):
        self.assertIsNone(self.make("now").abandon("why"))  # nothing is kept of nothing
        self.assertEqual(self.names(), [])
        folder = self.make("now")
        folder.add_run(RUN)
        kept = folder.abandon("Stopped by a test.")
        self.assertEqual(self.names(), ["now-incomplete"])
        self.assertIn("a test", (kept / folders.INCOMPLETE).read_text())
        self.assertEqual(read_runs(kept), [RUN])

    def test_a_name_is_never_used_twice(self):
        for _ in range(3):
            self.make("now").finish()
        self.assertEqual(self.names(), ["latest", "now", "now-2", "now-3"])
        self.assertEqual(os.readlink(self.parent / "latest"), "now-3")

    def test_a_full_disk_leaves_no_half_line_and_no_half_file(self):
        folder = self.make("now")
        folder.add_run(RUN)
        with mock.patch.object(os, "fsync", side_effect=OSError(28, "disk full")):
            with self.assertRaisesRegex(ResultsError, "runs.ndjson: disk full"):
                folder.add_run(RUN)
            with self.assertRaisesRegex(ResultsError, "summary.csv: disk full"):
                folder.write(folders.SUMMARY, "text")
        self.assertEqual(read_runs(folder.path), [RUN])
        names = {path.name for path in folder.path.iterdir()}
        self.assertEqual(names, {folders.RUNS, folders.BLOCKS, "samples"})
        kept = folder.abandon("The disk was full.")
        self.assertTrue(kept.name.endswith("-incomplete"))

    def test_nan_never_gets_into_a_file(self):
        folder = self.make("now")
        with self.assertRaises(ValueError):
            folder.write_json("x.json", {"a": float("nan")})
        folder.abandon("")

    def test_what_a_killed_driver_left_is_kept_as_incomplete(self):
        folder = self.make("then")
        folder.add_run(RUN)
        folder.scratch.mkdir()
        with open(folder.path / folders.RUNS, "a", encoding="utf-8") as file:
            file.write(json.dumps(RUN.to_json())[:100])  # it was writing the next
        self.make("empty")
        with redirect_stderr(StringIO()), locked(self.parent):
            pass
        self.assertEqual(self.names(), [".lock", "then-incomplete"])
        kept = self.parent / "then-incomplete"
        self.assertEqual(read_runs(kept), [RUN])
        self.assertFalse((kept / "scratch").exists())
        # Drawn, gone on with, and killed again: its report is of a part.
        (kept / "report.html").touch()
        kept.rename(self.parent / ".unfinished-then")
        with redirect_stderr(StringIO()), locked(self.parent):
            pass
        self.assertEqual(self.names(), [".lock", "then-incomplete"])

    def test_a_second_driver_is_told_who_holds_the_folder(self):
        code = (
            "import sys; from pathlib import Path; from driver.run.folder import locked\n"
            "with locked(Path(sys.argv[1])):\n"
            "    print('held', flush=True); sys.stdin.read()"
        )
        holder = subprocess.Popen(
            [sys.executable, "-c", code, str(self.parent)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        self.addCleanup(holder.communicate)
        self.assertEqual(holder.stdout.readline(), b"held\n")
        with self.assertRaisesRegex(ResultsError, f"process {holder.pid}"):
            with locked(self.parent):
                self.fail("two drivers hold one folder")

    def test_a_place_where_results_cannot_be_is_told_before_anything_runs(self):
        (self.parent / "file").write_text("")
        (self.parent / "latest").mkdir()
        for place, told in ((self.parent / "file", "cannot write"),
                            (self.parent, "latest is in the way")):  # fmt: skip
            with self.assertRaisesRegex(ResultsError, told), locked(place):
                self.fail("it would have been run for nothing")

    def test_a_link_that_cannot_be_made_is_told_and_leaves_nothing(self):
        folder = self.make("now")
        (self.parent / "latest").mkdir()
        final, notes = folder.finish()
        self.assertEqual(final, self.parent / "now")
        self.assertIn("cannot make the link latest", notes[0])
        self.assertEqual(self.names(), ["latest", "now"])

    def test_a_signal_while_the_link_is_made_leaves_nothing(self):
        folder = self.make("now")
        stopped = mock.patch.object(Path, "rename", side_effect=Stopped(2))
        with stopped, self.assertRaises(Stopped):
            folders.point_latest(folder.path)
        self.assertEqual(self.names(), [".unfinished-now"])

    def test_what_another_user_left_is_told(self):
        self.make("then")._close()
        refused = mock.patch.object(folders.shutil, "rmtree", side_effect=NO)
        with refused, redirect_stderr(StringIO()) as said, locked(self.parent):
            pass  # no reason to measure nothing
        self.assertRegex(said.getvalue(), "cannot take up .*then, .*: Operation not perm")

    def test_what_could_not_be_named_is_where_it_was_told_and_is_named_later(self):
        for stop, name in ("finish", "now"), ("abandon", "now-incomplete"):
            with self.subTest(stop):
                folder = self.make("now")
                folder.add_run(RUN)
                if stop == "finish":
                    folder.write(folders.REPORT, "text")
                with mock.patch.object(Path, "rename", side_effect=NO):
                    left = folder.finish()[0] if stop == "finish" else folder.abandon("")
                self.assertEqual(left, self.parent / ".unfinished-now")
                self.assertEqual(read_runs(left), [RUN])
                with redirect_stderr(StringIO()) as said, locked(self.parent):
                    self.assertEqual(read_runs(self.parent / name), [RUN])
                self.assertIn(f"results are now in {self.parent / name}\n", said.getvalue())

    def test_where_no_folder_can_be_renamed_one_goes_on_in_it(self):
        folder = self.make("now")
        folder.add_run(RUN)
        left = folder.abandon("Stopped by a test.")
        with mock.patch.object(Path, "rename", side_effect=NO):
            folder = ResultsFolder(self.parent, "now", left)
            folder.add_run(RUN)
            final, notes = folder.finish()
        self.assertEqual(final, left)
        self.assertIn("cannot name the folder now: Operation not permitted", notes[0])
        self.assertEqual(read_runs(final), [RUN, RUN])
        self.assertFalse((final / folders.INCOMPLETE).exists())

    def test_what_is_not_known_to_be_on_the_disk_has_its_name_all_the_same(self):
        folder = self.make("now")
        with mock.patch.object(os, "fsync", side_effect=OSError(5, "Input/output error")):
            final, notes = folder.finish()
        self.assertEqual(final, self.parent / "now")
        self.assertIn("now is on the disk: Input/output error", notes[0])

    def test_a_folder_that_is_gone_is_told(self):
        folder = self.make("now")
        folder.add_run(RUN)
        shutil.rmtree(folder.path)
        with self.assertRaisesRegex(ResultsError, "cannot write summary.csv: No such"):
            folder.write(folders.SUMMARY, "text")
        with self.assertRaisesRegex(ResultsError, "cannot name the folder now"):
            folder.finish()
        self.assertIsNone(folder.abandon("why"))
