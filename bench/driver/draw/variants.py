"""A cell's options as people read them: 50ms is "50 ms", 256M is "256 MiB"."""

from __future__ import annotations

from collections.abc import Sequence

from ..ask.cell import Cell
from ..say.names import varied
from ..say.numbers import spaced  # noqa: F401
from .look import base_name


def variant(cell: Cell) -> str:
    """What else than its workers was varied: "timeout 50 ms", or nothing."""
    return varied(cell)


def full_name(cell: Cell) -> str:
    """ "worker-pool of 5 (timeout 50 ms)"."""
    told = variant(cell)
    return f"{base_name(cell)} ({told})" if told else base_name(cell)


def named(found: Sequence[Cell], peers: Sequence[Cell]) -> list[str]:
    """Names for these of the cells, so that no other is meant."""
    if len(found) == len(peers) > 1:
        return ["every design"]
    told = {variant(cell) for cell in found}
    if len(found) > 1 and all((c in found) == (variant(c) in told) for c in peers):
        cells = {variant(cell): cell for cell in found}
        every = " or ".join(apart(cells[words], peers) for words in sorted(told))
        return [f"with {every} every design"]
    whole = [c for c in found if _all_variants(c, peers) <= _all_variants(c, found)]
    names = list(dict.fromkeys(map(base_name, whole)))
    pools = {base_name(c) for c in peers if c.workers is not None}
    if len(pools) > 1 and pools <= set(names):
        names = [name for name in names if name not in pools] + ["every pool"]
    rest = [cell for cell in found if cell not in whole]
    return names + [f"{base_name(cell)} ({apart(cell, peers)})" for cell in rest]


def _all_variants(cell: Cell, cells: Sequence[Cell]) -> set[str]:
    """All that a design was run with, among these cells."""
    return {variant(c) for c in cells if base_name(c) == base_name(cell)}


def apart(cell: Cell, peers: Sequence[Cell]) -> str:
    """What tells a cell from others of its design: "timeout 50 ms", "no timeout"."""
    if words := variant(cell):
        return words
    others = dict.fromkeys(variant(c).rpartition(" ")[0] or variant(c) for c in peers)
    told = " or ".join(other for other in others if other)
    return f"no {told}" if told else ""


def listed(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
