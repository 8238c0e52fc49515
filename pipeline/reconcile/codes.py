"""Codes as printed against the official classifications, and against the columns and rows they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import polars as pl

from pipeline.extract.forms.entries import Scheme
from pipeline.reconcile.base import Found, Needed, Rule
from pipeline.reconcile.batch import SCHEMES, Batch, without_disclosure
from pipeline.reconcile.language import DepartmentEconomicCode, GovernmentEconomicCode
from pipeline.tidy.queries import IN_MEMORY

#: The classifications of 2018 replaced those before down to the last code.
_RENEWED = 2018
#: What is printed in fewer digits can be an ordinal.
_CODE_DIGITS = 4
#: A name that stands in so many sections, each time with the same last digits, has them everywhere.
_SECTIONS = 20
_NAMED = ["scheme", "code", "name", "disclosure_year"]
_NAME = pl.col("name").fill_null("—")


def _plain(column: str) -> pl.Expr:
    """A name without white space and with brackets of one width."""
    folded = pl.col(column).str.replace_all(r"\s", "")
    for wide, narrow in (("（", "("), ("）", ")"), ("、", ""), (",", ""), ("，", "")):
        folded = folded.str.replace_all(wide, narrow, literal=True)
    return folded


def _about(rule: Rule, rows: pl.DataFrame, zh: pl.Expr, en: pl.Expr) -> Found:
    """A failing check for each key of ``rows``, which are lines."""
    return Found(rule.findings(rows, zh, en), rule.operands_of(rows, "left", "budget_lines"))


@dataclass(frozen=True, kw_only=True)
class PaddedRule(Rule):
    """Rows whose code is printed with one digit where 款 and 项 have two."""

    def evaluate(self, batch: Batch) -> Found:
        """Lines with a code that was padded."""
        rows = batch.lines.filter(pl.col("code_basis").cast(pl.String) == "padded")
        rows = rows.with_columns(key=without_disclosure("row_id"))
        code = pl.coalesce("function_code", "department_economic_code", "government_economic_code")
        item = pl.col("item").fill_null("—")
        zh = pl.format("“{}”的科目编码缺位，按两位补零后为{}", item, code)
        en = pl.format("“{}”: a part of the code lacks a digit; padded it is {}", item, code)
        return _about(self, rows, zh, en)


def _official(batch: Batch) -> pl.DataFrame:
    """The official classifications, all of them."""
    return batch.frame("classifications").with_columns(pl.col("scheme").cast(pl.String))


@dataclass(frozen=True, kw_only=True)
class CodeKnownRule(Rule):
    """Printed codes exist. `complete` lists for each scheme the classes whose 款 are all listed; of others the 类 is."""

    complete: Annotated[
        Mapping[Scheme, tuple[str, ...]], "By classification, the classes of which schemas/codes lists all 款"
    ]

    def evaluate(self, batch: Batch) -> Found:
        """Lines with a code that the classification lacks."""
        official = _official(batch).lazy()
        listed = [f"{scheme}{code}" for scheme, codes in self.complete.items() for code in codes]
        whole = pl.concat_str("scheme", pl.col("code").str.slice(0, 3)).is_in(listed)
        recent = pl.col("disclosure_year").fill_null(_RENEWED) >= _RENEWED
        printed = ["scheme", "code", "disclosure_year"]
        unknown = (
            batch.coded.lazy()
            .select(printed)
            .unique()
            .join(official, on="scheme", how="semi")
            .with_columns(cut=pl.col("code").str.slice(0, pl.when(whole & recent).then(5).otherwise(3)))
            .join(official.select("scheme", cut="code"), on=["scheme", "cut"], how="anti")
            .collect(engine=IN_MEMORY)
        )
        rows = batch.coded.join(unknown, on=printed, nulls_equal=True, maintain_order="left")
        rows = rows.with_columns(key=pl.format("{}.{}", without_disclosure("table_id"), "code"))
        zh = pl.format("{}“{}”：政府收支分类科目中没有{}", "code", _NAME, "cut")
        en = pl.format("{} “{}”: the official classification has no {}", "code", _NAME, "cut")
        return _about(self, rows, zh, en)


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


@dataclass(frozen=True, kw_only=True)
class CodeNameRule(Rule):
    """A code's printed name is the official one of its year. Names wrapped away (a beginning) are not held against it."""

    def evaluate(self, batch: Batch) -> Found:
        """Lines with a name that is not that of their code."""
        official = _official(batch)
        coded = batch.coded.filter(pl.col("name").is_not_null())
        judged = _judged_names(coded, official)
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
        owners = official.lazy().group_by("scheme", plain=_plain("name"), maintain_order=True)
        rows = (
            rows.lazy()
            .join(wrong, on=row, maintain_order="left")
            .with_columns(plain=_plain("name"), key=pl.format("{}.{}", without_disclosure("table_id"), "code"))
            .join(owners.agg(_owner=pl.col("code").first()), on=["scheme", "plain"], how="left", maintain_order="left")
            .collect(engine=IN_MEMORY)
        )
        # Whose name it is: of the same code in other years, of another code, of none.
        own, owned = pl.col("_owner") == pl.col("code"), pl.col("_owner").is_not_null()
        more_zh, more_en = (
            pl.when(own).then(pl.lit(same)).when(owned).then(pl.format(other, *names)).otherwise(pl.lit(""))
            for same, other, names in (
                ("（那是该编码其他年度的名称）", "（“{}”的编码是{}）", ("name", "_owner")),
                (" (its name in other years)", " (the code of which is {})", ("_owner",)),
            )
        )
        zh = pl.concat_str(pl.format("{}应为“{}”，却印作“{}”", "code", "_official", "name"), more_zh)
        en = pl.concat_str(pl.format("{} is “{}” officially, printed as “{}”", "code", "_official", "name"), more_en)
        return _about(self, rows, zh, en)


