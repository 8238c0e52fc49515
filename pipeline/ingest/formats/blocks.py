"""Paragraphs and tables in reading order, as a format marks them, to the text, lines and cells of a Content."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import NamedTuple, TypeAlias

from pipeline.ingest.document import Arrangement, Cell, CellTable, Content, NotReadable
from pipeline.ingest.limits import Limits
from pipeline.ingest.radicals import ordinary
from pipeline.ingest.text import split_lines

#: Characters that print nothing: controls, soft hyphen, zero width, marks of direction, byte order marks.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_BREAK = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")
#: A surrogate is no character of its own; it comes of broken references such as &#xD800;.
_SURROGATE = re.compile("[\ud800-\udfff]")
#: What a line of a broken number prints, what it is whole, and which numbers no ordinal over another looks like.
_PIECE = re.compile(r"-?[\d,.]+")
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_AMOUNT = re.compile(r"-?[\d,]{3,}\.\d{2,}")

#: Of a table of one or two rows, how many paragraphs in one cell make it a frame around text.
_FRAMED = 4


#: Stands in a cell for a picture that is all it shows: an amount may stand there that nobody can read.
PICTURE = "\ufffc"


class Paragraph(NamedTuple):
    """A paragraph; line breaks in it begin lines of their own."""

    text: str


@dataclass(slots=True)
class CellBlock:
    """A cell: where it lies in the grid, how many rows and columns it covers, and the blocks that stand in it."""

    row: int
    column: int
    blocks: Sequence[Block]
    rows: int = 1
    columns: int = 1


@dataclass(slots=True)
class TableBlock:
    """A table as a format marks it. ``page`` is the number of the sheet that it is."""

    cells: list[CellBlock] = field(default_factory=list)
    page: int | None = None


Block: TypeAlias = Paragraph | TableBlock


def compose(
    blocks: Iterable[Block],
    media_type: str,
    limits: Limits,
    notes: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Content:
    """The content that ``blocks`` make: a line for each paragraph and for each row of a table, cells set apart by a tab.

    A merged cell is printed once, at its first place. Lines inside a cell are pieces of it, set apart by a space.
    A table that only frames other text (see ``_frames``) gives its paragraphs. Raises NotReadable.
    """
    writer = _Writer(limits)
    for block in blocks:
        writer.write(block)
    text = "".join(writer.parts)
    if not text.strip():
        raise NotReadable("it shows no text")
    return Content(
        media_type=media_type,
        text=text,
        lines=split_lines(text),
        arrangement=Arrangement.STRUCTURE,
        tables=tuple(writer.tables),
        notes=tuple(dict.fromkeys(notes)),
        remarks=tuple(dict.fromkeys(remarks)),
    )


def printed_lines(text: str) -> list[str]:
    """The lines of ``text`` that print anything, without what no reader sees; radicals become characters."""
    seen = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text.replace("\xa0", " ")))
    return [line for each in _BREAK.split(ordinary(seen)) if (line := each.strip())]


def make_one_number(pieces: Sequence[str], decimals: int | None = None) -> bool:
    """Whether the lines of a cell are pieces of one amount (``780,174.`` over ``17``) of a table with so many ``decimals``.

    All but the last cannot be numbers themselves: a point or a comma stands at the break, a group has too few digits.
    """
    whole = "".join(pieces)
    if not all(_PIECE.fullmatch(piece) for piece in pieces) or not _NUMBER.fullmatch(whole):
        return False
    if decimals is not None and len(whole.partition(".")[2]) not in (0, decimals):
        return False
    return all(
        piece[-1] in ",."
        or below[0] in ",."
        or not _NUMBER.fullmatch(piece)
        or (decimals is not None and 0 < len(piece.partition(".")[2]) < decimals)
        for piece, below in pairwise(pieces)
    )


class _Writer:
    """The text so far, and its tables."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.length, self.cells, self.places = limits, 0, 0, 0
        self.parts: list[str] = []
        self.tables: list[CellTable] = []

    def write(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            for line in printed_lines(block.text):
                self._print(line + "\n")
        elif _frames(block):
            for cell in sorted(block.cells, key=lambda each: (each.row, each.column)):
                for inner in cell.blocks:
                    self.write(inner)
        else:
            self._table(block)

    def _print(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)
        if self.length > self.limits.max_characters:
            raise NotReadable(f"more than the {self.limits.max_characters} characters that a source may have")

    def _table(self, block: TableBlock) -> None:
        cells = _without_empty_places(block.cells)
        self.cells += len(cells)
        self.places += sum(cell.rows * cell.columns for cell in cells)
        if self.cells > self.limits.max_cells or self.places > 8 * self.limits.max_cells:
            raise NotReadable(f"its tables have more than the {self.limits.max_cells} cells that a source may have")
        start, end = self.length, self.length
        made: list[Cell] = []
        for _, group in groupby(cells, key=lambda each: each.row):
            row = [(each, [line for inner in each.blocks for line in _lines_of(inner)]) for each in group]
            blank = not any(lines for _, lines in row)
            for at, (each, lines) in enumerate(row):
                if at and not blank:
                    self._print("\t")
                pieces = self._pieces(lines)
                end = pieces[-1][1] if pieces else end
                made.append(Cell(each.row, each.column, each.rows, each.columns, pieces))
            self._print("\n")
        if made:
            rows = max(cell.row + cell.rows for cell in made)
            columns = max(cell.column + cell.columns for cell in made)
            self.tables.append(CellTable(tuple(made), rows, columns, start, end, block.page))

    def _pieces(self, lines: list[str]) -> tuple[tuple[int, int], ...]:
        pieces = []
        if len(lines) > 1 and _AMOUNT.fullmatch("".join(lines)) and make_one_number(lines):
            lines = ["".join(lines)]
        for at, line in enumerate(lines):
            if at:
                self._print(" ")
            pieces.append((self.length, self.length + len(line)))
            self._print(line)
        return tuple(pieces)


def _lines_of(block: Block) -> Iterator[str]:
    """The lines that ``block`` prints inside a cell."""
    if isinstance(block, Paragraph):
        yield from (line.replace("\t", " ") for line in printed_lines(block.text))
        return
    for cell in block.cells:
        for inner in cell.blocks:
            yield from _lines_of(inner)


def _frames(table: TableBlock) -> bool:
    """Whether a table only places other text on the page: it has one column, or what it holds is mostly other tables,
    or its one or two rows hold whole texts.
    """
    if len({cell.column for cell in table.cells}) <= 1:
        return True
    inner = [(cell.row, block) for cell in table.cells for block in cell.blocks if _is_data(block)]
    if inner:
        around = {row for row, _ in inner}
        filled = Counter(cell.row for cell in table.cells if any(map(_size, cell.blocks)) and cell.row not in around)
        own = sum(count > 1 for count in filled.values())
        return own < 2 or 2 * sum(_size(block) for _, block in inner) > _size(table)
    longest = max(sum(isinstance(block, Paragraph) for block in cell.blocks) for cell in table.cells)
    return longest >= _FRAMED and len({cell.row for cell in table.cells}) <= 2


def _is_data(block: Block) -> bool:
    """Whether ``block`` is a table of several rows and columns, or frames one."""
    if isinstance(block, Paragraph):
        return False
    if len({cell.row for cell in block.cells}) > 1 and len({cell.column for cell in block.cells}) > 1:
        return True
    return any(_is_data(inner) for cell in block.cells for inner in cell.blocks)


def _size(block: Block) -> int:
    """How many characters ``block`` prints."""
    if isinstance(block, Paragraph):
        return len(block.text.strip())
    return sum(_size(inner) for cell in block.cells for inner in cell.blocks)


def _without_empty_places(cells: list[CellBlock]) -> list[CellBlock]:
    """``cells`` in reading order, without rows and columns in which no cell begins: they only widen others."""
    rows = {row: at for at, row in enumerate(sorted({cell.row for cell in cells}))}
    columns = {column: at for at, column in enumerate(sorted({cell.column for cell in cells}))}
    row_bounds, column_bounds = sorted(rows), sorted(columns)
    placed = [
        CellBlock(
            rows[cell.row],
            columns[cell.column],
            cell.blocks,
            _count(row_bounds, cell.row, cell.rows),
            _count(column_bounds, cell.column, cell.columns),
        )
        for cell in cells
    ]
    return sorted(placed, key=lambda cell: (cell.row, cell.column))


def _count(bounds: list[int], first: int, length: int) -> int:
    """How many of the sorted ``bounds`` lie in ``length`` places from ``first`` on."""
    return bisect_left(bounds, first + length) - bisect_left(bounds, first)
