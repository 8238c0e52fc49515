"""Between documents: the year before as a later disclosure states it, versions, a department and its units.

``compared`` keeps of a batch of disclosures what these rules compare, and nothing else: batches can be
released one after another, what was kept of them concatenated, and the rules evaluated once.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.reconcile.batch import VALUE, Batch
from pipeline.reconcile.mentions import SAME
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.settle import Found, Sums, findings, nothing, operands_of

Compared = dict[str, pl.DataFrame]
_WHOSE = ("entity_key", "stage", "scope")
#: What two amounts share that are of the same thing: of one body, for one year, printed in whichever document.
THING = ["metric", "subject", "function_code", "fund", "fiscal_year", "phase"]
_DISCLOSURES: dict[str, type[pl.DataType]] = {
    "disclosure_id": pl.String,
    "disclosure_year": pl.Int32,
    "series_id": pl.String,
    "supersedes": pl.String,
    "division_code": pl.String,
    "entity_key": pl.String,
    "entity_name": pl.String,
    "stage": pl.String,
    "scope": pl.String,
}
_AMOUNTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "disclosure_id": pl.String,
    **dict.fromkeys(_WHOSE, pl.String),
    "metric": pl.String,
    "subject": pl.String,
    "function_code": pl.String,
    "fund": pl.String,
    "fiscal_year": pl.Int32,
    "phase": pl.String,
    "comparison": pl.Boolean,
    "kind": pl.String,
    "id": pl.String,
    "second_id": pl.String,
    "value": VALUE,
    "second": VALUE,
    "half": VALUE,
    "own_half": VALUE,
}
#: What the items of the table of three public expenses are in prose.
_KINDS = {
    "出国": "overseas_travel",
    "接待": "official_reception",
    "购置(?:及|和|与)运行": "official_vehicles",
    "购置费$": "official_vehicle_purchase",
    "运行(?:维护)?费$": "official_vehicle_operation",
}


def compared(frames: dict[str, pl.DataFrame]) -> Compared:
    """What ``compared_of`` gives of a batch of these frames."""
    return compared_of(Batch(frames))


def compared_of(batch: Batch) -> Compared:
    """``disclosures``: keys; ``amounts``: one row for each amount that another document may state, too.

    An amount of the year before that is stated only as a change (比上年增加…) is current less change: ``second``
    is that change, and the operand that it is.
    """
    disclosures = batch.disclosures
    known = [name for name in _DISCLOSURES if name in disclosures.columns]
    keys = disclosures.select(
        (pl.col(name) if name in known else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in _DISCLOSURES.items()
    )
    stated, implied = _stated(batch), _implied(batch)
    if stated.height and implied.height:  # What is stated need not be inferred.
        implied = implied.join(
            stated, on=["disclosure_id", *THING], how="anti", nulls_equal=True, maintain_order="left"
        )
    parts = [part for part in (stated, implied, _tabled(batch)) if part.height]
    amounts = pl.concat(parts) if parts else pl.DataFrame(schema=_AMOUNTS)
    return {"disclosures": keys, "amounts": amounts}


def _shaped(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in _AMOUNTS.items()
    )


def _stated(batch: Batch) -> pl.DataFrame:
    """Amounts that prose gives once, for the document's year and for years it compares with."""
    rows = batch.statements
    if not rows.height or "entity_key" not in rows.columns:
        return pl.DataFrame()
    rows = rows.filter((pl.col("kind") == "amount") & (pl.col("unit") == "CNY") & pl.col("entity_key").is_not_null())
    on = ["disclosure_id", *THING]
    rows = rows.filter((pl.col("value").n_unique() == 1).over(on)).unique(on, keep="first", maintain_order=True)
    return _shaped(rows.with_columns(kind=pl.lit("statements"), id=pl.col("statement_id")))


