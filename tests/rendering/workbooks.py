"""A disclosure as a workbook: a sheet a table or all below one another, numbers as numbers or as text."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

import openpyxl
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from tests.rendering.grids import GridRow, Spanned, body, header, moved, wide
from tests.rendering.model import UNITS, Disclosure, Table

_NUMBER = re.compile(r"-?[\d,]+(?:\.\d+)?")


@dataclass(frozen=True)
class How:
    """One sheet or one a table; whether amounts are numbers, and how they are shown."""

    sheets: bool
    numbers: bool
    number_format: str
    cover: bool
    merged: bool
    named: bool
    offset: int


def how(random: Random) -> How:
    """A random way to fill a workbook."""
    return How(
        random.random() < 0.7, random.random() < 0.6, random.choice(("General", "#,##0.00", "#,##0.00_ ", "0.00")),
        random.random() < 0.6, random.random() < 0.8, random.random() < 0.5, random.choice((0, 0, 1)),
    )  # fmt: skip


def render(disclosure: Disclosure, how: How) -> bytes:
    """The workbook as xlsx."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    if how.cover or not how.sheets:
        sheet = workbook.create_sheet("封面" if how.cover else "Sheet1")
        sheet["A1"] = disclosure.title
        for at, text in enumerate(disclosure.prose, 3):
            sheet.cell(at, 1, text)
    place = 3 + len(disclosure.prose)
    for number, table in enumerate(disclosure.tables, 1):
        if how.sheets:
            sheet = workbook.create_sheet(
                re.sub(r"[\\/*?:\[\]]", "", table.title)[:31] if how.named else f"Sheet{number}"
            )
            place = 1
            if not how.cover and number == 1:
                sheet["A1"], place = disclosure.title, 3
        place = _fill(sheet, table, how, place) + 2
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, table: Table, how: How, first: int) -> int:
    """Write a table from row ``first`` on; the row of the last line."""
    columns = len(table.columns)
    head = header(table.columns)
    rows: list[GridRow] = [
        wide(table.title, columns),
        [Spanned(0, columns - 1, f"单位：{table.unit}")],
        *head,
        *body(table),
    ]
    for row in moved(rows, first):
        for cell in row:
            _write(sheet, cell, how)
    last = first + len(rows)
    if table.note:
        sheet.cell(last, 1 + how.offset, table.note)
    return last


def _write(sheet: Worksheet, cell: Spanned, how: How) -> None:
    top, left = cell.row, cell.column + 1 + how.offset
    if cell.text:
        target = sheet.cell(top, left)
        if cell.amount and how.numbers and _NUMBER.fullmatch(cell.text):
            target.value, target.number_format = float(cell.text.replace(",", "")), how.number_format
        else:
            target.value, target.data_type, target.alignment = cell.text, "s", Alignment("center")
    if how.merged and (cell.rows > 1 or cell.columns > 1):
        sheet.merge_cells(
            start_row=top, end_row=top + cell.rows - 1, start_column=left, end_column=left + cell.columns - 1
        )


def stored(lines: list[dict[str, Any]], how: How) -> list[dict[str, Any]]:
    """What is expected of ``lines`` where the workbook holds numbers: the stored value, grouped as its format shows it."""
    if not how.numbers:
        return lines
    return [line | _shown(line, "," in how.number_format) for line in lines]


def _shown(line: dict[str, Any], grouped: bool) -> dict[str, Any]:
    value = Decimal(line["printed"].replace(",", "")).normalize()
    value = value if value.as_tuple().exponent <= 0 else value.quantize(Decimal(1))
    printed = f"{value:,f}" if grouped else f"{value:f}"
    return {"printed": printed, "precision": UNITS[line["printed_unit"]].scaleb(value.as_tuple().exponent)}
