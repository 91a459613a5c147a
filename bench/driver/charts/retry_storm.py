"""Do we recover? Useful answers a second, before, during and after an outage."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Cell, Run
from ..quantities import (
    parse_duration_ns,
    parse_rate,
    show_count,
    show_duration,
    show_ratio,
)
from .look import base_name
from .material import Material
from .samples import Sample, makespan_s, read_samples
from .sheet import ChartError, Sheet
from .words import sentence

COLUMNS = ("panel", "series", "time_s", "per_s")
SLOT_S = 0.1
AFTER_S = 0.5  # the end of the outage itself is left out of "after"
RECOVERED = 0.8  # of what arrives
LABEL_APART = 0.30
HOW_TO_READ = (
    f"Each line is the tasks that ended well in each {show_duration(SLOT_S)}. Where"
    " retries alone keep the API overloaded, the line stays down when the cause is long"
    " gone; a bound on what is in flight, or a budget for retries, lets it come back."
)


def build(material: Material) -> Sheet:
    runs = [r for r in material.samples if "api-outage" in r.cell.options]
    if not runs:
        raise ChartError("retry-storm: no run with an outage was recorded")
    samples = [read_samples(material.folder / run.samples) for run in runs]
    cell = runs[0].cell
    arriving = _arrivals_per_s(cell)
    budgets = list(dict.fromkeys(_budget(run.cell) for run in runs))
    looks = [material.looks[run.cell.workers] for run in runs]
    marks = [
        (budgets.index(_budget(run.cell)) + 1, look, *point)
        for run, look, found in zip(runs, looks, samples)
        for point in rates(found)
    ]
    designs, title = sorted(set(looks)), _title(runs, samples, arriving)
    highest = max([m[3] for m in marks] + [arriving])
    return Sheet(
        name="retry-storm",
        title=title,
        subtitle=_subtitle(cell, arriving),
        caption=f"{title}. {HOW_TO_READ}",
        alt="Tasks ok per second over time. " + " ".join(map(_told, runs, samples)),
        header=("design", "retry budget", "ok", "calls a task", "a second, after it"),
        rows=tuple(_row(run, found) for run, found in zip(runs, samples)),
        columns=COLUMNS,
        marks=tuple(marks),
        settings={
            "x_high": min(max(map(makespan_s, samples)), 2.5 * outage_s(cell)[1] + 3),
            "y_high": highest * 1.15,
            "y_step": 500 if highest > 800 else 100,
            "panels": len(budgets),
            "panel_words": [
                f"retry budget {b}" if b else "no retry budget" for b in budgets
            ],
            **dict(zip(("outage_from", "outage_to"), outage_s(cell))),
            "arrivals_per_s": arriving,
            **{"designs": len(designs), "design_series": designs},
            **_names(runs, looks, samples, budgets),
        },
    )


def _subtitle(cell: Cell, arriving: float) -> str:
    start_s, end_s = outage_s(cell)
    return sentence(
        f"{show_count(cell.tasks)} tasks, {show_count(arriving)} arriving a second",
        f"the API is out for {show_duration(end_s - start_s)}",
        f"up to {cell.options.get('attempts', 1)} attempts a task",
        "dashed: what arrives",
        "one recorded run each",
    )


def outage_s(cell: Cell) -> tuple[float, float]:
    start, length = str(cell.options["api-outage"]).split(",")
    from_s = parse_duration_ns(start) / 1e9
    return from_s, from_s + parse_duration_ns(length) / 1e9


def _arrivals_per_s(cell: Cell) -> float:
    _, _, rate = str(cell.options.get("arrivals", "batch")).partition(":")
    return parse_rate(rate) if rate else 0.0


def _budget(cell: Cell) -> str:
    return str(cell.options.get("retry-budget", ""))


def rates(samples: Sequence[Sample]) -> list[tuple[float, float]]:
    """(start of a slot, tasks that ended well in it per second)."""
    ends = [s.finished_s for s in samples if s.outcome == "ok" and s.finished_s]
    last = int(makespan_s(samples) / SLOT_S) + 1
    counts = [0] * (last + 1)
    for end in ends:
        counts[int(end / SLOT_S)] += 1
    # gnuplot's steps hold a value from its point on.
    return [(round(i * SLOT_S, 6), n / SLOT_S) for i, n in enumerate(counts)]


def after_per_s(run: Run, samples: Sequence[Sample]) -> float | None:
    """Useful answers a second between the outage and the last arrival."""
    begin = outage_s(run.cell)[1] + AFTER_S
    end = max((s.due_s for s in samples), default=0.0)
    if end <= begin:
        return None
    ends = [s.finished_s or 0.0 for s in samples if s.outcome == "ok"]
    return sum(1 for at in ends if begin <= at < end) / (end - begin)


def _recovers(run: Run, samples: Sequence[Sample], arriving: float) -> bool | None:
    after = after_per_s(run, samples)
    return None if after is None or not arriving else after >= RECOVERED * arriving


def _variant(run: Run) -> str:
    budget = _budget(run.cell)
    kind = f"a retry budget of {budget}" if budget else "no retry budget"
    return f"{base_name(run.cell)} with {kind}"


def _title(
    runs: Sequence[Run], samples: Sequence[Sequence[Sample]], arriving: float
) -> str:
    """Which recordings came back to four fifths of what arrives, and which did not."""
    state = [_recovers(run, found, arriving) for run, found in zip(runs, samples)]
    if None in state:
        return "Useful answers before, during and after an outage"
    back = [_variant(run) for run, yes in zip(runs, state) if yes]
    down = [_variant(run) for run, yes in zip(runs, state) if not yes]
    if not down:
        return "After the outage every design recovers"
    if not back:
        return "After the outage no design recovers"
    stay = "stays down" if len(down) == 1 else "stay down"
    others = (
        _variant(runs[state.index(True)])
        if len(back) == 1
        else (f"the {len(back)} others")
    )
    recover = "recovers" if len(back) == 1 else "recover"
    return f"After the outage {' and '.join(down)} {stay}; {others} {recover}"


def _told(run: Run, samples: Sequence[Sample]) -> str:
    after = after_per_s(run, samples)
    if after is None:
        return f"{_variant(run)}: nothing arrived afterwards."
    return f"{_variant(run)}: {show_count(round(after))} a second afterwards."


def _calls_a_task(samples: Sequence[Sample]) -> float:
    return sum(s.attempts for s in samples) / len(samples) if samples else 0.0


def _row(run: Run, samples: Sequence[Sample]) -> tuple[str, ...]:
    after = after_per_s(run, samples)
    return (
        base_name(run.cell), _budget(run.cell) or "none",
        show_count(sum(1 for s in samples if s.outcome == "ok")),
        show_ratio(_calls_a_task(samples)),
        show_count(round(after)) if after is not None else "–",
    )  # fmt: skip


def _names(
    runs: Sequence[Run],
    looks: Sequence[int],
    samples: Sequence[Sequence[Sample]],
    budgets: Sequence[str],
) -> dict[str, object]:
    panels = [budgets.index(_budget(run.cell)) + 1 for run in runs]
    before: dict[int, int] = {}
    heights = []
    for panel in panels:
        heights.append(0.8 - LABEL_APART * before.get(panel, 0))
        before[panel] = before.get(panel, 0) + 1
    return {
        "names": len(runs),
        "name_panel": panels,
        "name_words": [base_name(run.cell) for run in runs],
        "name_series": list(looks),
        "name_note": [f"{show_ratio(_calls_a_task(s))} calls a task" for s in samples],
        "name_y": heights,
    }
