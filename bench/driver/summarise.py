"""From runs to summaries: medians, per-block ratios, controls, and refusals.

Pure: the same runs always give the same summaries, so a results folder can be
summarised again at any time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf
from statistics import median
from typing import Any

from . import canary
from .constants import Constants
from .figures import FIGURES
from .model import (  # fmt: skip
    OUTCOMES,
    Cell,
    Count,
    Experiment,
    Noise,
    Ratio,
    Role,
    Run,
    Summaries,
    Summary,
)
from .stats import median_interval, ratio_verdict, spread
from .theory import bound_wall_s, lanes, theory_wall_s


def summarise(
    experiment: Experiment,
    runs: Sequence[Run],
    blocks: Sequence[Mapping[str, Any]] = (),
    left_out: Sequence[str] = (),
    complete: bool = True,
    constants: Constants = Constants(),
) -> Summaries:
    """Everything the runs amount to. blocks: the lines of blocks.ndjson."""
    by_cell: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_cell[run.cell.name].append(run)
    create_s = constants.create_s or _create_each_s(experiment, by_cell)
    cells = [
        replace(
            summarise_cell(cell, by_cell[cell.name], create_s),
            fitted=cell.workers is None and not constants.create_s,
        )
        for cell in experiment.cells
    ]
    refusals = _refusals(experiment, cells, by_cell)
    refused = {name for name, _ in refusals}
    return Summaries(
        cells=tuple(cells),
        ratios=tuple(_ratios(experiment, by_cell, refused)),
        noise=_noise(experiment, by_cell, blocks),
        left_out=tuple(left_out),
        complete=complete,
        constants=constants,
        create_each_s=create_s,
        refusals=tuple(dict.fromkeys(sentence for _, sentence in refusals)),
    )


def summarise_cell(cell: Cell, runs: Iterable[Run], create_s: float | None) -> Summary:
    """The counted runs among these, put together. create_s: c of the theory."""
    measured = [run for run in runs if run.role is Role.MEASURE]
    counted = [run for run in measured if run.counts]
    values = {
        name: [value for run in counted if (value := figure.read(run)) is not None]
        for name, figure in FIGURES.items()
    }
    figures = {name: median_interval(v) for name, v in values.items() if v}
    return Summary(
        cell=cell,
        n=len(counted),
        problems=tuple(run.problem for run in measured if run.problem),
        figures=figures,
        outcomes=_outcomes(counted),
        theory_wall_s=theory_wall_s(cell, create_s),
        bound_wall_s=_bound_s(cell, counted),
    )


def _outcomes(counted: Sequence[Run]) -> dict[str, Count]:
    if not counted:
        return {}
    columns = {name: [r.record["outcomes"][name] for r in counted] for name in OUTCOMES}
    return {name: Count(median(c), min(c), max(c)) for name, c in columns.items()}


def _create_each_s(
    experiment: Experiment, by_cell: Mapping[str, Sequence[Run]]
) -> float | None:
    """c where it was not measured apart: of the runs that created most threads.

    One for all cells, or each would be held against a theory of its own making.
    """
    threads = [c for c in experiment.cells if c.workers is None]
    for cell in sorted(threads, key=lambda c: -c.tasks):
        creating = [FIGURES["create_s"].read(r) for r in by_cell[cell.name] if r.counts]
        known = [seconds for seconds in creating if seconds is not None]
        if known:
            return median(known) / max(1, lanes(cell))
    return None


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
) -> list[tuple[str, str]]:
    """(cell name, sentence) of each cell that must not be compared, and why."""
    found = [
        (s.cell.name, f"{s.cell.label}: {len(s.problems)} of "
         f"{len(s.problems) + s.n} runs count for nothing: {s.problems[0]}")
        for s in cells if s.problems
    ]  # fmt: skip
    for group in _peers(experiment).values():
        if digests := _differing(experiment, group, by_cell):
            told = ", ".join(f"{digest} ({who})" for digest, who in digests.items())
            sentence = f"not compared, the workloads differ: {told}"
            found += [(cell.name, sentence) for cell in group]
    return found


def _differing(
    experiment: Experiment, group: Sequence[Cell], by_cell: Mapping[str, Sequence[Run]]
) -> dict[str, str]:
    """Workloads that should be one and the same: digest and cell; {} if they are."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for cell in group:
        for run in (run for run in by_cell[cell.name] if run.counts):
            which = run.block if experiment.reseed else 0
            found[which][run.record["workload_digest"]] = cell.label
    return next((digests for digests in found.values() if len(digests) > 1), {})


def _ratios(
    experiment: Experiment,
    by_cell: Mapping[str, Sequence[Run]],
    refused: set[str],
) -> Iterable[Ratio]:
    for peers in _peers(experiment).values():
        group = [c for c in peers if any(run.counts for run in by_cell[c.name])]
        bases = [cell for cell in group if cell.design == experiment.baseline]
        if len(bases) != 1 or bases[0].name in refused:
            continue
        for cell in group:
            if cell is not bases[0] and cell.name not in refused:
                yield ratio(
                    experiment.figure,
                    (cell, by_cell[cell.name], Role.MEASURE),
                    (bases[0], by_cell[bases[0].name], Role.MEASURE),
                )


def ratio(
    figure: str,
    over: tuple[Cell, Sequence[Run], Role],
    under: tuple[Cell, Sequence[Run], Role],
) -> Ratio:
    """The first cell's figure over the second's, block by block."""
    values, divisors = _by_block(figure, over), _by_block(figure, under)
    shared = sorted(values.keys() & divisors.keys())
    quotients = [_over(values[block], divisors[block]) for block in shared]
    interval = median_interval(quotients) if quotients else None
    return Ratio(figure, over[0], under[0], interval, ratio_verdict(interval))


def _over(value: float, divisor: float) -> float:
    """A block in which the divisor achieved nothing counts, too: order bears it."""
    if divisor:
        return value / divisor
    return inf if value else 1.0


def _by_block(figure: str, side: tuple[Cell, Sequence[Run], Role]) -> dict[int, float]:
    _, runs, role = side
    read = FIGURES[figure].read
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
) -> Noise:
    # A line without a canary only says that the machine was suspended meanwhile.
    songs = [(b["block"], b["canary"]) for b in blocks if b["block"] and "canary" in b]
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
    )


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
