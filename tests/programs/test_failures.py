"""The k-th thread or the k-th block of memory fails, for every k until none does.

And a library is missing that is looked for when it is needed.
"""

import itertools
import os
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

from .program import (
    FAIL_SHIM, PROGRAMS, VIRTUAL, Ending, is_pool, on_one, read_samples, refusal,
    run,
)  # fmt: skip

POOLS = (("worker-pool", 1), ("mutex-pool", 1), ("elastic-pool", 0))  # and feeders
LATENCIES = "latencies.csv"
# What else needs memory of its own.
NEEDY = (
    ("elastic-pool",),
    ("thread-per-task", "--max-threads", 2),
    ("worker-pool", "--progress", 2, "--distribution", f"file:{LATENCIES}"),
    ("fiber-pool", *VIRTUAL, "-s", "1ms", "--api-capacity", 1, "--api-queue", 5,
     "--api-keeps-working"),
)  # fmt: skip

# What there is in the place of libcurl, and how that is told.
NO_LIBRARY = {
    "nothing that is a library": ("/dev/null", "libcurl is not installed (libcurl.so.4)"),
    "one without its functions": (FAIL_SHIM, "libcurl is too old: 7.66 would do"),
}


def failing(what: str, at: int, **more: object) -> dict[str, str]:
    preload = {"LD_PRELOAD": FAIL_SHIM, "FAIL": what, "FAIL_AT": at, **more}
    return {**os.environ, **{name: str(value) for name, value in preload.items()}}


def sweep(
    what: str, program: str, *args: object, **popen: object
) -> Iterator[tuple[int, Ending]]:
    """Runs with the first call failing, then the second, ... until there is none."""
    with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
        mark = Path(folder) / "failed"
        for at in itertools.count(1):
            env = failing(what, at, FAIL_MARK=mark)
            ending = run(program, *args, "--json", "-", env=env, **popen)
            if not mark.exists():
                if at == 1 or ending.status != 0:
                    raise AssertionError(f"nothing fails, and {ending}")
                return
            mark.unlink()
            yield at, ending


@unittest.skipUnless(FAIL_SHIM.exists(), f"{FAIL_SHIM.name} is not built (sanitizers)")
class Failures(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / LATENCIES).write_text(2000 * "0.001\n")

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
                    not_started = tasks + 2 - at if at > 1 else 0
                    self.assertEqual(record["outcomes"]["not_started"], not_started)
                    self.assertEqual(record["outcomes"]["ok"], tasks - not_started)
                    self.assertEqual(record["limit"] is not None, not_started > 0)
                    self.assertEqual(ending.err.count("\n"), 1 if not_started else 0)
                    seen = at
            self.assertEqual(seen, tasks + 1)

    def test_a_thread_that_only_helps_may_be_wanting(self) -> None:
        """Who tells of the progress, and who hears that a call is to be hung up."""
        for args in (
            ("--progress", 2), ("--api-url", "http://127.0.0.1:1", "--cancel", "within"),
        ):  # fmt: skip
            for at, ending in sweep("pthread_create", "worker-pool", "-n", 6, *args):
                with self.subTest(args, at=at):
                    if (ending.status, ending.out) != (3, ""):  # its first worker
                        self.assert_accounted(ending, 6)

    def test_a_pool_works_with_the_workers_it_gets(self) -> None:
        """And asks for no more, though the machine would give the next one."""
        workers, tasks = 4, 6
        args = ("-n", tasks, "-w", workers, "-s", "100ms", "--json", "-")
        cases = ((*pool, at) for pool in POOLS for at in range(2, workers + 2 + pool[1]))
        for program, feeder, at in cases:
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
                threads = got + (feeder == 1 and got < workers)  # else main feeds
                self.assertEqual(record["threads_created"], threads)
                self.assertEqual(record["peak"]["threads"], threads)

    def test_no_memory_is_an_error_or_a_result_never_a_crash(self) -> None:
        args = ("-n", 6, "--samples", "samples", "--deadline", "100s")
        for program, *more in (*((program,) for program in PROGRAMS), *NEEDY):
            for at, ending in sweep("malloc", program, *args, *more, cwd=self.folder):
                with self.subTest(program, more=more, at=at):
                    self.assertIn(ending.status, (0, 1, 2, 3), ending)
                    if ending.status == 0:
                        self.assert_accounted(ending, 6)
                    else:
                        self.assertNotEqual(ending.err, "")

    def test_help_for_which_there_is_no_memory_is_not_success(self) -> None:
        whole = run("worker-pool", "--help").out
        for at, ending in sweep("malloc", "worker-pool", "--help"):
            with self.subTest(at):
                self.assertIn(ending.status, (0, 1), ending)
                self.assertEqual(ending.status == 0, ending.out == whole, ending)

    @on_one
    def test_a_write_that_fails_is_not_success(self, program: str) -> None:
        path = self.folder / "samples"
        for at, ending in sweep("write", program, "-n", 6, "-s", 0, "--samples", path):
            with self.subTest(at):
                if ending.status == 0:
                    self.assert_accounted(ending, 6)
                    self.assertEqual(len(read_samples(path)), 6)
                else:
                    self.assertIn(ending.status, (1, 3), ending)
                    self.assertNotEqual(ending.err, "")

    def test_one_thread_in_five_failing_leaves_the_accounts_whole(self) -> None:
        for program in ("thread-per-task", "worker-pool", "mutex-pool"):
            for every in (2, 3, 5):
                with self.subTest(program, every=every):
                    env = {**failing("pthread_create", 0), "FAIL_EVERY": str(every)}
                    if every == 2 and is_pool(program):  # its first worker
                        refusal(program, "-s", 0, status=3, env=env)
                        continue
                    ending = run(program, "-s", 0, "-j", "-", env=env)
                    record = self.assert_accounted(ending, 50)
                    self.assertIsNotNone(record["limit"])

    def test_without_libcurl_nothing_is_called(self) -> None:
        for name, (library, told) in NO_LIBRARY.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                Path(folder, "libcurl.so.4").symlink_to(library)
                env = {**os.environ, "LD_LIBRARY_PATH": folder}
                args = ("--api-url", "http://127.0.0.1:9", "--samples", "/dev/null")
                said = refusal("worker-pool", *args, status=3, env=env)
                self.assertIn(f"--api-url: {told}", said)
