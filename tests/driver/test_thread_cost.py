"""The cost of a thread, and the kernel's memory, held against known values."""

import subprocess
import sys
import unittest
from dataclasses import replace

from .support import make_cell, make_run
from driver.machine import kernel
from driver.reckon.summary import Noise, Summaries
from driver.reckon import thread_cost
from driver.say import extras


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
