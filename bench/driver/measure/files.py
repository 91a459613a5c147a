"""Files that cells name, as in distribution = "file:PATH" or "file:PATH:COLUMN".

Programs run in the scratch folder, and a path may tell of its user. So a copy of each
goes into the results folder, and the programs are given that: it is there for a run
that is gone on with, and for whoever wants to measure the same.
"""

import shutil
from dataclasses import replace
from pathlib import Path

from ..ask.cell import Cell
from ..ask.experiment import Experiment, named
from ..ask.typed import AskError
from ..run.folder import ResultsError

FOLDER, OPTION, KIND = "files", "distribution", "file:"


def path_of(cell: Cell) -> tuple[Path, str] | None:
    """The file that it names, and what follows: from the last colon on, as the programs
    read it, the column."""
    if not cell.distribution.startswith(KIND):
        return None
    told = cell.distribution.removeprefix(KIND)
    before, colon, column = told.rpartition(":")
    return (Path(before), f":{column}") if colon else (Path(told), "")


def brought(asked: Experiment) -> tuple[Experiment, dict[str, Path]]:
    """The experiment as it is run from the scratch folder, and the files by name."""
    files: dict[str, Path] = {}
    for path, _ in filter(None, map(path_of, asked.all_cells)):
        if files.setdefault(path.name, path.resolve()) != path.resolve():
            raise AskError(f"two files are called {path.name}: rename one")
    if not files:
        return asked, files
    cells, samples = (tuple(map(_moved, of)) for of in (asked.cells, asked.samples))
    return named(replace(asked, cells=cells, samples=samples)), files


def by_name(cell: Cell) -> Cell:
    """The same for a results folder that keeps no copy."""
    return _moved(cell, "")


def _moved(cell: Cell, folder: str = f"../{FOLDER}/") -> Cell:
    if (found := path_of(cell)) is None:
        return cell
    value = f"{KIND}{folder}{found[0].name}{found[1]}"
    args = (f"--{OPTION}={value}" if arg.startswith(f"--{OPTION}=") else arg
            for arg in cell.args)  # fmt: skip
    return replace(cell, args=tuple(args), options={**cell.options, OPTION: value})


def keep(folder: Path, files: dict[str, Path]) -> None:
    """Copies them into the results folder."""
    try:
        for name, path in files.items():
            (folder / FOLDER).mkdir(exist_ok=True)
            shutil.copyfile(path, folder / FOLDER / name)
    except OSError as error:
        raise ResultsError(f"cannot keep {name}: {error.strerror}") from None
