"""The chart of many machines: how each one answers, beside the others.

It reads class.csv of a folder that reckon/collect.py made, and stands alone: no
material of one experiment behind it.
"""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from io import StringIO
from math import inf
from pathlib import Path
from typing import Any

from ..ask import declaration
from ..ask.cell import Design
from ..ask.quantities import parse_count
from ..ask.typed import NotText
from ..reckon.collect import CLASS, MACHINE, VARIED
from ..reckon.stats import Verdict, verdict_within
from ..reckon.tables import SUMMARY_HEADER
from ..run import kept
from ..say import names
from ..say.numbers import show_ratio
from . import gnuplot, ratios, words
from .axes import Scale
from .chart import Chart, ChartError
from .look import OF_POOL
from .view import grouped

MOST_PANELS, MOST_NAMED, MOST = 4, 40, 10**9
RATIO = "ratio_"
COUNTS, ENDS = ("machine", "workers", "bound", "tasks"), ("median", "low", "high")
ALWAYS = Verdict.MORE, Verdict.LESS  # told in the title even if it is on no machine
Row = Mapping[str, Any]


def draw(folder: Path, kinds: Sequence[str] = gnuplot.ALWAYS) -> Chart:
    """Draws the chart of folder/class.csv; a problem comes back as one."""
    try:
        lines = _read(folder / CLASS)
        sheet = build(_cells(lines), sorted({line["machine"] for line in lines}))
        gnuplot.write_data({}, folder / "charts")
        return gnuplot.draw(sheet, folder, kinds)
    except ChartError as error:
        return Chart.failed("class", error)


def _read(path: Path) -> list[Row]:
    """The lines of the table, with numbers as numbers, and None where there is none."""
    try:
        lines = csv.DictReader(StringIO(kept.read_text(path), newline=""))
        return list(map(_numbered, lines))
    except NotText as error:
        raise ChartError(str(error)) from None
    except (OSError, csv.Error, ValueError) as error:
        raise ChartError(f"{path.name}: {error}") from None


def _numbered(line: dict[str, str]) -> Row:
    named = *MACHINE, *SUMMARY_HEADER
    if lacking := [name for name in named if line.get(name) is None]:
        raise ValueError(f"a line lacks {lacking[0]}")
    found = {key: parse_count(line[key] or "0", 0, MOST) for key in COUNTS}
    if not line["figure"].startswith(RATIO):
        return {**line, **found}
    ends = {key: _ratio(line[key]) if line[key] else None for key in ENDS}
    return {**line, **found, **ends, "median": _ratio(line["median"])}


def _ratio(text: str) -> float:
    if not 0 < (value := float(text)) < inf:
        raise ValueError(f"'{text}' is no ratio")
    return value


def _cells(lines: Sequence[Row]) -> list[list[Row]]:
    """The cells with the most tasks, of those the largest pools: a panel each. Of each
    machine and cell one ratio counts: over the first baseline that it names."""
    spoken = {line["cell"]: names.spoken(_design(line)) for line in lines}
    found: dict[tuple[str, str], Row] = {}
    for line in lines:
        if line["figure"].startswith(RATIO):
            base = spoken.get(line["baseline"], "its baseline")
            found.setdefault((line["cell"], line["machine"]), {**line, "base": base})
    groups = list(grouped(found.values(), lambda line: line["cell"]).values())
    if not groups:
        raise ChartError(f"class: {CLASS} has no ratio of one design over another")
    largest = max(group[0]["workers"] for group in groups)
    pools = [g for g in groups if g[0]["workers"] == largest]
    return sorted(pools, key=lambda g: g[0]["tasks"])[-MOST_PANELS:]


def _known(line: Row) -> bool:
    return bool(line["low"] and line["high"])


def _name(line: Row) -> str:
    cpu = re.sub(r"\((?:R|TM)\)| CPU| with .*", "", line["cpu"] or "unknown CPU")
    short = cpu if len(cpu) <= 26 else cpu[:25] + "…"
    return f"{line['machine']}: {line['cpus']} × {short}"


def _design(line: Row) -> Design:
    return Design(line["design"], line["workers"] or None, line["bound"] or None)


def _who(line: Row) -> str:
    return f"{names.spoken(_design(line))} with {names.tasks(line['tasks'])}"


