"""The shape of a document against itself: empty tables, unit words, placeholders, horizons of targets."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.reconcile.batch import VALUE, Batch
from pipeline.reconcile.inside import tail
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.settle import CHECKS, OPERANDS, operands_of, settle, shaped

Found = tuple[pl.DataFrame, pl.DataFrame]


def _fails(rule: Rule, rows: pl.DataFrame, zh: str, en: str) -> pl.DataFrame:
    """Checks for ``rows`` (disclosure_id, key, said): each of them is a finding."""
    return shaped(
        rows.with_columns(
            status=pl.lit("fail"),
            severity=pl.lit(rule.severity),
            rounding_only=pl.lit(False),
            note_zh=pl.format(zh, "said"),
            note_en=pl.format(en, "said"),
        ),
        CHECKS,
    )


def evaluate_declared_empty(batch: Batch, rule: Rule) -> Found:
    """A table that is said to be empty and prints amounts other than 0."""
    tables, lines = batch.frame("tables"), batch.lines
    if not tables.height or not lines.height:
        return settle(rule, pl.DataFrame())
    said = tables.filter(pl.col("declared_empty")).select("table_id", "title")
    rows = lines.filter(pl.col("value") != 0).join(said, on="table_id", maintain_order="left")
    rows = rows.with_columns(key=tail("table_id"), said=pl.col("title"))
    found = _fails(
        rule,
        rows.unique("key", keep="first", maintain_order=True),
        "{}写明为空表，却列有金额",
        "{} is said to be empty and prints amounts",
    )
    return found, operands_of(rows, "left", "budget_lines", "line_id")


def evaluate_unit_words(batch: Batch, rule: Rule) -> Found:
    """A table whose unit words contradict one another: the amounts took the unit that other tables confirm."""
    if not batch.lines.height:
        return settle(rule, pl.DataFrame())
    rows = batch.lines.filter(pl.col("unit_basis") == "cross_table")
    rows = rows.with_columns(key=tail("table_id"), said=pl.col("table_code").fill_null("—"))
    found = _fails(
        rule,
        rows.unique("key", keep="first", maintain_order=True),
        "{}：表内单位用词互相矛盾",
        "{}: the unit words of the table contradict one another",
    )
    return found, operands_of(rows, "left", "budget_lines", "line_id")


def evaluate_placeholders(batch: Batch, rule: Rule) -> Found:
    """Marks that someone was to fill in: XX, ××."""
    passages = batch.frame("passages")
    if not passages.height:
        return settle(rule, pl.DataFrame())
    rows = passages.filter(pl.col("text").str.contains("(?:XX|××|＊＊|xx)")).with_columns(
        key=tail("passage_id"), said=pl.col("text").str.extract("(.{0,12}(?:XX|××|＊＊|xx).{0,12})")
    )
    return _fails(rule, rows, "未填写：“{}”", "not filled in: '{}'"), pl.DataFrame(schema=OPERANDS)


def _quantities(batch: Batch) -> pl.DataFrame:
    targets, indicators = batch.frame("targets"), batch.frame("indicators")
    if not targets.height or not indicators.height:
        return pl.DataFrame()
    facts = indicators.select("indicator_id", "table_id", "project_id", "horizon", "kind", "level3")
    return targets.join(facts, on="indicator_id", maintain_order="left").with_columns(
        value=pl.col("value").cast(VALUE), half=pl.lit(0).cast(VALUE), own_half=pl.lit(0).cast(VALUE)
    )


def evaluate_horizons(batch: Batch, rule: Rule) -> Found:
    """What is to be reached in a year against what is to be reached in all years of the project."""
    rows = _quantities(batch)
    if not rows.height:
        return settle(rule, pl.DataFrame())
    rows = rows.filter(
        pl.col("subject").is_not_null() & pl.col("comparator").is_in(["eq", "ge"]) & (pl.col("unit") != "percent")
    )
    rows = rows.with_columns(
        key=pl.concat_str([tail("table_id"), "level3", "subject", "unit"], separator="/", ignore_nulls=True)
    )
    rows = rows.filter((pl.col("value").n_unique() == 1).over("key", "horizon", "disclosure_id"))
    rows = rows.unique(["disclosure_id", "key", "horizon"], keep="first", maintain_order=True)
    annual, medium = (rows.filter(pl.col("horizon") == horizon) for horizon in ("annual", "medium_term"))
    parts = [
        operands_of(annual, "left", "targets", "target_id"),
        operands_of(medium, "right", "targets", "target_id"),
    ]
    return settle(rule, pl.concat(parts), "count")


def evaluate_establishment(batch: Batch, rule: Rule) -> Found:
    """The establishment that prose states against the one that targets rest on."""
    rows = _quantities(batch)
    if not rows.height or not batch.statements.height:
        return settle(rule, pl.DataFrame())
    rows = rows.filter(pl.col("subject").str.contains("编制") & pl.col("unit").is_in(["人", "person"])).with_columns(
        key=pl.lit("编制")
    )
    rows = rows.unique(["disclosure_id", "value"], keep="first", maintain_order=True)
    rows = rows.filter(pl.len().over("disclosure_id") == 1)
    stated = batch.statements.filter((pl.col("metric") == "administrative_establishment") & (pl.col("kind") == "count"))
    stated = stated.with_columns(key=pl.lit("编制")).filter(pl.len().over("disclosure_id") == 1)
    parts = [
        operands_of(stated, "left", "statements", "statement_id"),
        operands_of(rows, "right", "targets", "target_id"),
    ]
    return settle(rule, pl.concat(parts), "person")


EVALUATORS: dict[str, Callable[[Batch, Rule], Found]] = {
    "declared_empty": evaluate_declared_empty,
    "unit_words": evaluate_unit_words,
    "placeholders": evaluate_placeholders,
    "horizons": evaluate_horizons,
    "establishment": evaluate_establishment,
}
