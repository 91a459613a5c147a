"""Which curves of theory.py an experiment's cells give a meaning to, and for whom."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from ..ask.cell import Cell
from ..ask.experiment import Experiment, varying
from ..run.constants import Constants
from . import theory
from .erlang import Traffic, behind_queue

HIGHEST = 0.985  # the load up to which a queue without end is drawn
MOST_ROUNDS = 100_000  # a batch of more is a line as long as no screen is wide
WAITS = 0.9  # of the tasks wait no longer than a curve over load says


def varied_text(cell: Cell) -> str:
    """What else is varied, as a key: "timeout=50ms;cancel=none"."""
    return ";".join(
        key if value is True else f"{key}={value}" for key, value in cell.varied.items()
    )


def theory_points(experiment: Experiment, costs: Constants) -> list[theory.Point]:
    """Every curve that the experiment's cells give a meaning to, in order."""
    kinds: dict[tuple[str, str], Cell] = {}
    for cell in experiment.cells:
        kinds.setdefault((cell.design.key, varied_text(cell)), cell)
    points: list[theory.Point] = []
    many = [cell.tasks for cell in experiment.cells if cell.tasks]
    if many:
        each = [(cell, varied) for (_, varied), cell in kinds.items()]
        points += theory.over_tasks(each, costs, min(many) / 2, max(many) * 2)
    for (kind, varied, count), group in _pools(experiment).items():
        sizes = [cell.workers for cell in group if cell.workers]
        if len(sizes) > 1:
            low, high = min(sizes) / 2, max(sizes) * 2
            own = costs.of(group[0])
            points += theory.over_workers(group[0], varied, own, low, high)
    shown = (c for c in experiment.samples if c.tasks <= MOST_ROUNDS * c.lanes)
    for cell in shown:
        points += theory.over_time(cell, varied_text(cell), costs.of(cell))
    for (_, varied), cell in kinds.items():
        if "deadline" in cell.options:
            points += theory.stop_over_time(cell, varied)
    if "service-time" in varying(experiment.cells) and len(set(many)) > 1:
        for (_, varied), cell in _first_pools(experiment).items():
            own = costs.of(cell)
            points += theory.even_over_tasks(cell, varied, own, min(many), max(many))
    points += _over_load(experiment)
    return sorted(points, key=lambda p: (p.curve, p.design, p.varied, p.tasks or 0))


def _first_pools(experiment: Experiment) -> dict[tuple[str, str], Cell]:
    """One cell of each pool, whatever its task time."""
    found: dict[tuple[str, str], Cell] = {}
    for cell in experiment.cells:
        if cell.workers:
            other = {k: v for k, v in cell.varied.items() if k != "service-time"}
            text = varied_text(replace(cell, varied=other))
            found.setdefault((cell.design.key, text), cell)
    return found


def _over_load(experiment: Experiment) -> list[theory.Point]:
    """Erlang's curves, where all cells have random arrivals, times, and few places."""
    cells = [c for c in experiment.cells if c.capacity and c.arrivals_per_s]
    if not cells or len(cells) < len(experiment.cells) or any(
        cell.distribution != "exponential" for cell in cells
    ):
        return []
    if any("api-queue" in cell.options for cell in cells):
        return list(_behind_queues(cells))
    first = cells[0]
    low, high = 0.45, HIGHEST
    return list(theory.over_load(
        first.capacity, first.service_s, first.tasks, WAITS, low, high
    ))  # fmt: skip


def _behind_queues(cells: Sequence[Cell]) -> Iterator[theory.Point]:
    """Mean latency over load, of each design before each queue that the API has."""
    kinds = {(c.design.key, c.api_queue): c for c in cells}
    for (design, queue), cell in kinds.items():
        places, endless = cell.workers or cell.capacity, queue == inf
        endless = endless or cell.workers is not None  # a pool is a queue on our side
        for step in range(1, 100):
            traffic = Traffic(step / 75, places, cell.service_s)
            if endless and traffic.load >= HIGHEST:
                break
            wait_s = (
                traffic.mean_wait_s
                if endless
                else behind_queue(traffic, int(queue))[1]
            )
            yield theory.Point(
                "latency over load", design, varied_text(cell), None, traffic.load,
                wait_s + cell.service_s,
            )  # fmt: skip


def _pools(experiment: Experiment) -> dict[tuple[str, str, int], list[Cell]]:
    """The pools that differ in their size alone."""
    groups: dict[tuple[str, str, int], list[Cell]] = {}
    for cell in experiment.cells:
        if cell.workers:
            key = (cell.design.kind, varied_text(cell), cell.tasks)
            groups.setdefault(key, []).append(cell)
    return groups
