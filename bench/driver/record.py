"""The record a program prints: read strictly, and held against what was asked.

A record is either believed in full or refused with one sentence. Nothing missing is
filled in: a default 0 would end up in a chart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .model import OUTCOMES, SCHEMA_VERSION, Cell, Timing
from .quantities import parse_duration_ns
from .theory import bound_wall_s

PEAKS = (
    "rss_bytes", "virtual_bytes", "page_table_bytes", "threads", "in_flight", "served",
)  # fmt: skip
CPU = (
    "user_ns", "system_ns", "voluntary_switches", "involuntary_switches",
    "minor_faults",
)  # fmt: skip
PERCENTILES = ("min", "p50", "p90", "p99", "max")


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
    if not isinstance(record, dict):
        raise RecordError("the record is not a JSON object")
    return record


def _refuse_constant(name: str) -> None:
    raise RecordError(f"the record holds {name}, which is no figure")


def check(record: Mapping[str, Any], cell: Cell, timing: Timing | None) -> None:
    """Raises RecordError unless the record is whole, of this cell, and adds up."""
    _check_shape(record)
    _check_origin(record, cell)
    _check_account(record, cell)
    _check_time(record, cell, timing)


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
        _number(record.get("outcomes"), "outcomes.", key, may_be_null=False)
    for table, keys in (("peak", PEAKS), ("cpu", CPU)):
        for key in keys:
            _number(record.get(table), f"{table}.", key)
    for table in ("latency_ns", "queue_wait_ns"):
        if record.get(table) is not None:
            for key in PERCENTILES:
                _number(record[table], f"{table}.", key)
    if not isinstance(record.get("config"), Mapping):
        raise RecordError("the record lacks config")
    if not re.fullmatch(r"[0-9a-f]{16}", str(record.get("workload_digest"))):
        raise RecordError("workload_digest is not 16 hexadecimal digits")


def _check_origin(record: Mapping[str, Any], cell: Cell) -> None:
    """A record of another program, or of one that was asked otherwise, is foreign."""
    if record.get("program") != cell.design:
        raise RecordError(f"the record is of {record.get('program')!r}")
    if record.get("complete") is not True:
        raise RecordError("the program was stopped before it was done")
    config = record["config"]
    expected = {"tasks": cell.tasks}
    if cell.workers is not None:
        expected["workers"] = cell.workers
    if "service-time" in cell.options:
        expected["service_time_ns"] = parse_duration_ns(
            str(cell.options["service-time"])
        )
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
    capacity, served = cell.options.get("api-capacity"), record["peak"]["served"]
    if type(capacity) is int and served is not None and served > capacity:
        raise RecordError(
            f"the API served {served} at once, its capacity is {capacity}"
        )


def _check_time(record: Mapping[str, Any], cell: Cell, timing: Timing | None) -> None:
    wall_s = record["wall_ns"] / 1e9
    bound_s = bound_wall_s(cell, record)
    if bound_s is not None and wall_s < bound_s:
        raise RecordError(
            f"physically impossible: {wall_s:.6f} s for work that takes at least "
            f"{bound_s:.6f} s"
        )
    if timing is not None and wall_s > timing.wall_s:
        raise RecordError(
            f"the program claims {wall_s:.6f} s, "
            f"hyperfine saw only {timing.wall_s:.6f} s"
        )
