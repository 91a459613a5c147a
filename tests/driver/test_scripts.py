"""bench/run from odd places, and what every script says when it is asked for help or
told rubbish."""

import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from contextlib import suppress
from pathlib import Path

from . import REPOSITORY
from ..waiting import LIMIT_S, is_gone, wait_for

RUN = REPOSITORY / "bench/run"
# As Python 3.9 answers: its version, and that 3.9 is below 3.11.
OLD_PYTHON = """#!/bin/sh
[ "$1" = --version ] && echo "Python 3.9.2" && exit
exit 1
"""
# Scripts that cannot do anything without a word.
NEED_WORDS = (
    "bench/fit", "bench/fleet/collect", "bench/fleet/machine", "bench/fleet/receive",
    "bench/fleet/ssh", "bench/over-http", "bench/peers/build", "bench/setup.sh",
    "tests/check_square", "tests/driver/stand_in.sh", "tests/fleet/stand_in",
    "tests/helgrind",
)  # fmt: skip


class EveryScript(unittest.TestCase):
    """Help is a short text on stdout, a mistake one line on stderr; nothing is done."""

    @classmethod
    def setUpClass(cls):
        listed = subprocess.run(
            ["git", "ls-files", "-s", "bench", "tests", ".ci"],
            cwd=REPOSITORY, capture_output=True, text=True,
        )  # fmt: skip
        lines = [line.split(maxsplit=3) for line in listed.stdout.splitlines()]
        cls.scripts = [name for mode, *_, name in lines if mode == "100755"]
        if not cls.scripts:
            raise unittest.SkipTest("not a git checkout")
        cls.top = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for *_, name in lines:
            (cls.top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, cls.top / name)
        shutil.copy2(REPOSITORY / "README.md", cls.top)

    def files(self):
        return {path: path.stat().st_mtime_ns for path in self.top.rglob("*")}

    def ask(self, script, *words, stdout=subprocess.PIPE):
        done = subprocess.run(
            [self.top / script, *words], cwd="/", timeout=LIMIT_S,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    def test_help_is_told_on_stdout(self):
        before = self.files()
        for script in self.scripts:
            with self.subTest(script):
                status, said, complained = self.ask(script, "--help")
                self.assertEqual((status, complained), (0, ""))
                self.assertTrue(said.strip())
        self.assertEqual(before, self.files())

    def test_help_that_nobody_reads_is_no_fault_of_ours(self):
        reader, writer = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, writer)
        for script in self.scripts:
            if script == "bench/python":  # Python has its own way to tell
                continue
            with self.subTest(script):
                *_, complained = self.ask(script, "--help", stdout=writer)
                self.assertLessEqual(complained.count("\n"), 1, complained)

    def test_a_mistake_is_told_in_one_line(self):
        before = self.files()
        for script in self.scripts:
            tries = [("--rubbish",)] + [()] * (script in NEED_WORDS)
            if script == "bench/python":  # Python has its own way to tell
                continue
            for words in tries:
                with self.subTest(script, words=words):
                    status, said, complained = self.ask(script, *words)
                    self.assertEqual((status, said), (2, ""), complained)
                    self.assertEqual(complained.count("\n"), 1, complained)
        self.assertEqual(before, self.files())


