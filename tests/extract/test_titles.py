"""Titles as bodies of many regions and years print them, and the kind of table each of them heads."""

from __future__ import annotations

import pytest

from pipeline.extract.forms import load_library
from pipeline.extract.patterns import fold
from pipeline.extract.tables.find.headings import match_title
from tests.documents import read

TITLES = {
    "agency_operating": [
        "机关运行经费预算财政拨款情况统计表",
        "一般公共预算机关运行经费支出预算表",
    ],
    "general_public_budget_income": [
        "一般公共预算收入表",
        "一般公共预算财政拨款收入预算表",
    ],
    "government_fund_income": [
        "某县某局2024年政府性基金预算收入表",
    ],
    "state_capital_income": [
        "国有资本经营预算收入预算表",
    ],
    "appropriation_project_expenditure": [
        "财政拨款项目支出预算表",
        "财政拨款安排的预算项目支出情况表",
    ],
    "carried_over_expenditure": [
        "部门综合预算财政拨款上年结转资金支出表",
    ],
    "basic_expenditure_class": [
        "一般公共预算基本支出表-人员经费（工资福利支出）（按政府预算经济分类）",
        "一般公共预算基本支出表——公用经费（商品和服务支出）（按部门预算经济分类）",
        "基本支出预算明细表--对个人和家庭的补助",
    ],
    "debt_expenditure": [
        "部门（单位）债务支出预算表",
    ],
    "administrative_fee_expenditure": [
        "纳入预算管理的行政事业性收费预算支出表",
    ],
    "transfer_performance": [
        "市对下转移支付绩效目标表",
    ],
    "expenditure_by_economic_class": [
        "部门综合预算一般公共预算支出明细表（按支出经济分类科目）",
        "部门综合预算一般公共预算支出明细表（按支出经济分类科目-不含上年结转）",
        "支出预算分类汇总表（按政府预算经济分类）",
        "政府性基金预算支出分类汇总表（按部门预算经济分类）",
        "财政拨款支出预算（政府经济分类）表",
        "部门支出总体情况表（按经济分类）",
    ],
    "agency_information": [
        "机构运行信息表",
        "机构运行信息决算表",
        "机构运行经费支出、国有资产占用情况及政府采购支出信息表",
    ],
    "appropriation_basic_expenditure": [
        "财政拨款基本支出经济分类决算表",
    ],
    "appropriation_expenditure": [
        "财政拨款支出总体情况表",
        "财政拨款支出表（功能科目）",
        "《财政拨款支出预算表》",
        "政拨款支出决算明细表",
        "表2-1 财政拨款支出预算表(政府经济分类科目)",
        "财政拨款支出决算明细表",
    ],
    "appropriation_summary": [
        "2022年度财政拨款收入支出决算表",
        "《财政拨款收入支出决算总表》",
        "《财政拨款收支预算总表》",
        "市本级部门财政拨款收支预算总表",
        "政拨款收入支出决算总表",
        "表2 财政拨款收支预算总表",
        "财政拨款收入支出决算总表",
        "财政拨款收入支出决算总表(公开04表)",
        "财政拨款收入支出决算表",
        "财政拨款收支总体情况表",
        "财政拨款收支总表",
        "财政拨款收支情况表",
        "财政拨款收支预算总表",
    ],
    "assets": [
        "固定资产占用情况表",
        "国有资产占用情况表",
    ],
    "department_performance": [
        "《部门整体支出绩效目标表》",
        "整体支出绩效目标表",
        "部门整体支出绩效目标申报表",
        "部门整体支出绩效目标表",
    ],
    "expenditure": [
        "部门支出总体情况表（按功能分类）",
        "2022年度支出决算表",
        "《支出决算表》",
        "《部门支出总表》",
        "出决算表",
        "单位支出总体情况表",
        "市本级部门支出预算总表",
        "支出决算总表",
        "支出决算表",
        "支出决算表(公开03表)",
        "支出决算表(分单位)",
        "支出决算表(分科目)",
        "支出总表",
        "支出预算总表",
        "表1-2 支出总表",
        "部门支出总体情况表",
        "部门支出总表",
    ],
    "fiscal_special_account_expenditure": [
        "财政专户管理资金收入支出决算表",
    ],
    "general_public_budget_basic_expenditure": [
        "部门综合预算一般公共预算基本支出明细表（按支出功能分类科目）",
        "部门综合预算一般公共预算基本支出明细表（按支出经济分类科目）",
        "一般公共预算安排基本支出分经济科目表",
        "部门一般公共预算本级基本支出情况表",
        "一般公共预算基本支出政府预算经济分类情况表",
        "2022年度一般公共预算财政拨款基本支出决算表",
        "《一般公共预算基本支出预算表》",
        "《一般公共预算财政拨款基本支出决算表》",
        "一般公共预算基本支出情况表",
        "一般公共预算基本支出表",
        "一般公共预算财政拨款基本支出决算明细表",
        "一般公共预算财政拨款基本支出决算表",
        "一般公共预算财政拨款基本支出决算表(公开06表)",
        "一般公共预算财政拨款基本支出经济分类决算表",
        "一般公共预算财政拨款基本支出表",
        "市本级部门一般公共预算基本支出表",
        "表3-1 一般公共预算基本支出预算表",
    ],
    "general_public_budget_expenditure": [
        "部门综合预算一般公共预算支出明细表（按支出功能分类科目）",
        "部门一般公共预算本级支出情况表",
        "一般公共预算拨款支出预算表",
        "《一般公共预算支出表》",
        "《一般公共预算财政拨款支出决算表》",
        "一般公共预算支出情况表",
        "一般公共预算支出表",
        "一般公共预算财政拨款支出决算明细表",
        "一般公共预算财政拨款支出决算表",
        "一般公共预算财政拨款支出决算表(公开05表)",
        "一般公共预算财政拨款支出表",
        "市本级部门一般公共预算支出表",
        "般公共预算财政拨款支出决算表",
        "表3 一般公共预算支出预算表",
    ],
    "general_public_budget_income_expenditure": [
        "2022年度一般公共预算财政拨款收入支出决算表",
        "一般公共预算财政拨款收入支出决算表",
    ],
    "general_public_budget_project_expenditure": [
        "《一般公共预算项目支出预算表》",
        "一般公共预算财政拨款项目支出决算明细表",
        "一般公共预算财政拨款项目支出决算表",
        "一般公共预算财政拨款项目支出表",
        "表3-2 一般公共预算项目支出预算表",
    ],
    "government_fund_basic_expenditure": [
        "政府性基金预算财政拨款基本支出决算表",
        "政府性基金预算财政拨款基本支出经济分类决算表",
    ],
    "government_fund_expenditure": [
        "部门综合预算政府性基金收支表",
        "政府性基金拨款支出预算表",
        "部门预算政府基金预算财政拨款支出表",
        "2022年度政府性基金财政拨款收入支出决算表",
        "《政府性基金预算支出表》",
        "《政府性基金预算财政拨款收入支出决算表》",
        "市本级部门政府性基金预算支出表",
        "政府性基金预算支出情况表",
        "政府性基金预算支出表",
        "政府性基金预算财政拨款支出表",
        "政府性基金预算财政拨款收入支出决算表",
        "政府性基金预算财政拨款收入支出决算表(公开08表)",
        "表4 政府性基金支出预算表",
    ],
    "government_procurement": [
        "部门综合预算政府采购（资产配置、购买服务）预算表",
        "政府采购支出决算表",
        "政府采购支出信息表",
        "政府采购情况表",
        "政府采购预算明细表",
        "政府采购预算表",
    ],
    "income": [
        "2022年度收入决算表",
        "《收入决算表(按功能分类列示)》",
        "《收入决算表(按单位列示)》",
        "《部门收入总表》",
        "单位收入总体情况表",
        "市本级部门收入预算总表",
        "收入决算总表",
        "收入决算表",
        "收入决算表(公开02表)",
        "收入决算表(分单位)",
        "收入决算表(分科目)",
        "收入决算表(按功能分类列示)",
        "收入决算表(按单位列示)",
        "收入总表",
        "表1-1 收入总表",
        "部门收入总体情况表",
        "部门收入总表",
    ],
    "income_expenditure_summary": [
        "2022年度收入支出决算总表",
        "《收入支出决算总表》",
        "《部门收支总表》",
        "单位收支总体情况表",
        "市本级部门收支预算总表",
        "收入支出决算总表",
        "收入支出决算总表(公开01表)",
        "收入支出决算表",
        "收支总表",
        "表1 部门(单位)收支总表",
        "部门收支总体情况表",
        "部门收支总表",
    ],
    "performance_self_evaluation": [
        "预算绩效自评情况表",
    ],
    "performance_targets": [
        "预算绩效目标表",
    ],
    "project_expenditure": [
        "部门综合预算专项业务经费支出表",
        "项目支出预算表（其他运转类、特定目标类项目）",
        "《项目支出决算表》",
        "市本级部门项目支出预算表",
        "项目支出决算表",
        "项目支出表",
    ],
    "project_income_expenditure": [
        "项目收入支出决算表",
    ],
    "project_performance": [
        "部门专项业务经费绩效目标表",
        "部门专项业务经费一级项目绩效目标表",
        "专项资金总体绩效目标表",
        "重点专项资金绩效目标表（一级项目）",
        "部门业务费绩效目标表",
        "《项目绩效目标表》",
        "市本级部门项目支出绩效表",
        "年度预算项目绩效目标公开表",
        "项目支出绩效目标申报表",
        "项目支出绩效目标表",
        "项目支出绩效表",
    ],
    "service_procurement": [
        "政府购买服务决算公开情况表",
        "政府购买服务支出情况表",
        "政府购买服务预算表",
        "政府购买服务预算财政拨款明细表",
    ],
    "state_capital_expenditure": [
        "国有资本经营预算拨款支出预算表",
        "国有资本经营预算收支表",
        "《国有资本经营支出预算表》",
        "《国有资本经营预算财政拨款收入支出决算表》",
        "国有资本经营预算支出情况表",
        "国有资本经营预算支出表",
        "国有资本经营预算财政拨款支出决算表",
        "国有资本经营预算财政拨款支出决算表(公开09表)",
        "国有资本经营预算财政拨款支出表",
        "国有资本经营预算财政拨款收入支出决算表",
        "市本级部门国有资本经营预算支出表",
        "表5 国有资本经营预算支出预算表",
    ],
    "three_public": [
        "2022年度“三公”经费支出情况表",
        "2024年市级“三公”经费预算表",
        "“三公”经费、行政参公单位机关运行经费情况表",
        "“三公”经费支出决算表",
        "《一般公共预算“三公”经费支出表》",
        "《政府性基金“三公”经费支出表》",
        "《财政拨款“三公”经费支出决算表》",
        "一般公共预算“三公”经费支出情况表",
        "一般公共预算“三公”经费支出表",
        "一般公共预算“三公”经费预算表",
        "一般公共预算财政拨款“三公”经费及会议费、培训费支出决算表",
        "一般公共预算财政拨款“三公”经费情况表",
        "一般公共预算财政拨款“三公”经费支出决算表",
        "一般公共预算财政拨款“三公”经费支出决算表(公开07表)",
        "一般公共预算财政拨款安排的“三公”经费支出决算表",
        "市本级部门一般公共预算“三公”经费支出表",
        "政府性基金预算财政拨款“三公”经费支出决算表",
        "昌宁县县本级2015年度“三公”经费决算财政拨款情况统计表",
        "表3-3 一般公共预算“三公”经费支出预算表",
        "表4-1 政府性基金预算“三公”经费支出预算表",
        "财政拨款(含一般公共预算和政府性基金预算)“三公”经费支出表",
        "财政拨款“三公”经费、行政参公单位机关运行经费情况表",
        "财政拨款“三公”经费支出决算表",
        "财政拨款“三公”经费支出表",
        "财政拨款安排的“三公”经费支出决算表",
    ],
    "transfer_detail": [
        "上级补助项目支出预算表",
        "部门管理转移支付表",
        "上级转移支付细化明细表",
    ],
}

