"""axe-core, which looks for faults that shut people out: for tests only.

    python3 tests/browser/axe.py     fetches it into the cache, as tests/run's set-up does

One version, checked by its hash, from the npm registry (npm's own settings, where npm is
there). AXE_CORE may name a file instead. Without either, the test that needs it is left
out and says so: a machine without a network must pass, too.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from pathlib import Path

VERSION = "4.10.2"
SHA512 = (
    "RE3mdQ7P3FRSe7eqCWoeQ/Z9QXrtniSjp1wUjt5nRC3WIpz5rSCve6o3fsZ2aCpJtrZjSZgjwXAoTO5k4tEI0w"
    "=="
)
REGISTRY = "https://registry.npmjs.org"
INSIDE = "package/axe.min.js"
TIMEOUT_S = 30
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "five-cooks"


def source() -> str | None:
    """Its text; None where it is not to be had."""
    named = os.environ.get("AXE_CORE")
    try:
        return Path(named or _kept()).read_text(encoding="utf-8")
    except OSError:
        return None


def fetch() -> None:
    """Into the cache, unless it is there. Raises OSError or ValueError."""
    if _kept().is_file():
        return
    packed = _download()
    if base64.b64encode(hashlib.sha512(packed).digest()).decode() != SHA512:
        raise ValueError("what came is not what was asked for: its hash differs")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        script = archive.extractfile(INSIDE)
        if script is None:
            raise ValueError(f"no {INSIDE} in it")
        _kept().parent.mkdir(parents=True, exist_ok=True)
        unfinished = _kept().with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(script.read())
    unfinished.replace(_kept())


def _kept() -> Path:
    return CACHE / f"axe-core-{VERSION}.min.js"


def _download() -> bytes:
    address = f"{_registry().rstrip('/')}/axe-core/-/axe-core-{VERSION}.tgz"
    with urllib.request.urlopen(address, timeout=TIMEOUT_S) as answer:
        return answer.read()


def _registry() -> str:
    if shutil.which("npm") is None:
        return REGISTRY
    said = subprocess.run(
        ["npm", "config", "get", "registry"],
        capture_output=True, text=True, timeout=TIMEOUT_S,
    ).stdout.split()  # fmt: skip
    return said[-1] if said and said[-1].startswith("http") else REGISTRY


if __name__ == "__main__":
    try:
        fetch()
    except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
        print(f"axe-core was not fetched: {error}", file=sys.stderr)
