"""The canary: a fixed piece of work in every block, to see if the machine is quiet.

Sleeps to absolute deadlines show late wake-ups, a fixed spin shows a slowed CPU. The
work is the same in every block of a run, so what changes is the machine.

The spin is half a millisecond, made many times, and the fastest is kept. Interrupts and
short turns of others come every few milliseconds, so any longer spin holds some, and
differs by half from the next, which a run of many times its length hardly feels. The
fastest of many short ones is the same within 2 % on a machine that is left alone; what
lasts through them all, a lower clock or a busy twin of the CPU, the runs feel too, but
those that mostly sleep only little.
"""

import time
from collections.abc import Sequence
from math import inf
from statistics import median

SLEEP_S = 0.010
SPINS, TIMES = 20_000, 25  # about 15 ms in all: see SPIN_S in plan.py
NOISY = 0.05  # of the median


def sing(sleeps: int) -> dict[str, float]:
    """How long that many sleeps, and the fastest spin, took, in seconds."""
    start = time.monotonic()
    for count in range(1, sleeps + 1):
        time.sleep(max(0.0, start + count * SLEEP_S - time.monotonic()))
    slept_s = time.monotonic() - start
    return {"sleep_s": slept_s, "spin_s": min(_spin() for _ in range(TIMES))}


def _spin() -> float:
    start = time.monotonic()
    total = 0
    for number in range(SPINS):
        total += number & 7
    return time.monotonic() - start


def noisy_blocks(songs: Sequence[tuple[int, dict[str, float]]]) -> tuple[int, ...]:
    """The blocks in which a canary was more than 5 % off its median. If that is 0, the
    clock is too coarse to see it, and it tells nothing."""
    noisy = set()
    for name in ("sleep_s", "spin_s"):
        middle = median(song[name] for _, song in songs) if songs else 0
        most = NOISY * middle or inf
        noisy |= {b for b, song in songs if abs(song[name] - middle) > most}
    return tuple(sorted(noisy))
