"""The kernel's own memory while a program runs: what no RSS shows.

/proc/meminfo is of the whole machine, so what is kept is the growth over the moment
before the run, at its highest. A short run is over before anyone looks: then nothing is
known, and nothing is said.
"""

from __future__ import annotations

import re

from .limits import read

FIELDS = {
    "kernel_stack_bytes": "KernelStack",
    "slab_bytes": "SUnreclaim",
    "page_table_bytes": "PageTables",
}


def now() -> dict[str, int]:
    """Each field that the kernel tells, in bytes."""
    text = read("/proc/meminfo") or ""
    found = {
        name: re.search(rf"^{field}:\s*(\d+) kB$", text, re.MULTILINE)
        for name, field in FIELDS.items()
    }
    return {name: int(match[1]) * 1024 for name, match in found.items() if match}


class Watch:
    """Looks at the kernel's memory from time to time during one run."""

    def __init__(self) -> None:
        self._before = now()
        self._most: dict[str, int] = {}

    def look(self) -> None:
        for name, value in now().items():
            self._most[name] = max(value, self._most.get(name, value))

    def growth(self) -> dict[str, int] | None:
        """The highest growth seen, never below 0; None when nobody looked."""
        if not self._most:
            return None
        return {
            name: max(0, value - self._before.get(name, value))
            for name, value in self._most.items()
        }
