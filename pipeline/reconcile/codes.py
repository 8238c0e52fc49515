"""Codes as printed against the official classifications, and against the columns and rows they stand in."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.reconcile.batch import ZERO, Batch
from pipeline.reconcile.keys import tail
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.selection import condition
from pipeline.reconcile.settle import Found, findings, nothing, operands_of
from pipeline.tidy.queries import IN_MEMORY

#: The classifications of 2018 replaced those before down to the last code.
_RENEWED = 2018
_NAMED = ["scheme", "code", "name", "disclosure_year"]


def _plain(column: str) -> pl.Expr:
    """A name without white space and with brackets of one width."""
    folded = pl.col(column).str.replace_all(r"\s", "")
    for wide, narrow in (("（", "("), ("）", ")"), ("、", ""), (",", ""), ("，", "")):
        folded = folded.str.replace_all(wide, narrow, literal=True)
    return folded


def evaluate_padded(batch: Batch, rule: Rule) -> Found:
    """Rows whose code is printed with one digit where 款 and 项 have two."""
    if not batch.lines.height:
        return nothing()
    rows = batch.lines.filter(pl.col("code_basis").cast(pl.String) == "padded").with_columns(key=tail("row_id"))
    code = pl.coalesce("function_code", "department_economic_code", "government_economic_code")
    zh = pl.format("“{}”的科目编码缺位，按两位补零后为{}", pl.col("item").fill_null("—"), code)
    en = pl.format("“{}”: a part of the code lacks a digit; padded it is {}", pl.col("item").fill_null("—"), code)
    return findings(rule, rows, zh, en), operands_of(rows, "left", "budget_lines", "line_id")


def _official(batch: Batch) -> pl.DataFrame:
    """The official classifications, all of them."""
    frame = batch.frame("classifications")
    return frame.with_columns(pl.col("scheme").cast(pl.String)) if frame.height else frame


def evaluate_known(batch: Batch, rule: Rule) -> Found:
    """Printed codes exist. ``complete`` lists for each scheme the classes whose 款 are all listed; of others the 类 is."""
    coded, official = batch.coded, _official(batch)
    if not coded.height or not official.height:
        return nothing()
    listed = [(scheme, code) for scheme, codes in rule.option("complete").items() for code in codes]
    whole = pl.concat_str("scheme", pl.col("code").str.slice(0, 3)).is_in(
        [f"{scheme}{code}" for scheme, code in listed]
    )
    recent = pl.col("disclosure_year").fill_null(_RENEWED) >= _RENEWED
    printed = ["scheme", "code", "disclosure_year"]
    unknown = (
        coded.lazy()
        .select(printed)
        .unique()
        .join(official.lazy(), on="scheme", how="semi")
        .with_columns(
            cut=pl.when(whole & recent).then(pl.col("code").str.slice(0, 5)).otherwise(pl.col("code").str.slice(0, 3))
        )
        .join(official.lazy().select("scheme", cut="code"), on=["scheme", "cut"], how="anti")
        .collect(engine=IN_MEMORY)
    )
    if not unknown.height:
        return nothing()
    rows = coded.join(unknown, on=printed, nulls_equal=True, maintain_order="left")
    rows = rows.with_columns(key=pl.format("{}.{}", tail("table_id"), "code"))
    name = pl.col("name").fill_null("—")
    zh = pl.format("{}“{}”：政府收支分类科目中没有{}", "code", name, "cut")
    en = pl.format("{} “{}”: the official classification has no {}", "code", name, "cut")
    return findings(rule, rows, zh, en), operands_of(rows, "left", "budget_lines", "line_id")


def _judged_names(coded: pl.DataFrame, official: pl.DataFrame) -> pl.DataFrame:
    """Each code, name and year that is printed, whether an official name is alike, and the first official one."""
    year = pl.col("disclosure_year")
    valid = (pl.col("valid_from").cast(pl.Int32, strict=False).fill_null(0) <= year) & (
        pl.col("valid_to").cast(pl.Int32, strict=False).fill_null(9999) >= year
    )
    alike = (
        (pl.col("plain") == pl.col("right"))
        | pl.col("right").str.starts_with(pl.col("plain"))
        | pl.col("plain").str.starts_with(pl.col("right"))
    )
    named = official.lazy().select("scheme", "code", "valid_from", "valid_to", official="name")
    return (
        coded.lazy()
        .select(_NAMED)
        .unique()
        .join(named, on=["scheme", "code"], maintain_order="left_right")
        .filter(year.is_null() | valid)
        .with_columns(plain=_plain("name"), right=_plain("official"))
        .group_by(_NAMED, maintain_order=True)
        .agg(alike=alike.any(), official=pl.col("official").first())
        .collect(engine=IN_MEMORY)
    )


def evaluate_names(batch: Batch, rule: Rule) -> Found:
    """A code's printed name is the official one of its year. Names wrapped away (a beginning) are not held against it."""
    official = _official(batch)
    if not batch.coded.height or not official.height:
        return nothing()
    coded = batch.coded.filter(pl.col("name").is_not_null())
    judged = _judged_names(coded, official)
    if judged["alike"].all():
        return nothing()
    # One name that is alike is enough for a row.
    row = ["scheme", "row_id"]
    doubtful = coded.join(judged.filter(~pl.col("alike")), on=_NAMED, how="semi", nulls_equal=True)
    rows = coded.join(doubtful, on=row, how="semi", maintain_order="left")
    wrong = (
        rows.lazy()
        .join(judged.lazy(), on=_NAMED, nulls_equal=True, maintain_order="left")
        .group_by(row, maintain_order=True)
        .agg(pl.col("alike").any(), _official=pl.col("official").first())
        .filter(~pl.col("alike"))
    )
    own = (
        official.lazy().group_by("scheme", plain=_plain("name"), maintain_order=True).agg(_whose=pl.col("code").first())
    )
    rows = (
        rows.lazy()
        .join(wrong, on=row, maintain_order="left")
        .with_columns(plain=_plain("name"), key=pl.format("{}.{}", tail("table_id"), "code"))
        .join(own, on=["scheme", "plain"], how="left", maintain_order="left")
        .collect(engine=IN_MEMORY)
    )
    before = pl.col("_whose") == pl.col("code")
    zh = pl.concat_str(
        pl.format("{}应为“{}”，却印作“{}”", "code", "_official", "name"),
        pl.when(before)
        .then(pl.lit("（那是该编码其他年度的名称）"))
        .when(pl.col("_whose").is_not_null())
        .then(pl.format("（“{}”的编码是{}）", "name", "_whose"))
        .otherwise(pl.lit("")),
    )
    en = pl.concat_str(
        pl.format("{} is “{}” officially, printed as “{}”", "code", "_official", "name"),
        pl.when(before)
        .then(pl.lit(" (its name in other years)"))
        .when(pl.col("_whose").is_not_null())
        .then(pl.format(" (the code of which is {})", "_whose"))
        .otherwise(pl.lit("")),
    )
    return findings(rule, rows, zh, en), operands_of(rows, "left", "budget_lines", "line_id")


