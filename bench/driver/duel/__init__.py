"""bench/run duel: two designs at once in one terminal, one square per order.

A show, not a measurement: both share the machine, and each runs once. It asks who meets
whom, starts both programs and listens to them (side.py), shows what they tell
(screen.py), and says at the end what their records hold.
"""

import select
import shlex
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import takewhile
from typing import Any

from ..ask import experiment
from ..ask.command import PROGRAMS, options_of
from ..ask.experiment import OF_POOLS, OF_THREADS, Experiment
from ..ask.typed import AskError
from ..measure import dry
from ..measure.signals import MEASURED
from ..reckon.stats import NEGLIGIBLE_ABOVE, NEGLIGIBLE_BELOW, quotient
from ..say import names
from ..say.numbers import show_count, show_duration, show_ratio
from ..say.terminal import complain, tell, width_of, wrapped
from . import screen
from .side import Side

HELP = """\
usage: bench/run duel [DESIGN [DESIGN]] [OPTION OF THE PROGRAMS]...

Two designs at once in one terminal, one square per order: who serves more, and who is
done sooner? Unless told otherwise, threads against a pool of 50: 500 orders of 500 ms,
and an API that serves 50 at once.

  bench/run duel --workers 10 --service-time 1s
  bench/run duel --api-capacity unlimited
  bench/run duel "bounded threads of 50" "pool of 50"
  bench/run duel "pool of 50" "pool of 50 --attempts 4" --error-rate 20%

A DESIGN is threads, bounded threads, pool, mutex pool, fibers, fiber pool, ...; in
quotes it may have a size and options of its own. All other options are for both, as the
programs take them (worker-pool --help).

It is a show: both share the machine, and each runs once. To measure: bench/run.
exit status: 0 both have run, 2 usage, 3 a program failed, 128+n stopped by signal n."""
DESIGNS = ("threads", "pool of 50")
DEFAULTS = {"tasks": 500, "api-capacity": 50, "service-time": "500ms"}
BOUND = 50  # of bounded threads, if nobody says otherwise


def main(arguments: Sequence[str], only_check: bool = False) -> int:
    if {"-h", "--help"} & {*arguments}:
        tell([HELP])
        return MEASURED
    asked = parse(arguments)
    if only_check:
        return MEASURED
    dry.check(asked, PROGRAMS)
    for cell in asked.cells:
        if dry.lacks(PROGRAMS, cell.design.program, "progress"):
            raise AskError(f"duel: {cell.design.program} does not tell how far it is")
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


# ---- who meets whom ----


def parse(words: Sequence[str]) -> Experiment:
    """An experiment of two cells."""
    named = list(takewhile(lambda word: not word.startswith("-"), words))
    if len(named) > 2:
        raise AskError(f"duel takes two designs, not {len(named)}: each in quotes")
    shared = options_of(words[len(named) :])
    # Whoever names one wants to see it beside threads.
    named = DESIGNS if named == [DESIGNS[0]] else [*DESIGNS[: 2 - len(named)], *named]
    default = dict(DEFAULTS)
    if ":" in str(shared.get("distribution", "")):  # which then says how long they take
        del default["service-time"]
    of_some = OF_POOLS | OF_THREADS
    table = {
        "question": "Who serves more, and who is done sooner?",
        "options": default | {k: v for k, v in shared.items() if k not in of_some},
        "cells": [_design(text) for text in named],
    }
    own = {key: value for key, value in shared.items() if key in of_some}
    made = experiment.read("duel", table, own, where="duel")
    if any(cell.is_real for cell in made.cells):
        raise AskError("duel: its API is simulated: --api is for experiments")
    if len(made.cells) != 2:
        raise AskError("duel: both would be the same")
    return made


def _design(text: str) -> dict[str, Any]:
    """ "pool of 50 --attempts 4"."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise AskError(f"duel: '{text}': {error}") from None
    name = list(takewhile(lambda word: not word.startswith("-"), words))
    bound = {"max-threads": BOUND} if name[:1] == ["bounded"] and len(name) == 2 else {}
    return {"design": " ".join(name), **bound, **options_of(words[len(name) :])}


# ---- what their records hold ----


def sentence(left: Side, right: Side) -> str:
    """What happened, from the records alone. One run of each bears no verdict."""
    told = names.sentence(f"{_account(left)}; {_account(right)}")
    if not left.served and not right.served:
        return f"{told}: nothing is served."
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
