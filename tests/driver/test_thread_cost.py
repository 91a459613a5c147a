"""The cost of a thread, and the kernel's memory, held against known values."""

import subprocess
import sys
import unittest
from dataclasses import replace

from .support import make_cell, make_run
from driver.machine import kernel
from driver.reckon.summarise import summarise_cell
from driver.reckon.summary import Noise, Summaries
from driver.reckon import thread_cost
from driver.say import extras
from driver.reckon.stats import slope


def summaries_with(machine):
    return Summaries((), (), Noise(), machine=machine)


class Costs(unittest.TestCase):
    def runs(self, each=8_200, counts=(100, 200, 400), blocks=6, **kernel):
        runs = []
        for block in range(1, blocks + 1):
            for count in counts:
                cell = make_cell("thread-per-task", tasks=count)
                run = make_run(cell, block, 1.0)
                run.record["peak"] |= {
                    "threads": count,
                    "rss_bytes": 1_800_000 + each * count + 50 * block,
                }
                growth = {name: value * count for name, value in kernel.items()}
                runs.append(replace(run, kernel=growth or None))
        return runs

    def test_the_slope_is_the_cost_whatever_the_program_uses_anyway(self):
        found = {c.kind: c for c in thread_cost.costs(self.runs())}
        cost = found["resident (RSS)"].bytes_each
        self.assertAlmostEqual(cost.median, 8_200)
        self.assertAlmostEqual(cost.low, 8_200)
        self.assertEqual(cost.n, 6)

    def test_the_kernels_part_is_told_when_it_was_seen(self):
        found = {c.kind for c in thread_cost.costs(self.runs())}
        self.assertNotIn("kernel stack", found)
        runs = self.runs(kernel_stack_bytes=16_384)
        found = {c.kind: c for c in thread_cost.costs(runs)}
        self.assertAlmostEqual(found["kernel stack"].bytes_each.median, 16_384)

    def test_two_points_make_no_line(self):
        self.assertEqual(thread_cost.costs(self.runs(counts=(100, 200))), [])
        told = extras.cost_of_a_thread(summaries_with({}), [])
        self.assertIn("too few", told[0])

    def test_least_squares(self):
        self.assertAlmostEqual(slope([(0, 1), (1, 3), (2, 5)]), 2)
        self.assertAlmostEqual(slope([(0, 0), (1, 2), (2, 1)]), 0.5)


class KernelMemory(unittest.TestCase):
    def test_threads_show_in_the_kernels_stacks(self):
        count = 400
        code = (
            "import threading, sys\n"
            "threading.stack_size(65536)\n"
            "gate = threading.Event()\n"
            f"threads = [threading.Thread(target=gate.wait) for _ in range({count})]\n"
            "[thread.start() for thread in threads]\n"
            "print('alive', flush=True); sys.stdin.read(); gate.set()"
        )
        for _ in range(10):  # those of other processes come and go meanwhile
            watch = kernel.Watch()
            self.assertIsNone(watch.growth())
            process = subprocess.Popen(
                [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            self.addCleanup(process.communicate)
            self.assertEqual(process.stdout.readline(), b"alive\n")
            watch.look()
            growth = watch.growth()
            process.communicate()
            if "kernel_stack_bytes" not in growth:
                self.skipTest("/proc/meminfo does not tell kernel stacks")
            if growth["kernel_stack_bytes"] > count * 16_384 / 2:
                return
        self.fail(growth)


class Efficiency(unittest.TestCase):
    def told(self, *cells, blocks=6):
        runs = []
        for block in range(1, blocks + 1):
            for cell, wall_s, create_ns in cells:
                runs.append(make_run(cell, block, wall_s))
                runs[-1].record["create_ns"] = create_ns * (10 + block)
        found = [summarise_cell(cell, runs_of(runs, cell)) for cell, *_ in cells]
        summaries = replace(summaries_with({}), cells=tuple(found))
        return "\n".join(extras.efficiency(summaries, runs))

    def test_what_a_pool_saves_is_told_as_ratios_with_intervals(self):
        bound = {"api-capacity": 9, "max-threads": 2}
        bounded = make_cell("thread-per-task", **bound), 0.03, 700
        pool = make_cell(workers=2, **{"api-capacity": 9}), 0.02, 100
        others = [
            (make_cell(workers=3, **{"api-capacity": 9}), 0.04, 100),
            (make_cell(workers=2, tasks=5, **{"api-capacity": 9}), 0.04, 100),
            (make_cell(workers=2), 0.04, 100),
        ]
        told = self.told(bounded, pool, *others)
        self.assertEqual(1, told.count("bounded threads over pool of 2, 4 tasks"))
        self.assertEqual(1, told.count(" over pool"))
        for figure, times in (("wall time", "1.50"), ("peak memory", "1.00"),
                              ("time creating threads", "7.00")):  # fmt: skip
            self.assertRegex(told, rf"  {figure} +{times}0*× \[{times}0*, {times}0*\]")

    def test_no_heading_stands_over_nothing(self):
        told = self.told((make_cell(workers=2), 0.02, 100))
        self.assertIn("least time possible", told)
        self.assertNotIn("bench/micro", told)
        self.assertNotIn(" over pool", told)


def runs_of(runs, cell):
    return [run for run in runs if run.cell == cell]


class Limits(unittest.TestCase):
    def test_what_stopped_it_is_told(self):
        thread = {"limit": "RLIMIT_AS", "threads_created": 31}
        file = {"remote": {"descriptor_limit": 256}}
        for changed, lines in (
            (thread, ["  threads, 4 tasks: 31 threads, RLIMIT_AS"]),
            (file, ["  threads, 4 tasks: calls found no descriptor, ulimit -n is 256"]),
            ({"remote": {"descriptor_limit": None}}, ["  nowhere in these runs"]),
        ):
            run = make_run(make_cell("thread-per-task"), 1, 1.0)
            run.record.update(changed)
            self.assertEqual(extras.limits(summaries_with({}), [run])[1:], lines)

    def test_the_limits_are_those_of_the_machine_that_ran(self):
        machine = {"thread_limits": {"ulimit -u": 123}}
        machine["state_before"] = {"threads_alive": 456}
        told = extras.limits(
            summaries_with(machine), [make_run(make_cell(), 1, 1.0)]
        )
        end = told.index("What would end it on that machine") + 1
        self.assertEqual(len(told), end + 2)
        self.assertRegex(told[end], r"ulimit -u +123")
        self.assertRegex(told[end + 1], r"threads alive .* before +456")

    def test_nothing_stopped_it(self):
        told = "\n".join(extras.limits(
            summaries_with({}), [make_run(make_cell(), 1, 1.0)]
        ))
        self.assertIn("nowhere in these runs", told)
