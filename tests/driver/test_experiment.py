"""Experiments: what a TOML file makes, and the one line it gets when it makes none."""

import re
import tempfile
import unittest
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from . import SHIPPED
from .support import load
from driver.ask import declaration, lesson
from driver.ask.cell import OF_VIRTUAL_TIME, Design
from driver.ask.experiment import find, list_experiments, without
from driver.ask.experiment import load as load_file
from driver.ask.experiment import read as read_table
from driver.ask.quantities import measured
from driver.ask.typed import AskError
from driver.reckon import service, theory
from driver.run.constants import Constants

POOL = '[[cells]]\ndesign = "pool"\n'
FIBERS = '[[cells]]\ndesign = "fibers"\nclock = "virtual"\n'
# What stands in the file, besides the question: the names of the cells it makes.
MADE = {
    POOL: ["pool-5-n50"],
    '[[cells]]\ndesign = "pool of 7"': ["pool-7-n50"],
    '[[cells]]\ndesign = "threads"': ["threads-n50"],
    '[[cells]]\ndesign = "bounded threads of 9"': ["bounded-threads-9-n50"],
    '[[cells]]\ndesign = "threads"\nmax-threads = 9': ["bounded-threads-9-n50"],
    '[[cells]]\ndesign = "worker-pool"\nworkers = 3': ["pool-3-n50"],
    '[[cells]]\ndesign = "fiber pool of 2"': ["fiber-pool-2-n50"],
    '[[cells]]\ndesign = "mutex pool of 4"': ["mutex-pool-4-n50"],
    '[[cells]]\ndesign = "goroutines"': ["goroutines-n50"],
    '[[cells]]\ndesign = "goroutine pool of 9"': ["goroutine-pool-9-n50"],
    '[[cells]]\ndesign = "fibers"': ["fibers-n50"],
    '[[cells]]\ndesign = "my-own-program"': ["my-own-program-n50"],
    POOL + "workers = [1, 2]\ntasks = [3, 4]": [
        "pool-1-n3", "pool-1-n4", "pool-2-n3", "pool-2-n4"],
    POOL + 'api-rate = ["10/s", "20/s"]': [
        "pool-5-api-rate-10-s-n50", "pool-5-api-rate-20-s-n50"],
    POOL + 'api = "http"\n' + POOL: ["pool-5-api-http-n50", "pool-5-n50"],
    POOL + 'api = ["http", "nginx"]': ["pool-5-api-http-n50", "pool-5-api-nginx-n50"],
    POOL + "fail-fast = [true, false]": ["pool-5-fail-fast-n50", "pool-5-n50"],
    "[options]\ntasks = [1, 2]\n" + POOL: ["pool-5-n1", "pool-5-n2"],
    "[options]\ntasks = 1\n" + POOL + "tasks = 2": ["pool-5-n2"],
    POOL + "quick = false\n" + '[[cells]]\ndesign = "threads"': [
        "pool-5-n50", "threads-n50"],
}  # fmt: skip
# The whole file: what the line must tell.
MISTAKES = {
    "": "'question' is missing",
    'question = "?"': "'cells' is missing",
    'question = "?"\ncells = []': r"at least one \[\[cells\]\]",
    "question = 5\n" + POOL: "question is 5: it takes words in quotes",
    "question =": "mine.toml",
    'question = "?"\n' + POOL + "api = 'ftp'": "api is 'ftp': it takes one of http, nginx",
    'foo = 1\nquestion = "?"\n' + POOL: "unknown key 'foo': there are question",
    'minutes = "two"\nquestion = "?"\n' + POOL: "minutes is 'two': it takes a number",
    'charts = "wall-time"\nquestion = "?"\n' + POOL: "charts is 'wall-time': .* a list",
    'charts = ["wal-time"]\nquestion = "?"\n' + POOL: "chart 'wal-time' is none of",
    'compare-by = "tasks"\nquestion = "?"\n' + POOL: "compare-by is 'tasks'",
    'compare-by = ["taks"]\nquestion = "?"\n' + POOL: "compare-by 'taks' is none of tasks",
    'baseline = "wp"\nquestion = "?"\n' + POOL: "baseline 'wp' is none of threads",
    'figure = "speed"\nquestion = "?"\n' + POOL: "figure 'speed' is none of wall_s",
    'sections = ["all"]\nquestion = "?"\n' + POOL: "section 'all' is none of",
    'charts = ["class"]\nquestion = "?"\n' + POOL: "chart 'class' is none of .*wall-time",
    'charts = ["winner"]\nbaseline = "fibers"\nquestion = "?"\n' + POOL:
        "than 'fibers', of which there is no cell",
    'charts = ["shapes"]\nquestion = "?"\n' + POOL + '[[samples]]\ndesign = "pool"':
        "chart 'shapes' compares recorded runs: it needs two",
    'reseed = true\nquestion = "?"\n' + POOL + "seed = [1, 2]": "with reseed, each block has",
    'reseed = 1\nquestion = "?"\n' + POOL: "reseed is 1: it takes true or false",
    'options = 5\nquestion = "?"\n' + POOL: "options is 5: it takes a table",
    'quick = 5\nquestion = "?"\n' + POOL: "quick is 5",
    'question = "?"\n[cells]\ndesign = "pool"': r"cells is .* a list \(a table\)",
    'question = "?"\n[[cells]]\ndesign = 5': "design is 5",
    'question = "?"\n[[cells]]\ndesign = "pol"': "no design 'pol': did you mean pool. there",
    'question = "?"\n[[cells]]\ndesign = "pool of x"': "a whole number from 1",
    'question = "?"\n[[cells]]\nworkers = 5': "design is None",
    'question = "?"\n[[cells]]\ndesign = "pool of %s"' % (5000 * "9"): "a whole number from 1",
    'question = "?"\n[[cells]]\ndesign = "pool of 5"\nworkers = 6':
        "'pool of 5' has its size already: leave out workers",
    'question = "?"\n[[cells]]\ndesign = "bounded threads"': "'bounded threads' has no bound",
    'question = "?"\n' + POOL + 'quick = "no"': "quick is 'no': it takes true or false",
    'question = "?"\n[options]\nquick = false\n' + POOL: "'quick' is no option",
    'question = "?"\n[options]\ndesign = "pool"\n' + POOL: "'design' is no option",
    'minutes = nan\nquestion = "?"\n' + POOL: "minutes is nan: it takes a number",
    'minutes = 1%s\nquestion = "?"\n' % (400 * "0") + POOL: "minutes is 10*",
    'minutes = -1\nquestion = "?"\n' + POOL: "minutes is -1: it takes a number above 0",
    'question = "?"\n' + POOL + "workers = 0": "workers is 0: .* from 1 to",
    'question = "?"\n' + POOL + 'workers = "5"': "workers is '5'",
    'question = "?"\n' + POOL + "tasks = true": "tasks is without a value",
    'question = "?"\n' + POOL + "tasks = []": "tasks is an empty list",
    'question = "?"\n' + POOL + 'service-time = "10"': "'10' is not a duration",
    'question = "?"\n' + POOL + 'arrivals = "poisson:10k/s"': "'10k/s' is not a rate",
    'question = "?"\n' + POOL + '"--x" = 1': "'--x' is not the name of an option",
    'question = "?"\n' + POOL + "x = {a = 1}": "x is .*: it takes a value or a list",
    'question = "?"\n' + POOL + 'samples = "a.csv"': "the driver gives itself",
    'question = "?"\n' + POOL + POOL: "2 cells are the same",
    'question = "?"\n' + POOL + "seed = 1\nretries = 2\n" + POOL + "retries = 2\nseed = 1":
        "2 cells are the same",
    'question = "?"\n' + POOL + 'x = ["a/b", "a-b"]': "2 cells are both 'pool-5-x-a-b",
}


