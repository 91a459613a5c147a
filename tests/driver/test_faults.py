"""Faults of the place: a full disk, closed or full output, a pause."""

import os
import resource
import signal
import subprocess

from .support import DriverTest, read_runs, wait_for


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
                self.assertEqual(done.returncode, 0)
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
