"""The command line: what is accepted, and one clear line for what is not."""

import itertools
import re
import unittest

from .program import PROGRAMS, SANITIZED, measure, on_each, on_one, refusal, run

WHOLE = "a whole number"
REFUSED = {
    "--tasks": {
        WHOLE: ("abc", "12abc", "", "0x10", " 5", "5 ", "1e3", "-1", "+1", "1.5", "٣",
                "99999999999", "18446744073709551617", "1000000001"),
    },
    "--seed": {WHOLE: ("-1", "9200000000000000001", "18446744073709551615", "one")},
    "--api-capacity": {WHOLE: ("0", "-5", "many")},
    "--api-queue": {"unlimited or a whole number": ("-1", "", "Unlimited", "1000000001")},
    "--api-burst": {WHOLE: ("0", "1.5")},
    "--attempts": {WHOLE: ("0", "-1", "1000001")},
    "--service-time": {
        "a duration": ("10", "1y", "-1ms", "ms", "1 ms", "1MS", "0x1s", "1e3s", "nans",
                       "infs", "1000001s", "9999999999999999999999s", "1,5s", "1.s"),
    },
    "--retry-after": {"a duration": ("0", "5", "-1s")},
    "--breaker": {"FAILURES,PAUSE": ("5", "5,", ",1s", "0,1s", "5,0", "5,1", "x,1s", "5,1s,",
                                     "1000001,1s", f"{5:0127}0,1s")},
    "--timeout": {"a duration": ("0", "0s", "-1s", "5", "5000000s", "1e9s")},
    "--deadline": {"a duration": ("0", "now")},
    "--backoff": {"a duration": ("10", "-1s")},
    "--hang-time": {"a duration": ("for ever",)},
    "--timer-slack": {"a duration": ("2s", "-1ns")},
    "--stack-size": {"a size": ("0", "1K", "16383", "-8M", "8MB", "1e6", "9999999T")},
    "--guard-size": {"a size": ("-1", "4Q")},
    "--limit-memory": {"a size": ("0", "-1", "all")},
    "--error-rate": {"a share": ("nan", "inf", "-0.1", "-1", "1.01", "101%", "5 %",
                               "0,5", "2")},
    "--silent-rate": {"a share": ("two",)},
    "--hang-rate": {"a share": ("1.0000001",)},
    "--retry-budget": {"a share": ("-1", "nan")},
    "--api-slowdown": {"a share": ("-0.1", "1001")},
    "--api-rate": {"a rate": ("0", "0/s", "-5/s", "nan", "inf", "5/min", "1e3")},
    "--arrivals": {
        "poisson:RATE": ("sometimes", "fixed", "fixed:", "fixed:0", "fixed:-1",
                         "poisson:nan", "batch:5", "poisson:2000000000", "poisson",
                         "poisson:", "poisson:-1", "poisson:0.0009", ":5", ""),
    },
    "--api-outage": {"START,LENGTH": ("5s", "1s,", ",1s", "1s,2s,3s", "-1s,2s", "1,2",
                                      "0" * 300 + "1s,1s")},
    "--distribution": {"fixed, uniform, exponential, lognormal": ("normal", "", "FIXED",
                       "Fixed", "fix", "fixed:1", "file", "lognormal:p50=0,p99=1ms",
                       "file:", "lognormal:p50=1s", "lognormal:p50=2s,p99=1s",
                       "uniform:", "lognormal:", "lognormal:p50=1us,p99=11ms",
                       "lognormal:p50=1,p99=2",
                       "lognormal:p50=x,p99=1s", "fixed" + "d" * 300,
                       f"lognormal:p50={'0' * 300}1s,p99=1s")},
    "--cancel": {"none, between, within": ("maybe", "", "betwee", "None")},
    "--progress": {"file descriptor": ("0", "-1", "stderr", "", "1000001")},
    "--json": {"a file": ("",)},
    "--samples": {"a file": ("",)},
}  # fmt: skip
REFUSED_BY_ONE = {
    "worker-pool": {
        "--workers": {WHOLE: ("0", "-1", "five", "1000001")},
        "--queue": {WHOLE: ("-1", "1.5", "100000001")},
        "--when-full": {"wait, reject, caller-runs": ("", "drop", "Wait")},
    },
    "elastic-pool": {"--idle-time": {"a duration": ("0", "5", "-1s")}},
    "mutex-pool": {"--queue": {WHOLE: ("0", "-1", "100000001")}},
    "thread-per-task": {"--max-threads": {WHOLE: ("0", "-1", "1000001")}},
}
# The article's run, and what README says of all else; None: nobody limits it.
DEFAULTS = {
    "tasks": 50, "arrivals": "batch", "arrivals_per_s": None, "service_time_ns": 10**7,
    "distribution": "fixed", "error_rate": 0, "silent_rate": 0, "hang_rate": 0,
    "hang_time_ns": 30 * 10**9, "api_capacity": None, "api_queue": 0,
    "api_keeps_working": False, "api_rate_per_s": None, "api_burst": 1,
    "api_reject_time_ns": 10**6, "retry_after_ns": None, "api_slowdown": 0,
    "api_outage_start_ns": None, "attempts": 1, "backoff_ns": 10**7, "retry_budget": None,
    "breaker_failures": None, "timeout_ns": None, "deadline_ns": None, "fail_fast": False,
    "seed": 1, "timer_slack_ns": 1, "limit_memory_bytes": None, "detect_deadlock": False,
    "clock": None, "spawn_time_ns": None, "task_time_ns": None, "oversleep_ns": None,
}  # fmt: skip
DEFAULTS_OF_POOLS = {"workers": 5, "queue": 0, "when_full": "wait", "cancel": "between",
                     "max_threads": None, "join": None}  # fmt: skip
