"""The words of a chart: a title that its verdicts choose, and how to read it.

[words] of plots/NAME.toml holds, for the pair that speaks (a cell over its baseline):

    less, more, same, cannot   the claim, by the verdict; "though ..." may be added
    unlike    where one of the two lost tasks: no time is compared then
    each, head, joint, of      or no verdict, but a phrase for each cell, after the head
    computed  or one that must be reckoned: the name of a function in draw/titles.py
    beside    what stands beside a value
    read      one sentence: how to read the picture; means: one sentence: what it means
    refuted   what would refute it

In all of them {who} and {base} are the two designs, and {who:takes|take} brings the
verb; the others are the keys of facts() below.
"""

from collections.abc import Iterable, Sequence
from math import floor, inf

from ..ask.cell import Cell
from ..ask.figures import FIGURES, figure_of
from ..ask.quantities import parse_rate
from ..reckon.stats import FEWEST_FOR_INTERVAL, NEGLIGIBLE_ABOVE, NEGLIGIBLE_BELOW
from ..reckon.stats import Interval, Verdict
from ..reckon.summary import FEWEST_FOR_P99, Ratio, Summaries, Summary
from ..say import names
from ..say.names import sentence
from ..say.numbers import show, show_count, show_ratio, show_share
from ..say.sentences import PERHAPS_LITTLE, count_text, interval_text
from . import titles
from .axes import tick_words
from .material import Pair, unit_of
from .chart import Chart
from .view import Panel, View, grouped

DEFAULTS = {
    "more": "{who:has|have} {r} the {figure} of {base}",
    "less": "{base:has|have} {r} the {figure} of {who}",
    "same": "the {figure} of {who} and of {base} is the same within 2 %",
    "cannot": "these runs cannot tell {who} from {base}",
    "unlike": "{loser:loses|lose} {lost} of them; {served}",
}
ROOM = 140  # letters of a title
PERHAPS = {Verdict.LESS_PERHAPS: "less", Verdict.MORE_PERHAPS: "more"}
FIGURE_WORDS = {
    "goodput_per_s": "tasks served per second", "ok": "tasks served",
    "rejected": "tasks turned away", "resident_bytes": "resident (RSS)",
    "queue_wait_p90_s": "wait that one task in ten exceeds",
}  # fmt: skip


class Name:
    """A design in a sentence: "{who:takes|take}" is "a pool of 50 takes"."""

    def __init__(self, view: View, cell: Cell) -> None:
        self._words, self._design = view.spoken(cell), cell.design

    def __format__(self, verbs: str) -> str:
        one, _, many = verbs.partition("|")
        verb = names.verb(self._design, one, many)
        return f"{self._words} {verb}" if verbs else self._words


# ---- the title ----


def title(view: View) -> str:
    """What the first panel bears at the most tasks, and what more there is to say."""
    words = view.chart.words
    if "computed" in words:
        return sentence(titles.COMPUTED[words["computed"]](view))
    if "each" in words:
        return sentence(_each(view))
    most = max(s.cell.tasks for s in view.cells)
    largest = [s for s in view.cells if s.cell.tasks == most]
    if view.unit in ("s", "1/s") and all(s.share_ok < titles.MOST for s in largest):
        return sentence(titles.losses(view))
    told: list[str] = []
    told_of = view.panels if view.chart.family == "scatter" else view.panels[:1]
    for panel in told_of if view.split else view.panels[:1]:
        if pair := speaking(view, panel):
            told.append(_placed(view, panel, pair, bool(told)))
    if not told:
        return _alone(view)
    if not view.split and view.x == "tasks":
        told += _at_the_fewest(view)
    return sentence("; ".join(told))


def _placed(view: View, panel: Panel, pair: Pair, later: bool) -> str:
    """The claim with where it holds: of later panels only what is new."""
    cell, where = pair.over.cell, []
    if not later or view.split == "tasks":
        where.append(f"with {names.tasks(cell.tasks)}")
    for name in dict.fromkeys([view.split] * bool(panel.words) + view.conditions):
        if name != "tasks" and not (later and name != view.split):
            where.append(view.where(cell, name))
    told = claim(view, panel, pair)
    return f"{_in_a_row(where)}, {told}" if where else told


