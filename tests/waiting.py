"""Waiting for a state, not for a time: the limit only ends what is broken."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LIMIT_S = 900  # not a measurement: on a busy machine all takes a hundred times as long


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    limit = time.monotonic() + LIMIT_S
    while not (found := condition()):
        if time.monotonic() > limit:
            raise AssertionError(f"never came: {what}")
        time.sleep(0.01)
    return found


def is_gone(pid: int) -> bool:
    """True when the process is gone, or dead and not yet waited for."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"