@dataclass(frozen=True, kw_only=True)
class CodeOrphanRule(Rule):
    """In a table that prints the classes (类), a code stands under one that is printed; so for its sections (款)."""

    def needs(self) -> Needed:
        """The rows of the table."""
        return "table"

    def evaluate(self, batch: Batch) -> Found:
        """Lines with a code of a class, or of a section, that the table does not print."""
        table = ["table_id", "scheme"]
        printed = (pl.col("code_count") == 1) & (pl.col("code_basis").cast(pl.String) != "name")
        coded = batch.coded.lazy().filter(printed)
        length = pl.col("code").str.len_chars()
        parts = []
        for digits in (3, 5):
            above = coded.filter(length == digits).select(*table, cut="code").unique()
            below = coded.filter(length > digits).with_columns(cut=pl.col("code").str.slice(0, digits))
            # A table that leaves out the rows of some sections says nothing of the others.
            orphan = below.join(above, on=[*table, "cut"], how="anti", maintain_order="left")
            known = below.join(above, on=[*table, "cut"], how="semi").select(table).unique()
            parts.append(orphan.join(known if digits == 5 else above, on=table, how="semi", maintain_order="left"))
        rows = pl.concat(parts).unique(["line_id", "scheme"], keep="first", maintain_order=True)
        rows = rows.with_columns(key=pl.format("{}.{}", without_disclosure("table_id"), "code"))
        level = pl.when(pl.col("cut").str.len_chars() == 3).then(pl.lit("类")).otherwise(pl.lit("款"))
        zh = pl.format("{}“{}”：本表没有它所属的{}{}", "code", _NAME, "cut", level)
        en = pl.format("{} “{}”: the table does not print {}, which it is of", "code", _NAME, "cut")
        return _about(self, rows.collect(engine=IN_MEMORY), zh, en)


