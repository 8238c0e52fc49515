"""The shape of a document against itself: contents, empty tables, unit words, years of titles, placeholders, identity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, NamedTuple

import polars as pl

from pipeline.extract.forms.entries import TableCode
from pipeline.reconcile.base import CHECKS, OPERANDS, Found, Rule, WordedRule, one_of_each, shaped
from pipeline.reconcile.batch import Batch, joined, quoted_title, without_disclosure
from pipeline.reconcile.language import ZERO, Pattern, Selection
from pipeline.reconcile.unread import withheld_tables

_MARK = "[Xx×＊*]"
# A run of marks, or one before what was to be counted; none inside a word of Latin letters (www.xxgk…).
_PLACEHOLDER = re.compile(
    rf"(?<![A-Za-z0-9.×＊*])(?:{_MARK}{{2,}}|{_MARK}(?=[年月日万元个项名人辆局部委办%]))(?![A-Za-z0-9.])"
)
_TEN_THOUSAND = pl.lit(Decimal(10000), dtype=pl.Decimal(38, 0))
_THOUSAND = pl.lit(Decimal(1000), dtype=pl.Decimal(38, 0))

#: So many digits two amounts of a document share by chance no more than once, and more than so many never.
_TELLING, _LONG = 5, 6


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String)


@dataclass(frozen=True, kw_only=True)
class DeclaredEmptyRule(Rule):
    """A table that is said to be empty prints no amount but 0."""

    def evaluate(self, batch: Batch) -> Found:
        """Tables with a note that they are empty."""
        filled = batch.lines.filter(pl.col("value") != ZERO)
        counts = filled.group_by("table_id").agg(_amounts=pl.len())
        noted = batch.frame("tables").filter(pl.col("declared_empty").fill_null(False))
        noted = noted.with_columns(key=without_disclosure("table_id"))
        noted = noted.join(counts, on="table_id", how="left", maintain_order="left")
        table, note = quoted_title(), pl.col("note").fill_null("—")
        zh = pl.format("{}注明为空表（{}），却列有{}个不为零的金额", table, note, "_amounts")
        en = pl.format(
            "{}: a note says that the table is empty, but it prints {} amounts other than 0", table, "_amounts"
        )
        rows = filled.join(noted.select("table_id", "key"), on="table_id", maintain_order="left")
        return Found(
            self.findings(noted, zh, en, pl.col("_amounts").fill_null(0) > 0),
            self.operands_of(rows, "left", "budget_lines"),
        )


@dataclass(frozen=True, kw_only=True)
class UndeclaredEmptyRule(Rule):
    """A table of a known form that prints no amount says that it is empty."""

    tables: Annotated[tuple[TableCode, ...], "The tables that it is for"]

    def evaluate(self, batch: Batch) -> Found:
        """Tables without amounts and without a note, in which no number was left that is not understood."""
        rows = batch.body_tables.filter(_text("table_code").is_in(self.tables))
        # A document without a single amount is a template: that is said once, elsewhere, not table by table.
        rows = rows.filter(pl.col("amount_count").sum().over("disclosure_id") > 0)
        rows = rows.filter((pl.col("amount_count") == 0) & ~pl.col("declared_empty").fill_null(False))
        rows = rows.join(withheld_tables(batch), on="table_id", how="anti", maintain_order="left")
        rows = rows.with_columns(key=without_disclosure("table_id"))
        zh = pl.format("{}没有金额，也没有注明为空表", quoted_title())
        en = pl.format("{}: prints no amount and no note that it is empty", quoted_title())
        return Found(self.findings(rows, zh, en), self.records(rows, "tables"))


@dataclass(frozen=True, kw_only=True)
class UnitWordsRule(Rule):
    """A table whose unit words contradict one another: the amounts took the unit that other tables confirm."""

    def evaluate(self, batch: Batch) -> Found:
        """Amounts of which another table confirmed the unit."""
        rows = batch.with_titles(batch.lines.filter(_text("unit_basis") == "cross_table"))
        rows = rows.with_columns(key=without_disclosure("table_id"))
        table, unit = quoted_title(), pl.col("printed_unit").fill_null("—")
        zh = pl.format("{}内有互相矛盾的单位用词（元、万元）；金额只有以{}计才与其他表相符", table, unit)
        en = pl.format(
            "{}: its unit words (元, 万元) contradict one another; the amounts agree with other tables in {}",
            table,
            unit,
        )
        return Found(self.findings(rows, zh, en), self.operands_of(rows, "left", "budget_lines"))


@dataclass(frozen=True, kw_only=True)
class SettledRule(Rule):
    """Recognised numbers with a digit in doubt, of which one reading makes their table add up."""

    def evaluate(self, batch: Batch) -> Found:
        """Amounts whose number was settled by sums."""
        numbers = batch.frame("numbers").filter(_text("read_by") == "sums")
        owned = numbers.filter(pl.col("owner_table") == "budget_lines").select(line_id="owner_id")
        rows = batch.with_titles(batch.lines.join(owned, on="line_id", how="semi", maintain_order="left"))
        rows = rows.with_columns(key=without_disclosure("line_id"))
        zh = pl.format("{}：{}中有识别存疑的数字，只有这一读法使各项合计都成立", quoted_title(), "printed")
        en = pl.format(
            "{}: a digit of {} was in doubt; only this reading makes all sums hold", quoted_title(), "printed"
        )
        return Found(self.findings(rows, zh, en), self.operands_of(rows, "left", "budget_lines"))


@dataclass(frozen=True, kw_only=True)
class MagnitudeRule(Rule):
    """Totals that should be alike differ by ten thousand: 元 stands where 万元 was meant, or the other way round."""

    totals: Annotated[tuple[Selection, ...], "Amounts that should be alike in a document"]

    def evaluate(self, batch: Batch) -> Found:
        """The totals of each document, each against the first of them."""
        rows = self._totals(batch)
        first = rows.unique("disclosure_id", keep="first", maintain_order=True)
        first = first.select(
            "disclosure_id", "at", _value="value", _id="id", _kind="kind", _half="half", _own="own_half"
        )
        pairs = rows.join(first, on="disclosure_id", suffix="_first", maintain_order="left")
        pairs = pairs.filter(pl.col("at") != pl.col("at_first")).with_columns(key=pl.format("total.{}", "at"))
        low, high = pl.min_horizontal("value", "_value"), pl.max_horizontal("value", "_value")
        # To a thousandth: one of the two may be printed in fewer digits.
        wrong = ((high - low * _TEN_THOUSAND).abs() * _THOUSAND <= high) & (low > ZERO)
        figures = [(pl.col(name).cast(pl.Decimal(38, 2))).cast(pl.String) for name in ("_value", "value")]
        zh = pl.format("同一总数一处为{}元，一处为{}元，恰差一万倍：单位“元”与“万元”有误", *figures)
        en = pl.format(
            "the same total is {} yuan in one place and {} in another, ten thousand times apart: 元 and 万元 are confused",
            *figures,
        )
        theirs = {"value": pl.col("_value"), "half": pl.col("_half"), "own_half": pl.col("_own")}
        operands = [
            self.operands_of(pairs, "left", pl.col("_kind"), "_id", **theirs),
            self.operands_of(pairs, "right", pl.col("kind")),
        ]
        return Found(self.findings(pairs, zh, en, wrong), pl.concat(operands))

    def _totals(self, batch: Batch) -> pl.DataFrame:
        """The totals other than 0 that a document states alike wherever a selection finds them, and its number in ``at``."""
        parts = []
        for number, selection in enumerate(self.totals):
            rows, identity = batch.rows(selection)
            at, kind = pl.lit(str(number)), pl.lit(selection.source)
            parts.append(rows.select("disclosure_id", "value", "half", "own_half", id=identity, kind=kind, at=at))
        return one_of_each(pl.concat(parts).filter(pl.col("value") != ZERO), "disclosure_id", "at")


@dataclass(frozen=True, kw_only=True)
class ScaledRule(Rule):
    """Amounts of a table in other places have the same digits, each ten, a hundred, a thousand … times as large, and none is equal."""

    def evaluate(self, batch: Batch) -> Found:
        """The tables of which several amounts, or a long one, stand elsewhere with the same digits only."""
        lines = batch.lines.select(
            "disclosure_id", "line_id", "value", at=joined(["table_id", "printed_unit"]), table_id="table_id"
        )
        lines = _with_digits(lines.with_columns(half=ZERO, own_half=ZERO))
        elsewhere = pl.concat(
            [
                lines.select("disclosure_id", "digits", "at", _value="value"),
                _with_digits(batch.statements.filter(pl.col("unit") == "CNY")).select(
                    "disclosure_id", "digits", at=pl.lit(""), _value="value"
                ),
            ]
        ).unique()
        pairs = lines.join(elsewhere, on=["disclosure_id", "digits"], suffix="_other", maintain_order="left")
        pairs = pairs.filter(pl.col("at") != pl.col("at_other"))
        pairs = pairs.with_columns(_equal=(pl.col("value").abs() == pl.col("_value").abs()).any().over("at"))
        long = pl.col("digits").str.len_chars() > _LONG
        several = pl.col("digits").n_unique().over("at") > 1
        rows = pairs.filter(~pl.col("_equal") & (several | long.any().over("at")))
        rows = batch.with_titles(rows.unique("line_id", keep="first", maintain_order=True))
        rows = rows.with_columns(key=without_disclosure("table_id"))
        figures = [pl.col(name).cast(pl.Decimal(38, 2)).cast(pl.String) for name in ("value", "_value")]
        zh = pl.format("{}的{}元在本文件别处为{}元，数字相同而位数不同：单位有误", quoted_title(), *figures)
        en = pl.format("{}: {} yuan is {} elsewhere, the same digits in another unit", quoted_title(), *figures)
        return Found(self.findings(rows, zh, en), self.operands_of(rows, "left", "budget_lines"))


def _with_digits(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` whose amounts have digits that no other amount has by chance, with these: neither sign nor zeros around them."""
    digits = pl.col("value").cast(pl.String).str.replace_all(r"[-.]", "").str.strip_chars("0")
    return rows.with_columns(digits=digits).filter(pl.col("digits").str.len_chars() >= _TELLING)


