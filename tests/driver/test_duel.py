"""bench/run duel: who meets whom, what is seen, and that nothing is left behind."""

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

from . import BUILD, REPOSITORY
from ..waiting import LIMIT_S, wait_for
from driver.ask.typed import AskError
from driver import duel
from driver.duel import picture, sentence
from driver.duel.picture import CALLING, LOST, SERVED, WAITING, Canvas, squares
from driver.duel.screen import ENTER, LEAVE
from driver.duel.side import Side
from driver.say.numbers import show_duration

PROGRAMS = ("thread-per-task", "worker-pool")
MAIN = "import sys; from driver.__main__ import main; sys.exit(main(sys.argv[1:]))"
# A program in between, which keeps the record, and FAIL makes it fail.
WRAPPER = """#!/bin/sh
case "$*" in *--tasks=0* | *--help*) exec {program} "$@" ;; esac
echo $$ >{folder}/{name}.pid
[ -z "$FAIL" ] || {{ echo no luck >&2; exit 7; }}
{program} "$@" | tee {folder}/{name}.json
"""


def a_side(design=0, ends=(), in_flight=0, seconds=1.0, over=False, tasks=500, more=()):
    cell = duel.parse(["--tasks", str(tasks), *more]).cells[design]
    side = Side(cell)
    side.ends, side.in_flight, side.seconds = list(ends), in_flight, seconds
    side.served = sum(count for served, count in ends if served)
    side.lost = sum(count for served, count in ends if not served)
    side.outcomes = {"ok": side.served, "rejected": side.lost}
    side.record = {} if not over else {"whatever": 1}
    return side


class Opponents(unittest.TestCase):
    def cells(self, *words):
        return [(cell.design.kind, cell.design.workers or cell.design.bound, cell.tasks)
                for cell in duel.parse(words).cells]  # fmt: skip

    def test_what_is_typed_first(self):
        for words, left, right in (
            ([], ("threads", None, 500), ("pool", 50, 500)),
            (["-n", "9", "-w", "3"], ("threads", None, 9), ("pool", 3, 9)),
            (["--workers=3"], ("threads", None, 500), ("pool", 3, 500)),
            (["pool of 7"], ("threads", None, 500), ("pool", 7, 500)),
            (["threads", "--workers=3"], ("threads", None, 500), ("pool", 3, 500)),
            (["bounded threads"], ("threads", None, 500), ("bounded threads", 50, 500)),
            (["bounded threads", "--max-threads", "9"], ("threads", None, 500),
             ("bounded threads", 9, 500)),
            (["bounded threads of 5", "fibers"], ("bounded threads", 5, 500),
             ("fibers", None, 500)),
        ):
            with self.subTest(words=words):
                self.assertEqual([left, right], self.cells(*words))

    def test_options_are_of_both_or_of_one(self):
        left, right = duel.parse(
            ["threads", "threads --attempts 4", "--fail-fast", "--api-capacity=unlimited"]
        ).cells
        self.assertEqual((None, 4), (left.options.get("attempts"), right.options["attempts"]))
        self.assertIs(True, left.options["fail-fast"])
        self.assertIsNone(right.capacity)
        left, _ = duel.parse(["--distribution", "lognormal:p50=8ms,p99=1s"]).cells
        self.assertNotIn("service-time", left.options)

    def test_mistakes_are_told(self):
        for words, told in (
            (["a", "b", "c"], "two designs, not 3"), (["threads"] * 2, "cells are"),
            (["--tasks", "many"], "whole number"), (["ovens"], "'ovens': there are"),
            (["pool of 5", "pool of 6", "--workers", "7"], "both would be the same"),
            (["pool '"], "No closing quotation"), (["--json=-"], "gives itself"),
            (["--progress=1"], "gives itself"), (["--api", "http"], "--api is for experim"),
            (["-n", "0"], "from 1 to"), (["-n9"], "'-n9' is no option"), (["threads", "x", "--a", "b", "c"], "'c' is no"),
        ):  # fmt: skip
            with self.subTest(words=words), self.assertRaisesRegex(AskError, told):
                duel.parse(words)

    def test_a_program_that_does_not_tell_how_far_it_is_is_refused(self):
        """As those in Go: it would be started, and end with a usage of its own."""
        silent = mock.patch.object(duel.dry, "_options", lambda path: frozenset({"tasks"}))
        found = mock.patch.object(duel.dry, "find", lambda folder, name: Path(name))
        checked = mock.patch.object(duel.dry, "check")
        with silent, found, checked, self.assertRaisesRegex(AskError, "tell how far it is"):
            duel.main([])