def _in_a_row(where: Sequence[str]) -> str:
    """ "with 500 tasks and a timeout of 50 ms against an API of 50"."""
    told = "".join(where[:1])
    for before, each in zip(where, where[1:]):
        again = before.startswith("with ") and each.startswith("with ")
        told += f" and {each.removeprefix('with ')}" if again else f" {each}"
    return told


def _pairs(view: View, panel: Panel) -> list[Pair]:
    inside = {s.cell.name for s in panel.cells}
    return [p for p in view.material.pairs if {s.cell.name for s in p} <= inside]


def speaking(view: View, panel: Panel) -> Pair | None:
    """The pair that the title is about: at the most tasks, whom the chart names."""
    pairs = _pairs(view, panel)
    if not pairs:
        return None
    by_tasks = grouped(pairs, lambda pair: pair.over.cell.tasks)
    first, *others = by_tasks[max(by_tasks)]
    pairs = [first, *(pair for pair in others if pair.base is first.base)]
    sign = {"least": -1, "most": 1}.get(view.chart.speaks)
    if sign is None:
        return max(pairs, key=lambda pair: pair.over.cell.workers or 0)
    return max(pairs, key=lambda p: sign * view.value(p.over, panel.figure).median)


def claim(view: View, panel: Panel, pair: Pair) -> str:
    ratio = view.material.ratio(panel.figure, pair.over.cell, pair.base.cell)
    key, remark = key_of(ratio)
    # Two that served next to nothing did the same work, and it was none.
    if _of_work(ratio.figure) and min(s.share_ok for s in pair) < titles.MOST:
        key, remark = "unlike", ""
    words = {**DEFAULTS, **view.chart.words}
    told, colon, why = words[key].partition(": ")  # the remark is not of the reason
    template = f"{told}{remark}{colon}{why}"
    return template.format_map(facts(view, panel, pair, ratio))


def _of_work(figure: str) -> bool:
    return figure_of(figure).of_work


def key_of(ratio: Ratio) -> tuple[str, str]:
    """Which words a ratio bears, and a remark that goes with them."""
    found, verdict = ratio.interval, ratio.verdict
    if _of_work(ratio.figure) and not ratio.same_work:
        return "unlike", ""
    if verdict in PERHAPS:
        return PERHAPS[verdict], PERHAPS_LITTLE
    if verdict in (Verdict.LESS, Verdict.MORE, Verdict.SAME):
        return verdict.value, ""
    if found is not None and not found.known:
        # Too few runs for an interval: what each of them showed can still be said.
        runs = "the only run" if found.n == 1 else f"each of {found.n} runs"
        remark = f" in {runs}, too few for an interval"
        if found.minimum > NEGLIGIBLE_ABOVE:
            return "more", remark
        if found.maximum < NEGLIGIBLE_BELOW:
            return "less", remark
    return "cannot", ""


def _at_the_fewest(view: View) -> list[str]:
    """What is otherwise with the fewest tasks, for the two that the title is about."""
    panel = view.panels[0]
    if not (last := speaking(view, panel)):
        return []
    by_tasks = grouped(_pairs(view, panel), lambda pair: pair.over.cell.tasks)
    who = [names.design_name(s.cell) for s in last]
    alike = (
        pair for pair in by_tasks[min(by_tasks)]
        if [names.design_name(s.cell) for s in pair] == who
    )  # fmt: skip
    first = next(alike, last)
    at_most, at_fewest = (
        key_of(view.material.ratio(panel.figure, over.cell, base.cell))[0]
        for over, base in (last, first)
    )
    if at_most == at_fewest:
        return []
    told = "there is no measurable difference"
    told = told if at_fewest == "cannot" else claim(view, panel, first)
    return [f"with {names.tasks(first.over.cell.tasks)}, {told}"]


def _each(view: View) -> str:
    """A phrase for each cell of the largest pool, or of every cell."""
    words, cells = view.chart.words, view.cells
    if words.get("of") == "largest":
        by_size = grouped(cells, lambda s: (s.cell.tasks, s.cell.workers or 0))
        cells = by_size[max(by_size)]
    told = dict.fromkeys(fill(view, "each", s) for s in cells)
    return fill(view, "head", cells[0]) + words.get("joint", "; ").join(told)


