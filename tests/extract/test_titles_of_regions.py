"""Whole documents whose titles, numbers and columns other regions print in ways of their own: every line, and no other."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from tests.documents import read
from tests.extract.celled import Merged, extracted
from tests.extract.test_class_columns import unclaimed
from tests.extract.test_forms_of_regions import said, web_page
from tests.extract.test_rows_over_rows import failing

BUDGET, ACCOUNTS = "某市某局2024年部门预算", "某市某局2023年度部门决算"
# Titles without 表, and what a table is parted by behind a dash; the unit of money with 金额 before it.
CAPTIONS = [
    ACCOUNTS,
    "2023年度一般公共预算支出情况（按功能科目）",
    "金额单位：人民币万元",
    [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["201", "一般公共服务支出", "150.00", "100.00", "50.00"],
        ["20103", "政府办公厅（室）及相关机构事务", "150.00", "100.00", "50.00"],
        ["2010301", "行政运行", "100.00", "100.00", ""],
        ["2010302", "一般行政管理事务", "50.00", "", "50.00"],
        ["合计", "", "150.00", "100.00", "50.00"],
    ],
    "2023年度一般公共预算财政拨款基本支出决算表——按经济分类",
    "金额单位：人民币万元",
    [
        ["经济科目名称", "决算数", "备注"],
        ["工资福利支出", "80.00", ""],
        ["商品和服务支出", "20.00", ""],
        ["合计", "100.00", ""],
    ],
    "2023年度“三公”经费支出决算明细",
    "金额单位：人民币万元",
    [
        ["项目", "上年决算数", "本年决算数"],
        ["合计", "9.00", "8.00"],
        ["一、公务用车购置及运行费", "7.00", "6.00"],
        ["①公务用车购置费", "3.00", "0.00"],
        ["②公务用车运行维护费", "4.00", "6.00"],
        ["二、公务接待费", "2.00", "2.00"],
    ],
]
# Income and expenditure of a fund side by side, with what the year before left; 上年数 beside 本年数.
FUND = [
    BUDGET,
    "政府性基金预算收支表",
    "单位：万元",
    [
        [
            *(Merged("科目编码", 2), Merged("科目名称", 2), Merged("上年结转", 2), Merged("本年收入", 2)),
            *(Merged("本年支出", 1, 3), Merged("结转下年", 2)),
        ],
        ["合计", "基本支出", "项目支出"],
        ["2120803", "城市建设支出", "5.00", "60.00", "65.00", "0.00", "65.00", "0.00"],
    ],
    "一般公共预算拨款支出表",
    "单位：万元",
    [
        [Merged("科目编码", 2), Merged("科目名称", 2), Merged("上年数", 2), Merged("本年数", 1, 3)],
        ["合计", "人员类", "公用经费类"],
        ["2010301", "行政运行", "90.00", "100.00", "80.00", "20.00"],
    ],
]
# What the columns of personnel costs are parts of stands in no column of its own.
CLASSES = [
    BUDGET,
    "支出总表",
    "单位：万元",
    [
        [
            *(Merged("科目编码", 3), Merged("科目名称", 3), Merged("总计", 3)),
            *(Merged("基本支出", 1, 4), Merged("项目支出", 3)),
        ],
        [Merged("小计", 2), Merged("人员经费支出", 1, 2), Merged("公用经费支出", 2)],
        ["工资福利支出", "对个人和家庭的补助"],
        ["2010301", "行政运行", "130.00", "100.00", "70.00", "10.00", "20.00", "30.00"],
    ],
]

EXPECTED = {
    "captions": """
general_public_budget_expenditure subtotal expenditure 一般公共服务支出 201 total general_public_budget 2023 executed 150.00
general_public_budget_expenditure subtotal expenditure 一般公共服务支出 201 basic general_public_budget 2023 executed 100.00
general_public_budget_expenditure subtotal expenditure 一般公共服务支出 201 project general_public_budget 2023 executed 50.00
general_public_budget_expenditure subtotal expenditure 政府办公厅（室）及相关机构事务 20103 total general_public_budget 2023 executed 150.00
general_public_budget_expenditure subtotal expenditure 政府办公厅（室）及相关机构事务 20103 basic general_public_budget 2023 executed 100.00
general_public_budget_expenditure subtotal expenditure 政府办公厅（室）及相关机构事务 20103 project general_public_budget 2023 executed 50.00
general_public_budget_expenditure detail expenditure 行政运行 2010301 total general_public_budget 2023 executed 100.00
general_public_budget_expenditure detail expenditure 行政运行 2010301 basic general_public_budget 2023 executed 100.00
general_public_budget_expenditure detail expenditure 一般行政管理事务 2010302 total general_public_budget 2023 executed 50.00
general_public_budget_expenditure detail expenditure 一般行政管理事务 2010302 project general_public_budget 2023 executed 50.00
general_public_budget_expenditure total expenditure 合计 total general_public_budget 2023 executed 150.00
general_public_budget_expenditure total expenditure 合计 basic general_public_budget 2023 executed 100.00
general_public_budget_expenditure total expenditure 合计 project general_public_budget 2023 executed 50.00
general_public_budget_basic_expenditure detail expenditure 工资福利支出 301 total general_public_budget 2023 executed 80.00
general_public_budget_basic_expenditure detail expenditure 商品和服务支出 302 total general_public_budget 2023 executed 20.00
general_public_budget_basic_expenditure total expenditure 合计 total general_public_budget 2023 executed 100.00
three_public total expenditure 合计 total total 2022 executed 9.00
three_public total expenditure 合计 total total 2023 executed 8.00
three_public subtotal expenditure 公务用车购置及运行费 official_vehicles total 2022 executed 7.00
three_public subtotal expenditure 公务用车购置及运行费 official_vehicles total 2023 executed 6.00
three_public detail expenditure 公务用车购置费 official_vehicle_purchase total 2022 executed 3.00
three_public detail expenditure 公务用车购置费 official_vehicle_purchase total 2023 executed 0.00
three_public detail expenditure 公务用车运行维护费 official_vehicle_operation total 2022 executed 4.00
three_public detail expenditure 公务用车运行维护费 official_vehicle_operation total 2023 executed 6.00
three_public detail expenditure 公务接待费 official_reception total 2022 executed 2.00
three_public detail expenditure 公务接待费 official_reception total 2023 executed 2.00
""",
    "fund": """
