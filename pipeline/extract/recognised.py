"""Figures of prose and performance sheets that were recognised on a picture: no sum proves them, as it does tables.

An amount of money that tables print is believed where one of their published amounts says the same, any other figure where
recognition was sure of all its digits. What is not believed has no owner, and makes the document partial.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from decimal import Decimal

from pipeline.extract.context import Context, Piece
from pipeline.ingest.document import Document
from schemas.rows import BudgetLine, Statement

#: The confidence of its least certain digit from which a figure is believed that nothing else proves.
SURE = 0.95
#: Digits of an amount that no other one has by chance.
_TELLING = 3
#: What numbers are written with.
_OF_NUMBERS = frozenset("0123456789０１２３４５６７８９.,．，-－−")


class Confidences:
    """How sure character recognition was of each place of a document."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._words = [word for page in document.pages for word in page.words if word.confidences]
        self._starts = [word.start for word in self._words]

    def of_number(self, pieces: Iterable[Piece]) -> float | None:
        """The least of the characters of numbers in ``pieces``; None where none of them was recognised."""
        return min((sure for at, sure in self._each(pieces) if self._text[at] in _OF_NUMBERS), default=None)

    def of_text(self, pieces: Iterable[Piece]) -> float | None:
        """The least of all characters in ``pieces``; None where none of them was recognised."""
        return min((sure for _, sure in self._each(pieces)), default=None)

    def unsure_digits(self, pieces: Iterable[Piece]) -> list[int]:
        """The places of the digits in ``pieces`` that recognition was not sure of."""
        return [at for at, sure in self._each(pieces) if sure < SURE and self._text[at].isdigit()]

    def _each(self, pieces: Iterable[Piece]) -> Iterator[tuple[int, float]]:
        """The place and confidence of each recognised character."""
        for start, end in pieces:
            first = max(bisect_right(self._starts, start) - 1, 0)
            for word in self._words[first : bisect_right(self._starts, end - 1)]:
                places = range(max(word.start, start), min(word.end, end))
                yield from ((at, word.confidences[at - word.start]) for at in places)


#: The table and the id of a row.
_Id = tuple[str | None, str | None]


def withdraw_unproved(context: Context) -> None:
    """Take back the statements and targets of ``context`` whose recognised figures are not believed."""
    gone = _unproved(context) if context.document.read_by != "text" else set()
    if not gone:
        return
    rows = context.extraction.rows
    rows.statements[:] = [row for row in rows.statements if ("statements", row.statement_id) not in gone]
    rows.targets[:] = [row for row in rows.targets if ("targets", row.target_id) not in gone]
    rows.spans[:] = [span for span in rows.spans if (span.owner_table, span.owner_id) not in gone]
    for token in context.ledger.tokens:
        if (token.owner_table, token.owner_id) in gone:
            context.ledger.release(token)
    context.problems.append(
        f"{len(gone)} facts of its text were recognised on a picture, and nothing proves them; none of them is published"
    )


def _unproved(context: Context) -> set[_Id]:
    """The statements and targets that are not believed, and the statements that rest on them."""
    confidences, rows = Confidences(context.document), context.extraction.rows
    sure: dict[_Id, float] = {}
    for token in context.ledger.tokens:
        if token.cls == "data" and token.owner_table in ("statements", "targets"):
            owner = token.owner_table, token.owner_id
            of_token = confidences.of_number([(token.start, token.end)])
            sure[owner] = min(sure.get(owner, 1.0), 1.0 if of_token is None else of_token)
    gone = {owner for owner, of_owner in sure.items() if of_owner < SURE}
    tables = _Tables(rows.budget_lines)
    for row in rows.statements:
        own: _Id = "statements", row.statement_id
        if ("statements", row.derived_from) in gone:  # it comes after what it rests on
            gone.add(own)
        elif row.unit == "CNY" and not row.derived_from and confidences.of_text([(row.start, row.end)]) is not None:
            if tables.prove(row, sure.get(own, 1.0)):
                gone.discard(own)
            else:
                gone.add(own)
    return gone


class _Tables:
    """What the published amounts of tables prove of the amounts of prose."""

    def __init__(self, lines: Iterable[BudgetLine]) -> None:
        lines = list(lines)
        self._amounts = sorted({abs(line.amount) for line in lines})
        self._times = {(line.fiscal_year, line.phase) for line in lines if line.expense is None}

    def prove(self, row: Statement, sure: float) -> bool:
        """Whether an amount is believed of whose digits recognition was ``sure``.

        What tables print they have to say, too. Of another year, of a budget beside accounts, and of a change they say nothing.
        """
        if row.value is None:
            return True
        if self._say(row):
            return sure >= SURE or sum(map(str.isdigit, (row.printed or "").lstrip("0."))) >= _TELLING
        told = row.kind != "change" and (row.fiscal_year, row.phase) in self._times
        return sure >= SURE and not told

    def _say(self, row: Statement) -> bool:
        """Whether an amount of a table is that of a statement, as far as it is printed."""
        value, half = abs(row.value or Decimal(0)), (row.precision or Decimal(0)) / 2
        at = bisect_left(self._amounts, value - half)
        return at < len(self._amounts) and self._amounts[at] <= value + half
