"""A family: marks over a number, with theory as pale lines behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..ask.cell import Cell
from ..ask.figures import FIGURES
from ..reckon.stats import FEWEST_FOR_INTERVAL
from ..reckon.summary import Summary
from ..reckon.tables import Row, varied_text
from ..say import names
from . import words
from .axes import Scale, beside, is_log, reach, spread_out, tick_words, tics
from .material import unit_of
from .chart import BOLD_EM, MARGIN_PX, PLAIN_EM, WIDTH_PX, Chart, columns
from .view import Panel, Series, View, grouped

DODGE, CROWDED = 1.07, 8  # marks of one x stand beside each other, if they are not many
TICK_PX = 22  # lettering at the axes
# How high a label of three lines is, or of one; three for so many series.
TALL, SMALL, ROOMY = 0.19, 0.062, 4
# (left, right, space between) of as many panels as there are, in parts of the sheet.
MARGINS = {1: (0.085, 0.775, 0.0), 2: (0.075, 0.835, 0.21), 3: (0.07, 0.86, 0.175)}
SEEN = 0.04  # of the frame's height: an interval longer than this is seen
NOTE_WIDE, NOTE_HIGH = 0.075, 0.05  # of the frame: what a note takes
X_NAMES = {"tasks": "tasks N", "workers": "workers W",
           "service-time": "time of one task", "load": "load",
           "api-capacity": "places at the API"}  # fmt: skip
OF_CURVE = ("panel", "first", "last", "look", "wide", "dash", "scale")
# Curves that are the limits of another: thin and dashed.
LIMITS = {"rounds": 2.5, "creating": 2.5, "short-run wait": 2.5}
# The figures that a curve is of; in the panel of any other it would be a lie.
WALL = ("wall_s", "inner_wall_s")
OF_FIGURE = {"wall": WALL, "rounds": WALL, "creating": WALL,
             "goodput": ("goodput_per_s",), "accepted": ("ok", "believed_ok"),
             "wait": ("queue_wait_p90_s",), "short-run wait": ("queue_wait_p90_s",),
             "lost": ("rejected",), "latency": ("latency_mean_s",)}  # fmt: skip


def build(view: View) -> Chart:
    plot = Plot(view)
    header, rows = words.table(view, view.figures)
    return words.sheet(
        view, words.title(view), [*words.conditions(view.cells), *plot.remarks],
        header, rows, plot.settings, behind=len(plot.curves) + len(plot.points),
    )  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """Where everything of a view stands."""

    view: View

    @cached_property
    def panels(self) -> list[Panel]:
        return self.view.panels

    @cached_property
    def places(self) -> list[float]:
        return sorted({self.view.at(cell) for cell in self.view.all_cells})

    @cached_property
    def x(self) -> Scale:
        low, high = self.places[0], self.places[-1]
        log = "" if self.view.words_on_x else self.view.chart.log
        if is_log(log, "x", self.places):
            room = 6.0 if low == high else 1.4
            return Scale(low / room, high * room, True)
        room = 0.08 * ((high - low) or high or 1.0)
        return Scale(low - room, high + room)

    # ---- theory ----

    @cached_property
    def curves(self) -> list[Row]:
        """Theory of the designs in each panel, where it applies.

        A line that several share is drawn once: laid on each other they are not pale.
        """
        every = [
            curve for number, panel in enumerate(self.panels, start=1)
            for name in self.view.chart.curves if panel.figure in OF_FIGURE[name]
            for curve in self._curves(name, number, panel)
        ]  # fmt: skip
        alike = grouped(every, lambda c: (c["panel"], c["name"], *c["ys"]))
        return [curves[0] for curves in alike.values()]

    def _curves(self, name: str, number: int, panel: Panel) -> list[Row]:
        looks, tasks = self._looks(name, panel), {s.cell.tasks for s in panel.cells}
        scale = max(tasks) if name == "lost" else 1.0  # a share, drawn over counts
        return [
            {"panel": number, "name": name, "first": curve.first, "last": curve.last,
             "look": looks[curve.of[:2]], "wide": LIMITS.get(name, 3),
             "dash": 2 if name in LIMITS else 1, "scale": scale, "ys": ys}
            for curve in self.view.material.curves(f"{name} over {self.view.x}")
            if curve.of[:2] in looks and curve.of[2] in {None, *tasks}
            and len(ys := [scale * row["y"] for row in curve.rows
                           if self.x.low <= row["x"] <= self.x.high]) > 1
        ]  # fmt: skip

    def _looks(self, name: str, panel: Panel) -> dict[tuple[str, str], int]:
        """By design, or kind, and what else is varied.

        A curve of no design in particular has the colour of the one it is about.
        """
        found = {
            (key, varied_text(s.cell)): series.look
            for series in panel.series for s in series.cells
            for key in (s.cell.design.key, s.cell.design.kind_key)
        }  # fmt: skip
        for series in panel.series:
            if bool(series.cells[0].cell.workers) == ("wait" in name):
                found.setdefault(("", ""), series.look)
        return found

    # ---- scales ----

    @cached_property
    def scale(self) -> list[Scale]:
        """The y axis of each panel."""
        found = []
        for number, panel in enumerate(self.panels, start=1):
            intervals = [self.view.value(s, panel.figure) for s in panel.cells]
            values = [end for i in intervals for end in (i.median, i.low, i.high)
                      if end is not None]  # fmt: skip
            log = is_log(self.view.chart.log, "y", values)
            lines = [c for c in self.curves if c["panel"] == number and c["dash"] == 1]
            near = [y for line in lines for y in line["ys"]
                    if min(values) / 3 < y < 3 * max(values)]  # fmt: skip
            found.append(reach([*values, *near], log))
        if self.view.split:  # the same figure: one scale for all
            low, high = min(y.low for y in found), max(y.high for y in found)
            found = [Scale(low, high, all(y.log for y in found))] * len(found)
        return found

    @cached_property
    def remarks(self) -> list[str]:
        """What the subtitle must explain: only what can be seen."""
        seen = []
        for y, panel in zip(self.scale, self.panels):
            found = [self.view.value(s, panel.figure) for s in panel.cells]
            seen += [i for i in found if i.low is not None
                     and y.place(i.high) - y.place(i.low) > SEEN]  # fmt: skip
        hollow = any(map(words.share_note, self.view.cells))
        return [self._theory_words(), words.bars_words(seen),
                "hollow: tasks were lost" if hollow else ""]  # fmt: skip

    def _theory_words(self) -> str:
        """Theory is of the program's own clock, marks may be of the whole process."""
        whole = any(not cell.by_its_own_clock for cell in self.view.all_cells) and any(
            self.panels[curve["panel"] - 1].figure == "wall_s" for curve in self.curves)
        less = ", without start and end of the process" * whole
        return f"pale lines: theory{less}" if self.curves else ""

    def note(self, summary: Summary) -> str:
        """The share that was served, where the figure means little without it."""
        figure = FIGURES.get(self.view.figures[0])
        told = figure is not None and figure.of_work and self.view.x != "load"
        return words.share_note(summary) if told else ""

    # ---- settings ----

    @cached_property
    def settings(self) -> dict[str, object]:
        left, right, apart = MARGINS[len(self.panels)]
        labels = [each for i in range(len(self.panels)) for each in self._labels(i)]
        name = X_NAMES.get(self.view.x) or names.setting(self.view.x, True)
        return {
            "panels": len(self.panels), "left": left, "right": right, "apart": apart,
            **self.x.across(name, self._x_tics()),
            "label_px": self._label_px([str(each["name"]) for each in labels]),
            **self.view.material.of_cells(self.marks),
            **columns("panel", [self._panel(i) for i in range(len(self.panels))]),
            **columns("curve", [{k: c[k] for k in OF_CURVE} for c in self.curves],
                      *OF_CURVE),
            **columns("label", labels),
            **columns("note", self._notes(), "panel", "x", "y", "words", "look"),
            **columns("point", self.points, "panel", "x", "words"),
            **columns("guess", [], "x", "words"),
        }  # fmt: skip

    def _label_px(self, told: Sequence[str]) -> float:
        """The size of names beside the marks; smaller where one has no room."""
        usual = 19 if len(self.panels) > 1 else 22
        longest = max(map(len, told), default=1)
        room_px = WIDTH_PX * (1 - MARGINS[len(self.panels)][1]) - 2 * MARGIN_PX
        return max(14.0, min(usual, round(room_px / (BOLD_EM * longest), 1)))

    def _x_tics(self) -> str:
        if self.view.words_on_x:
            return tics((w, i) for i, w in enumerate(self.view.words_on_x, 1))
        places = [self.x.place(value) for value in self.places]
        told = [tick_words(self.view.x_unit, value) for value in self.places]
        left, right, apart = (WIDTH_PX * part for part in MARGINS[len(self.panels)])
        frame_px = (right + apart - left) / len(self.panels) - apart
        room = (TICK_PX * PLAIN_EM * max(map(len, told)) + 12) / frame_px
        return tics(zip(beside(told, places, room), self.places))

    @cached_property
    def marks(self) -> dict[str, dict[str, Any]]:
        """Of each cell, by its name; panel 0 is every panel."""
        several = len(self.panels) > 1 and not self.view.split
        return {
            s.cell.name: {"panel": 0 if several else number, "look": series.look,
                          "x": self._dodged(s.cell, series, panel),
                          "hollow": int(bool(words.share_note(s)))}
            for number, panel in enumerate(self.panels, start=1)
            for series in panel.series for s in series.cells
        }  # fmt: skip

    def _dodged(self, cell: Cell, series: Series, panel: Panel) -> float:
        """Where a mark stands, so that those of one x stand beside each other."""
        x = self.view.at(cell)
        there = [one for one in panel.series
                 if x in (self.view.at(s.cell) for s in one.cells)]
        steps = there.index(series) - (len(there) - 1) / 2
        if len(self.panels[0].series) > CROWDED:
            return x
        if self.x.log:
            return round(x * DODGE**steps, 9)
        return round(x + 0.009 * steps * (self.x.high - self.x.low), 9)

    def _panel(self, index: int) -> dict[str, Any]:
        panel, y = self.panels[index], self.scale[index]
        found = (self.view.value(s, panel.figure) for s in panel.cells)
        firm = {i.n >= FEWEST_FOR_INTERVAL for i in found if i.low is not None}
        name = words.figure_words(panel.figure) + (" (log scale)" if y.log else "")
        return {
            "figure": panel.figure, "log": int(y.log), "low": y.low, "high": y.high,
            "name": words.sentence(panel.words) or name, "axis": name,
            "tics": y.tics(unit_of(panel.figure)),
            "firm": int(True in firm), "loose": int(False in firm),
        }  # fmt: skip

    def _labels(self, index: int) -> list[Mapping[str, Any]]:
        """One block of words for each series, at the height of its last mark."""
        panel = self.panels[index]
        tall = len(panel.series) <= ROOMY
        medians = [
            self.view.value(s.cells[-1], panel.figure).median for s in panel.series
        ]
        heights = map(self.scale[index].place, medians)
        placed = spread_out(list(heights), TALL if tall else SMALL, 0.93)
        return [self._label(index, s, height, tall)
                for s, height in zip(panel.series, placed)]  # fmt: skip

    def _label(
        self, index: int, series: Series, y: float, tall: bool
    ) -> dict[str, Any]:
        last, figure = series.cells[-1], self.panels[index].figure
        short = not tall or len(self.panels) > 1
        value = words.value_words(self.view, last, figure, short)
        note = self.note(last) if len(self.panels) == 1 else ""
        told = self._where(last) or value  # there is no room for both
        line = f"{series.name}  {', '.join(filter(None, (told, note)))}"
        return {
            "panel": index + 1, "look": series.look, "y": round(y + 0.03, 4),
            "name": series.name if tall else line,
            "value": value if tall else "", "note": self._remark(last) if tall else "",
        }  # fmt: skip

    def _remark(self, last: Summary) -> str:
        """Where the last mark stands, and what it got done."""
        told = self._where(last), words.share_note(last) or "all tasks ok"
        return "; ".join(filter(None, told))

    def _where(self, last: Summary) -> str:
        """Where the last mark stands, if that is not the end."""
        at = self.view.at(last.cell)
        if self.view.words_on_x or at == self.places[-1]:
            return ""
        return f"at {tick_words(self.view.x_unit, at)}"

    def _notes(self) -> list[dict[str, Any]]:
        """The share served, below each mark and its bar; the last has it in its label.
        Where another note is in the way, the table alone tells it."""
        notes: list[dict[str, Any]] = []
        wide = NOTE_WIDE * len(self.panels)
        for number, panel in enumerate(self.panels, start=1):
            taken: list[tuple[float, float]] = []
            shares = [(series.look, s, note) for series in panel.series
                      if len(panel.series) <= ROOMY for s in series.cells[:-1]
                      if (note := self.note(s))]  # fmt: skip
            for look, s, note in shares:
                x = self.marks[s.cell.name]["x"]
                value = self.view.value(s, panel.figure)
                y = value.median if value.low is None else value.low
                at = self.x.place(x), self.scale[number - 1].place(y)
                if all(abs(at[0] - other[0]) > wide or abs(at[1] - other[1]) > NOTE_HIGH
                       for other in taken):  # fmt: skip
                    taken.append(at)
                    notes.append({"panel": number, "x": x, "y": y, "words": note,
                                  "look": look})  # fmt: skip
        return notes

    @cached_property
    def points(self) -> list[dict[str, Any]]:
        """Single places that theory names, such as the best size of a pool."""
        chart = self.view.chart
        found = {
            (panel, float(f"{row['x']:.3g}"))
            for row in self.view.material.tables["theory"].rows
            for panel, cells in enumerate((p.cells for p in self.panels), start=1)
            if row["curve"] in chart.points and self.x.low < row["x"] < self.x.high
            and row["tasks"] in {None, *(s.cell.tasks for s in cells)}
        }  # fmt: skip
        return [
            {"panel": panel, "x": x,
             "words": chart.words["point"].format(x=tick_words("count", x))}
            for panel, x in sorted(found)
        ]  # fmt: skip
