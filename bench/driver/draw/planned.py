"""A family: what a plan found over the number of workers, a panel for each figure."""

from collections.abc import Mapping, Sequence
from itertools import dropwhile, takewhile
from typing import Any

from ..ask.quantities import plain_number
from ..run import kept
from ..say import names
from ..say.numbers import show_count
from ..say.shortfall import UNCONFIRMED, shown, unconfirmed
from . import words
from .axes import Scale, reach, thinned, tics
from .chart import Chart, ChartError, columns
from .view import View

FILE = "plan.json"
# Each panel: its heading, its unit, and what is drawn.
Panel = tuple[str, str, tuple[str, ...]]
PANELS: tuple[Panel, ...] = (
    ("wait to start, p50 and p99", "s", ("p50 wait", "p99 wait")),
    ("tasks served per second", "1/s", ("goodput",)),
    ("tasks lost", "share", ("lost",)),
    ("in flight, at most (theory: mean)", "count", ("in flight",)),
    ("calls made for each task", "count", ("calls",)),
)
LOOKS = {"pool": 2, "semaphore": 4, "none": 1}
SPOKEN = {"pool": "pool", "semaphore": "semaphore", "none": "no bound"}
THEORY = 3  # plotted things of each panel: two curves, and the sizes it names
LEAST_S = 1e-4  # a shorter wait stands at the foot


def build(view: View) -> Chart:
    try:
        found = kept.value_of(kept.read_text(view.material.folder / FILE))
        return _sheet(view, found)
    except (OSError, ValueError, LookupError) as error:
        raise ChartError(f"plan: {FILE} cannot be read: {error}") from None
    except (TypeError, AttributeError):
        raise ChartError(f"plan: {FILE} is not as bench/run plan writes it") from None


def _sheet(view: View, found: Mapping[str, Any]) -> Chart:
    points = [p for p in found["points"] if p["workers"]]
    header = ("design", "workers", *(m for _, _, each in PANELS for m in each))
    rows = [
        (SPOKEN[p["design"]], str(p["workers"] or "–"),
         *(plain_number(_middle(p, m), 4) for _, _, each in PANELS for m in each))
        for p in found["points"]
    ]  # fmt: skip
    panels = [each for each in PANELS if not _flat(found, each)] or PANELS
    flat = [f"{m} {shown(m, _middle(found['points'][0], m))}"
            for each in PANELS if each not in panels for m in each[2]]  # fmt: skip
    seeds = len(view.material.runs) // max(1, len(found["points"]))
    cell = view.all_cells[0]
    settings = _settings(found, points, panels)
    remarks = [
        f"virtual time, {show_count(cell.tasks)} tasks, medians of {seeds} draws",
        "pale: theory (M/M/W, Allen and Cunneen)",
        "dotted: the target" if settings["limit_y"] else "",
        "band: it is met by that many workers", "dash-dotted: sizes that theory names",
        f"the same at every size: {', '.join(flat)}" if flat else "",
    ]  # fmt: skip
    return words.sheet(view, _title(found), remarks, header, rows, settings,
                       behind=THEORY)  # fmt: skip


def _title(found: Mapping[str, Any]) -> str:
    wanted = ", ".join(found["target"])
    if found["workers"] is None:
        return f"no number of workers meets {wanted}"
    told = f"{names.fewest(found['workers'])} {wanted}"
    if unconfirmed(found.get("confirmed", ()), found["workers"]):
        return f"in virtual time, {told}; {UNCONFIRMED}"
    if found["collapse"]:
        told += f"; {show_count(found['collapse']['workers'])} are too many"
    return told


def _flat(found: Mapping[str, Any], panel: Panel) -> bool:
    """Whether all designs of all sizes are alike: a line of words says that, too."""
    return all(
        len({_middle(point, metric) for point in found["points"]}) == 1
        for metric in panel[2]
    )


def _middle(point: Mapping[str, Any], metric: str) -> float:
    values = point["values"].get(metric) or [0.0]
    return values[len(values) // 2]


def _settings(
    found: Mapping[str, Any], points: Sequence[Mapping[str, Any]],
    of_panels: Sequence[Panel] = PANELS,
) -> dict[str, object]:  # fmt: skip
    places = sorted({p["workers"] for p in points})
    scale = Scale(places[0] / 1.25, places[-1] * 1.25, True)
    panels, marks, lines, limits = [], [], [], []
    drawn = sorted(found["points"], key=lambda p: p["design"] == "pool")
    for number, (name, unit, metrics) in enumerate(of_panels, start=1):
        least = LEAST_S if unit == "s" else 0.0
        here = [_mark(number, p, m, least) for p in drawn for m in metrics]
        theory = [
            {"panel": number, "x": p["workers"], "y": max(p["theory"][m], least),
             "second": int(m == "p50 wait")}
            for m in metrics for p in _by_size(points) if m in p["theory"]
        ]  # fmt: skip
        lines += theory
        asked = _limits(found["limits"], number, metrics)
        y = reach([m["y"] for m in here + theory + asked], unit == "s")
        panels.append({"name": name, "log": int(y.log), "low": y.low, "high": y.high,
                       "tics": y.tics(unit, 4)})  # fmt: skip
        marks, limits = marks + here, limits + asked
    band = _band(points)
    shown = thinned(map(scale.place, places), 0.25)
    edges = [
        {"x": x, "words": f"{name} at {show_count(round(x))}"}
        for name, x in found.get("edges", {}).items() if scale.low < x < scale.high
    ]  # fmt: skip
    return {
        **scale.across(
            "workers W, or places of the semaphore",
            tics((show_count(s) if yes else "", s) for s, yes in zip(places, shown)),
        ),
        "band_low": min(band, default=0), "band_high": max(band, default=0),
        **columns("panel", panels), **columns("limit", limits, "panel", "y", "words"),
        **columns("mark", marks), **columns("line", lines, "panel", "x", "y", "second"),
        **columns("point", edges, "x", "words"),
        **columns("design", [{"name": n, "look": LOOKS[d]} for d, n in SPOKEN.items()]),
    }  # fmt: skip


def _limits(
    limits: Mapping[str, float], panel: int, metrics: Sequence[str]
) -> list[dict[str, Any]]:
    """A line for each that is asked for; by its name where the panel shows several."""
    return [
        {"panel": panel, "y": limits[m], "words": m if len(metrics) > 1 else ""}
        for m in metrics if m in limits
    ]  # fmt: skip


def _band(points: Sequence[Mapping[str, Any]]) -> list[int]:
    """The sizes from the fewest that meet it to where it is missed again."""
    enough = dropwhile(lambda p: not p["meets"], _by_size(points))
    return [p["workers"] for p in takewhile(lambda p: p["meets"], enough)]


def _by_size(points: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    pools = [p for p in points if p["design"] == "pool"]
    return sorted(pools, key=lambda p: p["workers"])


def _mark(
    panel: int, point: Mapping[str, Any], metric: str, least: float
) -> dict[str, Any]:
    """Of no bound a line across: x is 0."""
    return {"panel": panel, "x": point["workers"] or 0,
            "y": max(_middle(point, metric), least), "look": LOOKS[point["design"]],
            "second": int(metric == "p50 wait")}  # fmt: skip
