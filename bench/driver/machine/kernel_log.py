"""What the kernel logged while we measured.

A throttled CPU or a killed process explains more than any figure, and the log is the
only place that tells (Krun looks there, too). Lines that look like trouble are kept,
without the paths in them, as results name no place of a machine; others are counted.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

DEVICE = Path("/dev/kmsg")
RECORD_BYTES = 8192  # the kernel's largest
TROUBLE = re.compile(
    r"throttl|temperature above|out of memory|oom-kill|killed process|blocked for more"
    r"|machine check|hardware error|\bmce\b|segfault|general protection|lockup"
    r"|rcu.*stall|clocksource.*(unstable|skew|watchdog)|interrupt took too long",
    re.IGNORECASE,
)
FOLDERS = re.compile(r"(?:/[^\s/\[\],:]+)+/")


class KernelLog:
    """Open from now on: everything that is logged later can be had from it."""

    def __init__(self, device: Path = DEVICE) -> None:
        self.unreadable: str | None = None
        self._file = -1
        try:
            self._file = os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            os.lseek(self._file, 0, os.SEEK_END)
        except OSError as error:
            self.close()
            self.unreadable = f"{device.name} cannot be read: {error.strerror}"

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def found(self) -> dict[str, Any]:
        """For environment.json: trouble is null where the log cannot be read."""
        if self.unreadable is not None:
            return {"trouble": None, "other_lines": None, "why": self.unreadable}
        lines = [_message(record) for record in self._records()]
        trouble = [FOLDERS.sub("", line) for line in lines if TROUBLE.search(line)]
        return {"trouble": trouble, "other_lines": len(lines) - len(trouble)}

    def _records(self) -> list[str]:
        """One a read, until there is none."""
        records = []
        while True:
            try:
                record = os.read(self._file, RECORD_BYTES)
            except BlockingIOError:
                return records
            except BrokenPipeError:
                continue  # overwritten before we came: on with the oldest there is
            if not record:
                return records
            records += record.decode(errors="replace").splitlines()[:1]


def _message(record: str) -> str:
    """Without what the kernel puts before it: priority, number, moment, flags."""
    _, semicolon, message = record.partition(";")
    return message if semicolon else record


def together(before: dict[str, Any] | None, found: dict[str, Any]) -> dict[str, Any]:
    """Of a run that was resumed: unreadable once is unreadable."""
    if before is None or found["trouble"] is None:
        return found
    if before["trouble"] is None:
        return before
    return {
        "trouble": before["trouble"] + found["trouble"],
        "other_lines": before["other_lines"] + found["other_lines"],
    }


def warning(found: dict[str, Any]) -> str | None:
    """A sentence when something happened that spoils figures."""
    trouble = found["trouble"]
    if not trouble:
        return None
    more = f" (and {len(trouble) - 1} more)" if len(trouble) > 1 else ""
    return f"the kernel logged during the run: {trouble[0]}{more}"
