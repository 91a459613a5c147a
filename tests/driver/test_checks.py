"""What is looked at before the start, and what comes of it."""

import os
import shutil
import subprocess
import tempfile
import unittest
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


class Checks(unittest.TestCase):
    def setUp(self):
        self.replace(limits, "threads", lambda: MANY)
        self.replace(limits, "cpus_allowed", lambda: None)
        self.replace(limits, "read", lambda path: None)
        self.replace(environment, "on_battery", lambda: None)
        self.replace(checks.shutil, "which", lambda name: name)
        self.replace(checks, "hyperfine_fault", lambda: None)
        self.replace(checks, "gnuplot_fault", lambda: None)
        self.replace(checks.platform, "release", lambda: "6.1.0-13-amd64")

    def replace(self, module, name, value):
        self.enterContext(mock.patch.object(module, name, value))

    def look(self, *cells, **state):
        cells = cells or (make_cell("thread-per-task", tasks=10_000),)
        with mock.patch.object(checks, "missing", lambda folder, names: None):
            return checks.look(cells, STAND_IN.parent, QUIET | state)

    def assert_warns(self, found, told):
        self.assertEqual(found.refusals, ())
        self.assertEqual(len(found.warnings), 1, found.warnings)
        self.assertIn(told, found.warnings[0])

    def assert_refuses(self, found, told):
        self.assertEqual(len(found.refusals), 1, found.refusals)
        self.assertIn(told, found.refusals[0])

    def test_a_quiet_machine_has_nothing_to_say(self):
        self.assertEqual(self.look(), checks.Findings((), ()))

    def test_programs_that_are_missing_are_told_once_with_the_folder(self):
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
                self.assert_refuses(found, told)
                self.assertIn("worker-pool ha", found.refusals[0])
        self.assertIsNone(programs.missing(STAND_IN.parent, ()))

    def test_a_heavy_neighbour_is_a_warning(self):
        self.assert_warns(self.look(load_1min=40.0), "load is 40.00")
        self.assert_warns(self.look(cpu_pressure_10s_percent=30.0), "pressure is 30 %")

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
                    said = iter((before, later))
                    self.replace(
                        limits, "read",
                        lambda path: next(said) if path == "/proc/stat" else None,
                    )
                    sleep = mock.Mock()
                    self.replace(checks.time, "sleep", sleep)
                    self.assertEqual(bool(self.look(**state).warnings), warned)
                    sleep.assert_called_once_with(checks.LOOK_S)

    def test_what_cannot_be_read_is_no_finding(self):
        unread = dict.fromkeys(("cpu_pressure_10s_percent", "memory_available_bytes"))
        self.assertEqual(self.look(**unread), checks.Findings((), ()))

    def test_a_limit_below_the_threads_is_a_warning(self):
        self.replace(limits, "threads", lambda: [limits.Limit("pids.max", 10_300, 9800)])
        found = self.look()
        told = "pids.max allows 10300 threads, of which 9800 are taken: of 10000 some"
        self.assert_warns(found, told)
        self.assertIn("not started", found.warnings[0])

    def test_a_limit_below_the_workers_is_refused(self):
        few = [limits.Limit("ulimit -u", 100, 10)]
        self.replace(limits, "threads", lambda: few)
        self.assertEqual(self.look(make_cell(workers=39)).refusals, ())
        found = self.look(make_cell(workers=50))
        self.assert_refuses(found, "ulimit -u allows 100 threads")

    def test_little_memory_is_a_warning_and_too_little_is_refused(self):
        found = self.look(memory_available_bytes=500_000_000)
        self.assert_warns(found, "only 0.5 GB")
        found = self.look(memory_available_bytes=100_000_000)
        self.assert_refuses(found, "0.1 GB that are free")

    def test_what_changes_the_speed_is_a_warning(self):
        governor = environment.KERNEL_FILES["governor"]
        pages = environment.KERNEL_FILES["transparent_hugepage"]
        for path, text, told in (
            (governor, "powersave", "governor is powersave"),
            (pages, "[always] madvise never", "huge pages are 'always'"),
            (environment.KERNEL_FILES["clock_source"], "hpet", "clock source is hpet"),
        ):
            self.replace(limits, "read", {path: text}.get)
            self.assert_warns(self.look(), told)
        self.replace(limits, "read", {governor: "performance"}.get)
        self.assertEqual(self.look().warnings, ())
        self.replace(environment, "on_battery", lambda: True)
        self.assert_warns(self.look(), "battery")

    def test_a_part_of_the_cpus_is_a_warning(self):
        self.replace(limits, "cpus_allowed", lambda: 0.5)
        self.assert_warns(self.look(), "allows 0.5 of ")

    def test_huge_pages_spare_the_stacks_of_a_new_kernel(self):
        pages = environment.KERNEL_FILES["transparent_hugepage"]
        self.replace(limits, "read", {pages: "[always] madvise never"}.get)
        self.replace(checks.platform, "release", lambda: "6.18.1-amd64")
        self.assertEqual(self.look().warnings, ())

    def test_more_arrivals_than_a_pool_can_do_are_a_warning(self):
        cell = make_cell(workers=5, tasks=500, arrivals="fixed:1000/s")
        self.assertEqual(self.look(cell).warnings, ())  # 5000 per second of 1 ms
        asked = {"arrivals": "fixed:1000/s", "service-time": "10ms"}
        cell = make_cell(workers=5, tasks=500, **asked)
        self.assert_warns(self.look(cell), "1000 tasks arrive per second, and it can do 500, a load of 2")
        refusing = make_cell(workers=5, tasks=500, **asked, **{"when-full": "reject"})
        self.assertEqual(self.look(refusing).warnings, ())  # its queue cannot grow

    def test_hyperfine_is_needed_only_where_something_is_measured(self):
        self.replace(checks, "hyperfine_fault", lambda: "hyperfine is not installed")
        self.assert_refuses(self.look(), "hyperfine is not installed")
        self.assertEqual(checks.look([], STAND_IN.parent, QUIET).refusals, ())

    def test_without_gnuplot_there_is_a_warning(self):
        self.replace(checks, "gnuplot_fault", lambda: "gnuplot is not installed")
        self.assert_warns(self.look(), "gnuplot is not installed: there will be no charts")


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
