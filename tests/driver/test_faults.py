"""Faults of the place: a full disk, closed or full output, a pause."""

import io
import os
import resource
import shutil
import signal
import subprocess
import sys
import unittest
from contextlib import redirect_stderr
from unittest import mock

from .support import SMALL, DriverTest, read_runs, wait_for
from driver import __main__ as main
from driver.run import measure
from driver.run.folder import ResultsError


class FullDisk(DriverTest):
    def test_what_was_finished_is_kept_whole_and_called_incomplete(self):
        # No file may grow beyond this: to a program it looks like a full disk.
        done = subprocess.run(
            self.command("--blocks", "50"),
            env=self.environment(),
            capture_output=True,
            timeout=300,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30_000,) * 2),
        )
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"cannot write runs.ndjson", done.stderr)
        self.assertNotIn(b"Traceback", done.stderr)
        folder = self.only_folder()
        self.assertTrue(folder.name.endswith("-incomplete"))
        self.assertGreater(len(read_runs(folder)), 3)
        self.assertTrue((folder / "runs.ndjson").read_bytes().endswith(b"\n"))
        self.assertFalse((self.out / "latest").exists())

    def test_programs_that_do_not_fit_on_it_are_told(self):
        with open(self.programs / "worker-pool", "a", encoding="ascii") as program:
            program.write("#" * 100_000 + "\n")
        done = subprocess.run(
            self.command("--blocks", "1"),
            env=self.environment(),
            capture_output=True,
            timeout=300,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000,) * 2),
        )
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"the programs cannot be copied: File too large", done.stderr)
        self.assertNotIn(b"Traceback", done.stderr)
        self.assertEqual(self.result_folders(), [])


class Gone(DriverTest):
    def test_a_results_folder_that_goes_away_is_told(self):
        self.write_experiment(SMALL.replace("1ms", "100ms"))
        process = self.start("--blocks", "500")
        runs = ".unfinished-*/runs.ndjson"
        wait_for(lambda: [p for p in self.out.glob(runs) if p.stat().st_size], "a run")
        # A file may come into it while it is being taken away: then once more.
        wait_for(lambda: shutil.rmtree(self.out, True) or not self.out.exists(), "end")
        _, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 3, err)
        self.assertNotIn(b"Traceback", err)
        self.assertIn(b"the results folder is gone", err)

    def test_what_the_system_refuses_anywhere_is_one_line_and_status_three(self):
        refused = mock.Mock(side_effect=OSError(5, "Input/output error"))
        said = io.StringIO()
        with (
            mock.patch.dict(main.ACTIONS, {"list": refused}),
            mock.patch.object(main.signals, "listen"),
            redirect_stderr(said),
        ):
            self.assertEqual(main.main(["--list"]), 3)
        self.assertEqual(said.getvalue(), "bench/run: [Errno 5] Input/output error\n")


class Refused(DriverTest):
    """What some systems refuse must not cost a run that has been made."""

    # what is refused: (where the results then are, what is said of it)
    CASES = {
        "symlink": ("2*", "cannot make the link latest"),
        "fsync": ("2*", ""),
        "flock": ("2*", "cannot be locked"),
        "rename": (".unfinished-2*", "cannot name the folder"),
        "pidfd_open": ("2*", ""),
    }

    def test_every_case(self):
        for name, (pattern, told) in self.CASES.items():
            with self.subTest(name):
                out = self.folder / f"out-{name}"
                status, said, err = self.drive(
                    "--blocks", "1", "--out", str(out), REFUSE=name
                )
                self.assertEqual(status, 0, err + said)
                (folder,) = (path for path in out.glob(pattern) if path.name != "latest")
                self.assertIn("4 tasks", said)
                self.assertIn(str(folder), said)
                self.assertIn(told, said + err)
                self.assertEqual(len(read_runs(folder)), 5)


class Errors(unittest.TestCase):
    def test_an_error_in_the_summary_hides_no_other(self):
        """What went wrong first is told, and the runs are kept."""
        folder = mock.Mock()
        session = mock.Mock(folder=folder)
        session.clerk.summarise.side_effect = ZeroDivisionError
        kept = measure._abandon(session, {}, KeyError("what went wrong first"))
        self.assertEqual(kept, folder.abandon.return_value)
        self.assertIn("what went wrong first", folder.abandon.call_args[0][0])
        folder.abandon.side_effect = ResultsError
        self.assertIsNone(measure._abandon(session, {}, KeyError()))


class Outputs(DriverTest):
    def test_a_full_stdout_is_told_and_the_results_are_there(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                self.command("--blocks", "1"),
                env=self.environment(),
                stdout=full,
                stderr=subprocess.PIPE,
                timeout=300,
            )
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot write to stdout: No space left", done.stderr)
        self.assertNotIn(b"Traceback", done.stderr)
        self.assertTrue(read_runs(self.only_folder()))

    def test_a_reader_that_has_seen_enough_leaves_no_trace(self):
        process = self.start("--blocks", "1")
        process.stdout.close()
        process.stdout = None
        _, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 1)
        self.assertNotIn(b"Traceback", err)
        self.assertNotIn(b"Exception", err)
        self.assertIn(b"the reader of stdout is gone", err)
        self.assertTrue(read_runs(self.only_folder()))

    def test_no_later_file_becomes_a_standard_one(self):
        code = (
            "import os, sys; from driver.say import terminal; terminal.open_standard_files()\n"
            "later = os.open(sys.executable, os.O_RDONLY)\n"
            "links = [os.readlink(f'/proc/self/fd/{number}') for number in range(3)]\n"
            "sys.exit(later <= 2 or sys.executable in links)"
        )
        for closed in ((0,), (1,), (2,), (0, 1, 2)):
            with self.subTest(closed=closed):
                done = subprocess.run(
                    [sys.executable, "-c", code],
                    env=self.environment(),
                    preexec_fn=lambda: [os.close(number) for number in closed],
                )
                self.assertEqual(done.returncode, 0)

    def test_closed_standard_files_get_nothing_of_the_results(self):
        for closed in ((0,), (1,), (2,), (0, 1, 2)):
            with self.subTest(closed=closed):
                self.out = self.folder / f"out{''.join(map(str, closed))}"
                done = subprocess.run(
                    self.command("--blocks", "1"),
                    env=self.environment(),
                    timeout=300,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    preexec_fn=lambda: [os.close(number) for number in closed],
                )
                # What was to be said was not heard; what was measured is kept.
                self.assertEqual(done.returncode, int(1 in closed))
                self.assertEqual(len(read_runs(self.only_folder())), 5)


class Paused(DriverTest):
    def test_a_driver_stopped_past_a_timeout_takes_no_run_for_hung(self):
        self.write_experiment(
            'question = "?"\n[options]\nservice-time = "200ms"\n'
            '[[cells]]\ndesign = "thread-per-task"\n'
        )
        process = self.start("--blocks", "2", TIMEOUT_S="-0.5")
        wait_for(lambda: list(self.out.glob(".unfinished-*/scratch/hyper*")), "a run")
        process.send_signal(signal.SIGSTOP)
        # Five times 200 ms less 0.5 s, the timeout, must be over for sure.
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        subprocess.run(["sleep", "1"], check=True)
        process.send_signal(signal.SIGCONT)
        _, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 0, err)
        self.assertNotIn(b"hung", err)
