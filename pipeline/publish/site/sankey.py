"""How revenue becomes expenditure: streams from sources to one total and on to functions, laid out for a template.

No maintained library draws such streams as static text SVG without fonts, numpy or megabytes of script, and with one
total in the middle there is nothing to optimise: heights are proportional to amounts, largest first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pipeline.publish.site.charts import short
from pipeline.publish.site.figures import Figure
from pipeline.publish.site.labels import Both

WIDTH, NODE, GAP, TOP, BODY = 520, 12, 10, 26, 230
#: A stream is never thinner than can be seen, and its words have room; those of a low one stand in one line.
_LEAST, _ROOM, _TWO_LINES = 2.0, 17.0, 34.0


@dataclass(frozen=True, slots=True)
class Stream:
    """A source or a function: its node (x, y, height), the path of its stream and where its words stand."""

    name: Both
    amount: Both
    left: bool
    y: float
    height: float
    path: str

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def low(self) -> bool:
        return self.height < _TWO_LINES


@dataclass(frozen=True, slots=True)
class Sankey:
    """A picture of ``height``; ``total`` is the node in the middle."""

    streams: list[Stream]
    height: float
    top: float
    bar: float
    total: Both
    balanced: bool


def layout(revenue: Iterable[Figure], expenditure: Iterable[Figure]) -> Sankey | None:
    """The streams of both sides, or None where one of them is empty or negative."""
    sides = [sorted((f for f in side if f.total), key=lambda f: -f.total) for side in (revenue, expenditure)]
    if not all(sides) or any(figure.total < 0 for side in sides for figure in side):
        return None
    sums = [sum((f.total for f in side), Decimal(0)) for side in sides]
    scale = BODY / float(max(sums))
    heights = [[max(_LEAST, float(f.total) * scale) for f in side] for side in sides]
    slots = [[max(_ROOM, height) for height in side] for side in heights]
    tall = max(sum(side) + GAP * (len(side) - 1) + 16 for side in slots)
    bar = float(max(sums)) * scale
    top = TOP + (tall - bar) / 2
    streams = []
    for left, side, high in ((True, sides[0], heights[0]), (False, sides[1], heights[1])):
        y = TOP + (tall - sum(high) - GAP * (len(high) - 1)) / 2
        at = top
        for figure, height in zip(side, high, strict=True):
            there = float(figure.total) * scale
            streams.append(
                Stream(figure.name, _money(figure.total), left, y, height, _path(left, y, height, at, there))
            )
            y += height + GAP
            at += there
    return Sankey(streams, TOP + tall + 8, top, bar, _money(max(sums)), sums[0] == sums[1])


def _money(value: Decimal) -> Both:
    return Both(f"{short(value, 'zh')}元", f"CNY {short(value, 'en')}")


def _path(left: bool, y: float, height: float, there: float, high: float) -> str:
    """A band between a node at the edge and its share of the bar in the middle."""
    middle = WIDTH / 2
    edge, bar = (NODE, middle - NODE / 2) if left else (WIDTH - NODE, middle + NODE / 2)
    bend = (edge + bar) / 2
    return (
        f"M{edge:.1f} {y:.1f}C{bend:.1f} {y:.1f} {bend:.1f} {there:.1f} {bar:.1f} {there:.1f}"
        f"V{there + high:.1f}C{bend:.1f} {there + high:.1f} {bend:.1f} {y + height:.1f} {edge:.1f} {y + height:.1f}Z"
    )
