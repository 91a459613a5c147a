"""Words: every verdict has its sentence, every cell one name, every terminal its signs."""

import io
import os
import unittest
from contextlib import redirect_stdout
from dataclasses import replace
from unittest import mock

from .support import make_cell, make_run
from driver.ask.cell import Design
from driver.ask.experiment import Experiment
from driver.reckon.stats import Drift, Interval, Verdict, median_interval, ratio_verdict
from driver.reckon.summarise import summarise
from driver.reckon.summary import Noise, Ratio
from driver.say import ending, names, sentences, terminal

THREADS, POOL = make_cell("thread-per-task"), make_cell("worker-pool", workers=50)


def ratio(low, high, figure="wall_s", n=6, rule="ranks", same_work=True, cell=POOL):
    middle = (low * high) ** 0.5
    found = Interval(middle, low, high, n, 0.97, low, high, rule, 1.16)
    return Ratio(figure, cell, THREADS, found, ratio_verdict(found), same_work)


class Sentences(unittest.TestCase):
    # Each verdict, each kind of figure, and each reason for none: the sentence's parts.
    CASES = [
        (ratio(2, 3), "a pool of 50 takes 2.45× [2.00, 3.00] as long as threads: slower."),
        (ratio(0.2, 0.3), "as long as threads: faster."),
        (ratio(0.99, 1.01), "as long as threads: the same within 2 %."),
        (ratio(1.01, 1.5), "as long as threads: slower, though under 2 % is possible."),
        (ratio(0.5, 0.99), "as long as threads: faster, though under 2 % is possible."),
        (ratio(0.5, 2), "threads: cannot tell; a difference of 16 % would have been"
         " seen four times in five."),
        (ratio(2, 3, same_work=False), "as long as threads: not the same work."),
        (ratio(2, 3, "rss_bytes", same_work=False), "2.45× [2.00, 3.00] the memory of"
         " detached threads: more."),
        (ratio(2, 3, n=3, rule="widened"), "slower (only 3 blocks, 2.00 to 3.00)."),
        (ratio(2, 3, n=2, rule=None), "takes 2.45× as long as threads: cannot tell from 2"
         " blocks."),
        (ratio(2, 3, n=1, rule=None), "cannot tell from 1 block."),
        (ratio(2, 3, "goodput_per_s"), "serves 2.45× [2.00, 3.00] as many tasks per second"
         " as threads: more."),
        (ratio(0.2, 0.3, "goodput_per_s"), ": fewer."),
        (ratio(2, 3, "stop_s"), "as long to stop as threads: later."),
        (ratio(2, 3, "latency_p99_s"), "has 2.45× [2.00, 3.00] the p99 latency of threads:"
         " longer."),
        (ratio(0.2, 0.3, "calls"), "the calls of threads: fewer."),
        (ratio(2, 3, cell=make_cell("thread-per-task", **{"max-threads": 9})),
         "bounded threads take 2.45×"),
    ]  # fmt: skip

    def test_every_case(self):
        for given, told in self.CASES:
            with self.subTest(told):
                self.assertIn(told, sentences.ratio_sentence(given))

    def test_an_interval_says_what_it_is_worth(self):
        for values, text in (
            ([1.0], "1.00 s"), ([1.0, 3.0], "2.00 s (1.00 to 3.00)"),
            ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "3.50 s [1.00, 6.00]"),
        ):  # fmt: skip
            self.assertEqual(sentences.interval_text(median_interval(values), "s"), text)

    def test_each_verdict_has_its_word_in_each_figure(self):
        for figure in ("wall_s", "rss_bytes", "goodput_per_s", "calls", "latency_p50_s"):
            words = [sentences.verdict_word(verdict, figure) for verdict in Verdict]
            self.assertEqual(len(set(words)), len(Verdict), figure)

    def summaries(self, served):
        asked = Experiment("test", "?", (THREADS, POOL))
        runs = [make_run(cell, b, 1.0) for b in range(1, 7) for cell in asked.cells]
        for run in runs:
            if run.cell is THREADS:
                run.record["outcomes"] |= {"ok": served, "rejected": 4 - served}
        return summarise(asked, runs)

    def test_losses_are_told_also_of_a_part_of_the_runs(self):
        (heading, told), = ending.ratio_paragraphs(self.summaries(4))
        self.assertEqual((heading, len(told)), ("At 4 tasks", 1))
        (_, told), = ending.ratio_paragraphs(self.summaries(1))
        self.assertIn("A pool of 50 serves 4, threads 1: not the same work. Per served "
                      "task it takes 0.25×", told[0])  # fmt: skip
        self.assertEqual(told[1], "Threads serve 1 of 4: 3 rejected.")
        some = self.summaries(4)
        count = replace(some.cells[0].outcomes["ok"], minimum=3)
        lossy = replace(some.cells[0], outcomes={
            **some.cells[0].outcomes, "ok": count,
            "rejected": replace(count, median=0, minimum=0, maximum=1)})  # fmt: skip
        self.assertEqual(sentences.success_sentence(lossy),
                         "threads serve 4 (3–4) of 4: 0 (0–1) rejected.")  # fmt: skip

    def test_what_both_have_in_common_is_said_once(self):
        options = {"api-capacity": 50}
        asked = Experiment("test", "?", tuple(
            replace(make_cell(p, **options), varied=options)
            for p in ("thread-per-task", "worker-pool")))  # fmt: skip
        runs = [make_run(cell, b, 1.0) for b in range(1, 7) for cell in asked.cells]
        (heading, told), = ending.ratio_paragraphs(summarise(asked, runs))
        self.assertEqual(heading, "At 4 tasks, API of 50")
        self.assertNotIn("API", told[0])

    def test_the_control_claims_no_more_than_it_shows(self):
        for low, high, told in ((0.994, 1.005, "1.005]. It cannot reveal what slows"),
                                (1.02, 1.05, "1.050] misses 1, as it does by chance")):  # fmt: skip
            text = sentences.control_sentence(ratio(low, high))
            self.assertIn(told, text)
        self.assertIn("too few blocks", sentences.control_sentence(ratio(1, 2, n=2, rule=None)))

    def test_drift_has_a_direction(self):
        for share, chance, *told in ((0.9, 0.002, "In 90 % ", "became slower"),
                                     (0.1, 0.002, "In 10 % ", "became faster"),
                                     (0.55, 0.3, "In 55 % ", "no sign of drift"),
                                     (0.9, None, "too few blocks to tell")):  # fmt: skip
            (text,) = sentences.noise_sentences(Noise(drift=Drift(share, chance)))
            for words in told:
                self.assertIn(words, text)


