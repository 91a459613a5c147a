"""Child processes that cannot outlive their use.

Each child leads a process group of its own, so that the whole family can be ended:
after a timeout, on Ctrl-C, or, by the guardian, when the driver itself is killed.
"""

import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Self

from ..run.run import Ending
from .signals import held

GRACE_S = 2.0  # between asking to end and ending
LOOK_S = 0.02  # how often a child is looked at where that is all there is
TICK_S = 0.5  # a display may move this often; more would disturb what is measured
# Reads the group now running, one a line; when the driver dies the line is cut, and
# what was running is killed. A shell, because it must not die with the driver. Of the
# ways to write it, dash takes only this one: to its kill, -9 before -- is no signal.
GUARDIAN = (
    'while read -r g; do last=$g; done; [ -z "$last" ] || kill -s KILL -- "-$last"'
)
Tick = Callable[[], None]


class Guardian:
    """Ends the child that is running when the driver is killed without warning.

    It is also the last net of the driver's own: whatever group was not said to be over
    when the guardian is left, by a signal at a bad moment, is killed too.
    """

    def __init__(self) -> None:
        # Not a pipe: a write to one without reader would end a child by SIGPIPE.
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", GUARDIAN], stdin=theirs, start_new_session=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    def watch(self, group: int | None) -> None:
        """This group is running now; None: nothing is."""
        said = b"\n" if group is None else b"%d\n" % group
        try:
            self._line.send(said, socket.MSG_NOSIGNAL)
        except OSError:
            pass  # somebody killed the guardian; the run can go on without it

    def watch_me(self) -> None:
        """Called by a child that leads a group, before it becomes its program.

        Said by the driver it would come too late for a signal just after the fork. The
        child holds the line, too, until it becomes its program: so the guardian reads
        this even from a child that has outlived the driver.
        """
        self.watch(os.getpid())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._line.close()
        self._process.wait()


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    timeout_s: float,
    guardian: Guardian,
    tick: Tick = lambda: None,
) -> Ending:
    """Runs the command in this folder to its end, or ends its whole group.

    tick is called now and then while the child runs, so that a display can move.
    Raises OSError when it cannot be started.
    """
    with open(folder / "stderr", "w+b") as stderr:
        process = None
        try:
            with held():
                process = _start(command, folder, environment, stderr, guardian)
            timed_out = not _wait(process.pid, timeout_s, tick)
        finally:
            # Also after an end in good order: nothing it left behind goes on running.
            if process is not None:
                end_group(process, guardian)
        stderr.seek(0)
        said = stderr.read()[-2000:].decode(errors="replace").strip()
    return Ending(process.returncode, timed_out, said)


def _start(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    stderr: BinaryIO,
    guardian: Guardian,
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command, cwd=folder, env=environment, process_group=0,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
            preexec_fn=guardian.watch_me,  # the driver has one thread: it may fork
        )  # fmt: skip
    except OSError:
        guardian.watch(None)  # the child that could not become its program is gone
        raise


def _wait(pid: int, timeout_s: float, tick: Tick = lambda: None) -> bool:
    """True when the process ended in time.

    Sleeps on its descriptor: Popen.wait() would wake up twenty times a second beside
    the very thing that is measured.
    """
    deadline = time.monotonic() + timeout_s
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:  # some containers forbid it
        descriptor = None
    try:
        while True:
            # Looked at even when the time is over: we may have been stopped (Ctrl-Z)
            # while the child, which has a group of its own, went on to its end.
            left_s = max(0.0, deadline - time.monotonic())
            if _has_ended(pid, descriptor, left_s):
                return True
            if left_s == 0:
                return False
            tick()
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _has_ended(pid: int, descriptor: int | None, within_s: float) -> bool:
    """Waits for a moment; without a descriptor it has to look again and again."""
    if descriptor is not None:
        return bool(select.select([descriptor], [], [], min(within_s, TICK_S))[0])
    if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
        return True
    time.sleep(min(within_s, LOOK_S))
    return False


def end_group(process: subprocess.Popen[bytes], guardian: Guardian) -> None:
    """SIGTERM, then SIGKILL to the group, and only then the child's status.

    Until its status is collected, the group's number cannot become another's: so the
    guardian forgets it before, too.
    """
    if not _wait(process.pid, 0):
        _signal_group(process.pid, signal.SIGTERM)
        _wait(process.pid, GRACE_S)
    _signal_group(process.pid, signal.SIGKILL)
    guardian.watch(None)
    process.wait()


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass  # all gone already
