"""The ledger as published: one row a token, with its value, owner and box."""

from __future__ import annotations

from bisect import bisect_right

from pipeline.extract.context import Context
from schemas.rows import Number


def add_numbers(context: Context) -> None:
    """Add the rows of ``numbers`` for all tokens, after every reader has made its claims."""
    document = context.document
    words = [word for page in document.pages for word in page.words] if document.points else []
    starts = [word.start for word in words]
    prefix = f"{document.disclosure_id}.number."
    for token in context.ledger.tokens:
        withheld = token.cls == "withheld"
        key = "withheld" if withheld else token.printed.replace(" ", "")
        row = Number(
            number_id=context.unique(prefix + key),
            printed=None if withheld else token.printed,
            value=None if withheld else token.value,
            role=token.role,
            class_=token.cls,
            owner_table=token.owner_table,
            owner_id=token.owner_id,
            place=context.place(token.start, token.end),
        )
        if words and (at := bisect_right(starts, token.start) - 1) >= 0 and words[at].end >= token.end:
            word = words[at]
            row.x0, row.x1 = word.across(token.start, token.end)
            row.top, row.bottom = word.top, word.bottom
            row.confidence = min(word.confidences[token.start - word.start : token.end - word.start], default=None)
        row.read_by = "text" if row.confidence is None else "ocr"
        if not context.settled.isdisjoint(range(token.start, token.end)):
            row.read_by = "sums"
        context.add(row)
