"""What is looked at before the start, and what comes of it."""

import os
import shutil
import subprocess
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

from . import REPOSITORY
from .support import STAND_IN, make_cell
from driver.machine import checks, environment, limits, programs

QUIET = {
    "load_1min": 0.1,
    "cpu_pressure_10s_percent": 0.0,
    "memory_available_bytes": 10**10,
}
COMMIT = REPOSITORY / "src/commit.sh"
MANY = [limits.Limit("kernel.threads-max", 10**6)]


GOVERNOR, PAGES, CLOCK = (
    environment.KERNEL_FILES[name]
    for name in ("governor", "transparent_hugepage", "clock_source")
)
BUSY = {"arrivals": "fixed:1000/s", "service-time": "10ms"}
TAKEN = limits.Limit("pids.max", 10_300, 9800)
# what is otherwise than on a quiet machine: what is warned of, if anything
WARNED = (
    ({}, None), ({"load_1min": 40.0}, "load is 40.00"),
    ({"cpu_pressure_10s_percent": 30.0}, "pressure is 30 %"),
    ({"cpu_pressure_10s_percent": None, "memory_available_bytes": None}, None),
    ({"memory_available_bytes": 500_000_000}, "only 0.5 GB"),
    ({"files": {GOVERNOR: "powersave"}}, "governor is powersave"),
    ({"files": {GOVERNOR: "performance"}}, None),
    ({"files": {CLOCK: "hpet"}}, "clock source is hpet"),
    ({"files": {PAGES: "[always] madvise never"}}, "huge pages are 'always'"),
    # They spare the stacks of a new kernel.
    ({"files": {PAGES: "[always] madvise never"}, "release": "6.18.1-amd64"}, None),
    ({"battery": True}, "battery"), ({"cpus": 0.5}, "allows 0.5 of "),
    ({"gnuplot": "gnuplot is not installed"},
     "gnuplot is not installed: there will be no charts"),
    ({"threads": [TAKEN]}, "pids.max allows 10300 threads, of which 9800 are taken: of "
     "10000 some.*not started"),
    # 5000 per second of 1 ms, and 500 of 10 ms; a queue that refuses cannot grow.
    ({"cell": make_cell(workers=5, tasks=500, arrivals="fixed:1000/s")}, None),
    ({"cell": make_cell(workers=5, tasks=500, **BUSY)},
     "1000 tasks arrive per second, and it can do 500, a load of 2"),
    ({"cell": make_cell(workers=5, tasks=500, **{**BUSY, "arrivals": "fixed:1000000/s"})},
     "1000000 tasks arrive per second, and it can do 500, a load of 2000"),
    ({"cell": make_cell(workers=5, tasks=500, **BUSY, **{"when-full": "reject"})}, None),
    # It says how long its calls take, and that is not known here.
    ({"cell": replace(make_cell(workers=5, tasks=500), options={
        "arrivals": "fixed:6000/s", "distribution": "lognormal:p50=1us,p99=2us"})}, None),
)  # fmt: skip
FEW, NONE = ([limits.Limit("ulimit -u", most, 10)] for most in (100, 50))
REFUSED = (
    ({"memory_available_bytes": 100_000_000}, "0.1 GB that are free"),
    ({"threads": FEW, "cell": make_cell(workers=39)}, None),
    ({"threads": FEW, "cell": make_cell(workers=50)}, "ulimit -u allows 100 threads, of "
     "which 10 are taken: too few for 50 workers"),
    ({"threads": NONE, "cell": make_cell("thread-per-task")},
     "of which 10 are taken: too few to start anything"),
    ({"hyperfine": "hyperfine is not installed"}, "hyperfine is not installed"),
)


