"""The record a program prints: read strictly, and held against what was asked.

A record is either believed in full or refused with one sentence. Nothing missing is
filled in: a default 0 would end up in a chart. What it holds besides is let alone.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..ask.cell import Cell
from ..ask.figures import ALWAYS_TOLD, OUTCOMES, PLACES
from .run import Timing

# Numbers that are always there; those that may be null, where a system does not tell;
# and those that are null where no task is of the kind.
VERSIONS = (1, 2)  # of records; src/program/record.h says what they hold
KNOWN = (("wall_ns",), ("calls",), *(("outcomes", name) for name in ALWAYS_TOLD))
THERE = (
    ("create_ns",),
    *(("peak", key) for key in ("rss_bytes", "virtual_bytes", "page_table_bytes",
                                "threads", "in_flight", "served")),
    *(("cpu", key) for key in ("user_ns", "system_ns", "voluntary_switches",
                               "involuntary_switches", "minor_faults")),
)  # fmt: skip
SPREADS = ("latency_ns", "queue_wait_ns")
PERCENTILES = ("min", "p50", "p90", "p99", "max")
# JSON has no limits of its own. What is beyond these is no record, and could not be
# computed with, or written into the results again.
MOST, DEEPEST = 2**64, 16
IMPOSSIBLE = "physically impossible"  # how the problem of such a run begins


class RecordError(Exception):
    """Why a record is not believed: one sentence."""


def parse(text: str) -> dict[str, Any]:
    """The one JSON object that a program printed."""
    if not text.strip():
        raise RecordError("the program printed no record")
    try:
        record = json.loads(text, parse_constant=_refuse_constant)
    except (json.JSONDecodeError, RecursionError) as error:
        raise RecordError(f"the record is not valid JSON: {error}") from None
    except ValueError:
        raise RecordError("the record holds a number of thousands of digits") from None
    if not isinstance(record, dict):
        raise RecordError("the record is not a JSON object")
    _check_values(record, 0)
    return record


def _refuse_constant(name: str) -> None:
    raise RecordError(f"the record holds {name}, which is no figure")


def _check_values(value: Any, depth: int) -> None:
    """Refuses what Python takes for JSON and cannot, or should not, write again."""
    if depth > DEEPEST:
        raise RecordError(f"the record is nested more than {DEEPEST} deep")
    if isinstance(value, (dict, list)):
        inside = [*value, *value.values()] if isinstance(value, dict) else value
        for each in inside:
            _check_values(each, depth + 1)
    elif isinstance(value, str):
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise RecordError("the record holds half a surrogate, which is no text")
    elif value is not None and not abs(value) < MOST:
        raise RecordError("the record holds a number beyond 64 bits")


def check(record: Mapping[str, Any], cell: Cell, timing: Timing | None) -> None:
    """Raises RecordError unless the record is whole, of this cell, and adds up."""
    _check_shape(record)
    _check_origin(record, cell)
    _check_account(record, cell)
    wall_s = record["wall_ns"] / 1e9
    if timing is not None and not cell.is_virtual and wall_s > timing.wall_s:
        raise RecordError(
            f"the program claims {wall_s:.6f} s, "
            f"hyperfine saw only {timing.wall_s:.6f} s"
        )


def check_bound(record: Mapping[str, Any], bound_s: float | None) -> None:
    """No run can be faster than this."""
    wall_s = record["wall_ns"] / 1e9
    if bound_s is not None and wall_s < bound_s:
        raise RecordError(
            f"{IMPOSSIBLE}: {wall_s:.6f} s for work that takes at least {bound_s:.6f} s"
        )


def _number(record: Mapping[str, Any], place: Sequence[str], needed: bool) -> Any:
    """The number at this place; None where it is null or, unless needed, not there."""
    found: Any = record
    for depth, key in enumerate(place):
        where = ".".join(place[: depth + 1])
        if found is not None and not isinstance(found, Mapping):
            raise RecordError(f"{'.'.join(place[:depth])} is {found!r}, not a table")
        if needed and (found is None or key not in found):
            raise RecordError(f"the record lacks {where}")
        found = None if found is None else found.get(key)
    if found is None or (type(found) in (int, float) and found >= 0):
        return found
    raise RecordError(f"{where} is {found!r}, not a count or a time")


def _check_shape(record: Mapping[str, Any]) -> None:
    version = record.get("schema_version")
    if version not in VERSIONS:
        raise RecordError(f"schema_version is {version!r}, not 1 or 2")
    spreads = [(name, p) for name in SPREADS if record.get(name) for p in PERCENTILES]
    for place in (*KNOWN, *THERE, *spreads):
        found = _number(record, place, needed=True)
        if place in KNOWN and (found is None or type(found) is not int):
            told = f"{found!r}, not a whole number"
            raise RecordError(f"{'.'.join(place)} is {told}")
    for name in SPREADS:
        if name not in record:
            raise RecordError(f"the record lacks {name}")
    for place in sorted(PLACES):
        _number(record, place, needed=False)
    if not isinstance(record.get("config"), Mapping):
        raise RecordError("the record lacks config")
    digest = record.get("workload_digest")
    if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-f]{16}", digest):
        raise RecordError("workload_digest is not 16 hexadecimal digits")
    if (limit := record.get("limit")) is not None:
        if not isinstance(limit, str):
            raise RecordError(f"limit is {limit!r}, not a sentence")
        if _number(record, ("threads_created",), needed=True) is None:
            raise RecordError("threads_created is null where a limit was reached")


def _check_origin(record: Mapping[str, Any], cell: Cell) -> None:
    """A record of another program, or of one that was asked otherwise, is foreign."""
    if record.get("program") != cell.design.program:
        raise RecordError(f"the record is of {record.get('program')!r}")
    if record.get("complete") is not True:
        raise RecordError("the program was stopped before it was done")
    expected = {"tasks": cell.tasks}
    if cell.workers is not None:
        expected["workers"] = cell.workers
    if "service-time" in cell.options:
        expected["service_time_ns"] = round(1e9 * cell.service_s)
    for key, value in expected.items():
        if record["config"].get(key) != value:
            told = record["config"].get(key)
            raise RecordError(f"asked for {key} {value}, recorded {told}")


def _check_account(record: Mapping[str, Any], cell: Cell) -> None:
    outcomes, wrong = record["outcomes"], "the account does not add up"
    if unknown := sorted(set(outcomes) - set(OUTCOMES)):
        raise RecordError(f"unknown outcome '{unknown[0]}'")
    total = sum(outcomes.values())
    if total != cell.tasks:
        raise RecordError(f"{wrong}: {total} outcomes of {cell.tasks} tasks")
    believed = record.get("believed_ok")
    if believed is not None and believed != outcomes["ok"] + outcomes["silent"]:
        raise RecordError(
            f"{wrong}: {believed} believed to be ok, but "
            f"{outcomes['ok']} are and {outcomes['silent']} claim to be"
        )
    capacity, served = cell.capacity, record["peak"]["served"]
    if capacity is not None and served is not None and served > capacity:
        raise RecordError(
            f"the API served {served} at once, its capacity is {capacity}"
        )
