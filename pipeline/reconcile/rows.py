"""Identities along a row of a table: those that rules state of all tables, and those that forms declare of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import polars as pl

from pipeline.extract.forms import load_library
from pipeline.extract.forms.entries import parse_identity
from pipeline.reconcile.base import (
    CHECK_KEY,
    Found,
    Needed,
    SideRows,
    SumRule,
    compare_sums,
    operands_where,
    with_parts,
)
from pipeline.reconcile.batch import Batch, joined, without_disclosure
from pipeline.reconcile.language import SOURCES, ColumnOfTable, Empty, Is, Selection
from pipeline.tidy.queries import IN_MEMORY
from schemas.vocabularies import vocabulary

_SIDE = ["table_id", "direction"]
_LINES = SOURCES["budget_lines"]
#: Lines of columns that are classes of the economic classification (人员经费: 工资福利支出, 对个人和家庭的补助): parts of a row's.
_OF_CLASS_COLUMNS = (pl.col("code_basis") == "name") & (
    pl.col("department_economic_code").is_not_null() | pl.col("government_economic_code").is_not_null()
)
_TOTALS = (pl.col("row_kind") == "total") | pl.col("item").str.contains("[总合]计$").fill_null(False)


@dataclass(frozen=True, kw_only=True)
class RowRule(SumRule):
    """Along a row: sums of columns, a check for each row, year and phase.

    Columns of revenue and of expenditure are looked at apart, unless the rule says `both_directions`. A blank cell of a
    row is a part of nothing: a row whose parts are all blank is held against nothing, except a total row; one whose whole is
    blank is not compared. Columns that the table does not have for the year and phase are no parts.
    """

    blank_parts: ClassVar[bool] = True

    left: Annotated[tuple[ColumnOfTable, ...], "Columns whose sum is the left side"]
    right: Annotated[tuple[ColumnOfTable, ...], "Columns whose sum is the right side"]
    where: Annotated[Selection, "The rows that it is for"] = Selection()
    columns: Annotated[tuple[ColumnOfTable, ...], "Columns that the table must have"] = ()
    without: Annotated[tuple[ColumnOfTable, ...], "Columns that the table must not have"] = ()
    both_directions: Annotated[
        bool,
        "Whether columns of revenue and of expenditure stand in one row: 年初结转, 本年收入 | 本年支出, 年末结转",
    ] = False
    whole: Annotated[
        bool, "Whether of a measure that a table prints as a whole beside its funds and kinds only the whole counts"
    ] = False
    by_fund: Annotated[
        bool,
        "Whether the columns of each fund are looked at apart (一般公共预算: 小计, 基本支出, 项目支出); 小计 is the total "
        "of its fund",
    ] = False

    def needs(self) -> Needed:
        """The cells of the row."""
        return "row"

    @classmethod
    def evaluate_all(cls, batch: Batch, rules: Sequence[RowRule]) -> Found:
        """What all rules along rows find."""
        operands = row_operands(batch, rules)
        return Found(compare_sums(operands, rules), operands)


def row_operands(batch: Batch, rules: Sequence[RowRule]) -> pl.DataFrame:
    """The operands of all ``rules``."""
    lines = batch.lines.hstack(_fitting(batch.lines, rules))
    parts = [_operands(lines, [rule for rule in rules if not (rule.whole or rule.by_fund)])]
    for rule in rules:
        rows = lines.filter(_held(rule)) if rule.whole or rule.by_fund else lines.clear()
        if rows.height:
            parts.append(_operands(_wholes(rows) if rule.whole else _apart_by_fund(rows), [rule]))
    return pl.concat(parts)


def _held(rule: RowRule) -> pl.Expr:
    """The lines that a rule is for."""
    return pl.col(rule.id) & rule.where.expression()


def _fitting(lines: pl.DataFrame, rules: Sequence[RowRule]) -> pl.DataFrame:
    """Of each line, by rule: whether its table has the columns that the rule asks for and none that it rules out."""
    has: list[pl.Expr] = []
    tests = []
    for rule in rules:
        fits = pl.lit(True)
        for of, wanted in [*((of, True) for of in rule.columns), *((of, False) for of in rule.without)]:
            name = f"{rule.id}.{len(has)}"
            has.append((of.expression() & ~(_OF_CLASS_COLUMNS & wanted)).any().alias(name))
            held = pl.col(name).any().over("table_id") if rule.both_directions else pl.col(name)
            fits &= held if wanted else ~held
        tests.append(fits.alias(rule.id))
    columns = lines.lazy().with_columns(fund="column_fund", revenue_source="column_source")
    tables = columns.group_by(_SIDE, maintain_order=True).agg(has).select(*_SIDE, *tests)
    of_lines = lines.lazy().select(_SIDE).join(tables, on=_SIDE, how="left", nulls_equal=True, maintain_order="left")
    return of_lines.drop(_SIDE).collect(engine=IN_MEMORY)


def _wholes(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without the parts of what their table prints as a whole, too."""
    rows = rows.with_columns(fund="column_fund", revenue_source="column_source")
    whole = pl.col("fund").is_null() & pl.col("revenue_source").is_null()
    parts = ~whole & (pl.col("measure") != "total")
    return rows.filter(~parts | ~whole.any().over(*_SIDE, "measure"))


