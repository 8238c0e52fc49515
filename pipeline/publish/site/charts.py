"""Bar charts as static SVG: a Vega-Lite specification, rendered here and now by vl-convert, without a network or a browser.

One drawing serves both languages: their words lie in the same places and the style sheet shows one of them. Names stand
above their bars and values right of them, so that no word can meet another, and nothing depends on how wide a font of
this machine is: the same figures give the same bytes anywhere. Colours are classes of the style sheet.
"""

from __future__ import annotations

import re
import resource
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from pipeline.publish.site.labels import Both, short

WIDTH, _ROOM, _FONT = 400, 104, 14
#: Points: a bar, the name above it, the gap below, and what the first name needs above the rows.
_BAR, _NAME, _GAP, _ABOVE = 15, 21, 12, 6
_KEPT = {"d", "transform"}


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart shows: names, and for each name the amounts of the series (None: not there).

    ``inks`` are classes of colours by series, or by name where there is one series and some names stand out.
    """

    names: list[Both]
    amounts: list[list[Decimal | None]]
    inks: list[str]
    stacked: bool = False

    @property
    def marks(self) -> int:
        """Bars that a name has below one another."""
        return 1 if self.stacked else max(map(len, self.amounts), default=1)


class NoRenderer(Exception):
    """Charts cannot be drawn in this process; the renderer would end it instead of saying so."""

    def __init__(self) -> None:
        super().__init__(
            "charts are drawn in an address space without a limit; set `ulimit -v unlimited` and try again"
        )


def can_draw() -> bool:
    """Whether the address space has no limit: the renderer reserves far more of it than it uses."""
    return resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


def draw(chart: Chart, title: Both) -> Markup:
    """The chart as markup, for people who see it; ``title`` says for others what it shows."""
    import vl_convert  # only who draws pays for starting the renderer

    tree = ET.fromstring(vl_convert.vegalite_to_svg(_specification(chart)))
    root = _copy(tree, _words(chart))
    height = _step(chart) * len(chart.names)
    root.attrib |= {"class": "chart", "role": "img", "aria-label": f"{title.zh} / {title.en}"}
    root.attrib |= {"viewBox": f"0 {-_ABOVE} {WIDTH} {height}", "width": str(WIDTH), "height": str(height)}
    return Markup(ET.tostring(root, encoding="unicode"))


def _step(chart: Chart) -> int:
    return _NAME + _BAR * chart.marks + _GAP


def _specification(chart: Chart) -> dict[str, Any]:
    step = _step(chart)
    inner = 1 - _BAR * chart.marks / step
    value = {"field": "value", "type": "quantitative", "axis": None, "stack": "zero" if chart.stacked else None}
    end = {"field": "end", "type": "quantitative"}
    row = {"field": "row", "type": "ordinal", "axis": None, "scale": {"paddingInner": inner, "paddingOuter": inner / 2}}
    beside = {} if chart.stacked else {"yOffset": {"field": "series", "type": "ordinal"}}
    bars = {
        "mark": {"type": "bar"},
        "encoding": {
            "x": value,
            "color": {"field": "ink", "type": "nominal", "scale": None},
            "order": {"field": "series", "type": "ordinal"},
            **beside,
        },
    }
    word = {"field": "word", "type": "nominal"}
    names = {
        "data": {"values": [{"row": row, "word": f"name {row}"} for row in range(len(chart.names))]},
        "mark": {"type": "text", "align": "left", "baseline": "alphabetic", "dy": -6},
        "encoding": {"x": {"value": 0}, "y": {**row, "bandPosition": 0}, "text": word},
    }
    values = {
        "data": {"values": _ends(chart)},
        "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 6},
        "encoding": {"x": end, "text": word, **beside},
    }
    return {
        "width": WIDTH - _ROOM,
        "height": step * len(chart.names),
        "autosize": "none",
        "padding": {"left": 0, "right": _ROOM, "top": 0, "bottom": 0},
        "data": {"values": _bars(chart)},
        "encoding": {"y": row},
        "layer": [bars, names, values],
        "config": {"view": {"stroke": None}, "background": None},
    }


def _bars(chart: Chart) -> list[dict[str, Any]]:
    # Drawn, not computed with: a picture needs no cents.
    return [
        {"row": row, "series": at, "value": float(amount), "ink": chart.inks[row if len(amounts) == 1 else at]}
        for row, amounts in enumerate(chart.amounts)
        for at, amount in enumerate(amounts)
        if amount is not None
    ]


def _values(chart: Chart, row: int) -> list[tuple[int, Decimal]]:
    """What is written at the bars of a name, by series: each bar's amount, or the sum of stacked ones."""
    there = [(at, amount) for at, amount in enumerate(chart.amounts[row]) if amount is not None]
    if chart.stacked and there:
        return [(0, sum((amount for _, amount in there), Decimal(0)))]
    return there


def _ends(chart: Chart) -> list[dict[str, Any]]:
    """Where the bars end, which is where their values stand."""
    return [
        {"row": row, "series": at, "end": max(float(amount), 0.0), "word": f"value {row} {at}"}
        for row in range(len(chart.names))
        for at, amount in _values(chart, row)
    ]


def _words(chart: Chart) -> dict[str, Both]:
    """The words of a chart by what stands for them in its specification: the renderer sees no text of a source."""
    words = {f"name {row}": Both(_cut(name.zh), _cut(name.en)) for row, name in enumerate(chart.names)}
    for row in range(len(chart.names)):
        for at, amount in _values(chart, row):
            words[f"value {row} {at}"] = Both(short(amount, "zh"), short(amount, "en"))
    return words


def _width(text: str) -> float:
    """About how wide a text is: a Chinese character fills a square, others about 0.6 of one."""
    return sum(_FONT * (1 if ord(char) > 0x2E80 else 0.6) for char in text)


def _cut(text: str) -> str:
    if _width(text) <= WIDTH:
        return text
    while _width(text) > WIDTH - _FONT:
        text = text[:-1]
    return f"{text}…"


def _copy(element: ET.Element, words: Mapping[str, Both]) -> ET.Element:
    """Shapes, words and classes only: no fonts, no colours of its own, and numbers with one decimal."""
    made = ET.Element(_tag(element), {k: _rounded(v) for k, v in element.attrib.items() if k in _KEPT})
    if element.get("aria-roledescription") == "bar":
        made.set("class", element.get("fill", ""))
    for child in element:
        if _tag(child) == "text":
            made.extend(_said(child, words[child.text or ""]))
        elif "background" not in child.get("class", "") and "foreground" not in child.get("class", ""):
            made.append(_copy(child, words))
    return made


def _said(element: ET.Element, words: Both) -> Iterator[ET.Element]:
    """A text in both languages, at the same place."""
    kind = (element.text or "").partition(" ")[0]
    for language, text in (("zh", words.zh), ("en", words.en)):
        place = _rounded(element.get("transform", ""))
        made = ET.Element("text", {"class": f"{language} {kind}", "lang": language, "transform": place})
        made.text = text
        yield made


def _tag(element: ET.Element) -> str:
    return str(element.tag).removeprefix("{http://www.w3.org/2000/svg}")


def _rounded(text: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), text)
