"""One experiment from the checks to a results folder, or on from where it stopped."""

from __future__ import annotations

import random
import re
import shlex
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from math import inf
from pathlib import Path
from typing import Any

from .. import REPOSITORY
from ..ask.experiment import Experiment, without
from ..machine import checks, environment, kernel_log
from ..machine.programs import fingerprint
from . import constants, dry, stored
from .child import Guardian
from .clerk import Clerk
from .folder import ENVIRONMENT, INCOMPLETE, SUMMARY, ResultsError, ResultsFolder
from .hyperfine import Gun
from .plan import LONG_S, Plan, Protocol, protocol_of
from .session import Session, utc_now
from .signals import Stopped
from .stored import Stored


class Refused(Exception):
    """This machine cannot give figures that mean anything: the reasons."""


@dataclass(frozen=True)
class Request:
    """Where and how to measure, whatever the experiment."""

    out: Path
    programs: Path
    command: Sequence[str]  # without paths, to be told in the results
    clerk: Clerk
    seed: int | None = None
    blocks: int | None = None
    resolve: float | None = None
    folder: str | None = None  # the results folder's name; else the time and commit
    later_s: float = 0.0  # what is planned after this experiment
    may_resume: bool = True  # else a part of it is of no use
    builds: Mapping[str, Path] = field(default_factory=dict)  # of cells that name one


@dataclass(frozen=True)
class Outcome:
    """A finished experiment. published: what the clerk made of it.

    late: what the system refused after the last run, in words; lost: something that
    belongs to the results could not be written.
    """

    kept: Stored
    published: Any
    late: tuple[str, ...] = ()
    lost: bool = False


def stamp() -> str:
    """The moment, as results folders are named by it."""
    return datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def measure(asked: Experiment, protocol: Protocol, request: Request) -> Outcome:
    """Checks the machine, runs everything, draws, and leaves a results folder."""
    for folder in {request.programs, *request.builds.values()}:
        dry.check(asked, folder)
    left_out = _left_out(asked, protocol, request.clerk, request.blocks)
    chosen = without(asked, set(left_out))
    facts = _facts(asked, chosen, protocol, request)
    name = request.folder or f"{stamp()}-{asked.name}-{facts['commit']}"
    folder = ResultsFolder(request.out, name)
    folder.write_json(ENVIRONMENT, facts)
    clerk, told = request.clerk, list(left_out.values())
    plan = Plan(
        chosen.cells, protocol, facts["seed"], clerk.expected_s, request.blocks,
        request.resolve,
    )  # fmt: skip
    session = Session(asked, plan, folder, clerk, told, later_s=request.later_s)
    return _run(session, facts, request)


def resume(kept: Stored, request: Request) -> Outcome:
    """Goes on with an incomplete folder, from the first run that is missing."""
    facts = dict(kept.environment)
    if kept.complete:
        raise Refused(f"{kept.name} is complete: there is nothing to go on with")
    if "builds" in facts:
        raise Refused(f"{kept.name} compares two builds: start anew")
    if kept.lost:
        raise Refused(f"{kept.name} was cut off after it was finished: start anew")
    asked, protocol, clerk = kept.experiment, protocol_of(facts), request.clerk
    left_out = _left_out(asked, protocol, clerk, facts["blocks_asked"])
    chosen = without(asked, set(left_out))
    warnings = _look_at_machine(chosen, request, environment.state())
    facts["warnings"] = list(dict.fromkeys([*facts["warnings"], *warnings]))
    check_programs(kept, request)
    name = re.sub(r"-incomplete(-\d+)?$", "", kept.folder.resolve().name)
    folder = ResultsFolder(request.out, name, left=kept.folder.resolve())
    plan = Plan(
        chosen.cells, protocol, facts["seed"], clerk.expected_s, facts["blocks_asked"],
        facts.get("resolve_asked"),
    )  # fmt: skip
    session = Session(
        asked, plan, folder, clerk, list(left_out.values()),
        list(kept.runs), [dict(block) for block in kept.blocks], request.later_s,
    )  # fmt: skip
    facts["resumed_utc"] = [*facts.get("resumed_utc", ()), utc_now()]
    return _run(session, facts, request)


def check_programs(kept: Stored, request: Request) -> None:
    """Runs of other programs must not come into the same folder."""
    if kept.environment["programs"] != fingerprint(request.programs):
        raise Refused(
            f"{kept.name} was measured with other programs, at commit "
            f"{kept.environment['commit']}: build that commit to go on, or start anew"
        )


def _run(session: Session, facts: dict[str, Any], request: Request) -> Outcome:
    """Runs the session; whatever happens, what has finished is kept."""
    name, protocol = session.experiment.name, session.plan.protocol.name
    session.progress.say(f"{name}: {protocol} protocol, seed {session.plan.seed}")
    for warning in facts["warnings"]:
        session.progress.say(f"warning: {warning}")
    try:
        _measure_constants(session, facts, request)
        log = kernel_log.KernelLog()
        with Guardian() as guardian:
            gun = Gun(
                session.folder.scratch, request.programs, guardian, request.clerk,
                request.builds,
            )  # fmt: skip
            session.run(gun)
        facts |= {"finished_utc": utc_now(), "state_after": environment.state()}
        _look_at_throttling(session, facts)
        _look_at_log(log, session, facts)
        return _finish(session, facts, request.clerk)
    except (Exception, Stopped) as error:
        kept = _abandon(session, facts, error)
        if kept is not None and request.folder is None:  # else a full run tells
            print(f"Incomplete: kept in {place(kept)}", file=sys.stderr)
            if request.may_resume:
                again = shlex.quote(place(kept))
                print(f"Go on with: bench/run --resume {again}", file=sys.stderr)
        raise


