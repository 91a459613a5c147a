"""The design of the measurement: shuffled blocks, and how many of them fit.

A block holds every cell once, in an order drawn from (seed, block number), so each cell
meets every neighbour and a drifting machine hurts all alike. Cells that take seconds
are in the first six blocks only: six make an interval, more would eat the budget.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ..ask.cell import Cell, is_pool
from ..machine import canary
from .run import Role

LONG_S = 5.0  # a cell that takes longer is not warmed up, and measured six times
ENOUGH, STEP = 6, 3  # six runs make an interval; then three more at a time
TOO_FEW = 3  # when even six do not fit: dots, and no interval
START_S = 0.02  # hyperfine's and the process's own time in a plan
SPIN_S = 0.02  # the canary's


@dataclass(frozen=True)
class Protocol:
    """How much time a run may take, and what it leaves out to keep to it."""

    name: str
    budget_s: float  # of the blocks and the samples; charts come on top
    most_blocks: int
    with_long_cells: bool = True
    with_constants: bool = True  # of the theory, measured first
    canary_sleeps: int = 20
    cannot_say: str = ""  # what no run by it can tell


# Half a minute holds six blocks of the comparison by a hair: its canary sings less.
QUICK = Protocol(
    "quick",
    27.5,
    6,
    with_long_cells=False,
    with_constants=False,
    canary_sleeps=5,
    cannot_say="what happens in cells that take over 5 s, whether theory predicts the"
    " time of a thread for each task (it takes their cost from these runs), or how it"
    " comes out on another day",
)
LESSON = Protocol(
    "lesson",
    9.5,
    9,
    with_long_cells=False,
    with_constants=False,
    canary_sleeps=3,
    cannot_say=QUICK.cannot_say,
)
CLASSROOM = Protocol(
    "classroom",
    165,
    15,
    cannot_say="how it comes out on another day",
)


def full(minutes: float) -> Protocol:
    """The protocol of one experiment of a full run."""
    told = "how it comes out on another machine, or on this one on another day"
    return Protocol("full", 60 * minutes, 30, cannot_say=told)


def protocol_of(facts: Mapping[str, Any]) -> Protocol:
    """The protocol that environment.json names."""
    known = {"quick": QUICK, "lesson": LESSON, "classroom": CLASSROOM}
    return known.get(facts["protocol"]) or full(facts["minutes"])


Expected = Callable[[Cell], float]


def control_cell(cells: Sequence[Cell], expected_s: Expected) -> Cell | None:
    """The cell to run twice a block: the pool whose runs take nearest to 100 ms."""
    pools = [cell for cell in cells if is_pool(cell.design.program)]
    return min(
        pools,
        key=lambda cell: (round(abs(expected_s(cell) - 0.1), 2), -cell.tasks),
        default=None,
    )


@dataclass
class Plan:
    """What each block holds, how long it should take, and whether to go on."""

    cells: Sequence[Cell]
    protocol: Protocol
    seed: int
    expected_s: Expected  # of a run, before any was seen
    blocks: int | None = None  # asked for by the user: then neither more nor fewer
    seen_s: dict[str, float] = field(default_factory=dict)  # cell name: latest run

    def __post_init__(self) -> None:
        self.control = control_cell(self.cells, self.expected_s)

    def block(self, number: int) -> list[tuple[Cell, Role]]:
        """The runs of a block in order; block 0 is the warm-up."""
        if number == 0:
            runs = [(c, Role.WARM_UP) for c in self.cells if self._warms_up(c)]
        else:
            every = self.blocks is not None or number <= ENOUGH
            kept = [c for c in self.cells if every or not self.is_long(c)]
            runs = [(cell, Role.MEASURE) for cell in kept]
            if self.control is not None:
                runs.append((self.control, Role.A_A))
        Random(f"{self.seed}/{number}").shuffle(runs)
        return runs

    def is_long(self, cell: Cell) -> bool:
        return self.expected_s(cell) > LONG_S

    def _warms_up(self, cell: Cell) -> bool:
        # A quick run warms up on what is quick: programs, libraries, page cache.
        most_s = LONG_S if self.protocol.with_long_cells else 0.5
        return self.expected_s(cell) <= most_s

    def cell_s(self, cell: Cell) -> float:
        """How long a run should take: as last seen, else as theory has it."""
        return self.seen_s.get(cell.name, self.expected_s(cell) + START_S)

    def block_s(self, number: int) -> float:
        canary_s = self.protocol.canary_sleeps * canary.SLEEP_S + SPIN_S
        return canary_s + sum(self.cell_s(cell) for cell, _ in self.block(number))

    def blocks_s(self, first: int, last: int) -> float:
        return sum(self.block_s(number) for number in range(first, last + 1))

    def fitting(self, done: int, left_s: float) -> int:
        """How many blocks there will be in all, as it looks now."""
        if self.blocks is not None:
            return self.blocks
        if done <= TOO_FEW and self.blocks_s(done + 1, ENOUGH) > left_s:
            return TOO_FEW
        total = ENOUGH
        while total < self.protocol.most_blocks:
            if total >= done and self.blocks_s(done + 1, total + STEP) > left_s:
                break
            total += STEP
        return total

    def goes_on(self, done: int, left_s: float, precise: Callable[[], bool]) -> bool:
        """Whether another block follows.

        Stops by precision, never by what the comparison says, and only after 6, 9, 12
        ... blocks: looking after each block would stop at lucky moments.
        """
        if done >= self.fitting(done, left_s):
            return False
        at_a_stop = done >= ENOUGH and (done - ENOUGH) % STEP == 0
        return not (self.blocks is None and at_a_stop and precise())
