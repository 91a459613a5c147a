"""What the driver says at the end: one table, the ratios, the doubts, the place.

Written for the back row of a lecture hall: columns line up, and each number of tasks
has its own paragraph, in the order of the article.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..ask.experiment import Experiment
from ..ask.figures import FIGURES
from ..reckon.summary import Summaries, Summary
from ..reckon.theory import over_theory
from ..run.run import Run
from . import sentences
from .extras import EXTRAS
from .names import design_name, tasks
from .numbers import show, show_count
from .questions import Answer, answer_all
from .terminal import aligned

COLUMNS = ("", "wall time [95 %]", "theory", "ok", "not ok", "peak memory", "threads")


def report_lines(
    experiment: Experiment,
    runs: Sequence[Run],
    summaries: Summaries,
    failed: Sequence[str],
) -> list[str]:
    """The end of a run, as lines. failed: charts, each with the reason."""
    lines = ["", experiment.question, ""]
    lines += table_lines(summaries, experiment.figure)
    lines += ratio_lines(experiment, summaries)
    if not summaries.complete:
        lines += ["This run is incomplete.", ""]
    if left_out := sentences.left_out_sentence(summaries):
        lines += [left_out, ""]
    lines += _section("Not compared", sentences.refusals(summaries))
    lines += _section("Controls", sentences.noise_sentences(summaries.noise))
    for name in experiment.sections:
        lines += [*EXTRAS[name](runs, summaries.machine), ""]
    answers = answer_all(experiment, runs, summaries)
    lines += _section("Six questions", [_answer_line(answer) for answer in answers])
    return lines + _section("Charts that failed", failed)


def _answer_line(answer: Answer) -> str:
    mark = {True: "✓", False: "✗", None: "?"}[answer.fine]
    return f"{mark} {answer.question:<20} {answer.text}"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    lines = list(lines)
    return [title, *(f"  {line}" for line in lines), ""] if lines else []


def table_lines(summaries: Summaries, figure: str) -> list[str]:
    """One row a cell, grouped by tasks; the compared figure, if it is another."""
    more = () if figure == "wall_s" else (figure,)
    titles = [name.removesuffix("_s").replace("_", " ") for name in more]
    rows: list[Sequence[str]] = [(*COLUMNS, *titles, "n")]
    by_tasks: dict[int, list[Summary]] = {}
    for summary in summaries:
        by_tasks.setdefault(summary.cell.tasks, []).append(summary)
    for count, group in sorted(by_tasks.items()):
        rows.append((tasks(count),))
        rows += [_row(summary, more) for summary in group]
    return aligned(rows) + [""]


def _row(summary: Summary, more: Sequence[str]) -> Sequence[str]:
    # The tasks are above; the design and what else was varied is here.
    label = "  " + design_name(summary.cell)
    if summary.n == 0:
        told = "failed" if summary.problems else "not run"
        return (label, told, *["–"] * (5 + len(more)), "0")
    ok = summary.outcomes["ok"]
    return (
        label,
        sentences.interval_text(summary.figures["wall_s"], "s"),
        _over_theory(summary),
        show_count(round(ok.median)),
        ", ".join(sentences.losses(summary, ranges=False)) or "–",
        _median(summary, "rss_bytes"),
        _median(summary, "threads"),
        *(_median(summary, name) for name in more),
        str(summary.n) + ("!" if summary.problems else ""),
    )


def _over_theory(summary: Summary) -> str:
    """ "+1.2 %": how far the program's own wall time is from what it should be."""
    over = over_theory(summary)
    if over is None:
        return "–"
    return f"{100 * (over - 1):+.1f} %" if over < 2 else f"× {over:.1f}"


def _median(summary: Summary, name: str) -> str:
    figure = summary.figures.get(name)
    return "–" if figure is None else show(FIGURES[name].unit, figure.median)


def ratio_lines(experiment: Experiment, summaries: Summaries) -> list[str]:
    """For each number of tasks, what the ratios bear and what became of the tasks."""
    lines = []
    unit = FIGURES[experiment.figure].unit
    compared = summaries.compared()
    for count in sorted({ratio.cell.tasks for ratio in compared}):
        lines.append(f"At {tasks(count)}")
        ratios = [r for r in compared if r.cell.tasks == count]
        lines += [f"  {sentences.whole_sentence(r, summaries, unit)}" for r in ratios]
        cells = dict.fromkeys(
            c.name for ratio in ratios for c in (ratio.baseline, ratio.cell)
        )
        told = (sentences.success_sentence(summaries.of(name)) for name in cells)
        lines += [f"  {sentence}" for sentence in told if sentence]
        lines.append("")
    return lines


def short_lines(summaries: Summaries) -> list[str]:
    """The medians so far, one line for each number of tasks."""
    lines = []
    for count in sorted({summary.cell.tasks for summary in summaries}):
        group = [s for s in summaries if s.cell.tasks == count and s.n]
        told = [
            f"{design_name(s.cell)} {show('s', s.figures['wall_s'].median)}"
            for s in group
        ]
        if told:
            lines.append(f"{show_count(count):>9} tasks: " + " · ".join(told))
    return lines
