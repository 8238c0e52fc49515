"""Identities that a form declares between the columns of a row: ``total = basic + project``.

Placement reads them to choose what layout leaves open, reconciliation to check what is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from pipeline.extract.forms.entries import parse_identity
from pipeline.extract.tables.meaning.columns import Column


def stands_for(term: str, column: Column) -> bool:
    """Whether a term of an identity names a column: by measure, kind of revenue, or both with a dot."""
    if column.economic:
        return False  # a part of what the other columns measure, by another classification
    source, dot, measure = term.partition(".")
    if dot:
        return column.revenue_source == source and column.measure == measure
    if column.revenue_source:
        return column.revenue_source == term and column.measure != "subtotal"
    return column.measure == term


#: The identities that apply to a table: for each the places of the columns that stand on its left, and on its right.
Applicable = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def applicable(identities: Sequence[str], columns: Sequence[Column]) -> Applicable:
    """The identities for which ``columns`` hold one for the left side and one for the right, as places in ``columns``."""
    found = []
    for identity in map(parse_identity, identities):
        left, right = (
            tuple(
                at
                for at, column in enumerate(columns)
                if column.kind == "amount" and any(stands_for(term, column) for term in terms)
            )
            for terms in (identity.left, identity.right)
        )
        if left and right:
            found.append((left, right))
    return tuple(found)


def count_broken(sides: Applicable, values: Mapping[int, Decimal]) -> int | None:
    """How many of the identities the amounts of one row, by place of their column, break; None where none applies.

    A side without any printed amount breaks it, unless both are without.
    """
    failures, applied = 0, 0
    for left, right in sides:
        ours = [values[at] for at in left if at in values]
        theirs = [values[at] for at in right if at in values]
        if not ours and not theirs:
            continue
        applied += 1
        if not ours or not theirs or sum(ours) != sum(theirs):
            failures += 1
    return failures if applied else None
