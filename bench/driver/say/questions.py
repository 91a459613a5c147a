"""Brendan Gregg's six questions, put to every run and answered from its data.

What limits it? Did it break limits? Did it error? Does it reproduce? Does it matter?
Did it even happen? They are what a careful reader asks of any benchmark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from ..ask.figures import FIGURES, OUTCOMES
from ..reckon.stats import Verdict
from ..reckon.summary import Noise, Summaries, Summary
from ..reckon.theory import bound_wall_s
from ..run.record import IMPOSSIBLE
from ..run.run import Role, Run
from . import sentences
from .names import cell_name, counted, design_name, listed
from .numbers import show_count, show_duration, show_off, show_percent

CPU_BOUND = 0.9  # of all CPUs' time
MOST_NAMED = 6  # in one list
NOISY = 0.1  # the same cell run twice may differ by this much in a quiet sitting
LIMITING = 0.5  # of the wall time: a part that is more than this limits the whole


Fine = bool | None  # None: the data cannot tell
Told = tuple[str, Fine]


@dataclass(frozen=True)
class Answer:
    question: str
    text: str
    fine: Fine


def answer_all(runs: Sequence[Run], summaries: Summaries) -> tuple[Answer, ...]:
    told = {
        "What limits it?": _what_limits(summaries),
        "Did it break limits?": _limits(runs),
        "Did it error?": _errors(runs),
        "Does it reproduce?": _reproduces(summaries.noise),
        "Does it matter?": _matters(summaries),
        "Did it even happen?": _happened(summaries),
    }
    return tuple(Answer(question, *answer) for question, answer in told.items())


def _what_limits(summaries: Summaries) -> Told:
    """Names what limits each design at its largest number of tasks."""
    cpus, every = _usable_cpus(summaries.machine), [s.cell for s in summaries]
    largest: dict[str, Summary] = {}
    for summary in summaries:
        name = design_name(summary.cell, every)
        if summary.n and (
            name not in largest or summary.cell.tasks > largest[name].cell.tasks
        ):
            largest[name] = summary
    by_limiter: dict[str, list[str]] = {}
    for name, summary in largest.items():
        what, share = limiter(summary, cpus)
        by_limiter.setdefault(what, []).append(f"{name} ({show_percent(share)})")
    told = [f"{what} in {_some(names)}" for what, names in by_limiter.items()]
    text = f"Most time goes to {'; to '.join(told)}." if told else "Nothing was run."
    return text, bool(told) or None


def _usable_cpus(machine: Mapping[str, Any]) -> int | None:
    """None: a stranger's record need not tell, or not a number."""
    cpu = machine.get("cpu")
    found = cpu.get("usable") if isinstance(cpu, Mapping) else None
    return found if type(found) is int and found > 0 else None


def limiter(summary: Summary, cpus: int | None) -> tuple[str, float]:
    """What most of a cell's time goes to, and its share. cpus: of its machine."""
    figures = {name: interval.median for name, interval in summary.figures.items()}
    wall_s = figures.get("inner_wall_s") or figures["wall_s"] or inf  # of no time: none
    cpu_s = figures.get("user_s", 0) + figures.get("system_s", 0)
    # CPU time is of the whole process, and so must be what it is held against.
    whole_s = 0 if summary.cell.by_its_own_clock else figures.get("wall_s", 0)
    cpu_share = cpu_s / (cpus * max(whole_s, wall_s)) if cpus else 0
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
    told = name if share >= LIMITING else f"no single thing (the largest: {name})"
    return told, min(share, 1)


def _some(names: Sequence[str]) -> str:
    """No more of them than are read."""
    if len(names) <= MOST_NAMED:
        return listed(names)
    others = counted(len(names) - MOST_NAMED + 1, "other")
    return listed([*names[: MOST_NAMED - 1], others])


def _limits(runs: Sequence[Run]) -> Told:
    """No run may be faster than physics allows."""
    for run in runs:
        if run.problem and run.problem.startswith(IMPOSSIBLE):
            return f"Yes: {cell_name(run.cell)}: {run.problem}.", False
    ratios = []
    for run in runs:
        bound_s = bound_wall_s(run.cell, run.record) if run.counts else None
        if bound_s:
            ratios.append(run.record["wall_ns"] / 1e9 / bound_s)
    if not ratios:
        return "No bound is known for these runs.", None
    least = min(ratios)
    factor = f"{least:.3f}" if least < 10 else show_count(round(least))
    return f"No: the fastest run took {factor} times the least time possible.", True