class Run(unittest.TestCase):
    """What needs no build must work at once, and from anywhere."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.tools = self.folder / "some tools"
        self.tools.mkdir()
        self.path = os.pathsep.join((str(self.tools), os.environ["PATH"]))

    def run_script(self, script, *arguments, cwd="/", **changes):
        done = subprocess.run(
            [script, *arguments], cwd=cwd, env=os.environ | changes, capture_output=True,
            text=True, timeout=LIMIT_S,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    def put_python(self, text):
        """Another Python, in a folder that comes first in self.path."""
        (self.tools / "python3").write_text(text)
        (self.tools / "python3").chmod(0o755)
        return {"FIVE_COOKS_PYTHON": str(self.tools / "python3")}

    def test_an_old_python_or_none_is_not_even_asked_for_help(self):
        old = self.put_python(OLD_PYTHON)
        none = {"FIVE_COOKS_PYTHON": str(self.tools / "none")}
        for words, asked in (
            (["--help"], old), (["--tasks", "0"], old), (["draw", "x"], none),
        ):  # fmt: skip
            status, out, err = self.run_script(RUN, *words, **asked, PATH=self.path)
            self.assertEqual((status, out, err.count("\n")), (3, "", 1), err)
            self.assertIn(f"FIVE_COOKS_PYTHON is '{asked['FIVE_COOKS_PYTHON']}'", err)
            self.assertIn("Python 3.11", err)

    def test_without_a_new_python_the_old_one_is_told(self):
        self.put_python(OLD_PYTHON)
        script = self.folder / "script"
        ours = (REPOSITORY / "bench/python").read_text()
        script.write_text(ours.replace("/usr/bin/python3", "/nonexistent/python3"))
        told = "please install Python 3.11 or newer: python3 is Python 3.9.2\n"
        found = self.run_script("sh", script, "-V", PATH=self.path, FIVE_COOKS_PYTHON="")
        self.assertEqual(found, (3, "", told))

    def test_another_python_first_in_the_path_breaks_nothing(self):
        """As that of pyenv or conda, which does not see what Debian's packages bring."""
        self.put_python(OLD_PYTHON)
        home = {"PATH": self.path, "PYTHONHOME": str(self.folder)}
        status, out, err = self.run_script(RUN, "--list", **home)
        self.assertEqual((status, err, "comparison" in out), (0, "", True))

    def test_before_the_set_up_it_takes_nothing_but_python(self):
        """On a machine that has Python, and has yet to be given the rest."""
        real = shutil.which("python3")
        bare = self.put_python(f"#!/bin/sh\nexec {real} -S \"$@\"\n")
        for words, status in (
            ("--list", 0), ("--tasks 0", 2), ("lesson", 0), ("draw /nowhere", 2),
            ("plan --help", 0), ("duel --help", 0), (f"handout --out {self.folder}/out", 3),
        ):  # fmt: skip
            with self.subTest(words):
                found, _, err = self.run_script(RUN, *words.split(), **bare)
                self.assertEqual((found, err.count("\n")), (status, int(status > 0)), err)

    def test_python_is_looked_for_once(self):
        real, log = shutil.which("python3"), self.folder / "log"
        text = f"#!/bin/sh\necho start >>{log}\nexec {real} \"$@\"\n"
        self.assertEqual(self.run_script(RUN, "--list", **self.put_python(text))[0], 0)
        self.assertEqual(log.read_text().count("start"), 2)

    def test_help_mistakes_and_the_list_need_no_build(self):
        place = self.folder / "it's: a place"
        for name in ("bench", "plots"):
            shutil.copytree(REPOSITORY / name, place / name)
        for words, status, told in (
            (["--help"], 0, "--blocks"), (["--list"], 0, "comparison"),
            (["--tasks", "0"], 2, ""),
        ):  # fmt: skip
            found, out, err = self.run_script(place / "bench/run", *words)
            self.assertEqual((found, err.count("\n")), (status, int(status > 0)), err)
            self.assertIn(told, out)
        self.assertEqual(sorted(os.listdir(place)), ["bench", "plots"])

    def test_ctrl_c_before_it_listens_ends_it_without_a_word(self):
        for name in ("bench", "plots"):
            shutil.copytree(REPOSITORY / name, self.folder / name)
        first = self.folder / "bench/driver/ask/command.py"
        first.write_text("import os\nos.kill(os.getpid(), 2)\nwhile True: pass\n")
        status, _, err = self.run_script(self.folder / "bench/run", "--list")
        self.assertEqual((status, err), (-2, ""))

    def test_the_status_is_one_of_ours_whoever_listens(self):
        for words, stdout, stderr, status in (
            ("--list", "/dev/null", "/dev/full", 0), ("--list", "/dev/full", "/dev/full", 1),
            ("--help", "/dev/full", "/dev/null", 1), ("lesson -h", "/dev/full", "/dev/full", 1),
            ("--rubbish", "/dev/null", "/dev/full", 2),
            ("draw /nowhere", "/dev/null", "/dev/full", 2),
        ):  # fmt: skip
            with self.subTest(words, out=stdout, err=stderr):
                with open(stdout, "wb") as out, open(stderr, "wb") as err:
                    done = subprocess.run([RUN, *words.split()], stdout=out, stderr=err)
                self.assertEqual(done.returncode, status)

    def test_too_few_open_files_are_told(self):
        # Of twelve, the shell itself takes the last; whoever called may hold the tenth.
        held = (sys.executable, "-c",
                "import os, sys; os.dup2(0, 10); os.execv(sys.argv[1], sys.argv[1:])")
        for most, before in ((12, ()), (12, held), (13, held), (20, ()), (31, ())):
            with self.subTest(most, before=before):
                limited = [shutil.which("prlimit") or self.skipTest("no prlimit"),
                           f"--nofile={most}"]  # fmt: skip
                status, _, err = self.run_script(*before, *limited, RUN, "--list")
                self.assertEqual((status, err.count("\n")), (3, 1))
                self.assertIn(f"{most} open files are too few", err)

    def test_through_a_link_and_beside_a_package_of_the_same_name(self):
        (self.folder / "driver").mkdir()
        (self.folder / "driver/__main__.py").write_text("print('the wrong one')")
        (self.folder / "cooks").symlink_to(RUN)
        status, out, err = self.run_script(self.folder / "cooks", "--list", cwd=self.folder)
        self.assertEqual(status, 0, err)
        self.assertIn("comparison", out)


# Starts a compiler that would never end, as a build does.
MESON = """echo $$ >"$PIDS/meson"
sleep 1000 &
echo $! >"$PIDS/compiler"
wait
"""


