"""What the driver says at the end: the answer as the charts' titles have it, one table,
the ratios, the doubts, the place.

Written for the back row of a lecture hall: columns line up, and each number of tasks
has its own paragraph, in the order of the article.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..ask.cell import Cell, clock_of
from ..ask.experiment import Experiment
from ..ask.figures import FIGURES
from ..reckon.summary import Summaries, Summary
from ..reckon.theory import over_theory
from ..run.run import Run
from . import sentences
from .extras import EXTRAS
from .names import design_name, listed, sentence, tasks, varied, without
from .numbers import show, show_count, show_signed
from .questions import Answer, answer_all
from .terminal import fitted, wrapped

COLUMNS = ("theory", "ok", "not ok", "peak memory", "threads")
TIMES = {"wall_s": "wall time [95 %]", "inner_wall_s": "wall time, own clock [95 %]"}
Group = tuple[str, list[tuple[Summary, Sequence[str]]]]
# What is left out first where there is no room.
WIDE = 100  # columns of a sentence that is no terminal's to wrap
SPARE = ("n", "threads", "theory", "peak memory", "not ok", "calls")


def report_lines(
    experiment: Experiment,
    runs: Sequence[Run],
    summaries: Summaries,
    failed: Sequence[str],
    width: int | None = None,
    titles: Sequence[str] = (),
) -> list[str]:
    """The end of a run, as lines. failed: charts, each with the reason; titles: of the
    others that were asked for."""
    lines = ["", *_section(experiment.question, titles, width)]
    lines += [] if titles else [experiment.question, ""]
    lines += table_lines(summaries, width)
    for heading, told in ratio_paragraphs(summaries):
        lines += _section(heading, told, width)
    if not summaries.complete:
        lines += ["This run is incomplete.", ""]
    if left_out := sentences.left_out_sentence(summaries):
        lines += [*wrapped(left_out, width or WIDE), ""]
    lines += _section("Not compared", sentences.refusals(summaries), width)
    lines += control_lines(summaries, width)
    for name in experiment.sections:
        lines += [*EXTRAS[name](summaries, runs), ""]
    answers = answer_all(runs, summaries)
    told = [_answer_line(answer) for answer in answers]
    lines += _section("Six questions", told, width)
    return lines + _section("Charts that failed", failed, width)


def control_lines(summaries: Summaries, width: int | None = None) -> list[str]:
    return _section("Controls", sentences.control_sentences(summaries), width)


def _answer_line(answer: Answer) -> str:
    mark = {True: "✓", False: "✗", None: "?"}[answer.fine]
    return f"{mark} {answer.question:<20} {answer.text}"


def _section(title: str, told: Iterable[str], width: int | None) -> list[str]:
    lines = [part for line in told for part in wrapped(line, width or WIDE, "  ")]
    return [title, *lines, ""] if lines else []


def table_lines(summaries: Summaries, width: int | None = None) -> list[str]:
    """One row a cell, grouped by tasks; the compared figure, if it is another."""
    heads, groups = cell_table(summaries)
    rows: list[Sequence[str]] = [heads]
    for heading, of_group in groups:
        rows.append((heading,))
        rows += [("  " + row[0], *row[1:]) for _, row in of_group]
    lines, gone = fitted(rows, width, SPARE)
    if gone:
        lines.append(f"  (no room for {listed(gone)}: summary.csv has all)")
    for head, note in (("theory", sentences.theory_note(summaries)),
                       ("peak memory", sentences.memory_note(summaries))):  # fmt: skip
        if note and head not in gone:
            lines += wrapped(note, width or WIDE, "  ")
    return [*lines, ""]


def cell_table(summaries: Summaries) -> tuple[Sequence[str], list[Group]]:
    """The heads, and by tasks: a heading, and each cell with its row."""
    clock = _clock(summaries)
    more = [] if summaries.figure == clock else [summaries.figure]
    if any(
        s.figures["retries"].maximum > 0 for s in summaries if "retries" in s.figures
    ):
        more.append("calls")
    by_tasks: dict[int, list[tuple[Summary, Sequence[str]]]] = {}
    for summary in summaries:
        row = _row(summary, clock, more, [s.cell for s in summaries])
        by_tasks.setdefault(summary.cell.tasks, []).append((summary, row))
    heads = ("", TIMES[clock], *COLUMNS, *(FIGURES[name].label for name in more), "n")
    return heads, [(tasks(count), rows) for count, rows in sorted(by_tasks.items())]


def _row(
    summary: Summary, clock: str, more: Sequence[str], among: Sequence[Cell]
) -> Sequence[str]:
    # The tasks are above; the design and what else was varied is here.
    label = design_name(summary.cell, among)
    if summary.n == 0:
        told = "failed" if summary.problems else "not run"
        return (label, told, *["–"] * (5 + len(more)), "0")
    ok = summary.outcomes["ok"]
    return (
        label,
        sentences.interval_text(summary.figures[clock], "s"),
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
    return show_signed(over - 1) if over < 2 else f"× {over:.1f}"


def _median(summary: Summary, name: str) -> str:
    figure = summary.figures.get(name)
    return "–" if figure is None else show(FIGURES[name].unit, figure.median)


def ratio_paragraphs(summaries: Summaries) -> list[tuple[str, list[str]]]:
    """For each number of tasks what the ratios bear, and what became of the tasks.

    What both cells of a pair have in common is said once, in the heading.
    """
    found: dict[tuple[int, str], tuple[dict[str, None], dict[str, None]]] = {}
    every = [summary.cell for summary in summaries]
    for ratio in sorted(summaries.compared(), key=lambda ratio: ratio.cell.tasks):
        shared = {
            key: value
            for key, value in ratio.cell.varied.items()
            if ratio.baseline.varied.get(key) == value
        }
        of_pair = [without(cell, shared) for cell in (ratio.cell, ratio.baseline)]
        place = ratio.cell.tasks, varied(replace(ratio.cell, varied=shared))
        told, ends = found.setdefault(place, ({}, {}))
        plain = replace(ratio, cell=of_pair[0], baseline=of_pair[1])
        told[sentences.whole_sentence(plain, summaries)] = None
        for cell in of_pair[::-1]:
            summary = replace(summaries.of(cell.name), cell=cell)
            if line := sentences.success_sentence(summary, every):
                ends[line] = None
    return [
        (f"At {', '.join(filter(None, [tasks(count), shared]))}",
         [sentence(line) for line in (*told, *ends)])
        for (count, shared), (told, ends) in found.items()
    ]  # fmt: skip


def _clock(summaries: Summaries) -> str:
    return clock_of((summary.cell for summary in summaries), summaries.figure)


def short_lines(summaries: Summaries) -> list[str]:
    """The median times so far, by one clock: one line for each number of tasks."""
    lines, every = [], [summary.cell for summary in summaries]
    clock = _clock(summaries)
    for count in sorted({summary.cell.tasks for summary in summaries}):
        told = [
            f"{design_name(s.cell, every)} {show('s', s.figures[clock].median)}"
            for s in summaries
            if s.cell.tasks == count and s.n
        ]
        if told:
            lines.append(f"{tasks(count):>12}: " + " · ".join(told))
    return lines


def closing_lines(place: str, report: bool, late: Sequence[str] = ()) -> list[str]:
    """Where the results are, and what to open; late: what the system then refused."""
    open_it = [f"Open {place}/report.html"] if report else []
    return [*late, f"Results: {place}", *open_it]
