"""Results folders and TOML files from a stranger: does anything get through?

    bench/python -m tests.driver.hostile [SECONDS [SEED]]

Each case is a mutated copy of a small part of the reference run, on which the driver
draws, compares or collects in a process of its own, or of an experiment, to be read. It
must end in a documented status without a traceback, within limits of time and memory,
leave all that is outside of its folder as it was, and let no text become markup, a
command of gnuplot or an escape sequence. What is found is told with the number of the
case, which makes it again: bench/python -m tests.driver.hostile 1 NUMBER.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from copy import deepcopy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from . import REPOSITORY
from .strange import (
    CHOICE, FIELDS, LESSON, OPTIONS, PLAN, SERVICE, SETTING, TARGET, TEXTS, TYPED,
    VALUES,
)  # fmt: skip
from driver import __main__ as driver
from driver.ask import experiment, guess, lesson
from driver.ask.typed import AskError
from driver.draw import gnuplot
from driver.reckon import theory
from driver.planner import asked as planner
from driver.planner import gate
from driver.page import pieces  # noqa: F401  (loaded once, before the forks)

LIMIT_S, LIMIT_BYTES = 600, 3 << 30
NDJSON = ("runs.ndjson", "blocks.ndjson")
FEW_BLOCKS, MOST_TASKS = 3, 50
# One picture of each is drawn by gnuplot in some cases; the words are made in all.
PICTURES_IN = 0.15


# ---- what is mutated ----


def seedling(folder: Path) -> None:
    """A few blocks of the reference run, of its smallest cells."""
    reference = REPOSITORY / "results/reference"
    facts = json.loads((reference / "environment.json").read_text())
    for key in ("cells", "samples"):
        facts[key] = [cell for cell in facts[key] if cell["tasks"] <= MOST_TASKS]
    facts["charts"] = ["wall-time", "timeline", "in-flight", "outcomes"]
    facts["left_out"] = ["<b-hole>: takes long"]
    lines = (reference / "runs.ndjson").read_text().splitlines(True)
    runs = [
        line for line in lines
        if (run := json.loads(line))["cell"]["tasks"] <= MOST_TASKS
        and (run["block"] <= FEW_BLOCKS or run["samples"])
    ]  # fmt: skip
    facts["runs"] = len(runs)
    folder.mkdir()
    (folder / "environment.json").write_text(json.dumps(facts))
    (folder / "runs.ndjson").write_text("".join(runs))
    blocks = (reference / "blocks.ndjson").read_text().splitlines(True)
    (folder / "blocks.ndjson").write_text("".join(blocks[: FEW_BLOCKS + 1]))
    (folder / "samples").mkdir()
    for path in reference.glob(f"samples/*-n{MOST_TASKS}.csv"):
        shutil.copy(path, folder / "samples")


def spots(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in it."""
    items = (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list) else ()
    )  # fmt: skip
    found = []
    for key, inner in items:
        found += [(value, key), *spots(inner)]
    return found


def mutate_value(dice: random.Random, value: Any) -> Any:
    """Another value at some place of it, or at the top."""
    found = spots(value)
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        if not found or dice.random() < 0.02:
            return dice.choice(VALUES)
        holder, key = dice.choice(found)
        kind = dice.randrange(8)
        try:
            if kind == 0:
                del holder[key]
            elif kind == 1 and isinstance(holder, dict):
                holder[dice.choice(TEXTS)] = holder.pop(key)
            elif kind == 2:
                other, place = dice.choice(found)
                holder[key] = json.loads(json.dumps(other[place]))
            elif kind == 3 and isinstance(holder[key], int | float):
                holder[key] *= dice.choice((-1, 0, 10, 1e9, 1e-9))
            else:
                holder[key] = dice.choice(VALUES)
        except (LookupError, ValueError, OverflowError, RecursionError):
            pass  # a place that an earlier turn took away
    return value


def mutate_lines(dice: random.Random, lines: list[str]) -> list[str]:
    for _ in range(dice.choice((1, 1, 3, len(lines)))):
        if lines:
            at = dice.randrange(len(lines))
            lines[at] = json.dumps(mutate_value(dice, json.loads(lines[at])))
    if lines and dice.random() < 0.2:
        lines = [dice.choice(lines) for _ in range(dice.choice((0, 1, 40)))]
    return lines


def mutate_bytes(dice: random.Random, data: bytes) -> bytes:
    at = dice.randrange(len(data) + 1)
    more = dice.choice((b"\0" * 4096, b"\xff", b"[" * 100_000, b'{"a":', b"\n", b"NaN"))
    return dice.choice((data[:at], data[:at] + more + data[at:], data[at:], b"", more))


def mutate_csv(dice: random.Random, text: str) -> str:
    lines = [line.split(",") for line in text.splitlines()]
    for _ in range(dice.choice((1, 5, 100))):
        line = dice.choice(lines or [[""]])
        line[dice.randrange(len(line))] = dice.choice(FIELDS)
    return "\n".join(",".join(line) for line in lines) + "\n"


