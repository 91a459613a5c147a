"""bench/run plan, typed: what is kept and held to, refusals, stops; and for real once."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

from . import BUILD, REPOSITORY
from .support import said
from .test_planner import SERVICE, stand_in
from driver.ask.target import target_of
from driver.ask.typed import AskError
from driver.measure import by_its_own_clock, signals
from driver.planner import asked, gate, tell
from driver.planner.asked import SEEDS

# what is typed, what stands in FILE: what is told, in one line
MISTAKES = {
    ("--workers 5", ""): "plan decides --workers itself",
    ("-w 5", ""): "plan decides --workers itself",
    ("--tasks 5,6", ""): "--tasks takes one value",
    ("--api http", ""): "its API is simulated",
    ("--tasks 0", ""): "tasks is 0: it takes a whole number",
    ("--arrivals often:3", ""): "arrivals",
    ("--arrivals poisson:9/s 80ms", ""): "'80ms' is no option",
    ("--target soon", ""): "--target 'soon' is not like",
    ("--target=", ""): "--target '' is not like",
    ("--no-such 1", ""): "no-such",
    ("--nonsense", ""): "nonsense",
    ("--error-rate 150%", ""): "150%",
    ("--api-capacity 0", ""): "api-capacity: '0'",
    ("--service-time soon", ""): "'soon' is not a duration",
    ("--distribution file:/no/such", ""): "/no/such",
    ("--queue -1", ""): "-1",
    ("--when-full panic", ""): "panic",
    ("--gate none.json", ""): "none.json: No such file",
    ("--gate FILE", "target = 'x'"): "service.toml is not JSON",
    ("--gate FILE", "{}"): "'schema_version' is missing",
    ("--gate FILE", "[" * 100_000): "service.toml is not JSON",
    ("--gate /dev/zero", ""): "zero: Not a regular file",
    ("--from /dev/zero", ""): "zero: not a regular file",
    ("--from no.toml", ""): "no.toml: No such file",
    ("--from FILE", " " * 2**21): "over 1048576 bytes",
    ("--from FILE", "target ="): "service.toml: Invalid value",
    ("--from FILE", "tasks = 5"): "unknown key 'tasks': there are target",
    ("--from FILE", "target = 5"): "target is 5: it takes words",
    ("--from FILE", "[options]\ntasks = [5, 6]"): "--tasks takes one",
    ("--from FILE", "[options]\ntasks = 0"): "tasks is 0: it takes a whole number",
    ("--from FILE", "[options]\nAPI = 5"): "plan: 'API' is not the name",
    ("--arrivals fixed:1000000/s --service-time 1s", ""):
        "1000000 calls at once arrive: a plan is for up to 20000",
    ("--arrivals fixed:9/s --set service-time=0", ""): "0 calls",
}  # fmt: skip


class Files(unittest.TestCase):
    def setUp(self):
        self.path = Path(self.enterContext(tempfile.TemporaryDirectory())) / "service.toml"

    def test_what_was_kept_is_read_again_and_what_is_typed_wins(self):
        typed = ["--arrivals", "poisson:2000/s", "--api-keeps-working", "--tasks", "500",
                 "--distribution=lognormal:p50=80ms,p99=1.2s", "--error-rate", "5%",
                 "--target", 'lost < 2%, p99 wait < 1s', "--keep", str(self.path)]
        first = asked.parse(typed)
        path, text = first.kept
        path.write_text(text)
        again = asked.parse(["--from", str(path)])
        self.assertEqual(first.options, again.options)
        self.assertEqual(first.target, again.target)
        self.assertEqual(True, again.options["api-keeps-working"])
        other = asked.parse(["--from", str(path), "--error-rate", "1%", "--target",
                             "lost < 1%", "--api-capacity", "9"])
        self.assertEqual({**first.options, "error-rate": "1%", "api-capacity": 9},
                         other.options)
        self.assertEqual(["lost < 1%"], [c.text for c in other.target])

    def test_what_is_no_file_is_not_replaced(self):
        """Whoever is root would lose /dev/null."""
        os.mkfifo(self.path)
        with self.assertRaisesRegex(AskError, "is no file"):
            asked.parse(["--arrivals", "poisson:9/s", "--keep", str(self.path)])

    def test_what_only_pools_have_is_asked_of_pools_only(self):
        wanted = asked.parse(["--queue", "9", "--when-full", "reject", "--tasks", "5"])
        self.assertIn("--queue=9", wanted.cell("pool", 3).args)
        self.assertIn("--when-full=reject", wanted.cell("real", 3).args)
        for design in (("semaphore", 3), ("none",)):
            self.assertNotIn("queue", wanted.cell(*design).options)


class Gate(unittest.TestCase):
    def test_worse_is_what_every_seed_makes_worse_and_by_more_than_can_be_seen(self):
        target = target_of("p99 wait < 1s, lost < 5%")
        same = {"p99 wait": (0.1, 0.2, 0.3), "lost": (0.0, 0.0, 0.0),
                "goodput": (90.0, 91.0, 92.0)}
        for metric, now, found in (
            ("p99 wait", [0.1, 0.2, 0.3], None), ("p99 wait", [0.1, 0.5, 0.6], None),
            ("p99 wait", [0.16, 0.29, 0.5], "p99 wait"),  # though 0.16 was within reach
            ("p99 wait", [0.16, 0.203, 0.5], None), ("p99 wait", [0.09, 0.5, 0.9], None),
            ("p99 wait", [0.29, 0.5], None), ("p99 wait", [0.31, 0.5], "p99 wait"),
            ("p99 wait", [0.01], None), ("lost", [0.0005], None), ("lost", [0.01], "lost"),
            ("goodput", [89.5, 89.6], None), ("goodput", [80.0, 85.0], "goodput"),
            ("goodput", [80.0, 89.0, 89.0], "goodput"),
            ("goodput", [99.0], None), ("p99 wait", [], "p99 wait"),
        ):
            with self.subTest(metric=metric, now=now):
                worse = gate.worse(same, {**same, metric: now}, target)
                self.assertEqual(found, worse and worse[0])

    def test_it_is_held_to_the_pool_that_was_chosen_for_the_same_target(self):
        points = [{"design": design, "workers": n, "values": {"lost": [n / 100]}}
                  for design, n in (("semaphore", 9), ("pool", 7), ("pool", 9))]  # fmt: skip
        plan = {"schema_version": 1, "target": ["lost < 1%"], "workers": 9, "knee": 7,
                "options": {"tasks": 50}, "points": points}  # fmt: skip
        with tempfile.TemporaryDirectory() as desk:
            path = Path(desk) / "plan.json"

            def read(target="lost < 1%", tasks=50, **changes):
                path.write_text(json.dumps({**plan, **changes}))
                return gate.read(Path(desk), target_of(target), tasks)

            self.assertEqual((9, {"lost": (0.09,)}), (read().workers, dict(read().values)))
            self.assertEqual(7, read(workers=None).workers)
            for changes in ({"target": "lost < 2%"}, {"tasks": 51}, {"workers": 8},
                            {"schema_version": 2}):  # fmt: skip
                with self.assertRaises(AskError):
                    read(**changes)


class Command(unittest.TestCase):
    def setUp(self):
        self.out = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_plan(self, *words):
        status, out, err = said("plan", *words, "--out", self.out)
        return status, out + err

    def test_what_makes_no_sense_is_one_line(self):
        file = self.out / "service.toml"
        for (words, toml), told in MISTAKES.items():
            file.write_text(toml)
            with self.subTest(words=words, toml=toml[:40]):
                typed = words.replace("FILE", str(file)).split()
                status, found = self.run_plan(*typed, "--programs", BUILD / "src")
                self.assertEqual((2, 1), (status, len(found.splitlines())), found)
                self.assertIn(told, found)

    def test_of_a_file_of_service_times_only_the_name_is_kept(self):
        words = (*SERVICE, "--quick", "--set", f"distribution=file:{self.out}/times.csv:ms")
        with mock.patch.object(by_its_own_clock, "_played", stand_in):
            status, told = self.run_plan(*words)
        self.assertEqual(0, status, told)
        files = [f for f in (self.out / "latest").resolve().rglob("*") if f.is_file()]
        said = {file.name for file in files if b"file:times.csv:ms" in file.read_bytes()}
        self.assertGreaterEqual(said, {"plan.json", "runs.ndjson", "environment.json"})
        told = [f.name for f in files if os.fsencode(self.out) in f.read_bytes()]
        self.assertEqual(told, [])

    def test_an_answer_that_was_not_confirmed_is_none(self):
        def slower(run):
            waits = {k: 9 * v for k, v in run.record["queue_wait_ns"].items()}
            return replace(run, record={**run.record, "queue_wait_ns": waits})

        def refused(run):
            raise by_its_own_clock.RunError("worker-pool ended with 3: no threads")

        for name, real, more, status, told in (
            ("confirmed", lambda run: run, (), 0, "Real threads agree within 10 %."),
            ("missed", slower, (), 1, "Real threads did not confirm it here."),
            ("not asked for", slower, ("--quick",), 0, "31 workers are the fewest"),
            ("not checked", lambda run: run, ("--tasks", "999"), 1,
             "They could not check 'p99 wait < 100ms': a p99 takes 1"),
            ("not possible", refused, (), 1, "not confirmed: worker-pool ended with 3"),
        ):

            def play(programs, cell, seed, real=real):
                run = stand_in(programs, cell, seed)
                return run if cell.is_virtual else real(run)

            with self.subTest(name):
                with mock.patch.object(by_its_own_clock, "_played", play):
                    words = (*SERVICE, "--target", "p99 wait < 100ms", *more)
                    found, said = self.run_plan(*words)
                self.assertIn(told, said)
                self.assertEqual(status, found, said)

    def test_what_was_played_is_kept_whenever_it_is_stopped(self):
        for name, stops, pools, confirmed in (
            ("before any pool was played", lambda c: c.workers, False, 0),
            ("in the sweep", lambda c: c.workers and c.workers > 20, True, 0),
            ("by the semaphores", lambda c: c.design.bound, True, 0),
            ("by more load", lambda c: c.arrivals_per_s > 1000, True, 0),
            ("by the first that confirms", lambda c: not c.is_virtual, True, 0),
            ("by the third", lambda c: not c.is_virtual and c.workers == 32, True, 2),
        ):

            def play(programs, cell, seed, stops=stops):
                if cell.tasks > 1 and stops(cell):
                    raise signals.Stopped(signal.SIGINT)
                return stand_in(programs, cell, seed)

            with self.subTest(name):
                before = set(self.out.glob("2*"))
                with mock.patch.object(by_its_own_clock, "_played", play):
                    words = (*SERVICE, "--target", "p99 wait < 100ms")
                    status, told = self.run_plan(*words)
                self.assertEqual(128 + signal.SIGINT, status, told)
                found = set(self.out.glob("2*")) - before
                self.assertEqual(pools, bool(found))
                self.assertEqual(pools, tell.STOPPED in told)
                for folder in found:
                    plan = json.loads((folder / "plan.json").read_text())
                    self.assertFalse(plan["complete"])
                    self.assertEqual(confirmed, len(plan["confirmed"]))
                    self.assertIn("pool", {p["design"] for p in plan["points"]})
                    self.assertIn(tell.STOPPED, (folder / "report.html").read_text())

    @unittest.skipUnless((BUILD / "src/fiber-pool").exists(), "not built")
    def test_ctrl_c_while_it_confirms(self):
        command = [sys.executable, "-m", "driver", "plan", *SERVICE, "--programs",
                   str(BUILD / "src"), "--out", str(self.out)]  # fmt: skip
        with subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": str(REPOSITORY / "bench")},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        ) as made:  # fmt: skip
            while "confirming" not in (line := made.stderr.readline()):
                self.assertTrue(line, "it ended")
            os.killpg(made.pid, signal.SIGINT)
            told, err = made.communicate(timeout=120)
        self.assertEqual(128 + signal.SIGINT, made.returncode, err)
        self.assertIn(tell.STOPPED, told)
        self.assertRegex(told, "workers are the fewest")
        plan = json.loads((self.out / "latest/plan.json").read_text())
        self.assertFalse(plan["complete"])

    @unittest.skipUnless((BUILD / "src/fiber-pool").exists(), "not built")
    def test_for_real(self):
        words = [*SERVICE, "--quick", "--programs", str(BUILD / "src")]
        status, told = self.run_plan(*words, "--target", "p99 wait < 50ms")
        self.assertEqual(0, status, told)
        folder = (self.out / "latest").resolve()
        plan = json.loads((folder / "plan.json").read_text())
        self.assertGreater(plan["workers"], 20)
        self.assertEqual({"load 100 %": 20}, plan["edges"])
        pools = [p["workers"] for p in plan["points"] if p["design"] == "pool"]
        self.assertEqual(sorted(pools), pools)
        below = [p for p in plan["points"] if (p["design"], p["workers"]) == (
            "pool", plan["workers"] - 1)]  # fmt: skip
        self.assertFalse(below[0]["meets"])
        self.assertTrue((folder / "charts/plan.svg").is_file())
        page = (folder / "report.html").read_text()
        self.assertIn(f"{plan['workers']} workers are the fewest", page)
        self.assertEqual(SEEDS, len(below[0]["values"]["p99 wait"]))
        status, told = self.run_plan(*words, "--target", "goodput > 9000/s")
        self.assertEqual(1, status, told)
        self.assertIn("No number of workers meets 'goodput > 9000/s'. ", told)
        self.assertRegex(told, r"goodput is \d+/s, not > 9000/s")
        self.gates(words, folder)

    def gates(self, words, folder):
        """Held against itself, against one that was better, and by a slower service."""
        words = [*words, "--target", "p99 wait < 50ms"]
        status, told = self.run_plan(*words, "--gate", str(folder / "plan.json"))
        self.assertEqual((0, False), (status, "Worse" in told), told)
        slower = [*words, "--service-time", "25ms"]
        status, told = self.run_plan(*slower, "--gate", str(folder))
        self.assertEqual(1, status, told)
        self.assertRegex(told, r"Worse than plan.json: with \d+ workers p99 wait is ")
        status, told = self.run_plan(*slower, "--gate", str(folder), "--tasks", "900")
        self.assertEqual(2, status)
        self.assertIn("its tasks is 1000, and here 900", told)