def read(text, overrides=None, quick=False, encoding="utf-8"):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.toml"
        path.write_text(text, encoding=encoding)
        return load_file(path, overrides or {}, quick)


class Files(unittest.TestCase):
    def test_every_shipped_experiment_loads_in_both_sizes(self):
        for name in list_experiments(SHIPPED):
            for quick in (False, True):
                self.assertTrue(load(SHIPPED, name, {}, quick).cells, name)

    def test_what_cells_a_file_makes(self):
        for text, names in MADE.items():
            with self.subTest(text):
                made = read('question = "?"\n' + text)
                self.assertEqual([cell.name for cell in made.cells], names)
                self.assertEqual(without(made, {names[0]}).cells, made.cells[1:])

    def test_a_long_name_is_fit_for_a_file_and_tells_cells_apart(self):
        """What tells these apart is at their ends, and no file may have such a name."""
        long = "p" * 300
        made = read('question = "?"\n' + POOL + f'x = ["{long}a", "{long}b", "short"]')
        names = [cell.name for cell in made.cells]
        self.assertEqual((len(set(names)), names[2]), (3, "pool-5-x-short-n50"))
        self.assertLessEqual(max(map(len, names)), 143)  # of an encrypted home

    def test_an_editor_of_windows_may_have_written_it(self):
        text = 'question = "?"\n' + POOL
        made = read("\ufeff" + text.replace("\n", "\r\n"))
        self.assertEqual(made.cells, read(text).cells)
        for encoding in ("utf-16", "utf-16-le"):
            with self.assertRaises(AskError) as refused:
                read(text, encoding=encoding)
            self.assertEqual("mine.toml is not text in UTF-8: save it in that encoding",
                             str(refused.exception))  # fmt: skip

    def test_options_reach_the_program_as_it_takes_them(self):
        (cell,) = read(
            'question = "?"\n[[cells]]\ndesign = "pool of 2"\nfail-fast = true\n'
            'detect-deadlock = false\nseed = 3\narrivals = "fixed:5/s"\n'
            'error-rate = 0.00001\nhang-rate = 0.00005\n'
        ).cells
        wanted = ("--workers=2", "--fail-fast", "--seed=3", "--arrivals=fixed:5/s",
                  "--error-rate=0.00001", "--hang-rate=0.00005")  # fmt: skip
        self.assertEqual(cell.args, wanted)
        self.assertNotIn("detect-deadlock", cell.options)  # false is none

    def test_every_mistake_is_one_line_with_the_file(self):
        for text, told in MISTAKES.items():
            with self.subTest(text), self.assertRaisesRegex(AskError, told) as raised:
                read(text)
            self.assertRegex(str(raised.exception), r"\Amine\.toml: [^\n]*\Z")

    def test_an_unknown_name_is_told_the_known_ones(self):
        for name in ("comparsion", "no/such.toml"):
            with self.assertRaisesRegex(AskError, "comparison"):
                find(SHIPPED, name)
        self.assertEqual(find(SHIPPED, str(SHIPPED / "load.toml")).stem, "load")

    @given(some.recursive(
        some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
        lambda inner: some.lists(inner, max_size=3)
        | some.dictionaries(some.text(max_size=9), inner, max_size=3),
        max_leaves=6,
    ), some.sampled_from(["question", "charts", "compare-by", "baseline", "figure",
                          "sections", "minutes", "reseed", "options", "quick", "cells",
                          "samples", "design", "tasks", "workers"]))  # fmt: skip
    def test_whatever_stands_there_it_is_an_experiment_or_one_line(self, value, key):
        cell = {"design": "pool"}
        table = {"question": "?", "cells": [cell]}
        (cell if key in ("design", "tasks", "workers") else table)[key] = value
        try:
            self.assertTrue(read_table("mine", table, {}).cells)
        except AskError as error:
            self.assertNotIn("\n", str(error))


