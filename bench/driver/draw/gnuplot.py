"""Runs gnuplot, once for each picture, and believes nothing it does not see.

gnuplot ends with status 0 on warnings, missing columns and a full disk, and leaves a
blank picture behind on an error. So every picture is drawn under another name, looked
at, and renamed when it is whole. These guards are here and nowhere else.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from .. import REPOSITORY
from ..machine.checks import gnuplot_fault
from ..reckon.tables import Table
from ..run.folder import ResultsError, write_whole
from . import svg
from .look import gnuplot_text
from .chart import Chart, ChartError, NoGnuplot, settings_text

ENDINGS = {"svg": b"</svg>", "png": b"IEND\xaeB`\x82", "pdf": b"%%EOF"}
ALWAYS = ("svg", "png")
FONT, FONT_PACKAGE = "DejaVu Sans", "fonts-dejavu-core"
TIME_LIMIT_S = 60
LOOKS, PLACES = "looks.gp", "places.gp"
LONG = ("tasks", "changes")  # tables of which a panel shows one cell of many
EVERYWHERE = ("cells", "ratios", "runs", "theory")  # also when they are empty
hung: list[str] = []  # why gnuplot is not asked again: it did not come back
# Words on stderr that say nothing of the picture.
HARMLESS = (
    "Fontconfig error: No writable cache directories",
    "Fontconfig warning: ",  # of a version, or of somebody's old settings
    "ERROR: ld.so: object ",  # whatever LD_PRELOAD names is not there
)


def write_data(tables: Mapping[str, Table], charts: Path) -> None:
    """The tables and the colours, where every script of this folder finds them."""
    data = charts / "data"
    for place in (charts, data):
        if place.is_symlink():
            raise ChartError(f"{place.name} is a link: nothing is drawn through it")
    with _told():
        data.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            if table.rows or name in EVERYWHERE:
                write_whole(data / f"{name}.csv", _harmless(table).csv())
        write_whole(data / LOOKS, gnuplot_text())
        long = (tables[name] for name in LONG if name in tables)
        write_whole(data / PLACES, "".join(map(_places, long)))


def _places(table: Table) -> str:
    """Where in the table each cell's rows begin and end, by the cell's number. gnuplot
    skips the others thirty times as fast as it would read them."""
    numbers = [int(row["row"]) for row in table.rows]
    first = {number: numbers.index(number) for number in dict.fromkeys(numbers)}
    last = {number: place for place, number in enumerate(numbers)}
    lines = [
        f"array {table.name}_{name}[{max(numbers, default=1)}]\n"
        + "".join(f"{table.name}_{name}[{n}] = {at}\n" for n, at in places.items())
        for name, places in (("first", first), ("last", last))
    ]
    return "".join(lines)


def _harmless(table: Table) -> Table:
    """gnuplot does not know how CSV writes a quote, or a line break, within a field."""
    rows = tuple(
        {
            key: value.translate({34: "'", 10: " ", 13: " "})
            if isinstance(value, str)
            else value
            for key, value in row.items()
        }
        for row in table.rows
    )
    return Table(table.name, table.columns, rows)


@contextmanager
def _told() -> Iterator[None]:
    """Makes a ChartError of what the system refuses."""
    try:
        yield
    except ResultsError as error:
        raise ChartError(str(error)) from None
    except OSError as error:
        raise ChartError(f"cannot draw: {error.strerror}") from None


def draw(chart: Chart, folder: Path, kinds: Sequence[str] = ALWAYS) -> Chart:
    """Draws the chart into folder/charts: the same chart, with its files.

    The settings are kept beside the pictures, and the tables in data/, so that the same
    command draws the same picture again.
    """
    check_gnuplot()
    check_font()
    charts = folder / "charts"
    files: dict[str, str] = {}
    # gnuplot sees only plain paths; the folder's own may hold any character.
    with _told(), tempfile.TemporaryDirectory(prefix="five-cooks-") as desk:
        place = Path(desk).resolve()  # gnuplot runs elsewhere
        _lend(charts / "data", place / "data")
        made = place / f"{chart.name}.settings"
        made.write_text(settings_text(chart), encoding="utf-8")
        for kind in kinds:
            picture = place / f"{chart.name}.{kind}"
            run_gnuplot(place, chart, picture)
            inspect(picture)
            if kind == "svg":
                plain = picture.read_text(encoding="utf-8")
                picture.write_text(svg.dress(plain, chart), encoding="utf-8")
        for made in sorted(path for path in place.iterdir() if path.is_file()):
            write_whole(charts / made.name, made.read_bytes())
            files[made.suffix[1:]] = f"charts/{made.name}"
    return replace(chart, files=files)


def _lend(data: Path, to: Path) -> None:
    """By a link; where the system knows none, as a copy."""
    try:
        to.symlink_to(data.resolve())
    except OSError:
        shutil.copytree(data, to, symlinks=True)  # of a link in it: no contents


def run_gnuplot(charts: Path, chart: Chart, picture: Path) -> None:
    """One process for one picture: no setting leaks from chart to chart."""
    script = f"plots/{chart.script}.gp"
    if not (REPOSITORY / script).is_file():
        raise ChartError(f"there is no {script}")
    if hung:
        raise ChartError(f"not drawn: {hung[0]}")
    command = ["gnuplot", "-d", "-e", _words(charts, chart.name, picture), script]
    try:
        status, errors = _end_of(command)
    except FileNotFoundError:
        raise NoGnuplot("gnuplot has gone") from None
    except subprocess.TimeoutExpired:
        hung.append(f"{script} took over {TIME_LIMIT_S} s")
        raise ChartError(hung[0]) from None
    said = [
        line.strip()
        for line in errors.splitlines()
        if line.strip() and not line.startswith(HARMLESS)
    ]
    if status != 0 or said:
        last = said[-1] if said else "no word"
        raise ChartError(f"{script}: gnuplot status {status}: {last}")


def _end_of(command: list[str]) -> tuple[int, str]:
    """The status and stderr of a command that leaves nobody behind."""
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=_environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            errors = process.communicate(timeout=TIME_LIMIT_S)[1]
        except BaseException:
            # The group: a child that hangs, too, would hold our pipe open.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, errors


def _words(charts: Path | str, name: str, picture: Path | str) -> str:
    """What tells a script where things are; gnuplot takes two quotes for one."""
    quoted = (str(part).replace("'", "''") for part in (charts, name, picture))
    return "charts='{}'; name='{}'; output='{}'".format(*quoted)


def _environment() -> dict[str, str]:
    """Ours without what would change gnuplot's mind."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GNU", "GDF"))}
    return {**kept, "LC_ALL": "C.UTF-8"}


