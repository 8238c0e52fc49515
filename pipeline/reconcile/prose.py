"""Prose against itself: changes, direction words, amounts stated twice, comparisons with the document's own year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import polars as pl

from pipeline.extract.forms.entries import Metric
from pipeline.reconcile.base import CHECKS, Found, Rule, SumRule, WordedRule, one_of_each, shaped
from pipeline.reconcile.batch import Batch, key_by, without_disclosure
from pipeline.reconcile.language import ZERO, Pattern
from pipeline.reconcile.relations import THING, statement_key

#: A sentence of a paragraph, and what a comparison with the budget names.
_SENTENCE = "[^。！？]*[。！？]|[^。！？]+$"
_BUDGET = "预算"
#: What may be stated with and without what was carried over from the year before.
_TOTALS = ["revenue_budget", "expenditure_budget", "appropriation_revenue", "appropriation_expenditure"]


def of_amount(rule: Rule, rows: pl.DataFrame, name: str, coefficient: int = 1) -> pl.DataFrame:
    """The amounts ``name`` of statements as operands of the right side."""
    half = pl.col(f"{name}_half")
    return rule.operands_of(
        rows.filter(pl.col(f"{name}_id").is_not_null()),
        "right",
        "statements",
        f"{name}_id",
        value=pl.col(f"{name}_value"),
        half=half,
        own_half=half,
        coefficient=pl.lit(coefficient),
    )


def _now_less_base(rule: Rule, rows: pl.DataFrame) -> pl.DataFrame:
    """A statement of a change on the left, the amount less that of the base year on the right."""
    sides = [
        rule.operands_of(rows, "left", "statements"),
        of_amount(rule, rows, "now"),
        of_amount(rule, rows, "base", -1),
    ]
    return pl.concat(sides)


def _has_both() -> pl.Expr:
    """Whether the amounts of both years are known, and the comparison is not derived from another."""
    return pl.col("now_id").is_not_null() & pl.col("base_id").is_not_null() & pl.col("derived_from").is_null()


@dataclass(frozen=True, kw_only=True)
class ChangeRule(SumRule):
    """A printed change against current minus base."""

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Changes in yuan, and the amounts that they are between."""
        changes = (pl.col("kind") == "change") & (pl.col("unit") == "CNY")
        return _now_less_base(self, batch.relations.filter(changes & _has_both()))


@dataclass(frozen=True, kw_only=True)
class DirectionRule(WordedRule):
    """The word of a change against the amounts it compares: 增加 where the amount fell."""

    def evaluate(self, batch: Batch) -> Found:
        """Whether each change goes the way that its amounts went."""
        moved = pl.col("now_value") - pl.col("base_value")
        stated = pl.col("kind").is_in(["change", "change_percent"]) & _has_both()
        rows = batch.relations.filter(stated & (pl.col("value") != ZERO) & (moved != ZERO))
        rows = rows.sort("kind", maintain_order=True)  # changes come before changes in percent
        wrong = (pl.col("value") > ZERO) != (moved > ZERO)
        checks = shaped(
            rows,
            CHECKS,
            rule=pl.lit(self.id),
            left_value=pl.col("value"),
            right_value=moved,
            difference=pl.col("value") - moved,
            tolerance=ZERO,
            status=pl.when(wrong).then(pl.lit("fail")).otherwise(pl.lit("pass")),
            severity=pl.lit(self.severity),
            rounding_only=pl.lit(False),
        )
        return Found(checks, _now_less_base(self, rows))


