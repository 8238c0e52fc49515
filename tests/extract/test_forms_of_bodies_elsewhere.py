"""Tables of bodies of further regions: expenses by body and year, rates below a group, debts, levels of government."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from tests.documents import read
from tests.extract.celled import Merged, Rows, extracted
from tests.extract.test_class_columns import unclaimed
from tests.extract.test_forms_of_regions import amounts, said

BUDGET, ACCOUNTS = "某市某街道办事处2024年部门预算", "某市某中学2023年度部门决算"
#: Henan prints one column that names the figure, beside labels of the expenses, and 共计 over them.
FIGURE: list[str | Rows] = [
    BUDGET,
    "一般公共预算“三公”经费支出情况表",
    "单位：元",
    [
        ["项　　目", "2024年“三公”经费预算数"],
        ["共计", "90.00"],
        ["1、因公出国（境）费用", "20.00"],
        ["2、公务接待费", "10.00"],
        ["3、公务用车费", "60.00"],
        ["其中：（1）公务用车运行维护费", "40.00"],
        ["（2）公务用车购置", "20.00"],
    ],
]
RATES: list[str | Rows] = [
    BUDGET,
    "一般公共预算支出表",
    "单位：万元",
    [
        [
            *(Merged("项目", 1, 2), Merged("2023年预算数", 1, 2)),
            *(Merged("2024年预算数", 1, 2), Merged("2024年比2023年增减%", 1, 2)),
        ],
        ["科目编码", "科目名称", "合计", "项目支出", "合计", "项目支出", "合计", "项目支出"],
        ["2040220", "执法办案", *amounts("50.00 50.00 60.00 60.00 20.00 20.00")],
        ["合　计", "", *amounts("50.00 50.00 60.00 60.00 20.00 20.00")],
    ],
]
DEBT: list[str | Rows] = [
    BUDGET,
    "部门债务支出预算表",
    "单位：万元",
    [
        ["项目名称", "科目编码", "科目名称", "合计", "还本支出", "付息支出"],
        ["合计", "", "", "125.00", "100.00", "25.00"],
        ["某债券还本", "2310301", "地方政府一般债券还本支出", "100.00", "100.00", ""],
        ["某债券付息", "2320301", "地方政府一般债券付息支出", "25.00", "", "25.00"],
    ],
]
LEVELS: list[str | Rows] = [
    BUDGET,
    "部门管理转移支付表",
    "单位：万元",
    [
        ["项目", "合计", "中央提前下达", "自治区提前下达", "本级安排"],
        ["某补助资金", "70.00", "40.00", "20.00", "10.00"],
        ["合计", "70.00", "40.00", "20.00", "10.00"],
    ],
]
PURCHASES: list[str | Rows] = [
    BUDGET,
    "政府采购项目支出预算表",
    "单位：万元",
    [
        [Merged("项目名称", 2), Merged("采购品目", 2), Merged("资金来源", 1, 3)],
        ["合计", "财政预算拨款", "其他资金"],
        ["办公设备采购", "货物", "12.60", "12.00", "0.60"],
        ["合计", "", "12.60", "12.00", "0.60"],
    ],
]
ASSETS: list[str | Rows] = [
    ACCOUNTS,
    "国有资产占用情况表",
    "单位：万元",
    [
        ["项目", "行次", "期末数（数量）", "期末数（账面原值）"],
        ["一、车辆（辆）", "1", "11", "231.50"],
        ["（一）其他用车", "2", "11", "231.50"],
    ],
]
DIFFERENCE: list[str | Rows] = [
    ACCOUNTS,
    "财政拨款“三公”经费支出决算表",
    "单位：万元",
    [
        ["项目", "2023年年初预算数", "2023年决算数", "决算数比年初预算数增减额"],
        ["合计", "8.00", "7.00", "-1.00"],
        ["公务接待费", "8.00", "7.00", "-1.00"],
    ],
]
EXPECTED = {
    "figure": """
