"""Every test there is, step by step: what tests/run does once the tools are there.

A step is a build with its tests, a suite of Python tests, or a check that either holds
or does not. Three go side by side, as many of them mostly wait. Each prints what
failed, and what time it took. Last comes why anything was skipped, and then

    N passed, N failed, N skipped

The exit status is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "bench"))

from driver.ask.command import Parser  # noqa: E402

BUILD = TOP / "build" / "tests"
GRACE_S = 5.0
# Only what is broken takes so long: beside a hundred others that are busy, a suite takes
# hours. What hangs in one is ended by a limit of its own.
LIMIT_S = 6 * 3600.0
BYTECODE = BUILD / "bytecode"  # of Python: the driver is started some hundred times


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    why: Counter[str] = field(default_factory=Counter)  # it was skipped

    def __iadd__(self, other: Count) -> Count:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.why += other.why
        return self

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def skip(why: str) -> Count:
    return Count(skipped=1, why=Counter([why]))


telling = threading.local()  # of which step a thread tells


def say(text: str) -> None:
    step = getattr(telling, "step", "")
    print(f"---- {step}:\n{text}" if step else text, flush=True)


running: set[subprocess.Popen[str]] = set()  # each with a process group of its own
stopping = threading.Event()


def kill(child: subprocess.Popen[str], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def stop(number: int, frame: FrameType | None) -> NoReturn:
    """Ends what was started, then us; whoever does not hear it is not waited for long."""
    stopping.set()
    for child in list(running):
        kill(child, signal.SIGINT)
    limit_s = time.monotonic() + GRACE_S
    while running and time.monotonic() < limit_s:
        time.sleep(0.05)
    for child in list(running):
        kill(child, signal.SIGKILL)
    os._exit(128 + number)


def hear_signals() -> None:
    """Also in the background, where a shell has its children ignore some of them, which
    tests must send."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def call(
    command: list[str], env: dict[str, str] | None = None, limit_s: float = LIMIT_S
) -> subprocess.CompletedProcess[str]:
    """Runs a command from the top of the tree; a hang becomes status 124."""
    stuck = threading.Event()
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        child = subprocess.Popen(
            command,
            cwd=TOP,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        running.add(child)
        end = lambda: (stuck.set(), kill(child, signal.SIGKILL))  # noqa: E731
        limit = threading.Timer(limit_s, end)
        limit.start()
        _, status, used = os.wait4(child.pid, 0)  # which tells what it used, too
        limit.cancel()
        running.discard(child)
        if stopping.is_set():  # then nothing comes after it
            threading.Event().wait()
        child.returncode = os.waitstatus_to_exitcode(status)
        telling.cpu_s += used.ru_utime + used.ru_stime
        output.seek(0)
        said = output.read()
    if stuck.is_set():
        return subprocess.CompletedProcess(command, 124, said + "\nstuck\n")
    return subprocess.CompletedProcess(command, child.returncode, said)


def verdict(done: subprocess.CompletedProcess[str]) -> Count:
    """One check, judged by its exit status; 77 is a skip, the last line says why."""
    if done.returncode == 0:
        return Count(passed=1)
    if done.returncode == 77:
        return skip(last_line(done.stdout))
    say(done.stdout.rstrip())
    return Count(failed=1)


def last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2].removeprefix("skipped: ")


def judged(count: Count, done: subprocess.CompletedProcess[str]) -> Count:
    """What a command counted, but failed if it ended so, or has not tried anything."""
    if done.returncode != 0 or str(count) == str(Count()):
        say(done.stdout[-12000:])
        count.failed = max(count.failed, 1)
    return count


def python_count(said: str) -> Count | None:
    """What unittest -v says it did; None if it did not come to its end."""
    ran = re.search(r"^Ran (\d+) tests?", said, re.MULTILINE)
    if ran is None:
        return None
    odd = dict(re.findall(r"(failures|errors|skipped)=(\d+)", said))
    # Of a test that fails in three of its cases, unittest counts the cases.
    bad = re.findall(r"^(?:FAIL|ERROR): (\S+ \(.*?\))", said, re.MULTILINE)
    failed, skipped = len(set(bad)), int(odd.get("skipped", 0))
    classes = sum(name.startswith(("setUp", "tearDown")) for name in set(bad))
    why = Counter(re.findall(r"\bskipped ['\"](.+)['\"]$", said, re.MULTILINE))
    passed = max(int(ran[1]) - (failed - classes) - skipped, 0)
    return Count(passed, failed, skipped, why)


# ---- the builds ----


def keep_go() -> None:
    """Go's own packages take longer to compile than all of ours: once will do."""
    with suppress(OSError, RuntimeError):  # no home, or none to write in
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        kept = caches.absolute() / "five-cooks" / "go"
        kept.mkdir(parents=True, exist_ok=True)
        if os.access(kept, os.W_OK):
            os.environ.setdefault("FIVE_COOKS_GOCACHE", str(kept))


