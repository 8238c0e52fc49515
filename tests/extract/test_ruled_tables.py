"""Real PDFs against an independent reading of their code rows."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from decimal import Decimal

import pytest

from tests.documents import read, real

DOCUMENTS = [
    "2024-budget-wanli-subdistrict-department.pdf",
    "2025-budget-wanli-subdistrict-department.pdf",
    "2025-budget-government-office-department.pdf",
    "2026-budget-justice-bureau-unit.pdf",
    "2024-budget-social-welfare-home-unit.pdf",
]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_code_rows_agree_with_an_independent_reading(name):
    extraction = read(real(f"shanghai-putuo/{name}"), name)
    titles = {table["table_id"]: table["title"] for table in extraction.rows["tables"]}
    found = defaultdict(list)
    for line in extraction.rows["budget_lines"]:
        code = line.get("function_code") or line.get("department_economic_code")
        if code and line["code_basis"] != "name":
            found[titles[line["table_id"]].replace(" ", ""), code].append(line["amount"])
    reading = csv.DictReader(io.StringIO(real("code-rows.csv").decode("utf-8")))
    rows = [row for row in reading if row["document"] == name]
    assert rows
    wrong = []
    for row in rows:
        key = (row["table_title"].replace(" ", ""), row["code"])
        expected = [Decimal(amount) for amount in row["amounts_yuan"].split()]
        if [a for a in found[key] if a] != [a for a in expected if a]:
            wrong.append((key, expected, found[key]))
    assert wrong == []


def test_expenses_in_columns_and_operating_costs_beside_them():
    rows = read(real(f"shanghai-putuo/{DOCUMENTS[1]}"), "x.pdf").rows["budget_lines"]
    kinds = {r["item"]: r["row_kind"] for r in rows if r["table_code"] == "three_public"}
    assert [kind for item, kind in kinds.items() if "机关运行" in item] == ["memo"]
    assert kinds["合计"] == "total"
