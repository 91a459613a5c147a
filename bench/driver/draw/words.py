"""Words that several charts share: shares, counts of runs, intervals, verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, inf

from ..reckon.stats import Interval, Verdict, ratio_verdict
from ..reckon.summary import Ratio, Summaries, Summary
from ..say.numbers import show_count, show_range, show_ratio


def show_share(share: float) -> str:
    """0.884 as "88 %"; what is not all is never rounded to all, nor to nothing."""
    percent = round(share * 100)
    if share > 0 and percent == 0:
        return "under 1 %"
    if share < 1 and percent == 100:
        return "over 99 %"
    return f"{percent} %"


def show_setting(seconds: float) -> str:
    """A duration somebody chose, and so exact: 0.01 as "10 ms"."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size * 0.9999:
            return f"{seconds / size:g} {unit}"
    return f"{seconds * 1e9:g} ns"


def show_limits(unit: str, interval: Interval) -> str:
    """ "[2.02, 2.04]", in the unit of the median."""
    if not interval.known:
        return ""
    text = show_range(unit, interval.median, interval.low, interval.high)
    return text[text.index("[") :]


def runs_words(cells: Sequence[Summary]) -> str:
    """ "median of 9 runs", or "median of 6 to 9 runs"."""
    counts = [s.n for s in cells if s.n]
    if not counts:
        return "no run counted"
    low, high = min(counts), max(counts)
    if low == high == 1:
        return "one run each"
    return f"median of {low} runs" if low == high else f"median of {low} to {high} runs"


def interval_words(intervals: Sequence[Interval]) -> str:
    """What the bars are, or why there are none."""
    known = [i for i in intervals if i.known]
    if not known:
        most = max((i.n for i in intervals), default=0)
        return f"n = {most}: no interval can be given"
    some = "" if len(known) == len(intervals) else " where n allows one"
    return (
        f"bars: interval of the median, {coverage_words(known)}{some}"
        ", hidden when smaller than its mark"
    )


def coverage_words(known: Sequence[Interval]) -> str:
    """ "at least 96 %": a bound is rounded to the safe side, 96.9 is not 97."""
    return f"at least {floor(100 * min(i.coverage for i in known))} %"


def bar(interval: Interval) -> tuple[float, float]:
    """The ends of a bar; without an interval it has no length, and so is not seen."""
    if not interval.known:
        return interval.median, interval.median
    return interval.low, interval.high


def left_out_words(summaries: Summaries) -> str:
    """The cells that were not run, so that no gap is mistaken for a result."""
    words = [] if summaries.complete else ["incomplete"]
    # Each says which cell, and after a colon why; a picture has room for the first.
    cells = [cell.partition(":")[0] for cell in summaries.left_out]
    if len(cells) > 2:
        cells = [f"{len(cells)} cells, listed in the report"]
    if cells:
        words.append("not run: " + "; ".join(cells))
    return sentence(*words)


def sentence(*parts: str) -> str:
    """The parts that say something, parted by dots."""
    return " · ".join(part for part in parts if part)


def plain(ratio: Ratio) -> Verdict:
    """Less, more, or neither: all that these charts know to say."""
    found = ratio_verdict(ratio.interval)
    return found if found in (Verdict.LESS, Verdict.MORE) else Verdict.CANNOT_TELL


def compared(ratio: Ratio | None, more: str, less: str, same: str) -> str:
    """The words that this ratio's verdict bears; {r} stands for how many times."""
    if ratio is None or ratio.interval is None:
        return same
    times = ratio.interval.median
    verdict = plain(ratio)
    if verdict is Verdict.MORE:
        return more.format(r=show_ratio(times) + "×")
    if verdict is Verdict.LESS:
        return less.format(r=show_ratio(1 / times if times else inf) + "×")
    return same if ratio.interval.known else too_few(same, ratio.interval.n)


def too_few(words: str, runs: int) -> str:
    """Nobody can tell from so few runs: the fault is not the machine's."""
    few = "1 run is" if runs == 1 else f"{runs} runs are"
    return words.replace("these runs cannot tell", f"{few} too few to tell")


def tasks_words(tasks: int) -> str:
    return f"{show_count(tasks)} {'task' if tasks == 1 else 'tasks'}"
