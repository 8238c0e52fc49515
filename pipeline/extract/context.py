"""What the readers of one document share: the document, its ledger, the rows so far and who it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.extract.ledger import Ledger
from pipeline.extract.records import Extraction
from pipeline.ingest.document import Document
from schemas.joining import join
from schemas.rows import Place, Row, Span

Piece = tuple[int, int]


@dataclass(slots=True)
class Region:
    """The part of the text that one table holds, title and unit line included.

    ``first`` and ``last`` are indices into ``document.lines`` (last is exclusive).
    """

    table_id: str
    table_code: str | None
    title: str
    first: int
    last: int
    start: int
    end: int
    unit: str | None = None


@dataclass(slots=True)
class Context:
    """State of one document's extraction. Readers add rows to ``extraction`` and claim tokens in ``ledger``."""

    document: Document
    ledger: Ledger
    extraction: Extraction
    disclosure_year: int | None = None
    stage: str | None = None
    scope: str | None = None
    entity_name: str | None = None
    entity_short_name: str | None = None
    regions: list[Region] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    #: places of personal contact data, in order; ``extraction.masked_text`` hides them
    masks: list[Piece] = field(default_factory=list)
    #: places of recognised digits that sums settled
    settled: frozenset[int] = frozenset()
    _ids: dict[str, int] = field(default_factory=dict)

    def unique(self, key: str) -> str:
        """``key`` itself the first time, then ``key~2``, ``key~3``: ids carry an occurrence, never an offset."""
        count = self._ids[key] = self._ids.get(key, 0) + 1
        return key if count == 1 else f"{key}~{count}"

    def place(self, start: int, end: int) -> Place:
        """The place of a record printed at ``start:end``."""
        number, _, _, page = self.document.line_at(start)
        return Place(page, number, start, end)

    @property
    def published(self) -> str:
        """The text as it may be published: with personal contact data hidden, offsets unchanged."""
        return self.extraction.masked_text or self.document.text

    def add(self, row: Row) -> None:
        """Add a row to its table with the columns that every table shares filled in."""
        row.disclosure_id = self.document.disclosure_id
        row.disclosure_year = self.disclosure_year
        self.extraction.rows.add(row)

    def statement_id(self, metric: str, kind: str, year: int | None, subject: str | None) -> str:
        """The id of one more statement, in prose or in a table: what it says of what, and of which year."""
        about = [metric, kind, str(year) if year is not None else "unknown", *([subject] if subject else [])]
        return self.unique(".".join([self.document.disclosure_id, "statement", *about]))

    def assemble(self, table: str, owner_id: str, column: str, pieces: Iterable[Piece]) -> str | None:
        """Text assembled from pieces of the source, recorded in ``spans``; None where nothing is left of it."""
        printed, published = self.document.text, self.published
        kept: list[str] = []
        for start, end in pieces:
            piece = printed[start:end]
            bare = piece.strip()
            if not bare:
                continue
            start += piece.index(bare)
            end = start + len(bare)
            place = self.place(start, end)
            self.add(Span(owner_table=table, owner_id=owner_id, field=column, seq=len(kept), place=place))
            kept.append(published[start:end])
        return join(kept) or None
