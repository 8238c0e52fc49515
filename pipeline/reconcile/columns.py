"""Identities down the columns of a table: its total row against its details."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from pipeline.reconcile.batch import Batch
from pipeline.reconcile.keys import COLUMN, column_key, tail, titled, with_titles
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.selection import condition, where_it_holds
from pipeline.reconcile.settle import CHECK_KEY, Found, Sums, findings, nothing, operands_of, settle_all
from pipeline.reconcile.sides import Side, Summed, found_rows, no_operands, operands_at
from pipeline.tidy.queries import IN_MEMORY

_KEY = ["_rank", *CHECK_KEY]


def evaluate_column(batch: Batch, rules: Sequence[tuple[int, Rule]]) -> Summed:
    """Down a column: the total row against the details.

    A row whose code fits nowhere in the table (family ``codes`` reports it) stands below a row that has its
    amount already: it is left out where the column adds up without it.
    """
    lines, sums = batch.lines, [(rank, Sums(rule)) for rank, rule in rules]
    if not lines.height:
        return no_operands(), sums
    lines = lines.with_columns(fund="column_fund", revenue_source="column_source")
    tests = []
    for _, rule in rules:
        there = condition(rule.option("where", {})) & where_it_holds(batch, rule)
        tests.append(there & condition({"row_kind": "total"} | rule.option("total", {})))
        tests.append(there & (pl.col("row_kind") == "detail") & condition(rule.option("detail", {})))
    found = iter(found_rows(lines, tests))
    sides = [Side(rank, side, next(found)) for rank, _ in rules for side in ("left", "right")]
    numbers = pl.concat([each.rows for each in sides])
    operands = operands_at(lines, "budget_lines", "line_id", column_key(), sides).with_columns(
        _row=lines["row_id"][numbers], _stray=_strays(lines)[numbers]
    )
    # Two different totals of one column mean that the table has parts: other rules know them.
    totals = operands.filter(pl.col("side") == "left").filter(pl.col("_row").n_unique().over(_KEY) == 1)
    operands = pl.concat([totals, operands.filter(pl.col("side") == "right")])
    return _without_strays(operands, sums).drop("_row", "_stray"), sums


def _strays(lines: pl.DataFrame) -> pl.Series:
    """Whether a line has a code of a class that its table, which prints classes, does not print: 7|11|02 under 210|11."""
    code = pl.coalesce("function_code", "department_economic_code", "government_economic_code")
    printed = (pl.col("code_basis").cast(pl.String) != "name") & (code.str.len_chars() == 3)
    known = lines.lazy().filter(printed).select("table_id", top=code, known=pl.lit(True)).unique()
    classed = known.select("table_id", classed="known").unique()
    return (
        lines.lazy()
        .select("table_id", top=code.str.slice(0, 3), below=code.str.len_chars() > 3)
        .join(known, on=["table_id", "top"], how="left", maintain_order="left")
        .join(classed, on="table_id", how="left", maintain_order="left")
        .select((pl.col("below") & pl.col("classed") & pl.col("known").is_null()).fill_null(False))
        .collect(engine=IN_MEMORY)
        .to_series()
    )


def _without_strays(operands: pl.DataFrame, sums: Sequence[tuple[int, Sums]]) -> pl.DataFrame:
    """``operands`` without the stray details of columns that add up without them, and not with them."""
    stray = pl.col("_stray") & (pl.col("side") == "right")
    strays = operands.filter(stray)
    if not strays.height:
        return operands
    on = {"on": _KEY, "nulls_equal": True, "maintain_order": "left"}
    theirs = operands.join(strays, how="semi", **on)  # type: ignore[arg-type]
    failing = settle_all(theirs, sums).filter(pl.col("status") == "fail")
    better = settle_all(theirs.filter(~stray), sums).filter(pl.col("status") == "pass")
    better = better.join(failing, how="semi", **on)  # type: ignore[arg-type]
    kept = operands.join(better, how="semi", **on).filter(~stray)  # type: ignore[arg-type]
    return pl.concat([operands.join(better, how="anti", **on), kept])  # type: ignore[arg-type]


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


EVALUATORS: dict[str, Callable[[Batch, Rule], Found | Sums]] = {"total_row": evaluate_total_row}
