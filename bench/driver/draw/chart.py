"""A chart: one drawn question, its words and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .sheet import Sheet


@dataclass(frozen=True)
class Chart:
    """One drawn question: its words and its files, from the same values.

    files are paths inside the results folder by kind ("svg", "png", "pdf"). means: what
    one may learn from it; refuted: what would refute it.
    script: of plots/, without .gp. A chart with a
    problem has no files and makes the driver end with status 1.
    """

    name: str
    title: str = ""
    caption: str = ""
    alt: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()  # of its table
    rows: tuple[tuple[str, ...], ...] = ()
    problem: str | None = None
    question: str = ""
    means: str = ""
    refuted: str = ""
    script: str = ""

    @classmethod
    def failed(cls, name: str, why: object) -> Chart:
        return cls(name, problem=str(why))

    @classmethod
    def drawn(cls, sheet: Sheet, files: Mapping[str, str]) -> Chart:
        return cls(
            sheet.name, sheet.title, sheet.caption, sheet.alt, files, sheet.header,
            sheet.rows, None, sheet.question, sheet.means, sheet.refuted, sheet.script,
        )  # fmt: skip
