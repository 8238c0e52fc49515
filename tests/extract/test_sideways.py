"""Tables whose later columns are printed in a grid of their own, in web pages and on the next page of a PDF."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.documents import read
from tests.extract.celled import extracted
from tests.extract.pdfs import Line, Table, pdf
from tests.extract.test_class_columns import unclaimed
from tests.extract.test_forms_of_regions import said, web_page
from tests.extract.test_rows_over_rows import failing

TITLE = "支出预算总表"
LEFT = [
    ["科目编码", "科目名称", "合计", "基本支出"],
    ["", "合计", "1,000.00", "700.00"],
    ["2010301", "行政运行", "700.00", "700.00"],
    ["2010302", "一般行政管理事务", "200.00", ""],
    ["2010303", "机关服务", "100.00", ""],
]
RIGHT = [["项目支出", "上缴上级支出"], ["280.00", "20.00"], ["", ""], ["190.00", "10.00"], ["90.00", "10.00"]]
CODED = [[*left[:2], *right] for left, right in zip(LEFT, RIGHT, strict=True)]
NAMED = [row[1:] for row in CODED]
JOINED = """
total expenditure 合计 total 2024 approved 1,000.00
total expenditure 合计 basic 2024 approved 700.00
total expenditure 合计 project 2024 approved 280.00
total expenditure 合计 remitted_up 2024 approved 20.00
detail expenditure 行政运行 2010301 total 2024 approved 700.00
detail expenditure 行政运行 2010301 basic 2024 approved 700.00
detail expenditure 一般行政管理事务 2010302 total 2024 approved 200.00
detail expenditure 一般行政管理事务 2010302 project 2024 approved 190.00
detail expenditure 一般行政管理事务 2010302 remitted_up 2024 approved 10.00
detail expenditure 机关服务 2010303 total 2024 approved 100.00
detail expenditure 机关服务 2010303 project 2024 approved 90.00
detail expenditure 机关服务 2010303 remitted_up 2024 approved 10.00
"""


def drawn(rows, between, drawn_as):
    parts = ["某市某局2024年部门预算", TITLE, "单位：万元", LEFT, *between, rows]
    if drawn_as == "cells":
        return extracted(*parts)
    if drawn_as == "web page":
        return read(web_page(parts), "x.html")
    first, second = (Table([120] * len(each[0]), each) for each in (LEFT, rows))
    above = [Line(TITLE, None), Line("单位：万元", 600)]
    return read(
        pdf([Line(parts[0], None)], [*above, first], [*(Line(each, None) for each in between), second]), "x.pdf"
    )


@pytest.mark.parametrize("drawn_as", ["cells", "web page", "pdf"])
@pytest.mark.parametrize("between", [[], [TITLE], [f"{TITLE}（续）", "单位：万元"]], ids=["bare", "title", "continued"])
@pytest.mark.parametrize("rows", [RIGHT, CODED, NAMED], ids=["no labels", "codes and names", "names"])
def test_columns_of_the_next_grid_are_those_of_the_same_rows(rows, between, drawn_as):
    extraction = drawn(rows, between, drawn_as)
    assert [line.split(" ", 1)[1] for line in said(extraction)] == JOINED.strip().split("\n")
    assert len(extraction.rows.tables) == 1
    assert len({line.row_id for line in extraction.rows.budget_lines}) == 4
    assert unclaimed(extraction) == []
    if drawn_as == "cells" and not between:  # the checks of the same amounts are the same
        assert failing(extraction) == set()


@pytest.mark.parametrize(
    "drawn_as", ["cells", *(pytest.param(way, marks=pytest.mark.slow) for way in ("web page", "pdf"))]
)
@pytest.mark.parametrize(
    "rows",
    [
        [*RIGHT[:1], ["279.00", "20.00"], *RIGHT[2:]],
        RIGHT[:-1],
        [*CODED[:2], CODED[3], CODED[2], CODED[4]],
        CODED[:-1],
        [*CODED[:4], ["2010399", "其他支出", "90.00", "10.00"]],
        [["科目编码", "科目名称", "基本支出", "项目支出"], *CODED[1:]],
    ],
    ids=["other sums", "fewer rows", "another order", "fewer labels", "another label", "a column again"],
)
def test_columns_that_nothing_proves_to_be_of_the_rows_are_not_published(rows, drawn_as):
    extraction = drawn(rows, [], drawn_as)
    assert {line.measure for line in extraction.rows.budget_lines} == {"total", "basic"}
    assert extraction.disclosure.status == "partial"
    assert failing(extraction) == set()


@pytest.mark.parametrize("labels", [[], ["栏次", ""]], ids=["no labels", "labels"])
def test_the_numbers_of_columns_go_on_on_the_next_page(labels):
    left = [LEFT[0], ["栏次", "", "1", "2"], *LEFT[1:]]
    columns = CODED if labels else RIGHT
    right = [columns[0], [*labels, "3", "4"], *columns[1:]]
    above = [Line("某市某局2024年部门预算", None), Line(TITLE, None), Line("单位：元")]
    widths = [90] * len(columns[0])
    rows = read(pdf([*above, Table([90, 150, 90, 90], left)], [Table(widths, right)]), "x.pdf").rows
    assert [(table.table_code, table.amount_count) for table in rows.tables] == [("expenditure", 12)]
    assert rows.disclosures[0].status == "complete"


def test_a_page_that_prints_the_upper_row_of_its_header_alone_goes_on():
    widths = [200, 90, 200, 90]
    first = Table(
        widths,
        [
            [("收入", 2), ("支出", 2)],
            ["项目", "预算数", "项目", "预算数"],
            ["一、一般公共预算拨款收入", "40.00", "一、一般公共服务支出", "40.00"],
            ["本年收入合计", "40.00", "本年支出合计", "40.00"],
        ],
    )
    rest = Table(
        widths,
        [
            [("收入", 2), ("支出", 2)],
            ["", "", "结转下年", "0.00"],
            ["收入总计", "40.00", "支出总计", "40.00"],
        ],
    )
    cover = [Line("青山市临江区外事办公室2025年部门预算", None), Line("第二部分 2025年部门预算表", None)]
    pages = [cover, [Line("部门收支总表", None), Line("单位：万元", 500), first], [rest]]
    extraction = read(pdf(*pages), "x.pdf")
    assert [(line.direction, line.item, line.measure) for line in extraction.rows.budget_lines][4:] == [
        ("expenditure", "结转下年", "total"),
        ("revenue", "收入总计", "total"),
        ("expenditure", "支出总计", "total"),
    ]
    assert extraction.disclosure.status == "complete"


def test_columns_that_go_on_on_a_sheet_of_their_own_are_joined():
    book = openpyxl.Workbook()
    for sheet, rows in (("支出总表", LEFT), ("支出总表(续)", CODED)):
        of = book.create_sheet(sheet)
        above = [["某市某局2024年部门预算"]] if rows is LEFT else []
        title = f"{TITLE}（续）" if rows is CODED else TITLE
        for row in [*above, [title], ["单位：元"], *rows]:
            of.append([float(cell.replace(",", "")) if cell.endswith(".00") else cell or None for cell in row])
    del book["Sheet"]
    out = io.BytesIO()
    book.save(out)
    extraction = read(out.getvalue(), "x.xlsx")
    assert len(extraction.rows.tables) == 1
    assert len({line.row_id for line in extraction.rows.budget_lines}) == 4
    assert failing(extraction) == set()