class Build(unittest.TestCase):
    """What bench/run does itself, in a copy that belongs to somebody else."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.folder.chmod(0o755)
        self.top = self.folder / "top"
        for name in ("bench", "plots"):
            shutil.copytree(REPOSITORY / name, self.top / name)

    def run_as_other(self, changes):
        """As a user who may write nowhere here; None takes a variable away."""
        other = {"user": 65534, "group": 65534, "extra_groups": []}
        environment = os.environ | {"XDG_CACHE_HOME": None} | changes
        places = self.top, self.folder
        try:
            for path in places:
                path.chmod(0o555)
            return subprocess.run(
                [self.top / "bench/run", "--quick"], cwd="/", timeout=LIMIT_S,
                env={k: v for k, v in environment.items() if v is not None},
                capture_output=True, text=True, **(other if os.geteuid() == 0 else {}),
            )  # fmt: skip
        finally:
            for path in places[::-1]:
                path.chmod(0o755)

    def test_a_place_where_nothing_can_be_built_is_told(self):
        here = str(self.folder)
        self.is_refused("cannot write in", HOME=here)
        self.is_refused("there is no HOME", HOME=None)
        of_another = self.folder / "five-cooks"
        of_another.mkdir()
        (of_another / ".release.lock").touch(0o444)
        self.is_refused(f"cannot write in {of_another}", XDG_CACHE_HOME=here)
        self.top = self.top.rename(self.top.with_name("top\nand more"))
        self.is_refused("a line break in its name", XDG_CACHE_HOME=here)

    def is_refused(self, told, **changes):
        with self.subTest(told):
            done = self.run_as_other(changes)
            self.assertEqual((done.returncode, done.stderr.count("\n")), (3, 1))
            self.assertIn(told, done.stderr)

    def put_meson(self, text):
        """In the place of Meson; what changes in the environment."""
        (self.folder / "meson").write_text(f"#!/bin/sh\n{text}")
        (self.folder / "meson").chmod(0o755)
        return {"PATH": os.pathsep.join((str(self.folder), os.environ["PATH"]))}

    def test_a_compiler_cache_without_a_home_does_not_matter(self):
        place = self.folder / "a place for all"
        place.mkdir()
        place.chmod(0o777)
        changes = self.put_meson('echo "ccache disabled: $CCACHE_DISABLE"; exit 1')
        done = self.run_as_other(
            {**changes, "HOME": "/none", "XDG_CACHE_HOME": str(place)}
        )
        self.assertIn("ccache disabled: 1", done.stderr)

    def test_a_signal_ends_the_build_too(self):
        pids = self.folder / "pids"
        pids.mkdir()
        changes = self.put_meson(MESON) | {"PIDS": str(pids)}
        process = subprocess.Popen([self.top / "bench/run"], env=os.environ | changes)
        self.addCleanup(process.wait)
        compiler = pids / "compiler"
        wait_for(lambda: compiler.exists() and compiler.read_text(), "a compiler")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(LIMIT_S), 143)
        for path in pids.iterdir():
            wait_for(lambda: is_gone(int(path.read_text())), f"the end of {path.name}")

    def test_how_far_the_build_is_can_be_seen_on_a_terminal(self):
        seen = self.folder / "seen"
        changes = self.put_meson(
            f"echo '[7/9] Compiling'; until [ -e {seen} ]; do sleep 0.1; done; exit 1"
        )
        changes["TERM"] = "xterm"
        ours, theirs = pty.openpty()
        os.set_blocking(ours, False)
        self.addCleanup(os.close, ours)
        process = subprocess.Popen(
            [self.top / "bench/run"], stderr=theirs, env=os.environ | changes
        )
        os.close(theirs)
        self.addCleanup(process.wait)
        self.addCleanup(seen.touch)
        said = bytearray()

        def is_told():
            with suppress(BlockingIOError):  # nothing yet
                said.extend(os.read(ours, 10_000))
            return b"\rbuilding the programs [7/9]" in said

        wait_for(is_told, "how far the build is")
        seen.touch()
        self.assertEqual(process.wait(LIMIT_S), 3)


class Peers(unittest.TestCase):
    """How the programs in Go are built, by a Go that notes what it is told."""

    def build(self, end):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "a:b, c"
        folder.mkdir()
        go, header = folder / "go", folder / "version.h"
        go.write_text(f'#!/bin/sh\necho "$GOPATH" >"{folder}/path"\n{end}\n')
        go.chmod(0o755)
        header.write_text('#define FIVE_COOKS_COMMIT "abc"\n')
        script = REPOSITORY / "bench/peers/build"
        done = subprocess.run(
            [script, go, folder, "1.0", header], capture_output=True, text=True
        )
        return folder, (done.returncode, done.stderr.count("\n"))

    def test_the_folder_may_have_a_colon_in_its_name(self):
        folder, ending = self.build("exit 0")
        self.assertEqual(ending, (0, 0))
        self.assertNotIn(":", (folder / "path").read_text())

    def test_a_go_that_fails_costs_nothing_else(self):
        folder, ending = self.build("exit 1")
        self.assertEqual(ending, (0, 1))
        for name in ("goroutine-per-task", "goroutine-pool"):
            self.assertTrue((folder / name).exists())  # or Ninja takes it for failed
            self.assertFalse(os.access(folder / name, os.X_OK))
