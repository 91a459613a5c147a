"""What is sent to a machine: the checkout as it stands, and nothing about its owner.
What the machine makes of its time, and what is drawn of what came back."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
import time
from pathlib import Path

from ..waiting import LIMIT_S, wait_for
from .support import FleetTest

IGNORED = "/build/\n/results/*\n!/results/reference/\n"
SECRET = "password-in-an-address"


class Pack(FleetTest):
    tools = {"git": "git"}

    def git(self, *words: str, at: Path | None = None) -> str:
        who = ["-c", f"user.name={SECRET}", "-c", f"user.email={SECRET}"]
        return subprocess.run(
            ["git", *who, *words], cwd=at or self.top, check=True,
            stdout=subprocess.PIPE, text=True,
        ).stdout  # fmt: skip

    def write(self, name: str, text: str = "x\n") -> None:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def packed(self) -> Path:
        """Where what is sent has been unpacked."""
        there = Path(tempfile.mkdtemp(dir=self.folder))
        with open(there / "sent", "wb") as sent:
            subprocess.run([self.top / "bench/fleet/pack"], stdout=sent, check=True)
        subprocess.run(["tar", "-xzf", "sent"], cwd=there, check=True)
        (there / "sent").unlink()
        return there

    def files(self, there: Path) -> set[str]:
        paths = [path for path in there.rglob("*") if path.is_file()]
        names = {str(path.relative_to(there)) for path in paths}
        return {name for name in names if not name.startswith((".git/", "bench/"))}

    def test_changes_and_the_commit_go_along_and_what_is_ignored_does_not(self):
        self.write(".gitignore", IGNORED)
        for name in ("same", "changed", "deleted", "results/reference/kept"):
            self.write(name)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", f"https://me:{SECRET}@example.org/x")
        self.git("add", ".")
        self.git("commit", "--quiet", "--message=earlier")
        self.git("commit", "--quiet", "--message=first", "--allow-empty")
        there = self.packed()
        commit = self.git("rev-parse", "HEAD")
        self.assertEqual(self.git("rev-parse", "HEAD", at=there), commit)
        self.assertEqual(self.git("status", "--porcelain", "-uno", at=there), "")
        self.write("changed", "y\n")
        self.write("new name")
        self.write("build/program")
        self.write("results/fleet/machines/1/report.html")
        (self.top / "deleted").unlink()
        there = self.packed()
        wanted = {".gitignore", "same", "changed", "new name"}
        self.assertEqual(self.files(there), wanted)
        self.assertEqual(
            self.git("status", "--porcelain", "-uno", at=there).splitlines(),
            [" M changed", " D deleted"],
        )
        for path in (there / ".git").rglob("*"):
            if path.is_file():
                for secret in (SECRET, str(self.folder)):
                    self.assertNotIn(secret.encode(), path.read_bytes(), path)

    def test_a_tree_without_git_is_packed(self):
        for name in ("same", "build/program", "results/x/report.html"):
            self.write(name)
        self.assertEqual(self.files(self.packed()), {"same"})


class Limit(FleetTest):
    def test_what_a_wait_takes_is_not_left_to_the_run(self):
        tools, place = self.folder / "bin", self.folder / "tmp"
        for folder in (tools, place):
            folder.mkdir()
        (tools / "timeout").write_text('#!/bin/sh\necho "limit $2" >&2\n')
        (tools / "timeout").chmod(0o755)
        other = os.open(place, os.O_RDONLY)
        self.addCleanup(os.close, other)
        fcntl.flock(other, fcntl.LOCK_EX)
        path = f"{tools}:{os.environ['PATH']}"
        machine = subprocess.Popen(
            [self.top / "bench/fleet/machine", str(os.getpid()), str(LIMIT_S)],
            env={**os.environ, "PATH": path, "TMPDIR": str(place)},
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(machine.communicate)
        self.addCleanup(machine.terminate)
        self.assertIn("waiting for the end", machine.stderr.readline())
        told = time.monotonic()
        wait_for(lambda: time.monotonic() > told + 1.5, "a wait that is seen")
        fcntl.flock(other, fcntl.LOCK_UN)
        word, limit = machine.stderr.readline().split()
        self.assertEqual((word, int(limit) < LIMIT_S), ("limit", True), limit)


class Collect(FleetTest):
    def test_machines_are_told_with_what_they_lack(self):
        out = self.folder / "fleet"
        for name, rules in (
            ("1", ["ranks"]), ("2 broken", None), ("3", ["ranks", "ranks"]), ("4", []),
            ("5", ["ranks", "extremes"]), ("6", [""]),
        ):  # fmt: skip
            (out / "machines" / name).mkdir(parents=True)
            if rules is not None:
                rows = "".join(f"wall_s,{rule}\n" for rule in rules)
                text = f"figure,rule\nrss_bytes,\n{rows}"
                (out / "machines" / name / "summary.csv").write_text(text)
        done = subprocess.run(
            [self.top / "bench/fleet/collect", out], capture_output=True, text=True
        )
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        lines = done.stdout.splitlines()
        few = ": too few runs for an interval"
        for line in (f"collects {out}/machines/3", "machine 2 is '3'",
                     f"machine 3 is '4'{few}", f"machine 4 is '5'{few}",
                     f"machine 5 is '6'{few}",
                     "left out is '2 broken' of machines/: it holds no summary.csv"):
            self.assertIn(line, lines)
        self.assertNotIn(f"collects {out}/machines/2 broken", lines)