def mutate_words(dice: random.Random, text: str) -> str:
    words = re.split(r"(\s+|[\[\]=,\"])", text)
    for _ in range(dice.choice((1, 1, 2, 8))):
        at = dice.randrange(len(words))
        other = dice.choice((*TYPED, *map(str, VALUES), *words))
        words[at : at + dice.choice((0, 1, 1, 5))] = [other]
    return "".join(words)


def put_in_place(dice: random.Random, path: Path) -> None:
    """Something that is no such file."""
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    kind = dice.randrange(5)
    if kind == 0:
        os.mkfifo(path)
    elif kind == 1:
        path.mkdir()
    elif kind < 4:
        path.symlink_to(dice.choice(("/dev/zero", "../outside", "../outside/file", ".")))


def mutate_text(dice: random.Random, path: Path) -> None:
    try:
        if path.suffix == ".csv":
            path.write_text(mutate_csv(dice, path.read_text()))
        elif path.name in NDJSON:
            lines = mutate_lines(dice, path.read_text().splitlines())
            path.write_text("\n".join(lines) + "\n")
        else:
            value = mutate_value(dice, json.loads(path.read_text()))
            path.write_text(json.dumps(value))
    except (ValueError, RecursionError):
        pass  # an earlier turn has made something else of it


def mutate_folder(dice: random.Random, folder: Path) -> None:
    every = [*folder.glob("*.*json"), *folder.glob("samples/*.csv")]
    files = [path for path in every if path.is_file() and not path.is_symlink()]
    if not files:
        return
    likely = {*files} - {folder / "blocks.ndjson", *folder.glob("samples/*")}
    path = dice.choice([*sorted(likely), *files])
    kind = dice.random()
    if kind < 0.05:
        put_in_place(dice, dice.choice([*files, folder / "samples"]))
    elif kind < 0.08:
        name = dice.choice(("charts", "report.html", ".report.html.tmp", "summary.csv"))
        if not (folder / name).is_symlink():  # of an earlier turn
            (folder / name).symlink_to(dice.choice(("../outside", "../outside/file")))
    elif kind < 0.2:
        path.write_bytes(mutate_bytes(dice, path.read_bytes()))
    else:
        mutate_text(dice, path)


# ---- what is done with it ----


