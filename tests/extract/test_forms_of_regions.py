"""Whole documents of several regions, drawn as cells and as web pages: every line that they give, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape

import pytest

from pipeline.extract.records import Extraction
from tests.documents import read
from tests.extract.celled import Merged, Rows, extracted
from tests.extract.test_class_columns import unclaimed
from tests.extract.test_rows_over_rows import failing
from tests.tables import failing_checks

EXPENSES = [
    Merged("小计", 2),
    Merged("因公出国（境）费用", 2),
    Merged("公务接待费", 2),
    Merged("公务用车购置及运行维护费", 1, 2),
]
OF_ONE_TIME = [
    Merged("合计", 3),
    Merged("一般公共预算拨款安排的“三公”经费预算", 1, 5),
    Merged("会议费", 3),
    Merged("培训费", 3),
]


def amounts(text: str) -> list[str]:
    return ["" if each == "-" else each for each in text.split()]


SHAANXI: list[str | Rows] = [
    "陕西省某市某局2024年部门综合预算",
    "2024年部门综合预算收入总表",
    "单位：万元",
    [
        [
            *(Merged("单位编码", 2), Merged("单位名称", 2), Merged("合计", 2), Merged("公共预算拨款", 1, 2)),
            *(Merged("政府性基金拨款", 2), Merged("事业收入", 1, 2), Merged("对附属单位上缴收入", 2)),
            *(Merged("上年结转", 1, 2), Merged("上年实户资金余额", 2), Merged("其他收入", 2)),
        ],
        [
            *("小计", "其中：专项资金列入部门预算项目", "小计", "其中：纳入财政专户管理的收费"),
            *("小计", "其中：财政拨款资金结转"),
        ],
        ["146001", "某市某局机关", *amounts("1,000.00 700.00 - 100.00 60.00 20.00 10.00 80.00 30.00 50.00 40.00")],
    ],
    "2024年部门综合预算一般公共预算支出明细表（按支出经济分类科目）",
    "单位：万元",
    [
        [
            *("部门经济科目编码", "部门经济科目名称", "政府经济科目编码", "政府经济科目名称"),
            *("合计", "人员经费支出", "公用经费支出", "专项业务经费支出", "备注"),
        ],
        ["", "合计", "", "", "700.00", "400.00", "100.00", "200.00", ""],
        ["301", "工资福利支出", "", "", "400.00", "400.00", "", "", ""],
        ["30101", "基本工资", "50101", "工资奖金津补贴", "400.00", "400.00", "", "", ""],
        ["302", "商品和服务支出", "", "", "300.00", "", "100.00", "200.00", ""],
        ["30201", "办公费", "50201", "办公经费", "100.00", "", "100.00", "", ""],
        ["30227", "委托业务费", "50205", "委托业务费", "200.00", "", "", "200.00", ""],
    ],
    "2024年部门综合预算专项业务经费支出表",
    "单位：万元",
    [
        ["单位编码", "单位（项目）名称", "项目金额", "项目简介"],
        ["", "合计", "200.00", ""],
        ["146001", "某市某局机关", "200.00", ""],
        ["", "普查专项", "150.00", "普查"],
        ["", "宣传专项", "50.00", "宣传"],
    ],
    "2024年部门综合预算一般公共预算拨款“三公”经费及会议费、培训费支出预算表",
    "单位：万元",
    [
        [
            *(Merged("单位编码", 4), Merged("单位名称", 4)),
            *(Merged("2023年", 1, 8), Merged("2024年", 1, 8), Merged("增减变化情况", 1, 8)),
        ],
        OF_ONE_TIME * 3,
        EXPENSES * 3,
        ["公务用车购置费", "公务用车运行维护费"] * 3,
        [
            *("146001", "某市某局机关"),
            *amounts("13.00 10.00 - 2.00 - 8.00 2.00 1.00"),
            *amounts("11.00 9.00 - 1.50 - 7.50 1.50 0.50"),
            *amounts("-2.00 -1.00 - -0.50 - -0.50 -0.50 -0.50"),
        ],
    ],
]

HUNAN: list[str | Rows] = [
    "湖南省某县某局2024年部门预算",
    "收入总表",
    "单位：万元",
    [
        [
            *(Merged("单位代码", 2), Merged("单位名称", 2), Merged("总计", 2), Merged("一般公共预算拨款", 1, 3)),
            *(Merged("政府性基金预算拨款", 2), Merged("纳入专户管理的非税收入", 2), Merged("上年结转结余", 2)),
        ],
        ["小计", "经费拨款（补助）", "纳入一般公共预算管理的非税收入拨款"],
        ["501001", "某县某局本级", *amounts("900.00 800.00 780.00 20.00 50.00 30.00 20.00")],
    ],
    "一般公共预算支出表",
    "单位：万元",
    [
        [
            *(Merged("功能分类科目", 1, 2), Merged("2023年执行数", 2), Merged("2024年预算数", 1, 3)),
            Merged("2024年预算数比2023年执行数", 1, 2),
        ],
        ["科目编码", "科目名称", "小计", "基本支出", "项目支出", "增减额", "增减%"],
        ["", "合计", "700.00", "800.00", "600.00", "200.00", "100.00", "14.29"],
        ["2010301", "行政运行", "550.00", "600.00", "600.00", "", "50.00", "9.09"],
        ["2010302", "一般行政管理事务", "150.00", "200.00", "", "200.00", "50.00", "33.33"],
    ],
    "一般公共预算基本支出表-人员经费（对个人和家庭的补助）（按部门预算经济分类）",
    "单位：万元",
    [
        ["科目编码", "科目名称", "总计"],
        ["303", "对个人和家庭的补助", "50.00"],
        ["30302", "退休费", "50.00"],
        ["", "合计", "50.00"],
    ],
]

YUNNAN: list[str | Rows] = [
    "云南省某市某局2024年部门预算",
    "一般公共预算“三公”经费预算表",
    "单位：万元",
    [
        [
            *(Merged("项目", 2), Merged("本年年初预算数", 2), Merged("上年年初预算数", 2)),
            Merged("本年预算比上年增减情况", 1, 2),
        ],
        ["增减额", "增减幅度"],
        ["合计", "9.49", "13.00", "-3.51", "-27.0%"],
        ["1.因公出国（境）费", "", "", "", "0"],
        ["2.公务接待费", "1.99", "2.00", "-0.01", "-0.5%"],
        ["3.公务用车购置及运行费", "7.50", "11.00", "-3.50", "-31.8%"],
    ],
    "部门项目支出预算表（其他运转类、特定目标类项目）",
    "单位：元",
    [
        [
            *("项目分类", "项目名称", "项目单位", "功能科目编码", "功能科目名称", "经济科目编码", "经济科目名称"),
            *("合计", "其中：一般公共预算安排", "单位资金"),
        ],
        [
            *("其他运转类", "档案整理经费", "某市某局", "2010302", "一般行政管理事务", "30201", "办公费"),
            *("500.00", "500.00", ""),
        ],
        [
            *("特定目标类", "普查经费", "某市某局", "2010302", "一般行政管理事务", "30227", "委托业务费"),
            *("1500.00", "1000.00", "500.00"),
        ],
        ["合计", "", "", "", "", "", "", "2000.00", "1500.00", "500.00"],
    ],
    "部门支出预算表",
    "单位：元",
    [
        [
            *(Merged("科目编码", 2), Merged("科目名称", 2), Merged("合计", 2)),
            *(Merged("基本支出", 1, 3), Merged("项目支出", 1, 3)),
        ],
        ["小计", "人员类", "公用经费（运转类）", "小计", "其他运转类", "特定目标类"],
        ["2010301", "行政运行", *amounts("600.00 600.00 500.00 100.00 - - -")],
        ["2010302", "一般行政管理事务", *amounts("2000.00 - - - 2000.00 500.00 1500.00")],
        ["合计", "", *amounts("2600.00 600.00 500.00 100.00 2000.00 500.00 1500.00")],
    ],
]

SHANXI: list[str | Rows] = [
    "山西省某县某局2024年部门预算",
    "某县某局2024年政府性基金预算收入表",
    "单位：万元",
    [
        ["科目编码", "科目名称", "合计"],
        ["10301", "政府性基金收入", "500.00"],
        ["1030148", "国有土地使用权出让收入", "500.00"],
        ["", "合计", "500.00"],
    ],
    "某县某局2024年“三公”经费预算财政拨款情况统计表",
    "单位：万元",
    [
        ["项目", "2023-预算数", "2024年-预算数", "增减率"],
        ["合计", "5.00", "4.00", "-20"],
        ["公务接待费", "1.00", "0.50", "-50"],
        ["公务用车购置及运行维护费", "4.00", "3.50", "-12.5"],
    ],
    "2024年政府性基金收支表",
    "单位：万元",
    [
        [Merged("收入", 1, 2), Merged("支出", 1, 4)],
        ["项目", "预算数", "支出功能分类科目（按大类）", "预算数", "部门预算支出经济科目（按大类）", "预算数"],
        ["一、政府性基金拨款", "500.00", "一、城乡社区支出", "500.00", "一、商品和服务支出", "500.00"],
        ["收入总计", "500.00", "支出总计", "500.00", "支出总计", "500.00"],
    ],
]


SICHUAN: list[str | Rows] = [
    "四川省某市某局2024年部门预算",
    "表3-2 一般公共预算项目支出预算表",
    "单位：万元",
    [
        [Merged("科目编码", 1, 3), Merged("单位代码", 2), Merged("单位名称（项目）", 2), Merged("金额", 2)],
        ["类", "款", "项"],
        ["", "", "", "", "合计", "90.00"],
        ["", "", "", "", "某市某局", "90.00"],
        ["201", "03", "02", "", "一般行政管理事务", "60.00"],
        ["201", "03", "02", "301601", "档案整理经费", "40.00"],
        ["201", "03", "02", "301601", "普查经费", "20.00"],
        ["201", "05", "05", "", "专项统计业务", "30.00"],
        ["201", "05", "05", "301601", "抽样调查经费", "30.00"],
    ],
]

GUANGDONG: list[str | Rows] = [
    "广东省某市某局2024年部门预算",
    "收入总体情况表",
    "单位：万元",
    [
        ["项目", "2024年预算"],
        ["一、预算拨款", "800.00"],
        ["一般公共预算拨款", "800.00"],
        ["政府性基金预算拨款", ""],
        ["二、财政专户拨款", "20.00"],
        ["教育收费", "20.00"],
        ["三、其他资金", "30.00"],
        ["事业收入", "10.00"],
        ["其他收入", "20.00"],
        ["本年收入合计", "850.00"],
        ["收入总计", "850.00"],
    ],
    "财政拨款安排的“三公”经费支出情况表",
    "单位：万元",
    [
        ["项目", "2023年预算数", "2024年预算数", "预算数比上年预算数增减额", "增减率（%）"],
        ["“三公”经费合计", "5.00", "4.00", "-1.00", "-20.00"],
        ["公务接待费", "5.00", "4.00", "-1.00", "-20.00"],
    ],
]


def web_page(parts: Sequence[str | Rows]) -> bytes:
    """The parts of a document as HTML: paragraphs, and tables whose cells reach over rows and columns."""
    html = ['<html><head><meta charset="utf-8"></head><body>']
    for part in parts:
        if isinstance(part, str):
            html.append(f"<p>{escape(part)}</p>")
            continue
        rows = []
        for row in part:
            cells = (each if isinstance(each, Merged) else Merged(each) for each in row)
            spans = (f'<td rowspan="{c.rows}" colspan="{c.columns}">{escape(c.text)}</td>' for c in cells)
            rows.append(f"<tr>{''.join(spans)}</tr>")
        html.append(f"<table>{''.join(rows)}</table>")
    return "".join([*html, "</body></html>"]).encode()


def said(extraction: Extraction) -> list[str]:
    """All budget lines, one a line of text: what their table, row and column say, and the amount."""
    found = []
    for line in extraction.rows.budget_lines:
        codes = (line.function_code, line.department_economic_code, line.government_economic_code, line.expense)
        words = (line.row_kind, line.direction, line.item, *codes, line.measure, line.fund, line.revenue_source)
        told = " ".join(word for word in (line.table_code, *words) if word)
        found.append(f"{told} {line.fiscal_year} {line.phase} {line.printed}")
    return found


EXPECTED = {
    "shaanxi": """
