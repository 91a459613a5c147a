"""Whether a plan is worse than an earlier one: for a job that must not get slower.

Held against each other are two sets of seeds of the pool that was chosen then: the
same tasks, in virtual time, so nothing differs by chance. Worse is a figure of the
target, or the goodput, of which the least, the median and the greatest now are each
worse than then, by more than SEEN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median_low

from ..ask.target import METRICS, Condition, target_of
from ..ask.typed import AskError, from_dict
from ..run import kept

FILE, VERSION, SEEN = "plan.json", 1, 0.02
GOODPUT = target_of("goodput > 0/s")
Values = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class _Point:
    design: str
    workers: int | None
    values: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class _Plan:
    """What is read of plan.json."""

    schema_version: int
    target: tuple[str, ...]
    workers: int | None
    knee: int
    options: Mapping[str, str | int | float | bool]
    points: tuple[_Point, ...]


@dataclass(frozen=True)
class Earlier:
    """The pool that an earlier plan chose; the knee, if it found none."""

    name: str
    workers: int
    values: Values


def read(path: Path, target: Sequence[Condition], tasks: int) -> Earlier:
    """Raises AskError for a plan with which this one cannot be compared."""
    path = path / FILE if path.is_dir() else path
    try:
        table = kept.value_of(kept.read_text(path.resolve()))  # through the user's link
    except OSError as error:
        raise AskError(f"--gate {path.name}: {error.strerror}") from None
    except ValueError:
        raise AskError(f"--gate {path.name} is not JSON") from None
    found = from_dict(_Plan, table, f"--gate {path.name}", calm=True)
    for what, then, now in (
        ("schema_version", found.schema_version, VERSION),
        ("target", ", ".join(found.target), ", ".join(c.text for c in target)),
        ("tasks", found.options.get("tasks"), tasks),
    ):
        if then != now:
            raise AskError(f"--gate {path.name}: its {what} is {then}, and here {now}")
    size = found.workers or found.knee
    for point in found.points:
        if (point.design, point.workers) == ("pool", size):
            return Earlier(path.name, size, point.values)
    raise AskError(f"--gate {path.name}: it has no pool of {size}")


def worse(
    then: Values, now: Values, target: Sequence[Condition]
) -> tuple[str, list[float], list[float]] | None:
    """What became worse by most, with its values then and now."""
    found = []
    for each in (*target, *GOODPUT):
        old, new = (list(values.get(each.metric, ())) for values in (then, now))
        if old and new and _is_worse(each, old, new):
            change = abs(median_low(new) - median_low(old)) / max(median_low(old), 1e-9)
            found.append((change, (each.metric, old, new)))
        elif old and not new:  # nothing was answered any more
            found.append((float("inf"), (each.metric, old, new)))
    return max(found)[1] if found else None


def _is_worse(condition: Condition, old: list[float], new: list[float]) -> bool:
    """If every seed is worse, so are the least of them, the next, and so on."""
    sign = 1 if condition.below else -1
    least = {"s": 1e-3, "share": 1e-3}.get(METRICS[condition.metric][0], 0.0)
    # Of other numbers of seeds nobody knows which belong together.
    pairs = zip(sorted(old), sorted(new)) if len(old) == len(new) else product(old, new)
    return all(sign * (now - then) > max(SEEN * then, least) for then, now in pairs)
