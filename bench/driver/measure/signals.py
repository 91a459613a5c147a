"""How the driver ends: its exit statuses, and the signals that stop it."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# As the programs end, too: with USAGE, or SIGNALLED + n by signal n.
MEASURED, FAILED, USAGE, NO_ENVIRONMENT, SIGNALLED = 0, 1, 2, 3, 128
TWICE_S = 0.2  # timeout(1) signals the process and its group: that is one wish, not two
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Stopped(BaseException):
    """A signal asked us to stop. Not an Exception: nothing may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


_held: list[int] = []  # signals that came while they were held
_holding = False


@contextmanager
def held() -> Iterator[None]:
    """Holds signals back meanwhile. What runs at a fork swallows every exception, and
    a wish to stop would be lost there."""
    global _holding
    _holding = True
    try:
        yield
    finally:
        _holding = False
        if _held:
            raise Stopped(_held[0])


def listen() -> None:
    """From now on the first signal stops in good order, the second at once.

    And of each child we are told how it ended, whatever whoever started us ignores.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        first_s = time.monotonic()

        def again(number: int, frame: FrameType | None) -> None:
            if time.monotonic() - first_s > TWICE_S:
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)

        _hear(again)
        if _holding:
            _held.append(number)
        else:
            raise Stopped(number)

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _hear(stop)


def _hear(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, handler)
