"""One experiment from the checks to a results folder, or on from where it stopped."""

import random
import re
import shlex
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from shutil import which
from typing import Any

from .. import REPOSITORY
from ..ask.cell import NGINX
from ..ask.experiment import Experiment, without
from ..machine import checks, environment, kernel, limits
from ..machine.programs import OPTIONAL, find, fingerprint
from ..reckon.summarise import summaries_of
from ..reckon.tables import write_summary
from ..reckon.theory import planned_wall_s
from ..run import stored
from ..run.folder import (
    ENVIRONMENT, INCOMPLETE, SUMMARY, UNFINISHED, ResultsError, ResultsFolder, place,
    stamp,
)  # fmt: skip
from ..run.stored import Stored
from ..say.names import cell_name
from ..say.terminal import complain
from . import costs, dry, files
from .child import Guardian
from .hyperfine import Gun
from .plan import LESSON, LONG_S, Plan, Protocol, protocol_of
from .session import Session, utc_now
from .signals import Stopped, held

Facts = dict[str, Any]  # what becomes environment.json


class Refused(Exception):
    """This machine cannot give figures that mean anything: the reasons."""


@dataclass(frozen=True)
class Request:
    """Where and how to measure, whatever the experiment."""

    out: Path
    programs: Path
    command: Sequence[str]  # without paths, to be told in the results
    publish: Callable[[Stored], Any]  # summary, charts, report, into the folder
    seed: int | None = None
    blocks: int | None = None
    resolve: float | None = None
    name: str | None = None  # of the results folder; else made of the time and commit
    may_resume: bool = True  # else nobody is told how
    builds: Mapping[str, Path] = field(default_factory=dict)  # of cells that name one


@dataclass(frozen=True)
class Outcome:
    """A finished experiment. published: what was made of it to be looked at.

    late: what the system refused after the last run, in words; lost: something that
    belongs to the results could not be written.
    """

    kept: Stored
    published: Any
    late: tuple[str, ...] = ()
    lost: bool = False


def measure(asked: Experiment, protocol: Protocol, request: Request) -> Outcome:
    """Checks the machine, runs everything, draws, and leaves a results folder."""
    for programs in {request.programs, *request.builds.values()}:
        dry.check(asked, programs)
    asked, brought = files.brought(asked)
    chosen, left_out = _choose(asked, protocol, request, request.blocks)
    before = environment.state()
    warnings = _look_at_machine(chosen, request, before)
    facts = {
        **stored.describe(asked),
        "command": shlex.join(["bench/run", *map(nameless, request.command)]),
        "protocol": protocol.name,
        "blocks_asked": request.blocks,
        "resolve_asked": request.resolve,
        "seed": random.getrandbits(31) if request.seed is None else request.seed,
        "warnings": warnings,
        "started_utc": utc_now(),
        **environment.describe(REPOSITORY, request.programs),
        "state_before": before,
    }
    if request.builds:
        builds = request.builds.items()
        facts["builds"] = {name: environment.build(folder) for name, folder in builds}
    name = request.name or f"{stamp()}-{asked.name}-{facts['commit']}"
    folder = ResultsFolder(request.out, name)
    files.keep(folder.path, brought)
    folder.write_json(ENVIRONMENT, facts)
    plan = _plan(chosen, protocol, facts)
    session = Session(asked, plan, folder, left_out)
    return _run(session, facts, request)


def check(asked: Experiment, protocol: Protocol, request: Request) -> None:
    """Raises what would keep measure() from it, before somebody guesses what comes."""
    for programs in {request.programs, *request.builds.values()}:
        dry.check(asked, programs)
    chosen, _ = _choose(asked, protocol, request, request.blocks)
    _look_at_machine(chosen, request, environment.state())


def nameless(word: str) -> str:
    """A word of the command line; a path may tell of its user, and is told as DIR, a
    file's by its name."""
    word = re.sub(r"\bfile:(?:(?!,file:).)*/", "file:", word)
    return re.sub(r"(^|=)[/~].*", r"\1DIR", word)


def why_not_resumed(kept: Stored) -> str | None:
    """Why one cannot go on with it, whatever the programs; None if one can."""
    facts = kept.environment
    needed = {"commit", "programs", "protocol", "seed", "blocks_asked", "warnings"}
    reasons = (
        (kept.complete, "is complete: there is nothing to go on with"),
        ("builds" in facts, "compares two builds: start anew"),
        (facts.get("protocol") == LESSON.name, "is of a lesson: start anew"),
        (not facts.keys() >= needed, "does not say how it was asked: start anew"),
        (kept.lost, "was cut off after it was finished: start anew"),
    )
    return next((why for wrong, why in reasons if wrong), None)


