"""Which design is faster where? A map over tasks and task time."""

from __future__ import annotations

from ..model import Ratio, Verdict
from ..quantities import show_count, show_ratio
from ..theory import service_time_s
from ..wording import ratio_text
from .look import spoken_name
from .material import Material
from .sheet import ChartError, Sheet, Value
from .words import runs_words, show_setting

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
    ratios = [r for r in material.summaries.ratios if r.interval is not None]
    if not ratios:
        raise ChartError("winner: no two designs ran in the same blocks")
    tasks = sorted({r.cell.tasks for r in ratios})
    times = sorted({service_time_s(r.cell) for r in ratios})
    pool = spoken_name(ratios[0].cell)
    looks = {
        Verdict.LESS: material.looks[ratios[0].cell.workers],
        Verdict.MORE: material.looks[None],
        Verdict.CANNOT_TELL: 0,
    }
    present = [k for k in KINDS if any(r.verdict is k for r in ratios)]
    title = _title(ratios, pool)
    fields = "; ".join(f"{_where(r)}: {ratio_text(r.interval)}" for r in ratios)
    return Sheet(
        name="winner",
        title=title,
        subtitle=material.conditions(
            f"wall time of {pool} over a thread per task, in blocks",
            runs_words(material.cells), "below each ratio its interval",
        ),
        caption=f"{title}. {HOW_TO_READ}",
        alt=f"Map of wall times of {pool} over a thread per task. {fields}.",
        header=("tasks", "task time", "ratio", "verdict"),
        rows=tuple(_row(r, pool) for r in ratios),
        columns=COLUMNS,
        marks=tuple(_mark(r, tasks, times) for r in ratios),
        settings={
            **{"columns": len(tasks), "rows": len(times)},
            "task_tics": _tics([show_count(n) for n in tasks]),
            "time_tics": _tics([show_setting(t) for t in times]),
            "kinds": len(present),
            "field_kind": [KINDS.index(k) for k in present],
            "kind_series": [looks[k] for k in present],
            "key_words": [WORDS[k].format(pool=pool) for k in present],
            "key_x": [0.17 + 0.26 * i for i in range(len(present))],
        },
        log=("ratio",),
    )  # fmt: skip


def _row(ratio: Ratio, pool: str) -> tuple[str, ...]:
    return (
        show_count(ratio.cell.tasks), show_setting(service_time_s(ratio.cell)),
        ratio_text(ratio.interval), WORDS[ratio.verdict].format(pool=pool),
    )  # fmt: skip


def _tics(words: list[str]) -> str:
    return "(" + ", ".join(f'"{w}" {i}' for i, w in enumerate(words, 1)) + ")"


def _mark(ratio: Ratio, tasks: list[int], times: list[float]) -> tuple[Value, ...]:
    # The sign in front keeps gnuplot from reading the words as a number.
    words = f"×{show_ratio(ratio.interval.median)}"
    limits = ratio_text(ratio.interval).partition(" ")[2] or "(no interval)"
    return (
        tasks.index(ratio.cell.tasks) + 1, times.index(service_time_s(ratio.cell)) + 1,
        KINDS.index(ratio.verdict), ratio.interval.median, words,
        limits.replace(", ", " to "),
    )  # fmt: skip


def _where(ratio: Ratio) -> str:
    return (
        f"{show_count(ratio.cell.tasks)} tasks of "
        f"{show_setting(service_time_s(ratio.cell))}"
    )


def _title(ratios: list[Ratio], pool: str) -> str:
    """Counted verdicts: how many fields each design wins, and how many nobody."""
    counts = {kind: sum(1 for r in ratios if r.verdict is kind) for kind in KINDS}
    whole = len(ratios)
    return (
        f"Of {whole} combinations {pool} is faster in {counts[Verdict.LESS]}, a thread "
        f"per task in {counts[Verdict.MORE]}; in {counts[Verdict.CANNOT_TELL]} these "
        "runs cannot tell"
    )
