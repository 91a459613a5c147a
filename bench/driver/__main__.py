"""The sentence of the driver: what was asked, done, and with which status it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from . import cli, collect, compare, experiment as experiments, publish, stored, table
from . import status, terminal
from .blocks import CLASSROOM, QUICK
from .hyperfine import HyperfineError
from .measure import Refused, measure, place
from .results import SUMMARY, ResultsError, locked, write_whole
from .status import FAILED, MEASURED, NO_ENVIRONMENT, SIGNALLED, USAGE

EXPERIMENTS = cli.REPOSITORY / "bench/experiments"


def main(arguments: Sequence[str]) -> int:
    settings = cli.parse(list(arguments))
    status.listen()
    try:
        return ACTIONS[settings.action](settings)
    except (experiments.ExperimentError, stored.StoredError) as error:
        return _complain(error, USAGE)
    except (HyperfineError, ResultsError, Refused) as error:
        return _complain(error, NO_ENVIRONMENT)
    except status.Stopped as stopped:
        return SIGNALLED + stopped.number


def _complain(error: Exception, code: int) -> int:
    print(f"bench/run: {error}", file=sys.stderr)
    return code


def run_experiment(settings: cli.Settings) -> int:
    """Measures one experiment, and says at the end what it amounts to."""
    asked = experiments.load(EXPERIMENTS, settings.name, settings.overrides)
    with locked(settings.out):
        session, summaries, charts = measure(
            asked, settings, QUICK if settings.quick else CLASSROOM
        )
    print("\n".join(terminal.report_lines(asked, session.runs, summaries, charts)))
    print(f"Results: {place(session.folder.path)}")
    spoilt = [thing for thing in (*charts, *session.runs) if thing.problem]
    return FAILED if spoilt or summaries.refusals else MEASURED


def list_experiments(settings: cli.Settings) -> int:
    names = experiments.list_experiments(EXPERIMENTS)
    width = max(map(len, names), default=0)
    for name in names:
        print(f"{name:<{width}}  {experiments.load(EXPERIMENTS, name, {}).question}")
    return MEASURED


def draw_again(settings: cli.Settings) -> int:
    """Summary, charts and report of a results folder, made anew from its runs."""
    kept = stored.read(settings.folders[0])
    write_whole(kept.folder / SUMMARY, table.write_summary(kept.summaries))
    charts = publish.draw(
        kept.folder, kept.experiment, kept.runs, kept.summaries, kept.environment
    )
    told = terminal.report_lines(kept.experiment, kept.runs, kept.summaries, charts)
    print("\n".join(told))
    return FAILED if any(chart.problem for chart in charts) else MEASURED


def compare_folders(settings: cli.Settings) -> int:
    """Two results folders side by side."""
    first, second = (stored.read(folder) for folder in settings.folders)
    found = compare.compare(first, second)
    print("\n".join(compare.lines(found)))
    return MEASURED if found.pairs else FAILED


def collect_folders(settings: cli.Settings) -> int:
    """The results of many machines in one table and one set of charts."""
    machines = [stored.read(folder) for folder in settings.folders]
    with locked(settings.out):
        folder, told = collect.collect(machines, settings.out)
    print("\n".join(told))
    print(f"Results: {place(folder)}")
    return MEASURED


ACTIONS = {
    "run": run_experiment,
    "list": list_experiments,
    "draw": draw_again,
    "compare": compare_folders,
    "collect": collect_folders,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