# What stands among the tables in lists of contents and is none.
NO_TABLES = [
    "报表封面",
    "关于空表的说明",
    "报表详见附件。",
    "部门收支总体情况说明",
    "公开01表",
    "第二部分",
    "共预算财政拨款支出决算表",
]

VARIANTS = [
    # traditional characters, as some archives deliver them
    ("收入支出決算總表", "income_expenditure_summary"),
    ("政府採購情況表", "government_procurement"),
    ("一般公共預算財政撥款基本支出決算表", "general_public_budget_basic_expenditure"),
    ("國有資本經營預算財政撥款支出決算表", "state_capital_expenditure"),
    # a name, a year, a number before it; brackets and numbers of forms after it
    ("上海市普陀区某某局2025年部门财务收支预算总表", "income_expenditure_summary"),
    ("2023年度XX单位支出决算表", "expenditure"),
    ("附件3：部门收入总体情况表", "income"),
    ("三、支出决算表（公开03表）", "expenditure"),
    ("公开05表一般公共预算财政拨款支出决算表", "general_public_budget_expenditure"),
    # the first character lost: believed where only one title can be meant
    ("入决算表", "income"),
    ("有资本经营预算财政拨款支出决算表", "state_capital_expenditure"),
    ("目支出绩效目标表", "project_performance"),
    ("度工作安排表", None),
    # alike, and of another kind
    ("一般公共预算收支总表", None),
    ("收入执行情况表", None),
    ("预算执行情况表", None),
    ("部门专项资金管理清单目录", None),
    ("非税收入征收计划表", None),
    ("人员基本情况表", None),
    ("固定资产折旧表", None),
    ("机构运行情况报告表", None),
    ("基本支出情况表-附表", None),
    ("政府投资基金支出表", None),
    ("工会经费收支情况表", None),
    ("社会保险基金收入支出表", None),
    ("表一“三公”经费、行政参公单位机关运行经费情况表", "three_public"),
    ("专项转移支付绩效目标自评表", "performance_self_evaluation"),
    ("省级专项转移支付预算表", "transfer_detail"),
]


