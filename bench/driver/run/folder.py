"""The results folder: written under another name, renamed when it is whole.

    results/.unfinished-<UTC time>-<experiment>-<commit>/   while the run lasts
    results/<UTC time>-<experiment>-<commit>/               complete
    results/<UTC time>-<experiment>-<commit>-incomplete/    stopped early; every run is
                                                            kept that was finished
    results/latest                     the newest complete one
    results/.lock                      held by the one driver that writes here

Every run is on the disk before the next one starts. Once all are, nothing that the
system refuses costs them any more: it is noted, and the folder keeps the name it has.
"""

import errno
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from io import FileIO
from pathlib import Path
from typing import Any

from .kept import opened
from .run import Run

UNFINISHED = ".unfinished-"
RUNS, BLOCKS = "runs.ndjson", "blocks.ndjson"
ENVIRONMENT, SUMMARY = "environment.json", "summary.csv"
INCOMPLETE, REPORT = "INCOMPLETE.txt", "report.html"


class ResultsError(Exception):
    """Results cannot be written there."""


@contextmanager
def _told(what: str, hint: str = "") -> Iterator[None]:
    """Makes a ResultsError of what the system refuses: "cannot <what>: why"."""
    try:
        yield
    except OSError as error:
        raise ResultsError(f"cannot {what}: {error.strerror}{hint}") from None


def warn(line: str) -> None:
    """On stderr. That nobody can hear it is no reason to measure nothing."""
    if sys.stderr is not None:  # closed: print would take stdout instead
        with suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)


# ---- the folder of all results ----


def make(folder: Path) -> None:
    with _told(f"write in {shown(folder)}", ": name another --out"):
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def locked(parent: Path) -> Iterator[None]:
    """Makes the folder, and holds it for this driver alone."""
    make(parent)
    with _told(f"write in {shown(parent)}", ": name another --out"):
        lock = open(parent / ".lock", "a+", encoding="utf-8")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise ResultsError(
                f"another driver, process {lock.read().strip() or 'unknown'}, "
                f"writes in {shown(parent)}: wait for it, or name another --out"
            ) from None
        except OSError as error:  # some shared folders know no locks
            why = f"{shown(parent)} cannot be locked ({error.strerror})"
            warn(f"warning: {why}: run no other driver here")
        with _told(f"write in {shown(parent)}", ": name another --out"):
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
        latest = parent / "latest"
        if latest.exists() and not latest.is_symlink():
            raise ResultsError(f"{shown(latest)} is in the way of the link: move it")
        _recover(parent)
        yield


def _recover(parent: Path) -> None:
    """What a killed driver left: kept as incomplete when it holds a run.

    What cannot be taken up stays: that is no reason to measure nothing.
    """
    for left in parent.glob(UNFINISHED + "*"):
        try:
            with _told(f"take up {shown(left)}, which an earlier driver left"):
                if not holds_runs(left):
                    shutil.rmtree(left)
                    continue
                told = f"an earlier driver's results are now in {shown(_take_up(left))}"
        except ResultsError as error:
            told = f"warning: {error}"
        warn(told)


def _take_up(left: Path) -> Path:
    shutil.rmtree(left / "scratch", ignore_errors=True)
    name = left.name.removeprefix(UNFINISHED)
    # With a report it is whole, and only lacks its name: if none was drawn of a part.
    if not (left / REPORT).is_file() or (left / INCOMPLETE).exists():
        name = f"{name}-incomplete"
        write_whole(left / INCOMPLETE, "The driver was killed.\n")
    return left.rename(free_name(left.parent, name))


def holds_runs(folder: Path) -> bool:
    """True when at least one run was kept here or a folder below."""
    return any(path.stat().st_size > 0 for path in folder.glob(f"**/{RUNS}"))


def free_name(parent: Path, name: str) -> Path:
    """Of two in one second the later one is told by a number."""
    path, number = parent / name, 1
    while path.exists():
        number += 1
        path = parent / f"{name}-{number}"
    return path


def stamp() -> str:
    """The moment, as results folders are named by it."""
    return datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def shown(path: Path) -> str:
    """A path as it can be printed, whatever bytes are in its name."""
    return os.fsencode(path).decode(errors="backslashreplace")


def place(path: Path) -> str:
    """Where results are: short when that is below the current folder."""
    path = path.resolve()
    below = path.is_relative_to(Path.cwd())
    return shown(path.relative_to(Path.cwd()) if below else path)


def point_latest(folder: Path) -> None:
    """Makes `latest` beside the folder point to it, at no moment to nothing."""
    link = folder.with_name(f".latest-{os.getpid()}")
    with _told("make the link latest"):
        link.unlink(missing_ok=True)
        try:
            link.symlink_to(folder.name)
            link.rename(folder.with_name("latest"))
        finally:  # what was not renamed, also by a signal
            link.unlink(missing_ok=True)


