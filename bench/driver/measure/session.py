"""One experiment, run: warm-up, blocks, samples, each run kept as soon as it ends."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ..ask.cell import Cell
from ..ask.experiment import Experiment
from ..machine import canary, environment, kernel
from ..reckon.stats import half_width
from ..reckon.summarise import summarise
from ..reckon.theory import patience_s, planned_wall_s
from ..run import constants
from ..run.folder import ResultsFolder
from ..run.run import Role, Run
from ..run.stored import Stored
from ..say.ending import short_lines
from ..say.names import cell_name
from ..say.progress import Progress
from .hyperfine import HUNG, Gun
from .plan import Plan, unforeseen_s

TIMEOUT_FACTOR, TIMEOUT_LEAST_S = 5, 10.0  # of the longest a run should take
PRECISE = 0.02  # half an interval over its median: better than this is not needed
SUSPENDED_S = 1.0  # the clock that counts the machine's sleep ran ahead by more


def utc_now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"


def _asleep_s() -> float:
    """How long the machine has been suspended in all, but for a constant."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()


@dataclass
class Session:
    """The runs of one experiment, made in the order that the plan gives.

    runs and blocks may hold what an interrupted session left: the order of a block
    follows from the seed, so this one goes on with the first run that is missing.
    """

    experiment: Experiment
    plan: Plan
    folder: ResultsFolder
    left_out: list[str]
    runs: list[Run] = field(default_factory=list)
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        timed = [
            (run.cell.name, run.hyperfine.wall_s) for run in self.runs if run.hyperfine
        ]
        self._spent_s = sum(wall_s for _, wall_s in timed)  # by an earlier session
        self._started = time.monotonic()
        self.plan.seen_s |= dict(timed)
        self._given_up: set[str] = set()  # cells that hung
        for run in self.runs:
            self._give_up_if_hung(run)
        self._block = max((block["block"] for block in self.blocks), default=0)
        self._to_go: list[Cell] = []  # of this block
        self._promised = 0  # the most blocks that a title spoke of
        self._sampling = self._late = False
        self.progress = Progress(self._left_s)

    def run(self, gun: Gun) -> None:
        """All of it. A signal or an error leaves what is finished in runs."""
        self._gun = gun
        self._constants = constants.read(self.folder.path)
        # From now on: what the machine slept before, as between a stop and going on,
        # is of no block.
        self._asleep_s = _asleep_s()
        self._started = time.monotonic()  # builds and constants took what they took
        try:
            self._run_block(self._block)
            while self.plan.goes_on(self._block, self._budget_left_s(), self._enough):
                self._say_if_late()
                self._run_block(self._block + 1)
            self._say_why_no_more()
            self._run_samples()
        finally:
            self.progress.close()

    def kept(self, facts: Mapping[str, Any], complete: bool) -> Stored:
        """The results as they are now."""
        return Stored(
            self.folder.path, self.experiment, facts, self.runs, self.blocks, complete,
            self.left_out,
        )  # fmt: skip

    # ---- blocks ----

    def _run_block(self, number: int) -> None:
        done = {(run.cell.name, run.role) for run in self.runs if run.block == number}
        order = [
            (position, cell, role)
            for position, (cell, role) in enumerate(self.plan.block(number), start=1)
            if cell.name not in self._given_up and (cell.name, role) not in done
        ]
        self._block, self._to_go = number, [cell for _, cell, _ in order]
        total = self._blocks_in_all()
        self._promised = max(self._promised, total if number else 0)
        most = "" if self.plan.blocks is not None else "at most "
        title = f"block {number} of {most}{self._promised}" if number else "warm-up"
        self.progress.block(title, self._medians())
        if all(block["block"] != number for block in self.blocks):
            self._observe(number)
        for position, cell, role in order:
            del self._to_go[0]
            self._run(cell, role, position)

    def _observe(self, number: int) -> None:
        """The canary, and what the machine was doing, at the start of a block."""
        self._add_block({
            "block": number,
            "started_utc": utc_now(),
            "order": [cell.name for cell in self._to_go],
            "canary": canary.sing(self.plan.protocol.canary_sleeps),
            **environment.state(),
            "suspended": self._slept(),
            "boot_minus_monotonic_s": self._asleep_s,
        })  # fmt: skip

    def _add_block(self, block: dict[str, Any]) -> None:
        self.blocks.append(block)
        self.folder.add_block(block)

    def _slept(self) -> bool:
        """The machine was suspended since this was asked last."""
        before_s, self._asleep_s = self._asleep_s, _asleep_s()
        return self._asleep_s - before_s > SUSPENDED_S

    def _run_samples(self) -> None:
        done = {run.cell.name for run in self.runs if run.role is Role.SAMPLE}
        wanted = [cell for cell in self.plan.samples if cell.name not in done]
        self._sampling, self._to_go = True, list(wanted)
        self.progress.block("samples", self._medians())
        for position, cell in enumerate(wanted, start=len(done) + 1):
            del self._to_go[0]
            if cell.name not in self._given_up:
                self._run(cell, Role.SAMPLE, position)

    # ---- one run ----

    def _run(self, cell: Cell, role: Role, position: int) -> None:
        expected_s = self.plan.cell_s(cell)
        self.progress.run(expected_s)
        started, watch = utc_now(), kernel.Watch()

        def tick() -> None:
            watch.look()
            self.progress.tick()

        shot = self._gun.fire(
            self._constants.settled(cell),
            timeout_s=TIMEOUT_FACTOR * max(expected_s, planned_wall_s(cell))
            + TIMEOUT_LEAST_S
            + patience_s(cell)
            + unforeseen_s(cell),
            sample=role is Role.SAMPLE,
            seed=self._block if self.experiment.reseed else None,
            tick=tick,
        )
        samples = None
        if shot.samples is not None and shot.problem is None:
            samples = self.folder.keep_samples(shot.samples, cell.name)
        run = Run(
            cell, role, self._block, position, started, shot.command, shot.timing,
            shot.record, shot.problem, samples, watch.growth(),
        )  # fmt: skip
        self.folder.add_run(run)
        self.runs.append(run)
        if self._slept():
            # Not left to the next block's start: there may be none.
            self._add_block({"block": self._block, "suspended": True})
        if shot.timing is not None:
            self.plan.seen_s[cell.name] = shot.timing.wall_s
        if shot.problem is not None:
            self.progress.say(f"{cell_name(cell)} ({role.value}): {shot.problem}")
        self._give_up_if_hung(run)

    def _give_up_if_hung(self, run: Run) -> None:
        """One run that hangs is enough: the next would cost as much time again."""
        if run.problem is not None and run.problem.startswith(HUNG):
            self._given_up.add(run.cell.name)
            name = cell_name(run.cell)
            self.left_out.append(f"{name}: not run again after it hung")

    # ---- time ----

    def _cells_s(self, cells: Sequence[Cell]) -> float:
        return sum(map(self.plan.cell_s, cells))

    def _budget_left_s(self) -> float:
        """What is left for blocks, once the samples have had their part."""
        spent_s = time.monotonic() - self._started + self._spent_s
        samples_s = self._cells_s(self.plan.samples)
        return self.plan.protocol.budget_s - spent_s - samples_s

    def _blocks_in_all(self) -> int:
        """How many fit, once the present one is done."""
        left_s = self._budget_left_s() - self._cells_s(self._to_go)
        return self.plan.fitting(self._block, left_s)

    def _left_s(self) -> float:
        """How long everything after the present run should take."""
        left_s = self._cells_s(self._to_go)
        if not self._sampling:
            left_s += self.plan.blocks_s(self._block + 1, self._blocks_in_all())
            left_s += self._cells_s(self.plan.samples)
        return left_s

    def _say_if_late(self) -> None:
        left_s = self._budget_left_s()
        if not self._late and self.plan.is_late(self._block, left_s):
            self._late = True
            total = self.plan.fitting(self._block, left_s)
            told = f"takes longer than planned: {total} blocks, as it looks now"
            self.progress.say(told)

    def _say_why_no_more(self) -> None:
        """Fewer blocks than a title spoke of are no accident, and that is said."""
        if self._block < self._promised:
            known = self._enough(self._block)
            why = "all is known well enough" if known else "time is up"
            self.progress.say(f"{why} after {self._block} of {self._promised} blocks")

    # ---- what is known ----

    def _medians(self) -> Sequence[str]:
        return short_lines(summarise(self.experiment, self.runs, drifting=False))

    def _enough(self, blocks: int) -> bool:
        """Whether the runs of so many blocks tell enough: all that is compared is told
        apart as asked, or known to 2 % or better."""
        if self.experiment.reseed:
            return False  # another block is another draw: there is more to be known
        runs = [run for run in self.runs if run.block <= blocks]
        summaries = summarise(self.experiment, runs, drifting=False)
        # Long cells are not run so often, and have no say in it.
        whole = max((summary.n for summary in summaries), default=0)
        found = [r.interval for r in summaries.compared() if r.interval]
        if (resolve := self.plan.resolve) is not None and found:
            known = [i.resolution for i in found if i.n == whole]
            return bool(known) and all(each and each <= 1 + resolve for each in known)
        widths = [
            half_width(summary.figures[name]) if name in summary.figures else None
            for summary in summaries
            for name in ("wall_s", self.experiment.figure)
            if summary.n == whole
        ]
        return all(width is not None and width <= PRECISE for width in widths)
