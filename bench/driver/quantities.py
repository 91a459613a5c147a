"""Durations, sizes, rates and shares: read as the programs read them, and shown.

Reading accepts what the programs' options accept. Showing keeps three digits, because
no figure here is better than that.
"""

from __future__ import annotations

import re
from math import inf

NS_PER = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}


def parse_duration_ns(text: str) -> int:
    """ "250us", "10ms", "1.5s" or "0" in nanoseconds."""
    if text == "0":
        return 0
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ns|us|ms|s)", text, re.ASCII)
    if not match:
        raise ValueError(f"'{text}' is not a duration: a number and ns, us, ms or s")
    number, unit = match.groups()
    return round(float(number) * NS_PER[unit])


def parse_rate(text: str) -> float:
    """ "1000/s" as 1000.0."""
    number, slash, unit = text.partition("/")
    if not re.fullmatch(r"\d+(\.\d+)?", number, re.ASCII) or slash + unit != "/s":
        raise ValueError(f"'{text}' is not a rate: a number and /s")
    return float(number)


def parse_share(text: str) -> float:
    """ "2%" or "0.02" as 0.02."""
    number = text.removesuffix("%")
    if not re.fullmatch(r"\d+(\.\d+)?", number, re.ASCII):
        raise ValueError(f"'{text}' is not a share: 2% or 0.02")
    return float(number) / (100 if text.endswith("%") else 1)


def parse_count(text: str, least: int, most: int) -> int:
    """A plain decimal number between least and most."""
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or not least <= int(text) <= most:
        raise ValueError(f"'{text}' is not a whole number from {least} to {most}")
    return int(text)


UNITS = {
    "s": (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)),
    "bytes": (("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1.0)),
}


def _three_digits(value: float, more: int = 0) -> str:
    """Three digits, or `more` than that."""
    if value == inf:
        return "∞"
    decimals = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{decimals + more}f}"


MOST_MORE = 2


def _apart(middle: float, low: float, high: float) -> str:
    """ "12.3 [12.1, 12.5]", with as many digits as it takes to see the ends apart."""
    for more in range(MOST_MORE + 1):
        ends = [_three_digits(value, more) for value in (low, high)]
        if ends[0] != ends[1] or low == high:
            break
    return f"{_three_digits(middle, more)} [{', '.join(ends)}]"


def _scale(unit: str, value: float) -> tuple[str, float]:
    """The largest unit of which the value is at least one."""
    for name, size in UNITS[unit]:
        # 0.9995: what rounds to 1.00 of this unit is not 1000 of the next one down.
        if abs(value) >= 0.9995 * size:
            return name, size
    return UNITS[unit][-1]


def _show_scaled(unit: str, value: float) -> str:
    if value == 0:
        return "0 B" if unit == "bytes" else "0 s"
    name, size = _scale(unit, value)
    # There are no parts of bytes or nanoseconds.
    whole = (name, size) == UNITS[unit][-1]
    return (
        f"{value / size:.0f} " if whole else _three_digits(value / size) + " "
    ) + name


def show_duration(seconds: float) -> str:
    """0.0123 as "12.3 ms"."""
    return _show_scaled("s", seconds)


def show_bytes(size: float) -> str:
    """2 200 000 as "2.20 MB" (powers of ten, as the axis of the charts)."""
    return _show_scaled("bytes", size)


def show_range(unit: str, middle: float, low: float, high: float) -> str:
    """ "12.3 ms [12.1, 12.5]": all three in the unit of the first."""
    if unit not in UNITS:
        first, *ends = (show(unit, value) for value in (middle, low, high))
        return f"{first} [{', '.join(ends)}]"
    name, size = _scale(unit, middle)
    first, limits = _apart(middle / size, low / size, high / size).split(" ", 1)
    return f"{first} {name} {limits}"


def show_count(value: float) -> str:
    """10000 as "10 000", with a narrow no-break space; halves keep their half."""
    whole = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    return whole.replace(",", "\u202f")


def show_percent(share: float, digits: int = 0) -> str:
    """0.884 as "88 %"."""
    return f"{100 * share:.{digits}f} %"


def show_ratio(value: float) -> str:
    """6.274 as "6.27"."""
    return _three_digits(value)


def show_ratio_range(middle: float, low: float, high: float) -> str:
    """ "6.27× [6.20, 6.31]"."""
    return _apart(middle, low, high).replace(" ", "× ", 1)


def show(unit: str, value: float) -> str:
    """A figure's value in its unit: "s", "bytes", "count" or "1/s"."""
    shows = {
        "s": show_duration,
        "bytes": show_bytes,
        "count": show_count,
        "1/s": lambda rate: f"{show_count(round(rate))}/s",
    }
    return shows[unit](value)
