"""Titles that must be reckoned: a chart names one of these as `computed` in [words].

Each is given the chart's view, and says what its cells or recordings bear.
"""

from collections.abc import Callable, Sequence

from ..ask.cell import Cell
from ..reckon import simulated
from ..reckon.summary import Summary
from ..say import names
from ..say.numbers import show, show_count, show_off, show_share
from .view import Panel, View, grouped

MOST_GROUPS = 3  # of different losses, in a title
ROOM = 110  # letters, for what is told of them
MOST = 0.5  # of the tasks lost: then no title speaks of time
ALL = 0.995  # of the tasks served: nobody would call the rest a loss
MEDIAN_RUN = " in the median run"  # and not in each


def who(view: View, cells: Sequence[Cell]) -> str:
    """ "a pool of 5 and a pool of 50 (timeout 50 ms)"."""
    return names.listed([view.full(cell, but="tasks") for cell in cells])


def verb(cells: Sequence[Cell], one: str, many: str) -> str:
    return many if len(cells) > 1 else names.verb(cells[0].design, one, many)


def _lose(count: int) -> str:
    return "loses" if count == 1 else "lose"


def served(view: View, panel: Panel, cell: Cell) -> str:
    """ "a pool of 50 serves all in 2.01 s": who takes least for all as this cell."""
    found = [
        s for s in panel.cells
        if view.condition(s.cell) == view.condition(cell)
        and s.share_ok >= ALL and view.clock in s.figures
    ]  # fmt: skip
    if not found:
        return "no design serves them all"
    best = min(found, key=lambda s: (_once_lost(s), s.figures[view.clock].median))
    return (f"{view.spoken(best.cell)} {verb([best.cell], 'serves', 'serve')} all in "
            f"{show('s', best.figures[view.clock].median)}"
            f"{MEDIAN_RUN if _once_lost(best) else ''}")  # fmt: skip


def _once_lost(summary: Summary) -> bool:
    """In some run it did not serve them all."""
    return summary.lost_any and (
        summary.outcomes["ok"].minimum < ALL * summary.cell.tasks
    )


def losses(view: View) -> str:
    """Who loses how much with the most tasks, and who loses none."""
    if not any(s.lost_any for s in view.cells):
        return "every task of every design is served"
    most = max(s.cell.tasks for s in view.cells)
    return losses_of(view, [s for s in view.cells if s.cell.tasks == most])


def losses_of(view: View, peers: Sequence[Summary]) -> str:
    """The same of these cells, which have as many tasks."""
    view = view.among(s.cell for s in peers)
    head = f"with {names.tasks(peers[0].cell.tasks)}"
    lossy = sorted((s for s in peers if s.share_ok < 1), key=lambda s: s.share_ok)
    if not lossy:
        return f"{head}, no design loses any{MEDIAN_RUN}"
    groups = grouped(lossy, lambda s: show_share(1 - s.share_ok))
    told = []
    for share, group in list(groups.items())[:MOST_GROUPS]:
        cells = [s.cell for s in group]
        if len(cells) == len(peers) > 1:
            return f"{head}, every design loses {share}"
        subject = who(view, cells) if len(cells) < 4 else (
            f"{show_count(len(cells))} of {show_count(len(peers))} cells")  # fmt: skip
        told.append(f"{subject} {verb(cells, 'loses', 'lose')} {share}")
    while len("; ".join(told)) > ROOM and len(told) > 1:
        told.pop()
    if rest := sum(len(group) for group in list(groups.values())[len(told) :]):
        told.append(f"{names.counted(rest, 'other')} {_lose(rest)} some")
    whole = [s for s in peers if s.share_ok == 1]
    for once_lost, when in ((False, ""), (True, MEDIAN_RUN)):
        if none := [s.cell for s in whole if s.lost_any == once_lost]:
            others = "all others" if len(none) == len(whole) else names.counted(
                len(none), "other")  # fmt: skip
            subject = who(view, none) if len(none) < 4 else others
            told.append(f"{subject} {verb(none, 'loses', 'lose')} none{when}")
    return f"{head}, {'; '.join(told)}"


