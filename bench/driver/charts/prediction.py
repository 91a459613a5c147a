"""What a class predicted, beside theory and measurement, on one axis."""

from __future__ import annotations

from collections import Counter
from functools import partial
from math import floor, log10

from .. import lesson
from ..lesson import NEAR, Result, shown
from .material import Material
from .sheet import ChartError, Sheet, Tics, Value
from .words import sentence, show_setting

COLUMNS = ("kind", "value", "low", "high", "votes")
PREDICTED, MEASURED = 1, 2


def build(material: Material) -> Sheet:
    found = lesson.read(material.folder)
    if found is None:
        raise ChartError(f"{lesson.FILE} cannot be read")
    if not found.measured:
        raise ChartError("prediction: no run counted, so there is nothing to hold")
    measured = found.measured
    votes = Counter(found.predictions)
    low, high = _span(found)
    return Sheet(
        name="prediction",
        title=_title(found),
        subtitle=sentence(
            found.question,
            f"median of {measured['n']} runs",
            "bar: its interval" if measured["low"] is not None else "no interval",
        ),
        caption=f"{_title(found)}. The ticks are what was predicted before the run, taller"
        " where several agreed; the axis is logarithmic, so twice too much and half"
        " too little lie equally far from the truth.",
        alt=f"One axis. Measured {shown(found.unit, measured['median'])}; predicted "
        + (", ".join(shown(found.unit, p) for p in sorted(votes)) or "nothing")
        + (
            f"; theory {shown(found.unit, found.theory['value'])}."
            if found.theory
            else "."
        ),
        header=("what", "value", "how many"),
        rows=tuple(_rows(found, votes)),
        columns=COLUMNS,
        marks=(
            *((PREDICTED, value, None, None, count) for value, count in votes.items()),
            _measured_mark(found),
        ),
        settings={
            "x_low": low,
            "x_high": high,
            "theory": found.theory["value"] if found.theory else 0,
            "theory_words": f"theory {found.theory['words']}" if found.theory else "",
            "measured": measured["median"],
            "measured_words": shown(found.unit, measured["median"]),
            "most_votes": max(votes.values(), default=1),
            "predicted": len(votes),
        },
        tics=(Tics("x", tuple(_ticks(found.unit, low, high))),),
        log=("value", "low", "high"),
    )


def _title(found: Result) -> str:
    truth = shown(found.unit, found.measured["median"])
    if not found.predictions:
        return f"It is {truth}, and nobody had predicted anything"
    near, voters = found.near, len(found.predictions)
    who = "nobody" if near == 0 else f"{near} of {voters}"
    return f"It is {truth}: {who} came within a factor of {NEAR}"


def _measured_mark(found: Result) -> tuple[Value, ...]:
    m = found.measured
    return (MEASURED, m["median"], m["low"] or m["median"], m["high"] or m["median"], 0)


def _span(found: Result) -> tuple[float, float]:
    """All that is to be seen, with room on both sides."""
    values = [*found.predictions, found.measured["median"]]
    values += [found.theory["value"]] if found.theory else []
    return min(values) / 2.5, max(values) * 2.5


def _ticks(unit: str, low: float, high: float) -> list[tuple[str, float]]:
    """Powers of ten, or each with its 2 and 5 where there is room."""
    first, last = floor(log10(low)), floor(log10(high)) + 1
    steps = (1, 2, 5) if last - first <= 3 else (1,)
    every = [step * 10.0**power for power in range(first, last + 1) for step in steps]
    name = show_setting if unit == "s" else partial(shown, unit)
    return [(name(at), at) for at in every if low <= at <= high]


def _rows(found: Result, votes: Counter[float]) -> list[tuple[str, str, str]]:
    rows = [
        ("predicted", shown(found.unit, value), str(count))
        for value, count in sorted(votes.items())
    ]
    if found.theory:
        rows.append(("theory", shown(found.unit, found.theory["value"]), "–"))
    runs = f"{found.measured['n']} runs"
    rows.append(("measured", shown(found.unit, found.measured["median"]), runs))
    return rows
