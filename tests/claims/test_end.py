"""What is said at the end, as tables: the cells' rows, six questions, extras, plans."""

from __future__ import annotations

import re
import unittest
from dataclasses import replace
from types import SimpleNamespace
from unittest import mock

from ..driver.support import make_cell, make_record, make_run
from .test_say import plain
from driver.ask.experiment import Experiment
from driver.ask.target import target_of
from driver.reckon import erlang, theory
from driver.reckon.stats import Interval, ratio_verdict
from driver.reckon.summary import Count, Noise, Ratio, Summaries, Summary
from driver.run.constants import Constants
from driver.run.run import Role
from driver.say import ending, extras, questions, shortfall

POOL = make_cell("worker-pool", 5, 1000)
THREADS = make_cell("thread-per-task", None, 1000)
ASKED = Experiment("test", "What?", (THREADS, POOL))


def interval(low, middle, high, n=6):
    return Interval(middle, low, high, n, 0.97, low, high, "ranks")


def of(cell=POOL, n=6, problems=(), theory_s=None, bound_s=None, lost=(0, 0, 0), **known):
    figures = {k: v if isinstance(v, Interval) else interval(v, v, v)
               for k, v in {"wall_s": 1.0, **known}.items()}  # fmt: skip
    ok = Count(*(cell.tasks - lost[place] for place in (0, 2, 1)))
    ends = {"ok": ok, "rejected": Count(*lost), "shed": Count(0, 0, 0)}
    return Summary(cell, n, problems, figures, ends, theory_s, False, bound_s)


def ratio(low, high, same_work=True, cell=POOL, baseline=THREADS):
    found = interval(low, (low * high) ** 0.5, high)
    return Ratio("wall_s", cell, baseline, found, ratio_verdict(found), same_work)


def made(*cells, ratios=(), noise=Noise(), **more):
    return Summaries(cells, ratios, noise, **more)


