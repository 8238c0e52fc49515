"""Tables as bodies of further regions draw them: what names the rows, what is a total, and what no word says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.extract.forms import load_library
from pipeline.extract.patterns import fold
from pipeline.extract.tables.find.headings import match_title
from tests.extract.celled import Merged, Rows, extracted

BUDGET = "某县某局2024年部门预算"


def lines(title: str, table: Rows, unit: str = "万元"):
    """The amounts of the only table of a budget."""
    return extracted(BUDGET, title, f"单位：{unit}", table).rows.budget_lines


def test_totals_are_called_numbers_too():
    """Chongqing ends its summary with 收入总数 and 支出总数."""
    found = lines(
        "财政拨款收支总表",
        [
            [Merged("收入", 1, 2), Merged("支出", 1, 2)],
            ["项目", "预算数", "项目", "预算数"],
            ["一、本年收入", "90.00", "一、本年支出", "100.00"],
            ["一般公共预算拨款", "90.00", "农林水支出", "100.00"],
            ["二、上年结转", "10.00", "二、结转下年", ""],
            ["收入总数", "100.00", "支出总数", "100.00"],
        ],
    )
    kinds = {line.item: line.row_kind for line in found}
    assert (kinds["收入总数"], kinds["支出总数"]) == ("total", "total")


def test_what_is_bought_names_the_row_and_what_for_is_its_project():
    table = [
        [Merged("项目", 2), Merged("采购品目", 1, 2), Merged("合计", 2), Merged("单位资金", 2)],
        ["编码", "名称"],
        ["合计", "", "", "900.00", "100.00"],
        [Merged("实训基地建设", 2), "A02020000", "办公设备", "100.00", ""],
        ["A02330000", "教学仪器", "700.00", ""],
        ["后勤服务", "C21040000", "物业管理服务", "100.00", "100.00"],
    ]
    found = lines("政府采购预算情况表", table)
    assert [(line.project, line.item, line.printed) for line in found if line.row_kind == "detail"] == [
        ("实训基地建设", "办公设备", "100.00"),
        ("实训基地建设", "教学仪器", "700.00"),
        ("后勤服务", "物业管理服务", "100.00"),
        ("后勤服务", "物业管理服务", "100.00"),
    ]


def test_unit_beside_a_quantity_is_what_is_counted():
    table = [
        ["采购品目", "单位", "数量", "单价", "采购金额"],
        ["超声诊断仪", "台", "1", "1,200,000.00", "1,200,000.00"],
        ["生化分析仪", "台", "2", "350,000.00", "700,000.00"],
        ["合计", "", "3", "", "1,900,000.00"],
    ]
    found = lines("政府采购预算表", table, "元")
    assert [(line.item, line.amount) for line in found if line.measure == "total"] == [
        ("超声诊断仪", Decimal(1200000)),
        ("生化分析仪", Decimal(700000)),
        ("合计", Decimal(1900000)),
    ]
    assert {line.unit_name for line in found} == {None}


def test_of_columns_that_no_word_knows_the_one_that_tells_rows_apart_names_them():
    table = [
        ["融资事项", "融资方式", "合计", "还本", "付息"],
        ["教学楼建设债券", "一般债务", "118.60", "100.00", "18.60"],
        ["职教中心债券", "一般债务", "45.00", "", "45.00"],
        ["合计", "", "163.60", "100.00", "63.60"],
    ]
    found = lines("债务支出预算表", table)
    assert [line.item for line in found if line.measure == "total"] == ["教学楼建设债券", "职教中心债券", "合计"]


def test_procurement_names_its_project_beside_an_economic_class():
    table = [
        ["采购品目大类", "专项名称", "经济科目", "采购品目名称", "总计"],
        ["货物", "", "", "", "51.60"],
        ["", "执法办案业务费", "办公费", "复印纸", "3.60"],
        ["", "信息化建设", "办公设备购置", "服务器", "48.00"],
    ]
    found = lines("政府采购支出表", table)
    assert [line.project for line in found] == [None, "执法办案业务费", "信息化建设"]


SECTIONS = [
    [
        *(Merged("单位代码", 2), Merged("单位名称（科目）", 2), Merged("合计", 2)),
        *(Merged("工资奖金津补贴", 1, 3), Merged("住房公积金", 2)),
    ],
    ["小计", "基本工资", "津贴补贴"],
    ["", "合计", "50.00", "35.00", "20.00", "15.00", "15.00"],
    ["204001", "某局本级", "30.00", "20.00", "12.00", "8.00", "10.00"],
    ["204002", "某局休养所", "20.00", "15.00", "8.00", "7.00", "5.00"],
]


def test_sections_are_columns_of_a_table_of_one_class():
    """Hunan: 基本工资 and 津贴补贴 stand under the government's 工资奖金津补贴; of what 小计 is the sum, no word says."""
    found = extracted(
        BUDGET, "一般公共预算基本支出表—人员经费（工资福利支出）（按部门预算经济分类）", "单位：元", SECTIONS
    )
    printed = [(line.department_economic_code, line.printed) for line in found.rows.budget_lines if line.row_no == 1]
    assert printed == [(None, "50.00"), ("30101", "20.00"), ("30102", "15.00"), ("30113", "15.00")]
    disclosure = found.disclosure
    assert (disclosure.status, disclosure.numbers_unclaimed) == ("partial", 3)


