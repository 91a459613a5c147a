"""The command line: each mistake is one line that names the value, and status 2. And
whatever a document tells to type is no mistake."""

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
import textwrap
import tomllib
import unittest
from pathlib import Path

from . import BUILD, REPOSITORY
from .support import said
from driver.ask import command

MISTAKES = [
    (["--tasks", "abc"], "'abc'"),
    (["--tasks", ""], "'tasks='"),
    (["--set", "tasks"], "tasks is without a value"),
    (["--set", "service-time"], "service-time is without a value"),
    (["Comparison"], "did you mean comparison?"),
    (["a" * 300], "no experiment 'aaa"),
    (["comparison", "--out", "lesson", "--tasks", "abc"], "'abc'"),
    (["--resume", "lesson", "--seed", "0"], "allows no"),
    (["comparisn"], "did you mean comparison?"),
    (["duel", "foo"], "duel: no design 'foo'"),
    (["duel", "pol"], "did you mean pool?"),
    (["--tasks", "0"], "tasks is 0"),
    (["--tasks", "-1"], "tasks is '-1'"),
    (["--tasks", "50,,500"], "50,,500"),
    (["--tasks", "50,50"], "twice"),
    (["--tasks", "1e3"], "'1e3'"),
    (["--tasks", "99999999999"], "99999999999"),
    (["--workers", "0"], "workers is 0"),
    (["--workers", "5 "], "'5 '"),
    (["--service-time", "10"], "duration"),
    (["--service-time", "10m"], "duration"),
    (["--api-capacity", "none"], "'none'"),
    (["--blocks", "0"], "'0'"),
    (["--blocks", "x"], "'x'"),
    (["--seed", "-5"], "--seed"),
    (["--seed", str(2**63)], str(2**63)),
    (["--quick", "--blocks", "6"], "not allowed with"),
    (["--quick", "--full"], "not allowed with"),
    (["--full", "--tasks", "5"], "allows no"),
    (["comparison", "--full"], "allows no"),
    (["--resume", "x", "--seed", "0"], "allows no"),
    (["--resume", "x", "hang"], "allows no"),
    (["--list", "hang"], "--list allows no"),
    (["--list", "--quick"], "--list runs nothing"),
    (["--version", "--seed", "1"], "--version runs nothing"),
    (["--tasks", "50,unlimited"], "tasks is 'unlimited'"),
    (["--set", "workers=unlimited"], "workers is 'unlimited'"),
    (["draw"], "1 results folder ("),
    (["compare", "a"], "2 results folder"),
    (["collect", "a"], "2 or more"),
    (["draw", "a", "--out", "x"], "--out"),
    (["compare", "a", "b", "--out", "x"], "--out"),
    (["--nonsense"], "--nonsense"),
    (["--task", "50"], "--task"),
    (["one", "two"], "two"),
    (["../comparison"], "../comparison"),
    (["--out"], "--out"),
]  # fmt: skip


def parsed(*arguments):
    """What becomes of the words, and None; or the status and what is complained of."""
    with contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            return command.parse(list(arguments)), None
        except SystemExit as ended:
            return ended.code, err.getvalue()


def checked(*arguments):
    """As bench/run has them checked before it builds anything: (status, out, err)"""
    return said("--check", *arguments)