income detail revenue 某市某局机关 total 2024 approved 1,000.00
income detail revenue 某市某局机关 subtotal general_public_budget 2024 approved 700.00
income detail revenue 某市某局机关 total government_fund 2024 approved 100.00
income detail revenue 某市某局机关 subtotal operating_undertaking 2024 approved 60.00
income detail revenue 某市某局机关 total fiscal_special_account operating_undertaking 2024 approved 20.00
income detail revenue 某市某局机关 total subordinate_remittance 2024 approved 10.00
income detail revenue 某市某局机关 carried_over 2024 approved 80.00
income detail revenue 某市某局机关 carried_over fiscal_appropriation 2024 approved 30.00
income detail revenue 某市某局机关 carried_over unit_account_balance 2024 approved 50.00
income detail revenue 某市某局机关 total other 2024 approved 40.00
expenditure_by_economic_class total expenditure 合计 total general_public_budget 2024 approved 700.00
expenditure_by_economic_class total expenditure 合计 personnel general_public_budget 2024 approved 400.00
expenditure_by_economic_class total expenditure 合计 public general_public_budget 2024 approved 100.00
expenditure_by_economic_class total expenditure 合计 project general_public_budget 2024 approved 200.00
expenditure_by_economic_class subtotal expenditure 工资福利支出 301 total general_public_budget 2024 approved 400.00
expenditure_by_economic_class subtotal expenditure 工资福利支出 301 personnel general_public_budget 2024 approved 400.00
expenditure_by_economic_class detail expenditure 30101 50101 total general_public_budget 2024 approved 400.00
expenditure_by_economic_class detail expenditure 30101 50101 personnel general_public_budget 2024 approved 400.00
expenditure_by_economic_class subtotal expenditure 商品和服务支出 302 total general_public_budget 2024 approved 300.00
expenditure_by_economic_class subtotal expenditure 商品和服务支出 302 public general_public_budget 2024 approved 100.00
expenditure_by_economic_class subtotal expenditure 商品和服务支出 302 project general_public_budget 2024 approved 200.00
expenditure_by_economic_class detail expenditure 30201 50201 total general_public_budget 2024 approved 100.00
expenditure_by_economic_class detail expenditure 30201 50201 public general_public_budget 2024 approved 100.00
expenditure_by_economic_class detail expenditure 30227 50205 total general_public_budget 2024 approved 200.00
expenditure_by_economic_class detail expenditure 30227 50205 project general_public_budget 2024 approved 200.00
project_expenditure total expenditure 合计 total 2024 approved 200.00
project_expenditure subtotal expenditure 某市某局机关 total 2024 approved 200.00
project_expenditure detail expenditure 普查专项 total 2024 approved 150.00
project_expenditure detail expenditure 宣传专项 total 2024 approved 50.00
three_public total expenditure 合计 total total general_public_budget 2023 approved 13.00
three_public subtotal expenditure 小计 total subtotal general_public_budget 2023 approved 10.00
three_public detail expenditure 公务接待费 official_reception total general_public_budget 2023 approved 2.00
three_public detail expenditure 公务用车运行维护费 official_vehicle_operation total general_public_budget 2023 approved 8.00
three_public detail expenditure 会议费 conference total general_public_budget 2023 approved 2.00
three_public detail expenditure 培训费 training total general_public_budget 2023 approved 1.00
three_public total expenditure 合计 total total general_public_budget 2024 approved 11.00
three_public subtotal expenditure 小计 total subtotal general_public_budget 2024 approved 9.00
three_public detail expenditure 公务接待费 official_reception total general_public_budget 2024 approved 1.50
three_public detail expenditure 公务用车运行维护费 official_vehicle_operation total general_public_budget 2024 approved 7.50
three_public detail expenditure 会议费 conference total general_public_budget 2024 approved 1.50
three_public detail expenditure 培训费 training total general_public_budget 2024 approved 0.50
three_public total expenditure 合计 total change general_public_budget 2024 approved -2.00
three_public subtotal expenditure 小计 total subtotal_change general_public_budget 2024 approved -1.00
three_public detail expenditure 公务接待费 official_reception change general_public_budget 2024 approved -0.50
three_public detail expenditure 公务用车运行维护费 official_vehicle_operation change general_public_budget 2024 approved -0.50
three_public detail expenditure 会议费 conference change general_public_budget 2024 approved -0.50
three_public detail expenditure 培训费 training change general_public_budget 2024 approved -0.50
""",
    "hunan": """
