"""What extract hands on: the rows that one document gave, table by table, in the contract's column names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]

#: Tables that extraction fills, in the order in which they are published.
EXTRACTED_TABLES = (
    "disclosures",
    "tables",
    "budget_lines",
    "projects",
    "statements",
    "indicators",
    "targets",
    "passages",
    "numbers",
    "spans",
)


@dataclass(slots=True)
class Extraction:
    """The records of one document. Rows are dicts of contract columns; a column left out is null.

    ``rows["disclosures"]`` holds exactly one row. ``masked_text`` is the text that is published as
    ``sources/<disclosure_id>.txt`` (contact data masked by marks of the same length); it is empty for a
    quarantined source. ``families`` are the form families one of whose titles the document prints.
    """

    disclosure_id: str
    masked_text: str = ""
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in EXTRACTED_TABLES})
    families: frozenset[str] = frozenset()

    @property
    def disclosure(self) -> Row:
        return self.rows["disclosures"][0]

    def __iter__(self) -> Iterator[tuple[str, list[Row]]]:
        return iter(self.rows.items())
