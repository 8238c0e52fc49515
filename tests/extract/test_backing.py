"""Columns and rows are published on evidence of their own: what contradicts its table, or lacks its whole, is left out."""

from __future__ import annotations

import pytest

from pipeline.extract.forms import TableForm, load_library
from pipeline.extract.tables.layout.sheet import Cell
from pipeline.extract.tables.meaning.backing import unbacked
from pipeline.extract.tables.meaning.bounds import holds_another_line, of_another_form, out_of_bounds
from pipeline.extract.tables.meaning.columns import Column, resolve
from pipeline.extract.tables.meaning.record import Code, Record
from pipeline.extract.tables.meaning.table import TableRow

LIBRARY = load_library()


def form(code: str) -> TableForm:
    return next(form for form in LIBRARY.family("general").tables if form.code == code)


@pytest.mark.parametrize(
    ("code", "path", "kind"),
    [
        ("general_public_budget_expenditure", ("一般公共预算支出", "合计"), "amount"),
        ("general_public_budget_expenditure", ("国有资本经营预算支出", "合计"), "unknown"),
        ("income", ("收入预算", "合计"), "amount"),
        ("income", ("一般公共预算支出", "基本支出"), "unknown"),
        ("general_public_budget_basic_expenditure", ("基本支出", "人员经费"), "amount"),
        ("general_public_budget_basic_expenditure", ("人员经费", "基本支出"), "unknown"),
        ("three_public", ("“三公”经费预算数", "公务接待费"), "amount"),
        ("three_public", ("“三公”经费预算数", "上年结转"), "unknown"),
        ("income_expenditure_summary", ("财政拨款收入", "支出", "金额"), "unknown"),
        ("income", ("本年收入", "小计"), "amount"),
        ("expenditure", ("年基本支出", "人员经费"), "amount"),
        ("expenditure", ("公务用车购置及运行费", "小计"), "unknown"),
    ],
)
def test_words_over_a_column_that_contradict_its_form_or_one_another_name_nothing(code, path, kind):
    assert resolve(0, path, form(code), LIBRARY).kind == kind


LABEL = Column(0, ("项目",), kind="key", key="label")
TOTAL = Column(1, ("合计",), kind="amount", measure="total")


def row(*columns: Column, item: str | None = "行政运行", **more: object) -> Record:
    amounts = [(column, Cell(((0, 1),), "1")) for column in columns if column.kind == "amount"]
    return Record(TableRow((LABEL, *columns), {}), 0, None, amounts, item=item, **more)


@pytest.mark.parametrize(
    ("columns", "doubted"),
    [
        ([TOTAL], []),
        ([Column(1, ("2023年",), kind="amount", measure="total", year=2023)], [1]),
        ([TOTAL, Column(2, ("2023年",), kind="amount", measure="total", year=2023)], []),
        ([Column(1, ("上年",), kind="amount", measure="total", year_offset=-1)], [1]),
        ([Column(1, ("决算数",), kind="amount", measure="total", phase="executed")], [1]),
        ([TOTAL, Column(2, ("决算数",), kind="amount", measure="total", phase="executed")], []),
        ([Column(1, ("增减额",), kind="amount", measure="change")], [1]),
        ([TOTAL, Column(2, ("增减额",), kind="amount", measure="change")], []),
        ([Column(1, ("公用经费",), kind="amount", measure="public")], []),
        (
            [
                Column(1, ("公用经费",), kind="amount", measure="public"),
                Column(2, ("政府性基金",), kind="amount", measure="total", fund="government_fund"),
            ],
            [1],
        ),
        ([TOTAL, Column(2, ("2025年",), kind="amount", measure="total", year=2025)], [2]),
        (
            [
                Column(1, ("2024年预算数",), kind="amount", measure="total", year=2024, phase="executed"),
                Column(2, ("2023年决算数",), kind="amount", measure="total", year=2023),
            ],
            [1, 2],
        ),
        ([Column(1, ("上年结转",), kind="amount", measure="carried_over")], [1]),
        (
            [
                Column(1, ("单价",), kind="amount", measure="unit_price"),
                Column(2, ("增减额",), kind="amount", measure="change"),
            ],
            [2],
        ),
        (
            [
                TOTAL,
                Column(2, ("基本支出", "小计"), kind="amount", measure="basic"),
                Column(3, ("基本支出", "人员经费"), kind="amount", measure="personnel"),
                Column(4, ("基本支出", "执行数"), kind="amount", measure="basic", phase="executed"),
                Column(5, ("项目支出",), kind="amount", measure="project"),
            ],
            [4],
        ),
    ],
)
def test_a_column_of_another_time_a_change_or_a_part_stands_beside_its_own(columns, doubted):
    found = unbacked([row(*columns)], form("appropriation_expenditure"), 2024, "approved")
    assert [column.index for column in columns if id(column) in found] == doubted


