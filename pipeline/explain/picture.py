"""A page of a PDF as a picture, with the cells of a table drawn over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.explain.source import Asked, NotExplained
from pipeline.explain.tables import View
from pipeline.extract.tables.layout.sheet import Piece
from pipeline.extract.tables.meaning.record import Record
from pipeline.ingest.document import Box, Page
from pipeline.terminal import NotInstalled

#: Pixels a point.
_SCALE = 2.0
_RULED, _HEADER, _BODY, _ASKED, _HIDDEN = "#e0a800", "#1f5fbf", "#2e8b57", "#d62728", "#000000"


def draw_cells(view: View, raw: Path, asked: Asked, record: Record | None, png: Path) -> str:
    """Write the page that holds a row, or the first of a table, to ``png``; what was drawn, in a line for a person.

    Raises NotExplained where the source has no pages to be drawn, or NotInstalled.
    """
    document = view.context.document
    if not document.points:
        raise NotExplained(f"--png draws pages of a PDF, and {document.source_file} is {document.media_type}")
    page = document.pages[_page_number(view, record) - 1]
    image, canvas = _rendered(asked.file(raw).path, page)
    across, down = image.width / page.width, image.height / page.height
    for box, colour, width in _frames(view, page, record):
        corners = (box.x0 * across, box.top * down, box.x1 * across, box.bottom * down)
        canvas.rectangle(corners, outline=colour, width=width, fill=_HIDDEN if colour == _HIDDEN else None)
    try:
        image.save(png, format="PNG")
    except OSError as error:
        raise NotExplained(f"{png} cannot be written ({error.strerror or error})") from error
    return f"{png}: page {page.number}; header blue, body green, the row asked for red, ruled cells amber"


def _page_number(view: View, record: Record | None) -> int:
    document, segment = view.context.document, view.reading.segment
    if record is not None:
        cells = [cell for _, cell in record.amounts] or list(record.row.cells.values())
        return document.line_at(cells[0].pieces[0][0]).page or 1
    pages = [table.page for table in segment.tables if table.page is not None]
    return min(pages, default=document.lines[segment.first].page or 1)


def _rendered(path: Path, page: Page) -> tuple[Any, Any]:
    """A page as an image, and what draws on it."""
    try:
        import pypdfium2
        from PIL import ImageDraw
    except ImportError as error:
        raise NotInstalled("--png", "images") from error
    with pypdfium2.PdfDocument(path) as pdf:
        image = pdf[page.number - 1].render(scale=_SCALE).to_pil().convert("RGB")
    return image, ImageDraw.Draw(image)


def _frames(view: View, page: Page, record: Record | None) -> Iterator[tuple[Box, str, int]]:
    """The boxes to draw on a page, each with its colour and width: ruled cells, what was read of them, what is withheld."""
    for table in view.reading.segment.tables:
        if table.page == page.number:
            yield from ((cell.box, _RULED, 1) for cell in table.cells if cell.box is not None)
    asked = view.row_of(record) if record is not None else None
    for row in sorted(view.rows, key=lambda row: row.number is not None and row.number == asked):
        colour = _HEADER if row.number is None else _ASKED if row.number == asked else _BODY
        boxes = (_box(page, one.cell.pieces) for one in row.cells)
        yield from ((box, colour, 2) for box in boxes if box is not None)
    # A release withholds it, and so does its picture.
    hidden = (_box(page, [mask]) for mask in view.context.masks)
    yield from ((box, _HIDDEN, 1) for box in hidden if box is not None)


def _box(page: Page, pieces: Sequence[Piece]) -> Box | None:
    """The box around the words of a page that pieces of the text are printed in."""
    inside = [
        (word, *word.across(max(word.start, start), min(word.end, end)))
        for word in page.words
        for start, end in pieces
        if word.start < end and start < word.end
    ]
    if not inside:
        return None
    words, lefts, rights = zip(*inside, strict=True)
    return Box(min(lefts), min(word.top for word in words), max(rights), max(word.bottom for word in words))
