"""What the tables of a document say beyond doubt: by it a doubtful amount, code or label of another one is proved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.extract.forms import Library
from pipeline.extract.ledger import value_of
from pipeline.extract.patterns import fold
from pipeline.extract.tables.lexicon import is_amount
from pipeline.extract.tables.meaning.columns import KINDS, Column
from pipeline.extract.tables.meaning.record import Record

#: The key of every total.
TOTAL = "total"
#: Digits of an amount that no other one has by chance.
TELLING = 3


@dataclass(frozen=True, slots=True)
class Told:
    """Amounts by the key of their row, codes (scheme, digits and name) and labels, all as folded."""

    amounts: frozenset[tuple[str, str]] = frozenset()
    codes: frozenset[tuple[str, str, str]] = frozenset()
    labels: frozenset[str] = frozenset()

    def says(self, record: Record, amount: str) -> bool:
        """Whether a row with a key of ``record`` has ``amount``."""
        return any((key, amount) in self.amounts for key in _keys(record))


#: What is told of a document before any table is read.
NOTHING = Told()


def told_by(records: Iterable[Record]) -> Told:
    """What ``records`` say, all of which are believed."""
    records = list(records)
    amounts = {
        (key, cell.folded)
        for record in records
        for key in _keys(record)
        for column, cell in record.amounts
        if column.kind == "amount" and _is_telling(cell.folded)
    }
    codes = {(scheme, code.digits, record.name_of(code)) for record in records for scheme, code in record.codes.items()}
    labels = {fold(label) for record in records for label in (record.item, record.project) if label}
    return Told(frozenset(amounts), frozenset(codes), frozenset(labels))


def _keys(record: Record) -> Iterator[str]:
    """What names a row in any table: its codes, else its label; every total is that of the same money."""
    if record.kind == "total":
        yield TOTAL
    for scheme, code in record.codes.items():
        yield f"{scheme} {code.digits}"
    if record.item and not record.codes:
        yield fold(record.item)


def _is_telling(amount: str) -> bool:
    return sum(map(str.isdigit, amount.lstrip("-0.").rstrip("0"))) >= TELLING


@dataclass(frozen=True, slots=True)
class _Of:
    """What an amount is of: a fund, a kind of revenue, a kind of expenditure."""

    fund: str | None
    source: str | None
    kind: str | None

    @classmethod
    def column(cls, column: Column) -> _Of:
        kind = column.measure if column.measure in KINDS else None
        return cls(column.fund, column.revenue_source, kind)

    @property
    def sort(self) -> str:
        """Amounts of one sort exclude one another."""
        return "kind" if self.kind else "source" if self.fund or self.source else "whole"

    def is_one_with(self, other: _Of) -> bool:
        """Whether both may be said of one amount; of both are said as much as their words say."""
        if self.kind or other.kind:
            return self.kind == other.kind
        if self.fund and other.fund:
            return self.fund == other.fund and (None in (self.source, other.source) or self.source == other.source)
        return self.source is not None and self.source == other.source


class ToldColumns:
    """What the tables of a document say that amounts of a row are of, by the code of the row (or that it is the total).

    A row of the total's parts says it, too: 事业收入 as a label is a column of another table.
    """

    def __init__(self, records: Iterable[Record], library: Library) -> None:
        self._of: dict[tuple[str, Decimal], set[_Of]] = defaultdict(set)
        self._parts: dict[str, set[str]] = defaultdict(set)
        for record in records:
            named = library.column(record.item) if record.item and not record.codes else None
            keys = [code.digits for code in record.codes.values()] or ([TOTAL] if record.kind == "total" else [])
            for column, value in _values(record):
                if column.year_offset or column.measure == "change":
                    continue
                of = _Of.column(column)
                for key in keys:
                    self._of[key, value].add(of)
                    self._parts[key] |= {of.kind} if of.kind and value else set()
                if named is not None and (named.fund or named.revenue_source):
                    self._of[TOTAL, value].add(_Of(named.fund, named.revenue_source, None))

    def says_anything(self, key: str, value: Decimal) -> bool:
        """Whether a table says what such an amount is of."""
        return any(of.sort != "whole" for of in self._of.get((key, value), ()))

    def may_be(self, column: Column, key: str, value: Decimal) -> bool:
        """Whether an amount of a row may be of a column: some table says so, or none says what else of its sort it is of."""
        of = _Of.column(column)
        alike = [other for other in self._of.get((key, value), ()) if other.sort == of.sort]
        return of.sort == "whole" or not alike or any(of.is_one_with(other) for other in alike)

    def has_part(self, column: Column, key: str) -> bool:
        """Whether another table has amounts of a column's kind in a row."""
        return _Of.column(column).kind in self._parts.get(key, ())


def _values(record: Record) -> Iterator[tuple[Column, Decimal]]:
    """The telling amounts of a row."""
    for column, cell in record.amounts:
        if column.kind == "amount" and is_amount(cell.folded) and _is_telling(cell.folded):
            value = value_of(cell.folded)
            if value is not None:
                yield column, value
