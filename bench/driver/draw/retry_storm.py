"""Do we recover? Useful answers a second, before, during and after an outage."""

from __future__ import annotations

from collections.abc import Sequence

from ..reckon.outage import (
    RECOVERED,
    Recording,
    last_arrival_s,
    outage_s,
    rates,
    settled_s,
    slot_s,
)
from ..reckon.stats import FEWEST_FOR_INTERVAL
from ..run.samples import makespan_s, read_samples
from ..say.numbers import show_count, show_duration, show_ratio
from ..say.sentences import count_text
from .look import base_name
from .material import Material
from .sheet import ChartError, Sheet, Tics
from .ticks import ticks
from .variants import listed, spaced
from .words import runs_words, sentence, show_setting

COLUMNS = ("panel", "series", "time_s", "per_s")
MOST_TICKS = 4
LABEL_TOP, LABEL_APART = 0.93, 0.46


def build(material: Material) -> Sheet:
    found = _recordings(material)
    if not found:
        raise ChartError("retry-storm: no run with an outage was recorded")
    cell = found[0].cell
    budgets = list(dict.fromkeys(r.budget for r in found))
    looks = [material.looks[r.cell.workers] for r in found]
    marks = [
        (budgets.index(r.budget) + 1, look, *point)
        for r, look in zip(found, looks)
        for point in rates(r.samples, outage_s(cell)[0], slot_s(cell))
    ]
    title = _title(found)
    y_high = max([m[3] for m in marks] + [cell.arrivals_per_s or 0.0]) * 1.2
    return Sheet(
        name="retry-storm",
        title=title,
        subtitle=_subtitle(found),
        caption=_caption(found, title),
        alt="Tasks ok per second over time. " + " ".join(map(_told, found)),
        header=(
            "design", "retry budget", "ok", "calls a task", "ok a second, after it",
        ),
        rows=tuple(map(_row, found)),
        columns=COLUMNS,
        marks=tuple(marks),
        settings={
            **_scales(found, y_high),
            "panels": len(budgets),
            "panel_words": [
                f"Retry budget {b}" if b else "No retry budget" for b in budgets
            ],
            "designs": len(set(looks)),
            "design_series": sorted(set(looks)),
            **_names(found, looks, budgets),
        },
        tics=(Tics("y", ticks(y_high, MOST_TICKS)),),
    )  # fmt: skip


def _recordings(material: Material) -> list[Recording]:
    summaries = {s.cell.name: s for s in material.cells}
    return [
        Recording(
            run, read_samples(material.folder / run.samples),
            summaries.get(run.cell.name),
        )
        for run in material.samples
        if "api-outage" in run.cell.options
    ]  # fmt: skip


def _title(found: Sequence[Recording]) -> str:
    """Who came back to four fifths of what arrives, or what was counted; the cost."""
    states = [r.recovers for r in found]
    cost = _cost(found)
    if None in states or (len(set(states)) == 1 and not cost):
        plain = [r for r in found if not r.budget] or list(found)
        return _counted(plain)
    if len(set(states)) == 1:
        head = "After the outage every design recovers"
        if not states[0]:
            head = "After the outage no design recovers while tasks arrive"
        return f"{head}; {cost}"
    back = [_variant(r) for r in found if r.recovers]
    down = [_variant(r) for r in found if not r.recovers]
    stay = "stays down" if len(down) == 1 else "stay down"
    others = back[0] if len(back) == 1 else f"the {len(back)} others"
    recover = "recovers" if len(back) == 1 else "recover"
    head = f"After the outage {listed(down)} {stay}, {others} {recover}"
    return f"{head}; {cost}" if cost else head


def _counted(found: Sequence[Recording]) -> str:
    """ "With no retry budget worker-pool of 50 answers 691 of 720 tasks, ..."."""
    best, *rest = sorted(found, key=lambda r: -r.ok.median)
    kind = f"a retry budget of {spaced(best.budget)}" if best.budget else "no retry budget"
    told = [f"{base_name(r.cell)} {show_count(round(r.ok.median))}" for r in rest]
    first = (
        f"With {kind} {base_name(best.cell)} answers"
        f" {show_count(round(best.ok.median))} of {show_count(best.cell.tasks)} tasks"
    )
    return ", ".join([first, *told])


