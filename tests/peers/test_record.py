"""The record: the fields of the C programs, and figures that the samples bear out."""

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..programs.accounts import Accounts
from ..programs.program import Sample, long_enough, measure, run, sample
from . import NAMES, PEERS, PER_TASK, POOL, TWINS, needs_go

VARIED = {
    "plain": (),
    "none": ("-n", 0),
    "rejected": ("--api-capacity", 1, "--attempts", 3, "--backoff", "1ms"),
    "stopped": ("-n", 200, "-s", "1s", "--deadline", "15ms", "--cancel", "within"),
    "stopped between": ("-n", 200, "--deadline", "15ms", "--cancel", "between"),
    "stopped at rest": (
        "-n", 3, "--arrivals", "fixed:1/s", "--deadline", "50ms", "--cancel", "between",
    ),
    "late": ("--timeout", "1ms", "--hang-rate", "0.5", "--hang-time", "30ms"),
    "open loop": ("--arrivals", "poisson:5000/s", "--distribution", "lognormal"),
    "all at once": (
        "-n", 300, "--error-rate", 0.1, "--silent-rate", 0.1, "--hang-rate", 0.1,
        "--hang-time", "20ms", "--api-capacity", 4, "--api-rate", "5000/s",
        "--api-burst", 20, "--attempts", 4, "--backoff", "1ms", "--timeout", "10ms",
        "--arrivals", "poisson:5000/s", "--deadline", "40ms", "--cancel", "within",
    ),
}  # fmt: skip


def fields(record: Any, name: str = "") -> Iterable[str]:
    for key, value in record.items():
        yield name + key
        if isinstance(value, dict):
            yield from fields(value, f"{name}{key}.")


@needs_go
class TheRecord(Accounts):
    def test_it_has_every_field_of_the_c_record(self) -> None:
        for peer in PEERS:
            for name in ("plain", "none", "rejected", "stopped"):
                with self.subTest(peer, run=name):
                    theirs = set(fields(measure(TWINS[peer], *VARIED[name])))
                    ours = set(fields(measure(peer, *VARIED[name])))
                    self.assertEqual(theirs - ours, set())

    def test_what_was_set_of_the_runtime_is_told(self) -> None:
        for peer in PEERS:
            plain = measure(peer, "-n", 0)["runtime"]
            told = measure(peer, "-n", 0, wrap=("env", "GOGC=off", "GOMAXPROCS=1"))
            self.assertEqual(told["runtime"], f"{plain} GOGC=off GOMAXPROCS=1")

    def test_no_output_costs_another(self) -> None:
        """A summary over the samples, and a reader who goes before the record is there."""
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/it"
            ending = run(POOL, "-n", 5, "-s", 0, "--samples", path,
                         wrap=("sh", "-c", f'exec "$@" >"{path}"', "sh"))  # fmt: skip
            self.assertEqual((2, True), (ending.status, "a file each" in ending.err), ending)
            ending = run(POOL, "-n", 9999, "-s", 0, "--samples=-", "--json", path,
                         wrap=("sh", "-c", '"$@" | head -1', "sh"))  # fmt: skip
            self.assertIn("cannot write standard output: broken pipe", ending.err)
            self.assertEqual(9999, json.loads(Path(path).read_text())["outcomes"]["ok"])

    def test_config_is_what_was_asked_for_in_the_same_words(self) -> None:
        args = ("-n", 7, "-s", "1ms", "--seed", 9, "--api-capacity", 9, "--timeout", "5s",
                "--deadline", "9s", "--error-rate", "57%", "--api-rate", "1000000/s",
                "--arrivals", "fixed:1000/s", "--backoff", "0.5ms")  # fmt: skip
        for peer, twin in TWINS.items():
            for asked in ((), args):
                theirs = measure(twin, *asked)["config"]
                ours = measure(peer, *asked)["config"]
                known = {key for key, value in ours.items() if value is not None}
                # A null is none, as in theirs, or an option that these have not.
                self.assertEqual(
                    {key: ours[key] for key in known}, {key: theirs[key] for key in known}
                )
                self.assertGreaterEqual(len(known), 13)

    def test_the_accounts_add_up_and_the_samples_tell_the_same(self) -> None:
        for peer in PEERS:
            for name, args in VARIED.items():
                with self.subTest(peer, run=name):
                    record, samples = sample(peer, "-s", "2ms", *args)
                    self.check_accounts(record, samples)
                    self.check_end(record, samples)

    def check_end(self, record: dict[str, Any], samples: list[Sample]) -> None:
        ended = [task.finished_ns for task in samples if task.finished_ns is not None]
        last_ns = max(ended, default=0)
        self.assertGreaterEqual(record["wall_ns"], last_ns)
        if record["stop"] is None:
            self.assertEqual(record["wall_ns"], last_ns)
            self.assertEqual(len(ended), record["config"]["tasks"])
            return
        stop = self.check_stop(record, samples)
        self.assertEqual(stop["reason"], "deadline")
        self.assertEqual(stop["at_ns"], record["config"]["deadline_ns"])
        self.assertGreaterEqual(stop["at_ns"] + stop["latency_ns"], record["wall_ns"])

    def test_memory_is_what_the_kernel_says(self) -> None:
        few = measure(PER_TASK, "-n", 1)["peak"]
        many = long_enough(
            lambda took: measure(PER_TASK, "-n", 20_000, "-s", took)["peak"],
            lambda peak: peak["in_flight"] == 20_000,
        )
        for peak in (few, many):
            self.assertGreater(peak["rss_bytes"], 500_000)
            self.assertGreater(peak["virtual_bytes"], peak["rss_bytes"])
            self.assertGreater(peak["page_table_bytes"], 0)
        # A goroutine's stack begins with 2 kB; so it was read after all were there.
        self.assertGreater(many["rss_bytes"] - few["rss_bytes"], 20_000 * 2048)

    def test_it_names_its_runtime_and_how_many_threads_that_has(self) -> None:
        for peer, name in zip(PEERS, NAMES):
            record = measure(peer, "-n", 1000, "-s", "1ms")
            self.assertEqual(record["program"], name)
            self.assertRegex(record["runtime"], r"^go1\.\d+")
            # Sleeping goroutines need no thread of the kernel.
            self.assertGreater(record["peak"]["kernel_threads"], 1)
            self.assertLess(record["peak"]["kernel_threads"], 100)
            said = run(peer, "--version").out
            self.assertEqual(said, f"{name} {record['version']} ({record['commit']})\n")

    def test_it_is_built_from_the_same_commit_as_the_c_programs(self) -> None:
        ours, theirs = measure(POOL, "-n", 0), measure(TWINS[POOL], "-n", 0)
        for key in ("version", "commit", "schema_version"):
            self.assertEqual(ours[key], theirs[key])

    def test_memory_that_cannot_be_read_is_null_with_a_reason(self) -> None:
        """A /proc that shows nothing, in a namespace of its own."""
        hide = ("unshare", "--mount", "sh", "-c",
                'mount -t tmpfs none /proc && exec "$@"', "sh")  # fmt: skip
        if run(TWINS[POOL], "-n", 0, wrap=hide).status != 0:
            self.skipTest("needs root to hide /proc")
        for peer in PEERS:
            ending = run(peer, "-n", 2, "-s", 0, "--json", "-", wrap=hide)
            self.assertEqual(ending.status, 0, ending)
            for key in ("rss_bytes", "virtual_bytes", "page_table_bytes"):
                self.assertIsNone(ending.record["peak"][key])
            self.assertRegex(ending.err, r"\A.*/proc/self/status.*\n\Z")
