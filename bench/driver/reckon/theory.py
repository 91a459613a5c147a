"""All theory there is: what a run should take, and cannot be less than.

No other place has a formula; charts and pages get their curves from here, as rows.

N tasks of d on W workers, K places of the API, a bound of B threads. c is the time to
create one thread, w to create, and in the end wake and join, one that waits, o by how
much a sleep ends too late, h the work to hand one task to a parked worker, j to create,
end and join a thread alone. bench/micro measures them before the first run.

  pool             W w + max(R (d + o + h) + (L - 1) h, N h + d + o), R = ceil(N / W)
                   all workers are created, fed in turn, and joined: in rounds, the last
                   with L tasks, or without a pause if the first is back before its end
  threads          N c + d + o
                   creation is serial, and the last thread sleeps once more
  bounded threads  max(R (d + o) + (R - 1) j + L c, N c + d + o), R = ceil(N / B)
                   rounds, the last with L threads. Between two calls of a place one
                   thread ends and is joined and the next is created, which a pool does
                   not pay; where B c is more than d, creation alone decides
  best pool        W* = min(sqrt(N (d + o + h) / (w + h)), (d + o + h) / h, N)
  physical bound   ceil(served / min(lanes, K)) d
  Graham           max(sum p / W, p_max) <= T <= sum p / W + (1 - 1 / W) p_max
  stop             in random phase the last of W is done within x with probability
                   (x / d)^W, on average after d W / (W + 1)
  Little           d / c threads are alive at once, if there are so many
  token bucket     b + r T calls pass in T; none is rejected while W <= min(b, r d)
  capacity         of ceil((d + o) / c) threads born in a row K find a place
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil, inf, sqrt
from typing import Any, NamedTuple

from ..ask.cell import DEFAULT_REJECT_TIME, Cell, is_pool
from ..ask.quantities import parse_rate
from ..run.constants import Constants
from .erlang import Traffic, short_run_wait_s
from .summary import Summary

SMALL_PART = 0.05
# With one of these the tasks are not N equal calls that are there from the start, and
# all carried out: the theory of the wall time does not apply.
OTHER_WORK = {
    "distribution", "hang-rate", "arrivals", "api-rate", "api-slowdown", "api-outage",
    "attempts", "deadline", "timeout", "fail-fast", "limit-memory", "api-queue",
    "breaker", "when-full",
}  # fmt: skip
# Generous costs, before any was measured: of a thread, a fiber, a task in virtual time.
PLANNING_CREATE_S, PLANNING_LIGHT_S, PLANNING_VIRTUAL_S = 60e-6, 4e-6, 2e-6
PATIENCE_S = 60.0  # the longest pause before one retry
POINTS, PLAYED_EVERY = 60, 5  # of a curve


class Point(NamedTuple):
    """One row of theory: of a curve, for a design and what else was varied."""

    curve: str
    design: str  # Design.key
    varied: str  # tables.varied_text
    tasks: int | None  # for which it holds; None where they are the x, or no matter
    x: float
    y: float


# ---- the wall time of N equal tasks ----


def pool_s(
    tasks: int, workers: int, service_s: float, costs: Constants = Constants()
) -> float:
    h_s, slept_s = costs.hand_over, costs.slept(service_s)
    rounds = ceil(tasks / workers)
    last = tasks - (rounds - 1) * workers
    in_rounds_s = rounds * (slept_s + h_s) + (last - 1) * h_s
    without_pause_s = tasks * h_s + slept_s
    return workers * costs.worker + max(in_rounds_s, without_pause_s)


def threads_s(tasks: int, service_s: float, costs: Constants = Constants()) -> float:
    return tasks * costs.create + costs.slept(service_s)


def bounded_s(
    tasks: int, bound: int, service_s: float, costs: Constants = Constants()
) -> float:
    rounds = ceil(tasks / bound)
    last = tasks - (rounds - 1) * bound
    slept_s = rounds * costs.slept(service_s)
    waiting_s = slept_s + (rounds - 1) * costs.turn + last * costs.create
    return max(waiting_s, threads_s(tasks, service_s, costs))


def best_workers(tasks: int, service_s: float, costs: Constants) -> float | None:
    """W*: where workers cost as much as the rounds; None without c or w."""
    if not costs.worker:
        return None
    h_s, slept_s = costs.hand_over, costs.slept(service_s)
    alike = sqrt(tasks * (slept_s + h_s) / (costs.worker + h_s))
    return max(1.0, min(alike, (slept_s + h_s) / h_s if h_s else tasks, tasks))


def even_service_s(tasks: int, workers: int, costs: Constants) -> float | None:
    """d at which a pool takes as long as threads: it wins below. None: never, or c is
    missing. By halving, as both times only grow with d."""

    def behind(service_s: float) -> bool:
        pool = pool_s(tasks, workers, service_s, costs)
        return pool > threads_s(tasks, service_s, costs)

    low, high = 1e-7, 100.0
    if not costs.create or behind(low) or not behind(high):
        return None
    while high / low > 1.001:
        middle = sqrt(low * high)
        low, high = (low, middle) if behind(middle) else (middle, high)
    return high


def wall_s(
    tasks: int, workers: int | None, bound: int | None, service_s: float,
    costs: Constants,
) -> float:  # fmt: skip
    """The wall time of any design, by the program's own clock."""
    if tasks == 0:
        return 0.0
    if workers:
        return pool_s(tasks, workers, service_s, costs)
    if bound and bound < tasks:
        return bounded_s(tasks, bound, service_s, costs)
    return threads_s(tasks, service_s, costs)