income detail revenue 某县某局本级 total 2024 approved 900.00
income detail revenue 某县某局本级 subtotal general_public_budget 2024 approved 800.00
income detail revenue 某县某局本级 total general_public_budget 2024 approved 780.00
income detail revenue 某县某局本级 total general_public_budget non_tax_revenue 2024 approved 20.00
income detail revenue 某县某局本级 total government_fund 2024 approved 50.00
income detail revenue 某县某局本级 total fiscal_special_account 2024 approved 30.00
income detail revenue 某县某局本级 carried_over 2024 approved 20.00
general_public_budget_expenditure total expenditure 合计 total general_public_budget 2023 executed 700.00
general_public_budget_expenditure total expenditure 合计 subtotal general_public_budget 2024 approved 800.00
general_public_budget_expenditure total expenditure 合计 basic general_public_budget 2024 approved 600.00
general_public_budget_expenditure total expenditure 合计 project general_public_budget 2024 approved 200.00
general_public_budget_expenditure total expenditure 合计 change general_public_budget 2024 approved 100.00
general_public_budget_expenditure detail expenditure 行政运行 2010301 total general_public_budget 2023 executed 550.00
general_public_budget_expenditure detail expenditure 行政运行 2010301 subtotal general_public_budget 2024 approved 600.00
general_public_budget_expenditure detail expenditure 行政运行 2010301 basic general_public_budget 2024 approved 600.00
general_public_budget_expenditure detail expenditure 行政运行 2010301 change general_public_budget 2024 approved 50.00
general_public_budget_expenditure detail expenditure 一般行政管理事务 2010302 total general_public_budget 2023 executed 150.00
general_public_budget_expenditure detail expenditure 一般行政管理事务 2010302 subtotal general_public_budget 2024 approved 200.00
general_public_budget_expenditure detail expenditure 一般行政管理事务 2010302 project general_public_budget 2024 approved 200.00
general_public_budget_expenditure detail expenditure 一般行政管理事务 2010302 change general_public_budget 2024 approved 50.00
basic_expenditure_class subtotal expenditure 对个人和家庭的补助 303 total general_public_budget 2024 approved 50.00
basic_expenditure_class detail expenditure 退休费 30302 total general_public_budget 2024 approved 50.00
basic_expenditure_class total expenditure 合计 total general_public_budget 2024 approved 50.00
""",
    "yunnan": """
