"""Between documents: the year before as a later disclosure states it, versions, a department and its units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import polars as pl

from pipeline.extract.forms.entries import Metric
from pipeline.reconcile.base import Found, Rule, SumRule, shaped
from pipeline.reconcile.batch import Batch, joined, without_disclosure
from pipeline.reconcile.language import VALUE
from pipeline.reconcile.relations import THING

_WHOSE = ("entity_key", "stage", "scope")
#: What two amounts share that are of the same thing: of one body, for one year, printed in whichever document.
_WHAT = ("metric", "subject", "function_code", "fund", "fiscal_year", "phase")
_AMOUNTS = {
    **dict.fromkeys(("disclosure_id", *_WHOSE, "metric", "subject", "function_code", "fund"), pl.String()),
    "fiscal_year": pl.Int32(),
    "phase": pl.String(),
    "comparison": pl.Boolean(),
    **dict.fromkeys(("kind", "id", "second_id"), pl.String()),
    **dict.fromkeys(("value", "second", "half", "own_half"), VALUE),
}
#: What the items of the table of three public expenses are in prose.
_EXPENSES = {
    "出国": "overseas_travel",
    "接待": "official_reception",
    "购置(?:及|和|与)运行": "official_vehicles",
    "购置费$": "official_vehicle_purchase",
    "运行(?:维护)?费$": "official_vehicle_operation",
}


def _amounts(batch: Batch) -> pl.DataFrame:
    """One row for each amount that another document may state, too.

    An amount of the year before that is stated only as a change (比上年增加…) is current less change: ``second``
    is that change, and ``second_id`` its statement.
    """
    stated, implied = _stated(batch), _implied(batch)
    # What is stated need not be inferred.
    on = ("disclosure_id", *_WHAT)
    implied = implied.join(stated, on=on, how="anti", nulls_equal=True, maintain_order="left")
    return pl.concat([stated, implied, _tabled(batch)])


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    """Amounts that a document gives alike wherever it gives them, once."""
    on = ("disclosure_id", *_WHAT)
    return rows.filter((pl.col("value").n_unique() == 1).over(on)).unique(on, keep="first", maintain_order=True)


def _stated(batch: Batch) -> pl.DataFrame:
    """Amounts that prose gives once, for the document's year and for years it compares with."""
    amounts = (pl.col("kind") == "amount") & (pl.col("unit") == "CNY") & pl.col("entity_key").is_not_null()
    rows = _once(batch.statements.filter(amounts))
    return shaped(rows, _AMOUNTS, kind=pl.lit("statements"), id=pl.col("statement_id"))


def _implied(batch: Batch) -> pl.DataFrame:
    """Amounts of the year before that follow from an amount and its change."""
    own = (pl.col("unit") == "CNY") & pl.col("entity_key").is_not_null() & pl.col("derived_from").is_null()
    rows = batch.statements.filter(own)
    on = [*THING, "sentence_id", "fiscal_year", "phase"]
    change = rows.filter((pl.col("kind") == "change") & pl.col("base_year").is_not_null())
    now = rows.filter(pl.col("kind") == "amount").unique(on, keep="none", maintain_order=True)
    now = now.select(*on, id="statement_id", _value="value", _half="half", _own="own_half")
    pairs = change.unique(on, keep="none", maintain_order=True).join(
        now, on=on, nulls_equal=True, maintain_order="left"
    )
    return shaped(
        pairs,
        _AMOUNTS,
        kind=pl.lit("statements"),
        second_id=pl.col("statement_id"),
        second=pl.col("value"),
        value=pl.col("_value"),
        half=pl.col("_half") + pl.col("half"),
        own_half=pl.col("_own") + pl.col("own_half"),
        fiscal_year=pl.col("base_year"),
        phase=pl.coalesce("base_phase", "phase"),
        comparison=pl.lit(True),
    )


def _tabled(batch: Batch) -> pl.DataFrame:
    """The table of three public expenses, which prints the year before beside the document's own."""
    of_table = (pl.col("table_code").cast(pl.String) == "three_public") & pl.col("entity_key").is_not_null()
    metrics = [pl.when(pl.col("row_kind").cast(pl.String) == "total").then(pl.lit("three_public"))]
    metrics += [pl.when(pl.col("item").str.contains(words)).then(pl.lit(name)) for words, name in _EXPENSES.items()]
    nothing = pl.lit(None, dtype=pl.String)
    rows = batch.lines.filter(of_table & pl.col("body").is_null()).with_columns(
        metric=pl.coalesce(metrics), subject=nothing, fund=nothing, function_code=nothing
    )
    rows = _once(rows.filter(pl.col("metric").is_not_null() & (pl.col("measure") == "total")))
    return shaped(rows, _AMOUNTS, kind=pl.lit("budget_lines"), id=pl.col("line_id"))


