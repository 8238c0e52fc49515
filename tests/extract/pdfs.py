"""Small PDFs drawn for tests: lines of text and tables with as many ruling lines as wanted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
SIZE = 9.0

# A cell: its text, or its text and how many columns and rows it covers. None stands where another covers the place.
Cell = str | tuple[str, int] | tuple[str, int, int] | None


@dataclass
class Line:
    """A line of text; ``gap`` is the space above it. ``x`` None centres it."""

    text: str
    x: float | None = 60
    gap: float = 6


@dataclass
class Table:
    """``rules``: full, horizontal (no upright lines), header (only the first ``header`` rows are ruled) or none.

    A line break in a cell wraps it. ``lift`` shifts amounts up by so many points, as some printers do.
    """

    widths: Sequence[float]
    rows: Sequence[Sequence[Cell]]
    rules: str = "full"
    header: int = 1
    height: float = 20
    x: float = 60
    lift: float = 0
    left: Sequence[int] = field(default_factory=tuple)


def pdf(*pages: Sequence[Line | Table], size: tuple[float, float] | None = None, turned: str = "") -> bytes:
    """A PDF with these pages. ``turned`` draws them sideways: "silently", or "declared" by the pages' Rotate entry."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    width, height = size or landscape(A4)
    out = io.BytesIO()
    # reportlab itself swaps the sides of a page that it gives a Rotate entry.
    canvas = Canvas(out, pagesize=(height, width) if turned == "silently" else (width, height), invariant=1)
    for page in pages:
        if turned == "declared":
            canvas.setPageRotation(90)
        if turned:
            canvas.translate(height, 0)
            canvas.rotate(90)
        canvas.setFont(FONT, SIZE)
        y = height - 40
        for element in page:
            if isinstance(element, Line):
                y -= SIZE + element.gap
                if element.x is None:
                    canvas.drawCentredString(width / 2, y, element.text)
                else:
                    canvas.drawString(element.x, y, element.text)
            else:
                y = _table(canvas, element, y - 6)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _table(canvas: Canvas, table: Table, top: float) -> float:
    edges = [table.x]
    for width in table.widths:
        edges.append(edges[-1] + width)
    heights = [
        max([table.height, *(1.2 * SIZE * (_spread(cell)[0].count("\n") + 1) + 6 for cell in row if _single(cell))])
        for row in table.rows
    ]
    tops = [top]
    for height in heights:
        tops.append(tops[-1] - height)
    for number, row in enumerate(table.rows):
        column = 0
        for cell in row:
            if cell is None:
                column += 1
                continue
            text, across, down = _spread(cell)
            box = (edges[column], tops[number], edges[column + across], tops[number + down])
            _rule(canvas, table, number, box)
            _write(canvas, table, text, column, box)
            column += across
    return tops[-1]


def _spread(cell: Cell) -> tuple[str, int, int]:
    if cell is None:
        return "", 1, 1
    if isinstance(cell, str):
        return cell, 1, 1
    return (cell[0], cell[1], cell[2]) if len(cell) == 3 else (cell[0], cell[1], 1)


def _single(cell: Cell) -> bool:
    return cell is not None and _spread(cell)[2] == 1


def _rule(canvas: Canvas, table: Table, row: int, box: tuple[float, float, float, float]) -> None:
    x0, top, x1, bottom = box
    if table.rules == "none" or (table.rules == "header" and row >= table.header):
        return
    canvas.setLineWidth(0.5)
    if table.rules == "horizontal":
        canvas.line(x0, top, x1, top)
        canvas.line(x0, bottom, x1, bottom)
    else:
        canvas.rect(x0, bottom, x1 - x0, top - bottom)


def _write(canvas: Canvas, table: Table, text: str, column: int, box: tuple[float, float, float, float]) -> None:
    x0, top, x1, bottom = box
    lines = text.split("\n")
    middle = (top + bottom) / 2 + 0.6 * SIZE * (len(lines) - 1) - 0.35 * SIZE
    for order, line in enumerate(lines):
        y = middle - 1.2 * SIZE * order
        digits = line.replace(",", "").replace(".", "").replace("-", "").isdigit() and len(line) > 3
        if digits and column not in table.left and "." in line or "," in line:
            canvas.drawRightString(x1 - 2, y + table.lift, line)
        elif column in table.left:
            canvas.drawString(x0 + 2, y, line)
        else:
            canvas.drawCentredString((x0 + x1) / 2, y, line)
