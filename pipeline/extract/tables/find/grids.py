"""Ruled grids of one table: a grid goes on with the one before on evidence only, below it or beside it on the next page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.extract.forms import Library
from pipeline.extract.ledger import value_of
from pipeline.extract.patterns import fold, is_page_number
from pipeline.extract.tables.find.ends import DIGITS, line_text, running_lines, same_title
from pipeline.extract.tables.find.headings import Heading, is_preface, match_caption, reads_as_title
from pipeline.extract.tables.find.segment import Segment, lines_of
from pipeline.extract.tables.layout.cells import rows_of, split_header
from pipeline.extract.tables.layout.sheet import HeaderRow, Piece, SheetCell, kind_of_key
from pipeline.extract.tables.lexicon import CONTINUED, UNIT, is_amount
from pipeline.extract.tables.meaning.sums import is_sum
from pipeline.ingest.document import CellTable, Document

#: The borders of a table that goes on on the next page may be off by so many points.
_BORDER = 8.0
_CODE_LENGTHS = (3, 5, 7)


@dataclass(frozen=True, slots=True)
class _Grid:
    """A grid with its header and body rows."""

    table: CellTable
    header: list[HeaderRow]
    body: list[list[SheetCell]]

    def is_headed(self, library: Library) -> bool:
        return any(library.knows(one.cell.text) for row in self.header for one in row if one.cell.text)

    def begins(self, other: _Grid) -> bool:
        """Whether the header is the first rows of another's, cut off there by the end of a page: 收入 | 支出 over blanks."""
        rows = [[(one.cell.folded, one.first, one.last) for one in row] for row in self.header]
        return rows == [[(one.cell.folded, one.first, one.last) for one in row] for row in other.header[: len(rows)]]

    @property
    def words(self) -> list[str]:
        """The characters of the header, in an order that does not depend on how its lines are cut."""
        return sorted("".join(one.cell.folded for row in self.header for one in row))


