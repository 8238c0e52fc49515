"""The ruled tables of a PDF page as tables of cells, with rows that a page break leaves without their last rule."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.ingest.document import Box, Cell, CellTable, Word

#: A ruled table of a page: rows of boxes from left to right, None where a box of another row or column reaches.
Grid = tuple[tuple[Box | None, ...], ...]
#: A box of a row, and the numbers of the borders at its left and its right.
Placed = tuple[int, int, Box]
#: Points by which a rule may miss another, and by which one has to go on to make a row.
_NEAR, _ROW = 3.0, 5.0
#: Points by which two borders of columns or rows differ at most that are one, and by which a word may leave its cell.
_BORDER, _LOOSE = 2.5, 0.5


class Rule(NamedTuple):
    """An upright rule of a page."""

    x: float
    top: float
    bottom: float


def with_open_rows(rows: list[tuple[Box | None, ...]], rules: Sequence[Rule]) -> list[tuple[Box | None, ...]]:
    """``rows``, and the row above or below them whose upright ``rules`` go on although no other rule closes it.

    A page that ends within a row leaves it so; what stands in it would seem to stand outside the table.
    """
    top = min(box.top for row in rows for box in row if box)
    bottom = max(box.bottom for row in rows for box in row if box)
    columns = max(rows, key=lambda row: sum(box is not None for box in row))
    above = _open(columns, (Rule(rule.x, -rule.bottom, -rule.top) for rule in rules), -top)
    below = _open(columns, rules, bottom)
    first = tuple(box and Box(box.x0, -box.bottom, box.x1, -box.top) for box in above)
    return [*([first] if first else []), *rows, *([below] if below else [])]


def _open(columns: tuple[Box | None, ...], rules: Iterable[Rule], edge: float) -> tuple[Box | None, ...]:
    """The cells below ``edge`` in ``columns``, as far as the rules there go; () unless the outer two go on, and as far."""
    going_on = [(rule.x, rule.bottom) for rule in rules if rule.top <= edge + _NEAR and rule.bottom >= edge + _ROW]
    boxes = [box for box in columns if box]

    def end_at(x: float) -> float | None:
        return max((end for at, end in going_on if abs(at - x) <= _NEAR), default=None)

    left, right = end_at(boxes[0].x0), end_at(boxes[-1].x1)
    if left is None or right is None or abs(left - right) > _NEAR:
        return ()
    cells: list[Box | None] = []
    for box in columns:
        if box is None or end_at(box.x0) is None:
            cells.append(None)
            continue
        # A cell over several columns ends where the next rule goes on.
        end = min((b.x1 for b in boxes if b.x1 > box.x0 and end_at(b.x1) is not None), default=boxes[-1].x1)
        cells.append(Box(box.x0, edge, end, left))
    return tuple(cells)


def cell_tables(grids: Iterable[Grid], words: Sequence[Word], text: str, page: int) -> list[CellTable]:
    """The grids of a page as tables of cells: each word of the page goes to the cell that holds its middle."""
    by_height = sorted(words, key=lambda word: word.top + word.bottom)
    heights = [(word.top + word.bottom) / 2 for word in by_height]

    def within(box: Box, loose: float) -> list[Word]:
        level = by_height[bisect_left(heights, box.top) : bisect_left(heights, box.bottom)]
        left, right = 2 * (box.x0 - loose), 2 * (box.x1 + loose)
        held = [word for word in level if left <= word.x0 + word.x1 <= right]
        return sorted(held) if len(held) > 1 else held

    tables = []
    for grid in grids:
        edges = _borders(grid)
        rows = [_placed(boxes, edges) for boxes in grid]
        cells = []
        for row, placed in enumerate(rows):
            for first, last, box in placed:
                pieces = _pieces(within(box, _LOOSE), text)
                covered = _rows_covered(rows[row + 1 :], first, box)
                cells.append(Cell(row, first, covered, max(last - first, 1), pieces, box))
        if not cells:
            continue
        inside = within(_around([cell.box for cell in cells if cell.box]), 0.0)
        start = inside[0].start if inside else words[0].start if words else 0
        end = inside[-1].end if inside else start
        tables.append(CellTable(tuple(cells), len(grid), len(edges) - 1, start, end, page, tuple(edges)))
    return tables


def _around(boxes: Sequence[Box]) -> Box:
    """The box around ``boxes``; words on its lower rule stand inside."""
    bottom = max(box.bottom for box in boxes)
    return Box(min(b.x0 for b in boxes), min(b.top for b in boxes), max(b.x1 for b in boxes), bottom + 1e-6)


def _borders(grid: Grid) -> list[float]:
    """The x of the borders of columns."""
    borders: list[float] = []
    for x in sorted(x for row in grid for box in row if box for x in (box.x0, box.x1)):
        if not borders or x - borders[-1] > _BORDER:
            borders.append(x)
    return borders


def _placed(boxes: Iterable[Box | None], borders: list[float]) -> list[Placed]:
    """The boxes of a row from left to right, each with the numbers of the borders at its left and its right."""
    placed = [(_nearest(borders, box.x0), _nearest(borders, box.x1), box) for box in boxes if box]
    return sorted(placed, key=lambda each: each[0])


def _nearest(borders: list[float], x: float) -> int:
    at = bisect_left(borders, x)
    if at == len(borders) or (at and x - borders[at - 1] <= borders[at] - x):
        return at - 1
    return at


def _rows_covered(below: Iterable[list[Placed]], column: int, box: Box) -> int:
    """How many rows a box reaches over, its own included: down to the first ``below`` that has its own box in that column."""
    covered = 1
    for row in below:
        taken = any(first <= column < last for first, last, _ in row)
        if taken or (row and box.bottom <= min(other.bottom for _, _, other in row) - _BORDER):
            break
        covered += 1
    return covered


def _pieces(words: Sequence[Word], text: str) -> tuple[tuple[int, int], ...]:
    """The ranges of ``text`` that words print, those that only spaces part in one."""
    pieces: list[tuple[int, int]] = []
    for word in words:
        between = text[pieces[-1][1] : word.start] if pieces else ""
        if pieces and "\n" not in between and not between.strip():
            pieces[-1] = (pieces[-1][0], word.end)
        else:
            pieces.append((word.start, word.end))
    return tuple(pieces)
