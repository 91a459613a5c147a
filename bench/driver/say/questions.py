"""Brendan Gregg's six questions, put to every run and answered from its data.

Why not double? Did it break limits? Did it error? Does it reproduce? Does it matter?
Did it even happen? They are what a careful reader asks of any benchmark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..ask.experiment import Experiment
from ..ask.figures import FIGURES, OUTCOMES
from ..reckon.stats import Verdict
from ..reckon.summary import Summaries, Summary
from ..reckon.theory import bound_wall_s
from ..run.record import IMPOSSIBLE
from ..run.run import Run
from . import sentences
from .names import cell_name, counted, design_name, listed
from .numbers import show_count, show_duration, show_percent

CPU_BOUND = 0.9  # of all CPUs' time
TOO_WIDE = 0.2  # for an A/A interval to say anything
LIMITING = 0.5  # of the wall time: a part that is more than this limits the whole


@dataclass(frozen=True)
class Answer:
    """fine: True, False, or None when the data cannot tell."""

    question: str
    text: str
    fine: bool | None


def answer_all(
    experiment: Experiment, runs: Sequence[Run], summaries: Summaries
) -> tuple[Answer, ...]:
    return (
        _why_not_double(summaries),
        _limits(runs),
        _errors(runs),
        _reproduces(summaries),
        _matters(summaries),
        _happened(summaries),
    )


def _why_not_double(summaries: Summaries) -> Answer:
    """Names what limits each design at its largest number of tasks."""
    cpus = (summaries.machine.get("cpu") or {}).get("usable")
    largest: dict[str, Summary] = {}
    for summary in summaries:
        name = design_name(summary.cell)
        if summary.n and (
            name not in largest or summary.cell.tasks > largest[name].cell.tasks
        ):
            largest[name] = summary
    by_limiter: dict[str, list[str]] = {}
    for name, summary in largest.items():
        what, share = limiter(summary, cpus)
        by_limiter.setdefault(what, []).append(f"{name} ({show_percent(share)})")
    told = [f"{what} in {listed(names)}" for what, names in by_limiter.items()]
    text = f"Most time goes to {'; to '.join(told)}." if told else "Nothing was run."
    return Answer("Why not double?", text, bool(told) or None)


def limiter(summary: Summary, cpus: int | None) -> tuple[str, float]:
    """What most of a cell's time goes to, and its share. cpus: of its machine."""
    figures = {name: interval.median for name, interval in summary.figures.items()}
    wall_s = figures.get("inner_wall_s") or figures["wall_s"]
    cpu_s = figures.get("user_s", 0) + figures.get("system_s", 0)
    cpu_share = cpu_s / (cpus * wall_s) if cpus else 0
    straggling_s = figures.get("latency_max_s", 0) - figures.get("latency_p90_s", 0)
    rounds = f"rounds of {show_duration(summary.cell.service_s)}"
    shares = {
        "creating threads": figures.get("create_s", 0) / wall_s,
        rounds: (summary.bound_wall_s or 0) / wall_s,
        "the slowest tasks": straggling_s / wall_s if straggling_s > wall_s / 2 else 0,
        "arrivals": summary.cell.arriving_s / wall_s,
        "the CPUs": cpu_share if cpu_share >= CPU_BOUND else 0,
    }
    name, share = max(shares.items(), key=lambda item: item[1])
    alone = "" if share >= LIMITING else "no one thing, though first to "
    return alone + name, min(share, 1)


def _limits(runs: Sequence[Run]) -> Answer:
    """No run may be faster than physics allows."""
    question = "Did it break limits?"
    if broken := [
        run for run in runs if run.problem and run.problem.startswith(IMPOSSIBLE)
    ]:
        return Answer(
            question, f"Yes: {cell_name(broken[0].cell)}: {broken[0].problem}.", False
        )
    ratios = []
    for run in runs:
        bound_s = bound_wall_s(run.cell, run.record) if run.counts else None
        if bound_s:
            ratios.append(run.record["wall_ns"] / 1e9 / bound_s)
    if not ratios:
        return Answer(question, "No bound is known for these runs.", None)
    text = f"No: the fastest run took {min(ratios):.3f} times the least time possible."
    return Answer(question, text, True)