class Changed(unittest.TestCase):
    """What a quick run, and the command line, make of a file."""

    TEXT = """
        question = "?"
        [options]
        tasks = [50, 500]
        [quick]
        tasks = 20
        [[cells]]
        design = "threads"
        [[cells]]
        design = "bounded threads of 9"
        [[cells]]
        design = "pool"
        workers = [5, 50]
        [[cells]]
        design = "pool of 7"
        quick = false
        [[samples]]
        design = "pool"
        quick = false
        [[samples]]
        design = "threads"
    """

    def names(self, overrides=None, quick=False):
        return [cell.name for cell in read(self.TEXT, overrides, quick).cells]

    def test_a_quick_run_has_its_own_options_and_fewer_cells_and_samples(self):
        made = read(self.TEXT, quick=True)
        self.assertEqual([c.name for c in made.cells], [
            "threads-n20", "bounded-threads-9-n20", "pool-5-n20", "pool-50-n20"])  # fmt: skip
        self.assertEqual([c.name for c in made.samples], ["threads-n20"])

    def test_a_sweep_may_have_a_value_that_takes_the_option_away(self):
        made = read(self.TEXT, {"tasks": [20], "api-capacity": [9, None]}, quick=True)
        self.assertEqual([c.name for c in made.cells][:2],
                         ["threads-api-capacity-9-n20", "threads-n20"])  # fmt: skip
        self.assertEqual([c.capacity for c in made.cells][:2], [9, None])
        self.assertIn("api-capacity", made.compare_by)

    def test_overrides_are_for_the_designs_that_take_them(self):
        one = {"tasks": [3], "workers": [4]}
        self.assertEqual(self.names(one)[:3], [
            "threads-n3", "bounded-threads-9-n3", "pool-4-n3"])  # fmt: skip
        bounds = {"tasks": [3], "max-threads": [8, 9], "workers": [4]}
        self.assertEqual(self.names(bounds)[:4], [
            "threads-n3", "bounded-threads-8-n3", "bounded-threads-9-n3", "pool-4-n3",
        ])  # fmt: skip
        made = read(self.TEXT, {"tasks": [3], "workers": [4], "service-time": "2ms"})
        self.assertEqual({c.tasks for c in made.samples}, {50, 500})
        self.assertIn("--service-time=2ms", made.cells[0].args)
        self.assertFalse([a for a in made.cells[0].args if "workers" in a])
        with self.assertRaisesRegex(AskError, "no design of this experiment takes"):
            read('question="?"\n[[cells]]\ndesign="threads"', {"workers": [4]})

    def test_none_takes_an_option_away(self):
        made = load(SHIPPED, "comparison", {"api-capacity": None})
        args = [arg for cell in made.cells for arg in cell.args]
        self.assertFalse([arg for arg in args if arg.startswith("--api-capacity")])

    def test_what_is_swept_must_be_the_same_in_two_cells_that_are_compared(self):
        made = read(self.TEXT, {"service-time": ["1ms", "2ms"], "workers": [4]})
        self.assertEqual(made.compare_by, ("tasks", "service-time"))
        in_file = read(self.TEXT.replace("[50, 500]", '5\nservice-time = ["1ms", "2ms"]'))
        self.assertEqual(in_file.compare_by, made.compare_by)
        varied = {tuple(cell.varied.items()) for cell in made.cells}
        wanted = {(("service-time", "1ms"),), (("service-time", "2ms"),)}
        self.assertEqual(varied, wanted)


