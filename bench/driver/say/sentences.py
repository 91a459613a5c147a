"""Figures as words. Whatever calls a thing faster or slower does it through here.

Every word is chosen by a verdict, and a verdict by an interval; so no sentence, title
or caption can say more than the data bear out.
"""

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from ..ask.cell import Cell
from ..ask.figures import FIGURES
from ..reckon.stats import Drift, Interval, Verdict
from ..reckon.summary import Count, Noise, Ratio, Summaries, Summary
from . import names
from .names import cell_name, counted, listed
from .numbers import (
    show,
    show_count,
    show_off,
    show_percent,
    show_range,
    show_ratio,
    show_ratio_range,
)


class Phrase(NamedTuple):
    """How one design is held against another in a figure, and the two verdicts."""

    one: str  # the verb of a pool
    many: str  # and of threads
    rest: str  # {} is the factor; the other design follows
    less: str
    more: str


TIME = Phrase("takes", "take", "{} as long as", "faster", "slower")
PHRASES = {
    "wall_s": TIME,
    "inner_wall_s": TIME,
    "wall_per_ok_s": TIME._replace(rest="{} as long per served task as"),
    "stop_s": TIME._replace(rest="{} as long to stop as", less="sooner", more="later"),
    "rss_bytes": Phrase("needs", "need", "{} the memory of", "less", "more"),
    "goodput_per_s": Phrase(
        "serves", "serve", "{} as many tasks per second as", "fewer", "more"
    ),
}
LESS_MORE = {
    "s": ("shorter", "longer"),
    "bytes": ("smaller", "larger"),
    "count": ("fewer", "more"),
    "1/s": ("lower", "higher"),
}

PERHAPS_LITTLE = ", though under 2 % is possible"


def phrase(figure: str) -> Phrase:
    """That of the figure, or one made of its label."""
    if figure in PHRASES:
        return PHRASES[figure]
    less, more = LESS_MORE[FIGURES[figure].unit]
    return Phrase("has", "have", f"{{}} the {FIGURES[figure].label} of", less, more)


def verdict_word(verdict: Verdict, figure: str = "wall_s") -> str:
    """ "faster", "slower, though under 2 % is possible", "the same within 2 %", ..."""
    found = phrase(figure)
    return {
        Verdict.LESS: found.less,
        Verdict.LESS_PERHAPS: f"{found.less}{PERHAPS_LITTLE}",
        Verdict.SAME: "the same within 2 %",
        Verdict.MORE_PERHAPS: f"{found.more}{PERHAPS_LITTLE}",
        Verdict.MORE: found.more,
    }.get(verdict, "cannot tell")


# ---- values ----


def interval_text(interval: Interval, unit: str) -> str:
    """ "12.3 ms [12.1, 12.5]"; of few runs the extremes: "12.3 ms (12.1 to 12.5)".

    Brackets hold the true median in 95 of 100 runs; parentheses promise nothing.
    """
    if interval.low is None:
        return show(unit, interval.median)
    values = (interval.median, interval.low, interval.high)
    return show_range(unit, *values, sure=interval.known)


def ratio_text(interval: Interval) -> str:
    """ "6.27× [6.20, 6.31]"."""
    if not interval.known:
        return f"{show_ratio(interval.median)}×"
    return show_ratio_range(interval.median, interval.low, interval.high)


def exact_ratio(interval: Interval) -> str:
    """ "0.996× [0.978, 1.019]": near 1 the third decimal tells."""
    text = f"{interval.median:.3f}×"
    if not interval.known:
        return text
    return f"{text} [{interval.low:.3f},\u00a0{interval.high:.3f}]"


def count_text(count: Count) -> str:
    """ "312", or "312 (290–330)" when runs differ."""
    if count.all_equal:
        return show_count(count.minimum)
    least, most = show_count(count.minimum), show_count(count.maximum)
    return f"{show_count(round(count.median))} ({least}–{most})"


# ---- comparisons ----


