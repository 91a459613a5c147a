"""From runs to summaries: medians, per-block ratios, controls, and refusals.

Pure: the same runs always give the same summaries, so a results folder can be
summarised again at any time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from ..ask.cell import Cell
from ..ask.experiment import Experiment
from ..ask.figures import FIGURES, OUTCOMES, figure_of
from ..machine import canary
from ..run import constants as constants_of_run
from ..run.constants import Constants
from ..run.folder import RUNS
from ..run.run import Role, Run
from ..run.stored import Stored
from .stats import (
    NEGLIGIBLE_ABOVE,
    NEGLIGIBLE_BELOW,
    Verdict,
    bootstrap_ratio,
    drift,
    median_interval,
    quotient,
    ratio_interval,
    ratio_verdict,
    spread,
)
from .summary import (
    Count,
    Noise,
    Ratio,
    Refusal,
    Summaries,
    Summary,
    bearable,
    borne,
)
from .theory import SMALL_PART, applies, bound_wall_s, creating_share, theory_wall_s

# What every pair is compared in, besides the figure of the experiment.
LED_BY = ("wall_s", "wall_per_ok_s", "goodput_per_s", "rss_bytes")
ENOUGH_CREATED = 100  # workers: of fewer, the first ones decide how long that takes


def summaries_of(kept: Stored) -> Summaries:
    """Everything that results amount to."""
    left_out = list(kept.left_out)
    if kept.lost:
        count = f"{kept.lost} of {kept.environment['runs']} runs"
        left_out.append(f"{count}, whose lines in {RUNS} are lost")
    constants = constants_of_run.read(kept.folder)
    return replace(
        summarise(kept.experiment, kept.runs, kept.blocks, constants),
        left_out=tuple(left_out), complete=kept.complete, machine=kept.environment,
    )  # fmt: skip


def summarise(
    experiment: Experiment,
    runs: Sequence[Run],
    blocks: Sequence[Mapping[str, Any]] = (),
    constants: Constants = Constants(),
    drifting: bool = True,
) -> Summaries:
    """Everything the runs amount to. blocks: the lines of blocks.ndjson. drifting:
    whether the machine drifted, too, which takes a while if there are many."""
    by_cell: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_cell[run.cell.name].append(run)
    create_s = constants.create_s or _create_each_s(experiment, by_cell)
    costs = replace(constants, create_s=create_s)
    cells = [
        replace(
            summarise_cell(cell, by_cell[cell.name], costs),
            fitted=not constants.create_s and creating_share(cell, costs) > SMALL_PART,
        )
        for cell in experiment.cells
    ]
    refusals = _refusals(experiment, cells, by_cell)
    refused = {cell.name for refusal in refusals for cell in refusal.cells}
    return Summaries(
        cells=tuple(cells),
        ratios=tuple(
            ratio for ratio in _ratios(experiment, by_cell, refused, LED_BY)
            if borne(ratio, cells)
        ),
        figure=experiment.figure,
        noise=_noise(experiment, by_cell, blocks, drifting),
        constants=constants,
        create_each_s=create_s,
        refusals=refusals,
    )


def summarise_cell(
    cell: Cell, runs: Iterable[Run], costs: Constants = Constants()
) -> Summary:
    """The counted runs among these, put together. costs: of the theory."""
    measured = [run for run in runs if run.role is Role.MEASURE]
    counted = [run for run in measured if run.counts]
    values = {
        name: [value for run in counted if (value := figure.read(run)) is not None]
        for name, figure in FIGURES.items()
    }
    figures = {name: median_interval(v) for name, v in values.items() if v}
    outcomes = _outcomes(counted)
    return Summary(
        cell=cell,
        n=len(counted),
        problems=tuple(run.problem for run in measured if run.problem),
        figures=bearable(figures, outcomes),
        outcomes=outcomes,
        theory_wall_s=theory_wall_s(cell, costs),
        bound_wall_s=_bound_s(cell, counted),
    )


def _outcomes(counted: Sequence[Run]) -> dict[str, Count]:
    if not counted:
        return {}
    columns = {
        name: [r.record["outcomes"].get(name, 0) for r in counted] for name in OUTCOMES
    }
    return {name: Count(median(c), min(c), max(c)) for name, c in columns.items()}


def _create_each_s(
    experiment: Experiment, by_cell: Mapping[str, Sequence[Run]]
) -> float | None:
    """c where it was not measured apart: of the runs that created most kernel threads,
    for tasks; or for many workers, where all are pools.

    One for all cells, or each would be held against a theory of its own making.
    """
    ours = [c for c in experiment.cells
            if c.design.sleeps_in_kernel and not c.is_virtual
            and (c.workers or ENOUGH_CREATED) >= ENOUGH_CREATED]  # fmt: skip
    for cell in sorted(ours, key=lambda c: (bool(c.workers), -(c.workers or c.tasks))):
        creating = [_created_each_s(run) for run in by_cell[cell.name] if run.counts]
        known = [seconds for seconds in creating if seconds is not None]
        if known:
            return median(known)
    return None


def _created_each_s(run: Run) -> float | None:
    """None where not all could be created: then trying in vain took its time, too."""
    spent_s, made = (FIGURES[f].read(run) for f in ("create_s", "threads_created"))
    tried_in_vain = run.record.get("limit") is not None
    return None if spent_s is None or not made or tried_in_vain else spent_s / made


def _bound_s(cell: Cell, counted: Sequence[Run]) -> float | None:
    bounds = [bound_wall_s(cell, run.record) for run in counted]
    known = [bound for bound in bounds if bound is not None]
    return min(known, default=None)


def _peers(experiment: Experiment) -> dict[tuple[str, ...], list[Cell]]:
    """The cells that are compared with each other, by the options they share."""
    peers: dict[tuple[str, ...], list[Cell]] = defaultdict(list)
    for cell in experiment.cells:
        shared = {**cell.options, "tasks": cell.tasks}
        peers[tuple(str(shared.get(key)) for key in experiment.compare_by)].append(cell)
    return peers


def _refusals(
    experiment: Experiment,
    cells: Sequence[Summary],
    by_cell: Mapping[str, Sequence[Run]],
) -> tuple[Refusal, ...]:
    """The cells that must not be compared, and why."""
    found = [
        Refusal((s.cell,), f"{len(s.problems)} of {len(s.problems) + s.n} runs are "
                f"void: {s.problems[0]}")
        for s in cells if s.problems
    ]  # fmt: skip
    for group in _peers(experiment).values():
        if digests := _differing(experiment, group, by_cell):
            told = ", ".join(digests)
            found.append(Refusal(tuple(group), f"the workloads differ: {told}"))
    return tuple(found)


def _differing(
    experiment: Experiment, group: Sequence[Cell], by_cell: Mapping[str, Sequence[Run]]
) -> list[str]:
    """Digests of workloads that should be one and the same; [] if they are."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for cell in group:
        for run in (run for run in by_cell[cell.name] if run.counts):
            which = experiment.reseed and run.block
            found[which][run.record["workload_digest"]] = None
    return next((list(digests) for digests in found.values() if len(digests) > 1), [])


