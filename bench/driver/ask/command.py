"""The command line of bench/run: every option checked, each mistake one clear line."""

import argparse
import os
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from .. import REPOSITORY
from .experiment import WITHOUT_LIMIT, values_of
from .quantities import parse_count, parse_share
from .typed import AskError

MOST_SEED = 2**63 - 1
DESCRIPTION = """\
What do you get, and what do you pay, when N slow tasks run
on N threads instead of on a pool of W workers? Runs an
experiment, draws its charts and writes a report.

  bench/run [NAME|FILE.toml]  run an experiment (default:
                              comparison)
  bench/run draw DIR          draw a results folder again
  bench/run compare A B       compare two results folders
  bench/run compare --build A --build B [NAME]
                              two builds, run by run: see
                              compare --help
  bench/run collect DIR...    combine the results of many
                              machines
  bench/run plan --target T   how many workers for a target:
                              'p99 wait < 100ms, lost < 1%'
  bench/run duel              watch both designs at once
  bench/run lesson [N]        predict, then measure; without
                              N: lists the lessons
  bench/run handout           the lessons on paper: questions,
                              answers, a quiz"""
EPILOG = """\
An option of the programs (worker-pool --help) is set or
swept by its long name:

  bench/run --sweep workers=5,50 --set distribution=uniform

durations: 250us, 10ms, 5s
exit status: 0 measured (without charts if there is no
gnuplot; draw ends with 3 then), 1 a check or a chart failed
(or compare --fail-if-slower, or a part of --full cannot be
run here), 2 usage, 3 the environment, 128+n stopped by
signal n"""
# Words that take results folders: how many of them, and for how many at most.
ON_FOLDERS = {"draw": (1, 1), "compare": (2, 2), "collect": (2, 1000)}
TOLD = {
    "draw": "Makes summary, charts and report of a results folder anew.",
    "compare": "Compares the cells that two results folders share; or runs an"
    " experiment of two builds in the same blocks, and compares those.",
    "collect": "Puts the results of many machines into one table and one chart.",
}
COMPARE = """bench/run compare DIR DIR [--fail-if-slower P]
       bench/run compare --build DIR --build DIR [NAME] [OPTION]..."""
RESULTS = REPOSITORY / "results"
# Where bench/run has built the programs: not below it if that may not be written.
PROGRAMS = Path(
    os.environ.get("FIVE_COOKS_PROGRAMS") or REPOSITORY / "build/release/src"
)
# Short names of the options of the programs.
SHORT = {"n": "tasks", "w": "workers", "s": "service-time", "q": "queue"}


@dataclass(frozen=True)
class Settings:
    """What the user asked for.

    action: "run", "resume", "full", "list", "version", "builds" (compared), or a word
    on folders.
    """

    action: str
    out: Path = RESULTS
    folders: tuple[Path, ...] = ()
    fail_if_slower: float | None = None
    pdf: bool = False
    # of a run:
    name: str = "comparison"
    quick: bool = False
    resume: bool = False
    blocks: int | None = None
    resolve: float | None = None
    seed: int | None = None
    programs: Path = PROGRAMS
    builds: tuple[Path, ...] = ()
    overrides: dict[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...] = ()  # the arguments without paths, for the results