def _implied(batch: Batch) -> pl.DataFrame:
    """Amounts of the year before that follow from an amount and its change."""
    rows = batch.statements
    if not rows.height or "entity_key" not in rows.columns:
        return pl.DataFrame()
    rows = rows.filter(
        (pl.col("unit") == "CNY") & pl.col("entity_key").is_not_null() & pl.col("derived_from").is_null()
    )
    on = [*SAME, "sentence_id", "fiscal_year", "phase"]
    change = rows.filter((pl.col("kind") == "change") & pl.col("base_year").is_not_null())
    now = rows.filter(pl.col("kind") == "amount").unique(on, keep="none", maintain_order=True)
    now = now.select(*on, id="statement_id", _value="value", _half="half", _own="own_half")
    pairs = change.unique(on, keep="none", maintain_order=True).join(
        now, on=on, nulls_equal=True, maintain_order="left"
    )
    return _shaped(
        pairs.with_columns(
            kind=pl.lit("statements"),
            second_id=pl.col("statement_id"),
            second=pl.col("value"),
            value=pl.col("_value"),
            half=pl.col("_half") + pl.col("half"),
            own_half=pl.col("_own") + pl.col("own_half"),
            fiscal_year=pl.col("base_year"),
            comparison=pl.lit(True),
        )
    )


def _tabled(batch: Batch) -> pl.DataFrame:
    """The table of three public expenses, which prints the year before beside the document's own."""
    rows = batch.lines
    if not rows.height or "entity_key" not in rows.columns:
        return pl.DataFrame()
    rows = rows.filter((pl.col("table_code").cast(pl.String) == "three_public") & pl.col("entity_key").is_not_null())
    metrics = [pl.when(pl.col("row_kind").cast(pl.String) == "total").then(pl.lit("three_public"))]
    metrics += [pl.when(pl.col("item").str.contains(words)).then(pl.lit(name)) for words, name in _KINDS.items()]
    rows = rows.with_columns(
        metric=pl.coalesce(metrics), subject=pl.lit(None), fund=pl.lit(None), function_code=pl.lit(None)
    )
    rows = rows.filter(pl.col("metric").is_not_null() & (pl.col("measure").cast(pl.String) == "total"))
    on = ["disclosure_id", *THING]
    rows = rows.filter((pl.col("value").n_unique() == 1).over(on)).unique(on, keep="first", maintain_order=True)
    return _shaped(rows.with_columns(kind=pl.lit("budget_lines"), id=pl.col("line_id")))


def evaluate_versions(kept: Compared, rule: Rule) -> Found:
    """Disclosures that share entity, year, stage and scope; each of the later ones names the first."""
    rows = kept["disclosures"]
    rows = rows.filter(pl.col("series_id").is_not_null() & pl.col("supersedes").is_null()).with_columns(
        other_disclosure_id=pl.col("disclosure_id").first().over("series_id"), key=pl.lit("series")
    )
    rows = rows.filter(pl.col("disclosure_id") != pl.col("other_disclosure_id"))
    if not rows.height:
        return nothing()
    # What is not known of them is not known of either.
    whose = pl.coalesce("entity_name", "entity_key", pl.lit(""))
    year = pl.col("disclosure_year").cast(pl.String)
    zh = pl.format(
        "{}{}的同一公开内容另有一个版本（{}）", whose, (year + "年").fill_null("（年份不明）"), "other_disclosure_id"
    )
    en = pl.format(
        "{} {}: another version of the same disclosure is {}",
        whose,
        year.fill_null("of an unknown year"),
        "other_disclosure_id",
    )
    kind = pl.lit("disclosures")
    operands = rows.with_columns(value=pl.lit(None, dtype=VALUE), half=pl.lit(0), own_half=pl.lit(0), kind=kind)
    return findings(rule, rows, zh, en), pl.concat(
        [
            operands_of(operands, "left", "disclosures", "disclosure_id"),
            operands_of(operands, "right", "disclosures", "other_disclosure_id"),
        ]
    )


