"""The accounts of a run: its record adds up, and the samples tell the same of each task."""

from __future__ import annotations

import unittest
from typing import Any

from .program import Sample


class Accounts(unittest.TestCase):
    def check_accounts(self, record: dict[str, Any], samples: list[Sample]) -> None:
        outcomes, calls = record["outcomes"], record["calls"]
        self.assertEqual([task.index for task in samples], [*range(len(samples))])
        self.assertEqual(sum(outcomes.values()), record["config"]["tasks"])
        for outcome, count in outcomes.items():
            self.assertEqual(sum(task.outcome == outcome for task in samples), count)
        self.assertEqual(record["believed_ok"], outcomes["ok"] + outcomes["silent"])
        self.assertEqual(sum(task.attempts for task in samples), calls)
        called = [task for task in samples if task.attempts > 0]
        self.assertEqual(len(called), calls - record["retries"])
        if called:
            self.assertAlmostEqual(record["amplification"], calls / len(called), places=4)
        capacity = record["config"]["api_capacity"] or len(samples)
        self.assertLessEqual(record["peak"]["served"], capacity)
        if record["breaker"] is not None:
            self.assertGreaterEqual(record["breaker"]["stopped"], outcomes["shed"])
        self.check_times(record, samples)

    def check_stop(self, record: dict[str, Any], samples: list[Sample]) -> dict[str, Any]:
        """What the stop record says is what the samples show."""
        stop, tasks = record["stop"], record["config"]["tasks"]
        started = [task for task in samples if task.started_ns is not None]
        before = [task for task in started if task.started_ns <= stop["at_ns"]]
        flying = [
            task for task in before
            if task.finished_ns > stop["at_ns"] or task.outcome == "cancelled"
        ]  # fmt: skip
        self.assertEqual(stop["started"], len(before))
        self.assertEqual(stop["in_flight"], len(flying))
        shed = sum(t.started_ns is None and t.outcome == "shed" for t in samples)
        self.assertEqual(stop["never_started"], tasks - len(started) - shed)
        last = max((task.finished_ns for task in started), default=0)
        self.assertGreaterEqual(stop["at_ns"] + stop["latency_ns"], last)
        return stop

    def check_times(self, record: dict[str, Any], samples: list[Sample]) -> None:
        for task in samples:
            never = task.started_ns is None
            self.assertEqual((task.lane is None, task.finished_ns is None), (never,) * 2)
            if never:
                self.assertEqual(task.attempts, 0)
            elif task.attempts == 0:  # its first call was stopped by the breaker
                self.assertEqual(task.outcome, "shed")
        started = [task for task in samples if task.started_ns is not None]
        for task in started:
            self.assertLessEqual(task.due_ns, task.started_ns)
            self.assertLessEqual(task.started_ns, task.finished_ns)
        answered = [task for task in started if task.outcome in ("ok", "silent")]
        failed = [task for task in started if task not in answered]
        for key, tasks in (("latency_ns", answered), ("failed_latency_ns", failed)):
            self.check_spread(record[key], [t.finished_ns - t.due_ns for t in tasks])
        waits = [task.started_ns - task.due_ns for task in started]
        self.check_spread(record["queue_wait_ns"], waits)

    def check_spread(self, spread: dict[str, Any], exact: list[int]) -> None:
        if not exact:
            self.assertEqual(set(spread.values()), {None})
            return
        exact.sort()
        self.assertEqual((spread["min"], spread["max"]), (exact[0], exact[-1]))
        self.assertAlmostEqual(spread["mean"], sum(exact) / len(exact), delta=0.5)
        for key, percent in (("p50", 50), ("p90", 90), ("p99", 99)):
            true = exact[-(-percent * len(exact) // 100) - 1]  # its rank rounded up
            # The end of the slot, 1/64 wide, that holds it.
            self.assertTrue(true <= spread[key] <= true * (1 + 1 / 64), (key, spread))
