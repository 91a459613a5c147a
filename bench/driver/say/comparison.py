"""Two results folders, or two builds, side by side on a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..ask.figures import FIGURES
from ..reckon.compare import Comparison, Pair
from ..reckon.summarise import LED_BY
from ..run.stored import Stored
from . import sentences
from .names import cell_name
from .numbers import show_percent
from .terminal import fitted

# What may explain a difference, by its place in environment.json.
TOLD = (
    ("commit",), ("programs",), ("protocol",), ("cpu", "model"), ("cpu", "usable"),
    ("system", "name"), ("system", "kernel"), ("system", "libc"),
    ("kernel", "governor"), ("kernel", "transparent_hugepage"),
    ("tools", "compiler"), ("tools", "flags"), ("tools", "hyperfine"),
)  # fmt: skip


SITTINGS = (
    "Each of them is one sitting, on its day; sittings of the same programs differ by"
    " some per cent, too. To compare builds: bench/run compare --build A --build B."
)


def folder_lines(
    first: Stored, second: Stored, found: Comparison, width: int | None
) -> list[str]:
    """Two results folders."""
    told = [f"first:  {first.name}", f"second: {second.name}"]
    for kept in (first, second):
        if not kept.complete:
            told.append(f"warning: {kept.name} is incomplete")
    told.append(SITTINGS)
    differences = list(_differences(first.environment, second.environment))
    alike = "Nothing else is known to differ."
    told += ["", "What else differs:" if differences else alike]
    told += [f"  {line}" for line in differences]
    return [*told, *pair_lines(found, ("first", "second"), width)]


def pair_lines(
    found: Comparison, heads: tuple[str, str], width: int | None
) -> list[str]:
    """A table for each figure, what became of the tasks, and what was refused."""
    told = []
    for name in LED_BY:
        pairs = [pair for pair in found.pairs if pair.figure == name]
        if name == "wall_per_ok_s":  # says the same where the same work was done
            pairs = [pair for pair in pairs if not pair.same_work]
        if pairs:
            rows = _table(name, pairs, heads)
            told += ["", FIGURES[name].meaning, *fitted(rows, width, heads)[0]]
    ends = [line for pair in _firsts(found.pairs) if (line := _ended(pair, heads))]
    told += ["", "What became of the tasks", *ends] if ends else []
    if found.refusals:
        refused = [f"  {cell_name(cell)}: {why}" for cell, why in found.refusals]
        told += ["", "Not compared", *refused]
    return told


def _firsts(pairs: Sequence[Pair]) -> list[Pair]:
    """One pair of each cell."""
    return list({pair.first.cell.name: pair for pair in pairs}.values())


def _ended(pair: Pair, heads: tuple[str, str]) -> str | None:
    """How the tasks of a cell ended in both, where that differs."""
    ends = [
        ", ".join([f"{sentences.count_text(one.outcomes['ok'])} ok"]
                  + sentences.losses(one))
        for one in (pair.first, pair.second)
    ]  # fmt: skip
    if ends[0] == ends[1]:
        return None
    told = "; ".join(f"{head}: {end}" for head, end in zip(heads, ends))
    return f"  {cell_name(pair.first.cell)}: {told}"


def slower_lines(found: Comparison, by: float) -> list[str]:
    """What fails a check that asks for no cell to be slower by more than this: what is,
    and what could not be checked."""
    told = []
    for pair in found.slower(by):
        nothing = pair.figure == "goodput_per_s"
        how = "serves nothing" if nothing else sentences.ratio_text(pair.ratio)
        cell = cell_name(pair.first.cell)
        told.append(f"slower by more than {show_percent(by)}: {cell}, {how}")
    unchecked = found.unchecked
    return told + [f"not checked: {cell_name(cell)}: {why}" for cell, why in unchecked]


def _differences(one: Mapping[str, Any], two: Mapping[str, Any]) -> Iterator[str]:
    for path in TOLD:
        first, second = _at(one, path), _at(two, path)
        if first != second:
            yield f"{' '.join(path)}: {first} → {second}"


def _at(table: Any, path: Sequence[str]) -> Any:
    for key in path:
        table = table.get(key) if isinstance(table, Mapping) else None
    return table


def _table(
    name: str, pairs: Sequence[Pair], heads: tuple[str, str]
) -> list[Sequence[str]]:
    unit = FIGURES[name].unit
    rows: list[Sequence[str]] = [("", *heads, f"{heads[1]}/{heads[0]}", "verdict")]
    for pair in pairs:
        judged = sentences.verdict_word(pair.verdict, name)
        if FIGURES[name].of_work and not pair.same_work:
            judged = "not the same work"
        rows.append((
            f"  {cell_name(replace(pair.first.cell, build=''))}",
            sentences.interval_text(pair.first.figures[name], unit),
            sentences.interval_text(pair.second.figures[name], unit),
            sentences.ratio_text(pair.ratio),
            judged,
        ))  # fmt: skip
    return rows