def evaluate_orphans(batch: Batch, rule: Rule) -> Found:
    """In a table that prints the classes, a code stands under a class that is printed."""
    if not batch.coded.height:
        return nothing()
    table = ["table_id", "scheme"]
    coded = batch.coded.lazy().filter((pl.col("code_count") == 1) & (pl.col("code_basis").cast(pl.String) != "name"))
    classes = coded.filter(pl.col("code").str.len_chars() == 3).select(*table, cut="code")
    rows = (
        coded.filter(pl.col("code").str.len_chars() > 3)
        .with_columns(cut=pl.col("code").str.slice(0, 3), key=pl.format("{}.{}", tail("table_id"), "code"))
        .join(classes, on=table, how="semi", maintain_order="left")
        .join(classes, on=[*table, "cut"], how="anti", maintain_order="left")
        .collect(engine=IN_MEMORY)
    )
    name = pl.col("name").fill_null("—")
    zh = pl.format("{}“{}”：本表没有它所属的{}类", "code", name, "cut")
    en = pl.format("{} “{}”: the table does not print its class {}", "code", name, "cut")
    return findings(rule, rows, zh, en), operands_of(rows, "left", "budget_lines", "line_id")


def evaluate_column_of_class(batch: Batch, rule: Rule) -> Found:
    """Amounts of an economic class in a column it does not belong to: 302 (商品和服务支出) as personnel."""
    lines = batch.lines
    if not lines.height:
        return nothing()
    rows = lines.filter(condition(rule.option("where")) & (pl.col("value") != ZERO)).with_columns(key=tail("line_id"))
    code, name = pl.col("department_economic_code"), pl.coalesce("department_economic_name", "item", pl.lit("—"))
    amount = pl.col("amount").cast(pl.String)
    zh = pl.format("{}“{}”属{}，其{}元却列在{}栏", code, name, *(pl.lit(w) for w in rule.option("words_zh")[:1]), amount, pl.lit(rule.option("words_zh")[1]))  # fmt: skip
    en = pl.format("{} “{}” is of the class {}, but its {} yuan stand in the column {}", code, name, pl.lit(rule.option("words_en")[0]), amount, pl.lit(rule.option("words_en")[1]))  # fmt: skip
    return findings(rule, rows, zh, en), operands_of(rows, "left", "budget_lines", "line_id")


def evaluate_code_pairs(batch: Batch, rule: Rule) -> Found:
    """The classes of a row's two economic classifications go together: 301 with 501 or 505."""
    lines = batch.lines
    if not lines.height:
        return nothing()
    rows = lines.filter(
        pl.col("government_economic_code").is_not_null() & pl.col("department_economic_code").is_not_null()
    ).with_columns(
        key=tail("row_id"),
        left=pl.col("department_economic_code").str.slice(0, 3),
        right=pl.col("government_economic_code").str.slice(0, 3),
    )
    pairs = [(left, right) for left, rights in rule.option("pairs").items() for right in rights]
    known = pl.DataFrame(pairs, schema=["left", "right"], orient="row")
    rows = rows.join(known.select("left").unique(), on="left", how="semi", maintain_order="left")
    rows = rows.join(known, on=["left", "right"], how="anti", maintain_order="left")
    codes = ("department_economic_code", "government_economic_code")
    zh = pl.format("部门预算支出经济分类{}与政府预算支出经济分类{}不相对应", *codes)
    en = pl.format("departmental economic class {} and government economic class {} do not go together", *codes)
    return findings(rule, rows, zh, en), operands_of(rows, "left", "budget_lines", "line_id")


EVALUATORS: dict[str, Callable[[Batch, Rule], Found]] = {
    "padded": evaluate_padded,
    "code_known": evaluate_known,
    "code_name": evaluate_names,
    "code_orphan": evaluate_orphans,
    "column_of_class": evaluate_column_of_class,
    "code_pairs": evaluate_code_pairs,
}
