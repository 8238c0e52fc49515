"""Rows that stand over others without a code or an ordinal that says so: details never count twice."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from pipeline.extract.tables.layout.sheet import Cell
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.record import Record
from pipeline.extract.tables.meaning.sums import nest_by_sums
from pipeline.extract.tables.meaning.table import TableRow
from pipeline.reconcile.engine import reconcile
from tests.documents import read
from tests.extract.celled import extracted
from tests.extract.pdfs import Line, Table, pdf
from tests.reconcile.synthetic import INSIDE_TABLE
from tests.tables import tables_of

CODED = [
    [("项目", 4), ("合计", 1, 3), ("基本支出", 1, 3), ("项目支出", 1, 3)],
    [("科目编码", 3), ("单位名称（科目）", 1, 2), None, None, None],
    ["类", "款", "项", None, None, None, None],
]
UNITS = [
    ["", "", "", "合计", "295.00", "235.00", "60.00"],
    ["", "", "", "某市某局本级", "200.00", "140.00", "60.00"],
    ["201", "03", "01", "行政运行", "140.00", "140.00", ""],
    ["201", "03", "02", "一般行政管理事务", "60.00", "", "60.00"],
    ["", "", "", "某市某中心", "95.00", "95.00", ""],
    ["208", "05", "05", "机关事业单位基本养老保险缴费支出", "35.00", "35.00", ""],
    ["201", "03", "50", "事业运行", "60.00", "60.00", ""],
]
DEPARTMENT = [UNITS[0], ["", "", "", "某市某局", "295.00", "235.00", "60.00"], *UNITS[1:]]


def drawn(title, rows, widths=None):
    columns = max(sum(1 if c is None or isinstance(c, str) else c[1] for c in row) for row in rows)
    table = Table(widths or [720 / columns] * columns, rows)
    cover = [Line("四川省某市某局2023年部门预算", None)]
    return read(pdf(cover, [Line(title, None), Line("金额单位：万元", 600), table]), "x.pdf")


def rows_of(extraction, measure="total", direction="expenditure"):
    return [
        (line.row_kind, line.item_path, line.printed)
        for line in extraction.rows.budget_lines
        if line.measure == measure and line.direction == direction and line.fund is None
    ]


def failing(extraction, rules=INSIDE_TABLE):
    checks = reconcile(tables_of([extraction]), rules)["checks"]
    return {row["rule_id"] for row in checks.iter_rows(named=True) if row["status"] == "fail"}


def details(rows):
    return sum(Decimal(printed) for kind, _, printed in rows if kind == "detail")


def test_the_name_of_a_unit_over_its_coded_rows_is_their_subtotal():
    extraction = drawn("部门支出总表", [*CODED, *UNITS])
    assert rows_of(extraction) == [
        ("total", "合计", "295.00"),
        ("subtotal", "某市某局本级", "200.00"),
        ("detail", "某市某局本级/行政运行", "140.00"),
        ("detail", "某市某局本级/一般行政管理事务", "60.00"),
        ("subtotal", "某市某中心", "95.00"),
        ("detail", "某市某中心/机关事业单位基本养老保险缴费支出", "35.00"),
        ("detail", "某市某中心/事业运行", "60.00"),
    ]
    assert failing(extraction) == set()


def test_a_department_over_its_units_over_their_codes():
    extraction = drawn("部门支出总表", [*CODED, *DEPARTMENT])
    found = rows_of(extraction)
    assert [kind for kind, *_ in found[:3]] == ["total", "subtotal", "subtotal"]
    assert found[3] == ("detail", "某市某局/某市某局本级/行政运行", "140.00")
    assert details(found) == Decimal("295.00")
    assert failing(extraction) == set()


@pytest.mark.parametrize(
    ("row", "rules"), [(1, {"item_parts"}), (2, {"item_parts", "column_total"}), (0, {"column_total"})]
)
def test_one_wrong_amount_changes_no_nesting_and_is_reported(row, rules):
    changed = [list(r) for r in UNITS]
    changed[row][4] = "187.00"
    extraction = drawn("部门支出总表", [*CODED, *changed])
    kinds = [kind for kind, *_ in rows_of(extraction)]
    assert kinds == ["total", "subtotal", "detail", "detail", "subtotal", "detail", "detail"]
    assert rules <= failing(extraction)


def test_a_class_without_a_code_over_coded_rows():
    header = [["科目编码", "科目名称", "合计", "人员经费", "公用经费"]]
    body = [
        ["", "合计", "180.00", "150.00", "30.00"],
        ["", "工资福利支出", "150.00", "150.00", ""],
        ["30101", "基本工资", "90.00", "90.00", ""],
        ["30102", "津贴补贴", "60.00", "60.00", ""],
        ["", "商品和服务支出", "30.00", "", "30.00"],
        ["30201", "办公费", "30.00", "", "30.00"],
    ]
    extraction = drawn("基本支出预算表", [*header, *body])
    kinds = [(line.row_kind, line.item) for line in extraction.rows.budget_lines if line.measure == "total"]
    assert kinds == [
        ("total", "合计"),
        ("subtotal", "工资福利支出"),
        ("detail", "基本工资"),
        ("detail", "津贴补贴"),
        ("subtotal", "商品和服务支出"),
        ("detail", "办公费"),
    ]
    assert failing(extraction) == set()


def test_a_group_over_its_projects_is_no_project():
    header = [[("科目编码", 3), ("单位名称（项目）", 1, 2), ("金额", 1, 2)], ["类", "款", "项", None, None]]
    body = [
        ["", "", "", "合计", "500.00"],
        ["", "", "", "一般行政管理事务", "500.00"],
        ["201", "03", "02", "平台建设经费", "300.00"],
        ["201", "03", "02", "购买服务经费", "200.00"],
    ]
    lines = drawn("项目支出预算表", [*header, *body]).rows.budget_lines
    assert [(x.row_kind, x.item_path, x.project, x.function_code) for x in lines] == [
        ("total", "合计", None, None),
        ("subtotal", "一般行政管理事务", None, None),
        ("detail", "一般行政管理事务/平台建设经费", "平台建设经费", "2010302"),
        ("detail", "一般行政管理事务/购买服务经费", "购买服务经费", "2010302"),
    ]


def test_numbered_rows_over_rows_without_ordinals():
    header = [
        [("收入", 2), ("支出", 4)],
        ["项目", "预算数", "项目", "合计", "一般公共预算", "政府性基金预算"],
    ]
    body = [
        ["一、本年收入", "240.00", "一、本年支出", "290.00", "190.00", "100.00"],
        ["一般公共预算拨款收入", "140.00", "一般公共服务支出", "190.00", "190.00", ""],
        ["政府性基金预算拨款收入", "100.00", "城乡社区支出", "100.00", "", "100.00"],
        ["二、上年结转", "50.00", "", "", "", ""],
        ["一般公共预算拨款收入", "50.00", "二、结转下年", "", "", ""],
        ["收入总计", "290.00", "支出总计", "290.00", "190.00", "100.00"],
    ]
    extraction = drawn("财政拨款收支预算总表", [*header, *body])
    revenue = [(x.row_kind, x.item_path) for x in extraction.rows.budget_lines if x.direction == "revenue"]
    assert revenue == [
        ("subtotal", "本年收入"),
        ("detail", "本年收入/一般公共预算拨款收入"),
        ("detail", "本年收入/政府性基金预算拨款收入"),
        ("subtotal", "上年结转"),
        ("detail", "上年结转/一般公共预算拨款收入"),
        ("total", "收入总计"),
    ]
    assert [kind for kind, *_ in rows_of(extraction)] == ["subtotal", "detail", "detail", "total"]
    assert failing(extraction) == set()


def test_rows_that_stand_for_themselves_stay_details():
    """A balance without an ordinal is no part of the numbered row above; a row without a code adds to coded ones."""
    header = [[("收入", 2), ("支出", 2)], ["项目", "预算数", "项目", "预算数"]]
    body = [
        ["一、一般公共预算拨款收入", "50.00", "一、一般公共服务支出", "60.00"],
        ["二、其他收入", "10.00", "二、卫生健康支出", "10.00"],
        ["上年结转", "10.00", "", ""],
        ["收入总计", "70.00", "支出总计", "70.00"],
    ]
    lines = drawn("部门收支总表", [*header, *body]).rows.budget_lines
    assert [x.row_kind for x in lines if x.direction == "revenue"] == ["detail", "detail", "detail", "total"]
    coded = [
        *UNITS[2:4],
        ["", "", "", "结转下年", "5.00", "", "5.00"],
        ["208", "05", "05", "养老保险", "5.00", "5.00", ""],
    ]
    found = rows_of(drawn("部门支出总表", [*CODED, ["", "", "", "合计", "210.00", "145.00", "65.00"], *coded]))
    assert [kind for kind, *_ in found] == ["total", "detail", "detail", "detail", "detail"]


def test_codes_that_each_unit_prints_again_nest_within_the_unit():
    header = [["单位名称", "科目编码", "科目名称", "合计"]]
    body = [
        [unit, code, name, amount]
        for unit, amount in (("甲中心", "3.00"), ("乙中心", "4.00"))
        for code, name in (("201", "一般公共服务支出"), ("20103", "政府办公厅事务"), ("2010301", "行政运行"))
    ]
    found = rows_of(drawn("部门支出总表", [*header, ["", "", "合计", "7.00"], *body]))
    assert [kind for kind, *_ in found] == ["total", *["subtotal", "subtotal", "detail"] * 2]


def test_the_same_money_by_another_classification_is_counted_once():
    header = [
        [("收入", 2), ("支出", 4)],
        ["项目", "本年预算", "项目（按功能分类）", "本年预算", "项目（按经济分类）", "本年预算"],
    ]
    body = [
        ["一、一般公共预算拨款收入", "90.00", "一、一般公共服务支出", "70.00", "一、基本支出", "60.00"],
        ["二、其他收入", "10.00", "二、卫生健康支出", "30.00", "二、项目支出", "40.00"],
        ["收入总计", "100.00", "支出总计", "100.00", "支出总计", "100.00"],
    ]
    extraction = drawn("收支总表", [*header, *body])
    assert rows_of(extraction) == [
        ("detail", "一般公共服务支出", "70.00"),
        ("memo", "基本支出", "60.00"),
        ("detail", "卫生健康支出", "30.00"),
        ("memo", "项目支出", "40.00"),
        ("total", "支出总计", "100.00"),
        ("memo", "支出总计", "100.00"),
    ]
    assert failing(extraction) == set()


def test_kinds_of_expense_of_a_department_and_of_its_units_count_once():
    header = [["单位编码", "单位名称", "合计", "因公出国（境）费", "公务接待费"]]
    body = [
        ["", "合计", "9.00", "3.00", "6.00"],
        ["130", "某市某局", "9.00", "3.00", "6.00"],
        ["130001", "某市某局本级", "9.00", "3.00", "6.00"],
    ]
    extraction = drawn("一般公共预算“三公”经费支出表", [*header, *body])
    kinds = [line.row_kind for line in extraction.rows.budget_lines]
    assert kinds == ["total", "subtotal", "subtotal", *["subtotal"] * 3, "subtotal", "detail", "detail"]
    assert failing(extraction) == set()


def test_the_only_column_of_a_table_holds_its_amounts_and_a_title_without_a_fund_names_none():
    operating = drawn(
        "一般公共预算机关运行经费支出预算表",
        [["科目编码", "科目名称", "机关运行经费支出"], ["30201", "办公费", "3.00"]],
    )
    assert [(x.measure, x.printed) for x in operating.rows.budget_lines] == [("total", "3.00")]
    basic = [["项目", "总计", "财政拨款", "事业收入"], ["合计", "3.00", "2.00", "1.00"]]
    lines = drawn("部门预算基本支出预算表", basic).rows.budget_lines
    assert [(x.fund, x.revenue_source) for x in lines] == [
        (None, None),
        (None, "fiscal_appropriation"),
        (None, "operating_undertaking"),
    ]


def test_money_of_the_unit_beside_its_kinds_is_their_subtotal():
    header = [
        [("单位名称", 1, 2), ("合计", 1, 2), ("一般公共预算", 1, 2), ("单位资金", 3)],
        [None, None, None, "小计", "事业收入", "其他收入"],
    ]
    extraction = drawn("部门收入预算表", [*header, ["某市某中心", "9.00", "2.00", "7.00", "4.00", "3.00"]])
    lines = extraction.rows.budget_lines
    assert [(x.measure, x.fund, x.revenue_source, x.printed) for x in lines] == [
        ("total", None, None, "9.00"),
        ("total", "general_public_budget", None, "2.00"),
        ("subtotal", None, "other", "7.00"),
        ("total", None, "operating_undertaking", "4.00"),
        ("total", None, "other", "3.00"),
    ]
    assert failing(extraction) == set()


def test_a_column_that_no_word_names_before_the_labels_carries_the_label_of_the_total():
    header = [
        [("项目归口", 1, 2), ("项目名称", 1, 2), ("科目编码", 1, 2), ("资金来源", 3)],
        [None, None, None, "合计", "一般公共预算", "政府性基金预算"],
    ]
    body = [
        ["某处", "平台建设经费", "2010302", "5.00", "3.00", "2.00"],
        ["某处", "业务经费", "2010302", "4.00", "4.00", ""],
        [("合计", 3), "9.00", "7.00", "2.00"],
    ]
    lines = drawn("项目支出预算表", [*header, *body]).rows.budget_lines
    assert [(x.row_kind, x.item, x.fund, x.printed) for x in lines[-3:]] == [
        ("total", "合计", None, "9.00"),
        ("total", "合计", "general_public_budget", "7.00"),
        ("total", "合计", "government_fund", "2.00"),
    ]


def test_a_change_is_of_the_year_that_is_compared():
    header = [["项目", "本年预算数", "上年预算数", "比上年增减"]]
    lines = drawn("“三公”经费支出预算表", [*header, ["公务接待费", "6.00", "8.00", "-2.00"]]).rows.budget_lines
    assert [(x.measure, x.fiscal_year, x.comparison, x.printed) for x in lines] == [
        ("total", 2023, False, "6.00"),
        ("total", 2022, True, "8.00"),
        ("change", 2023, False, "-2.00"),
    ]


def test_looking_for_sums_takes_time_in_proportion_to_rows():
    def seconds(count):
        rows = [Record(TableRow((AMOUNT,), {}), 0, None, [(AMOUNT, cell(str(n)))], item=str(n)) for n in range(count)]
        start = time.process_time()
        nest_by_sums(
            [*rows, Record(TableRow((AMOUNT,), {}), 0, None, [(AMOUNT, cell("1"))], item="x", kind="total")], {}
        )
        return time.process_time() - start

    assert seconds(1600) < 12 * seconds(400) + 0.5


AMOUNT = Column(0, ("合计",), "amount", measure="total")


def cell(text):
    return Cell(((0, len(text)),), text)


def summary(*labels):
    """A two-sided summary whose revenue side prints ``labels`` with amounts, above 本年支出 of the same sum."""
    rows = [[("收入", 2), ("支出", 2)], ["项目", "金额", "项目", "金额"]]
    right = [["一、基本支出", "700.00"], ["二、项目支出", "300.00"]]
    for at, (label, amount) in enumerate(labels):
        rows.append([label, amount, *(right[at] if at < 2 else ["", ""])])
    return [*rows, ["收入合计", "1,000.00", "支出合计", "1,000.00"]]


def revenue(extraction):
    return {
        line.item: (line.row_kind, line.fund, line.revenue_source)
        for line in extraction.rows.budget_lines
        if line.direction == "revenue"
    }


def test_a_row_of_another_fund_below_a_named_part_is_none():
    extraction = drawn(
        "部门收支总体情况表",
        summary(
            ("一般公共预算", "900.00"), ("其中：财政拨款", "880.00"), ("政府性基金", "60.00"), ("其他收入", "40.00")
        ),
    )
    assert revenue(extraction) == {
        "一般公共预算": ("detail", "general_public_budget", None),
        "财政拨款": ("of_which", "general_public_budget", "fiscal_appropriation"),
        "政府性基金": ("detail", "government_fund", None),
        "其他收入": ("detail", None, "other"),
        "收入合计": ("total", None, None),
    }
    assert failing(extraction) == set()


@pytest.mark.parametrize(
    ("part", "first", "second"),
    [("960.00", "of_which", "detail"), ("900.00", "detail", "detail"), ("1,000.00", "of_which", "of_which")],
)
def test_where_the_parts_below_a_row_end_sums_say(part, first, second):
    labels = [("一般公共预算", part), ("其中：经费拨款", "860.00"), ("专项收入", "60.00"), ("捐赠款项", "40.00")]
    extraction = drawn("部门收支总体情况表", summary(*labels))
    found = revenue(extraction)
    assert [found["专项收入"][0], found["捐赠款项"][0]] == [first, second]
    assert failing(extraction) == set()


def test_sums_that_hold_in_no_reading_change_none():
    labels = [("一般公共预算", "960.00"), ("其中：经费拨款", "860.00"), ("专项收入", "61.00"), ("捐赠款项", "47.00")]
    extraction = drawn("部门收支总体情况表", summary(*labels))
    found = revenue(extraction)
    assert [found["专项收入"][0], found["捐赠款项"][0]] == ["of_which", "of_which"]
    assert "column_grand_total" in failing(extraction)


def test_the_budgets_after_their_appropriation_are_all_of_its_parts():
    labels = [("一、财政拨款收入", "900.00"), ("其中：一般公共预算", "850.00"), ("政府性基金预算", "50.00")]
    extraction = drawn("部门收支预算总表", summary(*labels, ("二、其他收入", "100.00")))
    found = revenue(extraction)
    assert found["财政拨款收入"][0] == "subtotal"
    assert found["一般公共预算"] == ("detail", "general_public_budget", "fiscal_appropriation")
    assert found["政府性基金预算"] == ("detail", "government_fund", "fiscal_appropriation")
    assert failing(extraction) == set()


def test_rows_that_leave_the_code_of_their_unit_blank_are_of_the_unit_above_that_they_add_up_to():
    rows = [
        ["单位编码", "单位名称", "科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["", "", "", "合计", "100.00", "80.00", "20.00"],
        ["105", "农牧局", "", "", "100.00", "80.00", "20.00"],
        ["105001", "农牧局本级", "", "", "70.00", "60.00", "10.00"],
        ["", "", "2130101", "行政运行", "60.00", "60.00", "0.00"],
        ["", "", "2130122", "农业生产发展", "10.00", "0.00", "10.00"],
        ["105002", "种子站", "", "", "30.00", "20.00", "10.00"],
        ["", "", "2130150", "事业运行", "20.00", "20.00", "0.00"],
        ["", "", "2130122", "农业生产发展", "10.00", "0.00", "10.00"],
    ]
    extraction = extracted("某市农牧局2024年部门预算", "部门支出总表", "单位：万元", rows)
    kinds = [(line.item, line.row_kind) for line in extraction.rows.budget_lines if line.measure == "total"]
    assert kinds == [
        ("合计", "total"),
        ("农牧局", "subtotal"),
        ("农牧局本级", "subtotal"),
        ("行政运行", "detail"),
        ("农业生产发展", "detail"),
        ("种子站", "subtotal"),
        ("事业运行", "detail"),
        ("农业生产发展", "detail"),
    ]
    assert failing(extraction) == set()


@pytest.mark.parametrize("mark", [">", "＞", "★", "●"])
def test_marks_before_codes_and_totals_hide_neither(mark):
    rows = [
        ["科目", "合计", "基本支出", "项目支出"],
        [f"{mark}合计", "100.00", "80.00", "20.00"],
        [f"{mark}213农林水支出", "100.00", "80.00", "20.00"],
        [f"{mark}21301农业农村", "100.00", "80.00", "20.00"],
        [f"{mark}2130101行政运行", "80.00", "80.00", ""],
        [f"{mark}2130122农业生产发展", "20.00", "", "20.00"],
    ]
    extraction = extracted("某市农牧局2024年部门预算", "部门支出总表", "单位：万元", rows)
    lines = [line for line in extraction.rows.budget_lines if line.measure == "total"]
    assert [(line.function_code, line.row_kind) for line in lines] == [
        (None, "total"),
        ("213", "subtotal"),
        ("21301", "subtotal"),
        ("2130101", "detail"),
        ("2130122", "detail"),
    ]
