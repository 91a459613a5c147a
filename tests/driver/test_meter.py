"""The meters themselves: memory and time, held against what is known."""

import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from . import REPOSITORY

KIB, MIB = 1 << 10, 1 << 20
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
# Touches so many MiB, sleeps so many ms, and prints what the programs would record.
PROGRAM = r"""
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include "sync/clock.h"
#include "measure/process.h"

int64_t now_ns(void) { /* as the threads of the programs have it */
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

bool clock_is_virtual(void) {
    return false;
}

static long resident_kib(void) {
    long kib = -1;
    char line[256];
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        sscanf(line, "Rss: %ld kB", &kib);
    }
    return kib;
}

int main(int argc, char **argv) {
    int64_t start = now_ns();
    size_t size = argc > 1 ? strtoul(argv[1], NULL, 10) << 20 : 0;
    if (size > 0) {
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(memory, 1, size);
    }
    long ms = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    struct timespec nap = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&nap, NULL);
    struct process_figures figures = {0};
    process_read(&figures);
    printf("{\"rss\": %lld, \"resident\": %ld, \"wall_ns\": %lld}\n",
           (long long)figures.rss_peak_bytes, resident_kib() * 1024,
           (long long)(now_ns() - start));
    return 0;
}
"""


@unittest.skipUnless(COMPILER, "needs a C compiler")
class Meters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        (cls.folder / "meter.c").write_text(PROGRAM)
        source = REPOSITORY / "src"
        subprocess.run(
            [COMPILER, "-std=c11", "-D_GNU_SOURCE", "-O2", f"-I{source}", "meter.c",
             str(source / "measure/process.c"), "-o", "meter"],
            cwd=cls.folder, check=True,
        )  # fmt: skip

    def measure(self, *arguments):
        done = subprocess.run(
            ["./meter", *arguments], cwd=self.folder, capture_output=True, check=True
        )
        return json.loads(done.stdout)

    def test_64_mib_are_measured_within_one_percent(self):
        before, after = self.measure("0"), self.measure("64")
        grown = after["rss"] - before["rss"]
        self.assertAlmostEqual(grown, 64 * MIB, delta=0.01 * 64 * MIB)

    def test_a_program_that_does_nothing_is_measured_within_300_kib(self):
        found = self.measure()
        self.assertAlmostEqual(found["rss"], found["resident"], delta=300 * KIB)

    def test_a_large_parent_does_not_leak_into_the_figure(self):
        alone = self.measure()["rss"]
        ballast = bytearray(b"x") * (200 * MIB)
        beside = self.measure()["rss"]
        self.assertEqual(len(ballast), 200 * MIB)
        self.assertAlmostEqual(alone, beside, delta=300 * KIB)

    @unittest.skipUnless(shutil.which("hyperfine"), "needs hyperfine")
    def test_hyperfine_agrees_with_the_program_but_for_the_start(self):
        def outside_s(ms):
            subprocess.run(
                ["hyperfine", "-N", "-r", "5", "--style=none", "--export-json=t.json",
                 "--output=./said", f"./meter 0 {ms}"],
                cwd=self.folder, check=True, capture_output=True,
            )  # fmt: skip
            found = json.loads((self.folder / "t.json").read_text())["results"][0]
            walls = found.get("times") or [  # version 1, and version 2
                run["time_wall_clock"]["value"] for run in found["measurements"]
            ]
            inside_ns = json.loads((self.folder / "said").read_text())["wall_ns"]
            return min(walls), walls[-1], inside_ns / 1e9

        start_s, *_ = outside_s(0)
        # A neighbour can hold one of the two clocks up at any time, so we wait for a run
        # that nobody did: clocks that disagree would do so in every one.
        for _ in range(50):
            _, outside, inside = outside_s(50)
            self.assertGreater(outside, inside)
            if outside - inside < 3 * start_s:
                return
        self.fail(f"{outside} s outside, {inside} s inside, {start_s} s to start")
