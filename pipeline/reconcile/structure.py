"""The shape of a document against itself: empty tables, unit words, years of titles, placeholders."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import polars as pl

from pipeline.reconcile.batch import ZERO, Batch
from pipeline.reconcile.keys import tail, titled, with_titles
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.selection import one_a_key, rows_of
from pipeline.reconcile.settle import OPERANDS, Found, findings, nothing, operands_of

_MARK = "[Xx×＊*]"
# A run of marks, or one before what was to be counted; none inside a word of Latin letters (www.xxgk…).
_PLACEHOLDER = re.compile(
    rf"(?<![A-Za-z0-9.×＊*])(?:{_MARK}{{2,}}|{_MARK}(?=[年月日万元个项名人辆局部委办%]))(?![A-Za-z0-9.])"
)
_TEN_THOUSAND = Decimal(10000)


def evaluate_declared_empty(batch: Batch, rule: Rule) -> Found:
    """A table that is said to be empty prints no amount but 0."""
    tables, lines = batch.frame("tables"), batch.lines
    if not tables.height:
        return nothing()
    said = tables.filter(pl.col("declared_empty").fill_null(False)).with_columns(key=tail("table_id"))
    filled = lines.filter(pl.col("value") != 0) if lines.height else lines
    counts = filled.group_by("table_id").agg(pl.len().alias("_amounts")) if filled.height else None
    if counts is None:
        said = said.with_columns(_amounts=pl.lit(None, dtype=pl.UInt32))
    else:
        said = said.join(counts, on="table_id", how="left", maintain_order="left")
    zh = pl.format("{}注明为空表（{}），却列有{}个不为零的金额", titled(), pl.col("note").fill_null("—"), "_amounts")
    en = pl.format(
        "{}: a note says that the table is empty, but it prints {} amounts other than 0", titled(), "_amounts"
    )
    found = findings(rule, said, zh, en, pl.col("_amounts").fill_null(0) > 0)
    if counts is None:
        return found, pl.DataFrame(schema=OPERANDS)
    rows = filled.join(said.select("table_id", "key"), on="table_id", maintain_order="left")
    return found, operands_of(rows, "left", "budget_lines", "line_id")


def evaluate_undeclared_empty(batch: Batch, rule: Rule) -> Found:
    """A table of a known form that prints no amount says that it is empty."""
    tables = batch.frame("tables")
    if not tables.height:
        return nothing()
    rows = tables.filter(pl.col("table_code").cast(pl.String).is_in(rule.option("tables"))).with_columns(
        key=tail("table_id")
    )
    # A document without a single amount is a template: that is said once, elsewhere, not table by table.
    rows = rows.filter(pl.col("amount_count").sum().over("disclosure_id") > 0)
    empty = (pl.col("amount_count") == 0) & ~pl.col("declared_empty").fill_null(False)
    zh = pl.format("{}没有金额，也没有注明为空表", titled())
    en = pl.format("{}: prints no amount and no note that it is empty", titled())
    rows = rows.filter(empty)
    return findings(rule, rows, zh, en), _about(rows, "tables", "table_id")


def _about(rows: pl.DataFrame, kind: str | pl.Expr, identity: str) -> pl.DataFrame:
    """What a finding is about, where no figure is: the record itself, without a value."""
    return operands_of(rows, "left", kind, identity, given={"value": pl.lit(None), "half": ZERO, "own_half": ZERO})


def evaluate_unit_words(batch: Batch, rule: Rule) -> Found:
    """A table whose unit words contradict one another: the amounts took the unit that other tables confirm."""
    if not batch.lines.height:
        return nothing()
    rows = batch.lines.filter(pl.col("unit_basis").cast(pl.String) == "cross_table").with_columns(key=tail("table_id"))
    if not rows.height:
        return nothing()
    rows = with_titles(batch, rows)
    unit = pl.col("printed_unit").fill_null("—") if "printed_unit" in rows.columns else pl.lit("—")
    zh = pl.format("{}内有互相矛盾的单位用词（元、万元）；金额只有以{}计才与其他表相符", titled(), unit)
    en = pl.format(
        "{}: its unit words (元, 万元) contradict one another; the amounts agree with other tables in {}",
        titled(),
        unit,
    )
    return findings(rule, rows, zh, en), operands_of(rows, "left", "budget_lines", "line_id")


def evaluate_magnitude(batch: Batch, rule: Rule) -> Found:
    """Totals that should be alike differ by ten thousand: 元 stands where 万元 was meant, or the other way round."""
    parts = []
    for number, term in enumerate(rule.option("totals")):
        rows, table, identity = rows_of(batch, term)
        if rows.height:
            columns = ("disclosure_id", "value", "half", "own_half")
            parts.append(rows.select(*columns, id=identity, kind=pl.lit(table), key=pl.lit(str(number))))
    if not parts:
        return nothing()
    rows = one_a_key(pl.concat(parts).filter(pl.col("value") != ZERO)).rename({"key": "at"})
    first = rows.unique("disclosure_id", keep="first", maintain_order=True)
    first = first.select("disclosure_id", "at", _value="value", _id="id", _kind="kind", _half="half", _own="own_half")
    pairs = rows.join(first, on="disclosure_id", suffix="_first", maintain_order="left")
    pairs = pairs.filter(pl.col("at") != pl.col("at_first")).with_columns(key=pl.format("total.{}", "at"))
    low, high = pl.min_horizontal("value", "_value"), pl.max_horizontal("value", "_value")
    off = (high - low * pl.lit(_TEN_THOUSAND, dtype=pl.Decimal(38, 0))).abs()
    # To a thousandth: one of the two may be printed in fewer digits.
    wrong = (off * pl.lit(1000, dtype=pl.Decimal(38, 0)) <= high) & (low > ZERO)
    figures = [(pl.col(name).cast(pl.Decimal(38, 2))).cast(pl.String) for name in ("_value", "value")]
    checks = findings(
        rule,
        pairs,
        pl.format("同一总数一处为{}元，一处为{}元，恰差一万倍：单位“元”与“万元”有误", *figures),
        pl.format(
            "the same total is {} yuan in one place and {} in another, ten thousand times apart: 元 and 万元 are confused",
            *figures,
        ),
        wrong,
    )
    theirs = {"value": pl.col("_value"), "half": pl.col("_half"), "own_half": pl.col("_own")}
    operands = [
        operands_of(pairs, "left", pl.col("_kind"), "_id", given=theirs),
        operands_of(pairs, "right", pl.col("kind"), "id"),
    ]
    return checks, pl.concat(operands)


def evaluate_placeholders(batch: Batch, rule: Rule) -> Found:
    """Marks that someone was to fill in (XX, ××) in paragraphs and in the titles of tables."""
    texts = []
    for name, column, identity in (("passages", "text", "passage_id"), ("tables", "title", "table_id")):
        frame = batch.frame(name)
        if not frame.height:
            continue
        frame = frame.filter(pl.col(column).str.contains(_MARK))
        if name == "passages" and "kind" in frame.columns:
            frame = frame.filter(pl.col("kind").cast(pl.String) != "contents")
        for disclosure, key, record, text in frame.select(
            "disclosure_id", tail(identity).alias("key"), identity, column
        ).iter_rows():
            if mark := _PLACEHOLDER.search(text):
                said = text[max(0, mark.start() - 12) : mark.end() + 12]
                texts.append((disclosure, key, name, record, said))
    if not texts:
        return nothing()
    rows = pl.DataFrame(texts, schema=["disclosure_id", "key", "kind", "_id", "said"], orient="row")
    checks = findings(
        rule, rows, pl.format("有未填写的占位符：“…{}…”", "said"), pl.format("a placeholder is left: “…{}…”", "said")
    )
    return checks, _about(rows, pl.col("kind"), "_id")


def evaluate_title_year(batch: Batch, rule: Rule) -> Found:
    """The year in a table's title is the one the document is for."""
    tables = batch.frame("tables")
    if not tables.height:
        return nothing()
    rows = tables.with_columns(key=tail("table_id"), _year=pl.col("title").str.extract(r"(20\d\d)\s*年").cast(pl.Int32))
    known = pl.col("table_code").is_not_null() & ~pl.col("table_code").cast(pl.String).is_in(rule.option("others"))
    rows = rows.filter(known & pl.col("_year").is_not_null() & pl.col("disclosure_year").is_not_null())
    wrong = pl.col("_year") != pl.col("disclosure_year")
    zh = pl.format("{}的年份与本文件的年度（{}年）不一致", titled(), "disclosure_year")
    en = pl.format("{}: its title's year is not the document's ({})", titled(), "disclosure_year")
    return findings(rule, rows, zh, en, wrong), _about(rows, "tables", "table_id")


