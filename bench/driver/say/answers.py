"""What came of a lesson, in words: for the terminal, the page and the chart."""

from __future__ import annotations

from collections import Counter

from ..reckon.answer import NEAR, Result
from .names import counted, either, listed
from .numbers import show_answer, show_range

MOST_NAMED = 3  # of one guess; of more their number is told


def guessed_text(found: Result) -> str:
    """ "100 ms (Ann), 1 s (18 times)": each value once, with whose it was."""
    values = sorted(set(found.predictions), key=lambda value: (str(type(value)), value))
    told = []
    for value in values:
        who = guessers(found, value)
        shown = show_answer(found.unit, value)
        told.append(f"{shown} ({who})" if who else shown)
    return ", ".join(told) or "nothing"


def guessers(found: Result, value: object) -> str:
    """The names that were given, or how many guessed it; "" of one without a name."""
    pairs = zip(found.names, found.predictions)
    named = [name for name, guess in pairs if guess == value and name]
    count = Counter(found.predictions)[value]
    if named and len(named) == count <= MOST_NAMED:
        return listed(named)
    return f"{count} times" if count > 1 else listed(named)


def claim_text(found: Result) -> str:
    low, high = (show_answer(found.unit, end) for end in found.claim)
    return low if low == high else f"between {low} and {high}"


def class_text(found: Result) -> str:
    """How many of the class were right; "" where nobody said, or nothing came out."""
    known = found.measured
    if not found.predictions or not known or known.get("alike") == []:
        return ""
    how = "had named it" if found.offered else f"were within a factor of {NEAR}"
    guesses = counted(len(found.predictions), "guess", "guesses")
    return f"{found.near} of {guesses} {how}"


def measured_text(found: Result) -> str:
    """What came out, and how sure that is."""
    known, unit = found.measured, found.unit
    if not known:
        undecided = "nothing: the runs decided for none of them"
        return undecided if found.said else "nothing: no run counted"
    middle, runs = show_answer(unit, known["value"]), counted(known["n"], "run")
    if known["low"] is None:
        what = "to name one" if found.offered else "for an interval"
        return f"{middle} ({runs}: too few {what})"
    if not found.offered:
        return f"{_with_ends(found)}, median of {runs}"
    alike = [show_answer(unit, each) for each in known["alike"]]
    if len(alike) > 1:
        return f"{either(alike)}: {runs} cannot tell them apart"
    if unit == "setting":
        return f"{middle}: {runs} tell it from the others"
    return f"{middle}, in each of {runs}"


def _with_ends(found: Result) -> str:
    values = [found.measured[key] for key in ("value", "low", "high")]
    if found.unit != "times":
        return show_range(found.unit, *values)
    middle, low, high = (show_answer("times", value) for value in values)
    return f"{middle} [{low}, {high}]"
