"""The samples of a run: what became of every task, and when."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import accumulate
from pathlib import Path

from ..ask.figures import OUTCOMES
from ..ask.typed import NotText
from . import kept

COLUMNS = [
    "index", "lane", "due_ns", "started_ns", "finished_ns", "attempts", "outcome",
]  # fmt: skip
STEPS = 200  # of a curve: more than a picture can show


class SamplesError(Exception):
    """This file holds no samples that we can read: one sentence."""


@dataclass(frozen=True)
class Sample:
    """One task. Times in seconds since the run's start; None, like no lane: it never
    started."""

    index: int
    lane: int | None
    due_s: float
    started_s: float | None
    finished_s: float | None
    attempts: int
    outcome: str


def read_samples(path: Path) -> list[Sample]:
    """Every task of a samples file, or an error that names the line."""
    number = 1
    try:
        lines = csv.reader(StringIO(kept.read_text(path), newline=""))
        if next(lines, None) != COLUMNS:
            raise SamplesError(f"{path.name}: not a samples file")
        found = []
        for number, line in enumerate(lines, start=2):
            found.append(_sample(*line))
        return found
    except NotText as error:
        raise SamplesError(str(error)) from None
    except OSError as error:
        raise SamplesError(f"{path.name}: {error.strerror}") from None
    except (TypeError, ValueError, csv.Error):
        raise SamplesError(f"{path.name}, line {number}: cannot be read") from None


def _sample(
    index: str, lane: str, due: str, began: str, ended: str, attempts: str, outcome: str
) -> Sample:
    if outcome not in OUTCOMES:
        raise ValueError
    due_s, began_s, ended_s = (int(t) / 1e9 if t else None for t in (due, began, ended))
    if due_s is None:
        raise ValueError
    if began_s is not None and not lane:
        raise ValueError
    return Sample(
        int(index), int(lane) if lane else None, due_s, began_s, ended_s, int(attempts),
        outcome,
    )  # fmt: skip


def started(samples: Sequence[Sample]) -> list[Sample]:
    """Those that both started and ended, in the order of their start."""
    both = [s for s in samples if s.started_s is not None and s.finished_s is not None]
    return sorted(both, key=lambda s: (s.started_s, s.index))


def makespan_s(samples: Sequence[Sample]) -> float:
    return max((s.finished_s for s in started(samples)), default=0.0)


def most_in_flight(samples: Sequence[Sample]) -> int:
    """Calls outstanding at once. Of one moment, ends come before starts."""
    begun = [(sample.started_s, 1) for sample in started(samples)]
    ended = [(sample.finished_s, -1) for sample in started(samples)]
    return max(accumulate(change for _, change in sorted(begun + ended)), default=0)


def by_when(samples: Sequence[Sample]) -> Iterator[tuple[str, float, float]]:
    """Which share of all tasks was started, and answered, by when: curve, time since
    the task was due, share. A task that did not end well is never answered."""
    begun = [s.started_s - s.due_s for s in samples if s.started_s is not None]
    answered = [
        s.finished_s - s.due_s
        for s in samples
        if s.outcome == "ok" and s.finished_s is not None
    ]
    for curve, times_s in (("started", begun), ("answered", answered)):
        ordered = sorted(times_s)
        shown = {round(i * len(ordered) / STEPS) for i in range(1, STEPS + 1)}
        for count in sorted(shown | {1} if ordered else ()):
            if count:
                yield curve, ordered[count - 1], count / len(samples)