@dataclass(frozen=True, kw_only=True)
class PlaceholdersRule(Rule):
    """Marks that someone was to fill in (XX, ××) in paragraphs and in the titles of tables."""

    def evaluate(self, batch: Batch) -> Found:
        """Paragraphs and titles that hold a mark."""
        passages = batch.frame("passages").filter((_text("kind") != "contents").fill_null(True))
        parts = [
            frame.filter(pl.col(column).str.contains(_MARK)).select(
                "disclosure_id", key=without_disclosure(identity), kind=pl.lit(kind), _id=identity, text=column
            )
            for kind, frame, column, identity in (
                ("passages", passages, "text", "passage_id"),
                ("tables", batch.frame("tables"), "title", "table_id"),
            )
        ]
        rows = pl.concat(parts)
        marks = [_PLACEHOLDER.search(text) for text in rows["text"]]
        around = [
            text[max(0, mark.start() - 12) : mark.end() + 12] if mark else None
            for mark, text in zip(marks, rows["text"], strict=True)
        ]
        rows = rows.with_columns(found=pl.Series(around, dtype=pl.String)).filter(pl.col("found").is_not_null())
        zh = pl.format("有未填写的占位符：“…{}…”", "found")
        en = pl.format("a placeholder is left: “…{}…”", "found")
        return Found(self.findings(rows, zh, en), self.records(rows, pl.col("kind"), "_id"))