DEFAULTS_OF_ONE = {
    "thread-per-task": {"max_threads": None, "join": False, "cancel": "none",
                        "workers": None, "queue": None, "when_full": None},
    "worker-pool": DEFAULTS_OF_POOLS,
    "mutex-pool": {**DEFAULTS_OF_POOLS, "queue": 1, "when_full": None},
    "elastic-pool": {**DEFAULTS_OF_POOLS, "idle_time_ns": 10**9},
}  # fmt: skip
# What is told by more than one key, or by a key that may be null.
COMPOUND = (
    (("--api-outage", "2s,500ms"),
     {"api_outage_start_ns": 2 * 10**9, "api_outage_length_ns": 5 * 10**8}),
    (("--breaker", "7,200ms"), {"breaker_failures": 7, "breaker_pause_ns": 2 * 10**8}),
    (("--distribution", "lognormal:p50=80ms,p99=1.2s"),
     {"distribution_p50_ns": 8 * 10**7, "distribution_p99_ns": 12 * 10**8}),
    (("--distribution", "lognormal:p50=80ms,p99=1.2s", "--distribution", "lognormal"),
     {"distribution_p50_ns": None, "distribution_p99_ns": None}),
    (("--arrivals", "poisson:12345.6789/s"),
     {"arrivals": "poisson", "arrivals_per_s": 12345.6789}),
    (("--arrivals", "poisson:5/s", "--arrivals", "batch"), {"arrivals_per_s": None}),
    (("--api-queue", "unlimited"), {"api_queue": None}),
    (("--api-queue", "7"), {"api_queue": 7}),
    (("--retry-budget", "0"), {"retry_budget": 0}),
    # As they are, however large or small.
    (("--timeout=5000s", "--deadline=1000000s", "--seed=9200000000000000000",
      "--hang-time=16666min", "--service-time=1ns", "--error-rate=0.5%",
      "--api-rate=1000000000/s", "--backoff=0.5ms"),
     {"timeout_ns": 5 * 10**12, "deadline_ns": 10**15, "seed": 92 * 10**17,
      "hang_time_ns": 16666 * 60 * 10**9, "service_time_ns": 1, "error_rate": 0.005,
      "api_rate_per_s": 1e9, "backoff_ns": 500_000}),
    *([] if SANITIZED else [(("--limit-memory", "64T"), {"limit_memory_bytes": 2**46})]),
)  # fmt: skip
REFUSED_BY_ONE["fiber-pool"] = {
    **REFUSED_BY_ONE["worker-pool"],
    "--clock": {"monotonic, virtual": ("wall", "")},
    "--spawn-time": {"a duration": ("1",)}, "--task-time": {"a duration": ("1000001s",)},
}  # fmt: skip
REFUSED_BY_ONE["fiber-per-task"] = REFUSED_BY_ONE["thread-per-task"]