def _ratios(
    experiment: Experiment,
    by_cell: Mapping[str, Sequence[Run]],
    refused: set[str],
    figures: Sequence[str],
) -> Iterable[Ratio]:
    """Each cell over each baseline that comes before it, in each of the figures."""
    for peers in _peers(experiment).values():
        group = [c for c in peers if any(run.counts for run in by_cell[c.name])]
        group = [cell for cell in group if cell.name not in refused]
        for base in sorted(group, key=experiment.rank):
            if experiment.rank(base) == len(experiment.baselines):
                break  # this one and all after it are no baselines
            for cell in group:
                if experiment.rank(cell) > experiment.rank(base):
                    for figure in dict.fromkeys((experiment.figure, *figures)):
                        yield ratio(
                            figure,
                            side(cell, by_cell[cell.name]),
                            side(base, by_cell[base.name]),
                        )


Side = tuple[Cell, Sequence[Run], Role]


def side(cell: Cell, runs: Sequence[Run]) -> Side:
    return cell, runs, Role.MEASURE


def ratio(figure: str, over: Side, under: Side, together: bool = True) -> Ratio:
    """The first cell's figure over the second's. together: run in the same blocks."""
    values, divisors = _by_block(figure, over), _by_block(figure, under)
    shared = sorted(values.keys() & divisors.keys())
    quotients = [quotient(values[block], divisors[block]) for block in shared]
    interval = ratio_interval(quotients) if quotients else None
    if not together and values and divisors:
        interval = bootstrap_ratio([*values.values()], [*divisors.values()])
    alike = same_work(over, under)
    verdict = ratio_verdict(interval)
    if figure_of(figure).of_work and not alike:
        verdict = Verdict.CANNOT_TELL
    return Ratio(figure, over[0], under[0], interval, verdict, alike)


