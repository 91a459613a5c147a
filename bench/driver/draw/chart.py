"""A chart: one drawn question, its words and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Chart:
    """One drawn question: its words and its files, from the same values.

    files are paths inside the results folder by kind ("svg", "png", "pdf"). A chart
    with a problem has no files and makes the driver end with status 1.
    """

    name: str
    title: str
    caption: str
    alt: str
    files: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()  # of its table
    rows: tuple[tuple[str, ...], ...] = ()
    problem: str | None = None
