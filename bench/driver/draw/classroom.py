"""How do the machines of a class compare? A row each, a panel for each number of tasks.

    python3 -m driver.charts.classroom FOLDER     draws FOLDER/charts/class.* of class.csv
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..reckon.stats import NEGLIGIBLE_ABOVE, NEGLIGIBLE_BELOW
from ..say.numbers import show_count, show_ratio
from . import gnuplot
from .chart import Chart
from .look import FIXED, OTHERS
from .sheet import ChartError, Sheet, Value
from .words import sentence

FILE = "class.csv"
FIGURE = "ratio_wall_s"
COLUMNS = ("panel", "machine", "ratio", "bar_low", "bar_high")
MOST_PANELS, MOST_MACHINES = 4, 60
HOW_TO_READ = (
    "Each mark is one machine's median of its own per-block ratios; right of 1 the pool"
    " takes longer. Machines differ in how fast they create threads, so the ratios"
    " differ; a machine on the other side of 1 from all others would be worth a look."
)
Row = Mapping[str, str]


def draw(folder: Path) -> Chart:
    """Draws the chart of folder/class.csv; a problem comes back as one."""
    try:
        sheet = build(_read(folder / FILE))
        files = gnuplot.draw(sheet, folder)
    except ChartError as error:
        return Chart(name="class", title="", caption="", alt="", problem=str(error))
    return Chart("class", sheet.title, sheet.caption, sheet.alt, files,
                 sheet.header, sheet.rows)  # fmt: skip


def _read(path: Path) -> list[Row]:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ChartError(f"{path.name}: {error}") from None


def build(lines: Sequence[Row]) -> Sheet:
    ratios = [line for line in lines if line.get("figure") == FIGURE]
    workers = max((int(line["workers"] or 0) for line in ratios), default=0)
    ours = [line for line in ratios if int(line["workers"] or 0) == workers]
    if not workers or not ours:
        raise ChartError(f"class: {FILE} has no ratio of a pool over its baseline")
    panels = sorted({int(line["tasks"]) for line in ours})[-MOST_PANELS:]
    machines = sorted({int(line["machine"]) for line in ours})[:MOST_MACHINES]
    shown = [
        line for line in ours
        if int(line["tasks"]) in panels and int(line["machine"]) in machines
    ]  # fmt: skip
    names = {int(line["machine"]): _machine(line) for line in shown}
    title = _title(shown, panels[-1], workers, len(machines))
    return Sheet(
        name="class",
        title=title,
        subtitle=sentence(
            f"{len(machines)} machines",
            f"worker-pool of {workers} over thread-per-task",
            "bars: interval of the ratio, where there are runs enough",
        ),
        caption=f"{title}. {HOW_TO_READ}",
        alt="Ratios by machine. " + " ".join(_told(x, names) for x in shown),
        header=("machine", "tasks", "runs", "ratio", "interval"),
        rows=tuple(_row(line, names) for line in shown),
        columns=COLUMNS,
        marks=tuple(_mark(line, panels, machines) for line in shown),
        settings={
            **_axis(shown),
            "look": FIXED.get(workers, OTHERS[0]),
            "rows": len(machines),
            "row_words": [names[m] for m in machines],
            "row_px": max(11, min(20, 640 / len(machines) * 0.7)),
            "panels": len(panels),
            "panel_words": [f"{show_count(n)} tasks" for n in panels],
        },
        log=("ratio", "bar_low", "bar_high"),
    )


def _machine(line: Row) -> str:
    cpu = re.sub(r"\((?:R|TM)\)| CPU| with .*", "", line["cpu"] or "unknown CPU")
    short = cpu if len(cpu) <= 24 else cpu[:23] + "…"
    return f"{line['machine']}: {line['cpus']} × {short}"


def _mark(
    line: Row, panels: Sequence[int], machines: Sequence[int]
) -> tuple[Value, ...]:
    ratio = float(line["median"])
    low = float(line["low"]) if line["low"] else ratio
    high = float(line["high"]) if line["high"] else ratio
    row = machines.index(int(line["machine"])) + 1
    return (panels.index(int(line["tasks"])) + 1, row, ratio, low, high)


def _row(line: Row, names: Mapping[int, str]) -> tuple[str, ...]:
    known = line["low"] and line["high"]
    return (
        names[int(line["machine"])], show_count(int(line["tasks"])), line["n"],
        show_ratio(float(line["median"])),
        f"[{show_ratio(float(line['low']))}, {show_ratio(float(line['high']))}]"
        if known else "–",
    )  # fmt: skip


def _axis(shown: Sequence[Row]) -> dict[str, object]:
    keys = ("median", "low", "high")
    values = [float(line[key]) for line in shown for key in keys if line[key]]
    low, high = min([*values, 0.9]) * 0.8, max([*values, 1.1]) * 1.25
    return {
        "x_low": low,
        "x_high": high,
        "x_words": "time of the pool over that of a thread per task (log scale)",
        "ratio_tics": _tics(low, high),
    }


def _told(line: Row, names: Mapping[int, str]) -> str:
    tasks, ratio = show_count(int(line["tasks"])), show_ratio(float(line["median"]))
    return f"{names[int(line['machine'])]}, {tasks} tasks: {ratio}."


def _tics(low: float, high: float) -> str:
    steps = [m * 10.0**p for p in range(-3, 4) for m in (1, 2, 5)]
    kept = [s for s in steps if low <= s <= high]
    kept = kept if len(kept) <= 4 else [s for s in kept if f"{s:g}"[0] == "1" or s == 1]
    return "(" + ", ".join(f'"{s:g}" {s!r}' for s in kept) + ")"


def _title(shown: Sequence[Row], tasks: int, workers: int, machines: int) -> str:
    """How many machines bear out which answer, by their own intervals."""
    here = [line for line in shown if int(line["tasks"]) == tasks]
    slower = sum(1 for x in here if x["low"] and float(x["low"]) > NEGLIGIBLE_ABOVE)
    faster = sum(1 for x in here if x["high"] and float(x["high"]) < NEGLIGIBLE_BELOW)
    return (
        f"At {show_count(tasks)} tasks a pool of {show_count(workers)} is slower on "
        f"{slower} of {machines} machines, faster on {faster}"
    )


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python3 -m driver.charts.classroom FOLDER", file=sys.stderr)
        return 2
    chart = draw(Path(arguments[0]))
    if chart.problem:
        print(f"charts.classroom: {chart.problem}", file=sys.stderr)
        return 3
    print(Path(arguments[0]) / chart.files["svg"])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
