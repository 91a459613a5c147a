"""The terminal: signs it lacks, lines that fit, and a bar that is never in the way."""

import io
import os
import pty
import re
import unittest
from contextlib import redirect_stdout
from unittest import mock

from . import REPOSITORY  # noqa: F401  (makes the driver importable)
from driver.say import terminal
from driver.say.progress import Progress


class Shown(unittest.TestCase):
    def stream(self, encoding):
        return io.TextIOWrapper(io.BytesIO(), encoding=encoding)

    def test_signs_that_cannot_be_shown_have_others_for_them(self):
        text = "✓ 1.5× 25 µs – 10\u202f000 · é"
        for locale, encoding, shown in (
            ("C.UTF-8", "utf-8", text), ("de_DE", "latin-1", "+ 1.5x 25 us - 10 000 - é"),
            ("C", "utf-8", "+ 1.5x 25 us - 10 000 - \\xe9"),
            ("", "utf-8", "+ 1.5x 25 us - 10 000 - \\xe9"),
        ):  # fmt: skip
            with mock.patch.dict(os.environ, {"LC_ALL": locale, "LC_CTYPE": "", "LANG": ""}):
                told = terminal.shown_on(self.stream(encoding), text)
                self.assertEqual(told.replace("µ", "u"), shown.replace("µ", "u"))
                told.encode(encoding)

    def test_nothing_of_a_strangers_text_moves_the_cursor(self):
        told = terminal.shown_on(self.stream("utf-8"), "a\033[2Jb\rc\nd\x00")
        self.assertEqual(told, "a?[2Jb?c\nd?")

    def test_only_a_terminal_that_can_is_drawn_upon(self):
        screen = mock.Mock(isatty=lambda: True)
        for environ, can in (({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False),
                             ({}, False), ({"TERM": "xterm", "NO_COLOR": "1"}, False)):  # fmt: skip
            with mock.patch.dict(os.environ, environ, clear=True):
                self.assertIs(bool(terminal.can_move(screen)), can)
                self.assertFalse(terminal.can_move(io.StringIO()))


class Lines(unittest.TestCase):
    def test_what_is_too_wide_loses_columns_and_says_which(self):
        rows = [("", "time", "n", "memory"), ("pool", "1.23 s", "6", "2 MB")]
        self.assertEqual(terminal.fitted(rows, None, ["n", "memory"])[1], [])
        lines, gone = terminal.fitted(rows, 20, ["n", "memory"])
        self.assertEqual(gone, ["n"])
        self.assertTrue(all(len(line) <= 20 for line in lines))
        # Narrower still, each row has a line for its name and one for its figures.
        lines, gone = terminal.fitted([*rows, ("a pool of 50",)], 14, ["n", "memory"])
        self.assertEqual(gone, ["n", "memory"])
        self.assertEqual(lines, ["     time", "pool", "   1.23 s", "a pool of 50"])

    def test_no_line_that_is_told_goes_beyond_the_edge(self):
        with (
            mock.patch.object(terminal, "width_of", lambda stream: 60),
            redirect_stdout(io.StringIO()) as said,
        ):
            terminal.tell(["x: y " * 40, "    " + "what is below it " * 9, "short"])
        *lines, last = said.getvalue().splitlines()
        self.assertEqual("short", last)
        self.assertLessEqual(max(map(len, lines)), 60)
        self.assertEqual("    what is below it", lines[-3][:20])


class Screen(io.StringIO):
    def isatty(self):
        return True


def visible(screen):
    """What a terminal shows in the end: lines taken back are gone."""
    lines = [""]
    for part in re.split(r"(\r\033\[\d+A\033\[J)", screen.getvalue()):
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
            self.enterContext(each)
        os.environ.pop("NO_COLOR", None)

    def running(self, stream, left_s=0.0, title="warm-up", medians=()):
        progress = Progress(lambda: left_s, stream)
        progress.block(title, list(medians))
        progress.run(0.0)
        return progress

    def test_it_is_redrawn_in_place_below_what_is_said_and_goes_at_the_end(self):
        screen = Screen()
        progress = self.running(screen, 83.0, "block 1 of 6", ["50 tasks: 12.3 ms"])
        progress.tick()
        bar, medians = visible(screen)
        self.assertRegex(bar, r"^░{30} +0%  1:23 left  block 1 of 6$")
        self.assertIn("12.3 ms", medians)
        progress.say("warning: load is 3")
        self.assertEqual(visible(screen), ["warning: load is 3", bar, medians])
        progress.close()
        self.assertEqual(visible(screen), ["warning: load is 3"])

    def test_a_narrow_screen_has_a_short_bar(self):
        for columns, told in ((40, "░{4} +0%  1:23 left  block 1 of 6"), (55, "░{15} +0%  1:23")):
            screen = Screen()
            size = os.terminal_size((columns, 9))
            with mock.patch("shutil.get_terminal_size", return_value=size):
                self.running(screen, 83.0, "block 1 of 6")
            self.assertRegex(visible(screen)[0], f"^{told}")

    def test_no_line_wraps_and_none_scrolls_away(self):
        screen = Screen()
        # Not stdout's size counts, but that of the terminal it draws on.
        own = os.terminal_size((50, 10))
        with (
            mock.patch.object(screen, "fileno", lambda: 2),
            mock.patch("os.get_terminal_size", return_value=own),
        ):
            self.running(screen, medians=["x" * 200] * 50)
        self.assertLessEqual(len(visible(screen)), 8)
        self.assertLess(max(map(len, visible(screen))), 50)

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