class Pictures(unittest.TestCase):
    def test_squares_fill_in_the_order_of_the_ends(self):
        ends = [(False, 3), (True, 2), (False, 1)]
        running = a_side(ends=ends, in_flight=2, tasks=10)
        self.assertEqual([LOST] * 3 + [SERVED] * 2 + [LOST] + [CALLING] * 2 + [WAITING] * 2,
                         squares(running, 1))  # fmt: skip

    def test_a_square_of_many_orders_hides_no_loss(self):
        for ends in ([(True, 499), (False, 1)], [(False, 1), (True, 499)],
                     [(True, 7), (False, 3)] * 50, [(True, 500)], [(False, 500)]):  # fmt: skip
            for per in (2, 5, 20, 1000):
                found = squares(a_side(ends=ends, over=True), per)
                lost = sum(count for served, count in ends if not served)
                self.assertEqual(-(-500 // per), len(found))
                self.assertEqual(-(-lost // per), found.count(LOST))

    def test_it_fits_every_terminal(self):
        for tasks in (1, 50, 500, 10_000, 1_000_000):
            sides = [a_side(0, [(False, tasks // 2)], 1, tasks=tasks),
                     a_side(1, [(True, tasks)], over=True, tasks=tasks)]  # fmt: skip
            for columns, rows in ((40, 12), (80, 24), (100, 30), (200, 60), (300, 20)):
                lines = picture.frame(sides, Canvas(io.StringIO(), columns, rows))
                self.assertLess(max(map(len, lines)), columns, (tasks, columns))
                self.assertLessEqual(len(lines), rows - 3, (tasks, columns, rows))

    def test_counters_say_what_squares_show(self):
        running = a_side(ends=[(True, 3), (False, 1)], in_flight=2, tasks=10)
        running._count({"ok": 4, "rejected": 2, "failed": 1}, 3, 1_500_000_000)
        self.assertEqual([(True, 3), (False, 1), (True, 1), (False, 2)], running.ends)
        self.assertEqual("threads, 1.50 s: 4 served, 3 lost, 3 of 50 in flight",
                         picture.line([running]))  # fmt: skip
        queued = {**running.cell.options, "api-queue": 9}  # more may be out than it serves
        running.cell = replace(running.cell, options=queued)
        self.assertIn("3 lost, 3 in flight", picture.line([running]))

    def test_more_orders_than_squares_are_told_and_few_rows_do_not_hang(self):
        for tasks, rows in ((1, 24), (500, 1), (10_000, 24)):
            sides = [a_side(design, tasks=tasks) for design in (0, 1)]
            self.assertTrue(picture.frame(sides, Canvas(io.StringIO(), 3, rows)))
        *_, key = picture.frame(sides, Canvas(io.StringIO(), 80, 24))
        self.assertIn("; 20 orders a square", key)

    def test_signs_that_a_character_set_lacks_are_others(self):
        sides = [a_side(0, [(True, 4), (False, 4)], 9, tasks=20), a_side(1, tasks=20)]
        with mock.patch.dict(os.environ, LC_ALL="C"):
            lines = picture.frame(sides, Canvas(io.StringIO(), 80, 24))
        text = "\n".join(lines)
        self.assertTrue(text.isascii(), text)
        self.assertIn("# # # # x x x x 0 ", text)


class Sentences(unittest.TestCase):
    def test_unequal_work_is_not_compared(self):
        left = a_side(0, [(True, 50), (False, 450)], seconds=0.5)
        right = a_side(1, [(True, 500)], seconds=5.0)
        self.assertEqual(
            "Threads serve 50 of 500 and lose 450 (rejected) in 500 ms; "
            "a pool of 50 serves all 500 in 5.00 s: not the same work.",
            sentence(left, right),
        )

    def test_equal_work_is(self):
        left, right = a_side(0, [(True, 500)]), a_side(1, [(True, 491), (False, 9)])
        right.seconds = 4.0
        right.outcomes = {"ok": 491, "timed_out": 8, "failed": 1}
        told = sentence(left, right)
        self.assertIn("loses 9 (8 timed out and 1 failed) in 4.00 s", told)
        self.assertTrue(told.endswith(": this time a pool of 50 takes 4.00× as long."), told)
        right.served = 489
        self.assertIn("not the same work", sentence(left, right))

    def test_nobody_served_anything(self):
        sides = [a_side(design, [(False, 500)]) for design in (0, 1)]
        told = sentence(*sides)
        self.assertIn("serve 0 of 500", told)
        self.assertTrue(told.endswith(": nothing is served."), told)


@unittest.skipUnless((BUILD / "src/worker-pool").exists(), "not built")
class Command(unittest.TestCase):
    """The real programs, in a real terminal."""

    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="five-cooks-test-")
        self.folder = Path(self.enterContext(place))
        for name in PROGRAMS:
            program = self.folder / name
            real = BUILD / "src" / name
            program.write_text(WRAPPER.format(program=real, folder=self.folder, name=name))
            program.chmod(0o755)

    def start(self, *words, size=None, **changes):
        """In a terminal of this size; in a pipe if there is none."""
        inherited = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        environment = inherited | {
            "PYTHONPATH": str(REPOSITORY / "bench"), "TERM": "xterm-256color",
            "FIVE_COOKS_PROGRAMS": str(self.folder), "LC_ALL": "C.UTF-8", **changes,
        }  # fmt: skip
        if size:
            environment |= dict(zip(("COLUMNS", "LINES"), map(str, size)))
        ours, theirs = pty.openpty() if size else os.pipe()
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, "duel", *words], env=environment,
            stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE,
        )  # fmt: skip
        os.close(theirs)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.addCleanup(os.close, ours)
        return process, ours

    def read(self, ours, until=None):
        said = b""
        try:
            while more := os.read(ours, 1000):
                said += more
                if until and until.encode() in said:
                    break
        except OSError:
            pass  # of a terminal that nobody holds any more
        return said.decode(errors="replace")

    def run_duel(self, *words, **changes):
        process, ours = self.start(*words, **changes)
        said = self.read(ours)
        _, err = process.communicate(timeout=LIMIT_S)
        return process.returncode, said, err.decode()

    def record(self, name):
        return json.loads((self.folder / f"{name}.json").read_text())

    def served(self, name):
        outcomes = self.record(name)["outcomes"]
        return outcomes["ok"], sum(outcomes.values()) - outcomes["ok"]

    def test_the_counters_at_the_end_are_those_of_the_records(self):
        status, said, err = self.run_duel("--service-time", "100ms", size=(80, 24))
        self.assertEqual((0, ""), (status, err))
        self.assertTrue(said.startswith(ENTER), said[:40])
        self.assertIn("\033[38;5;", said)
        shown, kept = said.split(LEAVE)
        self.assertIn("\033[H", shown)
        lines = re.sub(r"\033\[[0-9;]*m", "", kept).split("\r\n")
        self.assertLess(max(map(len, lines)), 81)
        self.assertLessEqual(len(lines), 24)  # the last is the prompt's
        counts = [f"{ok} served, {lost} lost" for ok, lost in map(self.served, PROGRAMS)]
        self.assertIn(counts, [re.findall(r"\d+ served, \d+ lost", line) for line in lines])
        for record in map(self.record, PROGRAMS):
            self.assertIn(f"done in {show_duration(record['wall_ns'] / 1e9)}", kept)
            self.assertIn(f"at most {record['peak']['in_flight']} in flight", kept)
        ok, lost = self.served("thread-per-task")
        self.assertIn(f"Threads serve {ok} of 500 and lose {lost} (rejected) in", kept)
        field = "".join(lines[2:-7])
        self.assertEqual((ok + 500, lost), (field.count("■"), field.count("□")))

    def test_without_colour_the_signs_stay_and_the_colours_go(self):
        _, said, _ = self.run_duel("--tasks=60", "-s=1ms", size=(80, 24), NO_COLOR="1")
        self.assertNotIn("\033[38;5;", said)
        self.assertIn(ENTER, said)

    def test_a_pipe_or_a_dumb_terminal_gets_lines(self):
        for where in ({}, {"size": (80, 24), "TERM": "dumb"}, {"size": (20, 9)}):
            status, said, err = self.run_duel("--service-time", "120ms", **where)
            self.assertEqual((0, ""), (status, err))
            self.assertNotIn("\033", said)
            told = " ".join(said.split())
            self.assertIn("500 orders of 120 ms; the API serves 50 at once", told[:50])
            self.assertRegex(told, "threads, done in .* lost, at most .* in flight;")

    def test_however_it_is_stopped_both_end(self):
        for number, status in (signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL):
            with self.subTest(number):
                process, ours = self.start("--service-time", "60s", size=(80, 24))
                self.read(ours, until="50 of 50 in flight")
                process.send_signal(number)
                said = self.read(ours)
                self.assertEqual(status, process.wait(timeout=LIMIT_S))
                if number == signal.SIGINT:
                    self.assertTrue(said.endswith(LEAVE), said[-80:])
                for name in PROGRAMS:
                    group = int((self.folder / f"{name}.pid").read_text())
                    wait_for(lambda: not alive(group), f"the end of {name}")

    def test_what_cannot_be_is_one_line(self):
        for words, changes, status, told in (
            ((), {"FAIL": "1"}, 3, "bench/run: .* ended with 7: no luck"),
            (("--error-rate", "much"), {}, 2, "error-rate"),
            (("--no-such", "1"), {}, 2, "no option --no-such"),
            (("fiber-pool",), {}, 3, "the program fiber-pool has not been built"),
        ):
            found, said, err = self.run_duel(*words, size=(80, 24), **changes)
            self.assertEqual((status, 1), (found, err.count("\n")), err)
            self.assertRegex(err, told)
            self.assertEqual(said.count(ENTER), said.count(LEAVE))


def alive(group):
    try:
        os.killpg(group, 0)
        return True
    except ProcessLookupError:
        return False
