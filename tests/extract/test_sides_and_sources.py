"""Whose an amount is: the side of a table whose label stands beside it, the fund that it is paid from."""

from __future__ import annotations

from tests.documents import read
from tests.extract.celled import Merged, extracted
from tests.extract.test_rows_over_rows import failing

SUMMARY = [
    ["一、一般公共预算拨款收入", "120.00", "一、社会保障和就业支出", "20.00"],
    ["二、其他收入", "5.00", "二、农林水支出", "105.00"],
    ["收入合计", "125.00", "支出合计", "125.00"],
]


def published(extraction):
    return [(line.direction, line.item, line.printed) for line in extraction.rows.budget_lines]


def test_words_that_name_the_items_of_a_side_are_its_labels():
    header = [
        [Merged("收入", 1, 2), Merged("支出", 1, 2)],
        ["收入项目", "预算数", "支出项目", "预算数"],
    ]
    extraction = extracted("某某厅2024年部门预算", "2024年度收支预算总表", "单位：万元", [*header, *SUMMARY])
    assert published(extraction) == [
        ("revenue", "一般公共预算拨款收入", "120.00"),
        ("expenditure", "社会保障和就业支出", "20.00"),
        ("revenue", "其他收入", "5.00"),
        ("expenditure", "农林水支出", "105.00"),
        ("revenue", "收入合计", "125.00"),
        ("expenditure", "支出合计", "125.00"),
    ]
    assert extraction.disclosure.status == "complete"


def test_amounts_before_the_first_label_are_not_what_the_other_side_names():
    header = [[Merged("收入", 1, 2), Merged("支出", 1, 2)], ["合计", "预算数", "项目", "预算数"]]
    extraction = extracted("某某厅2024年部门预算", "收支预算总表", "单位：万元", [*header, *SUMMARY])
    assert ("revenue", "社会保障和就业支出", "120.00") not in published(extraction)
    assert not {item for direction, item, _ in published(extraction) if direction == "revenue"} & {
        "社会保障和就业支出", "农林水支出", "支出合计",
    }  # fmt: skip


def test_sources_over_the_columns_of_expenditure_say_from_which_budget_it_is_paid():
    rows = [
        [Merged("项目", 2), Merged("资金来源", 1, 4)],
        ["合计", "一般公共预算拨款", "政府性基金预算拨款", "国有资本经营预算拨款"],
        ["“三公”经费合计", "38.01", "38.01", "0.00", "0.00"],
        ["一、因公出国（境）费", "8.01", "8.01", "0.00", "0.00"],
        ["二、公务接待费", "30.00", "30.00", "0.00", "0.00"],
    ]
    extraction = extracted("某某厅2023年部门预算", "部门预算财政拨款“三公”经费支出表", "单位：万元", rows)
    found = [(line.expense, line.fund, line.direction) for line in extraction.rows.budget_lines]
    assert found[:4] == [
        ("total", fund, "expenditure")
        for fund in (None, "general_public_budget", "government_fund", "state_capital")
    ]  # fmt: skip
    assert {direction for *_, direction in found} == {"expenditure"}


FULL_LINE = """\
某某幼儿园2017年度部门决算
\f                                                             收入决算表
部门：某某幼儿园                       单位：元
                项目             本年收入合计          财政拨款收入            上级补助收入               事业收入              经营收入       附属单位上缴收入      其他收入
 科目代码                科目名称                                                     小计          其中：教育收费
栏次                           1               2               3            4             5           6          7              8
          合计                 51,623,603.72   46,692,164.97   0            2,958,863.25 0            0          0              1,972,575.50
205       教育支出               47,583,280.09   42,651,841.34   0            2,958,863.25 0            0          0              1,972,575.50
20502     普通教育               25,293,035.31   21,529,433.71   0            2,258,160.96 0            0          0              1,505,440.64
2050205   高等教育               25,293,035.31   21,529,433.71   0            2,258,160.96 0            0          0              1,505,440.64
20508     进修及培训              22,290,244.78   21,122,407.63   0            700,702.29    0           0          0              467,134.86
2050803   培训支出               22,290,244.78   21,122,407.63   0            700,702.29    0           0          0              467,134.86
208       社会保障和就业支出          2,901,418.04    2,901,418.04    0            0             0           0          0              0
20805     行政事业单位养老支出         2,901,418.04    2,901,418.04    0            0             0           0          0              0
2080502   事业单位离退休            1,455,043.82    1,455,043.82    0            0             0           0          0              0
2080505   机关事业单位基本养老保险缴费支出   849,298.97      849,298.97      0            0             0           0          0              0
2080506   机关事业单位职业年金缴费支出     597,075.25      597,075.25      0            0             0           0          0              0
210       卫生健康支出             318,113.76      318,113.76      0            0             0           0          0              0
21011     行政事业单位医疗           318,113.76      318,113.76      0            0             0           0          0              0
"""