def applies(cell: Cell) -> bool:
    """These are N equal calls, there from the start, of which the API takes any."""
    bounded = bool(cell.workers or cell.design.bound)
    crowded = bounded and (cell.capacity or inf) < min(cell.lanes, cell.tasks)
    return not (OTHER_WORK & cell.options.keys() or cell.tasks == 0 or crowded)


def predicts(cell: Cell, costs: Constants) -> bool:
    """Theory applies, and c is known where it takes that."""
    return applies(cell) and bool(cell.workers or costs.create_s is not None)


def theory_wall_s(cell: Cell, costs: Constants) -> float | None:
    """What the wall time should be; None where nothing predicts it."""
    costs = costs.of(cell)
    if not predicts(cell, costs):
        return None
    design = cell.design
    return wall_s(cell.tasks, design.workers, design.bound, cell.service_s, costs)


def creating_share(cell: Cell, costs: Constants) -> float:
    """How much of that is c, or w; where it is little, its source does not matter."""
    made_s = cell.workers * costs.worker if cell.workers else cell.tasks * costs.create
    return made_s / (theory_wall_s(cell, costs) or inf)


def over_theory(summary: Summary) -> float | None:
    """Measured over predicted wall time; None where that is no prediction, or in doubt.

    A rejected task ends sooner than d, so the last d of the theory may not be there:
    of matter only where it is more than a small part of the whole.
    """
    over, theory_s = summary.over_theory, summary.theory_wall_s
    if over is None or theory_s is None or summary.fitted:
        return None
    if summary.lost_any and summary.cell.service_s > SMALL_PART * theory_s:
        return None
    return over


def planned_wall_s(cell: Cell) -> float:
    """A guess for plans and timeouts, before anything was run."""
    if cell.is_virtual:
        return cell.tasks * PLANNING_VIRTUAL_S
    each_s = PLANNING_CREATE_S if cell.design.sleeps_in_kernel else PLANNING_LIGHT_S
    creating_s, at_once = min(cell.tasks, cell.lanes) * each_s, cell.lanes
    if cell.capacity and cell.capacity + cell.api_queue >= cell.lanes:
        at_once = min(cell.lanes, cell.capacity)  # the others wait there
    rounds_s = ceil(cell.tasks / at_once) * cell.mean_s
    return max(rounds_s + creating_s + cell.hanging_s, cell.arriving_s)


def patience_s(cell: Cell) -> float:
    """How long pauses before retries may add up, at most: nobody can say beforehand."""
    return PATIENCE_S if int(cell.options.get("attempts", 1)) > 1 else 0.0


def bound_wall_s(cell: Cell, record: Mapping[str, Any]) -> float | None:
    """The least time in which these outcomes are possible; None: no bound known.

    It holds for calls that the API carried out: a rejected one takes less than d.
    """
    if cell.distribution != "fixed":
        return None
    carried_out = record["outcomes"]["ok"] + record["outcomes"]["silent"]
    callers = cell.lanes + (cell.options.get("when-full") == "caller-runs")
    at_once = min(callers, cell.capacity or callers)
    hang_s = cell.hang_s if "hang-rate" in cell.options else inf
    return ceil(carried_out / at_once) * min(cell.service_s, hang_s)


