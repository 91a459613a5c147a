"""The terminal: what it can show, saying results on stdout, columns that line up.

A terminal that is dumb, a pipe, or NO_COLOR gets no escape sequence; a character set
that lacks our signs gets others for them; a narrow one gets fewer columns and wrapped
sentences.
"""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import TextIO

from .numbers import bound

# What stands for a sign where the character set does not have it.
INSTEAD = {
    "\u202f": " ", "\u00a0": " ", "×": "x", "µ": "u", "–": "-", "−": "-", "·": "-",
    "✓": "+", "✗": "!", "█": "#", "░": ".", "→": "->", "∞": "inf", "≤": "<=",
    "√": "sqrt ", "⌈": "ceil(", "⌉": ")", "…": "...", "’": "'",
}  # fmt: skip
NARROWEST = 40
_closed: set[int] = set()  # of 0, 1 and 2, when we were started


def open_standard_files() -> None:
    """Started with one of 0, 1 and 2 closed, a results file could become stdout."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        _closed.add(descriptor)
    os.close(descriptor)


class Unheard(Exception):
    """What was to be said could not be written to stdout."""


def tell(lines: Iterable[str]) -> None:
    """Says the results on stdout, lines that are too long in several. Raises Unheard
    when nobody can hear them."""
    if sys.stdout is None or 1 in _closed:
        raise Unheard("stdout is closed")
    width = width_of(sys.stdout)
    told = "\n".join(part for line in lines for part in folded(line, width))
    try:
        print(shown_on(sys.stdout, told), flush=True)
    except OSError as error:
        _leave(1)
        if isinstance(error, BrokenPipeError):
            raise Unheard("the reader of stdout is gone") from None
        raise Unheard(f"cannot write to stdout: {error.strerror}") from None


def was_heard() -> bool:
    """Writes what is left, of argparse too. False when stdout did not take it."""
    heard = True
    for descriptor, stream in ((2, sys.stderr), (1, sys.stdout)):
        try:
            if stream is not None:
                stream.flush()
        except OSError as error:
            heard = descriptor != 1
            _leave(descriptor)
            if not heard:
                complain(f"bench/run: cannot write to stdout: {error.strerror}")
    return heard


def _leave(descriptor: int) -> None:
    """What is left in its buffer must not be tried again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


def complain(line: str) -> None:
    """One line on stderr, whatever bytes a path in it holds; nobody may be there."""
    if sys.stderr is None:  # closed: print would take stdout instead
        return
    try:
        print(shown_on(sys.stderr, line), file=sys.stderr, flush=True)
    except OSError:
        _leave(2)
    except ValueError:
        pass


# ---- what it can show ----


def shown_on(stream: TextIO, text: str) -> str:
    """The text with signs that this stream can show, and no control characters."""
    kept = (c if c.isprintable() or c in INSTEAD or c == "\n" else "?" for c in text)
    text = "".join(kept)
    encoding = encoding_of(stream)
    try:
        text.encode(encoding)
        return text
    except UnicodeError:
        plain = "".join(map(lambda c: c if c.isascii() else INSTEAD.get(c, c), text))
        return plain.encode(encoding, errors="backslashreplace").decode(encoding)


def encoding_of(stream: TextIO) -> str:
    """Python takes the C locale for UTF-8; who set it does not promise that."""
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    locale = next((os.environ[n] for n in names if os.environ.get(n)), "C")
    if locale in ("C", "POSIX"):
        return "ascii"
    return getattr(stream, "encoding", None) or "utf-8"


def can_move(stream: TextIO) -> bool:
    """Whether the cursor can be moved there, to draw again what was drawn."""
    dumb = os.environ.get("TERM", "dumb") == "dumb" or os.environ.get("NO_COLOR")
    return stream.isatty() and not dumb


def width_of(stream: TextIO | None) -> int | None:
    """Columns of a terminal; None where lines may be of any length."""
    if stream is None or not stream.isatty():
        return None
    return max(NARROWEST, size_of(stream).columns)


def size_of(stream: TextIO) -> os.terminal_size:
    """Of this stream's terminal: stdout, which shutil asks, may be a file."""
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return shutil.get_terminal_size()
    return size if size.columns and size.lines else shutil.get_terminal_size()


# ---- lines ----


def wrapped(
    text: str, width: int | None, indent: str = "", hanging: int = 2
) -> list[str]:
    """A sentence in lines that fit; those after the first are indented further."""
    if width is None:
        return [indent + text]
    lines = textwrap.wrap(
        bound(text), width, initial_indent=indent,
        subsequent_indent=indent + " " * hanging,
        break_long_words=False, break_on_hyphens=False,
    ) or [""]  # fmt: skip
    return [line.replace("\u00a0", " ") for line in lines]  # they are broken now


def folded(line: str, width: int | None) -> list[str]:
    """A line as it is, or in several if it is too long."""
    if width is None or len(line) <= width:
        return [line]
    text = line.lstrip(" ")
    return wrapped(text, width, " " * (len(line) - len(text)))


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


def fitted(
    rows: Sequence[Sequence[str]], width: int | None, spare: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Aligned rows, the first of which are headings, and the headings left out.

    Where they are too wide, columns of `spare` headings go, the first of them first. If
    that is not enough, what a row is about has a line of its own above its figures.
    """
    for stacked in (False, True):
        kept, gone = [list(row) for row in rows], []
        for heading in (None, *spare):
            if heading in kept[0]:
                at = kept[0].index(heading)
                kept = [row[:at] + row[at + 1 :] for row in kept]
                gone.append(heading)
            lines = _stacked(kept, width) if stacked else aligned(kept)
            if width is None or max(map(len, lines)) <= width:
                return lines, gone
    return lines, gone


def _stacked(rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    figures = iter(aligned([[" ", *row[1:]] for row in rows]))
    return [
        line
        for row in rows
        for line in (*folded(row[0], width), next(figures))
        if line.strip()
    ]
