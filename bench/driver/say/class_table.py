"""A whole class's machines in one table, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..ask.figures import FIGURES
from ..reckon.stats import FEWEST_FOR_INTERVAL
from ..reckon.summarise import summaries_of
from ..run.stored import Stored
from . import sentences
from .terminal import aligned


def warnings(machines: Sequence[Stored]) -> Iterator[str]:
    """What makes machines worse to hold against each other, by their numbers."""
    for number, kept in enumerate(machines, start=1):
        least = min((s.n for s in summaries_of(kept) if s.n), default=0)
        if not kept.complete:
            yield f"warning: machine {number} is incomplete ({kept.name})"
        if least < FEWEST_FOR_INTERVAL:
            yield f"warning: machine {number} has {least} runs of a cell: no interval"
    commits = {str(kept.environment.get("commit")) for kept in machines}
    if len(commits) > 1:
        yield f"warning: the commits differ: {', '.join(sorted(commits))}"


def table_lines(machines: Sequence[Stored]) -> list[str]:
    """A table: a row each machine, a column each ratio."""
    columns = dict.fromkeys(
        ratio.cell.name for kept in machines for ratio in summaries_of(kept).compared()
    )
    rows = [("machine", "CPU", *columns)]
    for number, kept in enumerate(machines, start=1):
        found = {
            ratio.cell.name: ratio.interval for ratio in summaries_of(kept).compared()
        }
        cpu = kept.environment.get("cpu", {})
        told = [
            sentences.ratio_text(found[name]) if found.get(name) else "–"
            for name in columns
        ]
        rows.append((str(number), f"{cpu.get('usable')} × {cpu.get('model')}", *told))
    names = " or ".join(machines[0].experiment.baselines)
    figure = FIGURES[machines[0].experiment.figure].meaning
    return [f"{figure}, over {names}", *aligned(rows)]