def graham_bounds_s(times_s: Sequence[float], workers: int) -> tuple[float, float]:
    """Between which times any order of these tasks ends, if no worker idles."""
    if not times_s:
        return 0.0, 0.0
    mean, longest = sum(times_s) / workers, max(times_s)
    return max(mean, longest), mean + (1 - 1 / workers) * longest


def traffic_of(cell: Cell, costs: Constants) -> Traffic | None:
    """What Erlang's formulas need of a pool; None where they do not apply."""
    rate, exponential = cell.arrivals_per_s, cell.distribution
    if not cell.workers or not rate or exponential != "exponential":
        return None
    service_s = costs.slept(cell.service_s)
    load = rate * service_s / cell.workers
    return Traffic(load, cell.workers, service_s) if 0 < load < 1 else None


# ---- what is accepted, and who is alive ----


def accepted_by_rate(cell: Cell, costs: Constants) -> float | None:
    """How many calls a token bucket lets through, without retries; None: not known.

    A pool's workers spend their time on calls until the last task is taken, at T, with
    r d of them half done: W T = A d + (N - A) e - r d d / 2, where A = b + r T and e is
    the time of a rejection. No formula if none is back by then, or if the burst wastes
    tokens: it holds neither W calls in step nor r d. Threads: A = b + r N c.
    """
    rate = parse_rate(str(cell.options["api-rate"]))
    burst = cell.api_burst
    if cell.workers is None:
        if costs.create_s is None:
            return None
        return min(cell.tasks, burst + rate * cell.tasks * costs.create_s)
    service_s = costs.slept(cell.service_s)
    if burst < min(cell.workers, rate * service_s, cell.tasks):
        return None
    reject_s = costs.slept(cell.duration_s("api-reject-time", DEFAULT_REJECT_TIME))
    over = cell.workers - rate * (service_s - reject_s)
    calls_s = burst * service_s + (cell.tasks - burst) * reject_s
    time_s = (calls_s - rate * service_s**2 / 2) / over if over > 0 else inf
    accepted = min(cell.tasks, burst + rate * time_s)
    return accepted if time_s >= service_s or accepted == cell.tasks else None


def accepted_by_capacity(cell: Cell, costs: Constants) -> float | None:
    """How many of the calls of threads find a place of the API; None without c."""
    capacity = cell.capacity
    if capacity is None or cell.lanes <= capacity:
        return cell.tasks
    if cell.workers or cell.design.bound or costs.create_s is None:
        return None  # who is rejected comes back sooner: no simple formula
    slept_s = costs.slept(cell.service_s)
    # Until the first place is free again, so many are born; then all begins anew.
    born = max(capacity, ceil(slept_s / costs.create_s))
    batches, rest = divmod(cell.tasks, born)
    return batches * capacity + min(capacity, rest)


def alive_at_once(tasks: int, service_s: float, costs: Constants) -> float:
    """Little's law: a birth every c, a life of d."""
    slept_s = costs.slept(service_s)
    return min(tasks, slept_s / costs.create) if costs.create else tasks


def stopped_within(share_of_service: float, workers: int) -> float:
    """The probability that all workers are done within this share of d."""
    return min(1.0, max(0.0, share_of_service)) ** workers


# ---- curves, as rows ----


def log_steps(low: float, high: float, points: int = POINTS) -> list[float]:
    if not 0 < low < high:
        return [low]
    return [low * (high / low) ** (i / (points - 1)) for i in range(points)]


def whole_steps(low: float, high: float) -> list[int]:
    """Whole numbers, dense enough for a curve that leaps."""
    return sorted({max(1, round(x)) for x in log_steps(low, high, 4 * POINTS)})


def over_tasks(
    cells: Iterable[tuple[Cell, str]], measured: Constants, least: float, most: float
) -> Iterator[Point]:
    """wall, goodput and alive over the number of tasks, for each design.

    cells: one each of the designs and of what else is varied, with that as text.
    """
    for cell, varied in cells:
        design, costs = cell.design, measured.of(cell)
        for tasks in whole_steps(least, most):
            such, key = replace(cell, tasks=tasks), (design.key, varied, None, tasks)
            time_s = theory_wall_s(such, measured)
            if time_s is None:  # the API may have places for few tasks, but not for all
                continue
            yield Point("wall over tasks", *key, time_s)
            accepted = accepted_by_capacity(such, costs)
            if accepted is not None and time_s:
                yield Point("accepted over tasks", *key, accepted)
                yield Point("goodput over tasks", *key, accepted / time_s)
            if cell.workers is None and not design.bound:
                alive = alive_at_once(tasks, cell.service_s, costs)
                yield Point("alive over tasks", *key, alive)


