"""A whole class's machines in one table, for a terminal."""

from collections.abc import Iterator, Sequence

from ..ask.figures import FIGURES
from ..reckon.collect import leading
from ..reckon.stats import FEWEST_FOR_INTERVAL
from ..reckon.summarise import summaries_of
from ..reckon.summary import Ratio
from ..run.stored import Stored
from . import sentences
from .names import design_name, tasks
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
    """A row each machine, a column each ratio."""
    told = leading([summaries_of(kept) for kept in machines])
    columns = dict.fromkeys(_pair(ratio) for each in told for ratio in each)
    rows: list[Sequence[str]] = [("machine", "CPU", *columns)]
    for number, (kept, each) in enumerate(zip(machines, told), start=1):
        found = {_pair(ratio): ratio.interval for ratio in each}
        cpu = kept.environment.get("cpu", {})
        texts = [
            sentences.ratio_text(found[name]) if found.get(name) else "–"
            for name in columns
        ]
        rows.append((str(number), f"{cpu.get('usable')} × {cpu.get('model')}", *texts))
    return ["A ratio in each column", *aligned(rows)]


def _pair(ratio: Ratio) -> str:
    """ "wall time, pool of 50 / threads, 500 tasks"."""
    names = f"{design_name(ratio.cell)} / {design_name(ratio.baseline)}"
    return f"{FIGURES[ratio.figure].label}, {names}, {tasks(ratio.cell.tasks)}"
