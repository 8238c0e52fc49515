"""Tables drawn as printers draw them: few lines or none, amounts off their line, pages turned, rows cut by a page."""

from __future__ import annotations

import pytest

from tests.documents import read
from tests.extract.pdfs import Line, Table, pdf

COVER = [Line("上海市某区某局2024年度部门决算", None)]
TITLE = [Line("支出决算表", None), Line("单位：万元", 600)]
HEADER = [
    [
        ("项目", 2),
        *(
            (word, 1, 2)
            for word in ("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补\n助支出")
        ),
    ],
    ["功能分类\n科目编码", "科目名称", None, None, None, None, None, None],
]
BODY = [
    ["", "合计", "307.82", "105.58", "202.24", "", "", ""],
    ["201", "一般公共服务支出", "264.87", "62.63", "202.24", "", "", ""],
    ["20139", "社会工作事务", "264.87", "62.63", "202.24", "", "", ""],
    ["2013901", "行政运行", "62.63", "62.63", "", "", "", ""],
    ["2013999", "其他社会工作事务\n支出", "202.24", "", "202.24", "", "", ""],
    ["208", "社会保障和就业\n支出", "42.95", "42.95", "", "", "", ""],
    ["20805", "行政事业单位养老支出", "42.95", "42.95", "", "", "", ""],
    ["2080505", "机关事业单位基本养老保险\n缴费支出", "42.95", "42.95", "", "", "", ""],
]
WIDTHS = [60, 130, 80, 80, 80, 60, 60, 60]
EXPECTED = [
    (None, "合计", "total", {"total": "307.82", "basic": "105.58", "project": "202.24"}),
    ("201", "一般公共服务支出", "subtotal", {"total": "264.87", "basic": "62.63", "project": "202.24"}),
    ("20139", "社会工作事务", "subtotal", {"total": "264.87", "basic": "62.63", "project": "202.24"}),
    ("2013901", "行政运行", "detail", {"total": "62.63", "basic": "62.63"}),
    ("2013999", "其他社会工作事务支出", "detail", {"total": "202.24", "project": "202.24"}),
    ("208", "社会保障和就业支出", "subtotal", {"total": "42.95", "basic": "42.95"}),
    ("20805", "行政事业单位养老支出", "subtotal", {"total": "42.95", "basic": "42.95"}),
    ("2080505", "机关事业单位基本养老保险缴费支出", "detail", {"total": "42.95", "basic": "42.95"}),
]


def rows_of(extraction):
    """(code, item, kind, printed amounts by measure) of every published row."""
    found = {}
    for line in extraction.rows.budget_lines:
        key = (line.table_id, line.row_no, line.direction)
        row = found.setdefault(key, (line.function_code, line.item, line.row_kind, {}))
        row[3][line.measure] = line.printed
    return list(found.values())


@pytest.mark.parametrize("lift", [0, 6, -6])
@pytest.mark.parametrize("rules", ["full", "horizontal", "header", "none"])
def test_rows_are_whole_whatever_is_ruled_and_wherever_amounts_stand(rules, lift):
    table = Table(WIDTHS, [*HEADER, *BODY], rules=rules, header=2, lift=lift, left=(1,))
    extraction = read(pdf([*COVER, *TITLE, table]), "x.pdf")
    assert rows_of(extraction) == EXPECTED
    assert extraction.disclosure.status == "complete"


@pytest.mark.parametrize(
    "heading", ["名词解释", "第四部分 名词解释", "四、预算执行情况的说明", "情况说明", "四、其他重要事项"]
)
@pytest.mark.parametrize("x", [None, 60, 120])
@pytest.mark.parametrize("rules", ["horizontal", "header", "none"])
def test_a_heading_of_prose_below_the_last_row_is_no_line_of_its_label(heading, x, rules):
    table = Table(WIDTHS, [*HEADER, *BODY], rules=rules, header=2, left=(1,))
    below = [Line(heading, x), Line("项目支出：指在基本支出之外为完成特定任务所发生的支出。", 60)]
    extraction = read(pdf([*COVER, *TITLE, table, *below]), "x.pdf")
    assert rows_of(extraction) == EXPECTED
    assert extraction.disclosure.status == "complete"


