"""Text in the encodings that disclosures come in, and that no other is read as one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract.patterns import TRADITIONAL as FOLDED
from pipeline.extract.patterns import fold
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Document, Rejected
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import read_bytes
from tests.documents import BUNDLED, read

TRADITIONAL = """北京市延慶區城市管理委員會2022年部門預算
一、部門預算收支總表
編制部門：北京市延慶區城市管理委員會                      單位：萬元
收入                                             支出
項目                     預算數                   項目                     預算數
一、一般公共預算撥款收入     120.50                   一、一般公共服務支出        100.25
二、政府性基金預算撥款收入     0.00                   二、社會保障和就業支出       20.25
本年收入合計              120.50                   本年支出合計            120.50
收入總計                 120.50                   支出總計               120.50
"""
TABLE = {chr(code): simplified for code, simplified in FOLDED.items()}


def ingest(data: bytes) -> Document | Rejected:
    return read_bytes(SourceFile(Path("raw/a/x.txt"), "a", "x.txt"), data, Limits())


@pytest.mark.parametrize("codec", ["big5", "cp950", "big5hkscs"])
def test_big5_is_told_from_gb18030_by_the_words_that_it_gives(codec):
    found = ingest(TRADITIONAL.encode(codec))
    assert isinstance(found, Document)
    assert found.text == TRADITIONAL
    assert found.media_type == "text/plain; charset=big5"


def test_traditional_text_in_gb18030_is_not_taken_for_big5():
    found = ingest(TRADITIONAL.encode("gb18030"))
    assert isinstance(found, Document)
    assert (found.text, found.media_type) == (TRADITIONAL, "text/plain; charset=gb18030")


def test_the_bundled_document_in_gb18030_is_not_taken_for_big5():
    text = BUNDLED.read_text(encoding="utf-8")
    found = ingest(text.encode("gbk", errors="ignore"))
    assert isinstance(found, Document)
    assert found.media_type == "text/plain; charset=gb18030"


def test_a_traditional_disclosure_is_known_and_published_as_printed():
    found = read(TRADITIONAL.encode("big5"))
    row = found.disclosure
    assert (row.division_code, row.disclosure_year, row.stage) == ("110119", 2022, "budget")
    assert row.title == "北京市延慶區城市管理委員會2022年部門預算"
    assert row.entity_key == "110119:城市管理委员会"
    (table,) = found.rows.tables
    assert table.table_code == "income_expenditure_summary"
    assert (table.title, table.unit) == ("一、部門預算收支總表", "萬元")


def test_the_bundled_document_in_traditional_characters_gives_the_same_amounts():
    back = {simplified: traditional for traditional, simplified in reversed(TABLE.items())}
    for kept in "干系里后面范于升台復号":  # these are written so in traditional text, too
        back.pop(kept, None)
    text = BUNDLED.read_text(encoding="utf-8")
    ours, theirs = read(text.encode()), read("".join(back.get(char, char) for char in text).encode())

    def amounts(extraction):
        return {
            (line.table_code, line.start): (
                line.amount,
                line.measure,
                line.row_kind,
                line.function_code,
            )
            for line in extraction.rows.budget_lines
        }

    assert amounts(theirs) == amounts(ours)
    assert len(amounts(ours)) == 198
    assert theirs.disclosure.numbers_data == ours.disclosure.numbers_data
    assert theirs.disclosure.entity_key == ours.disclosure.entity_key == "110102:外事办公室"


def test_only_characters_of_the_table_are_folded():
    assert all(len(a) == len(b) == 1 and a != b for a, b in TABLE.items())
    assert fold("預算") == "预算"
    assert fold("乾坤") == "乾坤"
    assert not set(TABLE) & set(TABLE.values())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (TRADITIONAL.encode("utf-16-le"), "UTF-16 without the mark"),
        ("Бюджет отдела на год".encode("koi8-r") * 40, "save it as UTF-8"),
        ("部门预算 éàü".encode()[:-1] + b"\xff\xff" + "部门".encode(), "neither UTF-8"),
        (bytes(range(128, 256)) * 10, "save it as UTF-8"),
    ],
)
def test_what_is_in_no_known_encoding_is_refused(data, expected):
    found = ingest(data)
    assert isinstance(found, Rejected)
    assert expected in found.reason


def test_blanks_that_are_no_ascii_say_nothing_of_the_encoding():
    rows = "".join(f"行政运行,\xa0{n}.00\xa0,\xa0{n}.00\xa0,\xa00.00\xa0\n" for n in range(100, 160))
    text = f"青山市临江区水务局2024年部门预算\n部门支出总表\n单位：万元\n科目名称,合计,基本支出,项目支出\n{rows}"
    found = ingest(text.encode("gb18030"))
    assert isinstance(found, Document)
    assert found.text.startswith("青山市临江区水务局2024年部门预算")
