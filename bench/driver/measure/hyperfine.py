"""One run of one program, timed by hyperfine. Nothing else times whole programs.

hyperfine is called once for each run: it does not interleave, so the driver does. It is
started in a scratch folder that holds links to the programs, so no path of this machine
is on its command line, in its shell-like quoting, or in the results.
"""

import errno
import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from .. import REPOSITORY
from ..ask.cell import NGINX, Cell
from ..machine.programs import there
from ..reckon.theory import bound_wall_s
from ..run import record
from ..run.run import Ending, Timing
from . import child
from .signals import SIGNALLED

WRAPPER = REPOSITORY / "bench" / "over-http"  # starts and ends the API's server
RECORD, TIMES, SAMPLES = "record.json", "hyperfine.json", "samples.csv"
HUNG = "it hung"  # how the problem of such a run begins


class HyperfineError(Exception):
    """hyperfine itself does not work: no run can be made."""


@dataclass(frozen=True)
class Shot:
    """What one call gave: times, a record, and why it counts for nothing, if so."""

    command: tuple[str, ...]
    timing: Timing | None
    record: dict[str, Any] | None
    problem: str | None
    samples: Path | None = None


def environment() -> dict[str, str]:
    """Ours, with decimal points in it whatever the user's language."""
    return {**os.environ, "LC_ALL": "C"}


def call(
    program: Path, *words: str, limit_s: float
) -> subprocess.CompletedProcess[str]:
    """A program run to its end without hyperfine. Raises what subprocess raises."""
    return subprocess.run(
        [str(program.resolve()), *words], capture_output=True, text=True,
        errors="replace", timeout=limit_s, stdin=subprocess.DEVNULL, env=environment(),
    )  # fmt: skip


class Gun:
    """Fires one run at a time, in a scratch folder of its own."""

    def __init__(
        self, scratch: Path, programs: Path, guardian: child.Guardian,
        builds: Mapping[str, Path] = {},
    ) -> None:  # fmt: skip
        self._scratch, self._guardian = scratch, guardian
        try:
            for build, folder in {"": programs, **builds}.items():
                (scratch / build).mkdir()
                _copy(WRAPPER, scratch / build / WRAPPER.name)
                for program in there(folder):
                    _copy(program, scratch / build / program.name)
        except OSError as error:
            told = f"the programs cannot be copied to {scratch.parents[1]}"
            raise HyperfineError(f"{told}: {error.strerror}") from None

    def fire(
        self,
        cell: Cell,
        timeout_s: float,
        sample: bool = False,
        seed: int | None = None,
        tick: child.Tick = lambda: None,
    ) -> Shot:
        """One run of the cell, checked."""
        command = [cell.design.program, *cell.args, f"--json={RECORD}"]
        if seed is not None:
            command.append(f"--seed={seed}")
        if sample:
            command.append(f"--samples={SAMPLES}")
        here = f"./{cell.build}/" if cell.build else "./"
        words = here + shlex.join(command)
        if cell.is_real:
            through = "--nginx " if cell.api == NGINX else ""
            words = f"{here}{WRAPPER.name} {through}{words}"
        ending = self._call(cell.name, words, timeout_s, tick)
        timing = problem = found = None
        try:
            timing = self._timing(ending, timeout_s)
            _check_exit(timing, _complaint(ending.stderr))
            found = record.parse(_read_text(self._scratch / RECORD))
            record.check(found, cell, timing)
            record.check_bound(found, bound_wall_s(cell, found))
        except record.RecordError as error:
            problem = str(error)
        path = self._scratch / SAMPLES
        if sample and problem is None and not path.is_file():
            problem = "the program wrote no samples"
        samples = path if path.is_file() else None
        return Shot(tuple(command), timing, found, problem, samples)

    def _call(
        self, name: str, command: str, timeout_s: float, tick: child.Tick
    ) -> Ending:
        try:
            for each in (RECORD, TIMES, SAMPLES):
                (self._scratch / each).unlink(missing_ok=True)
            return child.run(
                [
                    "hyperfine", "--shell=none", "--runs=1", "--ignore-failure",
                    "--style=none", "--output=inherit", f"--export-json={TIMES}",
                    f"--command-name={name}", command,
                ],
                self._scratch, environment(), timeout_s, self._guardian, tick,
            )  # fmt: skip
        except OSError as error:
            self._check_folder()
            why = f"hyperfine cannot be started: {error.strerror}"
            raise HyperfineError(why) from None

    def _check_folder(self) -> None:
        if not self._scratch.is_dir():
            raise HyperfineError("the results folder is gone")

    def _want_of_room(self) -> str:
        """Why neither it nor we could write what it says."""
        full = os.statvfs(self._scratch).f_bavail == 0
        return f": {os.strerror(errno.ENOSPC)}" if full else ""

    def _timing(self, ending: Ending, timeout_s: float) -> Timing:
        self._check_folder()
        if ending.timed_out:
            raise record.RecordError(f"{HUNG}: ended after {timeout_s:.0f} s")
        if ending.exit_code != 0:
            why = _complaint(ending.stderr) or self._want_of_room()
            raise HyperfineError(f"hyperfine ended with {ending.exit_code}{why}")
        try:
            text = _read_text(self._scratch / TIMES)
            return _timing_of(json.loads(text)["results"][0])
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise HyperfineError(f"hyperfine's times cannot be read: {error}") from None


def _timing_of(result: dict[str, Any]) -> Timing:
    """Of one result, as version 1 or, with measurements, version 2 writes it."""
    if "measurements" in result:
        (run,) = result["measurements"]
        names = ("time_wall_clock", "time_user", "time_system")
        figures = [run[name]["value"] for name in names]
        code = run.get("exit_code")
    else:
        figures = [result["times"][0], result["user"], result["system"]]
        code = (result.get("exit_codes") or [None])[0]
    times_s = [float(figure) for figure in figures]
    if not all(map(isfinite, times_s)) or type(code) not in (int, type(None)):
        raise ValueError(f"{times_s} s, exit code {code!r}")
    return Timing(*times_s, code)


def _copy(program: Path, to: Path) -> None:
    """A copy: who builds meanwhile must not change what is measured."""
    shutil.copyfile(program, to)
    with suppress(OSError):  # a shared folder may know no modes
        to.chmod(0o755)
    if not os.access(to, os.X_OK):
        raise PermissionError(
            errno.EACCES, "no program may be run where the results are to be (mounted "
            "with noexec?): name another --out"
        )  # fmt: skip


def _check_exit(timing: Timing, complaint: str) -> None:
    code = timing.exit_code or 0
    if code > SIGNALLED:  # as a shell, and hyperfine, tell of one
        told = f"it was ended by signal {code - SIGNALLED}{complaint}"
        raise record.RecordError(told)
    if code:
        raise record.RecordError(f"it ended with status {code}{complaint}")


def _complaint(stderr: str) -> str:
    """The first line of stderr that is not hyperfine's own remark on the status."""
    lines = (line.strip() for line in stderr.splitlines())
    said = [line for line in lines if line and not line.startswith("Warning: ")]
    return f": {said[0]}" if said else ""


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise record.RecordError(
            f"what the program printed cannot be read: {error.strerror}"
        ) from None
    except UnicodeDecodeError:
        raise record.RecordError("what the program printed is not UTF-8") from None
