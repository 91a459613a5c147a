"""The report: one HTML file that needs nothing else and asks for nothing.

No request leaves the page: its policy forbids it. It reads without script; script only
adds what moves. Sections are in sections.py, looks and behaviour in page/.
"""

from __future__ import annotations

import base64
import gzip
import os
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from ..ask.experiment import Experiment
from ..draw.chart import Chart
from ..draw.material import Material
from ..reckon import answer as lesson
from ..reckon.summary import Summaries
from ..run.run import Role, Run
from . import lessons, replay, sections, sliders
from .html import variables

PAGE = Path(__file__).parent / "templates"
NAME = "report.html"
REPLAY = ("recording.js", "lane.js", "clock.js", "replay.js")
SLIDERS = ("sliders.js",)


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
    parts = {
        **_frame(experiment, summaries, environment),
        **_moving(material),
        "verdict": sections.verdict(experiment, summaries),
        "doubts": sections.doubts(summaries),
        "questions": sections.six_questions(experiment, runs, summaries),
        "more": sections.more(experiment, runs, summaries),
        "noise": sections.noise(summaries),
        "lead": _lead(charts),
        "cells": sections.cells(summaries, runs),
        "figures": sections.figures(folder, charts),
        "lessons": lessons.section(lesson.of_the_day(folder)),
        "reading": _page("reading.html"),
        "threats": sections.threats(),
        "environment": sections.environment(environment),
        "commands": sections.commands(commands(runs)),
        "again": escape(_again(environment)),
        "raw": _raw(folder),
    }
    return _save(folder, fill(_page("report.html"), parts))


def _frame(
    experiment: Experiment, summaries: Summaries, environment: Mapping[str, Any]
) -> dict[str, str]:
    """Title, question, colours, style."""
    return {
        "title": escape(f"Five Cooks: {experiment.name}"),
        "question": escape(experiment.question),
        "facts": escape(_facts(summaries, environment)),
        "light": variables("light"),
        "dark": variables("dark"),
        "style": _page("style.css"),
        "script": _page("page.js"),
    }


def _moving(material: Material) -> dict[str, str]:
    """The replay and the sliders, where there are data for them."""
    recorded, curves = replay.data(material), sliders.data(material)
    links = (("replay", "Replay", recorded), ("sliders", "Theory", curves))
    return {
        "replay": fill(_page("replay.html"), {"data": recorded}) if recorded else "",
        "sliders": fill(_page("sliders.html"), {"data": curves}) if curves else "",
        "links": "\n".join(
            f'<a href="#{name}">{words}</a>' for name, words, given in links if given
        ),
        "more_script": _scripts(
            (REPLAY if recorded else ()) + (SLIDERS if curves else ())
        ),
    }


def _scripts(names: Sequence[str]) -> str:
    """The scripts, in a block of their own: their names are not the page's."""
    return "{\n" + "\n".join(map(_page, names)) + "\n}"


def fill(template: str, parts: Mapping[str, str]) -> str:
    """The template with each {{name}} replaced, once; an unknown name is a bug."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def _page(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8").rstrip("\n")


def _facts(summaries: Summaries, environment: Mapping[str, Any]) -> str:
    """When, by which protocol, how often."""
    counts = sorted({s.n for s in summaries if s.n})
    often = f"{counts[0]} to {counts[-1]}" if len(counts) > 1 else f"{(*counts, 0)[0]}"
    when = environment.get("started_utc") or environment.get("finished_utc")
    told = [
        str(when)[:16].replace("T", " ") + " UTC" if when else "",
        f"{environment['protocol']} protocol" if environment.get("protocol") else "",
        f"{often} counted runs of each cell",
        f"commit {environment['commit']}" if environment.get("commit") else "",
        f"seed {environment['seed']}" if "seed" in environment else "",
    ]
    return " · ".join(part for part in told if part)


def _again(environment: Mapping[str, Any]) -> str:
    """The command, with the seed: so the blocks come in the same order."""
    command = str(environment.get("command", "bench/run"))
    seed = environment.get("seed")
    told = seed is None or "--seed" in command or "lesson" in command
    return command if told else f"{command} --seed {seed}"


def _lead(charts: Sequence[Chart]) -> str:
    """The conclusion of the first chart, which its verdicts chose."""
    titles = [chart.title for chart in charts if chart.title]
    return f'<p class="lead">{escape(titles[0])}.</p>' if titles else ""


def commands(runs: Sequence[Run]) -> dict[str, Sequence[str]]:
    """Of each cell as it was measured; as a sample where it was nothing else."""
    measured = [run for run in runs if run.role is Role.MEASURE]
    return {run.cell.name: run.command for run in (*runs, *measured)}


def _raw(folder: Path) -> str:
    """The raw data: beside the page, and inside it for one that was mailed alone."""
    items = []
    for name in ("runs.ndjson", "summary.csv", "environment.json"):
        path = folder / name
        if not path.is_file():
            continue
        # mtime 0: the same data make the same page.
        packed = base64.b64encode(gzip.compress(path.read_bytes(), mtime=0)).decode()
        items.append(
            f'<li><a href="{name}">{name}</a>, or packed inside this page: '
            f'<a download="{name}.gz" href="data:application/gzip;base64,{packed}">'
            f"{name}.gz</a></li>"
        )
    return f"<ul>{''.join(items)}</ul>" if items else "<p>None beside this page.</p>"


def _save(folder: Path, text: str) -> Path:
    target, temporary = folder / NAME, folder / f".{NAME}.tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    return target
