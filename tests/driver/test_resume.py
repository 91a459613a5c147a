"""Going on after an interruption, and the full run."""

import json
import signal

from .support import DriverTest, read_runs, wait_for

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


class Stopped(DriverTest):
    """A test that stops the driver once some runs are finished."""

    def lines(self):
        """Finished runs of the run under way."""
        found = self.out.glob(".unfinished-*/**/runs.ndjson")
        try:
            return sum(path.read_bytes().count(b"\n") for path in found)
        except FileNotFoundError:
            return 0  # it was just renamed: look again

    def stop_after(self, count, number, *arguments):
        process = self.start(*arguments)
        wait_for(lambda: self.lines() >= count, f"{count} finished runs")
        process.send_signal(number)
        process.communicate(timeout=120)


class Resuming(Stopped):
    def test_no_run_is_made_twice_and_none_is_missing(self):
        self.write_experiment(SLOW)
        for number in (signal.SIGINT, signal.SIGKILL):
            with self.subTest(signal=number):
                self.out = self.folder / f"out-{number}"
                self.stop_after(5, number, "--blocks", "3", "--seed", "9")
                status, out, err = self.drive("--resume")
                self.assertEqual(status, 0, err)
                runs = read_runs(self.only_folder())
                keys = [(run.block, run.cell.name, run.role) for run in runs]
                self.assertEqual(len(keys), len(set(keys)))
                # 2 of warm-up, 3 blocks of 2 and the control, 1 sample.
                self.assertEqual(len(keys), 2 + 3 * 3 + 1)
                self.assertEqual((self.out / "latest").resolve(), self.only_folder())
                facts = json.loads(
                    (self.only_folder() / "environment.json").read_text()
                )
                self.assertEqual(len(facts["resumed_utc"]), 1)

    def test_the_order_is_that_of_a_run_without_interruption(self):
        self.write_experiment(SLOW)
        self.stop_after(4, signal.SIGTERM, "--blocks", "3", "--seed", "9")
        self.drive("--resume")
        self.drive("--blocks", "3", "--seed", "9")
        stopped, whole = (
            [(run.block, run.position, run.cell.name) for run in read_runs(folder)]
            for folder in self.result_folders()
        )
        self.assertEqual(stopped, whole)

    def test_other_programs_are_not_gone_on_with(self):
        self.write_experiment(SLOW)
        self.stop_after(3, signal.SIGINT, "--blocks", "3")
        with open(self.programs / "worker-pool", "a", encoding="utf-8") as program:
            program.write("\n# rebuilt\n")
        status, _, err = self.drive("--resume")
        self.assertEqual(status, 3)
        self.assertIn("was measured with other programs", err)
        self.assertTrue(self.only_folder().name.endswith("-incomplete"))

    def test_the_machine_is_looked_at_again(self):
        self.write_experiment(SLOW)
        self.stop_after(3, signal.SIGINT, "--blocks", "3")
        nothing = self.folder / "nothing"
        nothing.mkdir()
        status, _, err = self.drive("--resume", PATH=str(nothing))
        self.assertEqual((status, err.count("\n")), (3, 1), err)
        self.assertIn("hyperfine is not installed", err)
        self.assertTrue(self.only_folder().name.endswith("-incomplete"))

    def test_a_folder_can_be_named_and_is_gone_on_with_where_it_is(self):
        self.write_experiment(SLOW)
        self.stop_after(4, signal.SIGINT, "--blocks", "2")
        left = self.only_folder()
        self.out = self.folder / "elsewhere"
        status, _, err = self.drive("--resume", left)
        self.assertEqual(status, 0, err)
        self.assertFalse(self.out.exists())
        self.out = left.parent
        status, _, err = self.drive("--resume", self.only_folder())
        self.assertEqual(status, 3)
        self.assertIn("is complete", err)

    def test_a_cell_that_hung_is_not_run_again(self):
        self.write_experiment(SLOW.replace("60ms", "150ms"))
        fault = {"STAND_IN_FAULT": "hang", "STAND_IN_ONLY": "worker-pool"}
        process = self.start("--blocks", "4", TIMEOUT_S="0.1", **fault)
        wait_for(lambda: self.lines() >= 4, "4 finished runs")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
        status, out, err = self.drive("--resume")
        self.assertEqual(status, 1, err)
        self.assertIn("not run again after it hung", out)
        runs = read_runs(self.only_folder())
        self.assertEqual(sum(run.cell.design.program == "worker-pool" for run in runs), 1)

    def test_a_folder_that_is_not_there_is_told_and_not_made(self):
        for options in (["--resume"], ["--full", "--resume"]):
            missing = self.folder / "nowhere"
            status, _, err = self.drive(*options, missing / "a-full-incomplete")
            self.assertEqual((status, err.count("\n")), (2, 1), err)
            self.assertIn("is no folder", err)
            self.assertFalse(missing.exists())

    def test_nothing_to_go_on_with_is_told(self):
        status, _, err = self.drive("--resume")
        self.assertEqual((status, err.count("\n")), (2, 1))
        self.assertIn("no incomplete run", err)