class Unbroken(argparse.HelpFormatter):
    """Breaks no line within the name of an option."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in self._split_lines(text, width))


class Parser(argparse.ArgumentParser):
    """argparse, with one line on stderr for a mistake instead of the whole usage, and
    with whole names only: what begins like an option may be one of the programs."""

    def __init__(self, **named: Any) -> None:
        super().__init__(
            allow_abbrev=False, **{"formatter_class": Unbroken, **named}
        )

    def error(self, message: str) -> NoReturn:
        # A path may hold bytes that are not UTF-8; the message must come out anyway.
        text = os.fsencode(f"{self.prog}: {message} (see --help)")
        with suppress(OSError):  # nobody hears it: the status says it all the same
            if sys.stderr is not None:  # or print would take stdout instead
                print(text.decode(errors="backslashreplace"), file=sys.stderr)
        sys.exit(2)


# ---- values ----


def _checked(read: Any, *limits: int) -> Any:
    """A reader of text as argparse wants it: its ValueError is the message."""

    def convert(text: str) -> Any:
        try:
            return read(text, *limits)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return convert


def _difference(text: str) -> float:
    share = parse_share(text)
    if not 0 < share <= 1:
        raise ValueError(f"'{text}' is not a difference: 5% or 0.05, up to 100%")
    return share


def _value(option: str, text: str) -> int | str | None:
    if text == WITHOUT_LIMIT and option != "api-queue":  # which takes that word
        return None
    return int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else text


def _setting(text: str) -> tuple[str, Any]:
    """ "distribution=lognormal", or an option without a value: "fail-fast"."""
    name, equals, value = text.partition("=")
    if not re.fullmatch(r"[a-z][a-z-]*", name) or (equals and not value):
        raise ValueError(f"'{text}' is not a setting: OPTION=VALUE, or OPTION alone")
    return name, _value(name, value) if equals else True


def options_of(words: Sequence[str]) -> dict[str, Any]:
    """As the programs take them: --tasks 500, --tasks=500, -n 500, --fail-fast."""
    found: dict[str, Any] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        parts = re.fullmatch(r"(?:--([a-z][a-z-]*)|-([a-z]))(?:=(.+))?", word)
        if not parts or (parts[2] and parts[2] not in SHORT):
            raise AskError(f"'{word}' is no option such as --tasks 500")
        value = parts[3]
        if value is None and rest and not rest[0].startswith("-"):
            value = rest.pop(0)
        name = parts[1] or SHORT[parts[2]]
        found[name] = True if value is None else _value(name, value)
    return found


def _sweep(text: str) -> tuple[str, list[Any]]:
    """ "workers=5,10,50"; values that hold commas are parted by ";"."""
    name, equals, values = text.partition("=")
    parts = values.split(";" if ";" in values else ",")
    if not re.fullmatch(r"[a-z][a-z-]*", name) or not equals or not all(parts):
        raise ValueError(f"'{text}' is not a sweep: OPTION=VALUE,VALUE,...")
    if len(set(parts)) < len(parts):
        raise ValueError(f"'{text}' names a value twice")
    return name, [_value(name, part) for part in parts]


# ---- parsers ----


def add_overrides(parser: argparse.ArgumentParser, but: Set[str] = set()) -> None:
    """What is set or swept in an experiment, whatever its file says; but not these."""
    for flag, read, value, told in (
        ("sweep", _sweep, "OPTION=V,V,..", "an option of the programs and its values"),
        ("set", _setting, "OPTION=V", "an option of the programs and its value"),
        ("tasks", _sweep, "N,N,...", "short for --sweep tasks=N,N,..."),
        ("workers", _sweep, "W,W,...", "short for --sweep workers=W,W,...: pool sizes"),
        ("service-time", _setting, "D",
         "short for --set service-time=D: how long a call takes"),
        ("api-capacity", _setting, "K",
         "short for --set api-capacity=K: calls served at once, or 'unlimited'"),
    ):  # fmt: skip
        if flag in but:
            continue
        before = "" if flag in ("sweep", "set") else f"{flag}="
        parser.add_argument(
            f"--{flag}", dest="overrides", action="append", default=[], metavar=value,
            help=told, type=_checked(lambda text, r=read, b=before: r(b + text)),
        )  # fmt: skip


def overrides_of(given: argparse.Namespace) -> dict[str, Any]:
    """By the options' names; None takes one away. Later ones win.

    Checked here, so that no file is blamed for what does not stand in it.
    """
    overrides = dict(given.overrides)
    for key, value in overrides.items():
        values_of(key, value, "the command line:")
    return overrides


def add_out(parser: Parser) -> None:
    parser.add_argument(
        "--out", type=Path, default=RESULTS, metavar="DIR",
        help="where results folders are made (default: results/)",
    )  # fmt: skip


def _add_run(parser: Parser) -> Any:
    """What may be asked of one run, whatever it is for. Returns the group of what
    decides how long it takes."""
    add, how_long = parser.add_argument, parser.add_mutually_exclusive_group()
    # fmt: off
    add("name", nargs="?", metavar="NAME",
        help="an experiment of bench/experiments, or a TOML file of your own")
    how_long.add_argument("--quick", action="store_true",
        help="at most 30 s: leaves out cells of more than 5 s, and says so")
    how_long.add_argument("--blocks", type=_checked(parse_count, 1, 1000), metavar="N",
        help="run every cell N times (default: as many as fit in about three minutes,"
             " 3 to 15)")
    how_long.add_argument("--resolve", type=_checked(_difference), metavar="P",
        help="as many blocks as it takes to see a difference of P, such as 5%%,"
             " if there is time")
    add("--seed", type=_checked(parse_count, 0, MOST_SEED), metavar="S",
        help="seed of the order of runs (default: a new one, printed)")
    # fmt: on
    add_out(parser)
    add_overrides(parser)
    parser.set_defaults(list=False, full=False, resume=None, programs=PROGRAMS)
    return how_long


def _parser() -> Parser:
    made = Parser(
        prog="bench/run", description=DESCRIPTION, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    how_long, add = _add_run(made), made.add_argument
    # fmt: off
    how_long.add_argument("--full", action="store_true",
        help="every experiment with the full protocol, about an hour")
    add("--list", action="store_true", help="list the experiments and their questions")
    add("--version", action="store_true", help="tell the version and the commit")
    add("--resume", nargs="?", const=True, metavar="DIR",
        help="continue a run that was stopped (default: the newest)")
    add("--programs", type=Path, metavar="DIR",
        help="where the programs are (default: the build of bench/run)")
    # fmt: on
    return made


def parse(arguments: Sequence[str]) -> Settings:
    """The settings; exits with status 2 and one line when there is a mistake."""
    word, *rest = arguments or [""]
    if word in ON_FOLDERS:
        return _on_folders(word, rest)
    made = _parser()
    given = made.parse_args(rest if word == "run" else arguments)
    words = ("version", "list", "full", "resume")
    actions = {word: getattr(given, word) for word in words}
    action = next((word for word, chosen in actions.items() if chosen), "run")
    return _of_run(made, given, action)


def _of_run(
    made: Parser, given: argparse.Namespace, action: str, **more: Any
) -> Settings:
    """Of a run, or of several."""
    name = "comparison" if given.name is None else given.name
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*|.*\.toml", name, re.DOTALL):
        made.error(f"'{name}' is neither the name of an experiment nor a TOML file"
                   " (--list names them)")  # fmt: skip
    overrides = overrides_of(given)
    changed = overrides or given.name
    decided = given.quick or given.blocks or given.resolve or given.seed is not None
    if changed and action not in ("run", "builds"):
        made.error(f"--{action} allows no choice of what to run")
    if decided and action in ("list", "version"):
        made.error(f"--{action} runs nothing: it allows no --quick, --blocks, --resolve"
                   " and --seed")  # fmt: skip
    if decided and given.resume:
        made.error("--resume goes on as it was asked: it allows no --quick, --blocks,"
                   " --resolve and --seed")  # fmt: skip
    named = isinstance(given.resume, str)
    shared = ("out", "quick", "blocks", "resolve", "seed", "programs")
    return Settings(**{
        **{key: getattr(given, key) for key in shared},
        "action": action, "name": name, "overrides": overrides,
        "folders": (Path(given.resume),) if named else (),
        "resume": bool(given.resume), "shown": _shown(given), **more,
    })  # fmt: skip


def _shown(given: argparse.Namespace) -> tuple[str, ...]:
    """What was asked, without paths: a results folder names no place of a machine."""
    told = [Path(given.name).name] if given.name else []
    told += [f"--{w}" for w in ("quick", "full", "resume") if getattr(given, w)]
    for word in ("blocks", "resolve", "seed"):
        value = getattr(given, word)
        told += [] if value is None else [f"--{word}", str(value)]
    return (*told, *words_of(overrides_of(given)))


def words_of(overrides: Mapping[str, Any]) -> list[str]:
    """What is set or swept, as options of bench/run."""
    told: list[str] = []
    for key, value in overrides.items():
        values = value if isinstance(value, list) else [value]
        plain = [WITHOUT_LIMIT if each is None else str(each) for each in values]
        between = ";" if any("," in each for each in plain) else ","
        told.append("--sweep" if values is value else "--set")
        told.append(key if value is True else f"{key}={between.join(plain)}")
    return told


def _on_folders(word: str, arguments: Sequence[str]) -> Settings:
    made = Parser(prog=f"bench/run {word}", description=TOLD[word])
    add = made.add_argument
    made.set_defaults(fail_if_slower=None, pdf=False)
    if word == "compare":
        made.usage = COMPARE
        made.add_argument(
            "--fail-if-slower", type=_checked(_difference), metavar="P",
            help="exit 1 if the second is slower by more than P, such as 5%%, or if"
                 " a cell of the first cannot be checked",
        )  # fmt: skip
        if any(each.startswith(("--build", "-h", "--help")) for each in arguments):
            return _of_builds(made, arguments)
    if word == "draw":
        add("--pdf", action="store_true", help="draw each chart as PDF, too")
    add("folders", nargs="*", type=Path, metavar="DIR", help="a results folder")
    made.set_defaults(out=RESULTS)
    if word == "collect":  # the others write nothing, or where they read
        add_out(made)
    given = made.parse_args(arguments)
    least, most = ON_FOLDERS[word]
    if not least <= len(given.folders) <= most:
        wanted = f"{least}" if least == most else f"{least} or more"
        made.error(f"{word} takes {wanted} results folder{'s' * (most > 1)}")
    return Settings(
        word, given.out, tuple(given.folders), given.fail_if_slower, given.pdf
    )


def _of_builds(made: Parser, arguments: Sequence[str]) -> Settings:
    """Two builds, run by run in one sitting."""
    made.add_argument(
        "--build", type=Path, action="append", default=[], metavar="DIR",
        help="a build folder of Meson, or the folder of its programs; given twice."
             " What follows is about the run of both",
    )  # fmt: skip
    _add_run(made)
    given = made.parse_args(arguments)
    if len(given.build) != 2:
        made.error("compare takes two of --build DIR")
    builds = ("compare", "--build", "A", "--build", "B")
    return _of_run(
        made, given, "builds",
        builds=tuple(given.build), fail_if_slower=given.fail_if_slower,
        shown=(*builds, *_shown(given)),
    )  # fmt: skip
