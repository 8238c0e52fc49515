"""Columns that are believed only beside others: another year, another phase, a change or a part has its own or its whole.

A header that says 2023年决算数 over the only column of a table of 2024, or 增减额 or 公用经费 over nothing but that, was
damaged or belongs to another table: what its amounts are is not known.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.tables.meaning.columns import KINDS, Column
from pipeline.extract.tables.meaning.record import Record
from pipeline.extract.tables.meaning.records import sides_of

_CHANGES = ("change", "subtotal_change")


def unbacked(records: Sequence[Record], year: int | None, phase: str | None) -> dict[int, str]:
    """Why columns of amounts are not believed, by their ids; ``year`` and ``phase`` are those of the table."""
    found: dict[int, str] = {}
    seen: set[int] = set()
    for record in records:
        if id(record.row.columns) in seen:
            continue
        seen.add(id(record.row.columns))
        for _, amounts in sides_of(record.row.columns):
            of_side = [column for column in amounts if column.kind == "amount"]
            found |= {id(c): why for c in of_side if (why := _doubt(c, of_side, year, phase)) is not None}
    return found


def _doubt(column: Column, beside: Sequence[Column], year: int | None, phase: str | None) -> str | None:
    others = [other for other in beside if other is not column]
    alike = [other for other in others if _what(other) == _what(column)]
    when = _year(column, year)
    if None not in (when, year) and when != year and not any(_year(c, year) in (None, year) for c in alike):
        return "another year, beside none of its table's own"
    if None not in (column.phase, phase) and column.phase != phase and not any(c.phase in (None, phase) for c in alike):
        return "another phase, beside none of its table's own"
    if column.measure in _CHANGES and beside and all(other.measure in _CHANGES for other in beside):
        return "changes, beside none of what they are changes of"
    if column.measure in KINDS and others and not any(_may_be_whole(other) for other in others):
        return "a part, beside none of its whole and its other parts"
    return None


def _what(column: Column) -> tuple[object, ...]:
    """What a column is about, whatever its year and its phase."""
    measure = "total" if column.measure == "subtotal" else column.measure
    return column.expense, column.economic, column.direction, column.fund, column.revenue_source, measure


def _year(column: Column, year: int | None) -> int | None:
    if column.year is None and column.year_offset is not None and year is not None:
        return year + column.year_offset
    return column.year


def _may_be_whole(column: Column) -> bool:
    """Whether a column measures a kind of expenditure, or all of them."""
    return column.measure in KINDS or (column.measure == "total" and column.fund is None)
