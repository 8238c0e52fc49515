"""The sheets of an xlsx from its parts: values, how they are shown, what is hidden. Nothing in it is run or fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.ingest.document import NotReadable
from pipeline.ingest.formats.number_formats import BUILT_IN, show
from pipeline.ingest.formats.packages import Package
from pipeline.ingest.formats.sheets import Place, Sheet
from pipeline.ingest.limits import Limits

_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
#: A character that XML cannot hold, as Excel writes it.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


def xlsx_sheets(package: Package, limits: Limits) -> Iterator[Sheet]:
    """The sheets in their order. Raises NotReadable."""
    main = package.main_part("xl/workbook.xml")
    root, related = package.xml(main), package.related(main)
    if root is None:
        raise NotReadable("the workbook lists no sheets; fetch it again")
    parts = {kind: path for kind, path in related.values()}
    reader = _Reader(package, limits, parts.get("sharedStrings"), parts.get("styles"))
    reader.epoch_1904 = any(each.get("date1904") in ("1", "true") for each in root.iter("workbookPr"))
    for number, each in enumerate(root.iter("sheet"), start=1):
        # Each sheet has a part of its own: were one part many sheets, it would be unpacked as often.
        kind, part = related.pop(each.get("r:id", ""), ("", ""))
        if kind == "worksheet":
            sheet = Sheet(each.get("name", ""), number, hidden=each.get("state", "visible") != "visible")
            reader.fill(sheet, part)
            yield sheet


class _Reader:
    """What all sheets of a workbook share: strings, formats, and how many cells they may still have."""

    def __init__(self, package: Package, limits: Limits, strings: str | None, styles: str | None) -> None:
        self.package, self.limits, self.left = package, limits, limits.max_cells
        self.strings = list(self._strings(strings)) if strings else []
        self.formats = _formats(package.xml(styles) if styles else None)
        self.epoch_1904 = False

    def _strings(self, part: str) -> Iterator[str]:
        size = 0
        for event, element in self.package.events(part):
            if event == "end" and element.tag == "si":
                text = _rich_text(element)
                element.clear()
                size += len(text)
                if size > self.limits.max_characters:
                    raise NotReadable(f"more than the {self.limits.max_characters} characters that a source may have")
                yield text

    def fill(self, sheet: Sheet, part: str) -> None:
        """Read the cells of the part ``part`` into ``sheet``."""
        row, column = -1, -1
        for event, element in self.package.events(part):
            tag = element.tag
            if event == "start" and tag == "row":
                row, column = _number(element.get("r"), row + 2) - 1, -1
                if element.get("hidden") in ("1", "true") or element.get("ht") == "0":
                    sheet.hidden_rows.add(row)
            elif event == "start" and tag == "c":
                row, column = _place(element.get("r")) or (row, column + 1)
            elif event == "end" and tag == "c":
                self._cell(sheet, (row, column), element)
                element.clear()
            elif event == "end":
                _note(sheet, element)

    def _cell(self, sheet: Sheet, place: Place, element: Element) -> None:
        value, formula, inline = element.find("v"), element.find("f"), element.find("is")
        kind, stored = element.get("t", "n"), (value.text or "") if value is not None else ""
        if inline is not None:
            text = _rich_text(inline)
        elif not stored:
            if formula is not None and kind != "str":
                sheet.uncomputed.append(place)
            return
        elif kind == "e":
            sheet.errors.append(place)
            text = stored
        else:
            text = self._text(kind, stored, _number(element.get("s"), 0))
        if text:
            self.left -= 1
            if self.left < 0:
                raise NotReadable(f"its tables have more than the {self.limits.max_cells} cells that a source may have")
            sheet.texts[place] = text

    def _text(self, kind: str, stored: str, style: int) -> str:
        """A stored value as it is shown; text as it is."""
        if kind == "s":
            at = _number(stored, -1)
            return self.strings[at] if 0 <= at < len(self.strings) else ""
        if kind == "b":
            return "TRUE" if stored == "1" else "FALSE"
        if kind != "n":  # str: the text that a formula gave; d: a date as it is written
            return _unescaped(stored)
        try:
            value = float(stored)
        except ValueError:
            return stored
        return show(value, self.formats[style] if style < len(self.formats) else "General", self.epoch_1904)


def _note(sheet: Sheet, element: Element) -> None:
    """Keep what an element says of the sheet: hidden columns, merged ranges."""
    if element.tag == "col" and (element.get("hidden") in ("1", "true") or element.get("width") == "0"):
        first, last = _number(element.get("min"), 1), _number(element.get("max"), 0)
        if len(sheet.hidden_columns) < _MOST_COLUMNS:
            sheet.hidden_columns.update(range(first - 1, min(last, _MOST_COLUMNS)))
    elif element.tag == "mergeCell":
        one, _, other = element.get("ref", "").partition(":")
        if (start := _place(one)) and (end := _place(other)):
            sheet.merged.append((start, end))
    elif element.tag == "row":
        element.clear()


def _formats(styles: Element | None) -> list[str]:
    """The number format of each cell style."""
    if styles is None:
        return []
    own = {_number(each.get("numFmtId"), -1): each.get("formatCode", "") for each in styles.iter("numFmt")}
    styled = styles.find("cellXfs")
    ids = [_number(each.get("numFmtId"), 0) for each in (styled if styled is not None else ())]
    return [own.get(each) or BUILT_IN.get(each, "General") for each in ids]


def _rich_text(element: Element) -> str:
    """The text of a string and its runs; not how it is to be pronounced (rPh)."""
    parts = []
    for child in element:
        if child.tag == "t":
            parts.append(child.text or "")
        elif child.tag == "r":
            parts += [each.text or "" for each in child.iter("t")]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


def _place(name: str | None) -> Place | None:
    """The row and column (from 0) of a place such as B7; None where it is none of a sheet."""
    match = _PLACE.fullmatch(name or "")
    if match is None:
        return None
    column = 0
    for letter in match.group(1).upper():
        column = 26 * column + ord(letter) - 64
    row = int(match.group(2))
    return (row - 1, column - 1) if 1 <= row <= _MOST_ROWS and column <= _MOST_COLUMNS else None


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default
