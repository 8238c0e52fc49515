"""What stands in the place of an amount and is none: it is a number that nobody could read, and never nothing."""

from __future__ import annotations

from base64 import b64decode
from decimal import Decimal
from io import BytesIO

import docx
import pytest

from tests.documents import read
from tests.extract.celled import Merged, extracted

HEAD = "青山市临江区外事办公室2025年部门预算\n\n2025年部门支出总表\n单位：{unit}\n"
ROWS = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["", "合计", "1,200.00", "900.00", "300.00"],
    ["2010301", "行政运行", "900.00", "900.00", ""],
    ["2010302", "一般行政管理事务", "300.00", "", "300.00"],
]


def document(cells: dict[str, str], unit: str = "元"):
    rows = [[cells.get(cell, cell) for cell in row] for row in ROWS]
    text = HEAD.format(unit=unit) + "".join("\t".join(row) + "\n" for row in rows)
    return read(text.encode())


def amounts(extraction) -> list[tuple[str | None, str, Decimal]]:
    return [(line.item, line.measure, line.amount) for line in extraction.rows.budget_lines]


@pytest.mark.parametrize("code", ["20103O1", "2010l01", "201O301"])
def test_a_code_with_a_letter_for_a_digit_is_not_the_code_before_the_letter(code):
    extraction = document({"2010301": code})
    assert extraction.disclosure.status == "partial"
    assert {line.function_code for line in extraction.rows.budget_lines} == {None, "2010302"}
    assert Decimal("900.00") not in [line.amount for line in extraction.rows.budget_lines if line.row_kind == "detail"]


@pytest.mark.parametrize("mark", ["?", "***", "□□□", "########", "#VALUE!", "#REF!", "O.OO", "详见附件", "……"])
def test_a_cell_that_cannot_be_read_is_an_unclaimed_number(mark):
    extraction = document({"300.00": mark})
    disclosure = extraction.disclosure
    assert disclosure.status == "partial"
    assert mark in disclosure.reason
    unread = [number for number in extraction.rows.numbers if number.class_ == "unclaimed"]
    assert [(number.printed, number.value) for number in unread] == [(mark, None)] * 3
    text = extraction.masked_text
    assert all(text[number.start : number.end] == mark for number in unread)
    assert amounts(extraction) == [
        ("合计", "total", 1200),
        ("合计", "basic", 900),
        ("行政运行", "total", 900),
        ("行政运行", "basic", 900),
    ]


@pytest.mark.parametrize("mark", ["########", "#VALUE!", "□□□", "?", "\ue60e\ue631.\ue600", "……"])
def test_a_table_none_of_whose_cells_can_be_read_is_not_complete(mark):
    rows = [cell for row in ROWS[1:] for cell in row if cell and cell[-1] == "0"]
    extraction = document(dict.fromkeys(rows, mark))
    assert extraction.disclosure.status == "partial"
    assert [number.printed for number in extraction.rows.numbers if number.class_ == "unclaimed"] == [mark] * 7


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.mark.parametrize(
    ("picture", "status"),
    [
        ('<img src="1.png">', "partial"),
        ('<p><img src="1.png" alt=""></p>', "partial"),
        ('<img src="_.gif" width="1">', "complete"),
    ],
)
def test_a_picture_in_place_of_an_amount_on_a_page(picture, status):
    rows = [[picture if cell == "300.00" else cell for cell in row] for row in ROWS]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    page = HEAD.format(unit="元").replace("\n", "<br>\n") + f"<table>{table}</table>"
    extraction = read(f"<html><body>{page}</body></html>".encode(), "x.html")
    assert extraction.disclosure.status == status
    assert len(extraction.rows.budget_lines) == 4


def test_a_picture_in_place_of_an_amount_in_a_word_document():
    file = docx.Document()
    for line in HEAD.format(unit="元").split("\n"):
        file.add_paragraph(line)
    table = file.add_table(len(ROWS), len(ROWS[0]))
    for row, texts in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            if text == "300.00":
                cell.paragraphs[0].add_run().add_picture(BytesIO(b64decode(PIXEL)))
            else:
                cell.text = text
    file.save(saved := BytesIO())
    extraction = read(saved.getvalue(), "x.docx")
    assert extraction.disclosure.status == "partial"
    assert len(extraction.rows.budget_lines) == 4