class Names(unittest.TestCase):
    def test_every_register(self):
        cell = replace(POOL, varied={"timeout": "50ms", "fail-fast": True}, tasks=10_000)
        self.assertEqual(names.short(cell.design), "pool of 50")
        self.assertEqual(names.spoken(cell.design), "a pool of 50")
        self.assertEqual(names.design_name(cell), "pool of 50 (timeout 50\u00a0ms, fail-fast)")
        self.assertEqual(names.cell_name(replace(cell, varied={})),
                         "pool of 50, 10\u202f000 tasks")  # fmt: skip
        self.assertEqual(names.cell_name(replace(THREADS, tasks=1)), "threads, 1 task")

    def test_a_bound_is_told_only_beside_another(self):
        few, many = (Design("thread-per-task", bound=k) for k in (50, 500))
        self.assertEqual(names.short(few), "bounded threads")
        self.assertEqual(names.short(few, [few]), "bounded threads")
        self.assertEqual(names.short(few, [few, many]), "bounded threads of 50")

    def test_verbs_and_lists(self):
        self.assertEqual(names.verb(THREADS.design, "takes", "take"), "take")
        self.assertEqual(names.verb(POOL.design, "takes", "take"), "takes")
        for words, text in ((["a"], "a"), (["a", "b"], "a and b"),
                            (["a", "b", "c"], "a, b and c"), ([], "")):  # fmt: skip
            self.assertEqual(names.listed(words), text)


class Terminals(unittest.TestCase):
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

    def test_a_narrow_end_has_no_line_beyond_the_edge(self):
        asked = Experiment("test", "How long does a sentence get? " * 5, (THREADS, POOL))
        runs = [make_run(cell, b, 1.0 + b) for b in range(1, 7) for cell in asked.cells]
        lines = ending.report_lines(asked, runs, summarise(asked, runs), ["x: y " * 40], 60)
        said = io.StringIO()
        with (
            mock.patch.object(terminal, "width_of", lambda stream: 60),
            redirect_stdout(said),
        ):
            terminal.tell(lines)
        self.assertLessEqual(max(map(len, said.getvalue().splitlines())), 60)