def test_a_full_line_that_pushes_an_amount_on_leaves_it_in_its_column():
    extraction = read(FULL_LINE.encode())
    found = [(x.printed, x.measure, x.revenue_source) for x in extraction.rows.budget_lines if x.function_code == "205"]
    assert found == [
        ("47,583,280.09", "total", None),
        ("42,651,841.34", "total", "fiscal_appropriation"),
        ("0", "total", "superior_subsidy"),
        ("2,958,863.25", "subtotal", "operating_undertaking"),
        ("0", "total", "education_fees"),
        ("0", "total", "business_operation"),
        ("0", "total", "subordinate_remittance"),
        ("1,972,575.50", "total", "other"),
    ]
    assert extraction.disclosure.status == "complete"


VEHICLES = [Merged("公务用车购置及运行费", 1, 3)]


def test_rows_named_by_a_year_and_its_budget_are_about_that_year():
    rows = [
        [Merged("年度", 2), Merged("合计", 2), Merged("因公出国（境）费用", 2), *VEHICLES, Merged("公务接待费", 2)],
        ["小计", "公务用车购置费", "公务用车运行费"],
        ["2022年预算数", "10.00", "0.00", "6.00", "0.00", "6.00", "4.00"],
        ["2023年预算数", "5.00", "0.00", "3.00", "0.00", "3.00", "2.00"],
    ]
    extraction = extracted("某某局2023年部门预算", "一般公共预算“三公”经费支出表", "单位：万元", rows)
    found = [(line.expense, line.fiscal_year, line.printed) for line in extraction.rows.budget_lines]
    assert found[0] == ("total", 2022, "10.00")
    assert ("official_reception", 2023, "2.00") in found
    assert len(found) == 12
    assert extraction.disclosure.status == "complete"


def test_a_part_of_an_expense_that_no_word_stands_over_is_a_part_all_the_same():
    rows = [
        [Merged("合计", 2), Merged("公务用车购置及运行费", 1, 2), Merged("公务用车运行费", 2), Merged("公务接待费", 2)],
        ["小计", "公务用车购置费"],
        ["10.00", "6.00", "0.00", "6.00", "4.00"],
    ]
    extraction = extracted("某某局2023年部门预算", "一般公共预算“三公”经费支出表", "单位：万元", rows)
    paths = [line.item_path for line in extraction.rows.budget_lines]
    assert paths == [
        "合计",
        "公务用车购置及运行费",
        "公务用车购置及运行费/公务用车购置费",
        "公务用车购置及运行费/公务用车运行费",
        "公务接待费",
    ]
    assert failing(extraction) == set()


def test_the_sum_of_the_public_expenses_is_one_whatever_it_is_called():
    rows = [
        ["项目", "行次", "预算数", "决算统计数"],
        ["一、“三公”经费支出", "1", "—", "—"],
        ["（一）支出合计", "2", "8.00", "6.00"],
        ["1．因公出国（境）费", "3", "3.00", "2.00"],
        ["2．公务接待费", "4", "5.00", "4.00"],
    ]
    extraction = extracted("某某局2016年度部门决算", "“三公”经费支出决算表", "单位：万元", rows)
    found = [(line.expense, line.phase, line.printed) for line in extraction.rows.budget_lines]
    assert found[:2] == [("total", "approved", "8.00"), ("total", "executed", "6.00")]


def test_assets_are_what_rows_of_their_acquisition_are_about():
    rows = [
        [Merged("单位名称", 2), Merged("资产类别", 2), Merged("资产名称", 2), Merged("资金来源", 1, 3)],
        ["合计", "一般公共预算", "其他资金"],
        ["某某局", "通用设备", "台式计算机", "12.00", "12.00", "0.00"],
        ["某某局", "专用设备", "防汛抢险设备", "45.00", "45.00", "0.00"],
    ]
    extraction = extracted("某某局2023年部门预算", "新增资产配置表", "单位：万元", rows)
    found = {(line.item, line.unit_name, line.direction) for line in extraction.rows.budget_lines}
    assert found == {("台式计算机", "某某局", "expenditure"), ("防汛抢险设备", "某某局", "expenditure")}
