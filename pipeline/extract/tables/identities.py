"""Identities that a form declares between the columns of a row: ``total = basic + project``.

Placement reads them to choose what layout leaves open, reconciliation to check what is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipeline.extract.tables.columns import Column


@dataclass(frozen=True, slots=True)
class Identity:
    """``left`` and ``right`` are the names of columns; both sides are sums."""

    left: tuple[str, ...]
    right: tuple[str, ...]


@lru_cache(maxsize=1024)
def parse(declared: str) -> Identity | None:
    """The identity a form writes, or None where it speaks of rows (``revenue: 收入总计 = 支出总计``)."""
    if ":" in declared:
        return None
    left, equals, right = declared.partition("=")
    if not equals:
        raise ValueError(f"the identity {declared!r} has no equals sign; write it like 'total = basic + project'")
    return Identity(*(tuple(term.strip() for term in side.split("+")) for side in (left, right)))


def stands_for(term: str, column: Column) -> bool:
    """Whether a term of an identity names a column: by measure, kind of revenue, or both with a dot."""
    source, dot, measure = term.partition(".")
    if dot:
        return column.revenue_source == source and column.measure == measure
    if column.revenue_source:
        return column.revenue_source == term and column.measure != "subtotal"
    return column.measure == term


def broken(identities: Sequence[str], values: Mapping[Column, Decimal], columns: Sequence[Column]) -> int | None:
    """How many of the identities the amounts of one row break; None where none of them applies.

    An identity applies where the table has a column for its left side and one for its right. A side
    without any printed amount breaks it, unless both are without.
    """
    failures, applied = 0, 0
    for declared in identities:
        identity = parse(declared)
        if identity is None:
            continue
        sides = []
        for terms in (identity.left, identity.right):
            ours = [c for c in columns if c.kind == "amount" and any(stands_for(term, c) for term in terms)]
            sides.append((ours, [values[c] for c in ours if c in values]))
        if not all(ours for ours, _ in sides):
            continue
        (_, left), (_, right) = sides
        if not left and not right:
            continue
        applied += 1
        if not left or not right or sum(left) != sum(right):
            failures += 1
    return failures if applied else None