# What bodies print before and behind a title.
AROUND = """
2024年度{} 2024年{} 二〇二四年{} ２０２４年度{} 2024-2025年{} 2017-{} （一）{} (一){} 一、{} 三十一、{} 1.{} 1、{} （1）{} ①{}
表一{} 表一：{} 表1{} 表１：{} 表1-1{} 表1-1.{} 表2_{} 表（一）{} 表Ⅰ{} 图表1{} 附表1-1{} 附表（一）：{} 附件1-2：{} 附：{} 附{} 续{}
公开01表{} 财决公开01表{} 部门公开表1{} 部门预算公开表一{} 部门预算公开01表{} 公开表1-1：{} 省级部门预算公开表一：{} 部门01表{} GK01{} CS01{} 01{} 2-1{}
{}（公开01表） {}(2024年度) {}（草案） {}（续） {}——2024年 《{}》 1.《{}》 第一部分{}
××单位{} 某县某局2024年{} 某市第一中学{} 某乡人民政府{} 某县文联2024年度{} 某国有林场{} 中共某县委组织部{} 某局（本级）{} 某县人大{} 2024年单位预算公开{}
""".split()
# First characters that titles of the list above have lost; nothing more may be missing of them.
LOST = "出政般"


@pytest.mark.parametrize(("code", "title"), [(code, title) for code, titles in TITLES.items() for title in titles])
def test_titles_of_many_regions_are_recognised(code, title):
    forms = match_title(fold(title), load_library())[1]
    assert forms and forms[0].code == code