# ---- the folder of one run ----


class ResultsFolder:
    """One run's folder, from its temporary name to its final one."""

    def __init__(self, parent: Path, name: str, left: Path | None = None) -> None:
        """A new folder, or one that was left incomplete, to be gone on with."""
        self._parent, self._name, self.finished = parent, name, False
        self.path = free_name(parent, UNFINISHED + name)
        with _told(f"write in {shown(parent)}"):
            if left is None:
                self.path.mkdir()
            else:
                try:
                    left.rename(self.path)
                except OSError:
                    self.path = left  # where no folder can be renamed
            (self.path / "samples").mkdir(exist_ok=True)
            self._files = {n: _open_lines(self.path / n) for n in (RUNS, BLOCKS)}

    @property
    def scratch(self) -> Path:
        """Where runs leave their files; gone when the last one is over."""
        return self.path / "scratch"

    def add_run(self, run: Run) -> None:
        """Puts a finished run on the disk."""
        self._add_line(RUNS, run.to_json())

    def add_block(self, block: Mapping[str, Any]) -> None:
        """Puts what was seen of the machine during a block on the disk."""
        self._add_line(BLOCKS, block)

    def _add_line(self, name: str, value: Mapping[str, Any]) -> None:
        file = self._files[name]
        line = json.dumps(value, ensure_ascii=False, allow_nan=False).encode() + b"\n"
        with _told(f"write {name}"):
            start = file.tell()
            try:
                if file.write(line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                _sync(file.fileno())
            except OSError:
                file.truncate(start)  # no half line: every line that is there is whole
                raise

    def keep_samples(self, source: Path, name: str) -> str:
        """Moves a samples file here; returns its path inside the folder."""
        kept = f"samples/{name}.csv"
        with _told(f"keep {kept}"):
            source.rename(self.path / kept)
        return kept

    def write(self, name: str, text: str) -> None:
        write_whole(self.path / name, text)

    def write_json(self, name: str, value: Any) -> None:
        text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
        self.write(name, text + "\n")

    def finish(self) -> tuple[Path, list[str]]:
        """The folder is whole: it gets its name, and `latest` points to it.

        Also what the system refused of that, in words: the results are there anyway.
        """
        notes = []
        for step in (
            self._close, self._clear, lambda: self._rename(self._name), self._sync,
            lambda: point_latest(self.path),
        ):  # fmt: skip
            try:
                step()
            except ResultsError as error:
                if not self.path.is_dir():
                    raise
                notes.append(str(error))
        self.finished = True
        return self.path, notes

    def abandon(self, why: str) -> Path | None:
        """Stopped early: keeps what finished, under a name that says so."""
        with suppress(ResultsError):
            self._close()
        if not holds_runs(self.path):
            shutil.rmtree(self.path, ignore_errors=True)
            return None
        # The disk may be full; then the folder's name says it. Or that is refused, and
        # the folder stays as a killed driver leaves it, for the next one to take up.
        with suppress(ResultsError):
            self.write(INCOMPLETE, why + "\n")
        with suppress(ResultsError):
            self._rename(self._name + "-incomplete")
            self._sync()
        return self.path

    def clear_scratch(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _close(self) -> None:
        self.clear_scratch()
        with _told("close the files"):
            for file in self._files.values():
                file.close()

    def _clear(self) -> None:
        with _told(f"remove {INCOMPLETE}"):  # of an earlier session
            (self.path / INCOMPLETE).unlink(missing_ok=True)

    def _rename(self, name: str) -> None:
        with _told(f"name the folder {name}"):
            self.path = self.path.rename(free_name(self._parent, name))

    def _sync(self) -> None:
        with _told(f"make sure that {self.path.name} is on the disk"):
            _sync_folder(self.path)
            _sync_folder(self._parent)


# ---- files ----


def _open_lines(path: Path) -> FileIO:
    """Opened to add lines, after the last whole one.

    Unbuffered: what a write could not finish is known, and can be taken back.
    """
    file = opened(path, "a+")
    file.seek(0)
    file.truncate(file.read().rfind(b"\n") + 1)
    file.seek(0, os.SEEK_END)
    return file


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file that is there in full or not at all."""
    packed = content.encode() if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.tmp")
    with _told(f"write {path.name}"):
        try:
            temporary.unlink(missing_ok=True)  # it may be a link that leads elsewhere
            with open(temporary, "xb") as file:
                file.write(packed)
                file.flush()
                _sync(file.fileno())
            temporary.rename(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    """To the disk, where the file system knows how to."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