class Full(Stopped):
    def setUp(self):
        super().setUp()
        for name in ("comparison", "another"):
            # A budget of nothing: three blocks each.
            self.write_experiment("minutes = 0.001\n" + SLOW, name)

    def test_every_experiment_is_in_one_folder(self):
        status, out, err = self.drive("--full")
        self.assertEqual(status, 0, err)
        folder = self.only_folder()
        self.assertTrue(folder.name.endswith("-full"))
        self.assertEqual((self.out / "latest").resolve(), folder)
        names = sorted(path.name for path in folder.iterdir())
        self.assertEqual(names, ["another", "comparison", "report.html"])
        self.assertEqual(out.count("Does it go on where it stopped?"), 2)
        page = (folder / "report.html").read_text()
        self.assertIn('href="another/report.html"', page)

    def test_it_goes_on_after_an_interruption(self):
        for number, count in ((signal.SIGINT, 15), (signal.SIGKILL, 4)):
            with self.subTest(signal=number):
                self.out = self.folder / f"out-{number}"
                self.stop_after(count, number, "--full")
                status, _, err = self.drive("--full", "--resume")
                self.assertEqual(status, 0, err)
                folder = self.only_folder()
                for name in ("comparison", "another"):
                    runs = read_runs(folder / name)
                    keys = [(run.block, run.cell.name, run.role) for run in runs]
                    self.assertEqual(len(keys), len(set(keys)))
                    self.assertEqual(len(keys), 2 + 3 * 3 + 1)

    def test_a_run_of_one_experiment_is_not_made_a_full_one(self):
        self.stop_after(4, signal.SIGINT, "--blocks", "3")
        left = self.only_folder()
        named = left.with_name(left.name.replace("-incomplete", "-full-incomplete"))
        for folder in (left, named):
            if folder is named:
                left.rename(named)
            status, _, err = self.drive("--full", "--resume", folder)
            self.assertEqual((status, err.count("\n")), (2, 1), err)
            self.assertIn("is not a full run", err)
            self.assertEqual(self.result_folders(), [folder])
            self.assertTrue((folder / "INCOMPLETE.txt").exists())
            self.assertFalse((self.out / "latest").exists())

    def test_the_second_of_a_name_gets_a_name_of_its_own(self):
        self.stop_after(15, signal.SIGINT, "--full")
        left = self.only_folder()
        again = left.rename(left.with_name(left.name + "-2"))
        status, _, err = self.drive("--full", "--resume", again)
        self.assertEqual(status, 0, err)
        self.assertTrue(self.only_folder().name.endswith("-full"))

    def test_complete_experiments_of_other_programs_are_not_mixed_in(self):
        self.stop_after(15, signal.SIGINT, "--full")
        with open(self.programs / "worker-pool", "a", encoding="utf-8") as program:
            program.write("\n# rebuilt\n")
        status, _, err = self.drive("--full", "--resume")
        self.assertEqual(status, 3)
        self.assertIn("comparison was measured with other programs", err)
        self.assertTrue(self.only_folder().name.endswith("-full-incomplete"))
