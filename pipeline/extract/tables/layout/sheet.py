"""Sheets of cells: what every layout is brought to before anything is read out of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold
from pipeline.extract.tables.lexicon import is_mark, numbers_columns
from schemas.joining import join

Piece = tuple[int, int]
_NAMING = ("class", "section", "item", "code", "name", "code_name")


class Cell(NamedTuple):
    """The text of a cell and the pieces of the document it is made of, in reading order."""

    pieces: tuple[Piece, ...]
    text: str

    @property
    def folded(self) -> str:
        return fold(self.text)


@dataclass(slots=True)
class SheetCell:
    """A cell and what it covers: the columns ``first`` to ``last`` (exclusive), and ``rows`` rows from ``row`` on."""

    cell: Cell
    first: int
    last: int
    row: int = 0
    rows: int = 1


#: The cells of a row of a header, from left to right.
HeaderRow = list[SheetCell]


@dataclass(slots=True)
class SheetRow:
    """A printed row below the header. ``placement`` says what put its amounts where they are."""

    cells: list[SheetCell]
    placement: str = "layout"


@dataclass(slots=True)
class SheetPart:
    """What one page, or one table of cells, holds of a table: rows of its header and rows below it.

    ``place`` names it for a person. ``edges`` are the borders of its columns, one more than columns. ``beside`` are
    header cells that stand in the first row of the body. ``body_start`` is where its body begins in the text, where
    that is known before its rows are.
    """

    place: str
    header: list[HeaderRow]
    body: list[SheetRow]
    edges: list[float]
    beside: list[SheetCell] = field(default_factory=list)
    body_start: int | None = None


@dataclass(slots=True)
class Sheet:
    """A table as it is laid out, part by part. ``problems`` say, for a person, what could not be placed and where."""

    parts: list[SheetPart] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def cell_of(text: str, pieces: Iterable[Piece]) -> Cell:
    """The cell whose text the pieces of ``text`` spell; pieces that only white space separates become one."""
    pieces = tuple(pieces)
    if len(pieces) == 1:
        start, end = pieces[0]
        return Cell(pieces, join([text[start:end]]))
    merged: list[Piece] = []
    for start, end in pieces:
        between = text[merged[-1][1] : start] if merged and merged[-1][1] <= start else "\n"
        if "\n" not in between and not between.strip():
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return Cell(tuple(merged), join(text[a:b] for a, b in merged))


def shorten(text: str, pieces: Iterable[Piece], lead: int, tail: int = 0) -> list[Piece]:
    """The pieces without their first ``lead`` and last ``tail`` characters, white space not counted."""
    kept = list(pieces)
    while kept and lead:
        start, end = kept.pop(0)
        if _is_solid(text[start:end]):
            taken = min(lead, end - start)
            start, lead = start + taken, lead - taken
        while start < end and lead:
            lead -= not text[start].isspace()
            start += 1
        if start < end:
            kept.insert(0, (start, end))
    while kept and tail:
        start, end = kept.pop()
        if _is_solid(text[start:end]):
            taken = min(tail, end - start)
            end, tail = end - taken, tail - taken
        while end > start and tail:
            end -= 1
            tail -= not text[end].isspace()
        if start < end:
            kept.append((start, end))
    return kept


def _is_solid(piece: str) -> bool:
    """Whether no white space stands in ``piece``: then its characters need not be looked at one by one."""
    return piece.split() == [piece]


def column_numbers(row: Sequence[SheetCell], library: Library) -> list[SheetCell]:
    """The cells of a row that number the columns, alone or beside words of the header (类 款 项 栏次 1 2 3)."""
    filled = [one for one in row if one.cell.text]
    marks = [one for one in filled if is_mark(one.cell.folded) or kind_of_key(one, library) not in _NAMING]
    numbers = sum(one.cell.folded.isdigit() for one in marks)
    if len(marks) < len(filled) and numbers < 2:
        return []
    return marks if numbers_columns([one.cell.folded for one in marks]) else []


def kind_of_key(one: SheetCell, library: Library) -> str | None:
    """What the column below a header's cell holds, where its word says that the column names rows."""
    key = library.key(one.cell.text)
    return key.kind if key else None
