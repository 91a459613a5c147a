"""Which design is faster where? A map over tasks and task time."""

from __future__ import annotations

from math import log

from ..ask.cell import Cell
from ..reckon.stats import Verdict
from ..reckon.summary import Ratio
from ..say.numbers import show_count, show_duration, show_percent, show_ratio
from ..say.sentences import ratio_text
from .look import spoken_name
from .material import Material
from .sheet import ChartError, Sheet, Value
from .words import plain, runs_words, show_setting

COLUMNS = ("x", "y", "verdict", "ratio", "words", "limits")
KINDS = (Verdict.LESS, Verdict.MORE, Verdict.CANNOT_TELL)
HOW_TO_READ = (
    "A number below 1 means that the pool takes less time. Its rounds cost N·d/W,"
    " creating N threads costs N·c: for many tasks the pool is faster where d is below"
    " W·c. Nothing here says what became of the tasks on an API that turns callers"
    " away."
)
WORDS = {
    Verdict.LESS: "{pool} is faster",
    Verdict.MORE: "a thread per task is faster",
    Verdict.CANNOT_TELL: "cannot tell",
}


def build(material: Material) -> Sheet:
    ratios = [r for r in material.summaries.compared() if r.interval is not None]
    if not ratios:
        raise ChartError("winner: no two designs ran in the same blocks")
    tasks = sorted({r.cell.tasks for r in ratios})
    times = sorted({r.cell.service_s for r in ratios})
    pool = spoken_name(ratios[0].cell)
    looks = {
        Verdict.LESS: material.looks[ratios[0].cell.workers],
        Verdict.MORE: material.looks[None],
        Verdict.CANNOT_TELL: 0,
    }
    present = [k for k in KINDS if any(plain(r) is k for r in ratios)]
    title = _title(ratios, pool)
    return Sheet(
        name="winner",
        title=title,
        subtitle=material.conditions(
            f"wall time of {pool} over a thread per task, in blocks",
            runs_words(material.cells), _interval_words(ratios),
        ),
        caption=f"{title}. {HOW_TO_READ} {_contradiction(material, ratios)}",
        alt=_alt(ratios, pool),
        header=("tasks", "task time", "ratio", "verdict"),
        rows=tuple(_row(r, pool) for r in ratios),
        columns=COLUMNS,
        marks=tuple(_mark(r, tasks, times) for r in ratios),
        settings={
            **{"columns": len(tasks), "rows": len(times)},
            "task_tics": _tics([show_count(n) for n in tasks]),
            "time_tics": _tics([show_setting(t) for t in times]),
            **_boundary(material, ratios, tasks, times),
            "kinds": len(present),
            "field_kind": [KINDS.index(k) for k in present],
            "kind_series": [looks[k] for k in present],
            "key_words": [WORDS[k].format(pool=pool) for k in present],
            "key_x": [0.17 + 0.26 * i for i in range(len(present))],
        },
        log=("ratio",),
    )  # fmt: skip


def _alt(ratios: list[Ratio], pool: str) -> str:
    fields = "; ".join(f"{_where(r)}: {ratio_text(r.interval)}" for r in ratios)
    return f"Map of wall times of {pool} over a thread per task. {fields}."


def _row(ratio: Ratio, pool: str) -> tuple[str, ...]:
    return (
        show_count(ratio.cell.tasks), show_setting(ratio.cell.service_s),
        ratio_text(ratio.interval), WORDS[plain(ratio)].format(pool=pool),
    )  # fmt: skip


def _tics(words: list[str]) -> str:
    return "(" + ", ".join(f'"{w}" {i}' for i, w in enumerate(words, 1)) + ")"


