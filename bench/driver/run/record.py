"""The record a program prints: read strictly, and held against what was asked.

A record is either believed in full or refused with one sentence. Nothing missing is
filled in: a default 0 would end up in a chart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..ask.cell import Cell
from ..ask.figures import OUTCOMES, PLACES
from .run import SCHEMA_VERSION, Timing

PEAKS = (
    "rss_bytes", "virtual_bytes", "page_table_bytes", "threads", "in_flight", "served",
)  # fmt: skip
CPU = (
    "user_ns", "system_ns", "voluntary_switches", "involuntary_switches",
    "minor_faults",
)  # fmt: skip
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
    if isinstance(value, dict):
        for each in (*value.keys(), *value.values()):
            _check_values(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
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
    if not cell.is_virtual:
        _check_time(record, timing)


def _number(table: Any, where: str, key: str, may_be_null: bool = True) -> None:
    if not isinstance(table, Mapping) or key not in table:
        raise RecordError(f"the record lacks {where}{key}")
    value = table[key]
    if value is None and may_be_null:
        return
    if type(value) not in (int, float) or value < 0:
        raise RecordError(f"{where}{key} is {value!r}, not a count or a time")


def _check_shape(record: Mapping[str, Any]) -> None:
    version = record.get("schema_version")
    if version != SCHEMA_VERSION:
        raise RecordError(f"schema_version is {version!r}, not {SCHEMA_VERSION}")
    for key in ("wall_ns", "calls"):
        _number(record, "", key, may_be_null=False)
    _number(record, "", "create_ns")
    for key in OUTCOMES:
        _count(record.get("outcomes"), "outcomes.", key)
    for table, keys in (("peak", PEAKS), ("cpu", CPU)):
        for key in keys:
            _number(record.get(table), f"{table}.", key)
    for table in ("latency_ns", "queue_wait_ns"):
        if table not in record:
            raise RecordError(f"the record lacks {table}")
        if record[table] is not None:
            for key in PERCENTILES:
                _number(record[table], f"{table}.", key)
    for place in sorted(PLACES):
        _check_place(record, place)
    _check_words(record)


def _count(table: Any, where: str, key: str) -> None:
    _number(table, where, key, may_be_null=False)
    if type(table[key]) is not int:
        raise RecordError(f"{where}{key} is {table[key]!r}, not a whole number")


def _check_place(record: Mapping[str, Any], place: Sequence[str]) -> None:
    """A figure is a number, or not there; so is the table that it lies in."""
    table: Any = record
    for depth, key in enumerate(place[:-1], start=1):
        table = table.get(key)
        if table is None:
            return
        if not isinstance(table, Mapping):
            raise RecordError(f"{'.'.join(place[:depth])} is {table!r}, not a table")
    if place[-1] in table:
        _number(table, "".join(f"{key}." for key in place[:-1]), place[-1])


def _check_words(record: Mapping[str, Any]) -> None:
    if not isinstance(record.get("config"), Mapping):
        raise RecordError("the record lacks config")
    digest = record.get("workload_digest")
    if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-f]{16}", digest):
        raise RecordError("workload_digest is not 16 hexadecimal digits")
    if record.get("limit") is not None:
        if not isinstance(record["limit"], str):
            raise RecordError(f"limit is {record['limit']!r}, not a sentence")
        _number(record, "", "threads_created", may_be_null=False)


def _check_origin(record: Mapping[str, Any], cell: Cell) -> None:
    """A record of another program, or of one that was asked otherwise, is foreign."""
    if record.get("program") != cell.design.program:
        raise RecordError(f"the record is of {record.get('program')!r}")
    if record.get("complete") is not True:
        raise RecordError("the program was stopped before it was done")
    config = record["config"]
    expected = {"tasks": cell.tasks}
    if cell.workers is not None:
        expected["workers"] = cell.workers
    if "service-time" in cell.options:
        expected["service_time_ns"] = round(1e9 * cell.service_s)
    for key, value in expected.items():
        if config.get(key) != value:
            raise RecordError(f"asked for {key} {value}, recorded {config.get(key)}")


def _check_account(record: Mapping[str, Any], cell: Cell) -> None:
    outcomes = record["outcomes"]
    total = sum(outcomes[name] for name in OUTCOMES)
    if total != cell.tasks:
        raise RecordError(
            f"the account does not add up: {total} outcomes of {cell.tasks} tasks"
        )
    believed = record.get("believed_ok")
    if believed is not None and believed != outcomes["ok"] + outcomes["silent"]:
        raise RecordError(
            f"the account does not add up: {believed} believed to be ok, but "
            f"{outcomes['ok']} are and {outcomes['silent']} claim to be"
        )
    if unknown := sorted(set(outcomes) - set(OUTCOMES)):
        raise RecordError(f"unknown outcome '{unknown[0]}'")
    capacity, served = cell.capacity, record["peak"]["served"]
    if capacity is not None and served is not None and served > capacity:
        raise RecordError(
            f"the API served {served} at once, its capacity is {capacity}"
        )


def _check_time(record: Mapping[str, Any], timing: Timing | None) -> None:
    wall_s = record["wall_ns"] / 1e9
    if timing is not None and wall_s > timing.wall_s:
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
