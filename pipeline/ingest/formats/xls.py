"""The sheets of an old workbook (xls, et): values, how they are shown, what is hidden. Nothing in it is run or fetched."""

from __future__ import annotations

import io
from collections.abc import Iterator

import xlrd
from xlrd.book import Book
from xlrd.sheet import Cell
from xlrd.sheet import Sheet as Stored

from pipeline.ingest.document import NotReadable
from pipeline.ingest.formats.number_formats import show
from pipeline.ingest.formats.sheets import Sheet
from pipeline.ingest.limits import Limits


def xls_sheets(data: bytes, limits: Limits) -> Iterator[Sheet]:
    """The sheets in their order. Raises NotReadable."""
    try:
        book = xlrd.open_workbook(
            file_contents=data,
            formatting_info=True,
            ragged_rows=True,
            ignore_workbook_corruption=True,
            logfile=io.StringIO(),
        )
    except xlrd.XLRDError as error:
        if "encrypt" in str(error).lower():
            raise NotReadable("the workbook has a password; publish or fetch it without one") from error
        raise NotReadable(f"the workbook is broken ({error}); fetch it again, or save it as xlsx") from error
    left = limits.max_cells
    for number, stored in enumerate(book.sheets(), start=1):
        sheet = Sheet(stored.name, number, hidden=stored.visibility != 0)
        _fill(sheet, stored, book)
        left -= len(sheet.texts)
        if left < 0:
            raise NotReadable(f"its tables have more than the {limits.max_cells} cells that a source may have")
        yield sheet


def _fill(sheet: Sheet, stored: Stored, book: Book) -> None:
    for row in range(stored.nrows):
        for column, cell in enumerate(stored.row(row)):
            if text := _text(cell, book):
                sheet.texts[row, column] = text
            if cell.ctype == xlrd.XL_CELL_ERROR:
                sheet.errors.append((row, column))
    sheet.merged = [((top, left), (bottom - 1, right - 1)) for top, bottom, left, right in stored.merged_cells]
    sheet.hidden_rows = {row for row, about in stored.rowinfo_map.items() if about.hidden or about.height == 0}
    sheet.hidden_columns = {at for at, about in stored.colinfo_map.items() if about.hidden or about.width == 0}


def _text(cell: Cell, book: Book) -> str:
    """The value of a cell as it is shown; text as it is."""
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return show(cell.value, _format_of(cell, book), book.datemode == 1)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    return str(cell.value)


def _format_of(cell: Cell, book: Book) -> str:
    index = cell.xf_index
    known = (
        book.format_map.get(book.xf_list[index].format_key) if index is not None and index < len(book.xf_list) else None
    )
    return str(known.format_str) if known is not None else "General"
