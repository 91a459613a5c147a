"""What the page shows, as plain values: the template puts them in their places."""

import base64
import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from markupsafe import Markup

from .. import REPOSITORY
from ..ask.cell import Cell
from ..ask.figures import FIGURES
from ..ask.quantities import plain_number
from ..draw import svg
from ..draw.chart import Chart
from ..draw.gnuplot import command_line
from ..draw.look import palette
from ..reckon.summary import Summaries
from ..run import kept
from ..run.folder import UNFINISHED, shown
from ..measure.plan import protocol_of
from ..run.run import Role, Run
from ..say import ending, names, sentences
from ..say.numbers import show

ELSEWHERE = "DIR"  # outside the repository: a path there may tell of its user
RAW = ("runs.ndjson", "summary.csv", "environment.json")
PLAIN = {"True": "yes", "False": "no", "None": "unknown"}
# In tables and sections of their own; or of no use to people.
TOLD_ELSEWHERE = {"cells", "samples", "plan", "sections", "schema_version"}
TOLD_IF_ANY = {"no_constants"}  # why there are none
FIRST = ("cpu", "memory_bytes", "system", "tools", "commit", "protocol", "command")


def doubts(summaries: Summaries) -> list[str]:
    """What the controls say, what was left out, what was refused."""
    name, lines = summaries.machine.get("protocol"), []
    if name is not None and (told := protocol_of(summaries.machine).cannot_say):
        lines.append(f"A {name} run cannot say {told}.")
    return [
        *sentences.control_sentences(summaries), *lines,
        *(f"Left out: {cell}" for cell in summaries.left_out),
        *(f"Not compared: {refusal}" for refusal in sentences.refusals(summaries)),
    ] or ["No control was run."]  # fmt: skip


def told(lines: Sequence[str]) -> tuple[Sequence[str], str]:
    """The sentences before an empty line, if there is one, and the table."""
    end = lines.index("") if "" in lines else 0
    return lines[:end], "\n".join(lines[end:]).strip("\n")


def cells(summaries: Summaries) -> tuple[Sequence[str], list[Any]]:
    """The terminal's table, with each ratio beside it."""
    heads, groups = ending.cell_table(summaries)
    beside = [summary.cell.design for summary in summaries]
    compared = [ratio for ratio in summaries.compared() if ratio.interval]

    def by(base: Callable[[Cell], str]) -> dict[tuple[str, str], str]:
        return {(r.cell.name, base(r.baseline)): sentences.ratio_text(r.interval)
                for r in compared}  # fmt: skip

    ratios = by(lambda baseline: names.short(baseline.design, beside))
    if len(ratios) < len(compared):  # a cell has two that are told apart by more
        ratios = by(names.design_name)
    bases = dict.fromkeys(base for _, base in ratios)
    over = f"{FIGURES[summaries.figure].label} over"
    return ("design", *heads[1:], *(f"{over} {base}" for base in bases)), [
        (heading, [(*row, *(ratios.get((s.cell.name, b), "–") for b in bases))
                   for s, row in group])
        for heading, group in groups
    ]  # fmt: skip


def figure(folder: Path, chart: Chart) -> dict[str, Any]:
    """One chart: its picture, its words, and the command that draws it."""
    if chart.problem:
        return vars(chart)
    picture = (folder / chart.files["svg"]).read_text(encoding="utf-8")
    named = {colour: name for name, colour in reversed(palette("light").items())}
    where = place(folder)
    return {
        **vars(chart), "picture": Markup(svg.for_page(picture, named)),
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


# ---- the machine, the commands, the data ----


def flat(facts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Everything known of the machine and the tools, what people ask for first."""
    for key in dict.fromkeys(key for key in (*FIRST, *facts) if key in facts):
        value = facts[key]
        if key in TOLD_ELSEWHERE or (value is None and key in TOLD_IF_ANY):
            continue
        # The system's own names stay as one types them: kernel.pid_max.
        plain = key.replace("_", " ").replace(" asked", " asked for")
        name = prefix + (key if "." in key else plain)
        if isinstance(value, Mapping):
            yield from flat(value, f"{name}: ")
        elif isinstance(value, (list, tuple)):
            yield name, ", ".join(map(str, value)) or "none"
        elif key.endswith("_bytes") and isinstance(value, int):
            yield name.removesuffix(" bytes"), show("bytes", value)
        elif isinstance(value, float):
            yield name, plain_number(round(value, 2) if abs(value) >= 0.1 else value)
        else:
            nothing = "not set" if key.endswith("_asked") else PLAIN["None"]
            yield name, nothing if value is None else PLAIN.get(str(value), str(value))


def commands(runs: Sequence[Run]) -> list[tuple[str, str]]:
    """Of each cell as it was measured; as a sample where it was nothing else."""
    measured = [run for run in runs if run.role is Role.MEASURE]
    found = {run.cell.name: " ".join(run.command) for run in (*runs, *measured)}
    return list(found.items())


def again(facts: Mapping[str, Any]) -> str:
    """The command, with the seed: so the blocks come in the same order."""
    command, seed = str(facts.get("command", "bench/run")), facts.get("seed")
    of_lesson = command.split()[1:2] == ["lesson"]
    told = seed is None or "--seed" in command or of_lesson
    return command if told else f"{command} --seed {seed}"


def raw(folder: Path) -> list[dict[str, str]]:
    """The raw data: beside the page, and inside it for one that was mailed alone."""
    found = []
    for name in RAW:
        with suppress(OSError):
            # mtime 0: the same data make the same page.
            packed = gzip.compress(kept.read_bytes(folder / name), mtime=0)
            found.append({"name": name, "packed": base64.b64encode(packed).decode()})
    return found
