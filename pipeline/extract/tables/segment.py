"""One table of a document: its title, its lines and its ruled cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.extract.forms import TableForm
from pipeline.extract.tables.headings import Heading
from pipeline.ingest.document import Document, Grid, Page


@dataclass(slots=True)
class Segment:
    """Lines ``first`` to ``last`` (exclusive) and the grids of one table; ``heading`` is None for a table without title."""

    heading: Heading | None
    first: int
    last: int
    grids: list[tuple[Page, Grid]] = field(default_factory=list)
    body: int = 0
    notes: list[int] = field(default_factory=list)
    #: lines of the title where later pages print it again
    repeats: list[int] = field(default_factory=list)

    @property
    def forms(self) -> tuple[TableForm, ...]:
        return self.heading.forms if self.heading else ()


def lines_of(document: Document, page: Page, grid: Grid) -> tuple[int, int] | None:
    """The lines of the document (first, and one past the last) that have words inside a grid."""
    boxes = [box for row in grid for box in row if box]
    left, right = min(b.x0 for b in boxes), max(b.x1 for b in boxes)
    top, bottom = min(b.top for b in boxes), max(b.bottom for b in boxes)
    inside = [
        word.start
        for word in page.words
        if left <= (word.x0 + word.x1) / 2 <= right and top <= (word.top + word.bottom) / 2 <= bottom
    ]
    if not inside:
        return None
    return document.line_at(min(inside)).number - 1, document.line_at(max(inside)).number
