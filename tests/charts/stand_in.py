"""Runs that nobody ran: SYNTHETIC material for tests of charts and the report.

The figures follow the theory with a little seeded noise. They are never a result.
"""

from __future__ import annotations

import random
import sys
from math import ceil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from driver.ask import experiment as experiments  # noqa: E402
from driver.draw.material import Material  # noqa: E402
from driver.ask.cell import Cell  # noqa: E402
from driver.ask.experiment import Experiment  # noqa: E402
from driver.ask.figures import OUTCOMES  # noqa: E402
from driver.say.names import cell_name  # noqa: E402
from driver.run.run import Role, Run, Timing  # noqa: E402
from driver.reckon.summarise import summarise  # noqa: E402

CREATE_S = 31e-6
REJECT_S = 1e-3
HEADER = "index,lane,due_ns,started_ns,finished_ns,attempts,outcome"


def comparison(name: str = "comparison", **overrides: object) -> Experiment:
    return experiments.load(ROOT / "bench" / "experiments" / f"{name}.toml", overrides)


def timeline(cell: Cell) -> list[tuple[int, int, float, float, str]]:
    """(index, lane, start, finish, outcome) of each task, played out in order."""
    capacity = cell.options.get("api-capacity")
    service_s, created = cell.service_s, 0.0
    free = [i * CREATE_S for i in range(min(cell.lanes, cell.tasks))]
    serving: list[float] = []
    tasks = []
    for index in range(cell.tasks):
        lane = min(range(len(free)), key=free.__getitem__)
        start = max(free[lane], created)
        serving = [end for end in serving if end > start]
        rejected = capacity is not None and len(serving) >= capacity
        finish = start + (REJECT_S if rejected else service_s * 1.002)
        if not rejected:
            serving.append(finish)
        free[lane] = finish
        tasks.append((index, lane, start, finish, "rejected" if rejected else "ok"))
        if cell.workers is None:
            free[lane] = 1e9  # a thread does one task
    return tasks


def record(cell: Cell, noise: random.Random, changes: dict | None = None) -> dict:
    tasks = timeline(cell) if cell.tasks <= 500 else []
    outcomes = dict.fromkeys(OUTCOMES, 0)
    if tasks:
        wall_s = max(task[3] for task in tasks)
        for task in tasks:
            outcomes[task[4]] += 1
    elif cell.workers is None:
        wall_s = cell.service_s + cell.tasks * CREATE_S
        outcomes["ok"] = min(cell.tasks, int(50 * wall_s / 0.01))
        outcomes["rejected"] = cell.tasks - outcomes["ok"]
    else:
        wall_s = ceil(cell.tasks / cell.workers) * cell.service_s * 1.002
        outcomes["ok"] = cell.tasks
    threads = min(cell.tasks, cell.lanes)
    wall_s *= 1 + noise.uniform(0, 0.01)
    alive = min(threads, int(0.012 / CREATE_S)) if cell.workers is None else threads
    outcomes |= (changes or {}).get("outcomes", {})
    return {
        "wall_ns": int(wall_s * 1e9),
        "workload_digest": "0123456789abcdef",
        "create_ns": int(threads * CREATE_S * 1e9 * (1 + noise.uniform(0, 0.1))),
        "outcomes": outcomes,
        "calls": cell.tasks,
        "peak": {
            "rss_bytes": int(1.9e6 + 8300 * threads + noise.uniform(0, 30e3)),
            "virtual_bytes": 8_400_000 * threads,
            "page_table_bytes": 50_000 + 4200 * threads,
            "threads": alive + 2,
            "in_flight": min(alive, 90),
            "served": min(alive, 50),
        },
        "cpu": {"user_ns": 10_000_000, "system_ns": 20_000_000,
                "voluntary_switches": cell.tasks, "involuntary_switches": 3,
                "minor_faults": 200},
        "latency_ns": dict.fromkeys(("min", "p50", "p90", "p99", "max"), 10_020_000),
        "queue_wait_ns": dict.fromkeys(("min", "p50", "p90", "p99", "max"), 20_000),
        "stop": None,
    }  # fmt: skip


def run_of(cell: Cell, role: Role, block: int, noise: random.Random, **kw) -> Run:
    kept = record(cell, noise, kw.get("changes"))
    wall_s = kept["wall_ns"] / 1e9 + 0.0014
    return Run(
        cell=cell, role=role, block=block, position=1,
        started_utc="2000-01-01T00:00:00.000Z", command=(cell.design.program, *cell.args),
        hyperfine=Timing(wall_s, 0.01, 0.02, 0), record=kept,
        samples=kw.get("samples"),
    )  # fmt: skip


_texts: dict[str, str] = {}  # of samples, by cell: 10 000 lines take their time


def write_samples(folder: Path, cell: Cell) -> str:
    (folder / "samples").mkdir(exist_ok=True)
    key = f"{cell.name} {cell.args}"
    if key not in _texts:
        lines = [
            f"{index},{lane},0,{int(start * 1e9)},{int(finish * 1e9)},1,{outcome}"
            for index, lane, start, finish, outcome in timeline(cell)
        ]
        _texts[key] = "\n".join([HEADER, *lines]) + "\n"
    path = f"samples/{cell.name}.csv"
    (folder / path).write_text(_texts[key], encoding="utf-8")
    return path


def material(folder: Path, n: int = 9, skip: tuple[str, ...] = (), **kw) -> Material:
    """A whole comparison of n blocks, SYNTHETIC, with its samples."""
    noise = random.Random(1)
    experiment = kw.pop("experiment", None) or comparison()
    left_out = [f"{cell_name(c)} (20 s each)" for c in experiment.cells if c.name in skip]
    experiment = experiments.without(experiment, set(skip))
    runs = [
        run_of(cell, Role.WARM_UP if block == 0 else Role.MEASURE, block, noise, **kw)
        for block in range(n + 1 if n else 0)
        for cell in experiment.cells
    ]
    # The control, as the driver chooses it: one cell a second time in each block.
    twice = experiment.cells[-1]
    runs += [run_of(twice, Role.A_A, block, noise, **kw) for block in range(1, n + 1)]
    for cell in experiment.samples:
        path = write_samples(folder, cell)
        runs.append(run_of(cell, Role.SAMPLE, n, noise, samples=path))
    summaries = summarise(experiment, runs, left_out=left_out)
    return Material(folder, experiment, runs, summaries)
