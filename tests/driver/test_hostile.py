"""A stranger's results and experiments. hostile.py goes on for as long as it is asked."""

import json
import os
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from . import hostile
from .support import make_cell
from driver.ask.experiment import Experiment
from driver.draw import machines
from driver.reckon import collect, curves, summarise
from driver.reckon.tables import SUMMARY_HEADER
from driver.run import folder, kept, samples, stored
from driver.run.constants import Constants

CASES = 40  # some seconds


class Hostile(unittest.TestCase):
    def test_nothing_gets_through(self):
        found = []
        count = hostile.run_cases(3600, 1, found.append, CASES)
        self.assertEqual(found, [])
        self.assertEqual(count, CASES)

    def test_a_folder_left_as_it_is_can_be_read(self):
        with tempfile.TemporaryDirectory() as place:
            hostile.seedling(Path(place) / "seed")
            found = stored.read(Path(place) / "seed")
            self.assertTrue(found.complete)
            self.assertGreater(len(found.runs), 10)

    def test_a_batch_that_would_be_drawn_for_ever_has_no_curve(self):
        huge = make_cell("worker-pool", tasks=2**63, workers=5)
        asked = Experiment("test", "?", (huge,), (huge,))
        self.assertEqual(curves.theory_points(replace(asked, cells=()), Constants()), [])

    def test_a_run_of_no_moment_is_told_in_one_line(self):
        with tempfile.TemporaryDirectory() as place:
            hostile.seedling(seed := Path(place) / "seed")
            first, *others = (seed / "runs.ndjson").read_text().splitlines(True)
            for moment in ("", "today", "2025-01-01T00:00:00", "2025-13-01T00:00:00.0Z"):
                with self.subTest(moment):
                    line = json.dumps({**json.loads(first), "started_utc": moment}) + "\n"
                    (seed / "runs.ndjson").write_text("".join((line, *others)))
                    with self.assertRaisesRegex(stored.StoredError, "line 1: started_utc"):
                        stored.read(seed)

    def test_what_was_not_taken_is_told_or_does_without(self):
        for file, key, told in (("runs.ndjson", "hyperfine", "hyperfine is null"),
                                ("blocks.ndjson", "canary", None)):  # fmt: skip
            with self.subTest(key), tempfile.TemporaryDirectory() as place:
                hostile.seedling(seed := Path(place) / "seed")
                lines = map(json.loads, (seed / file).read_text().splitlines())
                text = "".join(json.dumps({**line, key: None}) + "\n" for line in lines)
                (seed / file).write_text(text)
                if told is None:
                    noise = summarise.summaries_of(stored.read(seed)).noise
                    self.assertEqual(noise.canary_spread, {})
                    continue
                with self.assertRaisesRegex(stored.StoredError, told):
                    stored.read(seed)

    def test_a_task_that_was_never_started_has_no_lane(self):
        """As those that were shed or cancelled; of one that was, it is a mistake."""
        with tempfile.TemporaryDirectory() as place:
            file, head = Path(place) / "x.csv", ",".join(samples.COLUMNS)
            file.write_text(f"{head}\n0,4,0,5,6,1,ok\n7,,0,,,0,shed\n")
            self.assertEqual([4, None], [s.lane for s in samples.read_samples(file)])
            for line in ("7,,0,5,6,1,ok", "7,4,,,,0,shed", "7,x,0,,,0,shed"):
                file.write_text(f"{head}\n{line}\n")
                with self.assertRaisesRegex(samples.SamplesError, "line 2: cannot be read"):
                    samples.read_samples(file)


class Classes(unittest.TestCase):
    def test_a_table_that_is_none_is_told_in_one_line(self):
        header = (*collect.MACHINE, *SUMMARY_HEADER)
        line = dict.fromkeys(header, "1") | {"figure": "ratio_wall_s"}
        for changed, told in (
            ({}, None), ({"low": None}, "lacks low"), ({"median": ""}, "could not convert"),
            ({"low": "0"}, "'0' is no ratio"), ({"high": "1e999"}, "no ratio"),
            ({"workers": "9" * 5000}, "not a whole number"), ({"figure": "wall_s"}, "no ratio"),
        ):  # fmt: skip
            with self.subTest(changed), tempfile.TemporaryDirectory() as place:
                kept = {k: v for k, v in (line | changed).items() if v is not None}
                rows = [",".join(kept), ",".join(kept.values())]
                (Path(place) / "class.csv").write_text("\n".join(rows) + "\n")
                problem = machines.draw(Path(place), ["svg"]).problem
                self.assertRegex(problem or "None", told or "None")


class Kept(unittest.TestCase):
    def setUp(self):
        self.desk = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.desk / "file").write_text("text")

    def test_only_a_regular_file_is_read(self):
        os.mkfifo(self.desk / "pipe")
        (self.desk / "link").symlink_to("file")
        (self.desk / "zero").symlink_to("/dev/zero")
        self.assertEqual(kept.read_text(self.desk / "file"), "text")
        for name in ("pipe", "link", "zero", ".", "nothing"):
            with self.subTest(name), self.assertRaises(OSError):
                kept.read_text(self.desk / name)

    def test_lines_are_added_only_to_a_regular_file(self):
        os.mkfifo(self.desk / "pipe")
        (self.desk / "link").symlink_to("file")
        for name in ("pipe", "link"):
            with self.subTest(name), self.assertRaises(OSError):
                folder._open_lines(self.desk / name)
        self.assertEqual((self.desk / "file").read_text(), "text")

    def test_only_numbers_that_a_float_holds_are_figures(self):
        for text in ("NaN", "Infinity", "-Infinity", "1e999", "-1e400", "9" * 21, "9" * 5000):
            with self.subTest(text[:30]), self.assertRaisesRegex(ValueError, "no figure"):
                kept.value_of(json.dumps([0]).replace("0", text))
        self.assertEqual(kept.value_of("[18446744073709551615, -1.5]"), [2**64 - 1, -1.5])

    def test_what_cannot_be_read_or_written_again_is_a_value_error_or_replaced(self):
        for text in ("[" * 100_000, '{"a":' * 100_000, "[", ""):
            with self.subTest(text[:9]), self.assertRaises(ValueError):
                kept.value_of(text)
        for text, value in ((r"\ud800", "?"), (r"\ud83d\ude00", "\U0001f600"),
                            (r"\\ud800", r"\ud800"), (r"a\udc80z", "a?z")):  # fmt: skip
            self.assertEqual(kept.value_of(f'{{"{text}": "{text}"}}'), {value: value})

    def test_a_file_is_not_written_through_a_link(self):
        (self.desk / ".page.tmp").symlink_to("file")
        (self.desk / "page").symlink_to("file")
        folder.write_whole(self.desk / "page", "other")
        self.assertEqual((self.desk / "file").read_text(), "text")
        self.assertEqual((self.desk / "page").read_text(), "other")