BASIC = Column(2, ("基本支出",), kind="amount", measure="basic")
PROJECT = Column(3, ("项目支出",), kind="amount", measure="project")
CHANGE = Column(1, ("增减额",), kind="amount", measure="change")
CARRIED = tuple(
    Column(at, ("上年结转", word), kind="amount", measure="carried_over", fund=fund)
    for at, (word, fund) in enumerate(
        [("小计", None), ("一般公共预算", "general_public_budget"), ("政府性基金预算", "government_fund")], start=1
    )
)
OTHER = Column(3, ("其他资金",), kind="amount", measure="total", revenue_source="other")


@pytest.mark.parametrize(
    ("columns", "amounts", "doubted"),
    [
        pytest.param((CHANGE, BASIC, PROJECT), ("5", "3", "2"), [1], id="增减额 for 合计"),
        pytest.param((CHANGE, BASIC, PROJECT), ("1", "3", "2"), [], id="a change"),
        pytest.param(CARRIED, ("5", "3", "2"), [], id="what was carried over, and its parts"),
        pytest.param((TOTAL, BASIC, OTHER), ("5", "3", "2"), [3], id="其他资金 for 项目支出"),
        pytest.param((TOTAL, BASIC, OTHER), ("5", "5", "2"), [], id="a source beside all of a total"),
    ],
)
def test_a_column_that_is_always_the_sum_or_the_rest_is_not_what_its_word_says(columns, amounts, doubted):
    cells = [(column, Cell(((0, 1),), amount)) for column, amount in zip(columns, amounts, strict=True)]
    record = Record(TableRow((LABEL, *columns), {}), 0, None, cells, item="行政运行")
    found = unbacked([record], form("expenditure"), 2024, "approved")
    assert [column.index for column in columns if id(column) in found] == doubted


EXPENSES = [
    Column(at, path, kind="amount", measure="total", expense=expense)
    for at, (path, expense) in enumerate(
        [
            (("合计",), "total"),
            (("公务用车购置及运行费", "公务用车购置费"), "official_vehicle_purchase"),
            (("公务接待费",), "official_reception"),
        ],
        start=1,
    )
]


def test_one_kind_of_expense_is_of_no_fund_that_the_others_are_not_of_and_no_unit_stands_in_its_name():
    odd = Column(
        4,
        ("公务用车购置及运行费", "财政专户管理资金"),
        kind="amount",
        measure="total",
        expense="official_vehicles",
        fund="fiscal_special_account",
    )
    found = unbacked([row(*EXPENSES, odd)], form("three_public"), 2024, "approved")
    assert [column.index for column in (*EXPENSES, odd) if id(column) in found] == [4]
    named = Column(4, ("机关运行经费", "单位:万元"), kind="amount", measure="total", expense="operation")
    assert list(unbacked([row(*EXPENSES, named)], form("three_public"), 2024, "approved")) == [id(named)]


UNIT = Column(1, ("单位名称",), kind="key", key="unit")


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        pytest.param((UNIT, Column(2, ("名称项目名称",))), ("审计局", "治理服务"), id="a body beside an unknown word"),
        pytest.param((UNIT, Column(2, ("单位名称",), kind="key", key="unit")), ("审计局", "展览"), id="two bodies"),
        pytest.param(
            (
                Column(1, ("科目编码",), kind="key", key="code", scheme="function"),
                Column(2, ("科目名称",), kind="key", key="name", scheme="function"),
            ),
            ("审计局", "展览"),
            id="words for a code",
        ),
    ],
)
def test_a_row_whose_names_stand_under_the_words_of_others_is_left_out(columns, cells):
    amount = Column(3, ("合计",), kind="amount", measure="total")
    printed = {at: Cell(((0, 1),), text) for at, text in enumerate((*cells, "5.00"), start=1)}
    record = Record(TableRow((LABEL, *columns, amount), printed), 0, None, [(amount, printed[3])], item="审计局")
    assert list(out_of_bounds([record], LIBRARY)) == [id(record)]


