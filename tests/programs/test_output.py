"""Where the record goes: full disks, closed outputs, broken pipes, odd names."""

import fcntl
import json
import os
import resource
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest
from pathlib import Path

from .program import (
    BUILD, LIMIT_S, finish, measure, on_each, on_one, read_samples, run, start,
    until, wait_until_quiet,
)  # fmt: skip

QUICK = ("-n", 5, "-s", 0)
F_GETPIPE_SZ = 1032  # a user with many pipes has small ones


def through_shell(program: str, redirection: str, *args: object):
    """As a person would type it; the outputs that are left come back."""
    line = f'"$@" {redirection}'
    return run(program, *args, wrap=("sh", "-c", line, "sh"))


class Output(unittest.TestCase):
    def setUp(self) -> None:
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="five-cooks-"))
        self.folder = Path(folder)

    def assert_complaint(self, ending, status: int, *words: str) -> None:
        self.assertEqual(ending.status, status, ending)
        self.assertEqual(ending.err.count("\n"), 1, ending.err)
        for word in words:
            self.assertIn(word, ending.err)

    @on_one
    def test_a_full_disk_is_not_success(self, program: str) -> None:
        for args in (("--json", "/dev/full"), ("--json", "-"), ()):
            with self.subTest(args):
                redirection = "" if "/dev/full" in args else ">/dev/full"
                ending = through_shell(program, redirection, *QUICK, *args)
                self.assert_complaint(ending, 1, "cannot write", "No space left")

    @on_one
    def test_where_nobody_hears_the_diagnostic_the_status_is_the_same(self, program):
        for redirection in ("2>/dev/full", "2>&-"):
            for status, args in (
                (0, QUICK),
                (1, (*QUICK, "--json", "/dev/full")),
                (2, ("--tasks", "many")),
                (3, ("--json", "/nonexistent/x")),
            ):
                with self.subTest(redirection, status=status):
                    ending = through_shell(program, redirection, *args)
                    self.assertEqual((ending.status, ending.err), (status, ""))

    @on_one
    def test_help_that_cannot_be_written_is_not_success(self, program: str) -> None:
        for question in ("--help", "--version"):
            for redirection in (">/dev/full", ">&-"):
                ending = through_shell(program, redirection, question)
                self.assert_complaint(ending, 1, "cannot write")

    @on_one
    def test_samples_of_any_size_on_a_full_disk_are_not_success(self, program) -> None:
        for tasks in (0, 1, 100, 101, 102, 103, 1000, 2000):
            with self.subTest(tasks):
                args = ("-n", tasks, "-s", 0, "--samples", "/dev/full")
                ending = run(program, *args)
                self.assert_complaint(ending, 1, "/dev/full", "No space left")

    @on_one
    def test_a_closed_standard_output_is_found_before_the_run(self, program) -> None:
        for args in ((), ("--json", "-"), ("--samples", "-", "--json", "x")):
            with self.subTest(args):
                line = 'cd "$0" && "$@" >&-'
                wrap = ("sh", "-c", line, str(self.folder))
                ending = run(program, "-s", "1000s", *args, wrap=wrap)
                self.assert_complaint(ending, 3, "standard output", "Bad file")

    @on_one
    def test_a_file_never_takes_the_place_of_a_closed_one(self, program: str) -> None:
        """Else what is said on stderr would end up in the middle of the record."""
        path = self.folder / "record.json"
        for closed in (">&-", "2>&-", "<&-", "<&- >&- 2>&-"):
            with self.subTest(closed):
                ending = through_shell(program, closed, *QUICK, "--json", path)
                self.assertEqual(ending.status, 0, ending)
                lines = path.read_text().splitlines()
                self.assertEqual(len(lines), 1)
                self.assertTrue(lines[0].startswith("{") and lines[0].endswith("}"))

    @on_one
    def test_a_reader_that_goes_away_ends_it(self, program: str) -> None:
        """| head -1: SIGPIPE as everywhere, or a line where it is ignored."""
        for ignored in (False, True):
            with self.subTest(ignored=ignored):
                reading, writing = os.pipe()
                os.close(reading)
                process = start(
                    program, *QUICK, "--json", "-",
                    stdout=writing, restore_signals=not ignored,
                )  # fmt: skip
                os.close(writing)
                ending = finish(process)
                if ignored:
                    self.assert_complaint(ending, 1, "Broken pipe")
                else:
                    self.assertEqual(ending.status, -signal.SIGPIPE)

    @on_one
    def test_what_happens_to_one_output_costs_no_other(self, program: str) -> None:
        """A reader of samples that goes away, and a file that may not grow."""
        record, samples = self.folder / "record.json", self.folder / program
        os.mkfifo(samples)
        reading = os.open(samples, os.O_RDONLY | os.O_NONBLOCK)
        args = ("-n", 20, "-s", "1000s", "--cancel", "within", "--samples", samples)
        process = start(program, *args, "--json", record)
        wait_until_quiet(process, threads=4)  # it has opened the FIFO
        os.close(reading)
        process.send_signal(signal.SIGINT)
        self.assert_complaint(finish(process), 1, "Broken pipe")
        self.assertEqual(json.loads(record.read_text())["outcomes"]["cancelled"], 20)
        samples.unlink()
        small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # noqa: E731
        process = start(program, *QUICK, "--samples", samples, preexec_fn=small)
        ending = finish(process)
        self.assert_complaint(ending, 1, "File too large")
        self.assertIn("5 ok", ending.out)

    @on_one
    def test_a_place_that_cannot_be_written_is_found_before_the_run(self, program):
        for option in ("--json", "--samples"):
            for path in ("/nonexistent/x", "/", self.folder, "/dev/null/x"):
                with self.subTest(option, path=path):
                    ending = run(program, "-s", "1000s", option, path)
                    self.assert_complaint(ending, 3, "cannot write", str(path))

    @on_one
    def test_a_file_may_have_any_name(self, program: str) -> None:
        for name in (b"two words", b"'\"$x", b"-n", b"a\nb", b"\xff\xfe", b"%s%n"):
            with self.subTest(name):
                path = os.fsencode(self.folder) + b"/" + name
                command = os.fsencode(str(BUILD / "src" / program))
                done = subprocess.run(
                    [command, b"-n5", b"-s0", b"--samples", path, b"--json", b"-"],
                    capture_output=True, timeout=LIMIT_S,
                )  # fmt: skip
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertEqual(len(read_samples(Path(os.fsdecode(path)))), 5)

    @on_one
    def test_it_runs_through_a_link_from_anywhere(self, program: str) -> None:
        link = self.folder / f"a link to {program}"
        link.symlink_to(BUILD / "src" / program)
        done = subprocess.run(
            [link, "-n", "5", "-s", "0", "-j", "-"],
            cwd="/", capture_output=True, text=True, timeout=LIMIT_S,
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    @on_one
    def test_an_older_file_is_replaced(self, program: str) -> None:
        path = self.folder / "record.json"
        path.write_text("x" * 100_000)
        self.assertEqual(run(program, *QUICK, "--json", path).status, 0)
        self.assertEqual(path.read_text().count("\n"), 1)
        self.assertNotIn("xx", path.read_text())

    @on_one
    def test_two_outputs_need_two_places(self, program: str) -> None:
        same, link = self.folder / program, self.folder / f"link to {program}"
        link.symlink_to(program)
        to_same = f'"$@" >>"{same}"'
        for line, one, two in (
            ('"$@"', "-", "-"),
            ('"$@"', same, same),
            ('"$@"', same, f"{self.folder}/./{program}"),  # neither is there yet
            ('"$@"', link, same),
            (to_same, "-", link),
            (to_same, same, "-"),
            (to_same, same, "/dev/stdout"),
            (to_same, None, link),  # as the summary
        ):
            with self.subTest(line, one=one, two=two):
                wrap = ("sh", "-c", line, "sh")
                args = ("-s", "1000s", *(("--json", one) if one else ()), "--samples", two)
                ending = run(program, *args, wrap=wrap)
                self.assert_complaint(ending, 2, "--samples cannot both be")
                self.assertEqual("--json" in ending.err, one is not None)

    @on_each
    def test_a_pipe_that_does_not_wait_gets_all(self, program: str) -> None:
        """As event loops hand them on to those whom they start."""
        out, end = os.pipe()
        os.set_blocking(end, False)
        room = fcntl.fcntl(out, F_GETPIPE_SZ) - select.PIPE_BUF  # then the next is refused
        with start(program, "-n", 5000, "-s", 0, "--samples", "-", stdout=end) as process:
            os.close(end)
            waiting = lambda: struct.unpack("i", fcntl.ioctl(out, termios.FIONREAD, b"1234"))[0]  # noqa: E731
            until(lambda: waiting() >= room, "its samples", process)
            with open(out, encoding="utf-8") as lines:
                told = lines.read()
            self.assertEqual(finish(process).status, 0)
        self.assertEqual(sum(line[0].isdigit() for line in told.splitlines() if line), 5000)

    @on_one
    def test_a_pipe_may_be_the_place_of_both(self, program: str) -> None:
        for both in ("-", "/dev/stdout"):
            lines = run(program, *QUICK, "--samples", both).out.splitlines()
            begins = [*(f"{index}," for index in range(5)), f"{program}:"]
            self.assertTrue(all(map(str.startswith, lines[1:7], begins)), lines[:7])

    @on_each
    def test_few_open_files_are_enough(self, program: str) -> None:
        wrap = ("sh", "-c", 'ulimit -n 20 && exec "$@"', "sh")
        self.assertEqual(measure(program, "-s", 0, wrap=wrap)["outcomes"]["ok"], 50)

    @on_each
    def test_ctrl_c_works_while_the_record_cannot_be_written(self, program) -> None:
        """Into a pipe that nobody empties, as `| less` is."""
        reading, writing = os.pipe()
        args = ["-n", 5000, "-s", 0, "--samples", "-", "--stack-size", "64K"]
        process = start(program, *args, stdout=writing)
        try:
            self.wait_until_full(reading, process)
            process.send_signal(signal.SIGINT)
            self.assertEqual(finish(process).status, 130)
        finally:
            os.close(reading)
            os.close(writing)

    @on_each
    def test_a_write_that_was_interrupted_half_way_goes_on(self, program: str) -> None:
        """By Ctrl-Z and fg, into a pipe that has room for one half of a buffer."""
        reading, writing = os.pipe()
        os.write(writing, b"-" * 4096)
        args = ["-n", 5000, "-s", 0, "--samples", "-", "--json", self.folder / "record"]
        process = start(program, *args, "--stack-size", "64K", stdout=writing)
        self.wait_until_full(reading, process, 65_536)
        for number in (signal.SIGSTOP, signal.SIGCONT):
            process.send_signal(number)
            time.sleep(0.05)  # the kernel does not say when it is done
        os.close(writing)
        with os.fdopen(reading) as pipe:
            lines = pipe.read()[4096:].splitlines()
        ending = finish(process)
        self.assertEqual((ending.status, ending.err), (0, ""))
        self.assertEqual(len(lines), 5001)

    def wait_until_full(
        self, pipe: int, process: subprocess.Popen[str], full: int = 60_000
    ) -> None:
        def is_full() -> bool:
            held = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0]
            self.assertIsNone(process.poll(), "it ended without filling the pipe")
            return held >= full

        until(is_full, "it does not write", process)
