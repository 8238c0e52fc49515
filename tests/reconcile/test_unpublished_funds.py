"""A document that does not publish the table of a fund is not accused of what that table would have held."""

from __future__ import annotations

import pytest

from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from tests.documents import read
from tests.tables import tables_of

RULES = [rule for rule in load_rules() if rule.id in ("expenditure_by_funds", "expenditure_general_budget")]
CODES = ["科目编码", "科目名称", "合计"]


def table(title, *rows):
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<p>{title}</p><p>单位：万元</p><table>{cells}</table>"


def summary(own, fund):
    return table(
        "部门收支总表",
        ["收入", "预算数", "支出", "预算数"],
        ["一、一般公共预算拨款收入", own, "一、一般公共服务支出", "60.00"],
        ["二、政府性基金预算拨款收入", fund, "", ""],
        ["收入总计", "60.00", "支出总计", "60.00"],
    )


def codes(title, amount, code="2010301", name="行政运行"):
    return table(title, CODES, ["", "合计", amount], [code, name, amount])


WHOLE = codes("部门支出总表", "60.00")
GENERAL = codes("一般公共预算支出表", "50.00")
FUND = codes("政府性基金预算支出表", "10.00", "2120803", "城市建设支出")
LESS = codes("政府性基金预算支出表", "9.00", "2120803", "城市建设支出")


@pytest.mark.parametrize(
    ("tables", "status"),
    [
        ([summary("50.00", "10.00"), WHOLE, GENERAL, FUND], {"pass"}),
        ([summary("50.00", "10.00"), WHOLE, GENERAL, LESS], {"fail"}),
        ([summary("50.00", "10.00"), WHOLE, GENERAL], set()),  # the fund has an amount, and no table
        ([summary("60.00", "0.00"), WHOLE, GENERAL], {"fail"}),  # no fund has an amount
        ([WHOLE, GENERAL], set()),  # nothing says which revenue there is
    ],
)
def test_expenditure_is_held_against_the_funds_that_are_published(tables, status):
    page = f"<html><body><h1>青山市临江区民政局2024年部门预算</h1>{''.join(tables)}</body></html>"
    checks = reconcile(tables_of([read(page.encode(), "x.html")]), RULES)["checks"]
    found = {row["status"] for row in checks.iter_rows(named=True) if row["rule_id"] == "expenditure_by_funds"}
    assert found == status
