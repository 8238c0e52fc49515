"""Small frames of the contract, for rules to be tried on: only the columns that rules read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

DID = "00000000000000aa"
_TEXT = pl.String
LINES = {
    "line_id": _TEXT,
    "row_id": _TEXT,
    "table_id": _TEXT,
    "disclosure_id": _TEXT,
    "disclosure_year": pl.Int32,
    "table_no": pl.Int32,
    "table_code": _TEXT,
    "row_no": pl.Int32,
    "row_kind": _TEXT,
    "direction": _TEXT,
    "item": _TEXT,
    "item_path": _TEXT,
    "function_code": _TEXT,
    "function_name": _TEXT,
    "government_economic_code": _TEXT,
    "government_economic_name": _TEXT,
    "department_economic_code": _TEXT,
    "department_economic_name": _TEXT,
    "code_basis": _TEXT,
    "project": _TEXT,
    "measure": _TEXT,
    "fund": _TEXT,
    "revenue_source": _TEXT,
    "fiscal_year": pl.Int32,
    "comparison": pl.Boolean,
    "phase": _TEXT,
    "amount": pl.Decimal(20, 2),
    "unit_basis": _TEXT,
    "precision": pl.Decimal(20, 6),
}
STATEMENTS = {
    "statement_id": _TEXT,
    "disclosure_id": _TEXT,
    "disclosure_year": pl.Int32,
    "section_path": _TEXT,
    "sentence_id": _TEXT,
    "metric": _TEXT,
    "subject": _TEXT,
    "function_code": _TEXT,
    "fund": _TEXT,
    "direction": _TEXT,
    "fiscal_year": pl.Int32,
    "comparison": pl.Boolean,
    "phase": _TEXT,
    "kind": _TEXT,
    "value": pl.Decimal(20, 4),
    "value_text": _TEXT,
    "unit": _TEXT,
    "printed": _TEXT,
    "printed_unit": _TEXT,
    "precision": pl.Decimal(20, 6),
    "base_year": pl.Int32,
    "derived_from": _TEXT,
}


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
    return pl.DataFrame([base, *({**base, **one} for one in extra)])


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
    return pl.DataFrame([line for one in rows for line in one], schema=LINES)


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
    return pl.DataFrame(list(rows), schema=STATEMENTS)