def _errors(runs: Sequence[Run]) -> Told:
    if spoilt := [run for run in runs if run.problem]:
        text = f"Yes: {len(spoilt)} of {len(runs)} runs are void"
        return f"{text}; {cell_name(spoilt[0].cell)}: {spoilt[0].problem}.", False
    if not runs:
        return "Nothing was run.", None
    totals = {
        name: sum(run.record["outcomes"].get(name, 0) for run in runs)
        for name in OUTCOMES
    }
    bad = [
        f"{show_count(count)} {name.replace('_', ' ')}"
        for name, count in totals.items()
        if count and name != "ok"
    ]
    ended = f"{listed(bad)} are results, not errors" if bad else "none went wrong"
    recorded = sum(
        count for run in runs if run.role is Role.SAMPLE
        for name, count in run.record["outcomes"].items() if name != "ok"
    )  # fmt: skip
    if recorded:  # no table has them
        ended += f" ({show_count(recorded)} of them in recorded runs)"
    count = f"{show_count(sum(totals.values()))} in all"
    text = (
        f"No: all {len(runs)} runs account for each of their tasks, {count}; {ended}."
    )
    return text, True


def _reproduces(noise: Noise) -> Told:
    """One sitting never proves it; it can only tell what speaks against it."""
    drift, a_a = noise.drift, noise.a_a and noise.a_a.interval
    if drift is not None and drift.sure:
        return sentences.drift_sentence(drift), False
    if a_a is None or not a_a.known:
        why = "Too few blocks to tell" if noise.a_a else "There is no control to tell"
        return f"{why} even within this sitting.", None
    if not a_a.low <= 1 <= a_a.high:
        missed = sentences.control_sentence(noise.a_a).partition(": ")[2]
        return f"Perhaps not: the same cell run twice: {missed}", False
    width = max(a_a.high - 1, 1 - a_a.low)
    by = show_off(width, 1)
    if width > NOISY:
        return (f"This sitting is too noisy to tell: the same cell run twice may differ"
                f" by up to {by}, over {show_percent(NOISY)}."), None  # fmt: skip
    return ("Nothing speaks against it: the same cell run twice may differ by up to "
            f"{by} in this sitting. Only another sitting can tell."), None  # fmt: skip


def _matters(summaries: Summaries) -> Told:
    ratios = summaries.compared()
    if not ratios:
        return "Nothing was compared.", None
    if not any(r.interval and r.interval.known for r in ratios):
        return "Too few blocks to tell.", None
    told = [r for r in ratios if r.verdict in (Verdict.LESS, Verdict.MORE)]
    same = [r for r in ratios if r.verdict is Verdict.SAME]
    other = [r for r in ratios if FIGURES[r.figure].of_work and not r.same_work]
    differ = "differs" if len(told) == 1 else "differ"
    text = f"{counted(len(ratios), 'comparison')}: {len(told)} {differ} by over 2 %"
    text += f", {len(same)} certainly by less" if same else ""
    text += f"; {len(other)} of unequal work" if other else ""
    return f"{text}.", bool(told or same) or None


def _happened(summaries: Summaries) -> Told:
    """Were the threads alive, and did the tasks sleep? Each sleep is a switch."""
    counted_ = [s for s in summaries if s.n and "threads" in s.figures]
    measured = [s for s in counted_ if not s.cell.is_virtual]
    if counted_ and not measured:
        return "No: time was virtual, and nobody slept.", None
    if not measured:
        return "The peak of live threads is not known.", None
    most = max(measured, key=lambda s: min(s.cell.lanes, s.cell.tasks))
    threads = counted(round(most.figures["threads"].median), "thread")
    were = "was" if most.figures["threads"].median == 1 else "were"
    text = f"in {cell_name(most.cell)}, at most {threads} {were} alive at once"
    seen = [s for s in measured if s.cell.design.sleeps_in_kernel
            and "voluntary_switches" in s.figures]  # fmt: skip
    if awake := [cell_name(s.cell) for s in seen if not _slept(s)]:
        told = f"Not all of it: {awake[0]} waited less often than it called; {text}."
        return told, False
    if not seen:
        return f"As far as can be seen: {text}.", None
    of_whom = "" if len(seen) == len(measured) else " of kernel threads"
    slept = f"every call{of_whom} really slept (one context switch each)"
    return f"Yes: {text}, and {slept}.", True


def _slept(summary: Summary) -> bool:
    switches = summary.figures["voluntary_switches"].median
    return switches >= summary.outcomes["ok"].median
