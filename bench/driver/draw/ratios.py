"""A family: ratios around 1, in rows and panels: of machines, of simulated runs to
measured ones, of a program to itself. A mark is a ratio and what holds its median."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from .axes import Scale, tics
from .chart import columns

SCRIPT = "ratios"
NAMED = (1, 1.02, 0.98, 1.05, 0.95, 1.1, 0.9, 1.25, 0.8, 1.5, 0.7, 2, 0.5, 5, 0.2, 10,
         0.1, 20, 0.05, 50, 0.02, 100, 0.01)  # fmt: skip
APART = 0.045  # of the sheet, from tick to tick


def mark(
    panel: int, y: float, look: int, scale: Scale, x: float, low: float | None = None,
    high: float | None = None, hollow: bool = False,
) -> Mapping[str, float]:  # fmt: skip
    """What lies beyond the axis is drawn at its end, and hollow."""
    beyond = not scale.low <= x <= scale.high
    ends = [min(max(at or x, scale.low), scale.high) for at in (x, low, high)]
    return {"panel": panel, "y": y, "look": look, "x": ends[0], "low": ends[1],
            "high": ends[2], "hollow": int(hollow or beyond)}  # fmt: skip


def settings(
    name: str, scale: Scale, sides: tuple[float, float], panels: Sequence[str],
    rows: Sequence[Mapping[str, object]], marks: Sequence[Mapping[str, float]],
    **more: object,
) -> dict[str, object]:  # fmt: skip
    """rows: y, name, and more below it. sides: where the panels begin and end."""
    told = tics((f"{at:g}", at) for at in _ticks(scale, len(panels)))
    return {
        **scale.across(name, told), "left": sides[0], "right": sides[1],
        "panel_words": list(panels), **columns("row", rows, "y", "name", "more"),
        **columns("mark", marks), "depth": max(mark["y"] for mark in marks),
        "note_words": [], "row_px": 21, "mark_px": 2.0, **more,
    }  # fmt: skip


def _ticks(scale: Scale, panels: int) -> list[float]:
    """Few enough for a panel, from 1 to both sides."""
    kept: list[float] = []
    for at in NAMED:
        room = APART * panels * log(scale.high / scale.low)
        fits = all(abs(log(at / other)) > room for other in kept)
        if scale.low <= at <= scale.high and fits:
            kept.append(at)
    return kept
