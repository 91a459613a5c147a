"""The canary: a fixed piece of work in every block, to see if the machine is quiet.

Sleeps to absolute deadlines show late wake-ups, a fixed spin shows a stolen or slowed
CPU. The work is the same in every block of a run, so what changes is the machine.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median

SLEEP_S = 0.010
SPINS = 200_000
NOISY = 0.05  # of the median


def sing(sleeps: int) -> dict[str, float]:
    """How long that many sleeps, and the spin, took, in seconds."""
    start = time.monotonic()
    for count in range(1, sleeps + 1):
        time.sleep(max(0.0, start + count * SLEEP_S - time.monotonic()))
    middle = time.monotonic()
    total = 0
    for number in range(SPINS):
        total += number & 7
    return {"sleep_s": middle - start, "spin_s": time.monotonic() - middle}


def noisy_blocks(songs: Sequence[tuple[int, dict[str, float]]]) -> tuple[int, ...]:
    """The blocks in which a canary was more than 5 % off its median."""
    noisy = set()
    for name in ("sleep_s", "spin_s"):
        middle = median(song[name] for _, song in songs) if songs else 0
        noisy |= {b for b, song in songs if abs(song[name] - middle) > NOISY * middle}
    return tuple(sorted(noisy))
