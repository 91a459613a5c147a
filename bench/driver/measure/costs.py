"""Has bench/micro measure what single operations cost: see run/constants.py."""

import os
import sys
import tempfile
from pathlib import Path

from .. import REPOSITORY
from ..run.constants import CREATE, FILE, HAND_OVER, OVERSHOOT, TURN, WORKER
from . import child

BLOCKS = 3  # two seconds in all; only the medians are used
TIMEOUT_S = 180  # most of it is for building, the first time


def measure(folder: Path, programs: Path) -> str | None:
    """Writes them into the folder. Else why not, in words; a run does without."""
    build = programs.parent
    if programs.name != "src" or not (build / "build.ninja").is_file():
        return "the programs do not lie in a build folder of this project"
    command = [
        sys.executable, str(REPOSITORY / "bench" / "micro" / "run"),
        f"--blocks={BLOCKS}",
        f"--filter={CREATE}|{TURN}|{HAND_OVER}|{WORKER}|{OVERSHOOT}(1|10)ms",
        f"--build={build.resolve()}",
        f"--output={(folder / FILE).resolve()}",
    ]  # fmt: skip
    try:
        # As a child that is ended with all that it started: a compiler, or the meter.
        with tempfile.TemporaryDirectory() as desk, child.Guardian() as guardian:
            ending = child.run(command, Path(desk), os.environ, TIMEOUT_S, guardian)
    except OSError as error:
        return f"bench/micro did not run: {error.strerror}"
    if ending.timed_out:
        return f"bench/micro took more than {TIMEOUT_S} s"
    if ending.exit_code == 0:
        return None
    last = (ending.stderr.splitlines() or ["no reason given"])[-1]
    return f"bench/micro ended with status {ending.exit_code}: {last}"
