"""Questions with given answers, of which a program decides the right one.

The program is one that gives no figures: what counts is how it ends, and what it says
on stderr. It is run several times, and has decided only if it does the same each time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import child, hyperfine
from ..child import Ending, Guardian

RUNS = 6  # as many as make an interval of a figure
TIMEOUT_S = 2.0
ENDED_BY_US, SIGNALLED = 124, 128  # the statuses of timeout(1) and of a shell


@dataclass(frozen=True)
class Choice:
    """One answer, and how the program ends if it is right."""

    words: str
    status: int  # as a shell has it: 128 + n after signal n, 124 if it did not end
    says: str = ""  # found in what it says

    def fits(self, ending: Ending) -> bool:
        return self.status == status(ending) and self.says in ending.stderr


def status(ending: Ending) -> int:
    if ending.timed_out:
        return ENDED_BY_US
    code = ending.exit_code
    return code if code >= 0 else SIGNALLED - code


def right(choices: Mapping[str, Choice], endings: Sequence[Ending]) -> str | None:
    """The letter of the only choice that fits, and fits every time; else None."""
    fitting = [
        letter
        for letter, choice in choices.items()
        if any(choice.fits(ending) for ending in endings)
    ]
    if len(fitting) != 1:
        return None
    always = all(choices[fitting[0]].fits(ending) for ending in endings)
    return fitting[0] if always else None


def watch(command: Sequence[str], programs: Path) -> list[Ending]:
    """Runs the program several times, in a folder that is gone afterwards."""
    program, *arguments = command
    full = [str((programs / program).resolve()), *arguments]
    with tempfile.TemporaryDirectory(prefix="five-cooks-") as desk, Guardian() as guard:
        return [
            child.run(full, Path(desk), hyperfine.environment(), TIMEOUT_S, guard)
            for _ in range(RUNS)
        ]
