"""Tests of the two Go programs. Where the build has left them out, all are skipped."""

from __future__ import annotations

import re
import unittest

from ..programs.program import BUILD

FOLDER = BUILD / "bench" / "peers"
NAMES = ("goroutine-per-task", "goroutine-pool")
# As tests.programs.program finds its programs: from <build>/src.
PER_TASK, POOL = PEERS = tuple(f"../bench/peers/{name}" for name in NAMES)
# The C program of the same design, and the option that bounds it.
TWINS = {PER_TASK: "thread-per-task", POOL: "worker-pool"}
BOUNDS = {PER_TASK: "--max-threads", POOL: "--workers"}


def why_left_out() -> str | None:
    """What Meson said when it left the programs out; None: they must be there."""
    log = (BUILD / "meson-logs" / "meson-log.txt").read_text(errors="replace")
    said = re.search(r"^Message: (.*bench/peers is left out)$", log, re.MULTILINE)
    return said[1] if said else None


LEFT_OUT = why_left_out()
needs_go = unittest.skipIf(LEFT_OUT is not None, LEFT_OUT or "")
