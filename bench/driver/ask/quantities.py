"""Quantities as people write them, read as the programs' options read them.

Counts "10000", durations "250us", sizes "64K", rates "1000/s", shares "2%". Each reader
raises a ValueError that says what is accepted.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from math import floor

NS_PER = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "min": 60 * 10**9}
BYTES_PER = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
MOST_NS = 2**63


def _read(text: str, units: Mapping[str, int | Decimal], what: str) -> float:
    """Rounded once: as a number of the computer's, 57 times 0.01 is not 0.57."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(\D*)", text, re.ASCII)
    if match and (match[2] in units or (float(match[1]) == 0 and not match[2])):
        found = float(Decimal(match[1]) * units.get(match[2], 1))
        if found < MOST_NS:
            return found
    raise ValueError(f"'{text}' is not {what}")


def parse_duration_ns(text: str) -> int:
    """ "250us", "10ms", "1.5s" or "0" in nanoseconds."""
    wanted = "a duration: a number and ns, us, ms, s or min"
    return floor(_read(text, NS_PER, wanted) + 0.5)  # as C's llround(), and not to even


def parse_size_bytes(text: str) -> int:
    """ "64K" as 65536."""
    return floor(_read(text, BYTES_PER, "a size: a number and K, M, G or T") + 0.5)


def parse_rate(text: str) -> float:
    """ "1000/s" as 1000.0."""
    return _read(text, {"/s": 1, "": 1}, "a rate: a number and /s")


def plain_number(number: float, digits: int | None = None) -> str:
    """1.5e6 as "1500000", for no reader takes an exponent, and few people do: with all
    its digits, or with so many at most."""
    text = repr(float(number)) if digits is None else f"{number:.{digits}g}"
    return f"{Decimal(text).normalize():f}"


def parse_share(text: str) -> float:
    """ "2%" or "0.02" as 0.02."""
    return _read(text, {"%": Decimal("0.01"), "": 1}, "a share: 2% or 0.02")


def parse_count(text: str, least: int, most: int) -> int:
    """A plain decimal number between least and most."""
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or not least <= int(text) <= most:
        raise ValueError(f"'{text}' is not a whole number from {least} to {most}")
    return int(text)


def measured(value: str | int | float | bool | None) -> tuple[float, str] | None:
    """An option's value as a number, and its unit as in figures.py: "10ms" is
    (0.01, "s"), "poisson:900/s" (900, "1/s"), 50 (50, "count"). None: it is a word."""
    if isinstance(value, bool) or value is None:
        return None
    if not isinstance(value, str):
        return float(value), "count"
    text = value.rpartition(":")[2]
    if text == "0":
        return 0.0, "count"
    readers = (
        (parse_duration_ns, 1e-9, "s"), (parse_rate, 1, "1/s"),
        (parse_share, 1, "share"), (parse_size_bytes, 1, "bytes"),
    )  # fmt: skip
    for read, scale, unit in readers:
        try:
            bare = re.fullmatch(r"[\d.]+", text)
            return read(text) * scale, "count" if bare else unit
        except ValueError:
            continue
    return None
