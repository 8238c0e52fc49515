"""Tables over several pages: names torn apart, headers and titles printed again, totals alone, page numbers."""

from __future__ import annotations

import pytest

from tests.documents import read
from tests.extract.pdfs import Line, Table, pdf

COVER = [Line("某市某局2024年部门预算", None)]
TITLE = [Line("2024年部门支出预算总表", None), Line("编制部门：某局                    单位：元", 60)]
HEADER = [
    [("项目", 4), ("支出预算", 3)],
    [("功能分类科目编码", 3), *((word, 1, 2) for word in ("功能分类科目名称", "合计", "基本支出", "项目支出"))],
    ["类", "款", "项", None, None, None, None],
]
WIDTHS = [35, 30, 30, 200, 100, 100, 100]
FIRST = [
    ["201", "", "", "一般公共服务支出", "2,932,700", "0", "2,932,700"],
    ["201", "05", "", "统计信息事务", "257,700", "0", "257,700"],
]
SECOND = [
    ["201", "05", "07", "专项普查活动", "257,700", "0", "257,700"],
    ["", "", "", "合计", "2,932,700", "0", "2,932,700"],
]
EXPECTED = [
    ("201", "一般公共服务支出", "subtotal", ["2,932,700", "0", "2,932,700"]),
    ("20105", "一般公共服务支出/统计信息事务", "subtotal", ["257,700", "0", "257,700"]),
    ("2010507", "一般公共服务支出/统计信息事务/专项普查活动", "detail", ["257,700", "0", "257,700"]),
    (None, "合计", "total", ["2,932,700", "0", "2,932,700"]),
]


def table(rows, **options):
    return Table(WIDTHS, rows, left=(3,), **options)


def tables_of(data):
    """For each table its rows: code, path, kind, printed amounts from left to right."""
    extraction = read(data, "x.pdf")
    assert extraction.rows.disclosures[0].reason is None
    found = {t.table_id: {} for t in extraction.rows.tables}
    for line in extraction.rows.budget_lines:
        row = found[line.table_id].setdefault(line.row_no, (line.function_code, line.item_path, line.row_kind, []))
        row[3].append(line.printed)
    return [list(rows.values()) for rows in found.values()]


FOOTERS = [Line("第 1 页，共 2 页", 400)], [Line("第 2 页，共 2 页", 400)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([*TITLE, table(HEADER + FIRST)], [table(HEADER + SECOND)]),
        ([*TITLE, table(HEADER + FIRST)], [table(SECOND)]),
        ([*TITLE, table(HEADER + FIRST + SECOND[:1])], [table(SECOND[1:])]),
        (TITLE, [table(HEADER + FIRST + SECOND)]),
        ([*TITLE, table(HEADER + FIRST)], [*TITLE, table(HEADER + SECOND)]),
        (
            [*TITLE, table(HEADER + FIRST)],
            [Line("2024年部门支出预算总表（续）", None), TITLE[1], table(HEADER + SECOND)],
        ),
        ([*TITLE, table(HEADER + FIRST, rules="none")], [table(HEADER + SECOND, rules="none")]),
    ],
    ids=["header again", "no header", "total alone", "title before", "title again", "title marked 续", "no lines"],
)
def test_a_table_goes_on_over_the_page(first, second):
    data = pdf(COVER, [*first, *FOOTERS[0]], [*second, *FOOTERS[1]])
    assert tables_of(data) == [EXPECTED]
    assert {n.class_ for n in read(data, "x.pdf").rows.numbers} == {"data", "structure"}


def test_tables_of_one_title_of_two_units_stay_two():
    other = Line("编制部门：某中心                    单位：元", 60)
    data = pdf(COVER, [*TITLE, table(HEADER + FIRST + SECOND)], [TITLE[0], other, table(HEADER + FIRST + SECOND)])
    assert tables_of(data) == [EXPECTED, EXPECTED]


def test_two_tables_on_a_page_and_titles_in_a_list_of_contents():
    contents = [
        Line("目 录", None),
        Line("1. 2024年部门支出预算总表..............3", 60),
        Line("2. 2024年部门收入预算总表 4", 60),
    ]
    second = [Line("2024年部门一般公共预算支出功能分类预算表", None), TITLE[1], table(HEADER + FIRST + SECOND)]
    data = pdf(COVER, contents, [*TITLE, table(HEADER + FIRST + SECOND), *second])
    assert tables_of(data) == [EXPECTED, EXPECTED]


