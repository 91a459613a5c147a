"""What the kernel knows of the time in which we measured: its log, and its memory.

A throttled CPU or a killed process explains more than any figure, and only the log
tells (Krun looks there, too). Lines that look like trouble are kept, without the paths
in them, as results name no place of a machine; others are counted.
"""

import os
import re
from pathlib import Path
from typing import Any

from .limits import meminfo_bytes

DEVICE = Path("/dev/kmsg")
RECORD_BYTES = 8192  # the kernel's largest
TROUBLE = re.compile(
    r"throttl|temperature above|out of memory|oom-kill|killed process|blocked for more"
    r"|machine check|hardware error|\bmce\b|segfault|general protection|lockup"
    r"|rcu.*stall|clocksource.*(unstable|skew|watchdog)|interrupt took too long",
    re.IGNORECASE,
)
FOLDERS = re.compile(r"(?:/[^\s/\[\],:]+)+/")
MEMORY = {
    "kernel_stack_bytes": "KernelStack",
    "slab_bytes": "SUnreclaim",
    "page_table_bytes": "PageTables",
}


class Log:
    """Open from now on: everything that is logged later can be had from it."""

    def __init__(self, device: Path = DEVICE) -> None:
        self._file, self._unreadable = -1, ""
        try:
            self._file = os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            os.lseek(self._file, 0, os.SEEK_END)
        except OSError as error:
            self._unreadable = f"{device.name} cannot be read: {error.strerror}"

    def found(self) -> dict[str, Any]:
        """For environment.json: trouble is null where the log cannot be read. Then the
        log is closed."""
        lines = [] if self._unreadable else self._lines()
        if self._file >= 0:
            os.close(self._file)
        if self._unreadable:
            return {"trouble": None, "other_lines": None, "why": self._unreadable}
        trouble = [FOLDERS.sub("", line) for line in lines if TROUBLE.search(line)]
        return {"trouble": trouble, "other_lines": len(lines) - len(trouble)}

    def _lines(self) -> list[str]:
        """One a read: "priority,number,moment,flags;message", until there is none."""
        lines: list[str] = []
        while True:
            try:
                record = os.read(self._file, RECORD_BYTES).decode(errors="replace")
            except BlockingIOError:
                return lines
            except BrokenPipeError:
                continue  # overwritten before we came: on with the oldest there is
            if not record:
                return lines
            lines.append(record.splitlines()[0].partition(";")[2])


def together(before: dict[str, Any] | None, found: dict[str, Any]) -> dict[str, Any]:
    """Of a run that was resumed: unreadable once is unreadable."""
    if before is None or found["trouble"] is None:
        return found
    if before["trouble"] is None:
        return before
    return {key: before[key] + found[key] for key in ("trouble", "other_lines")}


def warning(found: dict[str, Any]) -> str | None:
    """A sentence when something happened that spoils figures."""
    trouble = found["trouble"]
    if not trouble:
        return None
    more = f" (and {len(trouble) - 1} more)" if len(trouble) > 1 else ""
    return f"the kernel logged during the run: {trouble[0]}{more}"


def memory() -> dict[str, int]:
    """What no RSS shows, of the whole machine, in bytes: each that the kernel tells."""
    found = {name: meminfo_bytes(field) for name, field in MEMORY.items()}
    return {name: size for name, size in found.items() if size is not None}


class Watch:
    """How far that memory grew during one run, at its highest.

    A short run is over before anyone looks: then nothing is known, and nothing said.
    """

    def __init__(self) -> None:
        self._before = memory()
        self._most: dict[str, int] = {}

    def look(self) -> None:
        for name, value in memory().items():
            self._most[name] = max(value, self._most.get(name, value))

    def growth(self) -> dict[str, int] | None:
        """Never below 0; None when nobody looked."""
        before = self._before
        grown = {n: max(0, v - before.get(n, v)) for n, v in self._most.items()}
        return grown or None