def same_work(over: Side, under: Side) -> bool:
    """Both served as many tasks, within 2 %, in their median runs."""
    served = [
        [run.record["outcomes"]["ok"] for run in runs if run.role is role
         and run.problem is None]
        for _, runs, role in (over, under)
    ]  # fmt: skip
    if not all(served):
        return True
    found = quotient(median(served[0]), median(served[1]))
    return NEGLIGIBLE_BELOW <= found <= NEGLIGIBLE_ABOVE


def _by_block(figure: str, side: Side) -> dict[int, float]:
    _, runs, role = side
    read = figure_of(figure).read
    return {
        run.block: value
        for run in runs
        if run.role is role and run.problem is None
        if (value := read(run)) is not None
    }


def _noise(
    experiment: Experiment,
    by_cell: Mapping[str, Sequence[Run]],
    blocks: Sequence[Mapping[str, Any]],
    drifting: bool,
) -> Noise:
    # A line without a canary only says that the machine was suspended meanwhile.
    songs = [(b["block"], b["canary"]) for b in blocks
             if b["block"] and b.get("canary")]  # fmt: skip
    suspended = {block["block"] for block in blocks if block.get("suspended")}
    return Noise(
        a_a=_control(experiment, by_cell),
        canary_spread={
            name.removesuffix("_s"): spread([song[name] for _, song in songs])
            for name in ("sleep_s", "spin_s")
            if songs
        },
        noisy_blocks=canary.noisy_blocks(songs),
        suspended_blocks=tuple(sorted(suspended)),
        drift=drift([_times(by_cell[c.name]) for c in experiment.cells
                     if drifting and _hangs_on_the_machine(experiment, c)]),
    )


def _hangs_on_the_machine(experiment: Experiment, cell: Cell) -> bool:
    """Its times say something about drift: not virtual ones, and not those of other
    draws in each block, which are long or short in all cells alike."""
    return not cell.is_virtual and (applies(cell) or not experiment.reseed)


def _times(runs: Sequence[Run]) -> dict[int, float]:
    """Wall times of the counted runs, by the numbers of their blocks."""
    return {r.block: r.hyperfine.wall_s for r in runs if r.counts and r.hyperfine}


def _control(
    experiment: Experiment, by_cell: Mapping[str, Sequence[Run]]
) -> Ratio | None:
    """A/A: one cell over itself. Its interval must contain 1."""
    for cell in experiment.cells:
        runs = by_cell[cell.name]
        if any(run.role is Role.A_A for run in runs):
            first, second = (cell, runs, Role.A_A), (cell, runs, Role.MEASURE)
            return ratio("wall_s", first, second)
    return None
