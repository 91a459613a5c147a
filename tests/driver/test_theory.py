"""Theory: the formulas, held against runs that are played step by step."""

import heapq
import random
import unittest
from dataclasses import replace
from math import inf

from hypothesis import assume, given
from hypothesis import strategies as some

from .support import make_cell
from driver.reckon import theory
from driver.reckon.erlang import Traffic, behind_queue
from driver.reckon.theory import graham_bounds_s
from driver.run.constants import Constants

D, C, O, H, J, W = 0.010, 40e-6, 50e-6, 20e-6, 60e-6, 70e-6
COSTS = Constants(C, {D: O}, H, J, W)
tasks, sizes = some.integers(1, 600), some.integers(1, 80)


def played_pool(count, workers, service_s, costs):
    """All workers are created and joined. Between, one task after the other goes to who
    is free first, which takes h from when both the last is handed over and he is free."""
    free_s, handed_s, ends_s = [0.0] * workers, 0.0, []
    slept_s = service_s + costs.oversleep(service_s)
    for _ in range(count):
        handed_s = max(handed_s, heapq.heappop(free_s)) + costs.hand_over
        ends_s.append(handed_s + slept_s)
        heapq.heappush(free_s, ends_s[-1])
    return workers * costs.worker + max(ends_s)


def played_threads(count, bound, service_s, costs):
    """A thread each, created one after the other, at most `bound` at once."""
    slept_s = service_s + costs.oversleep(service_s)
    now_s, alive, ends_s = 0.0, [], []
    for _ in range(count):
        if len(alive) == bound:
            now_s = max(now_s, heapq.heappop(alive))
        now_s += costs.create
        heapq.heappush(alive, now_s + slept_s)
        ends_s.append(now_s + slept_s)
    return max(ends_s)


def played_crowd(cell, costs):
    """How many of the calls of threads find a place of the API."""
    slept_s = cell.service_s + costs.oversleep(cell.service_s)
    serving, accepted = [], 0
    for number in range(1, cell.tasks + 1):
        now_s = number * costs.create_s
        serving = [end for end in serving if end > now_s]
        if len(serving) < cell.capacity:
            serving.append(now_s + slept_s)
            accepted += 1
    return accepted


def played_bucket(count, workers, service_s, reject_s, rate, burst):
    """How many calls of a pool find a token; the workers ask in step at first."""
    free_s, tokens, last_s, accepted = [0.0] * workers, burst, 0.0, 0
    for _ in range(count):
        now_s = heapq.heappop(free_s)
        tokens, last_s = min(burst, tokens + (now_s - last_s) * rate), now_s
        has_one = tokens >= 1 - 1e-9
        tokens, accepted = tokens - has_one, accepted + has_one
        heapq.heappush(free_s, now_s + (service_s if has_one else reject_s))
    return accepted


class WallTime(unittest.TestCase):
    @given(tasks, sizes)
    def test_a_pool_takes_as_long_as_one_that_is_played(self, count, workers):
        for costs in (COSTS, replace(COSTS, hand_over_s=0.4e-3), Constants()):
            found = theory.pool_s(count, workers, D, costs)
            self.assertAlmostEqual(found, played_pool(count, workers, D, costs))

    @given(tasks)
    def test_threads_take_as_long_as_those_that_are_played(self, count):
        found = theory.threads_s(count, D, COSTS)
        self.assertAlmostEqual(found, played_threads(count, inf, D, COSTS))

    @given(tasks, sizes)
    def test_so_do_bounded_ones(self, count, bound):
        costs = replace(COSTS, turn_s=C)  # as played: nothing but the creation
        found = theory.bounded_s(count, bound, D, costs)
        played = played_threads(count, bound, D, costs)
        self.assertLessEqual(abs(found - played), bound * C + 1e-9)

    @given(tasks, sizes, sizes)
    def test_a_tighter_bound_is_never_faster_and_no_bound_is_threads(self, n, a, b):
        least, most = sorted((a, b))
        self.assertGreaterEqual(
            theory.bounded_s(n, least, D, COSTS) + least * J + 1e-12,
            theory.bounded_s(n, most, D, COSTS),
        )
        self.assertAlmostEqual(
            theory.bounded_s(n, n, D, COSTS), theory.threads_s(n, D, COSTS)
        )

    @given(some.integers(5_000, 20_000))
    def test_no_size_is_a_tenth_better_than_the_best(self, count):
        best = round(theory.best_workers(count, D, COSTS))
        least_s = min(theory.pool_s(count, w, D, COSTS) for w in range(1, count + 1, 7))
        self.assertLess(theory.pool_s(count, best, D, COSTS), 1.1 * least_s)


