"""A full run: every experiment with the full protocol, in one folder.

    results/<UTC time>-<commit>-full/<experiment>/    each a results folder of its own
                                     report.html      leads to the report of each

It takes about an hour and can be stopped: what is complete stays, and `--full
--resume` does the same again in the same folder, where it passes over what is complete.
The report is written last: a folder without it has not been finished. An experiment
that cannot be run here, as for want of a library or of threads, costs no other one.
"""

import shlex
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from .. import REPOSITORY
from ..ask.experiment import Experiment
from ..ask.typed import AskError
from ..machine import environment
from ..run import stored
from ..run.folder import (
    ENVIRONMENT, REPORT, UNFINISHED, ResultsError, holds_runs, locked, place,
    point_latest, shown, stamp, write_whole,
)  # fmt: skip
from ..say.terminal import complain
from .measure import Outcome, Refused, Request, check_same, measure, resume
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


def new_folder(out: Path) -> Path:
    return out / f"{stamp()}-{environment.commit(REPOSITORY)}{SUFFIX}"


def newest_left(out: Path) -> Path:
    """The newest full run that has not been finished."""
    found = [
        path for path in out.glob(f"*{SUFFIX}")
        if _parts(path) and not (path / REPORT).exists()
    ]  # fmt: skip
    if not found:
        raise stored.StoredError("there is no incomplete full run to go on with")
    return max(found, key=lambda path: path.name)


def check_left(folder: Path) -> None:
    """Into another folder no experiments must come."""
    if not folder.name.endswith(SUFFIX):
        raise stored.StoredError(f"{shown(folder)} is not a full run")
    if not _parts(folder):
        raise stored.StoredError(f"{shown(folder)} holds no part of a full run")


def _parts(folder: Path) -> list[Path]:
    """The results folders in it, also of a driver that was killed."""
    return sorted(path.parent for path in folder.glob(f"*/{ENVIRONMENT}"))


@dataclass(frozen=True)
class FullRun:
    """not_run: why, by name; late: what the system refused at the end, in words."""

    outcomes: Sequence[Outcome]
    not_run: Mapping[str, str]
    late: Sequence[str]


def run_all(asked: Sequence[Experiment], request: Request) -> FullRun:
    """All of them. request.out: the full run's folder, which may hold a part of it, by
    its own name."""
    folder, outcomes, not_run = request.out, list[Outcome](), dict[str, str]()
    request = _as_asked(request)
    with locked(folder):
        try:
            for number, experiment in enumerate(asked, start=1):
                minutes = sum(other.minutes for other in asked[number - 1 :])
                told = f"{number} of {len(asked)}, about {minutes:.0f} min left"
                complain(f"full run: experiment {told}")
                try:
                    outcomes.append(_run_one(experiment, request))
                except NotHere as error:
                    not_run[experiment.name] = str(error)
                    complain(f"{experiment.name}: not run: {error}")
            if not outcomes:
                raise Refused("; ".join(dict.fromkeys(not_run.values())))
        except (Exception, Stopped):
            if holds_runs(folder):
                again = shlex.join(["bench/run", "--full", "--resume", place(folder)])
                complain(f"Go on with: {again}")
            else:
                _remove(folder)
            raise
        finally:
            with suppress(OSError):
                (folder / "latest").unlink(missing_ok=True)
    return FullRun(outcomes, not_run, _finish(folder, asked, not_run))


def _as_asked(request: Request) -> Request:
    """With the seed that was asked for when the run began: its parts tell it, and what
    is begun now will tell it the same way."""
    for part in _parts(request.out):
        with suppress(stored.StoredError):
            facts = stored.read(part).environment
            if "seed" in facts and "--seed" in str(facts.get("command")).split():
                command = ["--full", "--seed", str(facts["seed"])]
                return replace(request, seed=facts["seed"], command=command)
    return request


def _remove(folder: Path) -> None:
    """Where nothing was run: what we made, and the folder if that was all. It may have
    been there before, and hold what is not ours."""
    with suppress(OSError):
        for left in folder.glob(UNFINISHED + "*"):
            shutil.rmtree(left, ignore_errors=True)
        (folder / ".lock").unlink(missing_ok=True)
        folder.rmdir()


def _finish(
    folder: Path, asked: Sequence[Experiment], not_run: Mapping[str, str]
) -> list[str]:
    """Its report, and the link to it; what the system refused of that, in words."""
    items = "\n".join(
        f"<li>{escape(each.question)} Not run: {escape(not_run[each.name])}"
        if each.name in not_run
        else f'<li><a href="{each.name}/{REPORT}">{escape(each.question)}</a>'
        for each in asked
    )
    refused = []
    for step in (
        lambda: write_whole(folder / REPORT, PAGE.format(items)),
        lambda: point_latest(folder),
    ):  # fmt: skip
        try:
            step()
        except ResultsError as error:
            refused.append(str(error))
    return refused


class NotHere(Exception):
    """An experiment that was not begun cannot be run here: the reasons."""


def _run_one(experiment: Experiment, request: Request) -> Outcome:
    """As it is when complete, else on from where it stopped."""
    request = replace(request, name=experiment.name, may_resume=False)
    for name in (experiment.name, f"{experiment.name}-incomplete"):
        if not (request.out / name).is_dir():
            continue
        kept = stored.read(request.out / name)
        if not kept.complete:
            return resume(kept, request)
        check_same(kept, request)
        return Outcome(kept, None)
    try:
        return measure(experiment, full(experiment.minutes), request)
    except (AskError, Refused) as error:
        raise NotHere(str(error)) from None
