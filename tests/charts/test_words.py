"""Titles: which verdict says what. A row is a chart, what two designs did, its title."""

from __future__ import annotations

import base64
import json
import re
import sys
import tempfile
import unittest
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

import stand_in  # noqa: E402
from driver.draw import axes, chart, draw, look, ratios, titles, view, words  # noqa: E402
from driver.draw import boxes, hero, machines, over_time, planned, scatter, sequence, slide  # noqa: E402
from driver.draw.material import Pair  # noqa: E402
from driver.say import numbers  # noqa: E402
from driver.page import pieces, replay, sliders  # noqa: E402
from driver.reckon.stats import Interval, Verdict  # noqa: E402
from driver.reckon.summary import Count, Noise, Ratio, Summaries, Summary  # noqa: E402

TWO = """
question = "?"
charts = ["{}"]
[options]
tasks = [{}]
[[cells]]
design = "threads"
[[cells]]
design = "pool of 50"
"""
P, T = "a pool of 50", "threads"


def did(wall_s: float = 1.0, **more: Any) -> dict[str, Any]:
    """What a design did: its wall time, and which tasks it lost."""
    lost = {name: more.pop(name) for name in ("rejected", "failed") if name in more}
    ok = 500 - sum(lost.values())
    return {"wall_s": wall_s, "outcomes": {"ok": ok, **lost}, **more}


LOST = did(0.1, rejected=410)
ALL_LOST = did(0.1, rejected=500)
TITLES = [
    ("wall-time", did(1), did(0.5), f"{P} is done 2.00× sooner than {T}"),
    ("wall-time", did(1), did(2), f"{T} finish 2.00× sooner than {P}"),
    ("cost", did(2), did(1), f"{P} is done 2.00× sooner than {T}"),
    ("wall-time", did(1), did(1), f"{P} and {T} take the same time within 2 %"),
    ("wall-time", LOST, did(1), f"{T} lose 82 % of them; {P} serves all in 1.01 s"),
    ("wall-time", did(0.1, rejected=50), did(1),
     f"{T} lose 10 % of them; {P} serves all in 1.01 s"),
    ("wall-time", did(1), LOST, f"{P} loses 82 % of them; {T} serve all in 1.01 s"),
    ("wall-time", ALL_LOST, did(1, rejected=500), "every design loses 100 %"),
    ("wall-time", did(1, rejected=252), did(2, rejected=248),  # as many, yet half of them lost
     f"{T} lose 50 % of them; no design serves them all"),
    ("goodput", did(1), did(0.5), f"{P} serves 2.00× as many tasks per second as {T}"),
    ("goodput", did(1), did(2), f"{T} serve 2.00× as many tasks per second as {P}"),
    ("goodput", ALL_LOST, ALL_LOST, "every design loses 100 %"),
    ("memory", did(rss_bytes=8e7), did(rss_bytes=2e6),
     f"{T} need 40.0× the memory of {P}: 500 alive at once, detached"),
    ("memory", did(threads=55), did(threads=50),  # the remark before the reason
     f"{T} need 1.01× the memory of {P}, though under 2 % is possible: 55 alive at once, detached"),
    ("memory", did(rss_bytes=2e6), did(rss_bytes=8e7),
     f"{P} needs 40.0× the memory of {T}"),
    ("memory", did(rss_bytes=2e6), did(rss_bytes=2e6),
     f"{P} and {T} need the same memory within 2 %"),
    ("outcomes", LOST, did(), f"{T} lose 82 %; {P} loses none"),
    ("outcomes", did(rejected=1), did(), f"{T} lose under 1 %; {P} loses none"),
    ("outcomes", did(failed=499), did(), f"{T} lose over 99 %; {P} loses none"),
    ("outcomes", LOST, LOST, "every design loses 82 %"),
    ("slide", LOST, did(), f"{T} lose 82 %; {P} loses none"),
    ("sweep", did(1), did(2), f"{P} has 2.00× the wall time of {T}"),
    ("sweep", LOST, did(1), f"{T} lose 82 % of them; {P} serves all in 1.01 s"),
    ("cost", did(1), did(2), f"{P} takes 2.00× as long as {T}"),
]  # fmt: skip
ALL_SERVED = [
    ("outcomes", "Every task of every design is served"),
    ("slide", f"All 500 tasks are served by every design; {T} finish 2.00× sooner than "
     f"{P}"),
]  # fmt: skip


class Desk(unittest.TestCase):
    """A test of charts, each of whose materials has a folder of its own."""

    def material(self, asked: stand_in.Experiment, **kw: Any) -> stand_in.Material:
        desk = self.enterContext(tempfile.TemporaryDirectory())
        return stand_in.material(Path(desk), asked, **kw)

    def built(self, name: str, asked: stand_in.Experiment, **kw: Any) -> chart.Chart:
        return draw.build(name, self.material(asked, **kw))


