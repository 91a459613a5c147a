"""bench/setup.sh on machines that are not ours."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from . import REPOSITORY
from .test_scripts import OLD_PYTHON

SETUP = REPOSITORY / "bench/setup.sh"
REAL = ("sh", "find", "env", "cp", "true", "dirname", "awk", "sed", "tr", "mkdir", "mv", "rm")
THERE = ("gcc", "meson", "ninja", "pkg-config", "python3", "hyperfine", "gnuplot")
# Says what it was asked; knows the packages only after an update, if NEEDS_UPDATE is set,
# and never the one that LACKS names.
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
    case " $* " in *" ${LACKS-none} "*) exit 100 ;; esac
    for package; do
        [ "$package" != hyperfine ] || cp "$BIN/gcc" "$BIN/hyperfine"
    done ;;
esac
"""
# What other managers, and tools that do not work, answer.
NO = "#!/bin/sh\nexit 1\n"
INSTALL = "install -y --no-install-recommends "
DNF = "please type: dnf install --setopt=install_weak_deps=False "
# name: who it is, what is there besides, what is missing, what is changed; the status,
# what apt is asked for, how many lines are said, and what is in them
MACHINES = {
    "root gets what is missing and is told how much that is": (
        0, "apt-get", "hyperfine", {}, 0, [INSTALL + "hyperfine .*golang-go"], 1,
        r"golang-go \(92 MB to fetch, 358 MB on the disk\)\n"),
    "the lean way takes only what is asked for": (
        0, "apt-get", "hyperfine", {"FIVE_COOKS_LEAN": "1"}, 0, [INSTALL + "hyperfine"], 1,
        "hyperfine"),
    "lists are updated only when the first try fails": (
        0, "apt-get", "hyperfine", {"NEEDS_UPDATE": "1"}, 0,
        [INSTALL + ".*", "update", INSTALL + ".*"], 3, "updating"),
    "a package that is nowhere takes no other with it": (
        0, "apt-get", "hyperfine", {"LACKS": "g++"}, 0,
        [INSTALL + ".*", "update", INSTALL + ".*",
         *(INSTALL + each + "$" for each in ("hyperfine", "git", r"g\+\+", "golang-go"))],
        3, "updating"),
    "sudo without a password will do": (
        1000, "apt-get sudo", "hyperfine", {}, 0, [INSTALL + ".*"], 1, "installing"),
    "others are told the one line to type": (
        1000, "apt-get", "meson hyperfine", {}, 3, [], 1,
        r"please type \(92 MB to fetch, 358 MB on the disk\): sudo apt-get update; sudo "
        "apt-get install --no-install-recommends meson hyperfine"),
    "a failure is told, and there are things to do without it": (
        0, "apt-get", "hyperfine", {"FAILS": "1"}, 0, None, None, "not install: hyperfine"),
    "but not without Meson": (
        0, "apt-get", "meson hyperfine", {"FAILS": "1"}, 3, None, None,
        "could not install: meson hyperfine"),
    "without charts it goes on": (
        1000, "apt-get", "gnuplot", {}, 0, [], 2, "\n.*going on without: gnuplot-nox"),
    "Fedora": (0, "dnf", "meson hyperfine", {}, 3, [], 1, DNF + "meson "),
    "Fedora, and a user": (
        1000, "dnf sudo", "meson hyperfine", {}, 3, [], 1, DNF.replace("dnf", "sudo dnf", 1)),
    "Arch": (1000, "pacman", "meson hyperfine", {}, 3, [], 1,
             "please type: sudo pacman -S --needed meson hyperfine "),
    "Alpine": (1000, "apk doas", "meson hyperfine", {}, 3, [], 1,
               "please type: doas apk add meson hyperfine "),
    "Alpine with both": (1000, "apk doas sudo", "meson hyperfine", {}, 3, [], 1,
                         "please type: sudo apk add meson hyperfine "),
    "anything else": (0, "", "meson hyperfine", {}, 3, [], 1,
                      "please install what these Debian packages bring: meson hyper"),
    "names on Fedora": (0, "dnf", "hyperfine gnuplot pkg-config", {}, 0, [], 2,
                        "gnuplot .*google-benchmark-devel (.|\n)*without: hyperfine gnuplot"),
    "names on Arch": (0, "pacman", "hyperfine gnuplot pkg-config", {}, 0, [], 2,
                      "gnuplot .*gcc benchmark (.|\n)*without: hyperfine gnuplot"),
    "names on Alpine": (0, "apk", "hyperfine gnuplot pkg-config", {}, 0, [], 2,
                        r"gnuplot .*g\+\+ benchmark-dev (.|\n)*without: hyperfine gnuplot"),
}  # fmt: skip


