"""A recorded run as a Chrome trace, which ui.perfetto.dev and chrome://tracing load.

    python3 -m driver.trace SAMPLES.csv TRACE.json

Each lane is a thread of the trace, each task a slice on it, coloured by its outcome;
the waiting from due to started is in the slice's arguments.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .charts.samples import Sample, in_flight, read_samples, started
from .charts.sheet import ChartError

PROCESS = 1
# Names of colours that the viewers know.
COLOURS = {"ok": "good", "rejected": "terrible", "cancelled": "grey"}
OTHER_COLOUR = "bad"
US_PER_S = 1e6


def events(samples: Sequence[Sample], name: str) -> list[dict[str, Any]]:
    """The trace's events: names first, then tasks, then the count of calls."""
    ran = started(samples)
    lanes = sorted({sample.lane for sample in ran})
    found = [_named("process_name", 0, name)]
    found += [_named("thread_name", lane, f"lane {lane}") for lane in lanes]
    found += [_task(sample) for sample in ran]
    found += [_calls(at, total) for at, total, _ in in_flight(samples)]
    return found


def _named(kind: str, lane: int, name: str) -> dict[str, Any]:
    return {
        "ph": "M", "name": kind, "pid": PROCESS, "tid": lane, "args": {"name": name},
    }  # fmt: skip


def _task(sample: Sample) -> dict[str, Any]:
    return {
        "ph": "X",
        "name": f"task {sample.index}",
        "cat": sample.outcome,
        "cname": COLOURS.get(sample.outcome, OTHER_COLOUR),
        "ts": round(sample.started_s * US_PER_S, 3),
        "dur": round((sample.finished_s - sample.started_s) * US_PER_S, 3),
        "pid": PROCESS,
        "tid": sample.lane,
        "args": {
            "outcome": sample.outcome,
            "attempts": sample.attempts,
            "waited_us": round((sample.started_s - sample.due_s) * US_PER_S, 3),
        },
    }


def _calls(at_s: float, total: int) -> dict[str, Any]:
    return {
        "ph": "C", "name": "calls in flight", "pid": PROCESS,
        "ts": round(at_s * US_PER_S, 3), "args": {"calls": total},
    }  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 2:
        print("usage: python3 -m driver.trace SAMPLES.csv TRACE.json", file=sys.stderr)
        return 2
    source, target = map(Path, arguments)
    try:
        trace = {
            "traceEvents": events(read_samples(source), source.stem),
            "displayTimeUnit": "ms",
        }
        temporary = target.with_name(f".{target.name}.tmp")
        temporary.write_text(json.dumps(trace), encoding="utf-8")
        temporary.replace(target)
    except (OSError, ChartError) as error:
        print(f"trace: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
