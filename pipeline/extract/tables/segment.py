"""One table of a document: its title, its lines and its cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.extract.forms import TableForm
from pipeline.extract.patterns import fold
from pipeline.extract.tables.headings import Heading
from pipeline.ingest.document import CellTable, Document

#: A unit of money beside its word or in brackets, and a number that is printed like an amount.
UNIT = re.compile(r"[单單]位[:：]?\s*(?:人民[币幣])?[百千万萬亿億]*元|[（(][百千万萬亿億]*元[）)]")
AMOUNT = re.compile(r"(?<![\d.])\d[\d,]{0,40}\.\d+(?![\d%％])|(?<!\d)\d{1,3}(?:,\d{3})+(?![\d%％])")
#: So many characters at most stand between a title and its table.
_BETWEEN = 150


@dataclass(slots=True)
class Segment:
    """Lines ``first`` to ``last`` (exclusive) and the tables of cells of one table; ``heading`` is None for a table without title."""

    heading: Heading | None
    first: int
    last: int
    tables: list[CellTable] = field(default_factory=list)
    body: int = 0
    notes: list[int] = field(default_factory=list)
    #: lines of the title where later pages print it again
    repeats: list[int] = field(default_factory=list)

    @property
    def forms(self) -> tuple[TableForm, ...]:
        return self.heading.forms if self.heading else ()


def lines_of(document: Document, table: CellTable) -> tuple[int, int] | None:
    """The lines of the document (first, and one past the last) that a table of cells prints; None for an empty one."""
    if table.start >= table.end:
        return None
    return document.line_at(table.start).number - 1, document.line_at(table.end - 1).number


def has_amounts(document: Document, table: CellTable) -> bool:
    """Whether at least two lines of a table of cells print amounts."""
    first, last = lines_of(document, table) or (0, 0)
    return sum(bool(AMOUNT.search(document.text[line.start : line.end])) for line in document.lines[first:last]) >= 2


def near(document: Document, segment: Segment, table: CellTable) -> bool:
    """Whether a table of cells is the one a title stands over: on its page or the next, and not after paragraphs."""
    lines = lines_of(document, table)
    if segment.heading is None or not lines:
        return segment.heading is not None
    page = table.page or 1
    title_page = document.line_at(segment.heading.start).page or page
    between = document.text[segment.heading.end : document.lines[lines[0]].start]
    return page - title_page <= 1 and len(fold(between)) < _BETWEEN