def resume(kept: Stored, request: Request) -> Outcome:
    """Goes on with an incomplete folder, from the first run that is missing."""
    if why := why_not_resumed(kept):
        raise Refused(f"{kept.name} {why}")
    facts = dict(kept.environment)
    asked, protocol = kept.experiment, protocol_of(facts)
    blocks = facts["blocks_asked"]
    chosen, left_out = _choose(asked, protocol, request, blocks)
    warnings = _look_at_machine(chosen, request, environment.state())
    facts["warnings"] = list(dict.fromkeys([*facts["warnings"], *warnings]))
    check_same(kept, request)
    name = kept.folder.resolve().name.removeprefix(UNFINISHED)
    name = re.sub(r"-incomplete(-\d+)?$", "", name)
    folder = ResultsFolder(request.out, name, left=kept.folder.resolve())
    plan = _plan(chosen, protocol, facts)
    session = Session(
        asked, plan, folder, left_out, list(kept.runs),
        [dict(block) for block in kept.blocks],
    )  # fmt: skip
    facts["resumed_utc"] = [*facts.get("resumed_utc", ()), utc_now()]
    return _run(session, facts, request)


def check_same(kept: Stored, request: Request) -> None:
    """Runs of other programs, or of another machine, must not come into one folder."""
    if kept.environment["programs"] != fingerprint(request.programs):
        raise Refused(
            f"{kept.name} was measured with other programs, at commit "
            f"{kept.environment['commit']}: build that commit to go on, or start anew"
        )
    for part, found in environment.machine().items():
        for name, here in found.items():
            there = (kept.environment.get(part) or {}).get(name)
            if there != here:
                raise Refused(
                    f"{kept.name} was measured where {part} {name} was {there!r}, and "
                    f"here it is {here!r}: go on there, or start anew"
                )


def _choose(
    asked: Experiment, protocol: Protocol, request: Request, blocks: int | None
) -> tuple[Experiment, list[str]]:
    """What can be run, in the time there is; of the other cells, which and why not."""
    why = {}
    most_s = inf if blocks else max(LONG_S, protocol.budget_s)
    most_s = most_s if protocol.with_long_cells else LONG_S
    for cell in asked.all_cells:
        program = cell.design.program
        if program in OPTIONAL and find(request.programs, program) is None:
            why[cell.name] = f"{program} is built only where Go is"
        elif cell.api == NGINX and which("nginx") is None:
            why[cell.name] = "there is no nginx: bench/setup.sh nginx fetches it"
        elif planned_wall_s(cell) > most_s:
            told = f"takes over {most_s:.0f} s, and this is a {protocol.name} run"
            why[cell.name] = told
    left_out = [
        f"{cell_name(cell)}: {why[cell.name]}"
        for cell in asked.all_cells if cell.name in why
    ]  # fmt: skip
    if asked.cells and why.keys() >= {cell.name for cell in asked.cells}:
        raise Refused("; ".join(left_out))
    return without(asked, set(why)), left_out


def _plan(chosen: Experiment, protocol: Protocol, facts: Facts) -> Plan:
    asked = facts["seed"], facts["blocks_asked"], facts.get("resolve_asked")
    return Plan(chosen.cells, protocol, *asked, samples=chosen.samples)


def _look_at_machine(
    chosen: Experiment, request: Request, state: Facts
) -> Sequence[str]:
    """What is to be warned of. Raises Refused when a run would be meaningless."""
    folders = list(request.builds.values()) or [request.programs]
    found = [checks.look(chosen.all_cells, folder, state) for folder in folders]
    if refusals := [refusal for each in found for refusal in each.refusals]:
        raise Refused("; ".join(dict.fromkeys(refusals)))
    return found[0].warnings


# ---- the run itself ----


