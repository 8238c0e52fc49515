"""Tables as text laid out with spaces, as ``pdftotext -layout`` makes it: columns in line, page by page anew.

On each page a column is as wide as what it holds there; one that is blank on a page without a header takes no room.
Words of the header are centred over their columns, wrapped cells stand about the line of their amounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.rendering.model import Disclosure, Table


@dataclass(frozen=True)
class Laid:
    """How a text is laid out: width of names, lines of a page, spaces between columns, blank lines between rows."""

    names: int
    page: int
    gap: int
    spaced: bool
    right: bool


def laid(random: Random) -> Laid:
    """A random way to lay text out."""
    return Laid(
        random.choice((6, 8, 12, 18, 30)), random.choice((30, 45, 60)), random.randint(2, 5), random.random() < 0.6,
        random.random() < 0.7,
    )  # fmt: skip


def render(disclosure: Disclosure, how: Laid, random: Random) -> bytes:
    """The disclosure as UTF-8 text, a form feed after each page."""
    pages = [[disclosure.title, *disclosure.prose]]
    for table in disclosure.tables:
        pages += _table(table, how, random)
    return "".join("\n".join(page) + "\n\f" for page in pages).encode()


def _table(table: Table, how: Laid, random: Random) -> list[list[str]]:
    rows = [
        [_wrapped(cell, how.names if column.key else 99) for cell, column in zip(row.cells, table.columns, strict=True)]
        for row in table.rows
    ]
    pages: list[list[str]] = []
    at = 0
    first = True
    while first or at < len(rows):
        end, used = at, 0
        while end < len(rows) and (used < how.page or end == at):
            used += max(len(cell) for cell in rows[end]) + how.spaced
            end += 1
        headed = first or random.random() < 0.3
        pages.append(_page(table, rows[at:end], how, first, headed))
        at, first = end, False
    if table.note:
        pages[-1].append(table.note)
    return pages


def _wrapped(cell: str, width: int) -> list[str]:
    if cell.isdigit():
        return [cell]  # columns are made to hold a code
    return [cell[at : at + width] for at in range(0, len(cell), width)] or [""]


def _page(table: Table, rows: Sequence[Sequence[list[str]]], how: Laid, titled: bool, headed: bool) -> list[str]:
    count = len(table.columns)
    leaves = [_pieces(column.words[-1]) if headed else [""] for column in table.columns]
    widths = [
        max(max((len(piece) for row in rows for piece in row[i]), default=0), max(map(len, leaves[i])), 0)
        for i in range(count)
    ]
    starts, x = [], 0
    for width in widths:
        starts.append(x)
        x += width + how.gap if width else 0
    lines = (
        [" " * max(0, (x - len(table.title)) // 2) + table.title, " " * max(0, x - 10) + f"单位：{table.unit}", ""]
        if titled
        else []
    )
    if headed:
        lines += _header(table, leaves, starts, widths)
        if how.spaced:
            lines.append("")
    for row in rows:
        lines += _row(table, row, starts, widths, how)
        if how.spaced:
            lines.append("")
    return lines


def _pieces(word: str) -> list[str]:
    """A leaf of the header: long ones in two lines."""
    return [word] if len(word) <= 6 else [word[: (len(word) + 1) // 2], word[(len(word) + 1) // 2 :]]


def _header(table: Table, leaves: list[list[str]], starts: list[int], widths: list[int]) -> list[str]:
    """Groups above their columns, each level on a line of its own; columns without groups in the middle."""
    depth = max(len(column.words) for column in table.columns)
    deep = max(map(len, leaves))
    height = (depth - 1) * 2 + deep
    canvas = [[" "] * (starts[-1] + widths[-1] + 40) for _ in range(height)]

    def put(line: int, left: int, right: int, text: str) -> None:
        at = max(0, (left + right - len(text) + 1) // 2)
        canvas[line][at : at + len(text)] = text

    for level in range(depth - 1):
        at = 0
        while at < len(table.columns):
            words = table.columns[at].words
            if level >= len(words) - 1:
                at += 1
                continue
            end = at
            while (
                end < len(table.columns)
                and table.columns[end].words[: level + 1] == words[: level + 1]
                and len(table.columns[end].words) > level + 1
            ):
                end += 1
            put(level * 2, starts[at], starts[end - 1] + widths[end - 1], words[level])
            at = end
    for i, column in enumerate(table.columns):
        top = (len(column.words) - 1) * 2
        first = (top + height - len(leaves[i])) // 2
        for order, piece in enumerate(leaves[i]):
            put(first + order, starts[i], starts[i] + widths[i], piece)
    return ["".join(line).rstrip() for line in canvas]


def _row(table: Table, row: Sequence[list[str]], starts: list[int], widths: list[int], how: Laid) -> list[str]:
    height = max(map(len, row))
    canvas = [[" "] * (starts[-1] + widths[-1] + 4) for _ in range(height)]
    for i, (column, pieces) in enumerate(zip(table.columns, row, strict=True)):
        first = (height - len(pieces)) // 2
        for order, piece in enumerate(pieces):
            at = starts[i] if column.key or not how.right else starts[i] + widths[i] - len(piece)
            canvas[first + order][at : at + len(piece)] = piece
    return ["".join(line).rstrip() for line in canvas]
