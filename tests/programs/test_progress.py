"""How far a run has come: lines for programs, one line for people on a terminal."""

import json
import os
import pty
import time
import unittest
from typing import Any

from .program import OUTCOMES, Ending, finish, on_each, plain_build, refusal, run, start

KEYS = ["at_ns", "tasks", "outcomes", "calls", "retries", "in_flight", "served",
        "threads", "last"]  # fmt: skip
LONG = ("-n", 40, "-s", "20ms", "--cancel", "within")
# A run that only its deadline ends, so that it lasts whatever the machine does.
TWO_SECONDS = ("-n", 3, "-s", "1000s", "--cancel", "within", "--deadline", "2s")


def run_into_pipe(program: str, *args: object) -> tuple[Ending, list[dict[str, Any]]]:
    reading, writing = os.pipe()
    more = ("--progress", writing, "--json", "-")
    process = start(program, *args, *more, pass_fds=(writing,))
    os.close(writing)
    with os.fdopen(reading) as lines:
        told = [json.loads(line) for line in lines]
    return finish(process), told


def run_on_terminal(program: str, *args: object, **env: str) -> tuple[int, str]:
    """Its status, and what a terminal on stderr got to see."""
    ours, its = pty.openpty()
    process = start(program, *args, stderr=its, env={**os.environ, **env})
    os.close(its)
    seen = b""
    while chunk := read_terminal(ours):
        seen += chunk
    os.close(ours)
    return finish(process).status, seen.decode()


def read_terminal(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # what Linux says when nobody has it open any more
        return b""


class Progress(unittest.TestCase):
    @on_each
    def test_lines_count_up_to_the_record(self, program: str) -> None:
        began_ns = time.monotonic_ns()
        again = ("--error-rate", "30%", "--attempts", 3, "--backoff", "1ms")
        ending, told = run_into_pipe(program, *LONG, *again)
        took_ns = time.monotonic_ns() - began_ns
        self.assertEqual((ending.status, ending.err), (0, ""))
        record = ending.record
        for line in told:
            self.assertEqual(list(line), KEYS)
            self.assertEqual(list(line["outcomes"]), list(OUTCOMES))
            self.assertEqual(line["tasks"], 40)
        self.assertEqual([line["last"] for line in told], [False] * len(told[1:]) + [True])
        for before, after in zip(told, told[1:]):
            self.assertLess(before["at_ns"], after["at_ns"])
            self.assertLessEqual(before["calls"], after["calls"])
            for name in OUTCOMES:
                self.assertLessEqual(before["outcomes"][name], after["outcomes"][name])
        last = told[-1]
        self.assertEqual(last["outcomes"], record["outcomes"])
        for key in ("calls", "retries"):
            self.assertEqual(last[key], record[key])
        self.assertGreater(last["retries"], 0)
        self.assertTrue(record["wall_ns"] <= last["at_ns"] <= took_ns)
        idle = (last["in_flight"], last["served"], last["threads"])
        self.assertEqual(idle, (0, 0, 0))

    @on_each
    def test_a_run_that_goes_on_is_told_while_it_does(self, program: str) -> None:
        """Three calls: two are served and one is being turned away."""
        limits = ("--api-capacity", 2, "--api-reject-time", "1000s")
        _, told = run_into_pipe(program, *TWO_SECONDS, *limits)
        running = [line for line in told if not line["last"]]
        self.assertGreater(len(running), 1)
        busy = [line for line in running if (line["in_flight"], line["served"]) == (3, 2)]
        self.assertGreater(len(busy), 1)
        self.assertEqual({sum(line["outcomes"].values()) for line in busy}, {0})
        self.assertEqual({line["calls"] for line in busy}, {3})

    @on_each
    def test_a_descriptor_that_cannot_be_written_is_found_first(self, program) -> None:
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        self.addCleanup(os.close, writing)
        for fd, passed in ((77, ()), (reading, (reading,))):
            args = ("-s", "1000s", "--progress", fd)
            said = refusal(program, *args, status=3, pass_fds=passed)
            self.assertIn(f"progress to descriptor {fd}: Bad file", said)

    @on_each
    def test_a_reader_who_has_gone_costs_one_line_and_no_result(self, program) -> None:
        for ignored in (False, True):
            reading, writing = os.pipe()
            os.close(reading)
            more = ("--progress", writing, "--json", "-")
            ending = run(program, *LONG, *more, pass_fds=(writing,),
                         restore_signals=not ignored)  # fmt: skip
            os.close(writing)
            self.assertEqual(ending.status, 0, ending)
            self.assertEqual(ending.record["outcomes"]["ok"], 40)
            self.assertIn("Broken pipe", ending.err)
            self.assertEqual(ending.err.count("\n"), 1)

    @on_each
    def test_a_reader_who_does_not_read_delays_nothing(self, program: str) -> None:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        try:
            while os.write(writing, b"x" * 4096):
                pass
        except BlockingIOError:
            os.set_blocking(writing, True)
        more = ("--progress", writing, "--json", "-")
        ending = run(program, *LONG, *more, pass_fds=(writing,))
        os.close(reading)
        os.close(writing)
        self.assertEqual((ending.status, ending.err), (0, ""))
        self.assertEqual(ending.record["outcomes"]["ok"], 40)

    def test_people_see_one_line_that_is_erased_again(self) -> None:
        args = (*TWO_SECONDS, "--api-capacity", 2)  # the third is turned away at once
        status, seen = run_on_terminal("worker-pool", *args, TERM="xterm")
        self.assertEqual(status, 0)
        drawn = seen.split("\r\033[K")
        self.assertRegex(drawn[1], "^1 of 3 tasks done, 0 ok; 2 calls in flight; .* s$")
        self.assertEqual((drawn[0], drawn[-1]), ("", ""))
        self.assertLess(max(map(len, drawn)), 80)
        self.assertNotIn("\033", "".join(drawn))  # no colour to be taken away

    @plain_build
    def test_no_line_where_it_would_stay_or_say_nothing(self) -> None:
        short = ("-n", 5, "-s", 0)
        for args, term in ((short, "xterm"), (TWO_SECONDS, "dumb"), (TWO_SECONDS, "")):
            with self.subTest(args, term=term):
                seen = run_on_terminal("fiber-pool", *args, TERM=term)
                self.assertEqual(seen, (0, ""))
