"""What ingest hands to extract: the text of one source, its lines and, where the format has them, positions.

Nothing here knows what a budget is. Every later stage refers to places by offsets into ``Document.text``.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple


class Arrangement(Enum):
    """What a format says of how its text stands, from the least to the most. Cells are in ``Document.tables``."""

    #: The order of the characters only; a line may end anywhere in a sentence or a row.
    ORDER = "order"
    #: Every line is a whole paragraph or a whole row of a table: web pages, workbooks, Word.
    STRUCTURE = "structure"
    #: Columns made with spaces: words have boxes in character cells.
    CHARACTERS = "characters"
    #: Pages: words and cells have boxes in points, which are published.
    POINTS = "points"


class Line(NamedTuple):
    """One line of the text, without its line break: ``text[start:end]``. ``number`` is 1-based."""

    number: int
    start: int
    end: int
    page: int | None


class Word(NamedTuple):
    """A run of characters that stand together on a page: ``text[start:end]`` and its box.

    Boxes are in points from the top left corner of the page where the source is a PDF, in character
    cells (a CJK character is two wide) where it is text laid out with spaces. ``sides`` are the left and right
    edges of its characters where a number stands in it beside other text, else empty. ``confidences`` (0 to 1) are those
    of character recognition, one a character; empty for text.
    """

    start: int
    end: int
    x0: float
    top: float
    x1: float
    bottom: float
    sides: tuple[tuple[float, float], ...] = ()
    confidences: tuple[float, ...] = ()

    def across(self, start: int, end: int) -> tuple[float, float]:
        """The left and right edge of ``text[start:end]`` within the word; the word's own where it is not known closer."""
        if not self.sides:
            return self.x0, self.x1
        return round(self.sides[start - self.start][0], 2), round(self.sides[end - 1 - self.start][1], 2)


class Box(NamedTuple):
    """A ruled cell of a page, in the units of the page's words."""

    x0: float
    top: float
    x1: float
    bottom: float


class Cell(NamedTuple):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a reader makes of the bytes of one source.

    ``tables`` are its tables of cells, in reading order: ruled tables of a page, tables of web pages, sheets of workbooks.
    ``pages`` are those of a format with positions, else empty.
    ``notes`` say, for a person, what ingest could not read (scanned pages and the like): a document with notes is partial.
    ``remarks`` say what was left out because a reader of the source does not see it either (hidden sheets and the like).
    """

    media_type: str
    text: str
    lines: tuple[Line, ...]
    arrangement: Arrangement = Arrangement.ORDER
    tables: tuple[CellTable, ...] = ()
    pages: tuple[Page, ...] = ()
    page_count: int | None = None
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Content):
    """A source as read: its content, and what names it."""

    disclosure_id: str
    collection: str
    source_file: str
    source_sha256: str
    source_bytes: int
    declared: dict[str, str] = field(default_factory=dict)
    _starts: tuple[int, ...] = ()

    @property
    def points(self) -> bool:
        """Whether the boxes of words are points on a page and may be published."""
        return self.arrangement is Arrangement.POINTS

    @property
    def read_by(self) -> str:
        """How its characters became text: ``text`` (they were), ``ocr`` (by recognition) or ``both``."""
        recognised = [bool(word.confidences) for page in self.pages for word in page.words]
        if not any(recognised):
            return "text"
        return "ocr" if all(recognised) else "both"

    def line_at(self, offset: int) -> Line:
        """The line that holds the character at ``offset``."""
        if not self._starts:
            object.__setattr__(self, "_starts", tuple([line.start for line in self.lines]))
        return self.lines[bisect_right(self._starts, offset, 1) - 1]


class NotReadable(ValueError):
    """The bytes of a source cannot be read, and why and what to do, for a person.

    ``lasting`` is false where the reason may be gone tomorrow: a program is not installed, a limit of time was reached.
    """

    def __init__(self, reason: str, lasting: bool = True) -> None:
        self.lasting = lasting
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A source that could not be read as a document, and why, in words for a person.

    ``lasting`` is false where the reason may be gone tomorrow: a limit of time or memory was reached.
    """

    disclosure_id: str
    collection: str
    source_file: str
    source_sha256: str | None
    source_bytes: int | None
    media_type: str | None
    reason: str
    lasting: bool = True