def _alone(view: View) -> str:
    """No pair was compared: what cells of the most tasks took, from least to most."""
    most = max(s.cell.tasks for s in view.cells)
    found = [s for s in view.cells if s.cell.tasks == most]
    found.sort(key=lambda s: view.value(s).median)
    figure = sentence(figure_words(view.figures[0]))
    told = [show(view.unit, view.value(s).median) for s in found]
    if len(set(told)) > 1:
        ours = view.among(s.cell for s in found)
        name = ours.apart if len({s.cell.design for s in found}) == 1 else ours.name
        low, high = (f"{told[i]} ({name(found[i].cell)})" for i in (0, -1))
        whole = f"{figure}: from {low} to {high}"
        return whole if len(whole) < ROOM else f"{figure}: {told[0]} to {told[-1]}"
    tasks = names.tasks(most)
    return f"{figure} of {view.spoken(found[0].cell)} with {tasks}: {told[0]}"


# ---- templates ----


def figure_words(name: str) -> str:
    """What a figure is, in a few words: "wall time", "p99 latency"."""
    label = FIGURES[name].label if name in FIGURES else ""
    bare = name.removesuffix("_s").removesuffix("_bytes").replace("_", " ")
    return FIGURE_WORDS.get(name) or label or bare


def fill(view: View, key: str, summary: Summary) -> str:
    """One of the chart's templates for one cell; "" where there is none."""
    template, alone = view.chart.words.get(key, ""), Pair(summary, summary)
    return template.format_map(facts(view, view.panels[0], alone, None))


def facts(
    view: View, panel: Panel, pair: Pair, ratio: Ratio | None
) -> dict[str, object]:
    """What templates may name of a pair, and of the panel it stands in."""
    (summary, base), cell = pair, pair.over.cell
    loser = min(pair, key=lambda s: s.share_ok)
    times = ratio.interval.median if ratio and ratio.interval else 1.0
    value = view.value(summary, panel.figure)
    return {
        "who": Name(view, cell), "base": Name(view, base.cell),
        "loser": Name(view, loser.cell), "lost": show_share(1 - loser.share_ok),
        "r": f"{show_ratio(max(times, 1 / times if times else inf))}×",
        "figure": figure_words(panel.figure), "W": show_count(cell.lanes),
        "sizes": len({s.cell.workers for s in panel.cells if s.cell.workers}),
        "d": tick_words("s", cell.service_s), "setting": view.apart(cell, but="tasks"),
        "N": names.tasks(cell.tasks),
        "value": show(unit_of(panel.figure), value.median) if value else "–",
        "threads": _threads(view, summary), "base_threads": _threads(view, base),
        "served": titles.served(view, panel, cell), "undone": _undone(summary),
    }  # fmt: skip


def _undone(summary: Summary) -> str:
    left = sum(summary.outcomes[name].median for name in ("cancelled", "not_started"))
    return f"{show_count(round(left))} tasks not done" if left else "all tasks done"


def _threads(view: View, summary: Summary) -> str:
    """ "151 alive at once, detached": how many, and how they end."""
    cell, found = summary.cell, summary.figures.get("threads")
    told = f"{show_count(round(found.median)) if found else '–'} alive at once"
    if cell.workers:
        return told
    if cell.design.bound:  # or the next could not take its place
        return f"{told}, each joined as it ends"
    runs = (r for r in view.material.runs if r.cell.name == cell.name and r.record)
    asked = next((run.record.get("config") or {} for run in runs), {})
    joined_ = asked.get("join", asked.get("detach") is False)
    if joined_ is None:  # nobody joins a goroutine, or could
        return told
    return f"{told}, {'joined at the end' if joined_ else 'detached'}"


# ---- the sheet: what is around the picture ----


def sheet(
    view: View, told: str, remarks: Iterable[str], header: Sequence[str],
    rows: Iterable[Sequence[str]], settings: dict[str, object], **more: object,
) -> Chart:  # fmt: skip
    """A chart with its words: title, what was run, how to read it, table, alt."""
    told = sentence(told)
    ways = [view.chart.words.get(key, "") for key in ("read", "means")]
    lines = [tuple(map(str, row)) for row in rows]
    alt = "; ".join(", ".join(f"{h} {v}" for h, v in zip(header, row)) for row in lines)
    return Chart(
        # What has no room goes from the end: the warning last, the machine first.
        view.chart.name, told, joined(left_out_words(view.material.summaries), *remarks,
                                      view.material.machine),
        " ".join(filter(None, [f"{told}.", *ways])),
        f"{view.chart.question} {told}. {sentence(alt)}.", tuple(header), tuple(lines),
        settings, **more,
    )  # fmt: skip