@pytest.mark.parametrize("mark", ["-", "—", "——", "--", "/", "无", "（无）"])
def test_a_mark_that_says_there_is_no_amount_is_nothing(mark):
    rows = document({}).rows.budget_lines
    extraction = document({"": mark})
    assert [line.amount for line in extraction.rows.budget_lines] == [line.amount for line in rows]
    assert extraction.disclosure.status == "complete"


@pytest.mark.parametrize(
    ("cells", "unit", "value"),
    [
        ({"300.00": "300.00万元"}, "万元", 3000000),
        ({"300.00": "300.00元"}, "元", 300),
        ({"300.00": "负300.00"}, "元", -300),
        ({"300.00": "- 300.00"}, "元", -300),
        ({"300.00": "3\u2009300.00"}, "元", 3300),
        ({"300.00": "3\u202f300.00"}, "元", 3300),
        ({"300.00": "RMB 300.00"}, "元", 300),
        ({"300.00": "人民币300.00元"}, "元", 300),
        ({"300.00": "300.00元整"}, "元", 300),
    ],
)
def test_forms_of_amounts(cells, unit, value):
    found = amounts(document(cells, unit))
    assert ("一般行政管理事务", "total", value) in found


@pytest.mark.parametrize(("printed", "unit"), [("300.00万元", "元"), ("300.00元", "万元")])
def test_an_amount_of_another_unit_than_its_table_is_not_published(printed, unit):
    extraction = document({"300.00": printed}, unit)
    assert len(extraction.rows.budget_lines) == 4
    assert extraction.disclosure.status == "partial"
    assert "names another unit" in extraction.disclosure.reason


ABOVE = ("某某市农业局2024年部门预算", "部门收入总表", "单位：万元")


def test_what_stands_below_a_word_that_means_nothing_is_not_known():
    header = [
        Merged("科目编码", 2),
        Merged("科目名称", 2),
        Merged("合计", 2),
        Merged("本士收入", 1, 2),
        Merged("上年结转", 2),
    ]
    rows = [header, ["小计", "一般公共预算"], ["208", "社会保障和就业支出", "5.00", "3.00", "3.00", "2.00"]]
    read = extracted(*ABOVE, rows)
    assert read.disclosure.status == "partial"
    assert {row.measure for row in read.rows.budget_lines} == {"total", "carried_over"}
    header[3] = Merged("本年收入", 1, 2)
    assert len(extracted(*ABOVE, rows).rows.budget_lines) == 4


def test_words_in_a_column_of_amounts_are_said_where_amounts_stand_beside_them():
    read = extracted(ABOVE[0], "项目支出表", ABOVE[2], [["公用经费", "合计", "本年拨款"], ["合计", "7.00", "7.00"]])
    assert read.disclosure.status == "partial"
    assert "the cell '合计' is not one amount" in (read.disclosure.reason or "")


def test_revenue_that_is_the_sum_of_all_expenditure_stands_for_its_total():
    rows = [["项目", "事业收入", "基本支出", "项目支出"], ["合计", "9.00", "4.00", "5.00"]]
    rows += [["208社会保障和就业支出", "3.00", "1.00", "2.00"], ["210卫生健康支出", "6.00", "3.00", "3.00"]]
    read = extracted(ABOVE[0], "部门支出总表", ABOVE[2], rows)
    assert read.disclosure.status == "partial"
    assert {row.measure for row in read.rows.budget_lines} == {"basic", "project"}


@pytest.mark.parametrize(("heading", "status"), [("部门预算公开", "complete"), ("信息公开", "partial")])
def test_a_disclosure_that_says_no_stage_is_partial(heading, status):
    rows = [["项目", "金额"], ["一般公共预算拨款收入", "10.00"], ["收入总计", "10.00"]]
    read = extracted(f"漯河市农业农村局2025年度{heading}", "2025年部门收入总体情况表", ABOVE[2], rows)
    assert read.disclosure.status == status
