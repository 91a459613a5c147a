"""The wall: threads that cannot be created are counted, and the right limit is named."""

import os
import platform
import shutil
import signal
import tempfile
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .program import (
    PROGRAMS, VIRTUAL, Ending, long_enough, measure, on_each, only, plain_build,
    readable_by_all, refusal, run,
)  # fmt: skip
from .test_remote import SERVER, a_server, address_of
from .test_server import ask

NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
IS_ROOT = os.geteuid() == 0


def kernel() -> tuple[int, ...]:
    return tuple(int(part) for part in platform.release().split(".")[:2])


@contextmanager
def control_group(controller: str, most: int, *files: str) -> Iterator[Path]:
    """A group of our own under the controller, wherever it is mounted. files: what the
    limit is called in either version."""
    for root in (Path("/sys/fs/cgroup") / controller, Path("/sys/fs/cgroup")):
        try:
            group = Path(tempfile.mkdtemp(prefix="five-cooks-", dir=root))
        except OSError:
            continue
        try:
            there = [group / name for name in files if (group / name).exists()]
            if not there:
                raise unittest.SkipTest(f"no {controller} controller in {root}")
            there[0].write_text(str(most))
            yield there[0]
            return
        finally:
            group.rmdir()
    raise unittest.SkipTest("no control group can be made here")


def joining(limit: Path) -> tuple[str, ...]:
    """What runs a program inside of the group that has this limit."""
    return "sh", "-c", f'echo $$ > "{limit.parent}/cgroup.procs" && exec "$@"', "sh"


