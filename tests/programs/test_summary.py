"""The summary for people: short, whole, and saying the same as the record."""

import re
import unittest

from .program import SANITIZED, on_each, run

VARIED = (
    (),
    ("-n", 0),
    ("-n", 1, "-s", 0),
    ("-n", 1200, "-s", 0, "--error-rate", 0.5, "--attempts", 3, "--backoff", 0),
    ("--silent-rate", 0.5, "-s", 0),
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
