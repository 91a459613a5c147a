"""bench/run plan: how many workers does this service need?

A stage of its own after the others, as it ties them together like a lesson does: it
asks (asked.py), plays in virtual time (play.py), finds (find.py), holds that against
an earlier plan (gate.py) and tells (tell.py).
"""

from collections.abc import Sequence
from typing import Any

from ..run.folder import REPORT, ResultsError, locked, place, write_whole
from ..measure.by_its_own_clock import RunError
from ..measure.signals import FAILED, MEASURED
from ..say import terminal
from ..say.ending import closing_lines
from ..say.shortfall import unconfirmed
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
        found: find.Findings | None = None
        confirmed: list[dict[str, Any]] = []
        try:
            found = find.findings(wanted, player)
            _confirm(wanted, found, confirmed)
        except BaseException:  # what was played is kept, whatever happens
            if player.pools():
                found = found or find.so_far(wanted, player)
                _keep(wanted, player, found, confirmed, complete=False)
            raise
        failed = _keep(wanted, player, found, confirmed)
    sound = _is_answered(wanted, found, confirmed) and not found.worse
    return MEASURED if sound and not failed else FAILED


def _is_answered(
    wanted: asked.Asked, found: find.Findings, confirmed: list[dict[str, Any]]
) -> bool:
    """There is an answer, and real threads met the target where they were asked."""
    if found.best is None or wanted.settings.quick:
        return found.best is not None
    ours = [each for each in confirmed if each["workers"] == found.best.size]
    return bool(ours) and not unconfirmed(confirmed, found.best.size)


def _confirm(
    wanted: asked.Asked, found: find.Findings, confirmed: list[dict[str, Any]]
) -> None:
    if found.best is None or wanted.settings.quick:
        return
    terminal.complain("confirming with real threads, for at most 20 s")
    try:
        for each in tell.confirm(wanted, found.best):
            confirmed.append(each)
    except RunError as error:  # as where so many threads are not allowed
        terminal.complain(f"not confirmed: {error}")
        if all(each["workers"] != found.best.size for each in confirmed):
            confirmed.append(tell.untried(wanted, found.best, str(error)))


def _keep(
    wanted: asked.Asked, player: Player, found: find.Findings,
    confirmed: list[dict[str, Any]], complete: bool = True,
) -> list[str]:  # fmt: skip
    """Keeps and tells it; what failed of that."""
    points = tell.in_order(player.points.values())
    lines = [
        *([] if complete else [tell.STOPPED]),
        *filter(None, [tell.worse_line(wanted, found)]),
        *tell.sentences(wanted, found, confirmed), "",
        *tell.table_lines(wanted, found, points), "", *tell.confirmed_lines(confirmed),
    ]  # fmt: skip
    plan = tell.facts_of(wanted, found, points, confirmed, complete)
    try:
        path, failed = tell.keep(wanted, points, plan, lines)
    except ResultsError:  # what was found is told, whether or not it can be kept
        terminal.tell(lines)
        raise
    report = (path / REPORT).is_file()
    terminal.tell([*lines, *failed, "", *closing_lines(place(path), report)])
    return failed
