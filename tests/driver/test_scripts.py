"""bench/setup.sh on machines that are not ours, bench/run from odd places, and what
every script says when it is asked for help or told rubbish."""

import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from . import REPOSITORY
from .support import wait_for

SETUP, RUN = REPOSITORY / "bench/setup.sh", REPOSITORY / "bench/run"
REAL = ("sh", "find", "env", "cp", "true", "dirname", "awk", "sed", "tr")
# As Python 3.9 answers: its version, and that 3.9 is below 3.11.
OLD_PYTHON = """#!/bin/sh
[ "$1" = --version ] && echo "Python 3.9.2" && exit
exit 1
"""
THERE = ("gcc", "meson", "ninja", "pkg-config", "python3", "hyperfine", "gnuplot")
# Says what it was asked; knows the packages only after an update, if UPDATE is set.
APT = """#!/bin/sh
case $* in
*--assume-no*)
    [ -z "${NEEDS_UPDATE-}" ] || [ -e "$LOG.updated" ] || exit 100
    echo "Need to get 92 MB of archives."
    echo "After this operation, 358 MB of additional disk space will be used."
    exit 1 ;;
esac
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

    def setup(self, *what, **changes):
        done = subprocess.run(
            [self.bin / "sh", SETUP, *(what or ["run"])],
            env={"PATH": str(self.bin), "LOG": str(self.log), "BIN": str(self.bin),
                 "FIVE_COOKS_PYTHON": "python3"} | changes,
            capture_output=True,
            text=True,
        )
        asked = self.log.read_text().splitlines() if self.log.exists() else []
        return done.returncode, done.stderr, asked

    def test_when_all_is_there_it_says_nothing(self):
        self.assertEqual(self.setup(), (0, "", []))

    def test_root_gets_what_is_missing_and_is_told_how_much_it_is(self):
        self.machine(user=0)
        (self.bin / "go").unlink(missing_ok=True)
        status, err, asked = self.setup()
        self.assertEqual(status, 0, err)
        self.assertEqual(len(asked), 1)
        self.assertIn("install -y --no-install-recommends hyperfine", asked[0])
        self.assertNotIn("gnuplot", asked[0])
        self.assertIn("golang-go", asked[0])
        self.assertIn("golang-go (92 MB to fetch, 358 MB on the disk)\n", err)

    def test_the_lean_way_takes_only_what_is_asked_for(self):
        self.machine(user=0)
        status, err, asked = self.setup(FIVE_COOKS_LEAN="1")
        self.assertEqual((status, asked),
                         (0, ["install -y --no-install-recommends hyperfine"]), err)  # fmt: skip

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
        (self.bin / "meson").unlink()
        status, err, asked = self.setup()
        self.assertEqual((status, asked, err.count("\n")), (3, [], 1))
        self.assertIn("please type (92 MB to fetch, 358 MB on the disk): sudo apt-get update; "
                      "sudo apt-get install --no-install-recommends meson hyperfine", err)  # fmt: skip

    def test_other_distributions_are_told_the_line_to_type_there(self):
        for manager, user, others, told in (
            ("dnf", 0, (), "please type: dnf install --setopt=install_weak_deps=False meson "),
            ("dnf", 1000, ("sudo",), " sudo dnf install --setopt=install_weak_deps=False "),
            ("pacman", 1000, (), "please type: sudo pacman -S --needed meson hyperfine "),
            ("apk", 1000, ("doas",), "please type: doas apk add meson hyperfine "),
            ("apk", 1000, ("doas", "sudo"), "please type: sudo apk add meson hyperfine "),
            ("true", 0, (), "please install what these Debian packages bring: meson hyper"),
        ):
            with self.subTest(manager=manager, user=user, others=others):
                self.setUp()
                self.machine(user, apt=False)
                (self.bin / "meson").unlink()
                for name in {manager, *others} - {"true"}:
                    self.put(name, "#!/bin/sh\nexit 1\n")
                status, err, asked = self.setup()
                self.assertEqual((status, asked, err.count("\n")), (3, [], 1))
                self.assertIn(told, err)

    def test_each_package_has_the_name_of_its_distribution(self):
        wanted = {"dnf": "gnuplot google-benchmark-devel", "pacman": "gnuplot gcc benchmark",
                  "apk": "gnuplot g++ benchmark-dev"}  # fmt: skip
        for manager, names in wanted.items():
            with self.subTest(manager):
                self.setUp()
                self.machine(0, apt=False)
                (self.bin / "gnuplot").unlink()
                self.put("pkg-config", "#!/bin/sh\nexit 1\n")
                self.put(manager, "#!/bin/sh\nexit 1\n")
                status, err, _ = self.setup()
                self.assertEqual((status, err.count("\n")), (0, 2))
                for name in names.split():
                    self.assertIn(f" {name} ", err)
                self.assertIn("going on without: hyperfine gnuplot", err)

    def test_an_installation_that_fails_is_told(self):
        self.machine(user=0)
        status, err, _ = self.setup(FAILS="1")
        self.assertEqual(status, 0)  # there are things to do without it
        self.assertIn("could not install: hyperfine", err)
        (self.bin / "meson").unlink()
        status, err, _ = self.setup(FAILS="1")
        self.assertEqual(status, 3)
        self.assertIn("could not install: meson hyperfine", err)

    def test_an_old_python_is_told_in_one_line(self):
        self.machine(user=0)
        self.put("python3", OLD_PYTHON)
        status, err, asked = self.setup()
        self.assertEqual((status, asked, err.count("\n")), (3, [], 1))
        self.assertIn("Python 3.11 or newer: python3 is Python 3.9.2", err)

    def test_without_charts_it_goes_on(self):
        self.machine(user=1000)
        self.put("hyperfine", "#!/bin/sh\n")
        (self.bin / "gnuplot").unlink()
        status, err, asked = self.setup()
        self.assertEqual((status, asked, err.count("\n")), (0, [], 2))
        self.assertIn("gnuplot-nox", err)
        self.assertIn("going on without: gnuplot-nox", err)

    def test_large_tools_of_tests_are_named_and_not_installed(self):
        self.machine(user=0)
        status, err, asked = self.setup("test")
        self.assertEqual(status, 0, err)
        self.assertIn("left out without these packages: clang chromium chromium-driver ", err)
        self.assertNotIn("chromium", asked[0])

    def test_nginx_is_unpacked_where_that_can_be_done_and_named_elsewhere(self):
        unpacks = "#!/bin/sh\nmkdir -p usr/sbin; : >./x_1.deb; cp $BIN/gcc usr/sbin/nginx\n"
        fetched = "-o APT::Sandbox::User=root download nginx"
        for manager, dpkg, asked, told in (
            ("apt-get", unpacks, [fetched], "fetching nginx\n"),
            ("apt-get", "#!/bin/sh\nexit 1\n", [fetched, fetched + "-light"],
             "fetching nginx\ngoing on without nginx: please type (92 MB to fetch, 358 MB "
             "on the disk): apt-get update; apt-get install --no-install-recommends "
             "nginx-light\n"),
            ("dnf", unpacks, [], "going on without nginx: please type: dnf install "
             "--setopt=install_weak_deps=False nginx\n"),
        ):
            with self.subTest(manager, dpkg=dpkg):
                self.setUp()
                folder = self.bin.with_name("unpacked")
                self.machine(0, apt=manager == "apt-get")
                for name in ("mkdir", "rm"):
                    (self.bin / name).symlink_to(shutil.which(name))
                self.put("dpkg", dpkg)
                if manager == "dnf":
                    self.put("dnf", "#!/bin/sh\nexit 1\n")
                self.assertEqual(self.setup("nginx", folder), (0, told, asked))
                self.assertEqual(folder.exists(), asked == [fetched])
        self.put("nginx", "#!/bin/sh\n")
        self.assertEqual(self.setup("nginx", folder), (0, "", []))

    def test_an_unknown_set_is_usage(self):
        self.assertEqual(self.setup("everything")[0], 2)


# Scripts that cannot do anything without a word.
NEED_WORDS = (
    "bench/fit", "bench/fleet/collect", "bench/fleet/machine", "bench/fleet/receive",
    "bench/fleet/ssh", "bench/over-http", "bench/peers/build", "bench/setup.sh",
    "tests/check_square", "tests/driver/stand_in.sh", "tests/fleet/stand_in",
    "tests/helgrind",
)  # fmt: skip


class EveryScript(unittest.TestCase):
    """Help is a short text on stdout, a mistake one line on stderr; nothing is done."""

    def setUp(self):
        listed = subprocess.run(
            ["git", "ls-files", "-s", "bench", "tests", ".ci"],
            cwd=REPOSITORY, capture_output=True, text=True,
        )  # fmt: skip
        lines = [line.split(maxsplit=3) for line in listed.stdout.splitlines()]
        self.scripts = [name for mode, *_, name in lines if mode == "100755"]
        if not self.scripts:
            self.skipTest("not a git checkout")
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.top = Path(holder.name)
        for *_, name in lines:
            (self.top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, self.top / name)
        shutil.copy2(REPOSITORY / "README.md", self.top)

    def files(self):
        return {path: path.stat().st_mtime_ns for path in self.top.rglob("*")}

    def ask(self, script, *words):
        done = subprocess.run(
            [self.top / script, *words], cwd="/", stdin=subprocess.DEVNULL, timeout=60,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True, text=True,
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
                done = subprocess.run(
                    [self.top / script, "--help"], stdout=writer, stderr=subprocess.PIPE,
                    text=True, timeout=60,
                )  # fmt: skip
                self.assertLessEqual(done.stderr.count("\n"), 1, done.stderr)

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
            old = {"FIVE_COOKS_PYTHON": str(Path(folder) / "python3")}
            old["PATH"] = os.pathsep.join((folder, os.environ["PATH"]))
            for words in (["--help"], ["--tasks", "0"], ["draw", "x"]):
                done = self.run_script(RUN, *words, **old)
                told = (done.returncode, done.stderr.count("\n"), done.stdout)
                self.assertEqual(told, (3, 1, ""), done.stderr)
                self.assertIn("Python 3.11", done.stderr)

    def test_another_python_first_in_the_path_breaks_nothing(self):
        """As that of pyenv or conda, which does not see what Debian's packages bring."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "python3").write_text(OLD_PYTHON)
            (Path(folder) / "python3").chmod(0o755)
            path = os.pathsep.join((folder, os.environ["PATH"]))
            done = self.run_script(RUN, "--list", PATH=path, PYTHONHOME=folder)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("comparison", done.stdout)

    def test_before_the_set_up_it_takes_nothing_but_python(self):
        """On a machine that has Python, and has yet to be given the rest."""
        with tempfile.TemporaryDirectory() as folder:
            bare = Path(folder) / "python3"
            bare.write_text(f"#!/bin/sh\nexec {shutil.which('python3')} -S \"$@\"\n")
            bare.chmod(0o755)
            for words, status in (
                ("--list", 0), ("--help", 0), ("--tasks 0", 2), ("lesson", 0),
                ("draw /nowhere", 2), ("plan --help", 0), ("duel --help", 0),
                ("lesson --help", 0), ("handout --help", 0),
                (f"handout --out {folder}/out", 3),
            ):  # fmt: skip
                with self.subTest(words):
                    done = self.run_script(RUN, *words.split(), FIVE_COOKS_PYTHON=str(bare))
                    self.assertEqual(done.returncode, status, done.stderr)
                    self.assertEqual(done.stderr.count("\n"), int(status > 0))

    def test_help_mistakes_and_the_list_need_no_build(self):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "it's: a place"
            for name in ("bench", "plots"):
                shutil.copytree(REPOSITORY / name, place / name)
            script = place / "bench/run"
            self.assertIn("--blocks", self.run_script(script, "--help").stdout)
            self.assertIn("comparison", self.run_script(script, "--list").stdout)
            done = self.run_script(script, "--tasks", "0")
            self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))
            self.assertEqual(sorted(os.listdir(place)), ["bench", "plots"])

    def test_ctrl_c_before_it_listens_ends_it_without_a_word(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("bench", "plots"):
                shutil.copytree(REPOSITORY / name, Path(folder) / name)
            first = Path(folder) / "bench/driver/duel/__init__.py"
            first.write_text("import os\nos.kill(os.getpid(), 2)\nwhile True: pass\n")
            done = self.run_script(Path(folder) / "bench/run", "--list")
            self.assertEqual((done.returncode, done.stderr), (-2, ""))

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
                done = self.run_script(*before, *limited, RUN, "--list")
                self.assertEqual((done.returncode, done.stderr.count("\n")), (3, 1))
                self.assertIn(f"{most} open files are too few", done.stderr)

    def test_through_a_link_and_beside_a_package_of_the_same_name(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "driver").mkdir()
            (Path(folder) / "driver/__main__.py").write_text("print('the wrong one')")
            link = Path(folder) / "cooks"
            link.symlink_to(RUN)
            done = self.run_script(link, "--list", cwd=folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("comparison", done.stdout)


# Starts a compiler that would never end, as a build does.
MESON = """#!/bin/sh
echo $$ >"$PIDS/meson"
sleep 1000 &
echo $! >"$PIDS/compiler"
wait
"""


class Build(unittest.TestCase):
    """What bench/run does itself, in a copy that belongs to somebody else."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.folder.chmod(0o755)
        self.top = self.folder / "top"
        for name in ("bench", "plots"):
            shutil.copytree(REPOSITORY / name, self.top / name)

    def run_as_other(self, **changes):
        """As a user who may write nowhere here; None takes a variable away."""
        for path in (self.top, self.top / "build", self.folder):
            if path.exists():
                path.chmod(0o555)
                self.addCleanup(path.chmod, 0o755)
        other = {"user": 65534, "group": 65534, "extra_groups": []}
        environment = {k: v for k, v in os.environ.items() if k != "XDG_CACHE_HOME"}
        environment |= changes
        return subprocess.run(
            [self.top / "bench/run", "--quick"],
            cwd="/",
            env={k: v for k, v in environment.items() if v is not None},
            capture_output=True,
            text=True,
            timeout=60,
            **(other if os.geteuid() == 0 else {}),
        )

    def is_refused(self, words, **changes):
        done = self.run_as_other(**changes)
        told = (done.returncode, done.stderr.count("\n"))
        self.assertEqual(told, (3, 1), done.stderr)
        self.assertIn(words, done.stderr)

    def test_a_home_of_somebody_else_is_told(self):
        self.is_refused("cannot write in", HOME=str(self.folder))

    def test_no_home_at_all_is_told(self):
        self.is_refused("there is no HOME", HOME=None)

    def test_a_lock_of_somebody_else_is_told(self):
        build = self.folder / "five-cooks"
        build.mkdir()
        (build / ".lock").touch(0o444)
        self.is_refused(f"cannot write in {build}", XDG_CACHE_HOME=str(self.folder))

    def test_a_folder_that_ninja_cannot_build_in_is_told(self):
        self.top = self.top.rename(self.top.with_name("top\nand more"))
        self.is_refused("a line break in its name", XDG_CACHE_HOME=str(self.folder))

    def test_a_signal_ends_the_build_too(self):
        (self.folder / "meson").write_text(MESON)
        (self.folder / "meson").chmod(0o755)
        path = os.pathsep.join((str(self.folder), os.environ["PATH"]))
        pids = self.folder / "pids"
        pids.mkdir()
        process = subprocess.Popen(
            [self.top / "bench/run"], env=os.environ | {"PATH": path, "PIDS": str(pids)}
        )
        self.addCleanup(process.wait)
        compiler = pids / "compiler"
        wait_for(lambda: compiler.exists() and compiler.read_text(), "a compiler")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 143)
        for path in pids.iterdir():
            stat = Path("/proc") / path.read_text().strip() / "stat"
            wait_for(lambda: not_running(stat), f"the end of {path.name}", 10)

    def test_how_far_the_build_is_can_be_seen_on_a_terminal(self):
        (self.folder / "meson").write_text("#!/bin/sh\necho '[7/9] Compiling'; sleep 3; exit 1")
        (self.folder / "meson").chmod(0o755)
        path = os.pathsep.join((str(self.folder), os.environ["PATH"]))
        ours, theirs = pty.openpty()
        changes = {"PATH": path, "TERM": "xterm"}
        process = subprocess.Popen(
            [self.top / "bench/run"], stderr=theirs, env=os.environ | changes
        )
        self.assertEqual(process.wait(60), 3)
        os.close(theirs)
        said = os.read(ours, 10_000).decode()
        os.close(ours)
        self.assertIn("\rbuilding the programs [7/9]", said)


class Peers(unittest.TestCase):
    """How the programs in Go are built, by a Go that notes what it is told."""

    def build(self, end):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        folder = Path(holder.name) / "a:b, c"
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


def not_running(stat):
    """True when the process is gone, or dead and not yet waited for."""
    try:
        return stat.read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
