"""A plan told: the table, the sentences, plan.json, and a folder like every result."""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..ask.cell import Cell
from ..ask.experiment import Experiment, vary
from ..ask.quantities import plain_number
from ..ask.target import METRICS
from ..conduct import keep_runs
from ..reckon.service import lost_at_api, offered_of, safe_size, theory_of
from ..reckon.summary import FEWEST_FOR_P99
from ..reckon.theory import best_workers
from ..measure.by_its_own_clock import play_all
from ..measure.files import by_name
from ..measure.measure import nameless
from ..run.constants import Constants
from ..say import names
from ..say.names import sentence, tasks as tasks_told
from ..say.numbers import show_count, show_duration
from ..say.shortfall import UNCONFIRMED, shown, unconfirmed
from ..say.terminal import aligned
from .asked import REAL, Asked
from .find import Findings
from .gate import SEEN
from .play import Point

COLUMNS = ("p50 wait", "p99 wait", "goodput", "lost", "calls", "in flight")
CONFIRM_S, CONFIRM_SEEDS = 20.0, (1, 2)
OFF = 0.10  # predicted over measured: more is said right after the answer
SMALL = {"s": 1e-3, "share": 0.005, "1/s": 0.0, "count": 0.0}  # no matter how far off
KINDS = {"pool": "pool of {}", "semaphore": "semaphore of {}", "none": "no bound"}


def name_of(point: Point) -> str:
    return KINDS[point.design].format(show_count(point.size or 0))


def in_order(points: Iterable[Point]) -> list[Point]:
    order = list(KINDS)
    return sorted(points, key=lambda p: (order.index(p.design), p.size or 0))


def table_lines(asked: Asked, found: Findings, points: Sequence[Point]) -> list[str]:
    """A row for each pool and for no bound; a semaphore is about as good as a pool, so
    two of them are enough."""
    rows = [("", *COLUMNS, "theory: p99 wait", "")]
    shown_sizes = {found.knee.size, (found.best or found.knee).size}
    told = [p for p in points if p.design != "semaphore" or p.size in shown_sizes]
    for point in told:
        pool = point.size if point.design == "pool" else None
        theory = theory_of(point.cell, pool) if pool and _as_offered(point) else {}
        known = shown("p99 wait", theory["p99 wait"]) if "p99 wait" in theory else "–"
        rows.append((
            name_of(point), *(shown(m, point.value(m)) for m in COLUMNS),
            known, "meets it" if point.meets(asked.target) else "",
        ))  # fmt: skip
    return aligned(rows)


def _as_offered(point: Point) -> bool:
    """Whether calls keep the API as busy as if each were answered at the first attempt:
    what theory tells of waits holds for nothing else."""
    held, offered = point.offered, offered_of(point.cell) or 0
    return not held or abs(held - offered) <= SEEN * offered


def sentences(asked: Asked, found: Findings, confirmed: Sequence[dict]) -> list[str]:
    wanted = ", ".join(condition.text for condition in asked.target)
    off = [line for each in confirmed for line in each["off"]]
    best, told = found.best, list[str]()
    if best is None:
        near, lacks = found.nearest
        told.append(f"No number of workers meets '{wanted}'. "
                    f"{show_count(near.size)} {'come' if near.size > 1 else 'comes'} "
                    f"nearest: {lacks}.")  # fmt: skip
    else:
        fewest = f"{names.fewest(best.size)} '{wanted}'"
        sure = not unconfirmed(confirmed, best.size)
        told.append(f"{fewest}{'' if sure else ' in virtual time'}, with each of "
                    f"{len(best.runs)} seeds.")  # fmt: skip
        told += [] if sure else [f"{sentence(UNCONFIRMED)}."]
        told += _unchecked_lines(confirmed, best.size)
    if off:
        told.append(f"Real threads differ by over {100 * OFF:.0f} %: {'; '.join(off)}.")
    told += _around(found)
    if found.next_to_break:
        workers = names.counted(best.size, "worker")
        told.append(f"With half as much load again, {workers}: {found.next_to_break}.")
    told += theory_lines(best or found.knee, found.unbounded)
    if any(each["measured"] for each in confirmed) and not off:
        part = any(each["unchecked"] for each in confirmed)
        what = " in what was checked" if part else ""
        told.append(f"Real threads agree within {100 * OFF:.0f} %{what}.")
    return told


def _unchecked_lines(confirmed: Sequence[dict], workers: int) -> list[str]:
    """All that a size was not checked for has one reason."""
    for each in confirmed:
        if each["workers"] == workers and (unchecked := each["unchecked"]):
            (why,) = {*unchecked.values()}
            return [f"They could not check '{', '.join(unchecked)}': {why}."]
    return []


def worse_line(asked: Asked, found: Findings) -> str:
    """What the gate found, in one line; "" if nothing."""
    if found.worse is None or asked.earlier is None:
        return ""
    metric, then, now = found.worse
    told = f"{_span(metric, now)}, and was {_span(metric, then)}"
    name, size = asked.earlier.name, show_count(asked.earlier.workers)
    return f"Worse than {name}: with {size} workers {metric} is {told}."