three_public total expenditure 共计 total total general_public_budget 2024 approved 90.00
three_public detail expenditure 因公出国（境）费用 overseas_travel total general_public_budget 2024 approved 20.00
three_public detail expenditure 公务接待费 official_reception total general_public_budget 2024 approved 10.00
three_public subtotal expenditure 公务用车费 official_vehicles total general_public_budget 2024 approved 60.00
three_public detail expenditure 公务用车运行维护费 official_vehicle_operation total general_public_budget 2024 approved 40.00
three_public detail expenditure 公务用车购置 official_vehicle_purchase total general_public_budget 2024 approved 20.00
""",
    "rates": """
general_public_budget_expenditure detail expenditure 执法办案 2040220 total general_public_budget 2023 approved 50.00
general_public_budget_expenditure detail expenditure 执法办案 2040220 project general_public_budget 2023 approved 50.00
general_public_budget_expenditure detail expenditure 执法办案 2040220 total general_public_budget 2024 approved 60.00
general_public_budget_expenditure detail expenditure 执法办案 2040220 project general_public_budget 2024 approved 60.00
general_public_budget_expenditure total expenditure 合计 total general_public_budget 2023 approved 50.00
general_public_budget_expenditure total expenditure 合计 project general_public_budget 2023 approved 50.00
general_public_budget_expenditure total expenditure 合计 total general_public_budget 2024 approved 60.00
general_public_budget_expenditure total expenditure 合计 project general_public_budget 2024 approved 60.00
""",
    "debt": """
debt_expenditure total expenditure 合计 total 2024 approved 125.00
debt_expenditure total expenditure 合计 debt_principal 2024 approved 100.00
debt_expenditure total expenditure 合计 debt_interest 2024 approved 25.00
debt_expenditure detail expenditure 地方政府一般债券还本支出 2310301 total 2024 approved 100.00
debt_expenditure detail expenditure 地方政府一般债券还本支出 2310301 debt_principal 2024 approved 100.00
debt_expenditure detail expenditure 地方政府一般债券付息支出 2320301 total 2024 approved 25.00
debt_expenditure detail expenditure 地方政府一般债券付息支出 2320301 debt_interest 2024 approved 25.00
""",
    "levels": """
transfer_detail detail expenditure 某补助资金 total 2024 approved 70.00
transfer_detail detail expenditure 某补助资金 total central_funds 2024 approved 40.00
transfer_detail detail expenditure 某补助资金 total provincial_funds 2024 approved 20.00
transfer_detail detail expenditure 某补助资金 total own_level_funds 2024 approved 10.00
transfer_detail total expenditure 合计 total 2024 approved 70.00
transfer_detail total expenditure 合计 total central_funds 2024 approved 40.00
transfer_detail total expenditure 合计 total provincial_funds 2024 approved 20.00
transfer_detail total expenditure 合计 total own_level_funds 2024 approved 10.00
""",
    "purchases": """
government_procurement detail expenditure 办公设备采购 total 2024 approved 12.60
government_procurement detail expenditure 办公设备采购 total fiscal_appropriation 2024 approved 12.00
government_procurement detail expenditure 办公设备采购 total other 2024 approved 0.60
government_procurement total expenditure 合计 total 2024 approved 12.60
government_procurement total expenditure 合计 total fiscal_appropriation 2024 approved 12.00
government_procurement total expenditure 合计 total other 2024 approved 0.60
""",
    "assets": """
assets subtotal expenditure 车辆（辆） original_value 2023 executed 231.50
assets detail expenditure 其他用车 original_value 2023 executed 231.50
""",
    "difference": """