def over_workers(
    cell: Cell, varied: str, costs: Constants, least: float, most: float
) -> Iterator[Point]:
    """A pool's wall time over its size, its two limits, and the best size."""
    kind, tasks, service_s = cell.design.kind_key, cell.tasks, cell.service_s
    if "api-rate" in cell.options:
        yield from _accepted_over_workers(cell, varied, costs, least, most)
    slept_s = costs.slept(service_s)
    for workers in whole_steps(least, most):
        if not applies(cell.with_workers(workers)):
            break
        whole_s = pool_s(tasks, workers, service_s, costs)
        yield Point("wall over workers", kind, varied, tasks, workers, whole_s)
        rounds = tasks * slept_s / workers
        yield Point("rounds over workers", kind, varied, tasks, workers, rounds)
        if made_s := workers * costs.worker:
            yield Point("creating over workers", kind, varied, tasks, workers, made_s)
    best = best_workers(tasks, service_s, costs)
    if best and applies(cell.with_workers(round(best))):
        best_s = pool_s(tasks, round(best), service_s, costs)
        yield Point("best workers", kind, varied, tasks, best, best_s)


def _accepted_over_workers(
    cell: Cell, varied: str, costs: Constants, least: float, most: float
) -> Iterator[Point]:
    kind = cell.design.kind_key
    for workers in whole_steps(least, most):
        accepted = accepted_by_rate(cell.with_workers(workers), costs)
        if accepted is not None:
            key = (kind, varied, cell.tasks, workers)
            yield Point("accepted over workers", *key, accepted)
    rate = parse_rate(str(cell.options["api-rate"]))
    safe = min(cell.at_once(rate), cell.api_burst)
    yield Point("safe workers", kind, varied, cell.tasks, safe, cell.tasks)


def even_over_tasks(
    cell: Cell, varied: str, costs: Constants, least: int, most: int
) -> Iterator[Point]:
    """The task time below which a pool is faster than threads."""
    for tasks in whole_steps(least, most):
        even = even_service_s(tasks, cell.workers or 1, costs)
        if even is not None:
            yield Point("even over tasks", cell.design.key, varied, None, tasks, even)


def over_load(
    places: int, service_s: float, tasks: int, share: float, low: float, high: float
) -> Iterator[Point]:
    """Erlang: the share that is lost, and what a share of the tasks waits at most."""
    for step in range(POINTS + 1):
        load = low + (high - low) * step / POINTS
        traffic = Traffic(load, places, service_s)
        yield Point("lost over load", "", "", tasks, load, traffic.lost)
        yield Point("wait over load", "", "", tasks, load, traffic.wait_s(share))
        if step % PLAYED_EVERY == 0:  # such a point takes a tenth of a second
            short_s = short_run_wait_s(traffic, share, tasks)
            yield Point("short-run wait over load", "", "", tasks, load, short_s)


def over_time(cell: Cell, varied: str, costs: Constants) -> Iterator[Point]:
    """A batch: how many tasks have started, and are answered, by when."""
    if (cell.capacity or inf) < cell.lanes or not predicts(cell, costs):
        return
    tasks, slept_s = cell.tasks, costs.slept(cell.service_s)
    key = (cell.design.key, varied, tasks)
    if cell.workers is None and not cell.design.bound:
        for step, more_s in (("started", 0.0), ("answered", slept_s)):
            yield Point(f"{step} over time", *key, more_s, 0)
            yield Point(f"{step} over time", *key, tasks * costs.create + more_s, tasks)
        return
    lanes, begin_s = cell.lanes, (cell.workers or 0) * costs.create
    for number in range(ceil(tasks / lanes)):
        at_s = begin_s + number * slept_s
        count = min(tasks, (number + 1) * lanes)
        yield Point("started over time", *key, at_s, count)
        yield Point("answered over time", *key, at_s + slept_s, count)


def stop_over_time(cell: Cell, varied: str) -> Iterator[Point]:
    """The probability that a pool has stopped, that long after it was told to."""
    if is_pool(cell.design.program) and cell.workers:
        for step in range(POINTS + 1):
            share = step / POINTS
            key = (cell.design.key, varied, cell.tasks, share * cell.service_s)
            yield Point("stopped over time", *key, stopped_within(share, cell.workers))
