"""What is said, as tables: a figure or a verdict, and the words for it, to the letter."""

from __future__ import annotations

import re
import unittest
from dataclasses import replace
from math import inf

from ..driver.support import make_cell
from driver.ask.cell import Design
from driver.reckon.answer import Result
from driver.reckon.stats import Drift, Interval, Verdict, ratio_verdict
from driver.reckon.summary import Count, Noise, Ratio, Refusal, Summaries, Summary
from driver.say import answers, names, numbers, sentences, terminal

THREADS, POOL = make_cell("thread-per-task"), make_cell("worker-pool", workers=50)
SURE = "ranks"


def interval(low, middle, high, n=6, rule=SURE, resolution=None):
    return Interval(middle, low, high, n, 0.97, low, high, rule, resolution)


def ratio(low, middle, high, figure="wall_s", same_work=True, cell=POOL, **more):
    found = interval(low, middle, high, **more)
    return Ratio(figure, cell, THREADS, found, ratio_verdict(found), same_work)


def summary(cell=THREADS, n=6, **outcomes):
    counts = {name: Count(*count) for name, count in outcomes.items()}
    return Summary(cell, n, (), {}, counts)


class Table(unittest.TestCase):
    def hold(self, rows):
        for found, wanted in rows:
            with self.subTest(wanted=wanted):
                self.assertEqual(plain(found), wanted)


def plain(text):
    """With spaces of one kind."""
    swap = {"\u202f": " ", "\u00a0": " "}
    return text.translate(str.maketrans(swap)) if isinstance(text, str) else text


