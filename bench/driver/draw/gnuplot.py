"""Runs gnuplot, once for each picture, and believes nothing it does not see.

gnuplot ends with status 0 on warnings, missing columns and a full disk, and leaves a
blank picture behind on an error. So every picture is drawn under another name, looked
at, and renamed when it is whole. These guards are here and nowhere else.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from .. import REPOSITORY
from . import svg
from .sheet import ChartError, Sheet, check, csv_text, settings_text

KINDS = ("svg", "png", "pdf")
ENDINGS = {"svg": b"</svg>", "png": b"IEND\xaeB`\x82", "pdf": b"%%EOF"}
FONT, FONT_PACKAGE = "DejaVu Sans", "fonts-dejavu-core"
TIME_LIMIT_S = 60
SHARED = {"queue-wait": "latency"}  # charts that another one's script draws
hung: list[str] = []  # why gnuplot is not asked again: it did not come back
# Words on stderr that say nothing of the picture.
HARMLESS = ("Fontconfig error: No writable cache directories",)


def draw(sheet: Sheet, folder: Path) -> dict[str, str]:
    """Draws the sheet into folder/charts; returns paths inside folder by kind.

    The marks and the settings are kept beside the pictures, so that the same command
    draws the same picture again.
    """
    check(sheet)
    check_font()
    charts = folder / "charts"
    charts.mkdir(exist_ok=True)
    files: dict[str, str] = {}
    # gnuplot sees only plain paths; the folder's own may hold any character.
    with tempfile.TemporaryDirectory(prefix="five-cooks-") as desk:
        data = Path(desk) / f"{sheet.name}.csv"
        data.write_text(csv_text(sheet.columns, sheet.marks), encoding="utf-8")
        data.with_suffix(".settings").write_text(settings_text(sheet), encoding="utf-8")
        for name, part in sheet.parts.items():
            path = data.with_name(f"{sheet.name}-{name}.csv")
            path.write_text(csv_text(part.columns, part.marks), encoding="utf-8")
        for kind in KINDS:
            picture = data.with_suffix("." + kind)
            run_gnuplot(data, picture, script_of(sheet.name))
            inspect(picture)
            if kind == "svg":
                _dress(picture, sheet)
        for made in sorted(Path(desk).iterdir()):
            _publish(made, charts / made.name)
            if made.stem == sheet.name:
                files[made.suffix[1:]] = f"charts/{made.name}"
    return files


def script_of(name: str) -> str:
    """The script that draws a chart, as a path in the repository."""
    return f"plots/{SHARED.get(name, name)}.gp"


def run_gnuplot(data: Path, picture: Path, script: str) -> None:
    """One process for one picture: no setting leaks from chart to chart."""
    if not (REPOSITORY / script).is_file():
        raise ChartError(f"there is no {script}")
    if hung:
        raise ChartError(f"not drawn: {hung[0]}")
    command = ["gnuplot", "-d", "-e", _words(data, picture), script]
    try:
        status, errors = _end_of(command)
    except FileNotFoundError:
        raise ChartError("gnuplot is not installed (package gnuplot-nox)") from None
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


def _words(data: Path | str, picture: Path | str) -> str:
    """What tells a script where things are; gnuplot takes two quotes for one."""
    quoted = (str(path).replace("'", "''") for path in (data, picture))
    return "data='{}'; output='{}'".format(*quoted)


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


def _dress(picture: Path, sheet: Sheet) -> None:
    plain = picture.read_text(encoding="utf-8")
    dressed = svg.dress(plain, sheet.name, sheet.title, sheet.alt)
    picture.write_text(dressed, encoding="utf-8")


def _publish(made: Path, target: Path) -> None:
    """A copy that is there in full or not at all, whatever disk made it."""
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(made.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ChartError(f"cannot write {target.name}: {error.strerror}") from None


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


def command_line(name: str, folder: str) -> str:
    """What to type, in the repository, to draw this chart again."""
    words = _words(f"{folder}/charts/{name}.csv", f"{name}.svg")
    plain = re.fullmatch(r"[\w./-]+", folder)
    words = f'"{words}"' if plain else shlex.quote(words)
    return f"gnuplot -d -e {words} {script_of(name)}"
