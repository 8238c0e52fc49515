"""From operands to checks: sums of both sides, tolerance, status. Every rule that compares amounts ends here."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipeline.reconcile.batch import VALUE, ZERO
from pipeline.reconcile.rules import Rule

#: What evaluators hand over: one row a figure on a side of a check. ``key`` names the check within its rule.
OPERANDS: dict[str, Any] = {
    "disclosure_id": pl.String,
    "other_disclosure_id": pl.String,
    "key": pl.String,
    "side": pl.String,
    "kind": pl.String,
    "id": pl.String,
    "value": VALUE,
    "coefficient": pl.Int64,
    "half": VALUE,
    "own_half": VALUE,
}
#: What evaluators that settle for themselves hand over.
CHECKS: dict[str, Any] = {
    "disclosure_id": pl.String,
    "other_disclosure_id": pl.String,
    "key": pl.String,
    "unit": pl.String,
    "left_value": VALUE,
    "right_value": VALUE,
    "difference": VALUE,
    "tolerance": VALUE,
    "rounding_only": pl.Boolean,
    "status": pl.String,
    "severity": pl.String,
    "note_zh": pl.String,
    "note_en": pl.String,
}


def shaped(frame: pl.DataFrame, schema: dict[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """``frame`` with exactly the columns of ``schema``; what it lacks is null."""
    if not frame.width:
        return pl.DataFrame(schema=schema)
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


def operands_of(frame: pl.DataFrame, side: str, kind: str, identity: str, coefficient: int = 1) -> pl.DataFrame:
    """Rows of ``frame`` (which has key, value, half, own_half) as operands of one side."""
    return shaped(
        frame.with_columns(
            side=pl.lit(side),
            kind=pl.lit(kind),
            id=pl.col(identity),
            coefficient=pl.lit(coefficient, dtype=pl.Int64),
        ),
        OPERANDS,
    )


def settle(rule: Rule, operands: pl.DataFrame, unit: str = "CNY") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Checks and the operands that they rest on. A side without a figure makes no check: missing is not zero."""
    if not operands.height:
        return pl.DataFrame(schema=CHECKS), pl.DataFrame(schema=OPERANDS)
    weight = pl.col("coefficient").abs().cast(VALUE)
    by = ["disclosure_id", "other_disclosure_id", "key"]
    is_left = pl.col("side") == "left"
    signed = pl.col("value") * pl.col("coefficient").cast(VALUE)
    checks = (
        operands.group_by(by, maintain_order=True)
        .agg(
            left_value=signed.filter(is_left).sum(),
            right_value=signed.filter(~is_left).sum(),
            lefts=is_left.sum(),
            rights=(~is_left).sum(),
            tolerance=(pl.col("half") * weight).sum(),
            own=(pl.col("own_half") * weight).sum(),
        )
        .filter((pl.col("lefts") > 0) & (pl.col("rights") > 0))
        .with_columns(difference=pl.col("left_value") - pl.col("right_value"))
    )
    compare = rule.option("compare", "equal")
    excess = {
        "equal": pl.col("difference").abs(),
        "at_most": pl.when(pl.col("difference") > ZERO).then(pl.col("difference")).otherwise(ZERO),
    }[compare]
    checks = checks.with_columns(excess=excess).with_columns(
        status=pl.when(pl.col("excess") <= pl.col("tolerance")).then(pl.lit("pass")).otherwise(pl.lit("fail")),
        rounding_only=(pl.col("excess") > ZERO)
        & (pl.col("excess") <= pl.max_horizontal(pl.col("own"), pl.col("tolerance"))),
    )
    checks = checks.with_columns(
        unit=pl.lit(unit),
        severity=pl.when(pl.col("rounding_only")).then(pl.lit("info")).otherwise(pl.lit(rule.severity)),
    )
    kept = operands.join(checks.select(by), on=by, how="semi", nulls_equal=True, maintain_order="left")
    return shaped(checks, CHECKS), kept
