"""What extract hands on: the rows that one document gave, table by table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from schemas.rows import (
    ROWS,
    BudgetLine,
    Disclosure,
    Indicator,
    Number,
    Passage,
    Project,
    Row,
    Span,
    Statement,
    Table,
    Target,
)

#: Tables that extraction fills, in the order in which they are published.
EXTRACTED_TABLES = tuple(ROWS)


@dataclass(slots=True)
class Rows:
    """The rows of one document, a list a table."""

    disclosures: list[Disclosure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    budget_lines: list[BudgetLine] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def of(self, table: str) -> list[Row]:
        """The rows of the table of that name."""
        found: list[Row] = getattr(self, table)
        return found

    def add(self, row: Row) -> None:
        """Add a row to the table of its class."""
        self.of(row.TABLE).append(row)

    def __iter__(self) -> Iterator[tuple[str, list[Row]]]:
        return ((table, self.of(table)) for table in ROWS)


@dataclass(slots=True)
class Extraction:
    """The records of one document.

    ``rows.disclosures`` holds exactly one row. ``masked_text`` is the text that is published as
    ``sources/<disclosure_id>.txt`` (contact data masked by marks of the same length); it is empty for a
    quarantined source.
    """

    disclosure_id: str
    masked_text: str = ""
    rows: Rows = field(default_factory=Rows)

    @property
    def disclosure(self) -> Disclosure:
        return self.rows.disclosures[0]

    def __iter__(self) -> Iterator[tuple[str, list[Row]]]:
        return iter(self.rows)
