"""The record: every field there, of the right kind, adding up, in any locale."""

import json
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

from .accounts import Accounts
from .program import (
    OUTCOMES, PROGRAMS, measure, on_each, plain_build, run, sample,
)  # fmt: skip

COUNT, TEXT, FLAG = "count", "text", "flag"  # what a field may hold; "?" after: or null
SPREAD = dict.fromkeys(("min", "mean", "p50", "p90", "p99", "max"), "count?")
WAITS = ("latency_ns", "failed_latency_ns", "queue_wait_ns")
CONFIG = {
    "tasks": COUNT, "arrivals": TEXT, "arrivals_per_s": "number?", "workers": "count?",
    "queue": "count?", "when_full": "text?", "idle_time_ns": "count?",
    "max_threads": "count?", "join": "flag?", "stack_size_bytes": COUNT,
    "guard_size_bytes": COUNT, "service_time_ns": COUNT, "distribution": TEXT,
    "distribution_p50_ns": "count?", "distribution_p99_ns": "count?",
    "distribution_values": "count?", "error_rate": "number", "silent_rate": "number",
    "hang_rate": "number", "hang_time_ns": COUNT, "api_capacity": "count?",
    "api_queue": "count?", "api_keeps_working": FLAG, "api_rate_per_s": "number?",
    "api_burst": COUNT, "api_reject_time_ns": COUNT, "retry_after_ns": "count?",
    "api_slowdown": "number", "api_outage_start_ns": "count?",
    "api_outage_length_ns": "count?", "attempts": COUNT, "backoff_ns": COUNT,
    "retry_budget": "number?", "breaker_failures": "count?",
    "breaker_pause_ns": "count?", "timeout_ns": "count?", "deadline_ns": "count?",
    "cancel": TEXT, "fail_fast": FLAG, "seed": COUNT, "clock": "text?",
    "spawn_time_ns": "count?", "task_time_ns": "count?",
    "oversleep_ns": "count?", "timer_slack_ns": COUNT,
    "limit_memory_bytes": "count?", "detect_deadlock": FLAG,
}  # fmt: skip
STOP = {"reason": TEXT, "at_ns": COUNT, "latency_ns": COUNT, "started": COUNT,
        "in_flight": COUNT, "never_started": COUNT}  # fmt: skip
MAY_BE_NULL = {
    "record.stop": STOP,
    "record.breaker": {"state": TEXT, "opened": COUNT, "open_ns": COUNT, "stopped": COUNT},
}
RECORD: dict[str, Any] = {
    "schema_version": COUNT, "program": TEXT, "version": TEXT, "commit": TEXT,
    "complete": FLAG, "config": CONFIG, "workload_digest": TEXT, "wall_ns": COUNT,
    "create_ns": COUNT, "threads_created": COUNT,
    "outcomes": dict.fromkeys(OUTCOMES, COUNT), "believed_ok": COUNT, "calls": COUNT,
    "retries": COUNT, "amplification": "number?",
    "api": dict.fromkeys(("waited", "abandoned", "service_ns", "wasted_ns"), COUNT),
    "remote": None, "breaker": None,
    "peak": dict.fromkeys(
        ("rss_bytes", "virtual_bytes", "page_table_bytes", "threads", "in_flight",
         "served", "waiting"), COUNT),
    "cpu": dict.fromkeys(
        ("user_ns", "system_ns", "voluntary_switches", "involuntary_switches",
         "minor_faults"), COUNT),
    **dict.fromkeys(WAITS, SPREAD), "stop": None, "limit": "text?",
}  # fmt: skip
WATCHED = ("--detect-deadlock",)  # which must raise no alarm
VARIED = {
    "plain": (),
    "none": ("-n", 0),
    "rejected": ("--api-capacity", 1, "--attempts", 3, "--backoff", "1ms", *WATCHED),
    "stopped": ("-n", 200, "--deadline", "15ms", "--cancel", "within", *WATCHED),
    "deceived": ("--silent-rate", 0.2, "--error-rate", 0.1),
    "failing fast": ("--error-rate", 1, "--fail-fast", "--cancel", "between"),
    "queueing": ("--api-capacity", 2, "--api-queue", 9, "--timeout", "3ms"),
    "keeping on": ("--api-capacity", 2, "--api-queue", "unlimited", "--timeout", "5ms",
                   "--api-keeps-working"),
    "breaking": ("--error-rate", 0.2, "--breaker", "1,1ns"),
    "late": ("--timeout", "1ms", "--hang-rate", "0.5", "--hang-time", "3ms", *WATCHED),
    "open loop": ("--arrivals", "poisson:5000/s", "--distribution", "lognormal", *WATCHED),
    "retrying": ("-n", 100, "--error-rate", 1, "--attempts", 10**6, "--backoff", "1ms",
                 "--deadline", "60ms", "--cancel", "within"),
    "at its very timeout": ("-n", 100, "--timeout", "2ms"),
    "all faults": (
        "-n", 300, "-s", "1ms", "--distribution", "lognormal", "--error-rate", 0.1,
        "--silent-rate", 0.1, "--hang-rate", 0.1, "--hang-time", "20ms",
        "--api-capacity", 20, "--api-rate", "5000/s", "--api-burst", 20,
        "--api-slowdown", 0.1, "--api-outage", "10ms,10ms", "--attempts", 4, "--backoff",
        "1ms", "--retry-budget", 0.5, "--timeout", "10ms", "--arrivals", "poisson:5000/s",
        "--deadline", "40ms"),
    "broken": ("--api-outage", "0s,5ms", "--api-rate", "1000/s", "--retry-budget", 0.1),
}  # fmt: skip