class CommandLine(unittest.TestCase):
    def test_mistakes_are_one_line_and_status_two(self):
        for arguments, told in MISTAKES:
            with self.subTest(arguments=arguments):
                status, out, err = checked(*arguments)
                self.assertEqual((status, out), (2, ""))
                self.assertEqual(err.count("\n"), 1, err)
                self.assertIn(told, err)
                self.assertNotIn(".toml: ", err)  # it does not stand in a file

    def test_no_parser_takes_the_beginning_of_a_name(self):
        status, _, err = said("handout", "--ou", "/dev/null/x")
        self.assertEqual((2, True), (status, "--ou" in err), err)

    def test_a_mistake_in_odd_bytes_is_told_all_the_same(self):
        status, err = parsed(b"\xff\xfe".decode("utf-8", "surrogateescape"))
        self.assertEqual(status, 2)
        self.assertIn("\\xff", err)

    def test_help_describes_each_option_and_breaks_no_name(self):
        of_runs = ("--blocks", "--seed", "--out DIR", "--quick", "--tasks", "--workers",
                   "--service-time", "--api-capacity")  # fmt: skip
        of_builds = (*of_runs, "--build DIR", "--fail-if-slower P")
        for words, told in (
            ("", (*of_runs, "--list")), ("compare", of_builds),
            ("compare --build=a", of_builds), ("draw", ("--pdf",)),
            ("collect", ("--out DIR",)), ("lesson", ("--predict A,B,...",)), ("handout", ()),
            ("plan", ("--service-time 80ms", "goodput", "(default: 'p99 wait < 100ms, lost")),
        ):  # fmt: skip
            with self.subTest(words):
                status, out, err = said(*words.split(), "--help")
                self.assertEqual((status, err), (0, ""))
                self.assertNotRegex(out, r"-\n")
                self.assertNotRegex(out, r"(?m)^  --\S+( \S+)?\n  -")  # no word on it
                for each in told:
                    self.assertIn(each, " ".join(out.split()))

    def test_help_is_a_word_too_and_the_version_is_told(self):
        for words, wanted in (
            (["help"], "usage: bench/run"), (["help", "plan"], "usage: bench/run plan"),
            (["--version"], "five-cooks 1."),
        ):  # fmt: skip
            status, out, err = said(*words)
            self.assertEqual((status, err, out[: len(wanted)]), (0, "", wanted))

    def test_each_word_has_its_action(self):
        cases = {
            (): "run", ("--list",): "list", ("--full",): "full", ("--resume",): "resume",
            ("--full", "--resume"): "full", ("draw", "a"): "draw", ("--version",): "version",
            ("compare", "a", "b"): "compare", ("collect", "a", "b", "c"): "collect",
        }  # fmt: skip
        for arguments, action in cases.items():
            self.assertEqual(parsed(*arguments)[0].action, action)
        self.assertEqual(parsed("--resume", "a")[0].folders, (Path("a"),))
        self.assertEqual(checked("draw", "lesson"), (0, "", ""))  # a folder's name

    def test_options_become_overrides(self):
        settings, _ = parsed()
        self.assertEqual((settings.name, settings.overrides, settings.seed),
                         ("comparison", {}, None))  # fmt: skip
        settings, _ = parsed(
            "--tasks", "50,500", "--workers=5", "--service-time=2ms",
            "--api-capacity", "unlimited", "--set", "api-queue=unlimited",
            "--sweep", "timeout=5ms,unlimited", "--sweep", "breaker=5,50ms;20,200ms",
        )  # fmt: skip
        wanted = {
            "tasks": [50, 500], "workers": [5], "service-time": "2ms",
            "api-capacity": None, "api-queue": "unlimited", "timeout": ["5ms", None],
            "breaker": ["5,50ms", "20,200ms"],
        }  # fmt: skip
        self.assertEqual(settings.overrides, wanted)
        told = " ".join(settings.shown)
        self.assertIn("--set api-capacity=unlimited --set api-queue=unlimited", told)
        self.assertIn("--sweep timeout=5ms,unlimited", told)
        self.assertEqual(wanted, parsed(*settings.shown)[0].overrides)

    def test_no_path_is_kept_for_the_results(self):
        settings, _ = parsed(
            "--out", "/a", "--quick", "--programs=/b", "--out=/c", "--seed", "3"
        )
        self.assertEqual(settings.shown, ("--quick", "--seed", "3"))
        self.assertEqual(settings.out, Path("/c"))


