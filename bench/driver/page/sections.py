"""The sections of the report: each a function from the results to a piece of HTML."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from .. import REPOSITORY
from ..ask.experiment import Experiment
from ..ask.figures import FIGURES
from ..draw import svg
from ..draw.chart import Chart
from ..draw.gnuplot import command_line
from ..reckon.stats import median_interval
from ..reckon.summary import Summaries, Summary
from ..reckon.theory import over_theory
from ..run.folder import UNFINISHED, shown
from ..run.plan import protocol_of
from ..run.run import Role, Run
from ..say import questions, sentences
from ..say.ending import ratio_lines
from ..say.extras import EXTRAS
from ..say.names import design_name
from ..say.numbers import show, show_count, show_duration
from .html import bullets, grouped_table, names_of_colours, table

ELSEWHERE = "DIR"  # outside the repository: a path there may tell of its user
CELLS = (
    "design", "runs", "wall time", "over thread-per-task", "theory",
    "own clock off theory", "peak RSS", "kernel's own", "threads alive", "ok", "not ok", "exit",
)  # fmt: skip


def verdict(experiment: Experiment, summaries: Summaries) -> str:
    """The answers, one for each number of tasks, as far as the intervals bear them."""
    parts: list[str] = []
    group: list[str] = []
    for line in [*ratio_lines(experiment, summaries), ""]:
        if line.startswith("  "):
            group.append(line.strip())
        elif line:
            title = line
        elif group:
            parts.append(f"<div><h3>{escape(title)}</h3>\n{bullets(group)}</div>")
            group = []
    parts = [f'<div class="answers">\n{"".join(parts)}\n</div>'] if parts else []
    if not parts and experiment.cells:
        parts.append("<p>Nothing was compared: no cells ran in the same blocks.</p>")
    if not summaries.complete:
        parts.insert(0, '<p class="warning">This run is incomplete.</p>')
    return "\n".join(parts)


def noise(summaries: Summaries) -> str:
    """One word on the machine, for the front page."""
    found = summaries.noise
    if not found.canary_spread:
        return ""
    if found.noisy_blocks:
        blocks = sentences.blocks_words(found.noisy_blocks)
        words = f"Noisy machine: the same work took unlike times in {blocks}"
        return f'<p class="warning">{words}.</p>'
    return "<p>Quiet machine: the same work took the same time in every block.</p>"


def doubts(summaries: Summaries) -> str:
    """What the controls say, what was left out, what was refused."""
    lines = [*sentences.noise_sentences(summaries.noise), *_cannot_say(summaries)]
    lines += [f"Left out: {cell}" for cell in summaries.left_out]
    lines += [f"Not compared: {refusal}" for refusal in summaries.refusals]
    return bullets(lines or ["No control was run."])


def _cannot_say(summaries: Summaries) -> list[str]:
    """What the protocol leaves open, whatever the figures."""
    name = summaries.machine.get("protocol")
    if name is None:
        return []
    told = protocol_of(summaries.machine).cannot_say
    return [f"A {name} run cannot say {told}."] if told else []


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


def more(experiment: Experiment, runs: Sequence[Run], summaries: Summaries) -> str:
    """What this experiment has to tell besides, as the terminal shows it."""
    told = [
        "\n".join(EXTRAS[name](summaries, runs))
        for name in experiment.sections
    ]
    return "\n".join(f'<pre tabindex="0">{escape(text)}</pre>' for text in told)


def cells(summaries: Summaries, runs: Sequence[Run]) -> str:
    """Every cell, in the order of the article: by tasks."""
    runs_of: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        runs_of[run.cell.name].append(run)
    groups = {
        f"{show_count(tasks)} tasks": [
            _cell(summaries, s, runs_of[s.cell.name])
            for s in summaries
            if s.cell.tasks == tasks
        ]
        for tasks in sorted({s.cell.tasks for s in summaries})
    }
    if not groups:
        return "<p>None: a program that gives no figures decided.</p>"
    return grouped_table(CELLS, groups, "Every cell that was asked for")


def _cell(
    summaries: Summaries, summary: Summary, runs: Sequence[Run]
) -> tuple[str, ...]:
    label = design_name(summary.cell)
    if not summary.n:
        told = "every run failed" if summary.problems else "not run"
        blank = ("–",) * (len(CELLS) - 4)
        return (label, "0", told, *blank, _exit_codes(runs))
    over = next((r for r in summaries.compared() if r.cell.name == summary.cell.name), None)
    theory, void = over_theory(summary), len(summary.problems)
    return (
        label,
        f"{summary.n}, {void} void" if void else str(summary.n),
        _figure(summary, "wall_s"),
        sentences.ratio_text(over.interval) if over and over.interval else "–",
        show_duration(summary.theory_wall_s) if summary.theory_wall_s else "–",
        f"{theory - 1:+.1%}".replace("%", "\u202f%") if theory else "–",
        _figure(summary, "rss_bytes"),
        _kernel_memory(runs),
        _median(summary, "threads"),
        show_count(round(summary.outcomes["ok"].median)),
        _losses(summary),
        _exit_codes(runs),
    )


def _kernel_memory(runs: Sequence[Run]) -> str:
    """Stacks, tables and slab, where a run was long enough for somebody to look."""
    grown = [sum(run.kernel.values()) for run in runs if run.counts and run.kernel]
    return sentences.interval_text(median_interval(grown), "bytes") if grown else "–"


def _exit_codes(runs: Sequence[Run]) -> str:
    """ "0", or "0, 139": each that a measured run ended with; 128 + n is signal n."""
    measured = [run for run in runs if run.role is Role.MEASURE and run.hyperfine]
    codes = {run.hyperfine.exit_code for run in measured}
    told = sorted("?" if code is None else str(code) for code in codes)
    return ", ".join(told) or "–"


def _losses(summary: Summary) -> str:
    lost = {k: c.median for k, c in summary.outcomes.items() if k != "ok" and c.maximum}
    told = (f"{show_count(round(n))} {k.replace('_', ' ')}" for k, n in lost.items())
    return ", ".join(told) or "–"


def _figure(summary: Summary, name: str) -> str:
    found = summary.figures.get(name)
    return sentences.interval_text(found, FIGURES[name].unit) if found else "–"


def _median(summary: Summary, name: str) -> str:
    found = summary.figures.get(name)
    return show(FIGURES[name].unit, found.median) if found else "–"


def place(folder: Path) -> str:
    """The folder, by its final name, as one types it in the repository."""
    parts = (part.removeprefix(UNFINISHED) for part in folder.resolve().parts)
    try:
        return shown(Path(*parts).relative_to(REPOSITORY))
    except ValueError:
        return ELSEWHERE


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
    where = place(folder)
    aside = f", with {where} for the folder of this page" if where == ELSEWHERE else ""
    command = command_line(chart.name, where)
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
<p>To draw it again, in the repository{aside}:</p>
<pre class="command" tabindex="0">{escape(command)}</pre>
</details>
</figure>"""


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
    " environment from run to run; all runs measure one order of linking.",
    "Not controlled: the frequency of the processor, its temperature, and what a"
    " virtual machine's neighbours do. The controls above say how much that mattered.",
)


def threats() -> str:
    return bullets(THREATS)


TOLD_ELSEWHERE = {"cells", "samples"}  # their commands have a table of their own


def environment(facts: Mapping[str, Any]) -> str:
    """Everything known of the machine and the tools, and the commands."""
    rows = list(_flat(facts))
    return table(("what", "value"), rows, "Environment") if rows else "<p>Unknown.</p>"


def _flat(facts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in facts.items():
        if key in TOLD_ELSEWHERE:
            continue
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
