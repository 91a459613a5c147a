"""A line from the keyboard, that can be edited and is not deaf to Ctrl-C."""

from __future__ import annotations

import signal

try:
    import readline  # noqa: F401  (input() then edits, and keeps a history)
except ImportError:  # a Python without it
    pass

HEARTBEAT_S = 0.2


def read(words: str) -> str:
    """What was typed, without the blanks around it; "" at the end of input.

    A signal that comes between the prompt and the reading would be heard only after the
    next key: Python runs its handlers when the reading is interrupted. So it is, often.
    """
    before = signal.signal(signal.SIGALRM, lambda number, frame: None)
    signal.setitimer(signal.ITIMER_REAL, HEARTBEAT_S, HEARTBEAT_S)
    try:
        return input(words).strip()
    except EOFError:
        print()
        return ""
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