def _errors(runs: Sequence[Run]) -> Answer:
    question = "Did it error?"
    if spoilt := [run for run in runs if run.problem]:
        text = f"Yes: {len(spoilt)} of {len(runs)} runs count for nothing"
        return Answer(
            question,
            f"{text}; {cell_name(spoilt[0].cell)}: {spoilt[0].problem}.",
            False,
        )
    if not runs:
        return Answer(question, "Nothing was run.", None)
    totals = {
        name: sum(run.record["outcomes"][name] for run in runs) for name in OUTCOMES
    }
    bad = [
        f"{show_count(count)} {name.replace('_', ' ')}"
        for name, count in totals.items()
        if count and name != "ok"
    ]
    ended = f"{listed(bad)} are results, not errors" if bad else "none went wrong"
    text = (
        f"No: all {len(runs)} runs account for each of their tasks, "
        f"{show_count(sum(totals.values()))} in all; {ended}."
    )
    return Answer(question, text, True)


def _reproduces(summaries: Summaries) -> Answer:
    """One sitting cannot tell of another; it can tell what speaks against it."""
    question, noise = "Does it reproduce?", summaries.noise
    drift, a_a = noise.drift, noise.a_a and noise.a_a.interval
    if drift is not None and drift.sure:
        return Answer(question, sentences.drift_sentence(drift), False)
    if a_a is None or not a_a.known:
        why = "Too few blocks to tell" if noise.a_a else "There is no control to tell"
        return Answer(question, f"{why} even within this sitting.", None)
    width = max(a_a.high - 1, 1 - a_a.low)
    text = (
        f"Within this sitting: the same cell run twice differs by at most "
        f"{show_percent(width, 1)}. Only another run can tell of another day."
    )
    # An interval that wide holds 1, and much else; noisy blocks spoil it for others.
    doubtful = a_a.high - a_a.low > TOO_WIDE or not a_a.low <= 1 <= a_a.high
    noisy = 2 * len(noise.noisy_blocks) > a_a.n
    return Answer(question, text, None if doubtful or noisy else True)


def _matters(summaries: Summaries) -> Answer:
    question = "Does it matter?"
    ratios = summaries.compared()
    if not ratios:
        return Answer(question, "Nothing was compared.", None)
    if not any(r.interval and r.interval.known for r in ratios):
        return Answer(question, "Too few blocks to tell.", None)
    told = [r for r in ratios if r.verdict in (Verdict.LESS, Verdict.MORE)]
    same = [r for r in ratios if r.verdict is Verdict.SAME]
    other = [r for r in ratios if FIGURES[r.figure].of_work and not r.same_work]
    text = f"{len(told)} of {counted(len(ratios), 'comparison')} differ by over 2 %"
    text += f", {len(same)} by less for sure" if same else ""
    text += f"; {len(other)} are not of the same work" if other else ""
    return Answer(question, f"{text}.", bool(told or same) or None)


def _happened(summaries: Summaries) -> Answer:
    """Were the threads alive, and did the tasks sleep? Each sleep is a switch."""
    question = "Did it even happen?"
    counted_ = [s for s in summaries if s.n and "threads" in s.figures]
    measured = [s for s in counted_ if not s.cell.is_virtual]
    if counted_ and not measured:
        return Answer(question, "No: time was virtual, and nobody slept.", None)
    if not measured:
        return Answer(question, "The peak of live threads is not known.", None)
    most = max(measured, key=lambda s: s.cell.tasks * (s.cell.workers is None))
    threads = counted(round(most.figures["threads"].median), "thread")
    were = "was" if most.figures["threads"].median == 1 else "were"
    text = f"in {cell_name(most.cell)}, at most {threads} {were} alive at once"
    awake = [cell_name(s.cell) for s in measured if not _slept(s)]
    if awake:
        told = f"Not all of it: {awake[0]} waited less often than it called; {text}."
        return Answer(question, told, False)
    slept = "every call really slept (one context switch each)"
    return Answer(question, f"Yes: {text}, and {slept}.", True)


def _slept(summary: Summary) -> bool:
    switches, ok = summary.figures.get("voluntary_switches"), summary.outcomes["ok"]
    if not summary.cell.design.sleeps_in_kernel:
        return True
    return switches is None or switches.median >= ok.median
