"""What became of the tasks? A bar for each design, its whole length all its tasks."""

from __future__ import annotations

from ..model import OUTCOMES, Cell, Summary
from ..quantities import show_count
from ..wording import count_text, design_name
from .look import base_name
from .material import Material, ok_share
from .sheet import Sheet, Value
from .words import runs_words, sentence, show_share, tasks_words

COLUMNS = ("series", "outcome", "from", "to", "middle", "y", "top", "bottom", "count")
BAR, GAP, HEADING = 1.0, 0.25, 0.75


def build(material: Material) -> Sheet:
    cells = [s for s in material.cells if sum(_medians(s).values()) > 0]
    if not cells:
        return _empty(material)
    places, groups, depth = _layout(material, cells)
    kinds = [k for k in OUTCOMES if any(_medians(s)[k] > 0 for s in cells)]
    marks = [m for s in cells for m in _marks(material, s, places[s.cell.name])]
    fills = sorted({mark[:2] for mark in marks})
    return Sheet(
        name="outcomes",
        title=_title(material, cells),
        subtitle=_subtitle(material, cells),
        caption=_caption(material, cells),
        alt=_alt(cells),
        header=("design", "tasks", "runs", *(k.replace("_", " ") for k in OUTCOMES)),
        rows=tuple(_row(s) for s in cells),
        columns=COLUMNS,
        marks=tuple(marks),
        settings={
            "y_low": depth,
            "bars": len(cells),
            "bar_name": [base_name(s.cell) for s in cells],
            "bar_variant": [_variant(s.cell) for s in cells],
            "name_up": 0.013 if any(_variant(s.cell) for s in cells) else 0,
            "bar_series": [material.looks[s.cell.workers] for s in cells],
            "bar_words": [_words(s) for s in cells],
            "bar_y": [places[s.cell.name] for s in cells],
            "groups": len(groups),
            "group_words": [tasks_words(tasks) for tasks, _ in groups],
            "group_y": [y for _, y in groups],
            "fills": len(fills),
            "fill_series": [series for series, _ in fills],
            "fill_kind": [kind for _, kind in fills],
            "kinds": len(kinds),
            "kind_index": [OUTCOMES.index(k) + 1 for k in kinds],
            "kind_words": [k.replace("_", " ") for k in kinds],
            "kind_x": [round(0.2 + 0.13 * i, 3) for i in range(len(kinds))],
        },
    )


def _variant(cell: Cell) -> str:
    """What else was varied: "cancel none", or nothing."""
    return design_name(cell).removeprefix(base_name(cell)).strip(" ()")


def _medians(summary: Summary) -> dict[str, float]:
    return {name: count.median for name, count in summary.outcomes.items()}


def _layout(
    material: Material, cells: list[Summary]
) -> tuple[dict[str, float], list[tuple[int, float]], float]:
    """Heights of the bars and of the headings of their groups, and the whole depth."""
    places: dict[str, float] = {}
    groups: list[tuple[int, float]] = []
    y = 0.0
    for tasks in material.tasks:
        ours = [s for w in material.designs for s in material.of(w)
                if s.cell.tasks == tasks and s in cells]  # fmt: skip
        if not ours:
            continue
        groups.append((tasks, y + HEADING / 2))
        y += HEADING
        for summary in ours:
            places[summary.cell.name] = y + BAR / 2
            y += BAR + GAP
        y += GAP
    return places, groups, y


def _marks(material: Material, summary: Summary, y: float) -> list[tuple[Value, ...]]:
    """The parts of one bar, in percent of its tasks."""
    medians = _medians(summary)
    total, start, marks = sum(medians.values()), 0.0, []
    for number, name in enumerate(OUTCOMES, start=1):
        if medians[name] <= 0:
            continue
        end = start + 100 * medians[name] / total
        marks.append((
            material.looks[summary.cell.workers], number, round(start, 4),
            round(end, 4), round((start + end) / 2, 4), y, y - BAR / 2, y + BAR / 2,
            medians[name],
        ))  # fmt: skip
        start = end
    return marks


def _words(summary: Summary) -> str:
    """ "1 604 ok · 8 396 rejected"."""
    return sentence(*(
        f"{show_count(round(count))} {name.replace('_', ' ')}"
        for name, count in _medians(summary).items() if count > 0
    ))  # fmt: skip


def _row(summary: Summary) -> tuple[str, ...]:
    counts = (count_text(summary.outcomes[name]) for name in OUTCOMES)
    return (
        design_name(summary.cell), show_count(summary.cell.tasks), str(summary.n),
        *counts,
    )  # fmt: skip


def _worst(cells: list[Summary]) -> Summary:
    """The cell that lost the largest share of its tasks; of equals, the largest."""
    return max(cells, key=lambda s: (1 - ok_share(s), s.cell.tasks))


def _title(material: Material, cells: list[Summary]) -> str:
    """Counts need no interval; but what one run in n did is not said of all."""
    worst = _worst(cells)
    if ok_share(worst) == 1:
        return "Every task of every design went well"
    tasks, share = worst.cell.tasks, show_share(1 - ok_share(worst))
    peers = [s for s in cells if s.cell.tasks == tasks]
    lost = f"{design_name(worst.cell)} loses {share}"
    if len({show_share(1 - ok_share(s)) for s in peers}) == 1 and len(peers) > 1:
        lost = f"every design loses {share}"
    silent = worst.outcomes["silent"].median
    if silent:
        lost += f"; {show_count(round(silent))} wrong answers look like success"
    safe = [s for s in peers if s.outcomes["ok"].minimum == s.cell.tasks]
    if not safe:
        return f"Of {tasks_words(tasks)}, {lost}"
    names = " and ".join(design_name(s.cell) for s in safe)
    if len(safe) > 2:
        names = f"{len(safe)} of {len(peers)} bars"
    none = "loses none" if len(safe) == 1 else "lose none"
    return f"Of {tasks_words(tasks)}, {lost}; {names} {none}"


def _subtitle(material: Material, cells: list[Summary]) -> str:
    capacity = material.capacity
    serves = f"the API serves {capacity} calls at once" if capacity else ""
    return material.conditions(runs_words(cells), material.service_words, serves)


def _caption(material: Material, cells: list[Summary]) -> str:
    return (
        f"{_title(material, cells)}. Each bar is all tasks of one design; solid is ok,"
        " hatched is lost, by kind. The counts are medians; the table has their range."
        " A pool no larger than the API's capacity that lost tasks to it would"
        " contradict its bound."
    )


def _alt(cells: list[Summary]) -> str:
    each = "; ".join(
        f"{design_name(s.cell)} with {tasks_words(s.cell.tasks)}: {_words(s)}"
        for s in cells
    )
    return f"Stacked bars of outcomes in percent. {each}."


def _empty(material: Material) -> Sheet:
    words = "no run counted, so no outcome to show"
    return Sheet(
        name="outcomes", title="Outcomes: nothing was measured",
        subtitle=material.conditions("no run counted"), caption=words, alt=words,
        header=("design", "tasks", "runs"), rows=(), columns=COLUMNS, marks=(),
        nothing=words,
    )  # fmt: skip
