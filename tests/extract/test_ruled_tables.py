"""Real PDFs against an independent reading of their code rows."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
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


# Rows the independent reading leaves out: it takes codes of whole classes and two-digit parts only.
ODD_CODES = {
    "2024-budget-social-welfare-home-unit.pdf": {"71102": 2},  # printed 7 | 11 | 02 below 210 | 11, twice
    "2024-budget-wanli-subdistrict-department.pdf": {"30102": 1, "30107": 1},  # printed 301 | 2 and 301 | 7
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_code_rows_are_exactly_those_of_an_independent_reading(name):
    extraction = read(real(f"shanghai-putuo/{name}"), name)
    titles = {table.table_id: table.title.replace(" ", "") for table in extraction.rows.tables}
    amounts = defaultdict(list)
    names = {}
    for line in extraction.rows.budget_lines:
        code = line.function_code or line.department_economic_code
        if code and line.code_basis != "name":
            row = (titles[line.table_id], code, line.row_no)
            amounts[row].append((line.start, line.amount))
            names[row] = line.item
    found = Counter(
        (title, code, names[title, code, row_no], tuple(amount for _, amount in sorted(printed)))
        for (title, code, row_no), printed in amounts.items()
    )
    reading = csv.DictReader(io.StringIO(real("code-rows.csv").decode("utf-8")))
    expected = Counter(
        (
            row["table_title"].replace(" ", ""),
            row["code"],
            row["name"],
            tuple(map(Decimal, row["amounts_yuan"].split())),
        )
        for row in reading
        if row["document"] == name
    )
    assert expected
    assert expected - found == Counter()
    odd = Counter(code for _, code, _, _ in (found - expected).elements())
    assert odd == ODD_CODES.get(name, {})


def test_expenses_in_columns_and_operating_costs_beside_them():
    rows = read(real(f"shanghai-putuo/{DOCUMENTS[1]}"), "x.pdf").rows.budget_lines
    kinds = {r.item: r.row_kind for r in rows if r.table_code == "three_public"}
    assert [kind for item, kind in kinds.items() if "机关运行" in item] == ["memo"]
    assert kinds["合计"] == "total"


@pytest.mark.parametrize("name", [*DOCUMENTS, "2024-final-accounts-social-work-department.pdf"])
def test_every_number_of_a_real_document_has_an_owner_and_summaries_balance(name):
    extraction = read(real(f"shanghai-putuo/{name}"), name)
    assert extraction.rows.disclosures[0].numbers_unclaimed == 0
    assert len(extraction.rows.tables) == 9
    assert None not in {table.table_code for table in extraction.rows.tables}
    for code in ("income_expenditure_summary", "appropriation_summary"):
        lines = [line for line in extraction.rows.budget_lines if line.table_code == code]
        assert {line.measure for line in lines} <= {"total", "personnel", "public", "project"}
        totals = {
            (line.direction, line.amount)
            for line in lines
            if line.row_kind == "total" and line.measure == "total" and line.fund is None
        }
        assert len({amount for _, amount in totals}) == 1
        assert {direction for direction, _ in totals} == {"revenue", "expenditure"}


def test_tables_said_to_be_empty_are_declared_so():
    extraction = read(real("shanghai-putuo/2024-final-accounts-social-work-department.pdf"), "x.pdf")
    empty = {table.table_code for table in extraction.rows.tables if table.declared_empty}
    assert empty == {"three_public", "government_fund_expenditure", "state_capital_expenditure"}
    assert [t.row_count for t in extraction.rows.tables if t.declared_empty] == [0, 0, 0]
