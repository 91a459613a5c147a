"""Every test there is, step by step: what tests/run does once the tools are there.

A step is a build with its tests, a suite of Python tests, or a check that either holds
or does not. Each prints what failed; the last line of all is

    N passed, N failed, N skipped

and the exit status is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
BUILD = TOP / "build" / "tests"


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __iadd__(self, other: Count) -> Count:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        return self

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def say(text: str) -> None:
    print(text, flush=True)


def hear_signals() -> None:
    """In the background a shell has its children ignore what tests must send."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def call(
    command: list[str], env: dict[str, str] | None = None, limit_s: float = 1800
) -> subprocess.CompletedProcess[str]:
    """Runs a command from the top of the tree; a hang becomes status 124."""
    try:
        return subprocess.run(
            command,
            cwd=TOP,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
            stdin=subprocess.DEVNULL,
            preexec_fn=hear_signals,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=limit_s,
        )
    except subprocess.TimeoutExpired as late:
        output = late.stdout.decode(errors="replace") if late.stdout else ""
        return subprocess.CompletedProcess(command, 124, output + "\nstuck\n")


def verdict(done: subprocess.CompletedProcess[str]) -> Count:
    """One check, judged by its exit status; 77 is a skip, with the reason printed."""
    if done.returncode == 0:
        return Count(passed=1)
    say(done.stdout.rstrip())
    return Count(skipped=1) if done.returncode == 77 else Count(failed=1)


# ---- the builds ----


def configure(folder: Path, options: list[str], compiler: str) -> bool:
    """A fresh build folder if the one there is of another time or place."""
    setup = ["meson", "setup", str(folder), *options]
    for attempt in (["--reconfigure"] if folder.exists() else [], ["--wipe"], []):
        done = call([*setup, *attempt], env={"CC": compiler})
        if done.returncode == 0:
            return True
        if attempt == ["--wipe"]:
            shutil.rmtree(folder, ignore_errors=True)
    say(done.stdout)
    return False


def meson_results(log: Path) -> Count:
    """What Meson's log of the last run says, and the output of what failed."""
    count = Count()
    for line in log.read_text().splitlines():
        test = json.loads(line)
        if test["result"] in ("OK", "EXPECTEDFAIL"):
            count.passed += 1
        elif test["result"] == "SKIP":
            count.skipped += 1
        else:
            count.failed += 1
            say(f"---- {test['name']}: {test['result']}")
            say((test.get("stdout", "") + test.get("stderr", ""))[-4000:])
    return count


def build(folder: Path, options: list[str], compiler: str, *targets: str) -> bool:
    """The targets, or all there are."""
    if not configure(folder, options, compiler):
        return False
    done = call(["meson", "compile", "-C", str(folder), *targets])
    if done.returncode != 0:
        say(done.stdout[-6000:])
    return done.returncode == 0


def build_and_test(name: str, options: list[str], compiler: str) -> Count:
    folder = BUILD / name
    log = folder / "meson-logs" / "testlog.json"
    if shutil.which(compiler) is None:
        say(f"{compiler} is not installed")
        return Count(skipped=1)
    if not build(folder, options, compiler):
        return Count(failed=1)
    log.unlink(missing_ok=True)  # or an old one would be read as this run's
    # The model is a step of its own: it says the same of every build.
    command = ["meson", "test", "-C", str(folder), "--no-rebuild", "--no-suite", "model"]
    done = call(command, limit_s=2400)
    return meson_results(log) if log.exists() else verdict(done)


# ---- the others ----


def python_suite(
    folder: str, env: dict[str, str] | None = None, files: str = "test*.py"
) -> Count:
    """Runs tests/<folder> with unittest and reads its own count."""
    command = [sys.executable, "-m", "unittest", "discover", "-s", f"tests/{folder}"]
    done = call([*command, "-t", ".", "-p", files], env=env)
    ran = re.search(r"^Ran (\d+) tests?", done.stdout, re.MULTILINE)
    if ran is None or int(ran[1]) == 0:
        say(done.stdout[-4000:])
        return Count(failed=1)
    odd = dict(re.findall(r"(failures|errors|skipped)=(\d+)", done.stdout))
    failed = int(odd.get("failures", 0)) + int(odd.get("errors", 0))
    skipped = int(odd.get("skipped", 0))
    if done.returncode != 0:
        say(done.stdout[-12000:])
        failed = max(failed, 1)
    return Count(max(int(ran[1]) - failed - skipped, 0), failed, skipped)