def ratio_sentence(ratio: Ratio, among: Sequence[Cell] = ()) -> str:
    """What the comparison of two cells bears in one figure, in one sentence:
    "a pool of 50 takes 4.39× [4.21, 4.46] as long as threads: slower."."""
    who, base = (
        _spoken(cell, ratio.figure, among) for cell in (ratio.cell, ratio.baseline)
    )
    if ratio.interval is None:
        return f"{who} and {base}: no block holds both, so nothing can be said."
    found = phrase(ratio.figure)
    verb = names.verb(ratio.cell.design, found.one, found.many)
    factor = found.rest.format(ratio_text(ratio.interval))
    return f"{who} {verb} {factor} {base}: {_judged(ratio)}."


def _spoken(cell: Cell, figure: str, among: Sequence[Cell]) -> str:
    """ "threads", or where memory is told "detached threads"."""
    told = names.spoken_cell(cell, among)
    detached = figure == "rss_bytes" and names.is_detached(cell)
    return f"detached {told}" if detached else told


def memory_note(summaries: Summaries) -> str:
    """How threads end, as their peak memory depends on it; "" where there are none."""
    if not any(names.is_detached(summary.cell) for summary in summaries):
        return ""
    return ("Threads are detached: each returns its stack as it ends. Joined at the "
            "end (--join), they keep it and need more memory.")  # fmt: skip


def theory_note(summaries: Summaries) -> str:
    """Why some rows have none, if it is for want of a constant; "" otherwise."""
    if not any(summary.n and summary.fitted for summary in summaries):
        return ""
    return ("Without theory (–) where it takes what creating a thread costs: that was "
            "not measured here, nor is it in any quick run.")  # fmt: skip


def _judged(ratio: Ratio) -> str:
    interval = ratio.interval
    if FIGURES[ratio.figure].of_work and not ratio.same_work:
        return "not the same work"
    if not interval.known:
        return f"cannot tell from {counted(interval.n, 'block')}"
    told = verdict_word(ratio.verdict, ratio.figure)
    if ratio.verdict is Verdict.CANNOT_TELL and interval.resolution:
        seen = show_off(interval.resolution - 1)
        told += f"; a difference of {seen} would probably have been seen"
    if interval.rule == "widened":
        least, most = show_ratio(interval.minimum), show_ratio(interval.maximum)
        told += f" (only {interval.n} blocks, {least} to {most})"
    return told


def whole_sentence(ratio: Ratio, summaries: Summaries) -> str:
    """The ratio; where less was served, what each served, and the time it took each."""
    among = [summary.cell for summary in summaries]
    if ratio.same_work or not FIGURES[ratio.figure].of_work:
        return ratio_sentence(ratio, among)
    counts = [
        show_count(round(summaries.of(cell.name).outcomes["ok"].median))
        for cell in (ratio.cell, ratio.baseline)
    ]
    who, base = (names.spoken_cell(c, among) for c in (ratio.cell, ratio.baseline))
    verb = names.verb(ratio.cell.design, "serves", "serve")
    told = [f"{who} {verb} {counts[0]}, {base} {counts[1]}: not the same work."]
    for other in summaries.compared("wall_per_ok_s"):
        pair = (other.cell.name, other.baseline.name)
        if pair == (ratio.cell.name, ratio.baseline.name) and other.interval:
            takes = names.verb(ratio.cell.design, "it takes", "they take")
            factor = f"{ratio_text(other.interval)} as long"
            told.append(f"Per served task {takes} {factor}: {_judged(other)}.")
    return " ".join([*told, f"In total the ratio is {ratio_text(ratio.interval)}."])


def success_sentence(summary: Summary, among: Sequence[Cell] = ()) -> str | None:
    """What became of the tasks, when not all went well."""
    ok = summary.outcomes.get("ok")
    if ok is None or ok.minimum == summary.cell.tasks:
        return None
    verb = names.verb(summary.cell.design, "serves", "serve")
    return (
        f"{names.spoken_cell(summary.cell, among)} {verb} {count_text(ok)} of "
        f"{show_count(summary.cell.tasks)}: {', '.join(losses(summary))}."
    )