@dataclass(frozen=True, kw_only=True)
class ComparisonWordRule(WordedRule):
    """The word that compares what was spent with its budget (决算数大于预算数) against both amounts of its sentence.

    Only where the sentence, or else the one before it, states both of one thing, and each once.
    """

    words: Annotated[
        Pattern,
        "The comparison, with the groups `more`, `less` and `alike` of which one is there; without 预算 it says nothing",
    ]

    def evaluate(self, batch: Batch) -> Found:
        """Sentences that compare the two in words."""
        stated = (
            (pl.col("kind") == "amount")
            & (pl.col("unit") == "CNY")
            & (pl.col("fiscal_year") == pl.col("disclosure_year"))
        )
        amounts = batch.statements.filter(stated & pl.col("derived_from").is_null())
        amounts = amounts.with_columns(
            _no=pl.col("sentence_id").str.extract(r"\.(\d+)$").cast(pl.Int64), spent=pl.col("phase") == "executed"
        )
        said = self._said(batch.frame("passages")).sort("_no")
        amounts = amounts.sort("_no", maintain_order=True).join_asof(
            said, on="_no", by="passage", strategy="forward", check_sortedness=False
        )
        amounts = amounts.filter(pl.col("key").is_not_null() & (pl.col("times") == 1))
        amounts = one_of_each(amounts, *THING, "key", "spent")
        names = {"value": "_value", "half": "_half", "statement_id": "_id"}
        planned = amounts.filter(~pl.col("spent")).select(*THING, "key", **{new: old for old, new in names.items()})
        pairs = amounts.filter("spent").join(planned, on=[*THING, "key"], nulls_equal=True, maintain_order="left")
        pairs = pairs.filter(pl.len().over("disclosure_id", "key") == 1)
        off = pl.col("value") - pl.col("_value")
        within = off.abs() <= pl.col("half") + pl.col("_half")
        against = (
            pl.when(pl.col("more").is_not_null()).then(off <= ZERO).when(pl.col("less").is_not_null()).then(off >= ZERO)
        )
        wrong = against.otherwise(~within)
        checks = shaped(
            pairs,
            CHECKS,
            rule=pl.lit(self.id),
            left_value=pl.col("value"),
            right_value=pl.col("_value"),
            difference=off,
            status=pl.when(wrong).then(pl.lit("fail")).otherwise(pl.lit("pass")),
            severity=pl.when(wrong & within).then(pl.lit("info")).otherwise(pl.lit(self.severity)),
            rounding_only=wrong & within,
        )
        budget = {"value": pl.col("_value"), "half": pl.col("_half"), "own_half": pl.col("_half")}
        sides = [
            self.operands_of(pairs, "left", "statements"),
            self.operands_of(pairs, "right", "statements", "_id", **budget),
        ]
        return Found(checks, pl.concat(sides))

    def _said(self, passages: pl.DataFrame) -> pl.DataFrame:
        """The sentences of ``passages`` that hold such a word: their number, how often they do, and the first."""
        rows = passages.select(passage="passage_id", text=pl.col("text").str.extract_all(_SENTENCE))
        rows = rows.with_columns(_no=pl.int_ranges(1, pl.col("text").list.len() + 1)).explode("text", "_no")
        said = pl.element().filter(pl.element().str.contains(_BUDGET))
        rows = rows.with_columns(said=pl.col("text").str.extract_all(self.words).list.eval(said))
        rows = rows.filter(pl.col("said").list.len() > 0).with_columns(times=pl.col("said").list.len())
        rows = rows.with_columns(pl.col("said").list.first().str.extract_groups(self.words)).unnest("said").drop("text")
        key = pl.format("{}.{}", without_disclosure("passage"), "_no")
        return rows.with_columns(key=key)


