"""From operands to checks: sums of both sides, tolerance, status. Every rule that compares amounts ends here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipeline.reconcile.batch import VALUE, ZERO
from pipeline.reconcile.rules import Rule
from pipeline.tidy.queries import IN_MEMORY

#: What evaluators hand over: one row a figure on a side of a check. ``key`` names the check within its rule;
#: ``term`` numbers the terms of the rule that the check cannot do without (null: one that may be blank).
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
    "term": pl.Int32,
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
#: What a check is within its rule, whatever other disclosures the batch holds.
CHECK_KEY = ["disclosure_id", "other_disclosure_id", "key"]
Found = tuple[pl.DataFrame, pl.DataFrame]


_NO_CHECKS, _NO_OPERANDS = pl.DataFrame(schema=CHECKS), pl.DataFrame(schema=OPERANDS)


def nothing() -> Found:
    """No checks and no operands."""
    return _NO_CHECKS, _NO_OPERANDS


def shaped(frame: pl.DataFrame, schema: Mapping[str, Any], **given: pl.Expr) -> pl.DataFrame:
    """``frame`` with exactly the columns of ``schema``: as ``given``, else its own; what both lack is null."""
    columns = dict.fromkeys(frame.columns)
    return frame.select(
        (given[name] if name in given else pl.col(name) if name in columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


def operands_of(
    frame: pl.DataFrame,
    side: str,
    kind: str | pl.Expr,
    identity: str,
    coefficient: int = 1,
    given: Mapping[str, pl.Expr] | None = None,
) -> pl.DataFrame:
    """Rows of ``frame`` as operands of one side: their key, value, half, own_half and term, or those ``given``.

    ``kind`` is the table that the column ``identity`` names a row of, or says it row by row.
    """
    if not frame.height:
        return _NO_OPERANDS
    return shaped(
        frame,
        OPERANDS,
        side=pl.lit(side),
        kind=pl.lit(kind) if isinstance(kind, str) else kind,
        id=pl.col(identity),
        coefficient=pl.lit(coefficient, dtype=pl.Int64),
        **(given or {}),
    )


def meant_operands(rows: pl.DataFrame, name: str, side: str, coefficient: int = 1) -> pl.DataFrame:
    """The amounts ``name`` of statements (see ``mentions``), as operands of one side."""
    rows = rows.filter(pl.col(f"{name}_id").is_not_null())
    half = pl.col(f"{name}_half")
    given = {"value": pl.col(f"{name}_value"), "half": half, "own_half": half}
    return operands_of(rows, side, "statements", f"{name}_id", coefficient, given)


@dataclass(frozen=True, slots=True)
class Sums:
    """Operands of a rule, of which both sides are to be summed up and compared.

    A side without a figure makes no check, nor does a check of which one of ``terms`` required terms is
    missing: what is not printed is not zero.
    """

    rule: Rule
    operands: pl.DataFrame = field(default_factory=lambda: _NO_OPERANDS)
    unit: str = "CNY"
    terms: int = 0


def ranked(frames: Sequence[tuple[int, pl.DataFrame]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """All ``frames``, which have the columns of ``schema``, with the places of their rules among all rules."""
    ranks = [rank for rank, frame in frames for _ in range(frame.height)]
    whole = pl.concat([pl.DataFrame(schema=schema), *(frame for _, frame in frames)])
    return whole.with_columns(pl.Series("_rank", ranks, dtype=pl.Int32))


def settle_all(operands: pl.DataFrame, sums: Sequence[tuple[int, Sums]]) -> pl.DataFrame:
    """The checks of ``operands``, which carry the rank of their rule in ``_rank``; so do the checks.

    ``sums`` say by rank how: their own operands are not looked at. ``_left`` and ``_right`` of a check are the numbers
    of the rows that stand on its sides.
    """
    how = pl.DataFrame(
        [
            (rank, each.unit, each.terms, each.rule.option("compare", "equal") == "at_most", each.rule.severity)
            for rank, each in sums
        ],
        schema={"_rank": pl.Int32, "unit": pl.String, "_needed": pl.Int32, "_at_most": pl.Boolean, "_as": pl.String},
        orient="row",
    )
    weight = pl.col("coefficient").abs().cast(VALUE)
    is_left = pl.col("side") == "left"
    signed = pl.col("value") * pl.col("coefficient").cast(VALUE)
    off = pl.col("difference")
    excess = pl.when(~pl.col("_at_most")).then(off.abs()).when(off > ZERO).then(off).otherwise(ZERO)
    return (
        operands.lazy()
        .select(
            "_rank",
            *CHECK_KEY,
            _is_left=is_left,
            _signed=signed,
            _half=pl.col("half") * weight,
            _own=pl.col("own_half") * weight,
            _term="term",
            _row=pl.int_range(pl.len(), dtype=pl.UInt32),
        )
        .group_by(["_rank", *CHECK_KEY], maintain_order=True)
        .agg(
            left_value=pl.col("_signed").filter("_is_left").sum(),
            right_value=pl.col("_signed").filter(~pl.col("_is_left")).sum(),
            _left=pl.col("_row").filter("_is_left"),
            _right=pl.col("_row").filter(~pl.col("_is_left")),
            tolerance=pl.col("_half").sum(),
            own=pl.col("_own").sum(),
            terms=pl.col("_term").drop_nulls().n_unique(),
        )
        .join(how.lazy(), on="_rank", maintain_order="left")
        .filter(
            (pl.col("_left").list.len() > 0)
            & (pl.col("_right").list.len() > 0)
            & (pl.col("terms") >= pl.col("_needed"))
        )
        .with_columns(difference=pl.col("left_value") - pl.col("right_value"))
        .with_columns(excess=excess)
        .with_columns(
            status=pl.when(pl.col("excess") <= pl.col("tolerance")).then(pl.lit("pass")).otherwise(pl.lit("fail")),
            rounding_only=(pl.col("excess") > ZERO)
            & (pl.col("excess") <= pl.max_horizontal(pl.col("own"), pl.col("tolerance"))),
        )
        .with_columns(severity=pl.when(pl.col("rounding_only")).then(pl.lit("info")).otherwise(pl.col("_as")))
        .with_columns(note_zh=pl.lit(None, dtype=pl.String), note_en=pl.lit(None, dtype=pl.String))
        .select(*(pl.col(name).cast(dtype) for name, dtype in CHECKS.items()), "_rank", "_left", "_right")
        .collect(engine=IN_MEMORY)
    )


def findings(
    rule: Rule, rows: pl.DataFrame, zh: pl.Expr, en: pl.Expr, failed: pl.Expr | None = None, status: str = "fail"
) -> pl.DataFrame:
    """Checks that say something in words: one for each disclosure and key of ``rows``, with its notes.

    Where ``failed`` is given, the rows for which it is false pass. A note of something that a row does not have is the
    title of the rule.
    """
    if not rows.height:
        return _NO_CHECKS
    verdict = pl.lit(status)
    if failed is not None:
        verdict = pl.when(failed).then(pl.lit(status)).otherwise(pl.lit("pass"))
    return shaped(
        rows.unique(["disclosure_id", "key"], keep="first", maintain_order=True),
        CHECKS,
        unit=pl.lit(None),
        status=verdict,
        severity=pl.lit(rule.severity if status == "fail" else "info"),
        rounding_only=pl.lit(False),
        note_zh=zh.fill_null(pl.lit(rule.title_zh)),
        note_en=en.fill_null(pl.lit(rule.title_en)),
    )
