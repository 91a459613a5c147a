"""Two results folders side by side, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..ask.figures import FIGURES
from ..reckon.compare import COMPARED, Comparison, Pair
from . import sentences
from .names import cell_name
from .terminal import aligned

# What may explain a difference, by its place in environment.json.
TOLD = (
    ("commit",), ("programs",), ("protocol",), ("cpu", "model"), ("cpu", "usable"),
    ("system", "name"), ("system", "kernel"), ("system", "libc"),
    ("kernel", "governor"), ("kernel", "transparent_hugepage"),
    ("tools", "compiler"), ("tools", "flags"), ("tools", "hyperfine"),
)  # fmt: skip


def lines(found: Comparison) -> list[str]:
    """The comparison for a terminal."""
    told = [f"first:  {found.first.name}", f"second: {found.second.name}"]
    for kept in (found.first, found.second):
        if not kept.complete:
            told.append(f"warning: {kept.name} is incomplete")
    differences = list(_differences(found.first.environment, found.second.environment))
    told += [
        "",
        "What else differs:" if differences else "Nothing else is known to differ.",
    ]
    told += [f"  {line}" for line in differences]
    for name in COMPARED:
        pairs = [pair for pair in found.pairs if pair.figure == name]
        if pairs:
            told += ["", FIGURES[name].meaning, *_table(name, pairs)]
    if found.refusals:
        told += [
            "",
            "Not compared",
            *(f"  {cell_name(cell)}: {why}" for cell, why in found.refusals),
        ]
    return told


def _differences(one: Mapping[str, Any], two: Mapping[str, Any]) -> Iterator[str]:
    for path in TOLD:
        first, second = _at(one, path), _at(two, path)
        if first != second:
            yield f"{' '.join(path)}: {first} → {second}"


def _at(table: Any, path: Sequence[str]) -> Any:
    for key in path:
        table = table.get(key) if isinstance(table, Mapping) else None
    return table


def _table(name: str, pairs: Sequence[Pair]) -> list[str]:
    unit = FIGURES[name].unit
    rows = [("", "first", "second", "second/first", "verdict")]
    for pair in pairs:
        rows.append((
            f"  {cell_name(pair.first.cell)}",
            sentences.interval_text(pair.first.figures[name], unit),
            sentences.interval_text(pair.second.figures[name], unit),
            sentences.ratio_text(pair.ratio),
            sentences.verdict_word(pair.verdict, name),
        ))  # fmt: skip
    return aligned(rows)
