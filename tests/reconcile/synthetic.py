"""Small frames of the contract, for rules to be tried on: what rules do not read is null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.reconcile.base import Rule
from pipeline.reconcile.rules import load_rules
from schemas.tables import TABLES

DID = "00000000000000aa"
#: What holds inside one table. All rules take four times as long, and find nothing more where there is one table.
INSIDE_TABLE = tuple(rule for rule in load_rules() if rule.family == "inside_table")


def frame(table: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of a published table; columns that they lack are null."""
    schema = TABLES[table].schema
    return pl.DataFrame([[row.get(name) for name in schema] for row in rows], schema=schema, orient="row")


def rules(*names: str) -> tuple[Rule, ...]:
    """These rules alone, each of which is evaluated as among all."""
    chosen = tuple(rule for rule in load_rules() if rule.id in names)
    assert len(chosen) == len(names), names
    return chosen


def disclosures(*extra: dict[str, Any]) -> pl.DataFrame:
    base = {
        "disclosure_id": DID,
        "series_id": "s",
        "disclosure_year": 2022,
        "stage": "budget",
        "scope": "department",
        "form_family": "general",
        "entity_key": "e",
        "entity_name": "某局",
        "title": "2022年部门预算",
    }
    return frame("disclosures", [base, *({**base, **one} for one in extra)])


def row(
    table: str,
    key: str,
    amounts: dict[str, str],
    *,
    kind: str = "detail",
    precision: str = "0.01",
    **columns: Any,
) -> list[dict[str, Any]]:
    """The lines of one printed row: ``amounts`` by measure; ``fund:measure`` gives the fund, too."""
    lines = []
    for name, amount in amounts.items():
        fund, _, measure = name.rpartition(":")
        lines.append(
            {
                "line_id": f"{DID}.{table}.{key}.{name}",
                "row_id": f"{DID}.{table}.{key}",
                "table_id": f"{DID}.{table}",
                "disclosure_id": DID,
                "disclosure_year": 2022,
                "table_code": table,
                "row_kind": kind,
                "measure": measure,
                "fund": fund or None,
                "fiscal_year": 2022,
                "comparison": False,
                "phase": "approved",
                "direction": "expenditure",
                "amount": Decimal(amount),
                "precision": Decimal(precision),
                **columns,
            }
        )
    return lines


def lines(*rows: list[dict[str, Any]]) -> pl.DataFrame:
    return frame("budget_lines", [line for one in rows for line in one])


def statement(metric: str, kind: str, value: str, year: int = 2022, **columns: Any) -> dict[str, Any]:
    unit = "percent" if kind == "change_percent" else "CNY"
    return {
        "statement_id": f"{DID}.statement.{metric}.{kind}.{year}",
        "disclosure_id": DID,
        "disclosure_year": 2022,
        "section_path": "一",
        "sentence_id": f"{DID}.p.{metric}.0",
        "metric": metric,
        "fiscal_year": year,
        "comparison": year != 2022,
        "phase": "approved",
        "kind": kind,
        "value": Decimal(value),
        "unit": unit,
        "printed": value.lstrip("-"),
        "printed_unit": "%" if unit == "percent" else "元",
        "precision": Decimal("0.01"),
        "base_year": 2021 if kind.startswith("change") else None,
        **columns,
    }


def statements(*rows: dict[str, Any]) -> pl.DataFrame:
    return frame("statements", rows)
