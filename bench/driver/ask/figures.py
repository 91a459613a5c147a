"""The figures of a run: each one's name, unit, meaning, and where it is read.

This table is the only list of them. It makes summary.csv, which holds for each cell and
figure the median, its interval and the extremes, and it documents that file.
A figure that was not recorded is None, never 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# The ways in which a task can end. Records of version 1 do not know the last one.
OUTCOMES = (
    "ok", "rejected", "failed", "silent", "timed_out", "cancelled", "not_started",
    "shed",
)  # fmt: skip
ALWAYS_TOLD = OUTCOMES[:-1]
NS_PER_S = 1e9
WORDS = {"min": "least", "p50": "median", "max": "greatest"}  # of percentiles
# Every place of a record that the table below reads: record.py demands a number there.
PLACES: set[tuple[str, ...]] = set()


@dataclass(frozen=True)
class Figure:
    name: str
    unit: str  # "s", "bytes", "count" or "1/s"
    label: str  # for axes, and in sentences: "the p99 latency of a pool"
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


def _wall_s(run: Any) -> float | None:
    own = run.cell.by_its_own_clock
    return _seconds("wall_ns")(run) if own else _timing("wall_s")(run)


def _overhead_s(run: Any) -> float | None:
    inner = _seconds("wall_ns")(run)
    if run.hyperfine is None or inner is None or run.cell.by_its_own_clock:
        return None
    return run.hyperfine.wall_s - inner


def _goodput(run: Any) -> float | None:
    wall_s, ok = _seconds("wall_ns")(run), _record("outcomes", "ok")(run)
    return ok / wall_s if wall_s and ok is not None else None


def _per_ok(run: Any) -> float | None:
    """None where nothing was served: no time would be enough."""
    wall_s, ok = _wall_s(run), _record("outcomes", "ok")(run)
    return wall_s / ok if wall_s is not None and ok else None


def _latency_figures(prefix: str, label: str, meaning: str) -> list[Figure]:
    return [
        Figure(
            f"{prefix}_{point}_s", "s", f"{WORDS.get(point, point)} {label}",
            f"{meaning}: {point}",
            _seconds(f"{prefix}_ns", point), of_work=True,
        )
        for point in ("min", "mean", "p50", "p90", "p99", "max")
    ]  # fmt: skip


_TABLE = [
    Figure("wall_s", "s", "wall time",
           "wall time of the process, as hyperfine sees it; in virtual time, and over "
           "real sockets, by its own clock",
           _wall_s, of_work=True),
    Figure("inner_wall_s", "s", "wall time by its own clock",
           "from before the first thread is created to the last outcome; own clock",
           _seconds("wall_ns"), of_work=True),
    Figure("wall_per_ok_s", "s", "time per served task",
           "wall_s over the tasks that were served", _per_ok),
    Figure("overhead_s", "s", "time to start and end",
           "wall_s − inner_wall_s: starting and ending the process", _overhead_s),
    Figure("create_s", "s", "time creating threads", "spent creating threads",
           _seconds("create_ns")),
    Figure("user_s", "s", "CPU time in the program", "CPU time in the program",
           _seconds("cpu", "user_ns"), of_work=True),
    Figure("system_s", "s", "CPU time in the kernel", "CPU time in the kernel",
           _seconds("cpu", "system_ns"), of_work=True),
    Figure("rss_bytes", "bytes", "peak memory", "peak resident memory (VmHWM)",
           _record("peak", "rss_bytes")),
    Figure("virtual_bytes", "bytes", "address space", "peak address space (VmPeak)",
           _record("peak", "virtual_bytes")),
    Figure("page_table_bytes", "bytes", "page tables", "page tables (VmPTE)",
           _record("peak", "page_table_bytes")),
    Figure("threads", "count", "threads at once", "most threads alive at once",
           _record("peak", "threads")),
    Figure("in_flight", "count", "calls at once", "most calls outstanding at once",
           _record("peak", "in_flight")),
    Figure("served", "count", "calls served at once",
           "most calls the API served at once", _record("peak", "served")),
    Figure("connections", "count", "connections opened",
           "connections opened to the API, over real sockets",
           _record("remote", "connections")),
    Figure("connected", "count", "connections at once",
           "most connections to the API at once", _record("remote", "connected")),
    Figure("descriptors", "count", "descriptors at once",
           "most descriptors open at once, over real sockets",
           _record("remote", "descriptors")),
    Figure("calls", "count", "calls", "calls made, retries included", _record("calls")),
    Figure("retries", "count", "retries", "calls beyond each task's first",
           _record("retries")),
    Figure("amplification", "count", "calls per task", "calls over tasks",
           _record("amplification")),
    Figure("believed_ok", "count", "tasks believed to be done",
           "tasks that the design took for done", _record("believed_ok")),
    Figure("goodput_per_s", "1/s", "goodput", "tasks served per second of inner_wall_s",
           _goodput),
    Figure("threads_created", "count", "threads created", "threads created in all",
           _record("threads_created")),
    Figure("voluntary_switches", "count", "waits in the kernel",
           "context switches the program asked for",
           _record("cpu", "voluntary_switches")),
    Figure("involuntary_switches", "count", "times it was interrupted",
           "context switches forced on it", _record("cpu", "involuntary_switches")),
    Figure("minor_faults", "count", "pages touched", "pages touched for the first time",
           _record("cpu", "minor_faults")),
    Figure("stop_s", "s", "time to stop", "told to stop until the last thread was done",
           _seconds("stop", "latency_ns")),
    Figure("stop_in_flight", "count", "calls in flight at the stop",
           "calls in flight when told to stop", _record("stop", "in_flight")),
    *_latency_figures("latency", "latency", "answered task, due until its answer"),
    *_latency_figures("failed_latency", "latency of failures",
                      "started task that failed, due until its end"),
    *_latency_figures("queue_wait", "wait in the queue",
                      "task due until it was started"),
]  # fmt: skip

FIGURES: dict[str, Figure] = {figure.name: figure for figure in _TABLE}


def figure_of(name: str) -> Figure:
    """A figure of the table, or how many tasks ended in this way."""
    return FIGURES.get(name) or Figure(
        name, "count", name.replace("_", " "), "tasks that ended so",
        lambda run: run.record["outcomes"].get(name),
    )  # fmt: skip
