"""Performance targets against one another and against what prose states."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.reconcile.batch import Batch
from pipeline.reconcile.keys import tail
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.selection import one_a_key
from pipeline.reconcile.settle import Found, Sums, nothing, operands_of


def _comparable(batch: Batch, rule: Rule) -> pl.DataFrame:
    """Targets that fix or floor a quantity, with ``thing``: what is counted, without the verb before it."""
    rows = batch.targets
    if not rows.height:
        return rows
    verbs = "|".join(rule.option("verbs", ()))
    thing = pl.col("subject").str.replace(f"^(?:{verbs})", "") if verbs else pl.col("subject")
    rows = rows.with_columns(thing=thing)
    # A thing of a word or two (满意度) is told apart by the sentence around it, not by its name.
    return rows.filter(
        pl.col("comparator").cast(pl.String).is_in(["eq", "ge"])
        & (pl.col("thing").str.len_chars() >= rule.option("shortest", 4))
    )


def _key(*names: str) -> pl.Expr:
    return pl.concat_str([pl.col(name).cast(pl.String) for name in names], separator="/", ignore_nulls=True)


def evaluate_horizons(batch: Batch, rule: Rule) -> Found | Sums:
    """What is to be reached in a year is not more than what is to be reached in all years of the project."""
    rows = _comparable(batch, rule)
    if not rows.height:
        return nothing()
    rows = rows.with_columns(_table=tail("table_id")).with_columns(
        key=_key("_table", "level2", "level3", "thing", "unit")
    )
    annual, medium = (one_a_key(rows.filter(pl.col("horizon") == name)) for name in ("annual", "medium_term"))
    parts = [
        operands_of(annual, "left", "targets", "target_id"),
        operands_of(medium, "right", "targets", "target_id"),
    ]
    return Sums(rule, pl.concat(parts), "count")


def _pairs(rule: Rule, left: pl.DataFrame, right: pl.DataFrame) -> Found | Sums:
    """Each row of ``left`` against the one of ``right`` that counts the same thing."""
    on = ["disclosure_id", "thing", "unit", "horizon"]
    names = {name: f"_{name}" for name in ("target_id", "indicator_id", "value", "half", "own_half")}
    theirs = right.filter((pl.col("value").n_unique() == 1).over(on)).unique(on, keep="first", maintain_order=True)
    pairs = left.join(theirs.select(*on, *names).rename(names), on=on, nulls_equal=True, maintain_order="left")
    pairs = pairs.filter(pl.col("indicator_id") != pl.col("_indicator_id")).with_columns(key=tail("target_id"))
    other = pairs.with_columns(value=pl.col("_value"), half=pl.col("_half"), own_half=pl.col("_own_half"))
    parts = [
        operands_of(pairs, "left", "targets", "target_id"),
        operands_of(other, "right", "targets", "_target_id"),
    ]
    return Sums(rule, pl.concat(parts), "count")


def evaluate_repeated_targets(batch: Batch, rule: Rule) -> Found | Sums:
    """A quantity that several indicators give for the same thing: each later one against the first."""
    rows = _comparable(batch, rule)
    if not rows.height:
        return nothing()
    rows = rows.filter(pl.col("due_end").is_null() & (pl.col("comparator").cast(pl.String) == "eq"))
    on = ["disclosure_id", "thing", "unit", "horizon"]
    first = rows.filter(pl.col("target_id") == pl.col("target_id").first().over(on))
    later = rows.filter(pl.col("target_id") != pl.col("target_id").first().over(on))
    return _pairs(rule, later, first)


def evaluate_due(batch: Batch, rule: Rule) -> Found | Sums:
    """What is due by some month is not more than what the whole year is to bring."""
    rows = _comparable(batch, rule)
    if not rows.height:
        return nothing()
    rows = rows.filter(pl.col("horizon") == "annual")
    return _pairs(rule, rows.filter(pl.col("due_end").is_not_null()), rows.filter(pl.col("due_end").is_null()))


def evaluate_establishment(batch: Batch, rule: Rule) -> Found | Sums:
    """The establishment that prose states against each one that targets name."""
    rows = batch.targets
    if not rows.height or not batch.statements.height:
        return nothing()
    rows = rows.filter(pl.col("subject").str.contains("编制") & pl.col("unit").is_in(["人", "person", "名"]))
    rows = rows.with_columns(key=tail("target_id"))
    metrics = rule.option("metrics")
    stated = batch.statements.filter(
        pl.col("metric").is_in(metrics) & (pl.col("kind") == "count") & pl.col("subject").is_null()
    ).unique(["disclosure_id", "metric"], keep="first", maintain_order=True)
    # All kinds of posts together: an establishment of officials and one of support staff are a whole.
    parts = [operands_of(rows, "right", "targets", "target_id")]
    of_target = rows.select("disclosure_id", "key").join(stated, on="disclosure_id", maintain_order="left")
    parts.insert(0, operands_of(of_target, "left", "statements", "statement_id"))
    return Sums(rule, pl.concat(parts), "person")


EVALUATORS: dict[str, Callable[[Batch, Rule], Found | Sums]] = {
    "horizons": evaluate_horizons,
    "repeated_targets": evaluate_repeated_targets,
    "due_targets": evaluate_due,
    "establishment": evaluate_establishment,
}
