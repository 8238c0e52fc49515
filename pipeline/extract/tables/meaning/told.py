"""What the tables of a document say beyond doubt: by it a doubtful amount, code or label of another one is proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.extract.patterns import fold
from pipeline.extract.tables.meaning.record import Record

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
        yield "total"
    for scheme, code in record.codes.items():
        yield f"{scheme} {code.digits}"
    if record.item and not record.codes:
        yield fold(record.item)


def _is_telling(amount: str) -> bool:
    return sum(map(str.isdigit, amount.lstrip("-0.").rstrip("0"))) >= TELLING
