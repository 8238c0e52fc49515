"""Headers of ruled tables: which rows of cells they are, and which columns their words make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import ORDINAL
from pipeline.extract.tables.cells import Cell, Piece, is_amount
from pipeline.extract.tables.class_columns import with_classes
from pipeline.extract.tables.columns import Column, resolve
from pipeline.extract.tables.neighbours import tell_apart

_LISTED = re.compile(r"^[一二三四五六七八九十]+、")
# What may stand inside the frame above the header: the body, the unit of money, the title, the number of the form.
_ABOVE = re.compile(r"(?:部门|单位)[:：]|表$")
_MARK = re.compile(r"栏次|行次|[*＊]+|[甲乙丙丁戊]|[A-Z]|-+")
_COLUMN_NUMBER = re.compile(r"[（]?(\d{1,2})[）]?(?:=[\d+\-()（）…]+)?")


@dataclass(slots=True)
class Spot:
    """A cell and the columns it covers, ``first`` to ``last`` (exclusive), and the rows from ``row`` on."""

    cell: Cell
    first: int
    last: int
    row: int = 0
    rows: int = 1


def words_of(row: list[Spot]) -> tuple[str, ...]:
    return tuple(spot.cell.folded for spot in row if spot.cell.text)


def split_header(rows: list[list[Spot]], library: Library) -> tuple[list[list[Spot]], list[list[Spot]], list[Spot]]:
    """The header rows, the body rows, and header cells that stand in the first body row."""
    at = next((at for at, row in enumerate(rows) if _is_body(row, library)), len(rows))
    header, body = rows[:at], rows[at:]
    if not header or not body:
        return header, body, []
    first = body[0]
    parts = [spot for spot in first if _kind(spot, library) in ("class", "section", "item")]
    if len(parts) > 1:
        # 类 款 项 | 合计 | 100.00: the first total stands beside the last words of the header.
        return header, [[spot for spot in first if spot not in parts], *body[1:]], parts
    words = [spot for spot in first[1:] if spot.cell.text and not is_amount(spot.cell.folded)]
    mixed = [spot for spot in words if library.knows(spot.cell.text) and not ORDINAL.match(spot.cell.folded)]
    return header, body, mixed if len(mixed) > 1 else []


def _is_body(row: list[Spot], library: Library) -> bool:
    filled = [spot for spot in row if spot.cell.text]
    if not filled:
        return False
    first = filled[0].cell.folded
    if _numbering(row, library) or (len(filled) == 1 and _ABOVE.search(first)):
        return False
    if any(is_amount(spot.cell.folded) or _LISTED.match(spot.cell.folded) for spot in filled):
        return True  # 一、 begins an item, with or without an amount; no header is numbered so
    if library.says("empty.rows", first) or (ORDINAL.match(first) and not library.column(first)):
        return True
    others = [spot for spot in filled[1:] if library.knows(spot.cell.text)]
    if library.says("totals", first) and filled[0].first == 0 and not others:
        return True
    return len(filled) == 1 and filled[0].last - filled[0].first == 1 and not library.key(first)


def _numbering(row: list[Spot], library: Library) -> list[Spot]:
    """The column numbers of a row that has nothing else, or only words of the header beside them (类 款 项 栏次 1 2 3)."""
    filled = [spot for spot in row if spot.cell.text]
    marks = [spot for spot in filled if _MARK.fullmatch(spot.cell.folded) or not _names_keys(spot, library)]
    numbers = sum(spot.cell.folded.isdigit() for spot in marks)
    if len(marks) < len(filled) and numbers < 2:
        return []
    return marks if is_numbering_text([spot.cell.folded for spot in marks]) else []


def _names_keys(spot: Spot, library: Library) -> bool:
    return _kind(spot, library) in ("class", "section", "item", "code", "name", "code_name")


def _kind(spot: Spot, library: Library) -> str | None:
    """What a column below a cell's word holds, where the word says that it names rows."""
    key = library.key(spot.cell.text)
    return key.kind if key else None


