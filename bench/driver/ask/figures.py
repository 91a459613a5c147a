"""The figures of a run: each one's name, unit, meaning, and where it is read.

This table is the only list of them. It makes summary.csv, which holds for each cell and
figure the median, its interval and the extremes, and it documents that file.
A figure that was not recorded is None, never 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# The ways in which a task can end.
OUTCOMES = (
    "ok",
    "rejected",
    "failed",
    "silent",
    "timed_out",
    "cancelled",
    "not_started",
)
NS_PER_S = 1e9
# Every place of a record that the table below reads: record.py demands a number there.
PLACES: set[tuple[str, ...]] = set()


@dataclass(frozen=True)
class Figure:
    name: str
    unit: str  # "s", "bytes", "count" or "1/s"
    meaning: str
    read: Callable[[Any], float | None]
    of_work: bool = False  # what the whole work took: not of use where less was served


def _timing(field: str) -> Callable[[Any], float | None]:
    """A figure that hyperfine took."""
    return lambda run: getattr(run.hyperfine, field) if run.hyperfine else None


def _record(*path: str, scale: float = 1.0) -> Callable[[Any], float | None]:
    """A figure out of the program's own record, at this path."""
    PLACES.add(path)

    def read(run: Any) -> float | None:
        value = run.record
        for key in path:
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return value / scale if type(value) in (int, float) else None

    return read


def _seconds(*path: str) -> Callable[[Any], float | None]:
    return _record(*path, scale=NS_PER_S)


def _overhead_s(run: Any) -> float | None:
    inner = _seconds("wall_ns")(run)
    if run.hyperfine is None or inner is None:
        return None
    return run.hyperfine.wall_s - inner


def _goodput(run: Any) -> float | None:
    wall_s, ok = _seconds("wall_ns")(run), _record("outcomes", "ok")(run)
    return ok / wall_s if wall_s and ok is not None else None


def _per_ok(run: Any) -> float | None:
    """None where nothing was served: no time would be enough."""
    wall_s, ok = _timing("wall_s")(run), _record("outcomes", "ok")(run)
    return wall_s / ok if wall_s is not None and ok else None


def _latency_figures(prefix: str, meaning: str) -> list[Figure]:
    return [
        Figure(
            f"{prefix}_{point}_s", "s", f"{meaning}: {point}",
            _seconds(f"{prefix}_ns", point), of_work=True,
        )
        for point in ("min", "mean", "p50", "p90", "p99", "max")
    ]  # fmt: skip


_TABLE = [
    Figure("wall_s", "s", "wall time of the process, as hyperfine sees it",
           _timing("wall_s"), of_work=True),
    Figure("inner_wall_s", "s", "first task handed over to last outcome, own clock",
           _seconds("wall_ns"), of_work=True),
    Figure("wall_per_ok_s", "s", "wall_s over the tasks that were served", _per_ok),
    Figure("overhead_s", "s", "wall_s - inner_wall_s: starting and ending the process",
           _overhead_s),
    Figure("create_s", "s", "spent creating threads", _seconds("create_ns")),
    Figure("user_s", "s", "CPU time in the program",
           _seconds("cpu", "user_ns"), of_work=True),
    Figure("system_s", "s", "CPU time in the kernel",
           _seconds("cpu", "system_ns"), of_work=True),
    Figure("rss_bytes", "bytes", "peak resident memory (VmHWM)",
           _record("peak", "rss_bytes")),
    Figure("virtual_bytes", "bytes", "peak address space (VmPeak)",
           _record("peak", "virtual_bytes")),
    Figure("page_table_bytes", "bytes", "page tables (VmPTE)",
           _record("peak", "page_table_bytes")),
    Figure("threads", "count", "most threads alive at once",
           _record("peak", "threads")),
    Figure("in_flight", "count", "most calls outstanding at once",
           _record("peak", "in_flight")),
    Figure("served", "count", "most calls the API served at once",
           _record("peak", "served")),
    Figure("calls", "count", "calls made, retries included", _record("calls")),
    Figure("retries", "count", "calls beyond each task's first", _record("retries")),
    Figure("amplification", "count", "calls over tasks", _record("amplification")),
    Figure("believed_ok", "count", "tasks that the design took for done",
           _record("believed_ok")),
    Figure("goodput_per_s", "1/s", "tasks done well, a second of inner_wall_s",
           _goodput),
    Figure("threads_created", "count", "threads created in all",
           _record("threads_created")),
    Figure("voluntary_switches", "count", "context switches the program asked for",
           _record("cpu", "voluntary_switches")),
    Figure("involuntary_switches", "count", "context switches forced on it",
           _record("cpu", "involuntary_switches")),
    Figure("minor_faults", "count", "pages touched for the first time",
           _record("cpu", "minor_faults")),
    Figure("stop_s", "s", "told to stop until the last thread was done",
           _seconds("stop", "latency_ns")),
    Figure("stop_in_flight", "count", "calls in flight when told to stop",
           _record("stop", "in_flight")),
    *_latency_figures("latency", "answered task, due until its answer"),
    *_latency_figures("failed_latency", "started task that failed, due until its end"),
    *_latency_figures("queue_wait", "task due until it was started"),
]  # fmt: skip

FIGURES: dict[str, Figure] = {figure.name: figure for figure in _TABLE}
