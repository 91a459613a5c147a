"""A full run: every experiment with the full protocol, in one folder.

    results/<UTC time>-<commit>-full/<experiment>/    each a results folder of its own
                                     report.html      leads to the report of each

It takes about an hour and can be stopped: what is complete stays, and `--full
--resume` goes on with the first run that is missing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from .. import REPOSITORY
from ..ask.experiment import Experiment
from ..machine import environment
from . import stored
from .folder import (
    ENVIRONMENT, INCOMPLETE, RUNS, UNFINISHED, holds_runs, place, point_latest, shown,
    stamp, write_whole,
)  # fmt: skip
from .measure import Outcome, Request, check_programs, measure, resume
from .plan import full
from .signals import Stopped

SUFFIX = "-full"
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>Five Cooks: a full run</title>
<h1>Five Cooks: a full run</h1>
<ol>
{}
</ol>
</html>
"""


def run_all(
    asked: Sequence[Experiment], request: Request, left: Path | None
) -> tuple[Path, list[Outcome]]:
    """Runs what is missing of a full run. left: an incomplete one to go on with."""
    name = f"{stamp()}-{environment.commit(REPOSITORY)}{SUFFIX}"
    if left:
        name = _name_of(left)
    folder = request.out / (UNFINISHED + name)
    if left:
        left.resolve().rename(folder)
        (folder / INCOMPLETE).unlink(missing_ok=True)
    else:
        folder.mkdir()
    try:
        outcomes = [
            _run_one(experiment, asked[number:], replace(request, out=folder))
            for number, experiment in enumerate(asked, start=1)
        ]
        items = "\n".join(
            f'<li><a href="{each.name}/report.html">{escape(each.question)}</a>'
            for each in asked
        )
        write_whole(folder / "report.html", PAGE.format(items))
    except (Exception, Stopped):
        _abandon(folder, request.out / f"{name}-incomplete")
        raise
    (folder / "latest").unlink(missing_ok=True)
    final = folder.rename(request.out / name)
    point_latest(final)
    return final, outcomes


def _name_of(left: Path) -> str:
    """The name that an incomplete full run gets; a StoredError when it is none.

    A run of one experiment would lose its mark, and be taken for a whole full run.
    """
    name = left.resolve().name
    found = re.fullmatch(rf"(.*{SUFFIX})-incomplete(-\d+)?", name, re.DOTALL)
    one = any((left / file).exists() for file in (ENVIRONMENT, RUNS))
    if found is None or one or not left.is_dir():
        raise stored.StoredError(f"{shown(left)} is not a full run that was stopped")
    return found[1]


def _run_one(
    experiment: Experiment, later: Sequence[Experiment], request: Request
) -> Outcome:
    """One experiment: as it is when complete, else from where it stopped."""
    later_s = 60 * sum(other.minutes for other in later)
    request = replace(request, folder=experiment.name, later_s=later_s)
    for name in (experiment.name, f"{experiment.name}-incomplete"):
        if not (request.out / name).is_dir():
            continue
        kept = stored.read(request.out / name)
        if not kept.complete:
            return resume(kept, request)
        check_programs(kept, request)
        return Outcome(kept, None)
    return measure(experiment, full(experiment.minutes), request)


def _abandon(folder: Path, name: Path) -> None:
    if not holds_runs(folder):
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        return
    write_whole(folder / INCOMPLETE, "Go on with: bench/run --full --resume\n")
    folder.rename(name)
    print(f"Kept in {place(name)}", file=sys.stderr)
    print("Go on with: bench/run --full --resume", file=sys.stderr)