def evaluate_table_numbers(batch: Batch, rule: Rule) -> Found:
    """Printed numbers of tables (表1, 表2, …) rise one by one; a part may begin anew, a table go on under its number."""
    tables = batch.frame("tables")
    if not tables.height:
        return nothing()
    printed = pl.col("printed_no")
    rows = tables.with_columns(
        key=tail("table_id"),
        _number=printed.str.extract(r"^\D*(\d{1,3})\D*$").cast(pl.Int32),
        _word=printed.str.extract(r"^(\D*)").fill_null(""),
    ).filter(pl.col("_number").is_not_null())
    rows = rows.with_columns(_before=pl.col("_number").shift(1).over("disclosure_id", "_word"))
    rows = rows.filter(pl.col("_before").is_not_null() & (pl.col("_number") > 1))
    wrong = (pl.col("_number") != pl.col("_before") + 1) & (pl.col("_number") != pl.col("_before"))
    zh = pl.format("{}排在第{}号表之后，编号不连续", titled(), "_before")
    en = pl.format("{}: stands after table {}, the numbers do not follow one another", titled(), "_before")
    return findings(rule, rows, zh, en, wrong), _about(rows, "tables", "table_id")


def evaluate_identity(batch: Batch, rule: Rule) -> Found:
    """Entity, year, stage, scope and division: what the document or sources.toml says against what is published."""
    rows = batch.disclosures
    if not rows.height or "identity_note" not in rows.columns:
        return nothing()
    rows = rows.filter(pl.col("identity_note").is_not_null()).with_columns(key=pl.lit("identity"))
    said = pl.col("identity_note")
    return findings(rule, rows, said, said), pl.DataFrame(schema=OPERANDS)


EVALUATORS: dict[str, Callable[[Batch, Rule], Found]] = {
    "declared_empty": evaluate_declared_empty,
    "undeclared_empty": evaluate_undeclared_empty,
    "unit_words": evaluate_unit_words,
    "magnitude": evaluate_magnitude,
    "placeholders": evaluate_placeholders,
    "title_year": evaluate_title_year,
    "table_numbers": evaluate_table_numbers,
    "identity": evaluate_identity,
}
