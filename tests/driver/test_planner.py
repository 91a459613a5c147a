"""A plan: targets, what is found, and what is said of it; with a stand-in for programs."""

import io
import unittest
from contextlib import redirect_stderr
from dataclasses import replace
from types import SimpleNamespace
from unittest import mock

from . import REPOSITORY  # noqa: F401  (makes the driver importable)
from driver import planner
from driver.ask.target import target_of
from driver.ask.typed import AskError
from driver.measure import by_its_own_clock
from driver.planner import asked, find, gate, play, tell
from driver.reckon.erlang import Traffic
from driver.reckon.service import offered_of
from driver.run.run import Role, Run

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


def findings(wanted):
    """What is found of what was asked, with the stand-in for programs; and its player."""
    with mock.patch.object(by_its_own_clock, "_played", stand_in):
        player = play.Player(wanted)
        return find.findings(wanted, player), player


class Found(unittest.TestCase):
    def plan(self, target, *more):
        return findings(asked.parse([*SERVICE, "--target", target, *more]))

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
        slower = "--set=arrivals=poisson:800/s"  # from 39 and 43 it goes by 41
        found, player = self.plan("p99 wait < 42ms, lost < 1%", slower)
        self.assertEqual(40, found.best and found.best.size)

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
        found, _ = findings(wanted)
        self.assertEqual(42, found.collapse[0].size)
        self.assertAlmostEqual(1000, find.goodput(found.collapse[0]), delta=1)

    def test_half_as_much_load_again_saturates(self):
        found, _ = self.plan("p99 wait < 334ms")
        self.assertIn("p99 wait is 9.00 s, not < 334ms (saturation", found.next_to_break)

    def test_more_load_is_asked_for_as_programs_take_it(self):
        service = [*SERVICE, "--set=arrivals=poisson:1000001/s", "--service-time=20us"]
        with mock.patch.object(find, "play_all", return_value=[[]]) as played:
            cell = asked.parse(service).cell("pool", 31)
            best = play.Point("pool", 31, (stand_in(None, cell, 1),))
            with mock.patch.object(play.Point, "meets", return_value=True):
                find.breaks_next(asked.parse(service), best)
        (more,) = played.call_args.args[1]
        self.assertIn("--arrivals=poisson:1500001.5/s", more.args)
        self.assertEqual(1500, more.tasks)  # all there is to change of a batch

    def test_no_size_without_end_to_its_queue_meets_a_target(self):
        found, _ = self.plan("p99 wait < 60s")
        self.assertEqual(21, found.best.size)

    def test_the_mean_is_what_the_program_found_and_load_what_tasks_hold(self):
        wanted = asked.parse([*SERVICE, "--set", "distribution=lognormal:p50=1ms,p99=9ms"])
        run = stand_in(None, wanted.cell("pool", 30), 1)
        record = run.record | {"config": {"service_time_ns": 20_000_000}}
        point = play.Point("pool", 30, (replace(run, record=record),))
        self.assertAlmostEqual(20.0, offered_of(point.cell))
        self.assertAlmostEqual(point.offered, 1000 * run.cell.service_s)

    def test_a_queue_that_is_cut_short_is_not_saturated(self):
        for more, saturated in (([], True), (["--when-full", "reject"], False)):
            wanted = asked.parse([*SERVICE, *more])
            run = stand_in(None, wanted.cell("pool", 20), 1)
            self.assertEqual(saturated, play.Point("pool", 20, (run,)).is_saturated)


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

    @classmethod
    def setUpClass(cls):
        cls.found, _ = findings(cls.wanted)

    def test_off_is_what_differs_by_over_a_tenth_and_matters(self):
        for metric, predicted, measured, off in (
            ("p99 wait", 0.100, 0.109, False), ("p99 wait", 0.100, 0.120, True),
            ("p99 wait", 0.092, 0.102, False), ("p99 wait", 0.120, 0.100, True), ("p99 wait", 0.0001, 0.0009, False),
            ("lost", 0.010, 0.014, False), ("lost", 0.010, 0.020, True),
            ("goodput", 900.0, 700.0, True), ("p99 wait", None, 0.1, True),
            ("p99 wait", None, None, False),
        ):
            with self.subTest(metric=metric, measured=measured):
                self.assertEqual(off, tell.is_off(metric, predicted, measured))

    def test_what_is_off_is_said_first(self):
        found, each = self.found, {"workers": 31, "unchecked": {}, "predicted": {},
                                  "measured": {"lost": [0.0]}}
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

        with mock.patch.object(by_its_own_clock, "_played", slower):
            below, best, above = tell.confirm(self.wanted, self.found.best)
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

    def test_what_was_not_checked_or_not_answered_is_not_confirmed(self):
        wait, lost = "p99 wait < 100ms", "lost < 1%"
        wanted = asked.parse([*SERVICE, "--target", f"{wait}, {lost}"])

        def confirmed(tasks, wall_s, answers):
            """By runs of so many tasks that would take so long; which seeds answer."""
            def play(programs, cell, seed):
                run = stand_in(programs, cell, seed)
                if cell.is_virtual or seed in answers:
                    return run
                nothing = {**run.record["queue_wait_ns"], "p99": None}
                return replace(run, record={**run.record, "queue_wait_ns": nothing})

            runs = [replace(run, cell=replace(run.cell, tasks=tasks), record={
                **run.record, "wall_ns": round(wall_s * 1e9)}) for run in self.found.best.runs]
            with mock.patch.object(by_its_own_clock, "_played", play):
                return list(tell.confirm(wanted, replace(self.found.best, runs=(*runs,))))

        few, short = "500 were asked for", "within 20 s each run has 333"
        for tasks, wall_s, answers, misses, why in (
            (1000, 1, {1, 2}, [], ""), (1000, 1, {1}, [wait], ""),
            (1000, 1, {}, [wait], ""), (500, 1, {1, 2}, [], few),
            (1000, 10, {1, 2}, [], short), (999, 10, {}, [], short),
        ):  # fmt: skip
            with self.subTest(tasks=tasks, wall_s=wall_s, answers=answers):
                found = confirmed(tasks, wall_s, answers)
                best = found[1]
                told = " ".join(tell.sentences(wanted, self.found, found))
                told = told.replace("\u202f", " ")
                self.assertEqual(misses, best["misses"])
                unchecked = {text: w.replace("\u202f", " ")
                             for text, w in best["unchecked"].items()}
                takes = f"a p99 takes 1 000 tasks, and {why}"
                self.assertEqual({wait: takes} if why else {}, unchecked)
                said = f"They could not check '{wait}': {takes}."
                self.assertEqual(bool(why), said in told, told)
                sure = not misses and not why
                self.assertEqual(not sure, "Real threads did not confirm it here." in told)
                self.assertEqual(bool(why), "within 10 % in what was checked." in told)

    def test_what_theory_does_not_hold_for_it_does_not_stand_beside(self):
        found = self.found
        cell = self.wanted.cell("pool", 30)
        for held, told in ((None, "1.83 ms"), (offered_of(cell), "1.83 ms"), (12.0, "–")):
            point = play.Point("pool", 30, (stand_in(None, cell, 1),))
            with mock.patch.object(play.Point, "offered", held):
                _, row = tell.table_lines(self.wanted, found, [point])
            self.assertRegex(row, f"1.00 +30 +{told}")

    def test_nothing_served_has_no_knee(self):
        knee = SimpleNamespace(value={"goodput": 0.0}.get, size=1)
        told = tell._around(SimpleNamespace(knee=knee, starved=None, collapse=None))
        self.assertEqual(["Nothing is served, by any number of workers."], told)

    def test_one_worker_is_no_workers(self):
        best = replace(self.found.best, size=1)
        told = tell.sentences(self.wanted, replace(self.found, best=best), [])
        self.assertIn("1 worker is the fewest that meets '", told[0])

    def test_the_table_and_the_file_say_who_meets_it(self):
        found = self.found
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
        why = "worker-pool ended with 3: no threads"
        error, said, confirmed = by_its_own_clock.RunError(why), io.StringIO(), []
        with mock.patch.object(tell, "confirm", side_effect=error):
            with redirect_stderr(said):
                planner._confirm(self.wanted, self.found, confirmed)
        self.assertIn(f"not confirmed: {why}", said.getvalue())
        told = tell.sentences(self.wanted, self.found, confirmed)
        self.assertIn("in virtual time", told[0])
        self.assertEqual(f"They could not check 'p99 wait < 100ms': {why}.", told[2])
        self.assertNotIn("agree", " ".join(told))
        self.assertEqual([], tell.confirmed_lines(confirmed))

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
            ([*SERVICE, "--set", "arrivals=poisson:1000000/s", "--service-time", "24.9us"],
             ["1000000/s for 24.9 µs each are 24.9 calls", "With 25 workers 98 %"]),
            ([*SERVICE, "--set", "arrivals=poisson:99999/s", "--service-time", "250us"],
             ["With 25 workers 100 % of tasks find all", "are 25 calls"]),
            ([*SERVICE, "--set", "arrivals=poisson:90/s", "--service-time", "150s"],
             ["90/s for 150 s each are 13500 calls at once"]),
            (["--tasks", "10000", "--service-time", "20ms", "--spawn-time", "20us"],
             ["about 3 162 workers (W* of METHOD)"]),
        ):
            wanted = asked.parse(words)
            each = [play.Point(d, n, (stand_in(None, wanted.cell(d, n), 1),))
                    for d, n in (("pool", 25), ("none", None))]
            lines = " ".join(tell.theory_lines(*each)).replace("\u202f", " ")
            for part in told:
                self.assertIn(part, lines)