class Numbers(Table):
    def test_durations_and_sizes(self):
        seconds, size = numbers.show_duration, numbers.show_bytes
        self.hold([
            (seconds(0), "0 s"), (seconds(1.0), "1.00 s"), (seconds(9.994), "9.99 s"),
            (seconds(9.995), "10.0 s"), (seconds(9.9949), "9.99 s"),
            (seconds(99.94), "99.9 s"), (seconds(99.95), "100 s"),
            (seconds(99.949), "99.9 s"), (seconds(1234.5), "1234 s"),
            (seconds(0.9995), "1.00 s"), (seconds(0.99949), "999 ms"),
            (seconds(0.0123), "12.3 ms"), (seconds(12.3e-6), "12.3 µs"),
            (seconds(12.3e-9), "12 ns"), (seconds(0.4e-9), "0 ns"),
            (seconds(-0.0123), "-12.3 ms"),
            (size(0), "0 B"), (size(12), "12 B"), (size(999.4), "999 B"),
            (size(999.5), "1.00 kB"), (size(999_500), "1.00 MB"), (size(999.5e6), "1.00 GB"),
            (size(2.2e6), "2.20 MB"), (size(3e9), "3.00 GB"),
        ])  # fmt: skip

    def test_ranges(self):
        of = numbers.show_range
        self.hold([
            (of("s", 0.0123, 0.0121, 0.0125), "12.3 ms [12.1, 12.5]"),
            (of("s", 0.0123, 0.0121, 0.0125, False), "12.3 ms (12.1 to 12.5)"),
            # As many digits as tell the ends apart, and two at the most.
            (of("s", 1.001, 1.001, 1.002), "1.001 s [1.001, 1.002]"),
            (of("s", 1.0001, 1.0001, 1.0002), "1.0001 s [1.0001, 1.0002]"),
            (of("s", 1.00001, 1.00001, 1.00002), "1.0000 s [1.0000, 1.0000]"),
            (of("s", 1.0, 1.0, 1.0), "1.00 s [1.00, 1.00]"),
            (of("1/s", 120.0, 114.2, 126.4), "120/s [114, 126]"),
            (of("1/s", 12.0, 11.4, 112.6), "12.0/s [11.4, 113]"),
            (of("count", 12.0, 11.0, 12.0), "12 [11, 12]"),
            (of("1/s", 0.4, 0.0, 0.44), "0.400/s [0, 0.440]"),
            (of("count", 1.5, 1.4, 1.6), "1.5 [1.4, 1.6]"),
            (numbers.show_ratio_range(6.274, 6.2, 6.31), "6.27× [6.20, 6.31]"),
            (numbers.show_ratio_range(1.0, 0.9, inf), "1.00× [0.900, ∞]"),
            (numbers.show_ratio_range(0.01356, 0.0061, 0.026), "0.0136× [0.00610, 0.0260]"),
            (numbers.show_ratio_range(0.10472, 0.10397, 0.106), "0.105× [0.104, 0.106]"),
            # One more where verdicts turn: the first is the same within 2 %.
            (numbers.show_ratio_range(0.984, 0.981, 0.988), "0.984× [0.981, 0.988]"),
            (numbers.show_ratio_range(1.13, 1.0041, 1.69), "1.130× [1.004, 1.690]"),
            (numbers.show_ratio_range(1.1, 1.019, 1.2), "1.100× [1.019, 1.200]"),
            (numbers.show_ratio(inf), "∞"), (numbers.show_ratio(0), "0.00"),
            (numbers.show_ratio(0.9994), "0.999"), (numbers.show_ratio(0.9996), "1.00"),
            (numbers.show_ratio(0.09996), "0.100"), (numbers.show_ratio(9.996), "10.0"),
            (numbers.show_ratio(1e-9), "0.000000"), (numbers.show_ratio(99.96), "100"),
        ])  # fmt: skip

    def test_the_others(self):
        self.hold([
            (numbers.show_count(10000), "10 000"), (numbers.show_count(0.5), "0.5"),
            (numbers.show_count(134.5), "134"),
            (numbers.show_off(0.12), "12 %"), (numbers.show_off(1.0), "100 %"),
            (numbers.show_off(2.3), "3.30×"), (numbers.show_off(3453.6), "3455×"),
            (numbers.show_percent(0.884), "88 %"), (numbers.show_percent(0.884, 1), "88.4 %"),
            (numbers.show_time(83), "1:23"), (numbers.show_time(-5), "0:00"),
            (numbers.show_time(59.6), "1:00"), (numbers.show_time(600), "10:00"),
            (numbers.show("1/s", 1234.4), "1 234/s"), (numbers.show("1/s", 0.4), "0.400/s"),
            (numbers.show("1/s", 0), "0/s"), (numbers.show("1/s", 99.96), "100/s"),
            (numbers.show("count", 3), "3"),
            (numbers.show("s", 2), "2.00 s"), (numbers.show("bytes", 2), "2 B"),
            (numbers.show_answer("times", 2.0), "2.00×"),
            (numbers.show_answer("setting", 5), "5"),
            (numbers.show_answer("s", 5), "5.00 s"), (numbers.show_answer("s", "pool"), "pool"),
            (numbers.spaced("timeout 50ms"), "timeout 50 ms"),
            (numbers.spaced("64K and 1.5s"), "64 KiB and 1.5 s"),
            (numbers.spaced("x50ms 50msx -5s"), "x50ms 50msx -5s"),
        ])  # fmt: skip

    def test_no_line_ends_between_a_number_and_its_unit(self):
        text = "2.04 s, 88 % of 5 MB and 64 KiB for 3 seconds, 10 B ms 4 sB, 1 000"
        told = numbers.bound(text)
        self.assertEqual("2.04~s, 88~% of 5~MB and 64~KiB for 3 seconds, 10~B ms 4 sB, 1~000",
                         told.replace("\u00a0", "~"))  # fmt: skip
        for width in range(8, 40):
            lines = terminal.wrapped(text, width)
            self.assertEqual(text, " ".join(line.strip() for line in lines))
            self.assertFalse(re.search(r"^ *(s,|%|MB|KiB|000)", "\n".join(lines), re.M))


