"""The blocks of a session against a clock that only its runs move."""

import io
import re
import types
import unittest
from dataclasses import replace
from contextlib import redirect_stderr
from pathlib import Path
from unittest import mock

from .support import make_cell, make_run
from driver.reckon.summarise import summaries_of
from driver.measure import session as sessions
from driver.measure.plan import Plan, Protocol
from driver.measure.hyperfine import Shot
from driver.run.run import Role
from driver.ask.experiment import Experiment


class Clock:
    CLOCK_BOOTTIME = 7

    def __init__(self):
        self.now_s = 1000.0
        self.asleep_s = 0.0  # the machine, in all

    def monotonic(self):
        return self.now_s

    def clock_gettime(self, _):
        return self.now_s + self.asleep_s


class Gun:
    """Runs nothing: a run takes what the list says, then the last of it for ever."""

    def __init__(self, clock, walls_s):
        self.clock, self.walls_s = clock, list(walls_s)
        self.fired, self.timeouts_s = [], []
        self.sleeps_after = {}  # so many runs: how long the machine is suspended

    def fire(self, cell, timeout_s, **_):
        self.fired.append(cell.name)
        self.timeouts_s.append(timeout_s)
        self.clock.asleep_s += self.sleeps_after.get(len(self.fired), 0.0)
        wall_s = self.walls_s.pop(0) if len(self.walls_s) > 1 else self.walls_s[0]
        self.clock.now_s += wall_s
        run = make_run(cell, 1, wall_s)
        return Shot(run.command, run.hyperfine, run.record, None)


class SessionTest(unittest.TestCase):
    """A session of two cells; the machine is quiet, and so is the canary."""

    def setUp(self):
        self.clock = Clock()
        quiet = {"sleep_s": 0.2, "spin_s": 0.01}
        watch = types.SimpleNamespace(look=None, growth=lambda: None)
        for module, name, value in (
            (sessions, "time", self.clock),
            (sessions.canary, "sing", lambda _: quiet),
            (sessions.environment, "state", dict),
            (sessions.kernel, "Watch", lambda: watch),
        ):
            self.enterContext(mock.patch.object(module, name, value))

    def session(
        self, budget_s=150, blocks=None, cell=None, kept=(), runs=(), samples=()
    ):
        cells = (cell or make_cell("thread-per-task"), make_cell("worker-pool"))
        folder = mock.Mock(path=Path("/nowhere"))
        plan = Plan(cells, Protocol("test", budget_s, 15), 1, blocks, samples=samples)
        asked = Experiment("t", "?", cells, samples=tuple(samples))
        with redirect_stderr(io.StringIO()) as self.said:
            return sessions.Session(asked, plan, folder, [], list(runs), list(kept))


def uneven(middle_s):
    """Runs that scatter by more than 2 %, so that precision ends nothing."""
    return [middle_s * (1 + (i * 7 % 5) / 10) for i in range(200)]


class Budgets(SessionTest):
    def blocks(self, before_s=0.0, **given):
        made = self.session(60, **given)
        self.clock.now_s += before_s
        made.run(Gun(self.clock, uneven(1.0)))
        return made.blocks[-1]["block"]

    def test_what_is_taken_out_of_it_and_what_is_not(self):
        alone, warm = self.blocks(), make_run(make_cell(), 0, 30.0, Role.WARM_UP)
        self.assertGreaterEqual(alone, 12)
        self.assertEqual(self.blocks(before_s=40), alone)  # builds, and constants
        self.assertLess(self.blocks(runs=[warm]), alone)
        slow = make_cell("thread-per-task", **{"service-time": "30s"})
        self.assertLess(self.blocks(samples=[replace(slow, name="slow")]), alone)


class Promises(SessionTest):
    def blocks(self, budget_s, walls_s):
        """(numbers promised, blocks run, all that was said) of one session."""
        made = self.session(budget_s)
        made.run(Gun(self.clock, walls_s))
        text = self.said.getvalue()
        promised = [int(n) for n in re.findall(r"block \d+ of at most (\d+)", text)]
        return promised, made.blocks[-1]["block"], text

    def test_a_steady_machine_gets_the_blocks_it_was_promised(self):
        for budget_s in (60, 100, 150):
            walls_s = uneven(1.0)
            promised, done, text = self.blocks(budget_s, walls_s)
            # The runs scatter by 40 %, so a promise may be out by one step.
            self.assertLessEqual(abs(promised[0] - done), 3, text)
            self.assertEqual(sorted(promised), promised, text)
            if promised[-1] > done:
                self.assertIn(f"after {done} of {promised[-1]} blocks", text)
            self.assertNotIn("is known to", text)
        self.assertGreater(done, 6)

    def test_blocks_that_fall_away_are_told_with_the_reason(self):
        slower = [*uneven(1.0)[:15], *uneven(9.0)]
        promised, done, text = self.blocks(100, slower)
        self.assertGreater(promised[1], done)
        self.assertIn(f"time is up after {done} of ", text)

    def test_who_is_late_promises_no_number_of_blocks(self):
        _, _, text = self.blocks(8, uneven(1.0))
        self.assertRegex(text, r"longer than planned: \d+ blocks, as it looks now")

    def test_precision_is_told_as_the_reason(self):
        promised, done, text = self.blocks(150, [1.0])
        self.assertEqual(9, done)
        self.assertIn(f"known well enough after 9 of {promised[-1]} blocks", text)

    def test_where_each_block_draws_other_tasks_more_of_them_say_more(self):
        made = self.session(150)
        made.experiment = replace(made.experiment, reseed=True)
        made.run(Gun(self.clock, [1.0]))
        self.assertGreater(made.blocks[-1]["block"], 6)


