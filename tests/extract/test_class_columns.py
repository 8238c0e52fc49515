"""Columns that are classes of the economic classification."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.extract.test_rows_over_rows import details, drawn, failing, rows_of

HEADER = [
    [("科目编码", 3), ("单位（科目名称）", 1, 2), ("总计", 1, 2), ("基本支出", 4), ("项目支出", 1, 2)],
    ["类", "款", "项", None, None, "合计", "工资福利支出", "商品和服务支出", "对个人和家\n庭的补助", None],
]
BODY = [
    ["", "", "", "合计", "1,000.00", "700.00", "500.00", "150.00", "50.00", "300.00"],
    ["", "", "", "某市某局", "1,000.00", "700.00", "500.00", "150.00", "50.00", "300.00"],
    ["201", "03", "01", "行政运行", "650.00", "650.00", "450.00", "150.00", "50.00", ""],
    ["201", "03", "02", "一般行政管理事务", "300.00", "", "", "", "", "300.00"],
    ["208", "05", "05", "机关事业单位基\n本养老保险缴费\n支出", "50.00", "50.00", "50.00", "", "", ""],
]


def lines_of(extraction):
    return extraction.rows.budget_lines


def unclaimed(extraction):
    return [number.printed for number in extraction.rows.numbers if number.class_ == "unclaimed"]


def test_classes_below_a_kind_of_expenditure_are_named_parts_of_it():
    extraction = drawn("部门支出总体情况表", [*HEADER, *BODY])
    assert unclaimed(extraction) == []
    of = [
        (line.department_economic_code, line.item_path, line.measure, line.code_basis, line.printed)
        for line in lines_of(extraction)
        if line.row_kind == "of_which" and line.function_code == "2010301"
    ]
    assert of == [
        ("301", "某市某局/行政运行/工资福利支出", "basic", "name", "450.00"),
        ("302", "某市某局/行政运行/商品和服务支出", "basic", "name", "150.00"),
        ("303", "某市某局/行政运行/对个人和家庭的补助", "basic", "name", "50.00"),
    ]
    assert details(rows_of(extraction, measure="basic")) == Decimal("700.00")
    assert details(rows_of(extraction)) == Decimal("1000.00")
    assert failing(extraction) == set()


def test_the_amounts_beside_the_classes_keep_the_label_of_their_row():
    lines = lines_of(drawn("部门支出总体情况表", [*HEADER, *BODY]))
    own = [(line.item, line.function_name, line.measure) for line in lines if line.function_code == "2080505"]
    name = "机关事业单位基本养老保险缴费支出"
    assert own == [(name, name, "total"), (name, name, "basic"), ("工资福利支出", name, "basic")]
    assert len({line.row_id for line in lines if line.function_code == "2080505"}) == 2
    assert len({line.line_id for line in lines}) == len(lines)


def test_sections_below_a_class_and_its_own_sum():
    header = [
        [("科目名称", 1, 2), ("合计", 1, 2), ("工资福利支出", 3), ("商品和服务支出", 2)],
        [None, None, "小计", "基本工资", "津贴补贴", "小计", "办公费"],
    ]
    body = [
        ["合计", "180.00", "150.00", "90.00", "60.00", "30.00", "30.00"],
        ["行政运行", "180.00", "150.00", "90.00", "60.00", "30.00", "30.00"],
    ]
    lines = lines_of(drawn("财政拨款支出决算明细表", [*header, *body]))
    assert next(line.item_path for line in lines if line.printed == "60.00") == "合计/工资福利支出/津贴补贴"
    own = [
        (line.department_economic_code, line.row_kind, line.measure, line.printed)
        for line in lines
        if line.item_path.startswith("行政运行")
    ]
    assert own == [
        (None, "detail", "total", "180.00"),
        ("301", "of_which", "total", "150.00"),
        ("30101", "of_which", "total", "90.00"),
        ("30102", "of_which", "total", "60.00"),
        ("302", "of_which", "total", "30.00"),
        ("30201", "of_which", "total", "30.00"),
    ]


def test_without_a_column_of_their_sum_the_classes_are_what_their_row_is():
    header = [
        [("科目名称", 1, 2), ("基本支出", 2), ("项目支出", 1, 2)],
        [None, "机关工资福利支出", "对个人和家庭的补助", None],
    ]
    body = [["合计", "500.00", "50.00", "300.00"], ["行政运行", "500.00", "50.00", "300.00"]]
    lines = lines_of(drawn("部门支出预算表", [*header, *body]))
    own = [
        (line.government_economic_code, line.row_kind, line.measure)
        for line in lines
        if line.item_path.startswith("行政运行")
    ]
    assert own == [("501", "detail", "basic"), ("509", "detail", "basic"), (None, "detail", "project")]


@pytest.mark.parametrize("words", [("其他支出",), ("对个人和家庭的补助", "其他支出"), ("工资福利支出",)])
def test_a_class_is_not_taken_from_words_that_may_be_something_else(words):
    rows = [["科目名称", "合计", *words, "项目支出"], ["合计", "9.00", *["4.00"] * len(words), "5.00"]]
    extraction = drawn("部门支出预算表", [*rows, ["行政运行", *rows[1][1:]]])
    assert not any(line.code_basis == "name" for line in lines_of(extraction))
    assert unclaimed(extraction) == ["4.00"] * len(words) * 2


def test_all_expenditure_by_both_economic_classifications():
    header = [
        [("部门预算经济分类", 3), ("政府预算经济分类", 3), ("总计", 1, 2), ("一般公共预算", 2), ("其他收入", 1, 2)],
        ["类", "款", "科目名称", "类", "款", "科目名称", None, "小计", "其中：财政拨款", None],
    ]
    body = [
        [("合计", 6), "460.00", "420.00", "400.00", "40.00"],
        ["301", "01", "基本工资", "501", "01", "工资奖金津补贴", "300.00", "300.00", "300.00", ""],
        ["302", "01", "办公费", "502", "01", "办公经费", "160.00", "120.00", "100.00", "40.00"],
    ]
    extraction = drawn("预算07表 支出经济分类汇总表", [*header, *body])
    assert extraction.rows.tables[0].table_code == "expenditure_by_economic_class"
    assert unclaimed(extraction) == []
    assert [
        (line.department_economic_code, line.government_economic_code, line.printed)
        for line in lines_of(extraction)
        if line.measure == "total" and line.fund is None and line.revenue_source is None
    ] == [(None, None, "460.00"), ("30101", "50101", "300.00"), ("30201", "50201", "160.00")]
