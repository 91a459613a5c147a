"""The driver stopped by a signal, killed, or held up; and how it goes on."""

import json
import os
import shutil
import signal
import time
from contextlib import chdir
from pathlib import Path
from unittest import mock

from ..waiting import LIMIT_S, wait_for
from .support import SMALL, DriverTest, end, read_runs
from driver.measure import plan, signals
from driver.run import folder as folders

SLOW = """
question = "Does it go on where it stopped?"
[options]
service-time = "60ms"
[[cells]]
design = "thread-per-task"
[[cells]]
design = "worker-pool"
workers = 50
[[samples]]
design = "worker-pool"
workers = 50
"""
HOLDS_RUNS = 2 + 3 * 3 + 1  # warm-up, three blocks with the control, a sample


class Stopped(DriverTest):
    """A test that stops the driver once some runs are finished."""

    def lines(self, under_way=".unfinished-*/runs.ndjson"):
        """Finished runs of the run under way."""
        found = self.out.glob(under_way)
        try:
            return sum(
                path.read_bytes().count(b"\n") for path in found
                if not path.parent.is_symlink()  # latest
            )  # fmt: skip
        except FileNotFoundError:
            return 0  # it was just renamed: look again

    def stop_after(self, count, *numbers_and_arguments, **changes):
        numbers = [n for n in numbers_and_arguments if isinstance(n, int)]
        words = [word for word in numbers_and_arguments if isinstance(word, str)]
        process = self.start(*words, **changes)
        wait_for(
            lambda: self.lines() >= count or process.poll() is not None,
            f"{count} finished runs",
        )
        for number in numbers:
            process.send_signal(number)
            time.sleep(0.002)
        return process.returncode, process.communicate(timeout=LIMIT_S)[1], process

    def rebuild(self):
        with open(self.programs / "worker-pool", "a", encoding="utf-8") as program:
            program.write("\n# rebuilt\n")

    def assert_whole(self, folder):
        keys = [(run.block, run.cell.name, run.role) for run in read_runs(folder)]
        self.assertEqual((len(keys), len(set(keys))), (HOLDS_RUNS, HOLDS_RUNS))


