"""Small pieces of HTML, and the colours of the page, which are those of the charts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape

from .. import REPOSITORY

STYLE = REPOSITORY / "plots" / "style.gp"
TINT = {"light": 255, "dark": 30}  # as in style.gp


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "table"
) -> str:
    """A table whose first column names its rows."""
    return _framed(header, f"<tbody>\n{_rows(rows)}\n</tbody>", caption)


def grouped_table(
    header: Sequence[str],
    groups: Mapping[str, Iterable[Sequence[str]]],
    caption: str = "table",
) -> str:
    """One table of several groups of rows, each under its name."""
    bodies = "\n".join(
        f'<tbody>\n<tr><th class="group" colspan="{len(header)}" scope="rowgroup">'
        f"{escape(name)}</th></tr>\n{_rows(rows)}\n</tbody>"
        for name, rows in groups.items()
    )
    return _framed(header, bodies, caption)


def _rows(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )


def _framed(header: Sequence[str], body: str, caption: str) -> str:
    """Reachable by keyboard: a wide table scrolls within its frame."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n{body}\n</table></div>"
    )


def bullets(lines: Iterable[str]) -> str:
    items = "\n".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>\n{items}\n</ul>"


@cache
def palette() -> dict[str, dict[str, str]]:
    """{"light": {"ink": "#1c1c1c", "colour-1": ...}, "dark": {...}} out of style.gp."""
    text = STYLE.read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {"light": {}, "dark": {}}
    for name, dark, light in re.findall(
        r"^(\w+) = dark \? '(#\w{6})' : '(#\w{6})'", text, re.MULTILINE
    ):
        found["light"][name], found["dark"][name] = light.lower(), dark.lower()
    for indent, name, items in re.findall(
        r"^( *)array (\w+) = \[(0x[^\]]*)\]", text, re.MULTILINE
    ):
        theme = "dark" if indent else "light"
        for number, item in enumerate(re.findall(r"0x(\w{6})", items), start=1):
            found[theme][f"{name}-{number}"] = f"#{item.lower()}"
    for theme, colours in found.items():
        for name in [n for n in colours if n.startswith("colour-")]:
            tint = name.replace("colour", "tint")
            colours[tint] = _tint(colours[name], TINT[theme])
    return found


def _tint(colour: str, ground: int) -> str:
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{int(0.4 * part + 0.6 * ground):02x}" for part in parts)


def variables(theme: str) -> str:
    """The colours as CSS variables."""
    pairs = palette()[theme].items()
    return " ".join(f"--{name}: {colour};" for name, colour in pairs)


def names_of_colours() -> dict[str, str]:
    """The variable's name of each colour of the light charts."""
    named: dict[str, str] = {}
    for name, colour in palette()["light"].items():
        named.setdefault(colour, name)
    return named