def _cost(found: Sequence[Recording]) -> str:
    """Whom a budget cost answers: fewer in its best run than in any without.

    As for any verdict, from enough runs only.
    """
    for with_it in (r for r in found if r.budget):
        for without in (r for r in found if not r.budget):
            same = with_it.cell.workers == without.cell.workers
            enough = min(with_it.runs, without.runs) >= FEWEST_FOR_INTERVAL
            if same and enough and with_it.ok.maximum < without.ok.minimum:
                return (
                    f"{base_name(with_it.cell)} answers"
                    f" {show_count(round(with_it.ok.median))} tasks with a budget,"
                    f" {show_count(round(without.ok.median))} without"
                )
    return ""


def _subtitle(found: Sequence[Recording]) -> str:
    cell = found[0].cell
    start_s, end_s = outage_s(cell)
    summaries = [r.summary for r in found if r.summary is not None]
    extremes = " (extremes)" if max(r.runs for r in found) > 1 else ""
    return sentence(
        f"{show_count(cell.tasks)} tasks, {show_count(cell.arrivals_per_s or 0.0)} arriving a"
        " second (dotted)",
        f"the API is out for {show_setting(end_s - start_s)}",
        f"up to {cell.options.get('attempts', 1)} attempts a task",
        "lines: one recorded run each",
        f"tasks ok: {runs_words(summaries)}{extremes}" if summaries else "",
    )


def _caption(found: Sequence[Recording], title: str) -> str:
    cell = found[0].cell
    return (
        f"{title}. Each line is the tasks of one run that ended well in each"
        f" {show_setting(slot_s(cell))}; the numbers beside it are the tasks that did,"
        " as median and extremes of all runs. Where retries alone keep the API"
        " overloaded, the line stays down when the cause is gone; a bound on what is in"
        " flight, or a budget for retries, lets it come back. A budget also gives up"
        " tasks that another try would have saved. Recovered is who, from"
        f" {show_duration(settled_s(cell))} to the last arrival at"
        f" {show_duration(max(last_arrival_s(r.samples) for r in found))}, answers"
        f" {round(100 * RECOVERED)} % of what arrives or more."
        f" {_contradiction(found)}"
    )


def _contradiction(found: Sequence[Recording]) -> str:
    """Whether threads without a budget, and nobody else, stayed down."""
    against = [
        f"{_variant(r)} {'did' if r.recovers else 'did not'}"
        for r in found
        if r.recovers is not None
        and r.recovers != (r.cell.workers is not None or bool(r.budget))
    ]
    outcome = "; ".join(against) or "nothing here does"
    if any(r.recovers is None for r in found):
        outcome = "these runs are too short to tell"
    return (
        "A pool or a budget that does not let it recover, or threads that recover with"
        f" neither, would contradict that: {outcome}."
    )


def _told(recording: Recording) -> str:
    after, ok = recording.after_per_s, count_text(recording.ok)
    told = f"{_variant(recording)}: {ok} of {show_count(recording.cell.tasks)} tasks ok"
    if after is None:
        return f"{told}, nothing arrived afterwards."
    return f"{told}, {show_count(round(after))} a second afterwards."


def _row(recording: Recording) -> tuple[str, ...]:
    after = recording.after_per_s
    return (
        base_name(recording.cell), spaced(recording.budget) or "none",
        count_text(recording.ok), show_ratio(recording.calls_a_task),
        show_count(round(after)) if after is not None else "–",
    )  # fmt: skip


def _scales(found: Sequence[Recording], y_high: float) -> dict[str, object]:
    cell = found[0].cell
    start, end = outage_s(cell)
    longest = max(makespan_s(r.samples) for r in found)
    return {
        "x_high": min(longest, 2.5 * end + 3),
        "y_high": y_high,
        "outage_from": start,
        "outage_to": end,
        "arrivals_per_s": cell.arrivals_per_s or 0.0,
        "arrivals_to": max(last_arrival_s(r.samples) for r in found),
    }


def _names(
    found: Sequence[Recording], looks: Sequence[int], budgets: Sequence[str]
) -> dict[str, object]:
    panels = [budgets.index(r.budget) + 1 for r in found]
    places = [panels[:i].count(panel) for i, panel in enumerate(panels)]
    return {
        "names": len(found),
        "name_panel": panels,
        "name_words": [base_name(r.cell) for r in found],
        "name_series": list(looks),
        "name_ok": [f"{count_text(r.ok)} tasks ok" for r in found],
        "name_note": [f"{show_ratio(r.calls_a_task)} calls a task" for r in found],
        "name_y": [LABEL_TOP - LABEL_APART * place for place in places],
    }


def _variant(recording: Recording) -> str:
    budget = spaced(recording.budget)
    kind = f"a retry budget of {budget}" if budget else "no retry budget"
    return f"{base_name(recording.cell)} with {kind}"