@dataclass(frozen=True, kw_only=True)
class VersionsRule(Rule):
    """Disclosures that share entity, year, stage and scope; each of the later ones names the first."""

    across: ClassVar[bool] = True

    def evaluate(self, batch: Batch) -> Found:
        """Disclosures of a series after its first."""
        rows = batch.disclosures.filter(pl.col("series_id").is_not_null() & pl.col("supersedes").is_null())
        first = pl.col("disclosure_id").first().over("series_id")
        rows = rows.with_columns(other_disclosure_id=first, key=pl.lit("series"))
        rows = rows.filter(pl.col("disclosure_id") != pl.col("other_disclosure_id"))
        # What is not known of them is not known of either.
        whose = pl.coalesce("entity_name", "entity_key", pl.lit(""))
        year, other = pl.col("disclosure_year").cast(pl.String), pl.col("other_disclosure_id")
        zh = pl.format("{}{}的同一公开内容另有一个版本（{}）", whose, (year + "年").fill_null("（年份不明）"), other)
        en = pl.format(
            "{} {}: another version of the same disclosure is {}", whose, year.fill_null("of an unknown year"), other
        )
        records = self.records(rows, "disclosures")
        others = self.records(rows, "disclosures", "other_disclosure_id").with_columns(side=pl.lit("right"))
        return Found(self.findings(rows, zh, en), pl.concat([records, others]))


@dataclass(frozen=True, kw_only=True)
class _AcrossRule(SumRule):
    """A rule that holds amounts of one document against those of another."""

    across: ClassVar[bool] = True

    def against(self, theirs: pl.DataFrame, own: pl.DataFrame, on: list[str]) -> pl.DataFrame:
        """Operands: each amount of ``theirs`` against the one of ``own`` (of another document) that agrees in ``on``."""
        names = {f"_{name}": name for name in ("kind", "id", "value", "half", "own_half")}
        others = own.select(*on, other_disclosure_id="disclosure_id", **names)
        pairs = theirs.join(others, on=on, nulls_equal=True, maintain_order="left")
        pairs = pairs.filter(pl.col("disclosure_id") != pl.col("other_disclosure_id"))
        kind, exact = pl.col("kind"), pl.lit(0)
        changes = pairs.filter(pl.col("second_id").is_not_null())
        change = {"value": pl.col("second"), "half": exact, "own_half": exact, "coefficient": pl.lit(-1)}
        other = {name: pl.col(f"_{name}") for name in ("value", "half", "own_half")}
        sides = [
            self.operands_of(pairs, "left", kind, "id"),
            self.operands_of(changes, "left", kind, "second_id", **change),
            self.operands_of(pairs, "right", pl.col("_kind"), "_id", **other),
        ]
        return pl.concat(sides)


def _key() -> pl.Expr:
    return joined(_WHAT[:-1])


def _is_comparison() -> pl.Expr:
    return pl.col("comparison").fill_null(False)


@dataclass(frozen=True, kw_only=True)
class PreviousYearRule(_AcrossRule):
    """What a disclosure states of the year before against that year's own disclosure of the body."""

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Amounts of other years, and those of the disclosures of these years."""
        rows = _amounts(batch)
        on = [*_WHOSE, *_WHAT]
        own = rows.filter(~_is_comparison() & pl.col("second_id").is_null())
        own = own.sort("kind", maintain_order=True, descending=True)
        own = own.unique(["disclosure_id", *on], keep="first", maintain_order=True)
        # Two versions of that year's disclosure: which one was meant is not known.
        own = own.unique(on, keep="none", maintain_order=True)
        key = pl.concat_str([_key(), pl.lit("/"), without_disclosure("id")])
        return self.against(rows.filter(_is_comparison()).with_columns(key=key), own, on)


@dataclass(frozen=True, kw_only=True)
class RestatedRule(_AcrossRule):
    """Two versions of one disclosure state the same amounts."""

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Amounts of later versions, and those of the first."""
        first = pl.col("disclosure_id").first().over("series_id")
        series = batch.disclosures.filter(pl.col("series_id").is_not_null())
        series = series.filter(pl.len().over("series_id") > 1).select("disclosure_id", "series_id", first=first)
        rows = _amounts(batch).filter(pl.col("second_id").is_null())
        key = pl.concat_str([_key(), pl.lit("/"), pl.col("kind"), pl.lit("/"), pl.col("phase").fill_null("")])
        rows = rows.join(series, on="disclosure_id", maintain_order="left").with_columns(key=key)
        is_first = pl.col("disclosure_id") == pl.col("first")
        return self.against(rows.filter(~is_first), rows.filter(is_first), ["series_id", "kind", *_WHAT])


@dataclass(frozen=True, kw_only=True)
class UnitsRule(_AcrossRule):
    """A department's total is not below that of any of its units, whose names begin with its own."""

    metrics: Annotated[tuple[Metric, ...], "The amounts that are compared"]

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Amounts of units, and those of the department of the same name."""
        rows = _amounts(batch).filter(pl.col("metric").is_in(self.metrics) & pl.col("second_id").is_null())
        rows = rows.filter(~_is_comparison()).with_columns(key=_key())
        on = ["entity_key", "stage", *_WHAT]
        whole = rows.filter(pl.col("scope") == "department").unique(on, keep="none", maintain_order=True)
        return self.against(rows.filter(pl.col("scope") == "unit"), whole, on)
