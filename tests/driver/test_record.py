"""The record: believed in full or refused with one sentence."""

import json
import re
import unittest

from .support import make_cell, make_record
from driver.reckon.theory import bound_wall_s
from driver.run import record
from driver.ask.figures import PLACES
from driver.run.run import Timing


class Records(unittest.TestCase):
    def setUp(self):
        self.cell = make_cell(**{"api-capacity": 2})
        self.record = make_record(self.cell)
        self.timing = Timing(0.6, 0.0, 0.0, 0)

    def check(self):
        record.check(record.parse(json.dumps(self.record)), self.cell, self.timing)

    def assert_refused(self, told):
        with self.assertRaisesRegex(record.RecordError, told):
            self.check()

    def test_a_valid_record_is_believed(self):
        self.check()

    def test_what_could_not_be_read_may_be_null(self):
        for table in ("peak", "cpu"):
            for key in self.record[table]:
                self.record[table][key] = None
        self.record["latency_ns"] = self.record["queue_wait_ns"] = None
        self.check()

    def test_nothing_may_be_missing(self):
        for key in (
            "peak",
            "cpu",
            "outcomes",
            "config",
            "wall_ns",
            "calls",
            "create_ns",
            "schema_version",
            "program",
            "workload_digest",
            "complete",
            "latency_ns",
            "queue_wait_ns",
        ):
            with self.subTest(key=key):
                self.record = make_record(self.cell)
                del self.record[key]
                self.assert_refused("")
        for table in ("peak", "cpu", "outcomes"):
            for key in make_record(self.cell)[table]:
                with self.subTest(key=f"{table}.{key}"):
                    self.record = make_record(self.cell)
                    del self.record[table][key]
                    self.assert_refused(key)  # fmt: skip

    def test_a_figure_is_a_number_and_not_negative(self):
        for value in ("5", -1, True, [], {}, -0.5):
            with self.subTest(value=value):
                self.record["peak"]["threads"] = value
                self.assert_refused("peak.threads")
        self.record["peak"]["threads"] = 3
        self.record["wall_ns"] = None
        self.assert_refused("wall_ns")

    def test_every_place_that_a_figure_is_read_from_holds_a_number_or_nothing(self):
        for value in ("many", True, [1], {"a": 1}, -1):
            for place in PLACES:
                with self.subTest(place=place, value=value):
                    self.record = table = make_record(self.cell)
                    for key in place[:-1]:
                        table[key] = table = table.get(key) or {}
                    table[place[-1]] = value
                    self.assert_refused(re.escape(".".join(place)))
        for table in ("stop", "latency_ns", "queue_wait_ns"):
            for value in ("soon", 5, [], True):
                with self.subTest(table=table, value=value):
                    self.record = make_record(self.cell) | {table: value}
                    self.assert_refused(table)

    def test_outcomes_are_whole(self):
        self.record["outcomes"] |= {"ok": 3.5, "failed": 0.5}
        self.assert_refused("outcomes.ok is 3.5, not a whole number")

    def test_a_limit_is_a_sentence_with_a_number_of_threads(self):
        self.record |= {"limit": "pids.max", "threads_created": 3}
        self.check()
        self.record["limit"] = 5
        self.assert_refused("limit is 5")
        self.record |= {"limit": "pids.max", "threads_created": None}
        self.assert_refused("threads_created")

    def test_what_is_legal_json_and_no_record_is_refused(self):
        text = json.dumps(self.record)
        for value, told in (
            ("1e999", "beyond 64 bits"), ("-1e999", "beyond 64 bits"),
            ("9" * 400, "beyond 64 bits"), ("9" * 5000, "thousands of digits"),
            (r'"\ud800"', "surrogate"), (r'{"\udfff": 1}', "surrogate"),
            ("[" * 500 + "]" * 500, "deep"),
        ):  # fmt: skip
            for place in ('"limit": ', '"foreign": [[], '):
                with self.subTest(value=value[:20], place=place):
                    end = "], " if "[" in place else ", "
                    spoilt = "{" + place + value + end + text[1:]
                    with self.assertRaisesRegex(record.RecordError, told):
                        record.parse(spoilt)

    def test_rubbish_is_refused(self):
        cases = {
            "": "no record", " \n": "no record", "hello": "not valid JSON",
            '{"a": 1': "not valid JSON", "[1]": "not a JSON object",
            '{"a": NaN}': "NaN", '{"a": -Infinity}': "Infinity",
            "{} {}": "not valid JSON", "[" * 100_000: "not valid JSON",
        }  # fmt: skip
        for text, told in cases.items():
            with self.subTest(text=text[:20]):
                with self.assertRaisesRegex(record.RecordError, told):
                    record.parse(text)

    def test_a_foreign_record_is_refused(self):
        cases = [
            (("program",), "thread-per-task", "of 'thread-per-task'"),
            (("schema_version",), 2, "schema_version is 2"),
            (("complete",), False, "stopped before"),
            (("config", "tasks"), 5, "asked for tasks 4"),
            (("config", "workers"), 3, "asked for workers 2"),
            (("config", "service_time_ns"), 2_000_000, "service_time_ns"),
            (("workload_digest",), "xyz", "16 hexadecimal"),
            (("workload_digest",), 10**15, "16 hexadecimal"),
        ]
        for path, value, told in cases:
            with self.subTest(path=path):
                self.record = table = make_record(self.cell)
                for key in path[:-1]:
                    table = table[key]
                table[path[-1]] = value
                self.assert_refused(told)

    def test_an_account_that_does_not_add_up_is_refused(self):
        self.record["outcomes"]["ok"] -= 1
        self.assert_refused("does not add up: 3 outcomes of 4")

    def test_a_belief_that_does_not_add_up_is_refused(self):
        self.record["outcomes"] |= {"ok": 3, "silent": 1}
        self.record["believed_ok"] = 4
        self.check()
        self.record["believed_ok"] = 3
        self.assert_refused("3 believed to be ok")

    def test_an_api_above_its_capacity_is_refused(self):
        self.record["peak"]["served"] = 3
        self.assert_refused("capacity is 2")

    def test_faster_than_physics_is_refused(self):
        # Four tasks of 1 ms on two workers: two rounds.
        self.record["wall_ns"] = 1_999_999
        bound_s = bound_wall_s(self.cell, self.record)
        with self.assertRaisesRegex(record.RecordError, record.IMPOSSIBLE):
            record.check_bound(self.record, bound_s)
        self.record["wall_ns"] = 2_000_000
        record.check_bound(self.record, bound_s)

    def test_rejected_tasks_need_no_time(self):
        self.record["outcomes"] |= {"ok": 0, "rejected": 4}
        self.record["wall_ns"] = 1000
        record.check_bound(self.record, bound_wall_s(self.cell, self.record))

    def test_longer_than_hyperfine_saw_is_refused(self):
        self.record["wall_ns"] = 700_000_000
        self.assert_refused("hyperfine saw only")
