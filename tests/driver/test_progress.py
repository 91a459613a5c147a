"""The bar: redrawn in place on a terminal, never in the way anywhere else."""

import io
import os
import pty
import re
import unittest
from unittest import mock

from . import REPOSITORY  # noqa: F401
from driver.say.progress import Progress, show_time


class Screen(io.StringIO):
    def isatty(self):
        return True


def visible(text):
    """What a terminal shows in the end: lines taken back are gone."""
    lines = [""]
    for part in re.split(r"(\r\033\[\d+A\033\[J)", text):
        if taken := re.fullmatch(r"\r\033\[(\d+)A\033\[J", part):
            del lines[-1 - int(taken[1]) :]
            lines.append("")
        else:
            first, *rest = part.split("\n")
            lines[-1] += first
            lines += rest
    return lines[:-1]


class Bars(unittest.TestCase):
    def setUp(self):
        size = mock.patch("shutil.get_terminal_size", return_value=os.terminal_size((70, 10)))
        # Whoever runs the tests may have another terminal, or none.
        able = mock.patch.dict(os.environ, {"TERM": "xterm", "LC_ALL": "C.UTF-8"})
        for each in size, able:
            each.start()
            self.addCleanup(each.stop)
        os.environ.pop("NO_COLOR", None)

    def test_the_bar_is_redrawn_in_place_and_goes_at_the_end(self):
        screen = Screen()
        progress = Progress(lambda: 83.0, screen)
        progress.block("block 1 of 6", ["50 tasks: 12.3 ms"])
        progress.run(0.0)
        progress.tick()
        shown = visible(screen.getvalue())
        self.assertEqual(len(shown), 2)
        self.assertRegex(shown[0], r"^░{30} +0%  1:23 left  block 1 of 6$")
        self.assertIn("12.3 ms", shown[1])
        progress.close()
        self.assertEqual(visible(screen.getvalue()), [])

    def test_what_is_said_stays_above_the_bar(self):
        screen = Screen()
        progress = Progress(lambda: 0.0, screen)
        progress.block("warm-up", [])
        progress.run(0.0)
        progress.say("warning: load is 3")
        shown = visible(screen.getvalue())
        self.assertEqual(shown[0], "warning: load is 3")
        self.assertIn("warm-up", shown[1])

    def test_no_line_wraps_and_none_scrolls_away(self):
        screen = Screen()
        progress = Progress(lambda: 0.0, screen)
        # Not stdout's size counts, but that of the terminal it draws on.
        own = os.terminal_size((50, 10))
        with (
            mock.patch.object(screen, "fileno", lambda: 2),
            mock.patch("os.get_terminal_size", return_value=own),
        ):
            progress.block("warm-up", ["x" * 200] * 50)
            progress.run(0.0)
        shown = visible(screen.getvalue())
        self.assertLessEqual(len(shown), 8)
        self.assertLess(max(map(len, shown)), 50)

    def test_a_reader_that_is_gone_stops_nothing(self):
        try:
            read_end, write_end = pty.openpty()
        except OSError as error:  # a chroot without /dev/pts
            self.skipTest(str(error))
        stream = os.fdopen(write_end, "w")
        progress = Progress(lambda: 0.0, stream)
        progress.block("warm-up", [])
        os.close(read_end)
        progress.run(0.0)
        progress.tick()
        progress.close()
        with self.assertRaises(OSError):
            stream.close()

    def test_minutes_and_seconds(self):
        told = [show_time(s) for s in (-1, 0, 59.6, 83, 3600)]
        self.assertEqual(told, ["0:00", "0:00", "1:00", "1:23", "60:00"])
