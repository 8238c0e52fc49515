"""Which table an amount belongs to: on evidence of its own, never because nothing else claims it."""

from __future__ import annotations

import pytest

from tests.documents import read
from tests.extract.pdfs import Line, Table, pdf

COVER = [Line("青山市临江区外事办公室2025年部门预算", None), Line("第二部分 2025年部门预算表", None)]
HEADER = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
WIDTHS = [90, 200, 90, 90, 90]


def grid(total, basic, project):
    return Table(WIDTHS, [HEADER, ["", "合计", total, basic, project], ["2010301", "行政运行", total, basic, project]])


def titled(title, table):
    return [Line(title, None), Line("部门：青山市临江区外事办公室 单位：万元"), table]


@pytest.mark.parametrize(
    "title",
    [
        "其中：本级安排情况",
        "项目支出预算明细表—重点项目",
        "修缮资金安排明细（按资金来源）",
        "项目资金安排一览",
        "专项债券还本付息情况",
    ],
)
@pytest.mark.parametrize("apart", [False, True])
def test_a_grid_below_another_title_is_a_table_of_its_own(title, apart):
    known = titled("一般公共预算支出表", grid("50.00", "40.00", "10.00"))
    other = titled(title, grid("30.00", "25.00", "5.00"))
    pages = [COVER, known, other] if apart else [COVER, [*known, *other]]
    rows = read(pdf(*pages), "x.pdf").rows
    assert [table.table_code for table in rows.tables] == ["general_public_budget_expenditure", None]
    assert {str(line.amount) for line in rows.budget_lines} == {"500000.00", "400000.00", "100000.00"}
    assert rows.disclosures[0].status == "partial"


def test_a_grid_of_other_columns_without_title_is_a_table_of_its_own():
    known = titled("一般公共预算支出表", grid("50.00", "40.00", "10.00"))
    other = Table([200, 100], [["项目", "预算数"], ["合计", "5.00"], ["公务接待费", "5.00"]])
    rows = read(pdf(COVER, [*known, other]), "x.pdf").rows
    assert [table.table_code for table in rows.tables] == ["general_public_budget_expenditure", None]
    assert {line.item for line in rows.budget_lines} == {"合计", "行政运行"}
    assert rows.disclosures[0].status == "partial"


def test_rows_of_labels_alone_at_the_top_of_a_page_are_no_header():
    first = Table(
        [200, 90, 200, 90],
        [
            ["项目", "决算数", "项目", "决算数"],
            ["一、一般公共预算财政拨款收入", "40.00", "一、一般公共服务支出", "30.00"],
            ["本年收入合计", "40.00", "本年支出合计", "30.00"],
        ],
    )
    last = Table(
        [200, 90, 200, 90],
        [
            ["使用非财政拨款结余（含专用结余）", "", "结余分配", ""],
            ["年初结转和结余", "5.00", "年末结转和结余", "15.00"],
            ["总计", "45.00", "总计", "45.00"],
        ],
    )
    rows = read(pdf(COVER, titled("收入支出决算总表", first), [last]), "x.pdf").rows
    assert len(rows.tables) == 1
    assert [str(line.amount) for line in rows.budget_lines if line.item == "总计"] == ["450000.00"] * 2


WIDE = [["科目编码", "科目名称", "合计", "一般公共预算拨款"], ["国有资本经营", "事业收入", "其他收入"]]
ROWS = [
    ["", "合计", "700.00", "550.00", "0.00", "120.00", "30.00"],
    ["201", "一般公共服务支出", "400.00", "350.00", "0.00", "50.00", "0.00"],
    ["2010301", "行政运行", "400.00", "350.00", "0.00", "50.00", "0.00"],
    ["208", "社会保障和就业支出", "300.00", "200.00", "0.00", "70.00", "30.00"],
    ["2080505", "机关事业单位基本养老保险缴费支出", "300.00", "200.00", "0.00", "70.00", "30.00"],
]


def sideways(rows, title):
    first = Table([90, 240, 90, 90], [WIDE[0], *(row[:4] for row in ROWS)])
    second = Table([120, 120, 120], [WIDE[1], *(row[4:] for row in rows)])
    above = [Line("2025年部门收入总表", None), Line("部门：青山市临江区外事办公室 单位：元")]
    return read(pdf(COVER, [*above, first], [*(above if title else []), second]), "x.pdf").rows


@pytest.mark.parametrize("title", [False, True])
def test_columns_on_the_next_page_are_those_of_the_rows_before(title):
    rows = sideways(ROWS, title)
    detail = [line for line in rows.budget_lines if line.row_kind == "detail" and line.measure == "total"]
    of_undertakings = [line for line in detail if line.revenue_source == "operating_undertaking"]
    assert [(line.function_code, str(line.amount)) for line in of_undertakings] == [
        ("2010301", "50.00"),
        ("2080505", "70.00"),
    ]
    assert len(rows.budget_lines) == 25
    assert rows.disclosures[0].status == "complete"


@pytest.mark.parametrize("title", [False, True])
@pytest.mark.parametrize("change", ["swapped", "fewer"])
def test_columns_that_neither_count_nor_totals_join_are_not_published(title, change):
    rows = [*ROWS[:1], *ROWS[2:], ["", "", "", "", "0.00", "1.00", "0.00"]] if change == "swapped" else ROWS[:-1]
    found = sideways(rows, title)
    assert not any(line.revenue_source for line in found.budget_lines)
    assert found.disclosures[0].status == "partial"
