"""Experiments: what a TOML file makes, and what it is told when it makes none."""

import tempfile
import unittest
from pathlib import Path

from . import REPOSITORY
from driver.ask.experiment import list_experiments, without
from .support import load
from driver.ask.typed import AskError
from driver.run.constants import Constants
from driver.reckon.theory import theory_wall_s

SHIPPED = REPOSITORY / "bench/experiments"


def read(text, overrides=None):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mine.toml").write_text(text, encoding="utf-8")
        return load(Path(folder), "mine", overrides or {})


class Quick(unittest.TestCase):
    def test_a_quick_run_has_its_own_options_and_fewer_samples(self) -> None:
        text = """
            question = "?"
            [options]
            tasks = [50, 500]
            [quick]
            tasks = 20
            [[cells]]
            design = "worker-pool"
            [[samples]]
            design = "worker-pool"
            quick = false
            [[samples]]
            design = "thread-per-task"
        """
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "mine.toml").write_text(text)
            whole = load(Path(folder), "mine", {})
            quick = load(Path(folder), "mine", {}, quick=True)
        self.assertEqual([50, 500], [cell.tasks for cell in whole.cells])
        self.assertEqual(4, len(whole.samples))
        self.assertEqual([20], [cell.tasks for cell in quick.cells])
        self.assertEqual(["thread-per-task"], [c.design.program for c in quick.samples])


class Comparison(unittest.TestCase):
    def setUp(self):
        self.experiment = load(SHIPPED, "comparison", {})

    def test_it_is_three_designs_at_three_sizes(self):
        cells = {(c.design.program, c.workers, c.tasks) for c in self.experiment.cells}
        designs = [("thread-per-task", None), ("worker-pool", 5), ("worker-pool", 50)]
        sizes = (50, 500, 10_000)
        self.assertEqual(cells, {(d, w, n) for d, w in designs for n in sizes})

    def test_five_workers_on_ten_thousand_tasks_should_take_twenty_seconds(self):
        cell = next(
            c for c in self.experiment.cells if (c.workers, c.tasks) == (5, 10000)
        )
        self.assertEqual(theory_wall_s(cell, Constants()), 20.0)

    def test_overrides_replace_the_options_and_leave_the_samples_their_tasks(self):
        changes = {"tasks": [7], "workers": [3], "service-time": "2ms"}
        changed = load(SHIPPED, "comparison", changes)
        self.assertEqual({c.tasks for c in changed.cells}, {7})
        self.assertEqual({c.workers for c in changed.cells}, {None, 3})
        self.assertEqual({c.tasks for c in changed.samples}, {50, 500, 10_000})
        args = changed.cells[0].args
        self.assertIn("--service-time=2ms", args)
        self.assertFalse([a for a in args if a.startswith("--workers")])

    def test_an_unlimited_api_is_an_option_left_out(self):
        changed = load(SHIPPED, "comparison", {"api-capacity": None})
        for cell in changed.cells:
            self.assertFalse([a for a in cell.args if a.startswith("--api-capacity")])


class Files(unittest.TestCase):
    def test_every_shipped_experiment_loads(self):
        names = list_experiments(SHIPPED)
        self.assertIn("comparison", names)
        for name in names:
            self.assertTrue(load(SHIPPED, name, {}).cells)

    def test_two_lists_make_every_pair(self):
        made = read(
            'question="?"\n[[cells]]\ndesign="worker-pool"\n'
            'workers=[1,2]\napi-rate=["10/s","20/s"]\ndetach=true\nx=false'
        )
        self.assertEqual(len({cell.name for cell in made.cells}), 4)
        self.assertEqual(made.cells[0].name, "pool-1-api-rate-10-s-n50")
        self.assertIn("--detach", made.cells[0].args)
        self.assertNotIn("--x", made.cells[0].args)

    def test_cells_can_be_left_out(self):
        made = read('question="?"\n[[cells]]\ndesign="worker-pool"\nworkers=[1,2]')
        kept = without(made, {made.cells[0].name})
        self.assertEqual(kept.cells, made.cells[1:])

    def test_mistakes_are_named(self):
        cell = '[[cells]]\ndesign="worker-pool"\n'
        cases = {
            "": "question",
            'question="?"': "'cells' is missing",
            'question="?"\nfoo=1\n' + cell: "unknown key 'foo'",
            'question="?"\n[[cells]]\ndesign="goroutine"': "goroutine",
            'question="?"\n' + cell + "workers=0": "workers",
            'question="?"\n' + cell + 'workers="5"': "workers",
            'question="?"\n' + cell + "tasks=true": "tasks",
            'question="?"\n' + cell + 'service-time="10"': "duration",
            'question="?"\n' + cell + '"--x"=1': "--x",
            'question="?"\n' + cell + "x={a=1}": "a value or a list",
            'question="?"\nfigure="speed"\n' + cell: "speed",
            'question="?"\n' + cell + cell: "2 cells",
            "question=": "mine.toml",
        }
        for text, told in cases.items():
            with self.subTest(text=text), self.assertRaisesRegex(AskError, told):
                read(text)

    def test_an_unknown_name_is_told_the_known_ones(self):
        with self.assertRaisesRegex(AskError, "comparison"):
            load(SHIPPED, "comparsion", {})
