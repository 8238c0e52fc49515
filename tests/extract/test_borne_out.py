"""What titles and headers say is borne out by what stands beside and below: else amounts are left out, or a check fails."""

from __future__ import annotations

import pytest

from pipeline.extract.records import Extraction
from tests.extract.celled import Merged, Rows, extracted

YEAR = "某某局2023年部门预算"


def lines(title: str, rows: Rows) -> tuple[list[tuple[str | None, str, str]], str]:
    """Item, measure and print of each amount of a table in a document of its own, and the status of that."""
    found: Extraction = extracted(YEAR, title, "单位：万元", rows)
    amounts = [(line.item, line.measure, line.printed) for line in found.rows.budget_lines]
    return amounts, found.disclosure.status


CODED = [Merged("功能分类科目编码", 1, 3), Merged("功能分类科目名称", 2), Merged("合计", 2), Merged("基本支出", 2)]
HEADER = [[*CODED, Merged("项目支出", 2)], ["类", "款", "项"]]
BODY = [
    ["201", "", "", "一般公共服务支出", "9.00", "7.00", "2.00"],
    ["201", "03", "", "政府办公厅（室）及相关机构事务", "9.00", "7.00", "2.00"],
    ["201", "03", "01", "行政运行", "7.00", "7.00", ""],
    ["201", "03", "02", "一般行政管理事务", "2.00", "", "2.00"],
    [Merged("合计", 1, 4), "9.00", "7.00", "2.00"],
]


@pytest.mark.parametrize("fund", ["国有资本经营预算支出", "一般公共预算支出"])
def test_one_fund_over_all_columns_of_a_table_of_all_funds_is_not_believed(fund):
    over = [Merged("项目", 1, 4), Merged(fund, 1, 3)]
    assert lines("支出预算总表", [over, *HEADER, *BODY]) == ([], "partial")
    amounts, status = lines("支出预算总表", [[Merged("项目", 1, 4), Merged("支出预算", 1, 3)], *HEADER, *BODY])
    assert (len(amounts), status) == (13, "complete")


@pytest.mark.parametrize("column", [4, 5])
def test_a_row_that_a_merged_amount_moves_to_the_right_is_left_out(column):
    body = [list(row) for row in BODY]
    body[2][column] = Merged("7.00", 2)
    amounts, status = lines("一般公共预算支出预算表", [*HEADER, *body])
    assert status == "partial"
    assert not [each for each in amounts if each[0] == "一般行政管理事务"]


def test_a_row_with_a_part_of_a_code_under_no_known_word_is_left_out():
    header = [[Merged("功能分类科目编码", 1, 3), *HEADER[0][1:]], ["类", "其它一", "其它二"]]
    assert lines("一般公共预算支出预算表", [*header, *BODY[1:4]]) == ([], "partial")


def test_a_row_of_a_code_whose_name_is_a_word_of_the_header_is_left_out():
    body = [list(row) for row in BODY]
    body[0][3] = "款"
    amounts, status = lines("一般公共预算支出预算表", [*HEADER, *body])
    assert status == "partial"
    assert "款" not in {item for item, _, _ in amounts}


def test_digits_of_codes_are_no_labels():
    header = [
        [Merged("本年收入", 1, 2), Merged("本年支出", 1, 4)],
        ["项目", "预算数", "项目", "合计", "人员经费", "公用经费"],
    ]
    body = [
        ["301", "", "工资福利支出", "9.00", "9.00", ""],
        ["301", "01", "基本工资", "5.00", "5.00", ""],
        ["301", "02", "津贴补贴", "4.00", "4.00", ""],
    ]
    assert lines("一般公共预算基本支出预算表", [*header, *body]) == ([], "partial")


def test_amounts_of_a_table_of_revenue_and_expenditure_are_one_of_them():
    assert lines("财政拨款收支预算总表", [*HEADER, *BODY]) == ([], "partial")


@pytest.mark.parametrize("word", ["预算数", ""])
def test_a_side_whose_word_below_its_name_is_lost_measures_nothing_known(word):
    rows = [
        [Merged("本年收入", 1, 2), Merged("本年支出", 1, 2)],
        ["项目", word, "项目", "预算数"],
        ["一、财政拨款收入", "9.00", "一、一般公共服务支出", "9.00"],
        ["收入总计", "9.00", "支出总计", "9.00"],
    ]
    amounts, status = lines("收支预算总表", rows)
    assert [(item, measure) for item, measure, _ in amounts if "收入" in (item or "")] == (
        [("财政拨款收入", "total"), ("收入总计", "total")] if word else []
    )
    assert status == ("complete" if word else "partial")


def expenses(*words: str) -> list[str | None]:
    """The kinds of expense of six columns; the last three stand below 公务用车购置及运行费."""
    over = [Merged(word, 2) for word in words[:3]]
    found = extracted(
        YEAR,
        "一般公共预算“三公”经费支出表",
        "单位：万元",
        [
            [*over, Merged("公务用车购置及运行费", 1, 3)],
            list(words[3:]),
            ["10.71", "0.00", "0.73", "9.98", "0.00", "9.98"],
        ],
    )
    kinds = {line.printed + str(line.start): line.expense for line in found.rows.budget_lines}
    return list(kinds.values())


