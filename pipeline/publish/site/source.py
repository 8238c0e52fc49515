"""The source text as the release holds it, in lines and pieces, every number marked by its class."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

import polars as pl

from pipeline.ingest.text import split_lines
from pipeline.publish.site.images import PageImage


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. ``number`` is the row of the ledger that it is, or None for words between numbers."""

    text: str
    number: dict[str, object] | None = None


@dataclass(slots=True)
class SourceLine:
    """A line of the text: its number and its pieces."""

    number: int
    pieces: list[Piece] = field(default_factory=list)

    @property
    def cells(self) -> list[list[Piece]]:
        """The cells of a row of a web page or workbook, which tabs set apart in its text."""
        found: list[list[Piece]] = [[]]
        for piece in self.pieces:
            first, *others = piece.text.split("\t") if piece.number is None else [piece.text]
            found[-1].append(Piece(first, piece.number))
            found += [[Piece(text)] for text in others]
        return found

    @property
    def is_row(self) -> bool:
        return any("\t" in piece.text for piece in self.pieces if piece.number is None)


@dataclass(slots=True)
class SourcePage:
    """A page (``number`` None where the format marks none), its lines and the boxes of its numbers."""

    number: int | None
    lines: list[SourceLine] = field(default_factory=list)
    boxes: list[dict[str, object]] = field(default_factory=list)
    width: float = 0
    height: float = 0
    image: str | None = None

    @property
    def blocks(self) -> list[tuple[bool, list[SourceLine]]]:
        """Lines in runs: rows of a grid of cells (True), or text."""
        return [(is_row, list(lines)) for is_row, lines in groupby(self.lines, key=lambda line: line.is_row)]


_COLUMNS = ("number_id", "start", "end", "printed", "role", "class", "owner_table", "owner_id", "page")
_BOX = ("x0", "top", "x1", "bottom")
#: Points of the usual page formats; the release keeps the boxes of numbers, not the size of the pages.
_FORMATS = ((595, 842), (842, 595), (842, 1191), (1191, 842))


def pages(text: str, numbers: pl.DataFrame, images: Mapping[int, PageImage] | None = None) -> list[SourcePage]:
    """The pages of ``text``. ``numbers`` are the disclosure's rows of the ledger, ``images`` its pages as pictures."""
    rows = numbers.select(*_COLUMNS, *_BOX).sort("start").to_dicts()
    starts = [int(row["start"]) for row in rows]
    found: list[SourcePage] = []
    for line in split_lines(text):
        if not found or found[-1].number != line.page:
            found.append(SourcePage(line.page))
        held = SourceLine(line.number)
        at = line.start
        for row in rows[bisect_left(starts, line.start) : bisect_left(starts, line.end)]:
            start, end = int(row["start"]), int(row["end"])
            if start > at:
                held.pieces.append(Piece(text[at:start]))
            held.pieces.append(Piece(text[start:end], row))
            at = max(at, end)
            if row["x0"] is not None:
                found[-1].boxes.append(row)
        if at < line.end:
            held.pieces.append(Piece(text[at : line.end]))
        found[-1].lines.append(held)
    for page in found:
        _measure(page)
        if page.number is not None and (image := (images or {}).get(page.number)):
            page.image, page.width, page.height = image.name, image.width, image.height
    return found


def _measure(page: SourcePage) -> None:
    """The smallest usual format that holds the page's boxes, or their own extent."""
    if not page.boxes:
        return
    right = max(float(str(box["x1"])) for box in page.boxes)
    bottom = max(float(str(box["bottom"])) for box in page.boxes)
    fitting = [form for form in _FORMATS if right <= form[0] and bottom <= form[1]]
    page.width, page.height = fitting[0] if fitting else (int(right) + 20, int(bottom) + 20)
