"""Cells that stand in a table and were not understood: a sum that may need one accuses nobody."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.reconcile.base import CHECK_KEY, Found, Rule
from pipeline.reconcile.batch import SCHEMES, Batch, quoted_title

_LABELS = ("item", "project", "unit_name", *(f"{scheme}_code" for scheme in SCHEMES))
_VALUES = ("left_value", "right_value", "difference", "tolerance")


def without_unread(batch: Batch, found: Found, rules: Sequence[Rule]) -> pl.DataFrame:
    """The checks of ``found``; those that fail and may need a cell that was not understood are not applicable."""
    unread = _worded(batch, unclaimed(batch))
    strays = _strays(batch)
    if not unread.height and not strays.height:
        return found.checks
    needs = pl.DataFrame([(rule.id, rule.needs()) for rule in rules], schema=["rule", "needs"], orient="row")
    failing = found.checks.filter(pl.col("status") == "fail").join(needs, on="rule")
    failing = failing.filter(pl.col("needs") != "operands").select(*CHECK_KEY, "needs")
    places = batch.lines.select("table_id", "row_id", "line", id="line_id")
    read = found.operands.select(*CHECK_KEY, "id").join(places, on="id", maintain_order="left")
    read = read.join(failing, on=CHECK_KEY, nulls_equal=True, maintain_order="left")
    along, summed = (read.filter(pl.col("needs") == what).drop("needs") for what in ("row", "table"))
    needed = [
        along.join(unread, on=["table_id", "line"], maintain_order="left"),
        _beside(along, unread, batch),
        _sideways(along, unread, batch),
        summed.drop("line").join(strays, on=["id", "table_id"], maintain_order="left"),
        _between(summed, unread),
        read.drop("line").join(_in_next_grid(batch, unread), on="table_id", maintain_order="left"),
    ]
    named = pl.concat(each.select(*CHECK_KEY, "words_zh", "words_en") for each in needed)
    named = named.unique(CHECK_KEY, keep="first", maintain_order=True)
    checks = found.checks.join(named, on=CHECK_KEY, how="left", nulls_equal=True, maintain_order="left")
    held = pl.col("words_zh").is_not_null()
    return checks.with_columns(
        *(pl.when(~held).then(pl.col(name)).alias(name) for name in _VALUES),
        status=pl.when(held).then(pl.lit("not_applicable")).otherwise("status"),
        severity=pl.when(held).then(pl.lit("info")).otherwise("severity"),
        rounding_only=~held & pl.col("rounding_only"),
        note_zh=pl.coalesce("words_zh", "note_zh"),
        note_en=pl.coalesce("words_en", "note_en"),
    ).select(found.checks.columns)


def _beside(along: pl.DataFrame, unread: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """Of tables whose rows go over several lines, the cells between the row before and the row after an operand's."""
    rows = batch.lines.group_by("table_id", "row_id", maintain_order=True).agg(
        _first=pl.col("start").min(), _last=pl.col("start").max(), _over=pl.col("line").n_unique() > 1
    )
    rows = rows.filter(pl.col("_over").any().over("table_id")).sort("table_id", "_first")
    rows = rows.with_columns(
        _before=pl.col("_last").cum_max().shift(1).over("table_id"), _after=pl.col("_first").shift(-1).over("table_id")
    )
    placed = along.drop("line").join(rows, on=["table_id", "row_id"], maintain_order="left")
    placed = placed.join(unread, on="table_id", maintain_order="left_right")
    after_last = pl.col("_before").is_null() | (pl.col("start") > pl.col("_before"))
    before_next = pl.col("_after").is_null() | (pl.col("start") < pl.col("_after"))
    return placed.filter(after_last & before_next)


