"""Workbooks (xlsx, xls, xlsb, ods, et): sheet by sheet, row by row, with the values that are stored.

What is hidden, how numbers are shown and which formulas have no value each kind says in its own way (``xlsx``, ``xlsb``,
``ods``; an xls through xlrd, ``xls``).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.formats.blocks import compose
from pipeline.ingest.formats.ods import ods_sheets
from pipeline.ingest.formats.packages import Package
from pipeline.ingest.formats.sheets import Sheet, sheet_blocks
from pipeline.ingest.formats.xls import xls_sheets
from pipeline.ingest.formats.xlsb import xlsb_sheets
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
        return "xlsb", xlsb_sheets(package, limits)
    if package.has("xl/workbook.xml"):
        return "xlsx", xlsx_sheets(package, limits)
    return "ods", ods_sheets(package, limits)
