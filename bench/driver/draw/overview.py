"""The comparison on one slide: time, memory, outcomes, and pressure on the API."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

from ..say.numbers import show_bytes, show_count
from . import in_flight, memory, outcomes, wall_time
from .material import Material, ok_share, spread_out
from .sheet import Sheet
from .words import compared, runs_words, show_share

NAME_APART = 0.14  # of a panel's height
PARTS = ("wall-time", "memory", "outcomes", "in-flight")


def build(material: Material) -> Sheet:
    wall = wall_time.build(material)
    parts = {
        "memory": memory.build(material),
        "outcomes": outcomes.build(material),
        "in-flight": in_flight.build(material),
    }
    missing = next((s for s in (wall, *parts.values()) if s.nothing), None)
    if missing:
        return _empty(material, missing.nothing)
    return Sheet(
        name="overview",
        title=wall.title,
        subtitle=_subtitle(material),
        caption=f"{wall.title}. The four charts of this comparison in short: "
        "each has its own picture, words and table.",
        alt=" ".join(
            [wall.alt, _memory_alt(material)]
            + [sheet.alt for sheet in list(parts.values())[1:]]
        ),
        header=("chart", "conclusion"),
        rows=tuple(
            (sheet.name.replace("-", " "), sheet.title)
            for sheet in (wall, *parts.values())
        ),
        columns=wall.columns,
        marks=wall.marks,
        settings={
            "panel_title": _panel_titles(material, parts["in-flight"]),
            **_time(material, wall),
            **_memory(material, parts["memory"]),
            **_outcomes(material, parts["outcomes"]),
            **_pressure(material, parts["in-flight"]),
        },
        log=wall.log,
        parts=parts,
    )


def _subtitle(material: Material) -> str:
    capacity = material.capacity
    return material.conditions(
        runs_words(material.cells),
        material.service_words,
        f"the API serves {capacity} calls at once" if capacity else "",
        "pale lines: theory, of memory a measured slope",
    )


def _memory_alt(material: Material) -> str:
    """The left half of the memory chart, which is what is shown here."""
    last = [material.of(w)[-1] for w in material.designs]
    told = (f"{plain_name(s.cell.workers)} {memory.weight(material, s)}" for s in last)
    return f"Log-log scatter of peak resident memory: {', '.join(told)}."


def plain_name(workers: int | None) -> str:
    return "threads" if workers is None else f"pool of {show_count(workers)}"


def _panel_titles(material: Material, pressure: Sheet) -> list[str]:
    """What each panel shows, as short as a slide wants it."""
    tasks = show_count(material.tasks[-1])
    rss = memory.rss_ratio(material, material.tasks[-1])
    lighter = compared(
        rss,
        f"RSS at {tasks}: {{r}} the pool's (log scales)",
        f"RSS at {tasks}: {{r}} below the pool's (log scales)",
        f"RSS at {tasks}: no verdict (log scales)",
    )
    threads = material.at(None, material.tasks[-1])
    share = ok_share(threads) if threads else None
    became = (
        f"{tasks} threads: {show_share(share)} of tasks ok"
        if share is not None
        else "What became of the tasks"
    )
    most, served = pressure.rows[0][2:4]
    return [
        "Wall time of N tasks (log scales)",
        lighter,
        became,
        f"{pressure.rows[0][1]} threads: {most} calls at once, {served} served",
    ]


def _time(material: Material, wall: Sheet) -> dict[str, object]:
    settings = wall.settings
    low, high = settings["y_low"], settings["y_high"]
    last = [material.of(w)[-1] for w in material.designs]
    heights = [
        log10(s.figures[wall_time.FIGURE].median / low) / log10(high / low)
        for s in last
    ]
    return {
        "x_low": settings["x_low"],
        "x_high": settings["x_high"],
        "time_low": low,
        "time_high": high,
        "time_tics": _literal(wall, "y"),
        "task_tics": _literal(wall, "x"),
        "service_s": last[0].cell.service_s,
        "create_s": settings["create_s"],
        "theories": settings["theories"],
        "theory_workers": settings["theory_workers"],
        "theory_series": settings["theory_series"],
        "names": len(last),
        "name_words": [plain_name(s.cell.workers) for s in last],
        "name_series": [material.looks[s.cell.workers] for s in last],
        "name_y": spread_out(heights, NAME_APART),
    }


def _literal(sheet: Sheet, axis: str) -> str:
    """The written ticks of one axis, as gnuplot takes them."""
    marks = next(tics.marks for tics in sheet.tics if tics.axis == axis)
    return "(" + ", ".join(f'"{words}" {at!r}' for words, at in marks) + ")"


def _memory(material: Material, sheet: Sheet) -> dict[str, object]:
    kept = (
        "rss_low", "rss_high", "rss_tics", "slopes", "slope_bytes", "base_bytes",
    )  # fmt: skip
    found = {name: sheet.settings[name] for name in kept}
    low, high = found["rss_low"], found["rss_high"]
    last = [material.of(w)[-1] for w in material.designs]
    sizes = [s.figures[memory.RSS].median for s in last]
    heights = [log10(size / low) / log10(high / low) for size in sizes]
    return found | {
        "values": len(last),
        "value_words": [show_bytes(size) for size in sizes],
        "value_series": [material.looks[s.cell.workers] for s in last],
        "value_y": spread_out(heights, NAME_APART),
    }


def _outcomes(material: Material, sheet: Sheet) -> dict[str, object]:
    kept = (
        "bars", "bar_y", "bar_series", "groups", "fills", "fill_series", "fill_kind",
    )  # fmt: skip
    found = {name: sheet.settings[name] for name in kept}
    shares = [ok_share(s) or 0.0 for s in material.cells]
    middles = [_middle(material, found["bar_y"], n) for n in material.tasks]
    return found | {
        "outcome_depth": sheet.settings["y_low"],
        "bar_words": [f"{show_share(share)} ok" for share in shares],
        "group_words": [show_count(n) for n in material.tasks],
        "group_y": middles,
    }


def _middle(material: Material, heights: Sequence[float], tasks: int) -> float:
    ours = [h for h, s in zip(heights, material.cells) if s.cell.tasks == tasks]
    return sum(ours) / len(ours)


def _pressure(material: Material, pressure: Sheet) -> dict[str, object]:
    settings = pressure.settings
    peaks = [int(row[2].replace("\u202f", "")) for row in pressure.rows]
    heights = [p / settings["y_high"] for p in peaks]
    return {
        "clock_ms": settings["x_high"],
        "calls_high": settings["y_high"],
        "call_tics": settings["call_tics"],
        "capacity": settings["capacity"],
        "panels": settings["panels"],
        "panel_series": settings["panel_series"],
        "panel_words": [
            f"{'threads' if 'thread' in name else name.replace('worker-', '')}"
            for name in settings["panel_name"]
        ],
        "panel_y": spread_out(heights, NAME_APART),
    }


def _empty(material: Material, words: str) -> Sheet:
    return Sheet(
        name="overview", title="Overview: nothing to show",
        subtitle=material.conditions("no run counted"), caption=words, alt=words,
        header=("chart",), rows=(), columns=("series",), marks=(), nothing=words,
    )  # fmt: skip