class Grids:
    """Asks of the ruled grids of a document which of them make one table."""

    def __init__(self, document: Document, library: Library) -> None:
        self._document, self._library = document, library
        self._running = running_lines(document)

    def go_on(self, segment: Segment, table: CellTable) -> bool:
        """Whether a grid holds more rows of the one before: nothing but furniture between, and the same columns.

        The header is the same or there is none, on the same page or the next.
        """
        before = segment.tables[-1]
        if table.page is None or before.page is None or table.page not in (before.page, before.page + 1):
            return False
        return self._nothing_between(segment, table) and self.same_columns(segment.tables, table)

    def title_above(self, before: Segment | None, table: CellTable) -> Heading | None:
        """The line above a grid that reads as its title, known to a form or not."""
        lines = lines_of(self._document, table)
        if lines is None:
            return None
        stop = before.last if before is not None else 0
        for index in range(lines[0] - 1, max(stop, lines[0] - 8) - 1, -1):
            line = self._document.lines[index]
            text = fold(line_text(self._document, index))
            if line.page != table.page:
                return None
            if not text or is_preface(text):
                continue
            if not reads_as_title(text, self._library) or self._is_furniture(text):
                return None
            number, forms = match_caption(text, self._library)
            return Heading(index, index + 1, line.start, line.end, text, number, tuple(forms))
        return None

    def _nothing_between(self, segment: Segment, table: CellTable) -> bool:
        """Whether only page numbers, running heads and what stands above the first grid, too, part a grid from the last."""
        document = self._document
        last, first = lines_of(document, segment.tables[-1]), lines_of(document, table)
        if last is None or first is None:
            return True
        onward = table.page != segment.tables[-1].page
        above = self._above(segment) if onward else set()
        texts = [fold(line_text(document, index)) for index in range(last[1], first[0])]
        return all(not text or text in above or self._is_furniture(text, onward) for text in texts)

    def _above(self, segment: Segment) -> set[str]:
        lines = lines_of(self._document, segment.tables[0])
        stop = lines[0] if lines else segment.body
        return {fold(line_text(self._document, index)) for index in range(segment.first, stop)}

    def _is_furniture(self, text: str, onward: bool = False) -> bool:
        if is_page_number(text) or DIGITS.sub("0", text) in self._running:
            return True
        return onward and (UNIT.fullmatch(text) is not None or CONTINUED.fullmatch(text) is not None)

    def same_columns(self, tables: Sequence[CellTable], table: CellTable) -> bool:
        """Whether a grid has the header of the first, or its first rows or none and the borders of the last."""
        grid, first = self._grid(table), self._grid(tables[0])
        if grid.is_headed(self._library) and (grid.words == first.words or not grid.begins(first)):
            return grid.words == first.words
        own, edges = table.edges, tables[-1].edges
        if not own or not edges:
            return table.column_count == tables[-1].column_count
        return abs(own[0] - edges[0]) <= _BORDER and abs(own[-1] - edges[-1]) <= _BORDER

    def _grid(self, table: CellTable) -> _Grid:
        header, body, _ = split_header(rows_of(self._document, table), self._library)
        return _Grid(table, header, body)

    def join_sideways(self, segments: Iterable[Segment]) -> list[Segment]:
        """Give rows the columns that the next grid prints, where the same labels, or count, order and totals, prove whose they are."""
        kept: list[Segment] = []
        for segment in segments:
            wide = self._widened(kept[-1], segment) if kept else None
            if wide is None:
                kept.append(segment)
                continue
            before = kept[-1]
            before.repeats += range(segment.first, self._first_row(segment.tables[0]))
            before.tables[-1], labels = wide
            before.labels += labels
            before.last, before.notes = segment.last, [*before.notes, *segment.notes]
        return kept

    def _first_row(self, table: CellTable) -> int:
        pieces = [piece for one in self._grid(table).body[0] for piece in one.cell.pieces]
        return self._document.line_at(min(pieces)[0] if pieces else table.start).number - 1

    def _widened(self, one: Segment, other: Segment) -> tuple[CellTable, list[Piece]] | None:
        """The last grid of ``one`` with the columns of ``other`` beside it, and where that prints its labels again.

        None where nothing proves that the columns are of its rows.
        """
        if len(one.tables) != 1 or len(other.tables) != 1 or not one.forms or one.performance:
            return None
        if not self._follows(one, other):
            return None
        first = self._grid(one.tables[0])
        second = _with_numbers_in_header(first, self._grid(other.tables[0]))
        if len(first.body) != len(second.body) or not second.body:
            return None
        if not first.is_headed(self._library) or not second.is_headed(self._library):
            return None
        labels = self._labels(second)
        if labels:
            bare = self._without_labels(first, second, labels)
            return (_side_by_side(first, bare), _pieces_in(second.table, labels)) if bare else None
        return (_side_by_side(first, second), []) if _adds_up(first, second, self._library) else None

    def _follows(self, one: Segment, other: Segment) -> bool:
        """Whether a grid stands where columns go on: on the next page, or next in the text; under the same title or none."""
        if one.heading and other.heading and not same_title(one.heading, other.heading):
            return False
        left, right = one.tables[0], other.tables[0]
        if left.edges and right.edges:
            return left.page is not None and right.page == left.page + 1
        if left.edges or right.edges or (right.page or 0) - (left.page or 0) not in (0, 1):
            return False
        between = [fold(line) for line in self._document.text[left.end : right.start].split("\n")]
        title = CONTINUED.sub("", fold(one.heading.title)) if one.heading else ""
        # The name of a sheet (收入总表(续)) says the end of its title.
        return all(not text or is_preface(text) or title.endswith(CONTINUED.sub("", text)) for text in between)

    def _labels(self, grid: _Grid) -> frozenset[int]:
        """The columns of a grid that name its rows."""
        named = [one for row in grid.header for one in row if kind_of_key(one, self._library)]
        wordy = [one for row in grid.body for one in row if one.cell.text and not is_amount(one.cell.folded)]
        return frozenset(column for one in (*named, *wordy) for column in range(one.first, one.last))

    def _without_labels(self, first: _Grid, second: _Grid, labels: frozenset[int]) -> _Grid | None:
        """The second grid without the columns that repeat the labels of the first, row by row; None where one differs.

        Nor may a column be one that the first has already.
        """
        for left, right in zip(first.body, second.body, strict=True):
            known = {one.cell.folded for one in left}
            said = {one.cell.folded for one in right if one.first in labels and one.cell.text}
            if not said or not said <= known:
                return None
        table = second.table
        if any(
            0 < len(labels & {*range(cell.column, cell.column + cell.columns)}) < cell.columns for cell in table.cells
        ):
            return None
        if {*_paths(second, labels)} & {*_paths(first, self._labels(first))}:
            return None
        cells = tuple(
            cell._replace(column=cell.column - sum(column < cell.column for column in labels))
            for cell in table.cells
            if cell.column not in labels
        )
        edges = tuple(edge for at, edge in enumerate(table.edges) if at not in labels)
        # Without 栏次 beside them the numbers of its columns are known only by those of the first.
        columns = table.column_count - len(labels)
        alone = self._grid(replace(table, cells=cells, column_count=columns, edges=edges))
        bare = _with_numbers_in_header(first, alone)
        return bare if len(bare.body) == len(second.body) else None


