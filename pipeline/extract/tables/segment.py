"""One table of a document: its title, its lines and its cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.extract.forms import TableForm
from pipeline.extract.tables.headings import Heading
from pipeline.ingest.document import CellTable, Document


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
