#!/usr/bin/env -S python3 -IS
"""A program in place of thread-per-task or worker-pool, which it is called as.

It takes their options, sleeps as long as they would and writes a valid record, unless
STAND_IN_FAULT names a fault. STAND_IN_ONLY limits the fault to one program.
"""

import json
import math
import os
import signal
import sys
import time

UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


def seconds(text):
    unit = text.lstrip("0123456789.")
    return float(text.removesuffix(unit)) * UNITS[unit]


def options(arguments):
    pairs = (argument.removeprefix("--").split("=", 1) for argument in arguments)
    return {pair[0]: pair[-1] for pair in pairs}


def make_record(program, asked, wall_s):
    tasks = int(asked.get("tasks", 50))
    pool = program == "worker-pool"
    lanes = int(asked.get("workers", 5)) if pool else tasks
    capacity = int(asked.get("api-capacity", 10**9))
    rejected = max(0, tasks - 10 * capacity) if not pool else 0
    spread = {"min": 1000, "p50": 2000, "p90": 3000, "p99": 4000, "max": 5000}
    return {
        "schema_version": 1,
        "program": program,
        "version": "0",
        "commit": "stand-in",
        "complete": True,
        "config": {
            "tasks": tasks,
            "workers": lanes if pool else None,
            "service_time_ns": round(seconds(asked.get("service-time", "10ms")) * 1e9),
        },
        "workload_digest": f"{tasks:08x}{int(asked.get('seed', 1)):08x}",
        "wall_ns": round(wall_s * 1e9),
        "create_ns": lanes * 20_000,
        "outcomes": {
            "ok": tasks - rejected,
            "rejected": rejected,
            "failed": 0,
            "silent": 0,
            "timed_out": 0,
            "cancelled": 0,
            "not_started": 0,
        },
        "calls": tasks,
        "peak": {
            "rss_bytes": 2_000_000 + 8200 * lanes,
            "virtual_bytes": None,
            "page_table_bytes": 40_000,
            "threads": lanes + 1,
            "in_flight": lanes,
            "served": min(lanes, capacity),
        },
        "cpu": {
            "user_ns": 1_000_000,
            "system_ns": 2_000_000,
            "voluntary_switches": tasks,
            "involuntary_switches": 0,
            "minor_faults": 200,
        },
        "latency_ns": spread,
        "queue_wait_ns": spread,
        "stop": None,
    }


def write_samples(path, asked, program, service_s):
    tasks = int(asked.get("tasks", 50))
    lanes = int(asked.get("workers", 5)) if program == "worker-pool" else tasks
    with open(path, "w", encoding="ascii") as file:
        file.write("index,lane,due_ns,started_ns,finished_ns,attempts,outcome\n")
        for index in range(tasks):
            start = index // lanes * round(service_s * 1e9)
            end = start + round(service_s * 1e9)
            file.write(f"{index},{index % lanes},0,{start},{end},1,ok\n")


def misbehave(fault):
    """Faults that leave no record, or leave before it."""
    if fault == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if fault == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "fail":
        print("error: no worker could be started", file=sys.stderr)
        sys.exit(3)
    if fault in ("hang", "hang-stubbornly"):
        if fault == "hang-stubbornly":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(3600)


def spoil(fault, record):
    """Faults of the record itself: its text."""
    if fault == "account":
        record["outcomes"]["ok"] -= 1
    if fault == "digest" and record["program"] == "worker-pool":
        record["workload_digest"] = "f" * 16
    if fault == "schema":
        record["schema_version"] = 2
    if fault == "foreign":
        record["config"]["tasks"] += 1
    if fault == "impossible":
        record["wall_ns"] = 1
    if fault == "too-long":
        record["wall_ns"] = 10**12
    if fault == "missing":
        del record["peak"]["rss_bytes"]
    text = json.dumps(record)
    return {
        "nan": text.replace('"calls": ', '"calls": NaN, "was": '),
        "endless": text.replace('"calls": ', '"calls": 1e999, "was": '),
        "surrogate": text.replace('"calls": ', '"note": "\\ud800", "calls": '),
        "digits": text.replace('"calls": ', '"note": ' + "9" * 5000 + ', "calls": '),
        "words": text.replace('"calls": ', '"retries": "x", "calls": '),
        "halves": text.replace('"ok": 4', '"ok": 3.5').replace(
            '"failed": 0', '"failed": 0.5'
        ),
        "truncated": text[: len(text) // 2],
        "rubbish": "Segmentation fault (core dumped)",
        "latin-1": "\u00e9",
        "silent": "",
    }.get(fault, text)


def main():
    program = os.path.basename(sys.argv[0])
    asked = options(sys.argv[1:])
    fault = os.environ.get("STAND_IN_FAULT")
    if os.environ.get("STAND_IN_ONLY", program) != program:
        fault = None
    tasks = int(asked.get("tasks", 50))
    if tasks == 0:
        return  # a dry run: our options are as they should be
    misbehave(fault)
    lanes = int(asked.get("workers", 5)) if program == "worker-pool" else tasks
    service_s = seconds(asked.get("service-time", "10ms"))
    start = time.monotonic()
    time.sleep(math.ceil(tasks / lanes) * service_s)
    wall_s = time.monotonic() - start
    text = spoil(fault, make_record(program, asked, wall_s))
    encoding = "latin-1" if fault == "latin-1" else "utf-8"
    with open(asked["json"], "w", encoding=encoding) as file:
        file.write(text + "\n")
    if "samples" in asked:
        write_samples(asked["samples"], asked, program, service_s)


main()