@dataclass(frozen=True, kw_only=True)
class CodeOfAnotherRule(Rule):
    """A code that the classification lacks does not carry the name of another: 2080515 for 2080505.

    The name is that of another code in the same section (款), or of one code alone from which one slip of the hand makes
    it: 行政运行 stands in many sections, and lists of official codes are not complete. Where its code ends alike (01) in
    very many, one that ends otherwise is another's: 事业运行 is 50 in all eight that are listed, and 2130104 yet.
    """

    def evaluate(self, batch: Batch) -> Found:
        """Lines with an unknown code and the name of a known one."""
        official = _official(batch).select("scheme", "code", plain=_plain("name")).unique(maintain_order=True)
        coded = batch.coded.filter((pl.col("code_count") == 1) & pl.col("name").is_not_null())
        unknown = coded.join(official, on=["scheme", "code"], how="anti", maintain_order="left")
        named = unknown.with_columns(plain=_plain("name")).join(
            official.rename({"code": "owner"}), on=["scheme", "plain"], maintain_order="left_right"
        )
        digits = pl.col("code").str.len_chars()
        same = pl.col("owner").str.len_chars() == digits
        near = same & (pl.col("owner").str.slice(0, 5) == pl.col("code").str.slice(0, 5)) & (digits == 7)
        alone = same & (pl.col("owner").n_unique().over("line_id", "scheme") == 1) & _mistyped("owner", "code")
        ending, line = pl.col("owner").str.slice(5, 2), ["line_id", "scheme"]
        many = (pl.col("owner").n_unique().over(line) >= _SECTIONS) & (ending.n_unique().over(line) == 1)
        ends = same & (digits == 7) & many & (ending != pl.col("code").str.slice(5, 2))
        rows = named.with_columns(owner=pl.when(ends).then(pl.col("code").str.slice(0, 5) + ending).otherwise("owner"))
        rows = rows.filter(near | alone | ends).unique(line, keep="first", maintain_order=True)
        rows = rows.with_columns(key=pl.format("{}.{}", without_disclosure("table_id"), "code"))
        zh = pl.format("{}“{}”：政府收支分类科目中没有该编码，“{}”的编码是{}", "code", _NAME, _NAME, "owner")
        en = pl.format(
            "{} “{}”: not in the official classification, the code of that name is {}", "code", _NAME, "owner"
        )
        return _about(self, rows, zh, en)


@dataclass(frozen=True, kw_only=True)
class CodeStrayRule(Rule):
    """A row that prints digits where other rows print a code has a code of a classification: 1101102 is none."""

    def evaluate(self, batch: Batch) -> Found:
        """Lines with digits for a code, of which no classification has the class."""
        numbers = batch.frame("numbers").filter(pl.col("owner_table").cast(pl.String) == "budget_lines")
        role, digits = pl.col("role").cast(pl.String), pl.col("printed").str.len_chars()
        numbers = numbers.filter((role == "code") | ((role == "ordinal") & (digits >= _CODE_DIGITS)))
        printed = numbers.sort("start").group_by(line_id="owner_id", maintain_order=True).agg(code=pl.col("printed"))
        printed = printed.with_columns(pl.col("code").list.join(""))
        printed = printed.filter(pl.col("code").str.contains(r"^\d{3}(?:\d\d?){0,2}$"))
        names = [f"{scheme}_code" for scheme in SCHEMES]
        coded = pl.any_horizontal(pl.col(name).is_not_null() for name in names)
        lines = batch.lines.with_columns(_coded=coded, _beside=coded.any().over("table_id"))
        rows = lines.filter(~pl.col("_coded") & pl.col("_beside") & pl.col("unit_code").is_null())
        rows = rows.join(printed, on="line_id", maintain_order="left")
        rows = rows.with_columns(name=pl.col("item"), key=pl.format("{}.{}", without_disclosure("table_id"), "code"))
        zh = pl.format("{}“{}”：政府收支分类科目中没有这样的编码", "code", _NAME)
        en = pl.format("{} “{}”: no code of the official classifications", "code", _NAME)
        return _about(self, rows, zh, en)


