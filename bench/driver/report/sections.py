"""The sections of the report: each a function from the results to a piece of HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from .. import questions, wording
from ..charts import svg
from ..charts.gnuplot import command_line
from ..figures import FIGURES
from ..model import Chart, Experiment, Run, Summaries, Summary
from ..quantities import show, show_count, show_duration
from ..sections import SECTIONS
from ..terminal import ratio_lines
from ..theory import over_theory
from .html import bullets, grouped_table, names_of_colours, table

CELLS = (
    "design", "runs", "wall time", "over thread-per-task", "theory",
    "off theory", "peak RSS", "threads alive", "ok", "not ok",
)  # fmt: skip


def verdict(experiment: Experiment, summaries: Summaries) -> str:
    """The answers, one for each number of tasks, as far as the intervals bear them."""
    parts: list[str] = []
    group: list[str] = []
    for line in [*ratio_lines(experiment, summaries), ""]:
        if line.startswith("  "):
            group.append(line.strip())
        elif line:
            parts.append(f"<h3>{escape(line)}</h3>")
        elif group:
            parts.append(bullets(group))
            group = []
    if not parts:
        parts.append("<p>Nothing was compared: no cells ran in the same blocks.</p>")
    if not summaries.complete:
        parts.insert(0, '<p class="warning">This run was stopped early.</p>')
    return "\n".join(parts)


def doubts(summaries: Summaries) -> str:
    """What the controls say, what was left out, what was refused."""
    lines = wording.noise_sentences(summaries.noise)
    lines += [f"Left out: {cell}" for cell in summaries.left_out]
    lines += [f"Not compared: {refusal}" for refusal in summaries.refusals]
    return bullets(lines or ["No control was run."])


def six_questions(
    experiment: Experiment, runs: Sequence[Run], summaries: Summaries
) -> str:
    """Brendan Gregg's questions to any benchmark, answered from these data."""
    parts = [
        f"<dt>{escape(answer.question)} <span>{_sign(answer.fine)}</span></dt>"
        f"<dd>{escape(answer.text)}</dd>"
        for answer in questions.answer_all(experiment, runs, summaries)
    ]
    return "<dl>\n" + "\n".join(parts) + "\n</dl>"


def _sign(fine: bool | None) -> str:
    return {True: "✓ fine", False: "✗ not fine", None: "? cannot tell"}[fine]


def more(experiment: Experiment, runs: Sequence[Run]) -> str:
    """What this experiment has to tell besides, as the terminal shows it."""
    told = ["\n".join(SECTIONS[name](runs)) for name in experiment.sections]
    return "\n".join(f'<pre tabindex="0">{escape(text)}</pre>' for text in told)


def cells(summaries: Summaries) -> str:
    """Every cell, in the order of the article: by tasks."""
    groups = {
        f"{show_count(tasks)} tasks": [
            _cell(summaries, s) for s in summaries if s.cell.tasks == tasks
        ]
        for tasks in sorted({s.cell.tasks for s in summaries})
    }
    return grouped_table(CELLS, groups, "Every cell that was asked for")


def _cell(summaries: Summaries, summary: Summary) -> tuple[str, ...]:
    label = summary.cell.label.rpartition(", ")[0] or summary.cell.label
    if not summary.n:
        told = "every run failed" if summary.problems else "not run"
        return (label, "0", told, *("–",) * (len(CELLS) - 3))
    over = next((r for r in summaries.ratios if r.cell.name == summary.cell.name), None)
    theory, void = over_theory(summary), len(summary.problems)
    return (
        label,
        f"{summary.n}, {void} void" if void else str(summary.n),
        _figure(summary, "wall_s"),
        wording.ratio_text(over.interval) if over and over.interval else "–",
        show_duration(summary.theory_wall_s) if summary.theory_wall_s else "–",
        f"{theory - 1:+.1%}".replace("%", "\u202f%") if theory else "–",
        _figure(summary, "rss_bytes"),
        _median(summary, "threads"),
        show_count(round(summary.outcomes["ok"].median)),
        _losses(summary),
    )


def _losses(summary: Summary) -> str:
    lost = {k: c.median for k, c in summary.outcomes.items() if k != "ok" and c.maximum}
    told = (f"{show_count(round(n))} {k.replace('_', ' ')}" for k, n in lost.items())
    return ", ".join(told) or "–"