class Limits(unittest.TestCase):
    def assert_limited(self, ending: Ending, tasks: int, *names: str) -> dict:
        """It ended well, some tasks were not started, and the limit is named."""
        self.assertEqual(ending.status, 0, ending)
        record = ending.record
        created = record["threads_created"]
        self.assertLess(created, tasks)
        self.assertEqual(
            record["outcomes"], only(ok=created, not_started=tasks - created)
        )
        self.assertEqual(record["peak"]["threads"], created)
        self.assertEqual(ending.err.count("\n"), 1, ending.err)
        for name in ("most likely", *names):
            self.assertIn(name, record["limit"])
            self.assertIn(name, ending.err)
        return record

    def flood(
        self, *args: object, tasks: int = 400, wrap: tuple[str, ...] = (),
        program: str = "thread-per-task",
    ) -> Ending:  # fmt: skip
        """With all threads that are created alive at once."""

        def is_enough(ending: Ending) -> bool:
            if ending.status != 0:
                return True
            return ending.record["peak"]["threads"] == ending.record["threads_created"]

        args = ("-n", tasks, "-j", "-", *args)
        return long_enough(
            lambda took: run(program, "-s", took, *args, wrap=wrap), is_enough
        )

    @plain_build
    def test_a_limit_on_memory_is_reached_and_named(self) -> None:
        for form in ((), ("--join",), ("--max-threads", 300)):
            with self.subTest(form):
                ending = self.flood("--limit-memory", "256M", *form)
                # A thread takes its stack and the guard below it.
                config = ending.record["config"]
                takes = config["stack_size_bytes"] + config["guard_size_bytes"]
                words = ("RLIMIT_AS", "268435456", f"one more takes {takes}")
                record = self.assert_limited(ending, 400, *words)
                self.assertLessEqual(record["peak"]["virtual_bytes"], 2**28)

    @plain_build
    def test_fibers_take_nearly_all_of_the_memory_there_is(self) -> None:
        sizes = ("--limit-memory", "1G", "--stack-size", "1M")
        ending = self.flood(*sizes, tasks=5000, program="fiber-per-task")
        created = self.assert_limited(ending, 5000, "RLIMIT_AS")["threads_created"]
        self.assertGreater(created, 900)

    @plain_build
    def test_a_pool_without_any_worker_says_why(self) -> None:
        said = refusal("worker-pool", "-s", 0, "--limit-memory", "10M", status=3)
        self.assertIn("RLIMIT_AS", said)

    @on_each
    def test_hardly_any_memory_is_an_error_not_a_crash(self, program: str) -> None:
        for size in ("1", "2M", "4M", "5M", "12M"):
            with self.subTest(size):
                ending = run(program, "-s", 0, "--limit-memory", size)
                self.assertIn(ending.status, (3,) if size == "1" else (0, 3), ending)

    @unittest.skipUnless(IS_ROOT, "only root can become somebody else")
    def test_bounded_threads_fit_under_a_limit_of_exactly_so_many(self) -> None:
        """A user with no other thread may have ten, main and the one for signals: an
        ended thread must be gone before another takes its place. The user is this
        process's: another run of the tests counts threads of its own."""
        uid = 20000 + os.getpid() % 40000
        wrap = ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups",
                "prlimit", "--nproc=12")  # fmt: skip
        self.enterContext(readable_by_all())
        for form in ((), ("--join",)):
            args = ("-n", 5000, "-s", 0, "--max-threads", 10, *form)
            record = measure("thread-per-task", *args, wrap=wrap)
            self.assertEqual(record["outcomes"], only(ok=5000))
            self.assertLessEqual(record["peak"]["threads"], 10)

    @plain_build
    @unittest.skipUnless(IS_ROOT, "only root can make a control group")
    def test_the_limit_of_a_control_group_is_named_with_its_file(self) -> None:
        with control_group("pids", 100, "pids.max") as limit:
            ending = self.flood(wrap=joining(limit))
            record = self.assert_limited(ending, 400, str(limit), " of 100")
            self.assertEqual(record["threads_created"], 98)  # main and one for signals

    @plain_build
    @unittest.skipUnless(IS_ROOT, "only root can make a control group")
    def test_what_a_control_group_cannot_hold_is_said_before_it_begins(self) -> None:
        """Beyond this limit the kernel ends a program without a word. What is sure to
        need more is refused; where tasks may be over in time, the run has its chance."""
        samples = ("--samples", "/dev/null")
        names = "memory.max", "memory.limit_in_bytes"
        for program, args, status in (
            ("worker-pool", ("-w", 1200), 3),
            ("worker-pool", ("-w", 700, "-s", 0), 0),
            ("mutex-pool", ("-w", 1200), 3),
            ("elastic-pool", ("-w", 1200, "-n", 1200, "-s", 0), 0),
            ("fiber-pool", ("-w", 7000), 3),
            ("thread-per-task", ("-n", 1200, "-s", 0), 0),
            ("thread-per-task", ("-n", 5_000_000, "--max-threads", 9, *samples), 3),
            ("worker-pool", ("-n", 600_000, "-s", 0, *samples), 3),
            ("worker-pool", ("-w", 100, "-s", "1ms"), None),
            ("elastic-pool", ("-w", 1200, "-n", 5, "-s", 0), None),
        ):
            # A group each: what is left of a thread stays charged for a while.
            with (
                self.subTest(program, args=args),
                control_group("memory", 24 * 2**20, *names) as limit,
            ):
                ending = run(program, *args, wrap=joining(limit))
                killed = [-signal.SIGKILL] if status == 0 else []  # as was foretold
                self.assertIn(ending.status, [status or 0, *killed], ending)
                self.assertEqual(ending.err.count("\n"), status is not None, ending.err)
                if status is None:
                    continue
                says = "cannot run: " if status else "the kernel may end this program: "
                self.assertIn(says, ending.err)
                self.assertRegex(ending.err, f"bytes, and {limit} leaves 2[0-9]{{7}} ")

    @plain_build
    @unittest.skipUnless(IS_ROOT, "only root can write pid_max")
    @unittest.skipUnless(kernel() >= (6, 14), "before 6.14 pid_max is the machine's")
    def test_the_end_of_the_process_numbers_is_named(self) -> None:
        alone = ("unshare", "--pid", "--fork", "--mount-proc")
        if run("worker-pool", "--version", wrap=alone).status != 0:
            self.skipTest("no process numbers of our own here, as in a chroot")
        line = 'echo 400 > /proc/sys/kernel/pid_max && exec "$@"'
        ending = self.flood(wrap=(*alone, "sh", "-c", line, "sh"))
        record = self.assert_limited(ending, 400, "kernel.pid_max", " of 400")
        self.assertGreater(record["threads_created"], 300)

    def test_a_stack_larger_than_the_machine_is_not_blamed_on_others(self) -> None:
        ending = self.flood("--stack-size", "64T", tasks=5)
        self.assertEqual(ending.record["outcomes"], only(not_started=5))
        self.assertNotIn("pid_max", ending.err)

    def test_ten_thousand_times_too_many_tasks_for_memory_is_an_error(self) -> None:
        for program, *more in (("thread-per-task",), ("worker-pool", "--samples", "/dev/null")):
            args = ("-n", 10**9, "--limit-memory", "1G", *more)
            said = refusal(program, *args, status=3)
            self.assertIn("memory; fewer tasks", said)


