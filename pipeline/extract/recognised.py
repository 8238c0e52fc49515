"""Figures of prose and performance sheets that were recognised on a picture: no sum proves them, as it does tables.

An amount of money is believed where a published amount of a table says the same, any other figure where recognition was
sure of all its digits. What is not believed has no owner, and makes the document partial.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from decimal import Decimal

from pipeline.extract.context import Context
from pipeline.ingest.document import Document
from schemas.rows import Statement

#: The confidence of its least certain digit from which a figure is believed that nothing else proves.
SURE = 0.95


class Confidences:
    """How sure character recognition was of each place of a document."""

    def __init__(self, document: Document) -> None:
        self._words = [word for page in document.pages for word in page.words if word.confidence is not None]
        self._starts = [word.start for word in self._words]

    def of(self, pieces: Iterable[tuple[int, int]]) -> float | None:
        """The least of the words in ``pieces``; None where none of them was recognised."""
        sure = []
        for start, end in pieces:
            first = max(bisect_right(self._starts, start) - 1, 0)
            held = self._words[first : bisect_right(self._starts, end - 1)]
            sure += [word.confidence for word in held if word.end > start and word.confidence is not None]
        return min(sure, default=None)


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
    amounts = sorted({abs(line.amount) for line in rows.budget_lines})
    gone: set[_Id] = set()
    for token in context.ledger.tokens:
        if token.cls == "data" and token.owner_table in ("statements", "targets"):
            sure = confidences.of([(token.start, token.end)])
            if sure is not None and sure < SURE:
                gone.add((token.owner_table, token.owner_id))
    for row in rows.statements:
        own = row.unit == "CNY" and not row.derived_from and confidences.of([(row.start, row.end)]) is not None
        rests = ("statements", row.derived_from) in gone  # it comes after what it rests on
        if rests or (own and not _stands_in(row, amounts)):
            gone.add(("statements", row.statement_id))
    return gone


def _stands_in(row: Statement, amounts: list[Decimal]) -> bool:
    """Whether one of the ``amounts`` of tables is that of a statement, as far as it is printed."""
    if row.value is None:
        return True
    value, half = abs(row.value), (row.precision or Decimal(0)) / 2
    at = bisect_left(amounts, value - half)
    return at < len(amounts) and amounts[at] <= value + half
