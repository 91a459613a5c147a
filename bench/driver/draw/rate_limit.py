"""How many workers are safe? The share of calls that a rate limit lets through."""

from __future__ import annotations

from collections.abc import Sequence

from ..ask.quantities import parse_duration_ns, parse_rate
from ..reckon.summary import Summary
from ..say.numbers import show_count
from ..say.sentences import count_text
from .look import base_name
from .material import Material
from .pool_size import POOL, THREADS
from .sheet import ChartError, Sheet, Tics, Value
from .words import runs_words, show_share

COLUMNS = ("series", "workers", "percent", "bar_low", "bar_high", "tasks")
DEFAULT_REJECT_TIME = "1ms"
ROOM = 1.07  # of a tick to the next, as a factor


def build(material: Material) -> Sheet:
    cells = _cells(material)
    limited = [s for s in cells if "api-rate" in s.cell.options]
    if not limited or limited != cells:
        raise ChartError("rate-limit: no cell ran against an API with a rate limit")
    first = cells[0].cell
    rate = parse_rate(str(first.options["api-rate"]))
    burst = int(first.options.get("api-burst", 1))
    service_s = first.service_s
    knee = rate * service_s
    sizes = [_size(s) for s in cells]
    theory = [accepted(s, rate, burst, material.create_each_s) for s in cells]
    return Sheet(
        name="rate-limit",
        title=_title(cells),
        subtitle=material.conditions(
            f"{show_count(first.tasks)} tasks of {material.service_words}",
            f"the API allows {show_count(rate)} calls a second, bursts of {burst}",
            runs_words(cells), "bars: all runs", "pale: theory",
        ),
        caption=_caption(cells, knee),
        alt="Share of tasks ok against workers, log axis. "
        + " ".join(f"{base_name(s.cell)}: {show_share(_share(s))}." for s in cells),
        header=("design", "runs", "ok", "rejected", "theory: ok"),
        rows=tuple(_row(s, expected) for s, expected in zip(cells, theory)),
        columns=COLUMNS,
        marks=tuple(_mark(s) for s in cells),
        settings={
            "x_low": min(sizes) * 0.6,
            "x_high": max(sizes) * 2.2,
            **{"tasks": first.tasks, "rate": rate, "burst": burst, "theory": 1},
            "service_s": service_s,
            "reject_s": reject_time_s(cells[0]),
            "knee": knee,
            "knee_words": f"W = r·d = {show_count(round(knee, 1))}",
            **_notes(cells),
            **_crowd(cells, theory),
        },
        tics=(Tics("x", _ticks(cells, knee)),),
        log=("workers",),
    )  # fmt: skip


def _cells(material: Material) -> list[Summary]:
    found = [s for s in material.cells if s.cell.tasks and s.outcomes]
    tasks = max((s.cell.tasks for s in found), default=0)
    here = [s for s in found if s.cell.tasks == tasks]
    return sorted(here, key=lambda s: (s.cell.workers is None, s.cell.workers or 0))


def _size(summary: Summary) -> int:
    """Calls at once: a pool's bound; of threads as many as there were."""
    most = summary.figures.get("in_flight")
    if summary.cell.workers or most is None or most.median < 1:
        return summary.cell.workers or summary.cell.tasks
    return round(most.median)


def _ticks(cells: list[Summary], knee: float) -> tuple[tuple[str, float], ...]:
    """Of the pools, whose sizes were chosen: the first past the knee has precedence."""
    sizes = [s.cell.workers for s in cells if s.cell.workers]
    past = [size for size in sizes if size > knee][:1]
    crowded = [n for n in sizes if past and n != past[0] and _near(n, past[0])]
    kept = _parted([n for n in sizes if n not in crowded])
    return tuple((show_count(n), n) for n in kept)


def _near(size: int, other: int) -> bool:
    return max(size, other) / min(size, other) < 1.06


def _parted(sizes: list[int]) -> list[int]:
    """Those with room for their number on a log axis."""
    kept: list[int] = []
    for size in sorted(set(sizes)):
        if not kept or size / kept[-1] > ROOM:
            kept.append(size)
    return kept


def _share(summary: Summary) -> float:
    return summary.outcomes["ok"].median / summary.cell.tasks


def reject_time_s(summary: Summary) -> float:
    text = summary.cell.options.get("api-reject-time", DEFAULT_REJECT_TIME)
    return parse_duration_ns(str(text)) / 1e9


