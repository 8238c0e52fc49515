"""Tables read from positions only are withheld as a whole where columns, amounts or names were taken apart."""

from __future__ import annotations

import pytest

from pipeline.extract.tables.layout.sheet import Cell
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.doubts import broken_by_row
from pipeline.extract.tables.meaning.table import Table, TableRow
from tests.documents import read

COVER = "上海市普陀区某局2020年部门预算\n\n\f"
HEAD = """                                  2020年部门支出预算总表

                                                                                单位：元
                 项目                                        支出预算
       功能分类科目编码         功能分类科目名称          合计             基本支出          项目支出
   类        款        项
"""
SOUND = """208                         社会保障和就业支出     1,093,731.02     1,093,703.39       27.63
208      99                 其他社会保障支出       1,093,731.02     1,093,703.39       27.63
208      99       99        其他社会保障支出       1,093,731.02     1,093,703.39       27.63
合计                                         1,093,731.02     1,093,703.39       27.63
"""


def published(rows: str) -> tuple[list[str], str]:
    extraction = read((COVER + HEAD + rows).encode(), "x.txt")
    return [row.printed for row in extraction.rows.budget_lines], extraction.disclosure.reason or ""


def test_a_sound_table_is_published():
    amounts, reason = published(SOUND)
    assert amounts == ["1,093,731.02", "1,093,703.39", "27.63"] * 4
    assert "told apart" not in reason


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            SOUND.replace(
                "1,093,731.02     1,093,703.39       27.63\n",
                f"1,093,731.0      1,093,703.3        27.6\n{' ' * 55}2                9          3\n",
            ),
            id="amounts broken over two lines",
        ),
        pytest.param(
            SOUND.replace(
                "1,093,731.02     1,093,703.39       27.63", "                 1,093,731.02       1,093,703.39"
            ),
            id="the total stands where its parts do",
        ),
        pytest.param(
            SOUND.replace(
                "208      99                 其他社会保障支出", "208                       99其他社会保障支出"
            ),
            id="a part of a code in a name",
        ),
        pytest.param(
            SOUND.replace("1,093,731.02     1,093,703.39       27.63", "1,093,731.02     1,093,703.39   1,093,000.00"),
            id="most rows break what the form says",
        ),
    ],
)
def test_one_that_shows_what_was_taken_apart_is_withheld(rows):
    amounts, reason = published(rows)
    assert amounts == []
    assert "its rows and columns could not be told apart; none of its amounts is published" in reason


def test_one_falsified_amount_withholds_nothing():
    amounts, _ = published(SOUND.replace("27.63", "28.63", 1))
    assert amounts[:3] == ["1,093,731.02", "1,093,703.39", "28.63"]
    assert len(amounts) == 12


def test_pieces_of_names_go_to_the_codes_whose_official_names_they_complete():
    rows = (
        "208                         社会保障和          1,093,731.02     1,093,703.39       27.63\n"
        "                            就业支出\n"
        "208      05                 行政事业单          1,093,731.02     1,093,703.39       27.63\n"
        "                            位养老支出\n"
        "208      05       01        行政单位离          1,093,731.02     1,093,703.39       27.63\n"
        "                            退休\n"
    )
    extraction = read((COVER + HEAD + rows).encode(), "x.txt")
    names = [row.item for row in extraction.rows.budget_lines if row.measure == "total"]
    assert names == ["社会保障和就业支出", "行政事业单位养老支出", "行政单位离退休"]


def test_an_amount_that_touches_the_next_label_is_parted_from_it():
    text = (
        COVER + "                    2020年部门财务收支预算总表\n\n"
        "                                                          单位：元\n"
        "        本年收入                                本年支出\n"
        "   项目            预算数          项目                预算数\n"
        "一、财政拨款收入   6,089,065.06一、一般公共服务支出   6,089,065.06\n"
        "收入总计           6,089,065.06支出总计               6,089,065.06\n"
    )
    extraction = read((text + "\f" + HEAD + SOUND).encode(), "x.txt")
    lines = [row for row in extraction.rows.budget_lines if row.table_no == 1]
    assert [(row.item, row.printed) for row in lines] == [
        ("财政拨款收入", "6,089,065.06"),
        ("一般公共服务支出", "6,089,065.06"),
        ("收入总计", "6,089,065.06"),
        ("支出总计", "6,089,065.06"),
    ]


def test_a_header_with_a_note_below_is_an_empty_table():
    empty = (
        "\f                    2020年部门政府性基金预算支出功能分类预算表\n\n"
        "                                                          单位：元\n"
        "   功能分类科目编码      功能分类科目名称      合计       基本支出      项目支出\n"
        "注：本部门没有政府性基金预算支出，故本表为空表。\n"
    )
    extraction = read((COVER + HEAD + SOUND + empty).encode(), "x.txt")
    tables = [(row.table_no, row.table_code, row.declared_empty) for row in extraction.rows.tables]
    assert tables == [(1, "expenditure", False), (2, "government_fund_expenditure", True)]


def test_identities_read_an_amount_whose_minus_is_a_dash():
    columns = tuple(Column(at, (m,), "amount", measure=m) for at, m in enumerate(("total", "basic", "project")))
    cells = {at: Cell(((0, 1),), text) for at, text in enumerate(("–2.50", "1.00", "－3.50"))}
    assert broken_by_row(["total = basic + project"], Table(columns, [TableRow(columns, cells)])) == [0]
