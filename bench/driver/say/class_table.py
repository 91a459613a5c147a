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
from .terminal import wrapped

WIDTH = 80


def warnings(machines: Sequence[Stored]) -> Iterator[str]:
    """What makes machines worse to hold against each other, by their numbers."""
    for number, kept in enumerate(machines, start=1):
        least = min((s.n for s in summaries_of(kept) if s.n), default=0)
        if not kept.complete:
            yield f"warning: machine {number} is incomplete ({kept.name})"
        if least < FEWEST_FOR_INTERVAL:
            yield (f"warning: machine {number} has {least} runs of a cell: too few "
                   "for an interval of its median")  # fmt: skip
    commits = {str(kept.environment.get("commit")) for kept in machines}
    if len(commits) > 1:
        yield f"warning: the commits differ: {', '.join(sorted(commits))}"


def table_lines(machines: Sequence[Stored]) -> list[str]:
    """Who the machines are, then of each ratio what it is on which of them: in lines of
    a usual width, however many there are."""
    told = leading([summaries_of(kept) for kept in machines])
    lines = ["Machines"]
    for number, kept in enumerate(machines, start=1):
        cpu = kept.environment.get("cpu", {})
        lines.append(f"  {number}: {cpu.get('usable')} × {cpu.get('model')}")
    found: dict[str, list[str]] = {}
    for number, each in enumerate(told, start=1):
        for ratio in each:
            text = f"{number}: {sentences.ratio_text(ratio.interval)}"
            found.setdefault(_pair(ratio), []).append(text.replace(" ", "\u00a0"))
    for pair, texts in found.items():
        joined = "   ".join(texts)
        lines += ["", *wrapped(pair, WIDTH), *wrapped(joined, WIDTH, "  ", hanging=0)]
    return lines


def _pair(ratio: Ratio) -> str:
    """ "500 tasks, wall time: pool of 50 / threads"."""
    names = f"{design_name(ratio.cell)} / {design_name(ratio.baseline)}"
    return f"{tasks(ratio.cell.tasks)}, {FIGURES[ratio.figure].label}: {names}"