class Stacks(unittest.TestCase):
    @on_each
    def test_the_smallest_stack_and_no_guard_are_enough(self, program: str) -> None:
        for args in (
            ("--stack-size", "16K"),
            ("--stack-size", "16K", "--guard-size", 0),
            ("--stack-size", "16K", "--cancel", "within", "--deadline", "100s"),
            ("--stack-size", 16385, "--guard-size", 1),
        ):
            with self.subTest(args):
                record = measure(program, "-s", "1ms", *args)
                self.assertEqual(record["outcomes"], only(ok=50))

    @on_each
    def test_any_limit_on_the_main_stack_works(self, program: str) -> None:
        """From 64 KiB on: with 16, /bin/true dies too, if the environment is large."""
        for limit in (64, 256, 8192, "unlimited"):
            with self.subTest(limit):
                line = f'ulimit -s {limit} && exec "$@"'
                record = measure(program, "-s", "1ms", wrap=("sh", "-c", line, "sh"))
                self.assertEqual(record["outcomes"], only(ok=50))
                self.assertGreaterEqual(record["config"]["stack_size_bytes"], 16384)

    @plain_build
    @on_each
    def test_the_stack_asked_for_is_the_stack_there_is(self, program: str) -> None:
        sizes = {}
        for size, in_bytes in (("64K", 2**16), ("1M", 2**20), ("8M", 2**23)):
            record = measure(program, "-n", 20, "-s", "20ms", "--stack-size", size)
            self.assertEqual(record["config"]["stack_size_bytes"], in_bytes)
            sizes[size] = record["peak"]["virtual_bytes"]
        self.assertLess(sizes["64K"], sizes["1M"])
        self.assertLess(sizes["1M"], sizes["8M"])


@unittest.skipUnless(IS_ROOT, "only root can become nobody")
class Nobody(unittest.TestCase):
    """A user without rights sees the same as root."""

    def setUp(self) -> None:
        self.enterContext(readable_by_all())

    def test_the_same_outcomes_as_root(self) -> None:
        args = ("-n", 100, "-s", "1ms", "--error-rate", 0.2, "--silent-rate", 0.2)
        for program in PROGRAMS:
            with self.subTest(program):
                mine, theirs = measure(program, *args), measure(program, *args, wrap=NOBODY)
                for key in ("outcomes", "workload_digest", "config", "calls"):
                    self.assertEqual(mine[key], theirs[key])
                peaks = {**theirs["peak"], "waiting": True}  # nobody does
                self.assertTrue(all(peaks.values()))

    @plain_build
    def test_the_hard_limit_may_not_be_raised(self) -> None:
        wrap = (*NOBODY, "prlimit", "--as=1073741824")
        ending = run("worker-pool", "-s", 0, "--limit-memory", "2G", wrap=wrap)
        self.assertEqual(ending.status, 3, ending)
        self.assertIn("--limit-memory", ending.err)


def refusing(call: str, error: str) -> tuple[str, ...]:
    return ("strace", "-f", "--seccomp-bpf", "-qq", "-o", os.devnull,
            "-e", f"trace={call}", "-e", f"inject={call}:error={error}")  # fmt: skip


