"""Identities along a row of a table, for all rules at once, and what forms declare of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.extract.forms import Library
from pipeline.extract.tables.meaning.identities import parse
from pipeline.reconcile.batch import Batch
from pipeline.reconcile.keys import named, tail
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.selection import condition, where_it_holds
from pipeline.reconcile.settle import CHECK_KEY, CHECKS, Found, Sums, nothing, settle_all, shaped
from pipeline.reconcile.sides import Side, Summed, found_rows, no_operands, operands_at
from pipeline.tidy.queries import IN_MEMORY
from schemas.vocabularies import vocabulary

_SIDE = ["table_id", "direction"]
_Term = str | dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Identity:
    """Columns whose sums are alike in the rows of which ``there`` holds. ``rank`` tells it from others."""

    rank: int
    there: pl.Expr
    left: Sequence[_Term]
    right: Sequence[_Term]


def evaluate_row(batch: Batch, rules: Sequence[tuple[int, Rule]]) -> Summed:
    """Along a row: the terms of both sides are columns. ``columns`` must, ``without`` must not stand in the table.

    Columns of revenue and of expenditure are looked at apart, unless the rule says ``both_directions``.

    A blank cell of a row is a part that there is none of; a row of which one side is all blank is not compared.
    ``whole``: of a measure that a table prints as a whole beside its funds and kinds, the whole alone is a term.
    ``by_fund``: the columns of each fund are looked at apart (一般公共预算: 小计, 基本支出, 项目支出); its 小计 is its total.
    """
    lines, sums = batch.lines, [(rank, Sums(rule)) for rank, rule in rules]
    if not lines.height:
        return no_operands(), sums
    fits = _fits(lines, rules)
    lines = lines.hstack(fits)
    parts, plain = [], []
    for rank, rule in rules:
        if not fits[str(rank)].any():
            continue
        there = pl.col(str(rank)) & condition(rule.option("where", {})) & where_it_holds(batch, rule)
        identity = _Identity(rank, there, rule.option("left"), rule.option("right"))
        if rule.option("whole"):
            parts.append(_operands(_wholes(lines.filter(there)), [identity]))
        elif rule.option("by_fund"):
            parts.append(_operands(_apart_by_fund(lines.filter(there)), [identity]))
        else:
            plain.append(identity)
    return pl.concat([*parts, _operands(lines, plain)]), sums


def _fits(lines: pl.DataFrame, rules: Sequence[tuple[int, Rule]]) -> pl.DataFrame:
    """Of each line, whether its table has the columns that each rule (by its rank) asks for and none that it rules out."""
    has, tests = [], []
    for rank, rule in rules:
        there = pl.lit(True)
        for name, wanted in (("columns", True), ("without", False)):
            for at, of in enumerate(rule.option(name, ())):
                held = pl.col(f"{rank}.{name}.{at}")
                has.append(_column(of).any().alias(held.meta.output_name()))
                # What comes in and what goes out stand in one row of funds (年初结转, 本年收入 | 本年支出, 年末结转).
                held = held.any().over("table_id") if rule.option("both_directions") else held
                there &= held if wanted else ~held
        tests.append(there.alias(str(rank)))
    tables = lines.lazy().group_by(_SIDE, maintain_order=True).agg(has).select(*_SIDE, *tests)
    of_lines = lines.lazy().select(_SIDE).join(tables, on=_SIDE, how="left", nulls_equal=True, maintain_order="left")
    return of_lines.drop(_SIDE).collect(engine=IN_MEMORY)


def _wholes(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without the parts of what their table prints as a whole, too."""
    rows = rows.with_columns(fund="column_fund", revenue_source="column_source")
    whole = pl.col("fund").is_null() & pl.col("revenue_source").is_null()
    parts = ~whole & (pl.col("measure").cast(pl.String) != "total")
    return rows.filter(~parts | ~whole.any().over(*_SIDE, "measure"))


