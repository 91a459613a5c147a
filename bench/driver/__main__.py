"""The sentence of the driver: what was asked, done, and with which status it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from . import REPOSITORY
from .ask import command
from .ask import experiment as experiments
from .ask.typed import AskError
from .conduct import Clerk, Published, collect_class, draw, is_sound
from .reckon import compare, tables
from .reckon.summarise import summaries_of
from .run import full, signals, stored
from .run.folder import SUMMARY, ResultsError, locked, shown, write_whole
from .run.hyperfine import HyperfineError
from .run.measure import (
    Outcome,
    Refused,
    Request,
    measure,
    newest_incomplete,
    place,
    resume,
)
from .run.plan import CLASSROOM, QUICK
from .run.signals import FAILED, MEASURED, NO_ENVIRONMENT, SIGNALLED, USAGE
from .say import class_table, comparison, ending, terminal
from .say.terminal import tell
from .teach import teach

EXPERIMENTS = REPOSITORY / "bench/experiments"


def main(arguments: Sequence[str]) -> int:
    if "lesson" in arguments:
        return teach.main(arguments, Clerk)
    if "--check" in arguments:  # finds mistakes before anything is built
        command.parse([word for word in arguments if word != "--check"])
        return MEASURED
    settings = command.parse(list(arguments))
    signals.listen()
    try:
        return ACTIONS[settings.action](settings)
    except (AskError, stored.StoredError) as error:
        return _complain(error, USAGE)
    except (HyperfineError, ResultsError, Refused) as error:
        return _complain(error, NO_ENVIRONMENT)
    except OSError as error:  # that nobody could tell better
        return _complain(error, NO_ENVIRONMENT)
    except terminal.Unheard as error:
        return _complain(error, FAILED)
    except signals.Stopped as stopped:
        return SIGNALLED + stopped.number


def _complain(error: Exception, code: int) -> int:
    terminal.complain(f"bench/run: {error}")
    return code


def run_experiment(settings: command.Settings) -> int:
    """Measures one experiment, and says at the end what it amounts to."""
    path = experiments.find(EXPERIMENTS, settings.name)
    asked = experiments.load(path, settings.overrides, settings.quick)
    with locked(settings.out):
        protocol = QUICK if settings.quick else CLASSROOM
        return _tell(measure(asked, protocol, _request(settings, settings.out)))


def resume_experiment(settings: command.Settings) -> int:
    """Goes on with a run that was stopped."""
    out = _out(settings)
    with locked(out):
        left = stored.read(_left(settings))
        return _tell(resume(left, _request(settings, out)))


def run_full(settings: command.Settings) -> int:
    """Every experiment with the full protocol; the comparison first."""
    names = experiments.list_experiments(EXPERIMENTS)
    names.sort(key=lambda name: name != "comparison")
    asked = [experiments.load(experiments.find(EXPERIMENTS, name)) for name in names]
    out = _out(settings)
    with locked(out):
        left = _left(settings) if settings.resume else None
        folder, outcomes = full.run_all(asked, _request(settings, out), left)
    told = [line for outcome in outcomes for line in _lines(outcome)]
    tell([*told, f"Results: {place(folder)}"])
    return MEASURED if all(map(is_sound, outcomes)) else FAILED


def _out(settings: command.Settings) -> Path:
    """Where results go: a run that is gone on with stays where it is."""
    if settings.folders and not settings.folders[0].is_dir():
        raise stored.StoredError(f"{shown(settings.folders[0])} is no folder")
    return settings.folders[0].resolve().parent if settings.folders else settings.out


def _request(settings: command.Settings, out: Path) -> Request:
    return Request(
        out=out,
        programs=settings.programs,
        command=settings.shown,
        clerk=Clerk(),
        seed=settings.seed,
        blocks=settings.blocks,
    )


def _left(settings: command.Settings) -> Path:
    """The folder to go on with: the one named, or the newest."""
    kind = full.SUFFIX if settings.action == "full" else ""
    folder = settings.folders[0] if settings.folders else None
    folder = folder or newest_incomplete(settings.out, kind)
    if folder is None:
        raise stored.StoredError("there is no incomplete run to go on with")
    return folder


def _tell(outcome: Outcome) -> int:
    report = (outcome.kept.folder / "report.html").is_file()
    tell([*_lines(outcome), *ending.closing_lines(place(outcome.kept.folder), report)])
    return MEASURED if is_sound(outcome) else FAILED


def _lines(outcome: Outcome) -> list[str]:
    kept, published = outcome.kept, outcome.published
    summaries = published.summaries if published else summaries_of(kept)
    charts = published.charts if published else ()
    failed = [f"{chart.name}: {chart.problem}" for chart in charts if chart.problem]
    width = terminal.width_of(sys.stdout)
    return ending.report_lines(kept.experiment, kept.runs, summaries, failed, width)


def list_experiments(settings: command.Settings) -> int:
    """Names each with its question; a broken file is named, and the others, too."""
    names = experiments.list_experiments(EXPERIMENTS)
    width = max(map(len, names), default=0)
    broken = False
    for name in names:
        try:
            question = experiments.load(experiments.find(EXPERIMENTS, name)).question
            tell([f"{name:<{width}}  {question}"])
        except AskError as error:
            broken = True
            _complain(error, USAGE)
    return USAGE if broken else MEASURED


def draw_again(settings: command.Settings) -> int:
    """Summary, charts and report of a results folder, made anew from its runs."""
    kept = stored.read(settings.folders[0])
    summaries = summaries_of(kept)
    write_whole(kept.folder / SUMMARY, tables.write_summary(summaries))
    return _tell(Outcome(kept, Published(summaries, draw(kept, summaries))))


def compare_folders(settings: command.Settings) -> int:
    """Two results folders side by side."""
    first, second = (stored.read(folder) for folder in settings.folders)
    found = compare.compare(first, second)
    tell(comparison.lines(found))
    return MEASURED if found.pairs else FAILED


def collect_folders(settings: command.Settings) -> int:
    """The results of many machines in one table and one set of charts."""
    machines = [stored.read(folder) for folder in settings.folders]
    with locked(settings.out):
        folder, chart = collect_class(machines, settings.out)
    told = [*class_table.table_lines(machines), *class_table.warnings(machines)]
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
    terminal.open_standard_files()
    sys.exit(main(sys.argv[1:]))
