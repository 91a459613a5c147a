"""The driver with the real programs, charts and report, when they have been built."""

import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from . import BUILD, SHIPPED
from ..waiting import LIMIT_S
from .support import load, read_runs, said
from driver.measure import costs
from driver.machine.programs import OPTIONAL, find, there
from driver.run import record
from driver.run.constants import Constants
from driver.ask.experiment import list_experiments

PROGRAMS = BUILD / "src"
# An option given twice: the last one counts.
IN_SMALL = ("--tasks=", "--service-time=", "--workers=", "--limit-memory=")
SMALL = ("--tasks=1", "--service-time=1ms", "--limit-memory=1G")


@unittest.skipUnless((PROGRAMS / "worker-pool").exists(), "the programs are not built")
class RealPrograms(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_the_programs_know_every_option_of_every_experiment(self):
        asked = {}  # once for each set of options, whatever of them is small here
        for name in list_experiments(SHIPPED):
            experiment = load(SHIPPED, name, {})
            for cell in (*experiment.cells, *experiment.samples):
                args = Constants().settled(cell).args
                rest = frozenset(word for word in args if not word.startswith(IN_SMALL))
                asked[cell.design.program, rest] = name, cell, args
        for name, cell, args in asked.values():
            with self.subTest(experiment=name, cell=cell.name):
                self.is_known(cell.design.program, args)

    def is_known(self, name, args):
        program = find(PROGRAMS, name)
        if program is None and name in OPTIONAL:
            return  # there is no Go here
        small = ["--workers=1"] * any(word.startswith("--workers=") for word in args)
        # Go reserves more memory than that.
        small += [w for w in SMALL if name not in OPTIONAL or "limit-memory" not in w]
        done = subprocess.run(
            [program, *args, *small, "--json=-"],
            capture_output=True, text=True, timeout=LIMIT_S,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(record.parse(done.stdout)["program"], name)

    def test_a_first_run_builds_the_programs_and_no_tests(self):
        done = subprocess.run(
            ["ninja", "-C", BUILD, "-t", "query", "programs"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        needed = {line.strip(" |") for line in done.stdout.splitlines()}
        for program in there(PROGRAMS):
            self.assertIn(str(program.relative_to(BUILD)), needed)
        self.assertEqual([each for each in needed if each.startswith("tests")], [])

    def test_a_comparison_is_measured_drawn_and_told(self):
        """Without floods, in which a busy machine takes too long for a run."""
        text = (SHIPPED / "comparison.toml").read_text().partition("# The flood")[0]
        without = self.folder / "comparison.toml"
        without.write_text(text.replace("10000", "100"))
        with mock.patch.object(costs, "BLOCKS", 1):
            status, out, err = said(
                without, "--tasks", "50", "--workers", "5", "--blocks", "6",
                "--out", self.folder, "--programs", PROGRAMS,
            )  # fmt: skip
        self.assertEqual(status, 0, out + err)
        latest = self.folder / "latest"
        self.assertGreater((latest / "report.html").stat().st_size, 10_000)
        pictures = {path.stem for path in (latest / "charts").glob("*.svg")}
        self.assertLessEqual({"wall-time", "memory", "outcomes"}, pictures)
        runs = read_runs(latest)
        self.assertEqual([run.problem for run in runs if run.problem], [])
        digests = {r.record["workload_digest"] for r in runs if r.cell.tasks == 50}
        self.assertEqual(len(digests), 1)
        self.assertIn("A pool of 5 takes", out)
