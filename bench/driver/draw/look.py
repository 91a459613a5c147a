"""Which design looks how, and what it is called: the same in every chart.

The number is an index into the colours and shapes of plots/style.gp.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..ask.cell import Cell
from ..say.numbers import show_count

THREAD_PER_TASK = 1
FIXED = {50: 2, 5: 3}  # a pool of this many workers always looks so
OTHERS = (4, 5, 6)


def looks(cells: Iterable[Cell]) -> dict[int | None, int]:
    """The look of each design among the cells, by its workers (None: threads)."""
    workers = {cell.workers for cell in cells}
    pools = sorted((w for w in workers if w is not None), reverse=True)
    free = [look for look in OTHERS]
    found: dict[int | None, int] = {None: THREAD_PER_TASK} if None in workers else {}
    for count in pools:
        found[count] = FIXED.get(count) or (free.pop(0) if len(free) > 1 else free[0])
    return found


def spoken_name(cell: Cell) -> str:
    """ "a pool of 50": for sentences."""
    if cell.workers is None:
        return "a thread per task"
    return f"a pool of {show_count(cell.workers)}"


def base_name(cell: Cell) -> str:
    """ "worker-pool of 50", whatever other options the cell has."""
    return (
        cell.design.program
        if cell.workers is None
        else f"{cell.design.program} of {show_count(cell.workers)}"
    )
