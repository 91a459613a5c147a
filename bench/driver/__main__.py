"""The sentence of the driver: what was asked, done, and with which status it ends."""

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from . import REPOSITORY
from .ask import command
from .ask import experiment as experiments
from .ask.experiment import Experiment
from .ask.typed import AskError
from .conduct import collect_class, draw_class, failures, is_sound, publish
from .draw.chart import Chart
from .machine import environment, programs
from .measure import full, signals
from .measure.by_its_own_clock import RunError
from .measure.hyperfine import HyperfineError
from .measure.measure import (
    Outcome, Refused, Request, measure, newest_incomplete, resume,
)  # fmt: skip
from .measure.plan import CLASSROOM, QUICK
from .measure.signals import FAILED, MEASURED, NO_ENVIRONMENT, SIGNALLED, USAGE
from .reckon import collect, compare
from .reckon.summarise import summaries_of
from .run import stored
from .run.folder import ENVIRONMENT, REPORT, ResultsError, locked, place, shown
from .say import class_table, comparison, ending, terminal
from .say.terminal import tell

EXPERIMENTS = REPOSITORY / "bench/experiments"
# How it ends with a mistake; an OSError is one that nobody could tell better.
ENDS = {
    AskError: USAGE, stored.StoredError: USAGE, HyperfineError: NO_ENVIRONMENT,
    ResultsError: NO_ENVIRONMENT, Refused: NO_ENVIRONMENT, RunError: NO_ENVIRONMENT,
    OSError: NO_ENVIRONMENT, terminal.Unheard: FAILED,
}  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    signals.listen()
    try:
        return _act(list(arguments))
    except tuple(ENDS) as error:
        terminal.complain(f"bench/run: {error}")
        return next(code for kind, code in ENDS.items() if isinstance(error, kind))
    except SystemExit as left:  # of argparse: help was printed, or a mistake
        return left.code if isinstance(left.code, int) else USAGE
    except signals.Stopped as stopped:
        return SIGNALLED + stopped.number


def _is_lesson(words: Sequence[str]) -> bool:
    """Whether one of them is that word, and not the folder of an option."""
    before = ["", *words]
    return any(w == "lesson" and not b.startswith("-") for b, w in zip(before, words))


def _act(arguments: list[str]) -> int:
    """What is for one word alone is loaded with that word: it costs the others no time,
    and a fault in it does not keep anyone from measuring."""
    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:], "--help"]
    if arguments[:1] == ["handout"]:
        from .teach import handout

        return handout.main(arguments)
    word, *rest = [each for each in arguments if each != "--check"] or [""]
    if word == "duel":
        from . import duel

        return duel.main(rest, "--check" in arguments)
    if word == "plan":
        from . import planner

        return planner.main(rest, "--check" in arguments)
    if _is_lesson([word, *rest]) and word not in command.ON_FOLDERS:
        from .teach import teach

        return teach.main(arguments)
    settings = command.parse([each for each in arguments if each != "--check"])
    if "--check" in arguments:  # finds mistakes before anything is built
        if settings.action in ("run", "builds"):
            _asked(settings)
        return MEASURED
    return ACTIONS[settings.action](settings)


# ---- runs ----


def run_experiment(settings: command.Settings) -> int:
    """Measures one experiment, and says at the end what it amounts to."""
    asked = _asked(settings)
    for note in asked.notes:
        terminal.complain(f"bench/run: {note}")
    protocol = QUICK if settings.quick else CLASSROOM
    with locked(settings.out):
        return _tell(measure(asked, protocol, _request(settings, settings.out)))


def _asked(settings: command.Settings) -> Experiment:
    path = experiments.find(EXPERIMENTS, settings.name)
    return experiments.load(path, settings.overrides, settings.quick)


def _request(settings: command.Settings, out: Path) -> Request:
    return Request(
        out, settings.programs, settings.shown, publish, settings.seed, settings.blocks,
        settings.resolve,
    )  # fmt: skip


def resume_experiment(settings: command.Settings) -> int:
    """Goes on with a run that was stopped."""
    named = _named(settings)
    out = named.parent if named else settings.out
    with locked(out):
        left = named or newest_incomplete(out)
        if left is None:
            raise stored.StoredError("there is no incomplete run to go on with")
        return _tell(resume(stored.read(left), _request(settings, out)))


def run_full(settings: command.Settings) -> int:
    """Every experiment with the full protocol; the comparison first."""
    names = experiments.list_experiments(EXPERIMENTS)
    names.sort(key=lambda name: name != "comparison")
    asked = [experiments.load(experiments.find(EXPERIMENTS, name)) for name in names]
    if settings.resume:
        folder = _named(settings) or full.newest_left(settings.out)
        full.check_left(folder)
    else:
        folder = full.new_folder(settings.out)
    with locked(folder.resolve().parent):
        found = full.run_all(asked, _request(settings, folder))
    told = [line for outcome in found.outcomes for line in _lines(outcome)]
    told += [line for outcome in found.outcomes for line in outcome.late]
    told += [f"{name}: not run: {why}" for name, why in found.not_run.items()]
    report = (folder / REPORT).is_file()
    tell([*told, "", *ending.closing_lines(place(folder), report, found.late)])
    sound = report and not found.not_run and all(map(is_sound, found.outcomes))
    return MEASURED if sound else FAILED


def _named(settings: command.Settings) -> Path | None:
    """The folder to go on with, if one was named: itself, not `latest` or `.`."""
    for folder in settings.folders:
        if not folder.is_dir():
            raise stored.StoredError(f"{shown(folder)} is no folder")
        return folder.resolve()
    return None


