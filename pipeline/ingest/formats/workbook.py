"""Workbooks (xlsx, xls, xlsb, ods, et): sheet by sheet, row by row, with the values that are stored.

What is hidden, how numbers are shown and which formulas have no value an xlsx and an ods say in their parts (``xlsx``,
``ods``), an xls through xlrd (``xls``). Of an xlsb calamine gives the values only.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.formats.blocks import compose
from pipeline.ingest.formats.number_formats import decimal_of, magnitude, plain, show_moment
from pipeline.ingest.formats.ods import ods_sheets
from pipeline.ingest.formats.packages import Package
from pipeline.ingest.formats.sheets import Sheet, sheet_blocks
from pipeline.ingest.formats.xls import xls_sheets
from pipeline.ingest.formats.xlsx import xlsx_sheets
from pipeline.ingest.limits import Limits

_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "xls": "application/vnd.ms-excel",
}
#: The record of a number format in the styles of an xlsb (BrtFmt).
_FORMAT = 44


def read(data: bytes, limits: Limits) -> Content:
    """What a workbook shows. Raises NotReadable."""
    kind, sheets = _sheets(data, limits)
    notes: list[str] = []
    remarks: list[str] = []
    blocks = list(sheet_blocks(sheets, limits, notes, remarks))
    if not blocks:
        raise NotReadable("; ".join(["the workbook shows no text", *notes, *remarks]))
    return compose(blocks, _MEDIA[kind], limits, notes, remarks)


def _sheets(data: bytes, limits: Limits) -> tuple[str, Iterator[Sheet]]:
    """The kind of a workbook, and its sheets."""
    if not data.startswith(b"PK"):
        return "xls", xls_sheets(data, limits)
    package = Package(data, limits)
    if package.has("xl/workbook.bin"):
        return "xlsb", _binary_sheets(data, package, limits)
    if package.has("xl/workbook.xml"):
        return "xlsx", xlsx_sheets(package, limits)
    return "ods", ods_sheets(package, limits)


def _binary_sheets(data: bytes, package: Package, limits: Limits) -> Iterator[Sheet]:
    scaled = [each for each in _formats(package.bytes("xl/styles.bin")) if any(map(magnitude, each.split(";")))]
    if scaled:
        raise NotReadable(
            f"the workbook (xlsb) shows numbers in thousands or 万 ({scaled[0]}), and which is not read; save it as xlsx"
        )
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for number, about in enumerate(workbook.sheets_metadata, start=1):
            if about.typ is not SheetTypeEnum.WorkSheet:
                continue
            sheet = Sheet(about.name, number, hidden=about.visible is not SheetVisibleEnum.Visible)
            cells = workbook.get_sheet_by_index(number - 1)
            if cells.height * cells.width > 8 * limits.max_cells:
                raise NotReadable(f"its tables have more than the {limits.max_cells} cells that a source may have")
            first_row, first_column = cells.start or (0, 0)
            for y, row in enumerate(cells.to_python(skip_empty_area=True), first_row):
                for x, value in enumerate(row, first_column):
                    if text := _text(value):
                        sheet.texts[y, x] = text
            sheet.merged = list(cells.merged_cell_ranges or ())
            yield sheet
    except PasswordError as error:
        raise NotReadable("the workbook has a password; publish or fetch it without one") from error
    except CalamineError as error:
        raise NotReadable(f"the workbook is broken ({error}); fetch it again, or save it as xlsx") from error


def _formats(styles: bytes) -> Iterator[str]:
    """The number formats in the styles of an xlsb: records of a kind, a length (seven bits a byte each) and so many bytes."""
    at = 0
    while at < len(styles):
        kind, at = _number(styles, at, 2)
        length, at = _number(styles, at, 4)
        if kind == _FORMAT:  # its number, and its text: a length and characters of two bytes
            yield styles[at + 6 : at + length].decode("utf-16-le", "replace")
        at += length


def _number(data: bytes, at: int, most: int) -> tuple[int, int]:
    value = 0
    for order, byte in enumerate(data[at : at + most]):
        value |= (byte & 0x7F) << (7 * order)
        if byte < 0x80:
            return value, at + order + 1
    return value, at + most


def _text(value: Any) -> str:
    """A value that calamine gives, as it is printed: it does not say how numbers are shown, so they stay plain."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return plain(decimal_of(value))
    if isinstance(value, datetime | date | time | timedelta):
        return show_moment(value)
    return str(value)
