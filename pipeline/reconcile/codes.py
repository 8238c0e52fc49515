"""Codes as printed: parts that had to be padded."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.reconcile.batch import Batch
from pipeline.reconcile.inside import tail
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.settle import CHECKS, operands_of, settle, shaped

Found = tuple[pl.DataFrame, pl.DataFrame]


def evaluate_padded(batch: Batch, rule: Rule) -> Found:
    """Rows whose code is printed with one digit where 款 and 项 have two."""
    if not batch.lines.height:
        return settle(rule, pl.DataFrame())
    rows = batch.lines.filter(pl.col("code_basis") == "padded").with_columns(key=tail("row_id"))
    code = pl.coalesce("function_code", "department_economic_code", "government_economic_code")
    found = rows.unique("key", keep="first", maintain_order=True).with_columns(
        status=pl.lit("fail"),
        severity=pl.lit(rule.severity),
        rounding_only=pl.lit(False),
        note_zh=pl.format("科目编码缺位，按两位补零后为{}", code),
        note_en=pl.format("a part of the code lacks a digit; padded it is {}", code),
    )
    return shaped(found, CHECKS), operands_of(rows, "left", "budget_lines", "line_id")


EVALUATORS: dict[str, Callable[[Batch, Rule], Found]] = {"padded": evaluate_padded}
