"""Bar charts, drawn by pygal as static SVG and made part of a page: no script, no style, no clock, no network.

pygal was chosen because it is pure Python, works offline and writes plain SVG text, which any browser sets in its own
fonts. Bundles that draw in the browser weigh megabytes, and libraries that draw with font files need Chinese ones.
Of what pygal writes only shapes, classes and texts are kept; ``static/style.css`` gives them colours.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from decimal import Decimal

import pygal
from markupsafe import Markup
from pygal.etree import etree
from pygal.style import Style

from pipeline.publish.site.figures import Figure
from pipeline.publish.site.labels import Both

# The same bytes and the same tolerance of characters whether lxml happens to be installed or not.
etree.to_etree()

_KEPT = {"class", "d", "height", "text-anchor", "transform", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2"}  # fmt: skip
_DROPPED = ("defs", "desc", "title", "script", "style")
_NOISE = ("overlay", "titles", "axis x")
WIDTH = 480
_FONT = 13


def short(value: Decimal, language: str) -> str:
    """A sum of money in a picture: 453.35万, 4.53M."""
    steps = ((10**8, "亿"), (10**4, "万")) if language == "zh" else ((10**9, "bn"), (10**6, "m"), (10**3, "k"))
    for step, word in steps:
        if abs(value) >= step:
            return f"{value / step:,.2f}{word}"
    return f"{value:,.2f}".removesuffix(".00")


def _width(text: str) -> int:
    return sum(_FONT if ord(char) > 0x2E80 else _FONT // 2 + 1 for char in text)


def _cut(text: str, most: int = 14) -> str:
    room, kept = most * _FONT, ""
    for char in text:
        room -= _width(char)
        if room < 0:
            return kept + "…"
        kept += char
    return kept


def bars(figures: Sequence[Figure], series: Sequence[tuple[str, Both]], title: Both, stacked: bool) -> Both:
    """The chart in both languages, as markup. The largest figure stands at the top; its table says the rest."""
    return Both(*(_bars(figures, series, title, stacked, language) for language in ("zh", "en")))


def _bars(
    figures: Sequence[Figure], series: Sequence[tuple[str, Both]], title: Both, stacked: bool, language: str
) -> Markup:
    names = [_cut(getattr(figure.name, language)) for figure in figures]
    kind = pygal.HorizontalStackedBar if stacked else pygal.HorizontalBar
    rows = len(figures) * (1 if stacked else len(series))
    chart = kind(
        width=WIDTH,
        height=40 + 30 * rows + (26 if len(series) > 1 else 0),
        style=Style(value_font_size=_FONT, label_font_size=_FONT, major_label_font_size=_FONT, legend_font_size=_FONT),
        show_legend=len(series) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=len(series),
        show_y_guides=False,
        show_x_labels=True,
        truncate_label=-1,
        truncate_legend=-1,
        margin=4,
        margin_left=max((_width(name) for name in names), default=0) - max((len(n) for n in names), default=0) * 8 + 8,
        margin_right=84,
        spacing=8,
        no_prefix=True,
        js=[],
    )
    chart.x_labels = names[::-1]
    for key, name in series:
        # Drawn, not computed with: a picture needs no cents.
        chart.add(getattr(name, language), [float(figure.amounts.get(key, 0)) for figure in figures][::-1])
    amounts = [[figure.amounts.get(key) for key, _ in series] for figure in figures][::-1]
    return _clean(chart.render_tree(), getattr(title, language), amounts, stacked, language)


Amounts = list[list[Decimal | None]]


def _clean(tree: ET.Element, title: str, amounts: Amounts, stacked: bool, language: str) -> Markup:
    """The shapes of the chart and nothing that runs, styles, links or tells the time; values stand beside their bars."""
    root = _copy(tree)
    for name, value in (("role", "img"), ("aria-label", title), ("class", "chart")):
        root.set(name, value)
    for group in root.iter("g"):
        if group.get("class") == "plot":
            _values(group, amounts, stacked, language)
        elif group.get("class") == "legends":
            _side_by_side(group)
    return Markup(ET.tostring(root, encoding="unicode"))


def _values(plot: ET.Element, amounts: Amounts, stacked: bool, language: str) -> None:
    """Write the sum of each stacked bar, or each bar's own value, right of where it ends."""
    # Series are drawn in reverse; their class tells which is which.
    series = {g.get("class", "").split()[1]: g for g in plot.findall("g") if g.get("class", "").startswith("series ")}
    bars = [list(series[f"serie-{number}"].iter("rect")) for number in range(len(series))]
    for at, row in enumerate(amounts):
        rects = [drawn[at] for drawn in bars]
        parts = (
            [(rects, sum((v for v in row if v), Decimal(0)))]
            if stacked
            else [([rect], value) for rect, value in zip(rects, row, strict=True) if value is not None]
        )
        for ends, value in parts:
            right = max(float(rect.get("x", 0)) + float(rect.get("width", 0)) for rect in ends)
            y = float(ends[0].get("y", 0)) + float(ends[0].get("height", 0)) / 2
            text = ET.SubElement(plot, "text", {"class": "value", "x": f"{right + 5:.1f}", "y": f"{y + 4.5:.1f}"})
            text.text = short(value, language)


def _side_by_side(legends: ET.Element) -> None:
    """Set the legend's entries one after the other, as wide as their words are in Chinese and English."""
    legends.set("transform", re.sub(r"\([\d.]+", "(8", legends.get("transform", "")))
    x = 0
    for entry in legends.findall("g"):
        box, text = entry.find("rect"), entry.find("text")
        if box is not None and text is not None:
            box.set("x", str(x))
            text.set("x", str(x + 17))
            x += 17 + _width(text.text or "") + 18


def _copy(element: ET.Element) -> ET.Element:
    made = ET.Element(_tag(element), {k: _round(v) for k, v in element.attrib.items() if k in _KEPT})
    made.text = element.text
    for child in element:
        # Comments are not elements: pygal writes the day into one.
        noise = any(word in child.get("class", "") for word in _NOISE) if isinstance(child.tag, str) else True
        if not noise and _tag(child) not in _DROPPED:
            made.append(_copy(child))
    return made


def _tag(element: ET.Element) -> str:
    return str(element.tag).removeprefix("{http://www.w3.org/2000/svg}")


def _round(value: str) -> str:
    try:
        return f"{float(value):.1f}".removesuffix(".0")
    except ValueError:
        return value
