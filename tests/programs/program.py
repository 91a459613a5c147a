"""The programs, started as a person starts them and never waited for in vain."""

from __future__ import annotations

import csv
import functools
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

BUILD = Path(os.environ["FIVE_COOKS_BUILD"]).resolve()
PROGRAMS = ("thread-per-task", "worker-pool", "mutex-pool", "fiber-per-task", "fiber-pool")
FIBER_PROGRAMS = ("fiber-per-task", "fiber-pool")
VIRTUAL = ("--clock", "virtual")
FAIL_SHIM = BUILD / "tests" / "shims" / "libfail.so"
# A sanitizer takes so much memory, and so many calls, that limits mean something else.
SANITIZED = not FAIL_SHIM.exists()
plain_build = unittest.skipIf(SANITIZED, "means nothing under a sanitizer")
# A watchdog, not a measurement: far above what any run here takes.
LIMIT_S = 5 * int(os.environ.get("FIVE_COOKS_WATCHDOG_S", 120))
OUTCOMES = (
    "ok", "rejected", "failed", "silent", "timed_out", "cancelled", "not_started",
    "shed",
)  # fmt: skip


class Hung(AssertionError):
    """A program that did not end. It has been killed, with all it had started."""


@dataclass(frozen=True)
class Ending:
    """How a program ended, and what it said."""

    command: list[str]
    status: int  # negative: killed by that signal
    out: str
    err: str

    @property
    def record(self) -> dict[str, Any]:
        if not self.out:
            raise AssertionError(f"{self}: no record")
        return json.loads(self.out, parse_constant=refuse_constant)

    def __str__(self) -> str:
        return f"{' '.join(self.command)}: status {self.status}: {self.err.strip()}"


@dataclass(frozen=True)
class Sample:
    """One line of --samples; None for an empty field."""

    index: int
    lane: int | None
    due_ns: int
    started_ns: int | None
    finished_ns: int | None
    attempts: int
    outcome: str


def refuse_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


@contextmanager
def readable_by_all() -> Iterator[None]:
    """Programs that other users may run, too: a home folder may be closed to them."""
    with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
        os.chmod(folder, 0o755)
        os.mkdir(f"{folder}/src")
        for program in PROGRAMS:
            shutil.copy2(BUILD / "src" / program, f"{folder}/src")
        with mock.patch(f"{__name__}.BUILD", Path(folder)):
            yield


def command_of(program: str, *args: object, wrap: tuple[str, ...] = ()) -> list[str]:
    """The command line; `wrap` goes before it: taskset, setpriv and their kind."""
    return [*wrap, str(BUILD / "src" / program), *map(str, args)]


def start(
    program: str, *args: object, wrap: tuple[str, ...] = (), **popen: Any
) -> subprocess.Popen[str]:
    """Starts it in a process group of its own, so that all of it can be killed."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    settings = {**pipes, "stdin": subprocess.DEVNULL, **popen}
    command = command_of(program, *args, wrap=wrap)
    return subprocess.Popen(command, text=True, start_new_session=True, **settings)


def on_fibers(process: subprocess.Popen[str]) -> bool:
    return any("/fiber-" in str(word) for word in process.args)  # type: ignore[union-attr]


def all_asleep(process: subprocess.Popen[str], threads: int) -> bool:
    """Has it that many threads, or more, and are all of them waiting?"""
    states = []
    for stat in Path(f"/proc/{process.pid}/task").glob("*/stat"):
        try:
            states.append(stat.read_text().rpartition(")")[2].split()[0])
        except OSError:
            return False  # one has just ended
    return len(states) >= threads and set(states) == {"S"}


def wait_until_quiet(process: subprocess.Popen[str], threads: int) -> None:
    """Until everybody waits, and still does a moment later: all that could begin has."""
    threads = min(threads, 2) if on_fibers(process) else threads
    limit = time.monotonic() + LIMIT_S
    looks = 0
    while looks < 3:
        looks = looks + 1 if all_asleep(process, threads) else 0
        if process.poll() is not None:
            raise AssertionError("it ended before it came to rest")
        if time.monotonic() > limit:
            process.kill()
            raise Hung(f"{threads} threads did not come to rest")
        time.sleep(0.02)


def finish(process: subprocess.Popen[str]) -> Ending:
    command = [str(word) for word in process.args]  # type: ignore[union-attr]
    try:
        out, err = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise Hung(f"still running after {LIMIT_S} s: {' '.join(command)}") from None
    return Ending(command, process.returncode, out or "", err or "")


def until(
    claim: Callable[[], bool], what: str, process: subprocess.Popen[str] | None = None
) -> None:
    """Waits for a state, not for a time; the limit only ends what is broken."""
    limit = time.monotonic() + LIMIT_S
    while not claim():
        if time.monotonic() > limit:
            if process:
                process.kill()
            raise Hung(what)
        time.sleep(0.005)


def stop_again(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Until it ends: what it hears within a breath of the first signal is its echo."""

    def has_ended() -> bool:
        process.send_signal(number)
        return process.poll() is not None

    until(has_ended, "it did not hear", process)


