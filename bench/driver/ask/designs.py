"""Designs as a table of an experiment names them, and what simulates them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .cell import (
    MEASURED,
    OVERSLEEP,
    PROGRAM_OF,
    SIMULATED_BY,
    SPAWN_TIME,
    TASK_TIME,
    is_pool,
)
from .typed import AskError

OF_TABLES = {"design", "quick", "simulated"}  # of [[cells]], and no options


def with_twins(table: Mapping[str, Any], where: str) -> Iterator[Mapping[str, Any]]:
    """The table; and, if asked for, what simulates it: fibers in virtual time."""
    yield table
    asked = table.get("simulated", False)
    if not isinstance(asked, bool):
        raise AskError(f"{where} simulated is {asked!r}: it takes true or false")
    if asked:
        program, size = program_of(table.get("design"), where)
        if program not in SIMULATED_BY:
            known = ", ".join(SIMULATED_BY)
            raise AskError(f"{where} simulated: only {known} can be, not {program}")
        costs = {SPAWN_TIME: MEASURED, OVERSLEEP: MEASURED}
        costs |= {TASK_TIME: MEASURED} if is_pool(program) else {}
        yield {**table, **size, "design": SIMULATED_BY[program], "clock": "virtual",
               **costs}  # fmt: skip


def program_of(design: Any, where: str) -> tuple[str, dict[str, int]]:
    """The program that a design names, and its size if that is told: "pool of 50"."""
    if not isinstance(design, str):
        raise AskError(f"{where} design is {design!r}: it takes words in quotes")
    kind, of, size = design.partition(" of ")
    program = PROGRAM_OF.get(kind, kind)
    if of and not re.fullmatch(r"[1-9]\d*", size):
        told = "its size is a whole number from 1 up"
        raise AskError(f"{where} design '{design}': {told}")
    # A program of somebody's own has a name of its kind, too; it need not be known.
    if kind not in PROGRAM_OF and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", kind):
        raise AskError(f"{where} design '{design}' is none of {', '.join(PROGRAM_OF)}")
    option = "workers" if is_pool(program) else "max-threads"
    return program, {option: int(size)} if of else {}
