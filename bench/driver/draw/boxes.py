"""A family: every recorded task a box, by lane and time; or a tile, to one scale."""

from collections.abc import Sequence
from statistics import median

from ..say.numbers import show_count, show_duration
from .axes import Scale
from .recordings import THOSE, Tape, common, reach_s, sheet, tapes
from .chart import Chart, ChartError, columns
from .view import View, grouped

LONG = 3.0  # times a task's usual time: drawn dark
FINE = 80  # rows: more are too low for hatching, and have what is lost dark
NUMBERED_PX, WIDTH_PX, ROWS_PX = (34, 19), 0.64 * 1600, 580  # wide and high
SHELF_PX, DEPTH_PX, WORDS_PX, GAP_PX = 1500, 625, 230, 50  # of the sheet, for tiles


def build(view: View) -> Chart:
    shown = tapes(view)
    if view.chart.tiles:
        if len(shown) < 2:
            raise ChartError(f"{view.chart.name}: fewer than two runs were recorded")
        few, *_, many = rising = sorted(shown, key=lambda t: t.lanes)
        told = (f"the pool chooses the shape, not the work: {THOSE}, "
                f"{common([few])} take {show_duration(few.end_s)} on {few.lane_words}, "
                f"{show_duration(many.end_s)} on "
                f"{show_count(many.lanes)}")  # fmt: skip
        remarks = ["each tile is one call", "height: calls in flight", "length: time"]
        # Where a shape ends is what came out: before that, names stand at the question.
        return sheet(view, told, shown, remarks, _tiles(shown),
                     designs=tuple(t.name for t in rising))  # fmt: skip
    settings = _settings(shown)
    remarks = [
        "each box is a task, in the row of who ran it",
        "hatched: lost" if any(t.lost and t.lanes <= FINE for t in shown) else "",
        "dark: lost" if any(t.lost and t.lanes > FINE for t in shown) else "",
        _long_words([t for t in shown if _long(t)]),
        "dashed: Graham's bounds, of any order" if settings["bound_at"]
        else "Graham: bounds of any order" if any(map(_bounds_words, shown)) else "",
    ]
    return sheet(view, _title(shown), shown, remarks, settings,
                 in_front=len(settings["bound_at"]))  # fmt: skip


def _title(shown: Sequence[Tape]) -> str:
    """Who is done when; by what else differs, if anything does. The time of a run that
    lost most of its tasks is no achievement, and is left to the picture."""
    told = []
    for where, group in grouped(shown, lambda t: t.where).items():
        flooded = [t for t in group[:4] if 2 * t.lost > t.cell.tasks]
        timed = [t for t in group[:4] if t not in flooded]
        each = [f"{t.spoken} {t.does('loses', 'lose')} {show_count(t.lost)}"
                for t in flooded]  # fmt: skip
        each += [
            f"{t.spoken} {t.does('takes', 'take')} {show_duration(t.end_s)}"
            + (f" and {t.does('loses', 'lose')} {show_count(t.lost)}" if t.lost else "")
            for t in timed
        ]
        where = where or (common(shown) and f"with {common(shown)}")
        where = where if told else f"{THOSE} {where}".strip()
        told.append(", ".join(filter(None, [where, *each])))
    return "; ".join(told)


def _long(tape: Tape) -> int:
    most_s = LONG * tape.usual_s
    return sum(time_s > most_s for time_s in tape.times_s)


def _long_words(long: Sequence[Tape]) -> str:
    hung = all(t.cell.hanging_s and t.cell.distribution == "fixed" for t in long)
    told = "hung" if hung else f"over {LONG:.0f} times as long as usual"
    return f"dark: {told}" if long else ""


def _settings(shown: Sequence[Tape]) -> dict[str, object]:
    seen_s = reach_s(shown)
    bounds = [{"panel": i, "at": at} for i, t in enumerate(shown, 1)
              for at in t.bounds_s or () if t.end_s <= seen_s]  # fmt: skip
    x_high = max([seen_s, *(1.02 * b["at"] for b in bounds)])
    scale = Scale(0.0, x_high)
    return {
        "panels": len(shown),
        **scale.across("time since the start", scale.tics("s", 8)),
        **shown[0].view.material.of_cells({
            t.cell.name: {"panel": i, "long": LONG * t.usual_s}
            for i, t in enumerate(shown, start=1)
        }),
        **columns("panel", [_panel(t, x_high, len(shown)) for t in shown]),
        "answer_end": [
            f"{'done:' if t.end_s <= x_high else 'goes on until'} "
            f"{show_duration(t.end_s)}"
            for t in shown
        ],
        "answer_lost": ["" if _bounds_words(t) else t.lost_words for t in shown],
        "point_words": [_bounds_words(t) for t in shown],
        **columns("bound", bounds, "panel", "at"),
    }  # fmt: skip


def _panel(tape: Tape, x_high: float, panels: int) -> dict[str, object]:
    # All of its boxes are large enough to hold their number, or none is numbered.
    wide, high = tape.usual_s / x_high * WIDTH_PX, ROWS_PX / panels / tape.lanes
    large = wide >= NUMBERED_PX[0] and high >= NUMBERED_PX[1]
    return {
        "lanes": tape.lanes, "look": tape.look, "name": tape.name,
        "more": tape.lane_words, "setting": tape.setting, "end": tape.end_s,
        "lost": int(tape.lost > 0), "good": int(tape.lost < len(tape.samples)),
        "dark": int(_long(tape) > 0), "fine": int(tape.lanes > FINE),
        "numbered": int(large),
    }  # fmt: skip


def _bounds_words(tape: Tape) -> str:
    if tape.lost or not tape.bounds_s:
        return ""
    low, high = (show_duration(at).split() for at in tape.bounds_s)
    return (
        f"Graham: {low[0] if low[1] == high[1] else ' '.join(low)} to {' '.join(high)}"
    )


def _tiles(shown: Sequence[Tape]) -> dict[str, object]:
    """The longest on a shelf of its own, the others side by side below; a task's usual
    time is as long as a lane is high, so equal areas are equal work."""
    first, *rest = sorted(shown, key=lambda t: t.lanes)
    unit_s = median(t.usual_s for t in shown)
    long = {t.cell.name: t.end_s / unit_s for t in shown}
    below = sum(long[t.cell.name] for t in rest) or 1.0
    size = min(
        30.0, (SHELF_PX - WORDS_PX) / long[first.cell.name],
        max(1.0, SHELF_PX - WORDS_PX * len(rest)) / below,
        (DEPTH_PX - GAP_PX) / (first.lanes + max([t.lanes for t in rest], default=0)),
    )  # fmt: skip
    places, x = {first.cell.name: {"x": GAP_PX, "y": 0.0}}, float(GAP_PX)
    below_px = GAP_PX + max(first.lanes * size, GAP_PX)
    for tape in rest:
        places[tape.cell.name] = {"x": x, "y": below_px}
        x += long[tape.cell.name] * size + WORDS_PX
    return {
        "tile": size, "unit_s": unit_s, **first.view.material.of_cells(places),
        **columns("label", [
            {"x": places[t.cell.name]["x"] + long[t.cell.name] * size + 14,
             "y": places[t.cell.name]["y"], "name": f"{t.lane_words}:",
             "value": show_duration(t.end_s), "look": t.look} for t in [first, *rest]
        ]),
    }  # fmt: skip
