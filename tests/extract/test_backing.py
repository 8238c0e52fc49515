"""Columns and rows are published on evidence of their own: what contradicts its table, or lacks its whole, is left out."""

from __future__ import annotations

import pytest

from pipeline.extract.forms import TableForm, load_library
from pipeline.extract.tables.layout.sheet import Cell
from pipeline.extract.tables.meaning.backing import unbacked
from pipeline.extract.tables.meaning.bounds import of_another_form, out_of_bounds
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
    ],
)
def test_a_column_of_another_time_a_change_or_a_part_stands_beside_its_own(columns, doubted):
    found = unbacked([row(*columns)], form("appropriation_expenditure"), 2024, "approved")
    assert [column.index for column in columns if id(column) in found] == doubted


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
