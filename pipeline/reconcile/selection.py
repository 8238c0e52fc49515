"""Named selections: which figures stand on a side of a rule, by table, row, measure, fund; never by position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

import polars as pl

from pipeline.reconcile.batch import VALUE, ZERO, Batch
from pipeline.reconcile.rules import Rule, RuleError

#: Tables that terms are of: what a batch has of them, and the name of their id.
SOURCES = {
    "budget_lines": ("lines", "line_id"),
    "statements": ("statements", "statement_id"),
    "targets": ("targets", "target_id"),
}
#: Words of a term that say how its rows are taken; all others are columns.
TERM_WORDS = ("from", "coefficient", "pick", "optional", "by", "as_zero")


def condition(wanted: Mapping[str, Any]) -> pl.Expr:
    """The rows a term of a rule means.

    A column may be given one value or a list; ``null`` and ``filled`` list columns; ``<column>_like`` and
    ``not_<column>_like`` are regular expressions; ``nonzero`` asks for an amount that is not 0; ``any`` lists
    conditions of which one must hold.
    """
    tests: list[pl.Expr] = []
    for name, value in wanted.items():
        if name in TERM_WORDS:
            continue
        if name == "null":
            tests += [pl.col(column).is_null() for column in value]
        elif name == "filled":
            tests += [pl.col(column).is_not_null() for column in value]
        elif name == "nonzero":
            tests.append(pl.col("value") != ZERO)
        elif name == "any":
            tests.append(reduce(or_, map(condition, value)))
        elif name.startswith("not_") and name.endswith("_like"):
            tests.append(~pl.col(name[4:-5]).cast(pl.String).str.contains(value).fill_null(False))
        elif name.endswith("_like"):
            tests.append(pl.col(name[:-5]).cast(pl.String).str.contains(value).fill_null(False))
        elif isinstance(value, bool):
            tests.append(pl.col(name) == value)
        elif isinstance(value, list):
            tests.append(pl.col(name).cast(pl.String).is_in([str(one) for one in value]))
        elif isinstance(value, int):
            tests.append(pl.col(name).cast(VALUE) == pl.lit(value, dtype=VALUE))
        else:
            tests.append(pl.col(name).cast(pl.String) == str(value))
    return reduce(and_, tests) if tests else pl.lit(True)


def table_of(term: Mapping[str, Any]) -> str:
    """The table that a term is of. Raises RuleError where it cannot be."""
    table: str = term.get("from", "budget_lines")
    if table not in SOURCES:
        raise RuleError(f"a term says from = {table!r}; it must be one of {', '.join(SOURCES)}")
    return table


def rows_of(batch: Batch, term: Mapping[str, Any]) -> tuple[pl.DataFrame, str, str]:
    """The rows of a term, the table they come from and the name of its id."""
    table = table_of(term)
    attribute, identity = SOURCES[table]
    frame: pl.DataFrame = getattr(batch, attribute)
    return (frame.filter(condition(term)) if frame.height else frame), table, identity


def where_it_holds(batch: Batch, rule: Rule) -> pl.Expr:
    """The rows of disclosures in which the conditions of ``rule`` hold.

    ``when`` and ``unless`` are selections: the rule holds where each of the first has rows and each of the
    second has none.
    """
    tests = [pl.lit(True)]
    for name in ("when", "unless"):
        for term in rule.option(name, ()):
            rows, _, _ = rows_of(batch, term)
            there = rows["disclosure_id"].unique() if rows.width else pl.Series(dtype=pl.String)
            held = pl.col("disclosure_id").is_in(there.implode())
            tests.append(held if name == "when" else ~held)
    return pl.all_horizontal(tests)


def one_a_key(rows: pl.DataFrame, *more: str) -> pl.DataFrame:
    """A figure that several rows of a key (and of columns ``more``) repeat, once; none where they contradict one another."""
    if not rows.height:
        return rows
    groups = ["disclosure_id", "key", *more]
    rows = rows.filter(pl.col("value").n_unique().over(groups) == 1)
    return rows.unique(groups, keep="first", maintain_order=True)


def keyed(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """``rows`` with the key of the check that each belongs to."""
    return rows.with_columns(key=key_of(by))


def key_of(by: Sequence[str]) -> pl.Expr:
    """The key of a check for each value of the columns ``by``."""
    names = [pl.col(name).cast(pl.String).fill_null("") for name in by]
    return pl.concat_str(names, separator=".").str.strip_chars(".") if names else pl.lit("document")