class Endings(unittest.TestCase):
    def test_the_row_of_a_cell(self):
        wall = {"wall_s": interval(1.0, 1.1, 1.2), "rss_bytes": 2e6, "threads": 7}
        lossy = of(lost=(100, 0, 200), problems=("it hung",), theory_s=1.6,
                   inner_wall_s=2.0, **wall)  # fmt: skip
        for given, told in (
            (lossy, "pool of 5|1.10 s [1.00, 1.20]|+25.0 %|900|100 rejected|2.00 MB|7|6!"),
            (of(theory_s=1.6, inner_wall_s=4.0, **wall),
             "pool of 5|1.10 s [1.00, 1.20]|× 2.5|1 000|–|2.00 MB|7|6"),
            (of(theory_s=1.0, inner_wall_s=2.0, **wall),
             "pool of 5|1.10 s [1.00, 1.20]|× 2.0|1 000|–|2.00 MB|7|6"),
            (of(**wall, amplification=2.0, goodput_per_s=9.0),
             "pool of 5|1.10 s [1.00, 1.20]|–|1 000|–|2.00 MB|7|6"),
            (of(n=0), "pool of 5|not run|–|–|–|–|–|0"),
            (of(n=0, problems=("it hung",)), "pool of 5|failed|–|–|–|–|–|0"),
        ):  # fmt: skip
            heads, ((heading, ((_, row),)),) = ending.cell_table(made(given))
            self.assertEqual(told, plain("|".join(row)))
            self.assertEqual("1 000 tasks", plain(heading))
            self.assertEqual(len(heads), len(row))
        retried = of(retries=1.0, calls=3e3, rss_bytes=1.0, threads=1.0)
        heads, ((_, ((_, row),)),) = ending.cell_table(made(retried, figure="rss_bytes"))
        self.assertEqual(("peak memory", "calls", "n"), heads[-3:])
        self.assertEqual(("1 B", "3 000", "6"), tuple(map(plain, row[-3:])))

        heads, ((_, ((_, row),)),) = ending.cell_table(made(of(n=0), figure="rss_bytes"))
        self.assertEqual((len(heads), "0"), (len(row), row[-1]))

        heads, _ = ending.cell_table(made(of(retries=0.0)))
        self.assertNotIn("calls", heads)

        real = replace(POOL, options={**POOL.options, "api": "http"})
        both = of(inner_wall_s=0.9), of(real, inner_wall_s=2.0)
        heads, ((_, rows),) = ending.cell_table(made(*both))
        self.assertEqual("wall time, own clock [95 %]", heads[1])
        self.assertEqual(["900 ms", "2.00 s"], [plain(row[1])[:6] for _, row in rows])
        (line,) = ending.short_lines(made(*both))
        self.assertEqual(2, len(re.findall("900 ms|2.00 s", plain(line))))
        _, group, line, _ = map(plain, ending.table_lines(made(of(**wall))))
        self.assertEqual(("1 000 tasks", "  pool of 5  1.10 s"), (group.strip(), line[:19]))

    def test_both_of_a_pair_tell_what_they_lost(self):
        both = made(of(THREADS, lost=(9, 9, 9)), of(lost=(8, 7, 8)),
                    ratios=(ratio(2, 3),))  # fmt: skip
        ((heading, told),) = ending.ratio_paragraphs(both)
        self.assertEqual("At 1 000 tasks", plain(heading))
        self.assertRegex(told[0], "^A pool of 5 takes .* as long as threads: slower")
        self.assertEqual(
            ["Threads serve 991 of 1 000: 9 rejected.",
             "A pool of 5 serves 992 (992–993) of 1 000: 8 (7–8) rejected."],
            [plain(each) for each in told[1:]],
        )  # fmt: skip
        shared = {"api-capacity": 50}
        base = replace(THREADS, varied=shared)
        for own, name in (({}, "A pool of 5"), ({"timeout": "9ms"}, "A pool of 5 (timeout 9 ms)")):
            cell = replace(POOL, varied={**shared, **own})
            both = made(of(cell), of(base), ratios=(ratio(2, 3, True, cell, base),))
            ((heading, told),) = ending.ratio_paragraphs(both)
            self.assertEqual("At 1 000 tasks, API of 50", plain(heading))
            self.assertTrue(plain(told[0]).startswith(f"{name} takes "), told)

    def test_the_whole_end(self):
        def told(**more):
            return ending.report_lines(ASKED, [], made(of(), **more), [])

        self.assertIn("This run is incomplete.", told(complete=False))
        self.assertNotIn("This run is incomplete.", told())
        self.assertIn("Left out: a.", told(left_out=("a",)))
        titles = ["Threads win", "with 9 tasks " * 20]
        for width, most in ((60, 60), (None, 100)):
            long = made(of(), left_out=("a cell " * 20,))
            end = ending.report_lines(ASKED, [], long, titles * 2, width, titles)
            self.assertEqual(["", "What?", "  Threads win"], end[:3])
            self.assertIn("  Threads win", end[end.index("Charts that failed"):])
            self.assertLessEqual(max(map(len, end)), most)
        self.assertEqual(["", "What?", ""], told()[:3])
        fitted = [replace(of(), fitted=True)], [replace(of(n=0), fitted=True)], [of()]
        why = [any("Without theory" in line for line in ending.table_lines(made(*cells)))
               for cells in fitted]  # fmt: skip
        self.assertEqual([True, False, False], why)
        answer = "  ? Did it error?        Nothing was run."
        self.assertIn(answer, told())
        (line,) = ending.short_lines(made(of(THREADS), of(wall_s=2.0)))
        self.assertEqual(" 1 000 tasks: threads 1.00 s · pool of 5 2.00 s", plain(line))
        small, never = make_cell("worker-pool", 5, 9), make_cell("thread-per-task", None, 9)
        lines = ending.short_lines(made(of(wall_s=2.0), of(small), of(never, n=0)))
        self.assertEqual(["9 tasks: pool of 5 1.00 s", "1 000 tasks: pool of 5 2.00 s"],
                         [plain(line).strip() for line in lines])  # fmt: skip
        (line,) = ending.short_lines(made(of(inner_wall_s=0.9), figure="inner_wall_s"))
        self.assertIn("pool of 5 900 ms", plain(line))