def stop_twice(process: subprocess.Popen[str]) -> bool:
    """As timeout(1) does: it, and then its group. False: the second may have come too
    late to be of the same breath."""
    began_s = time.monotonic()
    process.send_signal(signal.SIGINT)
    while time.monotonic() < began_s + 0.002:
        pass  # who sleeps on a busy machine does so for longer than a breath
    os.killpg(process.pid, signal.SIGINT)
    return time.monotonic() < began_s + 0.05


def run(program: str, *args: object, **settings: Any) -> Ending:
    return finish(start(program, *args, **settings))


def refusal(program: str, *args: object, status: int = 2, **settings: Any) -> str:
    """The one line that it says instead of beginning the run."""
    ending = run(program, *args, **settings)
    if (ending.status, ending.out, ending.err.count("\n")) != (status, "", 1):
        raise AssertionError(f"{ending}, and not one line and status {status}")
    return ending.err


def measure(program: str, *args: object, **settings: Any) -> dict[str, Any]:
    """A run that must succeed; its record."""
    ending = run(program, *args, "--json", "-", **settings)
    if ending.status != 0:
        raise AssertionError(str(ending))
    return ending.record


def sample(program: str, *args: object) -> tuple[dict[str, Any], list[Sample]]:
    """A run that must succeed; its record, and what happened to each task."""
    with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
        path = Path(folder) / "samples.csv"
        record = measure(program, *args, "--samples", path)
        return record, read_samples(path)


def long_enough(run_of: Callable[[str], Any], is_enough: Callable[[Any], bool]) -> Any:
    """What comes of the first time for which that is true, or of the last: a service
    time, or a deadline. On a busy machine it takes long until all that is to be there
    has been started.
    """
    for took in ("300ms", "3s", "30s"):
        came = run_of(took)
        if is_enough(came):
            break
    return came


def read_samples(path: Path) -> list[Sample]:
    def number(text: str) -> int | None:
        return int(text) if text else None

    with path.open(newline="", encoding="ascii") as file:
        return [
            Sample(
                int(row["index"]),
                number(row["lane"]),
                int(row["due_ns"]),
                number(row["started_ns"]),
                number(row["finished_ns"]),
                int(row["attempts"]),
                row["outcome"],
            )
            for row in csv.DictReader(file, strict=True)
        ]


def taken_from_libraries(program: str) -> set[str]:
    """The names of functions that it calls and does not have."""
    if shutil.which("nm") is None:
        raise unittest.SkipTest("nm is not installed")
    command = ["nm", "--dynamic", "--undefined-only", BUILD / "src" / program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(re.findall(r" U (\w+)", done.stdout))


def is_pool(program: str) -> bool:
    return program.endswith("-pool")


def bound(program: str, most: int) -> tuple[str, int]:
    """No more than `most` tasks under way at once."""
    return ("--workers" if is_pool(program) else "--max-threads", most)


def only(**counts: int) -> dict[str, int]:
    """All outcomes: these, and none of the others."""
    return {**dict.fromkeys(OUTCOMES, 0), **counts}


def on_all_of(programs: tuple[str, ...]) -> Callable[..., Callable[[Any], None]]:
    """The same claim about each of these programs."""

    def decorate(test: Callable[[Any, str], None]) -> Callable[[Any], None]:
        @functools.wraps(test)
        def claim_about_each(self: Any) -> None:
            for program in programs:
                with self.subTest(program):
                    test(self, program)

        return claim_about_each

    return decorate


turns = itertools.cycle(PROGRAMS)


def on_one(test: Callable[[Any, str], None]) -> Callable[[Any], None]:
    """A claim about what all of them share: each program takes its turn."""
    return on_all_of((next(turns),))(test)


on_each = on_all_of(PROGRAMS)
on_each_fiber_program = on_all_of(FIBER_PROGRAMS)