def test_plan_of_projects_is_of_years_to_come():
    table = [
        ["项目名称", "项目级次", "2024年", "2025年", "2026年"],
        ["科技特派员工作经费", "本级", "34.60", "35.00", "35.00"],
        ["创新奖励补助", "本级", "182.40", "200.00", "200.00"],
        ["合计", "", "217.00", "235.00", "235.00"],
    ]
    found = lines("部门项目中期规划预算表", table)
    assert {(line.fiscal_year, line.comparison) for line in found} == {(2024, False), (2025, True), (2026, True)}
    assert len(found) == 9


def test_places_are_columns_of_transfers():
    table = [
        [Merged("单位名称（项目）", 2), Merged("资金来源", 1, 2), Merged("地区", 1, 2)],
        ["合计", "一般公共预算", "大理市", "祥云县"],
        ["科技型企业培育补助", "90.00", "90.00", "50.00", "40.00"],
        ["合计", "90.00", "90.00", "50.00", "40.00"],
    ]
    found = lines("州对下转移支付预算表", table)
    parts = [(line.unit_name, line.row_kind, line.printed) for line in found if line.unit_name]
    assert parts == [("大理市", "of_which", "50.00"), ("祥云县", "of_which", "40.00")] * 2


def test_department_itself_is_a_column_beside_its_bodies():
    table = [
        [Merged("支出项目", 2), Merged("合计", 2), Merged("其中", 1, 3)],
        ["本级", "第一小学", "民族中学"],
        ["人员经费", "90.00", "40.00", "20.00", "30.00"],
        ["公用经费", "12.00", "4.00", "3.00", "5.00"],
        ["合计", "102.00", "44.00", "23.00", "35.00"],
    ]
    found = [(line.unit_name, line.row_kind) for line in lines("支出总表（分单位）", table) if line.row_no == 1]
    assert found == [(None, "detail"), ("本级", "of_which"), ("第一小学", "of_which"), ("民族中学", "of_which")]


THREE_PUBLIC = [
    ["项目", "预算数（万元）"],
    ["一、因公出国（境）费用", "10.83"],
    ["二、公务接待费", "2.59"],
    ["“三公”经费合计", "13.42"],
]


