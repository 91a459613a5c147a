"""The whole driver on stand-in programs: good runs, and every way to go wrong."""

import io
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from . import REPOSITORY
from ..waiting import LIMIT_S, wait_for
from .support import SMALL, STAND_IN, DriverTest, read_runs
from driver import __main__ as main
from driver.measure import hyperfine
from driver.run.run import Ending

class GoodRuns(DriverTest):
    def test_a_run_leaves_a_whole_folder_and_says_where(self):
        status, out, err = self.drive("--blocks", "6", "--seed", "77")
        self.assertEqual(status, 0, err)
        folder = self.only_folder()
        self.assertRegex(folder.name, r"\A\d{8}T\d{6}Z-comparison-\w+\Z")
        self.assertEqual(os.readlink(self.out / "latest"), folder.name)
        self.assertIn(f"Results: {folder}", out)
        self.assertIn("as long as threads", out)
        names = {path.name for path in folder.iterdir()}
        self.assertEqual(names, {
            "runs.ndjson", "blocks.ndjson", "environment.json", "summary.csv", "samples"
        })  # fmt: skip
        runs = read_runs(folder)
        roles = [run.role.value for run in runs]
        counts = [roles.count(role) for role in ("measure", "a-a", "warm-up")]
        self.assertEqual(counts, [12, 6, 2])
        self.assertTrue(all(run.hyperfine.wall_s > 0.001 for run in runs))
        # Plain lines, as there is no terminal.
        self.assertNotRegex(err, "[\033\r]")
        for told in ("seed 77", "block 2 of 6, about", "theory goes without these"):
            self.assertIn(told, err)

    def test_two_blocks_bear_no_verdict_and_tell_no_host_user_or_path(self):
        seen, also = self.folder / "seen.csv", self.folder / "also.csv"
        for file in (seen, also):
            file.write_text("1ms\n")
        both = f"distribution=file:{seen},file:{os.path.relpath(also)}"
        _, out, err = self.drive("--blocks", "2", "--sweep", both)
        self.assertFalse([r.problem for r in read_runs(self.only_folder()) if r.problem])
        self.assertEqual(len(list(self.only_folder().glob("files/*.csv"))), 2, err)
        self.assertIn("cannot tell from 2 blocks", out)
        self.assertNotRegex(out, "slower|faster")
        for path in self.only_folder().glob("*.*"):
            text = path.read_text(encoding="utf-8")
            for word in (str(self.folder), f"{Path.home()}/", tempfile.gettempdir(),
                         self.folder.name):  # fmt: skip
                self.assertNotIn(word, text, path.name)
            # A host may be called "vm", as a folder of the kernel's settings is.
            host = rf"(?<![\w.]){re.escape(os.uname().nodename)}(?![\w.])"
            self.assertNotRegex(text, host)

    def test_each_block_draws_other_tasks_where_that_is_asked(self):
        self.write_experiment("reseed = true\n" + SMALL)
        status, out, err = self.drive("--blocks", "2")
        self.assertEqual(status, 0, err)
        for run in read_runs(self.only_folder()):
            self.assertIn(f"--seed={run.block}", run.command)
            self.assertEqual(int(run.record["workload_digest"][8:], 16), run.block)
        self.assertNotIn("workloads differ", out)

    def test_a_quick_run_says_what_it_left_out_and_an_experiment_lies_anywhere(self):
        mine = self.folder / "mine.toml"
        mine.write_text(
            'question = "?"\n[options]\ntasks = [4, 6000]\nservice-time = "1ms"\n'
            '[[cells]]\ndesign = "worker-pool"\nworkers = 1\n'
            '[[cells]]\ndesign = "worker-pool"\nworkers = 1\ntasks = 4\napi = "nginx"\n'
            '[[samples]]\ndesign = "worker-pool"\nworkers = [1, 2]\ntasks = 4\n'
            '[[samples]]\ndesign = "worker-pool"\nworkers = 1\ntasks = 7000\n'
        )
        (self.folder / "bin").mkdir()  # there is no nginx
        for name in ("hyperfine", "git", "sh"):
            (self.folder / "bin" / name).symlink_to(shutil.which(name))
        changed = {"LC_ALL": "de_DE.UTF-8", "PATH": str(self.folder / "bin")}
        status, out, _ = self.drive("--quick", mine, **changed)
        self.assertEqual(status, 0)
        self.assertIn("takes over 5 s, and this is a quick run", out)
        told = "(API behind nginx), 4 tasks: there is no nginx: bench/setup.sh"
        self.assertIn(told, " ".join(out.split()))
        self.assertRegex(out, r"\d\.\d+ ms")  # whatever the language
        folder = self.only_folder()
        facts = json.loads((folder / "environment.json").read_text())
        self.assertEqual((len(facts["left_out"]), facts["command"]),
                         (3, "bench/run mine.toml --quick"))  # fmt: skip
        _, run = [run for run in read_runs(folder) if run.samples]
        lines = (folder / run.samples).read_text().splitlines()
        self.assertTrue(lines[0].startswith("index,lane,due_ns"))
        self.assertEqual(len(lines), 1 + 4)

    def test_a_broken_file_is_named_in_the_list_and_the_others_are_there(self):
        self.write_experiment('question = "?"\nminutes = "two"\n', "broken")
        status, out, err = self.drive("--list")
        self.assertEqual((status, err.count("\n")), (2, 1), err)
        self.assertIn("broken.toml: ", err)
        self.assertIn("comparison  Do four tasks", out)

    def test_two_builds_are_compared_in_one_sitting(self):
        first = self.programs
        self.write_programs(self.folder / "slower")
        for program in self.programs.iterdir():
            program.write_text(program.read_text().replace("\nrejected=0", "\nsleep 1\nrejected=0"))
        status, out, err = self.act(
            "compare", "--build", first, "--build", self.programs, "--blocks", "6",
            "--out", self.out, "--fail-if-slower", "5%",
        )  # fmt: skip
        self.assertEqual(status, 1, err + out)
        self.assertIn("slower", out)
        runs = [run for run in read_runs(self.only_folder()) if run.block]
        for block in range(1, 7):
            builds = [run.cell.build for run in runs if run.block == block]
            self.assertEqual(abs(builds.count("A") - builds.count("B")), 1)