@dataclass(frozen=True, kw_only=True)
class TitleYearRule(Rule):
    """The year in a table's title is the one the document is for."""

    others: Annotated[tuple[TableCode, ...], "Tables that may print other years, too"] = ()

    def evaluate(self, batch: Batch) -> Found:
        """Titles with a year."""
        rows = batch.frame("tables").with_columns(
            key=without_disclosure("table_id"), _year=pl.col("title").str.extract(r"(20\d\d)\s*年").cast(pl.Int32)
        )
        known = pl.col("table_code").is_not_null() & ~_text("table_code").is_in(self.others)
        rows = rows.filter(known & pl.col("_year").is_not_null() & pl.col("disclosure_year").is_not_null())
        zh = pl.format("{}的年份与本文件的年度（{}年）不一致", quoted_title(), "disclosure_year")
        en = pl.format("{}: its title's year is not the document's ({})", quoted_title(), "disclosure_year")
        checks = self.findings(rows, zh, en, pl.col("_year") != pl.col("disclosure_year"))
        return Found(checks, self.records(rows, "tables"))


@dataclass(frozen=True, kw_only=True)
class HeadingsRule(Rule):
    """Headings that name a body and a year name those of the document."""

    headings: Annotated[
        Pattern,
        "Headings that name their year, stage (预算, 决算) and perhaps body, as the groups `year`, `stage` and `body`; "
        "of those of the document's stage both must be the document's",
    ]

    def evaluate(self, batch: Batch) -> Found:
        """Headings of sections that fit the pattern."""
        named = pl.col("key").str.extract_groups(self.headings)
        facts = batch.disclosures.select(
            "disclosure_id", "entity_name", "entity_short_name", stage=_text("stage"), _of="disclosure_year"
        )
        rows = (
            batch.frame("passages")
            .filter((_text("kind") != "contents").fill_null(True))
            .select("disclosure_id", "passage_id", key=pl.col("section_path").str.split("/"))
            .explode("key")
            .unique(["disclosure_id", "key"], keep="first", maintain_order=True)
            .with_columns(_named=named)
            .join(facts, on="disclosure_id", how="left", maintain_order="left")
            .with_columns(
                _year=pl.col("_named").struct.field("year").cast(pl.Int32),
                _body=pl.col("_named").struct.field("body").replace("", None),
                _stage=pl.col("_named").struct.field("stage").replace({"预算": "budget", "决算": "final_accounts"}),
            )
            .filter(pl.col("_year").is_not_null() & (pl.col("_stage") == pl.col("stage")))
        )
        other_year = (pl.col("_year") != pl.col("_of")).fill_null(False)
        of_body = pl.any_horizontal(
            pl.col(whole).str.contains(pl.col(part), literal=True).fill_null(False)
            for name in ("entity_name", "entity_short_name")
            for whole, part in ((name, "_body"), ("_body", name))
        )
        other_body = pl.col("_body").is_not_null() & pl.col("entity_name").is_not_null() & ~of_body
        about = [pl.col(name).cast(pl.String).fill_null("—") for name in ("entity_name", "_of")]
        zh = pl.format("标题“{}”与本文件的单位、年度（{}，{}年）不一致", "key", *about)
        en = pl.format("heading “{}” is not of this document's body and year ({}, {})", "key", *about)
        checks = self.findings(rows, zh, en, other_year | other_body)
        return Found(checks, self.records(rows, "passages"))


