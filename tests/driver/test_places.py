"""Stopping the driver at any moment, and running it in odd places."""

import os
import signal
import time

from .support import SMALL, DriverTest, end, read_runs, wait_for


class Stopping(DriverTest):
    """Signals at a moment when runs have finished and one is under way."""

    def start_and_wait(self):
        self.write_experiment(
            'question = "?"\n[options]\nservice-time = "150ms"\n'
            '[[cells]]\ndesign = "thread-per-task"\n'
        )
        process = self.start("--blocks", "200")
        wait_for(self.two_runs, "two finished runs")
        return process

    def two_runs(self):
        for path in self.out.glob(".unfinished-*/runs.ndjson"):
            return path.read_bytes().count(b"\n") >= 2

    def programs_running(self, name=b"thread-per-task"):
        """Processes of this test's programs, and hyperfine with one."""
        found = []
        for path in os.listdir("/proc"):
            if path.isdecimal():
                try:
                    with open(f"/proc/{path}/cmdline", "rb") as file:
                        line = file.read()
                except OSError:
                    continue
                if name in line and os.fsencode(
                    self.folder
                ) in self.cwd(path):
                    found.append(int(path))
        return found

    def cwd(self, pid):
        try:
            return os.fsencode(os.readlink(f"/proc/{pid}/cwd"))
        except OSError:
            return b""

    def test_a_signal_that_comes_twice_at_once_is_one(self):
        """As from timeout(1), which tells the process and then its group."""
        process = self.start_and_wait()
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.002)
        _, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 128 + signal.SIGTERM, err)
        self.assertTrue(self.result_folders()[-1].name.endswith("-incomplete"))

    def test_a_signal_keeps_every_finished_run_in_a_folder_called_incomplete(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                process = self.start_and_wait()
                process.send_signal(number)
                _, err = process.communicate(timeout=120)
                self.assertEqual(process.returncode, 128 + number, err)
                self.assertNotIn(b"Traceback", err)
                folder = self.result_folders()[-1]
                self.assertTrue(folder.name.endswith("-incomplete"))
                self.assertIn(folder.name.encode(), err)
                self.assertGreaterEqual(len(read_runs(folder)), 2)
                self.assertFalse((self.out / "latest").exists())
                self.assertEqual(self.programs_running(), [])
                self.assertIn("signal", (folder / "INCOMPLETE.txt").read_text())
                os.rename(folder, self.folder / f"seen-{number}")

    def test_a_killed_driver_leaves_no_process_and_the_next_keeps_its_runs(self):
        # Of the two programs, the pool takes an hour: it does not end by itself.
        self.write_experiment(
            SMALL.replace("workers = 2", 'workers = 2\nservice-time = "3600s"')
            + '[[cells]]\ndesign = "thread-per-task"\ntasks = 5\n'
        )
        process = self.start("--blocks", "1")
        running = wait_for(lambda: self.programs_running(b"pool"), "a running pool")
        for pid in running:
            self.addCleanup(end, pid)
        process.kill()
        process.communicate()
        wait_for(lambda: not self.programs_running(b"pool"), "its end", 10)
        self.assertEqual(self.result_folders(), [])
        self.write_experiment(SMALL)
        self.drive("--blocks", "1")
        first, second = self.result_folders()
        kept = [f for f in (first, second) if f.name.endswith("-incomplete")]
        self.assertEqual(len(kept), 1)
        self.assertGreaterEqual(len(read_runs(kept[0])), 2)

    def test_a_second_driver_is_turned_away_while_the_first_runs(self):
        process = self.start_and_wait()
        status, _, err = self.drive("--blocks", "1")
        self.assertEqual(status, 3)
        self.assertIn(f"process {process.pid}", err)


class OddPaths(DriverTest):
    def test_odd_places_for_results_and_programs(self):
        odd = [
            b"with space", b"it's \"quoted\"", b"-leading", b"new\nline", b"\xff\xfe",
            b"$HOME;ls", b"%s", "\u00fcml\u00e4ut".encode(),
        ]  # fmt: skip
        for name in odd:
            with self.subTest(name=name):
                place = self.folder / os.fsdecode(name)
                place.mkdir()
                self.out = place / "out"
                self.write_programs(place / "programs")
                status, out, err = self.drive("--blocks", "1")
                self.assertEqual((status, "Traceback" in err), (0, False), err)
                self.assertTrue(read_runs(self.only_folder()))

    def test_a_relative_place_is_in_the_current_folder(self):
        self.out = os.path.relpath(self.folder / "-out")
        self.programs = os.path.relpath(self.programs)
        status, out, err = self.drive("--blocks", "1")
        self.assertEqual(status, 0, err)
        self.assertTrue((self.folder / "-out" / "latest").is_dir())
