"""The summary for people: short, whole, and saying the same as the record."""

import re
import unittest

from .program import SANITIZED, VIRTUAL, on_each, run

VARIED = (
    (),
    ("-n", 0),
    ("-n", 1, "-s", 0),
    ("-n", 1200, "-s", 0, "--error-rate", 0.5, "--attempts", 3, "--backoff", 0),
    ("--silent-rate", 0.5, "-s", 0),
    ("--arrivals", "fixed:1000000000/s", "--api-capacity", 1),
    ("-n", 200, "-s", "20ms", "--deadline", "30ms", "--cancel", "within"),
    *([] if SANITIZED else [("-n", 300, "-s", "50ms", "--limit-memory", "256M")]),
)


class Summary(unittest.TestCase):
    def lines(self, program: str, *args: object) -> list[str]:
        ending = run(program, *args)
        self.assertEqual(ending.status, 0, ending)
        return ending.out.splitlines()

    @on_each
    def test_it_fits_a_terminal_and_a_glance(self, program: str) -> None:
        for args in VARIED:
            with self.subTest(args):
                lines = self.lines(program, *args)
                self.assertLessEqual(len(lines), 14)
                self.assertLessEqual(max(map(len, lines)), 80)
                self.assertTrue(lines[0].startswith(f"{program}: "))
                for line in lines[1:]:
                    self.assertRegex(line, r"^  (\w[\w ]{11}|            )\S")
                    self.assertEqual(line, line.rstrip())
                text = "\n".join(lines)
                self.assertNotRegex(text, r"nan|inf\b|_|-\d")
                self.assertNotRegex(text, r"\b1 (tasks|threads|calls|waits)\b")

    def test_more_load_than_can_be_served_is_said_and_no_other(self) -> None:
        """By whatever is narrowest: offered over served, a second."""
        fiber, pool = ("fiber-per-task", *VIRTUAL), ("fiber-pool", *VIRTUAL)
        call = ("-s", "10ms")  # 100 of them a second, one after the other
        busy = ("--arrivals", "fixed:1000/s")
        for rho, program, *args in (
            ("2", *pool, *call, *busy),
            ("1", *pool, *call, "-w", 10, *busy),
            (None, *pool, *call, "-w", 11, *busy),
            (None, *pool, *call),  # a batch has no rate
            (None, *pool, "-s", 0, *busy),
            ("2", *pool, *call, "--when-full", "reject", *busy),
            ("1.67", *pool, *call, "--when-full", "caller-runs", *busy),
            ("5", *pool, *call, "-w", 50, "--api-capacity", 2, *busy),
            ("4", *pool, *call, "-w", 50, "--api-rate", "250/s", *busy),
            ("2", *pool, "-s", 0, "--hang-rate", 0.5, "--hang-time", "20ms", *busy),
            (None, *pool, *call, "--timeout", "1ms", *busy),  # calls are shorter then
            (None, *fiber, *call, *busy),
            ("10", *fiber, *call, "--max-threads", 1, "--arrivals", "poisson:1000/s"),
        ):
            with self.subTest(program, args=args):
                text = "\n".join(self.lines(program, *args))
                told = re.findall(r"\(rho = (.+)\);", text)
                self.assertEqual(told, [] if rho is None else [rho], text)

    @on_each
    def test_its_outcomes_sum_to_the_tasks(self, program: str) -> None:
        for args in VARIED:
            lines = self.lines(program, *args)
            tasks = int(re.search(r": (\d+) task", lines[0])[1])
            outcomes = next(line for line in lines if line.startswith("  outcomes "))
            self.assertEqual(sum(map(int, re.findall(r"\d+", outcomes))), tasks)

    @on_each
    def test_a_percentile_is_only_shown_if_there_are_tasks_beyond_it(self, program):
        for tasks, shown in ((50, {"p50"}), (100, {"p50", "p90"}),
                             (1000, {"p50", "p90", "p99"})):  # fmt: skip
            text = "\n".join(self.lines(program, "-n", tasks, "-s", 0))
            self.assertEqual(shown, set(re.findall(r"\bp\d\d\b", text)))
            for name in ("latency", "queue wait"):
                self.assertRegex(text, rf"{name} +mean .*; p50 .*, max ")

    @on_each
    def test_what_the_callers_believe_is_said_when_they_are_wrong(self, program):
        wrong = "\n".join(self.lines(program, "-s", 0, "--silent-rate", 1))
        self.assertIn("0 ok, 50 silent", wrong)
        self.assertIn("the callers believe that 50 are ok", wrong)
        self.assertNotIn("believe", "\n".join(self.lines(program, "-s", 0)))


if __name__ == "__main__":
    unittest.main()
