"""Draws an experiment's charts: words and marks from the same values, by gnuplot.

A chart is one module of this package, which makes a Sheet of a Material, and one script
plots/NAME.gp, which draws it. A chart that cannot be drawn as it should be comes back
with its problem and without files; the others are drawn all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..ask.experiment import Experiment
from ..reckon import answer as lesson
from ..reckon.summary import Summaries
from ..run.run import Run
from ..run.samples import SamplesError
from . import (
    cancel,
    control,
    gnuplot,
    goodput,
    in_flight,
    latency,
    load,
    memory,
    micro,
    outcomes,
    overview,
    pool_size,
    prediction,
    rate_limit,
    retry_storm,
    run_sequence,
    shapes,
    thread_cost,
    timeline,
    wall_time,
    winner,
)
from .chart import Chart
from .material import Material
from .sheet import ChartError, Sheet

BUILDERS: dict[str, Callable[[Material], Sheet]] = {
    "wall-time": wall_time.build,
    "memory": memory.build,
    "outcomes": outcomes.build,
    "timeline": timeline.build,
    "in-flight": in_flight.build,
    "overview": overview.build,
    "goodput": goodput.build,
    "latency": latency.latency,
    "queue-wait": latency.queue_wait,
    "run-sequence": run_sequence.build,
    "control": control.build,
    "pool-size": pool_size.build,
    "rate-limit": rate_limit.build,
    "cancel": cancel.build,
    "retry-storm": retry_storm.build,
    "thread-cost": thread_cost.build,
    "shapes": shapes.build,
    "winner": winner.build,
    "load": load.build,
    "micro": micro.beside,
    "prediction": prediction.build,
}

# Charts that go with another: whoever asks for the one also gets the others.
COMPANIONS = {"outcomes": ("goodput",), "in-flight": ("latency", "queue-wait")}
# Every comparison shows whether it can be trusted.
ALWAYS = ("run-sequence", "control")


def wanted(experiment: Experiment) -> list[str]:
    """The names of the experiment's charts, in the order of the report."""
    asked = experiment.charts
    names = ["overview"] if set(overview.PARTS) <= set(asked) else []
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
    if not experiment.cells:  # a lesson in which a program decides
        names = [name for name in names if name not in ALWAYS]
    if (folder / lesson.FILE).is_file():
        names.insert(0, "prediction")
    if micro.has_hand_offs(folder):
        names.append("micro")
    return [draw_one(name, material) for name in names]


def draw_one(name: str, material: Material) -> Chart:
    try:
        if name not in BUILDERS:
            known = ", ".join(BUILDERS)
            raise ChartError(f"no chart is called '{name}': there are {known}")
        sheet = BUILDERS[name](material)
        files = gnuplot.draw(sheet, material.folder)
    except (ChartError, SamplesError) as error:
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
