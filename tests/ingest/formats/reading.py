"""What a format makes of bytes, as tests look at it."""

from __future__ import annotations

from pipeline.ingest.document import CellTable, Content
from pipeline.ingest.formats import format_of
from pipeline.ingest.limits import Limits


def content(data: bytes, limits: Limits | None = None) -> Content:
    """``data`` read in this process by the format that recognises it. The places of cells are held against the text."""
    format = format_of(data)
    assert format is not None
    read = format.read(data, limits or Limits())
    for table in read.tables:
        places = set()
        for cell in table.cells:
            for start, end in cell.pieces:
                assert table.start <= start < end <= table.end
                assert read.text[start:end] == read.text[start:end].strip()
            held = {(cell.row + y, cell.column + x) for y in range(cell.rows) for x in range(cell.columns)}
            assert not held & places
            places |= held
        assert max(row for row, _ in places) < table.row_count
        assert max(column for _, column in places) < table.column_count
        assert [(cell.row, cell.column) for cell in table.cells] == sorted(
            (cell.row, cell.column) for cell in table.cells
        )
    return read


def grid(read: Content, table: CellTable | None = None) -> list[list[str]]:
    """A table as rows of cells: a merged cell stands at its first place, the others that it covers are ``^``.

    Pieces of a cell are set apart by /.
    """
    table = table or read.tables[0]
    rows = [["^"] * table.column_count for _ in range(table.row_count)]
    for cell in table.cells:
        rows[cell.row][cell.column] = "/".join(read.text[start:end] for start, end in cell.pieces)
    return rows


def spans(read: Content, table: CellTable | None = None) -> dict[str, tuple[int, int]]:
    """The text of each merged cell, and how many rows and columns it covers."""
    table = table or read.tables[0]
    return {
        "".join(read.text[start:end] for start, end in cell.pieces): (cell.rows, cell.columns)
        for cell in table.cells
        if cell.rows > 1 or cell.columns > 1
    }
