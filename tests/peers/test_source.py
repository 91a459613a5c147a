"""The Go code: formatted, vetted, and free of races as Go's own detector sees them."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from ..programs.program import LIMIT_S
from . import FOLDER, NAMES, needs_go
from .test_record import VARIED

SOURCE = Path(__file__).resolve().parents[2] / "bench" / "peers"
BUILD_LIMIT_S = 600
# What Go builds for, as a user may have set it for programs of their own.
TARGET = {
    "GOARCH": "riscv64", "GOOS": "freebsd", "GOAMD64": "v3", "GOARM": "5",
    "GOARM64": "v8.1", "GOEXPERIMENT": "fieldtrack",
}  # fmt: skip


def go(*command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Without network, and with what the build has compiled already."""
    settings = {
        "GOENV": "off", "GOFLAGS": "", "GOWORK": "off", "GOPROXY": "off",
        "GOTOOLCHAIN": "local", "GO111MODULE": "on", "CGO_ENABLED": "0",
        "GOCACHE": os.environ.get("FIVE_COOKS_GOCACHE") or str(FOLDER / "go-cache"),
        "GOPATH": "/nonexistent", **dict.fromkeys(TARGET, ""),
    }  # fmt: skip
    return subprocess.run(
        command, cwd=SOURCE, env={**os.environ, **settings, **env}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=BUILD_LIMIT_S,
    )  # fmt: skip


@needs_go
class TheBuild(unittest.TestCase):
    """For this machine, whatever a user has set: one word at a time, as what one means
    may depend on another."""

    def setUp(self) -> None:
        self.known = go("go", "env", *TARGET).stdout

    def test_of_these_programs(self) -> None:
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            asks, told = Path(folder) / "asks", Path(folder) / "told"
            asks.write_text(f"#!/bin/sh\nexec go env {' '.join(TARGET)} >'{told}'\n")
            asks.chmod(0o755)
            for name, value in TARGET.items():
                with self.subTest(name):
                    command = (SOURCE / "build", asks, folder, "1", "/dev/null")
                    build = go(*command, **{name: value})
                    self.assertEqual((build.returncode, build.stdout), (0, ""))
                    self.assertEqual(told.read_text(), self.known)

    def test_of_the_peer_of_the_micro_benchmarks(self) -> None:
        meson = (SOURCE.parent / "micro" / "meson.build").read_text()
        set_there = dict(re.findall(r"'(GO\w+)': '([^']*)'", meson))
        for name, value in TARGET.items():
            with self.subTest(name):
                told = go("go", "env", *TARGET, **{name: value} | set_there).stdout
                self.assertEqual(told, self.known)


@needs_go
class TheSource(unittest.TestCase):
    def test_gofmt_and_vet_have_nothing_to_say(self) -> None:
        if shutil.which("gofmt") is None:
            self.skipTest("gofmt is not installed")
        for command in (("gofmt", "-l", "."), ("go", "vet", "./...")):
            done = go(*command)
            self.assertEqual((done.returncode, done.stdout), (0, ""), command)

    def test_lines_and_files_are_short_enough_to_read(self) -> None:
        for path in SOURCE.rglob("*.go"):
            lines = path.read_text(encoding="utf-8").splitlines()
            self.assertLessEqual(len(lines), 300, path.name)
            for number, line in enumerate(lines, 1):
                self.assertLessEqual(len(line.expandtabs(4)), 88, f"{path.name}:{number}")

    def test_the_race_detector_finds_nothing(self) -> None:
        with tempfile.TemporaryDirectory(prefix="five-cooks-") as folder:
            packages = [f"./{name}" for name in NAMES]
            done = go("go", "build", "-race", "-o", f"{folder}/", *packages,
                      CGO_ENABLED="1")  # fmt: skip
            if done.returncode != 0:
                self.skipTest(f"no race detector here: {done.stdout.strip()[-200:]}")
            for name in NAMES:
                for run, args in VARIED.items():
                    with self.subTest(name, run=run):
                        command = [f"{folder}/{name}", "--samples", "/dev/null", *args]
                        done = subprocess.run(
                            [str(word) for word in command], capture_output=True,
                            text=True, timeout=LIMIT_S,
                        )  # fmt: skip
                        self.assertEqual((done.returncode, done.stderr), (0, ""))
