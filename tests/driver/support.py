"""What several tests need: a driver to run, stand-in programs, made-up runs."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from . import REPOSITORY
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
# Runs the driver on experiments of the test's own, without charts and report, which
# have tests of theirs. STUB_CHARTS=fail makes the charts fail, and real draws them.
DRIVE = """
import os, sys, types
from pathlib import Path
import driver
import driver.__main__ as main
from driver.machine import canary, checks
from driver.measure import session
from driver.say import terminal

def draw(folder, *values):
    if os.path.exists(folder / "scratch"):
        raise OSError("the programs take the room that charts need")
    if os.environ.get("STUB_CHARTS") == "fail":
        raise OSError("gnuplot is broken")
    return []

import driver.draw, driver.page
driver.page.write = lambda *values: None
if os.environ.get("STUB_CHARTS") != "real":
    driver.draw.draw = draw
stub = types.ModuleType("driver.draw.classroom")
stub.draw = lambda folder: types.SimpleNamespace(problem=None)
sys.modules[stub.__name__] = driver.draw.classroom = stub
def refuse(module, name, number, only=lambda *values: True):
    real = getattr(module, name)
    def refused(*values, **named):
        if only(*values):
            raise OSError(number, os.strerror(number), str(values[0]))
        return real(*values, **named)
    setattr(module, name, refused)

import errno, fcntl
REFUSED = {
    "symlink": (os, "symlink", errno.EPERM),
    "fsync": (os, "fsync", errno.EINVAL),
    "flock": (fcntl, "flock", errno.EOPNOTSUPP),
    "rename": (os, "rename", errno.EPERM, lambda one, *_: os.path.isdir(one)),
    "page": (os, "rename", errno.EDQUOT, lambda _, to: str(to).endswith(".html")),
    "chmod": (os, "chmod", errno.EPERM, lambda one, *_: os.access(one, os.X_OK)),
    "pidfd_open": (os, "pidfd_open", errno.ENOSYS),
}
for name in filter(None, os.environ.get("REFUSE", "").split(",")):
    refuse(*REFUSED[name])
main.EXPERIMENTS = Path(os.environ["EXPERIMENTS"])
canary.SLEEP_S, checks.LOOK_S = 0.0001, 0.0
session.TIMEOUT_LEAST_S = float(os.environ.get("TIMEOUT_S", 10))
terminal.open_standard_files()
sys.exit(main.main(sys.argv[1:]))
"""


class DriverTest(unittest.TestCase):
    """A test with a folder of its own, two stand-in programs, and an experiment."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="five-cooks-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
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

    def command(self, *arguments):
        places = ["--out", self.out, "--programs", self.programs]
        return [sys.executable, "-c", DRIVE, *places, *arguments]

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
        """The driver, run to its end: (status, stdout, stderr)."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment(**changes),
            capture_output=True,
            timeout=300,  # a watchdog, not a measurement
        )
        return (
            done.returncode,
            done.stdout.decode(errors="replace"),
            done.stderr.decode(errors="replace"),
        )

    def result_folders(self):
        """The results folders that carry a final name."""
        found = self.out.glob("2*")
        return sorted(path for path in found if not path.is_symlink())

    def only_folder(self):
        folders = self.result_folders()
        self.assertEqual(len(folders), 1, folders)
        return folders[0]


def wait_for(condition, what, seconds=120):
    """Waits for a state, not for a time; the limit only ends a broken test."""
    limit = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > limit:
            raise AssertionError(f"never came: {what}")
        time.sleep(0.01)
    return found


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
