"""Draws an experiment's charts: words and marks from the same values, by gnuplot.

A chart is one module chart_NAME.py, which makes a Sheet of a Material, and one script
plots/NAME.gp, which draws it. A chart that cannot be drawn as it should be comes back
with its problem and without files; the others are drawn all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from . import (
    chart_cancel,
    chart_gnuplot,
    chart_goodput,
    chart_in_flight,
    chart_latency,
    chart_memory,
    chart_micro,
    chart_outcomes,
    chart_overview,
    chart_pool_size,
    chart_rate_limit,
    chart_retry_storm,
    chart_runs,
    chart_shapes,
    chart_thread_cost,
    chart_timeline,
    chart_wall_time,
    chart_winner,
)
from .chart_material import Material
from .chart_sheet import ChartError, Sheet
from .model import Chart, Experiment, Run, Summaries

BUILDERS: dict[str, Callable[[Material], Sheet]] = {
    "wall-time": chart_wall_time.build,
    "memory": chart_memory.build,
    "outcomes": chart_outcomes.build,
    "timeline": chart_timeline.build,
    "in-flight": chart_in_flight.build,
    "overview": chart_overview.build,
    "goodput": chart_goodput.build,
    "latency": chart_latency.latency,
    "queue-wait": chart_latency.queue_wait,
    "run-sequence": chart_runs.sequence,
    "control": chart_runs.control,
    "pool-size": chart_pool_size.build,
    "rate-limit": chart_rate_limit.build,
    "cancel": chart_cancel.build,
    "retry-storm": chart_retry_storm.build,
    "thread-cost": chart_thread_cost.build,
    "shapes": chart_shapes.build,
    "winner": chart_winner.build,
    "micro": chart_micro.beside,
}

# Charts that go with another: whoever asks for the one also gets the others.
COMPANIONS = {"outcomes": ("goodput",), "in-flight": ("latency", "queue-wait")}
# Every comparison shows whether it can be trusted.
ALWAYS = ("run-sequence", "control")


def wanted(experiment: Experiment) -> list[str]:
    """The names of the experiment's charts, in the order of the report."""
    asked = experiment.charts
    names = ["overview"] if set(chart_overview.PARTS) <= set(asked) else []
    plain = _one_cell_each(experiment)
    for name in asked:
        names += [name, *(COMPANIONS.get(name, ()) if plain else ())]
    return list(dict.fromkeys([*names, *ALWAYS]))


def _one_cell_each(experiment: Experiment) -> bool:
    """Whether designs and tasks alone tell the cells apart."""
    cells = experiment.cells
    return len({(cell.workers, cell.tasks) for cell in cells}) == len(cells)


def draw(
    folder: Path, experiment: Experiment, runs: Sequence[Run], summaries: Summaries
) -> list[Chart]:
    """The experiment's charts, drawn into folder/charts."""
    material = Material(folder, experiment, runs, summaries)
    names = wanted(experiment)
    if summaries.noise.a_a is None and "control" not in experiment.charts:
        names.remove("control")
    if (folder / chart_micro.FILE).is_file():
        names.append("micro")
    return [draw_one(name, material) for name in names]


def draw_one(name: str, material: Material) -> Chart:
    try:
        if name not in BUILDERS:
            known = ", ".join(BUILDERS)
            raise ChartError(f"no chart is called '{name}': there are {known}")
        sheet = BUILDERS[name](material)
        files = chart_gnuplot.draw(sheet, material.folder)
    except ChartError as error:
        return Chart(name=name, title="", caption="", alt="", problem=str(error))
    except Exception as error:  # a bug in one chart must not cost the others
        told = f"{type(error).__name__}: {error}"
        return Chart(name=name, title="", caption="", alt="", problem=told)
    return Chart(
        name=name,
        title=sheet.title,
        caption=sheet.caption,
        alt=sheet.alt,
        files=files,
        header=sheet.header,
        rows=sheet.rows,
    )