class Signals(Stopped):
    """At a moment when runs have finished and one is under way."""

    def running(self, name):
        """Processes of this test's programs, and hyperfine with one."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                ours = os.fsencode(self.folder) in os.fsencode(os.readlink(path / "cwd"))
                if ours and name in (path / "cmdline").read_bytes():
                    found.append(int(path.name))
            except OSError:
                continue
        return found

    def test_every_finished_run_is_kept_in_a_folder_called_incomplete(self):
        self.write_experiment(SLOW.replace("60ms", "150ms"))
        # The last as from timeout(1), which tells the process and then its group.
        for numbers in (
            (signal.SIGINT,), (signal.SIGHUP,), (signal.SIGQUIT,), (signal.SIGTERM,) * 2
        ):  # fmt: skip
            with self.subTest(signals=numbers):
                *_, err, process = self.stop_after(2, *numbers, "--blocks", "200")
                self.assertEqual(process.returncode, 128 + numbers[0], err)
                self.assertNotIn(b"Traceback", err)
                (folder,) = self.result_folders()
                self.assertTrue(folder.name.endswith("-incomplete"))
                self.assertIn(folder.name.encode(), err)
                self.assertGreaterEqual(len(read_runs(folder)), 2)
                self.assertFalse((self.out / "latest").exists())
                self.assertEqual(self.running(b"thread-per-task"), [])
                self.assertIn("signal", (folder / "INCOMPLETE.txt").read_text())
                folder.rename(self.folder / f"seen-{numbers[0]}")

    def test_a_killed_driver_leaves_no_process_and_the_next_keeps_its_runs(self):
        # Of the two programs, the pool takes an hour: it does not end by itself.
        self.write_experiment(
            SMALL.replace("workers = 2", 'workers = 2\nservice-time = "3600s"')
            + '[[cells]]\ndesign = "thread-per-task"\ntasks = 5\n'
        )
        process = self.start("--blocks", "1")
        for pid in wait_for(lambda: self.running(b"pool"), "a running pool"):
            self.addCleanup(end, pid)
        status, _, err = self.drive("--blocks", "1")  # turned away meanwhile
        self.assertEqual((status, f"process {process.pid}" in err), (3, True), err)
        process.kill()
        process.communicate()
        wait_for(lambda: not self.running(b"pool"), "its end")
        self.assertEqual(self.result_folders(), [])
        self.write_experiment(SMALL)
        self.drive("--blocks", "1")
        (kept,) = (f for f in self.result_folders() if f.name.endswith("-incomplete"))
        self.assertGreaterEqual(len(read_runs(kept)), 2)

    def test_a_signal_as_the_folder_gets_its_name_leaves_it_complete(self):
        for number in (*signals.SIGNALS, signal.SIGCHLD):
            self.addCleanup(signal.signal, number, signal.getsignal(number))
        self.addCleanup(signals._held.clear)
        signals.listen()
        link = folders.point_latest

        def link_late(folder):
            signal.raise_signal(signal.SIGINT)
            link(folder)

        with mock.patch.object(folders, "point_latest", link_late):
            status, _, err = self.drive("--blocks", "1")
        folder = self.only_folder()
        self.assertEqual((status, err.count("omplete")), (130, 1), err)
        self.assertIn(f"Complete: kept in {folder}", err)
        self.assertFalse(folder.name.endswith("-incomplete"))
        self.assertFalse((folder / "INCOMPLETE.txt").exists())
        self.assertEqual((self.out / "latest").resolve(), folder)


class Resuming(Stopped):
    def setUp(self):
        super().setUp()
        self.write_experiment(SLOW)

    def test_it_goes_on_in_the_order_of_a_run_without_interruption(self):
        self.drive("--blocks", "3", "--seed", "9")
        whole = self.only_folder()
        for number in (signal.SIGINT, signal.SIGKILL):
            with self.subTest(signal=number):
                self.out = self.folder / f"out-{number}"
                self.stop_after(5, number, "--blocks", "3", "--seed", "9")
                status, _, err = self.drive("--resume")
                self.assertEqual(status, 0, err)
                folder = self.only_folder()
                self.assert_whole(folder)
                orders = [
                    [(run.block, run.position, run.cell.name) for run in read_runs(each)]
                    for each in (whole, folder)
                ]
                self.assertEqual(*orders)
                self.assertEqual((self.out / "latest").resolve(), folder)
                facts = json.loads((folder / "environment.json").read_text())
                self.assertEqual(len(facts["resumed_utc"]), 1)

    def test_it_looks_again_and_goes_on_where_the_folder_is(self):
        self.stop_after(3, signal.SIGINT, "--blocks", "3")
        left, nothing = self.only_folder(), self.folder / "nothing"
        nothing.mkdir()
        self.refused(3, "hyperfine is not installed", "--resume", PATH=str(nothing))
        facts = json.loads((left / "environment.json").read_text())
        self.assertIn("kernel_log", facts)  # of the part that was stopped
        lacking = {k: v for k, v in facts.items() if k != "protocol"}
        (left / "environment.json").write_text(json.dumps(lacking))
        self.refused(3, "does not say how it was asked", "--resume")
        elsewhere = facts | {"cpu": facts["cpu"] | {"usable": 9999}}
        (left / "environment.json").write_text(json.dumps(elsewhere))
        told = "was measured where cpu usable was 9999, and here it is "
        self.refused(3, told, "--resume")
        (left / "environment.json").write_text(json.dumps(facts))
        whole = (self.programs / "worker-pool").read_text()
        self.rebuild()
        self.refused(3, "was measured with other programs", "--resume")
        self.assertEqual(self.only_folder(), left)
        (self.programs / "worker-pool").write_text(whole)
        self.out = self.folder / "elsewhere"
        status, _, err = self.drive("--resume", left)
        self.assertEqual((status, self.out.exists()), (0, False), err)
        self.out = left.parent
        self.refused(3, "is complete", "--resume", self.only_folder())

    def test_what_cannot_be_gone_on_with_hides_nothing_that_can(self):
        self.stop_after(3, signal.SIGINT, "--blocks", "3")
        left = self.only_folder()
        facts = json.loads((left / "environment.json").read_text())
        for year, changed, told in (
            ("2998", {"builds": {}}, "compares two builds"),
            ("2999", {"protocol": "lesson"}, "is of a lesson"),
        ):
            newer = shutil.copytree(left, self.out / f"{year}-comparison-incomplete")
            (newer / "environment.json").write_text(json.dumps(facts | changed))
            self.refused(3, told, "--resume", newer)
        status, _, err = self.drive("--resume")
        self.assertEqual((status, left.exists()), (0, False), err)
        self.refused(3, "is of a lesson", "--resume")

    def test_a_cell_that_hung_is_not_run_again(self):
        self.write_experiment(SLOW.replace("60ms", "150ms"))
        fault = {"STAND_IN_FAULT": "hang", "STAND_IN_ONLY": "worker-pool"}
        self.stop_after(4, signal.SIGINT, "--blocks", "4", TIMEOUT_S="3", **fault)
        status, out, err = self.drive("--resume")
        self.assertEqual(status, 1, err)
        self.assertIn("not run again after it hung", out)
        programs = [run.cell.design.program for run in read_runs(self.only_folder())]
        self.assertEqual(programs.count("worker-pool"), 1)


class Full(Stopped):
    def lines(self):
        """Of all experiments: those under way have a name with a dot, too."""
        return super().lines("*-full/*/runs.ndjson")

    def setUp(self):
        super().setUp()
        for name in ("comparison", "another"):
            # A budget of nothing: three blocks each.
            self.write_experiment("minutes = 0.001\n" + SLOW, name)

    def test_every_experiment_is_in_one_folder_also_after_interruptions(self):
        """With the seed that was asked for, also in what had not been begun."""
        for number, count in ((signal.SIGINT, HOLDS_RUNS + 3), (signal.SIGKILL, 4)):
            with self.subTest(signal=number):
                self.out = self.folder / f"out-{number}"
                _, err, _ = self.stop_after(count, number, "--full", "--seed", "7")
                left = self.only_folder()
                self.assertFalse((left / "report.html").exists())
                told = f"--full --resume {left}\n".encode() in err
                self.assertEqual(told, number == signal.SIGINT, err)
                status, out, err = self.drive("--full", "--resume")
                self.assertEqual(status, 0, err)
                folder = self.only_folder()
                self.assertEqual(folder, left)
                self.assertTrue(folder.name.endswith("-full"))
                self.assertEqual((self.out / "latest").resolve(), folder)
                names = sorted(path.name for path in folder.iterdir())
                wanted = [".lock", "another", "comparison", "report.html"]
                self.assertEqual(names, wanted)
                for name in wanted[1:3]:
                    self.assert_whole(folder / name)
                    facts = json.loads((folder / name / "environment.json").read_text())
                    told = facts["seed"], facts["command"]
                    self.assertEqual(told, (7, "bench/run --full --seed 7"))
                self.assertEqual(out.count("Does it go on where it stopped?"), 2)
                page = (folder / "report.html").read_text()
                self.assertIn('href="another/report.html"', page)

    def test_an_experiment_that_cannot_be_run_here_costs_no_other_one(self):
        """It is the first in order; and where none can be run, nothing is left."""
        elsewhere = """question = "?"\n[[cells]]\ndesign = "goroutines"\n"""
        self.write_experiment(elsewhere, "comparison")
        status, out, err = self.drive("--full")
        self.assertEqual(status, 1, err)
        told = "comparison: not run: goroutines, 50 tasks: goroutine-per-task is built only"
        self.assertIn(told, out)
        self.assertEqual(out.count("Does it go on where it stopped?"), 1)
        self.assert_whole(self.only_folder() / "another")
        page = (self.only_folder() / "report.html").read_text()
        self.assertIn("Not run: goroutines", page)
        self.assertNotIn('href="comparison', page)
        self.write_experiment(elsewhere, "another")
        self.out = self.folder / "none"
        status, out, err = self.drive("--full")
        self.assertEqual((status, out), (3, ""), err)
        self.assertEqual(self.result_folders(), [])

    def test_what_is_refused_after_the_last_run_costs_none_of_them(self):
        for refused, status, told in (
            ("symlink", 0, "cannot make the link latest"),
            ("page", 1, "cannot write report.html"),
        ):
            with self.subTest(refused):
                self.out = self.folder / refused
                with mock.patch.object(plan, "FEWEST", 1):  # one block tells as much
                    found, out, err = self.drive("--full", REFUSE=refused)
                self.assertEqual(found, status, err)
                self.assertEqual(out.count("Does it go on where it stopped?"), 2)
                self.assertIn(told, out)
                self.assertIn(f"Results: {self.only_folder()}", out)
                self.assertNotIn("Go on with", err)

    def test_a_folder_is_the_same_by_whatever_name_it_is_gone_on_with(self):
        with mock.patch.object(plan, "FEWEST", 1):
            self.drive("--full")
        folder = self.only_folder()
        for name in (self.out / "latest", "."):
            with self.subTest(name), chdir(folder):
                (folder / "report.html").unlink()
                status, out, err = self.drive("--full", "--resume", name)
                self.assertEqual(status, 0, err)
                self.assertTrue((folder / "report.html").is_file())
                self.assertEqual(os.readlink(self.out / "latest"), folder.name)

    def test_a_run_of_one_experiment_is_not_made_a_full_one(self):
        self.stop_after(4, signal.SIGINT, "--blocks", "3")
        left = self.only_folder()
        self.refused(2, "is not a full run", "--full", "--resume", left)
        self.assertEqual(self.result_folders(), [left])
        self.assertFalse((left / "another").exists())

    def test_what_is_not_ours_outlives_a_full_run_that_ran_nothing(self):
        """Whether the folder holds nothing of ours, or a part that has no run."""
        photos = self.out / "photos-full"
        photos.mkdir(parents=True)
        (photos / "photo").touch()
        nothing = self.folder / "nothing"
        nothing.mkdir()
        resume = "--full", "--resume", photos
        self.refused(2, "holds no part of a full run", *resume, PATH=str(nothing))
        self.assertEqual([*self.out.iterdir()], [photos])  # no lock, either
        part = photos / ".unfinished-comparison"
        part.mkdir()
        (part / "environment.json").write_text("{}")
        status, _, err = self.drive(*resume, PATH=str(nothing))
        self.assertEqual(status, 3, err)
        self.assertEqual([*photos.iterdir()], [photos / "photo"])

    def test_complete_experiments_of_other_programs_are_not_mixed_in(self):
        slower = SLOW.replace("60ms", "600ms")  # or it may end before it is stopped
        self.write_experiment("minutes = 0.001\n" + slower, "another")
        self.stop_after(HOLDS_RUNS + 2, signal.SIGINT, "--full")
        self.rebuild()
        status, _, err = self.drive("--full", "--resume")
        self.assertEqual(status, 3)
        self.assertIn("comparison was measured with other programs", err)
        self.assertFalse((self.only_folder() / "report.html").exists())
