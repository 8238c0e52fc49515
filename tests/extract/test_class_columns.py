"""Columns that are classes of the economic classification, and labels under headers that no word of the library names."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.extract.forms import load_library
from pipeline.extract.tables.cells import Layout, TableRow, cell_of
from pipeline.extract.tables.columns import Column
from pipeline.extract.tables.rows import records_of
from tests.documents import read
from tests.extract.pdfs import Line, Table, pdf
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
    codes = ("function_code", "department_economic_code", "government_economic_code")
    return [dict.fromkeys(codes) | line for line in extraction.rows["budget_lines"]]


def unclaimed(extraction):
    return [number["printed"] for number in extraction.rows["numbers"] if number["class"] == "unclaimed"]


def test_classes_below_a_kind_of_expenditure_are_named_parts_of_it():
    extraction = drawn("部门支出总体情况表", [*HEADER, *BODY])
    assert unclaimed(extraction) == []
    of = [
        (line["department_economic_code"], line["item_path"], line["measure"], line["code_basis"], line["printed"])
        for line in lines_of(extraction)
        if line["row_kind"] == "of_which" and line["function_code"] == "2010301"
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
    own = [
        (line["item"], line.get("function_name"), line["measure"])
        for line in lines
        if line["function_code"] == "2080505"
    ]
    name = "机关事业单位基本养老保险缴费支出"
    assert own == [(name, name, "total"), (name, name, "basic"), ("工资福利支出", name, "basic")]
    assert len({line["row_id"] for line in lines if line["function_code"] == "2080505"}) == 2
    assert len({line["line_id"] for line in lines}) == len(lines)


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
    assert next(line["item_path"] for line in lines if line["printed"] == "60.00") == "合计/工资福利支出/津贴补贴"
    own = [
        (line["department_economic_code"], line["row_kind"], line["measure"], line["printed"])
        for line in lines
        if line["item_path"].startswith("行政运行")
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
        (line["government_economic_code"], line["row_kind"], line["measure"])
        for line in lines
        if line["item_path"].startswith("行政运行")
    ]
    assert own == [("501", "detail", "basic"), ("509", "detail", "basic"), (None, "detail", "project")]


@pytest.mark.parametrize("words", [("其他支出",), ("对个人和家庭的补助", "其他支出"), ("工资福利支出",)])
def test_a_class_is_not_taken_from_words_that_may_be_something_else(words):
    rows = [["科目名称", "合计", *words, "项目支出"], ["合计", "9.00", *["4.00"] * len(words), "5.00"]]
    extraction = drawn("部门支出预算表", [*rows, ["行政运行", *rows[1][1:]]])
    assert not any(line["code_basis"] == "name" for line in lines_of(extraction))
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
    assert extraction.rows["tables"][0]["table_code"] == "expenditure_by_economic_class"
    assert unclaimed(extraction) == []
    assert [
        (line["department_economic_code"], line["government_economic_code"], line["printed"])
        for line in lines_of(extraction)
        if line["measure"] == "total" and line["fund"] is None and line["revenue_source"] is None
    ] == [(None, None, "460.00"), ("30101", "50101", "300.00"), ("30201", "50201", "160.00")]


@pytest.mark.parametrize("word", ["单位名称/功能科目", "功能科目及单位", "单位和科目的名字"])
def test_codes_below_units_in_one_column_are_read_whatever_its_header_says(word):
    rows = [
        [word, "合计", "基本支出", "项目支出"],
        ["合计", "1,000.00", "750.00", "250.00"],
        ["某市某局（本级）", "700.00", "500.00", "200.00"],
        ["2010301-行政运行", "500.00", "500.00", ""],
        ["2010302-一般行政管理事务", "200.00", "", "200.00"],
        ["某市某中心", "300.00", "250.00", "50.00"],
        ["2010350-事业运行", "250.00", "250.00", ""],
        ["2010302-一般行政管理事务", "50.00", "", "50.00"],
    ]
    extraction = drawn("部门支出预算总表", rows)
    assert unclaimed(extraction) == []
    assert [(line["function_code"], line["item"]) for line in lines_of(extraction) if line["measure"] == "total"] == [
        (None, "合计"),
        (None, "某市某局（本级）"),
        ("2010301", "行政运行"),
        ("2010302", "一般行政管理事务"),
        (None, "某市某中心"),
        ("2010350", "事业运行"),
        ("2010302", "一般行政管理事务"),
    ]
    assert details(rows_of(extraction)) == Decimal("1000.00")
    assert failing(extraction) == set()


def test_one_budget_by_three_classifications_side_by_side():
    """The forms of Shaanxi: whichever header words the library lacks, no side is read as another's label."""
    header = [
        [("收入", 2), ("支出", 6)],
        [
            *("项目", "预算数", "支出功能分类科目（按大类）", "预算数"),
            *("部门预算支出经济科目（按大类）", "预算数", "政府预算支出经济科目（按大类）", "预算数"),
        ],
    ]
    body = [
        ["一、财政拨款", "900.00", "一、财政拨款", "900.00", "一、财政拨款", "900.00", "一、财政拨款", "900.00"],
        [
            *("1、一般公共预算拨款", "900.00", "1、一般公共服务支出", "750.00"),
            *("1、工资福利支出", "600.00", "1、机关工资福利支出", "600.00"),
        ],
        ["", "", "2、住房保障支出", "150.00", "2、商品和服务支出", "300.00", "2、机关商品和服务支出", "300.00"],
        ["收入总计", "900.00", "支出总计", "900.00", "支出总计", "900.00", "支出总计", "900.00"],
    ]
    extraction = drawn("部门综合预算财政拨款收支总表", [*header, *body], [80, 60, 100, 60, 120, 60, 120, 60])
    assert unclaimed(extraction) == []
    found = {}
    for line in lines_of(extraction):
        codes = (line["function_code"], line["department_economic_code"], line["government_economic_code"])
        found.setdefault(line["row_kind"], []).append(next((code for code in codes if code), None))
    assert found == {
        "subtotal": [None, None],
        "detail": [None, "201", "221"],
        "memo": [None, None, "301", "501", "302", "502", None, None],
        "total": [None, None],
    }
    assert failing(extraction) == set()


