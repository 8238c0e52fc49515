"""What a document says of its own tables: that one is empty, against what it prints in it."""

from __future__ import annotations

import polars as pl

from pipeline.reconcile.batch import VALUE, ZERO, Batch
from pipeline.reconcile.inside import tail
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.settle import CHECKS, OPERANDS, operands_of, shaped

Found = tuple[pl.DataFrame, pl.DataFrame]


def evaluate_empty(batch: Batch, rule: Rule) -> Found:
    """A table whose note says it is empty prints no amount. The left side counts what it prints."""
    tables = batch.frame("tables")
    if not tables.height:
        return pl.DataFrame(schema=CHECKS), pl.DataFrame(schema=OPERANDS)
    declared = tables.filter(pl.col("declared_empty")).with_columns(
        key=tail("table_id"),
        value=pl.col("amount_count").cast(VALUE),
        half=ZERO,
        own_half=ZERO,
    )
    checks = declared.with_columns(
        left_value=pl.col("value"),
        right_value=ZERO,
        difference=pl.col("value"),
        tolerance=ZERO,
        rounding_only=pl.lit(False),
        status=pl.when(pl.col("amount_count") > 0).then(pl.lit("fail")).otherwise(pl.lit("pass")),
        severity=pl.lit(rule.severity),
        unit=pl.lit("item"),
    )
    return shaped(checks, CHECKS), operands_of(declared, "left", "tables", "table_id")


EVALUATORS = {"empty": evaluate_empty}
