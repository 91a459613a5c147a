"""The sentence of the driver: what was asked, done, and with which status it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from . import REPOSITORY, cli, collect, compare
from . import experiment as experiments
from . import full, publish, status, stored, table, terminal
from .blocks import CLASSROOM, QUICK
from .hyperfine import HyperfineError
from .measure import (
    Outcome,
    Refused,
    Request,
    measure,
    newest_incomplete,
    place,
    resume,
)
from .results import SUMMARY, ResultsError, locked, shown, write_whole
from .status import FAILED, MEASURED, NO_ENVIRONMENT, SIGNALLED, USAGE, tell

EXPERIMENTS = REPOSITORY / "bench/experiments"


def main(arguments: Sequence[str]) -> int:
    settings = cli.parse(list(arguments))
    status.listen()
    try:
        return ACTIONS[settings.action](settings)
    except (experiments.ExperimentError, stored.StoredError) as error:
        return _complain(error, USAGE)
    except (HyperfineError, ResultsError, Refused) as error:
        return _complain(error, NO_ENVIRONMENT)
    except OSError as error:  # that nobody could tell better
        return _complain(error, NO_ENVIRONMENT)
    except status.Unheard as error:
        return _complain(error, FAILED)
    except status.Stopped as stopped:
        return SIGNALLED + stopped.number


def _complain(error: Exception, code: int) -> int:
    print(f"bench/run: {error}", file=sys.stderr)
    return code


def run_experiment(settings: cli.Settings) -> int:
    """Measures one experiment, and says at the end what it amounts to."""
    asked = experiments.load(
        EXPERIMENTS, settings.name, settings.overrides, settings.quick
    )
    with locked(settings.out):
        protocol = QUICK if settings.quick else CLASSROOM
        return _tell(measure(asked, protocol, _request(settings, settings.out)))


def resume_experiment(settings: cli.Settings) -> int:
    """Goes on with a run that was stopped."""
    out = _out(settings)
    with locked(out):
        left = stored.read(_left(settings))
        return _tell(resume(left, _request(settings, out)))


def run_full(settings: cli.Settings) -> int:
    """Every experiment with the full protocol; the comparison first."""
    names = experiments.list_experiments(EXPERIMENTS)
    names.sort(key=lambda name: name != "comparison")
    asked = [experiments.load(EXPERIMENTS, name, {}) for name in names]
    out = _out(settings)
    with locked(out):
        left = _left(settings) if settings.resume else None
        folder, outcomes = full.run_all(asked, _request(settings, out), left)
    told = [line for outcome in outcomes for line in _lines(outcome)]
    tell([*told, f"Results: {place(folder)}"])
    return MEASURED if all(outcome.sound for outcome in outcomes) else FAILED


def _out(settings: cli.Settings) -> Path:
    """Where results go: a run that is gone on with stays where it is."""
    if settings.folders and not settings.folders[0].is_dir():
        raise stored.StoredError(f"{shown(settings.folders[0])} is no folder")
    return settings.folders[0].resolve().parent if settings.folders else settings.out


def _request(settings: cli.Settings, out: Path) -> Request:
    return Request(
        out=out,
        programs=settings.programs,
        command=settings.shown,
        seed=settings.seed,
        blocks=settings.blocks,
    )


def _left(settings: cli.Settings) -> Path:
    """The folder to go on with: the one named, or the newest."""
    kind = full.SUFFIX if settings.action == "full" else ""
    folder = settings.folders[0] if settings.folders else None
    folder = folder or newest_incomplete(settings.out, kind)
    if folder is None:
        raise stored.StoredError("there is no incomplete run to go on with")
    return folder


def _tell(outcome: Outcome) -> int:
    tell([*_lines(outcome), f"Results: {place(outcome.folder)}"])
    return MEASURED if outcome.sound else FAILED


def _lines(outcome: Outcome) -> list[str]:
    return terminal.report_lines(
        outcome.experiment, outcome.runs, outcome.summaries, outcome.charts
    )


def list_experiments(settings: cli.Settings) -> int:
    names = experiments.list_experiments(EXPERIMENTS)
    width = max(map(len, names), default=0)
    tell(
        f"{name:<{width}}  {experiments.load(EXPERIMENTS, name, {}).question}"
        for name in names
    )
    return MEASURED


def draw_again(settings: cli.Settings) -> int:
    """Summary, charts and report of a results folder, made anew from its runs."""
    kept = stored.read(settings.folders[0])
    write_whole(kept.folder / SUMMARY, table.write_summary(kept.summaries))
    charts = publish.draw(
        kept.folder, kept.experiment, kept.runs, kept.summaries, kept.environment
    )
    return _tell(
        Outcome(kept.folder, kept.experiment, kept.runs, kept.summaries, charts)
    )


def compare_folders(settings: cli.Settings) -> int:
    """Two results folders side by side."""
    first, second = (stored.read(folder) for folder in settings.folders)
    found = compare.compare(first, second)
    tell(compare.lines(found))
    return MEASURED if found.pairs else FAILED


def collect_folders(settings: cli.Settings) -> int:
    """The results of many machines in one table and one set of charts."""
    machines = [stored.read(folder) for folder in settings.folders]
    with locked(settings.out):
        folder, chart, told = collect.collect(machines, settings.out)
    told += [f"The chart failed: {chart.problem}"] if chart.problem else []
    tell([*told, f"Results: {place(folder)}"])
    return FAILED if chart.problem else MEASURED


ACTIONS = {
    "run": run_experiment,
    "resume": resume_experiment,
    "full": run_full,
    "list": list_experiments,
    "draw": draw_again,
    "compare": compare_folders,
    "collect": collect_folders,
}

if __name__ == "__main__":
    status.open_standard_files()
    sys.exit(main(sys.argv[1:]))
