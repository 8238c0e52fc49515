"""A row against the rows below it: a code and the codes under it, a heading and its numbered items."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.reconcile.batch import SCHEMES, Batch, of_columns
from pipeline.reconcile.keys import COLUMN, named, tail
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.selection import condition
from pipeline.reconcile.settle import Found, Sums, nothing, operands_of
from pipeline.tidy.queries import IN_MEMORY


def evaluate_hierarchy(batch: Batch, rule: Rule) -> Found | Sums:
    """A code's row against the rows of the codes right below it in the same table: 类 = Σ 款 = Σ 项."""
    if not batch.coded.height:
        return nothing()
    printed = pl.col("code_basis").is_null() | (pl.col("code_basis").cast(pl.String) != "name")
    coded = batch.coded.lazy().filter((pl.col("code_count") == 1) & pl.col("project").is_null() & printed)
    table = ["table_id", "scheme"]
    known = coded.select(*table, above="code").unique()
    for length in (3, 5):
        above = pl.when(pl.col("code").str.len_chars() > length).then(pl.col("code").str.slice(0, length))
        there = known.with_columns(pl.col("above").alias(f"above_{length}"))
        coded = coded.with_columns(above=above).join(there, on=[*table, "above"], how="left", maintain_order="left")
    rows = coded.with_columns(parent=pl.coalesce("above_5", "above_3")).collect(engine=IN_MEMORY)
    if not rows.height:
        return nothing()
    key = pl.concat_str([tail("table_id"), pl.col("at"), named(*COLUMN[1:])], separator=".")
    children = rows.filter(pl.col("parent").is_not_null()).with_columns(at=pl.col("parent")).with_columns(key=key)
    # A code that the same column prints twice says that its rows are told apart by something else.
    parents = rows.with_columns(at=pl.col("code")).with_columns(key=key)
    parents = parents.filter(pl.len().over("disclosure_id", "key") == 1)
    operands = [
        operands_of(parents, "left", "budget_lines", "line_id"),
        operands_of(children, "right", "budget_lines", "line_id"),
    ]
    return Sums(rule, pl.concat(operands))


def evaluate_items(batch: Batch, rule: Rule) -> Found | Sums:
    """A row that other rows stand under by their ordinals (一、 over （一）, （二）) or as its parts, against their sum.

    Only of rows that are subtotals: all their components are rows. Coded rows have the rule of their codes.
    """
    lines = batch.lines
    rows = lines.filter(condition(rule.option("where", {}))) if lines.height else lines
    if not rows.height:
        return nothing()
    column = ["table_id", "direction", "measure", "fiscal_year", "phase"]
    path = pl.col("item_path")
    rows = rows.filter(path.is_not_null() & ~pl.col("row_kind").cast(pl.String).is_in(["total", "memo", "of_which"]))
    # Totals and rows beside them, which may print other columns, have no say in what the labels of others name.
    rows = rows.with_columns(of_columns(rows)).with_columns(fund="column_fund", revenue_source="column_source")
    column += ["fund", "revenue_source"]
    key = [tail("table_id"), pl.col("at"), named(*column[1:])]
    coded = [pl.col(f"{scheme}_code").is_not_null() for scheme in SCHEMES]
    coded_parent = pl.any_horizontal(coded) & (pl.col("code_basis").cast(pl.String) != "name").fill_null(True)
    parents = rows.filter((pl.col("row_kind") == "subtotal") & ~coded_parent).with_columns(at=path)
    children = rows.filter(path.str.contains("/")).with_columns(at=path.str.replace(r"/[^/]*$", ""))
    parents = parents.with_columns(key=pl.concat_str(key, separator="."))
    children = children.with_columns(key=pl.concat_str(key, separator="."))
    parents = parents.filter(pl.len().over("disclosure_id", "key") == 1)
    operands = [
        operands_of(parents, "left", "budget_lines", "line_id"),
        operands_of(children, "right", "budget_lines", "line_id"),
    ]
    return Sums(rule, pl.concat(operands))


EVALUATORS: dict[str, Callable[[Batch, Rule], Found | Sums]] = {
    "hierarchy": evaluate_hierarchy,
    "items": evaluate_items,
}