def accepted(
    summary: Summary, rate: float, burst: int, create_s: float | None
) -> float | None:
    """How many calls get through, without retries; None if c is not known.

    A pool's workers spend their time on accepted and rejected calls: W T = A d +
    (N - A) e, where A = b + r T are accepted and e is the time of a rejection. Solved
    for T. Threads come as fast as they can be created, one each c: A = b + r N c.
    """
    cell = summary.cell
    if cell.workers is None:
        if create_s is None:
            return None
        return min(cell.tasks, burst + rate * cell.tasks * create_s)
    service_s, reject_s = cell.service_s, reject_time_s(summary)
    over = cell.workers - rate * (service_s - reject_s)
    if over <= 0:
        return cell.tasks
    time_s = (burst * service_s + (cell.tasks - burst) * reject_s) / over
    return min(cell.tasks, burst + rate * time_s)


def _mark(summary: Summary) -> tuple[Value, ...]:
    ok, tasks = summary.outcomes["ok"], summary.cell.tasks
    look = POOL if summary.cell.workers else THREADS
    ends = (100 * ok.minimum / tasks, 100 * ok.maximum / tasks)
    return (look, _size(summary), 100 * ok.median / tasks, *ends, tasks)


def _crowd(cells: list[Summary], theory: Sequence[float | None]) -> dict[str, object]:
    """Where theory has the threads: one place, since they have no W to vary."""
    found = [
        (_size(s), 100 * expected / s.cell.tasks)
        for s, expected in zip(cells, theory)
        if s.cell.workers is None and expected is not None
    ]
    return {
        "crowds": len(found),
        "crowd_x": [size for size, _ in found],
        "crowd_y": [percent for _, percent in found],
    }


def _notes(cells: list[Summary]) -> dict[str, object]:
    told = [s for s in cells if _share(s) < 1]
    return {
        "notes": len(told),
        "note_words": [
            show_share(_share(s)) + (
                "" if s.cell.workers else f" ({base_name(s.cell)})"
            )
            for s in told
        ],
        "note_x": [_size(s) for s in told],
        "note_y": [100 * _share(s) for s in told],
        "note_series": [POOL if s.cell.workers else THREADS for s in told],
    }  # fmt: skip


def _title(cells: list[Summary]) -> str:
    """Counted, not estimated: which pools lost nothing in any run, and which did."""
    pools = [s for s in cells if s.cell.workers]
    safe = [s for s in pools if s.outcomes["ok"].minimum == s.cell.tasks]
    lossy = [s for s in pools if s not in safe]
    if not lossy:
        return "No pool was turned away"
    first = lossy[0]
    lost = f"{show_count(first.cell.workers)} lose {_lost(first)}"
    more = lossy[-1]
    if more is not first:
        size = show_count(more.cell.workers)
        lost += f", {size} lose {_lost(more)}"
    below = [s for s in safe if s.cell.workers < first.cell.workers]
    if not below:
        return f"Even the smallest pool is turned away: {lost}"
    return f"Up to {show_count(below[-1].cell.workers)} workers lose no call; {lost}"


def _lost(summary: Summary) -> str:
    """ "9 % [7 %, 12 %]": in the median run, and in the luckiest and the unluckiest."""
    ok, tasks = summary.outcomes["ok"], summary.cell.tasks
    ends = [show_share(1 - count / tasks) for count in (ok.maximum, ok.minimum)]
    middle = show_share(1 - _share(summary))
    return middle if ends == [middle] * 2 else f"{middle} [{', '.join(ends)}]"


def _row(summary: Summary, theory: float | None) -> tuple[str, ...]:
    return (
        base_name(summary.cell), str(summary.n), count_text(summary.outcomes["ok"]),
        count_text(summary.outcomes["rejected"]),
        show_count(round(theory)) if theory is not None else "–",
    )  # fmt: skip


def _caption(cells: list[Summary], knee: float) -> str:
    return (
        f"{_title(cells)}. By Little's law W workers offer W/d calls a second, so up to"
        f" W = r·d = {show_count(round(knee, 1))} (tinted) the limit is never hit; a"
        " burst forgives a little more. Beyond it each worker fails fast and asks"
        " again at once: more concurrency buys only rejections. A thread for each task"
        " has only the time to create them all, N·c, in which b + r·N·c calls are let"
        " through. A pool in the tinted part that lost calls would contradict it."
    )
