"""Figures as text: three digits, because no figure here is better than that."""

import re
from math import inf

UNITS = {
    "s": (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)),
    "bytes": (("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1.0)),
}

# Of options, as the programs take them: sizes are powers of 1024 there.
SETTING_UNITS = {
    "ns": "ns", "us": "µs", "ms": "ms", "s": "s", "min": "min", "%": "%",
    "K": "KiB", "M": "MiB", "G": "GiB", "T": "TiB",
}  # fmt: skip


MOST_DECIMALS, MOST_MORE = 6, 2


def _decimals(value: float) -> int:
    """As many as make three digits. From 99.95 on there are none, as it is 100."""
    size = abs(value) or 1.0
    steps = (float(f"9995e{-2 - n}") for n in range(MOST_DECIMALS))
    return next((n for n, step in enumerate(steps) if size >= step), MOST_DECIMALS)


def _three_digits(value: float, more: int = 0, least: int = 0) -> str:
    """Three digits, or `more` than that; and no fewer decimals than `least`."""
    if value == inf:
        return "∞"
    return f"{value:.{max(_decimals(value), least) + more}f}"


NEAR = 3  # decimals, at one of these:
VERDICTS_TURN_AT = (0.98, 1.0, 1.02)  # see reckon/stats.py


def _apart(
    middle: float, low: float, high: float, least: int = 0
) -> tuple[str, str, str]:
    """With as many digits as it takes to see the ends apart. least: decimals."""
    for more in range(MOST_MORE + 1):
        ends = [_three_digits(value, more, least) for value in (low, high)]
        if ends[0] != ends[1] or low == high:
            break
    return _three_digits(middle, more, least), *ends


def _ends(low: str, high: str, sure: bool) -> str:
    return f"[{low}, {high}]" if sure else f"({low} to {high})"


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


def show_range(
    unit: str, middle: float, low: float, high: float, sure: bool = True
) -> str:
    """ "12.3 ms [12.1, 12.5]", in one unit; if not sure, "12.3 ms (12.1 to 12.5)"."""
    if unit not in UNITS:
        each = _rate if unit == "1/s" else show_count
        return f"{show(unit, middle)} {_ends(each(low), each(high), sure)}"
    name, size = _scale(unit, middle)
    first, *ends = _apart(middle / size, low / size, high / size)
    return f"{first} {name} {_ends(*ends, sure)}"


def show_count(value: float) -> str:
    """10000 as "10 000", with a narrow no-break space; parts only below ten."""
    part = abs(value) < 10 and value != int(value)
    return f"{value:,.{int(part)}f}".replace(",", "\u202f")


def _rate(value: float) -> str:
    """Whole ones, where three digits have no parts."""
    few = 0 < abs(value) < 99.95
    return _three_digits(value) if few else show_count(round(value))


def show_percent(share: float, digits: int = 0) -> str:
    """0.884 as "88 %"."""
    return f"{100 * share:.{digits}f} %"


def show_share(share: float) -> str:
    """0.884 as "88 %"; what is not all is never rounded to all, nor to nothing."""
    percent = round(share * 100)
    if share > 0 and percent == 0:
        return "under 1 %"
    return "over 99 %" if share < 1 and percent == 100 else f"{percent} %"


def show_signed(share: float) -> str:
    """0.068 as "+6.8 %", and with a minus sign if it is less than nothing."""
    return f"{100 * share:+.1f} %".replace("-", "−")


def show_off(share: float, digits: int = 0) -> str:
    """How far something is off: 0.12 as "12 %", and 3453.6 as "3455×"."""
    return show_percent(share, digits) if share <= 1 else f"{show_ratio(1 + share)}×"


def show_ratio(value: float) -> str:
    """6.274 as "6.27"."""
    return _three_digits(value)


def show_ratio_range(middle: float, low: float, high: float) -> str:
    """ "6.27× [6.20, 6.31]"; one more digit at a limit, as 1.019 and 1.021 differ."""
    near = any(end != round(end, 2) in VERDICTS_TURN_AT for end in (low, high))
    first, *ends = _apart(middle, low, high, NEAR * near)
    return f"{first}× {_ends(*ends, sure=True)}"


def spaced(text: str) -> str:
    """The values in a text of options with their unit apart: "50ms" as "50 ms"."""
    units = "|".join(SETTING_UNITS)
    return re.sub(
        rf"(?<![\w.-])(\d+(?:\.\d+)?)({units})(?!\w)",
        lambda found: f"{found[1]}\u00a0{SETTING_UNITS[found[2]]}",
        text,
    )


def bound(text: str) -> str:
    """The same with a no-break space within each number and before its unit, for a line
    that may be broken. Nothing else needs it, and plain words are easier to compare."""
    units = r"[nµm]?s|min|[kMG]?B|[KMGT]iB|%|\d{3}"
    return re.sub(rf"(\d) (?=(?:{units})(?!\w))", "\\1\u00a0", text)


def show_time(seconds: float) -> str:
    """83 as "1:23"."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes}:{rest:02d}"


def show(unit: str, value: float) -> str:
    """A figure's value in its unit: "s", "bytes", "count" or "1/s"."""
    shows = {
        "s": show_duration,
        "bytes": show_bytes,
        "count": show_count,
        "1/s": lambda rate: f"{_rate(rate)}/s",
    }
    return shows[unit](value)


def show_answer(unit: str, value: float | str) -> str:
    """What may be guessed in a lesson: a figure, "times", a "setting" or a "choice"."""
    if isinstance(value, str):
        return value
    if unit == "setting":
        return show_count(value)
    return f"{show_ratio(value)}×" if unit == "times" else show(unit, value)
