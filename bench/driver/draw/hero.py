"""The moving picture of README: two recorded runs at once, every task a square.

SVG without script, so that it runs inside an <img>. Each group of squares that start
and end together is one path, whose fill is animated in steps; without animation the
file shows the end. All times are of the stored samples, slowed down alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from ..run.folder import write_whole
from ..run.samples import Sample, started
from ..say import names
from ..say.numbers import show_count, show_duration
from .chart import Chart
from .look import palette
from .material import Material
from .view import grouped

NAME = "charts/hero.svg"
WIDE, HIGH, TOP, APART = 1200, 565, 130, 590  # of the sheet; from side to side
COLUMNS, STEP, TILE = 25, (20, 18), (17, 15)  # of squares on each side
MOST = 500  # squares on each side
TURNED_AWAY = {"ok", "rejected"}  # are the only outcomes where nothing else is lost
FILM_S, HOLD_S, COUNT_S = 10.0, 4.0, 0.5  # it lasts, stands, and counts again after
FRAMES_S, MOST_BYTES = (0.1, 0.2, 0.4), 60_000  # the finest that is not too large
COLOURS = palette("light")
WAITING, INK = COLOURS["faint"], COLOURS["ink"]


def draw(material: Material) -> Chart:
    """The picture in the material's folder, if there are two runs for it."""
    if not (sides := _sides(material)):
        return Chart("hero")
    for frame_s in FRAMES_S:
        text = "\n".join(_svg(material, sides, frame_s))
        if len(text) <= MOST_BYTES:
            break
    write_whole(material.folder / NAME, text)
    return Chart("hero", files={"svg": NAME})


def _sides(material: Material) -> list[str]:
    """Threads, and the pool that is as large as their API: of the most tasks shown."""
    fits = [
        (name, cell) for name, (cell, _) in material.recorded.items()
        if cell.capacity and cell.tasks <= MOST
        and (cell.design.kind == "threads" or cell.workers == cell.capacity)
    ]  # fmt: skip
    alike = grouped(fits, lambda each: (each[1].tasks, each[1].capacity))
    both = {key: group for key, group in alike.items() if len(group) == 2}
    chosen = both[max(both)] if both else []
    return [name for name, _ in sorted(chosen, key=lambda e: e[1].workers is not None)]


def _svg(material: Material, sides: Sequence[str], frame_s: float) -> Iterator[str]:
    tapes = [started(material.recorded[name][1]) for name in sides]
    end_s = max(sample.finished_s for tape in tapes for sample in tape)
    slow = float(f"{FILM_S / end_s:.1g}")
    film = Film(slow, end_s * slow + HOLD_S, frame_s)
    cell = material.recorded[sides[0]][0]
    title = (f"{show_count(cell.tasks)} orders, an API that serves {cell.capacity} at "
             f"once: one run each, slowed down {show_count(slow)} times")  # fmt: skip
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" '
           'font-family="DejaVu Sans, Verdana, sans-serif" role="img">')  # fmt: skip
    yield f"<title>{escape(title)}</title>"
    yield f'<rect width="{WIDE}" height="{HIGH}" fill="{COLOURS["paper"]}"/>'
    yield _text(30, 46, 25, INK, title, bold=True)
    for number, (name, tape) in enumerate(zip(sides, tapes)):
        cell, x = material.recorded[name][0], 30 + APART * number
        look = material.looks[cell.design.key]
        letter = COLOURS[f"letter-{look}"]
        yield _text(x, 98, 26, letter, names.short(cell.design), bold=True)
        yield from film.squares(tape, x, look)
        yield from film.counters(tape, x)
    yield "</svg>"


def _text(x: int, y: int, px: int, fill: str, words: str, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (f'<text x="{x}" y="{y}" font-size="{px}"{weight} fill="{fill}">'
            f"{escape(words)}</text>")  # fmt: skip


class Film:
    """How recorded times become those of the picture, which begins again for ever."""

    def __init__(self, slow: float, lasts_s: float, frame_s: float) -> None:
        self._slow, self._lasts_s, self._frame_s = slow, lasts_s, frame_s

    def _frame(self, time_s: float) -> int:
        return round(time_s * self._slow / self._frame_s)

    def _steps(self, name: str, steps: Iterable[tuple[int, str]]) -> str:
        """An attribute that takes another value at each of these frames."""
        values = ";".join(value for _, value in steps)
        times = ";".join(f"{f * self._frame_s / self._lasts_s:.4g}" for f, _ in steps)
        return (f'<animate attributeName="{name}" calcMode="discrete" '
                f'values="{values}" keyTimes="{times}" dur="{self._lasts_s:.4g}s" '
                'repeatCount="indefinite"/>')  # fmt: skip

    def squares(self, tape: Sequence[Sample], x: int, look: int) -> Iterator[str]:
        """Grey waits, pale is being served; then full, or hollow if it was lost."""
        colour, tint = COLOURS[f"colour-{look}"], COLOURS[f"tint-{look}"]
        alike = grouped(tape, lambda s: (
            self._frame(s.started_s), self._frame(s.finished_s), s.outcome == "ok"
        ))  # fmt: skip
        for (begin, end, ok), samples in alike.items():
            places = (
                (x + s.index % COLUMNS * STEP[0], TOP + s.index // COLUMNS * STEP[1])
                for s in samples
            )
            path = "".join(
                f"M{a} {b}h{TILE[0]}v{TILE[1]}h-{TILE[0]}z" for a, b in places
            )
            begin, end = max(1, begin), max(2, begin + 1, end)
            last = colour if ok else COLOURS["paper"]
            moves = self._steps("fill", [(0, WAITING), (begin, tint), (end, last)])
            if not ok:
                # Not the stroke: to Chromium "none" is no colour to begin with.
                moves += self._steps("stroke-width", [(0, "0"), (end, "1.5")])
            edge = "" if ok else f' stroke="{colour}" stroke-width="1.5"'
            yield f'<path d="{path}" fill="{last}"{edge}>{moves}</path>'

    def counters(self, tape: Sequence[Sample], x: int) -> Iterator[str]:
        """What is served and lost by then, after every so many frames."""
        told: dict[str, int] = {}  # from which frame on
        how = "turned away" if {s.outcome for s in tape} <= TURNED_AWAY else "lost"
        done = max(self._frame(s.finished_s) for s in tape)
        every = max(1, round(COUNT_S / self._frame_s))
        for frame in [*range(0, done, every), done]:
            over = [s for s in tape if self._frame(s.finished_s) <= frame]
            ok = sum(s.outcome == "ok" for s in over)
            words = f"{show_count(ok)} served, {show_count(len(over) - ok)} {how}"
            if frame == done:
                end_s = max(s.finished_s for s in tape)
                words += f"\ndone after {show_duration(end_s)}"
            told.setdefault(words, frame)
        frames = list(told.values())
        for words, begin, end in zip(told, frames, [*frames[1:], None]):
            shown = [(begin, "visible")] + ([(end, "hidden")] if end else [])
            steps = ([(0, "hidden")] if begin else []) + shown
            hidden = ' visibility="hidden"' if end else ""
            first, _, second = words.partition("\n")
            yield (f'<g font-size="24" fill="{INK}"{hidden}>'
                   f'<text x="{x}" y="522" font-weight="bold">{escape(first)}</text>'
                   + (f'<text x="{x}" y="551">{second}</text>' if second else "")
                   + f'{self._steps("visibility", steps)}</g>')  # fmt: skip