def _key() -> pl.Expr:
    return pl.concat_str([pl.col(name).cast(pl.String) for name in THING[:-1]], separator="/", ignore_nulls=True)


def _against(rule: Rule, told: pl.DataFrame, own: pl.DataFrame, on: list[str]) -> Found | Sums:
    """Each amount of ``told`` against the one of ``own`` (of another document) that agrees in ``on``."""
    names = {f"_{name}": name for name in ("kind", "id", "value", "half", "own_half")}
    theirs = own.select(*on, other_disclosure_id="disclosure_id", **names)
    pairs = told.join(theirs, on=on, nulls_equal=True, maintain_order="left")
    pairs = pairs.filter(pl.col("disclosure_id") != pl.col("other_disclosure_id"))
    if not pairs.height:
        return nothing()
    kind, none = pl.col("kind"), pl.lit(0)
    change = {"value": pl.col("second"), "half": none, "own_half": none}
    other = {"value": pl.col("_value"), "half": pl.col("_half"), "own_half": pl.col("_own_half")}
    parts = [
        operands_of(pairs, "left", kind, "id"),
        operands_of(pairs.filter(pl.col("second_id").is_not_null()), "left", kind, "second_id", -1, given=change),
        operands_of(pairs, "right", pl.col("_kind"), "_id", given=other),
    ]
    return Sums(rule, pl.concat(parts))


def evaluate_previous_year(kept: Compared, rule: Rule) -> Found | Sums:
    """What a disclosure states of the year before against that year's own disclosure of the body."""
    rows = kept["amounts"]
    on = [*_WHOSE, *THING]
    own = rows.filter(~pl.col("comparison").fill_null(False) & pl.col("second_id").is_null())
    own = own.sort("kind", maintain_order=True, descending=True).unique(
        ["disclosure_id", *on], keep="first", maintain_order=True
    )
    # Two versions of that year's disclosure: which one was meant is not known.
    own = own.unique(on, keep="none", maintain_order=True)
    told = rows.filter(pl.col("comparison").fill_null(False))
    told = told.with_columns(key=pl.concat_str([_key(), pl.lit("/"), pl.col("id").str.replace(r"^[0-9a-f]+\.", "")]))
    return _against(rule, told, own, on)


def evaluate_restated(kept: Compared, rule: Rule) -> Found | Sums:
    """Two versions of one disclosure state the same amounts."""
    series = kept["disclosures"].filter(pl.col("series_id").is_not_null())
    series = series.filter(pl.len().over("series_id") > 1).select(
        "disclosure_id", "series_id", first=pl.col("disclosure_id").first().over("series_id")
    )
    rows = kept["amounts"].filter(pl.col("second_id").is_null()).join(series, on="disclosure_id", maintain_order="left")
    on = ["series_id", "kind", *THING]
    rows = rows.with_columns(
        key=pl.concat_str([_key(), pl.lit("/"), pl.col("kind"), pl.lit("/"), pl.col("phase").fill_null("")])
    )
    is_first = pl.col("disclosure_id") == pl.col("first")
    return _against(rule, rows.filter(~is_first), rows.filter(is_first), on)


def evaluate_units(kept: Compared, rule: Rule) -> Found | Sums:
    """A department's total is not below that of any of its units, whose names begin with its own."""
    rows = kept["amounts"].filter(pl.col("metric").is_in(rule.option("metrics")) & pl.col("second_id").is_null())
    rows = rows.filter(~pl.col("comparison").fill_null(False))
    units = rows.filter(pl.col("scope") == "unit")
    whole = rows.filter(pl.col("scope") == "department")
    on = ["entity_key", "stage", *THING]
    whole = whole.unique(on, keep="none", maintain_order=True)
    return _against(rule, units.with_columns(key=_key()), whole, on)


EVALUATORS: dict[str, Callable[[Compared, Rule], Found | Sums]] = {
    "versions": evaluate_versions,
    "restated": evaluate_restated,
    "previous_year": evaluate_previous_year,
    "units": evaluate_units,
}