class Mistakes(DriverTest):
    # arguments: the status, and what is said
    CASES = {
        ("",): (2, "'' is neither the name"),
        ("nonsense",): (2, "no experiment 'nonsense'"),
        ("--resume",): (2, "no incomplete run"),
        ("--resume", "nowhere"): (2, "is no folder"),
        ("--full", "--resume"): (2, "no incomplete full run"),
        ("--full", "--resume", "nowhere"): (2, "is no folder"),
        ("--sweep", "nonsense=1,2"): (2, "has no option --nonsense"),
        ("--set", "distribution=odd"): (2, "'odd' is no distribution"),
    }

    def test_each_is_one_line_and_nothing_is_measured(self):
        for arguments, (wanted, told) in self.CASES.items():
            with self.subTest(arguments):
                self.refused(wanted, told, *arguments)
                self.assertEqual(self.result_folders(), [])

    def test_what_the_place_lacks_is_told(self):
        (self.programs / "worker-pool").unlink()
        self.assertRegex(self.drive()[2], "worker-pool has not been built")
        self.out = self.folder / "file"
        self.out.write_text("")
        self.refused(3, "cannot write")

    # of a sample that is no cell, too
    ALONE = (
        ("work-pool", "", 3, "work-pool has not been built"),
        ("goroutine-pool", "", 0, "goroutine-pool is built only where Go is"),
        ("fiber-per-task", 'clock = "virtual"\nspawn-time = "measured"\n', 3,
         "what is simulated needs costs that were measured"),
    )  # fmt: skip

    def test_what_only_a_sample_lacks_is_told_before_anything_runs(self):
        shutil.copy(STAND_IN, self.programs / "fiber-per-task")
        for design, options, wanted, told in self.ALONE:
            with self.subTest(design):
                sample = f'[[samples]]\ndesign = "{design}"\n{options}'
                self.write_experiment(SMALL + sample)
                status, out, err = self.drive("--blocks", "1")
                self.assertEqual(status, wanted, err)
                self.assertIn(told, out + err)
                self.assertEqual(len(self.result_folders()), wanted == 0)
                shutil.rmtree(self.out)

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