# In the place of a command that the documents name: takes the same words, does little.
PROGRAM = """case $0 in *-pool) set -- "$@" --workers 1 ;; esac
exec {program} "$@" --tasks 1 --service-time 1us
"""
PITFALLS = """for word; do
    shift
    [ "$word" = --no-detector ] || set -- "$@" "$word"
done
said=$({program} "$@" 2>&1) || [ $? = 2 ]
case $said in *deadlock!*) ;; *"All done!"*) ;; *) echo "$said" >&2; exit 2 ;; esac
"""
NOTE_DOWN = 'printf "%s\\t" "$0" "$@" >>{noted}; echo >>{noted}\n'
AT_ONCE = r"(?:handout|collect|lesson(?: ..?)?|.*--help|.*--list)?"  # without a check
PROGRAM_NAME = r"[a-z]+-(?:per-task|pool)|pitfalls|build/release/src"
COMMAND = rf"(?:(?:bench|tests)/run|{PROGRAM_NAME})\b"
# What the reader puts another word for.
FILLED_IN = (("NAME", "memory"), ("--seed S", "--seed 1"), ("MINE.toml", "my.toml"),
             ("MINE", "memory"))  # fmt: skip


class Documents(unittest.TestCase):
    """Whatever a document tells to type is understood by what it is typed to."""

    def setUp(self):
        self.place = Path(self.enterContext(tempfile.TemporaryDirectory()))
        source = BUILD / "src"
        for path in source.iterdir():
            if path.is_file() and os.access(path, os.X_OK):
                text = PITFALLS if path.name.startswith("pitfalls") else PROGRAM
                self.put(f"build/release/src/{path.name}", text.format(program=path))
        for folder in ("bench", "tests"):
            noted = self.place / folder / "noted"
            self.put(f"{folder}/run", NOTE_DOWN.format(noted=noted))
        self.put("bench/micro/run", "exit 0\n")
        experiment = REPOSITORY / "bench/experiments/shapes.toml"
        (self.place / "my.toml").write_text(experiment.read_text())

    def put(self, name, text):
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}")
        path.chmod(0o755)

    def understood(self, lines):
        for placeholder, word in FILLED_IN:
            lines = [line.replace(placeholder, word) for line in lines]
        done = subprocess.run(
            ["bash", "-euxo", "pipefail", "-c", "\n".join(lines)], cwd=self.place,
            env={**os.environ, "PATH": f"{self.place}/build/release/src:/usr/bin:/bin"},
            capture_output=True, text=True,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr[-600:])
        with contextlib.chdir(self.place):
            for words in self.noted("bench"):
                if not re.fullmatch(AT_ONCE, " ".join(words)):
                    status, _, err = checked(*words)
                    self.assertEqual(status, 0, (words, err))
        for words in self.noted("tests"):
            steps = [sys.executable, REPOSITORY / "tests/steps.py", "--check", *words]
            self.assertEqual(subprocess.run(steps).returncode, 0, words)

    def noted(self, folder):
        """The words that folder/run was given, each set of them once."""
        noted = self.place / folder / "noted"
        lines = noted.read_text().splitlines() if noted.exists() else []
        noted.unlink(missing_ok=True)
        return [line.split("\t")[1:-1] for line in dict.fromkeys(lines)]

    def test_pages_of_text(self):
        """Their indented lines, and what stands between backticks, in their order."""
        either = re.compile(rf"((?:^    .*\n)+)|`({COMMAND}[^`]*)`", re.M)
        for page in ("README.md", "bench/TEACHING.md", "bench/METHOD.md",
                     "bench/experiments/README.md", "plots/README.md"):  # fmt: skip
            found = either.findall((REPOSITORY / page).read_text())
            lines = [textwrap.dedent(block) or " ".join(inline.split())
                     for block, inline in found if "→" not in block]  # fmt: skip
            with self.subTest(page):
                self.understood(lines)

    def test_what_a_lesson_suggests(self):
        suggested = rf"({COMMAND}[^:]*?)(?=: |, | again)"
        for path in sorted((REPOSITORY / "bench/lessons").glob("*.toml")):
            text = tomllib.loads(path.read_text())["lesson"]["change"]
            found = re.findall(suggested, text)
            with self.subTest(path.name):
                self.assertTrue(found)
                self.understood(found)