def configure(folder: Path, options: list[str], compiler: str) -> bool:
    """A fresh build folder if the one there is of another time or place."""
    setup = ["meson", "setup", str(folder), *options]
    env = {"CC": compiler}
    if shutil.which("ld.gold"):
        env["CC_LD"] = "gold"  # it links in half the time
    for attempt in (["--reconfigure"] if folder.exists() else [], ["--wipe"], []):
        done = call([*setup, *attempt], env=env)
        if done.returncode == 0:
            return True
        if attempt == ["--wipe"]:
            shutil.rmtree(folder, ignore_errors=True)
    say(done.stdout)
    return False


def meson_results(log: Path) -> Count:
    """What Meson's log of the last run says, and the output of what failed."""
    count = Count()
    for line in log.read_text().splitlines() if log.exists() else ():
        try:
            test = json.loads(line)
        except ValueError:  # Meson was killed as it wrote it
            say(f"no result: {line[-200:]}")
            count.failed += 1
            continue
        said = test.get("stdout", "") + test.get("stderr", "")
        fine = test["result"] in ("OK", "EXPECTEDFAIL")
        if test["result"] == "SKIP":
            one = skip(last_line(said))
        else:
            inner = python_count(said) if "unittest" in test["command"] else None
            one = inner or Count(passed=int(fine), failed=int(not fine))
            one.failed = max(one.failed, int(not fine))
        if one.failed:
            say(f"{test['name']}: {test['result']}\n{said[-8000:]}")
        count += one
    return count


def one_python() -> None:
    """The scripts' python3 is ours: a shim, as pyenv has, takes ten times as long to
    start as Python does, and they are started all the time."""
    folder = BUILD / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    python = folder / "python3"  # no link: a venv is found beside what was called
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    os.environ["PATH"] = f"{folder}:{os.environ['PATH']}"


building = threading.Lock()
built: dict[Path, bool] = {}  # what was, in this run


def build(folder: Path, options: list[str], compiler: str, *targets: str) -> bool:
    """The targets, or all there are; once a run, whoever needs them first."""
    if folder in built:
        return built[folder]
    with building:  # two at once would be no faster
        if folder not in built:
            built[folder] = configure(folder, options, compiler) and compiles(
                ["ninja", "-C", str(folder), *targets]
            )
        return built[folder]


def compiles(command: list[str]) -> bool:
    done = call(command)
    if done.returncode != 0:
        say(done.stdout[-6000:])
    return done.returncode == 0


def meson_test(
    name: str, options: list[str], *which: str, compiler: str = "gcc"
) -> Count:
    """Builds all in the folder of that name, and has Meson run these tests."""
    folder = BUILD / name
    log = folder / "meson-logs" / f"{telling.step}.json"
    if not build(folder, options, compiler):
        return Count(failed=1)
    log.unlink(missing_ok=True)  # or an old one would be read as this run's
    command = ["meson", "test", "-C", str(folder), "--no-rebuild", "-t", "3"]
    done = call([*command, "--logbase", telling.step, *which])
    return judged(meson_results(log), done)


def address() -> Count:
    """By clang, as all else is built by gcc; but not if its runtime is not installed."""
    BUILD.mkdir(parents=True, exist_ok=True)
    empty, made = BUILD / "empty.c", BUILD / "empty.so"
    empty.touch()
    asked = ["-shared", "-fsanitize=address,undefined", str(empty), "-o", str(made)]
    can = shutil.which("clang") and call(["clang", *asked]).returncode == 0
    compiler = "clang" if can else "gcc"
    return meson_test(f"address-{compiler}", ADDRESS, *UNITS, compiler=compiler)


# ---- the others ----


def python_suite(folder: str, build_first: bool = True, parts: int = 1) -> Count:
    """Runs tests/<folder> with unittest, in parts side by side, and reads their counts."""
    if build_first and not build(BUILD / "plain", RELEASE, "gcc"):
        return Count(failed=1)
    found = sorted(path.stem for path in (TOP / "tests" / folder).glob("test_*.py"))
    modules = [f"tests.{folder}.{name}" for name in found]
    step, total = telling.step, Count()

    def told(part: list[str]) -> tuple[Count, float]:
        telling.step, telling.cpu_s = step, 0.0
        return unittest(part), telling.cpu_s

    with ThreadPoolExecutor(parts) as threads:
        for count, used_s in threads.map(told, (modules[i::parts] for i in range(parts))):
            total += count
            telling.cpu_s += used_s
    return total


def unittest(modules: list[str]) -> Count:
    done = call(
        [sys.executable, "-m", "unittest", "-v", *modules],
        env={"FIVE_COOKS_BUILD": str(BUILD / "plain")},
    )
    return judged(python_count(done.stdout) or Count(), done)


def script(*command: str, env: dict[str, str] | None = None) -> Count:
    return verdict(call(list(command), env=env))


