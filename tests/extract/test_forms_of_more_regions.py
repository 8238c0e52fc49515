"""Tables of further regions, drawn as cells, as web pages and as ruled PDFs: every line that they give, and no other."""

from __future__ import annotations

from functools import cache

import pytest
from reportlab.lib.pagesizes import A3, landscape

from pipeline.extract.records import Extraction
from tests.documents import read
from tests.extract.accounts import wrapped
from tests.extract.celled import Merged, extracted
from tests.extract.pdfs import Line, pdf
from tests.extract.test_class_columns import unclaimed
from tests.extract.test_forms_of_regions import amounts, said, web_page
from tests.tables import failing_checks

BUDGET, ACCOUNTS = "某省某厅2024年部门预算", "某省某局2024年度部门决算"
SIX = ("一般公共预算", "政府性基金预算", "国有资本经营预算", "财政专户管理资金")
# The national forms of the integrated budget management, as Anhui and Hubei print them: what the year brings beside
# what the year before left, by fund.
BY_FUND = [
    BUDGET,
    "部门公开表2",
    "部门收入总表",
    "单位：万元",
    [
        [
            *(Merged("部门（单位）代码", 3), Merged("部门（单位）名称", 3), Merged("合计", 3)),
            *(Merged("本年收入", 1, 7), Merged("上年结转结余", 1, 6)),
        ],
        [
            *(Merged(word, 2) for word in ("小计", *SIX)),
            Merged("单位资金", 1, 2),
            *(Merged(word, 2) for word in ("小计", *SIX, "单位资金")),
        ],
        ["事业收入", "其他收入"],
        ["", "合计", *amounts("1,050.00 950.00 800.00 100.00 - - 20.00 30.00 100.00 60.00 - - - 40.00")],
        ["012", "某厅", *amounts("1,050.00 950.00 800.00 100.00 - - 20.00 30.00 100.00 60.00 - - - 40.00")],
        ["012001", "某厅机关", *amounts("850.00 800.00 700.00 100.00 - - - - 50.00 50.00 - - - -")],
        ["012002", "某厅信息中心", *amounts("200.00 150.00 100.00 - - - 20.00 30.00 50.00 10.00 - - - 40.00")],
    ],
]
# Jiangxi prints sections with two digits below classes, and what the year before left before all others.
SHORT_CODES = [
    BUDGET,
    "部门收入总表",
    "单位：万元",
    [
        [
            *(Merged("支出功能分类科目", 1, 2), Merged("合计", 2), Merged("上年结转（结余）", 2)),
            *(Merged("财政拨款", 1, 3), Merged("教育收费资金收入", 2), Merged("事业收入", 2)),
        ],
        ["科目编码", "科目名称", "小计", "一般公共预算收入", "政府性基金预算收入"],
        ["", "合计", *amounts("870.00 50.00 800.00 700.00 100.00 - 20.00")],
        ["201", "一般公共服务支出", *amounts("770.00 50.00 700.00 700.00 - - 20.00")],
        ["03", "政府办公厅（室）及相关机构事务", *amounts("770.00 50.00 700.00 700.00 - - 20.00")],
        ["2010301", "行政运行", *amounts("770.00 50.00 700.00 700.00 - - 20.00")],
        ["212", "城乡社区支出", *amounts("100.00 - 100.00 - 100.00 - -")],
        ["08", "国有土地使用权出让收入安排的支出", *amounts("100.00 - 100.00 - 100.00 - -")],
        ["2120899", "其他国有土地使用权出让收入安排的支出", *amounts("100.00 - 100.00 - 100.00 - -")],
    ],
]
# Hainan and Guizhou: two years side by side, with a change and its rate.
TWO_YEARS = [
    BUDGET,
    "一般公共预算支出表",
    "单位：万元",
    [
        [
            *(Merged("支出功能分类科目", 1, 2), Merged("2023年预算数", 1, 2), Merged("2024年预算数", 1, 2)),
            Merged("2024年比2023年增减", 1, 2),
        ],
        ["科目编码", "科目名称", "合计", "项目支出", "合计", "项目支出", "增减额", "增减幅度（%）"],
        ["", "合计", *amounts("100.00 100.00 150.00 150.00 50.00 50.00")],
        ["2010302", "一般行政管理事务", *amounts("100.00 100.00 150.00 150.00 50.00 50.00")],
    ],
    "一般公共预算“三公”经费支出表",
    "单位：万元",
    [
        [Merged("2023年预算数", 1, 5), Merged("2024年预算数", 1, 5)],
        [Merged("合计", 2), Merged("公务用车购置及运行费", 1, 3), Merged("公务接待费", 2)] * 2,
        ["小计", "公务用车购置费", "公务用车运行费"] * 2,
        amounts("12.00 10.00 - 10.00 2.00 10.00 8.00 - 8.00 2.00"),
    ],
]
# Guangxi: the total takes in conferences and training, in rows.
WITH_CONFERENCES = [
    BUDGET,
    "财政拨款“三公”经费、会议费和培训费支出情况表",
    "单位：万元",
    [
        ["项目", "2024年预算数"],
        ["“三公”经费小计", "10.00"],
        ["公务接待费", "2.00"],
        ["公务用车购置及运行费", "8.00"],
        ["会议费", "1.00"],
        ["培训费", "3.00"],
        ["合计", "14.00"],
    ],
]
# Inner Mongolia: where a project's money came from, and what was spent.
SOURCES = [
    ACCOUNTS,
    "项目收入支出决算表",
    "单位：万元",
    [
        [
            *(Merged("项目", 1, 2), Merged("资金来源", 1, 4), Merged("支出数", 1, 3)),
            Merged("年末结转和结余", 2),
        ],
        [
            *("项目代码", "项目名称", "合计", "年初结转和结余", "财政拨款", "其他资金"),
            *("合计", "财政拨款", "其他资金"),
        ],
        ["", "合计", *amounts("110.00 10.00 100.00 - 105.00 105.00 - 5.00")],
        ["1500001", "普查", *amounts("110.00 10.00 100.00 - 105.00 105.00 - 5.00")],
    ],
]
EXPECTED = {
    "by fund": """
income total revenue 合计 total 2024 approved 1,050.00
income total revenue 合计 current_year 2024 approved 950.00
income total revenue 合计 current_year general_public_budget 2024 approved 800.00
income total revenue 合计 current_year government_fund 2024 approved 100.00
income total revenue 合计 current_year operating_undertaking 2024 approved 20.00
income total revenue 合计 current_year other 2024 approved 30.00
income total revenue 合计 carried_over 2024 approved 100.00
income total revenue 合计 carried_over general_public_budget 2024 approved 60.00
income total revenue 合计 carried_over other 2024 approved 40.00
income subtotal revenue 某厅 total 2024 approved 1,050.00
income subtotal revenue 某厅 current_year 2024 approved 950.00
income subtotal revenue 某厅 current_year general_public_budget 2024 approved 800.00
income subtotal revenue 某厅 current_year government_fund 2024 approved 100.00
income subtotal revenue 某厅 current_year operating_undertaking 2024 approved 20.00
income subtotal revenue 某厅 current_year other 2024 approved 30.00
income subtotal revenue 某厅 carried_over 2024 approved 100.00
income subtotal revenue 某厅 carried_over general_public_budget 2024 approved 60.00
income subtotal revenue 某厅 carried_over other 2024 approved 40.00
income detail revenue 某厅机关 total 2024 approved 850.00
income detail revenue 某厅机关 current_year 2024 approved 800.00
income detail revenue 某厅机关 current_year general_public_budget 2024 approved 700.00
income detail revenue 某厅机关 current_year government_fund 2024 approved 100.00
income detail revenue 某厅机关 carried_over 2024 approved 50.00
income detail revenue 某厅机关 carried_over general_public_budget 2024 approved 50.00
income detail revenue 某厅信息中心 total 2024 approved 200.00
income detail revenue 某厅信息中心 current_year 2024 approved 150.00
income detail revenue 某厅信息中心 current_year general_public_budget 2024 approved 100.00
income detail revenue 某厅信息中心 current_year operating_undertaking 2024 approved 20.00
income detail revenue 某厅信息中心 current_year other 2024 approved 30.00
income detail revenue 某厅信息中心 carried_over 2024 approved 50.00
income detail revenue 某厅信息中心 carried_over general_public_budget 2024 approved 10.00
income detail revenue 某厅信息中心 carried_over other 2024 approved 40.00
""",
    "short codes": """
income total revenue 合计 total 2024 approved 870.00
income total revenue 合计 carried_over 2024 approved 50.00
income total revenue 合计 subtotal fiscal_appropriation 2024 approved 800.00
income total revenue 合计 total general_public_budget fiscal_appropriation 2024 approved 700.00
income total revenue 合计 total government_fund fiscal_appropriation 2024 approved 100.00
income total revenue 合计 total operating_undertaking 2024 approved 20.00
income subtotal revenue 一般公共服务支出 201 total 2024 approved 770.00
income subtotal revenue 一般公共服务支出 201 carried_over 2024 approved 50.00
income subtotal revenue 一般公共服务支出 201 subtotal fiscal_appropriation 2024 approved 700.00
income subtotal revenue 一般公共服务支出 201 total general_public_budget fiscal_appropriation 2024 approved 700.00
income subtotal revenue 一般公共服务支出 201 total operating_undertaking 2024 approved 20.00
income subtotal revenue 政府办公厅（室）及相关机构事务 20103 total 2024 approved 770.00
income subtotal revenue 政府办公厅（室）及相关机构事务 20103 carried_over 2024 approved 50.00
income subtotal revenue 政府办公厅（室）及相关机构事务 20103 subtotal fiscal_appropriation 2024 approved 700.00
income subtotal revenue 政府办公厅（室）及相关机构事务 20103 total general_public_budget fiscal_appropriation 2024 approved 700.00
income subtotal revenue 政府办公厅（室）及相关机构事务 20103 total operating_undertaking 2024 approved 20.00
income detail revenue 行政运行 2010301 total 2024 approved 770.00
income detail revenue 行政运行 2010301 carried_over 2024 approved 50.00
income detail revenue 行政运行 2010301 subtotal fiscal_appropriation 2024 approved 700.00
income detail revenue 行政运行 2010301 total general_public_budget fiscal_appropriation 2024 approved 700.00
income detail revenue 行政运行 2010301 total operating_undertaking 2024 approved 20.00
income subtotal revenue 城乡社区支出 212 total 2024 approved 100.00
income subtotal revenue 城乡社区支出 212 subtotal fiscal_appropriation 2024 approved 100.00
income subtotal revenue 城乡社区支出 212 total government_fund fiscal_appropriation 2024 approved 100.00
income subtotal revenue 国有土地使用权出让收入安排的支出 21208 total 2024 approved 100.00
income subtotal revenue 国有土地使用权出让收入安排的支出 21208 subtotal fiscal_appropriation 2024 approved 100.00
income subtotal revenue 国有土地使用权出让收入安排的支出 21208 total government_fund fiscal_appropriation 2024 approved 100.00
income detail revenue 其他国有土地使用权出让收入安排的支出 2120899 total 2024 approved 100.00
income detail revenue 其他国有土地使用权出让收入安排的支出 2120899 subtotal fiscal_appropriation 2024 approved 100.00
income detail revenue 其他国有土地使用权出让收入安排的支出 2120899 total government_fund fiscal_appropriation 2024 approved 100.00
""",
    "two years": """
general_public_budget_expenditure total expenditure 合计 total general_public_budget 2023 approved 100.00
general_public_budget_expenditure total expenditure 合计 project general_public_budget 2023 approved 100.00
general_public_budget_expenditure total expenditure 合计 total general_public_budget 2024 approved 150.00
general_public_budget_expenditure total expenditure 合计 project general_public_budget 2024 approved 150.00
general_public_budget_expenditure total expenditure 合计 change general_public_budget 2024 approved 50.00
general_public_budget_expenditure detail expenditure 一般行政管理事务 2010302 total general_public_budget 2023 approved 100.00
general_public_budget_expenditure detail expenditure 一般行政管理事务 2010302 project general_public_budget 2023 approved 100.00
general_public_budget_expenditure detail expenditure 一般行政管理事务 2010302 total general_public_budget 2024 approved 150.00
general_public_budget_expenditure detail expenditure 一般行政管理事务 2010302 project general_public_budget 2024 approved 150.00
general_public_budget_expenditure detail expenditure 一般行政管理事务 2010302 change general_public_budget 2024 approved 50.00
three_public total expenditure 合计 total total general_public_budget 2023 approved 12.00
three_public subtotal expenditure 公务用车购置及运行费 official_vehicles total general_public_budget 2023 approved 10.00
three_public detail expenditure 公务用车运行费 official_vehicle_operation total general_public_budget 2023 approved 10.00
three_public detail expenditure 公务接待费 official_reception total general_public_budget 2023 approved 2.00
three_public total expenditure 合计 total total general_public_budget 2024 approved 10.00
three_public subtotal expenditure 公务用车购置及运行费 official_vehicles total general_public_budget 2024 approved 8.00
three_public detail expenditure 公务用车运行费 official_vehicle_operation total general_public_budget 2024 approved 8.00
three_public detail expenditure 公务接待费 official_reception total general_public_budget 2024 approved 2.00
""",
    "with conferences": """
three_public subtotal expenditure “三公”经费小计 total total 2024 approved 10.00
three_public detail expenditure 公务接待费 official_reception total 2024 approved 2.00
three_public detail expenditure 公务用车购置及运行费 official_vehicles total 2024 approved 8.00
three_public detail expenditure 会议费 conference total 2024 approved 1.00
three_public detail expenditure 培训费 training total 2024 approved 3.00
three_public total expenditure 合计 total total 2024 approved 14.00
""",
    "sources": """
project_income_expenditure total revenue 合计 total 2024 executed 110.00
project_income_expenditure total revenue 合计 opening_balance 2024 executed 10.00
project_income_expenditure total revenue 合计 total fiscal_appropriation 2024 executed 100.00
project_income_expenditure total expenditure 合计 total 2024 executed 105.00
project_income_expenditure total expenditure 合计 total fiscal_appropriation 2024 executed 105.00
project_income_expenditure total expenditure 合计 closing_balance 2024 executed 5.00
project_income_expenditure detail revenue 普查 total 2024 executed 110.00
project_income_expenditure detail revenue 普查 opening_balance 2024 executed 10.00
project_income_expenditure detail revenue 普查 total fiscal_appropriation 2024 executed 100.00
project_income_expenditure detail expenditure 普查 total 2024 executed 105.00
project_income_expenditure detail expenditure 普查 total fiscal_appropriation 2024 executed 105.00
project_income_expenditure detail expenditure 普查 closing_balance 2024 executed 5.00
""",
}


