"""A lesson at the terminal, from the question to the folder, and stopped in between."""

import contextlib
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from unittest import mock

from ..waiting import LIMIT_S, wait_for
from .support import DriverTest, read_runs
from driver.draw import gnuplot
from driver.teach import teach

NEEDED = ("python3", "hyperfine")  # by a lesson; all else may be missing
PROMPT = b"> "


class Taught(DriverTest):
    """Lessons on programs that stand in for ours."""

    stubs = staticmethod(contextlib.nullcontext)

    def setUp(self):
        """With a PATH on which there is nothing but what a lesson cannot do without."""
        super().setUp()
        # Three blocks are enough where the test does not disturb it.
        short = replace(teach.LESSON, budget_s=0.1)
        self.enterContext(mock.patch.object(teach, "LESSON", short))
        gnuplot.check_gnuplot.cache_clear()
        self.addCleanup(gnuplot.check_gnuplot.cache_clear)
        self.tools = self.folder / "tools"
        self.tools.mkdir()
        for name in NEEDED:
            found = sys.executable if name == "python3" else shutil.which(name)
            (self.tools / name).symlink_to(found)

    def environment(self, **changes):
        return super().environment(**{"PATH": str(self.tools), **changes})

    def words(self, *arguments):
        return [*super().words(), "lesson", *arguments]

    def command(self, *arguments):
        return [sys.executable, "-m", "driver", *self.words(*arguments)]

    def stop_once(self, condition, number):
        """A lesson without predictions that gets Ctrl-C when that is so: its stderr."""
        process = self.start(number, "--no-predict")
        wait_for(condition, "the moment to stop it")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LIMIT_S)
        self.assertEqual((130, False), (process.returncode, b"Traceback" in err), err)
        return err

    def read_lesson(self):
        return json.loads((self.only_folder() / "lesson.json").read_text())


