"""Where a table begins and ends whose unit of money stands above its title, and which other lines stand around it."""

from __future__ import annotations

import pytest

from tests.documents import read
from tests.extract.celled import Merged, extracted

BODY = "青山市临江区统计局2024年部门预算公开"
HEADER = "科目编码      科目名称          合计       基本支出     项目支出"
ROWS = [
    "合计                      12.50     10.50     2.00",
    "2010301   行政运行            10.50     10.50     0.00",
    "2010302   一般行政管理事务        2.00      0.00      2.00",
]
UNIT, TITLE = "                 单位：万元", "                        部门支出总表"
SECOND = ["                        一般公共预算支出表", UNIT, HEADER, *ROWS]


def laid_out(*pages: list[str]) -> bytes:
    return "\f".join("\n".join(page) + "\n" for page in pages).encode()


def details(extraction, table_no: int) -> list[str]:
    lines = extraction.rows.budget_lines
    return [line.printed for line in lines if line.table_no == table_no and line.row_kind == "detail"]


@pytest.mark.parametrize("order", [[UNIT, TITLE], [TITLE, UNIT]], ids=["unit above the title", "unit below it"])
def test_a_table_is_found_on_either_side_of_its_title(order):
    extraction = read(laid_out([BODY], [*order, HEADER, *ROWS], SECOND))
    assert [table.table_code for table in extraction.rows.tables] == [
        "expenditure", "general_public_budget_expenditure",
    ]  # fmt: skip
    assert details(extraction, 1) == details(extraction, 2) == ["10.50", "10.50", "0.00", "2.00", "0.00", "2.00"]
    assert {table.unit for table in extraction.rows.tables} == {"万元"}
    assert extraction.disclosure.status == "complete"


def test_a_unit_above_the_next_title_of_a_sheet_is_no_row():
    head = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
    total, row = ["", "合计", "2.00", "0.00", "2.00"], ["2010302", "一般行政管理事务", "2.00", "0.00", "2.00"]
    unit, first, second = Merged("单位：万元", 1, 5), Merged("部门支出总表", 1, 5), Merged("一般公共预算支出表", 1, 5)
    sheet = [[unit], [first], head, total, row, [unit], [second], head, total, row]
    extraction = extracted(BODY, sheet)
    assert [table.amount_count for table in extraction.rows.tables] == [6, 6]
    assert extraction.disclosure.status == "complete"


def test_amounts_of_rows_that_no_table_takes_are_no_story():
    """A row with amounts outside of any table is a table that nobody found: its numbers stay unclaimed."""
    stray = ["                 经费安排", HEADER.replace("科目编码", "        "), *ROWS]
    extraction = read(laid_out([BODY], [TITLE, UNIT, HEADER, *ROWS], ["第三部分 情况说明", "以下为安排情况。", *stray]))
    unclaimed = [row.printed for row in extraction.rows.numbers if row.class_ == "unclaimed"]
    assert unclaimed.count("12.50") == 1 and unclaimed.count("2.00") == 3
    assert extraction.disclosure.status == "partial"


def test_the_title_of_the_next_body_is_not_the_end_of_the_last_label():
    public = ["                 “三公”经费支出表", UNIT, "项目                 预算数"]
    public += ["合计                 3.50", "1.公务接待费             2.00", "2.公务用车运行费           1.50", ""]
    other = "青山市临江区统计局普查中心2024年单位预算公开"
    extraction = read(laid_out([BODY], [*public, other, "第二部分 2024年单位预算表"], [TITLE, UNIT, HEADER, *ROWS]))
    assert [line.item for line in extraction.rows.budget_lines if line.table_no == 1] == [
        "合计", "公务接待费", "公务用车运行费",
    ]  # fmt: skip


def test_a_line_above_its_unit_begins_a_table_though_headers_use_its_words():
    agency = ["                     机关运行经费", UNIT, "项目            2024年预算数", "合计            4.40"]
    agency += ["办公费           2.20", "差旅费           2.20"]
    extraction = read(laid_out([BODY], [TITLE, UNIT, HEADER, *ROWS], agency))
    assert [(table.title, table.amount_count) for table in extraction.rows.tables][:1] == [("部门支出总表", 9)]
    assert [table.title for table in extraction.rows.tables][1:] == ["机关运行经费"]
    assert "4.40" not in {line.printed for line in extraction.rows.budget_lines if line.table_no == 1}


PUBLIC = [
    "1.因公出国（境）费用",
    "2.公务接待费",
    "3.公务用车购置及运行费",
    "（1）公务用车购置费",
    "（2）公务用车运行费",
]


