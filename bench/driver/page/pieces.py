"""What the page shows, as plain values: the template puts them in their places."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from .. import REPOSITORY
from ..ask.experiment import Experiment
from ..ask.figures import FIGURES
from ..draw import svg, words
from ..draw.chart import Chart
from ..draw.gnuplot import command_line
from ..draw.look import palette
from ..draw.view import grouped
from ..reckon import answer
from ..reckon.answer import Result
from ..reckon.stats import median_interval
from ..reckon.summary import Summaries, Summary
from ..reckon.theory import over_theory
from ..run.folder import UNFINISHED, shown
from ..run.plan import protocol_of
from ..run.run import Role, Run
from ..say import answers as lesson_words
from ..say import names, sentences
from ..say.numbers import show, show_answer, show_count, show_duration

ELSEWHERE = "DIR"  # outside the repository: a path there may tell of its user
RAW = ("runs.ndjson", "summary.csv", "environment.json")
TOLD_ELSEWHERE = {"cells", "samples", "plan"}  # in tables of their own


def facts(summaries: Summaries) -> str:
    """When, by which protocol, how often."""
    known, counts = summaries.machine, sorted({s.n for s in summaries if s.n}) or [0]
    when = str(known.get("started_utc") or known.get("finished_utc") or "")
    often = " to ".join(map(str, dict.fromkeys([counts[0], counts[-1]])))
    return words.joined(
        when[:16].replace("T", " ") + " UTC" if when else "",
        f"{known['protocol']} protocol" if known.get("protocol") else "",
        f"{often} counted runs of each cell",
        f"commit {known['commit']}" if known.get("commit") else "",
        f"seed {known['seed']}" if "seed" in known else "",
    )


# ---- doubts ----


def noisy(summaries: Summaries) -> str:
    """One word on the machine, for the front page; "" where nothing was looked at."""
    found = summaries.noise
    if not found.canary_spread:
        return ""
    if not found.noisy_blocks:
        return "Quiet machine: an identical test job took the same time in every block."
    blocks = sentences.blocks_words(found.noisy_blocks)
    return f"Noisy machine: an identical test job was over 5 % off in {blocks}."


def doubts(summaries: Summaries) -> list[str]:
    """What the controls say, what was left out, what was refused."""
    name, lines = summaries.machine.get("protocol"), []
    if name is not None and (told := protocol_of(summaries.machine).cannot_say):
        lines.append(f"A {name} run cannot say {told}.")
    return [
        *sentences.noise_sentences(summaries.noise), *lines,
        *(f"Left out: {cell}" for cell in summaries.left_out),
        *(f"Not compared: {refusal}" for refusal in sentences.refusals(summaries)),
    ] or ["No control was run."]  # fmt: skip


# ---- the table of cells ----

Column = Callable[[Summary], str]


def cells(
    experiment: Experiment, summaries: Summaries, runs: Sequence[Run]
) -> dict[str, Any]:
    """Every cell, by tasks; a column of which no cell has anything is left out."""
    rows = list(summaries)
    columns = {
        name: column
        for name, column in _columns(experiment, summaries, runs).items()
        if any(column(s) not in ("–", "0") for s in rows)
    }
    groups = sorted(grouped(rows, lambda s: s.cell.tasks).items())
    return {
        "header": ("design", *columns),
        "groups": [
            (
                names.tasks(tasks),
                [
                    (names.design_name(s.cell), *(each(s) for each in columns.values()))
                    for s in group
                ],
            )
            for tasks, group in groups
        ],
    }


def _columns(
    experiment: Experiment, summaries: Summaries, runs: Sequence[Run]
) -> dict[str, Column]:
    """By their headings; each ratio stands right of the figure that it is of."""
    figure, of_cell = experiment.figure, grouped(runs, lambda run: run.cell.name)
    found: dict[str, Column] = {"runs": _runs}
    for name in dict.fromkeys([figure, "wall_s"]):
        heading = words.sentence(words.figure_words(name))
        found[heading] = lambda s, name=name: _figure(s, name)
        if name == figure:
            for base in dict.fromkeys(r.baseline.design for r in summaries.compared()):
                found[f"over {names.short(base)}"] = lambda s, base=base: next(
                    (
                        sentences.ratio_text(r.interval)
                        for r in summaries.compared()
                        if r.interval
                        and (r.cell.name, r.baseline.design) == (s.cell.name, base)
                    ),
                    "–",
                )
    return found | {
        "theory": lambda s: show_duration(s.theory_wall_s) if s.theory_wall_s else "–",
        "own clock off theory": _off_theory,
        "peak memory": lambda s: _figure(s, "rss_bytes"),
        "kernel's own": lambda s: _kernel_memory(of_cell.get(s.cell.name, [])),
        "threads alive": lambda s: _figure(s, "threads", True),
        "ok": lambda s: show_count(round(s.outcomes["ok"].median)) if s.n else "–",
        "not ok": lambda s: ", ".join(sentences.losses(s, ranges=False)) or "–",
        "exit status": lambda s: _exit_codes(of_cell.get(s.cell.name, [])),
    }


def _runs(summary: Summary) -> str:
    void = len(summary.problems)
    if not summary.n:
        return "every run failed" if void else "not run"
    return f"{summary.n}, {void} void" if void else str(summary.n)


def _off_theory(summary: Summary) -> str:
    off = over_theory(summary)
    return f"{100 * (off - 1):+.1f}\u00a0%" if off else "–"


def _figure(summary: Summary, name: str, short: bool = False) -> str:
    found, unit = summary.figures.get(name), FIGURES[name].unit
    if found is None:
        return "–"
    return show(unit, found.median) if short else sentences.interval_text(found, unit)


def _kernel_memory(runs: Sequence[Run]) -> str:
    """Stacks, tables and slab, where a run was long enough for somebody to look."""
    grown = [sum(run.kernel.values()) for run in runs if run.counts and run.kernel]
    return sentences.interval_text(median_interval(grown), "bytes") if grown else "–"


def _exit_codes(runs: Sequence[Run]) -> str:
    """ "0", or "0, 139": each that a measured run ended with; 128 + n is signal n."""
    measured = [run for run in runs if run.role is Role.MEASURE and run.hyperfine]
    codes = {run.hyperfine.exit_code for run in measured}
    return ", ".join(sorted("?" if c is None else str(c) for c in codes)) or "–"


# ---- figures ----


def figure(folder: Path, chart: Chart) -> dict[str, Any]:
    """One chart: its picture, its words, and the command that draws it."""
    told = {key: getattr(chart, key) for key in (
        "name", "title", "caption", "header", "rows", "problem", "question", "means",
        "refuted",
    )}  # fmt: skip
    if chart.problem:
        return told
    picture = (folder / chart.files["svg"]).read_text(encoding="utf-8")
    named = {colour: name for name, colour in reversed(palette("light").items())}
    where = place(folder)
    return {
        **told, "picture": Markup(svg.for_page(picture, named)),
        "files": {k: p for k, p in chart.files.items() if k != "settings"},
        "command": command_line(chart.name, chart.script, where),
        "elsewhere": where == ELSEWHERE,
    }  # fmt: skip


def place(folder: Path) -> str:
    """The folder, by its final name, as one types it in the repository."""
    parts = (part.removeprefix(UNFINISHED) for part in folder.resolve().parts)
    try:
        return shown(Path(*parts).relative_to(REPOSITORY))
    except ValueError:
        return ELSEWHERE


# ---- lessons ----


def lesson(found: Result | None) -> dict[str, Any] | None:
    """What a lesson's own page begins with."""
    if found is None:
        return None
    return {"result": found, "measured": measured(found)}