OF_LABELS = {
    "一般公共预算“三公”经费支出表": [
        ["项目", "本年预算数"],
        ["合计", "11.00"],
        ["因公出国（境）费用", "1.00"],
        ["公务接待费", "2.00"],
        ["公务用车购置及运行费", "8.00"],
        ["其中：公务用车购置费", "3.00"],
        ["公务用车运行维护费", "5.00"],
    ],
    "收支总表": [
        ["收入", "预算数", "支出", "预算数"],
        ["一、一般公共预算拨款收入", "307.82", "一、一般公共服务支出", "264.87"],
        ["二、政府性基金预算拨款收入", "10.00", "二、社会保障和就业支出", "42.95"],
        ["三、国有资本经营预算拨款\n收入", "", "三、城乡社区支出", "10.00"],
        ["本年收入合计", "317.82", "本年支出合计", "317.82"],
        ["收入总计", "317.82", "支出总计", "317.82"],
    ],
}


@pytest.mark.parametrize("title", OF_LABELS)
def test_amounts_off_the_line_of_their_label_are_read_as_those_on_it(title):
    body = OF_LABELS[title]
    widths, left = [170, 90] * (len(body[0]) // 2), tuple(range(0, len(body[0]), 2))

    def lines(lift):
        table = Table(widths, body, rules="none", header=1, lift=lift, left=left)
        rows = read(pdf([*COVER, Line(title, None), TITLE[1], table]), "x.pdf").rows
        return [(line.item, line.direction, line.row_kind, line.printed) for line in rows.budget_lines]

    on_it = lines(0)
    assert all(item for item, *_ in on_it)
    assert {lift: lines(lift) for lift in (-7, -5, 5, 7)} == dict.fromkeys((-7, -5, 5, 7), on_it)


@pytest.mark.parametrize("turned", ["silently", "declared"])
def test_pages_turned_sideways_are_read_upright(turned):
    data = pdf([*COVER, *TITLE, Table(WIDTHS, [*HEADER, *BODY], left=(1,))], turned=turned)
    assert rows_of(read(data, "x.pdf")) == EXPECTED


def test_amounts_halfway_between_two_lines_are_not_guessed():
    table = Table(WIDTHS, [*HEADER, *[row for row in BODY if "\n" not in row[1]]], rules="none", lift=10, left=(1,))
    extraction = read(pdf([*COVER, *TITLE, table]), "x.pdf")
    assert extraction.rows.budget_lines == []
    assert "could not be told apart" in extraction.rows.disclosures[0].reason
    assert extraction.rows.disclosures[0].numbers_unclaimed >= 10


def test_a_table_that_no_form_knows_keeps_its_place_and_its_numbers_unclaimed():
    known = [*TITLE, Table(WIDTHS, [*HEADER, *BODY], left=(1,))]
    for rules in ("full", "none"):
        strange = Table(
            [200, 100, 100],
            [["事项", "甲数", "乙数"], ["修缮", "12.50", "3.00"], ["购置", "7.25", "1.00"]],
            rules=rules,
        )
        unknown = [Line("年度修缮安排表", None), Line("单位：万元", 600), strange]
        extraction = read(pdf([*COVER, *known], unknown), "x.pdf")
        table = next(t for t in extraction.rows.tables if t.title == "年度修缮安排表")
        assert (table.table_code, table.page, table.amount_count) == (None, 2, 0)
        disclosure = extraction.rows.disclosures[0]
        assert disclosure.status == "partial"
        assert "年度修缮安排表" in disclosure.reason and "page 2" in disclosure.reason
        unclaimed = {n.printed for n in extraction.rows.numbers if n.class_ == "unclaimed"}
        assert unclaimed == {"12.50", "3.00", "7.25", "1.00"}
