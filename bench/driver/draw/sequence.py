"""A chart of the instrument: every run of a comparison, as a field."""

from collections.abc import Mapping, Sequence

from ..ask.figures import FIGURES
from ..reckon.stats import quotient
from ..reckon.summary import Noise, Summary
from ..run.run import Role, Run
from ..say import names, sentences
from ..say.numbers import show_signed
from . import words
from .axes import tics
from .chart import Chart, ChartError
from .view import View

STRONG = 0.1  # off the median: coloured as strongly as can be
MANY, NAME_OF_FEW, NAME_OF_MANY = 12, 35, 42  # rows; letters of their names
MOST_ROWS = 24  # of cells; the steadiest of more are left out


def build(view: View) -> Chart:
    """A field for each run: how far it is off the median of its cell."""
    medians = {s.cell.name: view.value(s).median for s in view.cells}
    wall_s = FIGURES[view.figures[0]].read
    runs = [
        run for run in view.material.runs
        if run.cell.name in medians and run.problem is None and run.hyperfine
        and run.role in (Role.MEASURE, Role.WARM_UP)
    ]  # fmt: skip
    if not runs:
        raise ChartError("run-sequence: no run counted")

    def off(run: Run) -> float:
        return quotient(wall_s(run), medians[run.cell.name]) - 1

    counted = sorted((run for run in runs if run.counts), key=off)
    worst = max(counted, key=lambda run: abs(off(run)))
    low, high = (show_signed(off(counted[i])) for i in (0, -1))
    told = (
        f"runs lie between {low} and {high} of their cell's median; the farthest off: "
        f"{names.cell_name(worst.cell, view.all_cells)}, in block {worst.block}"
    )
    noise = view.material.summaries.noise
    rows = [
        (names.cell_name(s.cell), s.n, _off(found.minimum, found.median),
         words.value_words(view, s, view.figures[0]), _off(found.maximum, found.median))
        for s in view.cells for found in [view.value(s)]
    ]  # fmt: skip
    header = ("cell", "runs", "least", "median", "greatest")
    reach = {name: max(abs(off(run)) for run in counted if run.cell.name == name)
             for name in {run.cell.name for run in counted}}  # fmt: skip
    farthest = sorted(reach, key=reach.__getitem__, reverse=True)[:MOST_ROWS]
    cells = [s for s in view.cells if s.cell.name in farthest]
    left_out = len(reach) - len(cells)
    settings = _grid(view, cells, runs, medians)
    remarks = _remarks(noise, left_out, any(not run.block for run in runs))
    return words.sheet(view, told, remarks, header, rows, settings)


def _off(value: float, middle: float) -> str:
    return show_signed(quotient(value, middle) - 1)


def _remarks(noise: Noise, left_out: int, warm: bool) -> list[str]:
    noisy, drift = noise.noisy_blocks, noise.drift
    return [
        f"{names.counted(left_out, 'steadier cell')} not shown" if left_out else "",
        "per cent off the median of the cell's counted runs",
        "block 0: warm-up" if warm else "",
        f"noisy: {sentences.blocks_words(noisy)}" if noisy else "",
        sentences.drift_sentence(drift).rstrip(".") if drift and drift.sure else "",
    ]


def _grid(
    view: View, cells: Sequence[Summary], runs: Sequence[Run],
    medians: Mapping[str, float],
) -> dict[str, object]:  # fmt: skip
    blocks, every = sorted({run.block for run in runs}), view.all_cells
    noisy = view.material.summaries.noise.noisy_blocks
    return {
        "clock": view.figures[0],
        "rows": len(cells), "first": blocks[0], "columns": blocks[-1], "most": STRONG,
        **view.material.of_cells({
            s.cell.name: {"y": y, "median": medians[s.cell.name]}
            for y, s in enumerate(cells, start=1)
        }),
        "row_name": [
            _cut(names.cell_name(s.cell, every), view.design(s.cell), len(cells))
            for s in cells
        ],
        "row_look": [view.look(s.cell) for s in cells],
        "xtics": tics((f"{b}!" if b in noisy else str(b), b) for b in blocks),
    }  # fmt: skip


def _cut(name: str, design: str, rows: int) -> str:
    """What there is room for beside so many rows: the design, and the end, where
    settings have their values and how many tasks is told."""
    most = NAME_OF_MANY if rows > MANY else NAME_OF_FEW
    head = f"{design} (…" if "(" in name else f"{design}…"
    end = name[-max(most - len(head), 12) :]
    return name if len(name) <= most else head + end[end.find(" ") :]
