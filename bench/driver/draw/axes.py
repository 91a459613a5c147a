"""Axes: how far they reach, where they have ticks, and labels that do not overlap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from ..ask.quantities import plain_number
from ..say.numbers import UNITS, show_count

ROOM = 1.5  # around the values, on a logarithmic axis
LOG_FROM = 12.0  # times the least: beyond this "auto" makes an axis logarithmic
MOST_BELOW = 2  # crowded ticks with words
LOWEST = 0.05  # of the frame's height, for labels of two lines and more


def tick_words(unit: str, value: float) -> str:
    """A round value, so in as few digits as it has: "10 ms", "2 MB", "10 000"."""
    if value == 0:
        return "0"
    if unit == "share":
        return f"{plain_number(100 * value, 6)} %"
    for name, size in UNITS.get(unit, ()):
        if value >= size * 0.9999:
            rounded = float(f"{value / size:.4g}")
            words = show_count(rounded) if rounded >= 1000 else plain_number(rounded)
            return f"{words} {name}"
    words = show_count(value) if value == int(value) else plain_number(value, 4)
    return {"1/s": f"{words}/s", "times": f"{words}×"}.get(unit, words)


def tics(pairs: Iterable[tuple[str, float]]) -> str:
    """Written ticks for gnuplot, which takes a % in them for the start of a format."""
    quoted = ((w.replace("%", "%%").replace("\n", "\\n"), at) for w, at in pairs)
    return "(" + ", ".join(f'"{words}" {at!r}' for words, at in quoted) + ")"


@dataclass(frozen=True)
class Scale:
    """How an axis runs from low to high: by equal steps, or by equal factors."""

    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float:
        """Where on the axis a value lies, from 0 to 1."""
        low, high = (log10(e) if self.log else e for e in (self.low, self.high))
        return ((log10(value) if self.log else value) - low) / (high - low)

    def ticks(self, most: int = 6) -> list[float]:
        """Powers of ten, and if they are few 2 and 5 times them; or equal steps, which
        a logarithmic axis has, too, if it is too short for two of the others."""
        found = self._factors() if self.log else self._steps(self.high / most)
        return found if len(found) > 1 else self._steps((self.high - self.low) / 5)

    def _factors(self) -> list[float]:
        low, high = self.low, self.high
        powers = [10.0**k for k in range(floor(log10(low)) - 1, ceil(log10(high)) + 1)]
        few = [p for p in powers if low <= p <= high]
        finer = [m * p for p in powers for m in (1.0, 2.0, 5.0) if low <= m * p <= high]
        return few if len(few) >= 3 else finer

    def _steps(self, least: float) -> list[float]:
        """Multiples of 1, 2 or 5 times a power of ten, of the least that is enough."""
        power = 10.0 ** floor(log10(least)) if least > 0 else 1.0
        step = next(m * power for m in (1, 2, 5, 10) if least <= m * power)
        first, last = max(0, int(self.low / step)), int(self.high / step + 1e-9)
        steps = (round(i * step, 12) for i in range(first, last + 1))
        return [at for at in steps if at >= self.low]

    def tics(self, unit: str, most: int = 6) -> str:
        return tics((tick_words(unit, at), at) for at in self.ticks(most))

    def across(self, name: str, tics_: str) -> dict[str, object]:
        """The settings of an x axis, which style.gp draws."""
        return {"x_low": self.low, "x_high": self.high, "log_x": self.log,
                "x_words": f"{name} (log scale)" if self.log else name,
                "xtics": tics_}  # fmt: skip


def is_log(declared: str, axis: str, values: Sequence[float]) -> bool:
    """Whether this axis is logarithmic: declared, or "auto" by the values."""
    if not values or min(values) <= 0:
        return False
    return (
        axis in declared if declared != "auto" else max(values) > LOG_FROM * min(values)
    )


def reach(values: Sequence[float], log: bool) -> Scale:
    """An axis that holds these values with room around them; a linear one from 0."""
    low, high = min(values), max(values)
    if log:
        return Scale(low / ROOM, high * ROOM, True)
    return Scale(min(0.0, low), (high or 1.0) * 1.17)


def spread_out(wanted: Sequence[float], apart: float, highest: float) -> list[float]:
    """Heights near the wanted ones, `apart` from each other: pushed up from LOWEST, and
    then down from `highest`."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed, floor_, ceiling = list(wanted), LOWEST, highest
    for index in order:
        placed[index] = max(wanted[index], floor_)
        floor_ = placed[index] + apart
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - apart
    return placed


def thinned(places: Iterable[float], apart: float) -> list[bool]:
    """Which of these ticks get words, so that no two overprint."""
    kept, last = [], -1.0
    for at in places:
        kept.append(at - last >= apart)
        last = at if kept[-1] else last
    return kept


def beside(told: Sequence[str], places: Sequence[float], apart: float) -> list[str]:
    """The words of ticks that stand close: those that have no room of their own share
    a line below, if they are few and it has room for them."""
    kept, crowd, end = list(told), list[int](), -1.0  # end: of what that line has
    for i, room in enumerate([*thinned(places, apart), True]):
        if not room:
            kept[i] = ""
            crowd.append(i)
        elif crowd:
            at, half = places[crowd[-1]], 0.5 * apart * len(crowd)
            if len(crowd) <= MOST_BELOW and at - half >= end:
                kept[crowd[-1]] = "\n" + ", ".join(told[j] for j in crowd)
                end = at + half
            crowd = []
    return kept
