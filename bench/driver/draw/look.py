"""Which design looks how: the same colour, shape and dash in all charts and the page.

Okabe and Ito's palette for the designs that are mostly seen, Paul Tol's for the rest.
Lettering needs a darker tone of some to be readable; on a dark page all need lighter
ones. A mark's contrast with the paper is at least 3, a letter's 4.5. In grey print the
shapes and dashes tell them apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ..ask.cell import Cell, Design


@dataclass(frozen=True)
class Look:
    """Colours on a light and on a dark ground, and gnuplot's number of the shape."""

    light: str
    light_letter: str
    dark: str
    dark_letter: str
    shape: int


# Numbers from 1; charts and page know a design by them.
LOOKS = (
    Look("#d55e00", "#c25500", "#e8743b", "#f08a55", 5),  # 1 threads
    Look("#0072b2", "#0072b2", "#4aa3df", "#6db9ec", 7),  # 2 pool of 50
    Look("#009e73", "#00795a", "#2fbf95", "#4ed3ac", 9),  # 3 pool of 5
    Look("#cc79a7", "#9a3b72", "#cc79a7", "#e0a0c4", 13),  # 4 bounded threads
    Look("#3a9ad9", "#1b6c9c", "#8ccbf2", "#8ccbf2", 11),  # 5, 6: other pools
    Look("#6b6b6b", "#4a4a4a", "#a0a0a0", "#c0c0c0", 15),
    Look("#b58900", "#7a5c00", "#d9b53a", "#e3c765", 11),  # 7 fibers
    Look("#8c564b", "#75463c", "#c49c94", "#d5b3ac", 15),  # 8 fiber pools
    Look("#1c1c1c", "#1c1c1c", "#f2f2f2", "#f2f2f2", 5),  # 9 goroutines
    Look("#7f7f7f", "#5a5a5a", "#b4b4b4", "#c8c8c8", 7),  # 10 goroutine pools
    Look("#117733", "#0e632b", "#5fbf7d", "#7fd09a", 13),  # 11 mutex pools
    Look("#332288", "#332288", "#9a8fe0", "#b3aaec", 13),  # 12 to 15: more pools
    Look("#3b9d8d", "#24776a", "#6fd0c0", "#8fdccf", 11),
    Look("#882255", "#882255", "#d07aa4", "#dd9bbb", 15),
    Look("#999933", "#6b6b1f", "#c8c86a", "#d4d48a", 5),
)
OF_KIND = {
    "threads": 1, "bounded threads": 4, "fibers": 7, "bounded fibers": 7,
    "fiber pool": 8, "goroutines": 9, "bounded goroutines": 9, "goroutine pool": 10,
    "mutex pool": 11,
}  # fmt: skip
OF_POOL = {50: 2, 5: 3}  # of these sizes, always
OTHERS = (5, 6, 12, 13, 14, 15)
GROUNDS = {
    "light": {"paper": "#ffffff", "ink": "#1c1c1c", "muted": "#5a5a5a",
              "faint": "#b8b8b8", "shade": "#ebebeb", "alarm": "#b00020"},
    "dark": {"paper": "#16181c", "ink": "#f2f2f2", "muted": "#b4b4b4",
             "faint": "#4a4d55", "shade": "#26292f", "alarm": "#ff7a85"},
}  # fmt: skip


def looks(cells: Iterable[Cell]) -> dict[str, int]:
    """The look of each design among the cells, by its key."""
    found: dict[str, int] = {}
    designs = dict.fromkeys(cell.design for cell in cells)
    for design in sorted(designs, key=lambda one: -(one.workers or 0)):
        found[design.key] = _fixed(design) or _next(found)
    return found


def _fixed(design: Design) -> int | None:
    if design.kind == "pool":
        return OF_POOL.get(design.workers or 0)
    return OF_KIND.get(design.kind)


def _next(taken: dict[str, int]) -> int:
    """The first that is free; when all are taken, labels must tell apart."""
    free = [look for look in OTHERS if look not in taken.values()]
    return free[0] if free else OTHERS[len(taken) % len(OTHERS)]


def tint(colour: str, paper: str) -> str:
    """A light tone for areas that carry words: four parts in ten of the colour."""
    parts = [(int(colour[i : i + 2], 16), int(paper[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(
        f"{int(0.4 * ours + 0.6 * theirs):02x}" for ours, theirs in parts
    )


def palette(theme: str) -> dict[str, str]:
    """Every colour by its name: "ink", "colour-1", "letter-1", "tint-1" ..."""
    found = dict(GROUNDS[theme])
    for number, look in enumerate(LOOKS, start=1):
        colour = getattr(look, theme)
        found[f"colour-{number}"] = colour
        found[f"letter-{number}"] = getattr(look, f"{theme}_letter")
        found[f"tint-{number}"] = tint(colour, found["paper"])
    return found


def gnuplot_text() -> str:
    """The same for gnuplot, which knows whether it draws on a dark ground."""
    lines = ["# Colours and shapes, by the numbers of bench/driver/draw/look.py."]
    for theme, condition in (("light", "!dark"), ("dark", "dark")):
        colours = palette(theme)
        lines.append(f"if ({condition}) {{")
        lines += [f"    {name} = '{colours[name]}'" for name in GROUNDS[theme]]
        for kind in ("colour", "letter", "tint"):
            tones = (colours[f"{kind}-{i}"] for i in range(1, len(LOOKS) + 1))
            values = ", ".join("0x" + tone[1:] for tone in tones)
            lines.append(f"    array {kind} = [{values}]")
        lines.append("}")
    shapes = ", ".join(str(look.shape) for look in LOOKS)
    return "\n".join([*lines, f"array shape = [{shapes}]", ""])
