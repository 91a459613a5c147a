"""What came of a lesson, in words: for the terminal, the page and the chart."""

from collections.abc import Sequence

from ..reckon.answer import CANNOT_TELL, Result
from .names import counted, either, listed
from .numbers import show_answer, show_range

MOST_NAMED = 3  # of one guess; of others their number is told


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
    """ "Ann, Ben and 2 others"; "18 times" of those without names, "" of one."""
    pairs = zip(found.names, found.predictions)
    each = [name for name, guess in pairs if guess == value and name]
    named = list(dict.fromkeys(each))[:MOST_NAMED]
    count = found.predictions.count(value)
    if not named:
        return f"{count} times" if count > 1 else ""
    others = [counted(count - len(named), "other")] if count > len(named) else []
    return listed([*named, *others])


def theory_text(found: Result) -> str:
    """ "100 ms: 50 / 5 = 10 rounds"; "" where there is none."""
    if not found.theory:
        return ""
    value = show_answer(found.unit, found.theory["value"])
    return f"{value}: {found.theory['words']}"


def claim_text(found: Result) -> str:
    """ "between 100 ms and 110 ms: borne out"; "" where nothing is claimed."""
    if not found.claim:
        return ""
    told = found.verdict
    if told == CANNOT_TELL:
        told = "these runs cannot tell whether that is so"
    return f"{range_text(found.unit, found.claim)}: {told}"


def range_text(unit: str, ends: Sequence[float | str]) -> str:
    """ "between 100 ms and 110 ms", or "10" where both are that."""
    low, high = (show_answer(unit, end) for end in ends)
    return low if low == high else f"between {low} and {high}"


def change_text(found: Result) -> str:
    """What was changed, as it is typed; "" in a lesson as it stands."""
    each = found.modified.items()
    return ", ".join(f"{key} = {_plain(value)}" for key, value in each)


def _plain(value: object) -> str:
    each = value if isinstance(value, list) else [value]
    return ", ".join("unlimited" if one is None else str(one) for one in each)


def ending_rows(found: Result) -> list[tuple[str, str]]:
    """What a lesson ends with. Its words are of the lesson as it stands: of a changed
    one that is said, and the class is asked what differs, not what to change next."""
    if not found.modified:
        return [("Why", found.why),
                ("Now change this, and predict again", found.change),
                ("Limits", found.ends)]  # fmt: skip
    return [("Why, in the lesson as it stands", found.why),
            ("And here", "does that explain what was measured? What differs, and why?"),
            ("Limits of the lesson", found.ends)]  # fmt: skip


def class_text(found: Result) -> str:
    """How many of the class were right; "" where nobody said, or nothing came out."""
    known = found.measured
    if not found.predictions or not known or known.get("alike") == []:
        return ""
    was = "was" if 1 in (found.near, len(found.predictions)) else "were"
    how = "named it" if found.offered else f"{was} within {_near_text(found)}"
    guesses = counted(len(found.predictions), "guess", "guesses")
    return f"{found.near} of {guesses} {how}"


def _near_text(found: Result) -> str:
    """What a guess must be within: the interval, too, where that reaches farther."""
    value, low, high = (found.measured[key] for key in ("value", "low", "high"))
    factor = f"a factor of {found.factor:g}"
    if low is None or value <= low * found.factor and high <= value * found.factor:
        return factor
    return f"{factor} or the interval"


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


def answer_text(found: Result) -> str:
    """What came out, and what each of the answers to choose from is, or came to."""
    told = measured_text(found)
    if not found.offered or not found.measured:
        return told
    if found.unit == "choice":
        letter = found.measured["value"]
        return f"{letter}: {found.offered[letter]} ({told})"
    each = "; ".join(f"{name}: {came}" for name, came in found.offered.items())
    return f"{told} ({each})"


def _with_ends(found: Result) -> str:
    values = [found.measured[key] for key in ("value", "low", "high")]
    if found.unit != "times":
        return show_range(found.unit, *values)
    middle, low, high = (show_answer("times", value) for value in values)
    return f"{middle} [{low}, {high}]"
