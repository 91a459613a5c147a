"""The programs that are measured: where they are, and which ones.

The build of bench/run has those in C in one folder, and the same in Go in another; a
folder of the user's own has whatever it has.
"""

import hashlib
import os
from collections.abc import Collection
from pathlib import Path

OTHERS = "bench/peers"  # beside the folder of those in C
OPTIONAL = ("goroutine-per-task", "goroutine-pool")  # built where Go is


def there(folder: Path) -> list[Path]:
    """Every program: an executable file with a hyphen in its name, as ours have."""
    return [
        path
        for place in (folder, folder.parent / OTHERS)
        for path in sorted(place.glob("*-*"))
        if path.is_file() and os.access(path, os.X_OK)
    ]


def find(folder: Path, name: str) -> Path | None:
    return next((path for path in there(folder) if path.name == name), None)


def missing(folder: Path, names: Collection[str]) -> str | None:
    """Which of these programs are not there and, if it can be seen, why."""
    gone = sorted(name for name in names if find(folder, name) is None)
    if not gone:
        return None
    several = len(gone) > 1
    told = f"the program{'s' * several} {', '.join(gone)} ha{'ve' if several else 's'}"
    told += f" not been built in {folder}: "
    if not folder.is_dir():
        return f"{told}there is no such folder"
    told += f"there are {', '.join(path.name for path in there(folder)) or 'none'}"
    if (folder.parent / "build.ninja").is_file():
        told += f" (did its build fail? ninja -C {folder.parent})"
    return told


def of_build(folder: Path) -> Path:
    """The folder of the programs in a build folder, or that folder itself."""
    return folder / "src" if (folder / "src").is_dir() else folder


def fingerprint(folder: Path) -> str:
    """16 hexadecimal digits over the programs: the same means the same binaries."""
    digest = hashlib.sha256()
    for path in there(folder):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
