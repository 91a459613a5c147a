"""Targets, such as 'p99 wait < 100ms, lost < 1%', and what they are held against."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .figures import FIGURES
from .quantities import measured
from .typed import AskError

POINTS = ("mean", "p50", "p90", "p99", "max")


def lost(run: Any) -> float:
    tasks = sum(run.record["outcomes"].values())
    return 1 - run.record["outcomes"]["ok"] / tasks if tasks else 0.0


# Name: its unit, and where it is read.
METRICS: dict[str, tuple[str, Callable[[Any], float | None]]] = {
    **{f"{point} {name}": ("s", FIGURES[f"{figure}_{point}_s"].read)
       for name, figure in (("wait", "queue_wait"), ("latency", "latency"))
       for point in POINTS},
    "lost": ("share", lost),
    "goodput": ("1/s", FIGURES["goodput_per_s"].read),
    "in flight": ("count", FIGURES["in_flight"].read),
    "calls": ("count", FIGURES["amplification"].read),
    "time": ("s", FIGURES["inner_wall_s"].read),
}  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """One part of a target: "p99 wait < 100ms"."""

    metric: str
    below: bool
    value: float
    text: str

    def is_met(self, found: float | None) -> bool:
        """Nothing to wait for, as nothing was answered, is no success."""
        if found is None:
            return False
        return found < self.value if self.below else found > self.value

    def excess(self, found: float | None) -> float:
        """How many times beyond the limit."""
        least = 1e-9
        if found is None:
            return 1 / least
        pair = (found, self.value) if self.below else (self.value, found)
        return max(pair[0], least) / max(pair[1], least)


def target_of(text: str) -> tuple[Condition, ...]:
    return tuple(_condition(part.strip()) for part in text.split(","))


def _condition(text: str) -> Condition:
    found = re.fullmatch(r"([a-z][a-z0-9 ]*?) *([<>]) *(\S+)", text)
    if found is None or found[1] not in METRICS:
        raise AskError(
            f"--target '{text}' is not like 'p99 wait < 100ms': a condition is one of "
            f"{', '.join(METRICS)}, then < or >, and a value"
        )
    unit, value = METRICS[found[1]][0], measured(found[3])
    fits = value and (value[1] == unit or value[1] == "count" and unit != "s")
    if not fits or (unit == "share" and value[0] > 1):
        wanted = {"s": "a duration such as 100ms", "share": "a share such as 1%",
                  "1/s": "a rate such as 900/s", "count": "a number"}[unit]  # fmt: skip
        raise AskError(f"--target '{text}': '{found[3]}' is not {wanted}")
    return Condition(found[1], found[2] == "<", value[0], text)
