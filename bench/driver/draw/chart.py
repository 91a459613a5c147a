"""A chart: its words and its scales, as a gnuplot script is given them, and its files.

Title, caption, alternative text, table and settings are made from the same values by
one function, and travel together. The marks are the tables' own: see draw.py.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Self

from ..say.numbers import bound

WIDTH_PX, MARGIN_PX = 1600, 32
# Mean advance of DejaVu Sans over its size, on the safe side for our kind of text.
BOLD_EM, PLAIN_EM = 0.60, 0.53
TITLE_PX, SUBTITLE_PX, MOST_LINES = (34, 30, 26, 22), 21, 2
# Settings that hold what was found out, not what was asked.
THEORY = ("point_",)  # and what theory says
ANSWERS = ("label_", "note_", "row_value", "row_note", "answer_")


class ChartError(Exception):
    """This chart cannot be drawn as it should be; the message says why."""


class NoGnuplot(ChartError):
    """No chart can be drawn on this machine."""


@dataclass(frozen=True)
class Chart:
    """One drawn question.

    settings become NAME.settings: numbers and texts are variables there, lists are
    arrays with their length beside them (NAME_n), and "xtics" is set. behind, in_front:
    how many of the plotted things of each panel are theory: the first, the last. An
    arrow or an object of gnuplot's is always seen, so it must give nothing away. shown:
    the samples that are read, by name. nothing: what to say in an empty frame. script:
    the file of plots/ that draws it, without .gp; "" for that of chart or family.
    designs: those whose names are not seen before what came out. means: what one may
    learn from it; refuted: what would refute it. files: paths in the results folder, by
    kind ("svg", "png", "pdf"). A chart with a problem has no files, and makes the
    driver end with status 1, unless it was skipped: what draws is not there, which was
    said before the start.
    """

    name: str
    title: str = ""
    subtitle: str = ""
    caption: str = ""
    alt: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    behind: int = 0
    in_front: int = 0
    shown: tuple[str, ...] = ()
    nothing: str = ""
    script: str = ""
    question: str = ""
    designs: tuple[str, ...] = ()
    means: str = ""
    refuted: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None
    skipped: bool = False

    @classmethod
    def failed(cls, name: str, why: object) -> Self:
        return cls(name, problem=str(why), skipped=isinstance(why, NoGnuplot))

    @property
    def answers(self) -> set[str]:
        """Every text of the picture that gives away what came out."""
        heading = {*fit_title(self.title)[1], *fit_subtitle(self.subtitle)}
        return heading | self.texts(ANSWERS)

    def texts(self, names: tuple[str, ...]) -> set[str]:
        """Those of the settings whose names begin so."""
        lists = (v for n, v in self.settings.items() if n.startswith(names))
        every = (each for value in lists if isinstance(value, list) for each in value)
        return {each for each in every if isinstance(each, str) and each}


def columns(prefix: str, rows: Sequence[Mapping[str, object]], *keys: str) -> dict:
    """Rows as arrays, one a key: label_x, label_name ... keys: if there are no rows."""
    names = dict.fromkeys([*keys, *(key for row in rows for key in row)])
    return {f"{prefix}_{key}": [row[key] for row in rows] for key in names}


def settings_text(chart: Chart) -> str:
    """The words and scales, as a gnuplot file."""
    size_px, lines = fit_title(chart.title)
    heading = {"title_px": size_px, "title": lines,
               "subtitle": fit_subtitle(chart.subtitle),
               "nothing": chart.nothing}  # fmt: skip
    told = [
        f"# Of the chart {chart.name}, what the tables do not say: words and scales."
    ]
    for name, value in {**heading, **chart.settings}.items():
        told.extend(_assignment(name, value))
    return "\n".join(told) + "\n"


def _assignment(name: str, value: object) -> Iterator[str]:
    if name == "xtics":
        yield f"set xtics {value}"
    elif isinstance(value, (list, tuple)):
        # gnuplot has no empty array, and looks at one even when a loop runs no times.
        items = [_literal(item) for item in value] or ["1"]
        yield f"array {name}[{len(items)}] = [{', '.join(items)}]"
        yield f"{name}_n = {len(value)}"
    else:
        yield f"{name} = {_literal(value)}"


def _literal(value: object) -> str:
    """A gnuplot literal. Within single quotes nothing is special but the quote."""
    if value is None:
        return "NaN"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (int, float)):
        if not isfinite(value):
            raise ChartError(f"{value} is not a number")
        # gnuplot's whole numbers have few digits.
        return repr(value) if abs(value) < 2**31 else repr(float(value))
    text = str(value).replace("\n", " ")
    return "'" + text.replace("'", "''") + "'"


def fit_title(title: str) -> tuple[int, list[str]]:
    """The largest size at which the title takes two lines at most.

    One that is too long for any loses what it says last.
    """
    whole = _bound(title)
    while True:
        for size_px in TITLE_PX:
            lines = _wrapped(whole, size_px, BOLD_EM)
            if len(lines) <= MOST_LINES:
                return size_px, _in_halves(whole, size_px) if lines[1:] else lines
        shorter = whole.rpartition("; ")[0] or whole.rpartition(", ")[0]
        whole = shorter or whole[: int(0.8 * len(whole))] + "…"


def _in_halves(text: str, size_px: float) -> list[str]:
    """Two lines, parted where the sentence is if both have room."""
    halves = text.replace("; ", ";\n").split("\n")
    if len(halves) == MOST_LINES and max(map(len, halves)) <= _widest(size_px, BOLD_EM):
        return halves
    return _wrapped(text, size_px, BOLD_EM)


def fit_subtitle(subtitle: str) -> list[str]:
    """Two lines at most, broken between its parts; what has no room is left out."""
    widest = _widest(SUBTITLE_PX, PLAIN_EM)
    parts = [_bound(part) for part in subtitle.split(" · ") if part]
    while parts and len(lines := _filled(parts, " · ", widest)) > MOST_LINES:
        parts.pop()
    return [line[:widest] for line in lines] if parts else []


def _bound(text: str) -> str:
    """On one line: a number and its unit, 3 of 20, and a design with its size."""
    text = re.sub(r"(\d) of (?=\d)", "\\1\u00a0of\u00a0", bound(text))
    return re.sub(r"\b(pool|threads|fibers) of (?=\d)", "\\1 of\u00a0", text)


def _widest(size_px: float, em: float) -> int:
    return int((WIDTH_PX - 2 * MARGIN_PX) / (size_px * em))


def _wrapped(text: str, size_px: float, em: float) -> list[str]:
    """Text in as few lines as the sheet's width allows, of about equal length."""
    widest = _widest(size_px, em)
    needed = _filled(text.split(" "), " ", widest)
    while len(needed) > 1:
        widest -= 1
        narrower = _filled(text.split(" "), " ", widest)
        if len(narrower) > len(needed):
            break
        needed = narrower
    return needed


def _filled(parts: Sequence[str], joint: str, widest: int) -> list[str]:
    """Broken between the parts only: narrow spaces within a number never break."""
    lines = [parts[0]]
    for part in parts[1:]:
        joined = lines[-1] + joint + part
        lines[-1:] = [joined] if len(joined) <= widest else [lines[-1], part]
    return lines
