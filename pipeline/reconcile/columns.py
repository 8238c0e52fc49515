"""Identities down the columns of a table: its total row against its details, a row against the rows under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import polars as pl

from pipeline.reconcile.base import (
    CHECK_KEY,
    OPERANDS,
    Found,
    Needed,
    Rule,
    SideRows,
    SumRule,
    compare_sums,
    operands_where,
    with_parts,
)
from pipeline.reconcile.batch import (
    COLUMN,
    SCHEMES,
    Batch,
    column_key,
    columns_of,
    joined,
    quoted_title,
    without_disclosure,
)
from pipeline.reconcile.language import SOURCES, Is, Selection
from pipeline.tidy.queries import IN_MEMORY

_TOTAL, _DETAIL = (Is("row_kind", (kind,)) for kind in ("total", "detail"))


@dataclass(frozen=True, kw_only=True)
class ColumnRule(SumRule):
    """Down a column: the total row against the details, as `row_kind` says. Details that are all blank are nothing.

    Of several totals in a column the largest counts, or the sum of those of groups.
    """

    blank_parts: ClassVar[bool] = True

    where: Annotated[Selection, "The rows of the tables that it is for"] = Selection()
    total: Annotated[Selection, "The rows that are the total"] = Selection(conditions=(_TOTAL,))
    detail: Annotated[Selection, "The rows that add up to it"] = Selection(conditions=(_DETAIL,))

    def needs(self) -> Needed:
        """The rows of the table."""
        return "table"

    @classmethod
    def evaluate_all(cls, batch: Batch, rules: Sequence[ColumnRule]) -> Found:
        """What all rules down columns find."""
        lines = batch.lines.with_columns(fund="column_fund", revenue_source="column_source")
        sides = []
        for rule in rules:
            held = rule.where.expression()
            sides.append(SideRows(rule.id, "left", held & rule.total.expression()))
            sides.append(SideRows(rule.id, "right", held & rule.detail.expression()))
        operands = operands_where(lines, SOURCES["budget_lines"], column_key(), sides)
        operands = with_parts(operands, lines, ["table_id", "direction"], _blank_below_totals(batch))
        operands = _one_total(operands)
        return Found(compare_sums(operands, rules), operands)


def _blank_below_totals(batch: Batch) -> pl.Series:
    """The tables of which nothing but totals prints an amount, though other rows have labels: these are all blank."""
    total = pl.col("row_kind").cast(pl.String).is_in(["total", "memo"])
    filled = batch.lines.filter(~total).select("table_id")
    tables = batch.body_tables.filter((pl.col("blank_row_count") > 0) & (pl.col("row_count") == 1))
    return tables.join(filled, on="table_id", how="anti", maintain_order="left")["table_id"]


def _one_total(operands: pl.DataFrame) -> pl.DataFrame:
    """``operands`` with one total a column: of several the largest, or all where they are nearer to the details.

    A total that is repeated is one; those of groups (人员经费合计, 公用经费合计) add up to that of the table.
    """
    left, value = pl.col("side") == "left", pl.col("value")
    largest, total = value.filter(left).max(), value.filter(left).sum()
    details = value.filter(~left).sum()
    sums = operands.group_by(CHECK_KEY, maintain_order=True).agg(
        _largest=largest, _of_groups=(total - details).abs() < (largest - details).abs()
    )
    placed = operands.join(sums, on=CHECK_KEY, nulls_equal=True, maintain_order="left")
    of_groups = pl.col("_of_groups")
    once = placed.filter(left & ~of_groups & (value == pl.col("_largest")))
    once = once.unique(CHECK_KEY, keep="first", maintain_order=True)
    return pl.concat([once, placed.filter(~left | of_groups)]).select(list(OPERANDS))


@dataclass(frozen=True, kw_only=True)
class TotalsRule(SumRule):
    """Total rows of one name in a column state one total, unless they are those of groups and add up to the details."""

    where: Annotated[Selection, "The rows of the tables that it is for"] = Selection()

    def needs(self) -> Needed:
        """The rows of the table."""
        return "table"

    def operands(self, batch: Batch) -> pl.DataFrame:
        """The first total of each name, and each later one."""
        column, kind = list(COLUMN), pl.col("row_kind").cast(pl.String)
        rows = batch.lines.filter(self.where.expression() & kind.is_in(["total", "detail"]))
        total = kind == "total"
        details = pl.col("value").filter(~total).sum().over(column)
        largest = pl.col("value").filter(total).max().over(column)
        of_groups = (pl.col("value").filter(total).sum().over(column) - details).abs() < (largest - details).abs()
        named = [*column, "item", "unit_name", "project"]
        totals = rows.filter(total & pl.col("item").is_not_null() & ~of_groups)
        totals = totals.filter(pl.len().over(named) > 1).with_columns(_first=pl.col("line_id").first().over(named))
        later = totals.filter(pl.col("line_id") != pl.col("_first"))
        later = later.with_columns(key=without_disclosure("line_id"))
        figures = totals.select("line_id", "value", "half", "own_half")
        first = later.select("disclosure_id", "key", line_id="_first")
        return self.both_sides(first.join(figures, on="line_id", maintain_order="left"), later, "budget_lines")


@dataclass(frozen=True, kw_only=True)
class TotalRowRule(Rule):
    """A table that has a total by its form has a row with a total's label: its sums do not vanish in silence.

    One row whose amounts are the sums of all others is a total with a label that is none (合汁): that fails.
    Else a table with details and no total is not_applicable.
    """

    where: Annotated[Selection, "The rows of the tables that it is for"] = Selection()

    def needs(self) -> Needed:
        """The rows of the table."""
        return "table"

    def evaluate(self, batch: Batch) -> Found:
        """Tables without a total row."""
        rows = batch.lines.filter(self.where.expression())
        # Totals of groups (人员经费合计) stand for a total of the whole: other rules hold them.
        summed = (pl.col("row_kind") == "total") | pl.col("item").str.contains("合计$").fill_null(False)
        rows = rows.filter(~summed.any().over("table_id")).filter(pl.col("row_kind") == "detail")
        rows = rows.filter(pl.col("row_id").n_unique().over("table_id") > 2)
        rows = batch.with_titles(rows).with_columns(key=without_disclosure("table_id"))
        names = ("function_code", "department_economic_code", "government_economic_code", "project")
        coded = pl.coalesce(names).is_not_null()
        # Twice the amount is the sum of the column, in every column that the row prints.
        twin = rows.with_columns(alike=pl.col("value") * 2 == pl.col("value").sum().over(COLUMN))
        twin = twin.filter((pl.col("alike") & ~coded).all().over("row_id"))
        name, table = pl.coalesce("item", pl.lit("无标目")), quoted_title()
        mislabelled = self.findings(
            twin,
            pl.format("{}的“{}”行等于其余各行之和，却不是合计行的标目", table, name),
            pl.format("{}: row “{}” is the sum of all other rows, but its label is not that of a total", table, name),
        )
        silent = self.findings(
            rows.join(twin, on="table_id", how="anti", maintain_order="left"),
            pl.format("{}有明细行而没有合计行，无法核对合计", table),
            pl.format("{}: the table has details and no row with a total's label, its sums cannot be checked", table),
            status="not_applicable",
        )
        return Found(pl.concat([mislabelled, silent]), self.operands_of(twin, "left", "budget_lines"))


@dataclass(frozen=True, kw_only=True)
class HierarchyRule(SumRule):
    """A code's row against the rows of the codes right below it in the same table: 类 = Σ 款 = Σ 项."""

    blank_parts: ClassVar[bool] = True

    def needs(self) -> Needed:
        """The rows of the table."""
        return "table"

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Rows with a code, and the rows of the codes right below."""
        printed = pl.col("code_basis").is_null() | (pl.col("code_basis").cast(pl.String) != "name")
        coded = batch.coded.lazy().filter((pl.col("code_count") == 1) & pl.col("project").is_null() & printed)
        table = ["table_id", "scheme"]
        known = coded.select(*table, above="code").unique()
        for length in (3, 5):
            above = pl.when(pl.col("code").str.len_chars() > length).then(pl.col("code").str.slice(0, length))
            there = known.with_columns(pl.col("above").alias(f"above_{length}"))
            coded = coded.with_columns(above=above).join(there, on=[*table, "above"], how="left", maintain_order="left")
        # An item of no printed section, in a class that prints sections, is no part of the class beside them.
        sections = coded.filter(pl.col("code").str.len_chars() == 5).select(
            *table, above_3="above_3", _parted=pl.lit(True)
        )
        coded = coded.join(sections.unique(), on=[*table, "above_3"], how="left", maintain_order="left")
        stray = pl.col("above_5").is_null() & pl.col("_parted") & (pl.col("code").str.len_chars() > 5)
        parent = pl.when(~stray.fill_null(False)).then(pl.coalesce("above_5", "above_3"))
        rows = coded.with_columns(parent=parent).collect(engine=IN_MEMORY)
        parents = _keyed(rows.with_columns(at=pl.col("code")), COLUMN[1:])
        # A code that the same column prints twice says that its rows are told apart by something else.
        parents = parents.filter(pl.len().over("disclosure_id", "key") == 1)
        children = _keyed(rows.filter(pl.col("parent").is_not_null()).with_columns(at=pl.col("parent")), COLUMN[1:])
        return _row_and_parts(self, parents, children)


def _keyed(rows: pl.DataFrame, column: Sequence[str]) -> pl.DataFrame:
    """``rows`` with the key of the check on what they have in ``at``, in their column."""
    return rows.with_columns(
        key=pl.concat_str([without_disclosure("table_id"), pl.col("at"), joined(column)], separator=".")
    )


def _row_and_parts(rule: SumRule, parents: pl.DataFrame, children: pl.DataFrame) -> pl.DataFrame:
    """Operands of checks that hold rows against the rows under them."""
    # A row is a parent in a year and phase in which rows under it print an amount, be it in another column.
    place = ["table_id", "at", "direction", "fiscal_year", "phase"]
    parents = parents.join(children, on=place, how="semi", nulls_equal=True, maintain_order="left")
    return rule.both_sides(parents, children, "budget_lines")


@dataclass(frozen=True, kw_only=True)
class ItemsRule(SumRule):
    """A row that other rows stand under by their ordinals (一、 over （一）, （二）) or as its parts, against their sum.

    Only of rows that are subtotals: all their components are rows. Coded rows have the rule of their codes.
    """

    blank_parts: ClassVar[bool] = True

    where: Annotated[Selection, "The rows that it is for"] = Selection()

    def needs(self) -> Needed:
        """The rows of the table."""
        return "table"

    def operands(self, batch: Batch) -> pl.DataFrame:
        """Rows with a label, and the rows right under it."""
        path = pl.col("item_path")
        beside = pl.col("row_kind").cast(pl.String).is_in(["total", "memo", "of_which"])
        rows = batch.lines.filter(self.where.expression() & path.is_not_null() & ~beside)
        # Totals and rows beside them, which may print other columns, have no say in what the labels of others name.
        rows = rows.with_columns(columns_of(rows)).with_columns(fund="column_fund", revenue_source="column_source")
        coded = pl.any_horizontal(pl.col(f"{scheme}_code").is_not_null() for scheme in SCHEMES)
        coded &= (pl.col("code_basis").cast(pl.String) != "name").fill_null(True)
        column = ("direction", "measure", "fiscal_year", "phase", "fund", "revenue_source")
        parents = rows.filter((pl.col("row_kind") == "subtotal") & ~coded).with_columns(at=path)
        parents = _keyed(parents, column).filter(pl.len().over("disclosure_id", "key") == 1)
        # 小计 and 合计 name the sum of the rows beside them, not a part.
        part = path.str.contains("/") & ~path.str.contains(r"/[小合]计$")
        children = rows.filter(part).with_columns(at=path.str.replace(r"/[^/]*$", ""))
        return _row_and_parts(self, parents, _keyed(children, column))