def _look_at_throttling(session: Session, facts: dict[str, Any]) -> None:
    """Whether a control group held us back."""
    before, after = (
        facts[when].get("throttled_s") or 0.0
        for when in ("state_before", "state_after")
    )
    if after > before:
        held_s = after - before
        warning = f"a control group held the programs back for {held_s:.2f} s in all"
        facts["warnings"] = [*facts["warnings"], warning]
        session.progress.say(f"warning: {warning}")


def _look_at_log(
    log: kernel_log.KernelLog, session: Session, facts: dict[str, Any]
) -> None:
    """What the kernel had to say goes into the facts, and trouble to the terminal."""
    found = log.found()
    log.close()
    facts["kernel_log"] = kernel_log.together(facts.get("kernel_log"), found)
    if warning := kernel_log.warning(found):
        facts["warnings"] = [*facts["warnings"], warning]
        session.progress.say(f"warning: {warning}")


def _measure_constants(
    session: Session, facts: dict[str, Any], request: Request
) -> None:
    """Those of the theory, once a folder and where there is time for them."""
    needed = any(cell.awaits_constants for cell in session.plan.cells)
    wanted = needed or session.plan.protocol.with_constants
    if not wanted or "no_constants" in facts:
        return
    session.progress.say("measuring what single operations cost")
    why_not = constants.measure(session.folder.path, request.programs)
    if why_not is not None and needed:
        raise Refused(f"what is simulated needs costs that were measured: {why_not}")
    facts["no_constants"] = why_not
    if why_not is not None:
        session.progress.say(f"{why_not}; theory goes without these costs")
    session.folder.write_json(ENVIRONMENT, facts)


def _left_out(
    asked: Experiment, protocol: Protocol, clerk: Clerk, blocks: int | None
) -> dict[str, str]:
    """The cells that the protocol has no time for, by name, with the reason."""
    most_s = inf if blocks else protocol.budget_s
    most_s = most_s if protocol.with_long_cells else LONG_S
    why = f"takes over {most_s:.0f} s, and this is a {protocol.name} run"
    return {
        cell.name: f"{clerk.name(cell)}: {why}"
        for cell in asked.cells
        if clerk.expected_s(cell) > most_s
    }


def _facts(
    asked: Experiment, chosen: Experiment, protocol: Protocol, request: Request
) -> dict[str, Any]:
    """What environment.json says. Raises Refused when a run would be meaningless."""
    before = environment.state()
    warnings = _look_at_machine(chosen, request, before)
    return {
        **stored.describe(asked),
        "command": shlex.join(["bench/run", *request.command]),
        "protocol": protocol.name,
        "blocks_asked": request.blocks,
        "resolve_asked": request.resolve,
        "seed": random.getrandbits(31) if request.seed is None else request.seed,
        "warnings": warnings,
        "started_utc": utc_now(),
        **environment.describe(REPOSITORY, request.programs),
        **_builds(request),
        "state_before": before,
    }


def _builds(request: Request) -> dict[str, Any]:
    """Which programs are compared, where they are of two builds."""
    told = {name: environment.build(folder) for name, folder in request.builds.items()}
    return {"builds": told} if told else {}


def _look_at_machine(
    chosen: Experiment, request: Request, state: dict[str, Any]
) -> Sequence[str]:
    """What is to be warned of. Raises Refused when a run would be meaningless."""
    folders = list(request.builds.values()) or [request.programs]
    found = [checks.look(chosen.cells, folder, state) for folder in folders]
    if refusals := [refusal for each in found for refusal in each.refusals]:
        raise Refused("; ".join(dict.fromkeys(refusals)))
    return found[0].warnings


def _finish(session: Session, facts: dict[str, Any], clerk: Clerk) -> Outcome:
    """Summary, charts and report; then the folder gets its name."""
    facts["left_out"] = list(session.left_out)
    facts["blocks"] = session.blocks[-1]["block"]
    facts["runs"] = len(session.runs)  # by which a folder that was cut off is known
    late: list[str] = []
    try:
        session.folder.write_json(ENVIRONMENT, facts)
    except ResultsError as error:
        late.append(str(error))
    session.progress.say("drawing the charts")
    kept = session.kept(facts, complete=True)
    published = clerk.publish(kept)
    lost = bool(late)
    final, notes = session.folder.finish()
    return Outcome(replace(kept, folder=final), published, (*late, *notes), lost)


def _abandon(
    session: Session, facts: dict[str, Any], error: BaseException
) -> Path | None:
    """Keeps what has finished, in a folder that says it is incomplete."""
    if isinstance(error, Stopped):
        why = f"Stopped by signal {error.number} ({signal.strsignal(error.number)})."
    else:
        why = f"Stopped by an error: {error}"
    try:
        text = session.clerk.summarise(session.kept(facts, complete=False))
        session.folder.write(SUMMARY, text)
    except Exception:
        pass  # a full disk, or what the error itself is about: the runs are there
    try:
        return session.folder.abandon(why)
    except (OSError, ResultsError):
        return None  # it stays as a killed driver leaves it, for the next to take up


def newest_incomplete(out: Path, kind: str) -> Path | None:
    """The results folder that was stopped last. kind: "-full", or "" for the others."""
    left = [path.parent for path in out.glob(f"*/{INCOMPLETE}")]
    ours = [path for path in left if ("-full" in path.name) == bool(kind)]
    return max(ours, key=lambda path: path.name, default=None)


def place(path: Path) -> str:
    """Where results are: short when that is below the current folder."""
    try:
        path = path.resolve().relative_to(Path.cwd())
    except ValueError:
        pass
    return str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")
