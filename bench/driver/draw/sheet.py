"""A sheet: everything one gnuplot script is given, and the words that go with it.

A chart's title, caption, alternative text, table and marks are all made from the same
values by one function, and travel together as a Sheet. Nothing here runs gnuplot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

Value = float | int | str | None

WIDTH_PX = 1600
MARGIN_PX = 32
# Mean advance of DejaVu Sans over its size, on the safe side for our kind of text.
BOLD_EM, PLAIN_EM = 0.60, 0.53
TITLE_PX = (34, 30, 26)
SUBTITLE_PX = 21
MOST_LINES = 2


class ChartError(Exception):
    """This chart cannot be drawn as it should be; the message says why."""


@dataclass(frozen=True)
class Tics:
    """Written ticks of an axis: (words, position)."""

    axis: str
    marks: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Sheet:
    """One chart before it is drawn.

    columns and marks become NAME.csv, settings and tics become NAME.settings; parts are
    other sheets, whose marks become NAME-PART.csv. log names the columns that stand on
    a logarithmic axis, where gnuplot would silently drop what is not positive. nothing
    holds the words to show when there is nothing to draw.
    """

    name: str
    title: str
    subtitle: str
    caption: str
    alt: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]
    marks: tuple[tuple[Value, ...], ...]
    settings: Mapping[str, object] = field(default_factory=dict)
    tics: tuple[Tics, ...] = ()
    log: tuple[str, ...] = ()
    nothing: str = ""
    parts: Mapping[str, Sheet] = field(default_factory=dict)


def check(sheet: Sheet) -> None:
    """Refuses what gnuplot would draw wrongly without a word."""
    if not sheet.marks and not sheet.nothing:
        raise ChartError(f"{sheet.name}: no marks, and no words to say why")
    for words in ("title", "subtitle", "caption", "alt"):
        if not getattr(sheet, words).strip():
            raise ChartError(f"{sheet.name}: its {words} is empty")
    for row in sheet.rows:
        if len(row) != len(sheet.header):
            raise ChartError(f"{sheet.name}: a table row of {len(row)} cells: {row}")
    for part in sheet.parts.values():
        check(part)
    for number, mark in enumerate(sheet.marks, start=1):
        if len(mark) != len(sheet.columns):
            raise ChartError(f"{sheet.name}: mark {number} has {len(mark)} columns")
        for column, value in zip(sheet.columns, mark):
            _check_value(sheet, number, column, value)


def _check_value(sheet: Sheet, number: int, column: str, value: Value) -> None:
    where = f"{sheet.name}: mark {number}, {column}"
    if isinstance(value, str):
        # gnuplot reads a number off the start of any text: "2,5" would be 2.
        if value[:1].isdigit() or set(value) & set(',"\n'):
            raise ChartError(f"{where}: the text {value!r} could be read as a number")
    elif value is not None and not isfinite(value):
        raise ChartError(f"{where}: {value} is not a number")
    if column in sheet.log and value is not None:
        if isinstance(value, str) or value <= 0:
            raise ChartError(f"{where}: {value!r} has no place on a log axis")


def csv_text(columns: Sequence[str], marks: Sequence[Sequence[Value]]) -> str:
    """The marks as gnuplot and anyone else can read them; None is an empty field."""
    lines = [",".join(columns)]
    for mark in marks:
        lines.append(",".join("" if value is None else str(value) for value in mark))
    return "\n".join(lines) + "\n"


def settings_text(sheet: Sheet) -> str:
    """The words and scales, as a gnuplot file."""
    size_px, title = fit_title(sheet.title)
    settings: dict[str, object] = {
        "title_px": size_px,
        "title": title,
        "subtitle": fit_subtitle(sheet.subtitle),
        "nothing": sheet.nothing,
        "labels": 0,
        **sheet.settings,
    }
    lines = [f"# What {sheet.name}.csv does not say: words and scales."]
    for name, value in settings.items():
        lines.extend(_assignment(name, value))
    for tics in sheet.tics:
        marks = ", ".join(f"{_literal(w)} {_literal(at)}" for w, at in tics.marks)
        lines.append(f"set {tics.axis}tics ({marks})")
    return "\n".join(lines) + "\n"


def _assignment(name: str, value: object) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        # gnuplot has no empty array, and looks at one even when a loop runs no times.
        items = [_literal(item) for item in value] or ["0"]
        yield f"array {name}[{len(items)}] = [{', '.join(items)}]"
    else:
        yield f"{name} = {_literal(value)}"


def _literal(value: object) -> str:
    """A gnuplot literal. Within single quotes nothing is special but the quote."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (int, float)):
        if not isfinite(value):
            raise ChartError(f"{value} is not a number")
        return repr(value)
    text = str(value).replace("\n", " ")
    return "'" + text.replace("'", "''") + "'"


def fit_title(title: str) -> tuple[int, list[str]]:
    """The largest size at which the title takes two lines at most."""
    for size_px in TITLE_PX:
        lines = _wrapped(_bound(title), size_px, BOLD_EM)
        if len(lines) <= MOST_LINES:
            return size_px, lines
    raise ChartError(f"a title of {len(title)} characters does not fit: {title}")


def fit_subtitle(subtitle: str) -> list[str]:
    """Two lines at most, broken between its parts where that is possible."""
    widest = _widest(SUBTITLE_PX, PLAIN_EM)
    subtitle = _bound(subtitle)
    lines = _filled(subtitle.split(" · "), " · ", widest)
    if len(lines) > MOST_LINES or any(len(line) > widest for line in lines):
        lines = _filled(subtitle.split(" "), " ", widest)
    if len(lines) > MOST_LINES:
        raise ChartError(f"{len(lines)} lines of subtitle do not fit: {subtitle}")
    return lines


def _bound(text: str) -> str:
    """A number and its unit on one line."""
    return re.sub(r"(\d) (?=(?:[nµm]?s|[kMG]?B|%)(?!\w))", "\\1\u00a0", text)


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
        if len(joined) <= widest:
            lines[-1] = joined
        else:
            lines.append(part)
    return lines