def _around(found: Findings) -> list[str]:
    """Below the knee, at it, and beyond."""
    if not found.knee.value("goodput"):
        return ["Nothing is served, by any number of workers."]
    knee = show_count(found.knee.size)
    told = [f"The knee is at {knee}: with more, goodput grows by under 2 %."]
    if found.starved:
        told.append(f"With {show_count(found.starved[0].size)}: {found.starved[1]}.")
    if found.collapse:
        point, why = found.collapse
        return [*told, f"It collapses at {show_count(point.size)}: {why}."]
    return [*told, "More workers than that do no harm, as far as was swept."]


def theory_lines(point: Point, unbounded: Point) -> list[str]:
    """What applies to this service, with the pool that it is told of."""
    cell, size, lines = point.cell, point.size or 0, []
    theory, offered = theory_of(cell, size), offered_of(cell)
    if offered and (rate := cell.arrivals_per_s):
        each = f"{plain_number(rate)}/s for {show_duration(cell.service_s)} each"
        held, more = point.offered, ""
        if not _as_offered(point):
            more = f"; as the calls went, {plain_number(held, 5)} tasks are in hand"
        calls = f"{plain_number(offered, 5)} calls at once (Little)"
        lines.append(f"Theory: {each} are {calls}{more}.")
    if "waiting" in theory and _as_offered(point):
        lines.append(_erlang_line(theory, size))
    lost, safe, best = lost_at_api(cell), safe_size(cell), best_of(cell)
    if lost is not None:
        law = "M/M/K with a queue" if "api-queue" in cell.options else "Erlang's B"
        seen = unbounded.value("lost")
        lines.append(
            f"Without a bound the API turns away {percent(lost)} of first calls "
            f"({law}); played, {percent(seen)} of tasks are lost."
        )
    if safe is not None:
        bears = f"{show_count(safe)} calls in step"
        lines.append(f"The API's rate bears {bears}, min(b, r d).")
    if best is not None:
        about = show_count(round(best))
        lines.append(f"A batch is done first by about {about} workers (W* of METHOD).")
    return lines


def _erlang_line(theory: Mapping[str, float], size: int) -> str:
    factor, waiting = theory["factor"], f"{percent(theory['waiting'])} of tasks"
    longer = f"{plain_number(factor, 3)} times as long"
    times = f", and wait {longer} as if all times were exponential"
    told = (
        f"With {show_count(size)} workers {waiting} find all of them busy (Erlang's C)"
    )
    return f"{told}{times + ' (Allen and Cunneen)' if factor != 1 else ''}."


def edges_of(cell: Cell) -> dict[str, float]:
    """Sizes that theory names, and how the chart does."""
    named = {
        "load 100 %": offered_of(cell), "places K": cell.capacity,
        "min(b, r d)": safe_size(cell), "W*": best_of(cell),
    }  # fmt: skip
    return {name: size for name, size in named.items() if size is not None}


def percent(share: float) -> str:
    return "under 0.01 %" if 0 < share < 1e-4 else f"{plain_number(100 * share, 2)} %"


def best_of(cell: Cell) -> float | None:
    """W* of a batch, where it is told what creating a worker costs."""
    if cell.arrivals_per_s or "spawn-time" not in cell.options:
        return None
    return best_workers(cell.tasks, cell.service_s, Constants().of(cell))


# ---- confirming ----


def confirm(asked: Asked, best: Point) -> Iterator[dict[str, Any]]:
    """One below, the best and one above, with real threads: each beside what virtual
    time has of the very same tasks."""
    sizes = [size for size in (best.size - 1, best.size, best.size + 1) if size]
    tasks = _tasks_in_time(best, len(sizes))
    why = _too_few(tasks, best.runs[0].cell.tasks)
    tails = [c.text for c in asked.target if c.metric.startswith("p99")]
    unchecked = {text: why for text in tails if why}
    checked = [c for c in asked.target if c.text not in unchecked]
    metrics = list(dict.fromkeys([*(c.metric for c in checked), "goodput"]))
    programs = asked.settings.programs
    for size in sizes:
        cells = [asked.cell(d, size, tasks=tasks) for d in ("pool", "real")]
        played, real = (
            Point(REAL, size, *play_all(programs, [c], CONFIRM_SEEDS, 1))
            for c in cells
        )
        rows = {m: (played.value(m), real.value(m)) for m in metrics}
        off = [
            f"{size} workers, {m}: predicted {shown(m, a)}, measured {shown(m, b)}"
            for m, (a, b) in rows.items() if is_off(m, a, b)
        ]  # fmt: skip
        yield {
            "workers": size, "tasks": tasks, "off": off,
            "misses": [c.text for c in checked if not all(
                c.is_met(METRICS[c.metric][1](run)) for run in real.runs)],
            "unchecked": unchecked,
            "predicted": {m: played.values(m) for m in metrics},
            "measured": {m: real.values(m) for m in metrics},
        }  # fmt: skip


