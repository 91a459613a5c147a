"""What does one more thread cost? Its kinds of memory, one bar for each variant."""

from __future__ import annotations

from .. import thread_cost
from ..quantities import show_bytes
from ..thread_cost import Cost
from ..wording import interval_text
from .material import Material
from .sheet import ChartError, Sheet, Value
from .words import show_share

COLUMNS = ("kind", "from", "to", "middle", "y", "top", "bottom")
HOW_TO_READ = (
    "Each part is a slope, free of what the program and the machine use anyway. What"
    " tools such as ps and time show is the first part alone. A part that differed"
    " between threads with large and small stacks, other than the page tables, would be"
    " a surprise: stacks are touched, not reserved."
)
NARROWEST_SHARE = 0.075  # of the axis: a number needs this much room


def build(material: Material) -> Sheet:
    costs = thread_cost.costs(material.runs)
    if not costs:
        raise ChartError("thread-cost: too few numbers of threads for a slope")
    # The plain variant has the shortest name, and comes first.
    variants = sorted(dict.fromkeys(cost.variant for cost in costs), key=len)
    kinds = list(dict.fromkeys(cost.kind for cost in costs))
    bars = [[c for c in costs if c.variant == v] for v in variants]
    totals = [sum(c.bytes_each.median for c in bar) for bar in bars]
    x_high = max(totals) / 1e3 * 1.16
    marks = [m for y, bar in enumerate(bars, 1) for m in _marks(bar, y, kinds)]
    return Sheet(
        name="thread-cost",
        title=_title(bars[0], totals[0]),
        subtitle=material.conditions(
            "slope of memory over threads alive at once, in each block",
            f"median of {bars[0][0].bytes_each.n} blocks",
        ),
        caption=f"{_title(bars[0], totals[0])}. {HOW_TO_READ}",
        alt="Stacked bars, kilobytes for each further thread. "
        + " ".join(map(_told, bars, totals)),
        header=("variant", "kind", "for each thread"),
        rows=tuple((c.variant, c.kind, interval_text(c.bytes_each, "bytes"))
                   for c in costs),
        columns=COLUMNS,
        marks=tuple(marks),
        settings={
            "x_high": x_high,
            "bars": len(bars),
            "bar_words": [_short(v) for v in variants],
            "bar_total": [show_bytes(t) for t in totals],
            "bar_end": [t / 1e3 for t in totals],
            "kinds": len(kinds),
            "kind_words": kinds,
            "kind_x": _places(kinds),
            **_parts(marks, x_high),
        },
    )  # fmt: skip


def _told(bar: list[Cost], total: float) -> str:
    parts = ", ".join(f"{c.kind} {show_bytes(c.bytes_each.median)}" for c in bar)
    return f"{bar[0].variant}: {show_bytes(total)}, of which {parts}."


def _short(variant: str) -> str:
    return variant.replace("thread-per-task", "threads")


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
    seen = next((c for c in bar if "RSS" in c.kind), None)
    if seen is None or len(bar) == 1:
        return f"A thread costs {show_bytes(total)} of {bar[0].kind}"
    share = show_share(seen.bytes_each.median / total)
    return f"A thread costs {show_bytes(total)} of memory; RSS shows {share} of it"