class Faults(DriverTest):
    def test_a_run_that_fails_is_named_kept_and_not_compared(self):
        status, out, err = self.drive(
            "--blocks", "1", STAND_IN_FAULT="crash", STAND_IN_ONLY="worker-pool"
        )
        self.assertEqual(status, 1, err)
        self.assertIn("ended by signal 11", out + err)
        self.assertIn("Not compared", out)
        self.assertNotIn("as long as", out)
        runs = read_runs(self.only_folder())
        spoilt = {run.cell.design.program for run in runs if run.problem}
        self.assertEqual(spoilt, {"worker-pool"})
        self.assertTrue([run for run in runs if run.counts])

    def test_how_a_child_ended_is_known_even_if_nobody_was_to_know(self):
        """Some start what they start with SIGCHLD ignored."""
        done = subprocess.run(
            self.command("--blocks", "1"), capture_output=True, text=True,
            env=self.environment(STAND_IN_FAULT="crash", STAND_IN_ONLY="worker-pool"),
            preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
        )  # fmt: skip
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("ended by signal 11", done.stderr)

    def test_different_workloads_are_refused(self):
        status, out, _ = self.drive("--blocks", "3", STAND_IN_FAULT="digest")
        self.assertEqual(status, 1)
        self.assertIn("the workloads differ", out)
        self.assertNotIn("as long as", out)

    def test_a_hung_program_is_ended_named_and_not_run_again(self):
        status, out, err = self.drive(
            "--blocks", "3", STAND_IN_FAULT="hang-stubbornly",
            STAND_IN_ONLY="worker-pool", TIMEOUT_S="10",
        )  # fmt: skip
        self.assertEqual(status, 1, err)
        self.assertIn("it hung", err)
        self.assertIn("not run again after it hung", out)
        spoilt = [run for run in read_runs(self.only_folder()) if run.problem]
        self.assertEqual([run.cell.design.program for run in spoilt], ["worker-pool"])

    def test_charts_that_fail_end_with_status_one_and_keep_the_data(self):
        status, out, _ = self.drive("--blocks", "1", STUB_CHARTS="fail")
        self.assertEqual(status, 1)
        self.assertIn("charts: OSError: gnuplot is broken", out)
        self.assertTrue(read_runs(self.only_folder()))

    def test_a_fault_in_what_is_made_of_results_keeps_nobody_from_measuring(self):
        top = self.folder / "top"
        shutil.copytree(REPOSITORY / "bench", top / "bench")
        (top / "plots").symlink_to(REPOSITORY / "plots")
        for stage in ("draw", "page", "teach", "planner", "duel"):
            for path in (top / "bench/driver" / stage).glob("*.py"):
                if path.parts[-2:] not in (("draw", "__init__.py"), ("draw", "chart.py")):
                    path.write_text("no Python\n", encoding="utf-8")
        there = {"PYTHONPATH": str(top / "bench"), "STUB_CHARTS": "real"}
        made = self.start("--blocks", "1", **there)
        out, err = map(bytes.decode, made.communicate(timeout=LIMIT_S))
        self.assertEqual(made.returncode, 1, err)
        self.assertRegex(out, "charts: SyntaxError: ")
        self.assertTrue(read_runs(self.only_folder()))

    def test_what_some_systems_refuse_does_not_cost_a_run_that_was_made(self):
        for name, pattern, told in (
            ("symlink,fsync,flock,pidfd_open", "2*", "cannot make the link latest"),
            ("rename", ".unfinished-2*", "cannot name the folder"),
        ):
            out = self.folder / f"out-{name}"
            status, said, err = self.drive("--blocks", "1", "--out", out, REFUSE=name)
            self.assertEqual(status, 0, err + said)
            (folder,) = out.glob(pattern)
            self.assertIn("4 tasks", said)
            self.assertIn(str(folder), said)
            self.assertIn(told, said + err)
            self.assertEqual(len(read_runs(folder)), 5)