three_public total expenditure 合计 total total general_public_budget 2024 approved 9.49
three_public total expenditure 合计 total total general_public_budget 2023 approved 13.00
three_public total expenditure 合计 total change general_public_budget 2024 approved -3.51
three_public detail expenditure 公务接待费 official_reception total general_public_budget 2024 approved 1.99
three_public detail expenditure 公务接待费 official_reception total general_public_budget 2023 approved 2.00
three_public detail expenditure 公务接待费 official_reception change general_public_budget 2024 approved -0.01
three_public detail expenditure 公务用车购置及运行费 official_vehicles total general_public_budget 2024 approved 7.50
three_public detail expenditure 公务用车购置及运行费 official_vehicles total general_public_budget 2023 approved 11.00
three_public detail expenditure 公务用车购置及运行费 official_vehicles change general_public_budget 2024 approved -3.50
project_expenditure detail expenditure 档案整理经费 2010302 30201 total 2024 approved 500.00
project_expenditure detail expenditure 档案整理经费 2010302 30201 total general_public_budget 2024 approved 500.00
project_expenditure detail expenditure 普查经费 2010302 30227 total 2024 approved 1500.00
project_expenditure detail expenditure 普查经费 2010302 30227 total general_public_budget 2024 approved 1000.00
project_expenditure detail expenditure 普查经费 2010302 30227 total other 2024 approved 500.00
project_expenditure total expenditure 合计 total 2024 approved 2000.00
project_expenditure total expenditure 合计 total general_public_budget 2024 approved 1500.00
project_expenditure total expenditure 合计 total other 2024 approved 500.00
expenditure detail expenditure 行政运行 2010301 total 2024 approved 600.00
expenditure detail expenditure 行政运行 2010301 basic 2024 approved 600.00
expenditure detail expenditure 行政运行 2010301 personnel 2024 approved 500.00
expenditure detail expenditure 行政运行 2010301 public 2024 approved 100.00
expenditure detail expenditure 一般行政管理事务 2010302 total 2024 approved 2000.00
expenditure detail expenditure 一般行政管理事务 2010302 project 2024 approved 2000.00
expenditure detail expenditure 一般行政管理事务 2010302 other_operation 2024 approved 500.00
expenditure detail expenditure 一般行政管理事务 2010302 specific_target 2024 approved 1500.00
expenditure total expenditure 合计 total 2024 approved 2600.00
expenditure total expenditure 合计 basic 2024 approved 600.00
expenditure total expenditure 合计 personnel 2024 approved 500.00
expenditure total expenditure 合计 public 2024 approved 100.00
expenditure total expenditure 合计 project 2024 approved 2000.00
expenditure total expenditure 合计 other_operation 2024 approved 500.00
expenditure total expenditure 合计 specific_target 2024 approved 1500.00
""",
    "shanxi": """
