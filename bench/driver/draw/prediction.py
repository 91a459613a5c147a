"""What a class predicted, beside theory and measurement, on one axis.

Where letters were to be chosen there is no axis: each answer has its votes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil, floor, log, log10

from ..ask.guess import Value as Guess
from ..reckon import answer as lesson
from ..reckon.answer import NEAR, Result
from ..say.numbers import show_answer as shown
from .material import Material
from .sheet import ChartError, Sheet, Tics, Value
from .words import sentence, show_setting

COLUMNS = ("kind", "value", "low", "high", "votes")
PREDICTED, MEASURED = 1, 2
LEFT, CENTRE, RIGHT = -1, 0, 1  # which way words go from their mark
MARGIN = 0.15  # of the axis: what the words of a value may take
MOST_TICKS = 7
HOW_TO_READ = (
    "The ticks are what was predicted before the run, taller where several agreed; the"
    " axis is logarithmic, so twice too much and half too little lie equally far from"
    " the truth."
)


def build(material: Material) -> Sheet:
    found = lesson.read(material.folder)
    if found is None:
        raise ChartError(f"{lesson.FILE} cannot be read")
    if not found.measured:
        raise ChartError("prediction: no run counted, so there is nothing to hold")
    return _votes(found) if found.unit == "choice" else _axis(found)


def _axis(found: Result) -> Sheet:
    votes = Counter(found.predictions)
    low, high = _span(found)
    return Sheet(
        name="prediction",
        title=_title(found),
        subtitle=sentence(found.question, *_how(found)),
        caption=f"{_title(found)}. {HOW_TO_READ}",
        alt=_alt(found, votes),
        header=("what", "value", "how many"),
        rows=tuple(_rows(found, votes)),
        columns=COLUMNS,
        marks=(
            *((PREDICTED, value, None, None, count) for value, count in votes.items()),
            _measured_mark(found),
        ),
        settings={
            "choices": 0,
            "x_low": low,
            "x_high": high,
            **_labels(found, low, high),
            "most_votes": max(votes.values(), default=1),
            "predicted": len(votes),
        },
        tics=(Tics("x", tuple(_ticks(found, low, high))),),
        log=("value", "low", "high"),
    )


def _how(found: Result) -> tuple[str, str]:
    runs, known = found.measured["n"], found.measured["low"] is not None
    if found.offered:
        return f"{runs} runs", "bar: all that may be best" if known else ""
    return f"median of {runs} runs", "bar: its interval" if known else "no interval"


def _labels(found: Result, low: float, high: float) -> dict[str, object]:
    """The words beside the marks, and how they lie."""
    theory = found.theory["value"] if found.theory else 0
    at, side = _beside(found, low, high)
    return {
        "theory": theory,
        "theory_words": f"theory: {found.theory['words']}" if theory else "",
        "theory_side": _side(theory, low, high) if theory else CENTRE,
        "measured_at": at,
        "measured_side": side,
        "measured_words": _truth(found),
    }


def _side(value: float, low: float, high: float) -> int:
    """Words near an edge lean the other way."""
    share = _share(value, low, high)
    return RIGHT if share < 0.3 else LEFT if share > 0.7 else CENTRE


def _share(value: float, low: float, high: float) -> float:
    """How far along the axis a value lies."""
    return log(value / low) / log(high / low)


def _beside(found: Result, low: float, high: float) -> tuple[float, int]:
    """Where the measured value is written: beside its bar, away from the theory."""
    _, value, least, most, _ = _measured_mark(found)
    left = found.theory is not None and found.theory["value"] > value
    if _share(least, low, high) < MARGIN:
        left = False
    elif _share(most, low, high) > 1 - MARGIN:
        left = True
    return (least, LEFT) if left else (most, RIGHT)


def _truth(found: Result) -> str:
    """What came out, in a few words: more than one where runs cannot tell."""
    named = found.measured.get("alike") or [found.measured["value"]]
    return " or ".join(shown(found.unit, each) for each in named)


def _title(found: Result) -> str:
    truth, runs = _truth(found), found.measured["n"]
    if found.offered and found.measured["low"] is None:
        return f"It may be {truth}: {runs} runs are too few to tell"
    if not found.predictions:
        return f"It is {truth}, and nobody had predicted anything"
    near, voters = found.near, len(found.predictions)
    who = "nobody" if near == 0 else f"{near} of {voters}"
    if found.offered:
        several = len(found.measured["alike"]) > 1
        apart = f", which {runs} runs cannot tell apart" if several else ""
        return f"It is {truth}{apart}: {who} had named {'one' if several else 'it'}"
    return f"It is {truth}: {who} came within a factor of {NEAR}"


def _alt(found: Result, votes: Mapping[Guess, int]) -> str:
    predicted = ", ".join(shown(found.unit, p) for p in sorted(votes)) or "nothing"
    told = f"One axis. Measured {_truth(found)}; predicted {predicted}"
    if not found.theory:
        return f"{told}."
    return f"{told}; theory {shown(found.unit, found.theory['value'])}."


def _measured_mark(found: Result) -> tuple[Value, ...]:
    m = found.measured
    return (MEASURED, m["value"], m["low"] or m["value"], m["high"] or m["value"], 0)


def _span(found: Result) -> tuple[float, float]:
    """All that is to be seen, with room on both sides: what counts as near, or more."""
    m = found.measured
    values = [*found.predictions, m["value"], m["low"] or m["value"]]
    values += [m["high"] or m["value"], *_settings(found)]
    values += [found.theory["value"]] if found.theory else []
    low, high = min(values), max(values)
    room = min(max(NEAR, high / low), 1.5 if found.offered else 2.5)
    return low / room, high * room


def _settings(found: Result) -> list[float]:
    return [float(name) for name in found.offered]


def _ticks(found: Result, low: float, high: float) -> list[tuple[str, float]]:
    """The settings; or round values, as many as have room."""
    at = _settings(found) or _round_values(low, high)
    if found.unit == "s":
        return [(show_setting(each), each) for each in at]
    return [(shown(found.unit, each), each) for each in at]


def _round_values(low: float, high: float) -> list[float]:
    """Powers of ten, each with its 2 and 5 where there is room; or even steps."""
    if high / low < 4:
        size = 10.0 ** floor(log10(high - low))
        steps = (size * part for part in (0.1, 0.2, 0.5, 1, 2))
        step = next(each for each in steps if (high - low) / each < MOST_TICKS)
        return [step * n for n in range(ceil(low / step), floor(high / step) + 1)]
    first, last = floor(log10(low)), floor(log10(high)) + 1
    steps = (1, 2, 5) if last - first <= 3 else (1,)
    every = [step * 10.0**power for power in range(first, last + 1) for step in steps]
    return [at for at in every if low <= at <= high]


def _rows(found: Result, votes: Mapping[Guess, int]) -> list[tuple[str, str, str]]:
    rows = [
        ("predicted", shown(found.unit, value), str(count))
        for value, count in sorted(votes.items())
    ]
    if found.theory:
        rows.append(("theory", shown(found.unit, found.theory["value"]), "–"))
    runs = f"{found.measured['n']} runs"
    return [*rows, ("measured", _truth(found), runs)]


def _votes(found: Result) -> Sheet:
    """Each answer with its votes, and which one the program bore out."""
    votes = Counter(found.predictions)
    right = found.measured["value"]
    return Sheet(
        name="prediction",
        title=_title(found),
        subtitle=sentence(found.question, f"{found.measured['n']} runs"),
        caption=f"{_title(found)}. The bars are the votes that were given before the"
        " run; the dark one is the answer that the program bore out.",
        alt=f"Votes for each answer; {right} is right, with {votes[right]} of"
        f" {len(found.predictions)}.",
        header=("answer", "what it says", "votes"),
        rows=tuple(
            (letter, words, str(votes[letter]))
            for letter, words in found.offered.items()
        ),
        columns=("row", "votes", "right"),
        marks=tuple(
            (row, votes[letter], int(letter == right))
            for row, letter in enumerate(found.offered, start=1)
        ),
        settings={
            "choices": len(found.offered),
            "choice_words": _choice_words(found.offered, right),
            "choice_right": [int(letter == right) for letter in found.offered],
            "choice_votes": [votes[letter] for letter in found.offered],
            "most_votes": max(votes.values(), default=1),
        },
    )


def _choice_words(offered: Mapping[str, str], right: str) -> Sequence[str]:
    return [
        f"{letter}  {words}{'  ✓' if letter == right else ''}"
        for letter, words in offered.items()
    ]
