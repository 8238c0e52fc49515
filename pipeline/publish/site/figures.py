"""The figures behind the pictures of a disclosure, each with the records that it is the sum of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.publish.site.labels import Both, label

SUMMARIES = ("income_expenditure_summary", "appropriation_summary")
BASIC = ("general_public_budget_basic_expenditure",)
_OF_TOTAL = ("current_year", "carried_over", "carried_over_in")
FUNCTIONS = ("expenditure", "general_public_budget_expenditure", "appropriation_expenditure")


@dataclass(slots=True)
class Figure:
    """One bar or stream: its name, its amount in yuan by series, and the ids of the amounts summed."""

    name: Both
    amounts: dict[str, Decimal] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum(self.amounts.values(), Decimal(0))


@dataclass(slots=True)
class Figures:
    """What is drawn of one disclosure, or of many summed: figures by key, largest first where drawn."""

    revenue: dict[str, Figure] = field(default_factory=dict)
    expenditure: dict[str, Figure] = field(default_factory=dict)
    functions: dict[str, Figure] = field(default_factory=dict)
    economic: dict[str, Figure] = field(default_factory=dict)
    compared: dict[str, Figure] = field(default_factory=dict)

    def add(self, other: Figures) -> None:
        """Sum another disclosure into these; records are not kept, their pages hold them."""
        for name in ("revenue", "expenditure", "functions", "economic", "compared"):
            mine: dict[str, Figure] = getattr(self, name)
            for key, figure in getattr(other, name).items():
                held = mine.setdefault(key, Figure(figure.name))
                for series, amount in figure.amounts.items():
                    held.amounts[series] = held.amounts.get(series, Decimal(0)) + amount


def figures_of(disclosure: Mapping[str, Any], frames: Mapping[str, pl.DataFrame], names: Mapping[str, str]) -> Figures:
    """The figures of one disclosure. ``names`` are official names by ``scheme.code``, for what it does not name."""
    lines = frames["budget_lines"].filter(
        ~pl.col("comparison").fill_null(False) & (pl.col("row_kind") == "detail") & (pl.col("amount") != 0)
    )
    found = Figures()
    names = {**names, **_printed_names(frames["budget_lines"])}
    summary = _wholes(_table(lines, SUMMARIES, disclosure))
    for line in summary.filter(pl.col("direction") == "revenue").iter_rows(named=True):
        _into(found.revenue, *_source(line), "total", line)
    for line in summary.filter(pl.col("direction") == "expenditure").iter_rows(named=True):
        key = (line["function_code"] or "")[:3] or line["item"] or ""
        _into(found.expenditure, key, _named(names, "function", key, line["item"]), "total", line)
    _classes(found.functions, _table(lines, FUNCTIONS, disclosure), "function", ("basic", "project"), names)
    measures = ("personnel", "public")
    _classes(found.economic, _table(lines, BASIC, disclosure), "department_economic", measures, names)
    return found


def compare(figures: Figures, last: Mapping[str, tuple[Both, Decimal]]) -> None:
    """Set expenditure by function beside that of the year before, as the same body's disclosure of that year has it.

    Where one of the two years is not known there is nothing to compare.
    """
    if not figures.functions or not last:
        return
    for key in sorted(set(figures.functions) | set(last)):
        mine = figures.functions.get(key)
        figure = Figure(mine.name if mine else last[key][0], lines=mine.lines if mine else [])
        figure.amounts = {"this_year": mine.total if mine else Decimal(0)}
        figure.amounts["last_year"] = last[key][1] if key in last else Decimal(0)
        figures.compared[key] = figure


def _printed_names(lines: pl.DataFrame) -> dict[str, str]:
    """Names of classes as the document prints them: official names differ by year."""
    found: dict[str, str] = {}
    for scheme in ("function", "department_economic"):
        classes = lines.filter(pl.col(f"{scheme}_code").str.len_chars() == 3).select(f"{scheme}_code", f"{scheme}_name")
        for code, name in classes.drop_nulls().iter_rows():
            found.setdefault(f"{scheme}.{code}", name)
    return found


def _table(lines: pl.DataFrame, codes: Iterable[str], disclosure: Mapping[str, Any]) -> pl.DataFrame:
    """The amounts of the first of the tables that has any, of one phase: executed in final accounts, else approved."""
    for code in codes:
        rows = lines.filter(pl.col("table_code") == code)
        if rows.height:
            rows = _not_by_fund(rows)
            phase = "executed" if disclosure["stage"] == "final_accounts" else "approved"
            preferred = rows.filter(pl.col("phase") == phase)
            return preferred if preferred.height else rows
    return lines.clear()


def _not_by_fund(rows: pl.DataFrame) -> pl.DataFrame:
    """Of a row that prints a whole and its parts by fund, the whole: both would count twice."""
    keys = ["row_id", "measure", "phase"]
    whole = rows.filter(pl.col("fund").is_null()).select(keys).unique()
    parts = rows.filter(pl.col("fund").is_not_null()).join(whole, on=keys, how="anti", nulls_equal=True)
    kept = pl.concat([rows.filter(pl.col("fund").is_null()), parts]).select("line_id")
    return rows.join(kept, on="line_id", how="semi", maintain_order="left")


def _wholes(rows: pl.DataFrame) -> pl.DataFrame:
    """The amount of each row: its total, else this year's and what was carried over, where the columns are called so."""
    total = rows.filter(pl.col("measure") == "total")
    parts = rows.filter(pl.col("measure").is_in(_OF_TOTAL)).join(total, on="row_id", how="anti")
    kept = pl.concat([total, parts]).select("line_id")
    return rows.join(kept, on="line_id", how="semi", maintain_order="left")


def _source(line: Mapping[str, Any]) -> tuple[str, Both]:
    for column in ("fund", "revenue_source"):
        if line[column]:
            return f"{column}.{line[column]}", label(column, line[column])
    item = str(line["item"] or "")
    return f"item.{item}", Both(item, item)


def _named(names: Mapping[str, str], scheme: str, code: str, printed: str | None) -> Both:
    name = names.get(f"{scheme}.{code}") or printed or code
    return Both(name, f"{code} {name}" if code.isdigit() else name)


def _into(figures: dict[str, Figure], key: str, name: Both, series: str, line: Mapping[str, Any]) -> None:
    figure = figures.setdefault(key, Figure(name))
    figure.amounts[series] = figure.amounts.get(series, Decimal(0)) + line["amount"]
    figure.lines.append(line["line_id"])


def _classes(
    into: dict[str, Figure], rows: pl.DataFrame, scheme: str, wanted: tuple[str, str], names: Mapping[str, str]
) -> None:
    """Sums by class (three digits), split into the two measures where the table has them, else as a whole."""
    coded = rows.filter(pl.col(f"{scheme}_code").is_not_null())
    split = coded.filter(pl.col("measure").is_in(wanted))
    whole = [m for m in ("total", "basic", "subtotal") if coded.filter(pl.col("measure") == m).height]
    used = split if split.height else coded.filter(pl.col("measure") == whole[0]) if whole else coded.clear()
    for line in used.iter_rows(named=True):
        code = line[f"{scheme}_code"][:3]
        series = line["measure"] if split.height else "total"
        _into(into, code, _named(names, scheme, code, line[f"{scheme}_name"]), series, line)
