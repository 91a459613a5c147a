"""A cell's options as people read them: 50ms is "50 ms", 256M is "256 MiB"."""

from __future__ import annotations

import re

from ..model import Cell
from ..wording import design_name
from .look import base_name

BINARY = {"K": "KiB", "M": "MiB", "G": "GiB"}  # as the programs take them
UNITS = {"ns": "ns", "us": "µs", "ms": "ms", "s": "s", "%": "%", **BINARY}


def spaced(text: str) -> str:
    """The values in a text of options, each with a unit of its own word."""
    units = "|".join(UNITS)
    return re.sub(
        rf"(?<![\w.-])(\d+(?:\.\d+)?)({units})(?!\w)",
        lambda found: f"{found[1]}\u00a0{UNITS[found[2]]}",
        text,
    )


def variant(cell: Cell) -> str:
    """What else than its workers was varied: "timeout 50 ms", or nothing."""
    told = design_name(cell).removeprefix(base_name(cell)).strip(" ()")
    return spaced(told).replace("limit-memory ", "memory limit ")


def full_name(cell: Cell) -> str:
    """ "worker-pool of 5 (timeout 50 ms)"."""
    told = variant(cell)
    return f"{base_name(cell)} ({told})" if told else base_name(cell)