def inspect(picture: Path) -> None:
    """A picture that ends as its format ends, or an error."""
    try:
        content = picture.read_bytes()
    except FileNotFoundError:
        raise ChartError(f"{picture.name}: gnuplot drew nothing") from None
    ending = ENDINGS[picture.suffix[1:]]
    if not content.rstrip().endswith(ending.rstrip()):
        raise ChartError(f"{picture.name}: cut off after {len(content)} bytes")


@cache
def check_gnuplot() -> None:
    """No chart is tried where each would fail."""
    if fault := gnuplot_fault():
        raise NoGnuplot(fault)


@cache
def check_font() -> None:
    """Another font has other widths, and gnuplot would not say a word."""
    try:
        done = subprocess.run(
            ["fc-match", "--format=%{family}", FONT],
            capture_output=True, text=True, timeout=TIME_LIMIT_S,
        )  # fmt: skip
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return  # no fontconfig to ask: the picture will show
    if FONT not in done.stdout:
        raise ChartError(f"the font {FONT} is missing (package {FONT_PACKAGE})")


def command_line(name: str, script: str, folder: str) -> str:
    """What to type, in the repository, to draw this chart again."""
    words = _words(f"{folder}/charts", name, f"{name}.svg")
    plain = re.fullmatch(r"[\w./-]+", folder)
    quoted = f'"{words}"' if plain else shlex.quote(words)
    return f"gnuplot -d -e {quoted} plots/{script}.gp"