def nothing(view: View) -> Chart:
    """No run counted, or none has what would be drawn: that is drawn, too."""
    told = "no run counted, so there is nothing to show"
    if any(summary.n for summary in view.material.cells):
        what = " or ".join(map(figure_words, view.figures)) or "what is asked"
        few = any(name.endswith("_p99_s") for name in view.figures)
        enough = f", which takes {show_count(FEWEST_FOR_P99)} tasks" * few
        told = f"no run can tell the {what}{enough}, so there is nothing to show"
    return Chart(view.chart.name, view.chart.question, left_out_words(
        view.material.summaries), f"{sentence(told)}.", told, nothing=told)  # fmt: skip


def conditions(shown: Sequence[Summary]) -> list[str]:
    """What was run: how often, how long each call takes, what the API allows."""
    return [runs_words(shown), commonly(_call_words(s.cell) for s in shown),
            commonly(_api_words(s.cell) for s in shown)]  # fmt: skip


def _call_words(cell: Cell) -> str:
    """How long a call takes, as far as the options tell it."""
    time = tick_words("s", cell.service_s)
    if cell.distribution == "fixed":
        return f"each call takes {time}"
    return f"calls take {time} on average" if cell.knows_mean else ""


def _api_words(cell: Cell) -> str:
    """Its limits: whatever turns calls away."""
    rate = cell.options.get("api-rate")
    told = [cell.capacity and f"serves {cell.capacity} at once",
            rate and f"lets {show('1/s', parse_rate(str(rate)))} through"]  # fmt: skip
    found = " and ".join(filter(None, told))
    return found and f"the API {found}"


def table(view: View, figures: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """The numbers of a chart: a row for each cell."""
    rows = [
        [view.name(s.cell), str(s.n),
         *(value_words(view, s, figure) for figure in figures),
         count_text(s.outcomes["ok"])]
        for s in view.cells
    ]  # fmt: skip
    return ["design", "runs", *map(figure_words, figures), "tasks ok"], rows


def value_words(view: View, summary: Summary, figure: str, short: bool = False) -> str:
    """A figure of a cell with what encloses it; three digits where room is short."""
    found, unit = view.value(summary, figure), unit_of(figure)
    if found is None:
        return "–"
    one = short or found.low == found.high  # all runs alike
    return show(unit, found.median) if one else interval_text(found, unit)


def runs_words(cells: Sequence[Summary]) -> str:
    """ "medians of 9 runs", or "medians of 6 to 9 runs"."""
    low, high = min(s.n for s in cells), max(s.n for s in cells)
    if high == 1:
        return "one run each"
    return (
        f"medians of {high} runs" if low == high else f"medians of {low} to {high} runs"
    )


def bars_words(intervals: Sequence[Interval]) -> str:
    """What the bars are; "" where there is nothing to be seen of them."""
    known = [i for i in intervals if i.known]
    told = []
    if known:
        least = floor(100 * min(i.coverage or 0 for i in known))
        told.append(f"bars hold the median with at least {least} % confidence")
    if any(i.low is not None and i.n < FEWEST_FOR_INTERVAL for i in intervals):
        told.append("dashed bars: least to greatest of few runs")
    elif len(known) < len(intervals):
        told.append("bars of counts: least to greatest")
    return ", ".join(told)


def left_out_words(summaries: Summaries) -> str:
    """The cells that were not run, so that no gap is mistaken for a result."""
    # Each says which cell, and after a colon why; a picture has room for the first.
    cells = [cell.partition(":")[0] for cell in summaries.left_out]
    if len(cells) > 2:
        cells = [f"{len(cells)} cells, listed in the report"]
    return joined("" if summaries.complete else "incomplete",
                  f"not run: {'; '.join(cells)}" if cells else "")  # fmt: skip


def joined(*parts: str) -> str:
    """The parts that say something, parted by dots."""
    return " · ".join(part for part in parts if part)


def commonly(each: Iterable[str]) -> str:
    """What all agree on; "" if they do not."""
    found = set(each)
    return found.pop() if len(found) == 1 else ""


def share_note(summary: Summary) -> str:
    """ "18 % ok", beside the mark of a run that lost some."""
    lost = summary.share_ok < titles.ALL
    return f"{show_share(summary.share_ok)} ok" if lost else ""