def helgrind() -> Count:
    """Its programs tell helgrind what it cannot see."""
    if shutil.which("valgrind") is None:
        return skip("valgrind is not installed")
    folder = BUILD / "helgrind"
    watched = (f"src/{name}" for name in ("thread-per-task", "worker-pool", "mutex-pool"))
    if not build(folder, ["-Dc_args=-DFOR_HELGRIND", *QUICK], "gcc", *watched):
        return Count(failed=1)
    return script("tests/helgrind", str(folder))


def micro() -> Count:
    """The measurements of single operations are built, and one of each kind is made."""
    if call(["pkg-config", "--exists", "benchmark"]).returncode != 0:
        return skip("Google Benchmark is not installed")
    if not build(BUILD / "plain", RELEASE, "gcc"):
        return Count(failed=1)
    place = ["--build", str(BUILD / "plain")]
    return script("bench/micro/run", "--blocks", "1", "--filter", "un.*:5/|create", *place)


def square() -> Count:
    if not build(BUILD / "plain", RELEASE, "gcc"):
        return Count(failed=1)
    return script("tests/check_square", str(BUILD / "plain"))


STRICT = ["-Dwerror=true"]
# As the project's own defaults. Not by --buildtype: given for a folder that is there
# already, it takes the debug lines away, and the deadlock report its places.
RELEASE = ["-Doptimization=3", "-Ddebug=true", *STRICT]
UNMEASURED = ["-Dmicro=disabled", *STRICT]  # single operations: the plain build's
# Whatever watches costs more than the optimizer would gain.
QUICK = ["-Doptimization=1", "-Ddebug=true", *UNMEASURED]
# Of what the debugger knows they need the lines only.
WATCHED = ["-Doptimization=1", "-Ddebug=false", "-Dc_args=-g1"]
SANITIZE = ["-Db_lundef=false", *WATCHED, *UNMEASURED]
# Clang with these two takes twice as long if it optimizes, and nothing gets faster by it.
ADDRESS = [*SANITIZE, "-Db_sanitize=address,undefined", "-Doptimization=0"]
THREAD = ["-Db_sanitize=thread", *SANITIZE]
# The model says the same of every build, and programs take their time.
UNITS = ["--no-suite", "model", "--no-suite", "programs"]
# The same claims about the programs of the thread build: C's own tests fork children,
# which ThreadSanitizer does not watch. Those in which most happens at once; the others
# wait for one process after another.
BUSY = ["programs.test_remote", "programs.test_signals"]

# In this order they are begun: the longest as soon as they can, the short ones last, so
# that all end together. Most suites wait for the plain build.
STEPS: dict[str, Callable[[], Count]] = {
    "plain": lambda: meson_test("plain", RELEASE, *UNITS),
    "golden": lambda: script("tests/golden/check"),
    "driver": lambda: python_suite("driver", parts=2),
    "address": address,
    "fleet": lambda: python_suite("fleet", build_first=False),
    "thread": lambda: meson_test("thread", THREAD, *UNITS),
    "races": lambda: meson_test("thread", THREAD, *BUSY),
    "programs": lambda: meson_test("plain", RELEASE, "--suite", "programs"),
    "peers": lambda: python_suite("peers"),
    "model": lambda: script("tests/model/run"),
    "charts": lambda: python_suite("charts"),
    "browser": lambda: python_suite("browser"),
    "helgrind": helgrind,
    "micro": micro,
    "headers": lambda: script("tests/check_headers"),
    "claims": lambda: python_suite("claims", build_first=False),
    "square": square,
    "layers": lambda: script("tests/check_layers"),
    "stages": lambda: script("tests/check_driver"),
    "mutants": lambda: script("tests/mutants", "fit"),
    "readme": lambda: script("bench/readme", "--check"),
}
AT_ONCE = 3


def take(name: str) -> Count:
    telling.step, telling.cpu_s = name, 0.0
    start_s = time.monotonic()
    count = STEPS[name]()
    telling.step = ""
    took_s = time.monotonic() - start_s
    say(f"{name}: {count} ({took_s:.0f} s, {telling.cpu_s:.0f} s of CPU)")
    return Count(count.passed, count.failed, count.skipped, Counter(
        {f"{name}: {why}": times for why, times in count.why.items()}))


def main() -> int:
    parser = Parser(
        prog="tests/run", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--check", action="store_true",
                        help="only see whether there are such steps")  # fmt: skip
    parser.add_argument(
        "steps", nargs="*", metavar="STEP", help=f"of {', '.join(STEPS)}; all if none"
    )
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody reads: end without a word
    asked = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    chosen = asked.steps or list(STEPS)
    for name in chosen:
        if name not in STEPS:
            parser.error(f"no step '{name}'; there are {', '.join(STEPS)}")
    if asked.check:
        return 0
    hear_signals()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(BYTECODE)
    shutil.rmtree(BYTECODE, ignore_errors=True)  # also what copies of the tree left
    keep_go()
    one_python()
    total = Count()
    for count in ThreadPoolExecutor(AT_ONCE).map(take, chosen):
        total += count
    for why, times in sorted(total.why.items()):
        say(f"skipped: {why}" + (f" ({times} times)" if times > 1 else ""))
    say(str(total))
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
