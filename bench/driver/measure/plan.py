"""The design of the measurement: shuffled blocks, and how many of them fit.

A block holds every cell once, in an order drawn from (seed, block number), so each cell
meets every neighbour and a drifting machine hurts all alike. Cells that should take
seconds are in the first three blocks only: they would eat the budget of all others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import Any

from ..ask.cell import Cell, is_pool
from ..ask.experiment import FULL_MINUTES
from ..ask.quantities import parse_rate, parse_share
from ..machine import canary
from ..reckon.theory import planned_wall_s
from ..run.run import Role

LONG_S, LONG_BLOCKS = 5.0, 3  # a cell that takes longer is in so many blocks
# A run ends after 3, 4, 5, 6, or 9, 12, ... blocks; it looks at what it knows only
# after those from ENOUGH on.
FEWEST, ENOUGH, STEP = 3, 6, 3
# The share of the budget by which a run may be late to have up to six blocks, or more.
LATE_FOR_ENOUGH, LATE_FOR_MORE = 0.25, 0.15
MOST_TO_RESOLVE = 30  # blocks, when a resolution is asked for
START_S = 0.02  # hyperfine's and the process's own time in a plan
SPIN_S = 0.02  # the canary's
BLIND_S = 600.0  # a run of which no plan is known is not said to hang before


@dataclass(frozen=True)
class Protocol:
    """How much time a run may take, and what it leaves out to keep to it."""

    name: str
    budget_s: float  # of the blocks and the samples; charts come on top
    most_blocks: int
    with_long_cells: bool = True
    with_constants: bool = True  # of the theory, measured first
    warm_s: float = 1.0  # a cell that takes longer is not warmed up
    canary_sleeps: int = 20
    cannot_say: str = ""  # what no run by it can tell


# Half a minute holds few blocks of the comparison: warm-up and canary take less of it.
QUICK = Protocol(
    "quick", 26.0, 6, with_long_cells=False, with_constants=False, warm_s=0.5,
    canary_sleeps=5,
    cannot_say="what happens in cells that take over 5 s, whether theory predicts the"
    " time of a thread for each task (it takes their cost from these runs), or how it"
    " comes out on another day",
)  # fmt: skip
LESSON = Protocol(
    "lesson", 9.5, 9, with_long_cells=False, with_constants=False, canary_sleeps=3,
    cannot_say=QUICK.cannot_say,
)  # fmt: skip
CLASSROOM = Protocol(
    "classroom", 170, 15, cannot_say="how it comes out on another day"
)


def full(minutes: float) -> Protocol:
    """The protocol of one experiment of a full run."""
    told = "how it comes out on another machine, or on this one on another day"
    return Protocol("full", 60 * minutes, 30, cannot_say=told)


def protocol_of(facts: Mapping[str, Any]) -> Protocol:
    """The protocol that environment.json names."""
    known = {"quick": QUICK, "lesson": LESSON, "classroom": CLASSROOM}
    return known.get(facts["protocol"]) or full(facts.get("minutes", FULL_MINUTES))


def unforeseen_s(cell: Cell) -> float:
    """What a sound run may take beyond its plan, besides pauses before retries: calls
    that slow each other down, wait for tokens, or last as long as a file says."""
    at_once = min(cell.lanes, cell.capacity or cell.lanes)
    slowdown = parse_share(str(cell.options.get("api-slowdown", 0)))
    more_s = planned_wall_s(cell) * slowdown * at_once
    rate = parse_rate(str(cell.options.get("api-rate", 0)))
    if rate and int(cell.options.get("attempts", 1)) > 1:
        more_s += cell.tasks / rate
    return more_s + (BLIND_S if cell.distribution.startswith("file:") else 0.0)


@dataclass
class Plan:
    """What each block holds, how long it should take, and whether to go on."""

    cells: Sequence[Cell]
    protocol: Protocol
    seed: int
    blocks: int | None = None  # asked for by the user: then neither more nor fewer
    resolve: float | None = None  # asked for: a difference that is to be seen, 0.05
    seen_s: dict[str, float] = field(default_factory=dict)  # cell name: latest run
    samples: Sequence[Cell] = ()  # run once, after the blocks

    def __post_init__(self) -> None:
        # What runs twice a block: the pool whose runs take nearest to 100 ms.
        self.control = min(
            (cell for cell in self.cells
             if is_pool(cell.design.program) and not cell.is_virtual),  # always itself
            key=lambda c: (round(abs(planned_wall_s(c) - 0.1), 2), -c.tasks),
            default=None,
        )
        # Asked for in every block of every number of blocks there might be.
        cells = (*self.cells, *self.samples)
        self._planned_s = {cell.name: planned_wall_s(cell) for cell in cells}

    def block(self, number: int) -> list[tuple[Cell, Role]]:
        """The runs of a block in order; block 0 is the warm-up."""
        runs = self._runs_in(number)
        Random(f"{self.seed}/{number}").shuffle(runs)
        return runs

    def _runs_in(self, number: int) -> list[tuple[Cell, Role]]:
        if number == 0:
            return [(c, Role.WARM_UP) for c in self.cells if self._warms_up(c)]
        kept = [c for c in self.cells if number <= self._last_block(c)]
        runs = [(cell, Role.MEASURE) for cell in kept]
        if self.control in kept:  # or there is nothing to hold it against
            runs.append((self.control, Role.A_A))
        return runs

    def _last_block(self, cell: Cell) -> float:
        """One run of virtual time tells all: the next would be the same to the byte."""
        if not self.is_long(cell):
            return inf
        if cell.is_virtual:
            return 1
        return LONG_BLOCKS if self.blocks is None else inf

    def is_long(self, cell: Cell) -> bool:
        return self._planned_s[cell.name] > LONG_S

    def _warms_up(self, cell: Cell) -> bool:
        # Programs, libraries, page cache: a slow cell warms nothing that they do not.
        return self._planned_s[cell.name] <= self.protocol.warm_s

    def cell_s(self, cell: Cell) -> float:
        """How long a run should take: as last seen, else as theory has it."""
        return self.seen_s.get(cell.name, self._planned_s[cell.name] + START_S)

    def block_s(self, number: int) -> float:
        canary_s = self.protocol.canary_sleeps * canary.SLEEP_S + SPIN_S
        return canary_s + sum(self.cell_s(cell) for cell, _ in self._runs_in(number))

    def blocks_s(self, first: int, last: int) -> float:
        return sum(self.block_s(number) for number in range(first, last + 1))

    def fitting(self, done: int, left_s: float) -> int:
        """How many blocks there will be in all, as it looks now."""
        if self.blocks is not None:
            return self.blocks
        ends = [stop for stop in self._stops() if self._fits(stop, done, left_s)]
        return max(ends, default=FEWEST)

    def _stops(self) -> list[int]:
        most = self.protocol.most_blocks if self.resolve is None else MOST_TO_RESOLVE
        return [*range(FEWEST, ENOUGH), *range(ENOUGH, most + 1, STEP)]

    def _fits(self, stop: int, done: int, left_s: float) -> bool:
        late = LATE_FOR_ENOUGH if stop <= ENOUGH else LATE_FOR_MORE
        late_s = late * self.protocol.budget_s
        return stop == FEWEST or self.blocks_s(done + 1, stop) <= left_s + late_s

    def goes_on(self, done: int, left_s: float, enough: Callable[[int], bool]) -> bool:
        """Whether another block follows. enough: what so many blocks tell is enough.

        Stops by precision, never by what the comparison says; only after 6, 9, 12 ...
        blocks, and only when the one before was enough, too: looking after each block,
        or believing the first lucky one, would stop at moments that look precise.
        """
        if done >= self.fitting(done, left_s):
            return False
        if self.blocks is not None or done <= ENOUGH or (done - ENOUGH) % STEP:
            return True
        return not (enough(done) and enough(done - STEP))

    def is_late(self, done: int, left_s: float) -> bool:
        """The blocks to come take more than what is left of the budget."""
        total = self.fitting(done, left_s)
        return self.blocks is None and self.blocks_s(done + 1, total) > left_s