three_public total expenditure 合计 total total 2023 approved 8.00
three_public total expenditure 合计 total total 2023 executed 7.00
three_public total expenditure 合计 total change 2023 executed -1.00
three_public detail expenditure 公务接待费 official_reception total 2023 approved 8.00
three_public detail expenditure 公务接待费 official_reception total 2023 executed 7.00
three_public detail expenditure 公务接待费 official_reception change 2023 executed -1.00
""",
}
TABLES = {
    "figure": FIGURE,
    "rates": RATES,
    "debt": DEBT,
    "levels": LEVELS,
    "purchases": PURCHASES,
    "assets": ASSETS,
    "difference": DIFFERENCE,
}


@pytest.mark.parametrize("name", TABLES)
def test_every_amount_has_the_key_that_its_words_say(name):
    extraction = extracted(*TABLES[name])
    assert said(extraction) == EXPECTED[name].strip().splitlines()
    assert unclaimed(extraction) == []
    assert extraction.disclosure.status == "complete"


HEAD = ["预算单位", "年度", "“三公”经费财政拨款预算总额", "因公出国（境）费用", "公务接待费"]
YEARS = [("甲中心", "2023年", "5.00 2.00 3.00"), ("", "2024年", "7.00 3.00 4.00")]
YEARS += [("乙中心", "2023年", "9.00 4.00 5.00"), ("", "2024年", "11.00 5.00 6.00")]
YEARS += [("合计", "2023年", "14.00 6.00 8.00"), ("", "2024年", "18.00 8.00 10.00")]


@pytest.mark.parametrize("merged", [True, False])
def test_expenses_of_several_bodies_by_year_are_details_once_and_the_total_is_theirs(merged):
    """Each body prints a row a year: a name over both rows, in one cell or in the first of two."""
    rows = []
    for name, year, printed in YEARS:
        names = [Merged(name, 2)] if merged and name else [] if merged else [name]
        rows.append([*names, year, *amounts(printed)])
    extraction = extracted(BUDGET, "“三公”经费财政拨款预算情况表", "单位：万元", [HEAD, *rows])
    sums: dict[tuple[str, str, int | None], Decimal] = defaultdict(Decimal)
    for line in extraction.rows.budget_lines:
        sums[line.row_kind, line.unit_name or "", line.fiscal_year] += Decimal(line.printed)
    assert dict(sums) == {
        **{("subtotal", "甲中心", 2023): Decimal(5), ("subtotal", "甲中心", 2024): Decimal(7)},
        **{("detail", "甲中心", 2023): Decimal(5), ("detail", "甲中心", 2024): Decimal(7)},
        **{("subtotal", "乙中心", 2023): Decimal(9), ("subtotal", "乙中心", 2024): Decimal(11)},
        **{("detail", "乙中心", 2023): Decimal(9), ("detail", "乙中心", 2024): Decimal(11)},
        **{("total", "", 2023): Decimal(14), ("total", "", 2024): Decimal(18)},
        **{("subtotal", "", 2023): Decimal(14), ("subtotal", "", 2024): Decimal(18)},
    }


PROJECTS_AT_LEFT = """\
某市某中学2023年度部门决算
\f                                项目收入支出决算表
                                  单位：万元
项目                                     资金来源                            支出数        年末结转和结余
支出功能分类科目编码   科目名称（二级项目名称）   一级项目名称     合计         年初结转和结余   本年财政拨款
栏次                                     1          2         3          4          5
合计                                     1,056.19   0.00      1,056.19   1,056.19   0.00
2050203      初中教育           公用经费补助资金   514.45     0.00      514.45     514.45     0.00
2050299      其他普通教育支出       校舍维修改造     541.74     0.00      541.74     541.74     0.00
"""


def test_a_code_of_expenditure_does_not_make_a_column_expenditure():
    """支出功能分类科目编码 names the rows of revenue, too: what no word calls revenue or expenditure is not published."""
    extraction = read(PROJECTS_AT_LEFT.encode())
    assert [(line.direction, line.measure, line.printed) for line in extraction.rows.budget_lines[:4]] == [
        ("revenue", "total", "1,056.19"),
        ("revenue", "opening_balance", "0.00"),
        ("expenditure", "total", "1,056.19"),
        ("expenditure", "closing_balance", "0.00"),
    ]
    assert unclaimed(extraction) == ["1,056.19", "514.45", "541.74"]
    assert "1,056.19 is neither revenue nor expenditure by any word over it" in (extraction.disclosure.reason or "")


CLASSES_AT_LEFT = """\
某学院2024年部门预算
\f                                             部门支出总体情况表
单位名称：某学院                      单位：元
科目编码            单位（科目名称）            合计               基本支出                                             项目支出
类    款     项                                         小计               工资福利支出           商品和服务支出
                合计                  318,513,800.00   284,370,000.00   282,658,200.00   1,711,800.00   34,143,800.00