class Setup(unittest.TestCase):
    """Runs setup.sh with a PATH that holds only what the test put there."""

    def setUp(self):
        self.bin = Path(self.enterContext(tempfile.TemporaryDirectory())) / "bin"
        self.bin.mkdir()
        self.log = self.bin.with_name("log")
        for name in REAL:
            (self.bin / name).symlink_to(shutil.which(name))
        for name in THERE:
            self.put(name, "#!/bin/sh\nexit 0\n")

    def put(self, name, text):
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def machine(self, user, others="apt-get", missing="hyperfine"):
        self.put("id", f"#!/bin/sh\necho {user}\n")
        known = {"apt-get": APT, "sudo": '#!/bin/sh\nshift\nexec "$@"\n'}
        for name in others.split():
            self.put(name, known.get(name, NO))
        for name in missing.split():
            (self.bin / name).unlink()
        if "pkg-config" in missing:  # there, and it knows no library
            self.put("pkg-config", NO)

    def setup(self, *what, **changes):
        """(status, what it said, what apt was asked for)"""
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
        self.assertEqual(self.setup("everything")[0], 2)

    def test_every_machine(self):
        for name, (user, others, missing, changes, status, asked, lines, told) in (
            MACHINES.items()
        ):  # fmt: skip
            with self.subTest(name):
                self.setUp()
                self.machine(user, others, missing)
                found, err, log = self.setup(**changes)
                self.assertEqual(found, status, err)
                self.assertRegex(err, told)
                if asked is not None:
                    self.assertEqual((err.count("\n"), len(log)), (lines, len(asked)), log)
                    for line, wanted in zip(log, asked):
                        self.assertRegex(line, rf"\A{wanted}")
                        self.assertNotIn("gnuplot", line)

    def test_an_old_python_is_told_in_one_line(self):
        self.machine(user=0)
        self.put("python3", OLD_PYTHON)
        status, err, asked = self.setup()
        self.assertEqual((status, asked, err.count("\n")), (3, [], 1))
        self.assertIn("FIVE_COOKS_PYTHON is 'python3', which is no Python 3.11 or ne", err)

    def test_large_tools_of_tests_are_named_and_not_installed(self):
        self.machine(user=0)
        status, err, asked = self.setup("test")
        self.assertEqual(status, 0, err)
        self.assertIn("left out without these packages: clang chromium chromium-driver ", err)
        self.assertNotIn("chromium", asked[0])

    def test_large_tools_are_installed_where_all_is_wanted(self):
        self.machine(user=0)
        _, err, asked = self.setup("test", FIVE_COOKS_ALL="1")
        self.assertRegex(asked[0], INSTALL + "hyperfine clang chromium chromium-driver ")
        self.assertIn("going on without: clang chromium", err)  # as apt brought none

    def test_one_python_is_to_have_all_modules(self):
        """Debian's modules are of no use beside those of another Python."""
        self.machine(user=0)
        self.put("python3", "#!/bin/sh\ncase $* in *hypothesis*) exit 1 ;; esac\n")
        self.assertRegex(self.setup("test")[2][0], "python3-hypothesis .*python3-jinja2")
        self.put("hyperfine", "#!/bin/sh\n")
        self.assertEqual(self.setup("run")[:2], (0, ""))  # Jinja2 is all it needs

    def test_nginx_is_unpacked_where_that_can_be_done_and_named_elsewhere(self):
        unpacks = "#!/bin/sh\nmkdir -p usr/sbin; : >./x_1.deb; cp $BIN/gcc usr/sbin/nginx\n"
        fetched = "-o APT::Sandbox::User=root download nginx"
        for manager, dpkg, asked, told in (
            ("apt-get", unpacks, [fetched], "fetching nginx\n"),
            ("apt-get", NO, [fetched, fetched + "-light"],
             "fetching nginx\ngoing on without nginx: please type (92 MB to fetch, 358 MB "
             "on the disk): apt-get update; apt-get install --no-install-recommends "
             "nginx-light\n"),
            ("dnf", unpacks, [], f"going on without nginx: {DNF}nginx\n"),
        ):  # fmt: skip
            with self.subTest(manager, dpkg=dpkg):
                self.setUp()
                folder = self.bin.with_name("unpacked")
                self.machine(0, manager)
                self.put("dpkg", dpkg)
                self.assertEqual(self.setup("nginx", folder), (0, told, asked))
                self.assertEqual(folder.exists(), asked == [fetched])
        self.put("nginx", "#!/bin/sh\n")
        self.assertEqual(self.setup("nginx", folder), (0, "", []))
