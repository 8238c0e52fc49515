"""Sheets of several tables written as CSV or Markdown, which say neither what is merged nor where a table ends."""

from __future__ import annotations

import csv
import io

import pytest

from tests.documents import read

TITLE = "青山市临江区平林镇人民政府2016年度部门决算"
FUND = [
    ["科目编码", "科目名称", "年初结转和结余", "本年收入", "本年支出", "", "", "年末结转和结余"],
    ["", "", "", "", "小计", "基本支出", "项目支出", ""],
    ["栏次", "", "1", "2", "3", "4", "5", "6"],
    ["合计", "", "1.00", "9.00", "8.00", "0.00", "8.00", "2.00"],
    ["2120803", "城市建设支出", "1.00", "9.00", "8.00", "0.00", "8.00", "2.00"],
]
THREE = [["合计", "因公出国（境）费", "公务用车购置及运行维护费", "公务接待费"], ["3.00", "1.00", "0.00", "2.00"]]
SAID = {
    "government_fund_expenditure": [
        "opening_balance",
        "current_year",
        "subtotal",
        "basic",
        "project",
        "closing_balance",
    ],
    "three_public": ["total"] * 4,
}


def as_csv(padded):
    rows = [
        *(
            [TITLE],
            ["第二部分 2016年度部门决算表"],
            ["政府性基金预算财政拨款收入支出决算表"],
            ["", "单位：万元"],
            *FUND,
            [],
        ),
        *(["“三公”经费支出决算表"], ["", "单位：万元"], *THREE, ["第三部分 2016年度部门决算情况说明"], ["详见附表。"]),
    ]
    width = max(map(len, rows)) if padded else 0
    file = io.StringIO()
    csv.writer(file).writerows([*row, *[""] * (width - len(row))] for row in rows)
    return file.getvalue().encode()


def as_markdown():
    def table(rows):
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])

    return (
        f"# {TITLE}\n\n## 政府性基金预算财政拨款收入支出决算表\n\n单位：万元\n\n{table(FUND)}\n\n"
        f"## “三公”经费支出决算表\n\n单位：万元\n\n{table(THREE)}\n"
    ).encode()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(as_csv(padded=True), "x.csv", id="as wide as the widest table"),
        pytest.param(as_csv(padded=False), "x.csv", id="each row as wide as it is"),
        pytest.param(as_markdown(), "x.md", id="markdown"),
    ],
)
def test_every_table_of_a_sheet_is_read(data, name):
    extraction = read(data, name)
    said = {}
    for line in extraction.rows.budget_lines:
        if line.item != "城市建设支出":
            said.setdefault(line.table_code, []).append(line.measure)
    assert said == SAID
    assert extraction.disclosure.status == "complete"
    assert extraction.disclosure.entity_name == "青山市临江区平林镇人民政府"
    assert extraction.disclosure.title == TITLE


@pytest.mark.parametrize("rows", ["|  |  |  |", "|  |  |  |\n|  |  |  |", "| 合计 |  |  |"])
def test_a_table_of_blank_rows_is_an_empty_one(rows):
    text = (
        f"## 国有资本经营预算财政拨款支出决算表\n\n单位：万元\n\n| 科目编码 | 科目名称 | 合计 |\n|---|---|---|\n{rows}\n\n"
        "注：本部门没有国有资本经营预算，本表无数据。\n"
    )
    extraction = read(as_markdown() + b"\n" + text.encode(), "x.md")
    table = extraction.rows.tables[-1]
    assert (table.table_code, table.declared_empty, table.amount_count) == ("state_capital_expenditure", True, 0)
    assert extraction.disclosure.status == "complete"


@pytest.mark.parametrize("decimals", [".00", ""], ids=["amounts", "whole numbers"])
def test_further_columns_below_the_rows_of_a_sheet_are_no_rows_of_its_table(decimals):
    def sums(*row):
        return [cell + decimals if cell.isdecimal() and len(cell) < 4 else cell for cell in row]

    further = [sums("150", "30", "20"), sums("90", "30", "0"), sums("60", "0", "20")]
    rows = [
        ["青山市临江区人民医院2025年部门预算"],
        ["部门收入总表"],
        ["单位：万元"],
        ["科目编码", "科目名称", "合计", "一般公共预算拨款收入"],
        sums("", "合计", "640", "440"),
        sums("2100201", "综合医院", "420", "300"),
        sums("2100299", "其他公立医院支出", "220", "140"),
        ["事业收入", "事业单位经营收入", "其他收入"],
        *further,
    ]
    out = io.StringIO()
    csv.writer(out).writerows([*row, *[""] * (5 - len(row))] for row in rows)
    extraction = read(out.getvalue().encode(), "x.csv")
    lines = extraction.rows.budget_lines
    assert [(line.item, int(line.amount)) for line in lines if line.fund is None and not line.revenue_source] == [
        ("合计", 6_400_000),
        ("综合医院", 4_200_000),
        ("其他公立医院支出", 2_200_000),
    ]
    unclaimed = [row.printed for row in extraction.rows.numbers if row.class_ == "unclaimed"]
    assert unclaimed in ([], [cell for row in further for cell in row])
    assert extraction.disclosure.status == ("partial" if unclaimed else "complete")
