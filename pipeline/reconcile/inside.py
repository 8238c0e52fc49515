"""Identities inside a table: along a row, down a column, and from a code to its parts."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipeline.extract.forms import Library
from pipeline.extract.identities import parse
from pipeline.reconcile.batch import Batch
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.selection import condition
from pipeline.reconcile.settle import CHECKS, operands_of, settle, shaped

Found = tuple[pl.DataFrame, pl.DataFrame]
_COLUMN = ["table_id", "direction", "measure", "fund", "revenue_source", "fiscal_year", "phase"]


def tail(column: str) -> pl.Expr:
    """An id without the disclosure that it begins with."""
    return pl.col(column).str.replace(r"^[0-9a-f]+\.", "")


def named(*columns: str) -> pl.Expr:
    """A key of several columns; nulls leave no trace."""
    return pl.concat_str([pl.col(name).cast(pl.String) for name in columns], separator="/", ignore_nulls=True)


def evaluate_row(batch: Batch, rule: Rule) -> Found:
    """Along a row: the terms of both sides are measures. ``columns`` must, ``without`` must not stand in the table."""
    lines = batch.lines
    if not lines.height:
        return settle(rule, lines)
    has = [(pl.col("measure") == name).any().alias(f"has_{name}") for name in rule.option("columns", ())]
    lacks = [(~(pl.col("measure") == name).any()).alias(f"lacks_{name}") for name in rule.option("without", ())]
    tests = [expr.meta.output_name() for expr in (*has, *lacks)]
    fits = lines.group_by("table_id", "direction", maintain_order=True).agg(*has, *lacks)
    fits = fits.filter(pl.all_horizontal(tests)) if tests else fits
    rows = lines.join(fits, on=["table_id", "direction"], how="semi", nulls_equal=True, maintain_order="left")
    rows = rows.filter(condition(rule.option("where", {})))
    return _settle_rows(rule, rows, rule.option("left"), rule.option("right"))


def _settle_rows(rule: Rule, rows: pl.DataFrame, left: list[Any], right: list[Any]) -> Found:
    rows = rows.with_columns(key=pl.concat_str([tail("row_id"), named("fiscal_year", "phase")], separator="."))
    parts = []
    for side, terms in (("left", left), ("right", right)):
        for term in terms:
            wanted = {"measure": term} if isinstance(term, str) else term
            parts.append(operands_of(rows.filter(condition(wanted)), side, "budget_lines", "line_id"))
    return settle(rule, pl.concat(parts))


def evaluate_declared(batch: Batch, rule: Rule, library: Library) -> Found:
    """What the form of a table declares of its rows, apart from what other rules state in general already.

    Where a form declares an identity and no row of the table has both of its sides, the check is
    not_applicable: it does not vanish.
    """
    lines, checks, operands = batch.lines, [], []
    general = set(rule.option("general", ()))
    if not lines.height:
        return settle(rule, lines)
    for family in library.families:
        for form in family.tables:
            for declared in form.identities:
                identity = parse(declared)
                if identity is None or declared in general:
                    continue
                rows = lines.filter((pl.col("form_family") == family.name) & (pl.col("table_code") == form.code))
                if not rows.height:
                    continue
                sides = [[_term(term) for term in side] for side in (identity.left, identity.right)]
                found, theirs = _settle_rows(rule, rows, *sides)
                silent = rows.select("disclosure_id", "table_id").unique(maintain_order=True)
                seen = rows.join(theirs, left_on="line_id", right_on="id", how="semi")
                silent = silent.join(seen, on="table_id", how="anti", maintain_order="left").with_columns(
                    key=tail("table_id"),
                    status=pl.lit("not_applicable"),
                    severity=pl.lit("info"),
                    note_zh=pl.lit(f"没有一行同时印有“{declared}”的两边"),
                    note_en=pl.lit(f"no row prints both sides of '{declared}'"),
                )
                checks += [found, shaped(silent, CHECKS)]
                operands.append(theirs)
    return (pl.concat(checks), pl.concat(operands)) if checks else settle(rule, lines.clear())


def _term(term: str) -> dict[str, Any]:
    source, dot, measure = term.partition(".")
    measures = (
        "total",
        "basic",
        "project",
        "personnel",
        "public",
        "operating",
        "remitted_up",
        "current_year",
    )
    others = ("subordinate_subsidy", "carried_over", "opening_balance", "closing_balance", "subtotal")
    if dot:
        return {"revenue_source": source, "measure": measure}
    if term in (*measures, *others):
        return {"measure": term, "null": ["revenue_source"]}
    return {"revenue_source": term, "measure": ["total", "current_year"]}


def _of_columns(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows whose fund and kind of revenue are those of their column.

    Where no row of a table prints two of them, the rows' labels name them (一般公共预算财政拨款 | 2.00): then they
    part the details of a column, but not its total.
    """
    for name in ("fund", "revenue_source"):
        several = (
            pl.col(name).n_unique().over("table_id", "direction", "row_id").max().over("table_id", "direction") > 1
        )
        rows = rows.with_columns(pl.when(several).then(pl.col(name)).alias(name))
    return rows