def untried(asked: Asked, best: Point, why: str) -> dict[str, Any]:
    """What confirm() has of a size, where real threads could not run at all."""
    return {
        "workers": best.size, "tasks": 0, "off": [], "misses": [],
        "unchecked": {c.text: why for c in asked.target},
        "predicted": {}, "measured": {},
    }  # fmt: skip


def _tasks_in_time(best: Point, sizes: int) -> int:
    left_s, tasks = CONFIRM_S / sizes / len(CONFIRM_SEEDS), best.runs[0].cell.tasks
    wall_s = max(best.value("time") or 0.0, 1e-3)
    return max(1, min(tasks, int(tasks * left_s / wall_s)))


def _too_few(tasks: int, wanted: int) -> str:
    """Why so many do not tell a p99; "" if they do."""
    if tasks >= FEWEST_FOR_P99:
        return ""
    run = (
        f"within {CONFIRM_S:.0f} s each run has {show_count(tasks)}"
        if tasks < wanted
        else f"{show_count(tasks)} were asked for"
    )
    return f"a p99 takes {show_count(FEWEST_FOR_P99)} tasks, and {run}"


def is_off(metric: str, predicted: float | None, measured: float | None) -> bool:
    if predicted is None or measured is None:
        return predicted is not measured
    far = abs(predicted - measured)
    return far > OFF * measured and far > SMALL[METRICS[metric][0]]


def confirmed_lines(confirmed: Sequence[dict]) -> list[str]:
    lines, ran = [], [each for each in confirmed if each["measured"]]
    for each in ran:
        told = [
            f"{m} {_span(m, each['predicted'][m])} / {_span(m, each['measured'][m])}"
            for m in each["predicted"]
        ]
        lines.append(f"  {each['workers']} workers: {'; '.join(told)}")
    if not lines:
        return []
    runs = f"{len(CONFIRM_SEEDS)} runs of {tasks_told(ran[0]['tasks'])} each"
    return [f"Predicted / real threads, {runs} (least to greatest), so not as in the"
            " table:", *lines]  # fmt: skip


def _span(metric: str, values: Sequence[float]) -> str:
    ends = dict.fromkeys(shown(metric, value) for value in (values[:1] + values[-1:]))
    return " to ".join(ends) or "–"


# ---- the folder ----


def facts_of(
    asked: Asked, found: Findings, points: Sequence[Point], confirmed: Sequence[dict],
    complete: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """plan.json: what a program, or the chart, needs to know.

    confirmed: of each size that real threads tried, how many tasks a run had; what is
    off, in words; the conditions of the target that were missed; those that were not
    checked, each with why; and the values, predicted and measured, from least to
    greatest.
    """
    return {
        "schema_version": 1, "complete": complete,
        "target": [c.text for c in asked.target],
        "options": {key: nameless(value) if isinstance(value, str) else value
                    for key, value in asked.options.items()},
        "workers": found.best.size if found.best else None, "knee": found.knee.size,
        "collapse": found.collapse and {"workers": found.collapse[0].size,
                                        "why": found.collapse[1]},
        "next_to_break": found.next_to_break,
        "points": [
            {"design": p.design, "workers": p.size, "meets": p.meets(asked.target),
             "values": {m: p.values(m) for m in METRICS if p.values(m)},
             "theory": theory_of(p.cell, p.size) if p.size else {}}
            for p in points
        ],
        "worse": worse_line(asked, found) or None,
        "edges": edges_of(points[0].cell),
        "limits": {c.metric: c.value for c in asked.target},
        "confirmed": list(confirmed),
    }  # fmt: skip


def keep(
    asked: Asked, points: Sequence[Point], plan: dict[str, Any], lines: Sequence[str]
) -> tuple[Path, list[str]]:
    """Writes the folder with its charts and report; what failed of them, in words."""
    made = vary(Experiment(
        "plan", f"How many workers for: {', '.join(plan['target'])}?",
        tuple(by_name(point.runs[0].cell) for point in points), ("plan",), baselines=(),
        figure="goodput_per_s", sections=("plan",), reseed=True,
    ))  # fmt: skip
    command = shlex.join(["bench/run", *map(nameless, asked.settings.shown)])
    facts = {"command": command, "plan": list(lines)}
    runs = [
        replace(run, cell=by_name(run.cell), command=tuple(map(nameless, run.command)))
        for point in points for run in point.runs
    ]  # fmt: skip
    text = json.dumps(plan, indent=1, ensure_ascii=False) + "\n"
    files, settings = {"plan.json": text}, asked.settings
    return keep_runs(made, runs, facts, files, settings.out, settings.programs)


STOPPED = "Stopped before the end: this follows from what had been played by then."
