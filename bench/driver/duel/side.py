"""One side of a duel: a program while it runs, what it tells, and its record.

The program writes how far it is into a pipe (--progress; src/program/progress.h says
what), and its record, when it has ended, to a file. What is shown in between are the
counters it told last; what stays is the record.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from ..ask.cell import Cell
from ..machine.programs import find, missing
from ..measure import child
from ..measure.by_its_own_clock import RunError
from ..measure.hyperfine import environment
from ..measure.signals import held
from ..run import record

CHUNK = 1 << 16


class Side:
    """ends: (served?, how many) in the order in which orders ended."""

    def __init__(self, cell: Cell) -> None:
        self.cell, self.tasks = cell, cell.tasks
        self.served = self.lost = self.in_flight = self.peak = 0
        self.seconds = 0.0
        self.ends: list[tuple[bool, int]] = []
        self.outcomes: Mapping[str, int] = {}
        self.record: Mapping[str, Any] | None = None  # once it has ended
        self.remark = ""  # what it said on stderr
        self._rest = b""
        self._pipe = -1
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, programs: Path) -> None:
        name = self.cell.design.program
        program = find(programs, name)
        if program is None:
            raise RunError(missing(programs, {name}))
        self._guardian = child.Guardian()
        self._stdout, self._stderr = TemporaryFile(), TemporaryFile()
        self._pipe, theirs = os.pipe()
        told = [f"--progress={theirs}", "--json=-"]
        try:
            with held():
                self._process = subprocess.Popen(
                    [program.resolve(), *self.cell.args, *told],
                    stdin=subprocess.DEVNULL, stdout=self._stdout, stderr=self._stderr,
                    env=environment(), pass_fds=[theirs], process_group=0,
                    preexec_fn=self._guardian.watch_me,
                )  # fmt: skip
        finally:
            os.close(theirs)

    def fileno(self) -> int:
        return self._pipe

    def hear(self) -> None:
        """Something was told; nothing: it has ended."""
        if not (said := os.read(self._pipe, CHUNK)):
            return self._finish()
        *lines, self._rest = (self._rest + said).split(b"\n")
        if lines:
            told = json.loads(lines[-1])
            self._count(told["outcomes"], told["in_flight"], told["at_ns"])

    def stop(self) -> None:
        if self._process:
            child.end_group(self._process, self._guardian)
            self._guardian.__exit__()
            os.close(self._pipe)
            self._stdout.close()
            self._stderr.close()
            self._process = None

    def _count(self, outcomes: Mapping[str, int], in_flight: int, at_ns: int) -> None:
        served = outcomes["ok"]
        lost = sum(outcomes.values()) - served
        more = ((True, served - self.served), (False, lost - self.lost))
        self.ends += [(whether, count) for whether, count in more if count]
        self.served, self.lost, self.in_flight = served, lost, in_flight
        self.peak = max(self.peak, in_flight)
        self.outcomes, self.seconds = outcomes, at_ns / 1e9

    def _finish(self) -> None:
        """It has closed its pipe, so it is about to end."""
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        process = self._process
        said, self.remark = map(_text, (self._stdout, self._stderr))
        self.stop()
        name = self.cell.design.program
        if process.returncode:
            why = (self.remark.splitlines() or ["it did not say why"])[0]
            raise RunError(f"{name} ended with {process.returncode}: {why}")
        try:
            found = record.parse(said)
            record.check(found, self.cell, None)
        except record.RecordError as error:
            raise RunError(f"{name}: {error}") from None
        self._count(found["outcomes"], 0, found["wall_ns"])
        self.record, self.peak = found, found["peak"]["in_flight"]


def _text(file: Any) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip()
