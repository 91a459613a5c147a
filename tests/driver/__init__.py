"""Tests of the driver: python3 -m unittest discover -s tests/driver -t ."""

import os
import signal
import sys
from pathlib import Path

from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parents[2]
SHIPPED = REPOSITORY / "bench/experiments"
BUILD = Path(os.environ.get("FIVE_COOKS_BUILD", REPOSITORY / "build/release")).resolve()
sys.path.insert(0, str(REPOSITORY / "bench"))

# The driver prints what the locale can show; in the background a shell has its children
# ignore what some tests must send.
os.environ["LC_ALL"] = "C.UTF-8"
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    signal.signal(
        number,
        signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL,
    )

# Properties are tried on the same cases each time, and nothing is kept of them.
settings.register_profile("suite", derandomize=True, database=None, deadline=None)
settings.load_profile("suite")