205             教育支出               318,513,800.00   284,370,000.00   282,658,200.00   1,711,800.00   34,143,800.00
      02        普通教育               318,513,800.00   284,370,000.00   282,658,200.00   1,711,800.00   34,143,800.00
           05   高等教育               318,513,800.00   284,370,000.00   282,658,200.00   1,711,800.00   34,143,800.00
"""


def test_a_word_set_at_the_left_over_a_sum_stands_over_its_parts_too():
    lines = read(CLASSES_AT_LEFT.encode()).rows.budget_lines
    assert [(line.item, line.measure, line.printed) for line in lines[:5]] == [
        ("合计", "total", "318,513,800.00"),
        ("合计", "basic", "284,370,000.00"),
        ("工资福利支出", "basic", "282,658,200.00"),
        ("商品和服务支出", "basic", "1,711,800.00"),
        ("合计", "project", "34,143,800.00"),
    ]


BETWEEN_TWO_WORDS = """\
某局2024年部门预算
\f                             政府性基金预算拨款支出预算表
             单位：万元
科目编码      科目名称                        合计      其中：基本支出           项目支出
          合计                          59.39             59.39
212       城乡社区支出                      59.39             59.39
21208     国有土地使用权出让收入安排的支出            59.39             59.39
2120804   农村基础设施建设支出                  59.39             59.39
"""


def test_amounts_as_far_from_one_word_of_the_header_as_from_the_next_are_under_neither():
    extraction = read(BETWEEN_TWO_WORDS.encode())
    assert {line.measure for line in extraction.rows.budget_lines} <= {"total"}
    assert extraction.disclosure.status == "partial"


BODY_OVER_ROWS = """\
某街道办事处2024年部门预算
\f                                 政府采购项目支出预算表
                                         单位：万元
预算单位                     项目名称     采购品目   资金来源
                                         合计       财政预算拨款   其他资金
                         办公设备采购   货物     12.60    12.60    0.00
某市某区某街道办事处（本级）             市政设施维护   工程     88.00    88.00    0.00
                         物业管理服务   服务     143.20   143.20   0.00
合计                                       243.80   243.80   0.00
"""


def test_names_of_bodies_below_a_word_that_may_stand_over_codes_are_no_part_of_what_stands_beside_them():
    lines = read(BODY_OVER_ROWS.encode()).rows.budget_lines
    assert [(line.item, line.project, line.revenue_source, line.printed) for line in lines] == [
        (item, project, source, printed)
        for item, project, whole, granted, rest in (
            ("办公设备采购", "办公设备采购", "12.60", "12.60", "0.00"),
            ("市政设施维护", "市政设施维护", "88.00", "88.00", "0.00"),
            ("物业管理服务", "物业管理服务", "143.20", "143.20", "0.00"),
            ("合计", None, "243.80", "243.80", "0.00"),
        )
        for source, printed in ((None, whole), ("fiscal_appropriation", granted), ("other", rest))
    ]


TWO_SIDES = """某县农业局2024年部门预算
                                 部门收支总表
                                                        单位：万元
            收入                                     支出
项目                    预算数       项目                       预算数
一、一般公共预算拨款收入          45.00     一、农林水支出                  40.00
二、政府性基金预算拨款收入         0.00      二、债务还本付息支出               5.00
本年收入合计                45.00     本年支出合计                   45.00
"""


def test_a_name_made_of_two_words_of_columns_is_one_label():
    extraction = read(TWO_SIDES.encode())
    assert [(line.item, line.printed) for line in extraction.rows.budget_lines] == [
        ("一般公共预算拨款收入", "45.00"),
        ("农林水支出", "40.00"),
        ("政府性基金预算拨款收入", "0.00"),
        ("债务还本付息支出", "5.00"),
        ("本年收入合计", "45.00"),
        ("本年支出合计", "45.00"),
    ]
    assert extraction.disclosure.status == "complete"