def _apart_by_fund(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``apart``: the fund of a column where the row has several, and with a fund's 小计 as its total."""
    row = ["row_id", "fiscal_year", "phase"]
    measure, plain = pl.col("measure").cast(pl.String), pl.col("revenue_source").is_null()
    of_fund = measure.is_in(["total", "subtotal"]) & plain & pl.col("fund").is_not_null()
    # Where no fund has a total of its own, the kinds of expenditure of all funds add up to the row's.
    several = (pl.col("fund").n_unique().over(row) > 1) & of_fund.any().over(row)
    has_total = ((measure == "total") & plain).any().over([*row, "fund"])
    total = several & (measure == "subtotal") & plain & pl.col("fund").is_not_null() & ~has_total
    return rows.with_columns(
        apart=pl.when(several).then(pl.col("fund").cast(pl.String)),
        measure=pl.when(total).then(pl.lit("total")).otherwise(measure),
    )


def _column(of: _Term) -> pl.Expr:
    """The amounts of a column: of a measure, or what a selection says."""
    return condition({"measure": of} if isinstance(of, str) else of)


def _operands(lines: pl.DataFrame, identities: Sequence[_Identity]) -> pl.DataFrame:
    """The operands of ``identities``: a check for each row, year and phase, and each of what is ``apart``."""
    sides = [(each, side, term) for each in identities for side in ("left", "right") for term in getattr(each, side)]
    rows = found_rows(lines, [each.there & _column(term) for each, _, term in sides])
    found = [Side(each.rank, side, numbers) for (each, side, _), numbers in zip(sides, rows, strict=True)]
    key = [name for name in ("apart", "fiscal_year", "phase") if name in lines.columns]
    return operands_at(
        lines, "budget_lines", "line_id", pl.concat_str([tail("row_id"), named(*key)], separator="."), found
    )


def evaluate_declared(batch: Batch, rule: Rule, library: Library) -> Found:
    """What the form of a table declares of its rows, apart from what other rules state in general already.

    Where a form declares an identity and no row of the table has both of its sides, the check is
    not_applicable: it does not vanish.
    """
    lines = batch.lines
    if not lines.height:
        return nothing()
    code = pl.col("table_code").cast(pl.String)
    tables = lines.select("disclosure_id", "table_id", "form_family", table_code=code)
    tables = tables.unique("table_id", keep="first", maintain_order=True)
    declared = _declared(tables, rule, library)
    if not declared:
        return nothing()
    identities = []
    for number, (family, table_code, said) in enumerate(declared):
        identity = parse(said)
        assert identity is not None
        sides = [[_term(term) for term in side] for side in (identity.left, identity.right)]
        identities.append(_Identity(number, (pl.col("form_family") == family) & (code == table_code), *sides))
    operands = _operands(lines, identities)
    checks = settle_all(operands, [(number, Sums(rule)) for number in range(len(declared))])
    key = ["_rank", *CHECK_KEY]
    operands = operands.join(checks.select(key), on=key, how="semi", nulls_equal=True, maintain_order="left")
    silent = _silent(lines, tables, declared, operands)
    # Of each identity: what it found, then where it found nothing.
    return pl.concat([checks.select(silent.columns), silent]).sort("_rank", maintain_order=True).drop(
        "_rank"
    ), operands.drop("_rank")


def _declared(tables: pl.DataFrame, rule: Rule, library: Library) -> list[tuple[str, str, str]]:
    """Family, table and text of the identities that forms declare of ``tables``."""
    there = set(tables.select("form_family", "table_code").iter_rows())
    general = set(rule.option("general", ()))
    return [
        (family.name, form.code, declared)
        for family in library.families
        if any(name == family.name for name, _ in there)
        for form in library.tables_of(family)
        if (family.name, form.code) in there
        for declared in form.identities
        if declared not in general and parse(declared) is not None
    ]


def _silent(
    lines: pl.DataFrame, tables: pl.DataFrame, declared: list[tuple[str, str, str]], operands: pl.DataFrame
) -> pl.DataFrame:
    """Checks that cannot be: of tables that have an identity ``declared`` and no row among its ``operands``."""
    every = pl.DataFrame(declared, schema=["form_family", "table_code", "said"], orient="row")
    every = every.with_row_index("_rank").with_columns(pl.col("_rank").cast(pl.Int32))
    seen = operands.lazy().join(lines.lazy().select("table_id", id="line_id"), on="id").select("_rank", "table_id")
    rows = (
        every.lazy()
        .join(tables.lazy(), on=["form_family", "table_code"], maintain_order="left_right")
        .join(seen, on=["_rank", "table_id"], how="anti", maintain_order="left")
        .with_columns(key=tail("table_id"))
        .collect(engine=IN_MEMORY)
    )
    zh = pl.format("“{}”没有一行同时印有“{}”的两边，无法核对", "key", "said")
    en = pl.format("{}: no row prints both sides of '{}'", "key", "said")
    verdict = {"status": pl.lit("not_applicable"), "severity": pl.lit("info"), "rounding_only": pl.lit(False)}
    return shaped(rows, {**CHECKS, "_rank": pl.Int32}, note_zh=zh, note_en=en, **verdict)


def _term(term: str) -> dict[str, Any]:
    """A term of a form's identity as a condition: a measure, a kind of revenue, or ``kind.measure``."""
    source, dot, measure = term.partition(".")
    if dot:
        return {"revenue_source": source, "measure": measure}
    if term in vocabulary("measure"):
        return {"measure": term, "null": ["revenue_source"]}
    return {"revenue_source": term, "measure": ["total", "current_year"]}