def of_the_day(folder: Path) -> list[tuple[str, ...]]:
    """Those run on the same day, for the page of another run."""
    return list(map(_lesson_row, answer.of_the_day(folder)))


def _lesson_row(found: Result) -> tuple[str, ...]:
    return (
        f"{found.number}. {found.question}",
        lesson_words.guessed_text(found),
        show_answer(found.unit, found.theory["value"]) if found.theory else "–",
        measured(found),
        lesson_words.class_text(found) or "–",
        f"{lesson_words.claim_text(found)}: {found.verdict}",
    )


def measured(found: Result) -> str:
    """What came out, and what each of the answers to choose from is, or came to."""
    told = lesson_words.measured_text(found)
    if not found.offered or not found.measured:
        return told
    if found.unit == "choice":
        letter = found.measured["value"]
        return f"{letter}: {found.offered[letter]} ({told})"
    each = "; ".join(f"{name}: {came}" for name, came in found.offered.items())
    return f"{told} ({each})"


# ---- the machine, the commands, the data ----


def flat(facts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Everything known of the machine and the tools."""
    for key, value in facts.items():
        name = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            yield from flat(value, f"{name}: ")
        elif isinstance(value, (list, tuple)) and key not in TOLD_ELSEWHERE:
            yield name, ", ".join(map(str, value)) or "none"
        elif key not in TOLD_ELSEWHERE:
            yield name, _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)


def commands(runs: Sequence[Run]) -> list[tuple[str, str]]:
    """Of each cell as it was measured; as a sample where it was nothing else."""
    measured_ = [run for run in runs if run.role is Role.MEASURE]
    found = {run.cell.name: " ".join(run.command) for run in (*runs, *measured_)}
    return list(found.items())


def again(facts: Mapping[str, Any]) -> str:
    """The command, with the seed: so the blocks come in the same order."""
    command, seed = str(facts.get("command", "bench/run")), facts.get("seed")
    told = seed is None or "--seed" in command or "lesson" in command
    return command if told else f"{command} --seed {seed}"


def raw(folder: Path) -> list[dict[str, str]]:
    """The raw data: beside the page, and inside it for one that was mailed alone."""
    # mtime 0: the same data make the same page.
    return [
        {"name": name, "packed": base64.b64encode(gzip.compress(
            (folder / name).read_bytes(), mtime=0)).decode()}
        for name in RAW if (folder / name).is_file()
    ]  # fmt: skip