class Figures(Taught):
    """Lesson 2."""

    def test_without_gnuplot_it_is_taught_and_one_line_says_so(self):
        status, out, err = self.drive("2", "--predict", "100ms,1s")
        self.assertEqual(status, 0, err)
        self.assertEqual(1, (out + err).count("gnuplot"), out + err)
        self.assertIn("1 of 2 guesses", out)
        self.assertEqual([0.1, 1.0], self.read_lesson()["predictions"])
        page = (self.only_folder() / "report.html").read_text()
        self.assertIn("Lesson 2</h2>", page)

    def test_every_run_failed_is_a_failure_and_not_a_result(self):
        status, out, err = self.drive("2", "--predict", "1s", STAND_IN_FAULT="crash")
        self.assertEqual(1, status, err)
        self.assertIn("nothing: no run counted", out)

    def test_an_option_changes_it(self):
        words = ("2", "--service-time", "1ms", "--predict", "10")
        status, out, err = self.drive(*words, PATH=os.environ["PATH"])
        self.assertEqual(0, status, err)
        self.assertIn("Changed: service-time = 1ms", out)
        self.assertNotIn("claim", out)
        self.assertIn("Why, in the lesson as it stands: ", " ".join(out.split()))
        self.assertNotIn("Now change this", out)
        kept = self.read_lesson()
        self.assertEqual({"service-time": "1ms"}, kept["modified"])
        facts = json.loads((self.only_folder() / "environment.json").read_text())
        self.assertEqual("bench/run lesson 2 --set service-time=1ms", facts["command"])

    def test_a_mistake_is_one_line(self):
        for words in (["2", "--predict", "soon"], ["99"], ["2", "--sweep", "workers"],
                      ["13", "--workers", "5"], ["2", "--nonsense"]):  # fmt: skip
            self.refused(2, "", *words, "--no-predict")
        self.assertFalse(self.out.exists())

    def test_what_keeps_it_from_running_is_said_before_it_asks(self):
        words = ("2", "--set", "api-capcity=50", "--predict", "1s")
        status, out, err = self.drive(*words)
        self.assertEqual((2, True), (status, "no option --api-capcity" in err), err)
        self.assertNotIn("--api-capcity", out.partition("Changed")[2].partition("\n")[2])

    def on_a_terminal(self, *arguments, stderr=None):
        """The driver on a terminal of its own, and our end of that."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            self.command(*arguments), env=self.environment(), stdin=theirs,
            stdout=theirs, stderr=stderr or theirs,
        )  # fmt: skip
        self.addCleanup(os.close, ours)
        self.addCleanup(process.kill)
        os.close(theirs)
        return process, ours

    def test_on_a_terminal_it_waits_before_it_says_why(self):
        words = "2", "--predict", "1s"
        process, ours = self.on_a_terminal(*words, stderr=subprocess.DEVNULL)
        said = b""
        while b"press Enter. " not in said:
            said += os.read(ours, 1000)
        self.assertIn(b"measured", said)
        self.assertNotIn(b"Five cooks serve", said)
        os.write(ours, b"\n")
        with contextlib.suppress(OSError):  # of a terminal that nobody holds any more
            while more := os.read(ours, 1000):
                said += more
        self.assertEqual(0, process.wait(timeout=LIMIT_S))
        self.assertIn(b"Five cooks serve", said)

    def test_stopped_at_the_prompt_it_leaves_nothing(self):
        process, ours = self.on_a_terminal("2")
        said = b""
        while not said.endswith(PROMPT):
            said += os.read(ours, 1000)
        process.send_signal(signal.SIGINT)
        self.assertEqual(130, process.wait(timeout=LIMIT_S))
        with self.assertRaises(OSError):  # nobody is left to say more
            while os.read(ours, 1000):
                self.fail("it said something more")
        self.assertFalse(self.out.exists())

    def test_stopped_while_it_runs_it_keeps_the_runs_and_no_result(self):
        err = self.stop_once(self.runs_on_the_disk, "2")
        folder = self.only_folder()
        self.assertTrue(folder.name.endswith("-incomplete"), folder)
        self.assertTrue(read_runs(folder))
        self.assertNotIn(b"--resume", err)  # its predictions would be lost
        self.assertFalse((folder / "lesson.json").exists())
        self.assertFalse((self.out / "latest").is_symlink())

    def runs_on_the_disk(self):
        paths = self.out.glob(".unfinished-*/runs.ndjson")
        return any(path.stat().st_size for path in paths)

    def test_stopped_while_it_draws_the_folder_is_not_complete(self):
        drawing = self.folder / "drawing"
        (self.tools / "gnuplot").write_text(
            "#!/bin/sh\n"
            '[ "$1" != --version ] || { echo gnuplot 5; exit; }\n'
            f": >{drawing}\n"
            "exec /bin/sleep 60\n"
        )
        (self.tools / "gnuplot").chmod(0o755)
        self.stop_once(drawing.exists, "2")
        folder = self.only_folder()
        self.assertTrue(folder.name.endswith("-incomplete"), folder)
        self.assertTrue((folder / "lesson.json").exists())
        self.assertFalse((self.out / "latest").is_symlink())


class Choices(Taught):
    """Lesson 13, on a program that stands in for pitfalls."""

    def write_pitfalls(self, text):
        (self.programs / "pitfalls").write_text("#!/bin/sh\nPATH=/usr/bin:/bin\n" + text)
        (self.programs / "pitfalls").chmod(0o755)

    def test_the_program_decides_and_what_it_said_is_shown(self):
        self.write_pitfalls("echo 'main [chan receive jobs' >&2; exit 2\n")
        status, out, err = self.drive("13", "--predict", "A,c")
        self.assertEqual(status, 0, err)
        self.assertLess(out.index("A  It ends"), out.index("pitfalls no-close"))
        self.assertIn("    main [chan receive jobs\n", out)
        self.assertIn("1 of 2 guesses named it", out)
        self.assertEqual("C", self.read_lesson()["measured"]["value"])
        page = (self.only_folder() / "report.html").read_text()
        self.assertIn("<dd>C: It waits for ever", page)

    def test_guesses_that_nobody_reads_are_told(self):
        self.write_pitfalls("echo 'main [chan receive jobs' >&2; exit 2\n")
        for sent, told in ((b"1s", True), (b"", False)):
            done = subprocess.run(self.command("13"), env=self.environment(), input=sent,
                                  capture_output=True, timeout=LIMIT_S)  # fmt: skip
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(told, b"by --predict" in done.stderr)

    def test_stopped_while_the_program_hangs_it_leaves_nothing(self):
        hung = self.folder / "hung"
        self.write_pitfalls(f"echo $$ >{hung}.new; mv {hung}.new {hung}; sleep 60\n")
        self.stop_once(hung.exists, "13")
        self.assertEqual([".lock"], [path.name for path in self.out.iterdir()])
        self.assertFalse(Path(f"/proc/{hung.read_text().strip()}").exists())

    def test_without_the_program_nothing_is_made(self):
        self.refused(3, "pitfalls has not been built", "13", "--no-predict")
        self.assertFalse(self.out.exists())
