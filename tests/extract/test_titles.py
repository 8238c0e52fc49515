"""Titles as bodies of many regions and years print them, and the kind of table each of them heads."""

from __future__ import annotations

import pytest

from pipeline.extract.forms import load_library
from pipeline.extract.patterns import fold
from pipeline.extract.tables.find.headings import match_title

TITLES = {
    "agency_information": [
        "机构运行经费支出、国有资产占用情况及政府采购支出信息表",
    ],
    "appropriation_basic_expenditure": [
        "财政拨款基本支出经济分类决算表",
    ],
    "appropriation_expenditure": [
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
        "国有资产占用情况表",
    ],
    "department_performance": [
        "《部门整体支出绩效目标表》",
        "整体支出绩效目标表",
        "部门整体支出绩效目标申报表",
        "部门整体支出绩效目标表",
    ],
    "expenditure": [
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
        "《项目支出决算表》",
        "市本级部门项目支出预算表",
        "项目支出决算表",
        "项目支出表",
    ],
    "project_income_expenditure": [
        "项目收入支出决算表",
    ],
    "project_performance": [
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
        "上级转移支付细化明细表",
    ],
}

# What stands among the tables in lists of contents and is none.
NO_TABLES = ["报表封面", "关于空表的说明", "报表详见附件。", "部门收支总体情况说明", "公开01表", "第二部分"]

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
]


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


@pytest.mark.parametrize(
    ("title", "fund"),
    [
        ("一般公共预算“三公”经费支出表", "general_public_budget"),
        ("政府性基金“三公”经费支出表", "government_fund"),
        ("财政拨款“三公”经费支出表", None),
        ("财政拨款(含一般公共预算和政府性基金预算)“三公”经费支出表", None),
    ],
)
def test_a_title_of_one_fund_gives_it_and_a_title_of_two_gives_none(title, fund):
    assert load_library().fund_of_title(title) == fund
