"""The lessons of the day: what the class predicted, and what came out."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..reckon.answer import NEAR, Result
from ..say.numbers import show_answer as shown
from .html import table

HEADER = ("question", "predicted", "theory", "measured", "came close", "claim")


def section(found: Sequence[Result]) -> str:
    """A part of the page, or nothing where no lesson was run."""
    if not found:
        return ""
    rows = [_row(result) for result in found]
    return f"""<section id="lessons" aria-labelledby="lessons-title">
<h2 id="lessons-title">Lessons, and what was predicted</h2>
<p>Predictions were given before the run. Close is within a factor of {NEAR}; where
answers were offered, it is the right one, or one that cannot be told from it.</p>
{table(HEADER, rows, "Lessons run on the same day")}
{"".join(map(_said, found))}
</section>"""


def _said(found: Result) -> str:
    """What a program had to say, where one decided."""
    if not found.said:
        return ""
    return f'<pre tabindex="0">{escape(found.said.rstrip())}</pre>'


def _row(found: Result) -> tuple[str, ...]:
    values = sorted(found.predictions)
    predicted = ", ".join(shown(found.unit, value) for value in values)
    theory = shown(found.unit, found.theory["value"]) if found.theory else "–"
    return (
        f"{found.number}. {found.question}", predicted or "nothing", theory,
        _measured(found), f"{found.near} of {len(values)}" if values else "–",
        found.verdict,
    )  # fmt: skip


def _measured(found: Result) -> str:
    if not found.measured:
        return "nothing"
    words = shown(found.unit, found.measured["value"])
    if found.unit == "choice":
        return f"{words}: {found.offered[words]}"
    if found.offered:
        alike = found.measured["alike"] or [found.measured["value"]]
        named = " or ".join(shown(found.unit, each) for each in alike)
        each = "; ".join(f"{name}: {came}" for name, came in found.offered.items())
        return f"{named} ({each})"
    if found.measured["low"] is None:
        return words
    ends = (shown(found.unit, found.measured[end]) for end in ("low", "high"))
    return f"{words} [{', '.join(ends)}]"
