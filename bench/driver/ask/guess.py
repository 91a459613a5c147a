"""What a class may say: a value with its unit, or one of the answers that are offered.

Units are those of figures.py that people can guess, and three more: "times" is one
thing over another, "setting" a value of the option that is looked for, "choice" the
letter of an answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from .quantities import parse_count, parse_duration_ns

Value = float | str
ACCEPTED = {
    "s": "a duration such as 250us, 10ms or 5s",
    "bytes": "a size such as 300kB or 20MB",
    "count": "a whole number",
    "times": "how many times, such as 4",
}
SIZES = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
MOST = 10**15


def accepted(unit: str, offered: Collection[str] = ()) -> str:
    """What parse() takes, in words."""
    if not offered:
        return ACCEPTED[unit]
    *first, last = offered
    return f"{', '.join(first)} or {last}" if first else last


def parse(unit: str, text: str, offered: Collection[str] = ()) -> Value:
    """A prediction in this unit. Raises ValueError with what is accepted."""
    try:
        value = _value(unit, text.strip(), offered)
    except ValueError:
        value = 0.0
    if isinstance(value, float) and not 0 < value <= MOST:
        raise ValueError(f"'{text.strip()}' is not {accepted(unit, offered)}")
    return value


def _value(unit: str, text: str, offered: Collection[str]) -> Value:
    if offered:
        if text.upper() not in offered:
            raise ValueError(text)
        return float(text) if unit == "setting" else text.upper()
    if unit == "s":
        return parse_duration_ns(text) / 1e9
    if unit == "count":
        return float(parse_count(text, 1, MOST))
    units = "x|×|" if unit == "times" else "|".join(SIZES)
    match = re.fullmatch(rf"(\d+(?:\.\d+)?) ?({units})", text, re.ASCII)
    if match is None:
        raise ValueError(text)
    return float(match[1]) * SIZES.get(match[2], 1)
