"""What became of the tasks? A bar for each design, its whole length all its tasks."""

from __future__ import annotations

from ..ask.figures import OUTCOMES
from ..reckon.summary import Summary
from ..say.numbers import show_count
from ..say.sentences import count_text
from .look import base_name
from .material import Material, ok_share
from .sheet import Sheet, Value
from .variants import apart, full_name, listed, named
from .words import runs_words, sentence, show_share, tasks_words

COLUMNS = ("series", "outcome", "from", "to", "middle", "y", "top", "bottom", "count")
BAR, GAP, HEADING = 1.0, 0.25, 0.75
MOST_GROUPS = 3  # of different losses, in a title
# What would contradict a chart, by the option that the experiment is about.
CONTRADICTIONS = {
    "limit-memory": (
        "A pool needs stacks for its workers only, and goes on with those it got: one"
        " that ran and left tasks not started would contradict that."
    ),
    "hang-rate": (
        "Without a timeout a call that hangs is waited for: a task that timed out there"
        " would contradict that."
    ),
    "error-rate": (
        "All designs are given the same calls, and none tries again: bars of different"
        " length would contradict that."
    ),
}


def build(material: Material) -> Sheet:
    cells = [s for s in material.cells if sum(_medians(s).values()) > 0]
    if not cells:
        return _empty(material)
    places, groups, depth = _layout(material, cells)
    kinds = [k for k in OUTCOMES if any(_medians(s)[k] > 0 for s in cells)]
    marks = [m for s in cells for m in _marks(material, s, places[s.cell.name])]
    fills = sorted({mark[:2] for mark in marks})
    variants = [apart(s.cell, [other.cell for other in cells]) for s in cells]
    return Sheet(
        name="outcomes",
        title=_title(cells),
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
            "bar_variant": variants,
            "name_up": 0.013 if any(variants) else 0,
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
        full_name(summary.cell), show_count(summary.cell.tasks), str(summary.n),
        *counts,
    )  # fmt: skip


def _worst(cells: list[Summary]) -> Summary:
    """The cell that lost the largest share of its tasks; of equals, the largest."""
    return max(cells, key=lambda s: (1 - ok_share(s), s.cell.tasks))


def _title(cells: list[Summary]) -> str:
    """Counts need no interval; but what one run in n did is not said of all."""
    worst = _worst(cells)
    if ok_share(worst) == 1:
        return "Every task of every design went well"
    peers = [s for s in cells if s.cell.tasks == worst.cell.tasks]
    told = _losses(peers)
    if silent := worst.outcomes["silent"].median:
        told.append(f"{show_count(round(silent))} wrong answers look like success")
    told += _spared(peers)
    return f"Of {tasks_words(worst.cell.tasks)}, {'; '.join(told)}"


def _losses(peers: list[Summary]) -> list[str]:
    """Who lost how much in the median run, the most first; never a cell unnamed."""
    groups: dict[str, list[Summary]] = {}
    for summary in sorted(peers, key=ok_share):
        if ok_share(summary) < 1:
            share = show_share(1 - ok_share(summary))
            groups.setdefault(share, []).append(summary)
    first, *rest = groups
    told = [_lose(groups[first], peers, first)]
    if len(rest) < MOST_GROUPS:
        told += [f"{_who(groups[share], peers)} {share}" for share in rest]
        return [", ".join(told)]
    lossy = sum(map(len, groups.values()))
    return [*told, f"{lossy} of {len(peers)} bars lose some"]


def _spared(peers: list[Summary]) -> list[str]:
    """Who lost nothing in any run, and who only in some."""
    none = [s for s in peers if s.outcomes["ok"].minimum == s.cell.tasks]
    some = [s for s in peers if ok_share(s) == 1 and s not in none]
    told = [(none, "none"), (some, "none in the median run")]
    return [_lose(found, peers, words) for found, words in told if found]


def _lose(found: list[Summary], peers: list[Summary], what: str) -> str:
    """ "worker-pool of 5 loses none", so that no other cell is meant."""
    who = _who(found, peers)
    return f"{who} {'lose' if ' and ' in who else 'loses'} {what}"


def _who(found: list[Summary], peers: list[Summary]) -> str:
    return listed(named([s.cell for s in found], [s.cell for s in peers]))


def _subtitle(material: Material, cells: list[Summary]) -> str:
    capacity = material.capacity
    serves = f"the API serves {capacity} calls at once" if capacity else ""
    return material.conditions(runs_words(cells), material.service_words, serves)


def _caption(material: Material, cells: list[Summary]) -> str:
    return (
        f"{_title(cells)}. Each bar is all tasks of one design; solid is ok,"
        " hatched is lost, by kind. The counts are medians; the table has their range."
        f" {_contradiction(material, cells)}"
    )


def _contradiction(material: Material, cells: list[Summary]) -> str:
    """What would contradict the bound that this experiment is about."""
    if material.capacity:
        return _capacity_words(cells, int(material.capacity))
    asked = {key for s in cells for key in s.cell.options}
    for option, words in CONTRADICTIONS.items():
        if option in asked:
            return words
    return "A design that lost tasks where nothing fails would contradict its record."


def _capacity_words(cells: list[Summary], capacity: int) -> str:
    small = [s for s in cells if (s.cell.workers or capacity + 1) <= capacity]
    broke = dict.fromkeys(
        full_name(s.cell) for s in small if s.outcomes["rejected"].maximum
    )
    bound = (
        f"A pool of {capacity} or fewer that the API rejected would contradict the"
        " bound that its workers are"
    )
    if not small:
        return f"{bound}; none was run."
    return f"{bound}; {', '.join(broke) or 'none'} did."


def _alt(cells: list[Summary]) -> str:
    each = "; ".join(
        f"{full_name(s.cell)} with {tasks_words(s.cell.tasks)}: {_words(s)}"
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