@dataclass(frozen=True, kw_only=True)
class DatesRule(Rule):
    """What is counted as of a date (截至) is counted when the document says: in its year, or in the year before it.

    Final accounts are of the end of their year, budgets are made before theirs.
    """

    def evaluate(self, batch: Batch) -> Found:
        """The dates of statements."""
        rows = batch.statements.with_columns(
            _of=pl.col("as_of").str.extract(r"^(20\d\d)").cast(pl.Int32), key=pl.col("as_of")
        )
        rows = rows.filter(pl.col("_of").is_not_null() & pl.col("disclosure_year").is_not_null())
        before = pl.when(pl.col("stage") == "final_accounts").then(0).otherwise(1)
        wrong = ~pl.col("_of").is_between(pl.col("disclosure_year") - before, pl.col("disclosure_year"))
        stage = pl.when(pl.col("stage") == "final_accounts").then(pl.lit("决算")).otherwise(pl.lit("预算"))
        zh = pl.format("“截至{}”的数不是{}年{}应有的时点", "as_of", "disclosure_year", stage)
        en = pl.format("figures as of {} in a disclosure of {}", "as_of", "disclosure_year")
        return Found(self.findings(rows, zh, en, wrong), self.operands_of(rows, "left", "statements"))


@dataclass(frozen=True, kw_only=True)
class ContradictionRule(WordedRule):
    """Records that contradict themselves: each one that the selection means fails."""

    where: Annotated[Selection, "The records that should not be there"]

    def evaluate(self, batch: Batch) -> Found:
        """The records that are there."""
        rows, identity = batch.rows(self.where)
        rows = rows.with_columns(key=without_disclosure(identity))
        checks = shaped(
            rows,
            CHECKS,
            rule=pl.lit(self.id),
            unit=pl.col("unit") if "unit" in rows.columns else pl.lit("CNY"),
            left_value=pl.col("value"),
            status=pl.lit("fail"),
            severity=pl.lit(self.severity),
            rounding_only=pl.lit(False),
        )
        return Found(checks, self.operands_of(rows, "left", self.where.source, identity))


