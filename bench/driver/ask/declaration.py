"""The charts that an experiment may name, checked before anything is measured.

A chart is plots/NAME.gp, and plots/NAME.toml where it is declared what it can bear.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .. import REPOSITORY
from .typed import AskError

PLOTS = REPOSITORY / "plots"
# Not of an experiment: the style of all, and charts of classes, lessons, bench/micro.
OTHERS = {"style", "class", "prediction", "micro"}


def known(folder: Path = PLOTS) -> list[str]:
    found = {path.stem for path in folder.iterdir() if path.suffix in (".gp", ".toml")}
    return sorted(found - OTHERS)


def check(charts: Sequence[str]) -> None:
    """Raises AskError for a chart that there is not."""
    there = known()
    for name in charts:
        if name not in there:
            raise AskError(f"chart '{name}' is none of {', '.join(there)}")
