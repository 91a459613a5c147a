"""Quantities: read as the programs read them, shown with three digits."""

import subprocess
import unittest
from math import inf

from hypothesis import given
from hypothesis import strategies as some

from . import REPOSITORY
from driver.ask import quantities as q
from driver.say import numbers as n

READ = {
    q.parse_duration_ns: {
        "250us": 250_000, "10ms": 10_000_000, "1.5s": 1_500_000_000, "0": 0,
        "7ns": 7, "1min": 60_000_000_000, "0.0": 0,
        "10": None, "10 ms": None, "ms": None, "-1s": None, "1e3s": None, "1,5s": None,
        "10m": None, "": None, "9999999999999s": None, "1.s": None,
    },
    q.parse_rate: {
        "1000/s": 1000.0, "900": 900.0, "2.5/s": 2.5, "10k/s": None, "1/min": None,
    },
    q.parse_share: {"2%": 0.02, "0.02": 0.02, "100%": 1.0, "2 %": None, "half": None},
    q.parse_size_bytes: {"64K": 65536, "8M": 2**23, "7": 7, "1KB": None},
}  # fmt: skip
SHOWN = {
    ("s", 0.0123): "12.3 ms", ("s", 2.03): "2.03 s", ("s", 0): "0 s",
    ("s", 0.00099996): "1.00 ms", ("s", 25e-6): "25.0 µs", ("s", 3e-9): "3 ns",
    ("s", 123.4): "123 s", ("bytes", 2_200_000): "2.20 MB", ("bytes", 0): "0 B",
    ("bytes", 87_400_000): "87.4 MB", ("bytes", 512): "512 B",
    ("count", 10_000): "10\u202f000", ("count", 151.7): "152",
    ("1/s", 4967.6): "4\u202f968/s", ("s", inf): "∞ s",
}  # fmt: skip
RANGES = {
    ("s", 0.0123, 0.0121, 0.0125): "12.3 ms [12.1, 12.5]",
    ("s", 2.0123, 2.0121, 2.0125): "2.012 s [2.012, 2.013]",
    ("s", 0.0101, 0.0099, 0.0103): "10.1 ms [9.90, 10.3]",
    ("bytes", 2_200_000, 2_100_000, 2_300_000): "2.20 MB [2.10, 2.30]",
    ("count", 150, 149, 151): "150 [149, 151]",
    ("1/s", 5000, 4900, 5100): "5\u202f000/s [4\u202f900, 5\u202f100]",
}


class Reading(unittest.TestCase):
    def test_every_case(self):
        for read, cases in READ.items():
            for text, wanted in cases.items():
                with self.subTest(text):
                    if wanted is None:
                        with self.assertRaisesRegex(ValueError, f"'{text}' is not"):
                            read(text)
                    else:
                        self.assertAlmostEqual(read(text), wanted)

    def test_counts_have_bounds(self):
        self.assertEqual(q.parse_count("7", 1, 9), 7)
        for text in ("0", "10", "1.0", "+7", "٧", "", "1" * 30):
            with self.assertRaisesRegex(ValueError, "from 1 to 9"):
                q.parse_count(text, 1, 9)

    def test_the_programs_read_them_alike(self):
        program = REPOSITORY / "build/tests/plain/src/worker-pool"
        if not program.is_file():
            self.skipTest("worker-pool has not been built")
        for option, read in (("--service-time", q.parse_duration_ns),
                             ("--error-rate", q.parse_share)):  # fmt: skip
            for text, wanted in READ[read].items():
                done = subprocess.run(
                    [program, "-n0", f"{option}={text}"], capture_output=True
                )
                self.assertEqual(done.returncode == 0, wanted is not None, text)


class Showing(unittest.TestCase):
    def test_every_case(self):
        for (unit, value), text in SHOWN.items():
            self.assertEqual(n.show(unit, value), text)
        for (unit, *values), text in RANGES.items():
            self.assertEqual(n.show_range(unit, *values), text)
        self.assertEqual(
            n.show_range("s", 0.0123, 0.0121, 0.0125, sure=False), "12.3 ms (12.1 to 12.5)"
        )
        self.assertEqual(n.show_ratio_range(6.27, 6.2, 6.31), "6.27× [6.20, 6.31]")
        self.assertEqual(n.show_percent(0.9687, 1), "96.9 %")
        self.assertEqual(n.spaced("1s,500ms at 2% of 64K"),
                         "1\u00a0s,500\u00a0ms at 2\u00a0% of 64\u00a0KiB")  # fmt: skip
        for seconds, text in ((83, "1:23"), (-5, "0:00"), (59.6, "1:00")):
            self.assertEqual(n.show_time(seconds), text)

    @given(some.floats(1e-9, 1e6))
    def test_what_is_shown_is_within_a_digit_of_the_value(self, seconds):
        text, unit = n.show("s", seconds).split(" ")
        size = dict(n.UNITS["s"])[unit]
        self.assertAlmostEqual(float(text) * size / seconds, 1, delta=0.5 if unit == "ns" else 0.006)