def is_numbering_text(words: Sequence[str]) -> bool:
    """A row of column numbers: 栏次 1 2 3, ** ** 1 2, 甲 乙 1 2=3+4. Its numbers rise by one and start anywhere."""
    marks = [word for word in words if _MARK.fullmatch(word)]
    numbers = [int(match.group(1)) for word in words if (match := _COLUMN_NUMBER.fullmatch(word))]
    if len(marks) + len(numbers) != len(words) or not words:
        return False
    rising = all(b == a + 1 for a, b in zip(numbers, numbers[1:], strict=False))
    return any(word in ("栏次", "行次") for word in words) or (rising and len(numbers) >= 2 and numbers[0] == 1)


def fill_blanks(header: list[list[Spot]]) -> None:
    """Let words of a header reach over the blank cells to their right, where the format does not say what is merged.

    A word over others does (收入 | blank over 项目 | 预算数), as far as words stand below; one over none is a column itself.
    """
    for at, row in enumerate(header):
        below = {
            column for lower in header[at + 1 :] for s in lower if s.cell.text for column in range(s.first, s.last)
        }
        group: Spot | None = None
        for spot in sorted(row, key=lambda spot: spot.first):
            if spot.cell.text:
                group = spot if spot.first in below else None
            elif group is not None and spot.first == group.last and spot.first in below:
                group.last = spot.last
            else:
                group = None


def resolves(header: list[list[Spot]], library: Library) -> bool:
    return any(library.knows(spot.cell.text) for row in header for spot in row if spot.cell.text)


def columns_of(
    header: list[list[Spot]], mixed: list[Spot], count: int, form: TableForm, library: Library
) -> tuple[Column, ...]:
    paths: list[list[str]] = [[] for _ in range(count)]
    pieces: list[list[tuple[Piece, ...]]] = [[] for _ in range(count)]
    for row in [*header, mixed]:
        numbering = _numbering(row, library)
        filled = [spot for spot in row if spot.cell.text and spot not in numbering]
        for order, spot in enumerate(filled):
            text = spot.cell.text
            whole = spot.first == 0 and spot.last >= count and len(filled) == 1
            if whole and not library.knows(spot.cell.text):
                continue  # a title or a unit line inside the frame
            if order == 0 and library.says("totals", text) and _labels_rows(paths[spot.first], library):
                continue  # the label of the first body row, ruled together with the header
            for column in range(spot.first, min(spot.last, count)):
                paths[column].append(text)
                pieces[column].append(spot.cell.pieces)
    columns = [resolve(index, tuple(path), form, library) for index, path in enumerate(paths)]
    amounts = [set(column.path[:-1]) for column in columns if column.kind == "amount"]
    common = frozenset(set.intersection(*amounts)) if len(amounts) > 1 else frozenset()
    sides = frozenset(word for column in columns if column.kind == "key" for word in column.path[:-1])
    if common or sides:
        columns = [resolve(index, tuple(path), form, library, common, sides) for index, path in enumerate(paths)]
    columns = with_classes(columns, form, library)
    columns = [c if c.item_level is None else replace(c, item_pieces=pieces[c.index][c.item_level]) for c in columns]
    return tell_apart(columns, form, library)


def _labels_rows(path: list[str], library: Library) -> bool:
    """Whether a column's words name its rows; 资金来源 over 合计 and 一般公共预算 says whose the amounts are."""
    return any(key.kind != "text" for word in path if (key := library.key(word)) is not None)


def moved(columns: tuple[Column, ...], edges: list[float], own: list[float]) -> tuple[Column, ...]:
    """The columns of the page before, for a continuation ruled a little differently."""
    found = []
    for index in range(len(own) - 1):
        middle = (own[index] + own[index + 1]) / 2
        over = [c for c in columns if edges[c.index] <= middle <= edges[c.index + 1]]
        found.append(replace(over[0], index=index) if over else Column(index, ()))
    return tuple(found)