def ruled(parts):
    """The parts as a PDF of ruled tables, one a page."""
    pages, page = [], []
    for part in parts[1:]:
        page.append(Line(part, None) if isinstance(part, str) else _table(part))
        if not isinstance(part, str):
            pages.append(page)
            page = []
    return pdf([Line(parts[0], None)], *pages, size=landscape(A3))


def _table(rows):
    drawn, covered = [], set()
    for at, row in enumerate(rows):
        cells, places = [], iter(row)
        for column in range(sum(one.columns if isinstance(one, Merged) else 1 for one in rows[-1])):
            if len(cells) > column or (at, column) in covered:
                cells += [None] * (len(cells) == column)
                continue
            one = next(places)
            one = one if isinstance(one, Merged) else Merged(one)
            cells += [(one.text, one.columns, one.rows)] if (one.columns, one.rows) != (1, 1) else [one.text]
            covered |= {(at + r, column + c) for r in range(one.rows) for c in range(one.columns) if r or c}
        drawn.append(_without_merged(cells))
    width = 1000 / len(rows[-1])
    return wrapped([width] * len(rows[-1]), drawn, x=60)


def _without_merged(cells):
    """The cells of a row without the places that one over several columns covers."""
    kept, skip = [], 0
    for cell in cells:
        if not skip:
            kept.append(cell)
            skip = cell[1] if isinstance(cell, tuple) else 1
        skip -= 1
    return kept