class Hyperfines(DriverTest):
    """hyperfine missing, or in PATH and broken."""

    VERSION = 'if [ "$1" = --version ]; then echo hyperfine 1.15.0; exit; fi\n'
    # the script, if there is one: what is said
    CASES = {
        None: "hyperfine is not installed",
        "exit 127": "hyperfine does not work",
        "echo something else": "is it hyperfine?",
        "echo hyperfine 1.9.0": "hyperfine 1.9.0 is too old: it takes 1.14",
        'echo hyperfine 1.15.0; /bin/rm "$0"': "cannot be started: No such file",
        VERSION + "echo 'Error: no' >&2; exit 1": "hyperfine ended with 1: Error: no",
        VERSION + "echo '{}' >hyperfine.json": "times cannot be read",
    }

    def test_every_case(self):
        tools = self.folder / "tools"
        for text, told in self.CASES.items():
            with self.subTest(text):
                shutil.rmtree(tools, ignore_errors=True)
                tools.mkdir()
                if text is not None:
                    (tools / "hyperfine").write_text(f"#!/bin/sh\n{text}\n")
                    (tools / "hyperfine").chmod(0o755)
                status, _, err = self.drive("--blocks", "1", PATH=str(tools))
                self.assertEqual(status, 3, err)
                self.assertIn(told, err)
                self.assertEqual(self.result_folders(), [])


    def test_a_full_disk_is_told_where_hyperfine_cannot(self):
        made = hyperfine.Gun.__new__(hyperfine.Gun)
        made._scratch = self.folder
        for free, told in ((0, "ended with 101: No space left on device"), (1, "with 101$")):
            status = SimpleNamespace(f_bavail=free)
            with (
                mock.patch("os.statvfs", lambda path: status),  # noqa: B023
                self.assertRaisesRegex(hyperfine.HyperfineError, told),
            ):
                made._timing(Ending(101, False, ""), 1.0)


class Places(DriverTest):
    def limited(self, size, *arguments):
        """No file may grow beyond this: to a program it looks like a full disk."""
        return subprocess.run(
            self.command(*arguments), env=self.environment(), capture_output=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        )  # fmt: skip

    def test_a_full_disk_keeps_what_was_finished(self):
        done = self.limited(30_000, "--blocks", "50")
        self.assertEqual((done.returncode, b"Traceback" in done.stderr), (3, False))
        self.assertIn(b"cannot write runs.ndjson", done.stderr)
        folder = self.only_folder()
        self.assertTrue(folder.name.endswith("-incomplete"))
        self.assertGreater(len(read_runs(folder)), 3)
        self.assertTrue((folder / "runs.ndjson").read_bytes().endswith(b"\n"))
        self.assertFalse((self.out / "latest").exists())

    def test_programs_that_do_not_fit_on_it_are_told(self):
        with open(self.programs / "worker-pool", "a", encoding="ascii") as program:
            program.write("#" * 100_000 + "\n")
        done = self.limited(60_000, "--blocks", "1")
        self.assertEqual((done.returncode, b"Traceback" in done.stderr), (3, False))
        told = f"the programs cannot be copied to {self.out}: File too large".encode()
        self.assertIn(told, done.stderr)
        self.assertEqual(self.result_folders(), [])

    def test_a_results_folder_that_goes_away_is_told(self):
        self.write_experiment(SMALL.replace("1ms", "100ms"))
        process = self.start("--blocks", "500")
        runs = ".unfinished-*/runs.ndjson"
        wait_for(lambda: [p for p in self.out.glob(runs) if p.stat().st_size], "a run")
        # A file may come into it while it is being taken away: then once more.
        wait_for(lambda: shutil.rmtree(self.out, True) or not self.out.exists(), "end")
        _, err = process.communicate(timeout=LIMIT_S)
        self.assertEqual((process.returncode, b"Traceback" in err), (3, False), err)
        self.assertIn(b"the results folder is gone", err)

    def test_odd_places_for_results_and_programs(self):
        name = b"-it's \"quoted\", $HOME;ls %s \n\xff\xfe " + "\u00fc".encode()
        place = self.folder / os.fsdecode(name)
        place.mkdir()
        self.out = place / "out"
        self.write_programs(place / "programs")
        status, _, err = self.drive("--blocks", "1")
        self.assertEqual(status, 0, err)
        self.assertTrue(read_runs(self.only_folder()))

    def test_a_relative_place_is_in_the_current_folder(self):
        self.out = os.path.relpath(self.folder / "-out")
        self.programs = os.path.relpath(self.programs)
        status, _, err = self.drive("--blocks", "1")
        self.assertEqual(status, 0, err)
        self.assertTrue((self.folder / "-out" / "latest").is_dir())