def _mark(ratio: Ratio, tasks: list[int], times: list[float]) -> tuple[Value, ...]:
    # The space in front keeps gnuplot from reading the words as a number.
    words = f"\u00a0{show_ratio(ratio.interval.median)}×\u00a0"
    limits = ratio_text(ratio.interval).partition(" ")[2] or "(no interval)"
    return (
        tasks.index(ratio.cell.tasks) + 1, times.index(ratio.cell.service_s) + 1,
        KINDS.index(plain(ratio)), ratio.interval.median, words,
        limits.replace(", ", " to "),
    )  # fmt: skip


def _where(ratio: Ratio) -> str:
    return (
        f"{show_count(ratio.cell.tasks)} tasks of "
        f"{show_setting(ratio.cell.service_s)}"
    )


def _title(ratios: list[Ratio], pool: str) -> str:
    """Counted verdicts: how many fields each design wins, and how many nobody."""
    counts = {kind: sum(1 for r in ratios if plain(r) is kind) for kind in KINDS}
    whole = len(ratios)
    if not any(r.interval.known for r in ratios):
        most = max(r.interval.n for r in ratios)
        return f"Too few runs for a verdict in any of {whole} combinations: n = {most}"
    return (
        f"Of {whole} combinations {pool} is faster in {counts[Verdict.LESS]}, a thread "
        f"per task in {counts[Verdict.MORE]}; in {counts[Verdict.CANNOT_TELL]} these "
        "runs cannot tell"
    )


def _interval_words(ratios: list[Ratio]) -> str:
    known = [r.interval for r in ratios if r.interval.known]
    if not known:
        return "no interval can be given"
    least = show_percent(min(i.coverage for i in known))
    return f"below each ratio its interval, {least} or more"


def equal_s(cell: Cell, create_each_s: float) -> float | None:
    """The task time at which rounds take as long as creation: N d / W = d + N c.

    For many tasks it is W c. A pool of N or more takes no rounds: None.
    """
    if cell.workers is None or cell.tasks <= cell.workers:
        return None
    return create_each_s * cell.workers * cell.tasks / (cell.tasks - cell.workers)


def _boundary(
    material: Material, ratios: list[Ratio], tasks: list[int], times: list[float]
) -> dict[str, object]:
    """Where theory has the boundary: in each column, as a height between the rows."""
    each_s = material.create_each_s
    heights = {}
    for cell in (r.cell for r in ratios):
        equal = equal_s(cell, each_s) if each_s else None
        if equal and (y := _height(equal, times)) is not None:
            heights[tasks.index(cell.tasks) + 1] = y
    words = ""
    if heights and each_s:
        bound_s = each_s * ratios[0].cell.workers
        words = f"theory: W·c = {show_duration(bound_s)}"
    return {
        "steps": len(heights),
        "step_x": list(heights),
        "step_y": list(heights.values()),
        "step_words": words,
    }


def _height(time_s: float, times: list[float]) -> float | None:
    """A time's place among the rows, which stand at equal steps; None far outside."""
    if len(times) < 2:
        return None
    pairs = list(zip(times, times[1:]))
    below = sum(1 for low, _ in pairs[1:] if time_s >= low)
    low, high = pairs[below]
    y = 1 + below + log(time_s / low) / log(high / low)
    return round(y, 4) if 0.5 < y < len(times) + 0.5 else None


def _contradiction(material: Material, ratios: list[Ratio]) -> str:
    """Which verdicts lie on the wrong side of the boundary."""
    each_s, against, judged = material.create_each_s, [], 0
    for ratio in ratios:
        equal = equal_s(ratio.cell, each_s) if each_s else None
        if equal and plain(ratio) is not Verdict.CANNOT_TELL:
            judged += 1
            fewer = ratio.cell.service_s < equal
            if fewer != (plain(ratio) is Verdict.LESS):
                against.append(_where(ratio))
    outcome = f"none of {judged} verdicts does"
    if against:
        outcome = f"{len(against)} of {judged} do: {'; '.join(against)}"
    return (
        "A faster pool above the dashed boundary, or faster threads below it, would"
        f" contradict that; {outcome if judged else 'there is no verdict to tell by'}."
    )