class Guesses(Table):
    def test_whose_a_guess_was(self):
        a, b, c, d = "Ann", "Ben", "Cem", "Dora"
        for given, wanted in (
            ([""], ""), (["", ""], "2 times"), ([a], a), ([a, b], "Ann and Ben"),
            ([a, ""], "Ann and 1 other"), ([a, a, a], "Ann and 2 others"),
            ([a, b, c, d, ""], "Ann, Ben, Cem and 2 others"),
        ):  # fmt: skip
            found = Result("1", "?", "s", [1.0] * len(given), None, [], names=given)
            self.hold([(answers.guessers(found, 1.0), wanted)])


class Names(Table):
    def test_designs_and_lists(self):
        pool, other = Design("worker-pool", 5000), Design("thread-per-task", None, 9)
        bounded = [other, Design("thread-per-task", None, 8)]
        self.hold([
            (names.short(pool), "pool of 5 000"), (names.spoken(pool), "a pool of 5 000"),
            (names.short(other), "bounded threads"), (names.short(other, [other]), "bounded threads"),
            (names.short(other, bounded), "bounded threads of 9"),
            (names.spoken(other, bounded), "bounded threads of 9"),
            (names.short(other, [other, pool]), "bounded threads of 9"),
            (names.short(other, [other, Design("worker-pool", 9)]), "bounded threads"),
            (names.counted(1, "task"), "1 task"), (names.counted(0, "task"), "0 tasks"),
            (names.counted(2, "reply", "replies"), "2 replies"),
            (names.listed([]), ""), (names.listed(["a"]), "a"),
            (names.listed(["a", "b", "c"]), "a, b and c"),
            (names.either(["a", "b", "c"]), "a, b or c"), (names.either(["a"]), "a"),
            (names.verb(pool.__class__("worker-pool", 5), "takes", "take"), "takes"),
            (names.verb(other, "takes", "take"), "take"),
        ])  # fmt: skip


    def test_what_is_set(self):
        of, breaker = names.setting, "breaker: 5 failures, pause 50 ms"
        self.hold([
            (of("clock", "virtual"), "simulated"), (of("clock", "real"), ""),
            (of("spawn-time", "1us"), "spawn time 1 µs"), (of("oversleep", "measured"), ""),
            (of("task-time", "9us"), "CPU time a task 9 µs"), (of("task-time", True), ""),
            (of("arrivals", "batch"), "arrivals batch"),
            (of("api", "http"), "API over HTTP"), (of("api", "nginx"), "API behind nginx"),
            (of("api", True), "API"), (of("arrivals", "fixed:9/s"), "9/s arriving evenly"),
            (of("arrivals", "poisson:9/s"), "9/s arriving"),
            (of("service-time", "exp:9"), "task time exp:9"), (of("fail-fast", True), "fail-fast"),
            (of("breaker", "5,50ms"), breaker), (of("breaker", "none"), "breaker none"),
            (of("breaker", "1,2s"), "breaker: 1 failure, pause 2 s"),
            (of("api-outage", "1s,2s"), "outage 1 s,2 s"), (of("timeout", "50ms"), "timeout 50 ms"),
            (of("api-capacity", 50), "API of 50"), (of("when-full", "drop"), "full queue: drop"),
        ])  # fmt: skip

    def test_cells(self):
        varied = {"timeout": "50ms", "clock": "real", "breaker": "5,50ms"}
        cell = replace(make_cell("worker-pool", 5, 1), varied=varied)
        both, plain_ = "timeout 50 ms, breaker: 5 failures, pause 50 ms", make_cell()
        bounded = [make_cell("thread-per-task", **{"max-threads": n}) for n in (8, 9)]
        self.hold([
            (names.varied(cell), both), (names.varied(plain_), ""),
            (names.varied(replace(plain_, build="A")), "build A"),
            (names.varied(names.without(cell, ["timeout", "tasks"])), both.split(", ", 1)[1]),
            (names.design_name(cell), f"pool of 5 ({both})"), (names.design_name(plain_), "pool of 2"),
            (names.spoken_cell(cell), f"a pool of 5 ({both})"),
            (names.spoken_cell(plain_), "a pool of 2"),
            (names.cell_name(cell), f"pool of 5 ({both}), 1 task"),
            (names.cell_name(plain_), "pool of 2, 4 tasks"),
            (names.cell_name(bounded[0], bounded), "bounded threads of 8, 4 tasks"),
            (names.spoken_cell(bounded[1], bounded), "bounded threads of 9"),
            (names.spoken_cell(bounded[1], bounded[1:]), "bounded threads"),
        ])  # fmt: skip