def is_of(kind: str, value: Any) -> bool:
    if kind.endswith("?"):
        return value is None or is_of(kind.rstrip("?"), value)
    if kind == FLAG:
        return isinstance(value, bool)
    if kind == TEXT:
        return isinstance(value, str) and value != ""
    whole = type(value) is int
    return whole and value >= 0 if kind == COUNT else whole or type(value) is float


class Record(Accounts):
    def check(self, shape: Any, found: Any, name: str = "record") -> None:
        """Same fields, in the same order, each of its kind."""
        if isinstance(shape, dict):
            self.assertEqual(list(found), list(shape), name)
            for key in shape:
                self.check(shape[key], found[key], f"{name}.{key}")
        elif shape is None:
            if found is not None:
                self.check(MAY_BE_NULL[name], found, name)
        else:
            self.assertTrue(is_of(shape, found), f"{name}: {found!r} is no {shape}")

    def test_every_field_is_there_and_adds_up_whatever_happens(self) -> None:
        for program in PROGRAMS:
            for name, args in VARIED.items():
                with self.subTest(program, run=name):
                    record, samples = sample(program, "-s", "2ms", *args)
                    self.check(RECORD, record)
                    self.assertEqual(record["schema_version"], 2)
                    self.assertEqual(record["program"], program)
                    self.assertRegex(record["workload_digest"], "^[0-9a-f]{16}$")
                    self.check_accounts(record, samples)

    def test_all_faults_add_up_whoever_listens_and_whatever_the_seed(self) -> None:
        for program, seed in product(PROGRAMS, range(5)):
            for cancel in ("none", "between", "within"):
                more = ("--seed", seed, "--cancel", cancel)
                with self.subTest(program, more=more):
                    record, samples = sample(program, *VARIED["all faults"], *more)
                    self.check_accounts(record, samples)

    @on_each
    def test_it_is_one_line_and_holds_no_path(self, program: str) -> None:
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            path = Path(folder) / "record.json"
            ending = run(program, "-n", 2, "-s", 0, "--json", path)
            self.assertEqual((ending.status, ending.out, ending.err), (0, "", ""))
            text = path.read_text()
        self.assertEqual(text.count("\n"), 1)
        self.assertNotIn(folder, text)
        self.assertNotIn("/", json.loads(text)["version"])

    @on_each
    def test_the_timer_slack_is_the_one_in_force(self, program: str) -> None:
        for asked, found in (("1ns", 1), ("50us", 50_000)):
            config = measure(program, "-n", 1, "-s", 0, "--timer-slack", asked)["config"]
            self.assertEqual(config["timer_slack_ns"], found)
        config = measure(program, "-n", 1, "-s", 0, "--timer-slack", 0)["config"]
        self.assertGreater(config["timer_slack_ns"], 0)

    @plain_build
    @on_each
    def test_memory_that_cannot_be_read_is_null_with_a_reason(self, program) -> None:
        """A /proc that shows nothing, in a namespace of its own."""
        hide = ("unshare", "--mount", "sh", "-c",
                'mount -t tmpfs none /proc && exec "$@"', "sh")  # fmt: skip
        if run("worker-pool", "-n", 0, wrap=hide).status != 0:
            self.skipTest("needs root to hide /proc")
        ending = run(program, "-n", 2, "-s", 0, "--json", "-", wrap=hide)
        self.assertEqual(ending.status, 0, ending)
        peak = ending.record["peak"]
        for name in ("rss_bytes", "virtual_bytes", "page_table_bytes"):
            self.assertIsNone(peak[name], name)
        self.assertIn("/proc/self/status", ending.err)
        self.assertEqual(ending.err.count("\n"), 1)