DOCUMENTS = {
    "by fund": BY_FUND,
    "short codes": SHORT_CODES,
    "two years": TWO_YEARS,
    "with conferences": WITH_CONFERENCES,
    "sources": SOURCES,
}
DRAWN = {
    "cells": lambda parts: extracted(*parts),
    "web page": lambda parts: read(web_page(parts), "x.html"),
    "pdf": lambda parts: read(ruled(parts), "x.pdf"),
}


@cache
def drawn(drawn_as: str) -> dict[str, tuple[Extraction, list[str]]]:
    """All documents, and the checks that fail in each, evaluated at once."""
    made = [DRAWN[drawn_as](parts) for parts in DOCUMENTS.values()]
    return dict(zip(DOCUMENTS, zip(made, failing_checks(made))))


@pytest.mark.parametrize(
    "drawn_as", [pytest.param(way, marks=[] if way == "cells" else pytest.mark.slow) for way in DRAWN]
)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_line_of_a_table_means_what_its_form_says(name, drawn_as):
    extraction, failed = drawn(drawn_as)[name]
    assert said(extraction) == EXPECTED[name].strip().split("\n")
    assert unclaimed(extraction) == []
    assert [row.status for row in extraction.rows.disclosures] == ["complete"]
    assert failed == []


def test_conferences_stand_beside_a_total_that_leaves_them_out():
    rows = [*WITH_CONFERENCES[3][:-1], ["合计", "10.00"]]
    kinds = {line.item: line.row_kind for line in extracted(*WITH_CONFERENCES[:3], rows).rows.budget_lines}
    assert (kinds["会议费"], kinds["培训费"]) == ("memo", "memo")
