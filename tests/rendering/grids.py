"""A rendered table as rows of cells with spans: what web pages, workbooks and Word documents are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.rendering.model import Column, Table


class Spanned(NamedTuple):
    """A cell at a place of the grid, what it prints and covers, and whether it is one of amounts."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    amount: bool = False


GridRow = list[Spanned]


def header(columns: Sequence[Column]) -> list[GridRow]:
    """The rows of the header: words that adjacent columns share span them, the last reach down."""
    paths = [column.words for column in columns]
    depth = max(map(len, paths))
    rows = []
    for level in range(depth):
        cells, at = [], 0
        while at < len(paths):
            path, end = paths[at], at + 1
            if level < len(path) - 1:
                while end < len(paths) and len(paths[end]) > level + 1 and paths[end][: level + 1] == path[: level + 1]:
                    end += 1
                cells.append(Spanned(level, at, path[level], 1, end - at))
            elif level == len(path) - 1:
                cells.append(Spanned(level, at, path[level], depth - level))
            at = end
        rows.append(cells)
    return rows


def body(table: Table, first: int = 0) -> list[GridRow]:
    """The rows below the header, of which the first is row ``first`` of the grid."""
    return [
        [
            Spanned(at, x, text, amount=not column.key)
            for x, (text, column) in enumerate(zip(row.cells, table.columns, strict=True))
        ]
        for at, row in enumerate(table.rows, first)
    ]


def moved(rows: Sequence[GridRow], first: int) -> list[GridRow]:
    """``rows`` at the place where the first of them is row ``first``."""
    return [[cell._replace(row=at) for cell in row] for at, row in enumerate(rows, first)]


def wide(text: str, columns: int, row: int = 0) -> GridRow:
    """A row of one cell over all columns."""
    return [Spanned(row, 0, text, 1, columns)]


def plain(rows: Sequence[GridRow], width: int) -> Iterator[list[str]]:
    """The texts of each row, blank where a cell from above or from the left reaches."""
    for row in rows:
        texts = [""] * width
        for cell in row:
            texts[cell.column] = cell.text
        yield texts
