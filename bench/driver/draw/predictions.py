"""The chart of a lesson: what the class said, what theory says, what came out.

Of a value: all on one axis. Of the best of several settings: the whole curve that was
measured, with the guesses along its axis. Of answers that were offered: the votes.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..reckon import answer
from ..reckon.answer import Result
from ..say import answers, names
from ..say.numbers import show_answer
from . import scatter, words
from .axes import Scale, tick_words
from .chart import Chart, ChartError, columns
from .view import View

BAND, NEAR = 0.24, 0.09  # for guesses along an axis: its part, and too near
MOST_STACKED = 8  # guesses on each other; what is above them is a number
CURVES = {"inner_wall_s": ("wall", "rounds", "creating"), "believed_ok": ("accepted",)}


def build(view: View) -> Chart:
    found = answer.read(view.material.folder)
    if found is None:
        raise ChartError(f"prediction: {answer.FILE} cannot be read")
    lesson = Lesson(view, found)
    if found.unit == "choice":
        return lesson.votes()
    told = any(found.figure in summary.figures for summary in view.cells)
    return lesson.curve() if found.setting and told else lesson.line()


@dataclass(frozen=True)
class Lesson:
    view: View
    found: Result

    @cached_property
    def guesses(self) -> Counter[Any]:
        return Counter(self.found.predictions)

    def show(self, value: Any) -> str:
        return show_answer(self.found.unit, value)

    def tick(self, value: float) -> str:
        return tick_words(self.found.unit, value)

    @property
    def theory(self) -> list[tuple[float, str]]:
        """Its value, and the words for it; none where there is none."""
        if not self.found.theory:
            return []
        value = self.found.theory["value"]
        return [(float(value), f"theory {self.show(value)}")]

    def title(self) -> str:
        """What was measured, and how many of the class came near it."""
        told = f"measured: {answers.measured_text(self.found)}"
        return "; ".join(filter(None, [told, answers.class_text(self.found)]))

    def sheet(
        self, script: str, settings: Mapping[str, object], behind: int = 0
    ) -> Chart:
        found = self.found
        claim = answers.claim_text(found)
        told = [f"{words.sentence(self.title())}."]
        told += ["The guesses were given before the run."] * bool(found.predictions)
        told += [f"The lesson claims {claim}."] * bool(claim)
        theory = f"{self.theory[0][1]}: {found.theory['words']}" if self.theory else ""
        rows = [("guessed", answers.guessed_text(found)), ("theory", theory or "–"),
                ("measured", answers.measured_text(found)),
                ("claim", claim or "–")]  # fmt: skip
        made = words.sheet(self.view, self.title(), [theory], ("what", "value"),
                           rows, dict(settings), behind=behind)  # fmt: skip
        return replace(
            made, script=script, question=found.question, means=found.why,
            caption=" ".join(told),
        )  # fmt: skip

    def line(self) -> Chart:
        """A value: guesses, theory and measurement on one axis."""
        found, known = self.found, self.found.measured or {}
        claim = found.claim or [known.get("value") or 1.0] * 2  # of no width
        ends = [known[k] for k in ("value", "low", "high") if known.get(k)]
        values = [*map(float, (*found.predictions, *claim)), *ends,
                  *(at for at, _ in self.theory)]  # fmt: skip
        shown = [value for value in values if value > 0] or [1.0]
        low = min(shown) / 1.6
        scale = Scale(low, max(shown) * 1.6, True)
        return self.sheet("prediction", {
            "votes": 0,
            **scale.across(words.figure_words(found.figure) or "value",
                           scale.tics(found.unit)),
            **columns("guess", self._stacked(low), "x", "y", "words"),
            "claim_low": float(claim[0]), "claim_high": float(claim[1]),
            "answer_claim": [f"claim: {told}" if (told := answers.claim_text(found))
                             else ""],
            **columns("point", [dict(x=x, words=w) for x, w in self.theory],
                      "x", "words"),
            "measured_x": float(known.get("value") or 0.0),
            "measured_low": float(known.get("low") or 0.0),
            "measured_high": float(known.get("high") or 0.0),
            "answer_measured": [
                f"measured {self.show(known['value'])}" if known else "nothing"
            ],
        }, len(self.theory))  # fmt: skip

    def _stacked(self, low: float) -> list[dict[str, Any]]:
        """A dot for each guess, those of one value on each other; words above them.

        Guesses so near to each other that their words would meet stand on each other.
        """
        dots: list[dict[str, Any]] = []
        before, top = 0.0, 0.0
        for value in sorted(map(float, self.guesses)):
            floor_ = top + 1.6 if value < 1.25 * before and top < 5 else 0.0
            count = min(self.guesses[value], MOST_STACKED)
            told = f"{self.tick(value)}  {answers.guessers(self.found, value)}".strip()
            for height in range(1, count + 1):
                top = floor_ + 0.7 * height + 0.3
                shown = told if height == count else ""
                dots.append({"x": max(value, 1.1 * low), "y": top, "words": shown})
            before = value
        return dots

    def curve(self) -> Chart:
        """The best of several settings: all that was measured, the guesses below."""
        found = self.found
        chart = replace(
            self.view.chart, x=found.setting, y=(found.figure,),
            log="xy" if found.figure.endswith("_s") else "x",
            curves=CURVES.get(found.figure, ()),
        )  # fmt: skip
        plot = scatter.Plot(View(self.view.material, chart))
        theory = [{"panel": 1, "x": at, "words": told} for at, told in self.theory]
        marks = plot.settings
        if self.guesses and not marks["panel_log"][0]:
            # Guesses have a band of their own, below what was measured.
            marks["panel_low"] = [-BAND * marks["panel_high"][0]]
            marks["label_y"] = [(y + BAND) / (1 + BAND) for y in marks["label_y"]]
        return self.sheet("scatter", {
            **marks, **columns("guess", self._along(plot.x), "x", "y", "words"),
            **columns("point", theory, "panel", "x", "words"),
        }, len(plot.curves) + len(theory))  # fmt: skip

    def _along(self, x: Scale) -> list[dict[str, Any]]:
        """The guesses at the foot; one whose words would meet the last one's stands
        above it."""
        dots: list[dict[str, Any]] = []
        for value in sorted(map(float, self.guesses)):
            if x.low < value < x.high:
                last = dots[-1] if dots else {"x": x.low, "y": 0.0}
                near = dots and x.place(value) - x.place(last["x"]) < NEAR
                dots.append({
                    "x": value, "y": last["y"] + 0.09 if near else 0.04,
                    "words": answers.guessers(self.found, value) or "guess",
                })  # fmt: skip
        return dots

    def votes(self) -> Chart:
        """Answers that were offered: how many of the class chose each."""
        right = (self.found.measured or {}).get("value")
        most = max([*self.guesses.values(), 4])
        scale = Scale(0, most * 1.35)
        rows = [
            {"name": letter, "more": told, "count": self.guesses.get(letter, 0),
             "right": int(letter == right)}
            for letter, told in self.found.offered.items()
        ]  # fmt: skip
        return self.sheet("prediction", {
            "votes": 1, "rows": len(rows), **columns("row", rows),
            "answer_vote": [
                names.counted(row["count"], "guess", "guesses")
                + (": this is what it does" if row["right"] else "") for row in rows
            ],
            **scale.across("guesses", Scale(0, most).tics("count", 5)),
        })  # fmt: skip