def test_title_does_not_begin_with_the_last_row_of_the_table_above():
    """“三公”经费合计 and 重点项目情况表 together read like the title of a table of three public expenses."""
    projects = [["序号", "项目名称", "立项依据", "预算金额"], ["1", "烈士陵园维护", "湘办发〔2024〕6号", "55.00"]]
    found = extracted(
        *(BUDGET, "附表8", "一般公共预算“三公”经费支出情况表", "单位：万元", THREE_PUBLIC),
        *("附表12", "重点项目情况表", "单位：万元", projects),
    )
    assert [(table.title, table.table_code) for table in found.rows.tables] == [
        ("一般公共预算“三公”经费支出情况表", "three_public"),
        ("重点项目情况表", None),
    ]
    assert {line.table_code for line in found.rows.budget_lines} == {"three_public"}


def test_whole_numbers_right_of_the_amounts_are_no_parts_of_codes():
    table = [
        [Merged("科目编码", 1, 3), Merged("科目名称", 2), Merged("合计", 2), Merged("其中：以前年度安排", 2)],
        ["类", "款", "项"],
        ["213", "01", "01", "行政运行", "120.00", "10"],
        ["213", "01", "22", "农业生产发展", "80.00", "5"],
        ["合计", "", "", "", "200.00", "15"],
    ]
    assert [line.printed for line in lines("部门支出预算总表", table)] == ["120.00", "80.00", "200.00"]


def test_purchases_planned_and_made():
    table = [
        ["项目", "行次", "采购计划金额", "实际采购金额"],
        ["货物", "1", "20.00", "18.60"],
        ["服务", "2", "31.00", "30.10"],
    ]
    found = extracted("某县某局2024年度部门决算", "政府采购情况表", "单位：万元", table).rows.budget_lines
    assert [(line.phase, line.printed) for line in found] == [
        ("approved", "20.00"),
        ("executed", "18.60"),
        ("approved", "31.00"),
        ("executed", "30.10"),
    ]


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("某局2024年支出预算明细表", "expenditure"),
        ("一般公共预算支出总体情况表", "general_public_budget_expenditure"),
        ("某县财政局2023年一般公共预算当年拨款情况表", "general_public_budget_expenditure"),
        ("公共预算财政拨款支出决算表", "general_public_budget_expenditure"),
        ("一般公共预算基本支出情况表——商品和服务支出", "basic_expenditure_class"),
        ("特定目标类项目支出预算表", "project_expenditure"),
        ("部门专项资金预算表", "project_expenditure"),
        ("一般公共预算特定目标类项目支出表", "general_public_budget_project_expenditure"),
        ("财政拨款安排“三公”经费预算表", "three_public"),
        ("财政拨款预算“三公”经费支出表", "three_public"),
        ("财政专户资金预算表", "fiscal_special_account_expenditure"),
        ("政府集中采购预算表", "government_procurement"),
        ("2024年通用资产配置支出表", "asset_acquisition"),
        ("国有资产占用情况统计表", "assets"),
        ("机关运行经费及国有资产占用情况表", "agency_information"),
        ("债务预算支出表", "debt_expenditure"),
        ("会议费预算表", None),
        ("非税收入计划表", None),
        ("人员基本情况表", None),
    ],
)
def test_titles(title, code):
    assert {form.code for form in match_title(fold(title), load_library())[1][:1]} == ({code} if code else set())


def test_kinds_of_revenue_beside_taxes_are_columns():
    """Guangxi and Guizhou print from what fees, fines and assets the budget grants; hospitals and schools, gifts and interest."""
    table = [
        ["科目编码", "科目名称", "合计", "经费拨款", "行政事业性收费收入", "罚没收入", "捐赠收入", "利息收入"],
        ["2050205", "高等教育", "150.00", "100.00", "20.00", "15.00", "10.00", "5.00"],
    ]
    found = [(line.fund, line.revenue_source, line.printed) for line in lines("部门收入总表", table)]
    assert found == [
        (None, None, "150.00"),
        ("general_public_budget", None, "100.00"),
        (None, "administrative_fees", "20.00"),
        (None, "fines", "15.00"),
        (None, "donations", "10.00"),
        (None, "interest", "5.00"),
    ]
