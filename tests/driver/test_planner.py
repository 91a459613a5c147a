"""bench/run plan: targets, refusals, what is found; with a stand-in, and for real once."""

import io
import json
import os
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

from . import REPOSITORY
from driver.__main__ import main
from driver.ask.target import target_of
from driver.ask.typed import AskError
from driver.planner import asked, find, play
from driver.planner.asked import SEEDS
from driver.reckon.service import theory_of
from driver.measure import by_its_own_clock
from driver.run.run import Role, Run

BUILD = Path(os.environ.get("FIVE_COOKS_BUILD", REPOSITORY / "build/release"))
SERVICE = ["--set", "arrivals=poisson:1000/s", "--service-time", "20ms",
           "--set", "distribution=exponential", "--tasks", "1000"]  # fmt: skip
OK = {"rejected": 0, "failed": 0, "silent": 0, "timed_out": 0, "cancelled": 0,
      "not_started": 0}  # fmt: skip


def stand_in(programs, cell, seed):
    """20 calls at once arrive: waits of 1/(W - 20) s; over 40 the API turns half away."""
    size, tasks = cell.workers or cell.design.bound or 200, cell.tasks
    load = (cell.arrivals_per_s or 0) * cell.service_s
    wait_s = 1 / (size - load) if size > load else 9.0
    lost = tasks // 2 if size > 40 else 0
    wall_s = (tasks - lost) / min(1000.0, size / cell.service_s)
    return Run(cell, Role.MEASURE, seed, 1, "2026-01-01T00:00:00Z", (), None, {
        "outcomes": {**OK, "ok": tasks - lost, "rejected": lost}, "calls": tasks, "amplification": 1.0,
        "wall_ns": round(wall_s * 1e9), "workload_digest": "0" * 16,
        "peak": {"in_flight": size},
        "queue_wait_ns": dict.fromkeys(("mean", "p50", "p90", "p99", "max"),
                                       round(wait_s * 1e9)),
    })  # fmt: skip


class Targets(unittest.TestCase):
    def test_conditions_are_read_with_their_units(self):
        for text, metric, below, value in (
            ("p99 wait < 100ms", "p99 wait", True, 0.1),
            ("lost<1%", "lost", True, 0.01),
            ("goodput > 900/s", "goodput", False, 900),
            ("in flight < 50", "in flight", True, 50),
            ("time < 2s", "time", True, 2),
        ):
            (found,) = target_of(text)
            self.assertEqual((metric, below), (found.metric, found.below))
            self.assertAlmostEqual(value, found.value)

    def test_nonsense_is_refused_in_one_line(self):
        for text, told in (
            ("", "is not like"), ("p98 wait < 1s", "is not like"),
            ("p99 wait = 1s", "is not like"), ("p99 wait < 5", "not a duration"),
            ("lost < 120%", "not a share"), ("lost < 1s", "not a share"),
            ("goodput > fast", "not a rate"), ("lost < 1%,", "is not like"),
        ):  # fmt: skip
            with self.subTest(text=text), self.assertRaisesRegex(AskError, told):
                target_of(text)

    def test_what_was_not_found_meets_nothing(self):
        (condition,) = target_of("p99 latency < 1s")
        self.assertFalse(condition.is_met(None))
        self.assertTrue(condition.is_met(0.0))


