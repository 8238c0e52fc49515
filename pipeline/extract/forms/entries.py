"""What the files of ``schemas/forms`` hold: the families of forms, and ``words.toml``. The fields are the keys of the files."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pipeline.extract.patterns import compile_words
from schemas.loading import Made, OneOf, file_key, file_place, nearest, not_in_file
from schemas.vocabularies import vocabulary

CODES = Path(__file__).resolve().parents[3] / "schemas" / "codes"

#: Texts in the language of ``patterns``, any of which matches a folded text in full.
Words = Annotated[re.Pattern[str], Made(tuple[str, ...], compile_words)]
Direction = Annotated[str, OneOf("direction")]
Fund = Annotated[str, OneOf("fund")]
Measure = Annotated[str, OneOf("measure")]
Phase = Annotated[str, OneOf("phase")]
RevenueSource = Annotated[str, OneOf("revenue_source")]
Scheme = Annotated[str, OneOf("scheme")]
Stage = Annotated[str, OneOf("stage")]
Metric = Annotated[str, OneOf("metric")]
CountUnit = Annotated[str, OneOf("statement_unit")]
TableCode = Annotated[str, OneOf("table_code")]

#: What a column that names the row holds.
KeyKind = Literal[
    "class", "section", "item", "code", "name", "code_name", "label", "project", "unit", "unit_code", "row_number", "text",
    "quantity",
]  # fmt: skip
#: The three public expenses with what they are made of, and the expenses that tables show beside them.
ExpenseKind = Literal[
    "total", "overseas_travel", "official_reception", "official_vehicles", "official_vehicle_purchase",
    "official_vehicle_operation", "agency_operating", "administrative", "conference", "training",
]  # fmt: skip
#: The parts of a balance that columns name.
BalancePart = Literal["basic", "project", "project_carried", "project_surplus", "operating"]


def _divisions() -> Iterator[str]:
    with (CODES / "divisions.csv").open(encoding="utf-8", newline="") as file:
        yield from dict.fromkeys(row["code"] for row in csv.DictReader(file))


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum between the columns of a row. ``left`` and ``right`` are the names of columns; both sides are sums."""

    left: tuple[str, ...]
    right: tuple[str, ...]


def parse_identity(declared: str) -> Identity:
    """The identity that a form writes as ``total = basic + project``. Raises ValueError where it is written wrongly."""
    left, equals, right = declared.partition("=")
    if not equals:
        raise ValueError(f"the identity {declared!r} has no equals sign; write it like 'total = basic + project'")
    return Identity(*(tuple(term.strip() for term in side.split("+")) for side in (left, right)))


def _checked_identity(declared: str) -> str:
    """``declared`` itself. Raises ValueError where a term is neither a measure, nor a kind of revenue, nor both with a dot."""
    measures, sources = vocabulary("measure"), vocabulary("revenue_source")
    identity = parse_identity(declared)
    for term in (*identity.left, *identity.right):
        source, dot, measure = term.partition(".")
        for name, known in ((source, sources), (measure, measures)) if dot else ((term, measures | sources),):
            if name not in known:
                raise ValueError(f"the identity {declared!r} names the unknown column {name!r}; {nearest(name, known)}")
    return declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one word of a header says. ``weak`` measures yield to a measure that stands above them.

    ``part`` is what a word names of a balance that stands above it (年初结转和结余 / 基本支出结转), ``alone`` what it
    measures where no other word stands below it. ``only_above``: it says this of the columns below it, and nothing of a
    column of its own. ``year`` and ``year_offset`` are what the printed word says beside.
    """

    words: Words
    measure: Measure | None = None
    weak: bool = False
    part: BalancePart | None = None
    fund: Fund | None = None
    revenue_source: RevenueSource | None = None
    direction: Direction | None = None
    phase: Phase | None = None
    alone: Measure | None = None
    only_above: bool = False
    year: int | None = not_in_file(None)
    year_offset: int | None = not_in_file(None)
    place: str = file_place()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMeaning:
    """A column that names the row: its kind and, where the header says it, the classification."""

    words: Words
    kind: KeyKind
    scheme: Scheme | None = None
    place: str = file_place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """A kind of the three public expenses. ``parts`` are the kinds that together make it; ``memo``: it stands beside them."""

    words: Words
    kind: ExpenseKind
    memo: bool = False
    parts: tuple[ExpenseKind, ...] = ()
    place: str = file_place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a label counts that is no money. ``stock`` holds at a time, not over a year; ``subject``: the label narrows it."""

    words: Words
    metric: Metric
    unit: CountUnit
    stock: bool = False
    subject: bool = False
    place: str = file_place()


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of words that say one thing."""

    words: Words


@dataclass(frozen=True, slots=True)
class Empty:
    """Rows and notes that say that a table has nothing to show."""

    rows: Words
    notes: Words


@dataclass(frozen=True, slots=True)
class Titles:
    """What titles begin with, and what they say of the fund of the whole table."""

    first_characters: str
    funds: dict[Fund, Words]


@dataclass(frozen=True, slots=True)
class Sides:
    """Labels of tables with two sides in flowing text, by the side that they belong to."""

    revenue: Words
    expenditure: Words


@dataclass(frozen=True, slots=True)
class WordsFile:
    """``words.toml``: what the words of headers and labels mean, whatever table they stand in."""

    column: tuple[Meaning, ...]
    key: tuple[KeyMeaning, ...]
    expense: tuple[Expense, ...]
    counted: tuple[Counted, ...]
    totals: Listed
    year_totals: Listed
    subtotals: Listed
    counts: Listed
    rates: Listed
    memos: Listed
    balances: Listed
    alone: Listed
    empty: Empty
    titles: Titles
    units: dict[str, Decimal]
    sides: Sides


@dataclass(frozen=True, slots=True, kw_only=True)
class TableForm:
    """One table as a family publishes it.

    ``all_funds``: its title says that it is of all of them, whatever a header says. ``without_revenue``: kinds of revenue
    that its title leaves out; a table with a row of one is another, whose title was lost. ``plans_ahead``: it is of the
    years to come, too.
    """

    code: TableCode
    titles: Words
    family: str = not_in_file("")
    kind: Literal["amounts", "performance"] = "amounts"
    direction: Direction | None = None
    fund: Fund | None = None
    scheme: Scheme | None = None
    name_scheme: Scheme | None = None
    items: Literal["expense"] | None = None
    all_funds: bool = False
    plans_ahead: bool = False
    without_revenue: tuple[RevenueSource, ...] = ()
    columns: tuple[str, ...] = ()
    identities: tuple[Annotated[str, Made(str, _checked_identity)], ...] = ()
    unit: str | None = None
    place: str = file_place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A form family: who publishes like that, and its tables in the order of the file.

    One that is ``based_on`` another has that one's tables and is recognised by ``typical`` titles, ``at_least`` so many.
    """

    name: str = file_key("family")
    title_zh: str
    title_en: str
    tables: tuple[TableForm, ...] = file_key("table", default=())
    stage: Stage | None = None
    division_code: Annotated[str, OneOf("division of schemas/codes/divisions.csv", _divisions)] | None = None
    based_on: str | None = None
    typical: Words | None = None
    at_least: int = 1
