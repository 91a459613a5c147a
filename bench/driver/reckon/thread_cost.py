"""What one more thread costs: the slope of memory over threads alive at once.

Within a block the same design ran with several numbers of threads. A straight line
through them (least squares) has the cost of a thread as its slope, free of what the
program and the machine use anyway. One slope a block; their median and interval are
told.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..ask.cell import Cell
from ..ask.figures import FIGURES
from ..run.run import Run
from .stats import Interval, median_interval, slope

FEWEST_POINTS = 3


@dataclass(frozen=True)
class Cost:
    """One kind of memory for one variant of a design."""

    cell: Cell  # one of those with this design and options; their tasks differ
    kind: str
    bytes_each: Interval


def _kernel(field: str) -> Callable[[Run], float | None]:
    return lambda run: (run.kernel or {}).get(field)


KINDS: dict[str, Callable[[Run], float | None]] = {
    "resident (RSS)": FIGURES["rss_bytes"].read,
    "kernel stack": _kernel("kernel_stack_bytes"),
    "page tables": FIGURES["page_table_bytes"].read,
    "slab (task_struct and more)": _kernel("slab_bytes"),
}


def costs(runs: Sequence[Run]) -> list[Cost]:
    """The cost of a thread by variant and kind, as far as the runs tell it."""
    groups: dict[tuple[Variant, int], list[Run]] = defaultdict(list)
    cells: dict[Variant, Cell] = {}
    for run in runs:
        if run.counts:
            cells.setdefault(variant(run.cell), run.cell)
            groups[variant(run.cell), run.block].append(run)
    found = []
    # Blocks are shuffled; the plainest variant, in which least is varied, is first.
    for which in sorted(cells, key=lambda which: (len(which[1]), which)):
        for kind, read in KINDS.items():
            blocks = [group for (who, _), group in groups.items() if who == which]
            slopes = [s for group in blocks if (s := _slope(group, read)) is not None]
            if slopes:
                found.append(Cost(cells[which], kind, median_interval(slopes)))
    return found


Variant = tuple[str, tuple[tuple[str, str], ...]]


def variant(cell: Cell) -> Variant:
    """A design and what else is varied: cells of one differ in their tasks alone."""
    varied = tuple((key, str(value)) for key, value in cell.varied.items())
    return cell.design.key, varied


def _slope(runs: Sequence[Run], read: Callable[[Run], float | None]) -> float | None:
    """Bytes a thread in one block; None without enough different numbers of threads."""
    threads = FIGURES["threads"].read
    points = [
        (count, value)
        for run in runs
        if (count := threads(run)) is not None and (value := read(run)) is not None
    ]
    if len({count for count, _ in points}) < FEWEST_POINTS:
        return None
    return slope(points)
