"""Tests of the driver: python3 -m unittest discover -s tests/driver -t ."""

import os
import signal
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "bench"))

# The driver prints what the locale can show; in the background a shell has its children
# ignore what some tests must send.
os.environ["LC_ALL"] = "C.UTF-8"
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    signal.signal(
        number,
        signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL,
    )