def evaluate_column(batch: Batch, rule: Rule) -> Found:
    """Down a column: the total row against the details. A table without a total row is not_applicable."""
    lines = batch.lines
    if not lines.height:
        return settle(rule, lines)
    rows = _of_columns(lines.filter(condition(rule.option("where", {}))))
    rows = rows.with_columns(key=pl.concat_str([tail("table_id"), named(*_COLUMN[1:])], separator="."))
    totals = rows.filter((pl.col("row_kind") == "total") & condition(rule.option("total", {})))
    # Two different totals of one column mean that the table has parts: other rules know them.
    single = totals.group_by("key", maintain_order=True).agg(pl.col("row_id").n_unique() == 1)
    totals = totals.join(single.filter(pl.col("row_id")), on="key", how="semi", maintain_order="left")
    details = rows.filter((pl.col("row_kind") == "detail") & condition(rule.option("detail", {})))
    found, operands = settle(
        rule,
        pl.concat(
            [
                operands_of(totals, "left", "budget_lines", "line_id"),
                operands_of(details, "right", "budget_lines", "line_id"),
            ]
        ),
    )
    if not rule.option("expected", False):
        return found, operands
    count = pl.col("row_id").filter(pl.col("row_kind") == "detail").n_unique()
    bare = (
        rows.group_by("disclosure_id", "table_id", maintain_order=True)
        .agg(details=count, totals=(pl.col("row_kind") == "total").any())
        .filter((pl.col("details") > 1) & ~pl.col("totals"))
        .with_columns(
            key=tail("table_id"),
            status=pl.lit("not_applicable"),
            severity=pl.lit("warning"),
            note_zh=pl.lit("本表有明细行而没有合计行，无法核对合计"),
            note_en=pl.lit("the table has details and no row with a total's label: its sum cannot be checked"),
        )
    )
    return pl.concat([found, shaped(bare, CHECKS)]), operands


def evaluate_hierarchy(batch: Batch, rule: Rule) -> Found:
    """A code's row against the rows of the codes right below it in the same table: 类 = Σ 款 = Σ 项."""
    lines = batch.lines
    parts = []
    for scheme in ("function", "government_economic", "department_economic") if lines.height else ():
        code = f"{scheme}_code"
        coded = lines.filter(
            pl.col(code).is_not_null() & (pl.col("code_count") == 1) & pl.col("project").is_null()
        ).with_columns(code=pl.col(code))
        coded = coded.filter(pl.col("code_basis").is_null() | (pl.col("code_basis") != "name"))
        if not coded.height:
            continue
        printed = coded.select("table_id", "code").unique()
        above = coded.with_columns(parent=pl.lit(None, dtype=pl.String))
        for length in (3, 5):
            known = printed.select("table_id", cut="code").with_columns(known=pl.lit(True))
            above = (
                above.with_columns(cut=pl.col("code").str.slice(0, length))
                .join(known, on=["table_id", "cut"], how="left", maintain_order="left")
                .with_columns(
                    parent=pl.when(pl.col("known") & (pl.col("code").str.len_chars() > length))
                    .then(pl.col("cut"))
                    .otherwise(pl.col("parent"))
                )
                .drop("known", "cut")
            )
        # A code that the same column prints twice says that its rows are told apart by something else.
        key = [tail("table_id"), pl.col("at"), named(*_COLUMN[1:])]
        children = above.filter(pl.col("parent").is_not_null()).with_columns(at=pl.col("parent"))
        parents = above.with_columns(at=pl.col("code"))
        children = children.with_columns(key=pl.concat_str(key, separator="."))
        parents = parents.with_columns(key=pl.concat_str(key, separator="."))
        parents = parents.filter(pl.len().over("key") == 1)
        parts += [
            operands_of(parents, "left", "budget_lines", "line_id"),
            operands_of(children, "right", "budget_lines", "line_id"),
        ]
    return settle(rule, pl.concat(parts) if parts else pl.DataFrame())
