"""The sentence of the driver: settings -> checks -> runs -> summaries -> charts."""

from __future__ import annotations

import random
import shlex
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType
from typing import Any

from . import checks, cli, environment, experiment as experiments, table, terminal
from .blocks import CLASSROOM, QUICK, Plan, Protocol, is_long
from .child import Guardian
from .hyperfine import Gun, HyperfineError
from .model import Chart, Experiment, Summaries
from .results import ENVIRONMENT, SUMMARY, ResultsError, ResultsFolder, locked
from .session import Session, utc_now

EXPERIMENTS = cli.REPOSITORY / "bench/experiments"
MEASURED, FAILED, USAGE, NO_ENVIRONMENT, SIGNALLED = 0, 1, 2, 3, 128
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A signal asked us to stop. Not an Exception: nothing may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: Sequence[str]) -> int:
    settings = cli.parse(list(arguments))
    _listen()
    try:
        if settings.list_only:
            return list_experiments()
        asked = experiments.load(EXPERIMENTS, settings.experiment, settings.overrides)
        with locked(settings.out):
            return run(asked, settings)
    except experiments.ExperimentError as error:
        return _complain(str(error), USAGE)
    except (HyperfineError, ResultsError) as error:
        return _complain(str(error), NO_ENVIRONMENT)
    except Stopped as stopped:
        return SIGNALLED + stopped.number


def _listen() -> None:
    """The first signal stops in good order, the second at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        raise Stopped(number)

    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, stop)


def _complain(message: str, status: int) -> int:
    print(f"bench/run: {message}", file=sys.stderr)
    return status


def list_experiments() -> int:
    names = experiments.list_experiments(EXPERIMENTS)
    width = max(map(len, names), default=0)
    for name in names:
        print(f"{name:<{width}}  {experiments.load(EXPERIMENTS, name, {}).question}")
    return MEASURED


def run(asked: Experiment, settings: cli.Settings) -> int:
    """Checks the machine, runs the experiment, and leaves a results folder."""
    protocol = QUICK if settings.quick else CLASSROOM
    seed = random.getrandbits(31) if settings.seed is None else settings.seed
    left_out = _left_out(asked, protocol)
    chosen = experiments.without(asked, set(left_out))
    before = environment.state()
    findings = checks.look(chosen.cells, settings.programs, before)
    if findings.refusals:
        return _complain("; ".join(findings.refusals), NO_ENVIRONMENT)
    facts = environment.describe(cli.REPOSITORY, settings.programs.parent) | {
        "command": shlex.join(["bench/run", *settings.shown]),
        "experiment": asked.name,
        "question": asked.question,
        "protocol": protocol.name,
        "seed": seed,
        "warnings": findings.warnings,
        "started_utc": utc_now(),
        "state_before": before,
    }
    name = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ-") + facts["commit"]
    folder = ResultsFolder(settings.out, name)
    folder.write_json(ENVIRONMENT, facts)
    plan = Plan(chosen.cells, protocol, seed, settings.blocks)
    with Guardian() as guardian:
        gun = Gun(folder.scratch, settings.programs, guardian)
        session = Session(asked, plan, folder, gun, list(left_out.values()))
        session.progress.say(f"{asked.name}: {protocol.name} protocol, seed {seed}")
        for warning in findings.warnings:
            session.progress.say(f"warning: {warning}")
        return measure(session, facts)


def _left_out(asked: Experiment, protocol: Protocol) -> dict[str, str]:
    """The cells that the protocol has no time for, by name, with the reason."""
    if protocol.with_long_cells:
        return {}
    return {
        cell.name: f"{cell.label}: takes over 5 s, and this is a {protocol.name} run"
        for cell in asked.cells
        if is_long(cell)
    }


def measure(session: Session, facts: dict[str, Any]) -> int:
    """Runs everything; whatever happens, what has finished is kept."""
    try:
        session.run()
        facts |= {"finished_utc": utc_now(), "state_after": environment.state()}
        return publish(session, facts)
    except (Exception, Stopped) as error:
        kept = abandon(session, _reason(error))
        if kept is not None:
            print(f"Incomplete: kept in {_place(kept)}", file=sys.stderr)
        raise


def _reason(error: BaseException) -> str:
    if isinstance(error, Stopped):
        return f"Stopped by signal {error.number} ({signal.strsignal(error.number)})."
    return f"Stopped by an error: {error}"


def abandon(session: Session, why: str) -> Path | None:
    try:
        summaries = session.summaries(complete=False)
        session.folder.write(SUMMARY, table.write_summary(summaries))
    except ResultsError:
        pass  # a full disk; the runs themselves are there
    return session.folder.abandon(why)


def publish(session: Session, facts: dict[str, Any]) -> int:
    """Summary, charts and report; then the folder gets its name."""
    folder, asked = session.folder, session.experiment
    summaries = session.summaries(complete=True)
    facts["left_out"] = list(summaries.left_out)
    facts["blocks"] = session.blocks[-1]["block"]
    folder.write_json(ENVIRONMENT, facts)
    folder.write(SUMMARY, table.write_summary(summaries))
    charts = draw(session, summaries, facts)
    final = folder.finish()
    print("\n".join(terminal.report_lines(asked, session.runs, summaries, charts)))
    print(f"Results: {_place(final)}")
    spoilt = [thing for thing in (*charts, *session.runs) if thing.problem]
    return FAILED if spoilt or summaries.refusals else MEASURED


def draw(
    session: Session, summaries: Summaries, facts: dict[str, Any]
) -> Sequence[Chart]:
    """The charts and the report. What fails is named; the data stay."""
    session.progress.say("drawing the charts")
    path, asked, runs = session.folder.path, session.experiment, session.runs
    # Imported here: a fault in either must not keep anyone from measuring.
    try:
        from . import charts

        drawn = charts.draw(path, asked, runs, summaries)
    except Exception as error:
        drawn = [_failed("charts", error)]
    try:
        from . import report

        report.write(path, asked, runs, summaries, drawn, facts)
    except Exception as error:
        drawn = [*drawn, _failed("report", error)]
    return drawn


def _failed(name: str, error: Exception) -> Chart:
    problem = f"{type(error).__name__}: {error}"
    return Chart(name, title="", caption="", alt="", problem=problem)


def _place(path: Path) -> str:
    """Where the results are: short when they are where they usually are."""
    try:
        path = path.resolve().relative_to(Path.cwd())
    except ValueError:
        pass
    return str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