class Titles(Desk):
    def title(
        self, name: str, threads: Mapping, pool: Mapping, n: int = 7, tasks: str = "500"
    ) -> str:
        asked = stand_in.read(TWO.format(name, tasks))
        changes = {"threads-n500": threads, "pool-50-n500": pool}
        return self.built(name, asked, n=n, changes=changes).title

    def test_each_verdict_has_its_words(self) -> None:
        for name, threads, pool, told in TITLES:
            with self.subTest(chart=name, told=told):
                found = self.title(name, threads, pool)
                self.assertEqual(f"With 500 tasks, {told}", found)
        for name, told in ALL_SERVED:
            self.assertEqual(told, self.title(name, did(1), did(2)))

    def test_of_few_runs_it_says_what_was_seen_and_that_they_are_few(self) -> None:
        ends = {1: " in the only run, too few for an interval",
                2: " in each of 2 runs, too few for an interval", 3: "", 6: ""}
        for n, end in ends.items():
            found = self.title("wall-time", did(1), did(2), n=n)
            self.assertRegex(found, rf"threads finish \S+× sooner than a pool of 50{end}$")

    def test_what_is_otherwise_with_the_fewest_tasks_is_said(self) -> None:
        found = self.title("wall-time", did(1), did(2), tasks="50, 500")
        self.assertRegex(found, r"^With 500 tasks, threads finish .*; with 50 tasks, a pool of 50")

    def test_with_the_fewest_tasks_it_speaks_of_the_same_two(self) -> None:
        more = '[[cells]]\ndesign = "pool of 5"\ntasks = [50, 500]\n'
        one = TWO.replace('"threads"', '"threads"\ntasks = [50, 500]')
        asked = stand_in.read(one.format("memory", "50") + more)
        heavy, light = did(rss_bytes=8e6), did(rss_bytes=2e6)
        changes = {"threads-n500": light, "pool-5-n500": heavy, "threads-n50": heavy,
                   "pool-5-n50": light, "pool-50-n50": heavy}  # fmt: skip
        for name, changed in changes.items():
            changes[name] = {**changed, "outcomes": {"ok": int(name.split("-n")[1])}}
        told = self.built("memory", asked, changes=changes).title
        self.assertRegex(told, "a pool of 5 needs 4.*; with 50 tasks, threads need 4.* of a pool of 5:")

    def test_of_each_kind_the_fastest_that_serves_all_is_named(self) -> None:
        text = TWO.format("wall-time", "500") + '[[cells]]\ndesign = "pool of 5"\n'
        changes = {"threads-n500": LOST, "pool-50-n500": did(2), "pool-5-n500": did(1)}
        told = self.built("wall-time", stand_in.read(text), changes=changes).title
        self.assertTrue(told.endswith("; a pool of 5 serves all in 1.01 s"), told)

    def test_only_what_was_done_with_one_setting_is_held_against_each_other(self) -> None:
        text = TWO.replace("[options]", 'compare-by = ["tasks", "api-queue"]\n[options]\n'
                           "api-queue = [0, 9]")  # fmt: skip
        changes = {"threads-api-queue-0-n500": LOST, "pool-50-api-queue-0-n500": did(0.2),
                   "pool-50-api-queue-9-n500": did(0.15)}  # fmt: skip
        m = self.material(stand_in.read(text.format("sweep", "500")), changes=changes)
        sweep, slide = (draw.build(name, m) for name in ("sweep", "slide"))
        self.assertEqual(f"With 500 tasks and an API queue of 0, {T} lose 82 % of them; "
                         f"{P} serves all in 202 ms", sweep.title)  # fmt: skip
        self.assertEqual("API queue", sweep.settings["x_words"])
        self.assertEqual((("threads", "pool of 50"), ()), (sweep.designs, slide.designs))
        self.assertEqual(f"With 500 tasks, {T} lose 82 %; {P} loses none", slide.title)
        self.assertTrue(slide.subtitle.startswith("only API queue 0 · "), slide.subtitle)

    def test_charts_with_needs_of_their_own_say_who_has_more(self) -> None:
        real = '[[cells]]\ndesign = "pool of 50"\napi = "http"\n'
        sizes = '[[cells]]\ndesign = "threads"\n[[cells]]\ndesign = "pool"\nworkers = [5, 50, 99]'
        for name, cells, walls, wanted in (
            ("descriptors", real + real.replace("pool of 50", "threads"), (1, 1),
             f"{T} open 10.0× the connections of {P}"),
            ("descriptors", real + real.replace("pool of 50", "bounded threads of 5"), (1, 1),
             f"{P} opens 10.0× the connections of bounded threads"),
            ("pool-size", sizes, (1, 4, 2, 3),
             f"even {P}, the fastest of 3 sizes, takes 2.00× as long as {T}"),
            ("pool-size", sizes, (4, 4, 2, 3),
             f"{P}, the fastest of 3 sizes, finishes 2.00× sooner than {T}"),
        ):  # fmt: skip
            head = f'question = "?"\ncharts = ["{name}"]\nbaseline = ["threads", "bounded threads"]'
            asked = stand_in.read(f"{head}\n[options]\ntasks = 500\n{cells}")
            changes = {c.name: did(wall) for c, wall in zip(asked.cells, walls)}
            with self.subTest(name, wanted=wanted):
                told = self.built(name, asked, changes=changes).title
                self.assertIn(wanted, told.replace("\u00a0", " "))

    def test_what_is_reckoned_for_a_title(self) -> None:
        believe = did(outcomes={"ok": 400, "silent": 100})
        little = did(outcomes={"ok": 490, "silent": 10})
        for pair in ((believe, little), (little, believe)):
            told = self.title("believed", *pair)
            who = "Threads believe" if pair[0] is believe else "A pool of 50 believes"
            self.assertEqual(f"{who} that 500 of 500 tasks went well; 400 did, and nobody "
                             "notices the 100 wrong answers", told)  # fmt: skip
        asked = stand_in.read(TWO.format("believed", "500"))
        made = self.built("believed", asked).settings  # from what is believed to what is so
        self.assertEqual(("believed_ok", "ok"), (made["figure"], made["other"]))

    def test_where_recorded_runs_differ_is_told_within_a_sentence(self) -> None:
        for more, wanted in (
            ('clock = "virtual"\nspawn-time = "1us"', "as measured, .*; as simulated, with spawn time 1\u00a0µs, "),
            ('clock = "virtual"', "as measured, .*; as simulated, "),
            ('cancel = "none"', "runs as by default, .*; when nobody listens, "),
            ("join = true", "runs detached, .*; joined at the end, "),
            ("api-keeps-working = true", "where the API drops .*; where the API finishes abandoned calls, "),
            ('timeout = "50ms"', "without a timeout, .*; with a timeout of 50\u00a0ms, "),
        ):  # fmt: skip
            design = "threads" if "join" in more else "fibers"
            samples = f'[[samples]]\ndesign = "{design}"\n' * 2 + more
            text = f"{TWO.format('timeline', '4')}\n{samples}"
            with self.subTest(more):
                told = self.built("timeline", stand_in.read(text)).title
                self.assertRegex(told, f"{wanted}{design} take ")

    def test_where_nothing_is_compared_the_ends_are_named(self) -> None:
        text = TWO.format("sweep", "4, 500").replace("threads", "pool of 5")
        changes = {"pool-5-n500": did(1), "pool-50-n500": did(2)}
        told = self.built("sweep", stand_in.read(text), changes=changes)
        self.assertRegex(told.title, r"^Wall time: from 1\.01.s \(pool of 5\) to 2.* \(pool of 50\)$")

    def test_a_figure_that_nobody_told_has_no_panel(self) -> None:
        """As memory in virtual time; of one design alone it is a bar less."""
        told, silent = did(1), did(1, rss_bytes=None)
        for threads, panels in ((silent, ["wall_s", "calls"]),
                                (told, ["wall_s", "calls", "rss_bytes"])):  # fmt: skip
            changes = {"threads-n500": threads, "pool-50-n500": silent}
            asked = stand_in.read(TWO.format("cost", "500"))
            made = self.built("cost", asked, changes=changes)
            self.assertEqual(panels, made.settings["panel_figure"])
            self.assertEqual(threads is told, "–" in made.settings["row_value"])

    def test_one_and_many_have_verbs_of_their_own(self) -> None:
        text = TWO.replace("tasks =", 'service-time = ["1ms", "10ms"]\ntasks =')
        text = text.replace("pool of 50", "bounded threads of 5")
        border = {
            f"{who}-service-time-{d}-n500": did(wall_s)
            for who, d, wall_s in (("threads", "1ms", 2), ("bounded-threads-5", "1ms", 1),
                                   ("threads", "10ms", 2), ("bounded-threads-5", "10ms", 4))
        }  # fmt: skip
        for name, asked, changes, wanted in (
            ("winner", stand_in.read(text.format("winner", "500")), border,
             "Short tasks: bounded threads win; long tasks: threads win"),
            ("rate-limit", stand_in.load("rate-limit", workers=[1], tasks=[500]),
             {"pool-1-n500": did(1), "threads-n500": LOST},
             "1 worker loses none of 500 tasks, threads lose 82 %"),
        ):  # fmt: skip
            with self.subTest(name):
                self.assertEqual(wanted, self.built(name, asked, changes=changes).title)

    def test_load_is_told_at_its_highest(self) -> None:
        asked = stand_in.load("load")
        changes = {}
        for cell in asked.cells:  # the more arrives, the more is turned away
            lost = round(cell.arrivals_per_s * cell.service_s * cell.tasks / 20)
            ends = {"ok": cell.tasks - lost, "rejected": lost}
            changes[cell.name] = {"outcomes": ends}
        most = max(end["outcomes"]["rejected"] / 1200 for end in changes.values())
        m = self.material(asked, changes=changes)
        made: Any = draw.build("load", m)
        told, hollow = made.title, made.settings["cell_hollow"]
        lossy = {m.numbers[s.cell.name] for s in m.cells if words.share_note(s)}
        self.assertTrue(lossy)
        self.assertEqual(lossy, {i for i, each in enumerate(hollow, 1) if each})
        self.assertIn("hollow: tasks were lost", made.subtitle)
        self.assertEqual(f"At 95 % load, threads have {numbers.show_share(most)} turned away;"
                         " one task in ten waits over 40.0 ms in a pool of 10", told)  # fmt: skip

    def test_a_thread_costs_what_threads_do_whoever_ran_first(self) -> None:
        costs = (("fibers", "", 4), ("threads", "join", 9000), ("threads", "", 8500))
        rows = [{"kind": kind, "varied": varied, "resident_bytes": size}
                for kind, varied, size in costs]  # fmt: skip
        for shown, told in ((rows, "thread alive costs 8.50 kB, of which RSS shows 8.50 kB"),
                            (rows[:1], "fiber alive costs 4 B,")):  # fmt: skip
            view: Any = SimpleNamespace(
                figures=["resident_bytes", "slab_bytes"], material=SimpleNamespace(
                    tables={"costs": SimpleNamespace(rows=shown)}))  # fmt: skip
            self.assertIn(told, titles.thread_cost(view))