def test_a_list_of_contents_in_a_frame_is_no_table():
    titles = ["2024年部门收支预算总表", "2024年部门支出预算总表", "2024年部门收入预算总表"]
    contents = [
        [("目 录", 1)],
        [("四、部门预算表", 1)],
        *([(f"{no}. {title}", 1)] for no, title in enumerate(titles, 1)),
    ]
    data = pdf(COVER, [Table([400], contents, left=(0,))], [*TITLE, table(HEADER + FIRST + SECOND)])
    assert tables_of(data) == [EXPECTED]


@pytest.mark.parametrize("after", [True, False])
def test_a_name_torn_by_the_page_is_put_together_with_its_own_row(after):
    pieces = ("机关事业单位基本养老保险", "缴费支出")
    amounts = ["10,000", "10,000", "0"]
    whole, lone = (pieces[0], pieces[1]) if after else (pieces[1], pieces[0])
    coded = ["208", "05", "05", whole, *amounts]
    bare = ["", "", "", lone, "", "", ""]
    first, second = (coded, bare) if after else (bare, coded)
    data = pdf(COVER, [*TITLE, table([*HEADER, *FIRST, first])], [table([second, *SECOND])])
    (rows,) = tables_of(data)
    assert ("2080505", "机关事业单位基本养老保险缴费支出", "detail", amounts) in rows
    assert rows[1][1] == "一般公共服务支出/统计信息事务"


@pytest.mark.parametrize("above", [FIRST[:1], []])
def test_a_row_whose_code_lacks_its_class_is_not_published_and_said(above):
    """Neither a name that the lists have nor a sum says what it belongs to: a name of no list, or nothing above it."""
    name = "某项事务" if above else "统计信息事务"
    extraction = read(
        pdf(COVER, [*TITLE, table([*HEADER, *above, ["", "05", "", name, "257,700", "0", "257,700"]])]), "x.pdf"
    )
    codes = [line.function_code for line in extraction.rows.budget_lines]
    assert codes == ["201"] * 3 * len(above)
    assert "05 is no whole code" in extraction.rows.disclosures[0].reason


STAIRS = [
    ["201", "", "", "一般公共服务支出", "30.00", "20.00", "10.00"],
    ["", "03", "", "{}", "30.00", "20.00", "10.00"],
    ["", "", "01", "{}", "20.00", "20.00", ""],
    ["", "", "02", "{}", "10.00", "", "10.00"],
    ["212", "", "", "城乡社区支出", "5.00", "", "5.00"],
    ["", "8", "", "{}", "5.00", "", "5.00"],
    ["", "", "03", "{}", "5.00", "", "5.00"],
    ["", "", "", "合计", "35.00", "20.00", "15.00"],
]
OFFICIAL = [
    "政府办公厅（室）及相关机构事务",
    "行政运行",
    "一般行政管理事务",
    "国有土地使用权出让收入安排的支出",
    "城市建设支出",
]


def stairs(names, section="30.00"):
    left = iter(names)
    rows = [[next(left) if cell == "{}" else cell for cell in row] for row in STAIRS]
    rows[1][4] = section
    return read(pdf(COVER, [*TITLE, table([*HEADER, *rows])]), "x.pdf")


@pytest.mark.parametrize(
    ("names", "section"), [(OFFICIAL, "30.00"), (OFFICIAL, "31.00"), (["甲", "乙", "丙", "丁", "戊"], "30.00")]
)
def test_parts_of_codes_that_stand_as_stairs_are_whole_codes_by_names_or_by_sums(names, section):
    extraction = stairs(names, section)
    found = [
        (line.function_code, line.row_kind, line.code_basis)
        for line in extraction.rows.budget_lines
        if line.measure == "total"
    ]
    assert found == [
        ("201", "subtotal", "printed"),
        ("20103", "subtotal", "printed"),
        ("2010301", "detail", "printed"),
        ("2010302", "detail", "printed"),
        ("212", "subtotal", "printed"),
        ("21208", "subtotal", "padded"),
        ("2120803", "detail", "printed"),
        (None, "total", None),
    ]
    assert not [number for number in extraction.rows.numbers if number.class_ == "unclaimed"]


