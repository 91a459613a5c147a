"""Claims about the Chrome trace of a recorded run."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import stand_in  # noqa: E402
from driver import trace  # noqa: E402
from driver.charts.samples import read_samples  # noqa: E402


class Trace(unittest.TestCase):
    def setUp(self) -> None:
        desk = tempfile.TemporaryDirectory()
        self.addCleanup(desk.cleanup)
        self.folder = Path(desk.name)
        cell = stand_in.comparison().samples[-1]
        self.source = self.folder / stand_in.write_samples(self.folder, cell)
        self.tasks = cell.tasks

    def written(self) -> dict:
        target = self.folder / "trace.json"
        self.assertEqual(0, trace.main([str(self.source), str(target)]))
        return json.loads(target.read_text(encoding="utf-8"))

    def test_every_task_that_ran_is_a_slice_of_its_length(self) -> None:
        slices = [e for e in self.written()["traceEvents"] if e["ph"] == "X"]
        self.assertEqual(self.tasks, len(slices))
        by_name = {e["name"]: e for e in slices}
        for sample in read_samples(self.source):
            event = by_name[f"task {sample.index}"]
            self.assertAlmostEqual(sample.started_s * 1e6, event["ts"], places=2)
            self.assertAlmostEqual(
                (sample.finished_s - sample.started_s) * 1e6, event["dur"], places=2
            )
            self.assertEqual(sample.outcome, event["cat"])

    def test_slices_of_one_lane_do_not_overlap(self) -> None:
        lanes: dict[int, list[tuple[float, float]]] = {}
        for event in self.written()["traceEvents"]:
            if event["ph"] == "X":
                span = (event["ts"], event["ts"] + event["dur"])
                lanes.setdefault(event["tid"], []).append(span)
        for spans in lanes.values():
            spans.sort()
            for (_, end), (begin, _) in zip(spans, spans[1:]):
                self.assertLessEqual(end, begin + 0.01)

    def test_every_lane_and_the_process_have_names(self) -> None:
        events = self.written()["traceEvents"]
        named = {e["tid"] for e in events if e["name"] == "thread_name"}
        self.assertEqual({e["tid"] for e in events if e["ph"] == "X"}, named)
        self.assertEqual(1, sum(e["name"] == "process_name" for e in events))

    def test_the_calls_in_flight_end_at_none(self) -> None:
        calls = [e for e in self.written()["traceEvents"] if e["ph"] == "C"]
        self.assertEqual(0, calls[-1]["args"]["calls"])
        self.assertEqual(50, max(e["args"]["calls"] for e in calls))

    def test_what_is_no_samples_file_is_refused(self) -> None:
        self.source.write_text("nonsense\n", encoding="utf-8")
        target = self.folder / "trace.json"
        with contextlib.redirect_stderr(io.StringIO()) as said:
            self.assertEqual(3, trace.main([str(self.source), str(target)]))
            self.assertEqual(2, trace.main([]))
        self.assertFalse(target.exists())
        self.assertIn("not a samples file", said.getvalue())


if __name__ == "__main__":
    unittest.main()