def _run(session: Session, facts: Facts, request: Request) -> Outcome:
    """Runs the session; whatever happens, what has finished is kept."""
    name, protocol = session.experiment.name, session.plan.protocol.name
    session.progress.say(f"{name}: {protocol} protocol, seed {session.plan.seed}")
    for warning in facts["warnings"]:
        session.progress.say(f"warning: {warning}")
    try:
        with Guardian() as guardian:
            scratch = session.folder.scratch
            gun = Gun(scratch, request.programs, guardian, request.builds)
            _measure_constants(session, facts, request)
            log, held_s = kernel.Log(), limits.throttled_s()
            try:
                session.run(gun)
            finally:  # what happened in a part that is stopped is told in the end, too
                _look_back(facts, log, held_s)
        facts |= {"finished_utc": utc_now(), "state_after": environment.state()}
        for warning in _troubles(facts):
            facts["warnings"] = [*facts["warnings"], warning]
            session.progress.say(f"warning: {warning}")
        return _finish(session, facts, request.publish)
    except (Exception, Stopped) as error:
        if session.folder.finished:
            complain(f"Complete: kept in {place(session.folder.path)}")
            raise
        kept = _abandon(session, facts, error)
        if kept is not None:
            complain(f"Incomplete: kept in {place(kept)}")
            if request.may_resume:
                # One that could not be named yet will be, as soon as that is possible.
                named = not kept.name.startswith(UNFINISHED)
                which = [place(kept)] if named else ["--out", place(kept.parent)]
                again = shlex.join(["bench/run", "--resume", *which])
                complain(f"Go on with: {again}")
        raise


def _measure_constants(session: Session, facts: Facts, request: Request) -> None:
    """Those of the theory, once a folder and where there is time for them."""
    planned = (*session.plan.cells, *session.plan.samples)
    needed = any(cell.awaits_constants for cell in planned)
    wanted = needed or session.plan.protocol.with_constants
    if not wanted or "no_constants" in facts:
        return
    session.progress.say("measuring what single operations cost")
    why_not = costs.measure(session.folder.path, request.programs)
    if why_not is not None and needed:
        raise Refused(f"what is simulated needs costs that were measured: {why_not}")
    facts["no_constants"] = why_not
    if why_not is not None:
        session.progress.say(f"{why_not}; theory goes without these costs")
    session.folder.write_json(ENVIRONMENT, facts)


def _look_back(facts: Facts, log: kernel.Log, held_s: float | None) -> None:
    """What the kernel had to say during the runs, and for how long a control group held
    us back in them; held_s: before them. Of a resumed run both parts count."""
    facts["kernel_log"] = kernel.together(facts.get("kernel_log"), log.found())
    more_s = max(0.0, (limits.throttled_s() or 0.0) - (held_s or 0.0))
    facts["held_back_s"] = facts.get("held_back_s", 0.0) + more_s


def _troubles(facts: Facts) -> Iterator[str]:
    if held_s := facts["held_back_s"]:
        yield f"a control group held the programs back for {held_s:.2f} s in all"
    if logged := kernel.warning(facts["kernel_log"]):
        yield logged


def _finish(
    session: Session, facts: Facts, publish: Callable[[Stored], Any]
) -> Outcome:
    """Summary, charts and report; then the folder gets its name."""
    facts["left_out"] = list(session.left_out)
    facts["blocks"] = session.blocks[-1]["block"]
    facts["runs"] = len(session.runs)  # by which a folder that was cut off is known
    late: list[str] = []
    try:
        session.folder.write_json(ENVIRONMENT, facts)
    except ResultsError as error:
        late.append(str(error))
    session.folder.clear_scratch()  # on a disk that is nearly full there is room now
    session.progress.say("drawing the charts")
    kept = session.kept(facts, complete=True)
    published = publish(kept)
    with held():  # a signal must not come between a whole folder and its name
        final, notes = session.folder.finish()
    return Outcome(
        replace(kept, folder=final), published, (*late, *notes), lost=bool(late)
    )


def _abandon(session: Session, facts: Facts, error: BaseException) -> Path | None:
    """Keeps what has finished, in a folder that says it is incomplete."""
    why = f"Stopped by an error: {error}"
    if isinstance(error, Stopped):
        why = f"Stopped by signal {error.number} ({signal.strsignal(error.number)})."
    facts["left_out"] = list(session.left_out)
    try:
        text = write_summary(summaries_of(session.kept(facts, complete=False)))
        session.folder.write(SUMMARY, text)
        session.folder.write_json(ENVIRONMENT, facts)
    except Exception:
        pass  # a full disk, or what the error itself is about: the runs are there
    try:
        return session.folder.abandon(why)
    except OSError:
        return None  # it is gone


def newest_incomplete(out: Path) -> Path | None:
    """The results folder that was stopped last, of those that one can go on with; if
    there is none, the last of all, which tells why."""
    parts = (path.parent for path in out.glob(f"*/{ENVIRONMENT}"))
    left = [
        path for path in parts
        if "-incomplete" in path.name or (path / INCOMPLETE).exists()
    ]  # fmt: skip
    left.sort(key=lambda path: path.name, reverse=True)
    return next((path for path in left if _can_go_on(path)), next(iter(left), None))


def _can_go_on(folder: Path) -> bool:
    try:
        return why_not_resumed(stored.read(folder)) is None
    except stored.StoredError:
        return False
