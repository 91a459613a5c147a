"""Child processes that cannot outlive their use.

Each child leads a process group of its own, so that the whole family can be ended:
after a timeout, on Ctrl-C, or, by the guardian, when the driver itself is killed.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

GRACE_S = 2.0  # between asking to end and ending
TICK_S = 0.5  # a display may move this often; more would disturb what is measured
# Reads the group now running, one a line; when the driver dies the pipe closes, and
# what was running is killed. A shell, because it must not die with the driver. Of the
# ways to write it, dash takes only this one: to its kill, -9 before -- is no signal.
GUARDIAN = (
    'while read -r g; do last=$g; done; [ -z "$last" ] || kill -s KILL -- "-$last"'
)


@dataclass(frozen=True)
class Ending:
    """How a child ended, and the end of what it said on stderr."""

    exit_code: int  # negative: the signal, as subprocess has it
    timed_out: bool
    stderr: str


class Guardian:
    """Ends the child that is running when the driver is killed without warning."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", GUARDIAN],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def watch(self, group: int | None) -> None:
        """This group is running now; None: nothing is."""
        try:
            self._process.stdin.write(b"\n" if group is None else b"%d\n" % group)
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # somebody killed the guardian; the run can go on without it

    def __enter__(self) -> Guardian:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.watch(None)
        self._process.stdin.close()
        self._process.wait()


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    timeout_s: float,
    guardian: Guardian,
    tick: Callable[[], None] = lambda: None,
) -> Ending:
    """Runs the command in this folder to its end, or ends its whole group.

    tick is called now and then while the child runs, so that a display can move.
    """
    with open(folder / "stderr", "w+b") as stderr:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            process_group=0,
        )
        try:
            guardian.watch(process.pid)
            timed_out = not _wait(process.pid, timeout_s, tick)
        finally:
            # Also after an end in good order: nothing it left behind goes on running.
            end_group(process)
            guardian.watch(None)
        stderr.seek(0)
        said = stderr.read()[-2000:].decode(errors="replace").strip()
    return Ending(process.returncode, timed_out, said)


def _wait(pid: int, timeout_s: float, tick: Callable[[], None] = lambda: None) -> bool:
    """True when the process ended in time.

    Sleeps on its descriptor: Popen.wait() would wake up twenty times a second beside
    the very thing that is measured.
    """
    deadline = time.monotonic() + timeout_s
    descriptor = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while True:
            # Looked at even when the time is over: we may have been stopped (Ctrl-Z)
            # while the child, which has a group of its own, went on to its end.
            left_s = max(0.0, deadline - time.monotonic())
            if poll.poll(min(left_s, TICK_S) * 1000):
                return True
            if left_s == 0:
                return False
            tick()
    finally:
        os.close(descriptor)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, then SIGKILL to the group, and only then the child's status.

    Until its status is collected, the group's number cannot become another's.
    """
    if not _wait(process.pid, 0):
        _signal_group(process.pid, signal.SIGTERM)
        _wait(process.pid, GRACE_S)
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass  # all gone already