def _with_numbers_in_header(first: _Grid, second: _Grid) -> _Grid:
    """The second grid with its first row in its header where that goes on with the numbers of the columns of the first (栏次)."""
    last = [one.cell.folded for row in first.header[-1:] for one in row if one.cell.text][-1:]
    row = [one.cell.folded for one in second.body[0] if one.cell.text] if second.body else []
    if not row or not all(text.isdecimal() for text in (*last, *row)) or not last:
        return second
    if [int(text) for text in row] != [int(last[0]) + step for step in range(1, len(row) + 1)]:
        return second
    return replace(second, header=[*second.header, second.body[0]], body=second.body[1:])


def _paths(grid: _Grid, labels: frozenset[int]) -> Iterator[tuple[str, ...]]:
    """The words above each column of amounts, from the top down."""
    for column in range(grid.table.column_count):
        if column not in labels:
            cells = [one for row in grid.header for one in row if one.first <= column < one.last]
            yield tuple(one.cell.folded for one in cells if one.cell.text)


def _pieces_in(table: CellTable, columns: frozenset[int]) -> list[Piece]:
    return [piece for cell in table.cells if cell.column in columns for piece in cell.pieces]


def _amounts(row: Iterable[SheetCell], keys: set[int], shift: int = 0) -> dict[int, Decimal]:
    """The amounts of a row by column, without the numbers in columns that name rows (codes)."""
    found: dict[int, Decimal] = {}
    for one in row:
        value = value_of(one.cell.folded) if is_amount(one.cell.folded) else None
        if value is not None and one.first not in keys:
            found[one.first + shift] = value
    return found


def _key_columns(grid: _Grid, library: Library) -> set[int]:
    named = [one for row in grid.header for one in row if kind_of_key(one, library)]
    return {index for one in named for index in range(one.first, one.last)}


def _adds_up(first: _Grid, second: _Grid, library: Library) -> bool:
    """Whether each row's first amount is the sum of its others, or each further column's total that of its rows."""
    shift = first.table.column_count
    keys = _key_columns(first, library)
    rows = [
        (_amounts(left, keys), _amounts(right, set(), shift))
        for left, right in zip(first.body, second.body, strict=True)
    ]
    return all(_whole_of_row(left, right) for left, right in rows) or _totals_of_columns(first, rows, library)


def _whole_of_row(left: dict[int, Decimal], right: dict[int, Decimal]) -> bool:
    values = [left[index] for index in sorted(left)]
    return len(values) > 0 and is_sum(values[0], [*values[1:], *right.values()])


def _totals_of_columns(
    first: _Grid, rows: Sequence[tuple[dict[int, Decimal], dict[int, Decimal]]], library: Library
) -> bool:
    totals = [
        at
        for at, row in enumerate(first.body)
        if any(library.says("totals", one.cell.text) for one in row if one.cell.text)
    ]
    codes = [_code(row) for row in first.body]
    leaves = [
        at
        for at, code in enumerate(codes)
        if code and not any(other and other != code and other.startswith(code) for other in codes)
    ]
    columns = {index for _, right in rows for index, value in right.items() if value}
    if len(totals) != 1 or not leaves or not columns:
        return False
    whole = rows[totals[0]][1]
    return all(
        column in whole and is_sum(whole[column], [rows[at][1][column] for at in leaves if column in rows[at][1]])
        for column in columns
    )


def _code(row: Iterable[SheetCell]) -> str | None:
    texts = (one.cell.folded for one in row)
    return next((text for text in texts if text.isdigit() and len(text) in _CODE_LENGTHS), None)


def _side_by_side(first: _Grid, second: _Grid) -> CellTable:
    """One grid of both: its header rows end, and its body rows begin, together."""
    one, other = first.table, second.table
    header = max(len(first.header), len(second.header))
    cells = [
        cell._replace(column=cell.column + shift, row=row, rows=rows)
        for grid, shift in ((first, 0), (second, one.column_count))
        for cell in grid.table.cells
        for row, rows in [_moved_down(cell.row, cell.rows, len(grid.header), header)]
    ]
    return CellTable(
        cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))),
        row_count=header + len(first.body),
        column_count=one.column_count + other.column_count,
        start=one.start,
        end=other.end,
        page=one.page,
        edges=(*one.edges, *(one.edges[-1] + edge - other.edges[0] for edge in other.edges[1:])) if one.edges else (),
    )


def _moved_down(row: int, rows: int, own: int, header: int) -> tuple[int, int]:
    if row >= own:
        return row + header - own, rows
    return row, rows + header - own if row + rows == own else rows
