"""One experiment from the checks to a results folder."""

from __future__ import annotations

import random
import shlex
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from . import checks, cli, environment, experiment as experiments, publish, stored, table
from .blocks import Plan, Protocol, is_long
from .child import Guardian
from .hyperfine import Gun
from .model import Chart, Experiment, Summaries
from .results import ENVIRONMENT, SUMMARY, ResultsError, ResultsFolder
from .session import Session, utc_now
from .status import Stopped


class Refused(Exception):
    """This machine cannot give figures that mean anything: the reasons."""


def stamp() -> str:
    """The moment, as results folders are named by it."""
    return datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def measure(
    asked: Experiment, settings: cli.Settings, protocol: Protocol
) -> tuple[Session, Summaries, Sequence[Chart]]:
    """Checks the machine, runs everything, draws, and leaves a results folder."""
    left_out = _left_out(asked, protocol)
    chosen = experiments.without(asked, set(left_out))
    facts = _facts(asked, chosen, settings, protocol)
    folder = ResultsFolder(settings.out, f"{stamp()}-{facts['commit']}")
    folder.write_json(ENVIRONMENT, facts)
    plan = Plan(chosen.cells, protocol, facts["seed"], settings.blocks)
    with Guardian() as guardian:
        gun = Gun(folder.scratch, settings.programs, guardian)
        session = Session(asked, plan, folder, gun, list(left_out.values()))
        session.progress.say(f"{asked.name}: {protocol.name} protocol, seed {plan.seed}")
        for warning in facts["warnings"]:
            session.progress.say(f"warning: {warning}")
        try:
            session.run()
            facts |= {"finished_utc": utc_now(), "state_after": environment.state()}
            return session, *finish(session, facts)
        except (Exception, Stopped) as error:
            abandon(session, error)
            raise


def _left_out(asked: Experiment, protocol: Protocol) -> dict[str, str]:
    """The cells that the protocol has no time for, by name, with the reason."""
    if protocol.with_long_cells:
        return {}
    return {
        cell.name: f"{cell.label}: takes over 5 s, and this is a {protocol.name} run"
        for cell in asked.cells
        if is_long(cell)
    }


def _facts(
    asked: Experiment, chosen: Experiment, settings: cli.Settings, protocol: Protocol
) -> dict[str, Any]:
    """What environment.json says. Raises Refused when a run would be meaningless."""
    before = environment.state()
    findings = checks.look(chosen.cells, settings.programs, before)
    if findings.refusals:
        raise Refused("; ".join(findings.refusals))
    return {
        **stored.describe(asked),
        "command": shlex.join(["bench/run", *settings.shown]),
        "protocol": protocol.name,
        "seed": random.getrandbits(31) if settings.seed is None else settings.seed,
        "warnings": findings.warnings,
        "started_utc": utc_now(),
        **environment.describe(cli.REPOSITORY, settings.programs.parent),
        "state_before": before,
    }


def finish(
    session: Session, facts: dict[str, Any]
) -> tuple[Summaries, Sequence[Chart]]:
    """Summary, charts and report; then the folder gets its name."""
    folder, asked = session.folder, session.experiment
    summaries = session.summaries(complete=True)
    facts["left_out"] = list(summaries.left_out)
    facts["blocks"] = session.blocks[-1]["block"]
    folder.write_json(ENVIRONMENT, facts)
    folder.write(SUMMARY, table.write_summary(summaries))
    session.progress.say("drawing the charts")
    charts = publish.draw(folder.path, asked, session.runs, summaries, facts)
    folder.finish()
    return summaries, charts


def abandon(session: Session, error: BaseException) -> None:
    """Keeps what has finished, in a folder that says it is incomplete."""
    if isinstance(error, Stopped):
        why = f"Stopped by signal {error.number} ({signal.strsignal(error.number)})."
    else:
        why = f"Stopped by an error: {error}"
    try:
        summaries = session.summaries(complete=False)
        session.folder.write(SUMMARY, table.write_summary(summaries))
    except ResultsError:
        pass  # a full disk; the runs themselves are there
    kept = session.folder.abandon(why)
    if kept is not None:
        print(f"Incomplete: kept in {place(kept)}", file=sys.stderr)


def place(path: Path) -> str:
    """Where results are: short when that is below the current folder."""
    try:
        path = path.resolve().relative_to(Path.cwd())
    except ValueError:
        pass
    return str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")
