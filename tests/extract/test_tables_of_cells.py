"""Tables of documents whose format sets cells apart (web page, workbook, Word): found by titles, read by their cells."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from tests.documents import read
from tests.extract.celled import Merged, extracted

HEADER = [
    [Merged("科目编码", 2), Merged("科目名称", 2), Merged("合计", 2), Merged("基本支出", 1, 2), Merged("项目支出", 2)],
    ["人员经费", "公用经费"],
]
FIRST = [
    ["201", "一般公共服务支出", "30.00", "10.00", "5.00", "15.00"],
    ["20103", "政府办公厅（室）及相关机构事务", "30.00", "10.00", "5.00", "15.00"],
    ["2010301", "行政运行", "15.00", "10.00", "5.00", ""],
    ["2010302", "一般行政管理事务", "15.00", "", "", "15.00"],
]
SECOND = [
    ["205", "教育支出", "3.50", "", "3.50", ""],
    ["20508", "进修及培训", "3.50", "", "3.50", ""],
    ["2050803", "培训支出", "3.50", "", "3.50", ""],
    [Merged("合计", 1, 2), "33.50", "10.00", "8.50", "15.00"],
]
TITLE = "2025年部门支出总表"
INCOME = [
    [Merged("收入", 1, 2), Merged("支出", 1, 2)],
    ["项目", "预算数", "项目", "预算数"],
    ["一、一般公共预算拨款收入", "33.50", "一、一般公共服务支出", "30.00"],
    ["", "", "二、教育支出", "3.50"],
    ["收入总计", "33.50", "支出总计", "33.50"],
]


def wide(text, columns=6):
    return [Merged(text, 1, columns)]


def lines(extraction, code="expenditure"):
    found = [line for line in extraction.rows.budget_lines if line.table_code == code]
    return {(line.function_code or line.item, line.measure): line.amount for line in found}


def tables(extraction):
    return [(table.table_code, table.amount_count) for table in extraction.rows.tables]


WHOLE = {
    ("合计", "total"): Decimal(335000), ("合计", "personnel"): Decimal(100000), ("合计", "public"): Decimal(85000),
    ("合计", "project"): Decimal(150000), ("201", "total"): Decimal(300000), ("2050803", "public"): Decimal(35000),
}  # fmt: skip
SHEET = [*HEADER, *FIRST, *SECOND]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([TITLE, "单位：万元", SHEET], id="title and unit above the table, as on a web page"),
        pytest.param([[wide(TITLE), wide("单位：万元"), *SHEET]], id="title and unit merged over the sheet"),
        pytest.param([[[TITLE], ["部门：某某局", "", "单位：万元"], *SHEET]], id="title and unit in cells of a sheet"),
        pytest.param([[wide(f"{TITLE}  单位：万元"), *SHEET]], id="title and unit in one cell"),
        pytest.param([TITLE, [["部门：某某局", "单位：万元"]], SHEET], id="body and unit in a table of their own"),
        pytest.param([[wide(TITLE)], "单位：万元", SHEET], id="title in a table of its own"),
        pytest.param([TITLE, "单位：万元", [*HEADER, *FIRST], [*HEADER, *SECOND]], id="cut in two, header repeated"),
        pytest.param([TITLE, "单位：万元", [*HEADER, *FIRST], SECOND], id="cut in two, header once"),
        pytest.param(
            [TITLE, "单位：万元", [*HEADER, *FIRST], f"{TITLE}（续）", "单位：万元", [*HEADER, *SECOND]],
            id="cut in two, title repeated",
        ),
    ],
)
def test_a_table_is_read_whatever_its_title_and_unit_stand_in(parts):
    extraction = extracted("某某局2025年部门预算", *parts)
    assert tables(extraction) == [("expenditure", 23)]
    assert lines(extraction).items() >= WHOLE.items()
    assert extraction.disclosure.reason is None


def test_a_header_that_is_printed_again_within_a_grid_owns_its_years():
    rows = [["项目", "2025年预算数", "2024年预算数"], ["公务接待费", "1.00", "2.00"], ["公务用车费", "3.00", "4.00"]]
    extraction = extracted("某某局2025年部门预算", "三公经费支出表", "单位：万元", [*rows[:2], *(rows[0], rows[2])])
    assert [line.amount for line in extraction.rows.budget_lines] == [10000, 20000, 30000, 40000]
    assert extraction.disclosure.status == "complete"


def test_a_grid_without_header_goes_on_though_its_first_row_is_a_word_of_headers():
    more = [["二、其他收入", "1.50", "", ""], ["收入总计", "35.00", "支出总计", "35.00"]]
    extraction = extracted("某某局2025年部门预算", "部门收支总表", "单位：万元", INCOME[:-1], more)
    assert tables(extraction) == [("income_expenditure_summary", 6)]
    assert extraction.disclosure.status == "complete"


def test_the_first_row_is_the_sum_of_all_others_where_no_total_is_printed():
    rows = [["单位", "合计", "基本支出", "项目支出"], ["某局", "5.00", "2.00", "3.00"],
            ["某局本级", "4.00", "1.50", "2.50"], ["某所", "1.00", "0.50", "0.50"]]  # fmt: skip
    extraction = extracted("某某局2025年部门预算", TITLE, "单位：万元", rows)
    assert [line.row_kind for line in extraction.rows.budget_lines if line.measure == "total"] == [
        "subtotal", "detail", "detail",
    ]  # fmt: skip


def test_titles_in_rows_of_commas_or_pipes_are_titles():
    text = "2024年部门收入总表,,\n部门：宁波市海曙区体育局,,单位：万元\n科目编码,科目名称,合计\n2070301,行政运行,7.00\n,合计,7.00\n"
    for data in (text, "\n".join(f"| {line.replace(',', ' | ')} |" for line in text.splitlines())):
        extraction = read(data.encode())
        assert [(t.table_code, t.title) for t in extraction.rows.tables] == [("income", "2024年部门收入总表")]
        assert [line.amount for line in extraction.rows.budget_lines] == [70000, 70000]
        assert extraction.disclosure.entity_name == "宁波市海曙区体育局"


def test_codes_below_a_word_for_codes_and_names_are_codes():
    rows = [["项目名称", "功能科目", "金额"], ["农田建设", "2130153", "5.00"], ["疫病防控", "2130108", "1.20"]]
    extraction = extracted("某某局2025年部门预算", "项目支出表", "单位：万元", rows)
    found = [(line.project, line.function_code, line.item) for line in extraction.rows.budget_lines]
    assert found == [("农田建设", "2130153", "农田建设"), ("疫病防控", "2130108", "疫病防控")]


def test_blank_cells_right_of_a_word_are_under_it_where_nothing_says_what_is_merged():
    plain = [
        ["科目编码", "科目名称", "合计", "基本支出", "", "项目支出"],
        ["", "", "", "人员经费", "公用经费", ""],
        *FIRST,
        *SECOND[:-1],
        ["合计", "", "33.50", "10.00", "8.50", "15.00"],
    ]
    extraction = extracted("某某局2025年部门预算", TITLE, "单位：万元", plain)
    assert lines(extraction).items() >= WHOLE.items()
    assert extraction.disclosure.status == "complete"


def test_tables_below_one_another_in_a_sheet_are_tables_of_their_own():
    sheet = [wide("部门收支总表"), wide("单位：万元"), *INCOME, [""] * 6, wide(TITLE), wide("单位：万元"), *SHEET]
    extraction = extracted("某某局2025年部门预算", sheet)
    assert tables(extraction) == [("income_expenditure_summary", 5), ("expenditure", 23)]
    assert lines(extraction).items() >= WHOLE.items()


def test_codes_merged_over_rows_are_those_of_each_row():
    rows = [["项目名称", "科目编码", "预算数"], ["甲", Merged("2010302", 2), "1.00"], ["乙", "2.00"]]
    extraction = extracted("某某局2025年部门预算", "项目支出表", "单位：万元", rows)
    found = [(line.project, line.function_code, line.amount) for line in extraction.rows.budget_lines]
    assert found == [("甲", "2010302", 10000), ("乙", "2010302", 20000)]


@pytest.mark.parametrize("between", [[], ["附：专项资金分配情况"], ["专项资金分配情况表"]])
def test_a_table_under_no_known_title_is_an_unknown_table_of_its_own(between):
    other = [["序号", "镇街", "预算数"], ["1", "甲街道", "50.00"], ["2", "乙街道", "50.00"]]
    extraction = extracted("某某局2025年部门预算", TITLE, "单位：万元", SHEET, *between, other)
    assert tables(extraction) == [("expenditure", 23), (None, 0)]
    assert lines(extraction).items() >= WHOLE.items()
    assert extraction.disclosure.status == "partial"


def test_a_table_with_the_same_columns_under_words_of_its_own_does_not_go_on_with_the_one_before():
    extraction = extracted("某某局2025年部门预算", TITLE, "单位：万元", SHEET, "其中：下属单位", SHEET)
    assert tables(extraction) == [("expenditure", 23), (None, 0)]


def test_a_header_and_a_total_of_their_own_below_a_total_begin_another_table():
    """Under no title of their own nothing says whose their amounts are; without a second total they go on the table."""
    (title, count), *others = tables(extracted("某市某局2025年部门预算", TITLE, SHEET))
    assert others == []
    apart = extracted("某市某局2025年部门预算", TITLE, [*SHEET, *SHEET])
    assert tables(apart) == [(title, count), (None, 0)]
    assert apart.disclosure.status == "partial"
    again = extracted("某市某局2025年部门预算", TITLE, [*HEADER, *FIRST, *HEADER, *SECOND])
    assert tables(again) == [(title, count)]
    titled = extracted("某市某局2025年部门预算", TITLE, [*SHEET, wide("2025年部门收支总表"), *SHEET])
    assert [code for code, _ in tables(titled)] == [title, "income_expenditure_summary"]


def test_a_row_whose_code_stands_where_the_header_has_amounts_is_of_another_table():
    sides = [[Merged("收入", 1, 2), Merged("支出", 1, 2)], ["项目", "预算数", "项目", "预算数"]]
    row = ["18", "2210201", "住房公积金", "342.89", "342.89", "0.00"]
    extraction = extracted("某市某局2025年部门预算", TITLE, SHEET, "2025年部门收支总表", "单位：万元", [*sides, row])
    assert tables(extraction) == [("expenditure", 23), ("income_expenditure_summary", 0)]


def test_the_name_of_a_code_is_printed_without_what_says_that_it_is_a_part():
    part = ["2010301", "其中：行政运行", "15.00", "10.00", "5.00", ""]
    extraction = extracted(
        "某市某局2025年部门预算", TITLE, "单位：万元", [*HEADER, *FIRST[:2], part, FIRST[3], *SECOND]
    )
    lines = [line for line in extraction.rows.budget_lines if line.function_code == "2010301"]
    assert {(line.item, line.function_name, line.row_kind) for line in lines} == {("行政运行", "行政运行", "detail")}
    assert tables(extraction) == [("expenditure", 23)]


@pytest.mark.parametrize(("first", "second", "known"), [("", "", False), ("表一", "", False), ("表一", "表二", True)])
def test_of_two_titles_above_one_another_without_numbers_none_is_believed(first, second, known):
    titles = first + "2025年部门支出总表", second + "一般公共预算基本支出表"
    extraction = extracted("某市某局2025年部门预算", *titles, "单位：万元", SHEET)
    expected = [("general_public_budget_basic_expenditure", 23)] if known else [(None, 0)]
    assert tables(extraction) == expected
    assert (extraction.disclosure.status == "partial") is not known


def test_rows_that_reach_beyond_a_header_that_lost_a_cell_are_not_published():
    header = [["科目编码", "科目名称", "合计", "项目支出"]]
    rows = [["", "合计", "30.00", "30.00", "0"], ["2010301", "行政运行", "30.00", "30.00", "0"]]
    extraction = extracted("某市某局2025年部门预算", TITLE, "单位：万元", [*header, *rows])
    assert tables(extraction) == [("expenditure", 0)]
    assert "right of the last cell of the header" in extraction.disclosure.reason


def test_a_numbered_total_among_parts_ends_no_list():
    rows = [
        ["一、财政拨款收入", "30.00", "一、一般公共服务支出", "30.00"],
        ["1、一般公共预算", "20.00", "", ""],
        ["2、合计", "4.00", "", ""],
        ["3、国有资本经营预算", "6.00", "", ""],
        ["收入总计", "30.00", "支出总计", "30.00"],
    ]
    found = extracted(
        "某市某局2025年部门预算", "2025年部门收支总表", "单位：万元", [*INCOME[:2], *rows]
    ).rows.budget_lines
    assert [line.revenue_source for line in found if line.fund] == ["fiscal_appropriation"] * 2


def test_titles_in_a_list_of_contents_are_no_tables():
    contents = [["序号", "名称"], ["1", "部门收支总表"], ["2", TITLE]]
    extraction = extracted(
        "某某局2025年部门预算",
        "目录",
        TITLE,
        "部门收支总表",
        contents,
        [["部门收支总表"], [TITLE]],
        TITLE,
        "单位：万元",
        SHEET,
    )
    assert tables(extraction) == [("expenditure", 23)]


@pytest.mark.parametrize("inside", [True, False])
def test_notes_below_a_table_are_its_notes(inside):
    note = "注：本部门2025年无政府性基金预算，本表为空。"
    rows = [*HEADER, wide(note)] if inside else HEADER
    below = [] if inside else [note]
    extraction = extracted(
        "某某局2025年部门预算", TITLE, "单位：万元", SHEET, "政府性基金预算支出表", "单位：万元", rows, *below, "第三部分 情况说明"
    )  # fmt: skip
    (_, empty) = extraction.rows.tables
    assert (empty.table_code, empty.declared_empty, empty.note) == ("government_fund_expenditure", True, note)
    assert extraction.disclosure.status == "complete"


def test_a_note_between_a_title_and_a_table_parts_them():
    other = [["镇街", "预算数"], ["甲街道", "50.00"], ["乙街道", "50.00"]]
    extraction = extracted(
        "某某局2025年部门预算",
        TITLE,
        "单位：万元",
        SHEET,
        "政府性基金预算支出表",
        "本部门无此项支出，故本表为空",
        other,
    )
    assert ("government_fund_expenditure", 2) not in tables(extraction)
    assert not lines(extraction, "government_fund_expenditure")


def test_a_performance_sheet_is_read_from_cells_without_positions():
    sheet = [
        ["项目名称", Merged("外事工作", 1, 3)],
        ["主管部门", "某某局", "实施单位", "某某局"],
        [Merged("项目资金（万元）", 2), "资金总额", Merged("12.50", 1, 2)],
        ["财政拨款", Merged("12.50", 1, 2)],
        ["年度目标", Merged("完成全年出访任务", 1, 3)],
        ["一级指标", "二级指标", "三级指标", "指标值"],
        [Merged("产出指标", 2), "数量指标", "出访批次", "≥3批"],
        ["时效指标", "完成时间", "2025年12月底前"],
    ]
    extraction = extracted("某某局2025年部门预算", TITLE, "单位：万元", SHEET, "项目绩效目标申报表", sheet)
    (project,) = extraction.rows.projects
    assert (project.name, project.implementing_unit) == ("外事工作", "某某局")
    found = [(i.level1, i.level2, i.level3, i.text) for i in extraction.rows.indicators]
    assert found == [
        (None, None, None, "完成全年出访任务"),
        ("产出指标", "数量指标", "出访批次", "≥3批"),
        ("产出指标", "时效指标", "完成时间", "2025年12月底前"),
    ]
    money = [line.amount for line in extraction.rows.budget_lines if line.table_code == "project_performance"]
    assert money == [Decimal(125000), Decimal(125000)]


@pytest.mark.slow
def test_a_long_table_takes_time_by_its_length():
    def cost(rows: int) -> float:
        sheet = [["科目编码", "科目名称", "合计"], *(["208", f"支出{at}", "1.00"] for at in range(rows))]
        start = time.process_time()
        assert len(extracted("某某局2025年部门预算", TITLE, "单位：万元", sheet).rows.budget_lines) == rows
        return time.process_time() - start

    cost(100)
    assert cost(8_000) < 12 * cost(2_000)


def test_a_code_in_brackets_behind_its_name_is_the_code_of_the_row():
    rows = [
        ["功能科目", "合计", "基本支出", "项目支出"],
        ["合计", "80.00", "50.00", "30.00"],
        ["水利（21303）", "80.00", "50.00", "30.00"],
        ["行政运行（2130301）", "50.00", "50.00", "0.00"],
        ["防汛 (2130314)", "30.00", "0.00", "30.00"],
    ]
    found = extracted("某某局2026年部门预算", "部门支出总表", "单位：万元", rows).rows
    totals = [line for line in found.budget_lines if line.measure == "total"]
    assert [(line.function_code, line.item, line.row_kind) for line in totals[1:]] == [
        ("21303", "水利", "subtotal"),
        ("2130301", "行政运行", "detail"),
        ("2130314", "防汛", "detail"),
    ]
    assert found.disclosures[0].status == "complete"
