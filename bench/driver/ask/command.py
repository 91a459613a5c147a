"""The command line of bench/run: every option checked, each mistake one clear line."""

from __future__ import annotations

import argparse
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from .. import REPOSITORY
from .quantities import parse_count, parse_duration_ns

MOST_TASKS, MOST_WORKERS = 10_000_000, 100_000
DESCRIPTION = """\
What do you get, and what do you pay, when N slow tasks run on N threads instead of on a
pool of W workers? Runs an experiment, draws its charts and writes a report.

  bench/run [NAME]           run an experiment (default: comparison)
  bench/run draw DIR         draw a results folder again, from its raw runs
  bench/run compare A B      hold two results folders side by side
  bench/run collect DIR...   put the results of many machines together
  bench/run lesson [N]       predict, then measure; without N: names the lessons"""
EPILOG = """\
durations: 250us, 10ms, 5s.  exit status: 0 measured, 1 a check or a chart failed,
2 usage, 3 the environment, 128+n stopped by signal n (what finished is kept)."""
# Words that take results folders: how many of them, and for how many at most.
ON_FOLDERS = {"draw": (1, 1), "compare": (2, 2), "collect": (2, 1000)}
RESULTS = REPOSITORY / "results"


@dataclass(frozen=True)
class Settings:
    """What the user asked for. action: "run", "resume", "full", "list", or a word on
    folders."""

    action: str
    out: Path = RESULTS
    folders: tuple[Path, ...] = ()
    # of a run:
    name: str = "comparison"
    quick: bool = False
    resume: bool = False
    blocks: int | None = None
    seed: int | None = None
    programs: Path = REPOSITORY / "build/release/src"
    overrides: dict[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...] = ()  # the arguments without paths, for the results


class Parser(argparse.ArgumentParser):
    """argparse, with one line on stderr for a mistake instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        # A path may hold bytes that are not UTF-8; the message must come out anyway.
        text = os.fsencode(f"bench/run: {message} (see --help)")
        print(text.decode(errors="backslashreplace"), file=sys.stderr)
        sys.exit(2)


def _checked(read: Any) -> Any:
    """A reader of text as argparse wants it: its ValueError is the message."""

    def convert(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return convert


def _count(least: int, most: int) -> Any:
    return _checked(lambda text: parse_count(text, least, most))


def _counts(least: int, most: int) -> Any:
    def read(text: str) -> list[int]:
        counts = [parse_count(part, least, most) for part in text.split(",")]
        if len(set(counts)) != len(counts):
            raise ValueError(f"'{text}' names a number twice")
        return counts

    return _checked(read)


def _duration(text: str) -> str:
    if parse_duration_ns(text) == 0:
        raise ValueError(f"'{text}' is no time at all: it must be above 0")
    return text


def _capacity(text: str) -> int | None:
    return None if text == "unlimited" else parse_count(text, 1, MOST_TASKS)


def parser() -> Parser:
    made = Parser(
        prog="bench/run",
        description=DESCRIPTION,
        epilog=EPILOG,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    # fmt: off
    add("experiment", nargs="?", metavar="NAME",
        help="an experiment of bench/experiments (default: comparison)")
    add("--list", action="store_true", help="name the experiments and their questions")
    add("--quick", action="store_true",
        help="at most 30 s: leaves out cells of more than 5 s, and says so")
    add("--full", action="store_true",
        help="every experiment with the full protocol, about half an hour")
    add("--resume", nargs="?", const=True, metavar="DIR",
        help="go on with a run that was stopped (default: the newest)")
    add("--blocks", type=_count(1, 1000), metavar="N",
        help="run every cell N times (default: as many as fit, 6 to 15)")
    add("--seed", type=_count(0, 2**63 - 1), metavar="S",
        help="of the order of runs (default: a new one, printed)")
    add("--out", type=Path, default=RESULTS, metavar="DIR",
        help="where results folders are made (default: results/)")
    add("--tasks", type=_counts(1, MOST_TASKS), metavar="N,N,...",
        help="numbers of tasks to compare at")
    add("--workers", type=_counts(1, MOST_WORKERS), metavar="W,W,...",
        help="sizes of the worker pool")
    add("--service-time", type=_checked(_duration), metavar="D",
        help="time that one call takes")
    add("--api-capacity", type=_checked(_capacity), metavar="K",
        default=argparse.SUPPRESS,
        help="calls that the API serves at once, or 'unlimited'")
    add("--programs", type=Path, default=REPOSITORY / "build/release/src",
        metavar="DIR",
        help="where the two programs are (default: the build of bench/run)")
    # fmt: on
    return made


def parse(arguments: list[str]) -> Settings:
    """The settings; exits with status 2 and one line when there is a mistake."""
    if arguments and arguments[0] in ON_FOLDERS:
        return _parse_folders(*arguments)
    given = parser().parse_args(arguments)
    name = "comparison" if given.experiment is None else given.experiment
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        parser().error(f"'{name}' cannot be the name of an experiment")
    _refuse_together(given)
    overrides = {
        "tasks": given.tasks,
        "workers": given.workers,
        "service-time": given.service_time,
    }
    overrides = {key: value for key, value in overrides.items() if value is not None}
    if hasattr(given, "api_capacity"):
        overrides["api-capacity"] = given.api_capacity
    actions = {"list": given.list, "full": given.full, "resume": given.resume}
    return Settings(
        action=next((word for word, chosen in actions.items() if chosen), "run"),
        out=given.out,
        folders=(Path(given.resume),) if isinstance(given.resume, str) else (),
        name=name,
        quick=given.quick,
        resume=bool(given.resume),
        blocks=given.blocks,
        seed=given.seed,
        programs=given.programs,
        overrides=overrides,
        shown=_without_paths(arguments),
    )


def _refuse_together(given: argparse.Namespace) -> None:
    """Options that decide the same thing twice."""
    changes = [given.experiment, given.tasks, given.workers, given.service_time]
    changed = any(changes) or hasattr(given, "api_capacity")
    for one, other, clash in (
        ("--quick", "--blocks", given.quick and given.blocks),
        ("--quick", "--full", given.quick and given.full),
        ("--full", "--blocks", given.full and given.blocks),
        ("--full", "another choice of what to run", given.full and changed),
        ("--resume", "another choice of what to run", given.resume and changed),
        ("--resume", "--quick, --blocks and --seed",
         given.resume and (given.quick or given.blocks or given.seed is not None)),
    ):  # fmt: skip
        if clash:
            parser().error(f"{one} and {other} exclude each other")


def _parse_folders(word: str, *arguments: str) -> Settings:
    made = Parser(prog=f"bench/run {word}", allow_abbrev=False)
    made.add_argument("folders", nargs="*", type=Path, metavar="DIR")
    made.add_argument("--out", type=Path, default=RESULTS, metavar="DIR")
    given = made.parse_args(arguments)
    least, most = ON_FOLDERS[word]
    if not least <= len(given.folders) <= most:
        wanted = f"{least}" if least == most else f"{least} or more"
        made.error(f"{word} takes {wanted} results folders")
    return Settings(action=word, out=given.out, folders=tuple(given.folders))


def _without_paths(arguments: list[str]) -> tuple[str, ...]:
    shown, skip = [], False
    for argument in arguments:
        if skip or argument in ("--out", "--programs"):
            skip = not skip
        elif not argument.startswith(("--out=", "--programs=", "--resume=")):
            shown.append(argument)
    return tuple(shown)
