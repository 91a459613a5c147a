"""The queue at the API: who waits in it, and what the API does for nobody."""

import unittest

from .program import is_pool, measure, on_each, only

MS = 1_000_000


def at_once(program: str, tasks: int) -> tuple[object, ...]:
    return ("-n", tasks, *(("-w", tasks) if is_pool(program) else ()))


class ApiQueue(unittest.TestCase):
    @on_each
    def test_who_waits_is_served_and_costs_time_instead_of_losses(self, program) -> None:
        args = (*at_once(program, 20), "-s", "5ms", "--api-capacity", 2)
        record = measure(program, *args, "--api-queue", "unlimited")
        self.assertEqual(record["outcomes"], only(ok=20))
        self.assertEqual(record["peak"]["served"], 2)
        self.assertLessEqual(record["api"]["waited"], 18)
        self.assertGreaterEqual(record["api"]["waited"], record["peak"]["waiting"])
        self.assertEqual(record["api"]["service_ns"], 20 * 5 * MS)
        self.assertEqual(record["api"]["wasted_ns"], 0)
        self.assertGreaterEqual(record["wall_ns"], 10 * 5 * MS)  # two at a time
        self.assertIsNone(record["config"]["api_queue"])

    @on_each
    def test_a_queue_hides_an_overload_until_everyone_is_late(self, program) -> None:
        """One place, 20 ms a call, 30 ms of patience: at most every other call is in time.

        Who forgets the late ones wastes less than 20 ms on each; who keeps working, 20.
        """
        args = (*at_once(program, 10), "-s", "20ms", "--api-capacity", 1,
                "--api-queue", "unlimited", "--timeout", "30ms")  # fmt: skip
        for working in ((), ("--api-keeps-working",)):
            record = measure(program, *args, *working)
            outcomes, api = record["outcomes"], record["api"]
            self.assertEqual(outcomes["ok"] + outcomes["timed_out"], 10)
            self.assertEqual(api["abandoned"], outcomes["timed_out"])
            in_time = outcomes["ok"] * 20 * MS
            self.assertEqual(api["service_ns"] - api["wasted_ns"], in_time)
            if working:
                self.assertEqual(api["wasted_ns"], outcomes["timed_out"] * 20 * MS)
            else:
                self.assertLess(api["wasted_ns"], outcomes["timed_out"] * 20 * MS)