def test_expenses_stand_below_the_word_for_their_whole():
    travel, vehicles = "因公出国（境）费", ["小计", "购置费", "运行费"]
    whole = ["total", "overseas_travel", "official_reception", "official_vehicles"]
    parts = ["official_vehicle_purchase", "official_vehicle_operation"]
    assert expenses("合计", travel, "公务接待费", *vehicles) == [*whole, *parts]
    assert expenses("合计", "运行费", "公务接待费", "小计", "购置费", travel) == []


def test_a_column_without_a_word_beside_the_sum_and_a_part_is_neither():
    assert expenses("合计", "因公出国（境）费", "公务接待费", "小计", "购置费", "") == []


def test_a_subtotal_in_the_place_of_one_of_two_parts_is_not_believed():
    rows = [
        ["科目编码", "科目名称", "合计", "人员经费", "小计"],
        ["301", "工资福利支出", "9.00", "9.00", ""],
        ["302", "商品和服务支出", "2.00", "", "2.00"],
        ["", "合计", "11.00", "9.00", "2.00"],
    ]
    amounts, status = lines("一般公共预算基本支出预算表", rows)
    assert {measure for _, measure, _ in amounts} == {"total"}
    assert status == "partial"


def test_a_table_with_nothing_in_the_column_of_its_total_is_not_believed():
    header = ["科目编码", "科目名称", "经营收入", "财政拨款收入", "合计", "其他收入"]
    rows = [["2010301", "行政运行", "9.00", "7.00", "", "2.00"], ["", "合计", "9.00", "7.00", "", "2.00"]]
    assert lines("收入预算总表", [header, *rows]) == ([], "partial")


def test_names_beside_parts_of_codes_whose_class_is_lost_are_left_out():
    header = [[Merged("功能分类科目编码", 1, 2), *HEADER[0][1:]], ["款", "项"]]
    body = [row[1:] for row in BODY[:4]]
    assert lines("支出预算总表", [*header, *body, [Merged("合计", 1, 3), "9.00", "7.00", "2.00"]])[1] == "partial"
    assert lines("支出预算总表", [*header, *body])[0] == []


def test_a_unit_and_the_end_of_an_amount_are_no_part_of_a_label():
    header = ["项目", "合计"]
    rows = [header, ["单位：元合计", "9.00"], [".00二、科学技术支出", "4.00"], ["一、教育支出", "5.00"]]
    assert lines("支出预算总表", rows) == ([("教育支出", "total", "5.00")], "partial")


@pytest.mark.parametrize(("title", "count"), [("收入支出决算总表", 4), ("财政拨款收入支出决算总表", 0)])
def test_a_table_with_a_kind_of_revenue_that_its_title_leaves_out_is_another_one(title, count):
    header = [[Merged("收入", 1, 2), Merged("支出", 1, 2)], ["项目", "决算数", "项目", "决算数"]]
    body = [
        ["一、一般公共预算财政拨款收入", "9.00", "一、教育支出", "9.00"],
        ["二、事业收入", "", "", ""],
        ["收入总计", "9.00", "支出总计", "9.00"],
    ]
    amounts, status = lines(title, [*header, *body])
    assert (len(amounts), status) == (count, "complete" if count else "partial")


def test_the_digits_of_a_code_under_a_header_of_names_are_of_another_table():
    header = ["单位名称", "项目名称", "合计"]
    assert lines("项目支出预算表", [header, ["201001", "某某站", "9.00"]]) == ([], "partial")


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["合计", "2023年预算数", "项目支出"], []),  # the word of the column between them was lost: it is 合计 again
        (["合计", "基本支出", "人员经费"], ["total", "basic"]),
        (["合计", "基本支出", "项目支出"], ["total", "basic", "project"]),
    ],
)
def test_a_column_under_the_word_of_a_neighbour_is_left_out(words, read):
    header = ["科目编码", "科目名称", *words]
    amounts, _ = lines("一般公共预算支出预算表", [header, ["2010301", "行政运行", "9.00", "7.00", "2.00"]])
    assert [measure for _, measure, _ in amounts] == read


def test_a_word_over_a_group_and_over_a_column_beside_it_says_nothing_of_the_column():
    header = [
        [Merged("科目编码", 2), Merged("科目名称", 2), Merged("本年支出", 2), Merged("本年支出", 1, 3)],
        ["小计", "基本支出", "项目支出"],
    ]
    row = ["2120803", "城市建设支出", "9.00", "9.00", "7.00", "2.00"]
    amounts, status = lines("政府性基金预算支出表", [*header, row])
    assert ([measure for _, measure, _ in amounts], status) == (["subtotal", "basic", "project"], "partial")
