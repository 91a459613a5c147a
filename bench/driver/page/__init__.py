"""The report: one HTML file that needs nothing else and asks for nothing.

templates/report.html is the page, to be read as one; pieces.py makes what it shows. No
request leaves the page: its policy forbids it. It reads without script; script only
adds what moves. Every text is escaped by Jinja2 where it is put in.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..ask.experiment import Experiment
from ..draw.chart import Chart
from ..draw.look import palette
from ..draw.material import Material
from ..reckon import answer
from ..reckon.summary import Summaries
from ..run.folder import REPORT, ResultsError, write_whole
from ..run.run import Run
from ..say import answers, ending, extras, questions, sentences
from ..say.numbers import bound

try:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup
except ImportError:
    raise ResultsError("Jinja2 is not installed (package python3-jinja2)") from None

from . import pieces, replay, sliders

TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("page.js", "slides.js", "recording.js", "lane.js", "clock.js", "replay.js",
           "sliders.js")  # fmt: skip
# The answer comes first: one of these charts, or that which the experiment names first.
OPENING = ("prediction", "slide", "plan")
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
    asked = [f["name"] for f in figures if f["name"] not in INSTRUMENT]
    first = [name for name in asked if name in OPENING] or asked[:1]
    placed = (*first, *INSTRUMENT)
    text = render(
        REPORT, experiment=experiment, summaries=summaries,
        known=summaries.machine, doubts=pieces.doubts(summaries),
        opening=[f for f in figures if f["name"] in first],
        figures=[f for f in figures if f["name"] not in placed],
        closing=[f for f in figures if f["name"] in INSTRUMENT],
        found=ending.ratio_paragraphs(summaries), cells=pieces.cells(summaries),
        questions=questions.answer_all(runs, summaries),
        extras=[pieces.told(extras.EXTRAS[name](summaries, runs))
                for name in experiment.sections],
        lesson=answer.read(folder), lessons=answer.of_the_day(folder), say=answers,
        sentences=sentences,
        environment=list(pieces.flat(environment)), commands=pieces.commands(runs),
        again=pieces.again(environment), raw=pieces.raw(folder),
        replay=replay.data(material), sliders=sliders.data(material),
        real=any(summary.cell.is_real for summary in summaries),
    )  # fmt: skip
    write_whole(folder / REPORT, text)
    return folder / REPORT


def render(template: str, **values: Any) -> str:
    """A page of the templates: every value escaped, none forgotten, and no unit on
    another line than its number."""
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=StrictUndefined, finalize=_unbroken,
    )  # fmt: skip
    return pages.get_template(template).render(
        light=colours("light"), dark=colours("dark"), style=text_of("style.css"),
        script=Markup("\n").join(map(text_of, SCRIPTS)), **values,
    )  # fmt: skip


def _unbroken(value: Any) -> Any:
    """Of what is text: what is markup already is not."""
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return bound(value) if plain else value


def text_of(name: str) -> Markup:
    """One of ours, put in as it stands."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def colours(theme: str) -> Markup:
    """The colours of the charts, as CSS variables."""
    tones = palette(theme).items()
    return Markup(" ".join(f"--{name}: {tone};" for name, tone in tones))