def _apart_by_fund(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``apart``: the fund of a column where the row has several, and with a fund's 小计 as its total."""
    row = ["row_id", "fiscal_year", "phase"]
    plain, of_a_fund = pl.col("revenue_source").is_null(), pl.col("fund").is_not_null()
    measure = pl.col("measure")
    totals = measure.is_in(["total", "subtotal"]) & plain & of_a_fund
    # Where no fund has a total of its own, the kinds of expenditure of all funds add up to the row's.
    several = (pl.col("fund").n_unique().over(row) > 1) & totals.any().over(row)
    has_total = ((measure == "total") & plain).any().over([*row, "fund"])
    is_total = several & (measure == "subtotal") & plain & of_a_fund & ~has_total
    return rows.with_columns(
        apart=pl.when(several).then(pl.col("fund").cast(pl.String)),
        measure=pl.when(is_total).then(pl.lit("total")).otherwise(measure),
    )


def _operands(lines: pl.DataFrame, rules: Sequence[RowRule]) -> pl.DataFrame:
    """The operands of ``rules``: a check for each row, year and phase, and each of what is ``apart``."""
    sides = []
    for rule in rules:
        held = _held(rule)
        sides += [SideRows(rule.id, "left", held & column.expression()) for column in rule.left]
        sides += [SideRows(rule.id, "right", held & column.expression()) for column in rule.right]
    parts = [name for name in ("apart", "fiscal_year", "phase") if name in lines.columns]
    key = pl.concat_str([without_disclosure("row_id"), joined(parts)], separator=".")
    operands = operands_where(lines, _LINES, key, sides)
    # Forms let a total row print its total alone: what its parts add up to stands above it.
    totals = operands.join(lines.filter(_TOTALS).select(id="line_id"), on="id", how="semi")
    summed = totals.filter(pl.col("side") == "right")
    bare = totals.join(summed, on=CHECK_KEY, how="anti", nulls_equal=True)
    operands = operands.join(bare, on=CHECK_KEY, how="anti", nulls_equal=True, maintain_order="left")
    crossing = pl.col("rule").is_in([rule.id for rule in rules if rule.both_directions])
    alike = [
        with_parts(operands.filter(crossing), lines, ["table_id", *parts]),
        with_parts(operands.filter(~crossing), lines, [*_SIDE, *parts]),
    ]
    return pl.concat(alike)


@dataclass(frozen=True, kw_only=True)
class DeclaredRule(SumRule):
    """What the form of a table declares of its rows, apart from what other rules state in general already.

    Where a form declares an identity and no row of the table has both of its sides, the check is
    not_applicable: it does not vanish.
    """

    general: Annotated[tuple[str, ...], "Identities, as forms write them, that other rules state of all tables"] = ()

    def needs(self) -> Needed:
        """The cells of the row."""
        return "row"

    def evaluate(self, batch: Batch) -> Found:
        """The checks of all identities that forms declare of tables of the batch."""
        tables = batch.lines.select("table_id", "disclosure_id", "form_family", "table_code")
        tables = tables.unique("table_id", keep="first", maintain_order=True)
        # Each identity is a rule along a row, with a name of its own as long as it is evaluated.
        declared = self._declared(set(tables.select("form_family", "table_code").iter_rows()))
        rules = [self._rule(*each) for each in declared]
        operands = row_operands(batch, rules)
        made = compare_sums(operands, rules)
        operands = operands.join(made, on=CHECK_KEY, how="semi", nulls_equal=True, maintain_order="left")
        held = operands.select("rule", line_id="id").join(batch.lines.select("line_id", "table_id"), on="line_id")
        parts = []
        for rule, (family, code, said) in zip(rules, declared, strict=True):
            theirs = tables.filter((pl.col("form_family") == family) & (pl.col("table_code") == code))
            silent = theirs.join(
                held.filter(pl.col("rule") == rule.id), on="table_id", how="anti", maintain_order="left"
            )
            parts += [made.filter(pl.col("rule") == rule.id), _silent(rule, silent, said)]
        named = pl.lit(self.id).alias("rule")
        checks = pl.concat([made.clear(), *parts])
        return Found(checks.with_columns(named), operands.with_columns(named))

    def _declared(self, found: set[tuple[str, str]]) -> list[tuple[str, str, str]]:
        """Family, table and text of the identities that forms declare of the tables that were ``found``."""
        library = load_library()
        return [
            (family.name, form.code, declared)
            for family in library.families
            if any(name == family.name for name, _ in found)
            for form in library.tables_of(family)
            if (family.name, form.code) in found
            for declared in form.identities
            if declared not in self.general
        ]

    def _rule(self, family: str, table: str, declared: str) -> RowRule:
        identity = parse_identity(declared)
        return RowRule(
            id=f"{family}/{table}/{declared}",
            family=self.family,
            title_zh=self.title_zh,
            title_en=self.title_en,
            severity=self.severity,
            compare=self.compare,
            unit=self.unit,
            where=Selection(conditions=(Is("form_family", (family,)), Is("table_code", (table,)))),
            left=tuple(_column(term) for term in identity.left),
            right=tuple(_column(term) for term in identity.right),
        )


def _silent(rule: RowRule, tables: pl.DataFrame, declared: str) -> pl.DataFrame:
    """Checks that cannot be made, of tables without a row that has both sides of the identity."""
    tables = tables.with_columns(key=without_disclosure("table_id"))
    zh = pl.format("“{}”没有一行同时印有“{}”的两边，无法核对", "key", pl.lit(declared))
    en = pl.format("{}: no row prints both sides of '{}'", "key", pl.lit(declared))
    return rule.findings(tables, zh, en, status="not_applicable")


def _column(term: str) -> ColumnOfTable:
    """The column that a term of a form's identity names: a measure, a kind of revenue, or ``kind.measure``."""
    source, dot, measure = term.partition(".")
    if dot:
        return ColumnOfTable(conditions=(Is("revenue_source", (source,)), Is("measure", (measure,))))
    if term in vocabulary("measure"):
        return ColumnOfTable(conditions=(Is("measure", (term,)), Empty(("revenue_source",))))
    return ColumnOfTable(conditions=(Is("revenue_source", (term,)), Is("measure", ("total", "current_year"))))
