"""A second table under no title, one that no form knows, or that of a part: its amounts are not those of the one before."""

from __future__ import annotations

import pytest

from tests.documents import read
from tests.extract.celled import Merged, extracted

BODY = "青山市临江区外事办公室2025年部门预算"
TITLE = "一般公共预算支出表"
HEADER = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]


def block(total: str, basic: str, project: str) -> list[list[str]]:
    return [HEADER, ["", "合计", total, basic, project], ["2010301", "行政运行", total, basic, project]]


OWN, OTHER = block("50.00", "40.00", "10.00"), block("30.00", "25.00", "5.00")


def published(extraction) -> list[str]:
    return [str(line.printed) for line in extraction.rows.budget_lines if line.row_kind == "detail"]


def as_text(*parts) -> bytes:
    lines = [part if isinstance(part, str) else "\n".join("\t".join(row) for row in part) for part in parts]
    return "\n".join([BODY, "", *lines, ""]).encode()


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([TITLE, "单位：万元", OWN, OTHER], id="no title"),
        pytest.param([TITLE, "单位：万元", OWN, "其中：本级安排情况", OTHER], id="a title that no form knows, no unit"),
        pytest.param([TITLE, "单位：万元", [*OWN, *OTHER]], id="below each other in one grid"),
        pytest.param([TITLE, "单位：万元", OWN, f"{TITLE}（本级）", "单位：万元", OTHER], id="of a part of the body"),
    ],
)
def test_amounts_of_another_table_are_not_those_of_the_one_before(parts):
    for extraction in (extracted(BODY, *parts), read(as_text(*parts))):
        assert published(extraction) == ["50.00", "40.00", "10.00"]
        assert extraction.disclosure.status == "partial"


LAID_OUT = """科目编码    科目名称    合计     基本支出    项目支出
            合计        50.00    40.00       10.00
2010301     行政运行    50.00    40.00       10.00"""


@pytest.mark.parametrize("between", ["", "其中：本级安排情况"])
def test_text_laid_out_with_spaces_ends_where_another_table_with_a_total_of_its_own_begins(between):
    other = LAID_OUT.replace("50.00", "30.00").replace("40.00", "25.00").replace("10.00", " 5.00")
    extraction = read(as_text("第二部分 部门预算表", TITLE, "单位：万元", LAID_OUT, "", between, other))
    assert published(extraction) == ["50.00", "40.00", "10.00"]
    assert [table.table_code for table in extraction.rows.tables] == ["general_public_budget_expenditure", None]
    assert extraction.disclosure.status == "partial"


@pytest.mark.parametrize("between", [[], ["其中：本级安排情况"]])
def test_whole_numbers_below_a_header_are_amounts_that_nobody_understands(between):
    extraction = read(as_text(TITLE, "单位：万元", block("50", "40", "10"), "", *between, block("30", "25", "5")))
    assert published(extraction) == ["50", "40", "10"]
    assert [number.printed for number in extraction.rows.numbers if number.class_ == "unclaimed"] == [
        *("30", "25", "5"), *("2010301", "30", "25", "5")
    ]  # fmt: skip


@pytest.mark.parametrize("titles", [["债务资金情况"], ["债务资金情况", "专项资金（二）"]])
def test_titles_in_rows_of_one_sheet_begin_tables(titles):
    sheet = [[TITLE], ["单位：万元"], *OWN]
    for title in titles:
        sheet += [[Merged(title, 1, 5)], [Merged("部门：外事办公室    单位：万元", 1, 5)], *OTHER]
    extraction = extracted(BODY, sheet)
    assert published(extraction) == ["50.00", "40.00", "10.00"]
    assert [table.table_code for table in extraction.rows.tables] == [
        "general_public_budget_expenditure",
        *[None for _ in titles],
    ]


def test_the_table_of_the_body_itself_is_known_where_no_other_stands_beside_it():
    extraction = extracted(BODY, f"{TITLE}（本级）", "单位：万元", OWN)
    assert published(extraction) == ["50.00", "40.00", "10.00"]
    assert extraction.disclosure.status == "complete"


def test_blocks_of_bodies_that_rows_name_are_of_one_table():
    rows = [
        ["单位名称", *HEADER],
        ["本级", "", "合计", "5.00", "4.00", "1.00"],
        ["本级", "2010301", "行政运行", "4.00", "4.00", ""],
        ["本级", "2010302", "一般行政管理事务", "1.00", "", "1.00"],
        ["服务中心", "", "合计", "3.00", "3.00", ""],
        ["服务中心", "2010350", "事业运行", "3.00", "3.00", ""],
    ]
    extraction = extracted(BODY, TITLE, "单位：万元", rows)
    assert len(extraction.rows.budget_lines) == 11
    assert extraction.disclosure.status == "complete"


WIDE = [
    ["科目编码", "科目名称", "合计", "一般公共预算拨款", "政府性基金拨款"],
    ["", "合计", "700.00", "500.00", "50.00"],
    ["2010301", "行政运行", "400.00", "300.00", "50.00"],
    ["2080505", "机关事业单位基本养老保险缴费支出", "300.00", "200.00", "0.00"],
]
BESIDE = [["事业收入", "其他收入"], ["120.00", "30.00"], ["50.00", "0.00"], ["70.00", "30.00"]]


@pytest.mark.parametrize(
    ("between", "whole"),
    [
        ([], False),
        ([], True),
        (["单位：元"], False),
        (["2025年部门收入总表（续）"], False),
        (["2025年部门收入总表（续）"], True),
    ],
)
def test_columns_that_go_on_in_the_next_table_of_cells_are_of_the_same_rows(between, whole):
    wide, beside = ([[c.removesuffix(".00") if whole else c for c in row] for row in rows] for rows in (WIDE, BESIDE))
    extraction = extracted(BODY, "2025年部门收入总表", "单位：元", wide, *between, beside)
    own = {
        line.item: line.amount
        for line in extraction.rows.budget_lines
        if line.revenue_source == "operating_undertaking"
    }
    assert own == {"合计": 120, "行政运行": 50, "机关事业单位基本养老保险缴费支出": 70}
    assert extraction.disclosure.status == "complete"


def test_columns_that_do_not_add_up_are_not_joined():
    wrong = [BESIDE[0], ["121.00", "30.00"], ["50.00", "1.00"], ["70.00", "30.00"]]
    extraction = extracted(BODY, "2025年部门收入总表", "单位：元", WIDE, wrong)
    assert not [line for line in extraction.rows.budget_lines if line.revenue_source]
    assert extraction.disclosure.status == "partial"


def test_a_comma_between_two_cells_is_no_comma_of_a_number():
    rows = [
        ["科目编码", "科目名称", "行次", "合计"],
        ["2010301", "行政运行", "1", "300.00"],
        ["2010302", "一般行政管理事务", "2", "200.00"],
    ]
    text = "\n".join(",".join(row) for row in rows)
    extraction = read(as_text("部门支出总表", "单位：万元", text))
    assert published(extraction) == ["300.00", "200.00"]
    assert [number.printed for number in extraction.rows.numbers][-3:] == ["2010302", "2", "200.00"]
    assert extraction.disclosure.status == "complete"


def test_hashes_in_place_of_an_amount_are_no_part_of_its_label():
    text = LAID_OUT.replace("50.00    40.00       10.00", "50.00    ########    10.00", 1)
    extraction = read(as_text("第二部分 部门预算表", TITLE, "单位：万元", text, "", "注：无。", "说明", "（一）其他"))
    assert {line.item for line in extraction.rows.budget_lines} == {"合计", "行政运行"}
    assert extraction.disclosure.status == "partial"
