"""What single operations cost on this machine: the constants of the theory.

bench/micro measures them before the first run and apart from all runs. So a line that
theory draws from them is a prediction, and not fitted to the marks it is held against.
They lie in micro.json of the results folder. Without it, c is what the runs told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import log
from pathlib import Path

from ..ask.cell import MEASURED, OVERSLEEP, SPAWN_TIME, TASK_TIME, Cell
from ..ask.quantities import parse_duration_ns
from . import kept

FILE = "micro.json"
CREATE = "thread_create/sleeping:10ms/stack:default"
TURN = "thread_create_join/stack:default"
WORKER = "worker/waiting/stack:default"
HAND_OVER = "parked_hand_over/workers:1000/sleeping:1ms"
OVERSHOOT = "timer_overshoot/sleep:"


@dataclass(frozen=True)
class Constants:
    """Medians, in seconds; None or empty where they were not measured.

    The properties and oversleep() are what formulas take: 0 for what is not known.
    """

    create_s: float | None = None  # c: starting one thread, of many in a row
    overshoot_s: Mapping[float, float] = field(default_factory=dict)  # of each sleep
    hand_over_s: float | None = None  # h: one task to a parked worker, and back
    turn_s: float | None = None  # j: a thread is created, ends and is joined
    worker_s: float | None = None  # w: one of many that wait is created, woken, joined

    @property
    def create(self) -> float:
        return self.create_s or 0.0

    @property
    def hand_over(self) -> float:
        return self.hand_over_s or 0.0

    @property
    def turn(self) -> float:
        return self.turn_s or self.create

    @property
    def worker(self) -> float:
        return self.worker_s or self.create

    def virtual(self, cell: Cell) -> dict[str, float]:
        """What simulates kernel threads in virtual time, by the programs' options.

        j is none of them: it is mostly waiting, and creating takes the one CPU.
        """
        return {
            SPAWN_TIME: self.worker if cell.workers else self.create,
            TASK_TIME: self.hand_over,
            OVERSLEEP: self.oversleep(cell.service_s),
        }

    def of(self, cell: Cell) -> "Constants":
        """What things cost this cell: in virtual time what it was told, or measured.

        Of fibers and goroutines none was measured, and a thread's cost is not theirs.
        """
        if not cell.is_virtual:
            own = cell.design.sleeps_in_kernel
            return self if own else Constants(overshoot_s=self.overshoot_s)
        spawn_s, task_s, late_s = (
            seconds if cell.options.get(key) == MEASURED else cell.duration_s(key)
            for key, seconds in self.virtual(cell).items()
        )
        late = {cell.service_s: late_s} if late_s else {}
        each_s = spawn_s or None
        return Constants(each_s, late, task_s, each_s, each_s)

    def settled(self, cell: Cell) -> Cell:
        """The cell with what was measured in the place of that word."""
        args = list(cell.args)
        for option, seconds in self.virtual(cell).items():
            if cell.options.get(option) == MEASURED:
                at = args.index(f"--{option}={MEASURED}")
                args[at] = f"--{option}={round(seconds * 1e9)}ns"
        return replace(cell, args=tuple(args))

    def oversleep(self, sleep_s: float) -> float:
        """o: how much too late such a sleep ends: of the sleep most like it."""
        if not self.overshoot_s or sleep_s <= 0:
            return 0.0
        nearest = min(self.overshoot_s, key=lambda known: abs(log(known / sleep_s)))
        return self.overshoot_s[nearest]

    def slept(self, sleep_s: float) -> float:
        """d + o: how long such a sleep really takes."""
        return sleep_s + self.oversleep(sleep_s)


def read(folder: Path) -> Constants:
    """Those of a results folder; none if it has none, or none that can be read."""
    try:
        result = kept.value_of(kept.read_text(folder / FILE))
        known = {o["name"]: o["median_ns"] / 1e9 for o in result["operations"]}
        overshoot_s = {
            parse_duration_ns(name.removeprefix(OVERSHOOT)) / 1e9: seconds
            for name, seconds in known.items()
            if name.startswith(OVERSHOOT)
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Constants()
    return Constants(
        known.get(CREATE), overshoot_s,
        known.get(HAND_OVER), known.get(TURN), known.get(WORKER),
    )  # fmt: skip
