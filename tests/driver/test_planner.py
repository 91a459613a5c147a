"""bench/run plan: targets, refusals, what is found; with a stand-in, and for real once."""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from dataclasses import replace
from unittest import mock

from . import REPOSITORY
from driver.__main__ import main
from driver.ask.target import target_of
from driver.ask.typed import AskError
from driver import planner
from driver.planner import asked, find, gate, play, tell
from driver.planner.asked import SEEDS
from driver.reckon.erlang import Traffic, behind_queue
from driver.reckon.service import offered_of, theory_of, variation_of
from driver.measure import by_its_own_clock, signals
from driver.run.run import Role, Run

BUILD = Path(os.environ.get("FIVE_COOKS_BUILD", REPOSITORY / "build/release"))
SERVICE = ["--set", "arrivals=poisson:1000/s", "--service-time", "20ms",
           "--set", "distribution=exponential", "--tasks", "1000"]  # fmt: skip
OK = {"rejected": 0, "failed": 0, "silent": 0, "timed_out": 0, "cancelled": 0,
      "not_started": 0, "shed": 0}  # fmt: skip


def stand_in(programs, cell, seed):
    """20 calls at once arrive: waits of 1/(W - 20) s; over 40 the API turns half away."""
    size, tasks = cell.workers or cell.design.bound or 200, cell.tasks
    load = (cell.arrivals_per_s or 0) * cell.service_s
    wait_s = 1 / (size - load) if size > load else 9.0
    lost = tasks // 2 if size > 40 else 0
    mean_ns = {"mean": round((wait_s + cell.service_s) * 1e9)}
    wall_s = (tasks - lost) / min(1000.0, size / cell.service_s)
    return Run(cell, Role.MEASURE, seed, 1, "2026-01-01T00:00:00Z", (), None, {
        "outcomes": {**OK, "ok": tasks - lost, "rejected": lost}, "calls": tasks, "amplification": 1.0,
        "config": {"service_time_ns": round(cell.service_s * 1e9)},
        "latency_ns": mean_ns, "failed_latency_ns": mean_ns,
        "wall_ns": round(wall_s * 1e9), "create_ns": 0, "workload_digest": "0" * 16,
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

    def test_one_size_between_too_few_and_too_many_is_found(self):
        slower = "--set=arrivals=poisson:950/s"
        found, player = self.plan("p99 wait < 49ms, lost < 1%", slower)
        self.assertEqual(40, found.best.size)
        self.assertIn(("pool", 39), player.points)

    def test_the_nearest_is_named_with_the_worst_of_its_seeds(self):
        found, _ = self.plan("p99 wait < 30ms, lost < 1%")
        point, lacks = found.nearest
        self.assertEqual(40, point.size)
        self.assertIn("p99 wait is 50.0 ms, not < 30ms", lacks)

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
        self.assertEqual(42, found.collapse[0].size)
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
        traffic = Traffic(20 / 24, 24, 0.02)
        self.assertAlmostEqual(traffic.wait_s(0.99), known["p99 wait"])
        held = theory_of(wanted.cell("pool", 30, **{"api-capacity": 25}), 30)
        self.assertEqual((1000, 20 / 30), (held["goodput"], held["load"]))
        self.assertLess(known["p50 wait"], known["p99 wait"])
        self.assertAlmostEqual(20 / 24, known["load"])
        self.assertNotIn("p99 wait", theory_of(wanted.cell("pool", 20), 20))
        fixed = asked.parse([*SERVICE, "--set", "distribution=fixed"])
        half = theory_of(fixed.cell("pool", 24), 24)
        self.assertAlmostEqual(known["p99 wait"] / 2, half["p99 wait"])

    def test_the_mean_is_what_the_program_found_and_load_what_tasks_hold(self):
        wanted = asked.parse([*SERVICE, "--set", "distribution=lognormal:p50=1ms,p99=9ms"])
        run = stand_in(None, wanted.cell("pool", 30), 1)
        record = run.record | {"config": {"service_time_ns": 20_000_000}}
        point = play.Point("pool", 30, (replace(run, record=record),))
        self.assertAlmostEqual(20.0, offered_of(point.cell))
        self.assertAlmostEqual(point.offered, 1000 * run.cell.service_s)
        self.assertAlmostEqual(1.44, variation_of(point.cell), delta=0.01)

    def test_a_queue_that_is_cut_short_is_not_saturated(self):
        for more, saturated in (([], True), (["--when-full", "reject"], False)):
            wanted = asked.parse([*SERVICE, *more])
            run = stand_in(None, wanted.cell("pool", 20), 1)
            self.assertEqual(saturated, play.Point("pool", 20, (run,)).is_saturated)

    def test_what_an_api_turns_away_behind_a_queue(self):
        # M/M/1 with room for n: (1 - r) r^(n + 1) / (1 - r^(n + 2)).
        for load, queue in ((0.5, 0), (0.5, 3), (0.9, 10), (2.0, 4)):
            lost, _ = behind_queue(Traffic(load, 1, 1.0), queue)
            exact = (1 - load) * load ** (queue + 1) / (1 - load ** (queue + 2))
            self.assertAlmostEqual(exact, lost)
        many = Traffic(0.8, 10, 0.01)  # a queue that is hardly ever full is endless
        lost, wait_s = behind_queue(many, 200)
        self.assertAlmostEqual(0, lost)
        self.assertAlmostEqual(many.mean_wait_s, wait_s)
        full, wait_s = behind_queue(Traffic(100.0, 10, 0.01), 20)  # all 30 places taken
        self.assertAlmostEqual(0.99, full, places=3)
        self.assertAlmostEqual(20 * 0.001, wait_s, places=3)


class Points(unittest.TestCase):
    """A size is as good as its worst seed."""

    wanted = asked.parse(SERVICE)

    def point(self, *waits_s, tasks=1000):
        runs = []
        for seed, wait_s in enumerate(waits_s, start=1):
            run = stand_in(None, self.wanted.cell("pool", 30), seed)
            p99 = None if wait_s is None else round(wait_s * 1e9)
            waits = {**run.record["queue_wait_ns"], "p99": p99}
            lost = {"ok": tasks - seed, "rejected": seed}
            ends = {**run.record["outcomes"], **lost}
            record = {**run.record, "queue_wait_ns": waits, "outcomes": ends}
            runs.append(replace(run, record=record))
        return play.Point("pool", 30, tuple(runs))

    def test_every_seed_must_meet_each_condition(self):
        for waits, meets, worst in (
            ((0.01, 0.02, 0.03), True, 0.03), ((0.01, 0.02, 0.2), False, 0.2),
            ((0.2, 0.01, 0.01), False, 0.2), ((0.01, None, 0.01), False, None),
            ((0.01, 0.1, 0.01), False, 0.1),
        ):  # fmt: skip
            point, target = self.point(*waits), target_of("p99 wait < 100ms, lost < 1%")
            self.assertEqual(meets, point.meets(target), waits)
            self.assertEqual(worst, point.worst_value(target[0]))
        point = self.point(0.01, 0.03, 0.02)
        self.assertEqual((0.02, [0.01, 0.02, 0.03]),
                         (point.value("p99 wait"), point.values("p99 wait")))  # fmt: skip
        (goodput,) = target_of("goodput > 1/s")
        self.assertEqual(min(point.values("goodput")), point.worst_value(goodput))
        self.assertEqual("lost", point.worst(target_of("p99 wait < 1s, lost < 0.1%")).metric)


class Confirmed(unittest.TestCase):
    wanted = asked.parse([*SERVICE, "--target", "p99 wait < 100ms"])

    def found(self):
        with mock.patch.object(by_its_own_clock, "_played", stand_in):
            return find.findings(self.wanted, play.Player(self.wanted))

    def test_off_is_what_differs_by_over_a_tenth_and_matters(self):
        for metric, predicted, measured, off in (
            ("p99 wait", 0.100, 0.109, False), ("p99 wait", 0.100, 0.120, True),
            ("p99 wait", 0.120, 0.100, True), ("p99 wait", 0.0001, 0.0009, False),
            ("lost", 0.010, 0.014, False), ("lost", 0.010, 0.020, True),
            ("goodput", 900.0, 700.0, True), ("p99 wait", None, 0.1, True),
            ("p99 wait", None, None, False),
        ):
            with self.subTest(metric=metric, measured=measured):
                self.assertEqual(off, tell.is_off(metric, predicted, measured))

    def test_what_is_off_is_said_first(self):
        found, each = self.found(), {"workers": 31, "predicted": {}, "measured": {}}
        agrees = tell.sentences(self.wanted, found, [{**each, "off": []}])
        self.assertIn("31 workers are the fewest", agrees[0])
        self.assertEqual("Real threads agree within 10 %.", agrees[-1])
        off = [{**each, "off": ["31 workers, p99 wait: predicted 1 s, measured 2 s"]}]
        told = tell.sentences(self.wanted, found, off)
        self.assertIn("differ by over 10 %: 31 workers, p99 wait", told[1])
        self.assertNotIn("agree", " ".join(told))
        for workers, more in ((31, " in virtual time, with each"), (30, ", with each")):
            missed = [{**off[0], "workers": workers, "misses": ["p99 wait < 100ms"]}]
            told = tell.sentences(self.wanted, found, missed)
            self.assertIn(f"'{more}", told[0])
            self.assertEqual(workers == 31, "Real threads did not confirm it here." in told)

    def test_real_threads_stand_beside_what_was_predicted(self):
        def slower(programs, cell, seed):
            run = stand_in(programs, cell, seed)
            real = not cell.is_virtual and cell.workers == 31
            waits = {k: v * (2 if real else 1) for k, v in run.record["queue_wait_ns"].items()}
            return replace(run, record={**run.record, "queue_wait_ns": waits})

        found = self.found()
        with mock.patch.object(by_its_own_clock, "_played", slower):
            below, best, above = tell.confirm(self.wanted, found.best)
        self.assertEqual([30, 31, 32], [each["workers"] for each in (below, best, above)])
        self.assertEqual(([], []), (below["off"], above["off"]))
        told = "31 workers, p99 wait: predicted 90.9 ms, measured 182 ms"
        self.assertEqual([told], best["off"])
        lines = tell.confirmed_lines([best])
        self.assertIn("31 workers: p99 wait 90.9 ms / 182 ms", lines[1])
        self.assertRegex(lines[0], "2 runs of .* tasks each .*, so not as in the table:$")
        missed = ["p99 wait < 100ms"]  # by 30 workers as was predicted
        self.assertEqual([missed, missed, []],
                         [each["misses"] for each in (below, best, above)])

    def test_the_table_and_the_file_say_who_meets_it(self):
        found = self.found()
        points = [play.Point("pool", n, (stand_in(None, self.wanted.cell("pool", n), 1),))
                  for n in (30, 31)]  # fmt: skip
        _, misses, meets = tell.table_lines(self.wanted, found, points)
        self.assertRegex(misses, r"^pool of 30 +100 ms +100 ms +1.000/s +0 % +1.00 +30 ")
        self.assertTrue(meets.endswith("meets it") and not misses.endswith("meets it"))
        facts = tell.facts_of(self.wanted, found, points, [])
        self.assertEqual((31, 20, None), (facts["workers"], facts["knee"], facts["worse"]))
        self.assertEqual([False, True], [each["meets"] for each in facts["points"]])
        earlier = gate.Earlier("then.json", 30, {})
        worse = replace(found, worse=("p99 wait", [0.1, 0.2], [0.3, 0.4]))
        self.assertEqual(
            "Worse than then.json: with 30 workers p99 wait is 300 ms to 400 ms, and was "
            "100 ms to 200 ms.",
            tell.worse_line(replace(self.wanted, earlier=earlier), worse),
        )

    def test_what_cannot_be_confirmed_is_told_all_the_same(self):
        error = by_its_own_clock.RunError("worker-pool ended with 3: no threads")
        said = io.StringIO()
        with mock.patch.object(tell, "confirm", side_effect=error):
            with redirect_stderr(said):
                planner._confirm(self.wanted, self.found(), [])
        self.assertIn("not confirmed: worker-pool ended with 3", said.getvalue())

    def test_theory_that_applies_is_told(self):
        more = ["--api-capacity", "40", "--api-rate", "2000/s", "--api-burst", "30"]
        busy = 100 * Traffic(20 / 25, 25, 0.02).waiting
        for words, told in (
            ([*SERVICE, *more], ["20 calls at once (Little)", "(Erlang's C)",
                                 f"With 25 workers {busy:.2g} % of tasks find all",
                                 "(Erlang's B)", "bears 30 calls in step"]),
            ([*SERVICE, *more, "--api-queue", "5"], ["M/M/K with a queue"]),
            ([*SERVICE, "--set", "distribution=fixed"],
             ["wait 0.5 times as long", "Allen and Cunneen"]),
            (["--tasks", "10000", "--service-time", "20ms", "--spawn-time", "20us"],
             ["about 3 162 workers (W* of METHOD)"]),
        ):
            wanted = asked.parse(words)
            each = [play.Point(d, n, (stand_in(None, wanted.cell(d, n), 1),))
                    for d, n in (("pool", 25), ("none", None))]
            lines = " ".join(tell.theory_lines(*each)).replace("\u202f", " ")
            for part in told:
                self.assertIn(part, lines)


class Files(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.path = Path(holder.name) / "service.toml"

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
            ("p99 wait", [0.1, 0.2, 0.3], None), ("p99 wait", [0.29, 0.5, 0.6], None),
            ("p99 wait", [0.31, 0.5, 0.6], "p99 wait"), ("p99 wait", [0.01], None),
            ("lost", [0.0005], None), ("lost", [0.01], "lost"),
            ("goodput", [89.5, 89.6], None), ("goodput", [80.0, 85.0], "goodput"),
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

    def test_what_makes_no_sense_is_one_line(self):
        file = self.out / "service.toml"
        busy = ["--arrivals", "fixed:1000000/s", "--service-time", "1s"]
        for words, toml, told in (
            (["--workers", "5"], "", "plan decides --workers itself"),
            (["--tasks", "5,6"], "", "--tasks takes one value"),
            (["--api", "http"], "", "its API is simulated"),
            (["--tasks", "0"], "", "tasks is 0: it takes a whole number"),
            (["--arrivals", "often:3"], "", "arrivals"),
            (["--arrivals", "poisson:9/s", "80ms"], "", "'80ms' is no option"),
            (["-w", "5"], "", "plan decides --workers itself"),
            (["--target", "soon"], "", "--target 'soon' is not like"),
            (["--target", "lost < 120%"], "", "'120%' is not a share"),
            (["--no-such", "1"], "", "no-such"),
            (["--nonsense"], "", "nonsense"),
            (["--error-rate", "150%"], "", "150%"),
            (["--api-capacity", "0"], "", "api-capacity: '0'"),
            (["--service-time", "soon"], "", "'soon' is not a duration"),
            (["--distribution", "file:/no/such"], "", "/no/such"),
            (["--queue", "-1"], "", "-1"),
            (["--when-full", "panic"], "", "panic"),
            (["--gate", str(self.out / "none.json")], "", "none.json: No such file"),
            (["--gate", str(file)], "target = 'x'", "service.toml is not JSON"),
            (["--gate", str(file)], "{}", "'schema_version' is missing"),
            (["--gate", str(file)], "[" * 100_000, "service.toml is not JSON"),
            (["--gate", "/dev/zero"], "", "zero: Not a regular file"),
            (["--from", "/dev/zero"], "", "zero: not a regular file"),
            (["--from", str(file)], " " * 2**21, "over 1048576 bytes"),
            (["--from", str(self.out / "no.toml")], "", "no.toml: No such file"),
            (["--from", str(file)], "target =", "service.toml: Invalid value"),
            (["--from", str(file)], "tasks = 5", "unknown key 'tasks': there are target"),
            (["--from", str(file)], "target = 5", "target is 5: it takes words"),
            (["--from", str(file)], "[options]\ntasks = [5, 6]", "--tasks takes one"),
            (["--from", str(file)], "[options]\ntasks = 0", "tasks is 0: it takes a whole number"),
            (["--from", str(file)], "[options]\nAPI = 5", "plan: 'API' is not the name"),
            (busy, "", "1e+06 calls at once arrive: a plan is for up to 20000"),
            (["--arrivals", "fixed:9/s", "--set", "service-time=0"], "", "0 calls"),
        ):
            file.write_text(toml)
            with self.subTest(words=words, toml=toml):
                status, said = self.run_plan(*words, "--programs", str(BUILD / "src"))
                self.assertEqual((2, 1), (status, len(said.splitlines())), said)
                self.assertIn(told, said)

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
                    status, said = self.run_plan(*words)
                self.assertEqual(128 + signal.SIGINT, status, said)
                self.assertNotIn("Traceback", said)
                found = set(self.out.glob("2*")) - before
                self.assertEqual(pools, bool(found))
                self.assertEqual(pools, tell.STOPPED in said)
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
            said, err = made.communicate(timeout=120)
        self.assertEqual(128 + signal.SIGINT, made.returncode, err)
        self.assertIn(tell.STOPPED, said)
        self.assertRegex(said, "workers are the fewest")
        plan = json.loads((self.out / "latest/plan.json").read_text())
        self.assertFalse(plan["complete"])

    @unittest.skipUnless((BUILD / "src/fiber-pool").exists(), "not built")
    def test_for_real(self):
        words = [*SERVICE, "--quick", "--programs", str(BUILD / "src")]
        status, said = self.run_plan(*words, "--target", "p99 wait < 50ms")
        self.assertEqual(0, status, said)
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
        status, said = self.run_plan(*words, "--target", "goodput > 9000/s")
        self.assertEqual(1, status, said)
        self.assertIn("No number of workers meets 'goodput > 9000/s'. ", said)
        self.assertRegex(said, r"goodput is \d+/s, not > 9000/s")
        self.gates(words, folder)

    def gates(self, words, folder):
        """Held against itself, against one that was better, and by a slower service."""
        words = [*words, "--target", "p99 wait < 50ms"]
        status, said = self.run_plan(*words, "--gate", str(folder / "plan.json"))
        self.assertEqual((0, False), (status, "Worse" in said), said)
        slower = [*words, "--service-time", "25ms"]
        status, said = self.run_plan(*slower, "--gate", str(folder))
        self.assertEqual(1, status, said)
        self.assertRegex(said, r"Worse than plan.json: with \d+ workers p99 wait is ")
        status, said = self.run_plan(*slower, "--gate", str(folder), "--tasks", "900")
        self.assertEqual(2, status)
        self.assertIn("its tasks is 1000, and here 900", said)


if __name__ == "__main__":
    unittest.main()
