"""Sums of selections against one another: between tables, between prose and tables, within prose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import polars as pl

from pipeline.reconcile.base import OPERANDS, Found, Needed, SideRows, SumRule, compare_sums, operands_where
from pipeline.reconcile.batch import Batch, key_by, key_of_body
from pipeline.reconcile.language import SOURCES, ColumnName, Is, Term

_TOTAL = Is("row_kind", ("total",))


@dataclass(frozen=True, kw_only=True)
class CompareRule(SumRule):
    """Both sides are sums of selections, for each disclosure and each value of the columns `by`."""

    left: Annotated[tuple[Term, ...], "The terms whose sum is the left side"]
    right: Annotated[tuple[Term, ...], "The terms whose sum is the right side"]
    by: Annotated[
        tuple[ColumnName, ...], "The columns of which each value has a check; none: one for a disclosure"
    ] = ()

    def __post_init__(self) -> None:
        for term in (*self.left, *self.right):
            by = term.by or self.by
            if len(by) != len(self.by):
                raise ValueError(f"a term is by {list(by)}, the rule by {list(self.by)}: give as many columns")
            if missing := [name for name in by if name not in SOURCES[term.source].columns()]:
                raise ValueError(
                    f"a term is of {term.source}, which has no column {missing[0]}; give the term its own `by`"
                )

    def terms(self) -> int:
        """How many terms a check cannot do without."""
        return sum(not term.optional for term in (*self.left, *self.right))

    def required_terms(self) -> Iterator[Term]:
        """The optional terms that some disclosures must have rows of."""
        return (term for term in (*self.left, *self.right) if term.required_where)

    def needs(self) -> Needed:
        """The rows of the tables that a term adds up or may lack; a figure that is picked stands alone."""
        terms = [term for term in (*self.left, *self.right) if term.source == "budget_lines"]
        alone = all(not term.optional and (term.pick == "one" or _TOTAL in term.conditions) for term in terms)
        return "operands" if alone else "table"

    def sides(self) -> Iterator[tuple[Term, SideRows]]:
        """The terms of both sides, with the rows that they mean."""
        number = 0  # of the terms that a check cannot do without
        for side, term in [*(("left", term) for term in self.left), *(("right", term) for term in self.right)]:
            numbered = None if term.optional else number
            number += not term.optional
            yield term, SideRows(self.id, side, term.expression(), numbered, term.pick == "one", term.as_zero)

    @classmethod
    def evaluate_all(cls, batch: Batch, rules: Sequence[CompareRule]) -> Found:
        """What all comparisons find. Terms that are of one table and have one key are looked for in one query."""
        alike: dict[tuple[str, tuple[str, ...]], list[SideRows]] = {}
        for rule in rules:
            for term, side in rule.sides():
                alike.setdefault((term.source, term.by or rule.by), []).append(side)
        parts = [
            operands_where(
                batch.source(table), SOURCES[table], key_of_body(by) if table == "budget_lines" else key_by(by), sides
            )
            for (table, by), sides in alike.items()
        ]
        operands = pl.concat([pl.DataFrame(schema=OPERANDS), *parts]).sort("side", maintain_order=True)
        return Found(compare_sums(operands, rules), operands)
