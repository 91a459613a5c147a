"""What gnuplot's SVG needs before people, screen readers and other pages can use it."""

import re
from collections import Counter
from collections.abc import Mapping
from html import escape, unescape

from .chart import THEORY, Chart

# Verdana has the widths of DejaVu Sans, so nothing moves where DejaVu is missing.
FONTS = "DejaVu Sans, Verdana, sans-serif"
# The words at a tick follow its stroke, which is short and straight.
STROKE = r"d='M([\d.]+),([\d.]+) L([\d.]+),([\d.]+)\s*'/>\s*<g [^>]*>\s*"
STROKE_PX = 15


def dress(text: str, chart: Chart) -> str:
    """Real title and description, ids of its own, fonts to fall back on, and classes.

    gnuplot writes <title>Gnuplot</title>, names every series again as a tooltip, and
    gives the same ids to every picture, which clash when two are in one page. The
    classes "theory" and "found" let a page show the axes first, then theory, then all.
    """
    text = re.sub(r"<desc>.*?</desc>", "", text, flags=re.DOTALL)
    text = re.sub(r"<title>.*?</title>", "", text, flags=re.DOTALL)
    text = text.replace('font-family="DejaVu Sans"', f'font-family="{FONTS}"')
    text = re.sub(r"<g [^>]*>\s*</g>\s*", "", text)
    # The outline of a hollow mark is scaled down with it, to less than a pixel.
    text = re.sub(r"stroke-width='0\.1\d+'", "stroke-width='0.26'", text)
    text = _with_classes(text, chart)
    text = _own_ids(text, chart.name)
    name = chart.name
    head = (
        f' role="img" aria-labelledby="{name}-title {name}-desc">\n'
        f'<title id="{name}-title">{escape(chart.title)}</title>\n'
        f'<desc id="{name}-desc">{escape(chart.alt)}</desc>\n'
    )
    return re.sub(r"(<svg[^>]*?)\s*>", lambda m: m[1] + head, text, count=1)


def _with_classes(text: str, chart: Chart) -> str:
    """Plotted things by their number in each panel: the first and the last may be
    theory, between them is what was found."""
    plots = r'<g id="gnuplot_plot_(\d+)([a-z]?)"'
    last = Counter(letter for _, letter in re.findall(plots, text))

    def plotted(match: re.Match[str]) -> str:
        number, letter = int(match[1]), match[2]
        found = chart.behind < number <= last[letter] - chart.in_front
        kind = "found" if found else "theory"
        return f'<g class="{kind}" id="gnuplot_plot_{number}{letter}"'

    told = {"found": chart.answers, "theory": chart.texts(THEORY)}
    plain = {kind: {_plain(text) for text in texts} for kind, texts in told.items()}

    def written(match: re.Match[str]) -> str:
        before, how, told = match["before"] or "", match["how"], match["told"]
        words = _plain(unescape(re.sub(r"<[^>]*>", "", told)))
        kind = next((kind for kind, texts in plain.items() if words in texts), "")
        if not kind or before and _is_tick(before):
            return match[0]
        return f'{before}<text class="{kind}"{how}>{told}</text>'

    text = re.sub(plots, plotted, text)
    texts = rf"(?P<before>{STROKE})?<text\b(?P<how>[^>]*)>(?P<told>.*?)</text>"
    return re.sub(texts, written, text, flags=re.DOTALL)


def _is_tick(before: str) -> bool:
    """An axis keeps its numbers, also those that are an answer elsewhere."""
    x, y, to_x, to_y = (float(at) for at in re.findall(r"[\d.]+", before)[:4])
    return abs(x - to_x) + abs(y - to_y) < STROKE_PX


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").strip()


def for_page(text: str, colours: Mapping[str, str]) -> str:
    """The same picture as a part of an HTML page, coloured by the page's variables.

    colours: the name of the variable for each colour as #rrggbb. So one picture serves
    a light page and a dark one.
    """
    text = text[text.index("<svg") :]
    text = re.sub(r'\s(?:xmlns(?::xlink)?)="[^"]*"', "", text)

    def named(match: re.Match[str]) -> str:
        red, green, blue = (int(part) for part in match.groups())
        name = colours.get(f"#{red:02x}{green:02x}{blue:02x}")
        return f"var(--{name})" if name else match[0]

    text = re.sub(r"rgb\(\s*(\d+),\s*(\d+),\s*(\d+)\)", named, text)
    return re.sub(r'(["\'])#fff(?:fff)?\1', r"\1var(--paper)\1", text, flags=re.I)


def _own_ids(text: str, name: str) -> str:
    """Every id, and every use of one, behind the picture's name."""
    text = re.sub(r"""\bid=(["'])""", rf"id=\1{name}-", text)
    text = re.sub(r"""href=(["'])#""", rf"href=\1#{name}-", text)
    return re.sub(r"url\(#", f"url(#{name}-", text)
