"""Tables as text that flows: cells one after the other, blanks only spaces, as an extractor of text makes it of a PDF.

A cell is followed by a space and a blank one is some spaces more, the same number throughout a table. A wrapped cell
stands on lines of its own, and only its last line ends with a space. A new page begins with a space; it may tear a row:
then the rest of its cells stands below its amounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.rendering.model import Disclosure, Row, Table
from tests.rendering.words import numeral

_NUMERIC = "0123456789,."


@dataclass(frozen=True)
class Flow:
    """How a text flows. ``blank`` is the width of a blank cell by table, ``wrap`` the width of cells (0: no wraps)."""

    blank: tuple[int, ...]
    wrap: int
    empty_lines: bool = True
    stripped: bool = False
    inline_numbers: bool = False
    header_by_row: bool = True
    torn: bool = False
    crlf: bool = False


def flow(random: Random, tables: int) -> Flow:
    """A random way to flow."""
    return Flow(
        tuple(random.choice((1, 2)) for _ in range(tables)),
        random.choice((0, 6, 8, 9, 12, 15)),
        random.random() < 0.6,
        random.random() < 0.25,
        random.random() < 0.5,
        random.random() < 0.7,
        random.random() < 0.4,
        random.random() < 0.1,
    )


def render(disclosure: Disclosure, how: Flow, random: Random) -> bytes:
    """The disclosure as UTF-8 text."""
    lines = [" 第一部分 部门预算情况说明 ", *_paragraphs(disclosure.prose), " 第二部分 部门预算表 "]
    for number, (table, blank) in enumerate(zip(disclosure.tables, how.blank, strict=True), start=1):
        lines += _table(table, number, blank, how, random)
    lines += _paragraphs(disclosure.after)
    if how.stripped:
        lines = [line.rstrip() for line in lines]
    text = ("\n\n" if how.empty_lines else "\n").join(lines) + "\n"
    return text.replace("\n", "\r\n" if how.crlf else "\n").encode()


def _paragraphs(prose: list[str]) -> list[str]:
    """Lines of about 27 characters; a number is never broken."""
    lines = []
    for text in prose:
        while len(text) > 27:
            cut = 27
            while text[cut - 1] in _NUMERIC and text[cut] in _NUMERIC:
                cut -= 1
            lines.append(text[:cut])
            text = text[cut:]
        lines.append(text + " ")
    return lines


def _table(table: Table, number: int, blank: int, how: Flow, random: Random) -> list[str]:
    if how.inline_numbers:
        lines = [f" 表{numeral(number)}、{table.title} "]
    else:
        lines = [f" 表 {number} ", f"{table.title} "]
    lines += [" " * random.randint(0, 30) + f"单位：{table.unit} ", *_header(table, how)]
    torn = random.randrange(len(table.rows)) if how.torn and random.random() < 0.5 else -1
    for at, row in enumerate(table.rows):
        made = _row(table, row, blank, how.wrap)
        if at == torn and (pieces := _torn(table, row, blank, how.wrap)):
            made = pieces
        elif random.random() < 0.05 and row.cells[0]:
            made[0] = " " + made[0]  # the first line of a page
        lines += made
    return lines


def _header(table: Table, how: Flow) -> list[str]:
    """Words row by row, or column by column; wrapped where they are long."""
    paths = [column.words for column in table.columns]
    depth = max(map(len, paths))
    if depth == 1 or how.header_by_row:
        words: list[list[str]] = []
        for level in range(depth):
            row: list[str] = []
            for at, path in enumerate(paths):
                if level >= len(path):
                    continue
                above = paths[at - 1] if at else ()
                if level < len(path) - 1 and above[: level + 1] == path[: level + 1]:
                    continue
                row.append(path[level])
            words.append(row)
        # Words of one level stand beside those of the first that have no more.
        return [line for row in words for line in _cells(row, 1, how.wrap)]
    lines = []
    for at, path in enumerate(paths):
        above = paths[at - 1] if at else ()
        fresh = next((i for i, word in enumerate(path[:-1]) if above[: i + 1] != path[: i + 1]), len(path) - 1)
        lines += _cells(list(path[fresh:]), 1, how.wrap)
    return lines


def _row(table: Table, row: Row, blank: int, wrap: int) -> list[str]:
    merged = bool(row.cells[0]) and row.sides[0].kind == "total" and blank == 1
    cells = [c for at, c in enumerate(row.cells) if not (merged and not c and table.columns[at].key)]
    return _cells(cells, blank, wrap)


def _cells(cells: list[str], blank: int, wrap: int) -> list[str]:
    lines: list[str] = []
    open_line = ""
    for cell in cells:
        pieces = pieces_of(cell, wrap)
        if len(pieces) == 1:
            open_line += f"{cell} " if cell else " " * blank
            continue
        if open_line.strip():
            lines.append(open_line)
        elif open_line:
            pieces[0] = open_line + pieces[0]
        open_line = ""
        lines += [*pieces[:-1], pieces[-1] + " "]
    return [*lines, open_line] if open_line else lines


def pieces_of(cell: str, wrap: int) -> list[str]:
    """A cell cut to the width ``wrap``. Codes and amounts stay whole, as columns are made to hold them."""
    code, dash, name = cell.partition("-")
    digits = code.isdigit() and dash
    if not wrap or len(cell) <= wrap or not any("\u4e00" <= char for char in cell) or "    " in cell:
        return [cell]
    first = max(wrap, len(code) + 1) if digits else wrap
    rest = [cell[at : at + wrap] for at in range(first, len(cell), wrap)]
    return [cell[:first], *rest]


def _torn(table: Table, row: Row, blank: int, wrap: int) -> list[str] | None:
    """A row cut by the page: the first piece of each cell, the amounts, and on the next page what is left."""
    keys = [cell for cell, column in zip(row.cells, table.columns, strict=True) if column.key]
    if not all("-" in key for key in keys) or not keys or not wrap:
        return None
    pieces = [pieces_of(key, wrap) for key in keys]
    if max(map(len, pieces)) != 2:
        return None
    above = [cell[0] + (" " if len(cell) == 1 else "") for cell in pieces]
    amounts = "".join(
        f"{c} " if c else " " * blank for c, column in zip(row.cells, table.columns, strict=True) if not column.key
    )
    below = [cell[1] for cell in pieces if len(cell) > 1]
    return [*above, amounts, " " + " ".join(below) + " "]