def of(design: str, ok: int = 100, fewest: int | None = None, **figures: float) -> Summary:
    """What became of 100 tasks in the median run, and in the worst."""
    asked = stand_in.read(f'question = "?"\n[[cells]]\ndesign = "{design}"\ntasks = 100')
    least = ok if fewest is None else fewest
    ends = {"ok": Count(ok, least, ok), "rejected": Count(100 - ok, 100 - ok, 100 - least)}
    known = {k: Interval(v, None, None, 1, None, v, v) for k, v in figures.items()}
    return Summary(asked.cells[0], 1, (), known, ends)


def seen(*cells: Summary, **more: Any) -> Any:
    """A view of these cells, in which a design's name is enough."""
    spoken = lambda cell, but="": view.names.spoken(cell.design)  # noqa: E731
    found = SimpleNamespace(
        cells=list(cells), spoken=spoken, full=spoken, among=lambda _: found, unit="s",
        value=lambda s, figure="wall_s": s.figures.get(figure), **more)  # fmt: skip
    return found


class Reckoned(unittest.TestCase):
    """Titles that are reckoned, to the letter."""

    def pools(self, *ok: int) -> list[Summary]:
        return [of(f"pool of {size}", n) for size, n in enumerate(ok, start=1)]

    def test_who_loses_how_much(self) -> None:
        a, b, c = "a pool of 1", "a pool of 2", "a pool of 3"
        for ok, told in (
            ((100,), "no design loses any in the median run"), ((50,), f"{a} loses 50 %"),
            ((50, 50), "every design loses 50 %"),
            ((50, 100, 100, 100), f"{a} loses 50 %; {b}, {c} and a pool of 4 lose none"),
            ((50, 100, 100, 100, 100), f"{a} loses 50 %; all others lose none"),
            ((50, 50, 50, 100), f"{a}, {b} and {c} lose 50 %; a pool of 4 loses none"),
            ((50, 50, 50, 50, 100), "4 of 5 cells lose 50 %; a pool of 5 loses none"),
            ((40, 30, 20, 10), f"a pool of 4 loses 90 %; {c} loses 80 %; {b} loses 70 %; "
             "1 other loses some"),
            ((10, 20, 30, 40, 40), f"{a} loses 90 %; {b} loses 80 %; {c} loses 70 %; "
             "2 others lose some"),
        ):  # fmt: skip
            peers = self.pools(*ok)
            found = titles.losses_of(seen(*peers), peers)
            self.assertEqual(f"with 100 tasks, {told}", found)
        peers = self.pools(10, 20, 30)
        one, two = f"{a} loses 90 %", f"{a} loses 90 %; {b} loses 80 %"
        for room, told in ((len(two), f"{two}; 1 other loses some"),
                           (len(two) - 1, f"{one}; 2 others lose some"),
                           (1, f"{one}; 2 others lose some")):  # fmt: skip
            with mock.patch.object(titles, "ROOM", room):
                found = titles.losses_of(seen(*peers), peers)
            self.assertEqual(f"with 100 tasks, {told}", found)
        once = [*self.pools(50, 100, 100), of("pool of 4", 100, 90)]
        self.assertEqual(f"with 100 tasks, {a} loses 50 %; {b} and {c} lose none; a pool of 4 "
                         "loses none in the median run", titles.losses_of(seen(*once), once))  # fmt: skip
        many = [*self.pools(50, *[100] * 4), of("pool of 9", 100, 90)]
        self.assertEqual(f"with 100 tasks, {a} loses 50 %; 4 others lose none; a pool of 9 "
                         "loses none in the median run", titles.losses_of(seen(*many), many))  # fmt: skip
        few = of("pool of 9", 20)
        few = replace(few, cell=replace(few.cell, tasks=50))
        for cells, told in (
            (self.pools(100, 100), "every task of every design is served"),
            ([of("threads", 100, 99)], "with 100 tasks, no design loses any in the median run"),
            ([few, *self.pools(50)], f"with 100 tasks, {a} loses 50 %"),
        ):  # fmt: skip
            self.assertEqual(told, titles.losses(seen(*cells)))

    def test_a_slide_names_what_became_of_all_that_was_lost(self) -> None:
        for lost, told in (({"rejected": 70}, "70 turned away"), ({"timed_out": 70}, "70 timed out"),
                           ({"rejected": 40, "failed": 30}, "70 lost"), ({}, "0 lost")):  # fmt: skip
            ends = {name: Count(n, n, n) for name, n in lost.items()}
            ok = 100 - sum(lost.values())
            found = replace(of("threads"), outcomes={
                "ok": Count(ok, ok, ok), "silent": Count(0, 0, 3), **ends})  # fmt: skip
            self.assertEqual(told, slide._lost(found))

    def test_how_many_workers_are_safe(self) -> None:
        threads, more = of("threads", 20), of("bounded threads of 9", 10)
        fewer = [replace(s, cell=replace(s.cell, tasks=10)) for s in (*self.pools(0, 100), threads)]
        for cells, told in (
            ([threads, more, *self.pools(100, 100, 50, 40, 30)[::-1]],
             "2 workers lose none of 100 tasks, 3 lose 50 %, 5 lose 70 %, threads lose 80 %"),
            (self.pools(100), "1 worker loses none of 100 tasks"),
            (self.pools(50), "1 loses 50 %"), (self.pools(50, 40), "1 loses 50 %, 2 lose 60 %"),
            ([of("pool of 5", 100, 99), threads], "threads lose 80 %"),
            ([*self.pools(100, 50), *fewer], "1 worker loses none of 100 tasks, 2 lose 50 %"),
            ([of("threads")], "every task of every design is served"),
        ):  # fmt: skip
            self.assertEqual(told, titles.safe(seen(*cells)))

    def test_how_far_what_is_simulated_is_off(self) -> None:
        def twin(off: float, tasks: int, aspect: str = "time") -> Any:
            return SimpleNamespace(ratios={aspect: 1}, off={aspect: off}.get,
                                   measured=SimpleNamespace(tasks=tasks))  # fmt: skip

        few = of("pool of 9", wall_s=9.0)
        few = replace(few, cell=replace(few.cell, tasks=10))
        found = seen(few, of("threads", wall_s=2.0), of("pool of 5", wall_s=3.0),
                     material=SimpleNamespace(runs=(), experiment=SimpleNamespace(cells=())))
        last = "for 100 tasks, threads take 2.00 s and a pool of 5 takes 3.00 s"
        up_to = "up to 70 tasks, simulated and measured times differ by"
        for twins, told in (
            ([], last), ([twin(0.9, 999, "ok")], last),
            ([twin(0.03, 70), twin(0.05, 7), twin(9.0, 999, "ok")],
             f"{up_to} 5 % at most; {last}"),
            ([twin(0.001, 70)], f"{up_to} under 1 % at most; {last}"),
            ([twin(1.5, 70), twin(0.1, 9)], f"{up_to} 2.50× at most; {last}"),
        ):  # fmt: skip
            with mock.patch.object(titles.simulated, "twins", return_value=twins):
                self.assertEqual(told, titles.scale(found))


