"""The article's three deadlocks: found when broken, gone when fixed, real without help."""

import os
import resource
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

PITFALLS = Path(os.environ["FIVE_COOKS_BUILD"]) / "src" / "pitfalls"
LIMIT_S = 120
KINDS = {"threads": (), "fibers": ("--fibers",)}

BROKEN = {
    ("send-first",): ["main [chan send jobs, 0 of 0 buffered, open]"],
    ("no-close",): ["main [wait group]", "[chan receive jobs, 0 of 0 buffered, open]",
                    *(f"worker {number} [" for number in range(1, 6))],
    ("send-from-main",): ["main [chan send jobs, 0 of 0 buffered, open]"],
    ("send-from-main", "--results"): [
        "main [chan send jobs, 0 of 0 buffered, open]",
        "[chan send results, 0 of 0 buffered, open]",
    ],
}  # fmt: skip


def pitfall(*args: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PITFALLS, *args], capture_output=True, text=True, timeout=LIMIT_S, **more
    )


class Pitfalls(unittest.TestCase):
    def test_each_bug_is_reported_with_who_waits_for_what(self) -> None:
        for args, threads in BROKEN.items():
            for kind, more in KINDS.items():
                with self.subTest(kind, args=args):
                    done = pitfall(*args, *more)
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(f"all {kind} are asleep - deadlock!", done.stderr)
                    for thread in threads:
                        self.assertIn(thread, done.stderr)

    def test_a_machine_that_allows_too_little_is_told_in_one_line(self) -> None:
        """Room for the program, and for some of the stacks of 8 MB, but not for five."""
        limits = {resource.RLIMIT_STACK: 8 << 20, resource.RLIMIT_AS: 30 << 20}

        def allow_little() -> None:
            for kind, most in limits.items():
                resource.setrlimit(kind, (most, most))

        done = pitfall("no-close", preexec_fn=allow_little)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertRegex(done.stderr, r"\Apitfalls: cannot create worker \d: \w.*\n\Z")

    def test_each_report_names_the_line_that_waits(self) -> None:
        for more in KINDS.values():
            done = pitfall("no-close", *more)
            self.assertRegex(
                done.stderr, r"main \[wait group\] at (no_close\.c:\d+|\+0x)"
            )
            done = pitfall("no-close", *more, env={"PATH": "/nonexistent"})
            self.assertIn("[wait group] at +0x", done.stderr)  # there is no addr2line

    def test_the_fixed_form_does_all_orders(self) -> None:
        for args in BROKEN:
            for kind, more in KINDS.items():
                with self.subTest(kind, args=args):
                    done = pitfall(*args, "--fixed", *more)
                    self.assertEqual((done.returncode, done.stderr), (0, ""))
                    self.assertTrue(done.stdout.endswith("All done!\n"))

    def test_fibers_that_are_not_there_are_said_to_be_missing(self) -> None:
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            alone = Path(folder) / "pitfalls"
            shutil.copy(PITFALLS, alone)
            done = subprocess.run(
                [alone, "no-close", "--fibers"], capture_output=True, timeout=LIMIT_S
            )
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"cannot start pitfalls-on-fibers: No such file", done.stderr)

    def test_output_that_is_lost_is_not_success(self) -> None:
        for args in ("no-close --fixed", "--help", "-h"):
            line = f'"{PITFALLS}" {args} >/dev/full'
            done = subprocess.run(["sh", "-c", line], timeout=LIMIT_S, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 1, args)
            self.assertIn(b"cannot write", done.stderr)

    def test_a_buffer_hides_a_send_too_early_until_there_are_more_orders(self) -> None:
        for args in BROKEN:
            if args[0] != "no-close":
                with self.subTest(args):
                    few = pitfall(*args, "--buffer", "100", "--tasks", "50")
                    many = pitfall(*args, "--buffer", "100", "--tasks", "500")
                    self.assertEqual((few.returncode, many.returncode), (0, 2))
                    self.assertIn("100 of 100 buffered", many.stderr)

    def test_without_the_detector_it_really_hangs(self) -> None:
        fixed = pitfall("no-close", "--fixed", "--no-detector")
        self.assertEqual((fixed.returncode, fixed.stderr), (0, ""))
        child = subprocess.Popen(
            [PITFALLS, "no-close", "--no-detector"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with self.assertRaises(subprocess.TimeoutExpired):
                child.wait(timeout=1)
        finally:
            child.kill()
            child.wait()

    def test_mistakes_are_named(self) -> None:
        for args, text in [
            (["no-such"], "'no-such'"),
            ([], "name one of send-first, no-close, send-from-main"),
            (["no-close", "--none"], "none"),  # in getopt's own words
            (["no-close", "--tasks", "1000001"], "'1000001'"),
            (["no-close", "--tasks", "0x10"], "'0x10'"),
            (["no-close", "--tasks", "0"], "'0' is not accepted; it takes a whole number, "
                                           "from 1 to 1000000"),
            (["no-close", "--buffer", "-1"], "'-1' is not accepted; it takes a whole "
                                             "number, from 0 to 1000000"),
            (["no-close", "extra"], "'extra'"),
            (["no-close", "--results"], "--results with 'no-close'"),
        ]:
            with self.subTest(args):
                done = pitfall(*args)
                self.assertEqual(done.returncode, 2)
                self.assertIn(text, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)
