"""Correct tables as other regions print them raise no failing check; one wrong amount does."""

from __future__ import annotations

from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from tests.documents import read
from tests.extract.pdfs import Line, Table, pdf
from tests.tables import tables_of

RULES = load_rules()
BY_UNIT = [
    [("单位代码", 1, 2), ("单位名称", 1, 2), ("总计", 1, 2), ("本年收入", 4), ("上年结转结余", 2)],
    [None, None, None, "合计", "一般公共预算", "政府性基金\n预算", "事业收入", "小计", "一般公共\n预算"],
    ["", "合计", "661.4", "561.4", "331.4", "200.0", "30.0", "100.0", "100.0"],
    ["012", "某市某局", "661.4", "561.4", "331.4", "200.0", "30.0", "100.0", "100.0"],
    ["012101", "某市某局（本级）", "500.0", "400.0", "200.0", "200.0", "", "100.0", "100.0"],
    ["012201", "某市某中心", "161.4", "161.4", "131.4", "", "30.0", "", ""],
]


def disclosed(title, rows, cover="天津市某局2024年部门预算"):
    columns = sum(1 if isinstance(cell, str) else cell[1] for cell in rows[0])
    table = Table([720 / columns] * columns, rows)
    return read(pdf([Line(cover, None)], [Line(title, None), Line("单位：万元", 600), table]), "x.pdf")


def failing(extraction):
    checks = reconcile(tables_of([extraction]), RULES)["checks"]
    return {row["rule_id"] for row in checks.iter_rows(named=True) if row["status"] == "fail"}


def test_the_year_beside_its_budgets_counts_once():
    extraction = disclosed("部门收入总体情况表", BY_UNIT)
    assert len(extraction.rows.budget_lines) == 7 + 7 + 6 + 4
    assert failing(extraction) == set()


def test_a_wrong_amount_of_a_budget_is_seen():
    rows = [list(row) for row in BY_UNIT]
    rows[4][4] = "210.0"
    assert failing(disclosed("部门收入总体情况表", rows)) >= {"row_current_parts", "column_total"}


def test_a_family_of_one_place_is_not_told_by_titles_alone():
    """收支总表 and 收入总表 are titles of many places: a ministry is not read by the identities of a district."""
    rows = [["科目编码", "科目名称", "合计", "上年结转", "一般公共预算拨款收入", "其他收入"]]
    rows += [[*label, "7.00", "1.00", "5.00", "1.00"] for label in (("2060201", "机构运行"), ("", "合计"))]
    extraction = disclosed("部门收入总表", rows, cover="某某部2024年部门预算")
    assert extraction.disclosure.form_family == "general"
    assert failing(extraction) == set()
