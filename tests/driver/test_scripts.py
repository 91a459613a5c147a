"""bench/setup.sh on machines that are not ours, and bench/run from odd places."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from . import REPOSITORY

SETUP, RUN = REPOSITORY / "bench/setup.sh", REPOSITORY / "bench/run"
REAL = ("sh", "find", "env", "cp", "true")
# As Python 3.9 answers: its version, and that 3.9 is below 3.11.
OLD_PYTHON = """#!/bin/sh
[ "$1" = --version ] && echo "Python 3.9.2" && exit
exit 1
"""
THERE = ("gcc", "meson", "ninja", "pkg-config", "python3", "hyperfine", "gnuplot")
# Says what it was asked; knows the packages only after an update, if UPDATE is set.
APT = """#!/bin/sh
echo "$*" >>"$LOG"
case $1 in
update) : >"$LOG.updated" ;;
install)
    [ -z "${FAILS-}" ] || exit 100
    [ -z "${NEEDS_UPDATE-}" ] || [ -e "$LOG.updated" ] || exit 100
    shift
    for package; do
        [ "$package" != hyperfine ] || cp "$BIN/gcc" "$BIN/hyperfine"
    done ;;
esac
"""


class Setup(unittest.TestCase):
    """Runs setup.sh with a PATH that holds only what the test put there."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.bin = Path(holder.name) / "bin"
        self.bin.mkdir()
        self.log = Path(holder.name) / "log"
        for name in REAL:
            (self.bin / name).symlink_to(shutil.which(name))
        for name in THERE:
            self.put(name, "#!/bin/sh\nexit 0\n")

    def put(self, name, text):
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def machine(self, user, apt=True, sudo=False):
        self.put("id", f"#!/bin/sh\necho {user}\n")
        if apt:
            self.put("apt-get", APT)
        if sudo:
            self.put("sudo", '#!/bin/sh\nshift\nexec "$@"\n')
        (self.bin / "hyperfine").unlink()

    def setup(self, what="run", **changes):
        done = subprocess.run(
            [self.bin / "sh", SETUP, what],
            env={"PATH": str(self.bin), "LOG": str(self.log), "BIN": str(self.bin)}
            | changes,
            capture_output=True,
            text=True,
        )
        asked = self.log.read_text().splitlines() if self.log.exists() else []
        return done.returncode, done.stderr, asked

    def test_when_all_is_there_it_says_nothing(self):
        self.assertEqual(self.setup(), (0, "", []))

    def test_root_gets_what_is_missing(self):
        self.machine(user=0)
        status, err, asked = self.setup()
        self.assertEqual(status, 0, err)
        self.assertEqual(len(asked), 1)
        self.assertIn("install -y --no-install-recommends hyperfine", asked[0])
        self.assertNotIn("gnuplot", asked[0])

    def test_lists_are_updated_only_when_the_first_try_fails(self):
        self.machine(user=0)
        status, err, asked = self.setup(NEEDS_UPDATE="1")
        self.assertEqual(status, 0, err)
        self.assertEqual([line.split()[0] for line in asked],
                         ["install", "update", "install"])  # fmt: skip

    def test_sudo_without_a_password_will_do(self):
        self.machine(user=1000, sudo=True)
        status, err, asked = self.setup()
        self.assertEqual(status, 0, err)
        self.assertTrue(asked)

    def test_others_are_told_the_one_line_to_type(self):
        self.machine(user=1000)
        status, err, asked = self.setup()
        self.assertEqual((status, asked), (3, []))
        self.assertEqual(err.count("\n"), 1)
        self.assertIn("please type: sudo apt-get install hyperfine", err)

    def test_other_distributions_are_told_the_packages(self):
        self.machine(user=0, apt=False)
        status, err, _ = self.setup()
        self.assertEqual((status, err.count("\n")), (3, 1))
        self.assertIn("hyperfine", err)

    def test_an_installation_that_fails_is_told(self):
        self.machine(user=0)
        status, err, _ = self.setup(FAILS="1")
        self.assertEqual(status, 3)
        self.assertIn("could not install: hyperfine", err)

    def test_an_old_python_is_told_in_one_line(self):
        self.machine(user=0)
        self.put("python3", OLD_PYTHON)
        status, err, asked = self.setup()
        self.assertEqual((status, asked, err.count("\n")), (3, [], 1))
        self.assertIn("Python 3.11 or newer: python3 is Python 3.9.2", err)

    def test_an_unknown_set_is_usage(self):
        self.assertEqual(self.setup("everything")[0], 2)


class Run(unittest.TestCase):
    """What needs no build must work at once, and from anywhere."""

    def run_script(self, script, *arguments, cwd="/", **changes):
        return subprocess.run(
            [script, *arguments],
            cwd=cwd,
            env=os.environ | changes,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def test_an_old_python_is_not_even_asked_for_help(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "python3").write_text(OLD_PYTHON)
            (Path(folder) / "python3").chmod(0o755)
            path = os.pathsep.join((folder, os.environ["PATH"]))
            for words in (["--help"], ["--tasks", "0"], ["draw", "x"]):
                done = self.run_script(RUN, *words, PATH=path)
                told = (done.returncode, done.stderr.count("\n"), done.stdout)
                self.assertEqual(told, (3, 1, ""), done.stderr)
                self.assertIn("Python 3.11", done.stderr)

    def test_help_mistakes_and_the_list_need_no_build(self):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "it's: a place"
            shutil.copytree(REPOSITORY / "bench", place / "bench")
            script = place / "bench/run"
            self.assertIn("--blocks", self.run_script(script, "--help").stdout)
            self.assertIn("comparison", self.run_script(script, "--list").stdout)
            done = self.run_script(script, "--tasks", "0")
            self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))
            self.assertEqual(os.listdir(place), ["bench"])

    def test_through_a_link_and_beside_a_package_of_the_same_name(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "driver").mkdir()
            (Path(folder) / "driver/__main__.py").write_text("print('the wrong one')")
            link = Path(folder) / "cooks"
            link.symlink_to(RUN)
            done = self.run_script(link, "--list", cwd=folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("comparison", done.stdout)
