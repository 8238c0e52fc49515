"""Tables whose cells the format or the rules of a page set apart: each cell says which rows and columns it covers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extract.forms import Library
from pipeline.extract.tables.layout.sheet import (
    HeaderRow,
    Sheet,
    SheetCell,
    SheetPart,
    SheetRow,
    cell_of,
    column_numbers,
    kind_of_key,
)
from pipeline.extract.tables.lexicon import ORDINAL, is_amount, is_unreadable, is_without_name
from pipeline.ingest.document import CellTable, Document

_LISTED = re.compile(r"^[一二三四五六七八九十]+、")
#: The formats that say of each cell in which column it stands; in others a lost cell moves those behind it.
_COLUMNS_NAMED = re.compile("sheet|excel|pdf")
# What may stand inside the frame above the header: the body, the unit of money, the title, the number of the form.
_ABOVE = re.compile(r"(?:部门|单位)[:：]|表$")


def read_cells(document: Document, tables: Sequence[CellTable], library: Library) -> Sheet:
    """The sheet of the tables of cells that one table is printed in, one after the other."""
    parts, problems = [], []
    for table in tables:
        edges = list(table.edges) or [float(edge) for edge in range(table.column_count + 1)]
        header, body, beside = split_header(rows_of(document, table), library)
        if over := _below_header_cells(header, body, beside):
            problems.append(f"{_place(document, table)}: {len(over)} rows of amounts stand beside cells of the header")
            body = [row for row in body if row not in over]
        if not _COLUMNS_NAMED.search(document.media_type) and (beyond := _beyond_header(header, body, beside)):
            problems.append(
                f"{_place(document, table)}: {len(beyond)} rows have an amount right of the last cell of the header"
            )
            body = [row for row in body if row not in beyond]
        if not table.edges:
            _widen_over_blanks(header)
        parts.append(SheetPart(_place(document, table), header, [SheetRow(row) for row in body], edges, beside))
    return Sheet(parts, problems)


def _place(document: Document, table: CellTable) -> str:
    """Where a table stands, for a person."""
    return f"page {table.page}" if table.page is not None else f"line {document.line_at(table.start).number}"


def rows_of(document: Document, table: CellTable) -> list[list[SheetCell]]:
    """The cells of a table, row by row."""
    rows: list[list[SheetCell]] = [[] for _ in range(table.row_count)]
    for cell in table.cells:
        text = cell_of(document.text, cell.pieces)
        rows[cell.row].append(SheetCell(text, cell.column, cell.column + cell.columns, cell.row, cell.rows))
    return rows


def split_header(
    rows: list[list[SheetCell]], library: Library
) -> tuple[list[HeaderRow], list[list[SheetCell]], list[SheetCell]]:
    """The header rows, the body rows, and header cells that stand in the first body row."""
    lead = int(_is_lone_header(rows, library))
    at = next((at for at, row in enumerate(rows[lead:], lead) if _is_body(row, library)), len(rows))
    at = at if _stands_over_amounts(rows[:at], rows[at:]) else 0
    header, body = rows[:at], rows[at:]
    if not header or not body:
        return header, body, []
    first = body[0]
    parts = [cell for cell in first if kind_of_key(cell, library) in ("class", "section", "item")]
    if len(parts) > 1:
        # 类 款 项 | 合计 | 100.00: the first total stands beside the last words of the header.
        return header, [[cell for cell in first if cell not in parts], *body[1:]], parts
    words = [one for one in first[1:] if one.cell.text and not is_amount(one.cell.folded)]
    beside = [one for one in words if library.knows(one.cell.text) and not ORDINAL.match(one.cell.folded)]
    return header, body, beside if len(beside) > 1 else []


def _below_header_cells(
    header: list[HeaderRow], body: list[list[SheetCell]], beside: list[SheetCell]
) -> list[list[SheetCell]]:
    """The rows of amounts that cells of the header reach into, which pushes their own cells aside."""
    end = max((one.row + one.rows for row in header for one in row if one.cell.text), default=0)
    amounts = [row for row in body if row and any(is_amount(one.cell.folded) for one in row)]
    return [] if beside else [row for row in amounts if row[0].row < end]


def _beyond_header(
    header: list[HeaderRow], body: list[list[SheetCell]], beside: list[SheetCell]
) -> list[list[SheetCell]]:
    """The rows with an amount right of where their header ends: one of the two lost a cell, and others moved with it."""
    end = max((one.last for row in header for one in row), default=0)
    if not end or beside:
        return []
    return [row for row in body if any(one.first >= end and is_amount(one.cell.folded) for one in row)]


def _stands_over_amounts(header: list[list[SheetCell]], body: list[list[SheetCell]]) -> bool:
    """Whether a header has a word over amounts: rows of labels alone, at the top of a page, are none."""
    over = {column for row in header for one in row if one.cell.text for column in range(one.first, one.last)}
    amounts = {one.first for row in body for one in row if is_amount(one.cell.folded)}
    return not amounts or bool(over & amounts)


def _is_body(row: list[SheetCell], library: Library) -> bool:
    filled = [one for one in row if one.cell.text]
    if not filled:
        return False
    first = filled[0].cell.folded
    if column_numbers(row, library) or (len(filled) == 1 and _ABOVE.search(first)):
        return False
    if any(is_amount(one.cell.folded) or _LISTED.match(one.cell.folded) for one in filled):
        return True  # 一、 begins an item, with or without an amount; no header is numbered so
    if library.says("empty.rows", first) or (ORDINAL.match(first) and not library.column(first)):
        return True
    others = [one for one in filled[1:] if library.knows(one.cell.text)]
    if not others and any(is_unreadable(one.cell.folded) or is_without_name(one.cell.folded) for one in filled[1:]):
        return True
    if library.says("totals", first) and filled[0].first == 0 and not others:
        return True
    return len(filled) == 1 and filled[0].last - filled[0].first == 1 and not library.key(first)


def _is_lone_header(rows: list[list[SheetCell]], library: Library) -> bool:
    """Whether a row holds one word over all columns, in a format that does not say what is merged: more header is below."""
    filled = [[one for one in row if one.cell.text] for row in rows[:2]]
    if len(filled) < 2 or len(filled[0]) != 1 or is_amount(filled[0][0].cell.folded):
        return False
    return library.knows(filled[0][0].cell.text) and len(filled[1]) > 1 and not _is_body(rows[1], library)


def _widen_over_blanks(header: list[HeaderRow]) -> None:
    """Let words of a header reach over the blank cells to their right, where the format does not say what is merged.

    A word over others does (收入 | blank over 项目 | 预算数), as far as words stand below; one over none is a column itself.
    None reaches below the next word above: what stands blank there is that one's (年末结转和结余 beside 本年支出 over 项目支出).
    """
    for at, row in enumerate(header):
        begun = {one.first for upper in header[:at] for one in upper if one.cell.text}
        below = {
            column
            for lower in header[at + 1 :]
            for one in lower
            if one.cell.text
            for column in range(one.first, one.last)
        }
        group: SheetCell | None = None
        for one in sorted(row, key=lambda one: one.first):
            if one.cell.text:
                group = one if one.first in below else None
            elif group is not None and one.first == group.last and one.first in below and one.first not in begun:
                group.last = one.last
            else:
                group = None
