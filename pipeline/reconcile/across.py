"""Between documents: the year before as a later disclosure states it, and two versions of one disclosure."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.reconcile.batch import Batch
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.settle import CHECKS, OPERANDS, operands_of, settle, shaped

Found = tuple[pl.DataFrame, pl.DataFrame]


def evaluate_versions(batch: Batch, rule: Rule) -> Found:
    """Disclosures that share entity, year, stage and scope; each of the later ones names the first."""
    rows = batch.disclosures
    if not rows.height:
        return settle(rule, rows)
    rows = rows.filter(pl.col("series_id").is_not_null()).with_columns(
        other_disclosure_id=pl.col("disclosure_id").first().over("series_id"), key=pl.lit("series")
    )
    rows = rows.filter(pl.col("disclosure_id") != pl.col("other_disclosure_id")).with_columns(
        status=pl.lit("fail"),
        severity=pl.lit(rule.severity),
        rounding_only=pl.lit(False),
        note_zh=pl.format("与{}为同一单位、年度、阶段、口径", "other_disclosure_id"),
        note_en=pl.format("the same body, year, stage and scope as {}", "other_disclosure_id"),
    )
    return shaped(rows, CHECKS), pl.DataFrame(schema=OPERANDS)


def evaluate_previous_year(batch: Batch, rule: Rule) -> Found:
    """What a disclosure states of the year before against that year's own disclosure of the body."""
    rows = batch.statements
    if not rows.height:
        return settle(rule, rows)
    rows = rows.filter((pl.col("kind") == "amount") & (pl.col("unit") == "CNY") & pl.col("entity_key").is_not_null())
    on = [
        "entity_key",
        "stage",
        "scope",
        "metric",
        "subject",
        "function_code",
        "fund",
        "fiscal_year",
        "phase",
    ]
    rows = rows.filter((pl.col("value").n_unique() == 1).over(["disclosure_id", *on])).unique(
        ["disclosure_id", *on], keep="first", maintain_order=True
    )
    own = rows.filter(~pl.col("comparison")).select(
        *on,
        other_disclosure_id="disclosure_id",
        own_id="statement_id",
        own_value="value",
        h="half",
        oh="own_half",
    )
    own = own.unique(on, keep="none", maintain_order=True)
    told = rows.filter(pl.col("comparison")).join(own, on=on, nulls_equal=True, maintain_order="left")
    told = told.with_columns(
        key=pl.concat_str(
            ["metric", "subject", "function_code", "fund", "fiscal_year"], separator="/", ignore_nulls=True
        )
    )
    theirs = told.with_columns(value=pl.col("own_value"), half=pl.col("h"), own_half=pl.col("oh"))
    return settle(
        rule,
        pl.concat(
            [
                operands_of(told, "left", "statements", "statement_id"),
                operands_of(theirs, "right", "statements", "own_id"),
            ]
        ),
    )


EVALUATORS: dict[str, Callable[[Batch, Rule], Found]] = {
    "versions": evaluate_versions,
    "previous_year": evaluate_previous_year,
}
