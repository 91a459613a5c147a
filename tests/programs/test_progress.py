"""How far a run has come: lines for programs, one line for people on a terminal."""

import itertools
import json
import os
import pty
import re
import signal
import time
import unittest
from typing import Any

from .program import OUTCOMES, Ending, finish, on_each, plain_build, refusal, run, start

KEYS = ["at_ns", "tasks", "outcomes", "calls", "retries", "in_flight", "served",
        "threads", "last"]  # fmt: skip
LONG = ("-n", 40, "-s", "20ms", "--cancel", "within")
# Three calls: two are served and one is turned away. A signal ends it, or the deadline
# what is broken.
STAYS = ("-n", 3, "-s", "1000s", "--cancel", "within", "--api-capacity", 2,
         "--deadline", "500s")  # fmt: skip


def run_into_pipe(program: str, *args: object) -> tuple[Ending, list[dict[str, Any]]]:
    reading, writing = os.pipe()
    more = ("--progress", writing, "--json", "-")
    process = start(program, *args, *more, pass_fds=(writing,))
    os.close(writing)
    with os.fdopen(reading) as lines:
        told = [json.loads(line) for line in lines]
    return finish(process), told


def run_on_terminal(
    program: str, *args: object, term: str, ends_it: str | None = None
) -> tuple[int, str]:
    """Its status, and what a terminal on stderr got to see; Ctrl-C when it sees that."""
    ours, its = pty.openpty()
    process = start(program, *args, stderr=its, env={**os.environ, "TERM": term})
    os.close(its)
    seen = ""
    while chunk := read_terminal(ours):
        seen += chunk.decode()
        if ends_it and re.search(ends_it, seen):
            process.send_signal(signal.SIGINT)
            ends_it = None
    os.close(ours)
    return finish(process).status, seen


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
        """Two of its lines tell that one call is still being turned away."""
        reading, writing = os.pipe()
        slowly = (*STAYS, "--api-reject-time", "1000s")
        process = start(program, *slowly, "--progress", writing, pass_fds=(writing,))
        os.close(writing)
        with os.fdopen(reading) as lines:
            told = map(json.loads, lines)
            busy = (line for line in told if (line["in_flight"], line["served"]) == (3, 2))
            for line in itertools.islice(busy, 2):
                self.assertEqual((line["calls"], line["last"]), (3, False))
                self.assertEqual(sum(line["outcomes"].values()), 0)
            process.send_signal(signal.SIGINT)
            self.assertTrue([*told][-1]["last"])
        self.assertEqual(finish(process).status, 130)

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
        line = r"\r\033\[K1 of 3 tasks done, 0 ok; 2 calls in flight; [\d.]+ s\r"
        status, seen = run_on_terminal("worker-pool", *STAYS, term="xterm", ends_it=line)
        self.assertEqual(status, 130)
        drawn = seen.split("\r\033[K")
        self.assertEqual((drawn[0], drawn[-1]), ("", ""))
        self.assertLess(max(map(len, drawn)), 80)
        self.assertNotIn("\033", "".join(drawn))  # no colour to be taken away

    @plain_build
    def test_no_line_where_it_would_stay_or_say_nothing(self) -> None:
        short = ("-n", 5, "-s", 0)
        long = (*STAYS, "--deadline", "2s")
        for args, term in ((short, "xterm"), (long, "dumb"), (long, "")):
            with self.subTest(args, term=term):
                seen = run_on_terminal("fiber-pool", *args, term=term)
                self.assertEqual(seen, (0, ""))
