"""Numbers of pages in texts without form feeds: they end pages, and are no more than that."""

from __future__ import annotations

import pytest

from pipeline.ingest.formats.plain import read
from pipeline.ingest.limits import Limits
from tests.documents import read as extracted

PAGE = "\n".join(f"第{row}行：本部门依法履行职责，编制年度预算并组织实施。" for row in "一二三四五六七八九")


def _pages(*ends: str) -> list[int | None]:
    """The page of the first line of each page of a text whose pages end with ``ends``."""
    lines = read("".join(f"{PAGE}\n\n{end}\n" for end in ends).encode(), Limits()).lines
    return [line.page for line in lines if line.end > line.start][:: PAGE.count("\n") + 2]


@pytest.mark.parametrize(
    "ends",
    [("        4", "        5", "        6"), ("— 4 —", "— 5 —", "— 6 —"), ("第4页 共20页", "第5页 共20页", "第6页 共20页"), ("4/20", "5/20", "6/20")],
    ids=["bare", "between dashes", "in words", "of how many"],
)  # fmt: skip
def test_numbers_that_rise_by_one_end_pages(ends):
    assert _pages(*ends) == [1, 2, 3]


@pytest.mark.parametrize(
    "ends", [("4", "9", "2"), ("4", "5", "没有"), ("4", "4", "4")], ids=["falling", "two", "alike"]
)
def test_other_lone_numbers_end_none(ends):
    assert _pages(*ends) == [None, None, None]


def test_codes_whose_digits_rise_and_ordinals_of_a_list_end_no_page():
    assert _pages("30197", "30198", "30199") == [None, None, None]
    listed = "".join(f"{PAGE}\n\n{number}\n" for number in "123")
    assert {line.page for line in read(f"{listed}{PAGE}\n{PAGE}\n{PAGE}\n{PAGE}\n".encode(), Limits()).lines} == {None}


def test_no_character_but_line_ends_changes():
    text = f"{PAGE}\n\n4\n{PAGE}\n\n5\n{PAGE}\n\n6\n"
    assert read(text.encode(), Limits()).text.replace("\f", "\n") == text


def test_a_table_goes_on_over_the_number_of_a_page_which_is_claimed():
    head = " 科目编码     科目名称          合计      基本支出    项目支出\n"
    table = (
        "卢氏县农业农村局2024年部门预算公开\n\n\n        1\n第二部分 部门预算表\n\n\n        2\n"
        "                  部门支出总表\n                                             单位：万元\n"
        + head
        + "          合计             300.00     300.00      0.00\n"
        + "208       社会保障和就业支出      100.00     100.00      0.00\n"
        + "20805     行政事业单位养老支出     100.00     100.00      0.00\n"
        + "2080501   行政单位离退休         100.00     100.00      0.00\n"
        + "210       卫生健康支出         100.00     100.00      0.00\n"
        + "21011     行政事业单位医疗       100.00     100.00      0.00\n"
        + "2101101   行政单位医疗         100.00     100.00      0.00\n"
        + "\n\n        3\n"
        + "221       住房保障支出         100.00     100.00      0.00\n"
        + "22102     住房改革支出         100.00     100.00      0.00\n"
        + "2210201   住房公积金          100.00     100.00      0.00\n"
        + "\n\n        4\n第四部分 名词解释\n"
        + f"{PAGE}\n{PAGE}"
        + "\n\n        5\n"
    )
    extraction = extracted(table.encode(), "x.txt")
    assert extraction.disclosure.status == "complete"
    assert len(extraction.rows.budget_lines) == 30
    assert {n.role for n in extraction.rows.numbers if n.printed in set("12345")} == {"page"}
