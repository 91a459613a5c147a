"""Draws an experiment's charts: words and marks from the same values, by gnuplot.

A chart is plots/NAME.toml (what is drawn, in which words: see ask/declaration.py) and,
where its family's script is not enough, plots/NAME.gp. A family here makes a Chart of
what is declared. The tables are written once, into charts/data; every script reads its
marks from there, columns by name. A chart that cannot be drawn comes back with its
problem and without files; the others are drawn all the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from .. import REPOSITORY
from ..ask import declaration
from ..ask.experiment import Experiment
from ..ask.typed import AskError
from ..reckon import answer
from ..reckon.summary import Summaries
from ..run.run import Run
from ..run.samples import SamplesError
from . import bars, boxes, gnuplot, heat, hero, over_time, planned, predictions
from . import ratios, scatter, sequence, slide, spread, strips, words
from .material import Material
from .chart import Chart, ChartError
from .view import View

FAMILIES: dict[str, Callable[[View], Chart]] = {
    "bars": bars.build, "boxes": boxes.build, "heat": heat.build,
    "lesson": predictions.build, "over-time": over_time.build, "plan": planned.build,
    "scatter": scatter.build,
    "sequence": sequence.build, "slide": slide.build, "spread": spread.build,
    "strips": strips.build, "ratios": ratios.build,
}  # fmt: skip
OF_SAMPLES = ("boxes", "over-time", "spread")  # recorded runs alone are enough
# Every comparison shows whether it can be trusted.
ALWAYS = ("run-sequence", "control")


def wanted(folder: Path, experiment: Experiment, summaries: Summaries) -> list[str]:
    """The names of the experiment's charts, in the order of the report."""
    lesson = ["prediction"] if (folder / answer.FILE).is_file() else []
    # A lesson in which a program decides has no cells; virtual time is always the same.
    measured = any(not cell.is_virtual for cell in experiment.cells)
    names = dict.fromkeys([*lesson, *experiment.charts, *ALWAYS * measured])
    if summaries.noise.a_a is None:
        names.pop("control", None)
    return list(names)


def draw(
    folder: Path, experiment: Experiment, runs: Sequence[Run], summaries: Summaries,
    kinds: Sequence[str] = gnuplot.ALWAYS,
) -> list[Chart]:  # fmt: skip
    """The experiment's charts, drawn into folder/charts."""
    material = Material(folder, experiment, runs, summaries)
    made = [
        _safely(name, lambda: build(name, material))
        for name in wanted(folder, experiment, summaries)
    ]
    shown = [name for chart in made for name in chart.shown]
    try:
        gnuplot.write_data(material.tables_of(shown), folder / "charts")
    except ChartError as error:
        return [Chart.failed("charts", error)]
    drawn = [
        chart if chart.problem else _safely(
            chart.name, lambda: gnuplot.draw(chart, folder, kinds)
        )
        for chart in made
    ]  # fmt: skip
    film = _safely("hero", lambda: hero.draw(material))
    return [*drawn, film] if film.problem else drawn


def _safely(name: str, make: Callable[[], Chart]) -> Chart:
    """What came of it; a bug in one chart must not cost the others."""
    try:
        return make()
    except (AskError, ChartError, SamplesError) as error:
        return Chart.failed(name, error)
    except Exception as error:
        return Chart.failed(name, f"{type(error).__name__}: {error}")


def build(name: str, material: Material) -> Chart:
    """The chart with its words and scales, not yet drawn."""
    asked = declaration.load(name)
    if why := declaration.refusal(asked, material.experiment):
        raise ChartError(f"{name} {why}")
    own = (REPOSITORY / "plots" / f"{name}.gp").is_file()
    view = View(material, asked)
    shown = view.recorded if asked.family in OF_SAMPLES else view.cells
    there = shown or asked.family == "lesson"
    made = FAMILIES[asked.family](view) if there else words.nothing(view)
    designs = map(view.design, view.all_cells) if asked.family == "scatter" else ()
    return replace(
        made, designs=made.designs or tuple(dict.fromkeys(designs)),
        script=made.script or (name if own else asked.family),
        question=made.question or asked.question,
        means=made.means or asked.words.get("means", ""),
        refuted=asked.words.get("refuted", ""),
    )  # fmt: skip