def believed(view: View) -> str:
    """What designs believe they served, and what they did."""
    gaps = grouped(view.cells, lambda s: (
        round(view.value(s, "believed_ok").median), round(s.outcomes["ok"].median)
    ))  # fmt: skip
    (believes, has), cells = max(gaps.items(), key=lambda each: each[0][0] - each[0][1])
    cell, wrong = cells[0].cell, show_count(believes - has)
    subject = "each design believes" if len(gaps) == 1 else (
        f"{view.spoken(cell)} {verb([cell], 'believes', 'believe')}")  # fmt: skip
    if believes == has:
        return "every design knows what it served"
    return (f"{subject} that {show_count(believes)} of {show_count(cell.tasks)} tasks "
            f"went well; {show_count(has)} did, and nobody notices the {wrong} wrong "
            "answers")  # fmt: skip


def thread_cost(view: View) -> str:
    """What one more thread costs, of the plainest variant; of threads, if there are."""
    rows = view.material.tables["costs"].rows
    if not rows:
        return "too few points to tell what a thread costs"
    plain = min(rows, key=lambda row: (row["kind"] != "threads", len(row["varied"])))
    parts = [plain.get(figure) or 0.0 for figure in view.figures]
    kind = plain["kind"].removesuffix("s")
    return (f"one more {kind} alive costs {show('bytes', sum(parts))}, of which RSS "
            f"shows {show('bytes', parts[0])}")  # fmt: skip


def safe(view: View) -> str:
    """How many workers lose none of the most tasks, and what those beyond lose."""
    most = max(s.cell.tasks for s in view.cells)
    cells = [s for s in view.cells if s.cell.tasks == most]
    pools = sorted((s for s in cells if s.cell.workers), key=lambda s: s.cell.workers)
    none = [s for s in pools if not s.lost_any]
    lossy = [s for s in pools if s.share_ok < 1]
    told = []
    if none:
        workers = names.counted(none[-1].cell.workers, "worker")
        told.append(
            f"{workers} {_lose(none[-1].cell.workers)} none of {names.tasks(most)}")
    for s in [*lossy[:1], *lossy[1:][-1:]]:
        size, lost = s.cell.workers, show_share(1 - s.share_ok)
        told.append(f"{show_count(size)} {_lose(size)} {lost}")
    for s in [s for s in cells if not s.cell.workers and s.share_ok < 1][:1]:
        lost = show_share(1 - s.share_ok)
        told.append(f"{view.spoken(s.cell)} {verb([s.cell], 'loses', 'lose')} {lost}")
    return ", ".join(told) or losses(view)


def load(view: View) -> str:
    """What each design does to its tasks at the highest load."""
    highest = max(view.at(cell) for cell in view.all_cells)
    told = []
    for summary in view.cells:
        cell, wait = summary.cell, view.value(summary, "queue_wait_p90_s")
        lost = show_share(summary.outcomes["rejected"].median / cell.tasks)
        if cell.workers and wait and view.at(cell) == highest:
            time = show("s", wait.median)
            told.append(f"one task in ten waits over {time} in {view.spoken(cell)}")
        elif view.at(cell) == highest:
            has = verb([cell], "has", "have")
            told.append(f"{view.spoken(cell)} {has} {lost} turned away")
    return f"at {100 * highest:g} % load, {'; '.join(told)}"


def scale(view: View) -> str:
    """How well simulated and measured agree, and what the largest number would take."""
    runs, cells = view.material.runs, view.material.experiment.cells
    found = [t for t in simulated.twins(cells, runs) if "time" in t.ratios]
    told = []
    if found:
        off = max(twin.off("time") for twin in found)
        most = max(twin.measured.tasks for twin in found)
        told.append(f"up to {names.tasks(most)}, simulated and measured times differ "
                    f"by {show_share(off) if off < 1 else show_off(off)} at most")
    largest = max(s.cell.tasks for s in view.cells)
    last = [
        f"{view.spoken(s.cell)} {verb([s.cell], 'takes', 'take')} "
        f"{show(view.unit, view.value(s).median)}"
        for s in view.cells if s.cell.tasks == largest
    ]  # fmt: skip
    told.append(f"for {names.tasks(largest)}, {names.listed(last)}")
    return "; ".join(told)


COMPUTED: dict[str, Callable[[View], str]] = {
    "losses": losses, "believed": believed, "thread-cost": thread_cost, "safe": safe,
    "load": load, "scale": scale,
}  # fmt: skip
