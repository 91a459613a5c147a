"""What the kernel keeps for threads, and no RSS shows: of the whole machine."""

from __future__ import annotations

from .limits import meminfo_bytes

FIELDS = {
    "kernel_stack_bytes": "KernelStack",
    "slab_bytes": "SUnreclaim",
    "page_table_bytes": "PageTables",
}


def now() -> dict[str, int]:
    """In bytes: each that the kernel tells."""
    found = {name: meminfo_bytes(field) for name, field in FIELDS.items()}
    return {name: size for name, size in found.items() if size is not None}


class Watch:
    """How far that memory grew during one run, at its highest.

    A short run is over before anyone looks: then nothing is known, and nothing said.
    """

    def __init__(self) -> None:
        self._before = now()
        self._most: dict[str, int] = {}

    def look(self) -> None:
        for name, value in now().items():
            self._most[name] = max(value, self._most.get(name, value))

    def growth(self) -> dict[str, int] | None:
        """Never below 0; None when nobody looked."""
        before = self._before
        grown = {n: max(0, v - before.get(n, v)) for n, v in self._most.items()}
        return grown or None