class Templates(unittest.TestCase):
    """Which pair a title is of, what is told of it, and where that holds."""

    def test_of_whom_it_speaks(self) -> None:
        pool = [of(f"pool of {n}", wall_s=w) for n, w in ((9, 2), (5, 1), (7, 3))]
        threads, bounded = of("threads", wall_s=2), of("bounded threads of 9", wall_s=9)
        few = replace(pool[2], cell=replace(pool[2].cell, tasks=10, name="few"))
        one = of("pool of 1", wall_s=1.5)
        for speaks, over, who in (
            ("", [few, *pool], pool[0]), ("", pool[::-1], pool[0]),
            ("least", pool, pool[1]), ("most", pool, pool[2]), ("", [few], few),
            ("", [threads, one], one), ("", [bounded, threads], bounded), ("", [], None),
        ):  # fmt: skip
            pairs = [Pair(each, base) for base in (one, threads) for each in over]
            chart = SimpleNamespace(speaks=speaks)
            found = seen(*over, chart=chart, material=SimpleNamespace(pairs=pairs))
            panel: Any = SimpleNamespace(cells=[one, *over], figure="wall_s")
            told = words.speaking(found, panel)
            self.assertEqual(who and Pair(who, one), told, speaks)
        panel.cells = [threads]
        found.material.pairs = [Pair(pool[0], threads)]
        self.assertIsNone(words.speaking(found, panel))

    def test_where_it_holds(self) -> None:
        pair = Pair(of("threads"), of("pool of 5"))
        for later, split, words_, conditions, told in (
            (False, "", "", ["tasks", "a"], "with 100 tasks in a, so"),
            (True, "", "", ["tasks", "a"], "so"), (True, "a", "w", ["a", "b"], "in a, so"),
            (True, "tasks", "w", ["tasks"], "with 100 tasks, so"),
            (False, "a", "w", ["a", "b"], "with 100 tasks in a in b, so"),
            (False, "a", "", [], "with 100 tasks, so"),
        ):  # fmt: skip
            found = seen(split=split, conditions=conditions, where=lambda _, name: f"in {name}")
            with mock.patch.object(words, "claim", return_value="so"):
                panel: Any = SimpleNamespace(words=words_)
                self.assertEqual(told, words._placed(found, panel, pair, later))
        for where, told in (
            (["with a", "with b"], "with a and b"), (["with a", "in b", "with c"], "with a in b with c"),
            (["with a", "without b"], "with a without b"), (["as a"], "as a"),
        ):  # fmt: skip
            self.assertEqual(told, words._in_a_row(where))

    def test_how_many_panels_a_title_is_of(self) -> None:
        half, less = of("threads", 50), of("threads", 49)
        few = replace(less, cell=replace(less.cell, tasks=10))
        for family, split, x, unit, cells, told in (
            ("scatter", "a", "tasks", "s", [half], "One False; two True"),
            ("bars", "a", "tasks", "s", [half], "One False"),
            ("scatter", "", "tasks", "s", [half], "One False; else"),
            ("scatter", "", "workers", "s", [half], "One False"),
            ("bars", "", "x", "s", [half, few], "One False"),
            ("bars", "", "x", "s", [less], "Lost"), ("bars", "", "x", "1/s", [less], "Lost"),
            ("bars", "", "x", "bytes", [less], "One False"),
            ("bars", "", "x", "s", [less, half], "One False"),
        ):  # fmt: skip
            found = seen(*cells, panels=["one", "two"], split=split, x=x,
                         chart=SimpleNamespace(family=family, words={}))  # fmt: skip
            found.unit = unit
            with (
                mock.patch.object(words, "speaking", lambda _, panel: panel),
                mock.patch.object(words, "_placed", lambda _, __, pair, n: f"{pair} {n}"),
                mock.patch.object(words, "_at_the_fewest", return_value=["else"]),
                mock.patch.object(titles, "losses", return_value="lost"),
            ):
                self.assertEqual(told, words.title(found))

    def test_which_cells_have_a_phrase(self) -> None:
        cells = [of(d) for d in ("threads", "pool of 1", "pool of 3", "bounded threads of 9")]
        few = replace(cells[2], cell=replace(cells[2].cell, tasks=10))
        for of_, shown, told in (
            ("", cells[:3], "threads: threads, pool of 1, pool of 3"),
            ("largest", cells, "pool of 3: pool of 3"),
            ("largest", [few, *cells[:2]], "pool of 1: pool of 1"),
            ("largest", [cells[0]], "threads: threads"),
            ("largest", [cells[0], cells[3], few], "threads: threads, bounded threads"),
        ):  # fmt: skip
            found = seen(*shown, chart=SimpleNamespace(words={"of": of_, "joint": ", "}))
            ends = {"each": "", "head": ": "}
            with mock.patch.object(words, "fill", lambda _, key, s: (
                    view.names.short(s.cell.design) + ends[key])):  # fmt: skip
                self.assertEqual(told, words._each(found))

    def test_where_no_pair_speaks_the_ends_are_named(self) -> None:
        a, b, c = of("pool of 5", wall_s=3), of("threads", wall_s=2), of("pool of 5", wall_s=2)
        d = of("pool of 9", wall_s=2)
        few = replace(b, cell=replace(b.cell, tasks=10))
        whole = "Wall time: from 2.00 s (threads) to 3.00 s (pool of 5)"
        for cells, room, told in (
            ([a, b, few], len(whole) + 1, whole),
            ([a, b, few], len(whole), "Wall time: 2.00 s to 3.00 s"),
            ([a, c], 99, "Wall time: from 2.00 s (apart) to 3.00 s (apart)"),
            ([b, d], 99, "Wall time of threads with 100 tasks: 2.00 s"),
            ([few], 99, "Wall time of threads with 10 tasks: 2.00 s"),
        ):  # fmt: skip
            found = seen(*cells, figures=["wall_s"], name=lambda c: view.names.short(c.design),
                         apart=lambda _: "apart")  # fmt: skip
            with mock.patch.object(words, "ROOM", room):
                self.assertEqual(told, words._alone(found))


    def test_what_templates_may_name(self) -> None:
        pool, threads = of("pool of 5", wall_s=2.0), of("threads", 75, threads=7.4)
        stopped = {"cancelled": Count(3, 3, 3), "not_started": Count(4, 4, 4)}
        stopped = replace(threads, outcomes={**threads.outcomes, **stopped})
        none = dict.fromkeys(stopped.outcomes, Count(0, 0, 0))
        pool = replace(pool, outcomes={**none, **pool.outcomes})
        panel: Any = SimpleNamespace(cells=[pool, threads], figure="wall_s", words="")

        def facts(over: Summary, base: Summary, ratio: Any = None, *runs: Any) -> Any:
            found = seen(pool, threads, condition=lambda _: "", clock="wall_s",
                         material=SimpleNamespace(runs=runs), apart=lambda cell, but: f"all but {but}")  # fmt: skip
            return words.facts(found, panel, Pair(over, base), ratio)

        told = facts(pool, stopped)
        for key, wanted in (
            ("lost", "25 %"), ("loser", "threads"), ("who", "a pool of 5"), ("W", "5"),
            ("sizes", 1), ("N", "100 tasks"), ("value", "2.00 s"), ("figure", "wall time"),
            ("r", "1.00×"), ("setting", "all but tasks"), ("undone", "all tasks done"),
            ("threads", "– alive at once"), ("base_threads", "7 alive at once, detached"),
            ("served", "a pool of 5 serves all in 2.00 s"),
        ):  # fmt: skip
            self.assertEqual(wanted, told[key] if key == "sizes" else f"{told[key]}", key)
        told = facts(stopped, pool)
        self.assertEqual(("7 tasks not done", "–", "100"),
                         (told["undone"], told["value"], told["W"]))  # fmt: skip
        for median, wanted in ((4.0, "4.00×"), (0.25, "4.00×"), (0.0, "∞×")):
            ratio: Any = SimpleNamespace(interval=SimpleNamespace(median=median))
            self.assertEqual(wanted, facts(pool, stopped, ratio)["r"])
        ratio.interval = None
        self.assertEqual("1.00×", facts(pool, stopped, ratio)["r"])
        once = replace(pool, outcomes={**pool.outcomes, "ok": Count(100, 90, 100)})
        always, all_in = of("threads", wall_s=3.0), "a pool of 5 serves all in 2.00 s"
        for panel.cells, told in (([once], f"{all_in} in the median run"),
                                  ([once, always], "threads serve all in 3.00 s")):  # fmt: skip
            self.assertEqual(told, f"{facts(once, always)['served']}")

        def ran(asked: Any, cell: Any = threads.cell) -> Any:
            return SimpleNamespace(cell=cell, record=asked and {"config": asked})

        joined, end = {"join": True}, "7 alive at once, joined at the end"
        for runs, wanted in (
            ([ran(None), ran(joined)], end), ([ran(joined, pool.cell)], f"{end[:15]}, detached"),
            ([ran({"detach": False})], end), ([ran({"detach": True})], f"{end[:15]}, detached"),
            ([ran({"join": None})], end[:15]), ([ran({"join": False})], f"{end[:15]}, detached"),
        ):  # fmt: skip
            self.assertEqual(wanted, facts(stopped, pool, None, *runs)["threads"])

    def test_what_was_run_and_what_a_cell_shows(self) -> None:
        def cell(design: str, **more: Any) -> Summary:
            found = of(design, wall_s=2.0)
            return replace(found, cell=replace(found.cell, options={
                **found.cell.options, **more}))  # fmt: skip

        few, more = (cell("threads", **{"api-capacity": n}) for n in (5, 6))
        slow, free = cell("threads", **{"service-time": "1s", "api-capacity": 5}), cell("threads")
        rated, both = cell("threads", **{"api-rate": "50/s"}), cell("threads", **{"api-capacity": 5, "api-rate": "6000/s"})
        once, takes, serves = "one run each", "each call takes 10 ms", "the API serves 5 at once"
        for cells, told in (
            ([few], [once, takes, serves]), ([few, more], [once, takes, ""]),
            ([few, slow], [once, "", serves]), ([free], [once, takes, ""]),
            ([few, free], [once, takes, ""]),
            ([rated], [once, takes, "the API lets 50.0/s through"]),
            ([both], [once, takes, f"{serves} and lets 6\u202f000/s through"]), ([few, both], [once, takes, ""]),
        ):  # fmt: skip
            self.assertEqual(told, [numbers.bound(part).replace("\u00a0", " ")
                                    for part in words.conditions(cells)])  # fmt: skip
        apart, alike = Interval(2, 1, 3, 6, 0.97, 1, 3, "ranks"), Interval(2, 2, 2, 6, 0.97, 2, 2, "ranks")
        for interval, short, told in (
            (apart, (), "2.00 s [1.00, 3.00]"), (apart, (True,), "2.00 s"), (alike, (), "2.00 s"),
        ):  # fmt: skip
            found = replace(free, figures={"wall_s": interval})
            self.assertEqual(told, words.value_words(seen(), found, "wall_s", *short))
        self.assertEqual("–", words.value_words(seen(), free, "calls"))
        ends = dict(zip(("median", "low", "high", "n", "coverage"), (1.02, 1.02, 1.02, 2, 0.5)))
        for low, high, key in ((1.02, 1.5, "cannot"), (1.03, 1.5, "more"), (0.5, 0.98, "cannot"),
                               (0.5, 0.97, "less")):  # fmt: skip
            few_: Any = Interval(**ends, minimum=low, maximum=high, rule="extremes")
            found_ratio = Ratio("wall_s", few.cell, few.cell, few_, Verdict.CANNOT_TELL)
            self.assertEqual(key, words.key_of(found_ratio)[0])
        self.assertEqual(("cannot", ""), words.key_of(replace(found_ratio, interval=None)))


