"""Printed ratios: a change in percent, a share of a whole, a rate of completion.

A ratio passes when the interval that its digits stand for meets the interval computed from its operands (the
digits that they were printed with). One unit of the last digit off is cut instead of rounded: severity info.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.reconcile.batch import VALUE, ZERO, Batch
from pipeline.reconcile.labels import Words
from pipeline.reconcile.mentions import SAME
from pipeline.reconcile.ratio_notes import completion_notes, percent_notes, share_notes
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.selection import condition
from pipeline.reconcile.settle import CHECKS, Found, meant_operands, nothing, operands_of, shaped
from pipeline.tidy.queries import IN_MEMORY

#: What rules read of the statements that relate amounts, beside these.
_RELATED = (
    *("disclosure_id", "statement_id", "key", "kind", "metric", "subject", "function_code", "fund"),
    *("sentence_id", "fiscal_year", "base_year", "phase", "value", "half", "own_half"),
)
_FINE = pl.Decimal(38, 10)
_HUNDRED = pl.lit(Decimal(100), dtype=_FINE)
_LAST = pl.lit(Decimal("0.0001"), dtype=VALUE)


def _ratio(rows: pl.DataFrame, top: str, bottom: str, name: str) -> pl.DataFrame:
    """``rows`` with ``name``: top ÷ bottom in percent, and ``<name>_tolerance``; null where the base is 0."""
    base = pl.col(f"{bottom}_value").cast(_FINE)
    safe = pl.when(base == pl.lit(Decimal(0), dtype=_FINE)).then(None).otherwise(base)
    over = pl.col(f"{top}_value").cast(_FINE)
    ratio = over / safe * _HUNDRED
    spread = pl.col(f"{top}_half").cast(_FINE) + (over / safe).abs() * pl.col(f"{bottom}_half").cast(_FINE)
    tolerance = (spread / safe.abs() * _HUNDRED).cast(VALUE) + pl.col("half") + _LAST
    return rows.with_columns(ratio.round(4).cast(VALUE).alias(name), tolerance.alias(f"{name}_tolerance"))


def _judged(rule: Rule, rows: pl.DataFrame, bottom: str) -> pl.DataFrame:
    """Status of each printed ratio (``value``) against ``right_value`` within ``tolerance``."""
    zero = pl.col(f"{bottom}_value") == ZERO
    off = pl.col("difference").abs()
    cut = off <= pl.col("tolerance") + pl.col("own_half")
    wrong = off > pl.col("tolerance")
    return rows.with_columns(
        difference=pl.col("value") - pl.col("right_value"), left_value=pl.col("value")
    ).with_columns(
        status=pl.when(zero).then(pl.lit("not_applicable")).when(wrong).then(pl.lit("fail")).otherwise(pl.lit("pass")),
        severity=pl.when(zero | cut).then(pl.lit("info")).otherwise(pl.lit(rule.severity)),
        rounding_only=(cut & (off > _LAST)).fill_null(False),
        unit=pl.lit("percent"),
    )


def evaluate_percent(batch: Batch, rule: Rule) -> Found:
    """A change in percent against change ÷ base; the message says so where it is change ÷ current instead.

    The change is the printed one or current less base: where these differ another rule says so, and the
    percentage is right if it is right by one of them.
    """
    rows = batch.relations
    if not rows.height:
        return nothing()
    on = [*SAME, "sentence_id", "fiscal_year", "base_year", "phase"]
    changes = (
        rows.lazy()
        .filter((pl.col("kind") == "change") & (pl.col("unit") == "CNY"))
        .select(*on, change_id="statement_id", change_value="value", change_half="half")
        .unique(on, keep="none", maintain_order=True)
    )
    rows = (
        rows.lazy()
        .filter((pl.col("kind") == "change_percent") & pl.col("base_id").is_not_null())
        .select(*_RELATED, *(f"{name}_{part}" for name in ("now", "base") for part in ("id", "value", "half")))
        .join(changes, on=on, how="left", nulls_equal=True, maintain_order="left")
        .filter(pl.col("change_id").is_not_null() | pl.col("now_id").is_not_null())
        .collect(engine=IN_MEMORY)
    )
    if not rows.height:
        return nothing()
    rows = rows.with_columns(
        moved_value=pl.col("now_value") - pl.col("base_value"),
        moved_half=pl.col("now_half") + pl.col("base_half"),
    )
    for top, bottom, name in (("change", "base", "by_change"), ("moved", "base", "by_amounts")):
        rows = _ratio(rows, top, bottom, name)
    rows = rows.with_columns(
        top_value=pl.coalesce("change_value", "moved_value"), top_half=pl.coalesce("change_half", "moved_half")
    )
    rows = _ratio(rows, "top", "now", "inverse")
    near = ((pl.col("value") - pl.col("by_amounts")).abs() <= pl.col("by_amounts_tolerance")).fill_null(False)
    rows = rows.with_columns(
        right_value=pl.when(near).then("by_amounts").otherwise(pl.coalesce("by_change", "by_amounts")),
        tolerance=pl.when(near)
        .then("by_amounts_tolerance")
        .otherwise(pl.coalesce("by_change_tolerance", "by_amounts_tolerance")),
    )
    rows = _with_notes(_judged(rule, rows, "base"), percent_notes)
    operands = [
        operands_of(rows, "left", "statements", "statement_id"),
        meant_operands(rows, "change", "right"),
        meant_operands(rows, "now", "right"),
        meant_operands(rows, "base", "right"),
    ]
    return shaped(rows, CHECKS), pl.concat(operands)


def evaluate_share(batch: Batch, rule: Rule) -> Found:
    """A share against its part ÷ its whole: ``share`` selects the shares, ``whole`` the amount they are of."""
    rows = batch.relations
    if not rows.height:
        return nothing()
    shares = (pl.col("kind") == "share") & pl.col("now_id").is_not_null() & condition(rule.option("share"))
    rows = rows.filter(shares).select(*_RELATED, **_part_of("now", "part"))
    if not rows.height:
        return nothing()
    on = ["disclosure_id", "fiscal_year", "phase"]
    whole = (
        batch.statements.lazy()
        .filter((pl.col("kind") == "amount") & condition(rule.option("whole")))
        .filter((pl.col("value").n_unique() == 1).over(on))
        .unique(on, keep="first", maintain_order=True)
        .select(*on, whole_id="statement_id", whole_value="value", whole_half="half")
    )
    rows = rows.lazy().join(whole, on=on, nulls_equal=True, maintain_order="left").collect(engine=IN_MEMORY)
    return _simple(rule, rows, share_notes)


def _part_of(name: str, role: str) -> dict[str, pl.Expr]:
    """The amount ``name`` of relations in the role that it has in a ratio."""
    return {f"{role}_{part}": pl.col(f"{name}_{part}") for part in ("id", "value", "half")}


def evaluate_completion(batch: Batch, rule: Rule) -> Found:
    """A rate of completion (完成年初预算的 95.89%) against executed ÷ the budget that it names."""
    rows = batch.relations
    if not rows.height:
        return nothing()
    known = pl.col("executed_id").is_not_null() & pl.col("now_id").is_not_null()
    rows = rows.filter((pl.col("kind") == "completion_rate") & known)
    if not rows.height:
        return nothing()
    roles = {**_part_of("executed", "part"), **_part_of("now", "whole"), **_part_of("adjusted", "second")}
    rows = _ratio(rows.select(*_RELATED, **roles), "part", "second", "inverse")
    found, operands = _simple(rule, rows, completion_notes)
    # A budget of 0 cannot be completed by part of it: what is printed is the rate of another budget.
    other = (pl.col("status") == "not_applicable") & pl.col("left_value").is_not_null() & (pl.col("left_value") != ZERO)
    return found.with_columns(
        status=pl.when(other).then(pl.lit("fail")).otherwise("status"),
        severity=pl.when(other).then(pl.lit(rule.severity)).otherwise("severity"),
    ), operands


def _simple(rule: Rule, rows: pl.DataFrame, notes: Callable[[dict[str, Any]], Words]) -> Found:
    """Ratios of a part to its whole."""
    if not rows.height:
        return nothing()
    rows = _ratio(rows, "part", "whole", "right_value").with_columns(tolerance=pl.col("right_value_tolerance"))
    rows = _with_notes(_judged(rule, rows, "whole"), notes)
    operands = [
        operands_of(rows, "left", "statements", "statement_id"),
        meant_operands(rows, "part", "right"),
        meant_operands(rows, "whole", "right"),
    ]
    return shaped(rows, CHECKS), pl.concat(operands)


def _with_notes(rows: pl.DataFrame, notes: Callable[[dict[str, Any]], Words]) -> pl.DataFrame:
    """``rows`` with the messages of those that do not pass."""
    failing = rows.with_row_index("_at").filter(pl.col("status") != "pass")
    told: list[Words | tuple[None, None]] = [(None, None)] * rows.height
    for row in failing.iter_rows(named=True):
        told[row["_at"]] = notes(row)
    return rows.with_columns(
        note_zh=pl.Series([zh for zh, _ in told], dtype=pl.String),
        note_en=pl.Series([en for _, en in told], dtype=pl.String),
    )


EVALUATORS: dict[str, Callable[[Batch, Rule], Found]] = {
    "percent": evaluate_percent,
    "share": evaluate_share,
    "completion": evaluate_completion,
}