def test_kinds_of_expense_are_numbered_in_columns_as_in_rows():
    rows = [["项目", "合计", *PUBLIC], ["预算数", "3.50", "0.00", "2.00", "1.50", "0.00", "1.50"]]
    extraction = extracted(BODY, "“三公”经费支出表", "单位：万元", rows)
    found = [(line.expense, line.item, line.printed) for line in extraction.rows.budget_lines]
    assert found == [
        ("total", "合计", "3.50"),
        ("overseas_travel", "因公出国（境）费用", "0.00"),
        ("official_reception", "公务接待费", "2.00"),
        ("official_vehicles", "公务用车购置及运行费", "1.50"),
        ("official_vehicle_purchase", "公务用车购置费", "0.00"),
        ("official_vehicle_operation", "公务用车运行费", "1.50"),
    ]
    assert extraction.disclosure.status == "complete"


def test_a_city_sums_up_the_expenses_of_its_bodies():
    head = ["序号", "单位名称", "合计", "因公出国（境）费", "公务接待费"]
    rows = [head, ["", "合计", "5.00", "1.00", "4.00"], ["1", "市教育局", "3.00", "1.00", "2.00"]]
    rows += [["2", "市民政局", "2.00", "0.00", "2.00"]]
    extraction = extracted("青山市2023年市级“三公”经费决算情况", "2023年市级“三公”经费决算汇总表", "单位：万元", rows)
    lines = extraction.rows.budget_lines
    assert [(x.unit_name, x.printed) for x in lines if x.row_kind == "detail"] == [
        ("市教育局", "1.00"), ("市教育局", "2.00"), ("市民政局", "0.00"), ("市民政局", "2.00"),
    ]  # fmt: skip


HEAD = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
CELLS = [["", "合计", "2.00", "0.00", "2.00"], ["2010302", "一般行政管理事务", "2.00", "0.00", "2.00"]]


@pytest.mark.parametrize(
    ("title", "unit", "head", "amounts"),
    [
        pytest.param("部门支出总表", "单位：万元", HEAD, 6, id="one unit"),
        pytest.param("部门支出总表", "单位：元 单位：万元", HEAD, 0, id="two lines of units"),
        pytest.param("部门支出总表（千元）", "单位：万元", HEAD, 0, id="another one in the title"),
        pytest.param(
            "部门支出总表", "单位：元", [*HEAD[:2], "合计（万元）", *HEAD[3:]], 4, id="another one in a header"
        ),
        pytest.param("部门支出总表", "", [*HEAD[:2], "合计（万元）", *HEAD[3:]], 6, id="one in a header"),
    ],
)
def test_amounts_of_a_table_that_names_two_units_are_not_published(title, unit, head, amounts):
    extraction = extracted(BODY, title, *([unit] if unit else []), [head, *CELLS])
    assert [table.amount_count for table in extraction.rows.tables] == [amounts]
    assert extraction.disclosure.status == ("complete" if amounts == 6 else "partial")


def test_amounts_of_a_year_that_no_line_names_leave_their_document_partial():
    extraction = extracted(BODY.replace("2024年", ""), "部门支出总表", "单位：万元", [HEAD, *CELLS])
    assert {line.fiscal_year for line in extraction.rows.budget_lines} == {None}
    assert extraction.disclosure.status == "partial"
    assert "no line says which year" in (extraction.disclosure.reason or "")


def test_a_code_with_its_name_is_no_project():
    rows = [["合计", "", "2.00"], ["2010302一般行政管理事务", "招商活动", "2.00"]]
    extraction = extracted(BODY, "项目支出表", "单位：万元", [["项目名称", "功能科目", "金额"], *rows])
    assert [line.row_kind for line in extraction.rows.budget_lines] == ["total"]


def test_what_stands_between_doubled_rules_hides_no_word_over_all_columns():
    group = Merged("一般公共预算基本支出", 1, 4)
    header = [["科目编码", "科目名称", group], ["", "", "合计", "", "人员经费", "公用经费"]]
    rows = [["301", "工资福利支出", "2.00", "", "2.00", ""], ["302", "商品和服务支出", "1.00", "", "", "1.00"]]
    extraction = extracted(BODY, "一般公共预算基本支出表", "单位：万元", [*header, *rows])
    assert {line.measure for line in extraction.rows.budget_lines} == {"total", "personnel", "public"}


@pytest.mark.parametrize("number", ["公开03表", "公开表3", "附表3", "表 3"])
def test_the_number_of_a_form_at_the_right_edge_is_no_word_of_a_title(number):
    text = (
        f"某某局2026年部门预算\n\n部门支出总表                              {number}\n单位：万元\n"
        "科目编码  科目名称      合计   基本支出  项目支出\n"
        "          合计          80.00    50.00     30.00\n"
        "2130301   行政运行      50.00    50.00      0.00\n"
        "2130314   防汛          30.00     0.00     30.00\n"
    )
    rows = read(text.encode()).rows
    assert [(table.title, table.table_code) for table in rows.tables] == [("部门支出总表", "expenditure")]
    assert (
        sum(line.amount for line in rows.budget_lines if line.measure == "total" and line.row_kind == "detail")
        == 800000
    )