def coded(item: str | None, digits: str) -> Record:
    return row(TOTAL, item=item, codes={"function": Code(digits, "printed", [])})


@pytest.mark.parametrize(
    "records",
    [
        pytest.param([row(TOTAL, item="2210201住房公积金")], id="a code in a label"),
        pytest.param([row(TOTAL, item="项目"), row(TOTAL)], id="a word of the header"),
        pytest.param([row(TOTAL, item="17,887,739"), row(TOTAL)], id="an amount for a label"),
        pytest.param(
            [row(TOTAL, level=2), row(TOTAL, item="事业收入", level=0)], id="a part above the first of its wholes"
        ),
        pytest.param(
            [row(TOTAL, item="教育支出"), coded("行政运行", "2050101"), coded("一般行政管理事务", "2050102")],
            id="a name without its code",
        ),
        pytest.param(
            [coded(None, "20501"), coded("行政运行", "2050101"), coded("一般行政管理事务", "2050102")],
            id="a code without its name",
        ),
    ],
)
def test_a_row_that_lacks_what_names_it_is_left_out(records):
    assert list(out_of_bounds(records, LIBRARY)) == [id(records[0])]


@pytest.mark.parametrize(("text", "another"), [("行政运行\n2019年", True), ("行政\n运行", False)])
def test_a_year_alone_is_no_line_of_the_name_of_a_code(text, another):
    end = text.index("\n")
    record = coded(text.replace("\n", ""), "2010301")
    record.item_pieces = [(0, end), (end + 1, len(text))]
    assert holds_another_line(record, LIBRARY, text, {}) == another


def test_digits_below_a_header_that_says_nothing_contradict_nothing():
    nameless = Column(0, (), kind="key", key="name")
    record = Record(TableRow((nameless, TOTAL), {0: Cell(((0, 7),), "2080501")}), 0, None, [])
    assert out_of_bounds([record], LIBRARY) == {}


def test_a_total_above_all_rows_and_another_below_them_are_not_both_of_the_table():
    totals = [row(TOTAL, item="收入总计", kind="total") for _ in range(2)]
    rows = [totals[0], row(TOTAL, item="事业收入"), totals[1]]
    assert list(out_of_bounds(rows, LIBRARY)) == [id(totals[0])]
    assert out_of_bounds(rows[1:], LIBRARY) == out_of_bounds(rows[:2], LIBRARY) == {}


def test_rows_that_name_no_expense_are_of_no_table_of_expenses():
    assert len(of_another_form([row(TOTAL, item="工资福利支出"), row(TOTAL, item="办公费")])) == 2
    assert of_another_form([row(TOTAL, item="公务接待费", expense="official_reception")]) == {}


def test_a_subtotal_beside_its_parts_and_a_total_has_lost_the_word_over_it():
    measures = ("total", "subtotal", "personnel", "public", "project")
    columns = [LABEL, *(Column(at, (name,), kind="amount", measure=name) for at, name in enumerate(measures, start=1))]
    record = Record(TableRow(tuple(columns), {}), 0, None, [])
    doubted = unbacked([record], form("expenditure"), 2024, "approved")
    assert [columns[2]] == [column for column in columns if id(column) in doubted]


def test_what_is_spent_beside_basic_expenditure_and_projects_stands_beside_one_of_them():
    operating = Column(2, ("经营支出",), kind="amount", measure="operating")
    basic = Column(3, ("基本支出",), kind="amount", measure="basic")
    assert id(operating) in unbacked([row(TOTAL, operating)], form("expenditure"), 2024, "approved")
    assert unbacked([row(TOTAL, operating, basic)], form("expenditure"), 2024, "approved") == {}
