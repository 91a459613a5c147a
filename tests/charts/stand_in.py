"""Runs that nobody ran: SYNTHETIC material for tests of charts and the report.

The figures follow the options with a little seeded noise. They are never a result.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from heapq import heappop, heappush, heapreplace
from math import ceil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from driver.ask import experiment as experiments  # noqa: E402
from driver.ask.cell import Cell  # noqa: E402
from driver.ask.experiment import Experiment  # noqa: E402
from driver.ask.figures import OUTCOMES  # noqa: E402
from driver.ask.quantities import parse_share  # noqa: E402
from driver.draw.material import Material  # noqa: E402
from driver.reckon.summarise import summarise  # noqa: E402
from driver.run.constants import Constants  # noqa: E402
from driver.run.run import Role, Run, Timing  # noqa: E402

CREATE_S, REJECT_S = 31e-6, 1e-3
SIMULATED = 1000  # tasks; of more only the sums are made up
HEADER = "index,lane,due_ns,started_ns,finished_ns,attempts,outcome\n"
MACHINE = {"cpu": {"usable": 128, "virtual": True}, "system": {"kernel": "6.18.44-a"}}
FOLDER = ROOT / "bench" / "experiments"


def load(name: str, quick: bool = False, **overrides: object) -> Experiment:
    return experiments.load(FOLDER / f"{name}.toml", overrides, quick)


def read(text: str) -> Experiment:
    """An experiment from the text of its file."""
    import tomllib

    return experiments.read("mine", tomllib.loads(text), {})


FOUR = """
question = "What do four designs get, and what do they pay?"
charts = {charts}
compare-by = ["tasks", "api-capacity"]
baseline = ["threads", "bounded threads"]
[options]
tasks = [50, 500, 10000]
[[cells]]
design = "threads"
api-capacity = 50
[[cells]]
design = "bounded threads of 50"
api-capacity = 50
[[cells]]
design = "pool"
workers = [5, 50]
api-capacity = 50
[[cells]]
design = "threads"
tasks = [500, 10000]
[[cells]]
design = "pool of 50"
tasks = [500, 10000]
[[samples]]
design = "threads"
api-capacity = 50
tasks = [50, 500]
[[samples]]
design = "bounded threads of 50"
api-capacity = 50
tasks = [50, 500]
[[samples]]
design = "pool"
workers = [5, 50]
api-capacity = 50
tasks = [50, 500]
"""
ALL_OF_COMPARISON = ["slide", "wall-time", "goodput", "memory", "outcomes", "timeline",
                     "in-flight", "latency", "queue-wait", "sweep"]  # fmt: skip


def four(charts: list[str] | None = None) -> Experiment:
    """Four designs, with a limit and without."""
    return read(FOUR.format(charts=charts or ALL_OF_COMPARISON))


Played = tuple[int, int, float, float, float, str]


def played(cell: Cell) -> list[Played]:
    """(index, lane, due, start, finish, outcome) of each task, played out in order."""
    return _played(
        cell.tasks, cell.workers or 0, cell.lanes, cell.arrivals_per_s, cell.capacity,
        cell.service_s, parse_share(str(cell.options.get("error-rate", 0))),
        cell.options.get("distribution", "fixed") != "fixed",
    )  # fmt: skip


@cache
def _played(
    count: int, workers: int, lanes: int, rate: float | None, capacity: int | None,
    service_s: float, failing: float, unequal: bool,
) -> list[Played]:  # fmt: skip
    chance = random.Random(7)
    creating = min(workers, count) * CREATE_S
    free = [(creating, lane) for lane in range(min(lanes, count))]
    serving: list[float] = []
    tasks = []
    for index in range(count):
        due = index / rate if rate else 0.0
        ready, lane = free[0]
        start = max(ready, due, 0.0 if workers else index * CREATE_S)
        while serving and serving[0] <= start:
            heappop(serving)
        full = capacity is not None and len(serving) >= capacity
        time_s = service_s * 1.002
        if unequal:
            time_s *= chance.lognormvariate(-0.5, 1)
        outcome = "rejected" if full else "failed" if chance.random() < failing else "ok"
        finish = start + (REJECT_S if full else time_s)
        if not full:
            heappush(serving, finish)
        heapreplace(free, (finish, lane))
        tasks.append((index, lane if workers else index, due, start, finish, outcome))
    return tasks


def record(cell: Cell, noise: random.Random, changes: Mapping[str, Any]) -> dict:
    """A whole record; changes: outcomes, wall_s, rss_bytes, ... that shall be."""
    tasks = played(cell) if cell.tasks <= SIMULATED else []
    outcomes = dict.fromkeys(OUTCOMES, 0)
    if tasks:
        wall_s = max(task[4] for task in tasks)
        for task in tasks:
            outcomes[task[5]] += 1
    else:
        rounds = ceil(cell.tasks / cell.lanes) * cell.service_s
        created = (cell.workers or cell.tasks) * CREATE_S
        wall_s = rounds + created + cell.arriving_s
        unbounded = cell.capacity is not None and cell.lanes > cell.capacity
        outcomes["ok"] = int(0.18 * cell.tasks) if unbounded else cell.tasks
        outcomes["rejected"] = cell.tasks - outcomes["ok"]
    created = min(cell.tasks, cell.lanes)
    threads = changes.get("threads", created)  # alive at once
    wall_s = changes.get("wall_s", wall_s) * (1 + noise.uniform(0, 0.01))
    outcomes |= changes.get("outcomes", {})
    times = {key: int(1e7 * (i + 1)) for i, key in enumerate(
        ("min", "p50", "mean", "p90", "p99", "max"))}  # fmt: skip
    stop = {"latency_ns": int(1e6 * noise.uniform(1, 2)), "in_flight": 3}
    rss = int(1.9e6 + 8300 * threads + noise.uniform(0, 30e3))
    return {
        "wall_ns": int(wall_s * 1e9), "workload_digest": "0123456789abcdef",
        "create_ns": int(threads * CREATE_S * 1e9), "outcomes": outcomes,
        "calls": cell.tasks, "retries": 0, "amplification": 1.0,
        "believed_ok": outcomes["ok"] + outcomes["silent"],
        "threads_created": created, "config": changes.get("config", {"join": False}),
        "peak": {"rss_bytes": changes.get("rss_bytes", rss), "virtual_bytes": 8_400_000,
                 "page_table_bytes": 50_000 + 4200 * threads, "threads": threads,
                 "in_flight": min(threads, 90), "served": min(threads, 50)},
        "cpu": {"user_ns": 10_000_000, "system_ns": 20_000_000,
                "voluntary_switches": cell.tasks, "involuntary_switches": 3,
                "minor_faults": 200},
        "latency_ns": times, "failed_latency_ns": times, "queue_wait_ns": times,
        "stop": stop if "deadline" in cell.options else None,
        "remote": {"connections": cell.lanes, "connected": created,
                   "descriptors": 5 + 3 * created} if cell.is_real else None,
    }  # fmt: skip


def run_of(cell: Cell, role: Role, block: int, noise: random.Random, **changes) -> Run:
    kept = record(cell, noise, changes)
    wall_s = kept["wall_ns"] / 1e9 + 0.0014
    threads = kept["peak"]["threads"]
    return Run(
        cell=cell, role=role, block=block, position=1,
        started_utc="2000-01-01T00:00:00.000Z", command=(cell.design.program, *cell.args),
        hyperfine=Timing(wall_s, 0.01, 0.02, 0), record=kept,
        samples=changes.get("samples"),
        kernel={"kernel_stack_bytes": 16_000 * threads, "slab_bytes": 7_000 * threads},
    )  # fmt: skip


def write_samples(folder: Path, cell: Cell) -> str:
    (folder / "samples").mkdir(exist_ok=True)
    lines = [
        f"{index},{lane},{due * 1e9:.0f},{start * 1e9:.0f},{finish * 1e9:.0f},1,{how}\n"
        for index, lane, due, start, finish, how in played(cell)
    ]
    path = f"samples/{cell.name}.csv"
    (folder / path).write_text("".join([HEADER, *lines]), encoding="utf-8")
    return path


def material(
    folder: Path, experiment: Experiment, n: int = 7,
    changes: Mapping[str, Mapping[str, Any]] | None = None, skip: tuple[str, ...] = (),
) -> Material:  # fmt: skip
    """The experiment with n blocks, SYNTHETIC. changes: by cell; skip: left out."""
    noise, asked = random.Random(1), changes or {}
    left_out = [f"{name}: takes 20 s" for name in skip]
    experiment = experiments.without(experiment, set(skip))
    runs = [
        run_of(cell, Role.MEASURE if block else Role.WARM_UP, block, noise,
               **asked.get(cell.name, {}))
        for block in range(n + 1 if n else 0)
        for cell in experiment.cells
    ]  # fmt: skip
    if experiment.cells and n:  # the control: one cell a second time in each block
        twice = experiment.cells[-1]
        runs += [run_of(twice, Role.A_A, block, noise, **asked.get(twice.name, {}))
                 for block in range(1, n + 1)]  # fmt: skip
    for cell in experiment.samples:
        path = write_samples(folder, replace(cell, tasks=min(cell.tasks, SIMULATED)))
        runs.append(run_of(cell, Role.SAMPLE, n, noise, samples=path))
    costs = Constants(CREATE_S, {0.01: 2e-5})
    summaries = summarise(experiment, runs, constants=costs)
    return Material(folder, experiment, runs, replace(
        summaries, left_out=tuple(left_out), machine=MACHINE))  # fmt: skip
