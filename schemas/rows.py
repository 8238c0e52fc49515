"""Rows of the published tables as Python writes them: a class a table, a field a column.

A field is what its column is in ``schemas/tables``: required where the column is never null, None by default where it may
be (``class`` is ``class_``, a word of the language). A test holds every class against the model of its table.
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from decimal import Decimal
from keyword import iskeyword
from typing import ClassVar, NamedTuple


def field_of(column: str) -> str:
    """The field of a row's class that holds a column."""
    return f"{column}_" if iskeyword(column) else column


class Place(NamedTuple):
    """Where a record is printed: page and line from 1, offsets of its characters in the text."""

    page: int | None
    line: int
    start: int
    end: int


@dataclass(slots=True, kw_only=True)
class Row:
    """A row of a published table. Its document and year are filled in when it is added to the document's rows."""

    TABLE: ClassVar[str]

    disclosure_id: str = ""
    disclosure_year: int | None = None


@dataclass(slots=True, kw_only=True)
class Placed(Row):
    """A row that stands at a place of the source."""

    place: InitVar[Place]
    page: int | None = field(init=False)
    line: int = field(init=False)
    start: int = field(init=False)
    end: int = field(init=False)

    def __post_init__(self, place: Place) -> None:
        self.page, self.line, self.start, self.end = place


@dataclass(slots=True, kw_only=True)
class Disclosure(Row):
    """A source document."""

    TABLE: ClassVar[str] = "disclosures"

    series_id: str | None = None
    collection: str
    source_file: str
    source_sha256: str | None = None
    source_bytes: int | None = None
    media_type: str | None = None
    title: str | None = None
    entity_name: str | None = None
    entity_short_name: str | None = None
    entity_key: str | None = None
    entity_code: str | None = None
    division_code: str | None = None
    stage: str | None = None
    scope: str | None = None
    form_family: str | None = None
    page_count: int | None = None
    line_count: int | None = None
    table_count: int | None = None
    numbers_total: int | None = None
    numbers_data: int | None = None
    numbers_structure: int | None = None
    numbers_narrative: int | None = None
    numbers_withheld: int | None = None
    numbers_unclaimed: int | None = None
    checks_failed: int | None = None
    status: str
    reason: str | None = None
    supersedes: str | None = None
    #: known only beside the others of its series
    preferred: bool = False
    read_by: str | None = None
    correction: str | None = None
    identity_note: str | None = None
    publisher: str | None = None
    source_url: str | None = None
    published_on: str | None = None
    source_licence: str | None = None


@dataclass(slots=True, kw_only=True)
class Table(Placed):
    """A table found in a document, also an empty or an unknown one."""

    TABLE: ClassVar[str] = "tables"

    table_id: str
    table_no: int
    printed_no: str | None = None
    table_code: str | None = None
    title: str | None = None
    unit: str | None = None
    unit_name: str | None = None
    declared_empty: bool | None = None
    row_count: int = 0
    blank_row_count: int = 0
    amount_count: int = 0
    note: str | None = None


@dataclass(slots=True, kw_only=True)
class BudgetLine(Placed):
    """A printed amount of a table."""

    TABLE: ClassVar[str] = "budget_lines"

    line_id: str
    row_id: str
    table_id: str
    table_no: int | None = None
    table_code: str | None = None
    row_no: int | None = None
    row_kind: str
    direction: str | None = None
    item: str | None = None
    item_path: str | None = None
    function_code: str | None = None
    function_name: str | None = None
    government_economic_code: str | None = None
    government_economic_name: str | None = None
    department_economic_code: str | None = None
    department_economic_name: str | None = None
    code_basis: str | None = None
    project: str | None = None
    unit_name: str | None = None
    unit_code: str | None = None
    expense: str | None = None
    measure: str
    fund: str | None = None
    revenue_source: str | None = None
    fiscal_year: int | None = None
    comparison: bool | None = None
    period_start: int | None = None
    period_end: int | None = None
    phase: str | None = None
    amount: Decimal
    printed: str
    printed_unit: str | None = None
    unit_basis: str | None = None
    precision: Decimal | None = None
    placement: str | None = None


@dataclass(slots=True, kw_only=True)
class Project(Placed):
    """A project that performance tables describe."""

    TABLE: ClassVar[str] = "projects"

    project_id: str
    name: str | None = None
    department: str | None = None
    department_code: str | None = None
    implementing_unit: str | None = None
    attribute: str | None = None
    term: str | None = None
    period_start: int | None = None
    period_end: int | None = None


@dataclass(slots=True, kw_only=True)
class Statement(Placed):
    """A fact stated in prose, or a count that a table of amounts prints."""

    TABLE: ClassVar[str] = "statements"

    statement_id: str
    section_path: str | None = None
    sentence_id: str | None = None
    metric: str
    subject: str | None = None
    function_code: str | None = None
    fund: str | None = None
    direction: str | None = None
    fiscal_year: int | None = None
    comparison: bool | None = None
    phase: str | None = None
    as_of: str | None = None
    kind: str
    value: Decimal | None = None
    value_text: str | None = None
    unit: str | None = None
    printed: str | None = None
    printed_unit: str | None = None
    precision: Decimal | None = None
    base_year: int | None = None
    base_phase: str | None = None
    derived_from: str | None = None
    reason: str | None = None


@dataclass(slots=True, kw_only=True)
class Indicator(Placed):
    """An objective or indicator of a performance table, for one horizon."""

    TABLE: ClassVar[str] = "indicators"

    indicator_id: str
    table_id: str
    project_id: str | None = None
    table_no: int | None = None
    table_code: str | None = None
    ordinal: int | None = None
    kind: str
    level1: str | None = None
    level2: str | None = None
    level3: str | None = None
    horizon: str | None = None
    period_start: int | None = None
    period_end: int | None = None
    text: str | None = None
    actual: str | None = None
    weight: str | None = None
    score: str | None = None
    deviation: str | None = None
    placement: str | None = None


@dataclass(slots=True, kw_only=True)
class Target(Placed):
    """A quantity inside an indicator."""

    TABLE: ClassVar[str] = "targets"

    target_id: str
    indicator_id: str
    subject: str | None = None
    comparator: str | None = None
    value: Decimal | None = None
    unit: str | None = None
    due_start: str | None = None
    due_end: str | None = None
    basis: str | None = None
    printed: str | None = None


@dataclass(slots=True, kw_only=True)
class Passage(Placed):
    """A paragraph of prose, in reading order."""

    TABLE: ClassVar[str] = "passages"

    passage_id: str
    ordinal: int | None = None
    section_path: str | None = None
    kind: str
    term: str | None = None
    text: str | None = None


@dataclass(slots=True, kw_only=True)
class Number(Placed):
    """The ledger: a numeric token of the source."""

    TABLE: ClassVar[str] = "numbers"

    number_id: str
    printed: str | None = None
    read_by: str | None = None
    confidence: float | None = None
    value: Decimal | None = None
    role: str | None = None
    class_: str
    owner_table: str | None = None
    owner_id: str | None = None
    x0: float | None = None
    top: float | None = None
    x1: float | None = None
    bottom: float | None = None


@dataclass(slots=True, kw_only=True)
class Span(Placed):
    """The pieces of assembled text."""

    TABLE: ClassVar[str] = "spans"

    owner_table: str
    owner_id: str
    field: str
    seq: int


#: The class of each table's rows, in the order in which the tables are published.
ROWS: dict[str, type[Row]] = {
    kind.TABLE: kind
    for kind in (Disclosure, Table, BudgetLine, Project, Statement, Indicator, Target, Passage, Number, Span)
}