class Found(unittest.TestCase):
    def plan(self, target, *more):
        wanted = asked.parse([*SERVICE, "--target", target, *more])
        with mock.patch.object(by_its_own_clock, "_played", stand_in):
            player = play.Player(wanted)
            return find.findings(wanted, player), player

    def test_the_smallest_is_found_between_the_sizes_that_are_swept(self):
        for target, size in (
            ("p99 wait < 100ms", 31), ("p99 wait < 334ms", 23), ("p99 wait < 1ms", None),
            ("p99 wait < 100ms, lost < 1%", 31), ("p99 wait < 30ms, lost < 1%", None),
            ("goodput > 900/s", 21),
        ):  # fmt: skip
            with self.subTest(target=target):
                found, _ = self.plan(target)
                self.assertEqual(size, found.best and found.best.size)

    def test_where_it_collapses_and_why(self):
        found, player = self.plan("lost < 1%", "--api-capacity", "40")
        self.assertEqual(41, found.collapse[0].size)
        self.assertIn("50 % turned away: the API serves 40 at once", found.collapse[1])
        self.assertIn("saturation", found.starved[1])
        self.assertEqual(20, found.knee.size)
        self.assertEqual(
            {("none", None), ("semaphore", 20), ("pool", 20)},
            {key for key in player.points if key[1] in (None, 20)},
        )

    def test_a_batch_that_loses_most_collapses_whatever_it_serves(self):
        wanted = asked.parse(["--tasks", "1000", "--service-time", "20ms"])
        with mock.patch.object(by_its_own_clock, "_played", stand_in):
            found = find.findings(wanted, play.Player(wanted))
        self.assertEqual(56, found.collapse[0].size)
        self.assertAlmostEqual(1000, find.goodput(found.collapse[0]), delta=1)

    def test_half_as_much_load_again_saturates(self):
        found, _ = self.plan("p99 wait < 334ms")
        self.assertIn("p99 wait is 9.00 s, not < 334ms (saturation", found.next_to_break)

    def test_no_size_without_end_to_its_queue_meets_a_target(self):
        found, _ = self.plan("p99 wait < 60s")
        self.assertEqual(21, found.best.size)

    def test_theory_stands_beside_where_it_applies(self):
        wanted = asked.parse(SERVICE)
        known = theory_of(wanted.cell("pool", 24), 24)
        self.assertLess(known["p50 wait"], known["p99 wait"])
        self.assertAlmostEqual(20 / 24, known["load"])
        self.assertNotIn("p99 wait", theory_of(wanted.cell("pool", 20), 20))
        fixed = asked.parse([*SERVICE, "--set", "distribution=fixed"])
        half = theory_of(fixed.cell("pool", 24), 24)
        self.assertAlmostEqual(known["p99 wait"] / 2, half["p99 wait"])


class Command(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.out = Path(holder.name)

    def run_plan(self, *words):
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            try:
                status = main(["plan", *words, "--out", str(self.out)])
            except SystemExit as ended:
                status = ended.code
        return status, said.getvalue()

    def test_what_a_plan_decides_itself_or_cannot_be_is_one_line(self):
        for words, told in (
            (["--workers", "5"], "plan decides --workers itself"),
            (["--tasks", "5,6"], "--tasks takes one value"),
            (["--set", "arrivals=often:3"], "arrivals"),
            (["--target", "soon"], "--target 'soon' is not like"),
            (["--set", "no-such=1"], "no-such"),
            (["--nonsense"], "--nonsense"),
            (["--set", "arrivals=fixed:1000000/s", "--service-time", "1s"],
             "1e+06 calls at once arrive: a plan is for 1 to 20000"),
            (["--set", "arrivals=fixed:9/s", "--set", "service-time=0"], "0 calls"),
        ):
            status, said = self.run_plan(*words, "--programs", str(BUILD / "src"))
            lines = [line for line in said.splitlines() if not line.startswith("pool:")]
            self.assertEqual((2, 1), (status, len(lines)), said)
            self.assertIn(told, lines[0])

    @unittest.skipUnless((BUILD / "src/fiber-pool").exists(), "not built")
    def test_for_real(self):
        words = [*SERVICE, "--quick", "--programs", str(BUILD / "src")]
        status, said = self.run_plan(*words, "--target", "p99 wait < 50ms")
        self.assertEqual(0, status, said)
        folder = self.out / "latest"
        plan = json.loads((folder / "plan.json").read_text())
        self.assertGreater(plan["workers"], 20)
        below = [p for p in plan["points"] if (p["design"], p["workers"]) == (
            "pool", plan["workers"] - 1)]  # fmt: skip
        self.assertFalse(below[0]["meets"])
        self.assertTrue((folder / "charts/plan.svg").is_file())
        page = (folder / "report.html").read_text()
        self.assertIn(f"{plan['workers']} workers are the fewest", page)
        self.assertEqual(SEEDS, len(below[0]["values"]["p99 wait"]))
        status, said = self.run_plan(*words, "--target", "goodput > 9000/s")
        self.assertEqual(1, status, said)
        self.assertIn("No number of workers meets 'goodput > 9000/s'", said)


if __name__ == "__main__":
    unittest.main()
