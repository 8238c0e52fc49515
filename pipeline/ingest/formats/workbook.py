"""Workbooks (xlsx, xls, xlsb, ods, et): sheet by sheet, row by row, with the values that are stored.

An xlsx is read from its own parts (``xlsx``), which say what calamine does not: how numbers are shown, what is hidden, and
which formulas have no value. The other formats are read by calamine.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.formats.blocks import compose
from pipeline.ingest.formats.number_formats import decimal_of, plain, show_moment
from pipeline.ingest.formats.packages import Package
from pipeline.ingest.formats.sheets import Sheet, sheet_blocks
from pipeline.ingest.formats.xlsx import xlsx_sheets
from pipeline.ingest.limits import Limits

_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "xls": "application/vnd.ms-excel",
}


def read(data: bytes, limits: Limits) -> Content:
    """What a workbook shows. Raises NotReadable."""
    kind = "xls"
    sheets: Iterator[Sheet]
    if data.startswith(b"PK"):
        package = Package(data, limits)
        kind = "xlsb" if package.has("xl/workbook.bin") else "xlsx" if package.has("xl/workbook.xml") else "ods"
    sheets = xlsx_sheets(package, limits) if kind == "xlsx" else _calamine_sheets(data, limits)
    notes: list[str] = []
    remarks: list[str] = []
    blocks = list(sheet_blocks(sheets, limits, notes, remarks))
    if not blocks:
        raise NotReadable("; ".join(["the workbook shows no text", *notes, *remarks]))
    return compose(blocks, _MEDIA[kind], limits, notes, remarks)


def _calamine_sheets(data: bytes, limits: Limits) -> Iterator[Sheet]:
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


def _text(value: Any) -> str:
    """A value that calamine gives, as it is printed: it does not say how numbers are shown, so they stay plain."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return plain(decimal_of(value))
    if isinstance(value, datetime | date | time | timedelta):
        return show_moment(value)
    return str(value)