@dataclass(frozen=True, kw_only=True)
class TableNumbersRule(Rule):
    """Printed numbers of tables (表1, 表2, …) rise one by one; a part may begin anew, a table go on under its number."""

    def evaluate(self, batch: Batch) -> Found:
        """Tables with a number that follows another."""
        number = pl.col("printed_no")
        rows = batch.frame("tables").with_columns(
            key=without_disclosure("table_id"),
            _number=number.str.extract(r"^\D*(\d{1,3})\D*$").cast(pl.Int32),
            _word=number.str.extract(r"^(\D*)").fill_null(""),
        )
        rows = rows.filter(pl.col("_number").is_not_null())
        rows = rows.with_columns(_before=pl.col("_number").shift(1).over("disclosure_id", "_word"))
        rows = rows.filter(pl.col("_before").is_not_null() & (pl.col("_number") > 1))
        wrong = (pl.col("_number") != pl.col("_before") + 1) & (pl.col("_number") != pl.col("_before"))
        zh = pl.format("{}排在第{}号表之后，编号不连续", quoted_title(), "_before")
        en = pl.format("{}: stands after table {}, the numbers do not follow one another", quoted_title(), "_before")
        return Found(self.findings(rows, zh, en, wrong), self.records(rows, "tables"))


@dataclass(frozen=True, kw_only=True)
class IdentityRule(Rule):
    """Entity, year, stage, scope and division: what the document or sources.toml says against what is published."""

    def evaluate(self, batch: Batch) -> Found:
        """Disclosures with a note on what contradicts their identity."""
        rows = batch.disclosures.filter(pl.col("identity_note").is_not_null()).with_columns(key=pl.lit("identity"))
        note = pl.col("identity_note")
        return Found(self.findings(rows, note, note), pl.DataFrame(schema=OPERANDS))


# The list of contents


_ENTRY = re.compile(
    r"(?:^|(?<=表))\s*(?:附?表?\s*[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)]?[.．、\s]|(?=20\d\d年))"
)
_FOLLOWING = re.compile(r"(?:…|\.{2,}|·{2,}|-{2,}|_{2,})+\s*\d*$|\d{1,3}$")
_NOISE = re.compile(r"[\s“”\"'‘’《》（）()]|20\d\d年度?|^[\d.．、]+")


class _Titled(NamedTuple):
    """A title without what may differ between contents and body, and the record that it is of."""

    title: str
    record: str
    kind: str = "tables"


class _Finding(NamedTuple):
    """What is found of a table of the body or of an entry of the contents; without words: it is in its place."""

    record: str
    kind: str
    zh: str | None = None
    en: str | None = None


def _bare(title: str) -> str:
    """A title without year, marks, brackets and white space."""
    return _NOISE.sub("", _NOISE.sub("", _FOLLOWING.sub("", title.strip())))


def _entries(text: str) -> list[str]:
    """The titles of tables that an entry of the contents lists: usually one, more where lines run together."""
    return [bare for part in _ENTRY.split(text) if (bare := _bare(part)).endswith("表") and len(bare) >= 4]


def _alike(one: str, other: str) -> bool:
    return one.endswith(other) or other.endswith(one)