class Remarks(Desk):
    """What stands below a title, or beside a mark."""

    def test_each_to_the_letter(self) -> None:
        def bar(n: int, coverage: float, rule: str | None = "ranks") -> Interval:
            return Interval(2.0, 1.0, 3.0, n, coverage, 1.0, 3.0, rule)

        def runs(*counts: int) -> list[Any]:
            return [SimpleNamespace(n=n) for n in counts]

        def ok(share: float) -> Any:
            return SimpleNamespace(share_ok=share)

        sure, surer, few = bar(6, 0.968), bar(9, 0.99), bar(5, 0.93, "extremes")
        held = "bars hold the median with at least 96 % confidence"
        dashed = "dashed bars: least to greatest of few runs"
        noise: Any = Noise()
        lines = view.PHRASES["cancel"]
        for found, told in (
            (words.bars_words([surer, sure]), held), (words.bars_words([few]), dashed),
            (words.bars_words([sure, few]), f"{held}, {dashed}"),
            (words.bars_words([]), ""), (words.runs_words(runs(1, 1)), "one run each"),
            (words.runs_words(runs(9, 6)), "medians of 6 to 9 runs"),
            (words.runs_words(runs(6, 6)), "medians of 6 runs"),
            (words.share_note(ok(0.9)), "90 % ok"), (words.share_note(ok(0.994)), "99 % ok"),
            (words.share_note(ok(0.995)), ""), (words.share_note(ok(1.0)), ""),
            (words.left_out_words(Summaries((), (), noise, left_out=("a: why", "b: so"))),
             "not run: a; b"),
            (words.left_out_words(Summaries((), (), noise, complete=False)), "incomplete"),
            (words.left_out_words(Summaries((), (), noise, left_out=("a", "b", "c"))),
             "not run: 3 cells, listed in the report"),
            (sequence._cut("pool of 50 (memory limit 64 MiB), 500 tasks", "pool of 50", 9),
             "pool of 50 (… 64 MiB), 500 tasks"),
            (lines["between"], "when listening between tasks"),
            (lines["within"], "when listening within the call"),
            (lines["none"], "when nobody listens"),
            (view.PHRASES["clock"], {"None": "measured", "virtual": "simulated"}),
            (scatter.OF_FIGURE["lost"], ("rejected",)),
            (scatter.OF_FIGURE["accepted"], ("ok", "believed_ok")),
            (scatter.OF_FIGURE["goodput"], ("goodput_per_s",)),
            (scatter.OF_FIGURE["wait"], scatter.OF_FIGURE["short-run wait"]),
        ):  # fmt: skip
            self.assertEqual(told, found)

    def test_of_a_full_subtitle_the_warning_is_the_last_to_go(self) -> None:
        told = [f"remark {n} of a chart that has very much to say" for n in range(9)]
        noise: Any = Noise()
        found = Summaries((), (), noise, left_out=("pool-5: takes 20 s",), complete=False)
        shown: Any = SimpleNamespace(
            chart=SimpleNamespace(name="a", words={}, question="?"),
            material=SimpleNamespace(machine="2 CPUs", summaries=found))  # fmt: skip
        made = words.sheet(shown, "so", told, (), (), {})
        lines = chart.fit_subtitle(made.subtitle)
        self.assertRegex(" · ".join(lines), "^incomplete · not run: pool-5 · remark 0 .* remark 3")
        self.assertTrue(made.subtitle.endswith(" · remark 8 of a chart that has very much to "
                                               "say · 2 CPUs"), made.subtitle)  # fmt: skip

    def test_theory_says_what_it_leaves_out_of_the_marks(self) -> None:
        less = "pale lines: theory, without start and end of the process"
        own = 'figure = "inner_wall_s"\n' + TWO
        virtual = TWO.replace("[options]", '[options]\nclock = "virtual"')
        for name, text, told in (
            ("wall-time", TWO, less), ("wall-time", own, "pale lines: theory"),
            ("wall-time", virtual.replace('"threads"', '"fibers"').replace("pool", "fiber pool"),
             "pale lines: theory"),
            ("goodput", TWO, "pale lines: theory"), ("memory", TWO, ""),
        ):  # fmt: skip
            asked = stand_in.read(text.format(name, "50, 500"))
            parts = self.built(name, asked).subtitle.split(" · ")
            self.assertEqual([told] if told else [], [p for p in parts if "theory" in p], name)

    def test_machines_are_counted_by_their_own_intervals(self) -> None:
        ends = ((1.5, 1.1, 2.0), (1.2, 1.0, 2.0), (0.5, 0.4, 0.9), (0.6, 0.5, 0.97),
                (1.0, 0.985, 1.015), (1.02, 1.01, 1.03), (1.0, None, None))  # fmt: skip
        lines = [
            {"machine": number, "cpu": "x", "cpus": "2", "workers": 50, "tasks": 500,
             "n": "6", "figure": "ratio_wall_s", "design": "worker-pool", "bound": 0,
             "base": "threads",
             **dict(zip(("median", "low", "high"), each))}
            for number, each in enumerate(ends, start=1)
        ]  # fmt: skip
        made: Any = machines.build([lines], [1, 2, 3, 4, 5, 6, 7, 8])
        self.assertEqual(
            "Wall time of a pool of 50 with 500 tasks over threads on 8 machines: more on 1, "
            "less on 2, same on 1, perhaps more on 1, cannot tell on 1, too few runs on 1, "
            "not compared on 1", made.title,
        )  # fmt: skip
        self.assertEqual([0, 0, 0, 0, 0, 0, 1], made.settings["mark_hollow"])
        self.assertIn("ratio of wall time: right of 1", made.settings["x_words"])
        panels = [[{**lines[0], "varied": told}] for told in ("api-capacity=50", "")]
        twice: Any = machines.build(panels, [1])
        self.assertEqual(["500 tasks, API of 50", "500 tasks"],
                         twice.settings["panel_words"])  # fmt: skip
        panels[0][0]["figure"] = "ratio_wall_per_ok_s"  # not the same work
        unequal: Any = machines.build(panels, [1])
        self.assertEqual(["500 tasks, API of 50 *", "500 tasks"],
                         unequal.settings["panel_words"])  # fmt: skip
        self.assertIn("wall time (*: time per served task):", unequal.settings["x_words"])
        self.assertEqual(["500 tasks, API of 50, time per served task",
                          "500 tasks, wall time"], [row[1] for row in unequal.rows])  # fmt: skip
        panels[0][0]["figure"] = "ratio_wall_s"
        self.assertIn(f"of {P} with 500 tasks over threads", twice.title)
        twice = machines.build(panels[::-1], [1])
        self.assertIn(f"{P} with 500 tasks (API of 50) over threads", twice.title)
        pool = {**lines[0], "design": "elastic-pool", "cell": "a", "baseline": "b"}
        base = {**pool, "design": "thread-per-task", "workers": 0, "bound": 9, "cell": "b",
                "figure": "runs"}  # fmt: skip
        other: Any = machines.build(machines._cells([pool, base]), [1])
        self.assertIn("of an elastic pool of 50 with 500 tasks over bounded threads on 1 mach",
                      other.title)  # fmt: skip
        self.assertIn("more than bounded threads", other.settings["x_words"])

    def test_a_plan_shows_the_median_of_its_seeds_and_who_meets_it(self) -> None:
        def point(workers: int, meets: bool, *waits: float) -> dict[str, Any]:
            values = {"p50 wait": [0.01], "p99 wait": list(waits)}
            return {"design": "pool", "workers": workers, "meets": meets,
                    "values": values, "theory": {}}  # fmt: skip

        points = [point(20, False, 1.0, 2.0, 9.0), point(30, True, 0.1, 0.2, 0.3),
                  point(40, True, 0.1, 0.1, 0.1), point(50, False, 1.0, 1.0, 1.0)]  # fmt: skip
        found = {"target": ["p99 wait < 1s"], "workers": 30, "knee": 20, "points": points,
                 "collapse": {"workers": 50}, "limits": {"p99 wait": 1.0}}  # fmt: skip
        self.assertEqual("30 workers are the fewest that meet p99 wait < 1s; 50 are too many",
                         planned._title(found))  # fmt: skip
        missed = {**found, "confirmed": [{"workers": 30, "misses": ["p99 wait < 1s"]}]}
        self.assertEqual("in virtual time, 30 workers are the fewest that meet p99 wait < 1s; "
                         "real threads did not confirm it here", planned._title(missed))  # fmt: skip
        made: Any = planned._settings(found, points)
        self.assertEqual((30, 40), (made["band_low"], made["band_high"]))
        again: Any = planned._settings(found, [*points, point(60, True, 0.1, 0.1, 0.1)])
        self.assertEqual((30, 40), (again["band_low"], again["band_high"]))
        marks = zip(made["mark_panel"], made["mark_second"], made["mark_y"])
        waits = [(second, y) for panel, second, y in marks if panel == 1]
        self.assertEqual([(1, 0.01), (0, 2.0), (1, 0.01), (0, 0.2)], waits[:4])
        told = lambda each: list(zip(*(each[f"limit_{k}"] for k in ("panel", "y", "words"))))  # noqa: E731
        self.assertEqual([(1, 1.0, "p99 wait")], told(made))
        asked = {**found, "limits": {"p99 wait": 0.1, "p50 wait": 0.02, "lost": 0.1}}
        both: Any = planned._settings(asked, points)
        self.assertEqual([(1, 0.02, "p50 wait"), (1, 0.1, "p99 wait"), (3, 0.1, "")],
                         told(both))  # fmt: skip
        self.assertEqual([], told(planned._settings({**found, "limits": {"p90 wait": 1}}, points)))
        self.assertEqual(["goodput", "lost", "in flight", "calls"], [
            m for each in planned.PANELS if planned._flat(found, each) for m in each[2]])

    def test_the_ruler_and_its_simulation(self) -> None:
        m = self.material(stand_in.read(TWO.format("control", "500")))
        made: Any = draw.build("control", m)
        self.assertRegex(made.title, r"in the median it may differ from itself by up to .* %$")
        name = m.summaries.noise.a_a.cell.name
        walls = {role: {r.block: r.hyperfine.wall_s for r in m.runs
                        if r.cell.name == name and r.role is role}
                 for role in (stand_in.Role.A_A, stand_in.Role.MEASURE)}  # fmt: skip
        again, first = walls.values()
        self.assertEqual([again[b] / first[b] for b in sorted(again)],
                         made.settings["mark_x"][1:])  # fmt: skip
        twin: Any = lambda off: SimpleNamespace(  # noqa: E731
            ratios={"time": Interval(1 + off, None, None, 1, None, 1, 1)}, off=lambda _: off,
            measured=m.experiment.cells[0])  # fmt: skip
        told = ratios._closeness([twin(0.05), twin(0.06), twin(0.2)])
        self.assertIn("within 5 % of what is measured: 1 of 3 simulated times", told)
        self.assertTrue(told.endswith("(1.20×)"), told)

    def test_what_is_dashed_is_told_where_it_is_drawn(self) -> None:
        text = stand_in.FOUR.format(charts=["timeline"]).replace("[50, 500]", "500")
        text = text.replace("[options]", '[options]\ndistribution = "exponential"')
        for few, told in (("5", "Graham: bounds of any order"),
                          ("40", "dashed: Graham's bounds, of any order")):  # fmt: skip
            asked = stand_in.read(text.replace("[5, 50]", f"[{few}, 50]"))
            asked = replace(asked, samples=asked.samples[1:3])
            self.assertIn(told, self.built("timeline", asked).subtitle)

    def test_bounds_and_what_is_dark_are_told_as_the_options_make_them(self) -> None:
        long = "dark: over 3 times as long as usual"
        for options, wanted, unwanted in (
            ("distribution = 'exponential'", [long, "Graham"], "hung"),
            ("distribution = 'exponential'\narrivals = 'fixed:900/s'", [long], "Graham"),
        ):  # fmt: skip
            text = TWO.format("timeline", "500") + '[[samples]]\ndesign = "pool of 20"\n'
            asked = stand_in.read(text.replace("[options]", f"[options]\n{options}"))
            with self.subTest(options):
                made = self.built("timeline", asked)
                for each in wanted:
                    self.assertIn(each, made.subtitle)
                self.assertNotIn(unwanted, made.subtitle)
        hang: Any = [SimpleNamespace(cell=c) for c in stand_in.load("hang").samples]
        self.assertEqual("dark: hung", boxes._long_words(hang))
        self.assertEqual("", boxes._long_words([]))

    def test_calls_that_are_not_equal_are_not_told_as_equal(self) -> None:
        for options, told in (
            ("", "each call takes 10 ms"),
            ("distribution = 'exponential'", "calls take 10 ms on average"),
            ("distribution = 'lognormal:p50=1s,p99=2s'", ""),
        ):  # fmt: skip
            (cell,) = stand_in.read(f'question = "?"\n[[cells]]\ndesign = "pool"\n{options}').cells
            shown: Any = [SimpleNamespace(n=1, cell=cell)]
            self.assertEqual(told, words.conditions(shown)[1])

    def test_an_empty_frame_says_what_is_missing(self) -> None:
        for figure, told in (("latency_p99_s", "p99 latency, which takes 1 000 tasks, so"),
                             ("stop_s", "time to stop, so")):  # fmt: skip
            asked = stand_in.read(f'figure = "{figure}"' + TWO.format("sweep", "500"))
            said = self.built("sweep", asked).nothing.replace("\u202f", " ")
            self.assertRegex(said, f"^no run can tell the {told}")

    def test_a_title_of_single_runs_says_so(self) -> None:
        """Beside it stand the medians of all runs, which are others."""
        for name, told in (
            ("comparison", {"timeline": "In the recorded runs with 500 tasks, threads lose",
                            "in-flight": "The API takes 50: in the recorded runs with 500"}),
            ("hang", {"hang": "In the recorded runs"}),
            ("shapes", {"shapes": "not the work: in the recorded runs, 100 tasks take"}),
        ):  # fmt: skip
            m = self.material(stand_in.load(name))
            for chart, words in told.items():
                self.assertIn(words, draw.build(chart, m).title)

    def test_an_axis_of_rates_has_its_name_with_and_without_a_setting(self) -> None:
        for overrides, told in (
            ({}, ["No retry budget: tasks ok per second",
                  "Retry budget 10\u00a0%: tasks ok per second"]),
            ({"retry-budget": "10%"}, ["Tasks ok per second"]),
        ):  # fmt: skip
            asked = stand_in.load("retry-storm", quick=True, **overrides)
            made = self.built("retry-storm", asked)
            self.assertEqual(told, made.settings["panel_words"])

    def test_each_panel_has_its_own_outage(self) -> None:
        for outages, told in ((["1s,500ms"], ["the API is out for 500 ms", "200 arriving "]),
                              (["1s,500ms", "2s,1s"], ["dotted: arriving"])):  # fmt: skip
            asked = stand_in.load("retry-storm", quick=True, **{
                "retry-budget": "10%", "api-outage": outages, "arrivals": "fixed:200/s"})  # fmt: skip
            made: Any = self.built("retry-storm", asked)
            ends = list(zip(made.settings["outage_from"], made.settings["outage_to"]))
            self.assertEqual([(1.0, 1.5), (2.0, 3.0)][: len(outages)], ends)
            remarks = made.subtitle
            self.assertEqual(len(outages) == 1, "the API is out for" in remarks, remarks)
            self.assertEqual([200.0] * len(outages), made.settings["arrivals_per_s"])
            self.assertIn("up to ", remarks)

    def test_who_stays_down_is_not_who_recovers(self) -> None:
        cells = [stand_in.four().cells[n] for n in (0, 5)]
        those: Any = SimpleNamespace(full=lambda cell, but="": cell.design.kind)
        tapes: Any = [SimpleNamespace(cell=cell, view=those) for cell in cells]
        found: Any = {cell.name: SimpleNamespace(recovers=bool(n))
                      for n, cell in enumerate(cells)}  # fmt: skip
        told = over_time._recovery(tapes, found)
        self.assertEqual("in the recorded runs, threads stay down after the outage; bounded "
                         "threads recover", told)  # fmt: skip


