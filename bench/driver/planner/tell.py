"""A plan told: the table, the sentences, plan.json, and a folder like every result."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..ask.experiment import Experiment, vary
from ..ask.target import METRICS
from ..conduct import keep_runs
from ..reckon.service import lost_without_queue, offered_of, theory_of
from ..reckon.summary import FEWEST_FOR_P99
from ..measure.by_its_own_clock import play_all
from ..run.folder import place
from ..say.numbers import show_count
from ..say.shortfall import shown
from ..say.terminal import aligned
from .asked import REAL, Asked
from .find import Findings
from .play import Player, Point

COLUMNS = ("p50 wait", "p99 wait", "goodput", "lost", "calls", "in flight")
CONFIRM_S, CONFIRM_SEEDS = 20.0, (1, 2)
OFF = 0.10  # predicted over measured: more than that is said first
SMALL = {"s": 1e-3, "share": 0.005, "1/s": 0.0, "count": 0.0}  # no matter how far off
KINDS = {"pool": "pool of {}", "semaphore": "semaphore of {}", "none": "no bound"}


def name_of(point: Point) -> str:
    return KINDS[point.design].format(show_count(point.size or 0))


def table_lines(asked: Asked, points: Sequence[Point]) -> list[str]:
    """A row for each design and size."""
    rows = [("", *COLUMNS, "theory: p99 wait", "")]
    order = list(KINDS)
    for point in sorted(points, key=lambda p: (order.index(p.design), p.size or 0)):
        pool = point.size if point.design == "pool" else None
        theory = theory_of(point.runs[0].cell, pool) if pool else {}
        known = shown("p99 wait", theory["p99 wait"]) if "p99 wait" in theory else "–"
        rows.append((
            name_of(point), *(shown(m, point.value(m)) for m in COLUMNS),
            known, "meets it" if point.meets(asked.target) else "",
        ))  # fmt: skip
    return aligned(rows)


def sentences(asked: Asked, found: Findings, confirmed: Sequence[dict]) -> list[str]:
    wanted = ", ".join(condition.text for condition in asked.target)
    off = [line for each in confirmed for line in each["off"]]
    best, told = found.best, []
    if off:
        told = [f"Real threads differ by over {100 * OFF:.0f} %: {'; '.join(off)}."]
    if best is None:
        told.append(f"No number of workers meets '{wanted}'.")
    else:
        told.append(f"{show_count(best.size)} workers are the fewest that meet '{wanted}'.")
    told.append(f"The knee is at {show_count(found.knee.size)}: with more, goodput "
                "grows by under 2 %.")  # fmt: skip
    if found.starved:
        told.append(f"With {show_count(found.starved[0].size)}: {found.starved[1]}.")
    told.append(
        f"It collapses at {show_count(found.collapse[0].size)}: {found.collapse[1]}."
        if found.collapse else "More workers than that do no harm, as far as was swept."
    )  # fmt: skip
    if best is not None:
        told.append(f"With half as much load again, {show_count(best.size)} workers: "
                    f"{found.next_to_break}.")  # fmt: skip
    told += _theory(best or found.knee)
    if confirmed and not off:
        told.append(f"Real threads agree within {100 * OFF:.0f} %.")
    return told


def _theory(point: Point) -> list[str]:
    cell = point.runs[0].cell
    lines, offered = [], offered_of(cell)
    if offered:
        lines.append(f"Theory: {cell.arrivals_per_s:g}/s for {cell.service_s:g} s each "
                     f"are {offered:.4g} calls at once (Little).")  # fmt: skip
    lost = lost_without_queue(cell)
    if lost is not None:
        lines.append(f"Without a bound the API turns away {100 * lost:.2g} % of first "
                     "calls (Erlang's B).")  # fmt: skip
    return lines


# ---- confirming ----


def confirm(asked: Asked, best: Point) -> list[dict[str, Any]]:
    """One below, the best and one above, with real threads: each beside what virtual
    time has of the very same tasks."""
    sizes = [size for size in (best.size - 1, best.size, best.size + 1) if size]
    left_s = CONFIRM_S / len(sizes) / len(CONFIRM_SEEDS)
    wall_s = max(best.value("time") or 0.0, 1e-3)
    tasks = max(1, min(best.runs[0].cell.tasks,
                       int(best.runs[0].cell.tasks * left_s / wall_s)))  # fmt: skip
    programs, found = asked.settings.programs, []
    metrics = [
        m for m in dict.fromkeys([*(c.metric for c in asked.target), "goodput"])
        if tasks >= FEWEST_FOR_P99 or not m.startswith("p99")
    ]  # fmt: skip
    for size in sizes:
        cells = [asked.cell(d, size, tasks=tasks) for d in ("pool", "real")]
        played, real = (
            Point(REAL, size, play_all(programs, [c], CONFIRM_SEEDS, 1)[0]) for c in cells
        )
        rows = {m: (played.value(m), real.value(m)) for m in metrics}
        off = [
            f"{size} workers, {m}: predicted {shown(m, a)}, measured {shown(m, b)}"
            for m, (a, b) in rows.items() if is_off(m, a, b)
        ]  # fmt: skip
        found.append({
            "workers": size, "tasks": tasks, "off": off,
            "predicted": {m: played.values(m) for m in metrics},
            "measured": {m: real.values(m) for m in metrics},
        })  # fmt: skip
    return found


def is_off(metric: str, predicted: float | None, measured: float | None) -> bool:
    if predicted is None or measured is None:
        return predicted is not measured
    far = abs(predicted - measured)
    return far > OFF * measured and far > SMALL[METRICS[metric][0]]


def confirmed_lines(confirmed: Sequence[dict]) -> list[str]:
    lines = []
    for each in confirmed:
        told = [
            f"{m} {_span(m, each['predicted'][m])} / {_span(m, each['measured'][m])}"
            for m in each["predicted"]
        ]
        lines.append(f"  {each['workers']} workers: {'; '.join(told)}")
    head = f"Predicted / real threads, {len(CONFIRM_SEEDS)} runs each (least to greatest):"
    return [head, *lines] if lines else []


def _span(metric: str, values: Sequence[float]) -> str:
    ends = dict.fromkeys(shown(metric, value) for value in (values[:1] + values[-1:]))
    return " to ".join(ends) or "–"


# ---- the folder ----


def facts_of(
    asked: Asked, found: Findings, points: Sequence[Point], confirmed: Sequence[dict]
) -> dict[str, Any]:
    """plan.json: what a program, or the chart, needs to know."""
    return {
        "schema_version": 1, "target": [c.text for c in asked.target],
        "options": dict(asked.options),
        "workers": found.best.size if found.best else None, "knee": found.knee.size,
        "collapse": found.collapse and {"workers": found.collapse[0].size,
                                        "why": found.collapse[1]},
        "next_to_break": found.next_to_break,
        "points": [
            {"design": p.design, "workers": p.size, "meets": p.meets(asked.target),
             "values": {m: p.values(m) for m in METRICS if p.values(m)},
             "theory": theory_of(p.runs[0].cell, p.size) if p.size else {}}
            for p in points
        ],
        "limits": {c.metric: c.value for c in asked.target},
        "confirmed": list(confirmed),
    }  # fmt: skip


def keep(
    asked: Asked, player: Player, plan: dict[str, Any], lines: Sequence[str]
) -> tuple[Path, list[str]]:
    """Writes the folder with its charts and report; what failed of them, in words."""
    points = list(player.points.values())
    made = vary(Experiment(
        "plan", f"How many workers for: {', '.join(plan['target'])}?",
        tuple(point.runs[0].cell for point in points), ("plan",), baselines=(),
        figure="goodput_per_s", sections=("plan",), reseed=True,
    ))  # fmt: skip
    facts = {
        "command": " ".join(["bench/run", *asked.settings.shown]), "plan": list(lines),
    }  # fmt: skip
    runs = [run for point in points for run in point.runs]
    text = json.dumps(plan, indent=1, ensure_ascii=False) + "\n"
    files, settings = {"plan.json": text}, asked.settings
    return keep_runs(made, runs, facts, files, settings.out, settings.programs)


def closing(path: Path) -> list[str]:
    return [f"Results: {place(path)}", f"Open {place(path)}/report.html"]
