"""Tables as the forms of several regions print them: labels under any header, sides, sums, columns of their own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.extract.forms import load_library
from pipeline.extract.tables.layout.sheet import cell_of
from pipeline.extract.tables.meaning import table
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.records import records_of
from tests.documents import read
from tests.extract.pdfs import Line, Table, pdf
from tests.extract.test_class_columns import lines_of, unclaimed
from tests.extract.test_rows_over_rows import details, drawn, failing, rows_of


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
    assert [(line.function_code, line.item) for line in lines_of(extraction) if line.measure == "total"] == [
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
        codes = (line.function_code, line.department_economic_code, line.government_economic_code)
        found.setdefault(line.row_kind, []).append(next((code for code in codes if code), None))
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
    kinds = {line.item: line.row_kind for line in lines_of(extraction)}
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
    printed = [line.printed for line in lines_of(extraction)]
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
    (record,) = records_of(table.Table(columns, [table.TableRow(columns, cells)]), form, load_library(), text)
    assert (record.item, [code.digits for code in record.codes.values()]) == ("行政运行", ["2010301"])
    assert [cell.text for _, cell in record.amounts] == ["5.00"]


@pytest.mark.parametrize(("name", "code"), [("政府办公厅（室）及相关机构事务", "20103"), ("某项事务", "20103")])
def test_a_section_printed_without_its_class_between_whole_codes(name, code):
    """Jiangxi prints 201, 03, 2010301 in one column, and ** in it beside the total."""
    rows = [
        [("支出功能分类科目", 2), ("合计", 1, 2), ("基本支出", 1, 2), ("项目支出", 1, 2)],
        ["科目编码", "科目名称", None, None, None],
        ["201", "一般公共服务支出", "650.00", "450.00", "200.00"],
        ["　03", name, "650.00", "450.00", "200.00"],
        ["　　2010301", "行政运行", "450.00", "450.00", ""],
        ["　　2010302", "一般行政管理事务", "200.00", "", "200.00"],
        ["**", "合计", "650.00", "450.00", "200.00"],
    ]
    extraction = drawn("部门支出总表", rows)
    found = [(line.function_code, line.item, line.row_kind) for line in lines_of(extraction) if line.measure == "total"]
    assert found == [
        ("201", "一般公共服务支出", "subtotal"),
        (code, name, "subtotal"),
        ("2010301", "行政运行", "detail"),
        ("2010302", "一般行政管理事务", "detail"),
        (None, "合计", "total"),
    ]
    assert unclaimed(extraction) == []
