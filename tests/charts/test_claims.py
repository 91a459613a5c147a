"""Claims about what charts claim: no more than their runs bear out."""

from __future__ import annotations

import sys
import unittest
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from test_experiments import FOLDER, OnStandIns  # noqa: E402

from driver import charts  # noqa: E402
from driver import experiment as experiments  # noqa: E402
from driver.charts import gnuplot  # noqa: E402
from driver.child import TICK_S  # noqa: E402
from driver.theory import service_time_s  # noqa: E402


class ThreadCost(OnStandIns):
    """What a thread costs is said only where all of it was seen."""

    def sheet(self, kernel: bool):
        material = self.material("memory")
        if not kernel:
            blind = [replace(run, kernel=None) for run in material.runs]
            material = replace(material, runs=blind)
        sheet = charts.BUILDERS["thread-cost"](material)
        gnuplot.draw(sheet, self.folder)
        return sheet

    def test_all_four_kinds_make_a_total(self) -> None:
        sheet = self.sheet(kernel=True)
        self.assertRegex(sheet.title, r"^A thread costs \d\d\.\d kB of memory; RSS")
        self.assertEqual(4, sheet.settings["kinds"])
        self.assertEqual([0, 0, 0], sheet.settings["ghost"])
        self.assertNotIn("not measured", sheet.alt)

    def test_what_nobody_saw_is_no_part_of_a_total(self) -> None:
        sheet = self.sheet(kernel=False)
        self.assertNotIn("costs", sheet.title)
        self.assertIn("RSS and page tables: 12.5 kB a thread; ", sheet.title)
        self.assertIn("kernel stack and slab not seen in this run", sheet.title)
        self.assertEqual([1, 1, 1], sheet.settings["ghost"])
        self.assertEqual("12.5 kB seen", sheet.settings["bar_total"][0])
        self.assertEqual(3, sheet.alt.count("kernel stack and slab not measured"))
        unseen = [row[1] for row in sheet.rows if row[2] == "not measured"]
        self.assertEqual(6, len(unseen))

    def test_a_quick_run_is_long_enough_to_be_looked_at(self) -> None:
        for cell in experiments.load(FOLDER, "memory", {}, quick=True).cells:
            self.assertGreater(service_time_s(cell), TICK_S + 0.1)


if __name__ == "__main__":
    unittest.main()
