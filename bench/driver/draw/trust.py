"""Two charts of the instrument: every run of a comparison, and its A/A control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..ask.figures import FIGURES
from ..reckon.stats import NEGLIGIBLE_ABOVE, NEGLIGIBLE_BELOW
from ..reckon.summary import Noise
from ..run.run import Role, Run
from ..say import names, sentences
from ..say.numbers import show_percent
from . import ratios, words
from .axes import Scale, tics
from .chart import Chart, ChartError
from .view import View

STRONG = 0.1  # off the median: coloured as strongly as can be


def build(view: View) -> Chart:
    return control(view) if view.chart.name == "control" else sequence(view)


def signed(share: float) -> str:
    """ "+6.8 %"."""
    return f"{100 * share:+.1f} %".replace("-", "−")


def sequence(view: View) -> Chart:
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
        return wall_s(run) / medians[run.cell.name] - 1

    counted = sorted((run for run in runs if run.counts), key=off)
    worst = max(counted, key=lambda run: abs(off(run)))
    told = (
        f"runs stay within {signed(off(counted[0]))} and {signed(off(counted[-1]))} of "
        f"their cell's median; the farthest off is {names.cell_name(worst.cell)} in "
        f"block {worst.block}"
    )
    noise = view.material.summaries.noise
    rows = [
        (names.cell_name(s.cell), s.n, signed(found.minimum / found.median - 1),
         words.value_words(view, s, view.figures[0]),
         signed(found.maximum / found.median - 1))
        for s in view.cells for found in [view.value(s)]
    ]  # fmt: skip
    header = ("cell", "runs", "least", "median", "greatest")
    settings = _grid(view, runs, medians)
    return words.sheet(view, told, _remarks(noise), header, rows, settings)


def _remarks(noise: Noise) -> list[str]:
    noisy, drift = noise.noisy_blocks, noise.drift
    return [
        "per cent off the median of the cell's counted runs",
        "block 0 warms up and is not counted",
        f"noisy: {sentences.blocks_words(noisy)}" if noisy else "",
        sentences.drift_sentence(drift).rstrip(".") if drift and drift.sure else "",
    ]


def _grid(
    view: View, runs: Sequence[Run], medians: Mapping[str, float]
) -> dict[str, object]:
    by_row, blocks = view.material.by_row, sorted({run.block for run in runs})
    noisy = view.material.summaries.noise.noisy_blocks
    return {
        "rows": len(view.cells), "columns": blocks[-1], "most": STRONG,
        "cell_y": by_row({s.cell.name: i for i, s in enumerate(view.cells, 1)}),
        "cell_median": by_row(medians),
        "row_name": [names.cell_name(s.cell) for s in view.cells],
        "row_look": [view.look(s.cell) for s in view.cells],
        "xtics": tics((f"{b}!" if b in noisy else str(b), b) for b in blocks),
    }  # fmt: skip


def control(view: View) -> Chart:
    """The same program twice in each block: its ratio to itself."""
    a_a = view.material.summaries.noise.a_a
    if a_a is None or a_a.interval is None:
        raise ChartError("control: no cell ran twice in the same blocks")
    found, own = a_a.interval, _ratios(view, a_a.cell.name)
    ends = [*own.values(), NEGLIGIBLE_BELOW, NEGLIGIBLE_ABOVE]
    ends += [end for end in (found.low, found.high) if end]
    scale, look = Scale(min(ends) / 1.01, max(ends) * 1.01, True), view.look(a_a.cell)
    told = f"the same program run twice: {sentences.exact_ratio(found)}"
    if found.known:
        reach = max(abs(found.low - 1), abs(found.high - 1))
        told += f", it differs from itself by at most {show_percent(reach, 1)}"
    remarks = [
        f"A/A control: {names.cell_name(a_a.cell)}",
        names.counted(len(own), "block"),
        "the bar holds the median ratio"
        if found.low
        else "too few blocks for an interval",
        "grey: within 2 %",
    ]
    rows = [
        (names.cell_name(r.cell), names.short(r.baseline.design),
         show_percent(r.interval.resolution - 1, 1))
        for r in view.material.summaries.compared()
        if r.interval and r.interval.resolution
    ]  # fmt: skip
    header = ("design", "over", "smallest difference that these blocks would have told")
    marks = [ratios.mark(1, 1, look, scale, found.median, found.low, found.high)]
    lines = [{"y": 1, "name": "median", "more": ""}]
    for y, (block, ratio) in enumerate(own.items(), start=2):
        marks.append(ratios.mark(1, y, look, scale, ratio))
        lines.append({"y": y, "name": f"block {block}", "more": ""})
    return words.sheet(view, told, remarks, header, rows, ratios.settings(
        "ratio of the two runs of a block", scale, (0.115, 0.93), [""], lines, marks,
        near=NEGLIGIBLE_ABOVE - 1, row_px=19, mark_px=2.4,
    ), script=ratios.SCRIPT)  # fmt: skip


def _ratios(view: View, name: str) -> dict[int, float]:
    """The A/A ratio of each block that has both runs."""
    walls: dict[Role, dict[int, float]] = {Role.A_A: {}, Role.MEASURE: {}}
    for run in view.material.runs:
        ours = run.cell.name == name and run.role in walls
        if ours and run.problem is None and run.hyperfine:
            walls[run.role][run.block] = run.hyperfine.wall_s
    first, second = walls.values()
    return {b: first[b] / second[b] for b in sorted(first.keys() & second.keys())}
