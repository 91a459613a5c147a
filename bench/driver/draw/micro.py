"""What does one hand-off cost? Our channels beside the peers', from bench/micro.

    python3 -m driver.charts.micro MICRO.json FOLDER     draws FOLDER/charts/micro.*
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..reckon.stats import Verdict
from ..run.constants import FILE
from ..say.numbers import show_ratio
from . import gnuplot
from .material import Material
from .sheet import ChartError, Sheet, Value
from .words import sentence

OURS = "five-cooks"
PEERS = {"go": "Go channels", "glib": "GLib thread pool", "libuv": "libuv pool",
         "apr": "APR thread pool"}  # fmt: skip
ARTICLE = "hand_off/unbuffered/workers:5"  # the channel that the article has
JOBS = {
    ARTICLE: "hand-off, unbuffered, 5 workers",
    "hand_off/buffered:128/workers:5": "hand-off, buffer of 128, 5 workers",
    "hand_off/unbounded/workers:5": "hand-off, unbounded queue, 5 workers",
    "hand_off/select/workers:5": "select of done and jobs, 5 workers",
}
ROUND_TRIP = "cache_line/round_trip"
COLUMNS = ("ours", "from", "to", "middle", "y", "top", "bottom", "low", "high")
HEADING, BAR, GAP = 0.85, 0.8, 0.25
HOW_TO_READ = (
    "All in one run on one machine, each operation once a block. A pool with an"
    " unbounded queue never makes its sender wait: its figure is the price of less."
    " Bars start at zero. Dashed: a cache line's way there and back, about the least an"
    " unbuffered hand-off between two CPUs can cost; Go stays below it by switching"
    " tasks on one CPU, where nothing has to travel. An unbuffered bar of ours left of"
    " that line would contradict this reading."
)


def has_hand_offs(folder: Path) -> bool:
    """Most runs measure the constants of the theory, and nothing to draw."""
    try:
        return "hand_off/" in (folder / FILE).read_text(errors="replace")
    except OSError:
        return False


def beside(material: Material) -> Sheet:
    """The chart of the figures that lie in the results folder."""
    try:
        return build(json.loads((material.folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise ChartError(f"{FILE} cannot be used: {error!r}") from None


def build(result: Mapping[str, Any]) -> Sheet:
    found = {line["name"]: line for line in result["operations"]}
    jobs = {job: _of(job, found) for job in JOBS}
    jobs = {job: lines for job, lines in jobs.items() if lines}
    if not jobs:
        raise ChartError("micro: no hand-off was measured")
    marks, groups, bars, y = [], [], [], 0.0
    for job, lines in jobs.items():
        groups.append((JOBS[job], y + HEADING / 2))
        y += HEADING
        for line in lines:
            marks.append(_mark(line, y + BAR / 2))
            bars.append(line)
            y += BAR + GAP
    x_high = max(m[8] for m in marks) * 1.12
    return Sheet(
        name="micro",
        title=_title(result),
        subtitle=sentence(
            f"median of {result['blocks']} blocks, each one process in shuffled order",
            "strokes: interval of the median" if bars[0]["low_ns"] else "no interval",
            "stopped early" if not result["complete"] else "",
        ),
        caption=f"{_title(result)}. {HOW_TO_READ}",
        alt="Bars of nanoseconds an operation. " + " ".join(map(_told, bars)),
        header=("operation", "who", "blocks", "median", "interval"),
        rows=tuple(_row(line) for line in bars),
        columns=COLUMNS,
        marks=tuple(marks),
        settings={
            "x_high": x_high,
            "y_low": y,
            **_floor(found),
            "groups": len(groups),
            "group_words": [words for words, _ in groups],
            "group_y": [at for _, at in groups],
            **_bars(bars, marks),
        },
    )


def _floor(found: Mapping[str, Any]) -> dict[str, object]:
    """What two CPUs pay for any question and answer, where it was measured."""
    line = found.get(ROUND_TRIP)
    ns = line["median_ns"] if line else 0.0
    return {
        "floor_ns": ns,
        "floor_words": f"one cache line there and back: {ns:.0f} ns",
    }


def _bars(
    bars: Sequence[Mapping[str, Any]], marks: Sequence[tuple[Value, ...]]
) -> dict[str, object]:
    return {
        "bars": len(bars),
        "bar_name": [_who(line) for line in bars],
        "bar_ours": [m[0] for m in marks],
        "bar_value": [f"{line['median_ns']:.0f} ns" for line in bars],
        "bar_y": [m[4] for m in marks],
        "bar_end": [m[8] for m in marks],
        "any_ours": any(m[0] for m in marks),
        "any_peer": not all(m[0] for m in marks),
    }


def _told(line: Mapping[str, Any]) -> str:
    return f"{JOBS[_job(line)]}, {_who(line)}: {line['median_ns']:.0f} ns."


def _of(job: str, found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    names = [f"{job}/{OURS}", *(f"{job}/{peer}" for peer in PEERS)]
    return [found[name] for name in names if name in found]


def _job(line: Mapping[str, Any]) -> str:
    return line["name"].rpartition("/")[0]


def _who(line: Mapping[str, Any]) -> str:
    who = line["name"].rpartition("/")[2]
    return PEERS.get(who, "Five Cooks")


def _mark(line: Mapping[str, Any], y: float) -> tuple[Value, ...]:
    median = line["median_ns"]
    low, high = line["low_ns"] or median, line["high_ns"] or median
    return (
        int(line["name"].endswith(OURS)), 0.0, median, median / 2, y,
        y - BAR / 2, y + BAR / 2, low, high,
    )  # fmt: skip


def _title(result: Mapping[str, Any]) -> str:
    """Ours over Go's, of all hand-offs, as the verdicts of the ratios bear it."""
    peers = {f"{job}/{OURS}": f"{job}/go" for job in JOBS}
    found = [r for r in result["ratios"] if peers.get(r["name"]) == r["over"]]
    if not found:
        return "What one hand-off costs"
    verdicts = {Verdict(ratio["verdict"]) for ratio in found}
    times = sorted(ratio["median"] for ratio in found)
    range_words = f"{show_ratio(times[0])}×"
    if len(times) > 1:
        range_words += f" to {show_ratio(times[-1])}×"
    article = next((r for r in found if r["name"] == f"{ARTICLE}/{OURS}"), None)
    one = ""
    if article and len(found) > 1:
        ratio = f"{show_ratio(article['median'])}×{_limits(article)}"
        one = f"; with the article's channel {ratio}"
    if verdicts == {Verdict.MORE}:
        return f"Our hand-offs take {range_words} as long as Go's{one}"
    if verdicts == {Verdict.LESS}:
        return f"Our hand-offs take {range_words} the time of Go's{one}"
    if verdicts == {Verdict.CANNOT_TELL}:
        return f"These runs cannot tell our hand-offs from Go's{one}"
    return f"Our hand-offs take {range_words} the time of Go's, not all told apart{one}"


def _limits(ratio: Mapping[str, Any]) -> str:
    """Of the ratios of the blocks, which are not the ratio of the medians below."""
    low, high = ratio.get("low"), ratio.get("high")
    return "" if low is None else f" [{show_ratio(low)}, {show_ratio(high)}]"


def _row(line: Mapping[str, Any]) -> tuple[str, ...]:
    low, high = line["low_ns"], line["high_ns"]
    return (
        JOBS[_job(line)], _who(line), str(line["n"]), f"{line['median_ns']:.0f} ns",
        f"[{low:.0f}, {high:.0f}]" if low is not None else "–",
    )  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 2:
        print(
            "usage: python3 -m driver.charts.micro MICRO.json FOLDER", file=sys.stderr
        )
        return 2
    source, folder = map(Path, arguments)
    try:
        result = json.loads(source.read_text(encoding="utf-8"))
        folder.mkdir(parents=True, exist_ok=True)
        files = gnuplot.draw(build(result), folder)
    except (OSError, ValueError, KeyError, ChartError) as error:
        print(f"charts.micro: {error}", file=sys.stderr)
        return 3
    print(folder / files["svg"])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
