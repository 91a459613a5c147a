"""How the driver ends: its exit statuses, and the signals that stop it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable
from types import FrameType

MEASURED, FAILED, USAGE, NO_ENVIRONMENT, SIGNALLED = 0, 1, 2, 3, 128
TWICE_S = 0.2  # timeout(1) signals the process and its group: that is one wish, not two
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A signal asked us to stop. Not an Exception: nothing may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


_closed: set[int] = set()  # of 0, 1 and 2, when we were started


def open_standard_files() -> None:
    """Started with one of 0, 1 and 2 closed, a results file could become stdout."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        _closed.add(descriptor)
    os.close(descriptor)


class Unheard(Exception):
    """What was to be said could not be written to stdout."""


def tell(lines: Iterable[str]) -> None:
    """Says the results on stdout. Raises Unheard when nobody can hear them."""
    if sys.stdout is None or 1 in _closed:
        raise Unheard("stdout is closed")
    try:
        print("\n".join(lines), flush=True)
    except OSError as error:
        # What is left in the buffer must not be tried again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if isinstance(error, BrokenPipeError):
            raise Unheard("the reader of stdout is gone") from None
        raise Unheard(f"cannot write to stdout: {error.strerror}") from None


def listen() -> None:
    """From now on the first signal stops in good order, the second at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        first_s = time.monotonic()

        def again(number: int, frame: FrameType | None) -> None:
            if time.monotonic() - first_s > TWICE_S:
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)

        for each in SIGNALS:
            signal.signal(each, again)
        raise Stopped(number)

    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, stop)
