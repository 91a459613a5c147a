"""Figures as words. Whatever calls a thing faster or slower does it through here.

Every word is chosen by a verdict, and a verdict by an interval; so no sentence, title
or caption can say more than the data bear out.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ask.figures import FIGURES
from ..reckon.stats import Interval, Verdict
from ..reckon.summary import Count, Noise, Ratio, Summaries, Summary
from .names import cell_name, design_name
from .numbers import (
    show,
    show_count,
    show_percent,
    show_range,
    show_ratio,
    show_ratio_range,
)

LESS_MORE = {
    "s": ("faster", "slower"),
    "bytes": ("smaller", "larger"),
    "count": ("fewer", "more"),
    "1/s": ("lower", "higher"),
}


LEAST_TOLD = 0.001  # nobody would believe "differences below 0.0 %"


def verdict_word(verdict: Verdict, unit: str = "s") -> str:
    less, more = LESS_MORE[unit]
    return {
        Verdict.LESS: less,
        Verdict.LESS_PERHAPS: f"{less}, perhaps by under 2 %",
        Verdict.SAME: "the same within 2 %",
        Verdict.MORE_PERHAPS: f"{more}, perhaps by under 2 %",
        Verdict.MORE: more,
    }.get(verdict, "cannot tell")


def interval_text(interval: Interval, unit: str) -> str:
    """ "12.3 ms [12.1, 12.5]"; of few runs the extremes: "12.3 ms (12.1 to 12.5)"."""
    if interval.low is None:
        return show(unit, interval.median)
    text = show_range(unit, interval.median, interval.low, interval.high)
    return text if interval.known else extremes(text)


def extremes(text: str) -> str:
    """Brackets hold the true median 95 times in 100; parentheses promise nothing."""
    return text.replace("[", "(").replace("]", ")").replace(", ", " to ")


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


def ratio_sentence(ratio: Ratio, unit: str = "s") -> str:
    """What the comparison of two cells bears, in one sentence."""
    who, base = design_name(ratio.cell), design_name(ratio.baseline)
    if ratio.interval is None:
        return f"{who} and {base}: no block holds both, nothing can be said."
    factor = ratio_text(ratio.interval)
    told = {
        "stop_s": f"takes {factor} as long to stop as",
        "s": f"takes {factor} as long as",
        "bytes": f"needs {factor} the memory of",
        "count": f"has {factor} the number of",
        "1/s": f"achieves {factor} the rate of",
    }
    head = f"{who} {told.get(ratio.figure, told[unit])} {base}"
    if not ratio.interval.known:
        blocks = "1 block gives" if ratio.interval.n == 1 else "few blocks give"
        return f"{head}: cannot tell, {blocks} no interval."
    if FIGURES[ratio.figure].of_work and not ratio.same_work:
        return f"{head}: not the same work."
    if ratio.verdict is Verdict.CANNOT_TELL:
        return f"{head}: cannot tell them apart."
    return f"{head}: {verdict_word(ratio.verdict, unit)}."


def success_sentence(summary: Summary) -> str | None:
    """What became of the tasks, when not all went well."""
    ok = summary.outcomes.get("ok")
    if ok is None or ok.minimum == summary.cell.tasks:
        return None
    return (
        f"{design_name(summary.cell)} completes {count_text(ok)} of "
        f"{show_count(summary.cell.tasks)}: {', '.join(losses(summary))}."
    )


def whole_sentence(ratio: Ratio, summaries: Summaries, unit: str = "s") -> str:
    """The ratio, and what each got done for it: a time says nothing of failed tasks."""
    sentence = ratio_sentence(ratio, unit)
    ours, theirs = (
        summaries.of(cell.name).outcomes.get("ok")
        for cell in (ratio.cell, ratio.baseline)
    )
    if ours is None or theirs is None or ours.median == theirs.median:
        return sentence
    here, there = (show_count(round(count.median)) for count in (ours, theirs))
    return f"{sentence[:-1]}; it completes {here} tasks where that completes {there}."


def losses(summary: Summary, ranges: bool = True) -> list[str]:
    """ "9 688 rejected": each way in which tasks did not end well, with its count."""
    return [
        f"{count_text(count) if ranges else show_count(round(count.median))} "
        f"{name.replace('_', ' ')}"
        for name, count in summary.outcomes.items()
        if name != "ok" and count.maximum > 0
    ]


def noise_sentences(noise: Noise) -> list[str]:
    """What the controls say of the machine."""
    lines = [] if noise.a_a is None else [control_sentence(noise.a_a)]
    if noise.canary_spread:
        spread = ", ".join(
            f"{name} {show_percent(share, 1)}"
            for name, share in noise.canary_spread.items()
        )
        told = f"Canary, the same work in every block, spread: {spread}"
        if noise.noisy_blocks:
            blocks = blocks_words(noise.noisy_blocks)
            lines.append(f"{told}; noisy, over 5 % off, in {blocks}.")
        else:
            lines.append(f"{told}; quiet.")
    if noise.suspended_blocks:
        blocks = blocks_words(noise.suspended_blocks)
        lines.append(
            f"The machine was suspended in or just before {blocks}: do not trust it."
        )
    return lines


def blocks_words(numbers: Sequence[int]) -> str:
    """ "block 3", or "blocks 1, 3 and 4"."""
    *first, last = map(str, numbers)
    return f"blocks {', '.join(first)} and {last}" if first else f"block {last}"


def control_sentence(a_a: Ratio) -> str:
    """A/A: what one cell over itself says of the smallest difference to be seen."""
    interval = a_a.interval
    if interval is None or not interval.known:
        return f"A/A control ({cell_name(a_a.cell)}): too few blocks for an interval."
    text = f"A/A control ({cell_name(a_a.cell)}) {exact_ratio(interval)}"
    least = max(abs(interval.low - 1), abs(interval.high - 1), LEAST_TOLD)
    if interval.low <= 1 <= interval.high:
        return (
            f"{text} contains 1; differences below {show_percent(least, 1)} could not "
            "be seen."
        )
    return (
        f"{text} does not contain 1: this machine cannot resolve differences below "
        f"{show_percent(least, 1)} now."
    )


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