@dataclass(frozen=True, kw_only=True)
class CodeAlikeRule(Rule):
    """A name has the same code in all tables of a document: 其他社会工作事务支出 is not 2013999 in one, 2013997 in another.

    The code of which lists know nothing is the one in doubt; the other is one slip of the hand away, and stands in no
    table beside it.
    """

    def evaluate(self, batch: Batch) -> Found:
        """Lines with a code that another table of the document prints otherwise."""
        official = _official(batch).select("scheme", "code")
        coded = batch.coded.filter((pl.col("code_count") == 1) & pl.col("name").is_not_null())
        coded = coded.with_columns(plain=_plain("name"))
        doubted = coded.join(official, on=["scheme", "code"], how="anti", maintain_order="left")
        named = ["disclosure_id", "scheme", "plain"]
        others = coded.select(*named, other="code", _table="table_id").unique(maintain_order=True)
        pairs = doubted.join(others, on=named, maintain_order="left_right")
        pairs = pairs.filter((pl.col("_table") != pl.col("table_id")) & _mistyped("other", "code"))
        beside = coded.select("table_id", "scheme", other="code").unique()
        rows = pairs.join(beside, on=["table_id", "scheme", "other"], how="anti", maintain_order="left")
        rows = rows.unique(["line_id", "scheme"], keep="first", maintain_order=True)
        rows = rows.with_columns(key=pl.format("{}.{}", without_disclosure("table_id"), "code"))
        zh = pl.format("“{}”在本表的编码是{}，在其他表是{}", _NAME, "code", "other")
        en = pl.format("“{}” has the code {} in this table, {} in another", _NAME, "code", "other")
        return _about(self, rows, zh, en)


def _mistyped(right: str, code: str) -> pl.Expr:
    """Whether ``code`` is ``right`` with one other digit, or with two neighbours in each other's place."""
    other = [pl.col(right).str.slice(at, 1) != pl.col(code).str.slice(at, 1) for at in range(7)]
    swapped = pl.any_horizontal(
        other[at]
        & (pl.col(right).str.slice(at, 1) == pl.col(code).str.slice(at + 1, 1))
        & (pl.col(right).str.slice(at + 1, 1) == pl.col(code).str.slice(at, 1))
        for at in range(6)
    )
    differing = pl.sum_horizontal(other)
    alike = pl.col(right).str.len_chars() == pl.col(code).str.len_chars()
    return alike & ((differing == 1) | ((differing == 2) & swapped))


@dataclass(frozen=True, kw_only=True)
class CodePairsRule(Rule):
    """The classes of a row's two economic classifications go together: 301 with 501 or 505."""

    pairs: Annotated[
        Mapping[DepartmentEconomicCode, tuple[GovernmentEconomicCode, ...]],
        "By class of the departmental classification, the classes of the government's",
    ]

    def evaluate(self, batch: Batch) -> Found:
        """Lines with codes of both classifications that do not go together."""
        codes = ("department_economic_code", "government_economic_code")
        both = pl.all_horizontal(pl.col(name).is_not_null() for name in codes)
        left, right = (pl.col(name).str.slice(0, 3) for name in codes)
        rows = batch.lines.filter(both).with_columns(key=without_disclosure("row_id"), left=left, right=right)
        pairs = [(one, other) for one, others in self.pairs.items() for other in others]
        known = pl.DataFrame(pairs, schema=["left", "right"], orient="row")
        rows = rows.join(known, on="left", how="semi", maintain_order="left")
        rows = rows.join(known, on=["left", "right"], how="anti", maintain_order="left")
        zh = pl.format("部门预算支出经济分类{}与政府预算支出经济分类{}不相对应", *codes)
        en = pl.format("departmental economic class {} and government economic class {} do not go together", *codes)
        return _about(self, rows, zh, en)
