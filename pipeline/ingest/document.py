"""What ingest hands to extract: the text of one source, its lines and, where the format has them, positions.

Nothing here knows what a budget is. Every later stage refers to places by offsets into ``Document.text``.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple


class Line(NamedTuple):
    """One line of the text, without its line break: ``text[start:end]``. ``number`` is 1-based."""

    number: int
    start: int
    end: int
    page: int | None


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters that stand together on a page: ``text[start:end]`` and its box.

    Boxes are in points from the top left corner of the page where the source is a PDF, in character
    cells (a CJK character is two wide) where it is text laid out with spaces. ``sides`` are the left and right
    edges of its characters where a number stands in it beside other text, else empty.
    """

    start: int
    end: int
    x0: float
    top: float
    x1: float
    bottom: float
    sides: tuple[tuple[float, float], ...] = ()

    def across(self, start: int, end: int) -> tuple[float, float]:
        """The left and right edge of ``text[start:end]`` within the word; the word's own where it is not known closer."""
        if not self.sides:
            return self.x0, self.x1
        return self.sides[start - self.start][0], self.sides[end - 1 - self.start][1]


@dataclass(frozen=True, slots=True)
class Box:
    """A ruled cell of a page, in the units of the page's words."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: where it lies in the grid of rows and columns (both from 0), and what it prints.

    ``rows`` and ``columns`` are how many of each a merged cell covers. ``pieces`` are the ranges of the document's text
    that it prints, in reading order: one in most formats, one a line where lines of a page run through several cells.
    ``box`` is its place on the page, in points, where the format has one.
    """

    row: int
    column: int
    rows: int = 1
    columns: int = 1
    pieces: tuple[tuple[int, int], ...] = ()
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class CellTable:
    """A table whose cells the format itself (or the rules of a page) sets apart: its cells, row by row, left to right.

    ``start`` and ``end`` span all that it prints. ``page`` is the page or sheet it stands on, null where the format has
    none. ``edges`` are the x of the column borders (one more than columns) where the format has positions.
    """

    cells: tuple[Cell, ...]
    row_count: int
    column_count: int
    start: int
    end: int
    page: int | None = None
    edges: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document whose words have positions."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A source as read. ``pages`` is empty where the format has no positions (flowing text).

    ``tables`` are its tables of cells, in reading order: ruled tables of a page, tables of web pages, sheets of workbooks.
    ``points`` is true where the boxes of words are points on a page and may be published.
    ``notes`` says, for a person, what ingest had to leave out (scanned pages and the like).
    """

    disclosure_id: str
    collection: str
    source_file: str
    source_sha256: str
    source_bytes: int
    media_type: str
    text: str
    lines: tuple[Line, ...]
    pages: tuple[Page, ...] = ()
    tables: tuple[CellTable, ...] = ()
    points: bool = False
    page_count: int | None = None
    notes: tuple[str, ...] = ()
    declared: dict[str, str] = field(default_factory=dict)
    _starts: tuple[int, ...] = ()

    def line_at(self, offset: int) -> Line:
        """The line that holds the character at ``offset``."""
        if not self._starts:
            object.__setattr__(self, "_starts", tuple([line.start for line in self.lines]))
        return self.lines[bisect_right(self._starts, offset, 1) - 1]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A source that could not be read as a document, and why, in words for a person."""

    disclosure_id: str
    collection: str
    source_file: str
    source_sha256: str | None
    source_bytes: int | None
    media_type: str | None
    reason: str
