"""Tables whose digits were recognised on a picture: what sums and other tables prove, and what recognition was sure of.

A digit that is read wrongly looks like any other. What proves an amount is that its row and its column add up, or that
another table says the same of the same code or label; one that no sum covers is believed where recognition was sure of all
its digits. An amount in doubt is not published, and the reason names it; where most are, none of the table is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

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
from pipeline.extract.tables.meaning.told import Told
from pipeline.ingest.document import Document

#: The kinds of rows that are parts of the row they stand under.
_PARTS = ("detail", "subtotal")
#: So many sums that do not hold, and amounts in doubt, are named.
_SHOWN = 4
#: So many amounts other than nothing add up by chance.
_BY_CHANCE = 2
#: Of so many sums one may not hold to the last digit where nothing is rounded.
_FEW = 5
#: The confidence from which an amount is believed that a rounded sum alone may be off by.
_CERTAIN = 0.99
#: So many amounts of a column show how many decimals each of them has.
_ALIKE = 3

#: An amount, by where it is printed.
_Place = tuple[Piece, ...]


@dataclass(frozen=True)
class _Sum:
    """Amounts of which the first side is to be the sum of the second, and what it is a sum of."""

    name: str
    left: Sequence[Cell]
    right: Sequence[Cell]

    @cached_property
    def holds(self) -> bool:
        """Whether it does, as far as printed digits show."""
        parts = [_value(cell) for cell in self.right]
        parts += [-_value(cell) for cell in self.left[1:]]
        return bool(self.left) and is_sum(_value(self.left[0]), parts)

    @cached_property
    def exact(self) -> bool:
        """Whether it holds to the last digit: what is rounded hides a last digit that is misread."""
        return self.holds and sum(map(_value, self.left)) == sum(map(_value, self.right))

    @cached_property
    def places(self) -> frozenset[_Place]:
        """Its amounts."""
        return frozenset(cell.pieces for cell in (*self.left, *self.right))

    @cached_property
    def filled(self) -> frozenset[_Place]:
        """Its amounts other than nothing."""
        return frozenset(cell.pieces for cell in (*self.left, *self.right) if _value(cell))


@dataclass(frozen=True)
class _Amounts:
    """The recognised amounts of a table: how sure recognition was of each, the sums it is in, and what others say of it.

    ``told`` are those that other tables say, too; ``odd`` those that may have lost their decimal point.
    """

    confidence: dict[_Place, float]
    sums: Sequence[_Sum]
    told: set[_Place]
    odd: set[_Place]

    @cached_property
    def broken(self) -> list[_Sum]:
        """The sums that do not hold."""
        return [each for each in self.sums if not each.holds]

    @cached_property
    def in_doubt(self) -> set[_Place]:
        """The amounts that are not believed."""
        proved = self._proved()
        return (self._unproved() - self.told) | (self.odd - proved) | self._in_broken(proved)

    def _unproved(self) -> set[_Place]:
        """The amounts that no sum covers to the last digit: those not sure, and where little is rounded those that are off."""
        exact = {place for each in self.sums if each.exact for place in each.places}
        rounded = [each for each in self.sums if each.holds and not each.exact]
        off = {place for each in rounded for place in each.places if self.confidence.get(place, 1.0) < _CERTAIN}
        if len(rounded) * _FEW > len(self.sums):
            off.clear()
        in_broken = {place for each in self.broken for place in each.places}
        unsure = {place for place, sure in self.confidence.items() if sure < SURE}
        return (off | (unsure - in_broken)) - exact

    def _in_broken(self, proved: set[_Place]) -> set[_Place]:
        """What may be wrong in sums that do not hold: what is not sure and proved besides, or all of one where all is."""
        firm = {place for place in proved if place in self.told or self.confidence.get(place, 1.0) >= SURE}
        return {place for each in self.broken for place in (each.places - firm or each.places)} & self.confidence.keys()

    def _proved(self) -> set[_Place]:
        """The amounts that others say, that are in sums which hold by no chance, and those that these leave to sums."""
        proved = set(self.told)
        holding = [each for each in self.sums if each.exact]
        left = len(proved) - 1
        while left != len(proved):
            left = len(proved)
            for each in holding:
                if len(each.filled) > _BY_CHANCE or len(each.filled - proved) <= 1:
                    proved |= each.places
        return proved


def if_proved(
    document: Document, table: Table, records: list[Record], form: TableForm, library: Library, told: Told
) -> tuple[Table, list[Record]]:
    """``table`` and its records without recognised amounts in doubt, or, where most are, a table without rows that says why.

    ``told`` is what other tables of the document say.
    """
    confidences = Confidences(document)
    confidence = _of_amounts(confidences, table)
    if confidence:
        sums = [*_of_rows(table, form), *_of_records(records)]
        amounts = _Amounts(confidence, sums, _told(records, told), _odd(records))
        if amounts.in_doubt:
            places = sorted(amounts.in_doubt, key=lambda place: (confidence[place], place))
            table, records = _without(document, table, records, amounts, places)
            in_sums = amounts.in_doubt & {place for each in amounts.broken for place in each.places}
            table.unsure = tuple(sorted({at for place in in_sums for at in confidences.unsure_digits(place)}))
    return with_proved_words(document, table, records, confidences, library, told)


def _without(
    document: Document, table: Table, records: list[Record], amounts: _Amounts, doubtful: Sequence[_Place]
) -> tuple[Table, list[Record]]:
    """A table and its records without the amounts in doubt, which is said; without any where most are."""
    most = len(doubtful) * 2 > len(amounts.confidence)
    problem = _problem(document, amounts, doubtful, most)
    problems = [*table.problems, problem]
    if most:
        return table.withheld(problems), []
    for record in records:
        record.amounts = [(column, cell) for column, cell in record.amounts if cell.pieces not in amounts.in_doubt]
    return replace(table, problems=problems), records


def _told(records: Sequence[Record], told: Told) -> set[_Place]:
    """The amounts that other tables say of the same row."""
    return {cell.pieces for record in records for _, cell in record.amounts if told.says(record, cell.folded)}


def _odd(records: Sequence[Record]) -> set[_Place]:
    """The amounts that alone of their column, or of a table of few rows, lack the decimals that all others have."""
    columns: dict[str, list[Cell]] = {}
    for record in records:
        for key, cell in _of_columns(record).items():
            if _value(cell):
                columns.setdefault(key, []).append(cell)
    few = [cell for cells in columns.values() if len(cells) < _ALIKE for cell in cells]
    groups = [cells for cells in columns.values() if len(cells) >= _ALIKE] + ([few] if len(few) >= _ALIKE else [])
    return {place for cells in groups if (place := _odd_one(cells)) is not None}


def _odd_one(cells: Sequence[Cell]) -> _Place | None:
    decimals = [len(cell.folded.partition(".")[2]) for cell in cells]
    (usual, _), *others = Counter(decimals).most_common()
    if others != [(0, 1)]:
        return None
    odd = cells[decimals.index(0)]
    return odd.pieces if sum(map(str.isdigit, odd.folded)) > usual else None


def _problem(document: Document, amounts: _Amounts, doubtful: Sequence[_Place], most: bool) -> str:
    why = "no sum covers all of them"
    if broken := amounts.broken:
        more = " …" if len(broken) > _SHOWN else ""
        why = f"{len(broken)} sums do not hold ({', '.join(each.name for each in broken[:_SHOWN])}{more})"
    elif amounts.odd & set(doubtful):
        why = "a decimal point may be lost"
    named = [
        f"{''.join(document.text[start:end] for start, end in place)!r} "
        f"(line {document.line_at(place[0][0]).number}, confidence {amounts.confidence[place]:.2f})"
        for place in doubtful[:_SHOWN]
    ]
    said = "none is published" if most else f"{len(doubtful)} of them in doubt are not published"
    return f"its amounts were recognised on a picture, and {why}; {said}. Most in doubt: {', '.join(named)}"


def _of_amounts(confidences: Confidences, table: Table) -> dict[_Place, float]:
    """How sure recognition was of each amount of ``table`` that it read."""
    cells = {cell.pieces for row in table.rows for cell in _of_row(row).values()}
    return {pieces: sure for pieces in cells if (sure := confidences.of_number(pieces)) is not None}


def _amounts(cells: dict[int, Cell]) -> dict[int, Cell]:
    return {at: cell for at, cell in cells.items() if _is_value(cell)}


def _is_value(cell: Cell) -> bool:
    return is_amount(cell.folded) and value_of(cell.folded) is not None


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
            if found and (found.holds or not unread):
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
            yield from (each for each in _by_column(record, _details(records[:at])) if each.holds)


def _details(records: Sequence[Record]) -> list[Record]:
    """The rows that are details; one without label and code beside others is not understood."""
    return [record for record in records if record.kind == "detail" and record.key_pieces]


def _by_column(whole: Record, parts: Sequence[Record]) -> Iterator[_Sum]:
    of_parts = [_of_columns(part) for part in parts]
    for key, cell in _of_columns(whole).items():
        yield _Sum(f"{whole.item or 'the row with'} {cell.text}", [cell], [p[key] for p in of_parts if key in p])


def _of_row(row: TableRow) -> dict[int, Cell]:
    return _amounts({at: cell for at, cell in row.cells.items() if row.columns[at].kind == "amount"})


def _of_columns(record: Record) -> dict[str, Cell]:
    """The amounts of a record by side and meaning of their columns: a page may be ruled in other columns than the next."""
    found: dict[str, Cell] = {}
    times: Counter[str] = Counter()
    for column, cell in record.amounts:
        if column.kind == "amount":
            times[column.identity] += 1
            found[f"{record.side} {column.identity} {times[column.identity]}"] = cell
    return {key: cell for key, cell in found.items() if _is_value(cell)}
