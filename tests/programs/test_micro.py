"""bench/micro/run: what was measured is kept, and what cannot be is told beforehand."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from .program import LIMIT_S, until

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / "bench" / "micro" / "run"
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
# In place of the meter: lists one operation, and measures it in its own way, which
# knows how many blocks came before.
METER = """#!/bin/sh
for word; do case $word in
--benchmark_list_tests=true) list=yes ;;
--benchmark_filter=none) exit 0 ;;
--benchmark_out=*) out=${word#*=} ;;
esac; done
[ -z "${list-}" ] || { echo op/five-cooks; exit; }
echo >>"$0.blocks"
block=$(($(wc -l <"$0.blocks") - 1))
fine() { echo '{"context": {}, "benchmarks": [
    {"name": "op/five-cooks/iterations:1", "real_time": 5},
    {"name": "op/five-cooks-again/iterations:1", "real_time": 5}]}' >"$out"; }
"""
# How it does so; the arguments; the status, the last line on stderr, and how many
# blocks are kept: None if there must be no file.
CASES = {
    "all is well": ("fine", (), 0, "", 3),
    "blocks enough for an interval": ("fine", ("--blocks=6",), 0, "", 6),
    "the third block fails": ('[ "$block" = 3 ] || fine', (), 3, "", 2),
    "it crashes in the third": ('[ "$block" != 3 ] || exit 9; fine', (), 3, "", 2),
    "it crashes at once": ("exit 9", (), 3, "micro ended with status 9", None),
    "it writes nothing": (': >"$out"', (), 3, "micro: cannot build or run: micro wrote no", None),
    "no such operation": ("fine", ("--filter=none",), 2, "--filter 'none'", None),
    "a folder for a file": ("fine", ("--output=/",), 3, "--output: it is a dir", None),
    "no place": ("fine", ("--output=/proc/none/x",), 3, "--output: No such", None),
    "no file": ("fine", ("--output=/dev/null",), 0, "", None),
}


class Micro(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.build = self.folder / "build"
        (self.folder / "ninja").write_text("#!/bin/sh\n")
        (self.folder / "ninja").chmod(0o755)
        self.meter = self.build / "bench" / "micro" / "micro"
        self.meter.parent.mkdir(parents=True)
        (self.build / "build.ninja").touch()

    def start(self, way: str, *args: str) -> subprocess.Popen[str]:
        self.meter.write_text(f"{METER}{way}\n")
        self.meter.chmod(0o755)
        path = f"{self.folder}:{os.environ['PATH']}"
        return subprocess.Popen(
            [RUN, "--blocks=3", f"--build={self.build}", *args], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"PATH": path},
        )  # fmt: skip

    def test_a_build_that_was_set_up_without_it_is_set_up_again(self) -> None:
        """Google Benchmark, or what else it takes, may have come since."""
        log, logs = self.folder / "log", 'echo "$@" >>"${0%/*}/log"\n'
        for name, knows, again in (("there", 0, []), ("lacking", 1, ["--reconfigure"])):
            with self.subTest(name):
                for tool in ("meson", "ninja"):
                    code = f'#!/bin/sh\n{logs}case "$*" in *query*) exit {knows} ;; esac\n'
                    (self.folder / tool).write_text(code)
                    (self.folder / tool).chmod(0o755)
                log.unlink(missing_ok=True)
                made = self.start("fine")
                made.communicate(timeout=LIMIT_S)
                self.assertEqual(made.returncode, 0)
                words = log.read_text().split()
                self.assertEqual([w for w in words if w == "--reconfigure"], again)
                self.assertEqual("-Dmicro=enabled" in words, bool(again))
                self.assertEqual(words[-1], "bench/micro/micro")

    def kept(self) -> dict | None:
        (file,) = [*self.build.glob("micro.json*")] or [None]
        return None if file is None else json.loads(file.read_text())

    def test_nothing_measured_is_lost_and_nothing_ends_in_a_riddle(self) -> None:
        for name, (way, args, status, told, blocks) in CASES.items():
            with self.subTest(name):
                for old in (*self.build.glob("micro.json*"), *self.build.rglob("*.blocks")):
                    old.unlink()
                made = self.start(way, *args)
                table, said = made.communicate(timeout=LIMIT_S)
                self.assertEqual(made.returncode, status, said)
                self.assertNotIn("Traceback", said)
                self.assertIn(told, said.splitlines()[-1])
                kept = self.kept()
                self.assertEqual(kept and kept["blocks"], blocks)
                if kept:
                    self.assertEqual(kept["complete"], status == 0)
                    self.assertEqual(kept["operations"][0]["values_ns"], [5] * blocks)
                    failed = [each["block"] for each in kept["failed"]]
                    self.assertEqual(failed, [3] if status else [])
                    self.check_intervals(kept, table, blocks)

    def check_intervals(self, kept: dict, table: str, blocks: int) -> None:
        """Of all blocks alike: 6 values bear one of a median, 3 of a ratio."""
        (ours, _), (ratio,) = kept["operations"], kept["ratios"]
        of_median, of_ratio = 5 if blocks >= 6 else None, 1 if blocks >= 3 else None
        self.assertEqual((ours["low_ns"], ours["high_ns"]), (of_median, of_median))
        self.assertEqual((ratio["low"], ratio["high"]), (of_ratio, of_ratio))
        self.assertEqual(table.count("[5.0, 5.0]"), 2 if of_median else 0)
        self.assertEqual(table.count("[1.00, 1.00]"), 1 if of_ratio else 0)

    def test_ctrl_c_keeps_what_there_is(self) -> None:
        """Before the first counted block has ended, that is an earlier result."""
        blocks = Path(f"{self.meter}.blocks")
        for at, kept in ((3, 2), (1, "earlier"), (0, "earlier")):
            with self.subTest(at=at):
                blocks.unlink(missing_ok=True)
                (self.build / "micro.json").write_text('{"blocks": "earlier"}')
                made = self.start(f'[ "$block" != {at} ] || exec sleep 1000; fine')
                so_many = "\n" * (at + 1)
                until(lambda: blocks.exists() and so_many in blocks.read_text(), "blocks")
                made.send_signal(signal.SIGINT)
                _, said = made.communicate(timeout=LIMIT_S)
                self.assertEqual(made.returncode, 130, said)
                self.assertNotIn("Traceback", said)
                self.assertEqual(self.kept()["blocks"], kept)


# In place of the meter: asks a peer once, and again when that has ended.
ASKS_TWICE = """
#include "peer_process.h"
#include <stdio.h>
#include <sys/wait.h>
int main(void) {
    struct operation operation = {.peer = {"peer", "op"}};
    void *peer = peer_start(&operation);
    siginfo_t ended;
    printf("%d ", (int)peer_run(peer, 7));
    waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT);
    printf("%d\\n", (int)peer_run(peer, 7));
    peer_stop(peer);
}
"""


@unittest.skipUnless(COMPILER, "needs a C compiler")
class Peer(unittest.TestCase):
    def test_one_that_dies_costs_its_operation_and_not_the_others(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "asks.c").write_text(ASKS_TWICE)
        (folder / "peer").write_text("#!/bin/sh\nread count; echo $count\n")
        (folder / "peer").chmod(0o755)
        micro = ROOT / "bench" / "micro"
        command = [COMPILER, "-std=c11", "-D_GNU_SOURCE", f"-I{micro}", f"-I{ROOT / 'src'}"]
        files = [folder / "asks.c", micro / "peer_process.c", "-o", folder / "asks"]
        subprocess.run([*command, *files], check=True, timeout=LIMIT_S)
        done = subprocess.run([folder / "asks"], stdout=subprocess.PIPE, text=True,
                              timeout=LIMIT_S)  # fmt: skip
        self.assertEqual((done.returncode, done.stdout), (0, "7 -1\n"))
