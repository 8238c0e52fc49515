"""One table of a document: its title, its lines and its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import fold
from pipeline.extract.performance.evidence import Kind, kind_of_performance
from pipeline.extract.tables.find.headings import Heading
from pipeline.extract.tables.lexicon import AMOUNT, is_amount
from pipeline.ingest.document import Cell, CellTable, Document

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
    #: where labels stand that a grid of further columns prints again
    labels: list[tuple[int, int]] = field(default_factory=list)

    @property
    def forms(self) -> tuple[TableForm, ...]:
        return self.heading.forms if self.heading else ()

    @property
    def performance(self) -> bool:
        """Whether the title is that of performance tables."""
        return any(form.kind == "performance" for form in self.forms)


def takes_performance(document: Document, segment: Segment, kind: Kind) -> bool:
    """Whether a performance table belongs to ``segment``: its title allows it, or it lists more projects.

    A title of performance tables may stand over several sheets; one that no form knows over one table.
    """
    if segment.forms:
        return segment.performance
    return not segment.tables or (kind == "list" and kind_of_performance(document, segment.tables[0]) == "list")


def lines_of(document: Document, table: CellTable) -> tuple[int, int] | None:
    """The lines of the document (first, and one past the last) that a table of cells prints; None for an empty one."""
    if table.start >= table.end:
        return None
    return document.line_at(table.start).number - 1, document.line_at(table.end - 1).number


def has_amounts(document: Document, table: CellTable, library: Library) -> bool:
    """Whether at least two lines of a table of cells print amounts, or one whole numbers below a header."""
    first, last = lines_of(document, table) or (0, 0)
    if sum(bool(AMOUNT.search(document.text[line.start : line.end])) for line in document.lines[first:last]) >= 2:
        return True
    rows = [[folded_cell(document, cell) for cell in row] for row in filled_rows(table)]
    if not any(library.column(text) or library.expense(text) for row in rows for text in row):
        return False  # a list of contents
    heads = (at for at, row in enumerate(rows) if is_header(row, library) or names_columns(row, library))
    head = next(heads, len(rows))
    return any(is_amount(text) for row in rows[head + 1 :] if len(row) > 1 for text in row)


def is_header(row: Sequence[str], library: Library) -> bool:
    """Whether a row prints words of headers and no amount: most of its cells, one of them a name of labels or codes."""
    known = sum(library.knows(text) for text in row)
    named = any(library.key(text) for text in row)
    return len(row) > 1 and known * 2 > len(row) and named and not any(is_amount(text) for text in row)


def names_columns(row: Sequence[str], library: Library) -> bool:
    """Whether a row prints words over columns of amounts and nothing else: of a grid whose rows have no labels."""
    return len(row) > 1 and all(library.column(text) for text in row)


def filled_rows(table: CellTable) -> list[list[Cell]]:
    """The cells that print anything, row by row."""
    rows: list[list[Cell]] = [[] for _ in range(table.row_count)]
    for cell in table.cells:
        if cell.pieces:
            rows[cell.row].append(cell)
    return rows


def folded_cell(document: Document, cell: Cell) -> str:
    return fold("".join(document.text[start:end] for start, end in cell.pieces))


def stands_near(document: Document, segment: Segment, table: CellTable) -> bool:
    """Whether a table of cells is the one a title stands over: on its page or the next, and not after paragraphs."""
    lines = lines_of(document, table)
    if segment.heading is None or not lines:
        return segment.heading is not None
    page = table.page or 1
    title_page = document.line_at(segment.heading.start).page or page
    between = document.text[segment.heading.end : document.lines[lines[0]].start]
    return page - title_page <= 1 and len(fold(between)) < _BETWEEN
