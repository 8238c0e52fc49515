"""Counts in tables of amounts (公务用车保有量（辆） | 3): facts of the document that are no money.

A budget line is money, so a count becomes a statement, as it does where prose tells it. What it counts words.toml says; a
count of which it does not say so has no owner, and the document says that.
"""

from __future__ import annotations

from decimal import Decimal

from pipeline.extract.context import Context
from pipeline.extract.forms import Library
from pipeline.extract.ledger import Token
from pipeline.extract.patterns import fold
from pipeline.extract.tables.cells import shorten
from pipeline.extract.tables.columns import Column
from pipeline.extract.tables.of_column import TableOf, time_of
from pipeline.extract.tables.record import Record
from schemas.rows import Statement

_SCALE = Decimal("0.0001")


def counted(record: Record, column: Column, library: Library) -> str | None:
    """The label or header that says an amount is none: its own, or one that it is a part of."""
    return next((word for word in _words(record, column) if library.says("counts", word)), None)


def state(
    context: Context, table: TableOf, record: Record, column: Column, token: Token | None, library: Library
) -> bool:
    """Add the statement of a count; False where nothing says what is counted.

    What stands below a counted label (其中：主要领导干部用车 below 车辆数合计) counts the same, and its label is the subject.
    """
    known = [(at, entry) for at, word in enumerate(_words(record, column)) if (entry := library.counted(word))]
    if not known or token is None or token.value is None or token.value != int(token.value):
        return False
    at, entry = known[0]
    narrowed = entry.subject or at > 0
    year, phase = time_of(context, record, column, library)
    subject = fold(record.item or "") if narrowed else ""
    statement_id = context.statement_id(entry.metric, "count", year, subject)
    row = Statement(
        statement_id=statement_id,
        section_path=table.title,
        metric=entry.metric,
        fiscal_year=year,
        comparison=None if year is None else year != context.disclosure_year,
        phase=None if entry.stock else phase,
        kind="count",
        value=token.value.quantize(_SCALE),
        unit=entry.unit,
        printed=token.printed,
        precision=Decimal(1).scaleb(int(token.value.as_tuple().exponent)),
        place=context.place(token.start, token.end),
    )
    if subject:
        row.subject = context.assemble("statements", statement_id, "subject", _subject(context, record))
    context.add(row)
    context.ledger.claim(token, "data", "count", "statements", statement_id)
    return True


def _words(record: Record, column: Column) -> list[str]:
    """What may say that an amount is a count, the nearest first."""
    above = [parent.item for parent in reversed(record.parents)]
    return [word for word in (record.item, column.path[-1] if column.path else None, *above) if word]


def _subject(context: Context, record: Record) -> list[tuple[int, int]]:
    """The label without the unit in brackets at its end: 国内公务接待批次（个）."""
    text = context.document.text
    label = fold(record.item or "")
    opening = label.rfind("（") if label.endswith("）") else -1
    return shorten(text, record.item_pieces, 0, len(label) - opening if opening > 0 else 0)
