"""bench/run plan: how many workers does this service need?

A stage of its own after the others, as it ties them together like a lesson does: it asks
(asked.py), plays in virtual time (play.py), finds (find.py) and tells (tell.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from ..run.folder import locked
from ..run.signals import FAILED, MEASURED
from ..say import terminal
from . import asked, find, tell
from .play import Player


def main(arguments: Sequence[str], only_check: bool = False) -> int:
    wanted = asked.parse(arguments)
    if only_check:
        return MEASURED
    with locked(wanted.settings.out):
        player = Player(wanted, terminal.complain)
        found = find.findings(wanted, player)
        confirmed = []
        if found.best is not None and not wanted.settings.quick:
            terminal.complain("confirming with real threads, for at most 20 s")
            confirmed = tell.confirm(wanted, found.best)
        points = list(player.points.values())
        lines = [
            *tell.sentences(wanted, found, confirmed), "",
            *tell.table_lines(wanted, points), "",
            *tell.confirmed_lines(confirmed),
        ]  # fmt: skip
        plan = tell.facts_of(wanted, found, points, confirmed)
        path, failed = tell.keep(wanted, player, plan, lines)
    terminal.tell([*lines, *failed, *tell.closing(path)])
    return FAILED if found.best is None or failed else MEASURED
