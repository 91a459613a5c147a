"""What a class may say: a value with its unit, or one of the answers that are offered.

Units are those of figures.py that people can guess, and three more: "times" is one
thing over another, "setting" a value of the option that is looked for, "choice" the
letter of an answer.
"""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

Value = float | str
ACCEPTED = {
    "s": "a duration such as 250 us, 10 ms or 5 s",
    "bytes": "a size such as 300 kB or 20 MB",
    "count": "a whole number",
    "times": "how many times, such as 4",
}
SIZES = {
    "s": {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0},
    "bytes": {"B": 1.0, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9},
    "count": {"": 1.0},
    "times": {"": 1.0, "x": 1.0, "×": 1.0},
}
MOST = 10**15
# "Ann: 100 ms", "100 ms x 18"
SAID = re.compile(
    r"(?:([^\d:=][^:=]*)[:=])?\s*(.*?)(?:\s+[*x×]\s*([1-9][0-9]{0,2}))?", re.DOTALL
)  # fmt: skip


class Guess(NamedTuple):
    value: Value
    name: str = ""  # of who said it


def accepted(unit: str, offered: Collection[str] = ()) -> str:
    """What parse() takes, in words."""
    if not offered:
        return ACCEPTED[unit]
    *first, last = offered
    return f"{', '.join(first)} or {last}" if first else last


def parse(
    unit: str, text: str, offered: Collection[str] = (), plain: str | None = None
) -> Value:
    """A value in this unit; plain: the unit of a number without one.

    Raises ValueError with what is accepted.
    """
    try:
        value = _value(unit, text.strip(), offered, plain)
    except (ValueError, KeyError):
        value = -1.0
    if isinstance(value, float) and not 0 <= value <= MOST:
        raise ValueError(f"'{text.strip()}' is not {accepted(unit, offered)}")
    return value


def _value(unit: str, text: str, offered: Collection[str], plain: str | None) -> Value:
    if offered:
        if text.upper() not in offered:
            raise ValueError(text)
        return float(text) if unit == "setting" else text.upper()
    match = re.fullmatch(r"(\d{1,3}(?: \d{3})+|\d+(?:\.\d+)?) ?([^\d\s]*)", text)
    if match is None or not text.isprintable():
        raise ValueError(text)
    number = float(match[1].replace(" ", ""))
    if unit == "count" and number % 1:
        raise ValueError(text)
    named = match[2] or plain or ""
    if number == 0 and not match[2]:
        return number
    # 175 ms is 0.175 and not 0.17500000000000002.
    return float(f"{number * SIZES[unit][named]:.12g}")


def parse_all(
    unit: str, text: str, offered: Collection[str], plain: str
) -> Iterator[Guess]:
    """Guesses as they are typed: "100 ms, Ann: 1s, 10 ms x 18"."""
    for part in text.split(","):
        name, said, hands = SAID.fullmatch(part.strip()).groups()
        guess = Guess(parse(unit, said, offered, plain), (name or "").strip())
        yield from [guess] * int(hands or 1)
