"""Quantities: read as the programs read them, shown with three digits."""

import subprocess
import unittest

from hypothesis import given
from hypothesis import strategies as some

from . import REPOSITORY
from driver.ask import quantities as q
from driver.say import numbers as n

READ = {
    q.parse_duration_ns: {
        "250us": 250_000, "10ms": 10_000_000, "1.5s": 1_500_000_000, "0": 0,
        "7ns": 7, "0.5ns": 1, "2.5ns": 3, "1.0005us": 1001, "1min": 60_000_000_000, "0.0": 0,
        "10": None, "10 ms": None, "ms": None, "-1s": None, "1e3s": None, "1,5s": None,
        "10m": None, "": None, "9999999999999s": None, "1.s": None,
    },
    q.parse_rate: {
        "1000/s": 1000.0, "900": 900.0, "2.5/s": 2.5, "10k/s": None, "1/min": None,
    },
    q.parse_share: {
        "2%": 0.02, "0.02": 0.02, "100%": 1.0, "57%": 0.57, "0.57": 0.57, "2 %": None,
        "half": None,
    },
    q.parse_size_bytes: {"64K": 65536, "8M": 2**23, "7": 7, "1KB": None},
}  # fmt: skip


class Reading(unittest.TestCase):
    def test_every_case(self):
        for read, cases in READ.items():
            for text, wanted in cases.items():
                with self.subTest(text):
                    if wanted is None:
                        with self.assertRaisesRegex(ValueError, f"'{text}' is not"):
                            read(text)
                    else:
                        self.assertEqual(read(text), wanted)

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


class Plain(unittest.TestCase):
    def test_no_exponent_and_no_zero_too_many(self):
        for number, digits, told in (
            (1.5e6, None, "1500000"), (1050001.5, None, "1050001.5"), (0.0, None, "0"),
            (1e-5, None, "0.00001"), (20, None, "20"), (1e6, 6, "1000000"),
            (99.6, 2, "100"), (12345.6, 5, "12346"), (2.26e-5, 2, "0.000023"),
        ):  # fmt: skip
            self.assertEqual(told, q.plain_number(number, digits))

    @given(some.floats(1e-9, 1e18))
    def test_what_is_written_is_read_again(self, rate):
        self.assertEqual(rate, q.parse_rate(f"{q.plain_number(rate)}/s"))


class Showing(unittest.TestCase):
    @given(some.floats(1e-9, 1e6))
    def test_what_is_shown_is_within_a_digit_of_the_value(self, seconds):
        text, unit = n.show("s", seconds).split(" ")
        size = dict(n.UNITS["s"])[unit]
        self.assertAlmostEqual(float(text) * size / seconds, 1, delta=0.5 if unit == "ns" else 0.006)