class Numbers(Desk):
    def test_what_is_not_all_is_never_rounded_to_all_nor_to_nothing(self) -> None:
        rows = {0: "0 %", 1e-5: "under 1 %", 0.101: "10 %", 0.999: "over 99 %", 1: "100 %"}
        for share, told in rows.items():
            self.assertEqual(told, numbers.show_share(share))

    def test_the_machine_is_told_in_the_order_and_the_units_of_people(self) -> None:
        facts = {"schema_version": 1, "sections": [], "warnings": [], "seed": 7,
                 "no_constants": None,
                 "limits": {"stack_bytes": None}, "memory_bytes": 25276063744,
                 "thread_limits": {"kernel.pid_max": 9}, "cpu": {"model": "x"},
                 "state_before": {"load_1min": 0.4970703125}}  # fmt: skip
        told = [("cpu: model", "x"), ("memory", "25.3 GB"), ("warnings", "none"),
                ("seed", "7"), ("limits: stack bytes", "unknown"),
                ("thread limits: kernel.pid_max", "9"),
                ("state before: load 1min", "0.5")]  # fmt: skip
        self.assertEqual(told, list(pieces.flat(facts)))
        why = {"no_constants": "not built"}
        self.assertEqual([("no constants", "not built")], list(pieces.flat(why)))

    def test_sliders_begin_at_what_was_measured_if_the_axis_has_it(self) -> None:
        for tasks, stands in ((500, 500), (51, 51), (2, 10), (10**6, 100_000)):
            with self.subTest(tasks):
                asked = stand_in.read(TWO.format("wall-time", tasks))
                found = sliders.data(self.material(asked))
                at = found["at"]["tasks"]
                self.assertEqual(stands, found["values"]["tasks"][at])
                ends = found["values"]["tasks"][0], found["values"]["tasks"][-1]
                marks = [mark["tasks"] for mark in found["marks"]]
                self.assertEqual([tasks] * 2 * (ends[0] <= tasks <= ends[1]), marks)
                self.assertEqual(len(found["values"]["tasks"]), len(found["threads"][0][0]))

    def test_sliders_are_of_the_pool_of_threads_whoever_is_faster(self) -> None:
        asked = TWO.format("wall-time", 500)
        fibers = '[[cells]]\ndesign = "fiber pool of 10"\n'
        read = stand_in.read(asked + fibers)
        name = next(c.name for c in read.cells if c.design.kind == "fiber pool")
        found = sliders.data(self.material(read, changes={name: did(0.001)}))
        workers = found["values"]["workers"][found["at"]["workers"]]
        self.assertEqual(50, workers)
        self.assertEqual(3, len(found["marks"]))
        for text in (asked.replace("pool", "fiber pool"),
                     asked.replace("[options]", '[options]\nclock = "virtual"').replace(
                         '"threads"', '"fibers"').replace("pool", "fiber pool")):  # fmt: skip
            self.assertIsNone(sliders.data(self.material(stand_in.read(text))))

    def test_a_pool_of_the_sliders_creates_all_its_workers(self) -> None:
        found = sliders.data(self.material(stand_in.read(TWO.format("wall-time", 500))))
        pools = found["pool"][found["at"]["service_s"]][found["at"]["create_s"]]
        sizes = found["values"]["workers"]
        ten, many = (pools[sizes.index(workers)][0] for workers in (10, 1000))
        self.assertEqual(10, found["values"]["tasks"][0])
        self.assertAlmostEqual(990 * stand_in.CREATE_S, many - ten, delta=1e-4)

    def test_the_film_tells_what_became_of_the_tasks_it_shows(self) -> None:
        def filmed(limits: tuple[int, int] = (50, 50), more: str = "") -> tuple[str, list]:
            tables = [f'design = "{design}"\napi-capacity = {limit}\n{more}'
                      for design, limit in zip(("threads", "pool of 50"), limits)]  # fmt: skip
            asked = TWO.partition("[[cells]]")[0].format("timeline", "100, 900")
            m = self.material(stand_in.read(asked + "".join(
                f"[[{kind}]]\n{table}\n" for kind in ("cells", "samples") for table in tables)))
            path = m.folder / hero.NAME
            path.parent.mkdir()
            made = hero.draw(m)
            self.assertEqual(bool(made.files), path.exists())
            tapes = [m.recorded[name][1] for name in hero._sides(m)]
            return path.read_text() if made.files else "", tapes

        for more, how in (("", "turned away"), ('error-rate = "50%"', "lost")):
            picture, tapes = filmed(more=more)
            self.assertIn("100 orders, an API that serves 50 at once", picture)
            self.assertEqual([100, 100], [*map(len, tapes)])
            for tape in tapes:
                ok = sum(s.outcome == "ok" for s in tape)
                self.assertIn(f">{ok} served, {100 - ok} {how}</text>", picture)
            squares = re.findall(r'<path d="([^"]+)" fill="[^"]+"( stroke=)?', picture)
            lost = sum(d.count("M") for d, hollow in squares if hollow)
            self.assertEqual(200, sum(d.count("M") for d, _ in squares))
            self.assertEqual(sum(s.outcome != "ok" for t in tapes for s in t), lost)
        self.assertEqual(("", []), filmed((20, 50)))

    def test_the_replay_knows_whether_tasks_under_way_may_wait(self) -> None:
        for option, waits in (("seed = 1", False), ("attempts = 1", False),
                              ("attempts = 2", True), ("api-queue = 0", False),
                              ("api-queue = 9", True), ('api-queue = "unlimited"', True)):  # fmt: skip
            with self.subTest(option):
                cells = TWO.partition("[[cells]]")[2]
                asked = TWO.format("wall-time", 50).replace("[options]", f"[options]\n{option}")
                asked += f"[[samples]]{cells.replace('[[cells]]', '[[samples]]')}"
                packed = replay.data(self.material(stand_in.read(asked)))
                runs = json.loads(zlib.decompress(base64.b64decode(packed)))["runs"]
                self.assertEqual([waits] * 2, [run["waits"] for run in runs])

    def test_ticks_are_round_and_on_the_axis(self) -> None:
        for low, high, log, found in (
            (0, 87.0, False, [0, 20, 40, 60, 80]), (3, 40, True, [5, 10, 20]),
            (1, 2000, True, [1, 10, 100, 1000]), (0, 0.012, False,
             [0, 0.002, 0.004, 0.006, 0.008, 0.01, 0.012]),
            (2.1, 4.8, True, [3, 4]), (1.01, 1.98, True, [1.2, 1.4, 1.6, 1.8]),
            (0.0041, 0.0097, True, [0.006, 0.008]), (1.5, 3.4, True, [1.5, 2, 2.5, 3]),
        ):  # fmt: skip
            self.assertEqual(found, axes.Scale(low, high, log).ticks())
        for unit, value, told in (("s", 0.01, "10 ms"), ("bytes", 2e6, "2 MB"),
                                  ("count", 1e4, "10\u202f000"), ("share", 0.8, "80 %"),
                                  ("1/s", 500, "500/s"), ("s", 0, "0"),
                                  ("s", 1e5, "100\u202f000 s"), ("share", 1e-7, "0.00001 %"),
                                  ("times", 1e-5, "0.00001×")):  # fmt: skip
            self.assertEqual(told, axes.tick_words(unit, value))

    def test_ticks_without_room_share_a_line_below_if_they_are_few(self) -> None:
        for places, found in (
            ([0.1, 0.5, 0.9], ["5", "10", "11"]), ([0.1, 0.5, 0.52], ["5", "10", "\n11"]),
            ([0.1, 0.5, 0.51, 0.52, 0.9], ["5", "10", "", "\n11, 12", "20"]),
            ([0.1, 0.11, 0.12, 0.13, 0.9], ["5", "", "", "", "20"]),
        ):  # fmt: skip
            told = ["5", "10", "11", "12"][: len(places)] + ["20"]
            self.assertEqual(found, axes.beside(told[: len(places)], places, 0.065))
        self.assertEqual('("5 %%\\n6" 1)', axes.tics([("5 %\n6", 1)]))

    def test_a_label_says_where_its_mark_stands_if_that_is_not_the_end(self) -> None:
        ends = TWO.format("wall-time", "50, 500")
        for others, name in (((), "label_note"), ((2, 3, 4), "label_name")):  # block, line
            asked = ends + "tasks = [50]\n"  # the pool's, which then ends there
            for size in others:
                asked += f'[[cells]]\ndesign = "pool of {size}"\n'
            first, short, *rest = self.built("wall-time", stand_in.read(asked)).settings[name]
            self.assertIn("at 50", short)
            self.assertNotIn(" at ", first + "".join(rest))

    def test_labels_keep_apart_within_the_frame(self) -> None:
        placed = axes.spread_out([0.9, 0.89, 0.1, 0.9], 0.1, 0.93)
        self.assertEqual(2, min(range(4), key=lambda i: placed[i]))
        gaps = [b - a for a, b in zip(sorted(placed), sorted(placed)[1:])]
        self.assertGreaterEqual(min(gaps), 0.1 - 1e-9)
        self.assertLessEqual(max(placed), 0.93)
        at_the_bottom = axes.spread_out([0.06, 0.06], 0.1, 0.93)
        self.assertGreaterEqual(min(at_the_bottom), axes.LOWEST)

    def test_an_axis_holds_its_values_and_bars_begin_at_zero(self) -> None:
        self.assertEqual(0.0, axes.reach([5, 80], log=False).low)
        scale = axes.reach([5, 80], log=True)
        self.assertTrue(scale.low < 5 and scale.high > 80)
        self.assertAlmostEqual(0.5, axes.Scale(1, 100, True).place(10))
        self.assertFalse(axes.is_log("auto", "x", [0, 100]))
        self.assertTrue(axes.is_log("auto", "x", [1, 100]))
        self.assertEqual((True, False), (axes.is_log("x", "x", [1, 2]),
                                         axes.is_log("x", "y", [1, 99])))  # fmt: skip

    def test_a_long_title_takes_two_lines_and_loses_its_end(self) -> None:
        self.assertEqual((34, ["Short"]), chart.fit_title("Short"))
        size, lines = chart.fit_title("; ".join(["threads lose a good many"] * 9))
        self.assertEqual((22, 2), (size, len(lines)))
        self.assertTrue("; ".join(["threads lose a good many"] * 4) in " ".join(lines))
        told = ["Measured: 0.95× [0.29×, 2.02×], median of 6 runs;",
                "1\u00a0of\u00a04 guesses was within a factor of 1.25"]  # fmt: skip
        self.assertEqual(told, chart.fit_title(" ".join(told))[1])

    def test_pools_of_50_and_of_5_look_the_same_in_every_chart(self) -> None:
        four = look.looks(stand_in.four().cells)
        self.assertEqual({"threads": 1, "bounded-threads-50": 4, "pool-50": 2,
                          "pool-5": 3}, four)  # fmt: skip
        sizes = look.looks(stand_in.load("pool-size").cells)
        self.assertEqual((2, 1), (sizes["pool-50"], sizes["threads"]))
        self.assertEqual(len(sizes), len(set(sizes.values())))


if __name__ == "__main__":
    unittest.main()
