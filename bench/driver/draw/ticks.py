"""Round places on a linear axis, written with the thousands parted."""

from __future__ import annotations

from collections.abc import Iterator

from ..say.numbers import show_count


def ticks(highest: float, most: int, unit: str = "") -> tuple[tuple[str, float], ...]:
    """Up to `most` of them above 0, at equal steps of 1, 2 or 5 times a power of ten.

    unit follows each number: " ms".
    """
    step = next(step for step in _steps(highest) if highest / step < most + 1)
    places = [round(i * step, 9) for i in range(int(highest / step + 1e-9) + 1)]
    return tuple((_number(at) + unit, at) for at in places)


def _number(value: float) -> str:
    return show_count(value) if value == int(value) else f"{value:g}"


def _steps(highest: float) -> Iterator[float]:
    power = 1.0
    while power > highest / 10:
        power /= 10
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
