"""Tables as pages of a PDF, ruled or not: wrapped cells, spans of the header, tables over several pages.

Uses reportlab with a font that PDF viewers bring along (STSong-Light): no font file is needed.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.rendering.model import Disclosure, Table

_FONT = "STSong-Light"
_MARGIN = 40.0


@dataclass(frozen=True)
class Sheet:
    """How pages look: their size, the size of letters, whether cells are ruled, headers and titles repeated."""

    width: float
    height: float
    size: float
    ruled: bool
    repeated: bool
    right: bool
    titled: bool


def sheet(random: Random, ruled: bool) -> Sheet:
    """A random look."""
    wide = random.random() < 0.5
    repeated = random.random() < 0.7
    width, height = (842.0, 595.0) if wide else (595.0, 842.0)
    return Sheet(
        width,
        height,
        random.choice((6.0, 7.0, 8.0)),
        ruled,
        repeated,
        random.random() < 0.6,
        repeated and random.random() < 0.4,
    )


def render(disclosure: Disclosure, how: Sheet, random: Random) -> bytes:
    """The disclosure as a PDF, the same bytes for the same arguments."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(how.width, how.height), invariant=1)
    canvas.setFont(_FONT, 14)
    canvas.drawCentredString(how.width / 2, how.height - 200, disclosure.title)
    canvas.showPage()
    _prose(canvas, disclosure.prose, how)
    for table in disclosure.tables:
        _Pages(canvas, table, how).draw()
    canvas.save()
    return buffer.getvalue()


def _prose(canvas: Canvas, prose: Sequence[str], how: Sheet) -> None:
    if not prose:
        return
    canvas.setFont(_FONT, 10)
    y = how.height - _MARGIN
    width = int((how.width - 2 * _MARGIN) / 10)
    for text in prose:
        for at in range(0, len(text), width):
            canvas.drawString(_MARGIN, y, text[at : at + width])
            y -= 16
            if y < _MARGIN:
                canvas.showPage()
                canvas.setFont(_FONT, 10)
                y = how.height - _MARGIN
    canvas.showPage()


class _Pages:
    """Draws one table from a page's top on."""

    def __init__(self, canvas: Canvas, table: Table, how: Sheet) -> None:
        self.canvas, self.table, self.how = canvas, table, how
        room = how.width - 2 * _MARGIN
        wanted = [column.width * how.size + 6 for column in table.columns]
        scale = min(1.0, room / sum(wanted))
        self.widths = [width * scale for width in wanted]
        self.edges = [_MARGIN + sum(self.widths[:i]) for i in range(len(wanted) + 1)]
        self.leading = how.size * 1.3
        self.y = how.height - _MARGIN

    def draw(self) -> None:
        self._title()
        self._header()
        for row in self.table.rows:
            cells = [self._wrap(cell, width) for cell, width in zip(row.cells, self.widths, strict=True)]
            height = max(map(len, cells)) * self.leading + 6
            if self.y - height < _MARGIN:
                self.canvas.showPage()
                self.canvas.setFont(_FONT, self.how.size)
                self.y = self.how.height - _MARGIN
                if self.how.titled:
                    self._title()
                if self.how.repeated:
                    self._header()
            for i, lines in enumerate(cells):
                self._cell(i, i + 1, self.y, height, lines, centred=False)
            self.y -= height
        if self.table.note:
            self.canvas.drawString(_MARGIN, self.y - 14, self.table.note)
        self.canvas.showPage()

    def _title(self) -> None:
        self.canvas.setFont(_FONT, 12)
        self.canvas.drawCentredString(self.how.width / 2, self.y, self.table.title)
        self.y -= 18
        self.canvas.setFont(_FONT, self.how.size)
        self.canvas.drawRightString(self.edges[-1], self.y, f"单位：{self.table.unit}")
        self.y -= 8

    def _header(self) -> None:
        paths = [column.words for column in self.table.columns]
        depth = max(map(len, paths))
        deep = max(len(self._wrap(path[-1], width)) for path, width in zip(paths, self.widths, strict=True))
        heights = [self.leading + 6] * (depth - 1) + [deep * self.leading + 6]
        tops = [self.y - sum(heights[:i]) for i in range(depth + 1)]
        for level in range(depth - 1):
            at = 0
            while at < len(paths):
                if level >= len(paths[at]) - 1:
                    at += 1
                    continue
                end = at
                while (
                    end < len(paths)
                    and len(paths[end]) > level + 1
                    and paths[end][: level + 1] == paths[at][: level + 1]
                ):
                    end += 1
                lines = self._wrap(paths[at][level], self.edges[end] - self.edges[at])
                self._cell(at, end, tops[level], heights[level], lines[:1] if len(lines) == 1 else lines, centred=True)
                at = end
        for i, path in enumerate(paths):
            top = tops[len(path) - 1]
            self._cell(i, i + 1, top, top - tops[-1], self._wrap(path[-1], self.widths[i]), centred=True)
        self.y = tops[-1]

    def _wrap(self, text: str, width: float) -> list[str]:
        lines, line = [], ""
        for char in text.strip():
            if line and pdfmetrics.stringWidth(line + char, _FONT, self.how.size) > width - 4 and not _numeric(text):
                lines.append(line)
                line = ""
            line += char
        return [*lines, line]

    def _cell(self, first: int, last: int, top: float, height: float, lines: list[str], centred: bool) -> None:
        left, right = self.edges[first], self.edges[last]
        if self.how.ruled:
            self.canvas.rect(left, top - height, right - left, height)
        y = top - height / 2 + len(lines) * self.leading / 2 - self.leading + 2
        for line in lines:
            if centred:
                self.canvas.drawCentredString((left + right) / 2, y, line)
            elif _numeric(line) and not self.table.columns[first].key and self.how.right:
                self.canvas.drawRightString(right - 2, y, line)
            elif _numeric(line):
                self.canvas.drawCentredString((left + right) / 2, y, line)
            else:
                self.canvas.drawString(left + 2, y, line)
            y -= self.leading


def _numeric(text: str) -> bool:
    return bool(text) and all(char in "0123456789,.-" for char in text)