class Words(unittest.TestCase):
    """A lecture reads the question and the head of the file, and the programs the
    options: both must speak of the same numbers."""

    NUMBER = re.compile(r"(?<![\w.(])(\d+(?: \d{3})*(?:\.\d+)?)(?: ?(ms\b|s\b|MB\b|%)|(?!\w))")
    # What follows from the options, or is not of them: loads, rates, goals, other lessons.
    BESIDES = {
        "9": {0.8, 0.9}, "15": {1000}, "16": {1000}, "17": {11}, "18": {4},
        "comparison": {20}, "load": {1}, "runtimes": {20},
        "theory": {0.99, 0.95, 0.85, 1.1, 20, 3 * 2**20}, "wall": {8 * 2**20, 40000, 5},
        "when-full": {1000},
    }  # fmt: skip
    VIRTUAL = OF_VIRTUAL_TIME
    # What an experiment compares, besides designs and their sizes, where it is not the
    # question's own cells against those of one design.
    COMPARED = {
        "breaker": {"breaker", "retry-budget"}, "queue": {"api-queue"},
        "when-full": {"when-full"}, "memory": {"join", "stack-size"},
        "waste": {"api-queue", "api-keeps-working"},
        **dict.fromkeys(("scale", "simulated"), VIRTUAL),
    }  # fmt: skip

    def named(self, text):
        units = {"%": "%", "ms": "ms", "s": "s", "MB": "M"}
        found = (number.replace(" ", "") + units.get(unit, "")
                 for number, unit in self.NUMBER.findall(text))  # fmt: skip
        return {round(measured(each)[0], 9) for each in found}

    def asked(self, cells):
        """The numbers in the options of the cells, and their tasks and workers."""
        sizes = {str(size) for c in cells for size in (c.tasks, c.workers) if size}
        told = {part for c in cells for value in c.options.values()
                for part in re.split("[,:=]", str(value))}  # fmt: skip
        known = filter(None, map(measured, sizes | told))
        return {round(value, 9) for value, _ in known}

    def test_the_numbers_that_are_told_are_those_of_the_cells(self):
        for name in list_experiments(SHIPPED):
            made = load(SHIPPED, name)
            head = (SHIPPED / f"{name}.toml").read_text()
            told = "\n".join(re.findall("(?m)^#(.*)", head)) + made.question
            extra = self.named(told) - self.asked((*made.cells, *made.samples))
            self.assertEqual(self.BESIDES.get(name, set()), extra, name)
        for number in lesson.numbers():
            made = lesson.load(number).experiment
            extra = self.named(made.question) - self.asked(made.cells)
            self.assertEqual(self.BESIDES.get(number, set()), extra, number)

    def test_what_is_recorded_is_what_is_measured(self):
        for name in list_experiments(SHIPPED):
            made = load(SHIPPED, name)
            asked = {tuple(sorted(cell.args)) for cell in made.cells}
            for cell in made.samples:
                self.assertIn(tuple(sorted(cell.args)), asked, name)

    def test_wall_times_that_stand_together_are_of_one_clock(self):
        """hyperfine's clock sees a server start, and no time that is virtual."""
        real, goodput = 'api = "http"\n', 'figure = "goodput_per_s"\n'
        for before, cells, figure, drawn in (
            ("", POOL, "wall_s", "wall_s"), ("", POOL + real, "wall_s", "wall_s"),
            ("", POOL + real + POOL, "inner_wall_s", "inner_wall_s"),
            ("", POOL + FIBERS, "inner_wall_s", "inner_wall_s"),
            ('figure = "inner_wall_s"\n', POOL, "inner_wall_s", "inner_wall_s"),
            (goodput, POOL + real + POOL, "goodput_per_s", "inner_wall_s"),
        ):  # fmt: skip
            with self.subTest(before=before, cells=cells):
                made = read(f'{before}question = "?"\n{cells}')
                asked = declaration.load("wall-time"), made
                self.assertEqual((made.figure, declaration.y_of(*asked)), (figure, (drawn,)))

    def test_what_is_asked_follows_from_the_cells(self):
        made = {name: load(SHIPPED, name) for name in list_experiments(SHIPPED)}

        def loads(name):
            cells = made[name].cells
            return [service.offered_of(c) / (c.capacity or c.workers) for c in cells]

        def lasts_s(cell):
            return theory.wall_s(cell.tasks, cell.workers, cell.design.bound,
                                 cell.service_s, Constants(50e-6))  # fmt: skip

        for name, each in made.items():
            kinds = {cell.design.kind for cell in each.cells}
            if "bounded threads" in kinds:
                self.assertIn("bounded threads", each.baselines, name)
            if any(cell.arrivals_per_s for cell in each.cells) and name != "simulated":
                self.assertNotIn(each.figure, ("wall_s", "inner_wall_s"), name)
        # The article's tasks take 10 ms.
        self.assertEqual({0.01}, {cell.service_s for cell in made["comparison"].cells})
        self.assertEqual({10}, {*map(service.safe_size, made["rate-limit"].cells)})
        for name in ("queue", "waste", "when-full"):  # overloaded in the end
            self.assertGreater(max(loads(name)), 1, name)
        self.assertLess(max(loads("load")), 1)
        for cell in made["load"].cells + made["queue"].cells:
            self.assertEqual("exponential", cell.options["distribution"])
        for name in ("load", "queue", "waste", "when-full", "breaker"):
            self.assertTrue(made[name].reseed, name)
        for cell in made["memory"].cells:  # all are alive at once
            alive = theory.alive_at_once(cell.tasks, cell.service_s, Constants(50e-6))
            self.assertEqual(cell.tasks, alive)
        for cell in made["cancel"].cells:  # tasks are left when it is told to stop
            self.assertGreater(lasts_s(cell), cell.duration_s("deadline"))
        listens = {cell.options["cancel"] for cell in made["cancel"].cells}
        self.assertEqual({"none", "between", "within"}, listens)

    def test_who_is_compared_differs_in_the_design_alone_or_in_what_is_asked(self):
        for name in list_experiments(SHIPPED):
            made = load(SHIPPED, name)
            free = {"workers", "max-threads", *self.COMPARED.get(name, ())}
            for cell in made.cells:
                for base in made.cells:
                    mine, theirs = ({"tasks": c.tasks, **c.options} for c in (cell, base))
                    if made.rank(base) < made.rank(cell) and all(
                        mine.get(key) == theirs.get(key) for key in made.compare_by
                    ):
                        differ = {k for k in {**mine, **theirs}
                                  if mine.get(k) != theirs.get(k)}  # fmt: skip
                        self.assertLessEqual(differ, free, (name, cell.name, base.name))


class Designs(unittest.TestCase):
    def test_kind_size_and_program_name_it(self):
        bounded = Design("thread-per-task", bound=50)
        for name in ("bounded threads", "bounded threads of 50", "thread-per-task"):
            self.assertTrue(bounded.is_named(name))
        for name in ("threads", "bounded threads of 51", "pool of 50"):
            self.assertFalse(bounded.is_named(name))

    def test_a_cell_stands_over_every_baseline_before_it(self):
        made = read(
            'question = "?"\nbaseline = ["threads", "bounded threads"]\n'
            + "".join(f'[[cells]]\ndesign = "{name}"\n' for name in (
                "pool of 5", "bounded threads of 50", "threads"))  # fmt: skip
        )
        self.assertEqual([made.rank(cell) for cell in made.cells], [2, 1, 0])
