"""The sheets of an OpenDocument workbook (ods): stored values, how they are shown, what is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from pipeline.ingest.document import NotReadable
from pipeline.ingest.formats.number_formats import plain
from pipeline.ingest.formats.packages import Package
from pipeline.ingest.formats.sheets import Sheet
from pipeline.ingest.limits import Limits

_CELLS = ("table-cell", "covered-table-cell")
_NUMBERS = ("float", "currency", "percentage")
_HIDDEN = ("collapse", "filter")
_SHOWN = re.compile(r"[^\d.,%]*(\d[\d,]*(?:\.(\d+))?)[^\d.,%]*")
#: Of repeated rows and columns that print something so many are kept at most; programs fill a sheet to its end with blanks.
_MOST = 1_000
_MOST_DIGITS = 15


def ods_sheets(package: Package, limits: Limits) -> Iterator[Sheet]:
    """The sheets in their order. Raises NotReadable."""
    if any(element.tag == "encryption-data" for _, element in package.events("META-INF/manifest.xml")):
        raise NotReadable("the workbook has a password; publish or fetch it without one")
    reader = _Reader(limits)
    for event, element in package.events("content.xml"):
        if event == "start":
            reader.begin(element)
        elif (sheet := reader.end(element)) is not None:
            yield sheet


class _Reader:
    """The sheet that is being read. Tables inside others, and what changes took out, are no sheets."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.left = limits, limits.max_cells
        self.hidden: set[str] = set()  # names of styles whose tables are not shown
        self.style = ""
        self.depth = self.number = self.row = self.column = self.skipped = 0
        self.sheet = Sheet("", 0)

    def begin(self, element: Element) -> None:
        if element.tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.number += 1
                hidden = element.get("style-name", "") in self.hidden
                self.sheet, self.row, self.column = Sheet(element.get("name", ""), self.number, hidden=hidden), 0, 0
        elif element.tag == "style":
            self.style = element.get("name", "")
        elif element.tag == "tracked-changes":
            self.skipped += 1

    def end(self, element: Element) -> Sheet | None:
        """Add what an element holds; the sheet where it ends one."""
        tag = element.tag
        if tag == "table-properties" and element.get("display") == "false":
            self.hidden.add(self.style)
        elif tag == "tracked-changes":
            self.skipped -= 1
            element.clear()
        elif tag == "table":
            self.depth -= 1
            return self.sheet if self.depth == 0 and not self.skipped else None
        elif self.depth == 1 and not self.skipped:
            self._part(element)
        return None

    def _part(self, element: Element) -> None:
        if element.tag == "table-column":
            many = _count(element, "number-columns-repeated")
            if element.get("visibility") in _HIDDEN:
                self.sheet.hidden_columns.update(range(self.column, self.column + min(many, _MOST)))
            self.column += many
        elif element.tag == "table-row":
            many = _count(element, "number-rows-repeated")
            for row in range(self.row, self.row + min(many, _MOST)):
                if element.get("visibility") in _HIDDEN:
                    self.sheet.hidden_rows.add(row)
                if not self._cells(element, row):
                    break
            self.row += many
            element.clear()

    def _cells(self, row: Iterable[Element], at: int) -> bool:
        """Add the cells of a row; whether it prints any."""
        column, prints = 0, False
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            many = _count(cell, "number-columns-repeated")
            text = _text(cell)
            for place in range(column, column + min(many, _MOST)) if text else ():
                self._add(cell, (at, place), text)
            if not text and cell.get("formula") and cell.get("value") is None and cell.find("p") is None:
                self.sheet.uncomputed.append((at, column))
            wide, high = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
            if wide > 1 or high > 1:
                self.sheet.merged.append(((at, column), (at + high - 1, column + wide - 1)))
            column += many
            prints = prints or bool(text)
        return prints

    def _add(self, cell: Element, place: tuple[int, int], text: str) -> None:
        if cell.tag == "covered-table-cell":
            return  # what stands below a merged cell is not seen
        self.left -= 1
        if self.left < 0:
            raise NotReadable(f"its tables have more than the {self.limits.max_cells} cells that a source may have")
        self.sheet.texts[place] = text
        if cell.get("value-type") == "error":
            self.sheet.errors.append(place)


def _count(element: Element, name: str) -> int:
    text = element.get(name, "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _text(cell: Element) -> str:
    """What a cell prints: the digits of its stored number as they are shown, else its text."""
    paragraphs = [element for element in cell if element.tag == "p"]
    shown = "\n".join("".join(_words(paragraph)) for paragraph in paragraphs)
    kind, value = cell.get("value-type", "string"), _decimal(cell.get("value"))
    if value is None or kind not in _NUMBERS:
        return shown or cell.get("date-value", "") or cell.get("string-value", "")
    if kind == "percentage":
        return plain(value * 100) + "%"
    if paragraphs and not shown.strip():
        return ""
    return _as_shown(value, shown)


def _words(element: Element) -> Iterator[str]:
    """The text of a paragraph; spaces are elements, notes of an author are not read."""
    if element.tag == "s":
        yield " " * min(_count(element, "c"), _MOST)
    elif element.tag in ("tab", "line-break"):
        yield " "
    elif element.tag != "annotation":
        yield element.text or ""
        for child in element:
            yield from _words(child)
            yield child.tail or ""


def _decimal(text: str | None) -> Decimal | None:
    try:
        value = Decimal(text) if text else None
    except InvalidOperation:
        return None
    if value is None or not value.is_finite() or abs(value.adjusted()) > 40:
        return None
    return value.quantize(Decimal(1).scaleb(value.adjusted() - _MOST_DIGITS + 1)) if value else Decimal(0)


def _as_shown(value: Decimal, shown: str) -> str:
    """``value`` grouped as ``shown``, and in thousands or 万 where it is shown so."""
    match = _SHOWN.fullmatch(shown)
    if match is not None and value and (printed := Decimal(match.group(1).replace(",", ""))):
        digits = value.adjusted() - printed.adjusted()
        last = Decimal(1).scaleb(-len(match.group(2) or ""))
        for by in (digits, digits + 1):  # rounding may have made one digit more
            if by > 0 and abs(abs(value).scaleb(-by) - printed) <= last / 2 < printed / 10:
                value = value.scaleb(-by)
                break
    text = plain(value)
    if match is None or "," not in match.group(1):
        return text
    whole, point, fraction = text.lstrip("-").partition(".")
    return f"{'-' if text.startswith('-') else ''}{int(whole):,}{point}{fraction}"