class Sentences(Table):
    def test_ratios(self):
        of = sentences.ratio_sentence
        none = Ratio("wall_s", POOL, THREADS, None, Verdict.CANNOT_TELL)
        self.hold([
            (of(none), "a pool of 50 and threads: no block holds both, so nothing can be said."),
            (of(ratio(2, 2.5, 3)), "a pool of 50 takes 2.50× [2.00, 3.00] as long as threads: "
             "slower."),
            (of(ratio(0.5, 1, 2, resolution=1.16)), "a pool of 50 takes 1.00× [0.500, 2.00] as "
             "long as threads: cannot tell; a difference of 16 % would "
             "probably have been seen."),
            (of(ratio(0.5, 1, 2)), "a pool of 50 takes 1.00× [0.500, 2.00] as long as threads: "
             "cannot tell."),
            (of(ratio(2, 2.5, 3, resolution=1.16)), "a pool of 50 takes 2.50× [2.00, 3.00] as "
             "long as threads: slower."),
            (of(ratio(2, 2.5, 3, n=3, rule="widened")), "a pool of 50 takes 2.50× [2.00, 3.00] "
             "as long as threads: slower (only 3 blocks, 2.00 to 3.00)."),
            (of(ratio(2, 2.5, 3, n=2, rule="extremes")), "a pool of 50 takes 2.50× as long as "
             "threads: cannot tell from 2 blocks."),
            (of(ratio(2, 2.5, 3, same_work=False)), "a pool of 50 takes 2.50× [2.00, 3.00] as "
             "long as threads: not the same work."),
            (of(ratio(2, 2.5, 3, "rss_bytes", False)), "a pool of 50 needs 2.50× [2.00, 3.00] "
             "the memory of detached threads: more."),
        ])  # fmt: skip

    def test_each_verdict_in_the_words_of_its_figure(self):
        bounded = make_cell("thread-per-task", **{"max-threads": 9})
        for low, middle, high, figure, told in (
            (0.2, 0.25, 0.3, "wall_s", "as long as threads: faster."),
            (0.99, 1, 1.01, "wall_s", "as long as threads: the same within 2 %."),
            (1.01, 1.2, 1.5, "wall_s", ": slower, though under 2 % is possible."),
            (0.5, 0.7, 0.99, "wall_s", ": faster, though under 2 % is possible."),
            (2, 2.5, 3, "goodput_per_s", "serves 2.50× [2.00, 3.00] as many tasks per "
             "second as threads: more."), (0.2, 0.25, 0.3, "goodput_per_s", ": fewer."),
            (2, 2.5, 3, "stop_s", "as long to stop as threads: later."),
            (2, 2.5, 3, "latency_p99_s", "has 2.50× [2.00, 3.00] the p99 latency of "
             "threads: longer."), (0.2, 0.25, 0.3, "calls", "the calls of threads: fewer."),
        ):  # fmt: skip
            with self.subTest(told):
                said = sentences.ratio_sentence(ratio(low, middle, high, figure))
                self.assertTrue(plain(said).endswith(told), said)
        self.assertIn("bounded threads take 2.50×",
                      sentences.ratio_sentence(ratio(2, 2.5, 3, cell=bounded)))  # fmt: skip
        for figure in ("wall_s", "rss_bytes", "goodput_per_s", "calls", "latency_p50_s"):
            words = [sentences.verdict_word(verdict, figure) for verdict in Verdict]
            self.assertEqual(len(set(words)), len(Verdict), figure)

    def test_values(self):
        self.hold([
            (sentences.interval_text(interval(None, 1.5, None, 1, None), "s"), "1.50 s"),
            (sentences.interval_text(interval(1, 1.5, 2), "s"), "1.50 s [1.00, 2.00]"),
            (sentences.interval_text(interval(1, 1.5, 2, 5, "extremes"), "s"),
             "1.50 s (1.00 to 2.00)"),
            (sentences.ratio_text(interval(1, 1.5, 2, 5, "extremes")), "1.50×"),
            (sentences.exact_ratio(interval(0.9784, 0.9961, 1.0186)),
             "0.996× [0.978, 1.019]"),
            (sentences.exact_ratio(interval(0.9, 0.9961, 1, 5, "extremes")), "0.996×"),
            (sentences.count_text(Count(312, 312, 312)), "312"),
            (sentences.count_text(Count(311.6, 290, 330)), "312 (290–330)"),
        ])  # fmt: skip

    def test_losses(self):
        four = (4, 4, 4)
        some = summary(ok=(3, 1, 4), timed_out=(0, 0, 1), rejected=(1, 1, 1), shed=(0, 0, 0))
        self.hold([
            (sentences.success_sentence(summary(ok=four)), None),
            (sentences.success_sentence(summary()), None),
            (sentences.success_sentence(some),
             "threads serve 3 (1–4) of 4: 0 (0–1) timed out, 1 rejected."),
            (sentences.success_sentence(summary(ok=(4, 3, 4), rejected=(0, 0, 1))),
             "threads serve 4 (3–4) of 4: 0 (0–1) rejected."),
            (sentences.losses(some, ranges=False), ["0 timed out", "1 rejected"]),
            (sentences.losses(some), ["0 (0–1) timed out", "1 rejected"]),
        ])  # fmt: skip
        cells = (summary(POOL, ok=four), summary(THREADS, ok=(1, 1, 1)))

        def whole(given, *others):
            ratios = (given, *others)
            return sentences.whole_sentence(given, Summaries(cells, ratios, Noise()))

        unequal = ratio(2, 2.5, 3, same_work=False)
        served = "a pool of 50 serves 4, threads 1: not the same work."
        backwards = replace(ratio(2, 2.5, 3, "wall_per_ok_s"), cell=THREADS, baseline=POOL)
        self.hold([
            (whole(ratio(2, 2.5, 3)), sentences.ratio_sentence(ratio(2, 2.5, 3)).replace(
                "\u00a0", " ")),
            (whole(unequal), f"{served} In total the ratio is 2.50× [2.00, 3.00]."),
            (whole(unequal, backwards), f"{served} In total the ratio is 2.50× [2.00, 3.00]."),
            (whole(unequal, replace(ratio(1, 1, 1, "wall_per_ok_s"), interval=None)),
             f"{served} In total the ratio is 2.50× [2.00, 3.00]."),
            (whole(unequal, ratio(0.5, 0.6, 0.7, "wall_per_ok_s")), f"{served} Per served task "
             "it takes 0.600× [0.500, 0.700] as long: faster. In total the ratio is "
             "2.50× [2.00, 3.00]."),
            (whole(ratio(2, 2.5, 3, "rss_bytes", False)),
             "a pool of 50 needs 2.50× [2.00, 3.00] the memory of detached threads: more."),
        ])  # fmt: skip

    def test_what_the_intervals_take_for_granted(self):
        def of(*ratios):
            return " ".join(sentences.control_sentences(Summaries((), ratios, Noise())))

        few = ratio(2, 2.5, 3, n=3, rule="widened")
        told = "are their range, widened: they hold if noise is symmetric and has one peak."
        self.hold([
            (of(), ""), (of(ratio(2, 2.5, 3)), ""),
            (of(ratio(2, 2.5, 3), few, few), f"Intervals of ratios from 3 to 5 blocks {told}"),
        ])  # fmt: skip

    def test_the_machine(self):
        def of(**found):
            return " ".join(sentences.noise_sentences(Noise(**found)))

        share = "of all pairs of runs of one cell the later one was slower:"
        who = "A/A control (pool of 50, 4 tasks, run twice):"
        blind = "It cannot reveal what slows both runs alike."
        missed = "misses 1, as it does by chance in 3 or 4 of 100 sittings."
        canary = ("Canary (the same work in every block), greatest less least time over the "
                  "median:")
        spread = f"{canary} sleep 1.2 %, spin 3.4 %;"
        songs = {"sleep": 0.0123, "spin": 0.0341}
        few = replace(ratio(1, 1, 1), interval=None)
        self.hold([
            (of(), ""), (of(drift=Drift(0.553, 0.01)), f"In 55 % {share} no sign of drift."),
            (of(drift=Drift(1.0, None)), "There are too few blocks to tell whether the machine "
             "drifted."),
            (of(drift=Drift(0.9, 0.009)), f"In 90 % {share} the machine became slower, so "
             "intervals may be too narrow."),
            (of(drift=Drift(0.1, 0.009)), f"In 10 % {share} the machine became faster, so "
             "intervals may be too narrow."),
            (of(a_a=few), f"{who} too few blocks for an interval."),
            (of(a_a=ratio(1, 1, 1, rule="extremes")), f"{who} too few blocks for an interval."),
            (of(a_a=ratio(1.0, 1.01, 1.02)), f"{who} 1.010× [1.000, 1.020]. {blind}"),
            (of(a_a=ratio(0.98, 0.99, 1.0)), f"{who} 0.990× [0.980, 1.000]. {blind}"),
            (of(a_a=ratio(1.001, 1.01, 1.02)), f"{who} 1.010× [1.001, 1.020] {missed}"),
            (of(a_a=ratio(0.98, 0.99, 0.999)), f"{who} 0.990× [0.980, 0.999] {missed}"),
            (of(canary_spread=songs), f"{spread} no block was over 5 % off."),
            (of(canary_spread=songs, noisy_blocks=(2, 4, 5)),
             f"{spread} over 5 % off in blocks 2, 4 and 5."),
            (of(canary_spread=songs, noisy_blocks=(2, 4)),
             f"{spread} over 5 % off in blocks 2 and 4."),
            (of(canary_spread=songs | {"spin": inf}, noisy_blocks=(2,)),
             f"{canary} sleep 1.2 %; over 5 % off in block 2. By this clock, its spin took no "
             "time in most blocks and tells nothing."),
            (of(canary_spread={"sleep": inf, "spin": inf}),
             "By this clock, the canary's sleep and spin took no time in most blocks and "
             "tell nothing."),
            (of(suspended_blocks=(3,)),
             "The machine was suspended in or just before block 3: do not trust it."),
        ])  # fmt: skip

    def test_what_is_missing(self):
        refused = Refusal((POOL, THREADS), "why")
        whole = Summaries((), (), Noise())
        some, none = summary(), summary(n=0)
        self.hold([
            (sentences.theory_note(whole), ""),
            (sentences.theory_note(replace(whole, cells=(some, replace(some, fitted=True)))),
             "Without theory (–) where it takes what creating a thread costs: that was not "
             "measured here, nor is it in any quick run."),
            (sentences.theory_note(replace(whole, cells=(some, replace(none, fitted=True)))), ""),
            (sentences.left_out_sentence(whole), None),
            (sentences.left_out_sentence(replace(whole, left_out=("a", "b"))),
             "Left out: a; b."),
            (sentences.refusals(replace(whole, refusals=(refused,)))[0],
             "pool of 50, 4 tasks; threads, 4 tasks: why"),
        ])  # fmt: skip