def script(*command: str, env: dict[str, str] | None = None) -> Count:
    return verdict(call(list(command), env=env))


def helgrind() -> Count:
    """Its programs tell helgrind what it cannot see."""
    if shutil.which("valgrind") is None:
        say("valgrind is not installed")
        return Count(skipped=1)
    folder = BUILD / "helgrind"
    watched = ("thread-per-task", "worker-pool", "mutex-pool")
    if not build(folder, ["-Dc_args=-DFOR_HELGRIND", *RELEASE], "gcc", *watched):
        return Count(failed=1)
    return script("tests/helgrind", str(folder))


def micro() -> Count:
    """The measurements of single operations are built, and one of each kind is made."""
    if call(["pkg-config", "--exists", "benchmark"]).returncode != 0:
        say("Google Benchmark is not installed")
        return Count(skipped=1)
    place = ["--build", str(BUILD / "micro")]
    return script("bench/micro/run", "--blocks", "1", "--filter", "hand|create", *place)


def square() -> Count:
    return script("tests/check_square", str(BUILD / "plain"))


PROGRAMS = {"FIVE_COOKS_BUILD": str(BUILD / "plain")}
# The same claims about the programs of the thread build: C's own tests fork children, at
# which ThreadSanitizer does not look. Who is told to end at once may leave threads.
RACES = {
    "FIVE_COOKS_BUILD": str(BUILD / "thread"),
    "TSAN_OPTIONS": "halt_on_error=1:detect_deadlocks=0:report_thread_leaks=0:"
    "allocator_may_return_null=1:atexit_sleep_ms=50",
}
STRICT = ["-Dwerror=true"]
# As the project's own defaults. Not by --buildtype: given for a folder that is there
# already, it takes the debug lines away, and the deadlock report its places.
RELEASE = ["-Doptimization=3", "-Ddebug=true", *STRICT]
SANITIZE = ["-Db_lundef=false", "--buildtype=debugoptimized"]

STEPS: dict[str, Callable[[], Count]] = {
    "plain": lambda: build_and_test("plain", RELEASE, "gcc"),
    "clang": lambda: build_and_test("clang", RELEASE, "clang"),
    "address": lambda: build_and_test(
        "address", ["-Db_sanitize=address,undefined", *SANITIZE, *STRICT], "gcc"
    ),
    "thread": lambda: build_and_test(
        "thread", ["-Db_sanitize=thread", *SANITIZE, *STRICT], "gcc"
    ),
    "helgrind": helgrind,
    "square": square,
    "micro": micro,
    "layers": lambda: script("tests/check_layers"),
    "stages": lambda: script("tests/check_driver"),
    "headers": lambda: script("tests/check_headers"),
    "golden": lambda: script("tests/golden/check"),
    "readme": lambda: script("bench/readme", "--check"),
    "model": lambda: script("tests/model/run"),
    "programs": lambda: python_suite("programs", PROGRAMS),
    # Those in which most happens at once; the others wait for one process after another.
    "races": lambda: python_suite("programs", RACES, "test_s[iu]*.py"),
    "peers": lambda: python_suite("peers", PROGRAMS),
    "driver": lambda: python_suite("driver", PROGRAMS),
    "charts": lambda: python_suite("charts", PROGRAMS),
    "browser": lambda: python_suite("browser", PROGRAMS),
    "fleet": lambda: python_suite("fleet"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/run", description=__doc__)
    parser.add_argument(
        "steps", nargs="*", metavar="STEP", help=f"of {', '.join(STEPS)}; all if none"
    )
    chosen = parser.parse_args().steps or list(STEPS)
    for name in chosen:
        if name not in STEPS:
            parser.error(f"no step '{name}'; there are {', '.join(STEPS)}")
    total = Count()
    for place, name in enumerate(chosen, 1):
        say(f"[{place}/{len(chosen)}] {name} ...")
        start_s = time.monotonic()
        count = STEPS[name]()
        say(f"[{place}/{len(chosen)}] {name}: {count} ({time.monotonic() - start_s:.0f} s)")
        total += count
    say(str(total))
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