def on_folder(dice: random.Random, seed: Path, desk: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(seed, desk / name)
    if dice.random() < 0.3:
        told = json.dumps(dice.choice((LESSON, CHOICE, SETTING)))
        (desk / "one/lesson.json").write_text(told)
    if dice.random() < 0.1:
        facts = json.loads((desk / "one/environment.json").read_text())
        facts |= {"charts": ["plan"], "sections": ["plan"], "samples": []}
        (desk / "one/environment.json").write_text(json.dumps(facts))
        (desk / "one/plan.json").write_text(json.dumps(PLAN))
    for _ in range(dice.choice((1, 1, 2))):
        mutate_folder(dice, desk / "one")
    if dice.random() > PICTURES_IN:
        gnuplot.run_gnuplot = lambda place, chart, made: made.write_text("<svg></svg>")
        gnuplot.inspect = lambda made: None
    word = dice.choice((
        ["draw", "one"], ["draw", "one"], ["compare", "one", "two"],
        ["compare", "two", "one"], ["collect", "one", "two", "--out", "out"],
    ))  # fmt: skip
    status = driver.main(word)
    for of_class in desk.glob("out/*-class"):  # what was collected is drawn again, too
        mutate_text(dice, of_class / "class.csv")
        status = driver.main(["draw", str(of_class)])
    sys.exit(status)


def on_plan(dice: random.Random, seed: Path, desk: Path) -> None:
    """What bench/run plan is given: a service, an earlier plan, and where to keep it."""
    (desk / "plan.json").write_text(json.dumps(mutate_value(dice, deepcopy(PLAN))))
    service = mutate_words(dice, SERVICE)
    (desk / "service.toml").write_text(service, "utf-8", "surrogatepass")
    words = ["--target", dice.choice((TARGET, *filter(None, TEXTS)))]
    words += dice.choice(([], ["--from", "service.toml"]))
    words += dice.choice((["--gate", "plan.json"], ["--gate", "."], []))
    option, value = dice.choice(OPTIONS), dice.choice(TEXTS)
    words += [f"--{option}={value}", "--tasks", str(dice.choice((1000, 1000, 7, -1)))]
    asked = planner.parse([*words, "--keep", "kept.toml"])
    if asked.earlier:
        gate.worse(asked.earlier.values, asked.earlier.values, asked.target)
    asked.kept[0].write_text(asked.kept[1], encoding="utf-8")
    again = planner.parse(["--from", "kept.toml", "--tasks", str(asked.options["tasks"])])
    if again.target != asked.target or dict(again.options) != dict(asked.options):
        raise AssertionError(f"{asked.options} was kept as {again.options}")


def on_guess(dice: random.Random, seed: Path, desk: Path) -> None:
    """What a class says, on the terminal."""
    said = "".join(dice.choices(("Ann: ", "20 ms", "5", "A", " x 9", ",", *TEXTS), k=6))
    for unit in guess.ACCEPTED:
        try:
            list(guess.parse_all(unit, said, dice.choice(((), ("A", "B"))), None))
        except ValueError as error:
            driver.terminal.complain(str(error))


def on_toml(dice: random.Random, seed: Path, desk: Path) -> None:
    bench = REPOSITORY / "bench"
    path = dice.choice(sorted(bench.glob("*s/*.toml")))
    words = mutate_words(dice, path.read_text(encoding="utf-8"))
    made = desk / path.name
    made.write_text(words, encoding="utf-8", errors="surrogatepass")
    try:
        if path.parent.name == "lessons":
            lesson.load(path.name.split("-")[0], desk)
        else:
            asked = experiment.load(made, {}, dice.random() < 0.5)
            for cell in asked.cells:
                theory.planned_wall_s(cell)
    except AskError as error:
        driver.terminal.complain(str(error))


# ---- what must not come of it ----


class Holes(HTMLParser):
    found = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found |= tag == "b-hole"


def fault_of(desk: Path, status: int, said: str) -> str | None:
    """What is wrong after a case, in words."""
    if os.WIFSIGNALED(status):
        return f"ended by signal {os.WTERMSIG(status)}"
    if bug := re.search("Traceback|(?!OSError)[A-Z][A-Za-z]+Error: ", said):
        return f"a bug is told: {bug[0]}"
    if os.WEXITSTATUS(status) not in (0, 1, 2, 3):
        return f"status {os.WEXITSTATUS(status)}"
    if odd := [c for c in said if not c.isprintable() and c not in "\n\u202f\u00a0"]:
        return f"{odd[0]!r} on the terminal"
    if list(desk.rglob("gunned")) or (REPOSITORY / "gunned").exists():
        return "gnuplot obeyed"
    outside = desk / "outside"
    if sorted(os.listdir(outside)) != ["file"] or (outside / "file").read_text():
        return f"it wrote outside of its folder: {os.listdir(outside)}"
    for page in (p for p in desk.glob("*/*.html") if p.is_file()):
        holes = Holes()
        holes.feed(page.read_text(encoding="utf-8"))
        if holes.found:
            return "text became markup"
    return None


def run_case(seed: Path, number: int) -> str | None:
    """Makes the case of this number and tries it; what is wrong, in words."""
    with tempfile.TemporaryDirectory(prefix="five-cooks-") as place:
        desk = Path(place)
        (desk / "outside").mkdir()
        (desk / "outside/file").touch()
        (desk / "said").touch()
        child = os.fork()
        if child == 0:
            _act(random.Random(number), seed, desk)
        end = time.monotonic() + LIMIT_S
        while (status := os.waitpid(child, os.WNOHANG))[0] == 0:
            if time.monotonic() > end:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return f"not over after {LIMIT_S} s"
            time.sleep(0.005)
        said = (desk / "said").read_text(encoding="utf-8", errors="replace")
        fault = fault_of(desk, status[1], said)
        return fault and f"{fault}\n{said[-2500:]}"


def _act(dice: random.Random, seed: Path, desk: Path) -> None:
    """In the child: what it says goes to a file; it never returns."""
    try:
        os.setsid()
        os.chdir(desk)
        resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
        sys.stdout = sys.stderr = open(
            "said", "a", encoding="utf-8", errors="backslashreplace"
        )
        acts: list[Callable[..., None]] = [on_folder, on_toml, on_plan, on_guess]
        dice.choices(acts, (6, 2, 2, 1))[0](dice, seed, desk)
        status = 0
    except AskError as error:
        driver.terminal.complain(str(error))
        status = 2
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else 1
    except BaseException:
        traceback.print_exc()
        status = 1
    try:
        sys.stdout.flush()
    finally:
        os._exit(status)


def run_cases(
    seconds: float, first: int, told: Callable[[str], None], most: int = sys.maxsize
) -> int:
    """Cases until the time is over, or there were so many; how many there were."""
    end, number = time.monotonic() + seconds, first
    with tempfile.TemporaryDirectory(prefix="five-cooks-") as place:
        seedling(seed := Path(place) / "seed")
        while time.monotonic() < end and number < first + most:
            if fault := run_case(seed, number):
                told(f"case {number}: {fault}")
            number += 1
    return number - first


if __name__ == "__main__":
    found: list[str] = []
    seconds, first = (*map(int, sys.argv[1:]), *(600, 1)[len(sys.argv) - 1 :])
    count = run_cases(seconds, first, lambda fault: print(fault) or found.append(fault))
    print(f"{count} cases, {len(found)} findings")
    sys.exit(bool(found))