government_fund_income subtotal revenue 政府性基金收入 total government_fund 2024 approved 500.00
government_fund_income detail revenue 国有土地使用权出让收入 total government_fund 2024 approved 500.00
government_fund_income total revenue 合计 total government_fund 2024 approved 500.00
three_public total expenditure 合计 total total 2023 approved 5.00
three_public total expenditure 合计 total total 2024 approved 4.00
three_public detail expenditure 公务接待费 official_reception total 2023 approved 1.00
three_public detail expenditure 公务接待费 official_reception total 2024 approved 0.50
three_public detail expenditure 公务用车购置及运行维护费 official_vehicles total 2023 approved 4.00
three_public detail expenditure 公务用车购置及运行维护费 official_vehicles total 2024 approved 3.50
government_fund_expenditure detail revenue 政府性基金拨款 total government_fund 2024 approved 500.00
government_fund_expenditure detail expenditure 城乡社区支出 total government_fund 2024 approved 500.00
government_fund_expenditure memo expenditure 商品和服务支出 302 total government_fund 2024 approved 500.00
government_fund_expenditure total revenue 收入总计 total government_fund 2024 approved 500.00
government_fund_expenditure total expenditure 支出总计 total government_fund 2024 approved 500.00
government_fund_expenditure memo expenditure 支出总计 total government_fund 2024 approved 500.00
""",
    "sichuan": """
