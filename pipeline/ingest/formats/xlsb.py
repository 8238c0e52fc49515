"""The sheets of a binary workbook (xlsb) from its parts: values, how they are shown, what is hidden. Nothing in it is run.

A part is a run of records: a kind and a length (seven bits a byte each), and so many bytes ([MS-XLSB] 2.1.4).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pipeline.ingest.document import NotReadable
from pipeline.ingest.formats.number_formats import BUILT_IN, show
from pipeline.ingest.formats.packages import Package
from pipeline.ingest.formats.sheets import Place, Sheet
from pipeline.ingest.limits import Limits

# Records by their numbers in [MS-XLSB] 2.3.2.
_ROW, _BLANK, _RK, _ERROR, _BOOLEAN, _REAL, _TEXT, _SHARED = range(8)
_FORMULA_TEXT, _FORMULA_REAL, _FORMULA_BOOLEAN, _FORMULA_ERROR = range(8, 12)
_STRING, _FORMAT, _STYLE, _COLUMN, _RICH, _PROPERTIES, _SHEET, _MERGED = 19, 44, 47, 60, 62, 153, 156, 176
_STYLES, _END_STYLES = 617, 618
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
Record = tuple[int, bytes]


def xlsb_sheets(package: Package, limits: Limits) -> Iterator[Sheet]:
    """The sheets in their order. Raises NotReadable."""
    main = package.main_part("xl/workbook.bin")
    related = package.related(main)
    parts = {kind: path for kind, path in related.values()}
    try:
        reader = _Reader(package, limits, parts.get("sharedStrings"), parts.get("styles"))
        number = 0
        for kind, data in _records(package.bytes(main)):
            if kind == _PROPERTIES:
                reader.epoch_1904 = bool(data[0] & 1)
            elif kind == _SHEET:
                number += 1
                link, at = _string(data, 8)
                relation, part = related.pop(link, ("", ""))  # each sheet has a part of its own
                if relation == "worksheet":
                    sheet = Sheet(_string(data, at)[0], number, hidden=data[0] != 0)
                    reader.fill(sheet, part)
                    yield sheet
    except (struct.error, IndexError) as error:
        raise NotReadable(f"the workbook is broken ({error}); fetch it again, or save it as xlsx") from error


class _Reader:
    """What all sheets of a workbook share: strings, formats, and how many cells they may still have."""

    def __init__(self, package: Package, limits: Limits, strings: str | None, styles: str | None) -> None:
        self.package, self.limits, self.left = package, limits, limits.max_cells
        self.strings = list(self._strings(strings)) if strings else []
        self.formats = list(_formats(package.bytes(styles))) if styles else []
        self.epoch_1904 = False

    def _strings(self, part: str) -> Iterator[str]:
        size = 0
        for kind, data in _records(self.package.bytes(part)):
            if kind == _STRING:
                text, _ = _string(data, 1)
                size += len(text)
                if size > self.limits.max_characters:
                    raise NotReadable(f"more than the {self.limits.max_characters} characters that a source may have")
                yield text

    def fill(self, sheet: Sheet, part: str) -> None:
        """Read the cells of the part ``part`` into ``sheet``."""
        row = 0
        for kind, data in _records(self.package.bytes(part)):
            if kind == _ROW:
                row, *_, flags = struct.unpack_from("<IIHBB", data)
                if flags & 0x10:
                    sheet.hidden_rows.add(row)
            elif _BLANK < kind <= _FORMULA_ERROR or kind == _RICH:
                column, style = struct.unpack_from("<II", data)
                if row < _MOST_ROWS and column < _MOST_COLUMNS:
                    self._cell(sheet, (row, column), kind, data, style & 0xFFFFFF)
            elif kind == _COLUMN:
                first, last, width, _, flags = struct.unpack_from("<IIIIH", data)
                if flags & 1 or width == 0:
                    sheet.hidden_columns.update(range(first, min(last + 1, _MOST_COLUMNS)))
            elif kind == _MERGED:
                top, bottom, left, right = struct.unpack_from("<IIII", data)
                sheet.merged.append(((top, left), (bottom, right)))

    def _cell(self, sheet: Sheet, place: Place, kind: int, data: bytes, style: int) -> None:
        text = self._text(kind, data, style)
        if kind in (_ERROR, _FORMULA_ERROR):
            sheet.errors.append(place)
        if text:
            self.left -= 1
            if self.left < 0:
                raise NotReadable(f"its tables have more than the {self.limits.max_cells} cells that a source may have")
            sheet.texts[place] = text

    def _text(self, kind: int, data: bytes, style: int) -> str:
        """A stored value as it is shown; text as it is. It stands behind the column and the style of the cell."""
        if kind in (_TEXT, _FORMULA_TEXT):
            return _string(data, 8)[0]
        if kind == _RICH:
            return _string(data, 9)[0]
        if kind == _SHARED:
            (at,) = struct.unpack_from("<I", data, 8)
            return self.strings[at] if at < len(self.strings) else ""
        if kind in (_BOOLEAN, _FORMULA_BOOLEAN):
            return "TRUE" if data[8] else "FALSE"
        if kind in (_ERROR, _FORMULA_ERROR):
            return _ERRORS.get(data[8], "#N/A")
        value = _compressed(data) if kind == _RK else struct.unpack_from("<d", data, 8)[0]
        return show(value, self.formats[style] if style < len(self.formats) else "General", self.epoch_1904)


def _compressed(data: bytes) -> float:
    """An RK number: an integer, or the upper 30 bits of a float, either perhaps of hundredths."""
    (stored,) = struct.unpack_from("<i", data, 8)
    value = float(stored >> 2) if stored & 2 else struct.unpack("<d", struct.pack("<q", (stored & ~3) << 32))[0]
    return value / 100 if stored & 1 else value


def _formats(styles: bytes) -> Iterator[str]:
    """The number format of each cell style."""
    own: dict[int, str] = {}
    inside = False
    for kind, data in _records(styles):
        inside = kind == _STYLES or (inside and kind != _END_STYLES)
        if kind == _FORMAT:
            own[struct.unpack_from("<H", data)[0]] = _string(data, 2)[0]
        elif kind == _STYLE and inside:
            number = struct.unpack_from("<H", data, 2)[0]
            yield own.get(number) or BUILT_IN.get(number, "General")


def _string(data: bytes, at: int) -> tuple[str, int]:
    """The text at ``at``, a length and characters of two bytes, and where it ends."""
    (length,) = struct.unpack_from("<I", data, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _records(data: bytes) -> Iterator[Record]:
    at = 0
    while at < len(data):
        kind, at = _varying(data, at, 2)
        length, at = _varying(data, at, 4)
        yield kind, data[at : at + length]
        at += length


def _varying(data: bytes, at: int, most: int) -> tuple[int, int]:
    value = 0
    for order, byte in enumerate(data[at : at + most]):
        value |= (byte & 0x7F) << (7 * order)
        if byte < 0x80:
            return value, at + order + 1
    return value, at + most