class Questions(unittest.TestCase):
    def answer(self, number, summaries, runs=()):
        found = questions.answer_all(runs, summaries)[number]
        return plain(found.text), found.fine

    def test_what_limits(self):
        busy, alone = dict(inner_wall_s=2.0, wall_s=9.0), dict(inner_wall_s=2.0, wall_s=2.0)
        for given, cpus, told in (
            (of(create_s=1.6, **busy), None, ("creating threads", 0.8)),
            (of(create_s=1.0, **busy), None, ("creating threads", 0.5)),
            (of(create_s=0.8, **busy), None,
             ("no single thing (the largest: creating threads)", 0.4)),
            (of(bound_s=1.4, create_s=1.2, **busy), None, ("rounds of 1.00 ms", 0.7)),
            (of(bound_s=3.0, **busy), None, ("rounds of 1.00 ms", 1)),
            (of(user_s=2.0, system_s=1.8, bound_s=1.8, **alone), 2, ("the CPUs", 0.95)),
            (of(user_s=3.8, bound_s=1.2, inner_wall_s=2.0, wall_s=2.2), 2,
             ("rounds of 1.00 ms", 0.6)),  # 3.8 s are of the whole process
            (of(make_cell(tasks=9, api="http"), user_s=3.8, bound_s=1.2, **busy), 2,
             ("the CPUs", 0.95)),  # its whole time counts a server's, too
            (of(user_s=2.9, bound_s=1.2, **busy), 2, ("rounds of 1.00 ms", 0.6)),
            (of(system_s=2.9, bound_s=1.2, **busy), 2, ("rounds of 1.00 ms", 0.6)),
            (of(latency_max_s=1.8, **busy), 2, ("the slowest tasks", 0.9)),
            (of(latency_p90_s=0.0, inner_wall_s=1.8, bound_s=0.36), None,
             ("no single thing (the largest: rounds of 1.00 ms)", 0.2)),
            (of(latency_max_s=1.2, latency_p90_s=0.2, create_s=0.6, **busy), 2,
             ("no single thing (the largest: creating threads)", 0.3)),
            (of(latency_max_s=1.8, latency_p90_s=0.2, **busy), 2,
             ("the slowest tasks", 0.8)),
            (of(latency_max_s=1.1, latency_p90_s=0.2, create_s=0.6, **busy), 2,
             ("no single thing (the largest: creating threads)", 0.3)),
            (of(make_cell(tasks=1000, arrivals="fixed:1000/s"), **busy), 2,
             ("arrivals", 0.5)),
        ):  # fmt: skip
            name, share = questions.limiter(given, cpus)
            self.assertEqual(told, (name, round(share, 9)))
        few = of(make_cell("worker-pool", 5, 4), create_s=1.9, **busy)
        for cells in ((few, of(create_s=1.2, **busy)), (of(create_s=1.2, **busy), few)):
            told = self.answer(0, made(*cells))
            wanted = "Most time goes to creating threads in pool of 5 (60 %)."
            self.assertEqual((wanted, True), told)

        for count, told in ((6, "4 (60 %), pool of 5 (60 %) and pool of 6 (60 %)."),
                            (7, "4 (60 %), pool of 5 (60 %) and 2 others.")):  # fmt: skip
            cells = [of(make_cell("worker-pool", n, 9), create_s=1.2, **busy)
                     for n in range(1, count + 1)]  # fmt: skip
            self.assertTrue(self.answer(0, made(*cells))[0].endswith(told))
        self.assertEqual(("Nothing was run.", None), self.answer(0, made(of(n=0))))
        none = ((cpus, "rounds of 1.00 ms") for cpus in (0, -1, True, "2", [2], {}, 0.5))
        for cpus, told in ((1, "the CPUs"), *none):
            given = of(user_s=1.9, bound_s=1.8, **alone)
            machine = {"cpu": {"usable": cpus}}
            self.assertIn(told, self.answer(0, made(given, machine=machine))[0])

    def test_what_the_runs_tell(self):
        cell = make_cell("worker-pool", 2, 4)  # at least 2 ms
        runs = [make_run(cell, 1, 0.012), make_run(cell, 2, 0.008)]
        lossy = make_run(cell, 3, 0.008)
        lossy.record["outcomes"] |= {"ok": 1, "timed_out": 3}
        hung = make_run(cell, 4, 0.002, problem="it hung")
        warm, sample = (make_run(cell, 0, 0.004, role=role)
                        for role in (Role.WARM_UP, Role.SAMPLE))  # fmt: skip
        nothing = made()
        all_ = "account for each of their tasks"
        name = "pool of 2, 4 tasks"
        for number, given, told, fine in (
            (1, runs, "No: the fastest run took 2.000 times the least time possible.", True),
            (1, [*runs, hung, warm, sample], "No: the fastest run took 2.000 times the least time "
             "possible.", True),
            (1, [], "No bound is known for these runs.", None),
            *((1, [make_run(cell, 1, wall_s)],
               f"No: the fastest run took {least} times the least time possible.", True)
              for wall_s, least in ((0.03996, "9.990"), (0.04, "10"), (0.0448, "11"))),
            (2, runs, f"No: all 2 runs {all_}, 8 in all; none went wrong.", True),
            (2, [*runs, lossy], f"No: all 3 runs {all_}, 12 in all; 3 timed out are "
             "results, not errors.", True),
            (2, [*runs, replace(lossy, role=Role.SAMPLE)], f"No: all 3 runs {all_}, 12 in "
             "all; 3 timed out are results, not errors (3 of them in recorded runs).", True),
            (2, [*runs, hung], "Yes: 1 of 3 runs are void; "
             f"{name}: it hung.", False),
        ):  # fmt: skip
            self.assertEqual((told, fine), self.answer(number, nothing, given))

    def test_what_the_ratios_tell(self):
        five = (ratio(2, 3), ratio(0.2, 0.3), ratio(0.5, 2), ratio(0.99, 1.01),
                ratio(0.99, 1.01), ratio(0.5, 2, False))  # fmt: skip
        told = "differ by over 2 %"
        self.assertEqual(
            (f"6 comparisons: 2 {told}, 2 certainly by less; 1 of unequal work.", True),
            self.answer(4, made(ratios=five)),
        )  # fmt: skip
        self.assertIn("1 differs by over 2 %", self.answer(4, made(ratios=five[1:3]))[0])
        self.assertEqual((f"1 comparison: 0 {told}.", None),
                         self.answer(4, made(ratios=five[2:3])))  # fmt: skip
        none = replace(five[0], interval=None)
        few = ("Too few blocks to tell.", None)
        self.assertEqual(few, self.answer(4, made(ratios=(none, none))))
        self.assertNotEqual(few, self.answer(4, made(ratios=(none, five[0]))))
        for low, high, fine, by in (
            (0.99, 1.03, None, "may differ by up to 3.0 % in this"),
            (0.91, 1.09, None, "may differ by up to 9.0 % in this"),
            (0.9, 1.2, None, "too noisy to tell: the same cell run twice may differ by up to 20.0 %"),
            (0.7, 1.1, None, "may differ by up to 30.0 %"), (0.9, 3.584, None, "differ by up to 3.58×"),
            (1.009, 1.29, False, "Perhaps not: the same cell run twice"),
            (0.9, 0.99, False, "misses 1, as it does by chance"),
        ):  # fmt: skip
            noise = Noise(a_a=ratio(low, high, cell=POOL, baseline=POOL))
            told, found = self.answer(3, made(noise=noise))
            self.assertIn(by, told)
            self.assertEqual(fine, found)

    def test_whether_it_happened(self):
        awake = {"threads": 5.0, "voluntary_switches": 999.0}
        slept = {**awake, "voluntary_switches": 1000.0}
        where = "in pool of 5, 1 000 tasks, at most 5 threads were alive at once"
        yes = f"Yes: {where}, and every call really slept (one context switch each)."
        no = f"Not all of it: pool of 5, 1 000 tasks waited less often than it called; {where}."
        for figures, told in ((slept, (yes, True)), (awake, (no, False))):
            self.assertEqual(told, self.answer(5, made(of(**figures))))
        fibers = make_cell("fiber-per-task", None, 1000)
        alone = "As far as can be seen: in fibers, 1 000 tasks, at most 5 threads were alive "
        self.assertEqual((f"{alone}at once.", None), self.answer(5, made(of(fibers, **awake))))
        both = yes.replace("every call", "every call of kernel threads")
        for other, who in ((of(fibers, **awake), "fibers"), (of(threads=5.0), "pool of 5")):
            told = both.replace("pool of 5", who), True
            self.assertEqual(told, self.answer(5, made(of(**slept), other)))
        unknown = ("The peak of live threads is not known.", None)
        self.assertEqual(unknown, self.answer(5, made(of(n=0, **slept))))
        self.assertEqual(unknown, self.answer(5, made(of())))
        told = self.answer(5, made(of(**{**slept, "threads": 1.0})))[0]
        self.assertIn("at most 1 thread was alive at once", told)


