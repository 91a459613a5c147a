"""The blocks of a session against a clock that only its runs move."""

import io
import re
import types
import unittest
from contextlib import redirect_stderr
from pathlib import Path
from unittest import mock

from .support import make_cell, make_run
from driver import session as sessions
from driver.blocks import Plan, Protocol
from driver.hyperfine import Shot
from driver.model import Experiment


class Clock:
    CLOCK_BOOTTIME = 7

    def __init__(self):
        self.now_s = 1000.0

    def monotonic(self):
        return self.now_s

    def clock_gettime(self, _):
        return self.now_s


class Gun:
    """Runs nothing: a run takes what the list says, then the last of it for ever."""

    def __init__(self, clock, walls_s):
        self.clock, self.walls_s = clock, list(walls_s)

    def fire(self, cell, **_):
        wall_s = self.walls_s.pop(0) if len(self.walls_s) > 1 else self.walls_s[0]
        self.clock.now_s += wall_s
        run = make_run(cell, 1, wall_s)
        return Shot(run.command, run.hyperfine, run.record, None)


class Promises(unittest.TestCase):
    def blocks(self, budget_s, walls_s):
        """(numbers promised, blocks run, all that was said) of one session."""
        cells = (make_cell("thread-per-task"), make_cell("worker-pool"))
        clock, said = Clock(), io.StringIO()
        folder = mock.Mock(path=Path("/nowhere"))
        plan = Plan(cells, Protocol("test", budget_s, 15), seed=1)
        quiet = {"sleep_s": 0.2, "spin_s": 0.01}
        with (
            redirect_stderr(said),
            mock.patch.object(sessions, "time", clock),
            mock.patch.object(sessions.canary, "sing", return_value=quiet),
            mock.patch.object(sessions.environment, "state", return_value={}),
            mock.patch.object(
                sessions.kernel_memory, "Watch",
                return_value=types.SimpleNamespace(look=None, growth=lambda: None),
            ),
        ):  # fmt: skip
            made = sessions.Session(Experiment("t", "?", cells, ()), plan, folder, [])
            made.run(Gun(clock, walls_s))
        text = said.getvalue()
        promised = [int(n) for n in re.findall(r"block \d+ of (\d+)", text)]
        return promised, made.blocks[-1]["block"], text

    def uneven(self, middle_s):
        """Runs that scatter by more than 2 %, so that precision ends nothing."""
        return [middle_s * (1 + (i * 7 % 5) / 10) for i in range(200)]

    def test_a_steady_machine_gets_the_blocks_it_was_promised(self):
        for budget_s in (60, 100, 150):
            walls_s = self.uneven(1.0)
            promised, done, text = self.blocks(budget_s, walls_s)
            # The runs scatter by 40 %, so a promise may be out by one step.
            self.assertLessEqual(abs(promised[0] - done), 3, text)
            self.assertEqual(promised[-1], done, text)

    def test_blocks_that_fall_away_are_told_with_the_reason(self):
        slower = [*self.uneven(1.0)[:15], *self.uneven(9.0)]
        promised, done, text = self.blocks(100, slower)
        self.assertGreater(promised[1], done)
        self.assertIn(f"time is up after {done} of ", text)

    def test_precision_is_told_as_the_reason(self):
        promised, done, text = self.blocks(150, [1.0])
        self.assertEqual(6, done)
        self.assertIn(f"known to 2 % after 6 of {promised[-1]} blocks", text)


if __name__ == "__main__":
    unittest.main()
