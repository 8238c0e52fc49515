"""Prose against itself: changes, direction words, amounts stated twice, comparisons with the document's own year."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.reconcile import ratios
from pipeline.reconcile.batch import ZERO, Batch
from pipeline.reconcile.mentions import SAME, statement_key
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.selection import keyed, one_a_key
from pipeline.reconcile.settle import CHECKS, Found, Sums, findings, meant_operands, nothing, operands_of, shaped


def evaluate_change(batch: Batch, rule: Rule) -> Found | Sums:
    """A printed change against current minus base."""
    rows = batch.relations
    if not rows.height:
        return nothing()
    rows = rows.filter((pl.col("kind") == "change") & (pl.col("unit") == "CNY") & _both())
    parts = [
        operands_of(rows, "left", "statements", "statement_id"),
        meant_operands(rows, "now", "right"),
        meant_operands(rows, "base", "right", -1),
    ]
    return Sums(rule, pl.concat(parts))


def _both() -> pl.Expr:
    """Whether the amounts of both years are known, and the comparison is not derived from another."""
    return pl.col("now_id").is_not_null() & pl.col("base_id").is_not_null() & pl.col("derived_from").is_null()


def evaluate_direction(batch: Batch, rule: Rule) -> Found:
    """The word of a change against the amounts it compares: 增加 where the amount fell."""
    rows = batch.relations
    if not rows.height:
        return nothing()
    moved = pl.col("now_value") - pl.col("base_value")
    told = pl.col("kind").is_in(["change", "change_percent"]) & _both()
    # Changes come before changes in percent.
    rows = rows.filter(told & (pl.col("value") != ZERO) & (moved != ZERO)).sort("kind", maintain_order=True)
    if not rows.height:
        return nothing()
    wrong = (pl.col("value") > ZERO) != (moved > ZERO)
    checks = shaped(
        rows,
        CHECKS,
        left_value=pl.col("value"),
        right_value=moved,
        difference=pl.col("value") - moved,
        tolerance=ZERO,
        status=pl.when(wrong).then(pl.lit("fail")).otherwise(pl.lit("pass")),
        severity=pl.lit(rule.severity),
        rounding_only=pl.lit(False),
    )
    operands = [
        operands_of(rows, "left", "statements", "statement_id"),
        meant_operands(rows, "now", "right"),
        meant_operands(rows, "base", "right", -1),
    ]
    return checks, pl.concat(operands)


def evaluate_repeated(batch: Batch, rule: Rule) -> Found | Sums:
    """The same amount stated more than once: each later mention against the first.

    Where prose calls an amount unchanged (一致, 持平), that is a mention of the base year's amount.
    """
    rows = batch.statements
    if not rows.height:
        return nothing()
    metrics = rule.option("metrics", ())
    rows = rows.filter((pl.col("kind") == "amount") & (pl.col("unit") == "CNY") & pl.col("metric").is_in(metrics))
    on = [*SAME, "fiscal_year", "phase"]
    rows = rows.with_columns(key=statement_key(), _first=pl.col("statement_id").first().over(on))
    later = rows.filter(pl.col("statement_id") != pl.col("_first"))
    first = rows.select("statement_id", "value", "half", "own_half")
    first = later.select("disclosure_id", "key", "_first").join(
        first, left_on="_first", right_on="statement_id", maintain_order="left"
    )
    parts = [
        operands_of(first, "left", "statements", "_first"),
        operands_of(later, "right", "statements", "statement_id"),
    ]
    return Sums(rule, pl.concat(parts))


def evaluate_own_year(batch: Batch, rule: Rule) -> Found:
    """A change that is said to be against the year that it is of, or against a later one."""
    rows = batch.statements
    if not rows.height:
        return nothing()
    rows = rows.filter(pl.col("base_year").is_not_null() & pl.col("fiscal_year").is_not_null())
    rows = rows.with_columns(key=statement_key())
    wrong = pl.col("base_year") >= pl.col("fiscal_year")
    rows = rows.unique(["disclosure_id", "key"], keep="first", maintain_order=True).filter(wrong)
    zh = pl.format("{}年的数与{}年相比：“{}”", "fiscal_year", "base_year", "printed")
    en = pl.format("a figure of {} is compared with {}: “{}”", "fiscal_year", "base_year", "printed")
    return findings(rule, rows, zh, en), operands_of(rows, "left", "statements", "statement_id")


def evaluate_excluded(batch: Batch, rule: Rule) -> Found | Sums:
    """A statement that there is none of something against amounts that say there is."""
    rows = batch.statements
    if not rows.height:
        return nothing()
    metrics = {metric: at for at, metric in enumerate(rule.option("metrics"))}
    rows = rows.filter(
        pl.col("kind").is_in(["none", "amount"])
        & pl.col("metric").cast(pl.String).is_in(list(metrics))
        & pl.col("subject").is_null()
    )
    said = rows.filter((pl.col("kind") == "none") & ~pl.col("comparison").fill_null(False))
    if not said.height:
        return nothing()
    key = pl.concat_str([pl.col("metric"), pl.col("fiscal_year").cast(pl.String)], separator=".", ignore_nulls=True)
    said = (
        said.with_columns(key=key)
        .unique(["disclosure_id", "key"], keep="first", maintain_order=True)
        .sort(pl.col("metric").cast(pl.String).replace_strict(metrics), maintain_order=True)
    )
    given = rows.filter(pl.col("kind") == "amount").with_columns(key=key)
    exact = {"value": ZERO, "half": ZERO, "own_half": ZERO}
    parts = [
        operands_of(said, "left", "statements", "statement_id", given=exact),
        operands_of(given, "right", "statements", "statement_id"),
    ]
    return Sums(rule, pl.concat(parts))


def evaluate_change_parts(batch: Batch, rule: Rule) -> Found | Sums:
    """A change against the changes of its parts: stated as such, or none where a part is called unchanged (持平).

    Only where each part's change is known one way or the other.
    """
    rows = batch.statements
    if not rows.height:
        return nothing()
    terms = {metric: at for at, metric in enumerate([rule.option("whole"), *rule.option("parts")])}
    metric = pl.col("metric").cast(pl.String)
    rows = rows.filter(
        metric.is_in(list(terms)) & (pl.col("unit") == "CNY") & pl.col("subject").is_null() & pl.col("fund").is_null()
    ).with_columns(term=metric.replace_strict(terms, default=None, return_dtype=pl.Int32))
    by = ["fiscal_year", "base_year"]
    changes = rows.filter((pl.col("kind") == "change") & pl.col("base_year").is_not_null())
    stated = one_a_key(keyed(changes, by), "term")
    whole = stated.filter(pl.col("term") == 0)
    if not whole.height:
        return nothing()
    # An amount of another year that rests on the document's own says that nothing changed: the one less the other.
    same = rows.filter((pl.col("kind") == "amount") & pl.col("derived_from").is_not_null() & pl.col("comparison"))
    same = same.with_columns(base_year=pl.col("fiscal_year"), fiscal_year=pl.col("disclosure_year"))
    kept = one_a_key(keyed(same, by), "term")
    kept = kept.join(stated, on=["disclosure_id", "key", "term"], how="anti", maintain_order="left")
    parts = [
        operands_of(rows.filter(pl.col("term") > 0), "right", "statements", identity, sign)
        for rows, identity, sign in ((stated, "statement_id", 1), (kept, "derived_from", 1), (kept, "statement_id", -1))
    ]
    operands = [
        operands_of(whole, "left", "statements", "statement_id"),
        pl.concat(parts).sort("term", maintain_order=True),
    ]
    return Sums(rule, pl.concat(operands), "CNY", len(terms))


EVALUATORS: dict[str, Callable[[Batch, Rule], Found | Sums]] = {
    "change": evaluate_change,
    "direction": evaluate_direction,
    "repeated": evaluate_repeated,
    "own_year": evaluate_own_year,
    "excluded": evaluate_excluded,
    "change_parts": evaluate_change_parts,
    **ratios.EVALUATORS,
}
