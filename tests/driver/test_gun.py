"""One run by hyperfine: what a program can do wrong, and what its times may be."""

import json
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

from .support import make_cell, make_record
from driver.measure import child, hyperfine
from driver.run import record
from driver.run.run import Timing

CELL = make_cell()
GOOD = json.dumps(make_record(CELL, wall_s=0.003))
WRITES = f"sleep 0.01; cat >record.json <<'E'\n{GOOD}\nE\n"
HANGS = "sleep 600"
# what the program does: what is said of it
PROBLEMS = {
    WRITES: None,
    WRITES.replace("3000000", "1900000"): "physically impossible: 0.001900 s",
    WRITES + "kill -s SEGV $$": "it was ended by signal 11",
    "kill -s KILL $$": "it was ended by signal 9",
    WRITES + "echo 'error: no room' >&2; exit 3": "status 3: error: no room",
    ":": "the program printed no record",
    "echo Segmentation fault >record.json": "not valid JSON",
    "printf '\\351' >record.json": "not UTF-8",
    WRITES.replace("ok", "wrong"): "lacks outcomes.ok",
    HANGS: "it hung: ended after 0 s",
}
ONE = {"times": [1.5], "user": 0.1, "system": 0.2, "exit_codes": [0]}
WALL, USER = {"value": 1.5, "unit": "second"}, {"value": 0.1, "unit": "second"}
TWO = {"time_wall_clock": WALL, "time_user": USER, "time_system": USER, "exit_code": 0}
TIMES = {
    json.dumps(ONE): Timing(1.5, 0.1, 0.2, 0),
    json.dumps({**ONE, "exit_codes": None}): Timing(1.5, 0.1, 0.2, None),
    json.dumps({"measurements": [TWO]}): Timing(1.5, 0.1, 0.1, 0),
    json.dumps({"measurements": [TWO, TWO]}): None,
    json.dumps(ONE).replace("1.5", "1e999"): None,
    json.dumps(ONE).replace("1.5", "NaN"): None,
    json.dumps({**ONE, "exit_codes": ["0"]}): None,
    '"soon"': None,
    "[]": None,
}


class Guns(unittest.TestCase):
    def setUp(self):
        self.programs = Path(self.enterContext(tempfile.TemporaryDirectory())) / "programs"
        self.programs.mkdir()

    def gun(self, body, name, guardian):
        (self.programs / "worker-pool").write_text(f"#!/bin/sh\n{body}\n")
        (self.programs / "worker-pool").chmod(0o755)
        scratch = self.programs.with_name(f"scratch-{name}")
        return hyperfine.Gun(scratch, self.programs, guardian)

    def test_where_no_program_may_be_run_is_told_before_the_first_run(self):
        def access(path, how):
            return "scratch" not in str(path)

        with child.Guardian() as guardian, mock.patch("os.access", access):
            with self.assertRaisesRegex(hyperfine.HyperfineError, "name another --out"):
                self.gun(":", "noexec", guardian)

    def test_what_a_program_does_wrong_is_told(self):
        with child.Guardian() as guardian:
            for number, (body, told) in enumerate(PROBLEMS.items()):
                gun = self.gun(body, number, guardian)
                shot = gun.fire(CELL, 0.4 if body == HANGS else 60)
                with self.subTest(body):
                    self.assertIn(told or "None", str(shot.problem))
            shot = self.gun(WRITES, "sample", guardian).fire(CELL, 60, sample=True)
            self.assertEqual(shot.problem, "the program wrote no samples")
            self.assertIn("--samples=samples.csv", shot.command)

    def test_a_real_api_is_put_before_the_program(self):
        wrapper = self.programs.with_name("wrapper")
        wrapper.write_text('#!/bin/sh\n[ "$1" != --nginx ] || { : >behind; shift; }\n'
                           ': >before; exec "$@"\n')  # fmt: skip
        wrapper.chmod(0o755)
        with (
            child.Guardian() as guardian,
            mock.patch.object(hyperfine, "WRAPPER", wrapper),
        ):
            for api, marks in ((None, []), ("http", ["before"]),
                               ("nginx", ["before", "behind"])):  # fmt: skip
                gun = self.gun(WRITES, api, guardian)
                options = {**CELL.options, **({"api": api} if api else {})}
                shot = gun.fire(replace(CELL, options=options), 60)
                scratch = self.programs.with_name(f"scratch-{api}")
                with self.subTest(api):
                    self.assertEqual(shot.problem, None)
                    self.assertNotIn("--nginx", shot.command)
                    self.assertEqual(sorted(p.name for p in scratch.glob("be*")), marks)

    def test_its_times_are_numbers(self):
        gun = self.gun(":", "times", mock.Mock())
        ending = child.Ending(0, False, "")
        for result, wanted in TIMES.items():
            path = self.programs.with_name("scratch-times") / hyperfine.TIMES
            path.write_text(f'{{"results": [{result}]}}')
            with self.subTest(result):
                if wanted is None:
                    with self.assertRaisesRegex(hyperfine.HyperfineError, "cannot be"):
                        gun._timing(ending, 1)
                else:
                    self.assertEqual(gun._timing(ending, 1), wanted)

    def test_a_problem_is_not_taken_for_the_other_programs(self):
        with self.assertRaisesRegex(record.RecordError, "of 'worker-pool'"):
            record.check(json.loads(GOOD), make_cell("thread-per-task"), None)
