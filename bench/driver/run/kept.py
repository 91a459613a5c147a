"""Reading the files of a results folder, which may be a stranger's.

Only regular files count: no link, that may lead anywhere, no pipe, that may never end,
and nothing too large. Numbers count that a float can hold.
"""

import errno
import json
import os
import stat
from io import FileIO
from math import isinf
from pathlib import Path
from typing import Any, NoReturn

from ..ask.typed import text_of

MOST_BYTES = 2**28
MOST_DIGITS = 20  # of a whole number: one of 64 bits


def opened(path: Path, mode: str = "r") -> FileIO:
    """The file, unbuffered. Raises OSError, also for what is no regular file."""
    guards = os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    file = FileIO(path, mode, opener=lambda at, how: os.open(at, how | guards, 0o666))
    try:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "Not a regular file", str(path))
        if found.st_size > MOST_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    except OSError:
        file.close()
        raise
    return file


def read_bytes(path: Path) -> bytes:
    """All of it."""
    with opened(path) as file:
        return file.read(MOST_BYTES)


def read_text(path: Path) -> str:
    """Raises OSError, or NotText, which is a ValueError."""
    return text_of(read_bytes(path), path.name)


def value_of(text: str) -> Any:
    """What this JSON says, in text that can be written again. Raises ValueError."""
    try:
        found = json.loads(
            text, parse_constant=_refuse, parse_int=_whole, parse_float=_fraction
        )
        if r"\u" in text:  # half a surrogate is no text, and becomes a question mark
            whole = json.dumps(found, ensure_ascii=False).encode(errors="replace")
            found = json.loads(whole)
        return found
    except json.JSONDecodeError as error:
        raise ValueError(f"from character {error.pos + 1} on it is no JSON") from None
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"it holds {name[:MOST_DIGITS]}, which is no figure")


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        _refuse(digits)
    return int(digits)


def _fraction(text: str) -> float:
    if isinf(number := float(text)):
        _refuse(text)
    return number