@dataclass(frozen=True, kw_only=True)
class RepeatedRule(SumRule):
    """The same amount stated more than once: each later mention against the first.

    Where prose calls an amount unchanged (一致, 持平), that is a mention of the base year's amount.
    """

    metrics: Annotated[tuple[Metric, ...], "What the amounts may be of"]

    def operands(self, batch: Batch) -> pl.DataFrame:
        """First mentions and later ones."""
        amounts = (pl.col("kind") == "amount") & (pl.col("unit") == "CNY") & pl.col("metric").is_in(self.metrics)
        first = pl.col("statement_id").first().over(*THING, "fiscal_year", "phase")
        rows = batch.statements.filter(amounts).with_columns(key=statement_key(), _first=first)
        later = rows.filter(pl.col("statement_id") != pl.col("_first"))
        later = self._without_balances(batch, rows, later)
        figures = rows.select("statement_id", "value", "half", "own_half")
        against = later.select("disclosure_id", "key", statement_id="_first")
        return self.both_sides(against.join(figures, on="statement_id", maintain_order="left"), later, "statements")

    def _without_balances(self, batch: Batch, rows: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
        """``later`` without totals that differ from the first by what was carried over: 收入总计 and 本年收入 are two."""
        carried = pl.col("metric").cast(pl.String).is_in(["opening_balance", "closing_balance"]) & (
            pl.col("kind") == "amount"
        )
        balances = batch.statements.filter(carried).select("disclosure_id", "fiscal_year", _balance="value")
        first = rows.select(_first="statement_id", _value="value")
        near = later.filter(pl.col("metric").cast(pl.String).is_in(_TOTALS)).join(first, on="_first")
        near = near.join(balances, on=["disclosure_id", "fiscal_year"])
        apart = near.filter(
            (pl.col("_balance") != ZERO) & ((pl.col("value") - pl.col("_value")).abs() == pl.col("_balance"))
        )
        return later.join(apart, on="statement_id", how="anti", maintain_order="left")


@dataclass(frozen=True, kw_only=True)
class OwnYearRule(Rule):
    """A change that is said to be against the year that it is of, or against a later one."""

    def evaluate(self, batch: Batch) -> Found:
        """Statements of which the base year is not before their own."""
        rows = batch.statements.filter(pl.col("base_year") >= pl.col("fiscal_year"))
        rows = rows.with_columns(key=statement_key())
        zh = pl.format("{}年的数与{}年相比：“{}”", "fiscal_year", "base_year", "printed")
        en = pl.format("a figure of {} is compared with {}: “{}”", "fiscal_year", "base_year", "printed")
        return Found(self.findings(rows, zh, en), self.operands_of(rows, "left", "statements"))


@dataclass(frozen=True, kw_only=True)
class ExcludedRule(SumRule):
    """A statement that there is none of something against amounts that say there is, in the same phase of its year."""

    metrics: Annotated[tuple[Metric, ...], "What the statements may be of"]

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Statements of nothing, and the amounts of the same thing, year and phase."""
        of_metrics = pl.col("metric").cast(pl.String).is_in(self.metrics) & pl.col("subject").is_null()
        own = pl.when(pl.col("stage") == "final_accounts").then(pl.lit("executed")).otherwise(pl.lit("approved"))
        phase = pl.col("phase").cast(pl.String).fill_null(own)
        parts = [pl.col("metric"), pl.col("fiscal_year").cast(pl.String), pl.when(phase != own).then(phase)]
        key = pl.concat_str(parts, separator=".", ignore_nulls=True)
        rows = batch.statements.filter(of_metrics).with_columns(key=key)
        denied = rows.filter((pl.col("kind") == "none") & ~pl.col("comparison").fill_null(False))
        order = pl.col("metric").cast(pl.String).replace_strict(self.metrics, range(len(self.metrics)))
        denied = denied.unique(["disclosure_id", "key"], keep="first", maintain_order=True)
        denied = denied.sort(order, maintain_order=True)
        none = denied.with_columns(value=ZERO, half=ZERO, own_half=ZERO)
        return self.both_sides(none, rows.filter(pl.col("kind") == "amount"), "statements")


@dataclass(frozen=True, kw_only=True)
class WithinRule(SumRule):
    """Each part of an amount is not above it, in any year and phase for which both are stated."""

    compare: Literal["equal", "at_most"] = "at_most"
    whole: Annotated[Metric, "The amount"]
    parts: Annotated[tuple[Metric, ...], "Its parts, each held against it by itself"]

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Parts on the left, the whole of their year and phase on the right."""
        plain = (pl.col("kind") == "amount") & (pl.col("unit") == "CNY") & pl.col("subject").is_null()
        stated = batch.statements.filter(plain & pl.col("fund").is_null() & pl.col("function_code").is_null())
        of = ["disclosure_id", "fiscal_year", "phase"]
        stated = one_of_each(stated, *of, "metric")
        metric = pl.col("metric").cast(pl.String)
        parts = stated.filter(metric.is_in(self.parts)).with_columns(key=key_by(["metric", "fiscal_year", "phase"]))
        whole = stated.filter(metric == self.whole).drop("key", strict=False)
        against = whole.join(parts.select(*of, "key"), on=of, nulls_equal=True, maintain_order="left")
        return self.both_sides(parts, against, "statements")


@dataclass(frozen=True, kw_only=True)
class ChangePartsRule(SumRule):
    """A change against the changes of its parts: stated as such, or none where a part is called unchanged (持平).

    Only where each part's change is known one way or the other.
    """

    whole: Annotated[Metric, "What changed"]
    parts: Annotated[tuple[Metric, ...], "Its parts"]

    def terms(self) -> int:
        """The whole and all parts."""
        return 1 + len(self.parts)

    def operands(self, batch: Batch) -> pl.DataFrame:
        """The change of the whole, and of each part."""
        terms = {metric: at for at, metric in enumerate((self.whole, *self.parts))}
        metric = pl.col("metric").cast(pl.String)
        of_all = pl.col("subject").is_null() & pl.col("fund").is_null()
        rows = batch.statements.filter(metric.is_in(list(terms)) & (pl.col("unit") == "CNY") & of_all)
        rows = rows.with_columns(term=metric.replace_strict(terms, default=None, return_dtype=pl.Int32))
        key = key_by(["fiscal_year", "base_year"])
        group = ("disclosure_id", "key", "term")
        changes = rows.filter((pl.col("kind") == "change") & pl.col("base_year").is_not_null())
        stated = one_of_each(changes.with_columns(key=key), *group)
        # An amount of another year that rests on the document's own says that nothing changed: the one less the other.
        same = rows.filter((pl.col("kind") == "amount") & pl.col("derived_from").is_not_null() & pl.col("comparison"))
        same = same.with_columns(base_year=pl.col("fiscal_year"), fiscal_year=pl.col("disclosure_year"))
        kept = one_of_each(same.with_columns(key=key), *group).join(stated, on=group, how="anti", maintain_order="left")
        parts = [
            self.operands_of(each.filter(pl.col("term") > 0), "right", "statements", identity, coefficient=pl.lit(sign))
            for each, identity, sign in (
                (stated, "statement_id", 1),
                (kept, "derived_from", 1),
                (kept, "statement_id", -1),
            )
        ]
        whole = self.operands_of(stated.filter(pl.col("term") == 0), "left", "statements")
        return pl.concat([whole, pl.concat(parts).sort("term", maintain_order=True)])