class Checks(unittest.TestCase):
    def replace(self, module, name, value):
        self.enterContext(mock.patch.object(module, name, value))

    def look(self, cell=make_cell("thread-per-task", tasks=10_000), files={}, threads=MANY,
             cpus=None, battery=None, release="6.1.0-13-amd64", hyperfine=None,
             gnuplot=None, **state):  # fmt: skip
        for module, name, value in (
            (limits, "threads", threads), (limits, "cpus_allowed", cpus),
            (environment, "on_battery", battery), (checks, "hyperfine_fault", hyperfine),
            (checks, "gnuplot_fault", gnuplot), (checks.platform, "release", release),
        ):  # fmt: skip
            self.replace(module, name, lambda value=value: value)
        self.replace(limits, "read", files if callable(files) else files.get)
        self.replace(checks.shutil, "which", lambda name: name)
        with mock.patch.object(checks, "missing", lambda folder, names: None):
            return checks.look([cell] if cell else [], STAND_IN.parent, QUIET | state)

    def test_what_is_warned_of_and_what_is_refused(self):
        for kind, cases in (("warnings", WARNED), ("refusals", REFUSED)):
            for odd, told in cases:
                with self.subTest(kind, odd=odd):
                    found = vars(self.look(**odd))
                    self.assertEqual(len(found[kind]), 0 if told is None else 1, found)
                    self.assertRegex(" ".join(found[kind]), told or r"\A\Z")
                    if kind == "warnings":
                        self.assertEqual(found["refusals"], ())
        self.assertEqual(self.look(None, hyperfine="it is not installed").refusals, ())

    def test_the_oldest_hyperfine_that_will_do(self):
        for said, told in (("1.14.0", "^None$"), ("1.13.9", "too old"),
                           ("0.99.0", "too old"), ("2.0.1", "^None$")):  # fmt: skip
            with (
                mock.patch.object(checks.shutil, "which", return_value="/bin/hyperfine"),
                mock.patch.object(environment, "output", return_value=f"hyperfine {said}"),
            ):
                self.assertRegex(str(checks.hyperfine_fault()), told)

    def test_programs_that_are_missing_are_told_once_with_the_folder(self):
        self.look()  # from here on as on a quiet machine
        with tempfile.TemporaryDirectory() as name:
            source = Path(name) / "src"
            source.mkdir()
            (source / "thread-per-task").touch(0o755)
            whole = source.with_name("build.ninja")
            for folder, ninja, told in (
                (source, False, f"{source}: there are thread-per-task"),
                (source, True, f"thread-per-task (did its build fail? ninja -C {name})"),
                (source / "none", False, f"{source}/none: there is no such folder"),
            ):
                whole.touch() if ninja else whole.unlink(missing_ok=True)
                cells = [make_cell(each) for each in ("thread-per-task", "worker-pool")]
                found = checks.look(cells, folder, QUIET)
                self.assertEqual(len(found.refusals), 1, found.refusals)
                self.assertIn(told, found.refusals[0])
                self.assertIn("worker-pool ha", found.refusals[0])
        self.assertIsNone(programs.missing(STAND_IN.parent, ()))

    def test_a_load_that_is_over_is_no_neighbour(self):
        """As that of the build just before, or of our own last experiment."""
        self.replace(checks.os, "cpu_count", lambda: 4)
        before, idle, busy, stolen = (
            f"cpu  {user} 0 100 {rest} 0 0 0 {steal} 0 0\ncpu0 1 2 3"
            for user, rest, steal in
            ((100, 1000, 0), (110, 1380, 0), (150, 1300, 0), (100, 1300, 99))
        )
        for later, warned in ((idle, False), (busy, True), (stolen, True)):
            for state in ({"load_1min": 3.0}, {"cpu_pressure_10s_percent": 30.0}):
                with self.subTest(later=later, state=state):
                    said, sleep = iter((before, later)), mock.Mock()

                    def read(path, said=said):
                        return next(said) if path == "/proc/stat" else None

                    self.replace(checks.time, "sleep", sleep)
                    self.assertEqual(bool(self.look(files=read, **state).warnings), warned)
                    sleep.assert_called_once_with(checks.LOOK_S)


@unittest.skipUnless(shutil.which("git"), "needs git")
class Commits(unittest.TestCase):
    """Which commit results name: that of this repository alone, or none."""

    def setUp(self):
        self.top = Path(self.enterContext(tempfile.TemporaryDirectory())).resolve()
        self.commit(self.top, "another's")

    def commit(self, place, words):
        place.mkdir(exist_ok=True)
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        for command in ("init", "-q"), ("commit", "-q", "--allow-empty", "-m", words):
            subprocess.run(["git", *who, *command], cwd=place, check=True)
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=place, capture_output=True, text=True
        )
        return done.stdout[:10]

    def test_an_archive_unpacked_in_a_repository_has_none(self):
        place = self.top / "five-cooks"
        place.mkdir()
        self.assertEqual(environment.commit(place), "nogit")
        self.assertIsNone(environment.git(place, "status", "--porcelain"))

    def test_it_is_our_own_also_where_another_is_named(self):
        place = self.top / "five-cooks"
        ours = self.commit(place, "ours")
        with mock.patch.dict(os.environ, GIT_DIR=str(self.top / ".git")):
            self.assertEqual(environment.commit(place), ours)

    def test_a_checkout_of_somebody_else_has_its_own(self):
        place = self.top / "five-cooks"
        ours = self.commit(place, "ours")
        try:
            for path in (place, *place.rglob("*")):
                os.chown(path, 65534, 65534)
        except PermissionError:
            self.skipTest("only root can give files away")
        self.assertEqual(environment.commit(place), ours)

    def test_to_look_leaves_the_index_as_it_is(self):
        place = self.top / "five-cooks"
        ours = self.commit(place, "ours")
        (place / "file").write_text("1")
        subprocess.run(["git", "add", "file"], cwd=place, check=True)
        os.utime(place / "file", (1, 1))  # git status would note that it looked
        before = (place / ".git/index").read_bytes()
        self.assertEqual(environment.git(place, "status", "--porcelain"), "A  file")
        said = subprocess.run([COMMIT, place], capture_output=True, text=True)
        self.assertEqual(said.stdout, f"{ours}-dirty\n")
        self.assertEqual((place / ".git/index").read_bytes(), before)

    def test_a_shell_can_read_every_checkout(self):
        """Git for Windows makes CRLF of each line end, where it is not told."""
        words = "archive --worktree-attributes HEAD bench/run tests/run src/commit.sh"
        crlf = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
        done = subprocess.run(
            ["git", *crlf, *words.split()], cwd=REPOSITORY, capture_output=True
        )
        if done.returncode != 0:
            self.skipTest("this is no checkout")
        self.assertNotIn(b"\r", done.stdout)