class Extras(unittest.TestCase):
    def told(self, name, summaries, runs=()):
        return [" ".join(plain(line).split())
                for line in extras.EXTRAS[name](summaries, runs)]  # fmt: skip

    def test_limits(self):
        head, who = "Where threads or descriptors ended", "pool of 2, 4 tasks:"
        would = "What would end it on that machine"

        def run(limit=None, made=None, files=None, **more):
            found = make_run(make_cell(), 1, 1.0, **more)
            found.record.update(limit=limit, threads_created=made)
            found.record["remote"] = files and {"descriptor_limit": files}
            return found

        def machine(**found):
            return made(machine=found)

        alive, limits = {"threads_alive": 81}, {"pid_max": 32768, "cgroup": 9}
        for runs, told in (
            ([run()], ["nowhere in these runs"]), ([], ["nowhere in these runs"]),
            ([run("memory", 1)], [f"{who} 1 thread, memory"]),
            ([run("memory", 2000)], [f"{who} 2 000 threads, memory"]),
            ([run("memory")], [f"{who} 0 threads, memory"]),
            ([run("memory", 3, problem="it hung")], ["nowhere in these runs"]),
            ([run("memory", 3, role=Role.WARM_UP)], ["nowhere in these runs"]),
            ([run("memory", 3, 64)], [f"{who} 3 threads, memory",
             f"{who} calls found no descriptor, ulimit -n is 64"]),
        ):  # fmt: skip
            self.assertEqual([head, *told], self.told("limits", made(), runs))
        for given, told in (
            (machine(thread_limits=limits), [would, "pid_max 32 768", "cgroup 9"]),
            (machine(state_before=alive), [would, "(threads alive on the whole machine "
             "before 81)"]), (machine(state_before={"threads_alive": "x"}), []),
        ):  # fmt: skip
            self.assertEqual([head, "nowhere in these runs", *told], self.told("limits", given))

    def test_efficiency(self):
        cell, bound = make_cell("worker-pool", 5, 10), {"max-threads": 5}
        threads = make_cell("thread-per-task", None, 10, **bound)
        runs = [make_run(c, b, wall_s) for b in range(1, 7)
                for c, wall_s in ((cell, 0.008), (threads, 0.016))]  # fmt: skip
        runs.append(make_run(cell, 7, 0.002, problem="it hung"))
        empty, unknown = make_cell("worker-pool", 5, 7), make_cell("worker-pool", 5, 8)
        others = [make_cell("worker-pool", *sizes) for sizes in ((3, 10), (5, 9))]
        runs += [make_run(each, 1, 1.0) for each in (unknown, *others)]
        runs.append(make_run(cell, 9, 0.0))
        given = made(of(cell, bound_s=0.002), of(threads, create_s=200e-6, bound_s=0.002),
                     of(empty, bound_s=1.0), of(unknown), *map(of, others),
                     constants=Constants(create_s=10e-6))  # fmt: skip
        lines = self.told("efficiency", given, runs)
        self.assertEqual([
            "The least time possible, over the time it took median [95 %]",
            "pool of 5, 10 tasks 0.500 [0.500, 0.500]",
            "The time to create a thread, over bench/micro's",
            "bounded threads, 10 tasks 20.0 µs, 2.00×",
            "bounded threads over pool of 5, 10 tasks [95 %]",
            "wall time 2.00× [2.00, 2.00]",
        ], lines[:6])  # fmt: skip
        self.assertEqual(1, " ".join(lines).count(" over pool"))
        alone = " ".join(self.told("efficiency", made(of(cell, bound_s=0.002)), runs))
        self.assertIn("least time possible", alone)
        self.assertNotRegex(alone, "bench/micro| over pool")

    def test_what_one_more_thread_costs(self):
        costs = [SimpleNamespace(cell=cell, kind=kind, bytes_each=interval(n, n, n))
                 for cell, kind, n in ((THREADS, "RSS", 10), (THREADS, "stack", 20),
                                       (POOL, "RSS", 1), (POOL, "stack", 2))]  # fmt: skip
        with mock.patch.object(extras.thread_cost, "costs", return_value=costs):
            lines = self.told("thread-cost", made())
        self.assertEqual(["in all 30 B", "in all 3 B"], [lines[4], lines[8]])

    def test_waits(self):
        cell = make_cell("worker-pool", 2, 100, distribution="exponential",
                         arrivals="poisson:1600/s")  # fmt: skip
        traffic = theory.traffic_of(cell, Constants())
        wait_s = erlang.short_run_mean_wait_s(traffic, 100)
        for ends, told in (((0.9, 1.3), "within 30 %"), ((0.6, 1.1), "within 40 %"),
                           ((0.9, 2.5), "up to 2.50× theory"),
                           ((0.9, 108.0), "up to 108× theory")):  # fmt: skip
            low, high = (wait_s * end for end in ends)
            given = made(of(cell, queue_wait_mean_s=interval(low, wait_s, high)))
            (_, line) = self.told("waits", given)
            self.assertRegex(line, rf"100 tasks 80 % .* {told}$")
        self.assertEqual(1, len(self.told("waits", made(of(cell), of(THREADS)))))


