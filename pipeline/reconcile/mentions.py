"""Which amount a sentence means: the nearest mention of the same thing for a year."""

from __future__ import annotations

import polars as pl

from pipeline.reconcile.batch import VALUE, Batch
from pipeline.reconcile.settle import operands_of

#: What two statements share that speak of the same thing.
SAME = ["disclosure_id", "metric", "subject", "function_code", "fund"]


def statement_key() -> pl.Expr:
    """The key of a check on one statement."""
    return pl.col("statement_id").str.replace(r"^[0-9a-f]+\.statement\.", "")


def amounts_for(
    found: pl.DataFrame, statements: pl.DataFrame, year: str, prefix: str, phase: str | None = "phase"
) -> pl.DataFrame:
    """``found`` with the amount that each row's ``year`` refers to, as ``<prefix>_id``, ``_value``, ``_half``.

    The nearest mention counts: the sentence, else the paragraph, else the section. Where the same place gives
    two amounts that differ, none is taken. ``phase`` names the column of ``found`` with the amount's phase
    (null: any phase).
    """
    result = found.with_columns(
        pl.lit(None, dtype=pl.String).alias(f"{prefix}_id"),
        pl.lit(None, dtype=VALUE).alias(f"{prefix}_value"),
        pl.lit(None, dtype=VALUE).alias(f"{prefix}_half"),
    )
    amounts = statements.filter((pl.col("kind") == "amount") & (pl.col("unit") == "CNY"))
    for place in ("sentence_id", "passage", "section_path"):
        keys = [*SAME, place, "fiscal_year", *(["phase"] if phase else [])]
        near = amounts.group_by(keys, maintain_order=True).agg(
            pl.col("statement_id").first().alias("_id"),
            pl.col("value").first().alias("_value"),
            pl.col("half").first().alias("_half"),
            _kinds=pl.col("value").n_unique(),
        )
        theirs = [{"fiscal_year": year, "phase": phase or ""}.get(name, name) for name in keys]
        result = result.join(near, left_on=theirs, right_on=keys, how="left", nulls_equal=True, maintain_order="left")
        take = pl.col(f"{prefix}_id").is_null() & (pl.col("_kinds") == 1) & pl.col(year).is_not_null()
        result = result.with_columns(
            pl.when(take).then(pl.col(f"_{part}")).otherwise(pl.col(f"{prefix}_{part}")).alias(f"{prefix}_{part}")
            for part in ("id", "value", "half")
        ).drop("_id", "_value", "_half", "_kinds")
    return result


def compared(batch: Batch, kind: str) -> pl.DataFrame:
    """The statements of ``kind`` that compare with a base year, with both amounts where prose gives them."""
    statements = batch.statements
    rows = statements.filter((pl.col("kind") == kind) & pl.col("base_year").is_not_null())
    rows = amounts_for(rows, statements, "fiscal_year", "now")
    return amounts_for(rows, statements, "base_year", "base", None).with_columns(key=statement_key())


def mention_side(rows: pl.DataFrame, prefix: str, side: str, coefficient: int) -> pl.DataFrame:
    """The amounts that ``amounts_for`` found as operands."""
    half = pl.col(f"{prefix}_half")
    rows = rows.filter(pl.col(f"{prefix}_id").is_not_null()).with_columns(
        value=pl.col(f"{prefix}_value"), half=half, own_half=half
    )
    return operands_of(rows, side, "statements", f"{prefix}_id", coefficient)