class Known(SessionTest):
    """When the runs of so many blocks tell enough."""

    WILD, STEADY = uneven(1.0)[:6], [1.0] * 6

    def enough(self, *walls_s, blocks=6, resolve=None):
        """walls_s: those of threads, and of two pools, block by block."""
        cells = (make_cell("thread-per-task"), make_cell(), make_cell(workers=3))
        made = self.session()
        made.experiment, made.plan.resolve = replace(made.experiment, cells=cells), resolve
        made.runs = [
            make_run(cell, block, wall_s)
            for cell, of_cell in zip(cells, walls_s)
            for block, wall_s in enumerate(of_cell, start=1)
        ]
        return made._enough(blocks)

    def test_every_cell_must_be_known(self):
        wild, steady = self.WILD, self.STEADY
        self.assertTrue(self.enough(steady, steady, steady))
        for walls_s in ((wild, steady, steady), (steady, steady, wild)):
            self.assertFalse(self.enough(*walls_s))

    def test_long_cells_have_no_say(self):
        self.assertTrue(self.enough(self.STEADY, self.STEADY, self.WILD[:3]))

    def test_every_ratio_must_be_resolved(self):
        wild, steady = self.WILD, self.STEADY
        self.assertTrue(self.enough(steady, steady, steady, resolve=0.05))
        self.assertFalse(self.enough(steady, steady, wild, resolve=0.05))
        self.assertTrue(self.enough(wild, wild, wild, resolve=0.05))  # the ratios are known

    def test_later_blocks_have_not_been_seen_by_then(self):
        late = self.WILD + 30 * [1.0]
        self.assertTrue(self.enough(late, late, late, blocks=36))
        self.assertFalse(self.enough(late, late, late, blocks=6))


class Suspensions(SessionTest):
    """Two runs to warm up, then two blocks of three: two cells and the control."""

    def suspended(self, sleeps_after, kept=()):
        """The blocks that are under suspicion."""
        made = self.session(blocks=2, kept=kept)
        gun = Gun(self.clock, [1.0])
        gun.sleeps_after = sleeps_after
        made.run(gun)
        self.assertEqual(made.folder.add_block.call_count, len(made.blocks) - len(kept))
        return summaries_of(made.kept({}, True)).noise.suspended_blocks

    def test_a_block_in_which_the_machine_slept_is_named(self):
        self.assertEqual(self.suspended({}), ())
        self.assertEqual(self.suspended({3: 100.0}), (1,))
        self.assertEqual(self.suspended({4: 0.5, 7: 100.0}), (2,))

    def test_the_last_run_is_looked_at_too(self):
        self.assertEqual(self.suspended({8: 100.0}), (2,))

    def test_a_pause_between_two_sessions_is_of_no_block(self):
        kept = [{"block": 1, "boot_minus_monotonic_s": -5000.0, "canary": {
            "sleep_s": 0.2, "spin_s": 0.01}, "suspended": False}]  # fmt: skip
        self.clock.asleep_s = 100.0
        self.assertEqual(self.suspended({}, kept), ())


class Runs(SessionTest):
    def test_a_run_may_take_as_long_as_theory_has_it_whatever_was_seen(self):
        slow = make_cell("thread-per-task", **{"service-time": "4s"})
        made = self.session(blocks=2, cell=slow)
        gun = Gun(self.clock, [0.1])
        made.run(gun)
        found = {t for name, t in zip(gun.fired, gun.timeouts_s) if name == slow.name}
        self.assertGreaterEqual(min(found), 5 * 4 + 10)
        self.assertLess(max(found), 5 * 4 + 11)

    # options that make a sound run long: the seconds that it must be given
    LONG = (
        ({"distribution": "lognormal:p50=500ms,p99=2s"}, 5 * 59),
        ({"distribution": "file:a.csv"}, 600),
        ({"attempts": 1000, "api-rate": "1/s"}, 500),
        ({"attempts": 5}, 60), ({"api-slowdown": "300%"}, 25),
        ({"distribution": "lognormal:p50=0,p99=2s"}, 10),
    )

    def test_what_a_sound_run_may_take_is_given_to_it(self):
        for options, least_s in self.LONG:
            slow = make_cell(workers=5, tasks=500, **options)
            slow = replace(slow, name="slow", options={**options, "service-time": "10ms"})
            made = self.session(blocks=1, cell=slow)
            gun = Gun(self.clock, [0.1])
            made.run(gun)
            given = [t for n, t in zip(gun.fired, gun.timeouts_s) if n == "slow"]
            with self.subTest(options):
                self.assertGreaterEqual(min(given), least_s)
                self.assertLess(max(given), 2 * least_s + 20)

    def test_samples_of_a_run_that_failed_are_not_kept(self):
        for problem, kept in ((None, 1), ("it ended with status 1", 0)):
            made = self.session(blocks=1, samples=[make_cell()])
            gun = Gun(self.clock, [0.1])
            fire = gun.fire
            gun.fire = lambda cell, sample, **more: replace(
                fire(cell, **more), problem=problem if sample else None,
                samples=Path("samples.csv") if sample else None,
            )  # fmt: skip
            made.folder.keep_samples.return_value = "samples/x.csv"
            made.run(gun)
            self.assertEqual(made.folder.keep_samples.call_count, kept)
