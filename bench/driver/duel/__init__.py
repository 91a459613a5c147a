"""bench/run duel: two designs at once in one terminal, one square per order.

A show, not a measurement: both share the machine, and each runs once. It asks
(opponents.py), starts both programs and listens to them (side.py), shows what they tell
(screen.py), and says at the end what their records hold (here).
"""

import select
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from ..ask.command import PROGRAMS
from ..measure import dry
from ..measure.signals import MEASURED
from ..reckon.stats import NEGLIGIBLE_ABOVE, NEGLIGIBLE_BELOW, quotient
from ..say import names
from ..say.numbers import show_count, show_duration, show_ratio
from ..say.terminal import complain, tell, width_of, wrapped
from . import opponents, screen
from .side import Side


def main(arguments: Sequence[str], only_check: bool = False) -> int:
    if {"-h", "--help"} & {*arguments}:
        tell([opponents.HELP])
        return MEASURED
    asked = opponents.parse(arguments)
    if only_check:
        return MEASURED
    dry.check(asked, PROGRAMS)
    left, right = sides = [Side(cell) for cell in asked.cells]
    with ExitStack() as stack:
        for side in sides:
            stack.callback(side.stop)
            side.start(PROGRAMS)
        shown = stack.enter_context(screen.on(sys.stdout, sides))
        while running := [side for side in sides if side.record is None]:
            for side in select.select(running, [], [])[0]:
                side.hear()
            shown.draw()
    shown.keep()
    tell(wrapped(sentence(left, right), width_of(sys.stdout), hanging=0))
    for remark in filter(None, (side.remark for side in sides)):
        complain(remark)
    return MEASURED


def sentence(left: Side, right: Side) -> str:
    """What happened, from the records alone. One run of each bears no verdict."""
    told = f"{_account(left)}; {_account(right)}"
    told = told[:1].upper() + told[1:]
    if not NEGLIGIBLE_BELOW <= quotient(right.served, left.served) <= NEGLIGIBLE_ABOVE:
        return f"{told}: not the same work."
    slow, fast = (right, left) if right.seconds > left.seconds else (left, right)
    factor = show_ratio(quotient(slow.seconds, fast.seconds))
    verb = names.verb(slow.cell.design, "takes", "take")
    who = names.spoken_cell(slow.cell, (left.cell, right.cell))
    return f"{told}: this time {who} {verb} {factor}× as long."


def _account(side: Side) -> str:
    """ "threads serve 50 of 500 and lose 450 (rejected) in 512 ms"."""
    design, tasks = side.cell.design, show_count(side.tasks)
    served = f"{show_count(side.served)} of {tasks}" if side.lost else f"all {tasks}"
    does = names.verb(design, "serves", "serve")
    told = f"{names.spoken_cell(side.cell)} {does} {served}"
    if side.lost:
        lost = {name.replace("_", " "): show_count(count)
                for name, count in side.outcomes.items()
                if count and name != "ok"}  # fmt: skip
        kinds = [f"{count} {name}" for name, count in lost.items()]
        why = names.listed(kinds if len(lost) > 1 else [*lost])
        verb = names.verb(design, "loses", "lose")
        told += f" and {verb} {show_count(side.lost)} ({why})"
    return f"{told} in {show_duration(side.seconds)}"