@pytest.mark.parametrize(("conference", "kind"), [("2.00", "detail"), ("3.00", "memo")])
def test_conferences_are_a_part_of_a_total_that_takes_them_in(conference, kind):
    header = [
        [("单位名称", 1, 3), ("合计", 1, 3), ("“三公”经费", 5), ("会议费", 1, 3)],
        [None, None, "小计", "因公出国（境）费", "公务接待费", ("公务用车购置及运行费", 2), None],
        [None, None, None, None, None, "购置费", "运行费", None],
    ]
    header[1] = [
        None,
        None,
        ("小计", 1, 2),
        ("因公出国\n（境）费", 1, 2),
        ("公务接\n待费", 1, 2),
        ("公务用车购置及运行费", 2),
        None,
    ]
    body = [["某局", "10.00", "8.00", "", "3.00", "", "5.00", conference]]
    extraction = drawn("“三公”经费及会议费预算表", [*header, *body])
    kinds = {line["item"]: line["row_kind"] for line in lines_of(extraction)}
    assert kinds["会议费"] == kind
    assert unclaimed(extraction) == []


def test_what_is_left_for_next_year_is_a_part_of_all_expenditure():
    """Guangdong's 支出总体情况表 has 结转下年 as a column of its own beside the kinds of expenditure."""
    rows = [
        ["功能分类科目名称", "合计", "基本支出", "项目支出", "结转下年"],
        ["合计", "855.00", "650.00", "200.00", "5.00"],
        ["2010301 行政运行", "650.00", "650.00", "", ""],
        ["2010302 一般行政管理事务", "205.00", "", "200.00", "5.00"],
    ]
    assert failing(drawn("支出总体情况表", rows)) == set()
    rows[3][4] = "6.00"
    assert failing(drawn("支出总体情况表", rows)) >= {"row_total_basic_project"}


def by_fund(own_total):
    """基本支出 and 项目支出 below a fund, with or without the fund's own sum beside them (forms of Yunnan)."""
    words = ["小计"] if own_total else []
    header = [
        [("科目名称", 1, 2), ("合计", 1, 2), ("一般公共预算", 2 + own_total), ("单位资金", 1, 2)],
        [None, None, *words, "基本支出", "项目支出", None],
    ]
    amounts = ["800.00"] if own_total else []
    total = "900.00" if own_total else "800.00"
    row = [total, *amounts, "600.00", "200.00", "100.00" if own_total else ""]
    return header, [["合计", *row], ["小学教育", *row]]


@pytest.mark.parametrize("own_total", [True, False])
def test_kinds_of_expenditure_of_a_fund_add_up_to_the_total_of_that_fund(own_total):
    header, body = by_fund(own_total)
    assert failing(drawn("部门支出预算表", [*header, *body])) == set()
    body[1][-2] = "201.00"
    assert "row_total_basic_project" in failing(drawn("部门支出预算表", [*header, *body]))


@pytest.mark.parametrize("rules", ["full", "none", "horizontal"])
def test_the_numbers_of_columns_are_no_amounts_whatever_rules_a_table_has(rules):
    rows = [
        [("“三公”经费\n合计", 1, 2), ("因公出国\n（境）费", 1, 2), ("公务用车购置及运行费", 3), ("公务接待费", 1, 2)],
        [None, None, "小计", "公务用车购置费", "公务用车运行费", None],
        ["1", "2", "3", "4", "5", "6"],
        ["11.00", "", "8.00", "", "8.00", "3.00"],
    ]
    table = Table([120] * 6, rows, rules=rules)
    cover = [Line("云南省某市某局2024年部门预算", None)]
    extraction = read(pdf(cover, [Line("“三公”经费支出预算表", None), Line("单位：万元", 600), table]), "x.pdf")
    printed = [line["printed"] for line in lines_of(extraction)]
    assert printed in ([], ["11.00", "8.00", "8.00", "3.00"])
    assert printed or rules != "full"


def test_a_column_without_any_word_between_code_and_name_parts_no_row():
    """Positions may give a column that no header stands over: it does not make the name the label of another side."""
    columns = (
        Column(0, ("科目编码",), kind="key", key="code", scheme="function"),
        Column(1, ()),
        Column(2, ("科目名称",), kind="key", key="name", scheme="function"),
        Column(3, ("合计",), kind="amount", measure="total"),
    )
    text = "2010301 行政运行 5.00"
    cells = {0: cell_of(text, [(0, 7)]), 2: cell_of(text, [(8, 12)]), 3: cell_of(text, [(13, 17)])}
    form = load_library().forms_for("支出总表")[0]
    (record,) = records_of(Layout(columns, [TableRow(columns, cells)]), form, load_library(), text)
    assert (record.item, [code.digits for code in record.codes.values()]) == ("行政运行", ["2010301"])
    assert [cell.text for _, cell in record.amounts] == ["5.00"]
