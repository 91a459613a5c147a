"""What does one more thread cost? Its kinds of memory, one bar for each variant."""

from __future__ import annotations

from ..reckon import thread_cost
from ..reckon.thread_cost import KINDS, Cost
from ..say.names import design_name
from ..say.numbers import show_bytes
from ..say.sentences import interval_text
from .material import Material
from .sheet import ChartError, Sheet, Value
from .variants import spaced
from .words import sentence, show_share

COLUMNS = ("kind", "from", "to", "middle", "y", "top", "bottom")
HOW_TO_READ = (
    "Each part is a slope, free of what the program and the machine use anyway. What"
    " tools such as ps and time show is the first part alone. Kernel stack and slab are"
    " the growth of the whole machine, so the slab also tells what else it did. RSS"
    " or kernel stacks that differed between threads with large and small stacks"
    " would be a surprise: stacks are touched, not reserved."
)
NARROWEST_SHARE = 0.075  # of the axis: a number needs this much room
GHOST_SHARE = 0.24  # of the axis: what nobody saw has no length, but words


def build(material: Material) -> Sheet:
    costs = thread_cost.costs(material.runs)
    if not costs:
        raise ChartError("thread-cost: too few numbers of threads for a slope")
    # The plain variant has the shortest name, and comes first.
    variants = sorted(dict.fromkeys(design_name(cost.cell) for cost in costs), key=len)
    kinds = [k for k in KINDS if any(cost.kind == k for cost in costs)]
    bars = [[c for c in costs if design_name(c.cell) == v] for v in variants]
    totals = [sum(c.bytes_each.median for c in bar) for bar in bars]
    x_high = max(totals) / 1e3 * (1.16 if all(map(_whole, bars)) else 1.6)
    marks = [m for y, bar in enumerate(bars, 1) for m in _marks(bar, y, kinds)]
    title = _title(bars[0], totals[0])
    return Sheet(
        name="thread-cost",
        title=title,
        subtitle=material.conditions(
            "slope of memory over threads alive at once, in each block",
            _blocks_words(costs),
        ),
        caption=f"{title}. {HOW_TO_READ}",
        alt="Stacked bars, kilobytes for each further thread. "
        + " ".join(map(_told, bars, totals)),
        header=("variant", "kind", "for each thread"),
        rows=tuple(row for bar in bars for row in _rows(bar)),
        columns=COLUMNS,
        marks=tuple(marks),
        settings={
            "x_high": x_high,
            "bars": len(bars),
            "bar_words": [_short(v) for v in variants],
            "bar_total": [_total_words(b, t) for b, t in zip(bars, totals)],
            "kinds": len(kinds),
            "kind_words": kinds,
            "kind_x": _places(kinds),
            **_ghosts(bars, totals, x_high),
            **_parts(marks, x_high),
        },
    )


def _unseen(bar: list[Cost]) -> list[str]:
    """The kinds that no run of this variant tells."""
    return [kind for kind in KINDS if all(cost.kind != kind for cost in bar)]


def _whole(bar: list[Cost]) -> bool:
    return not _unseen(bar)


def _brief(kinds: list[str]) -> str:
    """ "kernel stack and slab": kinds without their explanations."""
    known = {"resident (RSS)": "RSS", "slab (task_struct and more)": "slab"}
    return " and ".join(known.get(kind, kind) for kind in kinds)


def _blocks_words(costs: list[Cost]) -> str:
    counts = [cost.bytes_each.n for cost in costs]
    low, high = min(counts), max(counts)
    blocks = f"{low}" if low == high else f"{low} to {high}"
    known = [c for c in costs if c.bytes_each.known]
    return sentence(
        f"median of {blocks} blocks",
        "" if known else "too few for an interval",
    )


def _total_words(bar: list[Cost], total: float) -> str:
    """A sum of some kinds only is no total."""
    told = show_bytes(total)
    return told if _whole(bar) else f"{told} seen"


def _rows(bar: list[Cost]) -> list[tuple[str, ...]]:
    name = design_name(bar[0].cell)
    seen = [(name, c.kind, interval_text(c.bytes_each, "bytes")) for c in bar]
    return seen + [(name, kind, "not measured") for kind in _unseen(bar)]


def _ghosts(
    bars: list[list[Cost]], totals: list[float], x_high: float
) -> dict[str, object]:
    """Where each bar ends, and the dashed part for what was not measured."""
    ends = [total / 1e3 for total in totals]
    wide = [0.0 if _whole(bar) else GHOST_SHARE * x_high for bar in bars]
    unseen = [_brief(_unseen(bar)).replace(" and ", ", ") for bar in bars]
    return {
        "ghost_from": ends,
        "bar_end": [end + width for end, width in zip(ends, wide)],
        "ghost": [int(width > 0) for width in wide],
        "ghost_words": unseen,
    }


def _told(bar: list[Cost], total: float) -> str:
    parts = ", ".join(f"{c.kind} {show_bytes(c.bytes_each.median)}" for c in bar)
    lacks = "" if _whole(bar) else f"; {_brief(_unseen(bar))} not measured"
    name = design_name(bar[0].cell)
    return f"{name}: {_total_words(bar, total)}, of which {parts}{lacks}."


def _short(variant: str) -> str:
    return spaced(variant).replace("thread-per-task", "threads")


def _places(kinds: list[str]) -> list[float]:
    """Where the key's entries stand: one after the other, by their length."""
    places, at = [], 0.02
    for kind in kinds:
        places.append(round(at, 4))
        at += 0.036 + 0.0075 * len(kind) + 0.03
    return places


def _marks(bar: list[Cost], y: int, kinds: list[str]) -> list[tuple[Value, ...]]:
    start, marks = 0.0, []
    for cost in bar:
        # A slope below nothing is noise around nothing; a bar cannot show it.
        end = start + max(0.0, cost.bytes_each.median) / 1e3
        marks.append((
            kinds.index(cost.kind) + 1, round(start, 4), round(end, 4),
            round((start + end) / 2, 4), y, y - 0.32, y + 0.32,
        ))  # fmt: skip
        start = end
    return marks


def _parts(marks: list[tuple[Value, ...]], x_high: float) -> dict[str, object]:
    """The numbers above the parts that have room for them."""
    roomy = [m for m in marks if (m[2] - m[1]) / x_high > NARROWEST_SHARE]
    return {
        "parts": len(roomy),
        "part_words": [f"{m[2] - m[1]:.1f}" for m in roomy],
        "part_x": [m[3] for m in roomy],
        "part_y": [m[5] - 0.09 for m in roomy],
    }


def _title(bar: list[Cost], total: float) -> str:
    """Only all kinds together are what a thread costs."""
    if not _whole(bar):
        seen = _brief([cost.kind for cost in bar])
        return (
            f"{seen}: {show_bytes(total)} a thread; {_brief(_unseen(bar))} not seen in"
            " this run"
        )
    resident = next(cost for cost in bar if "RSS" in cost.kind)
    share = show_share(resident.bytes_each.median / total)
    return f"A thread costs {show_bytes(total)} of memory; RSS shows {share} of it"