class Shortfalls(unittest.TestCase):
    def test_by_how_much_a_target_is_missed(self):
        for metric, found, told in (
            ("lost", None, "–"), ("lost", 0.0123, "1.23 %"), ("lost", 0.5, "50 %"),
            ("lost", 0, "0 %"), ("lost", 1e-7, "0.00001 %"), ("calls", 1.234, "1.23"),
            ("calls", 0, "0.00"), ("p99 wait", 3.1, "3.10 s"), ("p99 wait", 0, "0"),
            ("goodput", 900, "900/s"),
        ):  # fmt: skip
            self.assertEqual(told, shortfall.shown(metric, found))
        missed, met = {"workers": 30, "misses": ["lost"]}, {"workers": 30}
        unknown = {"workers": 30, "misses": [], "unchecked": {"p99 wait < 1s": "why"}}
        for confirmed, workers, told in (([missed], 30, True), ([missed], 20, False),
                                         ([unknown], 30, True), ([unknown], 20, False),
                                         ([met], 30, False), ([], 30, False)):  # fmt: skip
            self.assertEqual(told, shortfall.unconfirmed(confirmed, workers))
        (wanted,) = target_of("p99 wait < 100ms")
        self.assertEqual("p99 wait is 3.10 s, not < 100ms", shortfall.off_target(wanted, 3.1))

    def test_why_so_many_workers_fall_short(self):
        busy = {"arrivals": "fixed:2000/s", "service-time": "10ms"}
        calm = {"arrivals": "fixed:100/s", "service-time": "10ms"}
        safe = {**calm, "api-capacity": 5, "api-rate": "700/s", "api-burst": 9}
        half = {"ok": 200, "rejected": 800}
        for options, changes, held, told in (
            (busy, {}, None, "saturation: 20 calls at once arrive (load 2.00), and 10 "
             "can be served"),
            (busy, {}, 5.0, "the load is 0.50"), (calm, {}, None, "the load is 0.10"),
            (calm, {}, 9.94, "the load is 0.99"),
            (calm, {}, 9.95, "saturation: 10 calls at once arrive (load 0.99), and 10 "
             "can be served"),
            ({**busy, "api-capacity": 5}, {}, 9.0, "saturation: 20 calls at once arrive "
             "(load 4.00), and 5 can be served"),
            ({**busy, "api-capacity": 30}, {}, 5.0, "the load is 0.50"),
            ({}, {}, None, "too few at once: the work takes its rounds"),
            (calm, {"outcomes": half}, None, "80 % turned away"),
            ({**calm, "api-capacity": 10, "api-rate": "1000/s", "api-burst": 10},
             {"outcomes": half}, None, "80 % turned away"),
            (safe, {"outcomes": half}, None, "80 % turned away: the API serves 5 at once,"
             " and its rate bears 7 calls in step"),
            (calm, {"calls": 1600}, None, "retries: 1.6 calls for each task"),
            (calm, {"calls": 1500}, None, "the load is 0.10"),
            (calm, {"calls": 1600, "outcomes": half}, None,
             "80 % turned away; retries: 1.6 calls for each task"),
            (calm, {"outcomes": {"ok": 185, "timed_out": 804, "shed": 6, "failed": 5}},
             None, "80 % timed out; 1 % shed"),
            (calm, {"outcomes": {"ok": 185, "cancelled": 805, "not_started": 10}}, 1.0,
             "80 % cancelled; 1 % not started"),
            (calm, {"outcomes": {"ok": 950, "silent": 50}}, None, "5 % silent"),
            (calm, {"outcomes": {"ok": 995, "rejected": 5}}, None, "the load is 0.10"),
            (calm, {"create_ns": 8, "wall_ns": 10}, None,
             "creating them takes 80 % of the time"),
            (calm, {"create_ns": 3, "wall_ns": 10}, None, "the load is 0.10"),
        ):  # fmt: skip
            cell = make_cell("worker-pool", 10, 1000, **options)
            records = [{**make_record(cell), **changes}] * 3
            self.assertEqual(told, plain(shortfall.shortfall(records, cell, held)))
        for count, changes, told in (
            (1, {"outcomes": {"rejected": 1}, "calls": 2},
             "100 % turned away; retries: 2.0 calls for each task"),
            (100, {"outcomes": {"ok": 100}}, "the load is 0.10"),
            (100, {"create_ns": 1, "wall_ns": 1},
             "creating them takes 100 % of the time"),
        ):  # fmt: skip
            cell = make_cell("worker-pool", 10, count, **calm)
            records = [{**make_record(cell), **changes}] * 3
            self.assertEqual(told, plain(shortfall.shortfall(records, cell)))
        lucky = {**records[0], "calls": 1600}
        self.assertNotIn("retries", shortfall.shortfall([lucky, *records[1:]], cell))