def losses(summary: Summary, ranges: bool = True) -> list[str]:
    """ "9 688 rejected": each way in which tasks did not end well, with its count."""
    return [
        f"{count_text(count) if ranges else show_count(round(count.median))} "
        f"{name.replace('_', ' ')}"
        for name, count in summary.outcomes.items()
        if name != "ok" and count.maximum > 0
    ]


# ---- controls ----


def control_sentences(summaries: Summaries) -> list[str]:
    """What the controls say of the machine, and what the intervals take for granted."""
    lines = noise_sentences(summaries.noise)
    found = [ratio.interval for ratio in summaries.compared() if ratio.interval]
    if any(interval.rule == "widened" for interval in found):
        lines.append("Intervals of ratios from 3 to 5 blocks are their range, widened: "
                     "they hold if noise is symmetric and has one peak.")  # fmt: skip
    return lines


def noise_sentences(noise: Noise) -> list[str]:
    """What the controls say of the machine."""
    lines = [] if noise.a_a is None else [control_sentence(noise.a_a)]
    if noise.drift is not None:
        lines.append(drift_sentence(noise.drift))
    if noise.canary_spread:
        lines.append(_canary_sentence(noise))
    if noise.suspended_blocks:
        blocks = blocks_words(noise.suspended_blocks)
        lines.append(
            f"The machine was suspended in or just before {blocks}: do not trust it."
        )
    return lines


def _canary_sentence(noise: Noise) -> str:
    known = {name: share for name, share in noise.canary_spread.items() if share < inf}
    told = []
    if known:
        each = (f"{name} {show_percent(share, 1)}" for name, share in known.items())
        noisy = noise.noisy_blocks
        off = f"over 5 % off in {blocks_words(noisy)}" if noisy else None
        told.append("Canary (the same work in every block), greatest less least time "
                    f"over the median: {', '.join(each)}; "
                    f"{off or 'no block was over 5 % off'}.")  # fmt: skip
    if unseen := [name for name in noise.canary_spread if name not in known]:
        whose = "its" if known else "the canary's"
        tell = "tells" if len(unseen) == 1 else "tell"
        told.append(f"By this clock, {whose} {listed(unseen)} took no time in most "
                    f"blocks and {tell} nothing.")  # fmt: skip
    return " ".join(told)


def blocks_words(numbers: Sequence[int]) -> str:
    """ "block 3", or "blocks 1, 3 and 4"."""
    words = list(map(str, numbers))
    return f"blocks {listed(words)}" if len(words) > 1 else f"block {words[0]}"


def control_sentence(a_a: Ratio) -> str:
    """A/A: how far one cell run twice is from itself. It proves no more than that."""
    interval, who = a_a.interval, cell_name(a_a.cell)
    if interval is None or not interval.known:
        return f"A/A control ({who}, run twice): too few blocks for an interval."
    text = f"A/A control ({who}, run twice): {exact_ratio(interval)}"
    if interval.low <= 1 <= interval.high:
        return f"{text}. It cannot reveal what slows both runs alike."
    return f"{text} misses 1, as it does by chance in 3 or 4 of 100 sittings."


def drift_sentence(drift: Drift) -> str:
    """Whether later runs took longer."""
    if drift.chance is None:
        return "There are too few blocks to tell whether the machine drifted."
    share = show_percent(drift.later_slower)
    text = f"In {share} of all pairs of runs of one cell the later one was slower"
    if not drift.sure:
        return f"{text}: no sign of drift."
    trend = "slower" if drift.later_slower > 0.5 else "faster"
    return f"{text}: the machine became {trend}, so intervals may be too narrow."


def refusals(summaries: Summaries) -> list[str]:
    """What was not compared, and why."""
    return [
        f"{'; '.join(map(cell_name, refusal.cells))}: {refusal.why}"
        for refusal in summaries.refusals
    ]


def left_out_sentence(summaries: Summaries) -> str | None:
    """What was not run, and why; None when all was."""
    if not summaries.left_out:
        return None
    return "Left out: " + "; ".join(summaries.left_out) + "."