def _figure(summary: Summary, name: str) -> str:
    found = summary.figures.get(name)
    return wording.interval_text(found, FIGURES[name].unit) if found else "–"


def _median(summary: Summary, name: str) -> str:
    found = summary.figures.get(name)
    return show(FIGURES[name].unit, found.median) if found else "–"


def figures(folder: Path, charts: Sequence[Chart]) -> str:
    return "\n".join(_chart(folder, chart) for chart in charts)


def _chart(folder: Path, chart: Chart) -> str:
    """One chart: its picture, caption, numbers, and the command that draws it."""
    name = escape(chart.name)
    if chart.problem:
        return (
            f'<figure id="{name}"><p class="warning">The chart {name} could not be '
            f"drawn: {escape(chart.problem)}</p></figure>"
        )
    words = chart.name.replace("-", " ")
    picture = (folder / chart.files["svg"]).read_text(encoding="utf-8")
    command = command_line(chart.name, "results/latest")
    links = " · ".join(
        f'<a href="{escape(path)}">{kind.upper()}</a>'
        for kind, path in chart.files.items()
        if kind in ("svg", "png", "pdf", "csv")
    )
    return f"""<figure id="{name}">
<div class="picture">{svg.for_page(picture, names_of_colours())}</div>
<figcaption>{escape(chart.caption)}</figcaption>
<details><summary>The numbers</summary>
{table(chart.header, chart.rows, f"Numbers: {words}") if chart.rows else "<p>None.</p>"}
<p>{links}</p>
<p>To draw it again, in the repository:</p>
<pre class="command" tabindex="0">{escape(command)}</pre>
</details>
</figure>"""


READING = """<dl>
<dt>Interval</dt><dd>The numbers in brackets. If we ran the same comparison many times,
at least 95 of 100 such intervals would hold the true median. It is found by sorting the
runs and counting in from both ends; with fewer than six runs there is none. Two designs
are called different only when the interval of their ratio lies wholly outside 0.98 to
1.02.</dd>
<dt>Ratio</dt><dd>Both designs run in every block, one shortly after the other. Their
ratio is taken in each block, so that a machine that slows down slows both.</dd>
<dt>Logarithmic axis</dt><dd>Each step of the axis multiplies instead of adding: 10 ms,
100 ms, 1 s. Straight parallel lines are then equal ratios.</dd>
<dt>Theory</dt><dd>N tasks of length d take a pool of W workers ⌈N/W⌉ rounds of d. A
thread for each task takes d and the time to create N threads, N·c. The pale lines say
so; c is measured, all else follows from the options. "Off theory" compares the
program's own clock, without the start and end of the process that the wall time of a
whole process contains; it is empty where the theory leaves out a part that
matters.</dd>
</dl>"""

THREATS = (
    "The calls are simulated: a call sleeps for its service time. Sleeping uses no"
    " file descriptors, no buffers and no network, and never fails by itself.",
    "One machine, one scheduler, one C library. The shape carries over to others, the"
    " third digit does not.",
    "Threads cost what POSIX threads cost on Linux. Goroutines are created in well"
    " under a microsecond and start with about 2 kB, so Go's crossover lies elsewhere.",
    "RSS counts what the process touched. The kernel's own memory for a thread, its"
    " stack and page tables, comes on top.",
    "Where code lies in memory biases a time by some per cent. hyperfine varies the"
    " environment from run to run, and a full run links the programs anew every ten"
    " blocks, in another order; other runs measure one order of linking.",
    "Not controlled: the frequency of the processor, its temperature, and what a"
    " virtual machine's neighbours do. The controls above say how much that mattered.",
)


def threats() -> str:
    return bullets(THREATS)


def environment(facts: Mapping[str, Any]) -> str:
    """Everything known of the machine and the tools, and the commands."""
    rows = list(_flat(facts))
    return table(("what", "value"), rows, "Environment") if rows else "<p>Unknown.</p>"


def _flat(facts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in facts.items():
        name = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}: ")
        elif isinstance(value, (list, tuple)):
            yield name, ", ".join(map(_plain, value)) or "none"
        else:
            yield name, _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and abs(value) >= 10_000:
        return show("count", value)
    return str(value)


def commands(runs_of: Mapping[str, Sequence[str]]) -> str:
    """The command of each cell, as it was run."""
    rows = [(name, " ".join(words)) for name, words in runs_of.items()]
    return table(("cell", "command"), rows, "Commands") if rows else ""
