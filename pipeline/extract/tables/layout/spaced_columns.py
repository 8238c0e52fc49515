"""Columns of laid out text: which header words they stand under, and which columns of the page before they are."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.tables.layout.spaced_header import Block
from pipeline.extract.tables.layout.words import NOWHERE_ON_PAGE, LaidColumn

_FAR = 1e6


def under(leaves: Sequence[Block], columns: Sequence[LaidColumn]) -> list[tuple[int, LaidColumn]]:
    """Which columns of the body stand under which header words, both from left to right.

    Words of a header are centred in their cells, amounts are often not: they all stand off by about as much. So
    columns are matched in order at the offset that leaves the least over.
    """
    if not columns or len(columns) > len(leaves):
        pairs = [
            (min(range(len(leaves)), key=lambda i: abs(leaves[i].middle - c.middle)), c) for c in columns if leaves
        ]
        return list({place: (place, column) for place, column in pairs}.values())
    offsets = {0.0, *(c.middle - leaf.middle for c in columns for leaf in leaves if abs(c.middle - leaf.middle) < 25)}
    best: tuple[float, tuple[int, ...]] = (_FAR, ())
    for offset in sorted(offsets):
        row: list[tuple[float, tuple[int, ...]]] = [(abs(offset) / 4, ())] * (len(leaves) + 1)
        for column in columns:
            following: list[tuple[float, tuple[int, ...]]] = [(_FAR, ())]
            for at, leaf in enumerate(leaves):
                cost, path = row[at]
                here = (cost + abs(column.middle - leaf.middle - offset), (*path, at))
                following.append(min(following[-1], here))
            row = following
        best = min(best, row[-1])
    return list(zip(best[1], columns, strict=True))


def matched(columns: list[LaidColumn], before: list[LaidColumn]) -> list[LaidColumn]:
    """The columns of a page without a header as the page before had them; none where they cannot be told.

    Pages differ in where they lay a column out, for columns that are blank on a page take no room on it, but not in
    how far columns are from their neighbours. So the gaps between columns are compared, not their places.
    """
    if not columns or not before or len(columns) > len(before):
        return []
    best: list[tuple[float, tuple[int, ...]]] = []
    for order, column in enumerate(columns):
        here: list[tuple[float, tuple[int, ...]]] = []
        for at, other in enumerate(before):
            if column.numeric != other.numeric or {column.holds, other.holds} == {"amounts", "codes"}:
                here.append((_FAR, ()))
            elif order == 0:
                here.append((abs(column.x0 - other.x0) / 10, (at,)))
            else:
                last = columns[order - 1]
                ways = [
                    (cost + _off(last, column, before[path[-1]], other), (*path, at))
                    for cost, path in best[:at]
                    if cost < _FAR
                ]
                here.append(min(ways, default=(_FAR, ())))
        best = here
    cost, path = min(best)
    if cost >= _FAR or sum(other < cost + 2 for other, _ in best) > 1:
        return []
    found = dict(zip(path, columns, strict=True))
    for at, column in found.items():
        column.holds = before[at].holds
    return [
        found.get(i, LaidColumn(NOWHERE_ON_PAGE, NOWHERE_ON_PAGE, c.numeric, c.holds)) for i, c in enumerate(before)
    ]


def _off(left: LaidColumn, right: LaidColumn, left_before: LaidColumn, right_before: LaidColumn) -> float:
    """How much two neighbours stand otherwise to one another than before: from end to start, and from start to start."""
    gap = (right.x0 - left.x1) - (right_before.x0 - left_before.x1)
    step = (right.x0 - left.x0) - (right_before.x0 - left_before.x0)
    return (abs(gap) + abs(step)) / 2
