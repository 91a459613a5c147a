"""A lesson of each kind, and a desk to write it on."""

import tempfile
import unittest
from pathlib import Path

from driver.ask import lesson
from driver.ask.typed import AskError

GOOD = """
question = "How long?"
[[cells]]
design = "worker-pool"
[lesson]
figure = "inner_wall_s"
theory = "100ms"
from = "ten rounds"
claim = ["100ms", "110ms"]
why = "So."
change = "That."
ends = "There."
"""

SETTINGS = """
question = "Which?"
[options]
tasks = 4
[[cells]]
design = "worker-pool"
workers = [2, 10, 20]
[lesson]
figure = "wall_s"
best = "least"
setting = "workers"
theory = "9"
claim = ["2", "10"]
why = "So."
change = "That."
ends = "There."
"""
CHOICES = """
question = "What now?"
[lesson]
command = "pitfalls no-close"
claim = "B"
why = "So."
change = "That."
ends = "There."
[lesson.choices]
A = {words = "It ends.", status = 0}
B = {words = "It waits.", status = 2, says = "asleep"}
C = {words = "It waits for a lock.", status = 2, says = "mutex"}
"""


class Desk(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def load(self, text: str) -> lesson.Lesson:
        (self.folder / "2-five.toml").write_text(text)
        return lesson.load("2", self.folder)

    def refuse(self, text: str, cases) -> None:
        """Each change makes a file that is refused, with these words."""
        for old, new, told in cases:
            self.assertIn(old, text)
            with self.assertRaises(AskError, msg=new) as raised:
                self.load(text.replace(old, new))
            self.assertIn(told, str(raised.exception))
            self.assertIn("2-five.toml", str(raised.exception))