def run_builds(settings: command.Settings) -> int:
    """Two builds of the programs, run by run in the same blocks."""
    builds = dict(zip("AB", map(programs.of_build, settings.builds)))
    protocol = QUICK if settings.quick else replace(CLASSROOM, with_constants=False)
    asked = compare.of_two_builds(_asked(settings))
    request = replace(
        _request(settings, settings.out),
        programs=builds["A"], builds=builds, may_resume=False,
    )  # fmt: skip
    with locked(settings.out):
        outcome = measure(asked, protocol, request)
    found = compare.compare_builds(outcome.kept)
    width = terminal.width_of(sys.stdout)
    told = comparison.pair_lines(found, ("build A", "build B"), width)
    told += ["", *ending.control_lines(outcome.published.summaries, width)]
    tell([*told, *_closing(outcome)])
    return _judge(found, settings) if is_sound(outcome) else FAILED


def _tell(outcome: Outcome) -> int:
    tell([*_lines(outcome), *_closing(outcome)])
    return MEASURED if is_sound(outcome) else FAILED


def _closing(outcome: Outcome) -> list[str]:
    report = (outcome.kept.folder / REPORT).is_file()
    return ending.closing_lines(place(outcome.kept.folder), report, outcome.late)


def _lines(outcome: Outcome) -> list[str]:
    kept, published = outcome.kept, outcome.published
    summaries = published.summaries if published else summaries_of(kept)
    charts = published.charts if published else ()
    asked = kept.experiment.charts
    titles = [c.title for c in charts if c.name in asked and not c.problem]
    width = terminal.width_of(sys.stdout)
    return ending.report_lines(
        kept.experiment, kept.runs, summaries, failures(charts), width, titles
    )


# ---- what is there already ----


def tell_version(settings: command.Settings) -> int:
    """Of the project, and the commit."""
    text = (REPOSITORY / "meson.build").read_text(encoding="utf-8")
    version = re.search(r"\bversion: '([^']+)'", text)
    tell([f"five-cooks {version[1]} ({environment.commit(REPOSITORY)})"])
    return MEASURED


def list_experiments(settings: command.Settings) -> int:
    """Names each with its question; a broken file is named, and the others, too."""
    names = experiments.list_experiments(EXPERIMENTS)
    column, width = max(map(len, names), default=0), terminal.width_of(sys.stdout)
    broken = False
    for name in names:
        try:
            question = experiments.load(experiments.find(EXPERIMENTS, name)).question
            line = f"{name:<{column}}  {question}"
            tell(terminal.wrapped(line, width, hanging=column + 2))
        except AskError as error:
            broken = True
            terminal.complain(f"bench/run: {error}")
    return USAGE if broken else MEASURED


def draw_again(settings: command.Settings) -> int:
    """What is shown of a results folder, made anew: of one run, of a full run, or of a
    class."""
    folder, also = settings.folders[0], ["pdf"] * settings.pdf
    if (folder / collect.CLASS).is_file():
        chart = draw_class(folder, also)
        return max(_tell_class(folder, chart, []), NO_ENVIRONMENT * chart.skipped)
    if not (folder / ENVIRONMENT).is_file():
        parts = sorted(path.parent for path in folder.glob(f"*/{ENVIRONMENT}"))
        if parts:
            return max(_draw(part, also) for part in parts)
    return _draw(folder, also)


def _draw(folder: Path, also: Sequence[str]) -> int:
    kept = stored.read(folder)
    outcome = Outcome(kept, publish(kept, also=also))
    # To draw was all that was asked for.
    skipped = any(chart.skipped for chart in outcome.published.charts)
    return max(_tell(outcome), NO_ENVIRONMENT * skipped)


def compare_folders(settings: command.Settings) -> int:
    """Two results folders side by side."""
    first, second = (stored.read(folder) for folder in settings.folders)
    found = compare.compare(first, second)
    width = terminal.width_of(sys.stdout)
    tell(comparison.folder_lines(first, second, found, width))
    return _judge(found, settings)


def _judge(found: compare.Comparison, settings: command.Settings) -> int:
    """0, or 1: nothing was compared, or the second is slower than it may be."""
    by = settings.fail_if_slower
    slower = [] if by is None else comparison.slower_lines(found, by)
    if slower:
        tell(["", *slower])
    return FAILED if slower or not found.pairs else MEASURED


def collect_folders(settings: command.Settings) -> int:
    """The results of many machines in one table and one set of charts."""
    machines, unread = collect.readable(settings.folders)
    with locked(settings.out):
        folder, chart = collect_class(machines, settings.out)
    table, warnings = class_table.table_lines(machines), class_table.warnings(machines)
    told = [*table, "", *warnings, *unread]
    return _tell_class(folder, chart, told)


def _tell_class(folder: Path, chart: Chart, told: list[str]) -> int:
    told += [f"The chart failed: {chart.problem}"] if chart.problem else []
    tell([*told, "", f"Results: {place(folder)}"])
    return FAILED if chart.problem and not chart.skipped else MEASURED


ACTIONS = {
    "run": run_experiment,
    "resume": resume_experiment,
    "full": run_full,
    "list": list_experiments,
    "version": tell_version,
    "draw": draw_again,
    "compare": compare_folders,
    "builds": run_builds,
    "collect": collect_folders,
}

if __name__ == "__main__":
    terminal.open_standard_files()
    status = main(sys.argv[1:])
    sys.exit(status if terminal.was_heard() else status or FAILED)
