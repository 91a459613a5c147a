"""The summary for people: short, whole, and saying the same as the record."""

import re
import unittest
from typing import Any

from .program import (
    SANITIZED, VIRTUAL, Sample, bound, on_each, on_each_fiber_program, run, sample,
)  # fmt: skip

LOAD = re.compile("  load  |              (while they arrive|nothing is)")  # has a test of its own

VARIED = (
    (),
    ("-n", 0),
    ("-n", 1, "-s", 0),
    ("-n", 1200, "-s", 0, "--error-rate", 0.5, "--attempts", 3, "--backoff", 0),
    ("--silent-rate", 0.5, "-s", 0),
    ("--arrivals", "fixed:1000000000/s", "--api-capacity", 1),
    ("-n", 200, "-s", "20ms", "--deadline", "30ms", "--cancel", "within"),
    *([] if SANITIZED else [("-n", 300, "-s", "50ms", "--limit-memory", "256M")]),
)

IN_VIRTUAL_TIME = (
    (),
    ("-n", 0),
    ("-n", 1, "-s", "999us"),
    ("-n", 1500, "-s", "20ms", "--distribution", "lognormal", "--spawn-time", "70us"),
    ("-n", 3000, "-s", "1ms", "--error-rate", 0.5, "--silent-rate", 0.1, "--attempts", 3),
    ("-n", 1, "--silent-rate", 1),
    ("-n", 200, "-s", "20ms", "--distribution", "uniform", "--deadline", "165ms",
     "--cancel", "within"),
    ("-n", 90, "--error-rate", 0.1, "--fail-fast", "--cancel", "between"),
    ("-n", 400, "--api-capacity", 3, "--api-queue", 4, "--timeout", "25ms"),
    ("-n", 400, "--api-capacity", 3, "--api-queue", "unlimited", "--api-keeps-working",
     "--timeout", "15ms", "--arrivals", "poisson:200/s"),
    ("-n", 150, "--arrivals", "fixed:90/s", "--api-outage", "300ms,700ms",
     "--breaker", "3,90ms"),
)  # fmt: skip
UNITS = (("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9))
STOPS = {"deadline": "its deadline", "fail-fast": "the first failure"}


def duration(ns: int) -> str:
    """Three digits, in the largest unit of which there is one."""
    if ns == 0:
        return "0 s"
    name, size = [unit for unit in UNITS if ns >= unit[1]][-1]
    digits = ".3g" if ns / size < 100 else ".0f"
    return f"{ns / size:{digits}} {name}"


def number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def spread(name: str, told: dict[str, int], count: int) -> list[str]:
    """Percentiles beyond which ten tasks lie."""
    keys = [key for key, least in (("p50", 0), ("p90", 100), ("p99", 1000)) if count >= least]
    parts = [f"{key} {duration(told[key])}" for key in (*keys, "max")] if count else []
    return [f"  {name:11} mean {duration(told['mean'])}; " + ", ".join(parts)] if count else []


def restated(record: dict[str, Any], samples: list[Sample]) -> list[str]:
    """The summary of a run of fibers in virtual time, written from its record."""
    outcomes, peak, api = record["outcomes"], record["peak"], record["api"]
    breaker, stop = record["breaker"], record["stop"]
    some = [f"{n} {name.replace('_', ' ')}" for name, n in outcomes.items() if n or name == "ok"]
    believed, retries = record["believed_ok"], record["retries"]
    workers = record["config"]["workers"]
    fed = record["program"] == "fiber-pool" and record["threads_created"] > workers
    lines = [
        f"{record['program']}: {number(record['config']['tasks'], 'task')} of "
        f"{duration(record['config']['service_time_ns'])}, "
        f"{number(record['threads_created'], 'fiber')} created"
        + ", the feeder among them" * fed,
        f"  virtual     {duration(record['wall_ns'])}, "
        f"creating fibers {duration(record['create_ns'])}",
        f"  outcomes    {', '.join(some)}",
    ]
    if outcomes["silent"]:
        are = "is" if believed == 1 else "are"
        lines.append(f"{'':14}(the callers believe that {believed} {are} ok)")
    lines += [
        f"  calls       {record['calls']}" + (f", {retries} of them retries" if retries else ""),
        f"  at once     {number(peak['threads'], 'fiber')}, "
        f"{number(peak['in_flight'], 'call')}, {peak['served']} of them served",
    ]
    if api["waited"] or api["wasted_ns"]:
        lines.append(f"  at the API  {api['waited']} waited, at most {peak['waiting']} at once; "
                     f"{number(api['abandoned'], 'call')} abandoned, "
                     f"{duration(api['wasted_ns'])} wasted")  # fmt: skip
    if breaker:
        lines.append(f"  breaker     opened {number(breaker['opened'], 'time')}, for "
                     f"{duration(breaker['open_ns'])}; "
                     f"{number(breaker['stopped'], 'call')} stopped")  # fmt: skip
    started = sum(task.started_ns is not None for task in samples)
    answered = outcomes["ok"] + outcomes["silent"]
    lines += spread("latency", record["latency_ns"], answered)
    lines += spread("of failed", record["failed_latency_ns"], started - answered)
    lines += spread("queue wait", record["queue_wait_ns"], started)
    if stop:
        lines += [
            f"  stop        by {STOPS[stop['reason']]} at {duration(stop['at_ns'])}; "
            f"the last fiber was done {duration(stop['latency_ns'])} later",
            f"{'':14}{number(stop['started'], 'task')} had started, {stop['in_flight']} of them "
            f"in flight; {stop['never_started']} never started",
        ]
    return lines


class Summary(unittest.TestCase):
    def lines(self, program: str, *args: object) -> list[str]:
        ending = run(program, *args)
        self.assertEqual(ending.status, 0, ending)
        return ending.out.splitlines()

    @on_each
    def test_it_fits_a_terminal_and_a_glance(self, program: str) -> None:
        for args in VARIED:
            with self.subTest(args):
                lines = self.lines(program, *args)
                self.assertLessEqual(len(lines), 14)
                self.assertLessEqual(max(map(len, lines)), 80)
                self.assertTrue(lines[0].startswith(f"{program}: "))
                for line in lines[1:]:
                    self.assertRegex(line, r"^  (\w[\w ]{11}|            )\S")
                    self.assertEqual(line, line.rstrip())
                text = "\n".join(lines)
                self.assertNotRegex(text, r"nan|inf\b|_|-\d")
                self.assertNotRegex(text, r"\b1 (tasks|threads|calls|waits)\b")
                (outcomes,) = re.findall(r"\n  outcomes (.*)", text)
                tasks = int(re.search(r": (\d+) task", text)[1])
                self.assertEqual(sum(map(int, re.findall(r"\d+", outcomes))), tasks)

    @on_each_fiber_program
    def test_it_says_what_the_record_says(self, program: str) -> None:
        for args in IN_VIRTUAL_TIME:
            with self.subTest(args):
                args = (*args, *bound(program, 7), *VIRTUAL)
                told = [line for line in self.lines(program, *args) if not LOAD.match(line)]
                self.assertEqual(told, restated(*sample(program, *args)))

    def test_more_load_than_can_be_served_is_said_and_no_other(self) -> None:
        """By whatever is narrowest: offered over served, a second."""
        fiber, pool = ("fiber-per-task", *VIRTUAL), ("fiber-pool", *VIRTUAL)
        call = ("-s", "10ms")  # 100 of them a second, one after the other
        busy = ("--arrivals", "fixed:1000/s")
        for rho, program, *args in (
            ("2", *pool, *call, *busy),
            ("1", *pool, *call, "-w", 10, *busy),
            ("1", *pool, "-s", "3ms", "-w", 3, *busy),  # a third, three times
            (None, *pool, *call, "-w", 11, *busy),
            (None, *pool, *call),  # a batch has no rate
            (None, *pool, "-s", 0, *busy),
            ("2", *pool, *call, "--when-full", "reject", *busy),
            ("1.67", *pool, *call, "--when-full", "caller-runs", *busy),
            ("5", *pool, *call, "-w", 50, "--api-capacity", 2, *busy),
            ("4", *pool, *call, "-w", 50, "--api-rate", "250/s", *busy),
            ("2", *pool, "-s", 0, "--hang-rate", 0.5, "--hang-time", "20ms", *busy),
            ("10", *pool, "-s", "1ms", "-w", 50, "--task-time", "10ms", *busy),
            ("11", *pool, "-s", "1ms", "-w", 1, "--oversleep", "10ms", *busy),
            ("3", *fiber, "-s", "1ms", "--spawn-time", "2ms", "--task-time", "1ms", *busy),
            (None, *pool, "-s", "1ms", "--spawn-time", "2ms", *busy),  # of five workers
            ("5.56", *pool, *call, "-w", 90, "--api-slowdown", "50%", "--api-capacity", 9,
             "--api-queue", "unlimited", *busy),  # nine at once take five times as long
            ("10", *pool, *call, "-w", 9, "--api-slowdown", 2, *busy),  # one alone is best
            (None, *pool, *call, "--timeout", "1ms", *busy),  # calls are shorter then
            (None, *fiber, *call, *busy),
            ("10", *fiber, *call, "--max-threads", 1, "--arrivals", "poisson:1000/s"),
        ):
            with self.subTest(program, args=args):
                text = "\n".join(self.lines(program, *args))
                told = re.findall(r"\(rho = (.+)\);", text)
                self.assertEqual(told, [] if rho is None else [rho], text)
                self.assertEqual("waits grow or" in text, rho not in (None, "1"), text)
                self.assertEqual("nothing is to spare" in text, rho == "1", text)
