"""The k-th thread or the k-th block of memory fails, for every k until none does."""

import itertools
import json
import os
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

from .program import FAIL_SHIM, LIMIT_S, PROGRAMS, Ending, on_each, run

MOST_CALLS = 200  # no run here makes so many: a sweep that gets there is broken
WHOLE_IN_A_ROW = 10


def failing(what: str, at: int) -> dict[str, str]:
    preload = {"LD_PRELOAD": str(FAIL_SHIM), "FAIL": what, "FAIL_AT": str(at)}
    return {**os.environ, **preload}


def sweep(what: str, program: str, *args: object) -> Iterator[tuple[int, Ending]]:
    """Runs with the first call failing, then the second, ... Some failures do not show:
    it ends when so many runs in a row were whole that no call can be left."""
    whole = run(program, *args, "--json", "-", env=failing(what, 0)).record
    unharmed = 0
    for at in range(1, MOST_CALLS):
        ending = run(program, *args, "--json", "-", env=failing(what, at))
        yield at, ending
        harmless = ending.status == 0 and not ending.err and is_whole(ending, whole)
        unharmed = unharmed + 1 if harmless else 0
        if unharmed == WHOLE_IN_A_ROW:
            return
    raise AssertionError(f"more than {MOST_CALLS} calls of {what}")


def is_whole(ending: Ending, whole: dict) -> bool:
    record = ending.record
    return all(
        record[key] == whole[key] for key in ("outcomes", "threads_created", "limit")
    ) and all(value is not None for value in record["peak"].values())


@unittest.skipUnless(FAIL_SHIM.exists(), f"{FAIL_SHIM.name} is not built (sanitizers)")
class Failures(unittest.TestCase):
    def assert_accounted(self, ending: Ending, tasks: int) -> dict:
        self.assertEqual(ending.status, 0, ending)
        record = ending.record
        self.assertEqual(sum(record["outcomes"].values()), tasks)
        return record

    def test_threads_that_cannot_be_created_are_counted(self) -> None:
        """The first thread is not the design's: it waits for signals."""
        tasks = 6
        for args in ((), ("--join",), ("--max-threads", "2"), ("--cancel", "within")):
            seen = 0
            for at, ending in sweep(
                "pthread_create", "thread-per-task", "-n", tasks, "-s", "1ms", *args
            ):
                with self.subTest(args, at=at):
                    record = self.assert_accounted(ending, tasks)
                    not_started = tasks + 2 - at if 1 < at < tasks + 2 else 0
                    self.assertEqual(record["outcomes"]["not_started"], not_started)
                    self.assertEqual(record["outcomes"]["ok"], tasks - not_started)
                    self.assertEqual(record["limit"] is not None, not_started > 0)
                    self.assertEqual(ending.err.count("\n"), 1 if not_started else 0)
                    seen = at
            self.assertEqual(seen, tasks + 1 + WHOLE_IN_A_ROW)

    def test_a_pool_works_with_the_workers_it_gets(self) -> None:
        """And asks for no more, though the machine would give the next one."""
        workers, tasks = 4, 6
        args = ("-n", tasks, "-w", workers, "-s", "100ms", "--json", "-")
        cases = itertools.product(("worker-pool", "elastic-pool"), range(2, workers + 2))
        for program, at in cases:
            with self.subTest(program, at=at):
                ending = run(program, *args, env=failing("pthread_create", at))
                got = at - 2  # workers there when the machine first said no
                if got == 0:
                    self.assertEqual((ending.status, ending.out), (3, ""), ending)
                    self.assertEqual(ending.err.count("\n"), 1)
                    continue
                record = self.assert_accounted(ending, tasks)
                self.assertEqual(record["outcomes"]["ok"], tasks)
                self.assertIsNotNone(record["limit"])
                threads = got + (program == "worker-pool")  # its feeder
                self.assertEqual(record["threads_created"], threads)
                self.assertEqual(record["peak"]["threads"], threads)

    @on_each
    def test_no_memory_is_an_error_or_a_result_never_a_crash(self, program) -> None:
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            samples = Path(folder) / "samples.csv"
            args = ("-n", 6, "-s", 0, "--samples", samples, "--deadline", "100s")
            for at, ending in sweep("malloc", program, *args):
                with self.subTest(at):
                    self.assertIn(ending.status, (0, 1, 3), ending)
                    if ending.status == 0:
                        self.assert_accounted(ending, 6)
                    else:
                        self.assertNotEqual(ending.err, "")

    @on_each
    def test_a_write_that_fails_is_not_success(self, program: str) -> None:
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            path = Path(folder) / "record.json"
            args = ("-n", 6, "-s", 0, "--json", path)
            for at in range(1, 20):
                ending = run(program, *args, env=failing("write", at))
                if ending.status == 0:
                    json.loads(path.read_text())
                else:
                    self.assertIn(ending.status, (1, 3), ending)
                    self.assertNotEqual(ending.err, "")

    def test_one_thread_in_five_failing_leaves_the_accounts_whole(self) -> None:
        for program in PROGRAMS:
            for every in (2, 3, 5):
                with self.subTest(program, every=every):
                    env = {**failing("pthread_create", 0), "FAIL_EVERY": str(every)}
                    ending = run(program, "-s", 0, "-j", "-", env=env, limit_s=LIMIT_S)
                    if ending.status != 3:
                        self.assert_accounted(ending, 50)