class Outputs(DriverTest):
    def test_a_full_or_closed_stdout_is_told_and_the_results_are_there(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                self.command("--blocks", "1"), env=self.environment(), stdout=full,
                stderr=subprocess.PIPE, timeout=LIMIT_S,
            )  # fmt: skip
        self.assertEqual((done.returncode, b"Traceback" in done.stderr), (1, False))
        self.assertIn(b"cannot write to stdout: No space left", done.stderr)
        process = self.start("--blocks", "1")
        process.stdout.close()  # a reader that has seen enough
        process.stdout = None
        _, err = process.communicate(timeout=LIMIT_S)
        self.assertEqual((process.returncode, b"Traceback" in err), (1, False), err)
        self.assertIn(b"the reader of stdout is gone", err)
        self.assertEqual([len(read_runs(f)) for f in self.result_folders()], [5, 5])

    def test_where_nobody_hears_a_warning_it_is_measured_all_the_same(self):
        (self.out / ".unfinished-left").mkdir(parents=True)
        (self.out / ".unfinished-left/runs.ndjson").write_text("{}\n")  # is taken up
        with open("/dev/full", "wb") as full:
            done = subprocess.run(self.command("--blocks", "1"), env=self.environment(),
                                  stdout=subprocess.PIPE, stderr=full)  # fmt: skip
        self.assertEqual(done.returncode, 0)
        self.assertEqual(len(read_runs(self.only_folder())), 5)
        for words in (("draw", "/nowhere"), ("--list", "x")):
            command = [*self.command()[:2], *words]
            done = subprocess.run(command, env=self.environment(), stdout=subprocess.PIPE,
                                  preexec_fn=lambda: os.close(2))  # fmt: skip
            self.assertEqual((done.returncode, done.stdout), (2, b""))

    def test_closed_standard_files_get_nothing_of_the_results(self):
        done = subprocess.run(
            self.command("--blocks", "1"), env=self.environment(), timeout=LIMIT_S,
            preexec_fn=lambda: os.closerange(0, 3),
        )  # fmt: skip
        # What was to be said was not heard; what was measured is kept.
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(read_runs(self.only_folder())), 5)
        code = (
            "import os, sys; from driver.say import terminal\n"
            "terminal.open_standard_files()\n"
            "later = os.open(sys.executable, os.O_RDONLY)\n"
            "links = [os.readlink(f'/proc/self/fd/{number}') for number in range(3)]\n"
            "sys.exit(later <= 2 or sys.executable in links)"
        )
        for closed in ((0,), (1,), (2,), (0, 1, 2)):
            done = subprocess.run(
                [sys.executable, "-c", code], env=self.environment(),
                preexec_fn=lambda: [os.close(number) for number in closed],
            )  # fmt: skip
            self.assertEqual(done.returncode, 0, closed)
