"""Links the programs anew, their object files in another order.

Where code lies in memory biases a time by some per cent, and the order of linking
decides where (Mytkowicz and others, "Producing wrong data without doing anything
obviously wrong!", ASPLOS 2009). So a full run does not stake all its blocks on one
order: it shuffles it every ten blocks, from the seed.
"""

from __future__ import annotations

import random
import shlex
import subprocess
from pathlib import Path

PROGRAMS = ("thread-per-task", "worker-pool")
EVERY_BLOCKS = 10
TIMEOUT_S = 60


def link(build: Path, scratch: Path, seed: int) -> str | None:
    """Replaces the programs in scratch. Else why not, in words, and nothing changed."""
    if not (build / "build.ninja").is_file():
        return "the programs do not lie in a build folder of this project"
    order = random.Random(seed)
    fresh: list[Path] = []
    try:
        for program in PROGRAMS:
            fresh.append(scratch / f"{program}.new")
            subprocess.run(
                _command(build, program, fresh[-1], order),
                cwd=build, check=True, capture_output=True, timeout=TIMEOUT_S,
            )  # fmt: skip
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        for path in fresh:
            path.unlink(missing_ok=True)
        return f"the programs could not be linked anew: {type(error).__name__}"
    for path in fresh:
        path.rename(path.with_suffix(""))
    return None


def _command(build: Path, program: str, to: Path, order: random.Random) -> list[str]:
    """The build's own, with each archive replaced by what is in it, and shuffled."""
    words = shlex.split(_said(build, "ninja", "-t", "commands", f"src/{program}")[-1])
    objects = [word for word in words if word.endswith(".o")]
    archives = [word for word in words if word.endswith(".a")]
    for archive in archives:
        objects += _members(build, archive)
    if "-o" not in words or len(objects) < 2:
        raise ValueError(f"no command that links {program}")
    order.shuffle(objects)
    at = words.index("-o")
    kept = [word for word in words[at + 2 :] if word not in (*objects, *archives)]
    return [*words[:at], "-o", str(to.resolve()), *objects, *kept]


def _members(build: Path, archive: str) -> list[str]:
    """Of a thin archive, as Meson makes them: it only names its object files."""
    names = _said(build, "ar", "t", archive)
    if not all((build / name).is_file() for name in names):
        raise ValueError(f"{archive} is not a thin archive")
    return names


def _said(build: Path, *command: str) -> list[str]:
    done = subprocess.run(
        command, cwd=build, check=True, capture_output=True, timeout=TIMEOUT_S
    )
    return done.stdout.decode().splitlines()