def _sideways(along: pl.DataFrame, unread: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """The grid without title right below a table and with as many rows: it may hold further columns of them."""
    tables = batch.frame("tables").sort("disclosure_id", "table_no")
    following = pl.col("table_id", "title", "table_code").shift(-1).over("disclosure_id").name.prefix("_")
    tables = tables.select("table_id", following).filter(
        pl.col("_title") == "untitled", pl.col("_table_code").is_null()
    )
    rows = batch.lines.group_by("table_id").agg(_rows=pl.col("row_id").n_unique())
    grids = unread.group_by("table_id", maintain_order=True).agg(
        pl.col("words_zh", "words_en").first(), _lines=pl.col("line").n_unique()
    )
    pairs = tables.join(rows, on="table_id").join(grids, left_on="_table_id", right_on="table_id")
    pairs = pairs.filter(pl.col("_rows") == pl.col("_lines")).select("table_id", "words_zh", "words_en")
    return along.join(pairs, on="table_id", maintain_order="left")


def _between(summed: pl.DataFrame, unread: pl.DataFrame) -> pl.DataFrame:
    """The cells of the table on lines without an amount that is summed: of a row that has one no other is needed."""
    tables = summed.unique([*CHECK_KEY, "table_id"], maintain_order=True).drop("line")
    cells = tables.join(unread, on="table_id", maintain_order="left_right")
    return cells.join(summed, on=[*CHECK_KEY, "table_id", "line"], how="anti", nulls_equal=True)


def _in_next_grid(batch: Batch, unread: pl.DataFrame) -> pl.DataFrame:
    """The cells of grids without a title, by the table that they come right after: they may hold more of it."""
    last = batch.lines.group_by(_before="table_id").agg(_last=pl.col("start").max())
    tables = batch.frame("tables").sort("disclosure_id", "start")
    titled = pl.when(pl.any_horizontal(pl.col("title", "table_code").is_not_null())).then("table_id")
    tables = tables.with_columns(_before=titled.forward_fill().over("disclosure_id"))
    grids = tables.filter(pl.col("_before") != pl.col("table_id")).join(last, on="_before", maintain_order="left")
    prose = batch.frame("passages").select("disclosure_id", _prose="start").sort("_prose")
    grids = grids.sort("start").join_asof(
        prose, left_on="start", right_on="_prose", by="disclosure_id", check_sortedness=False
    )
    grids = grids.filter(pl.col("_prose").is_null() | (pl.col("_prose") <= pl.col("_last")))
    cells = unread.join(grids.select("table_id", "_before"), on="table_id", maintain_order="left")
    return cells.drop("table_id").rename({"_before": "table_id"})


def _strays(batch: Batch) -> pl.DataFrame:
    """Amounts of rows with neither label nor code that stand beside other rows, and the words that name each."""
    lines = batch.lines.with_columns(labelled=pl.any_horizontal(pl.col(name).is_not_null() for name in _LABELS))
    beside = ~pl.col("labelled") & pl.col("labelled").any().over("table_id")
    strays = lines.filter(beside & (pl.col("row_kind") == "detail"))
    return _worded(batch, strays.with_columns(id="line_id"), "id")


def _worded(batch: Batch, cells: pl.DataFrame, *apart: str) -> pl.DataFrame:
    """Cells by their table and line, with the words that name those of a line."""
    lines = cells.sort("start").group_by(*apart, "table_id", "page", "line", maintain_order=True)
    quoted = pl.format("“{}”", pl.col("printed").fill_null("—"))
    rows = batch.with_titles(lines.agg(pl.col("start").min(), cells=quoted.unique(maintain_order=True).str.join("")))
    table, printed = quoted_title(), pl.col("cells")
    place_zh = pl.concat_str(pl.format("第{}页", "page"), pl.format("第{}行", "line"), ignore_nulls=True)
    place_en = pl.concat_str(pl.format("page {}, ", "page"), pl.format("line {}", "line"), ignore_nulls=True)
    zh = pl.format("{}中的{}（{}）未能读懂，无法核对", table, printed, place_zh)
    en = pl.format("{}: {} ({}) was not understood, this cannot be checked", table, printed, place_en)
    return rows.select(*apart, "table_id", "line", "start", words_zh=zh, words_en=en)


def withheld_tables(batch: Batch) -> pl.DataFrame:
    """Tables after whose title a number stands that was not understood, be it below words that were read as prose."""
    numbers = batch.frame("numbers").filter(pl.col("class").cast(pl.String) == "unclaimed").sort("start")
    tables = batch.frame("tables").select("disclosure_id", "table_id", "start").sort("start")
    placed = numbers.join_asof(tables, on="start", by="disclosure_id", strategy="backward", check_sortedness=False)
    return placed.select("table_id").drop_nulls().unique(maintain_order=True)


def unclaimed(batch: Batch) -> pl.DataFrame:
    """Unclaimed numbers, each with the table that it stands in: after its title, and before the prose that follows it."""
    numbers = batch.frame("numbers").filter(pl.col("class").cast(pl.String) == "unclaimed")
    tables = batch.frame("tables").select("disclosure_id", "table_id", "start").sort("start")
    last = batch.lines.group_by("table_id").agg(last=pl.col("start").max())
    # A table of which nothing was understood has its cells, too: they are not those of the table before it.
    tables = tables.join(last, on="table_id", how="left", maintain_order="left")
    tables = tables.with_columns(pl.coalesce("last", "start").alias("last"))
    passages = batch.frame("passages").select("disclosure_id", prose="start").sort("prose")
    tables = tables.sort("last").join_asof(
        passages, left_on="last", right_on="prose", by="disclosure_id", strategy="forward", check_sortedness=False
    )
    placed = numbers.sort("start").join_asof(
        tables.sort("start"), on="start", by="disclosure_id", strategy="backward", check_sortedness=False
    )
    before_prose = pl.col("prose").is_null() | (pl.col("start") < pl.col("prose"))
    return placed.filter(pl.col("table_id").is_not_null() & before_prose)
