"""Performance targets against one another and against what prose states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import polars as pl

from pipeline.extract.forms.entries import Metric
from pipeline.reconcile.base import SumRule, Unit, one_of_each
from pipeline.reconcile.batch import Batch, joined, without_disclosure

#: A thing of a word or two (满意度) is known by the sentence around it, not by its name.
_SHORTEST = 4


@dataclass(frozen=True, kw_only=True)
class _TargetRule(SumRule):
    """A rule on quantities of targets."""

    unit: Annotated[Unit, "What the figures are measured in"] = "count"
    verbs: Annotated[tuple[str, ...], "Words that may stand before what is counted"] = ()

    def comparable(self, batch: Batch) -> pl.DataFrame:
        """Targets that fix or floor a quantity, with ``thing``: what is counted, without the verb before it."""
        verbs = "|".join(self.verbs)
        thing = pl.col("subject").str.replace(f"^(?:{verbs})", "") if verbs else pl.col("subject")
        fixed = pl.col("comparator").cast(pl.String).is_in(["eq", "ge"])
        return batch.targets.with_columns(thing=thing).filter(fixed & (pl.col("thing").str.len_chars() >= _SHORTEST))

    def against(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
        """Operands: each row of ``left`` against the one of ``right`` that counts the same thing."""
        on = ["disclosure_id", "thing", "unit", "horizon"]
        names = {f"_{name}": name for name in ("target_id", "indicator_id", "value", "half", "own_half")}
        theirs = one_of_each(right, *on).select(*on, **names)
        pairs = left.join(theirs, on=on, nulls_equal=True, maintain_order="left")
        pairs = pairs.filter(pl.col("indicator_id") != pl.col("_indicator_id"))
        pairs = pairs.with_columns(key=without_disclosure("target_id"))
        other = {name: pl.col(f"_{name}") for name in ("value", "half", "own_half")}
        sides = [
            self.operands_of(pairs, "left", "targets"),
            self.operands_of(pairs, "right", "targets", "_target_id", **other),
        ]
        return pl.concat(sides)


@dataclass(frozen=True, kw_only=True)
class HorizonsRule(_TargetRule):
    """What is to be reached in a year is not more than what is to be reached in all years of the project."""

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Annual and medium-term targets of one indicator."""
        rows = self.comparable(batch).with_columns(_table=without_disclosure("table_id"))
        rows = rows.with_columns(key=joined(["_table", "level2", "level3", "thing", "unit"]))
        annual, medium = (
            one_of_each(rows.filter(pl.col("horizon") == name), "disclosure_id", "key")
            for name in ("annual", "medium_term")
        )
        return self.both_sides(annual, medium, "targets")


@dataclass(frozen=True, kw_only=True)
class RepeatedTargetsRule(_TargetRule):
    """A quantity that several indicators give for the same thing: each later one against the first."""

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Later mentions and first ones."""
        rows = self.comparable(batch)
        rows = rows.filter(pl.col("due_end").is_null() & (pl.col("comparator").cast(pl.String) == "eq"))
        is_first = pl.col("target_id") == pl.col("target_id").first().over("disclosure_id", "thing", "unit", "horizon")
        return self.against(rows.filter(~is_first), rows.filter(is_first))


@dataclass(frozen=True, kw_only=True)
class DueTargetsRule(_TargetRule):
    """What is due by some month is not more than what the whole year is to bring."""

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Targets with a date, and those without."""
        rows = self.comparable(batch).filter(pl.col("horizon") == "annual")
        dated = pl.col("due_end").is_not_null()
        return self.against(rows.filter(dated), rows.filter(~dated))


@dataclass(frozen=True, kw_only=True)
class EstablishmentRule(SumRule):
    """The establishment that prose states against each one that targets name.

    All kinds of posts together: an establishment of officials and one of support staff are a whole.
    """

    unit: Annotated[Unit, "What the figures are measured in"] = "person"
    metrics: Annotated[tuple[Metric, ...], "The kinds of posts that prose states"]

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Targets on 编制, and what prose states of it."""
        rows = batch.targets.filter(
            pl.col("subject").str.contains("编制") & pl.col("unit").is_in(["人", "person", "名"])
        ).with_columns(key=without_disclosure("target_id"))
        counts = pl.col("metric").is_in(self.metrics) & (pl.col("kind") == "count") & pl.col("subject").is_null()
        stated = batch.statements.filter(counts).unique(["disclosure_id", "metric"], keep="first", maintain_order=True)
        of_target = rows.select("disclosure_id", "key").join(stated, on="disclosure_id", maintain_order="left")
        sides = [
            self.operands_of(of_target, "left", "statements"),
            self.operands_of(rows, "right", "targets"),
        ]
        return pl.concat(sides)
