"""Amounts in the shapes that documents print them in, and rows whose words contradict where they stand."""

from __future__ import annotations

import pytest

from tests.documents import read, real
from tests.extract.pdfs import Line, Table, pdf

COVER = [Line("青山市临江区外事办公室2025年部门预算", None), Line("第二部分 2025年部门预算表", None)]
ABOVE = [Line("2025年部门支出总表", None), Line("编制部门：青山市临江区外事办公室 单位：元")]


def expenditure(total, basic, project):
    rows = [["科目编码", "科目名称", "合计", "基本支出", "项目支出"], ["2010301", "行政运行", total, basic, project]]
    return read(pdf(COVER, [*ABOVE, Table([90, 200, 110, 110, 110], rows)]), "x.pdf").rows


@pytest.mark.parametrize(
    ("printed", "amount"),
    [
        ("4,533,500.00元", "4533500.00"),
        ("¥4,533,500.00", "4533500.00"),
        ("4'533'500.00", "4533500.00"),
        ("4 533 500.00", "4533500.00"),
        ("(50.00)", "-50.00"),
        ("（50.00）", "-50.00"),
        ("△50.00", "-50.00"),
        ("▲50.00", "-50.00"),
        ("-50.00", "-50.00"),
        ("- 50.00", "-50.00"),
        ("-  50.00", "-50.00"),
        ("50.00-", "-50.00"),
        ("1,250.00-", "-1250.00"),
        ("7", "7"),
        ("46", "46"),
    ],
)
def test_an_amount_is_read_as_it_is_meant(printed, amount):
    rows = expenditure("9,000,000.00", printed, "1.00")
    assert [str(line.amount) for line in rows.budget_lines if line.measure == "basic"] == [amount]
    text = rows.numbers
    assert [number.class_ for number in text if number.printed and number.role == "amount"] == ["data"] * 3
    assert rows.disclosures[0].status == "complete"


def test_an_amount_with_another_unit_than_its_table_is_left_out():
    table = Table([200, 100], [["项目", "预算数"], ["合计", "5.00元"], ["公务接待费", "5.00"]])
    above = [Line("2025年“三公”经费支出表", None), Line("单位：万元")]
    rows = read(pdf(COVER, [*above, table]), "x.pdf").rows
    assert [line.item for line in rows.budget_lines] == ["公务接待费"]
    assert rows.disclosures[0].status == "partial"


@pytest.mark.parametrize(("unit", "amounts"), [("万元", ["52000.00"]), ("元", [])])
def test_ten_thousands_without_the_word_yuan_are_an_amount_where_its_table_says_so(unit, amounts):
    table = Table([200, 100], [["项目", "预算数"], ["合计", "5.20万"], ["公务接待费", "5.20 万"]])
    above = [Line("2025年“三公”经费支出表", None), Line(f"单位：{unit}")]
    rows = read(pdf(COVER, [*above, table]), "x.pdf").rows
    assert [str(line.amount) for line in rows.budget_lines if line.row_kind == "detail"] == amounts
    assert rows.disclosures[0].status == ("complete" if amounts else "partial")


def three_public(*rows, header=("项目", "本年预算数")):
    table = Table([260, 110, 110][: len(rows[0])], [list(header), *map(list, rows)])
    return read(pdf([Line("2025年“三公”经费预算财政拨款情况统计表", None), Line("单位：万元"), table]), "x.pdf").rows


def kinds(rows):
    return {line.item: line.row_kind for line in rows.budget_lines}


def test_a_document_of_small_whole_amounts_is_no_empty_form():
    rows = three_public(
        ("合 计", "46"),
        ("1.因公出国（境）费用", ""),
        ("2.公务接待费", "8"),
        ("3.公务用车费", "38"),
        ("其中：（1）公务用车运行维护费", "38"),
        ("（2）公务用车购置", ""),
    )
    assert sum(line.amount for line in rows.budget_lines if line.row_kind == "detail") == 460000


def test_numbers_of_rows_and_columns_alone_are_an_empty_form():
    rows = three_public(
        ("栏次", "1", "2"), ("合计", "", ""), ("1.公务接待费", "", ""), header=("项目", "上年预算数", "本年预算数")
    )
    assert "empty form" in rows.disclosures[0].reason


@pytest.mark.parametrize(
    "parts", [("——购置费", "——运行维护费"), ("其中：公务用车购置", "运维费"), ("车辆采购", "车辆运维")]
)
def test_rows_that_together_are_a_kind_of_expense_are_its_parts_whatever_their_names(parts):
    rows = three_public(
        ("合计", "22.9"),
        ("公务用车购置及运行维护费", "20.5"),
        (parts[0], "8.0"),
        (parts[1], "12.5"),
        ("公务接待费", "2.4"),
    )
    assert sorted(kinds(rows).values()) == ["detail"] * 3 + ["subtotal", "total"]
    assert sum(line.amount for line in rows.budget_lines if line.row_kind == "detail") == 229000


