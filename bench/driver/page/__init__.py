"""The report: one HTML file that needs nothing else and asks for nothing.

templates/report.html is the page, to be read as one; pieces.py makes what it shows. No
request leaves the page: its policy forbids it. It reads without script; script only
adds what moves. Every text is escaped by Jinja2 where it is put in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..ask.experiment import Experiment
from ..draw.chart import Chart
from ..draw.look import palette
from ..draw.material import Material
from ..reckon import answer
from ..reckon.summary import Summaries
from ..run.folder import write_whole
from ..run.run import Run
from ..say import ending, extras, questions
from . import pieces, replay, sliders

TEMPLATES = Path(__file__).parent / "templates"
NAME = "report.html"
SCRIPTS = ("page.js", "slides.js", "recording.js", "lane.js", "clock.js", "replay.js",
           "sliders.js")  # fmt: skip
# Charts of the instrument, not of the question: they come last, and are no slides.
INSTRUMENT = ("run-sequence", "control")


def write(
    folder: Path,
    experiment: Experiment,
    runs: Sequence[Run],
    summaries: Summaries,
    charts: Sequence[Chart],
    environment: Mapping[str, Any],
) -> Path:
    """Writes folder/report.html, in full or not at all."""
    material = Material(folder, experiment, runs, summaries)
    figures = [pieces.figure(folder, chart) for chart in charts]
    opening = [f for f in figures if f["name"] in ("prediction", "slide")]
    closing = [f for f in figures if f["name"] in INSTRUMENT]
    page = environment_of_pages().get_template("report.html")
    text = page.render(
        experiment=experiment, summaries=summaries, facts=pieces.facts(summaries),
        opening=opening, closing=closing,
        figures=[f for f in figures if f not in opening and f not in closing],
        lead=next((f["title"] for f in figures if f["title"]), ""),
        answers=ending.ratio_paragraphs(summaries),
        doubts=pieces.doubts(summaries), noisy=pieces.noisy(summaries),
        questions=questions.answer_all(experiment, runs, summaries),
        cells=pieces.cells(experiment, summaries, runs),
        extras=["\n".join(extras.EXTRAS[name](summaries, runs))
                for name in experiment.sections],
        lesson=pieces.lesson(answer.read(folder)), lessons=pieces.of_the_day(folder),
        environment=list(pieces.flat(environment)), commands=pieces.commands(runs),
        again=pieces.again(environment), raw=pieces.raw(folder),
        replay=replay.data(material), sliders=sliders.data(material),
        light=colours("light"), dark=colours("dark"), script=script(),
        style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
    )  # fmt: skip
    write_whole(folder / NAME, text)
    return folder / NAME


def environment_of_pages() -> Environment:
    """How Jinja2 reads a template: every value escaped, no value forgotten."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=StrictUndefined,
    )  # fmt: skip


def script() -> Markup:
    """All scripts, each in a block of its own: their names are not each other's."""
    texts = ((TEMPLATES / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return Markup("\n".join(texts))


def colours(theme: str) -> Markup:
    """The colours as CSS variables: those of the charts."""
    return Markup(
        " ".join(f"--{name}: {tone};" for name, tone in palette(theme).items())
    )
