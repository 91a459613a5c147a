"""Makes of runs what people look at: summary.csv, charts and report, in one folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .model import Chart, Experiment, Run, Summaries


def draw(
    folder: Path,
    experiment: Experiment,
    runs: Sequence[Run],
    summaries: Summaries,
    facts: Mapping[str, Any],
) -> Sequence[Chart]:
    """The charts and the report. What fails is named; the data stay."""
    # Imported here: a fault in either must not keep anyone from measuring.
    try:
        from . import charts

        drawn = list(charts.draw(folder, experiment, runs, summaries))
        for chart in drawn:
            if chart.problem:
                _remove(folder / "charts", chart.name)
    except Exception as error:
        drawn = [_failed("charts", error)]
    try:
        from . import report

        report.write(folder, experiment, runs, summaries, drawn, facts)
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
        from .charts import classroom

        return classroom.draw(folder)
    except Exception as error:
        return _failed("class", error)


def _failed(name: str, error: Exception) -> Chart:
    problem = f"{type(error).__name__}: {error}"
    return Chart(name, title="", caption="", alt="", problem=problem)
