"""The record: believed in full or refused with one sentence."""

import copy
import json
import re
import unittest

from hypothesis import given
from hypothesis import strategies as some

from .support import make_cell, make_record
from driver.ask.figures import PLACES
from driver.reckon.theory import bound_wall_s
from driver.run import record
from driver.run.run import Timing

CELL = make_cell(**{"api-capacity": 2})
GOOD = make_record(CELL)
# place, what stands there: what is said
REFUSED = [
    ("wall_ns", None, "wall_ns is None, not a whole number"),
    ("wall_ns", 700_000_000, "hyperfine saw only"),
    ("outcomes.ok", 3, "does not add up: 3 outcomes of 4"),
    ("outcomes.ok", 3.5, "outcomes.ok is 3.5, not a whole number"),
    ("outcomes.lost", 0, "unknown outcome 'lost'"),
    ("believed_ok", 3, "3 believed to be ok"),
    ("limit", 5, "limit is 5"),
    ("limit", "pids.max", "threads_created"),
    ("peak.served", 3, "the API served 3 at once, its capacity is 2"),
    ("program", "thread-per-task", "of 'thread-per-task'"),
    ("schema_version", 3, "schema_version is 3"),
    ("complete", False, "stopped before"),
    ("config", [], "lacks config"),
    ("config.tasks", 5, "asked for tasks 4"),
    ("config.workers", 3, "asked for workers 2"),
    ("config.service_time_ns", 2_000_000, "service_time_ns"),
    ("workload_digest", "xyz", "16 hexadecimal"),
    ("workload_digest", 10**15, "16 hexadecimal"),
]
BELIEVED = [
    ("peak.threads", None), ("cpu.user_ns", None), ("latency_ns", None),
    ("queue_wait_ns", None), ("latency_ns.mean", 7), ("stop", {"latency_ns": 5}),
    ("believed_ok", 4), ("limit", None), ("runtime", "go1.19"), ("config.clock", "virtual"),
    ("threads_created", 5),
]  # fmt: skip
RUBBISH = {
    "": "no record", " \n": "no record", "hello": "not valid JSON",
    '{"a": 1': "not valid JSON", "[1]": "not a JSON object",
    '{"a": NaN}': "NaN", '{"a": -Infinity}': "Infinity", "{} {}": "not valid JSON",
    "[" * 100_000: "not valid JSON", '{"a": 1e999}': "beyond 64 bits",
    '{"a": [-1e999]}': "beyond 64 bits", f'{{"a": {"9" * 400}}}': "beyond 64 bits",
    f'{{"a": {"9" * 5000}}}': "thousands of digits", r'{"a": "\ud800"}': "surrogate",
    r'{"\udfff": 1}': "surrogate", f'{{"a": {"[" * 500}{"]" * 500}}}': "deep",
}  # fmt: skip


def changed(place, value):
    """GOOD with another value there; with `del`, without it."""
    made = table = copy.deepcopy(GOOD)
    *path, last = place.split(".")
    for key in path:
        table[key] = table = table.get(key) or {}
    if value is del_:
        del table[last]
    else:
        table[last] = value
    return made


del_ = object()


class Records(unittest.TestCase):
    def check(self, found):
        text = json.dumps(found)
        record.check(record.parse(text), CELL, Timing(0.6, 0.0, 0.0, 0))

    def assert_refused(self, found, told):
        with self.assertRaisesRegex(record.RecordError, told):
            self.check(found)

    def test_every_case(self):
        self.check(GOOD)
        for place, value in BELIEVED:
            self.check(changed(place, value))
        for place, value, told in REFUSED:
            with self.subTest(place=place, value=value):
                self.assert_refused(changed(place, value), told)
        for text, told in RUBBISH.items():
            with self.subTest(text[:20]):
                with self.assertRaisesRegex(record.RecordError, told):
                    record.parse(text)

    def test_version_2_knows_tasks_that_were_shed(self):
        ok = {**GOOD["outcomes"], "ok": GOOD["outcomes"]["ok"] - 1, "shed": 1}
        found = {**GOOD, "schema_version": 2, "outcomes": ok}
        self.check({**found, "believed_ok": ok["ok"] + ok["silent"]})

    def test_nothing_may_be_missing(self):
        for key in GOOD.keys() - {"stop"}:
            with self.subTest(key):
                self.assert_refused(changed(key, del_), "")
        for table in ("peak", "cpu", "outcomes", "latency_ns", "queue_wait_ns"):
            for key in GOOD[table]:
                with self.subTest(f"{table}.{key}"):
                    self.assert_refused(changed(f"{table}.{key}", del_), key)

    def test_every_place_that_a_figure_is_read_from_holds_a_number_or_nothing(self):
        for value in ("many", True, [1], {"a": 1}, -1, -0.5):
            for place in map(".".join, PLACES):
                with self.subTest(place=place, value=value):
                    self.assert_refused(changed(place, value), re.escape(place))
        for table in ("stop", "latency_ns", "queue_wait_ns"):
            for value in ("soon", 5, [5], True):
                with self.subTest(table=table, value=value):
                    self.assert_refused(changed(table, value), table)

    @given(some.sampled_from([".".join(p) for p in (*record.KNOWN, *record.THERE)]),
           some.none() | some.booleans() | some.integers() | some.floats()
           | some.text(max_size=3) | some.lists(some.integers(), max_size=2))  # fmt: skip
    def test_whatever_stands_there_is_believed_or_refused_in_one_sentence(
        self, place, value
    ):
        try:
            self.check(changed(place, value))
        except record.RecordError as error:
            self.assertNotIn("\n", str(error))
        else:
            self.assertTrue(value is None or (type(value) in (int, float) and value >= 0))

    def test_faster_than_physics_is_refused(self):
        # Four tasks of 1 ms on two workers: two rounds.
        bound_s = bound_wall_s(CELL, GOOD)
        with self.assertRaisesRegex(record.RecordError, record.IMPOSSIBLE):
            record.check_bound({"wall_ns": 1_999_999}, bound_s)
        record.check_bound({"wall_ns": 2_000_000}, bound_s)
        turned_away = changed("outcomes", {**GOOD["outcomes"], "ok": 0, "rejected": 4})
        record.check_bound({"wall_ns": 1000}, bound_wall_s(CELL, turned_away))
        for hang, least_ns in (("1us", 2000), ("30s", 2_000_000)):
            cell = make_cell(**{"hang-rate": "50%", "hang-time": hang})
            self.assertAlmostEqual(least_ns / 1e9, bound_wall_s(cell, GOOD), msg=hang)
