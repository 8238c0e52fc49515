"""From the lines and rectangles drawn on a page to its ruled tables: edges, where they cross, cells, rows of cells.

Edges that nearly coincide are one (the two sides of a rule drawn as a thin rectangle), and so are those that nearly
touch along a line. Each crossing is the top left corner of the smallest cell whose four sides are drawn. Cells that
share a corner are one table.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from pipeline.ingest.document import Box
from pipeline.ingest.grids import Grid, Rule, with_open_rows

#: Points by which edges that are one may differ, gaps between them be bridged, and a rule miss another that it meets.
_NEAR = 3.0
#: Edges shorter than this are no rules, once joined.
_SHORTEST = 3.0
#: Crossings that are looked for on a page at most: a drawing of more lines is no table.
_MOST = 1_000_000
#: Points where rules meet, with the numbers of the upright and of the level ones.
Crossings = dict[tuple[float, float], tuple[set[int], set[int]]]


def find_grids(edges: Iterable[tuple[float, float, float, float]]) -> list[Grid]:
    """The ruled tables between ``edges`` (``x0, top, x1, bottom``). A frame around text, of one or two cells, is left out."""
    edges = list(edges)
    uprights = [(x0, top, bottom) for x0, top, x1, bottom in edges if x0 == x1]
    levels = [(top, x0, x1) for x0, top, x1, bottom in edges if x0 != x1]
    crossings = _crossings(_joined(uprights), _joined(levels))
    grids = []
    for cells in _tables(_cells(crossings)):
        rows = _rows(cells)
        if len(rows) > 1 or sum(cell is not None for cell in rows[0]) > 2:
            grids.append(tuple(with_open_rows(rows, [Rule(*rule) for rule in uprights])))
    return grids


def _joined(rules: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Rules (where they lie, and from where to where they go) with those that coincide or touch as one."""
    rules.sort()
    groups: list[list[tuple[float, float, float]]] = []
    for rule in rules:
        if groups and rule[0] - groups[-1][-1][0] <= _NEAR:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    joined = []
    for group in groups:
        place = round(sum(rule[0] for rule in group) / len(group), 2)
        reach: list[list[float]] = []
        for _, start, end in sorted(group, key=lambda rule: rule[1]):
            if reach and start <= reach[-1][1] + _NEAR:
                reach[-1][1] = max(reach[-1][1], end)
            else:
                reach.append([start, end])
        joined += [(place, start, end) for start, end in reach if end - start >= _SHORTEST]
    return joined


def _crossings(uprights: list[tuple[float, float, float]], levels: list[tuple[float, float, float]]) -> Crossings:
    """The points where an upright and a level rule meet, with the numbers of both, from left to right and downwards."""
    if len(uprights) * len(levels) > _MOST:
        return {}
    found: dict[tuple[float, float], tuple[set[int], set[int]]] = {}
    heights = [y for y, _, _ in levels]
    for number, (x, top, bottom) in enumerate(uprights):
        left, right = x - _NEAR, x + _NEAR
        for order in range(bisect_left(heights, top - _NEAR), bisect_right(heights, bottom + _NEAR)):
            y, start, end = levels[order]
            if start <= right and end >= left:
                if (meeting := found.get((x, y))) is None:
                    found[x, y] = ({number}, {order})
                else:
                    meeting[0].add(number)
                    meeting[1].add(order)
    return {point: found[point] for point in sorted(found)}


def _cells(crossings: Crossings) -> list[Box]:
    """The smallest cell below and right of each crossing."""
    below: dict[float, list[float]] = defaultdict(list)
    beside: dict[float, list[float]] = defaultdict(list)
    for x, y in crossings:
        below[x].append(y)
        beside[y].append(x)
    cells = []
    for (x, y), (upright, _) in crossings.items():
        column, row = below[x], beside[y]
        rights = row[bisect_right(row, x) :]
        for down in column[bisect_right(column, y) :]:
            if crossings[x, down][0].isdisjoint(upright):
                break
            right = _right_of(crossings, x, y, down, rights)
            if right is not None:
                cells.append(Box(x, y, right, down))
                break
    return cells


def _right_of(crossings: Crossings, x: float, y: float, down: float, rights: Sequence[float]) -> float | None:
    """Where the cell with corners at ``(x, y)`` and ``(x, down)`` is closed on its right, as near as may be."""
    level, lower = crossings[x, y][1], crossings[x, down][1]
    for right in rights:
        upper = crossings[right, y]
        if upper[1].isdisjoint(level):
            return None
        corner = crossings.get((right, down))
        if corner is not None and not corner[0].isdisjoint(upper[0]) and not corner[1].isdisjoint(lower):
            return right
    return None


def _tables(cells: Sequence[Box]) -> list[list[Box]]:
    """Cells that share corners, together; more than one, and tables from the top down."""
    table_of = list(range(len(cells)))

    def first(number: int) -> int:
        while table_of[number] != number:
            table_of[number] = table_of[table_of[number]]
            number = table_of[number]
        return number

    at_corner: dict[tuple[float, float], int] = {}
    for number, box in enumerate(cells):
        for corner in ((box.x0, box.top), (box.x0, box.bottom), (box.x1, box.top), (box.x1, box.bottom)):
            other = at_corner.setdefault(corner, number)
            if table_of[other] != table_of[number]:
                one, other = first(number), first(other)
                table_of[max(one, other)] = min(one, other)
    tables: dict[int, list[Box]] = defaultdict(list)
    for number, box in enumerate(cells):
        tables[first(number)].append(box)
    several = [table for table in tables.values() if len(table) > 1]
    return sorted(several, key=lambda table: min((box.top, box.x0) for box in table))


def _rows(cells: Sequence[Box]) -> list[tuple[Box | None, ...]]:
    """Cells by the top of their row, one for each place where a cell begins, None where none does."""
    starts = sorted({box.x0 for box in cells})
    rows = []
    for _, row in groupby(sorted(cells, key=lambda box: (box.top, box.x0)), key=lambda box: box.top):
        by_start = {box.x0: box for box in row}
        rows.append(tuple(by_start.get(x) for x in starts))
    return rows