class Options(unittest.TestCase):
    def refuse(self, program: str, *args: object) -> str:
        """It must end with status 2, having said one line and done nothing."""
        said = refusal(program, "-s", "1000s", *args)
        self.assertTrue(said.startswith(f"{program}: "), said)
        return said

    def test_a_bad_value_is_named_with_what_is_accepted(self) -> None:
        # They share the object that parses: each takes its turn.
        whose = itertools.cycle(PROGRAMS)
        cases = [(None, *case) for case in REFUSED.items()]
        cases += [(p, *case) for p, own in REFUSED_BY_ONE.items() for case in own.items()]
        for owner, option, refused in cases:
            for accepted, values in refused.items():
                for value in values:
                    program = owner or next(whose)
                    with self.subTest(program, option=option, value=value):
                        said = self.refuse(program, f"{option}={value}")
                        self.assertIn(f"{option}: '{value[:60]}'", said)
                        self.assertIn(accepted, said)

    def test_what_is_no_option_is_named(self) -> None:
        whose = itertools.cycle(PROGRAMS)
        for args, named in {
            ("--bogus",): "'--bogus'",
            ("--bogus=5",): "'--bogus=5'",
            ("--=5",): "'--=5'",
            ("--ti=5",): "'--ti=5' is ambiguous: --timeout, --timer-slack; --help",
            ("--t",): "'--t' is ambiguous: --tasks, --timeout, --task-time, --timer-",
            ("--a=" + "9" * 300,): "--api-outage, --attempts; --help lists all",
            ("-z",): "'-z'",
            ("-zn", "5"): "'-z'",
            ("stray",): "'stray'",
            ("-n", "5", "stray", "-h"): "'stray'",
            ("--", "stray"): "'stray'",
            ("",): "''",
            ("-",): "'-'",
        }.items():
            program = next(whose)
            with self.subTest(program, args=args):
                self.assertIn(named, self.refuse(program, *args))
        self.assertIn("'z'", self.refuse("worker-pool", "-n5", "-qz"))
        told = self.refuse("thread-per-task", "-n5", "-qz")
        self.assertIn("--queue is not an option", told)

    @on_one
    def test_a_missing_value_and_a_value_too_many_are_named(self, program) -> None:
        self.assertIn("--tasks needs a value", self.refuse(program, "--tasks"))
        self.assertIn("--tasks needs a value", self.refuse(program, "-n"))
        for option in "--tasks", "-n", "--json", "--samples":
            told = self.refuse(program, option, "--seed=5")
            self.assertRegex(told, r"--(tasks|json|samples) needs a value")
        said = self.refuse(program, "--fail-fast=yes")
        self.assertIn("--fail-fast takes no value", said)

    @on_one
    def test_a_diagnostic_is_one_line_whatever_was_typed(self, program: str) -> None:
        for args in (
            ("--tasks", "a\nb"),
            ("--tasks", "9" * 5000),
            ("--bogus\n" + "x" * 5000,),
            ("\r\n\x1b[31m",),
            ("--json", "a\n", "--samples", "a\n"),
        ):
            with self.subTest(args):
                said = self.refuse(program, *args)
                self.assertLess(len(said), 300)
                self.assertTrue(said.strip().isprintable(), said)

    def test_an_option_of_another_program_is_refused_by_name(self) -> None:
        for program, args in (
            ("thread-per-task", ("-w", 5)), ("thread-per-task", ("--queue", 5)),
            ("worker-pool", ("--join",)), ("worker-pool", ("--detach",)),
            ("mutex-pool", ("--max-threads", 5)), ("worker-pool", ("--idle-time", "1s")),
            ("worker-pool", ("--clock", "virtual")), ("mutex-pool", ("--task-time", "1ms")),
            ("thread-per-task", ("--spawn-time", "1ms")),
            ("thread-per-task", ("--oversleep", "1ms")),
        ):  # fmt: skip
            said = self.refuse(program, *args)
            self.assertIn(f"is not an option of {program}", said)

    def test_what_has_become_the_default_is_accepted_and_said_to_be(self) -> None:
        for before in ((), ("--join",)):  # of the two, the last one is meant
            with self.subTest(before):
                args = ("-n", 5, "-s", 0, *before, "--detach", "--json", "-")
                ending = run("thread-per-task", *args)
                self.assertEqual(ending.status, 0, ending)
                self.assertFalse(ending.record["config"]["join"])
                told = r"^thread-per-task: --detach is the default .*\n$"
                self.assertRegex(ending.err, told)

    @on_one
    def test_shares_of_all_calls_are_at_most_one_together(self, program: str) -> None:
        said = self.refuse(program, "--error-rate", "60%", "--hang-rate", "0.6")
        self.assertIn("add up to 1.2", said)
        said = self.refuse(program, "--silent-rate", "60%", "--hang-rate", "40.1%")
        self.assertIn("add up to 1.001", said)
        rates = ("--error-rate", "0.7", "--silent-rate", "0.2", "--hang-rate", "0.1")
        measure(program, "-n", 5, "-s", 0, "--hang-time", 0, *rates)

    @on_one
    def test_the_last_of_two_counts(self, program: str) -> None:
        record = measure(program, "-n", 7, "--tasks", 3, "-s", 0, "--seed", 1, "--seed=9")
        self.assertEqual(record["config"]["tasks"], 3)
        self.assertEqual(record["config"]["seed"], 9)

    def test_what_is_not_asked_for_is_the_default(self) -> None:
        for program, own in DEFAULTS_OF_ONE.items():
            config = run(program, "--json", "-").record["config"]
            expected = {**DEFAULTS, **own}
            self.assertEqual({key: config[key] for key in expected}, expected, program)

    @on_one
    def test_values_of_several_parts_are_kept_part_by_part(self, program: str) -> None:
        for args, expected in COMPOUND:
            with self.subTest(args):
                config = measure(program, "-n", 0, *args)["config"]
                self.assertEqual({key: config[key] for key in expected}, expected)

    @on_each
    def test_help_fits_a_terminal_and_runs_nothing(self, program: str) -> None:
        ending = run(program, "--help", "-s", "1000s")
        self.assertEqual((ending.status, ending.err), (0, ""))
        self.assertLessEqual(max(map(len, ending.out.splitlines())), 80)
        untold = re.findall(r"^ .{5}--(\S+) [A-Z][^\[\n]*$", ending.out, re.M)
        system_s = {"stack-size", "guard-size", "limit-memory"}
        self.assertLessEqual(
            {*untold}, system_s | {"api-url", "progress", "samples", "json"}
        )
        self.assertFalse("fiber" in program and " thread" in ending.out)

    @on_each
    def test_version_is_the_record_s(self, program: str) -> None:
        ending = run(program, "--version")
        self.assertEqual((ending.status, ending.err), (0, ""))
        record = measure(program, "-n", 1)
        self.assertEqual(
            ending.out, f"{program} {record['version']} ({record['commit']})\n"
        )
