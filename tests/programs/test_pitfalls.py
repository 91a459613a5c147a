"""The article's three deadlocks: found when broken, gone when fixed, real without help."""

import resource
import shutil
import subprocess
import tempfile
import unittest

from .program import BUILD, run, start

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


class Pitfalls(unittest.TestCase):
    def test_each_bug_is_reported_with_who_waits_for_what(self) -> None:
        for args, threads in BROKEN.items():
            for kind, more in KINDS.items():
                with self.subTest(kind, args=args):
                    done = run("pitfalls", *args, *more)
                    self.assertEqual(done.status, 2, done.err)
                    self.assertIn(f"all {kind} are asleep - deadlock!", done.err)
                    for thread in threads:
                        self.assertIn(thread, done.err)

    def test_a_machine_that_allows_too_little_is_told_in_one_line(self) -> None:
        """Room for the program, and for some of the stacks of 8 MB, but not for five."""
        limits = {resource.RLIMIT_STACK: 8 << 20, resource.RLIMIT_AS: 30 << 20}

        def allow_little() -> None:
            for kind, most in limits.items():
                resource.setrlimit(kind, (most, most))

        done = run("pitfalls", "no-close", preexec_fn=allow_little)
        self.assertEqual(done.status, 3, done.err)
        self.assertRegex(done.err, r"\Apitfalls: cannot create worker \d: \w.*\n\Z")

    def test_each_report_names_the_line_that_waits(self) -> None:
        for more in KINDS.values():
            done = run("pitfalls", "no-close", *more)
            for who, file in (("main .wait group", "no_close"),
                              ("worker 5 .chan receive.*", "scene")):  # fmt: skip
                place = rf"{who}\] at ({file}\.c:\d+|\+0x[0-9a-f]+)\n"
                self.assertRegex(done.err, place)
            done = run("pitfalls", "no-close", *more, env={"PATH": "/nonexistent"})
            self.assertIn("[wait group] at +0x", done.err)  # there is no addr2line

    def test_the_fixed_form_does_all_orders(self) -> None:
        for args in BROKEN:
            for kind, more in KINDS.items():
                with self.subTest(kind, args=args):
                    done = run("pitfalls", *args, "--fixed", *more)
                    self.assertEqual((done.status, done.err), (0, ""))
                    self.assertTrue(done.out.endswith("All done!\n"))

    def test_fibers_that_are_not_there_are_said_to_be_missing(self) -> None:
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            shutil.copy(BUILD / "src" / "pitfalls", folder)
            done = run(f"{folder}/pitfalls", "no-close", "--fibers")
        self.assertEqual(done.status, 3)
        self.assertIn("cannot start pitfalls-on-fibers: No such file", done.err)

    def test_output_that_is_lost_is_not_success(self) -> None:
        full = ("sh", "-c", 'exec "$@" >/dev/full', "sh")
        for args in (("no-close", "--fixed"), ("--help",), ("-h",)):
            done = run("pitfalls", *args, wrap=full)
            self.assertEqual(done.status, 1, done)
            self.assertIn("cannot write", done.err)

    def test_a_buffer_hides_a_send_too_early_until_there_are_more_orders(self) -> None:
        for args in BROKEN:
            if args[0] != "no-close":
                with self.subTest(args):
                    few = run("pitfalls", *args, "--buffer", "100", "--tasks", "50")
                    many = run("pitfalls", *args, "--buffer", "100", "--tasks", "500")
                    self.assertEqual((few.status, many.status), (0, 2))
                    self.assertIn("100 of 100 buffered", many.err)

    def test_without_the_detector_it_really_hangs(self) -> None:
        fixed = run("pitfalls", "no-close", "--fixed", "--no-detector")
        self.assertEqual((fixed.status, fixed.err), (0, ""))
        child = start("pitfalls", "no-close", "--no-detector")
        try:
            with self.assertRaises(subprocess.TimeoutExpired):
                child.wait(timeout=1)
        finally:
            child.kill()
            child.communicate()

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
                done = run("pitfalls", *args)
                self.assertEqual(done.status, 2)
                self.assertIn(text, done.err)
                self.assertEqual(done.err.count("\n"), 1)