general_public_budget_project_expenditure total expenditure 合计 total general_public_budget 2024 approved 90.00
general_public_budget_project_expenditure subtotal expenditure 某市某局 total general_public_budget 2024 approved 90.00
general_public_budget_project_expenditure subtotal expenditure 一般行政管理事务 2010302 total general_public_budget 2024 approved 60.00
general_public_budget_project_expenditure detail expenditure 档案整理经费 2010302 total general_public_budget 2024 approved 40.00
general_public_budget_project_expenditure detail expenditure 普查经费 2010302 total general_public_budget 2024 approved 20.00
general_public_budget_project_expenditure subtotal expenditure 专项统计业务 2010505 total general_public_budget 2024 approved 30.00
general_public_budget_project_expenditure detail expenditure 抽样调查经费 2010505 total general_public_budget 2024 approved 30.00
""",
    "guangdong": """
income subtotal revenue 预算拨款 total 2024 approved 800.00
income detail revenue 一般公共预算拨款 total general_public_budget 2024 approved 800.00
income subtotal revenue 财政专户拨款 total fiscal_special_account 2024 approved 20.00
income detail revenue 教育收费 total fiscal_special_account education_fees 2024 approved 20.00
income subtotal revenue 其他资金 total other 2024 approved 30.00
income detail revenue 事业收入 total operating_undertaking 2024 approved 10.00
income detail revenue 其他收入 total other 2024 approved 20.00
income subtotal revenue 本年收入合计 total 2024 approved 850.00
income total revenue 收入总计 total 2024 approved 850.00
three_public total expenditure “三公”经费合计 total total 2023 approved 5.00
three_public total expenditure “三公”经费合计 total total 2024 approved 4.00
three_public total expenditure “三公”经费合计 total change 2024 approved -1.00
three_public detail expenditure 公务接待费 official_reception total 2023 approved 5.00
three_public detail expenditure 公务接待费 official_reception total 2024 approved 4.00
three_public detail expenditure 公务接待费 official_reception change 2024 approved -1.00
""",
}


DOCUMENTS = {
    "shaanxi": SHAANXI,
    "hunan": HUNAN,
    "yunnan": YUNNAN,
    "shanxi": SHANXI,
    "sichuan": SICHUAN,
    "guangdong": GUANGDONG,
}


@cache
def drawn(drawn_as: str) -> dict[str, tuple[Extraction, list[str]]]:
    """All documents, and the checks that fail in each, evaluated at once."""
    made = [
        extracted(*parts) if drawn_as == "cells" else read(web_page(parts), "x.html") for parts in DOCUMENTS.values()
    ]
    return dict(zip(DOCUMENTS, zip(made, failing_checks(made))))


@pytest.mark.parametrize("drawn_as", ["cells", pytest.param("web page", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_line_of_a_document_means_what_its_form_says(name, drawn_as):
    extraction, failed = drawn(drawn_as)[name]
    assert said(extraction) == EXPECTED[name].strip().split("\n")
    assert unclaimed(extraction) == []
    assert [row.status for row in extraction.rows.disclosures] == ["complete"]
    assert failed == []


@pytest.mark.parametrize("words", [["增减变化情况"], ["增减变化情况", "备注"]])
def test_a_word_that_may_be_a_change_a_percentage_or_a_reason_is_no_amount_of_its_own(words):
    header = ["科目编码", "科目名称", "合计", *words]
    extraction = extracted(
        "某省某市某局2024年部门预算",
        "部门支出总表",
        "单位：万元",
        [header, ["2010301", "行政运行", "10.00", "2.50", *words[1:]]],
    )
    assert said(extraction) == ["expenditure detail expenditure 行政运行 2010301 total 2024 approved 10.00"]
    assert unclaimed(extraction) == ["2.50"]


def test_a_rate_of_change_is_no_amount_and_leaves_nothing_open():
    extraction = extracted(*YUNNAN[:4])
    rates = [n.printed for n in extraction.rows.numbers if (n.class_, n.role) == ("narrative", "percent")]
    assert rates == ["-27.0", "0", "-0.5", "-31.8"]


def test_codes_of_revenue_nest_and_are_not_published_as_those_of_expenditure():
    codes = {line.function_code for line in extracted(*SHANXI[:4]).rows.budget_lines}
    assert codes == {None}


def test_a_label_of_revenue_in_a_table_of_expenditure_is_not_published():
    rows = [["项目", "合计"], ["一、事业收入", "10.00"], ["二、基本支出", "20.00"], ["支出总计", "20.00"]]
    extraction = extracted("某省某市某局2024年部门预算", "部门支出总表", "单位：万元", rows)
    assert [line.printed for line in extraction.rows.budget_lines] == ["20.00", "20.00"]
    assert unclaimed(extraction) == ["10.00"]
    assert failing(extraction) == set()


def test_the_only_column_of_amounts_is_the_total_though_its_header_says_subtotal():
    rows = [["科目编码", "科目名称", "小计"], ["", "合计", "30.00"], ["2010301", "行政运行", "30.00"]]
    extraction = extracted("某省某市某局2024年部门预算", "部门支出总表", "单位：万元", rows)
    assert {line.measure for line in extraction.rows.budget_lines} == {"total"}


def test_sums_of_revenue_by_row_are_not_held_against_funds_that_only_labels_name():
    assert "row_total_sources_by_fund" not in failing(extracted(*GUANGDONG))
