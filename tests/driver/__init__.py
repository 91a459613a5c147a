"""Tests of the driver: python3 -m unittest discover -s tests/driver -t ."""

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "bench"))
