"""The six questions: each can be answered with yes, with no, and with "cannot tell"."""

import unittest
from dataclasses import replace

from .support import make_cell, make_run
from driver.ask.experiment import Experiment
from driver.run.run import Role
from driver.say.questions import answer_all
from driver.reckon.summarise import summarise


class Questions(unittest.TestCase):
    def setUp(self):
        self.threads = make_cell("thread-per-task")
        self.pool = make_cell("worker-pool")
        self.experiment = Experiment("test", "?", (self.threads, self.pool), ())

    def answers(self, runs, cpus=None):
        summaries = summarise(self.experiment, runs)
        summaries = replace(summaries, machine={"cpu": {"usable": cpus}})
        answers = answer_all(runs, summaries)
        self.assertEqual(len(answers), 6)
        return answers

    def runs(self, control=1.0, ratio=2.0, blocks=6):
        runs = []
        for block in range(1, blocks + 1):
            runs.append(make_run(self.threads, block, 1.0))
            runs.append(make_run(self.pool, block, ratio))
            again = make_run(self.pool, block, ratio * control, role=Role.A_A)
            runs.append(again)
        return runs

    def test_a_good_run_is_fine_on_all_that_it_can_tell(self):
        fine = [answer.fine for answer in self.answers(self.runs())]
        # No sitting can tell whether another one would give the same.
        self.assertEqual(fine, [True, True, True, None, True, True])

    def test_a_clock_that_sees_nothing_tells_nothing(self):
        runs = [make_run(c, b, 0.0) for c in (self.threads, self.pool) for b in (1, 2)]
        text = self.answers(runs, 2)[0].text
        self.assertRegex(text, r"^Most time goes to no single thing \(the largest: .*\) in threads \(0 %\)")

    def test_without_runs_nothing_can_be_told(self):
        fine = [answer.fine for answer in self.answers([])]
        self.assertNotIn(False, fine)
        self.assertEqual(fine.count(None), 6)

    def test_each_answer_is_a_sentence(self):
        for runs in (self.runs(), self.runs(control=1.1, blocks=2), []):
            for answer in self.answers(runs):
                self.assertRegex(answer.text, r"^[A-Z0-9].*[^.]\.$")

    def test_the_impossible_is_a_broken_limit(self):
        runs = self.runs()
        runs.append(make_run(self.pool, 7, 1.0, problem="physically impossible: ..."))
        answers = self.answers(runs)
        self.assertEqual([a.fine for a in answers[1:3]], [False, False])

    def test_a_machine_that_becomes_slower_does_not_reproduce(self):
        runs = [run for run in self.runs() if run.role is Role.MEASURE]
        runs = [make_run(run.cell, run.block, run.block * 1.0) for run in runs]
        answer = self.answers(runs)[3]
        self.assertIs(answer.fine, False)
        self.assertIn("In 100 % of all pairs of runs of one cell the later one was slower", answer.text)

    def test_those_are_told_of_which_most_should_be_alive(self):
        bounded = make_cell("thread-per-task", tasks=9, **{"max-threads": 3})
        experiment = Experiment("test", "?", (bounded, self.threads, self.pool), ())
        runs = [make_run(cell, 1, 1.0) for cell in experiment.cells]
        summaries = summarise(experiment, runs)
        told = answer_all(runs, summaries)[5].text
        self.assertIn("in threads, 4 tasks, at most 3 threads were alive", told)
