"""bench/run plan: how many workers does this service need?

A stage of its own after the others, as it ties them together like a lesson does: it
asks (asked.py), plays in virtual time (play.py), finds (find.py), holds that against
an earlier plan (gate.py) and tells (tell.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..run.folder import ResultsError, locked, write_whole
from ..measure.by_its_own_clock import RunError
from ..measure.signals import FAILED, MEASURED
from ..say import terminal
from . import asked, find, tell
from .play import Player


def main(arguments: Sequence[str], only_check: bool = False) -> int:
    wanted = asked.parse(arguments)
    if only_check:
        return MEASURED
    with locked(wanted.settings.out):
        player = Player(wanted, terminal.complain)
        player.try_out()
        if wanted.kept:
            write_whole(*wanted.kept)
        found = find.findings(wanted, player)
        try:
            confirmed = _confirmed(wanted, found)
        except BaseException:  # what was played is kept, whatever happens
            _kept(wanted, player, found, [])
            raise
        lines, path, failed = _kept(wanted, player, found, confirmed)
    terminal.tell([*lines, *failed, *tell.closing(path)])
    return FAILED if found.best is None or found.worse or failed else MEASURED


def _confirmed(wanted: asked.Asked, found: find.Findings) -> list[dict[str, Any]]:
    if found.best is None or wanted.settings.quick:
        return []
    terminal.complain("confirming with real threads, for at most 20 s")
    try:
        return tell.confirm(wanted, found.best)
    except RunError as error:  # as where so many threads are not allowed
        terminal.complain(f"not confirmed: {error}")
        return []


def _kept(
    wanted: asked.Asked, player: Player, found: find.Findings,
    confirmed: list[dict[str, Any]],
) -> tuple[list[str], Path, list[str]]:  # fmt: skip
    """The lines to be told; where they are kept, and what failed of that."""
    points = tell.in_order(player.points.values())
    lines = [
        *filter(None, [tell.worse_line(wanted, found)]),
        *tell.sentences(wanted, found, confirmed), "",
        *tell.table_lines(wanted, found, points), "", *tell.confirmed_lines(confirmed),
    ]  # fmt: skip
    plan = tell.facts_of(wanted, found, points, confirmed)
    try:
        return lines, *tell.keep(wanted, points, plan, lines)
    except ResultsError:  # what was found is told, whether or not it can be kept
        terminal.tell(lines)
        raise
