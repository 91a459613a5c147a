"""The figures: never better than theory allows, peaks counted, memory that does not grow."""

import json
import os
import unittest

from .program import bound, long_enough, measure, on_each, plain_build, sample, start

PAGE = 4096
# The kernel counts pages on each CPU and adds them up 32 at a time: its figure for a
# small program may be off by that.
METER_ERROR = 32 * PAGE * (os.cpu_count() or 1)


class Wall(unittest.TestCase):
    @on_each
    def test_no_run_is_shorter_than_its_work_shared_out(self, program: str) -> None:
        """Graham's lower bound: all work over all workers, and the longest task."""
        for distribution in ("uniform", "exponential", "lognormal"):
            with self.subTest(distribution):
                args = ("-n", 60, "-s", "5ms", "--distribution", distribution)
                record, samples = sample(program, *args)
                calls = [task.finished_ns - task.started_ns for task in samples]
                threads = record["peak"]["threads"]
                self.assertGreaterEqual(record["wall_ns"], max(calls))
                self.assertGreaterEqual(record["wall_ns"] * threads, sum(calls))

    @on_each
    def test_a_run_ends_with_its_last_task(self, program: str) -> None:
        record, samples = sample(program, "-n", 80, "-s", "2ms")
        last = max(task.finished_ns for task in samples)
        self.assertEqual(record["wall_ns"], last)
        self.assertLessEqual(record["create_ns"], record["wall_ns"])


class Peaks(unittest.TestCase):
    @on_each
    def test_what_is_read_from_the_kernel_is_plausible(self, program: str) -> None:
        record = measure(program, "-n", 100, "-s", "5ms")
        peak, cpu = record["peak"], record["cpu"]
        self.assertLess(500_000, peak["rss_bytes"])
        self.assertLess(peak["rss_bytes"], peak["virtual_bytes"])
        self.assertLess(0, peak["page_table_bytes"])
        self.assertLess(peak["page_table_bytes"], peak["virtual_bytes"])
        for key in ("rss_bytes", "virtual_bytes", "page_table_bytes"):
            self.assertEqual(peak[key] % PAGE, 0, key)  # in bytes, to the last one
        threads = peak["threads"]
        stacks = threads * record["config"]["stack_size_bytes"]
        self.assertGreater(peak["virtual_bytes"], stacks)

    @plain_build
    @on_each
    def test_what_is_read_from_the_kernel_is_what_it_tells_us_of_a_child(self, program):
        """But for what the process did after it had asked: little, in so long a run."""
        process = start(program, "-n", 30_000, "-s", 0, "--json", "-")
        record = json.loads(process.stdout.read())
        _, process.returncode, usage = os.wait4(process.pid, 0)
        process.communicate()
        cpu = record["cpu"]
        for told, found in (
            (cpu["user_ns"] + cpu["system_ns"], (usage.ru_utime + usage.ru_stime) * 1e9),
            (cpu["minor_faults"], usage.ru_minflt),
            (cpu["voluntary_switches"], usage.ru_nvcsw),
            (cpu["involuntary_switches"], usage.ru_nivcsw),
        ):
            self.assertLessEqual(told, found)
            self.assertGreaterEqual(told, found / 2 - 20)

    @on_each
    def test_the_kernel_sees_fibers_that_sleep_together_sleep_once(
        self, program: str
    ) -> None:
        def waits(at_once: int) -> int:
            tasks = ("-n", 100, "-s", "20ms", *bound(program, at_once))
            return measure(program, *tasks)["cpu"]["voluntary_switches"]

        self.assertGreaterEqual(waits(1), 100)
        together = waits(100)
        if program.startswith("fiber-"):
            self.assertLess(together, 50)
        else:
            self.assertGreaterEqual(together, 100)


class Memory(unittest.TestCase):
    def peak_rss(self, program: str, tasks: int, *bound: object) -> int:
        args = ("-n", tasks, "-s", 0, *bound)
        return min(measure(program, *args)["peak"]["rss_bytes"] for _ in range(3))

    def peak_of_all(self, threads: int) -> dict[str, int]:
        """With all of them alive at once, and each in a call."""
        record = long_enough(
            lambda took: measure("thread-per-task", "-n", threads, "-s", took),
            lambda record: record["peak"]["in_flight"] == threads,
        )
        self.assertEqual(record["threads_created"], threads)
        self.assertEqual(record["peak"]["threads"], threads)
        self.assertEqual(record["peak"]["in_flight"], threads)
        return record["peak"]

    @plain_build
    def test_memory_does_not_grow_with_tasks_that_are_over(self) -> None:
        """Nor without a bound: there is one fiber at a time, in the place of the last."""
        for program, *args in (
            ("worker-pool",), ("fiber-per-task", *bound("fiber-per-task", 50)),
            ("fiber-per-task",),
        ):  # fmt: skip
            few, many = (self.peak_rss(program, n, *args) for n in (50, 100_000))
            self.assertLess(many - few, METER_ERROR + 100_000)  # a byte for each task

    def test_threads_of_long_tasks_live_at_once_and_cost_memory_each(self) -> None:
        few, many = map(self.peak_of_all, (10, 400))
        grown = many["rss_bytes"] - few["rss_bytes"]
        self.assertGreater(grown, 390 * PAGE - METER_ERROR)
        # Each stack lies in a page of its own, while its thread is there.
        tables = many["page_table_bytes"] - few["page_table_bytes"]
        self.assertGreater(tables, 350 * PAGE)
