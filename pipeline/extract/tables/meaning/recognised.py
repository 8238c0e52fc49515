"""Tables whose digits were recognised on a picture: believed where their sums hold, withheld otherwise.

A digit that is read wrongly looks like any other. What proves a table is that its rows and totals add up; an amount that
no sum covers is believed where recognition was sure of all its digits. Where that fails none of the table's amounts is
published, and the reason names those that recognition was least sure of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.ledger import value_of
from pipeline.extract.recognised import SURE, Confidences
from pipeline.extract.tables.layout.sheet import Cell, Piece
from pipeline.extract.tables.lexicon import is_amount
from pipeline.extract.tables.meaning.identities import applicable
from pipeline.extract.tables.meaning.recognised_words import with_proved_words
from pipeline.extract.tables.meaning.record import Record
from pipeline.extract.tables.meaning.sums import is_sum
from pipeline.extract.tables.meaning.table import Table, TableRow
from pipeline.ingest.document import Document

#: The kinds of rows that are parts of the row they stand under.
_PARTS = ("detail", "subtotal")
#: So many sums that do not hold, and amounts in doubt, are named.
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class _Sum:
    """Amounts of which the first side is to be the sum of the second, and what it is a sum of."""

    name: str
    left: Sequence[Cell]
    right: Sequence[Cell]

    def holds(self) -> bool:
        """Whether it does, as far as printed digits show."""
        parts = [_value(cell) for cell in self.right]
        parts += [-_value(cell) for cell in self.left[1:]]
        return bool(self.left) and is_sum(_value(self.left[0]), parts)


def if_proved(
    document: Document, table: Table, records: list[Record], form: TableForm, library: Library
) -> tuple[Table, list[Record]]:
    """``table`` and its records, or, where recognised amounts are in doubt, a table without rows that says why."""
    confidences = Confidences(document)
    confidence = _of_amounts(confidences, table)
    sums = [*_of_rows(table, form), *_of_records(records)] if confidence else []
    broken = [each for each in sums if not each.holds()]
    covered = {cell.pieces for each in sums for cell in (*each.left, *each.right)}
    doubtful = {pieces for pieces, sure in confidence.items() if sure < SURE and pieces not in covered}
    if not broken and not doubtful:
        return with_proved_words(document, table, records, confidences, library)
    broken_in = {cell.pieces for each in broken for cell in (*each.left, *each.right) if cell.pieces in confidence}
    unsure = sorted({at for pieces in broken_in for at in confidences.unsure_digits(pieces)})
    doubtful |= broken_in
    problem = _problem(document, broken, sorted(doubtful, key=lambda pieces: (confidence[pieces], pieces)), confidence)
    return Table(table.columns, [], [*table.problems, problem], table.body_start, unsure=tuple(unsure)), []


def _problem(
    document: Document,
    broken: Sequence[_Sum],
    doubtful: Sequence[tuple[Piece, ...]],
    confidence: dict[tuple[Piece, ...], float],
) -> str:
    why = "no sum covers all of them"
    if broken:
        more = " …" if len(broken) > _SHOWN else ""
        why = f"{len(broken)} sums do not hold ({', '.join(each.name for each in broken[:_SHOWN])}{more})"
    named = [
        f"{''.join(document.text[start:end] for start, end in pieces)!r} "
        f"(line {document.line_at(pieces[0][0]).number}, confidence {confidence[pieces]:.2f})"
        for pieces in doubtful[:_SHOWN]
    ]
    return f"its amounts were recognised on a picture, and {why}; none is published. Most in doubt: {', '.join(named)}"


def _of_amounts(confidences: Confidences, table: Table) -> dict[tuple[Piece, ...], float]:
    """How sure recognition was of each amount of ``table`` that it read."""
    cells = {cell.pieces for row in table.rows for cell in _of_row(row).values()}
    return {pieces: sure for pieces in cells if (sure := confidences.of_number(pieces)) is not None}


def _amounts(cells: dict[int, Cell]) -> dict[int, Cell]:
    return {at: cell for at, cell in cells.items() if is_amount(cell.folded) and value_of(cell.folded) is not None}


def _value(cell: Cell) -> Decimal:
    return value_of(cell.folded) or Decimal(0)


def _of_rows(table: Table, form: TableForm) -> Iterator[_Sum]:
    """The identities of the form that apply to each row.

    Where a row has amounts under a header that was not understood, one of them may be what a sum lacks.
    """
    for row in table.rows:
        amounts = _of_row(row)
        unread = bool(_amounts({at: cell for at, cell in row.cells.items() if row.columns[at].kind == "unknown"}))
        for left, right in applicable(form.identities, row.columns):
            ours = [amounts[at] for at in left if at in amounts]
            theirs = [amounts[at] for at in right if at in amounts]
            found = _Sum(f"of the row with {ours[0].text}", ours, theirs) if ours else None
            if found and (found.holds() or not unread):
                yield found


def _of_records(records: Sequence[Record]) -> Iterator[_Sum]:
    """The totals of a table with its details, and its subtotals with the rows right below them.

    A subtotal without rows below it (本年收入合计) may be that of the details above: that can prove it, and disprove nothing.
    """
    below: dict[int, list[Record]] = {}
    for record in records:
        if record.parents and record.kind in _PARTS:
            below.setdefault(id(record.parents[-1]), []).append(record)
    for at, record in enumerate(records):
        if record.kind == "total":
            yield from _by_column(record, _details(records[:at]) or _details(records[at:]))
        elif record.kind == "subtotal" and id(record) in below:
            yield from _by_column(record, below[id(record)])
        elif record.kind == "subtotal":
            yield from (each for each in _by_column(record, _details(records[:at])) if each.holds())


def _details(records: Sequence[Record]) -> list[Record]:
    return [record for record in records if record.kind == "detail"]


def _by_column(whole: Record, parts: Sequence[Record]) -> Iterator[_Sum]:
    of_parts = [_of_columns(part) for part in parts]
    for index, cell in _of_columns(whole).items():
        yield _Sum(f"{whole.item or 'the row with'} {cell.text}", [cell], [p[index] for p in of_parts if index in p])


def _of_row(row: TableRow) -> dict[int, Cell]:
    return _amounts({at: cell for at, cell in row.cells.items() if row.columns[at].kind == "amount"})


def _of_columns(record: Record) -> dict[int, Cell]:
    return _amounts({column.index: cell for column, cell in record.amounts if column.kind == "amount"})
