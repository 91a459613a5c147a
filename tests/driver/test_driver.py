"""The whole driver on stand-in programs: good runs, and every way to go wrong."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from unittest import mock

from .support import SMALL, DriverTest, read_runs
from driver.machine import checks
from driver.run import child, hyperfine

FAULTS = {
    "crash": "ended by signal 11",
    "killed": "ended by signal 9",
    "fail": "status 3: error: no worker could be started",
    "rubbish": "not valid JSON",
    "truncated": "not valid JSON",
    "nan": "NaN",
    "endless": "a number beyond 64 bits",
    "surrogate": "half a surrogate",
    "digits": "thousands of digits",
    "words": "retries is 'x'",
    "halves": "outcomes.ok is 3.5, not a whole number",
    "silent": "no record",
    "latin-1": "not UTF-8",
    "account": "does not add up: 3 outcomes of 4",
    "schema": "schema_version is 2",
    "foreign": "asked for tasks 4",
    "impossible": "physically impossible",
    "too-long": "hyperfine saw only",
    "missing": "lacks peak.rss_bytes",
}


class GoodRuns(DriverTest):
    def test_a_run_leaves_a_whole_folder_and_says_where(self):
        status, out, err = self.drive("--blocks", "6", "--seed", "5")
        self.assertEqual((status, "Traceback" in err), (0, False), err)
        folder = self.only_folder()
        self.assertEqual(os.readlink(self.out / "latest"), folder.name)
        self.assertIn(f"Results: {folder}", out)
        self.assertIn("as long as threads", out)
        names = {path.name for path in folder.iterdir()}
        self.assertEqual(
            names,
            {
                "runs.ndjson",
                "blocks.ndjson",
                "environment.json",
                "summary.csv",
                "samples",
            },
        )
        runs = read_runs(folder)
        roles = [run.role.value for run in runs]
        self.assertEqual(roles.count("measure"), 12)
        self.assertEqual(roles.count("a-a"), 6)
        self.assertEqual(roles.count("warm-up"), 2)
        self.assertTrue(all(run.hyperfine.wall_s > 0.001 for run in runs))

    def test_nothing_in_the_results_names_a_host_a_user_or_a_path(self):
        self.drive("--blocks", "1")
        folder = self.only_folder()
        for path in folder.glob("*.*"):
            text = path.read_text(encoding="utf-8")
            for word in (str(self.folder), f"{Path.home()}/", tempfile.gettempdir()):
                self.assertNotIn(word, text, path.name)
            # A host may be called "vm", as a folder of the kernel's settings is.
            host = rf"(?<![\w.]){re.escape(os.uname().nodename)}(?![\w.])"
            self.assertNotRegex(text, host)

    def test_plain_lines_without_a_terminal(self):
        _, _, err = self.drive("--blocks", "2", "--seed", "77")
        self.assertNotIn("\033", err)
        self.assertNotIn("\r", err)
        self.assertIn("seed 77", err)
        self.assertIn("block 2 of 2, about", err)
        self.assertIn("do not lie in a build folder of this project; theory goes", err)

    def test_the_same_seed_gives_the_same_order(self):
        for seed in ("3", "3", "4"):
            self.drive("--blocks", "4", "--seed", seed)
        orders = [
            [(run.block, run.cell.name, run.role) for run in read_runs(folder)]
            for folder in self.result_folders()
        ]
        self.assertEqual(orders[0], orders[1])
        self.assertNotEqual(orders[0], orders[2])

    def test_each_block_draws_other_tasks_where_that_is_asked(self):
        self.write_experiment("reseed = true\n" + SMALL)
        status, out, err = self.drive("--blocks", "2")
        self.assertEqual(status, 0, err)
        for run in read_runs(self.only_folder()):
            self.assertIn(f"--seed={run.block}", run.command)
            self.assertEqual(int(run.record["workload_digest"][8:], 16), run.block)
        self.assertNotIn("workloads differ", out)

    def test_few_blocks_bear_no_verdict(self):
        status, out, _ = self.drive("--blocks", "2")
        self.assertEqual(status, 0)
        self.assertIn("no interval", out)
        self.assertNotIn("slower", out)
        self.assertNotIn("faster", out)

    def test_a_quick_run_says_what_it_left_out(self):
        self.write_experiment(
            'question = "?"\n[options]\ntasks = [4, 6000]\nservice-time = "1ms"\n'
            '[[cells]]\ndesign = "worker-pool"\nworkers = 1\n'
        )
        status, out, _ = self.drive("--quick")
        self.assertEqual(status, 0)
        self.assertIn("takes over 5 s, and this is a quick run", out)
        self.assertIn("not run", out)
        facts = json.loads((self.only_folder() / "environment.json").read_text())
        self.assertEqual(len(facts["left_out"]), 1)

    def test_samples_are_kept_in_the_folder(self):
        sample = '[[samples]]\ndesign = "worker-pool"\nworkers = 2\n'
        path = self.experiments / "comparison.toml"
        self.write_experiment(path.read_text() + sample)
        self.drive("--blocks", "1")
        folder = self.only_folder()
        (run,) = [run for run in read_runs(folder) if run.samples]
        lines = (folder / run.samples).read_text().splitlines()
        self.assertTrue(lines[0].startswith("index,lane,due_ns"))
        self.assertEqual(len(lines), 1 + 4)

    def test_a_language_with_decimal_commas_changes_nothing(self):
        status, out, _ = self.drive(
            "--blocks", "1", LC_ALL="de_DE.UTF-8", LANG="de_DE.UTF-8"
        )
        self.assertEqual(status, 0)
        self.assertRegex(out, r"\d\.\d+ ms")

    def test_the_list_names_each_question(self):
        status, out, _ = self.drive("--list")
        self.assertEqual(status, 0)
        self.assertIn("comparison  Do four tasks", out)


class Faults(DriverTest):
    def test_each_fault_is_named_kept_and_not_compared(self):
        for fault, told in FAULTS.items():
            with self.subTest(fault=fault):
                status, out, err = self.drive(
                    "--blocks", "1", STAND_IN_FAULT=fault, STAND_IN_ONLY="worker-pool"
                )
                self.assertEqual((status, "Traceback" in err), (1, False), err)
                self.assertIn(told, out + err)
                self.assertIn("Not compared", out)
                self.assertNotIn("as long as", out)
                runs = read_runs(self.result_folders()[-1])
                spoilt = [run for run in runs if run.problem]
                self.assertEqual({r.cell.design.program for r in spoilt}, {"worker-pool"})
                self.assertTrue([run for run in runs if run.counts])

    def test_different_workloads_are_refused(self):
        status, out, _ = self.drive("--blocks", "6", STAND_IN_FAULT="digest")
        self.assertEqual(status, 1)
        self.assertIn("the workloads differ", out)
        self.assertNotIn("as long as", out)

    def test_a_hung_program_is_ended_named_and_not_run_again(self):
        for fault in ("hang", "hang-stubbornly"):
            with self.subTest(fault=fault):
                status, out, err = self.drive(
                    "--blocks", "3",
                    STAND_IN_FAULT=fault, STAND_IN_ONLY="worker-pool", TIMEOUT_S="0.3",
                )  # fmt: skip
                self.assertEqual(status, 1, err)
                self.assertIn("it hung", err)
                self.assertIn("not run again after it hung", out)
                runs = read_runs(self.result_folders()[-1])
                self.assertEqual(len([run for run in runs if run.problem]), 1)

    def test_charts_that_fail_end_with_status_one_and_keep_the_data(self):
        status, out, _ = self.drive("--blocks", "1", STUB_CHARTS="fail")
        self.assertEqual(status, 1)
        self.assertIn("charts: OSError: gnuplot is broken", out)
        self.assertTrue(read_runs(self.only_folder()))

    def test_without_programs_nothing_is_measured(self):
        (self.programs / "worker-pool").unlink()
        status, _, err = self.drive()
        self.assertEqual(status, 3)
        self.assertIn("worker-pool has not been built", err)
        self.assertEqual(self.result_folders(), [])

    def test_an_empty_name_is_not_the_default(self):
        status, _, err = self.drive("")
        self.assertEqual((status, "'' cannot be the name" in err), (2, True), err)

    def test_an_unknown_experiment_is_usage(self):
        status, _, err = self.drive("nonsense")
        self.assertEqual((status, err.count("\n")), (2, 1))

    def test_a_file_where_the_results_should_be_is_told_at_once(self):
        self.out.write_text("")
        status, _, err = self.drive()
        self.assertEqual(status, 3)
        self.assertIn("cannot write", err)


class Hyperfines(DriverTest):
    """hyperfine missing, or in PATH and broken."""

    def with_hyperfine(self, text):
        tools = self.folder / "tools"
        tools.mkdir()
        if text is not None:
            (tools / "hyperfine").write_text("#!/bin/sh\n" + text)
            (tools / "hyperfine").chmod(0o755)
        return self.drive("--blocks", "1", PATH=str(tools))

    def test_missing(self):
        status, _, err = self.with_hyperfine(None)
        self.assertEqual(status, 3)
        self.assertIn("hyperfine is not installed", err)

    def test_broken_from_the_start(self):
        status, _, err = self.with_hyperfine("exit 127\n")
        self.assertEqual(status, 3)
        self.assertIn("hyperfine does not work", err)
        self.assertEqual(self.result_folders(), [])

    def test_something_else_of_that_name(self):
        status, _, err = self.with_hyperfine("echo something else\n")
        self.assertEqual(status, 3)
        self.assertIn("is it hyperfine?", err)

    def test_too_old_is_told_before_anything_is_measured(self):
        for version in ("1.12.0", "0.5.0", "1.9.0"):
            with self.subTest(version=version):
                shutil.rmtree(self.folder / "tools", ignore_errors=True)
                status, _, err = self.with_hyperfine(f"echo hyperfine {version}\n")
                self.assertEqual((status, err.count("\n")), (3, 1), err)
                self.assertIn(f"hyperfine {version} is too old: it takes 1.14", err)
                self.assertEqual(self.result_folders(), [])

    def test_a_version_of_more_than_three_numbers_is_read(self):
        for said in ("2.0.1-beta.1", "1.14.0", "1.20.0"):
            done = subprocess.CompletedProcess([], 0, f"hyperfine {said}\n".encode())
            with mock.patch.object(subprocess, "run", return_value=done):
                self.assertIsNone(checks.hyperfine_fault())

    def test_gone_when_it_is_used(self):
        status, _, err = self.with_hyperfine('echo hyperfine 1.15.0; /bin/rm "$0"\n')
        self.assertEqual((status, "Traceback" in err), (3, False), err)
        self.assertIn("hyperfine cannot be started: No such file", err)

    def test_broken_when_it_is_used(self):
        status, _, err = self.with_hyperfine(
            'if [ "$1" = --version ]; then echo hyperfine 1.15.0; exit; fi\n'
            "echo 'Error: out of order' >&2; exit 1\n"
        )
        self.assertEqual(status, 3)
        self.assertIn("hyperfine ended with 1: Error: out of order", err)
        self.assertNotIn("Traceback", err)

    def test_its_times_cannot_be_read(self):
        status, _, err = self.with_hyperfine(
            'if [ "$1" = --version ]; then echo hyperfine 1.15.0; exit; fi\n'
            "echo '{}' >hyperfine.json\n"
        )
        self.assertEqual(status, 3)
        self.assertIn("times cannot be read", err)

    def test_its_times_are_numbers(self):
        times = '{"times": [%s], "user": 0, "system": 0, "exit_codes": [%s]}'
        found = [times % pair for pair in (("1e999", "0"), ("NaN", "0"), ("1", '"0"'))]
        ending = child.Ending(0, False, "")
        gun = hyperfine.Gun(
            self.folder / "scratch", self.programs, mock.Mock(), mock.Mock()
        )
        for result in (*found, '"soon"', "[]"):
            with self.subTest(result=result):
                path = self.folder / "scratch" / hyperfine.TIMES
                path.write_text(f'{{"results": [{result}]}}')
                with self.assertRaisesRegex(hyperfine.HyperfineError, "cannot be read"):
                    gun._timing(ending, 1)