government_fund_expenditure detail revenue 城市建设支出 2120803 carried_over government_fund 2024 approved 5.00
government_fund_expenditure detail revenue 城市建设支出 2120803 current_year government_fund 2024 approved 60.00
government_fund_expenditure detail expenditure 城市建设支出 2120803 total government_fund 2024 approved 65.00
government_fund_expenditure detail expenditure 城市建设支出 2120803 basic government_fund 2024 approved 0.00
government_fund_expenditure detail expenditure 城市建设支出 2120803 project government_fund 2024 approved 65.00
government_fund_expenditure detail expenditure 城市建设支出 2120803 closing_balance government_fund 2024 approved 0.00
general_public_budget_expenditure detail expenditure 行政运行 2010301 total general_public_budget 2023 approved 90.00
general_public_budget_expenditure detail expenditure 行政运行 2010301 total general_public_budget 2024 approved 100.00
general_public_budget_expenditure detail expenditure 行政运行 2010301 personnel general_public_budget 2024 approved 80.00
general_public_budget_expenditure detail expenditure 行政运行 2010301 public general_public_budget 2024 approved 20.00
""",
    "classes": """
expenditure detail expenditure 行政运行 2010301 total 2024 approved 130.00
expenditure detail expenditure 行政运行 2010301 basic 2024 approved 100.00
expenditure detail expenditure 工资福利支出 2010301 301 personnel 2024 approved 70.00
expenditure detail expenditure 对个人和家庭的补助 2010301 303 personnel 2024 approved 10.00
expenditure detail expenditure 行政运行 2010301 public 2024 approved 20.00
expenditure detail expenditure 行政运行 2010301 project 2024 approved 30.00
""",
}


@pytest.mark.parametrize("drawn_as", ["cells", pytest.param("web page", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("parts", "name"), [(CAPTIONS, "captions"), (FUND, "fund"), (CLASSES, "classes")])
def test_every_line_of_a_table_means_what_its_title_and_header_say(parts, name, drawn_as):
    extraction = extracted(*parts) if drawn_as == "cells" else read(web_page(parts), "x.html")
    assert said(extraction) == EXPECTED[name].strip().split("\n")
    assert unclaimed(extraction) == []
    assert [row.status for row in extraction.rows.disclosures] == ["complete"]
    assert failing(extraction) == set()


def test_personnel_costs_that_classes_do_not_add_up_to_are_reported_where_they_stand_in_a_column():
    header = [["科目编码", "科目名称", "总计", "基本支出", "人员经费", "公用经费", "项目支出"]]
    row = ["2010301", "行政运行", "130.00", "100.00", "70.00", "20.00", "30.00"]
    assert "row_basic_personnel_public" in failing(extracted(BUDGET, "支出总表", "单位：万元", [*header, row]))


def book(title, *sheets):
    """A workbook with a cover and a sheet for each table, the number of its form in the last column above its title."""
    made = openpyxl.Workbook()
    made.active.append([title])
    for number, (name, rows) in enumerate(sheets, start=1):
        sheet, beside = made.create_sheet(f"{number}"), [None] * (len(rows[0]) - 1)
        for row in ([*beside, f"表{number}"], [name], [*beside, "单位：万元"], *rows):
            sheet.append(row)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


FUNCTION = [["科目编码", "科目名称", "合计", "基本支出", "项目支出"], ["2010301", "行政运行", "150.5", "100.5", "50.0"]]
SHEETS = (("支出总表", FUNCTION), ("一般公共预算支出表", FUNCTION))


def test_the_number_of_a_form_in_the_last_column_is_no_row_of_the_table_above_it():
    extraction = read(book(BUDGET, *SHEETS), "x.xlsx")
    assert [(table.table_code, table.row_count) for table in extraction.rows.tables] == [
        ("expenditure", 1),
        ("general_public_budget_expenditure", 1),
    ]
    assert [row.status for row in extraction.rows.disclosures] == ["complete"]


TWO_YEARS = [["科目编码", "科目名称", "上年预算数", "本年预算数"], ["2010301", "行政运行", "90.5", "100.5"]]


def test_a_year_in_brackets_behind_a_title_is_the_year_of_the_document():
    extraction = read(book("某市某局部门预算（2024年）", ("一般公共预算支出表", TWO_YEARS)), "x.xlsx")
    assert [(line.fiscal_year, line.printed) for line in extraction.rows.budget_lines] == [
        (2023, "90.5"),
        (2024, "100.5"),
    ]


def test_amounts_of_the_year_before_one_that_no_word_names_are_not_published():
    extraction = read(book("某市某局部门预算", ("一般公共预算支出表", TWO_YEARS)), "x.xlsx")
    assert [(line.fiscal_year, line.printed) for line in extraction.rows.budget_lines] == [(None, "100.5")]
    [disclosure] = extraction.rows.disclosures
    assert disclosure.status == "partial" and "does not say which year" in (disclosure.reason or "")
