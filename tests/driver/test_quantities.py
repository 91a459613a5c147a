"""Durations and counts as people write them and read them."""

import unittest

from . import REPOSITORY  # noqa: F401
from driver.ask import quantities as q
from driver.say import numbers as n


class Reading(unittest.TestCase):
    def test_durations_carry_a_unit(self):
        for text, ns in {
            "250us": 250_000,
            "10ms": 10**7,
            "1.5s": 15 * 10**8,
            "0": 0,
        }.items():
            self.assertEqual(q.parse_duration_ns(text), ns)

    def test_what_is_no_duration_is_refused_by_name(self):
        for text in (
            "10",
            "",
            "ms",
            "-1ms",
            "1e3ms",
            " 1ms",
            "1ms ",
            "1,5s",
            "nan",
            "١ms",
        ):
            with self.subTest(text=text), self.assertRaisesRegex(
                ValueError, "duration"
            ):
                q.parse_duration_ns(text)

    def test_what_is_no_count_is_refused(self):
        for text in (
            "abc",
            "12abc",
            "",
            "0x10",
            " 5",
            "1e3",
            "-1",
            "9" * 30,
            "²",
            "0",
            "11",
        ):
            with self.subTest(text=text), self.assertRaisesRegex(ValueError, "whole"):
                q.parse_count(text, 1, 10)


class Showing(unittest.TestCase):
    def test_three_digits_and_the_right_unit(self):
        cases = {
            0.0123: "12.3 ms", 0.9999: "1.00 s", 0.00099999: "1.00 ms", 20.04: "20.0 s",
            0.0: "0 s", 3e-9: "3 ns", 0.09996: "100 ms", 123.4: "123 s",
        }  # fmt: skip
        for seconds, text in cases.items():
            self.assertEqual(n.show_duration(seconds), text)

    def test_sizes_are_powers_of_ten(self):
        self.assertEqual(n.show_bytes(2_200_000), "2.20 MB")
        self.assertEqual(n.show_bytes(999), "999 B")

    def test_a_range_keeps_one_unit(self):
        text = n.show_range("s", 1.01, 0.998, 1.05)
        self.assertEqual(text, "1.01 s [1.00, 1.05]")

    def test_thousands_are_parted_by_a_narrow_space(self):
        self.assertEqual(n.show_count(10000), "10\u202f000")
        self.assertEqual(n.show_count(2.5), "2.5")
