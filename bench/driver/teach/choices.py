"""Runs a program that decides between given answers.

It is one that gives no figures: what counts is how it ends, and what it says on stderr.
It is run several times, and has decided only if it does the same each time.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..measure import child
from ..measure.child import Guardian
from ..run.run import Ending

RUNS = 6  # as many as make an interval of a figure
TIMEOUT_S = 2.0


def watch(command: Sequence[str], programs: Path) -> list[Ending]:
    """Runs the program several times, in a folder that is gone afterwards."""
    program, *arguments = command
    full = [str((programs / program).resolve()), *arguments]
    with tempfile.TemporaryDirectory(prefix="five-cooks-") as desk, Guardian() as guard:
        return [
            child.run(full, Path(desk), {**os.environ, "LC_ALL": "C"}, TIMEOUT_S, guard)
            for _ in range(RUNS)
        ]
