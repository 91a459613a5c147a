"""Ties the stages together: what is made of results for people to look at.

Above the stages, so it may import all of them. draw and page are imported when they are
needed: a fault in either must not keep anyone from measuring.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import REPOSITORY
from .ask.experiment import Experiment
from .draw.chart import Chart
from .machine import environment
from .measure.measure import Outcome
from .measure.session import utc_now
from .reckon import collect, tables
from .reckon.summarise import summaries_of
from .reckon.summary import Summaries
from .run import stored
from .run.folder import (
    ENVIRONMENT, SUMMARY, UNFINISHED, ResultsError, ResultsFolder, free_name, stamp,
    write_whole,
)  # fmt: skip
from .run.run import Run
from .run.stored import Stored


@dataclass(frozen=True)
class Published:
    """What was made of results, for people to look at."""

    summaries: Summaries
    charts: Sequence[Chart]

    @property
    def sound(self) -> bool:
        failed = [chart for chart in self.charts if chart.problem and not chart.skipped]
        return not failed and not self.summaries.refusals


def failures(charts: Iterable[Chart]) -> list[str]:
    """One line for each reason, with the charts that it cost."""
    reasons: dict[str, list[str]] = {}
    for chart in charts:
        if chart.problem:
            reasons.setdefault(chart.problem, []).append(chart.name)
    return [f"{', '.join(names)}: {why}" for why, names in reasons.items()]


def publish(
    kept: Stored, before_charts: Callable[[Stored, Summaries], None] | None = None,
    also: Sequence[str] = (),
) -> Published:  # fmt: skip
    """Summary, charts and report, into the folder. before_charts adds to it what they
    show; also: the kinds of picture that are drawn on request, such as "pdf"."""
    summaries = summaries_of(kept)
    failed = []
    try:
        write_whole(kept.folder / SUMMARY, tables.write_summary(summaries))
    except ResultsError as error:
        failed.append(_failed(SUMMARY, error))
    if before_charts is not None:
        try:
            before_charts(kept, summaries)
        except ResultsError as error:
            failed.append(_failed("what belongs to it", error))
    return Published(summaries, [*failed, *draw(kept, summaries, also)])


def keep_runs(
    asked: Experiment, runs: Sequence[Run], facts: Mapping[str, Any],
    files: Mapping[str, str], out: Path, programs: Path,
) -> tuple[Path, list[str]]:  # fmt: skip
    """A results folder of runs that were made elsewhere, with more files in it.

    Where it is, and what failed of its charts, in words.
    """
    known = environment.describe(REPOSITORY, programs)
    folder = ResultsFolder(out, f"{stamp()}-{asked.name}-{known['commit']}")
    folder.write_json(ENVIRONMENT, {
        **stored.describe(asked), "seed": 1, "warnings": [], "runs": len(runs),
        "started_utc": utc_now(), **known, **facts,
    })  # fmt: skip
    for name, text in files.items():
        folder.write(name, text)
    for run in runs:
        folder.add_run(run)
    charts = publish(stored.read(folder.path)).charts
    path, notes = folder.finish()
    return path, [*notes, *failures(chart for chart in charts if not chart.skipped)]


def draw(
    kept: Stored, summaries: Summaries, also: Sequence[str] = ()
) -> Sequence[Chart]:
    """The charts and the report. What fails is named; the data stay."""
    try:
        from .draw import draw, gnuplot

        kinds = (*gnuplot.ALWAYS, *also)
        charts = draw.draw(kept.folder, kept.experiment, kept.runs, summaries, kinds)
        drawn = list(charts)
        for chart in drawn:
            if chart.problem:
                _remove(kept.folder / "charts", chart.name)
    except Exception as error:
        drawn = [_failed("charts", error)]
    try:
        from . import page

        page.write(
            kept.folder, kept.experiment, kept.runs, summaries, drawn, kept.environment
        )
    except Exception as error:
        drawn.append(_failed("report", error))
    return drawn


def _remove(charts: Path, name: str) -> None:
    """A chart that failed must not stand there as an earlier time drew it."""
    for path in charts.iterdir() if charts.is_dir() else ():
        part = path.suffix == ".csv" and path.name.startswith(f"{name}-")
        if part or path.stem == name:
            path.unlink()


def draw_class(folder: Path, also: Sequence[str] = ()) -> Chart:
    """The chart of many machines."""
    try:
        from .draw import gnuplot, machines

        return machines.draw(folder, (*gnuplot.ALWAYS, *also))
    except Exception as error:
        return _failed("class", error)


def collect_class(machines: Sequence[Stored], out: Path) -> tuple[Path, Chart]:
    """Many machines in one folder with one chart. Returns the folder and the chart."""
    collect.check(machines)
    name = f"{stamp()}-class"
    folder = free_name(out, UNFINISHED + name)
    folder.mkdir()
    write_whole(folder / collect.CLASS, collect.class_csv(machines))
    facts = json.dumps(collect.class_facts(machines), indent=2, ensure_ascii=False)
    write_whole(folder / ENVIRONMENT, facts)
    chart = draw_class(folder)
    return folder.rename(free_name(out, name)), chart


def _failed(name: str, error: Exception) -> Chart:
    problem = f"{type(error).__name__}: {error}"
    if isinstance(error, ResultsError):  # one of ours, made for people
        problem = str(error)
    elif isinstance(error, OSError) and error.strerror:  # without its path
        problem = error.strerror
    return Chart(name, title="", caption="", alt="", problem=problem)


def is_sound(outcome: Outcome) -> bool:
    """Nothing failed, and nothing had to be refused."""
    spoilt = [run for run in outcome.kept.runs if run.problem]
    published = outcome.published is None or outcome.published.sound
    return not spoilt and not outcome.lost and published
