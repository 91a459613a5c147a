"""How long is the wait when workers are nearly all busy? bench/queueing's figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..quantities import show_duration
from .sheet import Sheet, Tics, Value
from .words import sentence

COLUMNS = ("kind", "load", "wait", "low", "high")
THEORY, MEASURED = 1, 2


@dataclass(frozen=True)
class Point:
    """The mean wait at one load, over n runs, with its interval."""

    load: float  # rho: the share of the workers' time that is asked for
    wait_s: float
    low_s: float
    high_s: float
    theory_s: float
    runs: int


def build(
    points: Sequence[Point], curve: Sequence[tuple[float, float]], conditions: str
) -> Sheet:
    """curve: (load, seconds) along which theory is drawn."""
    most = max([p.high_s for p in points] + [wait_s for _, wait_s in curve])
    theory: list[tuple[Value, ...]] = [
        (THEORY, load, 1e3 * wait_s, None, None) for load, wait_s in curve
    ]
    measured: list[tuple[Value, ...]] = [
        (MEASURED, p.load, 1e3 * p.wait_s, 1e3 * p.low_s, 1e3 * p.high_s)
        for p in points
    ]
    return Sheet(
        name="wait",
        title=_title(points),
        subtitle=sentence(
            conditions,
            f"mean of {points[0].runs} runs",
            "bars: its interval, 95 %",
            "pale: Erlang's formula",
        ),
        caption=f"{_title(points)}. Tasks come at random moments and take random times,"
        " so they queue before all workers are busy, and the wait grows as 1/(1 − ρ)."
        " Bars that miss the line, on a quiet machine, would contradict it.",
        alt="Mean wait against load. "
        + " ".join(f"{_load(p)}: {show_duration(p.wait_s)}." for p in points),
        header=("load", "theory", "measured", "interval", "runs"),
        rows=tuple(_row(p) for p in points),
        columns=COLUMNS,
        marks=(*theory, *measured),
        settings={
            "y_high": 1.05e3 * most,
            "notes": len(points),
            "note_words": [show_duration(p.wait_s) for p in points],
            "note_x": [p.load for p in points],
            "note_y": [1e3 * p.high_s for p in points],
        },
        tics=(Tics("x", tuple((f"{p.load:g}", p.load) for p in points)),),
    )


def _load(point: Point) -> str:
    return f"{point.load:.0%}".replace("%", " %")


def _title(points: Sequence[Point]) -> str:
    first, last = points[0], points[-1]
    return (
        f"At {_load(first)} load a task waits {show_duration(max(first.wait_s, 0))}"
        f" on average, at {_load(last)} {show_duration(last.wait_s)}"
    )


def _row(point: Point) -> tuple[str, ...]:
    ends = (show_duration(max(end, 0)) for end in (point.low_s, point.high_s))
    return (
        _load(point), show_duration(point.theory_s), show_duration(point.wait_s),
        f"[{', '.join(ends)}]", str(point.runs),
    )  # fmt: skip