def test_stairs_that_neither_names_nor_sums_prove_are_no_codes():
    extraction = stairs(["甲", "乙", "丙", "丁", "戊"], section="31.00")
    codes = {line.function_code for line in extraction.rows.budget_lines}
    assert codes == {"201", "212", None}
    assert "03 is no whole code" in extraction.rows.disclosures[0].reason


def test_a_class_in_a_merged_cell_is_the_class_of_every_row_it_covers():
    body = [
        [("201", 1, 3), "", "", "一般公共服务支出", "2,932,700", "0", "2,932,700"],
        [None, ("05", 1, 2), "", "统计信息事务", "257,700", "0", "257,700"],
        [None, None, "07", "专项普查活动", "257,700", "0", "257,700"],
        ["", "", "", "合计", "2,932,700", "0", "2,932,700"],
    ]
    assert tables_of(pdf(COVER, [*TITLE, table(HEADER + body)])) == [EXPECTED]


def test_running_heads_and_lines_below_a_title_are_no_titles():
    head = Line("2024年度部门预算公开报表", 60)
    below = Line("预算公开样表", 400)
    first = [head, TITLE[0], below, TITLE[1], table(HEADER + FIRST)]
    data = pdf([*COVER, head], first, [head, table(HEADER + SECOND)], [head])
    assert tables_of(data) == [EXPECTED]


def test_codes_printed_whole_in_every_column_are_not_joined():
    body = [
        ["201", "", "", "一般公共服务支出", "2,932,700", "0", "2,932,700"],
        ["201", "20105", "", "统计信息事务", "257,700", "0", "257,700"],
        ["201", "20105", "2010507", "专项普查活动", "257,700", "0", "257,700"],
        ["", "", "", "合计", "2,932,700", "0", "2,932,700"],
    ]
    widths = [45, 60, 70, 200, 90, 90, 90]
    data = pdf(COVER, [*TITLE, Table(widths, HEADER + body, left=(3,))])
    assert tables_of(data) == [EXPECTED]


def test_the_class_alone_says_what_classification_its_parts_are_of():
    header = [
        [("科目编码", 2), ("科目名称", 1, 2), ("合计", 1, 2), ("人员经费", 1, 2), ("公用经费", 1, 2)],
        ["类", "款", *[None] * 4],
    ]
    body = [["302", "", "商品和服务支出", "60.00", "", "60.00"], ["302", "26", "劳务费", "60.00", "", "60.00"]]
    title = [Line("2024年一般公共预算基本支出表", None), Line("单位：万元", 600)]
    data = pdf(COVER, [*title, Table([50, 50, 180, 100, 100, 100], header + body, left=(2,))])
    lines = read(data, "x.pdf").rows.budget_lines
    assert [(line.department_economic_code, line.row_kind, line.measure) for line in lines] == [
        ("302", "subtotal", "total"),
        ("302", "subtotal", "public"),
        ("30226", "detail", "total"),
        ("30226", "detail", "public"),
    ]
    assert {line.function_code for line in lines} == {None}


def test_title_and_unit_may_stand_inside_the_frame():
    inside = [["2024年部门支出预算总表", *[""] * 6], ["", "", "", "", "", "", "单位：元"]]
    frame = Table([150, 30, 30, 150, 100, 100, 100], [*inside, *HEADER, *FIRST, *SECOND], left=(3,))
    assert tables_of(pdf(COVER, [frame])) == [EXPECTED]


def test_a_heading_in_a_cell_with_a_label_of_another_ordinal_is_no_part_of_it():
    rows = [["项目", "预算数"], ["二、收入情况说明\n（三）公务接待费", "1.00"], ["（四）公务用车购置费", "2.00"]]
    title = [Line("一般公共预算“三公”经费支出表", None), Line("单位：万元", 400)]
    extraction = read(pdf(COVER, [*title, Table([300, 100], rows, left=(0,))]), "x.pdf")
    assert [line.item for line in extraction.rows.budget_lines] == ["公务用车购置费"]
    assert extraction.disclosure.status == "partial"