@pytest.mark.parametrize("line", NO_TABLES)
def test_what_is_no_table_is_not_taken_for_one(line):
    assert match_title(fold(line), load_library())[1] == []


@pytest.mark.parametrize(("title", "code"), VARIANTS)
def test_variants_are_recognised_where_they_are_certain(title, code):
    forms = match_title(fold(title), load_library())[1]
    assert (forms[0].code if forms else None) == code


@pytest.mark.parametrize("around", AROUND)
def test_what_stands_around_a_title_changes_nothing(around):
    library = load_library()
    wrong = {}
    for code, titles in TITLES.items():
        for title in titles:
            bare = title.strip("《》")
            if not match_title(fold(bare), library)[1] or bare[:1] in LOST or bare[:1] == "表":
                continue
            forms = match_title(fold(around.format(bare)), library)[1]
            if [form.code for form in forms[:1]] != [code]:
                wrong[bare] = forms[0].code if forms else None
    assert wrong == {}


@pytest.mark.parametrize(
    "line",
    [
        "《收入支出决算总表》",
        "一、《收入决算表》",
        "支出决算表——2024年",
        "收入决算表(按单位列示)  单位：万元",
        "收入决算表  财决公开02表",
    ],
)
def test_a_line_that_prints_a_title_begins_a_table(line):
    extraction = read(
        f"某市某局2024年部门决算\n{line}\n单位：万元\n科目编码  科目名称  合计\n合计  10.00\n201  一般公共服务支出  10.00\n".encode()
    )
    assert [table.table_code for table in extraction.rows.tables][:1] != [None]


@pytest.mark.parametrize(
    ("title", "fund"),
    [
        ("一般公共预算“三公”经费支出表", "general_public_budget"),
        ("表8般公共预算“三公”经费支出表", "general_public_budget"),
        ("政府性基金“三公”经费支出表", "government_fund"),
        ("财政拨款“三公”经费支出表", None),
        ("财政拨款(含一般公共预算和政府性基金预算)“三公”经费支出表", None),
    ],
)
def test_a_title_of_one_fund_gives_it_and_a_title_of_two_gives_none(title, fund):
    assert load_library().fund_of_title(title) == fund


@pytest.mark.parametrize(
    ("title", "scheme"),
    [
        ("一般公共预算基本支出明细表（按支出功能分类科目）", "function"),
        ("一般公共预算基本支出表（按政府预算支出经济分类科目）", "government_economic"),
        ("一般公共预算基本支出明细表（按部门预算支出经济分类科目）", "department_economic"),
        ("一般公共预算基本支出明细表", "department_economic"),
    ],
)
def test_a_title_says_by_which_classification_its_rows_are(title, scheme):
    assert match_title(fold(title), load_library())[1][0].scheme == scheme
