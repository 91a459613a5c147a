"""The workload: the same tasks, with the same fates, as the C programs and theory have."""

import itertools
import unittest

from ..programs.program import measure, sample
from ..programs.workload import Workload
from . import PEERS, POOL, TWINS, needs_go

AT_ONCE = ("--deadline", "1ns", "--cancel", "within")  # no task is run: only drawn
DISTRIBUTIONS = ("fixed", "uniform", "exponential", "lognormal")


def digest(program: str, *args: object) -> str:
    return measure(program, *args, *AT_ONCE)["workload_digest"]


@needs_go
class TheWorkload(unittest.TestCase):
    def test_its_digest_is_that_of_the_c_programs_and_of_the_description(self) -> None:
        faults = ("--error-rate", "7.3%", "--silent-rate", 0.05, "--hang-rate", 0.01)
        for distribution, arrivals, seed in itertools.product(
            DISTRIBUTIONS, ("batch", "fixed:900.7/s", "poisson:900.7/s"), (0, 1, 2**62)
        ):
            with self.subTest(distribution, arrivals=arrivals, seed=seed):
                args = ("-n", 400, "--distribution", distribution, "--seed", seed,
                        "--arrivals", arrivals, *faults)  # fmt: skip
                kind, _, rate = arrivals.partition(":")
                described = Workload(
                    tasks=400, seed=seed, distribution=distribution, error_rate=0.073,
                    silent_rate=0.05, hang_rate=0.01, arrivals=kind,
                    arrivals_per_s=float(rate.rstrip("/s") or 0),
                ).digest()  # fmt: skip
                for program in (*PEERS, *TWINS.values()):
                    self.assertEqual(digest(program, *args), described, program)

    def test_it_is_the_same_to_the_last_bit_of_a_very_long_time(self) -> None:
        """At 10^15 ns a last bit is an eighth of a nanosecond: it shows."""
        for distribution in DISTRIBUTIONS:
            for arrivals in ("fixed:0.7/s", "poisson:0.001/s"):
                with self.subTest(distribution, arrivals=arrivals):
                    args = ("-n", 300_000, "-s", "1000000s", "--arrivals", arrivals,
                            "--distribution", distribution)  # fmt: skip
                    self.assertEqual(digest(POOL, *args), digest(TWINS[POOL], *args))

    def test_beyond_a_million_tasks_their_number_counts(self) -> None:
        usual = ("--distribution", "exponential", "--arrivals", "poisson:9/s")
        sizes = (999_999, 10**6, 10**6 + 1, 2 * 10**6, 10**9)
        digests = {digest(POOL, *usual, "-n", tasks) for tasks in sizes}
        self.assertEqual(len(digests), len(sizes))

    def test_every_task_ends_as_in_the_c_programs_after_as_many_calls(self) -> None:
        """With an API that has no limit nothing but the seed decides."""
        args = ("-n", 300, "-s", 0, "--error-rate", 0.3, "--silent-rate", 0.1,
                "--hang-rate", 0.1, "--hang-time", "1000s", "--timeout", "20ms",
                "--attempts", 3, "--backoff", "1ms", "--seed", 5)  # fmt: skip
        fates = Workload(tasks=300, seed=5, error_rate=0.3, silent_rate=0.1, hang_rate=0.1)
        expected = [fates.outcome(index, 3, "timed_out") for index in range(300)]
        self.assertEqual(len({outcome for outcome, _ in expected}), 4)
        for program in (*PEERS, *TWINS.values()):
            bound = ("--workers", 50) if "pool" in program else ()
            with self.subTest(program):
                _, samples = sample(program, *args, *bound)
                found = [(task.outcome, task.attempts) for task in samples]
                self.assertEqual(found, expected)