@dataclass(frozen=True, kw_only=True)
class ContentsRule(Rule):
    """Every table that the contents list is in the body, every table of the body is listed, in this order.

    Tables that a form lets stand many times (performance tables of projects) are not held to it, and contents
    that list no table of the body say nothing of tables.
    """

    many: Annotated[
        tuple[TableCode, ...], "Tables that may stand many times, and that contents list once or not at all"
    ]
    headings: Annotated[Pattern, "Entries that are no table but the part of the document with all of them"]

    def evaluate(self, batch: Batch) -> Found:
        """The tables of documents that have a list of contents."""
        heading = re.compile(self.headings)
        listed: dict[str, list[_Titled]] = {}
        contents = batch.frame("passages").filter(_text("kind") == "contents")
        entries = pl.concat(
            frame.select("disclosure_id", "start", record=identity, kind=pl.lit(kind), text=text)
            for frame, kind, identity, text in (
                (contents, "passages", "passage_id", "text"),
                (batch.contents_tables, "tables", "table_id", "title"),
            )
        ).sort("start", maintain_order=True)
        for disclosure, record, kind, text in entries.drop("start").iter_rows():
            titles = [_Titled(title, record, kind) for title in _entries(text) if not heading.search(title)]
            listed.setdefault(disclosure, []).extend(titles)
        body: dict[str, list[_Titled]] = {}
        once = ~_text("table_code").is_in(self.many).fill_null(False)
        tables = batch.body_tables.filter(once & pl.col("disclosure_id").is_in(list(listed)))
        for disclosure, record, title in tables.select("disclosure_id", "table_id", "title").iter_rows():
            if bare := _bare(title or ""):
                body.setdefault(disclosure, []).append(_Titled(bare, record))
        rows = [
            (disclosure, *finding)
            for disclosure, titles in body.items()
            if any(_alike(entry.title, table.title) for entry in listed[disclosure] for table in titles)
            for finding in _places(listed[disclosure], titles)
        ]
        schema = dict.fromkeys(("disclosure_id", "_id", "kind", "zh", "en"), pl.String)
        frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(key=without_disclosure("_id"))
        checks = self.findings(frame, pl.col("zh"), pl.col("en"), pl.col("zh").is_not_null())
        return Found(checks, self.records(frame, pl.col("kind"), "_id"))


def _places(listed: list[_Titled], body: list[_Titled]) -> list[_Finding]:
    """The tables of the body, each with its place in the contents, and the entries of which the body has no table."""
    found = []
    last = -1
    taken = _matched([entry.title for entry in listed], [table.title for table in body])
    for (title, record, _), at in zip(body, taken, strict=True):
        if at is None:
            zh, en = f"“{title}”在正文中有，目录没有列出", f"“{title}” stands in the body, the contents do not list it"
            found.append(_Finding(record, "tables", zh, en))
        elif at < last:
            zh, en = f"“{title}”在正文中的次序与目录不同", f"“{title}” stands in another order than in the contents"
            found.append(_Finding(record, "tables", zh, en))
        else:
            found.append(_Finding(record, "tables"))
            last = at
    for at, (title, record, kind) in enumerate(listed):
        # An entry that is repeated is one.
        if at not in taken and title not in {listed[other].title for other in taken if other is not None}:
            zh, en = f"目录列有“{title}”，正文中没有", f"the contents list “{title}”, the body has no such table"
            found.append(_Finding(record, kind, zh, en))
    return found


def _matched(listed: list[str], body: list[str]) -> list[int | None]:
    """The entry of the contents that each table of the body is: one of the same title, else one that is alike.

    收入总表 is the end of 2024年部门收入总表: 部门 or the body's name may stand before a title. An entry that is the very
    title of a table is alike to no other: 支出决算表 is not 一般公共预算财政拨款支出决算表 for the end of its title.
    """
    places: dict[str, int] = {title: at for at, title in reversed(list(enumerate(listed)))}
    found = [places.get(title) for title in body]
    free = [at for at in range(len(listed)) if listed[at] not in set(body)]
    for number, title in enumerate(body):
        if found[number] is None:
            alike = [at for at in free if _alike(title, listed[at])]
            if alike:
                # The nearest in length: the fewest words stand before it.
                found[number] = min(alike, key=lambda at: abs(len(listed[at]) - len(title)))
                free = [at for at in free if listed[at] != listed[found[number] or 0]]
    return found
