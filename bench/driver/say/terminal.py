"""The terminal: saying results on stdout, and columns that line up."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

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


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as they must be: the first to the left, others to the right."""
    count = max(map(len, rows), default=0)
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(count)]
    told = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [text.rjust(width) for text, width in zip(row[1:], widths[1:])]
        told.append("  ".join(cells).rstrip())
    return told