def _panel_names(cells: Sequence[Sequence[Row]]) -> list[str]:
    """Who each panel is of; where two are of one, what was set in each."""
    plain = [_who(group[0]) for group in cells]
    if len(set(plain)) == len(plain):
        return plain
    return [", ".join(filter(None, (names.tasks(line["tasks"]), _setting(line))))
            for line, *_ in cells]  # fmt: skip


def _figure(line: Row) -> str:
    return words.figure_words(line["figure"].removeprefix(RATIO))


def _setting(line: Row) -> str:
    """ "API of 50"."""
    told = filter(None, (line.get(VARIED) or "").split(";"))
    parts = (each.partition("=") for each in told)
    return ", ".join(names.setting(key, value or True) for key, _, value in parts)


def _heads(
    cells: Sequence[Sequence[Row]], panels: Sequence[str]
) -> tuple[list[str], str]:
    """The panels, those of another figure than the title's with a star, as where the
    designs did not do the same work; and the figures."""
    figures = [_figure(line) for line, *_ in cells]
    heads = [p if f == figures[-1] else f"{p} *" for p, f in zip(panels, figures)]
    others = sorted({*figures} - {figures[-1]})
    return heads, f"{figures[-1]}{''.join(f' (*: {other})' for other in others)}"


def _title(last: Sequence[Row], panel: str, machines: int) -> str:
    """How many machines bear out which answer, by their own intervals."""
    known = [verdict_within(line["low"], line["high"]) for line in last if _known(line)]
    found = Counter(known)
    counts = {
        **{verdict.value: found[verdict] for verdict in (*ALWAYS, *Verdict)},
        "too few runs": len(last) - len(known), "not compared": machines - len(last),
    }  # fmt: skip
    told = [f"{what} on {n}" for what, n in counts.items() if n or what in ALWAYS]
    who, told_of = _who(last[0]), names.tasks(last[0]["tasks"])
    more = f" ({panel.removeprefix(told_of + ', ')})" if ", " in panel else ""
    return (f"{words.sentence(_figure(last[0]))} of {who}{more} over {last[0]['base']} "
            f"on {names.counted(machines, 'machine')}: {', '.join(told)}")  # fmt: skip


def build(cells: Sequence[Sequence[Row]], machines: Sequence[int]) -> Chart:
    shown = [line for group in cells for line in group]
    panels, chart = _panel_names(cells), declaration.load("class")
    told = _title(cells[-1], panels[-1], len(machines))
    heads, figures = _heads(cells, panels)
    bases = words.commonly(line["base"] for line in shown)
    ends = [line[k] for line in shown for k in ENDS if line[k]]
    scale = Scale(min([*ends, 0.9]) * 0.8, max([*ends, 1.1]) * 1.25, True)
    named = {line["machine"]: _name(line) for line in shown}
    look, few = OF_POOL.get(cells[-1][0]["workers"], 5), len(machines) <= MOST_NAMED
    marks = [
        ratios.mark(panel, 1 + machines.index(line["machine"]), look, scale,
                    *(line[k] for k in ENDS), hollow=not _known(line))
        for panel, group in enumerate(cells, start=1) for line in group
    ]  # fmt: skip
    lines = [
        {"y": y, "name": named.get(m, f"{m}: not compared"), "more": ""}
        for y, m in enumerate(machines, start=1) if few
    ]  # fmt: skip
    rows = [
        (_name(line), f"{who}, {_figure(line)}", line["n"], show_ratio(line["median"]),
         f"[{show_ratio(line['low'])}, {show_ratio(line['high'])}]"
         if _known(line) else "–")
        for who, group in zip(panels, cells) for line in group
    ]  # fmt: skip
    return Chart(
        "class", told,
        "each mark is a machine's own median ratio · bar: its interval · "
        "hollow: too few runs for one",
        f"{told}. {chart.words['read']} {chart.words['means']}",
        f"Ratios by machine. {'; '.join(f'{r[0]}, {r[1]}: {r[3]}' for r in rows)}.",
        ("machine", "cell", "runs", "ratio", "interval"), tuple(rows),
        ratios.settings(
            f"ratio of {figures}: right of 1 it takes more than "
            f"{bases or 'its baseline'}", scale,
            (0.25 if few else 0.06, 0.975), heads, lines,
            marks, near=0, row_px=max(11, min(20, 440 / len(machines))),
        ),
        script=ratios.SCRIPT, question=chart.question,
    )  # fmt: skip
