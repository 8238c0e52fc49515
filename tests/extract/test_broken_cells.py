"""Amounts and codes that narrow columns without rules break over lines, and what has two readings."""

from __future__ import annotations

import pytest

from tests.extract.laid_out import read_with_terms

COVER = "卢氏县农业农村局2024年部门预算公开\n"
HEAD = """\
\f                          部门支出总表
                                                             单位：万元
"""
AMOUNTS = """\
 科目编码       科目名称          合计         基本支出        项目支出
                         14,773.      14,56
          合计                                         211.21
                              67       2.46
                                    3,109.9
208       社会保障和就业支出      3,321.18                    211.21
                                          7
2080501   行政单位离退休        3,321.18   3,109.97      211.21
                         11,452.    11,452.
221       住房保障支出                                     0.00
                              49         49
2210201   住房公积金         11,452.49  11,452.49         0.00
"""
CODES = """\
    科目编码             科目名称          合计         基本支出        项目支出
类     款     项
                  合计           14,773.67   14,562.46      211.21
20
                  社会保障和就业支出     3,321.18    3,109.97      211.21
8
20
      0           行政事业单位养老支
                                3,321.18    3,109.97      211.21
      5           出
8
20
      05    01    行政单位离退休       3,321.18    3,109.97      211.21
8
22
                  住房保障支出       11,452.49   11,452.49        0.00
1
22
      02          住房改革支出       11,452.49   11,452.49        0.00
1
22
      02    01    住房公积金        11,452.49   11,452.49        0.00
1
"""


def _read(table: str):
    return read_with_terms(COVER + HEAD + table)


def _printed(extraction, key: str) -> list[str]:
    return [row.printed for row in extraction.rows.budget_lines if key in (row.function_code, row.item)]


def test_pieces_of_amounts_over_one_another_are_one_amount_of_the_row_beside_them():
    extraction = _read(AMOUNTS)
    assert _printed(extraction, "合计") == ["14,773.67", "14,562.46", "211.21"]
    assert _printed(extraction, "208") == ["3,321.18", "3,109.97", "211.21"]
    assert _printed(extraction, "221") == ["11,452.49", "11,452.49", "0.00"]
    assert extraction.disclosure.status == "complete"


def test_spans_say_where_the_pieces_of_an_amount_stand_and_each_number_is_a_part_without_a_value():
    extraction = _read(AMOUNTS)
    line = next(row for row in extraction.rows.budget_lines if row.printed == "14,773.67")
    spans = [span for span in extraction.rows.spans if (span.owner_id, span.field) == (line.line_id, "printed")]
    assert [extraction.masked_text[span.start : span.end] for span in spans] == ["14,773.", "67"]
    numbers = [number for number in extraction.rows.numbers if number.owner_id == line.line_id]
    assert [(n.printed, n.value, n.role) for n in numbers if n.class_ == "data"] == [
        ("14,773", None, "amount"),
        ("67", None, "amount"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("                              67       2.46", "                              671      2.46"),
        ("                         14,773.      14,56", "                         14773        14,56"),
        ("                                          7", "                                          5.97"),
    ],
    ids=["a digit too many", "a first piece that may be an amount itself", "a last piece that is an amount"],
)
def test_pieces_that_make_no_amount_or_may_be_two_are_not_published(old, new):
    assert AMOUNTS.count(old) >= 1
    extraction = _read(AMOUNTS.replace(old, new, 1))
    assert not {"14,773.67", "3,109.95.97"} & {row.printed for row in extraction.rows.budget_lines}
    assert extraction.disclosure.status == "partial"


def test_pieces_of_codes_are_put_together_column_by_column_around_the_line_of_their_row():
    extraction = _read(CODES)
    codes = {row.item: row.function_code for row in extraction.rows.budget_lines}
    assert codes == {
        "合计": None,
        "社会保障和就业支出": "208",
        "行政事业单位养老支出": "20805",
        "行政单位离退休": "2080501",
        "住房保障支出": "221",
        "住房改革支出": "22102",
        "住房公积金": "2210201",
    }
    assert extraction.disclosure.status == "complete"


def test_nothing_is_published_of_codes_of_which_a_piece_is_missing():
    extraction = _read(CODES.replace("8\n20\n      0  ", "20\n      0  ", 1))
    assert extraction.rows.budget_lines == []
    assert extraction.disclosure.status == "partial"
