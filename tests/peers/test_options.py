"""The command line: one clear line for what is not accepted, as from the C programs."""

import itertools
import re
import tempfile
import unittest
from pathlib import Path

from ..programs.program import measure, run
from ..programs.test_options import REFUSED, REFUSED_BY_ONE
from . import NAMES, PEERS, PER_TASK, POOL, TWINS, needs_go


@needs_go
class Options(unittest.TestCase):
    def refuse(self, peer: str, *args: object, status: int = 2) -> str:
        ending = run(peer, "-s", "1000s", *args)
        self.assertEqual((ending.status, ending.out), (status, ""), ending)
        self.assertRegex(ending.err, rf"\A{Path(peer).name}: [ -~]*\n\Z")
        self.assertLess(len(ending.err), 300)
        return ending.err

    def test_a_bad_value_is_named_with_what_is_accepted(self) -> None:
        """Every value that a C program refuses, for every option there is here, too."""
        known = {peer: run(peer, "--help").out for peer in PEERS}
        cases = [(PEERS, *case) for case in REFUSED.items()]
        cases += [((peer,), *case) for peer, twin in TWINS.items()
                  for case in REFUSED_BY_ONE[twin].items()]  # fmt: skip
        tried = 0
        for peers, option, refused in cases:
            # They share what parses: each takes its turn.
            whose = itertools.cycle([p for p in peers if f" {option} " in known[p]])
            for accepted, values in refused.items():
                for value, peer in zip(filter(str.isascii, values), whose):
                    with self.subTest(peer, option=option, value=value):
                        said = self.refuse(peer, f"{option}={value}")
                        self.assertIn(f"{option}: '{value[:60]}'", said)
                        self.assertIn(accepted, said)
                        tried += 1
        self.assertGreater(tried, 80)

    def test_what_is_no_option_or_lacks_a_value_is_named(self) -> None:
        for peer in PEERS:
            for args, named in {
                ("--bogus",): "unknown option '--bogus'",
                ("--bogus=5",): "unknown option '--bogus=5'",
                ("--fail-fast",): "unknown option '--fail-fast'",
                ("-z",): "unknown option '-z'",
                ("-n", "5", "stray", "-h"): "'stray' is not an option",
                ("",): "'' is not an option",
                ("-",): "'-' is not an option",
                ("--tasks",): "--tasks needs a value",
                ("-n",): "--tasks needs a value",
                ("--json", "--tasks=5"): "--json needs a value",
                ("--help=yes",): "--help takes no value",
                ("--tasks", "٣"): "--tasks: '",
                ("--tasks", "a\nb\x1b"): "--tasks: 'a?b?'",
                ("--tasks", "9" * 5000): "--tasks: '999",
                ("--error-rate", "60%", "--hang-rate", "0.6"): "add up to 1.2",
                ("--json", "x", "--samples", "x"): "a file each",
                ("--json", "-", "--samples", "/dev/stdout"): "a file each",
            }.items():
                with self.subTest(peer, args=args):
                    said = run(peer, *args)
                    self.assertEqual((said.status, said.out), (2, ""), said)
                    self.assertEqual(said.err.count("\n"), 1, said)
                    self.assertLess(len(said.err), 300)
                    self.assertIn(named, said.err)

    def test_an_option_of_the_other_program_is_refused_by_name(self) -> None:
        for peer, option, owner in (
            (PEERS[0], "--workers=5", NAMES[1]),
            (PEERS[0], "-q5", NAMES[1]),
            (PEERS[1], "--max-threads=5", NAMES[0]),
        ):
            said = self.refuse(peer, option)
            self.assertIn(f"is an option of {owner}, not of {Path(peer).name}", said)

    def test_values_are_read_in_every_form_and_the_last_of_two_counts(self) -> None:
        forms = (("-n", 3), ("-n3",), ("--tasks", 3), ("--tasks=3",), ("-n9", "-n3"))
        for peer in PEERS:
            for form in forms:
                config = measure(peer, "-s", "0.5ms", *form)["config"]
                self.assertEqual((config["tasks"], config["service_time_ns"]), (3, 500_000))

    def test_help_names_every_option_and_runs_nothing(self) -> None:
        for peer in PEERS:
            ending = run(peer, "-s", "1000s", "--help")
            self.assertEqual((ending.status, ending.err), (0, ""))
            self.assertLessEqual(max(map(len, ending.out.splitlines())), 80)
            config = measure(peer, "-n", 0, "--arrivals", "fixed:1/s")["config"]
            for key in (key for key, value in config.items() if value is not None):
                option = "--" + key.replace("_", "-")
                for unit in ("-ns", "-per-s"):
                    option = option.removesuffix(unit)
                self.assertIn(f" {option} ", ending.out)

    def test_an_answer_goes_into_no_file_and_two_names_of_one_are_refused(self) -> None:
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            path = Path(folder) / "record"
            for peer in PEERS:
                for question in ("--help", "--version"):
                    ending = run(peer, "--json", path, question)
                    self.assertEqual((ending.status, ending.err), (0, ""))
                    self.assertIn(Path(peer).name, ending.out)
                    self.assertFalse(path.exists())
                for _ in ("not there yet", "there"):
                    self.refuse(peer, "--json", path, "--samples", f"{folder}/./record")
                path.unlink()

    def test_an_output_that_cannot_be_written_is_found_before_the_run(self) -> None:
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            there_is_none = Path(folder) / "none" / "x"
            for peer in PEERS:
                for option in ("--json", "--samples"):
                    said = self.refuse(peer, option, there_is_none, status=3)
                    self.assertIn(f"cannot write {there_is_none}: no such file", said)

    def test_what_memory_cannot_hold_is_found_before_the_run(self) -> None:
        limited = ("sh", "-c", 'ulimit -v 2000000 && exec "$@"', "sh")
        for peer, status, *args in (
            (PER_TASK, 3, "-n", 10**9, "--samples", "/dev/null"),
            (POOL, 3, "-n", 10**9, "--samples", "/dev/null"),
            (POOL, 3, "-q", 10**8), (POOL, 3, "-w", 10**6),
            (POOL, 0, "-q", 10**7), (POOL, 0, "-n", 10**9, "--deadline", "1ms"),
        ):  # fmt: skip
            with self.subTest(peer, args=args):
                ending = run(peer, "-s", 0, *args, wrap=limited)
                self.assertEqual((ending.status, ending.out == ""), (status, status == 3))
                said = r"\A.*: cannot run: cannot allocate memory; fewer tasks.*\n\Z"
                self.assertRegex(ending.err, said if status else r"\A\Z")

    def test_a_closed_standard_output_is_found_before_the_run(self) -> None:
        runtime = measure(POOL, "-n", 0)["runtime"]
        if int(re.match(r"go1\.(\d+)", runtime)[1]) >= 21:
            self.skipTest("Go's runtime puts /dev/null where an output was closed")
        closed = ("sh", "-c", '"$@" >&-', "sh")
        for peer in PEERS:
            ending = run(peer, "-s", "1000s", wrap=closed)
            self.assertEqual(ending.status, 3, ending)
            self.assertIn("cannot write standard output", ending.err)

    def test_a_full_disk_is_not_success(self) -> None:
        for peer in PEERS:
            for line in ('"$@" >/dev/full', '"$@" --json - >/dev/full',
                         '"$@" --json /dev/full', '"$@" --samples /dev/full',
                         '"$@" --help >/dev/full'):  # fmt: skip
                with self.subTest(peer, line=line):
                    ending = run(peer, "-n", 200, "-s", 0, wrap=("sh", "-c", line, "sh"))
                    self.assertEqual(ending.status, 1, ending)
                    self.assertEqual("200 ok" in ending.out, "--samples" in line)
                    self.assertIn("no space left", ending.err)
                    self.assertEqual(ending.err.count("\n"), 1)

    def test_what_happens_to_one_output_costs_no_other(self) -> None:
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            for peer in PEERS:
                for option, lines in (("--json", 1), ("--samples", 201)):
                    with self.subTest(peer, kept=option):
                        path = Path(folder) / f"kept{option}"
                        full = {"--json": "/dev/full", "--samples": "/dev/full", option: path}
                        places = [word for pair in full.items() for word in pair]
                        ending = run(peer, "-n", 200, "-s", 0, *places)
                        self.assertEqual((ending.status, ending.out), (1, ""), ending)
                        self.assertRegex(ending.err, r"\A.*/dev/full: no space left.*\n\Z")
                        self.assertEqual(path.read_text().count("\n"), lines)

    def test_a_file_never_takes_the_place_of_a_closed_standard_one(self) -> None:
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            path = Path(folder) / "record.json"
            for peer in PEERS:
                for closed in ("<&- >&- 2>&-", ">&-", "2>&-"):
                    line = f'"$@" --json {path} {closed}'
                    ending = run(peer, "-n", 2, "-s", 0, wrap=("sh", "-c", line, "sh"))
                    self.assertEqual(ending.status, 0, ending)
                    self.assertRegex(path.read_text(), r"\A\{.*\}\n\Z")
