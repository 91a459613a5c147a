"""The results folder: written under another name, renamed when it is whole.

    results/.unfinished-<UTC time>-<commit>/   while the run lasts
    results/<UTC time>-<commit>/               complete
    results/<UTC time>-<commit>-incomplete/    stopped early; every finished run is kept
    results/latest                             the newest complete one
    results/.lock                              held by the one driver that writes here

Every run is on the disk before the next one starts.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .model import Run

UNFINISHED = ".unfinished-"
RUNS, BLOCKS = "runs.ndjson", "blocks.ndjson"
ENVIRONMENT, SUMMARY = "environment.json", "summary.csv"
INCOMPLETE = "INCOMPLETE.txt"


class ResultsError(Exception):
    """Results cannot be written there."""


@contextmanager
def locked(parent: Path) -> Iterator[None]:
    """Makes the folder, and holds it for this driver alone."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        lock = open(parent / ".lock", "a+", encoding="utf-8")
    except OSError as error:
        raise ResultsError(f"cannot write in {shown(parent)}: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise ResultsError(
                f"another driver, process {lock.read().strip() or 'unknown'}, "
                f"writes in {shown(parent)}: wait for it, or name another --out"
            ) from None
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        _recover(parent)
        yield


def shown(path: Path) -> str:
    """A path as it can be printed, whatever bytes are in its name."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _recover(parent: Path) -> None:
    """What a killed driver left: kept as incomplete when it holds a run."""
    for left in parent.glob(UNFINISHED + "*"):
        runs = left / RUNS
        if not runs.is_file() or runs.stat().st_size == 0:
            shutil.rmtree(left)
            continue
        name = left.name.removeprefix(UNFINISHED) + "-incomplete"
        shutil.rmtree(left / "scratch", ignore_errors=True)
        (left / INCOMPLETE).write_text("The driver was killed.\n", encoding="utf-8")
        left.rename(_free_name(parent, name))


def _free_name(parent: Path, name: str) -> Path:
    path, number = parent / name, 1
    while path.exists():
        number += 1
        path = parent / f"{name}-{number}"
    return path


class ResultsFolder:
    """One run's folder, from its temporary name to its final one."""

    def __init__(self, parent: Path, name: str) -> None:
        self._parent = parent
        self._name = name
        self.path = _free_name(parent, UNFINISHED + name)
        try:
            self.path.mkdir()
            (self.path / "samples").mkdir()
            # Unbuffered: what a write could not finish is known, and can be taken back.
            self._lines = {
                name: open(self.path / name, "xb", buffering=0)
                for name in (RUNS, BLOCKS)
            }
        except OSError as error:
            raise ResultsError(
                f"cannot write in {shown(parent)}: {error.strerror}"
            ) from None

    @property
    def scratch(self) -> Path:
        """Where runs leave their files; gone when the folder is whole."""
        return self.path / "scratch"

    def add_run(self, run: Run) -> None:
        """Puts a finished run on the disk."""
        self._add_line(RUNS, run.to_json())

    def add_block(self, block: Mapping[str, Any]) -> None:
        """Puts what was seen of the machine during a block on the disk."""
        self._add_line(BLOCKS, block)

    def _add_line(self, name: str, value: Mapping[str, Any]) -> None:
        file = self._lines[name]
        line = json.dumps(value, ensure_ascii=False, allow_nan=False).encode() + b"\n"
        start = file.tell()
        try:
            if file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
        except OSError as error:
            file.truncate(start)  # no half line: every line that is there is whole
            raise ResultsError(f"cannot write {name}: {error.strerror}") from None

    def keep_samples(self, source: Path, name: str) -> str:
        """Moves a samples file here; returns its path inside the folder."""
        kept = f"samples/{name}.csv"
        source.rename(self.path / kept)
        return kept

    def write(self, name: str, text: str) -> None:
        """A file of the folder."""
        write_whole(self.path / name, text)

    def write_json(self, name: str, value: Any) -> None:
        text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
        self.write(name, text + "\n")

    def finish(self, latest: bool = True) -> Path:
        """The folder is whole: it gets its name, and `latest` points to it."""
        self.close()
        final = self._rename(self._name)
        if not latest:
            return final
        link = self._parent / f".latest-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(final.name)
        link.rename(self._parent / "latest")
        return final

    def abandon(self, why: str) -> Path | None:
        """Stopped early: keeps what finished, under a name that says so."""
        self.close()
        if (self.path / RUNS).stat().st_size == 0:
            shutil.rmtree(self.path)
            return None
        try:
            self.write(INCOMPLETE, why + "\n")
        except ResultsError:
            pass  # the disk is full; the folder's name says it too
        return self._rename(self._name + "-incomplete")

    def close(self) -> None:
        """Nothing is added any more."""
        for file in self._lines.values():
            file.close()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _rename(self, name: str) -> Path:
        final = _free_name(self._parent, name)
        _sync_folder(self.path)
        self.path.rename(final)
        _sync_folder(self._parent)
        self.path = final
        return final


def write_whole(path: Path, text: str) -> None:
    """Writes a file that is there in full or not at all."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except OSError as error:
        raise ResultsError(f"cannot write {path.name}: {error.strerror}") from None


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
