"""The canary: what it hears, and what is too short to matter."""

import unittest
from unittest import mock

from . import REPOSITORY  # noqa: F401  (makes the driver importable)
from driver.machine import canary


class Clock:
    """A spin takes as long as the list says, then the last of it for ever."""

    def __init__(self, spins_s):
        self.now_s, self.spins_s, self.asked = 0.0, spins_s, 0

    def monotonic(self):
        # Asked once before each spin and once after; twice before them, at the sleeps.
        if self.asked >= 2 and self.asked % 2:
            spin = (self.asked - 3) // 2
            self.now_s += self.spins_s[min(spin, len(self.spins_s) - 1)]
        self.asked += 1
        return self.now_s


class Spins(unittest.TestCase):
    def spin_s(self, spins_s):
        with mock.patch.object(canary, "time", Clock(spins_s)):
            return canary.sing(0)["spin_s"]

    def test_interrupts_are_not_heard(self):
        self.assertAlmostEqual(self.spin_s([0.005, 0.0005, 0.005, 0.005]), 0.0005)

    def test_what_lasts_is_heard(self):
        self.assertAlmostEqual(self.spin_s([0.0008, 0.0007]), 0.0007)

    def test_a_block_off_its_median_is_named(self):
        quiet = {"sleep_s": 0.2, "spin_s": 0.0005}
        songs = [(block, quiet) for block in range(1, 7)]
        self.assertEqual(canary.noisy_blocks(songs), ())
        songs[2] = (3, quiet | {"spin_s": 0.0007})
        self.assertEqual(canary.noisy_blocks(songs), (3,))
        songs[4] = (5, quiet | {"spin_s": 0.0003})  # a faster clock is another one, too
        self.assertEqual(canary.noisy_blocks(songs), (3, 5))
        self.assertEqual(canary.noisy_blocks([]), ())