class Applies(unittest.TestCase):
    # Options with which the tasks are not N equal calls that are all carried out.
    OTHER = {
        "distribution": "uniform", "hang-rate": "1%", "arrivals": "fixed:5/s",
        "api-rate": "5/s", "api-slowdown": 0.1, "api-outage": "1s,1s", "attempts": 3,
        "deadline": "1s", "timeout": "1s", "fail-fast": True, "limit-memory": "1G",
    }  # fmt: skip

    def test_not_to_other_work(self):
        for option, value in self.OTHER.items():
            for program in ("worker-pool", "thread-per-task"):
                cell = make_cell(program, **{option: value})
                self.assertIsNone(theory.theory_wall_s(cell, COSTS), option)

    def test_to_equal_calls_of_which_the_api_takes_any(self):
        for options in ({}, {"error-rate": "2%"}, {"seed": 3}, {"api-capacity": 50}):
            self.assertIsNotNone(theory.theory_wall_s(make_cell(**options), COSTS), options)


class Bounds(unittest.TestCase):
    @given(some.lists(some.floats(0, 1), min_size=1, max_size=60), sizes)
    def test_grahams_bounds_enclose_any_order(self, times_s, workers):
        low, high = graham_bounds_s(times_s, workers)
        for order in (times_s, sorted(times_s), sorted(times_s)[::-1]):
            free_s = [0.0] * workers
            for time_s in order:
                heapq.heappush(free_s, heapq.heappop(free_s) + time_s)
            self.assertLessEqual(low, max(free_s) + 1e-9)
            self.assertLessEqual(max(free_s), high + 1e-9)


class Crowds(unittest.TestCase):
    @given(some.integers(1, 2000), some.integers(1, 100))
    def test_what_places_accept_is_what_is_played(self, count, capacity):
        cell = make_cell("thread-per-task", tasks=count, **{
            "service-time": "10ms", "api-capacity": capacity})  # fmt: skip
        found = theory.accepted_by_capacity(cell, COSTS)
        self.assertEqual(found, played_crowd(cell, COSTS))

    def test_what_a_rate_accepts_of_a_pool_is_what_is_played(self):
        for workers in (5, 10, 11, 12, 20, 30, 50, 80, 100):
            cell = make_cell(workers=workers, tasks=1000, **{
                "service-time": "10ms", "api-rate": "1000/s", "api-burst": 20})  # fmt: skip
            found = theory.accepted_by_rate(cell, Constants())
            played = played_bucket(1000, workers, 0.010, 0.001, 1000, 20)
            self.assertLess(abs(found - played), max(1, played / 100), workers)

    def test_the_last_of_many_to_stop_is_the_slowest_of_them(self):
        draw = random.Random(1)
        late = sum(max(draw.random() for _ in range(5)) <= 0.8 for _ in range(5000))
        self.assertAlmostEqual(late / 5000, theory.stopped_within(0.8, 5), delta=0.03)
        self.assertEqual(theory.stopped_within(7, 5), 1.0)

    @given(some.floats(0.05, 0.95), some.integers(1, 30))
    def test_erlang_is_between_nothing_and_all(self, load, places):
        traffic = Traffic(load, places, D)
        self.assertTrue(0 < traffic.lost < traffic.waiting < 1 or places == 1)
        assume(traffic.waiting > 0.1)
        self.assertAlmostEqual(traffic.over(traffic.wait_s(0.9)), 0.1)

    @given(some.floats(0.05, 3), some.integers(0, 20))
    def test_one_place_behind_a_queue_is_that_of_the_book(self, load, queue):
        assume(abs(load - 1) > 1e-3)
        lost, _ = behind_queue(Traffic(load, 1, 1.0), queue)
        exact = (1 - load) * load ** (queue + 1) / (1 - load ** (queue + 2))
        self.assertAlmostEqual(exact, lost)
