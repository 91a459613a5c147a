"""What several tests need: a driver to run, stand-in programs, made-up runs."""

import faulthandler
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

from . import REPOSITORY, stubbed
from ..waiting import LIMIT_S
from driver import __main__ as main
from driver.ask import experiment as experiments
from driver.ask.cell import Cell, Design
from driver.run.run import Role, Run, Timing, run_from_json
from driver.run.stored import read_lines

STAND_IN = Path(__file__).with_name("stand_in.sh")
SMALL = """
question = "Do four tasks take as long on a pool of two?"
[options]
tasks = 4
service-time = "1ms"
[[cells]]
design = "thread-per-task"
[[cells]]
design = "worker-pool"
workers = 2
"""


class DriverTest(unittest.TestCase):
    """A test with a folder of its own, two stand-in programs, and an experiment."""

    stubs = staticmethod(stubbed.stubbed)

    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="five-cooks-test-")
        self.folder = Path(self.enterContext(place))
        self.out = self.folder / "out"
        self.write_programs(self.folder / "programs")
        self.experiments = self.folder / "experiments"
        self.experiments.mkdir()
        self.write_experiment(SMALL)

    def write_programs(self, folder):
        self.programs = folder
        folder.mkdir()
        for name in ("thread-per-task", "worker-pool"):
            shutil.copy(STAND_IN, folder / name)

    def write_experiment(self, text, name="comparison"):
        (self.experiments / f"{name}.toml").write_text(text, encoding="utf-8")

    def environment(self, **changes):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("STAND_")}
        return inherited | {
            "PYTHONPATH": str(REPOSITORY / "bench"),
            "EXPERIMENTS": str(self.experiments),
            **changes,
        }

    def words(self, *arguments):
        return ["--out", self.out, "--programs", self.programs, *arguments]

    def command(self, *arguments):
        return [sys.executable, stubbed.__file__, *self.words(*arguments)]

    def start(self, *arguments, **changes):
        """The driver as a process that the test will disturb."""
        process = subprocess.Popen(
            self.command(*arguments),
            env=self.environment(**changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def drive(self, *arguments, **changes):
        """The driver, run to its end in this process: (status, stdout, stderr)."""
        return self.act(*self.words(*arguments), **changes)

    def act(self, *words, **changes):
        """The same, with these words alone."""
        with mock.patch.dict(os.environ, self.environment(**changes), clear=True):
            with self.stubs():
                return said(*words)

    def refused(self, status, told, *arguments, **changes):
        """It ends with this status, and with one line on stderr that tells this."""
        found, _, err = self.drive(*arguments, **changes)
        self.assertEqual((found, err.count("\n"), told in err), (status, 1, True), err)

    def result_folders(self):
        """The results folders that carry a final name."""
        found = self.out.glob("2*")
        return sorted(path for path in found if not path.is_symlink())

    def only_folder(self):
        folders = self.result_folders()
        self.assertEqual(len(folders), 1, folders)
        return folders[0]


def said(*words):
    """What bench/run makes of these words, in this process: (status, stdout, stderr)"""
    out, err = io.StringIO(), io.StringIO()
    faulthandler.dump_traceback_later(LIMIT_S, exit=True)
    try:
        with (
            mock.patch.object(main.signals, "listen"),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            status = main.main([*map(str, words)])
        return status, out.getvalue(), err.getvalue()
    finally:
        faulthandler.cancel_dump_traceback_later()


def end(pid):
    """Nothing of a test that failed goes on running."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def read_runs(folder):
    """Every run of a results folder."""
    return [
        run_from_json(line, "runs.ndjson", {})
        for line in read_lines(Path(folder) / "runs.ndjson")
    ]


def load(folder, name, overrides=None, quick=False):
    """The experiment of this name in the folder."""
    path = experiments.find(Path(folder), name)
    return experiments.load(path, overrides or {}, quick)


def make_cell(design="worker-pool", workers=2, tasks=4, **options):
    pool = design == "worker-pool"
    options = {"tasks": tasks, "service-time": "1ms", **options}
    if pool:
        options["workers"] = workers
    return Cell(
        name=f"{design}-{workers}-{tasks}",
        design=Design(design, workers if pool else None, options.get("max-threads")),
        tasks=tasks,
        args=tuple(f"--{key}={value}" for key, value in options.items()),
        options=options,
    )


def make_record(cell, wall_s=0.5, digest="0" * 16):
    """A valid record of the cell."""
    names = ("ok", "rejected", "failed", "silent", "timed_out", "cancelled")
    spread = {"min": 1, "p50": 2, "p90": 3, "p99": 4, "max": 5}
    return {
        "schema_version": 1,
        "program": cell.design.program,
        "complete": True,
        "config": {
            "tasks": cell.tasks,
            "workers": cell.workers,
            "service_time_ns": 1_000_000,
        },
        "workload_digest": digest,
        "wall_ns": round(wall_s * 1e9),
        "create_ns": 1000,
        "outcomes": {**dict.fromkeys(names, 0), "not_started": 0, "ok": cell.tasks},
        "calls": cell.tasks,
        "peak": {
            "rss_bytes": 2_000_000, "virtual_bytes": None, "page_table_bytes": 4096,
            "threads": 3, "in_flight": 2, "served": 2,
        },
        "cpu": {
            "user_ns": 1, "system_ns": 2, "voluntary_switches": cell.tasks,
            "involuntary_switches": 0, "minor_faults": 5,
        },
        "latency_ns": spread,
        "queue_wait_ns": dict(spread),
        "stop": None,
    }  # fmt: skip


def make_run(cell, block, wall_s, role=Role.MEASURE, problem=None, **record):
    return Run(
        cell=cell,
        role=role,
        block=block,
        position=1,
        started_utc="2025-01-01T00:00:00.000Z",
        command=(cell.design.program,),
        hyperfine=Timing(wall_s, 0.001, 0.002, 0),
        record=make_record(cell, wall_s / 2, **record),
        problem=problem,
    )
