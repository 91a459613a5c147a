"""Another order of linking: other programs that do the same."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from . import REPOSITORY  # noqa: F401  (makes the driver importable)
from driver import relink

BUILD = os.environ.get("FIVE_COOKS_BUILD")


class RelinkTest(unittest.TestCase):
    def setUp(self) -> None:
        desk = tempfile.TemporaryDirectory()
        self.addCleanup(desk.cleanup)
        self.scratch = Path(desk.name)

    def programs(self) -> list[bytes]:
        return [(self.scratch / name).read_bytes() for name in relink.PROGRAMS]

    @unittest.skipUnless(BUILD, "FIVE_COOKS_BUILD names no build")
    def test_the_seed_decides_the_order(self) -> None:
        made = []
        for seed in (1, 2, 1):
            self.assertIsNone(relink.link(Path(BUILD), self.scratch, seed))
            made.append(self.programs())
        self.assertEqual(made[0], made[2])
        self.assertNotEqual(made[0], made[1])

    @unittest.skipUnless(BUILD, "FIVE_COOKS_BUILD names no build")
    def test_what_is_linked_anew_works(self) -> None:
        self.assertIsNone(relink.link(Path(BUILD), self.scratch, 3))
        for name in relink.PROGRAMS:
            command = [self.scratch / name, "--tasks=20", "--service-time=1ms"]
            subprocess.run(command, check=True, capture_output=True, timeout=60)

    def test_without_a_build_the_programs_stay_and_it_is_said(self) -> None:
        for name in relink.PROGRAMS:
            (self.scratch / name).write_bytes(b"as it was")
        why = relink.link(self.scratch, self.scratch, 1)
        self.assertIn("build folder", why)
        (self.scratch / "build.ninja").write_text("nonsense\n")
        why = relink.link(self.scratch, self.scratch, 1)
        self.assertIn("could not be linked anew", why)
        self.assertEqual([b"as it was"] * 2, self.programs())
