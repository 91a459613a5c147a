"""Ties the stages together: the clerk of every run, and what is made of results.

Above the stages, so it may import all of them. draw and page are imported when they are
needed: a fault in either must not keep anyone from measuring.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import REPOSITORY
from .ask.cell import Cell
from .ask.experiment import Experiment
from .draw.chart import Chart
from .machine import environment
from .reckon import collect, tables, theory
from .reckon.stats import half_width
from .reckon.summarise import summaries_of, summarise
from .reckon.summary import Summaries
from .run import stored
from .run.folder import (
    ENVIRONMENT, SUMMARY, UNFINISHED, ResultsError, ResultsFolder, stamp, write_whole,
)  # fmt: skip
from .run.measure import Outcome
from .run.run import Run
from .run.session import utc_now
from .run.stored import Stored
from .say import names
from .say.ending import short_lines
from .say.progress import Progress

PRECISE = 0.02  # half an interval over its median: better than this is not needed


@dataclass(frozen=True)
class Published:
    """What was made of results, for people to look at."""

    summaries: Summaries
    charts: Sequence[Chart]

    @property
    def sound(self) -> bool:
        failed = [chart for chart in self.charts if chart.problem]
        return not failed and not self.summaries.refusals


class Clerk:
    """See run/clerk.py. before_charts adds to a folder what charts and report show."""

    def __init__(
        self, before_charts: Callable[[Stored, Summaries], None] | None = None
    ) -> None:
        self._before_charts = before_charts

    def progress(self, left_s: Callable[[], float]) -> Progress:
        return Progress(left_s)

    def name(self, cell: Cell) -> str:
        return names.cell_name(cell)

    def expected_s(self, cell: Cell) -> float:
        return theory.planned_wall_s(cell)

    def patience_s(self, cell: Cell) -> float:
        return theory.patience_s(cell)

    def bound_s(self, cell: Cell, record: Mapping[str, Any]) -> float | None:
        return theory.bound_wall_s(cell, record)

    def enough(
        self, experiment: Experiment, runs: Sequence[Run], resolve: float | None
    ) -> bool:
        """All that is compared is told apart as asked, or known to 2 % or better."""
        summaries = summarise(experiment, runs)
        whole = max((summary.n for summary in summaries), default=0)
        found = [r.interval for r in summaries.compared() if r.interval]
        if resolve is not None and found:
            # Long cells are not run so often, and have no say in it.
            known = [i.resolution for i in found if i.n == whole]
            return all(each and each <= 1 + resolve for each in known)
        widths = [
            half_width(summary.figures[name]) if name in summary.figures else None
            for summary in summaries
            for name in ("wall_s", experiment.figure)
            if summary.n == whole
        ]
        return all(width is not None and width <= PRECISE for width in widths)

    def medians(self, experiment: Experiment, runs: Sequence[Run]) -> Sequence[str]:
        return short_lines(summarise(experiment, runs))

    def summarise(self, kept: Stored) -> str:
        return tables.write_summary(summaries_of(kept))

    def publish(self, kept: Stored) -> Published:
        summaries = summaries_of(kept)
        failed = []
        try:
            write_whole(kept.folder / SUMMARY, tables.write_summary(summaries))
        except ResultsError as error:
            failed.append(_failed(SUMMARY, error))
        if self._before_charts is not None:
            self._before_charts(kept, summaries)
        return Published(summaries, [*failed, *draw(kept, summaries)])


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
    charts = Clerk().publish(stored.read(folder.path)).charts
    path, notes = folder.finish()
    failed = [f"{chart.name}: {chart.problem}" for chart in charts if chart.problem]
    return path, [*notes, *failed]


def draw(kept: Stored, summaries: Summaries) -> Sequence[Chart]:
    """The charts and the report. What fails is named; the data stay."""
    try:
        from . import draw as stage

        charts = stage.draw(kept.folder, kept.experiment, kept.runs, summaries)
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


def draw_class(folder: Path) -> Chart:
    """The chart of many machines."""
    try:
        from .draw import machines

        return machines.draw(folder)
    except Exception as error:
        return _failed("class", error)


def collect_class(machines: Sequence[Stored], out: Path) -> tuple[Path, Chart]:
    """Many machines in one folder with one chart. Returns the folder and the chart."""
    collect.check(machines)
    name = f"{stamp()}-class"
    folder = out / (UNFINISHED + name)
    folder.mkdir()
    write_whole(folder / collect.CLASS, collect.class_csv(machines))
    facts = json.dumps(collect.class_facts(machines), indent=2, ensure_ascii=False)
    write_whole(folder / ENVIRONMENT, facts)
    chart = draw_class(folder)
    return folder.rename(out / name), chart


def _failed(name: str, error: Exception) -> Chart:
    problem = f"{type(error).__name__}: {error}"
    return Chart(name, title="", caption="", alt="", problem=problem)


def is_sound(outcome: Outcome) -> bool:
    """Nothing failed, and nothing had to be refused."""
    spoilt = [run for run in outcome.kept.runs if run.problem]
    published = outcome.published is None or outcome.published.sound
    return not spoilt and not outcome.lost and published