@unittest.skipIf(shutil.which("strace") is None, "strace is not installed")
class Refusals(unittest.TestCase):
    """Of system calls, as by a sandbox: only what no run can do without ends it."""

    def run_without(self, call: str, error: str, program: str, *args: object) -> Ending:
        ending = run(program, *args, wrap=refusing(call, error))
        if "strace" in ending.err:
            self.skipTest(f"strace does not work here: {ending.err.strip()}")
        return ending

    @plain_build
    def test_what_a_run_can_do_without_ends_none(self) -> None:
        said = {"prctl": "--timer-slack has no effect", "getrusage": "CPU time is unknown"}
        for program in ("worker-pool", "fiber-per-task"):
            for call in ("fcntl", "getrusage", "madvise", "pidfd_open", "prctl",
                         "process_madvise", "sigaltstack", "rt_sigaction"):  # fmt: skip
                for error in ("EPERM", "ENOSYS"):
                    with self.subTest(program, call=call, error=error):
                        ending = self.run_without(call, error, program, "-s", "1ms")
                        self.assertEqual(ending.status, 0, ending)
                        self.assertIn("50 ok", ending.out)
                        self.assertNotRegex(ending.out, r"-\d")
                        self.assertEqual(ending.err.count("\n"), call in said, ending.err)
                        self.assertIn(f"{program}: " * (call in said), ending.err)
                        self.assertIn(said.get(call, ""), ending.err)

    @plain_build
    def test_a_thread_that_is_forbidden_is_not_blamed_on_a_limit(self) -> None:
        for program, status in (("worker-pool", 3), ("thread-per-task", 0)):
            ending = self.run_without("clone3", "EPERM", program, "-s", "1ms")
            self.assertEqual(ending.status, status, ending)
            self.assertIn("Operation not permitted; a seccomp filter", ending.err)

    @plain_build
    def test_why_a_call_breaks_is_told_of_that_call_alone(self) -> None:
        """All come from one connection's handle, and nobody listens."""
        args = ("-n", 10, "-w", 1, "--api-url", "http://127.0.0.1:1", "--json", "-")
        for call, error, why in (
            ("socket", "EMFILE", "descriptors"), ("socket", "ENFILE", "descriptors"),
            ("socket", "EACCES", "otherwise"), ("connect", "EADDRNOTAVAIL", "ports"),
            ("connect", "ECONNRESET", "reset"),
        ):  # fmt: skip
            with self.subTest(call, error=error):
                ending = self.run_without(call, f"{error}:when=1", "worker-pool", *args)
                broken = ending.record["remote"]["broken"]
                self.assertEqual((broken[why], broken["refused"]), (1, 9), broken)

    @unittest.skipUnless(SERVER.exists(), "built without libmicrohttpd")
    def test_a_server_that_cannot_serve_says_so_and_ends(self) -> None:
        for call, error in (
            ("bind", "EADDRINUSE"), ("epoll_create1", "EMFILE"), ("epoll_ctl", "ENOSPC"),
            ("eventfd2", "EMFILE"), ("prctl", "EPERM"),
        ):  # fmt: skip
            with self.subTest(call):
                ending = self.run_without(call, error, "api-server", "--json", os.devnull)
                self.assertEqual((ending.status, ending.out), (3, ""), ending)
                self.assertRegex(ending.err, "^api-server: cannot run: .+\n$")

    @unittest.skipUnless(SERVER.exists(), "built without libmicrohttpd")
    def test_a_server_that_cannot_watch_its_callers_serves_them_all_the_same(self):
        for call, error in (("epoll_ctl", "ENOSPC:when=2+"), ("socket", "EPERM:when=1")):
            wrap = refusing(call, error)
            with self.subTest(call), a_server("-s", 0, wrap=wrap) as server:
                self.assertEqual(ask(address_of(server), "/call/0?attempt=1")[0], 200)

    @plain_build
    def test_a_write_that_is_interrupted_goes_on(self) -> None:
        ending = self.run_without("write", "EINTR:when=1", "worker-pool", "--json", "-")
        self.assertEqual(ending.record["outcomes"], only(ok=50))

    @plain_build
    def test_without_a_descriptor_to_wake_with_none_is_called_and_all_run(self) -> None:
        for status, *args in ((3, "--api-url", "http://127.0.0.1:1"), (0, "--progress", 2)):
            ending = self.run_without("eventfd2", "EMFILE", "worker-pool", *args)
            self.assertEqual((ending.status, ending.err.count("\n")), (status, 1), ending)

    @plain_build
    def test_past_the_mappings_there_are_stacks_without_a_guard_and_that_is_said(self):
        """Each guard takes two, where the kernel cannot do all of them at once."""
        most = int(Path("/proc/sys/vm/max_map_count").read_text())
        if most > 100_000:
            self.skipTest(f"{most} mappings take too many fibers to use them up")
        count = most // 2 + 10_000  # all there at once: time stands still meanwhile
        args = ("fiber-per-task", "-n", count, *VIRTUAL, "--json", "-")
        ending = self.run_without("process_madvise", "EINVAL", *args)
        self.assertEqual(ending.record["outcomes"], only(ok=count))
        self.assertEqual(
            ending.err,
            "fiber-per-task: the stacks of further fibers have no guard: "
            "Cannot allocate memory (vm.max_map_count)\n",
        )
