"""Tables whose cells the format or the rules of a page set apart: each cell says which rows and columns it covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import fold
from pipeline.extract.tables.cells import Cell, Layout, TableRow, cell_of, is_amount
from pipeline.extract.tables.columns import Column
from pipeline.extract.tables.ruled_header import (
    Spot,
    columns_of,
    fill_blanks,
    is_numbering_text,
    moved,
    resolves,
    split_header,
    words_of,
)
from pipeline.ingest.document import CellTable, Document

_MERGED = ("class", "section", "code", "code_name", "name", "project", "unit", "unit_code")


def read_cells(document: Document, tables: Sequence[CellTable], form: TableForm, library: Library) -> Layout:
    """Rows and columns of the tables of cells that one table is printed in, one after the other."""
    parts = []
    for table in tables:
        edges = list(table.edges) or [float(edge) for edge in range(table.column_count + 1)]
        header, body, mixed = split_header(_rows(document, table), library)
        if not table.edges:
            fill_blanks(header)
        parts.append(PageRows(_place(document, table), header, body, edges, mixed))
    return read_rows(document, parts, form, library)


def _place(document: Document, table: CellTable) -> str:
    """Where a table stands, for a person."""
    return f"page {table.page}" if table.page is not None else f"line {document.line_at(table.start).number}"


def _rows(document: Document, table: CellTable) -> list[list[Spot]]:
    rows: list[list[Spot]] = [[] for _ in range(table.row_count)]
    for cell in table.cells:
        text = cell_of(document.text, cell.pieces)
        rows[cell.row].append(Spot(text, cell.column, cell.column + cell.columns, cell.row, cell.rows))
    return rows


@dataclass(slots=True)
class PageRows:
    """Rows of cells of one page or table of cells: those of the header, those below, header cells that stand in the
    first of these. ``place`` names it for a person."""

    place: str
    header: list[list[Spot]]
    body: list[list[Spot]]
    edges: list[float]
    mixed: list[Spot]


def read_rows(document: Document, pages: Sequence[PageRows], form: TableForm, library: Library) -> Layout:
    """The same from rows of cells, whatever found them."""
    layout = Layout()
    columns: tuple[Column, ...] = ()
    edges: list[float] = []
    headers: set[tuple[str, ...]] = set()
    torn: Cell | None = None
    for page in pages:
        header, body, own_edges = page.header, page.body, page.edges
        if resolves(header, library):
            columns = columns_of(header, page.mixed, len(own_edges) - 1, form, library)
            edges = own_edges
            headers |= {words_of(row) for row in header}
        elif columns and len(own_edges) != len(edges):
            columns = moved(columns, edges, own_edges)
            edges = own_edges
            body = [*header, *body]
        else:
            body = [*header, *body]
        if not columns:
            layout.problems.append(f"{page.place}: a grid without a header that any form knows")
            continue
        layout.columns = layout.columns or columns
        covering: dict[int, Spot] = {}
        printed = [row for row in body if any(s.cell.text for s in row) and words_of(row) not in headers]
        if printed and is_numbering_text([fold(word) for spot in printed[0] for word in spot.cell.text.split()]):
            del printed[0]  # the numbers of the columns, below what was taken for the whole header
        for order, row in enumerate(printed):
            if layout.body_start is None:
                layout.body_start = min(s.cell.pieces[0][0] for s in row if s.cell.pieces)
            cells = _cells(document, layout, columns, row, library)
            covering = _cover(cells, columns, row, covering)
            lone = _lone_name(cells, columns)
            if lone is not None and order == 0 and layout.rows and _continues(layout.rows[-1]):
                _prolong(document, layout.rows[-1], lone)  # the rest of a name that the page cut
            elif lone is not None and order == len(printed) - 1 and page is not pages[-1]:
                torn = lone  # the beginning of a name that the page cut
            elif cells:
                layout.rows.append(TableRow(columns, cells))
                if torn is not None and _continues(layout.rows[-1]):
                    _prolong(document, layout.rows[-1], torn, before=True)
                torn = None
    return layout


def _cells(
    document: Document, layout: Layout, columns: tuple[Column, ...], row: list[Spot], library: Library
) -> dict[int, Cell]:
    """The cells of a row by column; what stands across several columns of amounts is left out and said."""
    cells: dict[int, Cell] = {}
    printed = any(is_amount(spot.cell.folded) for spot in row if spot.cell.text)

    def labels_total(spot: Spot) -> bool:
        return printed and columns[spot.first].kind == "key" and library.says("totals", spot.cell.text)

    for spot in row:
        if not spot.cell.text or spot.first >= len(columns):
            continue
        covered = [c for c in columns[spot.first : spot.last] if c.kind == "amount"]
        if len(covered) > 1 and is_amount(spot.cell.folded):
            line = document.line_at(spot.cell.pieces[0][0])
            layout.problems.append(f"line {line.number}: {spot.cell.text} stands across {len(covered)} columns")
            continue
        if covered and not is_amount(spot.cell.folded) and library.knows(spot.cell.text) and not labels_total(spot):
            continue  # a header's word in a body row
        cells[_labelled(columns, spot) if covered and not is_amount(spot.cell.folded) else spot.first] = spot.cell
    return cells


def _labelled(columns: tuple[Column, ...], spot: Spot) -> int:
    """Where a label stands that covers groups side by side (公用经费合计 over two of them): in the last, by its amount."""
    last = max(c.index for c in columns[spot.first : spot.last] if c.kind == "amount")
    keys = [c for c in columns[last + 1 : spot.last] if c.kind == "key"]
    named = [c for c in keys if c.key in ("name", "label", "code_name")] or keys
    return named[0].index if named else spot.first


def _cover(
    cells: dict[int, Cell], columns: tuple[Column, ...], row: list[Spot], covering: dict[int, Spot]
) -> dict[int, Spot]:
    """Put the codes and names of merged cells into every row they cover; returns the cells that reach further down."""
    at = row[0].row
    taken = {index for spot in row for index in range(spot.first, spot.last)}
    reaching = {i: spot for i, spot in covering.items() if i not in taken and at < spot.row + spot.rows}
    for index, spot in reaching.items():
        if cells and index < len(columns) and columns[index].key in _MERGED:
            cells[index] = spot.cell
    return reaching | {spot.first: spot for spot in row if spot.cell.text and spot.rows > 1}


def _lone_name(cells: dict[int, Cell], columns: tuple[Column, ...]) -> Cell | None:
    """The one cell of a row that has nothing but (a part of) a name, beside a column of codes that is blank."""
    if len(cells) != 1 or not any(column.key in ("code", "class") for column in columns):
        return None
    ((index, cell),) = cells.items()
    return cell if columns[index].key == "name" and not is_amount(cell.folded) else None


def _continues(row: TableRow) -> bool:
    """Whether a row has a code and a name, so that a lone name at the page's edge can be a part of it."""
    kinds = {row.columns[index].key for index in row.cells if index < len(row.columns)}
    return bool(kinds & {"code", "class"}) and "name" in kinds


def _prolong(document: Document, row: TableRow, piece: Cell, before: bool = False) -> None:
    index = next(index for index in row.cells if row.columns[index].key == "name")
    own = row.cells[index].pieces
    row.cells[index] = cell_of(document.text, (*piece.pieces, *own) if before else (*own, *piece.pieces))
