"""Identities along a row of a table and down its columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from pipeline.extract.forms import Library
from pipeline.extract.tables.identities import parse
from pipeline.reconcile.batch import Batch
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.selection import condition, where_it_holds
from pipeline.reconcile.settle import CHECK_KEY, OPERANDS, Found, Sums, findings, nothing, operands_of, settle
from schemas.vocabularies import vocabulary

COLUMN = ["table_id", "direction", "measure", "fund", "revenue_source", "fiscal_year", "phase"]
_TABLE = ["disclosure_id", "table_id", "direction"]


def tail(column: str) -> pl.Expr:
    """An id without the disclosure that it begins with."""
    return pl.col(column).str.replace(r"^[0-9a-f]+\.", "")


def titled() -> pl.Expr:
    """A table's number and title as printed, for messages about rows of ``with_titles``."""
    return pl.concat_str([pl.col("printed_no"), pl.format("“{}”", pl.col("title").fill_null("—"))], ignore_nulls=True)


def with_titles(batch: Batch, rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` with the printed number and title of their tables."""
    tables = batch.frame("tables")
    if not tables.height:
        return rows.with_columns(title=pl.col("table_code").cast(pl.String), printed_no=pl.lit(None, dtype=pl.String))
    return rows.join(tables.select("table_id", "title", "printed_no"), on="table_id", how="left", maintain_order="left")


def named(*columns: str) -> pl.Expr:
    """A key of several columns; nulls leave no trace."""
    return pl.concat_str([pl.col(name).cast(pl.String) for name in columns], separator="/", ignore_nulls=True)


def column_key() -> pl.Expr:
    """The key of a column of a table."""
    return pl.concat_str([tail("table_id"), named(*COLUMN[1:])], separator=".")


def evaluate_row(batch: Batch, rule: Rule) -> Found | Sums:
    """Along a row: the terms of both sides are columns. ``columns`` must, ``without`` must not stand in the table.

    Columns of revenue and of expenditure are looked at apart, unless the rule says ``both_directions``.

    A blank cell of a row is a part that there is none of; a row of which one side is all blank is not compared.
    ``whole``: of a measure that a table prints as a whole beside its funds and kinds, the whole alone is a term.
    ``by_fund``: the columns of each fund are looked at apart (一般公共预算: 小计, 基本支出, 项目支出); its 小计 is its total.
    """
    lines = batch.lines
    if not lines.height:
        return nothing()
    has = [_column(of).any().alias(f"has_{at}") for at, of in enumerate(rule.option("columns", ()))]
    lacks = [(~_column(of).any()).alias(f"lacks_{at}") for at, of in enumerate(rule.option("without", ()))]
    tests = [expr.meta.output_name() for expr in (*has, *lacks)]
    # What comes in and what goes out stand in one row of funds (年初结转, 本年收入 | 本年支出, 年末结转).
    side = ["table_id"] if rule.option("both_directions", False) else ["table_id", "direction"]
    fits = lines.group_by(side, maintain_order=True).agg(*has, *lacks)
    fits = fits.filter(pl.all_horizontal(tests)) if tests else fits
    rows = lines.join(fits, on=side, how="semi", nulls_equal=True, maintain_order="left")
    rows = where_it_holds(batch, rule, rows.filter(condition(rule.option("where", {}))))
    if rule.option("whole", False):
        rows = _of_columns(rows)
        whole = pl.col("fund").is_null() & pl.col("revenue_source").is_null()
        parts = ~whole & (pl.col("measure").cast(pl.String) != "total")
        rows = rows.filter(~parts | ~whole.any().over("table_id", "direction", "measure"))
    if rule.option("by_fund", False):
        rows = _apart_by_fund(rows)
    return Sums(rule, _row_sides(rows, rule.option("left"), rule.option("right")))


def _apart_by_fund(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``apart``: the fund of a column where the row has several, and with a fund's 小计 as its total."""
    row = ["row_id", "fiscal_year", "phase"]
    measure, plain = pl.col("measure").cast(pl.String), pl.col("revenue_source").is_null()
    of_fund = measure.is_in(["total", "subtotal"]) & plain & pl.col("fund").is_not_null()
    # Where no fund has a total of its own, the kinds of expenditure of all funds add up to the row's.
    several = (pl.col("fund").n_unique().over(row) > 1) & of_fund.any().over(row)
    has_total = ((measure == "total") & plain).any().over([*row, "fund"])
    total = several & (measure == "subtotal") & plain & pl.col("fund").is_not_null() & ~has_total
    return rows.with_columns(
        apart=pl.when(several).then(pl.col("fund").cast(pl.String)),
        measure=pl.when(total).then(pl.lit("total")).otherwise(measure),
    )


def _column(of: str | dict[str, Any]) -> pl.Expr:
    """The amounts of a column: of a measure, or what a selection says."""
    return condition({"measure": of} if isinstance(of, str) else of)


def _row_sides(rows: pl.DataFrame, left: list[Any], right: list[Any]) -> pl.DataFrame:
    if not rows.height:
        return pl.DataFrame(schema=OPERANDS)
    key = ["apart", "fiscal_year", "phase"] if "apart" in rows.columns else ["fiscal_year", "phase"]
    rows = rows.with_columns(key=pl.concat_str([tail("row_id"), named(*key)], separator="."))
    parts = []
    for side, terms in (("left", left), ("right", right)):
        for term in terms:
            parts.append(operands_of(rows.filter(_column(term)), side, "budget_lines", "line_id"))
    return pl.concat(parts)


def evaluate_declared(batch: Batch, rule: Rule, library: Library) -> Found:
    """What the form of a table declares of its rows, apart from what other rules state in general already.

    Where a form declares an identity and no row of the table has both of its sides, the check is
    not_applicable: it does not vanish.
    """
    lines, checks, operands = batch.lines, [], []
    general = set(rule.option("general", ()))
    if not lines.height:
        return nothing()
    for family in library.families:
        of_family = lines.filter(pl.col("form_family") == family.name)
        for form in library.tables_of(family) if of_family.height else ():
            for declared in form.identities:
                identity = parse(declared)
                if identity is None or declared in general:
                    continue
                rows = of_family.filter(pl.col("table_code") == form.code)
                if not rows.height:
                    continue
                sides = [[_term(term) for term in side] for side in (identity.left, identity.right)]
                found, theirs = settle(rule, _row_sides(rows, *sides))
                seen = rows.join(theirs, left_on="line_id", right_on="id", how="semi")
                silent = rows.join(seen, on="table_id", how="anti", maintain_order="left").with_columns(
                    key=tail("table_id")
                )
                zh = pl.format("“{}”没有一行同时印有“{}”的两边，无法核对", tail("table_id"), pl.lit(declared))
                en = pl.format("{}: no row prints both sides of '{}'", tail("table_id"), pl.lit(declared))
                checks += [found, findings(rule, silent, zh, en, status="not_applicable")]
                operands.append(theirs)
    return (pl.concat(checks), pl.concat(operands)) if checks else nothing()


def _term(term: str) -> dict[str, Any]:
    """A term of a form's identity as a condition: a measure, a kind of revenue, or ``kind.measure``."""
    source, dot, measure = term.partition(".")
    if dot:
        return {"revenue_source": source, "measure": measure}
    if term in vocabulary("measure"):
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


def _strays(rows: pl.DataFrame) -> pl.Expr:
    """Rows with a code of a class that their table, which prints classes, does not print: 7|11|02 under 210|11."""
    code = pl.coalesce("function_code", "department_economic_code", "government_economic_code")
    printed = (pl.col("code_basis").cast(pl.String) != "name").fill_null(False)
    top = pl.when(printed & (code.str.len_chars() == 3)).then(code)
    known = top.implode().over("table_id").list.drop_nulls()
    return (code.str.len_chars() > 3) & (known.list.len() > 0) & ~known.list.contains(code.str.slice(0, 3))


def evaluate_column(batch: Batch, rule: Rule) -> Found:
    """Down a column: the total row against the details.

    A row whose code fits nowhere in the table (family ``codes`` reports it) stands below a row that has its
    amount already: it is left out where the column adds up without it.
    """
    lines = batch.lines
    if not lines.height:
        return nothing()
    rows = _of_columns(where_it_holds(batch, rule, lines.filter(condition(rule.option("where", {})))))
    if not rows.height:
        return nothing()
    rows = rows.with_columns(key=column_key(), stray=_strays(rows).fill_null(False))
    totals = rows.filter(condition({"row_kind": "total"} | rule.option("total", {})))
    # Two different totals of one column mean that the table has parts: other rules know them.
    single = totals.group_by("disclosure_id", "key", maintain_order=True).agg(pl.col("row_id").n_unique() == 1)
    single = single.filter(pl.col("row_id"))
    totals = totals.join(single, on=["disclosure_id", "key"], how="semi", maintain_order="left")
    details = rows.filter((pl.col("row_kind") == "detail") & condition(rule.option("detail", {})))
    found, operands = _settle_column(rule, totals, details)
    if not details["stray"].any():
        return found, operands
    fine, theirs = _settle_column(rule, totals, details.filter(~pl.col("stray")))
    better = fine.filter(pl.col("status") == "pass").join(
        found.filter(pl.col("status") == "fail"), on="key", how="semi"
    )
    keep = {"on": CHECK_KEY, "nulls_equal": True, "maintain_order": "left"}
    return (
        pl.concat([found.join(better, how="anti", **keep), better]),  # type: ignore[arg-type]
        pl.concat([operands.join(better, how="anti", **keep), theirs.join(better, how="semi", **keep)]),  # type: ignore[arg-type]
    )


def _settle_column(rule: Rule, totals: pl.DataFrame, details: pl.DataFrame) -> Found:
    parts = [
        operands_of(totals, "left", "budget_lines", "line_id"),
        operands_of(details, "right", "budget_lines", "line_id"),
    ]
    return settle(rule, pl.concat(parts))


def evaluate_total_row(batch: Batch, rule: Rule) -> Found:
    """A table that has a total by its form has a row with a total's label: its sums do not vanish in silence.

    One row whose amounts are the sums of all others is a total with a label that is none (合汁): that fails.
    Else a table with details and no total is not_applicable.
    """
    lines = batch.lines
    rows = lines.filter(condition(rule.option("where", {}))) if lines.height else lines
    if not rows.height:
        return nothing()
    # Totals of groups (人员经费合计) stand for a total of the whole: other rules hold them.
    summed = (pl.col("row_kind") == "total") | pl.col("item").str.contains("合计$").fill_null(False)
    rows = rows.filter(~summed.any().over("table_id")).with_columns(key=tail("table_id"))
    rows = rows.filter(pl.col("row_kind") == "detail")
    rows = rows.filter(pl.col("row_id").n_unique().over("table_id") > 2)
    if not rows.height:
        return nothing()
    rows = with_titles(batch, rows)
    coded = pl.coalesce(
        "function_code", "department_economic_code", "government_economic_code", "project"
    ).is_not_null()
    # Twice the amount is the sum of the column, in every column that the row prints.
    twin = rows.with_columns(alike=pl.col("value") * 2 == pl.col("value").sum().over(COLUMN), coded=coded)
    twin = twin.filter((pl.col("alike") & ~pl.col("coded")).all().over("row_id"))
    name = pl.coalesce("item", pl.lit("无标目"))
    told = findings(
        rule,
        twin,
        pl.format("{}的“{}”行等于其余各行之和，却不是合计行的标目", titled(), name),
        pl.format("{}: row “{}” is the sum of all other rows, but its label is not that of a total", titled(), name),
    )
    bare = rows.join(twin, on="table_id", how="anti", maintain_order="left")
    silent = findings(
        rule,
        bare,
        pl.format("{}有明细行而没有合计行，无法核对合计", titled()),
        pl.format("{}: the table has details and no row with a total's label, its sums cannot be checked", titled()),
        status="not_applicable",
    )
    return pl.concat([told, silent]), operands_of(twin, "left", "budget_lines", "line_id")


EVALUATORS: dict[str, Callable[[Batch, Rule], Found | Sums]] = {
    "row": evaluate_row,
    "column": evaluate_column,
    "total_row": evaluate_total_row,
}