def test_a_total_that_takes_in_conferences_is_none_of_the_three_public_expenses():
    rows = three_public(("合计", "9.9"), ("公务接待费", "2.4"), ("会议费", "3.0"), ("培训费", "4.5"))
    assert kinds(rows) == {"合计": "total", "公务接待费": "detail", "会议费": "detail", "培训费": "detail"}
    assert {line.item: line.expense for line in rows.budget_lines}["合计"] is None


@pytest.mark.parametrize("part", ["购置经费", "购置费", "新增车辆"])
def test_parts_below_of_which_need_not_repeat_it(part):
    rows = three_public(
        ("因公出国（境）经费", "0"),
        ("公务接待费", "1.3"),
        ("公务用车购置及运行维护费", "17.9"),
        (f"其中：{part}", "5.0"),
        ("运行维护费", "12.9"),
    )
    assert sum(line.amount for line in rows.budget_lines if line.row_kind == "detail") == 192000


def test_a_subtotal_over_a_column_is_a_measure():
    rows = three_public(
        ("", "小计", "一般公共预算安排"),
        ("（一）公务接待费", "14.83", "14.83"),
        ("（二）公务用车运行维护费", "6.80", "6.80"),
        header=("项目", ("2025年预算数", 2)),
    )
    assert {line.item for line in rows.budget_lines} == {"公务接待费", "公务用车运行维护费"}
    assert {line.row_kind for line in rows.budget_lines} == {"detail"}


def test_a_row_that_nothing_names_is_not_published_beside_others():
    rows = three_public(("合计", "5.00"), ("公务接待费", "5.00"), ("", "5.00"))
    assert len(rows.budget_lines) == 2
    assert rows.disclosures[0].status == "partial"


def test_labels_that_contradict_their_side_are_not_published():
    sides = ["项目", "预算数", "项目", "预算数"]
    table = Table(
        [200, 90, 200, 90],
        [
            [("支出", 2), ("收入", 2)],  # the words over the sides are exchanged
            sides,
            ["一、一般公共预算拨款收入", "586.47", "一、一般公共服务支出", "453.34"],
            ["二、其他收入", "", "二、教育支出", "133.13"],
            ["收入总计", "586.47", "支出总计", "586.47"],
        ],
    )
    rows = read(pdf(COVER, [Line("2025年部门收支总表", None), Line("单位：万元"), table]), "x.pdf").rows
    assert rows.budget_lines == []
    assert rows.disclosures[0].status == "partial"


def test_a_row_whose_code_is_misprinted_is_the_part_that_the_sums_show():
    name = "2024-budget-social-welfare-home-unit.pdf"
    rows = read(real(f"shanghai-putuo/{name}"), name).rows
    lines = [line for line in rows.budget_lines if line.table_code == "expenditure" and line.measure == "total"]
    total = next(line for line in lines if line.row_kind == "total")
    assert sum(line.amount for line in lines if line.row_kind == "detail") == total.amount
    assert [line.row_kind for line in lines if line.function_code in ("21011", "71102")] == ["subtotal", "detail"]


@pytest.mark.parametrize("printed", ["4,533,500.00\n元", "¥\n4,533,500.00", "4,533,500.00\n元整", "4,533,500.00"])
def test_a_narrow_cell_may_part_an_amount_from_its_currency(printed):
    rows = expenditure("9,000,000.00", printed, "1.00")
    assert [str(line.amount) for line in rows.budget_lines if line.measure == "basic"] == ["4533500.00"]
    assert rows.disclosures[0].status == "complete"


def test_a_dash_beside_an_amount_is_its_sign_where_every_column_has_its_amount():
    text = (
        "青山市临江区医院2024年单位预算\n\n单位收支总表\n单位：万元\n\n"
        "收入项目           预算数       支出项目           预算数\n"
        "一、一般公共预算   500.00       一、农林水支出     460.00\n"
        "二、事业收入       - 34.50      二、住房保障支出   25.50\n"
        "本年收入合计       465.50       本年支出合计       485.50\n"
        "上年结转           20.00        结转下年           0.00\n"
        "收入总计           485.50       支出总计           485.50\n"
    )
    extraction = read(text.encode())
    amounts = {line.item: str(line.amount) for line in extraction.rows.budget_lines}
    assert (amounts["事业收入"], amounts["收入总计"]) == ("-345000.00", "4855000.00")
    assert extraction.disclosure.status == "complete"


@pytest.mark.parametrize("printed", ["1\n189.20", "189.20\n2"])
def test_the_raised_number_of_a_note_is_no_digit_of_an_amount(printed):
    rows = expenditure("9,000,000.00", printed, "1.00")
    assert [str(line.amount) for line in rows.budget_lines if line.measure != "total"] == ["1.00"]
    assert rows.disclosures[0].status == "partial"
