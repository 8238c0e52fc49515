"""Numbers that the end of a line cut in two: one number where the digits allow no other reading, else none."""

from __future__ import annotations

import io
from decimal import Decimal

import docx
import pytest

from tests.documents import read as whole

from .conftest import Reads, facts

D = Decimal


@pytest.mark.parametrize(
    ("words", "kind", "value", "printed"),
    [
        ("基本支出1000.64万元，占65.\n98%，比上年增加。", "share", D("65.98"), "65.98"),
        ("基本支出1000.64万元，占65\n.98%，比上年增加。", "share", D("65.98"), "65.98"),
        ("基本支出1000.64万元，比2024年增加12\n0.00万元。", "change", D("1200000"), "120.00"),
        ("基本支出1000.64万元，比2024年减少1,\n234.50元。", "change", D("-1234.5"), "1,234.50"),
        ("基本支出1000.64万元，比2024年下降4.\n  5％。", "change_percent", D("-4.5"), "4.5"),
    ],
)
def test_what_the_end_of_a_line_cut_is_one_number(
    read: Reads, words: str, kind: str, value: Decimal, printed: str
) -> None:
    context = read(words, year=2025)
    rows = [row for row in facts(context, "kind", "value", "printed") if row[0] == kind]
    assert rows == [(kind, value, printed)]
    pieces = [token for token in context.ledger.tokens if token.owner_table == "statements" and token.value is None]
    assert len(pieces) == 2
    spans = [row for row in context.extraction.rows.spans if row.field == "printed"]
    assert "".join(context.document.text[row.start : row.end] for row in spans) == printed


@pytest.mark.parametrize(
    "words",
    [
        "基本支出1000.64万元，比2024年增加12.5\n0.00万元。",
        "基本支出1000.64万元，比2024\n12.50万元增加。",
    ],
)
def test_what_may_be_two_numbers_is_none(read: Reads, words: str) -> None:
    context = read(words, year=2025)
    assert facts(context, "kind", "printed") == [("amount", "1000.64")]
    assert len([token for token in context.ledger.tokens if token.cls == "unclaimed"]) == 2


@pytest.mark.parametrize(
    ("words", "kind", "value"),
    [
        ("2025年收入预算15\n16.64万元，比2024年增加。", "amount", D("15166400")),
        ("2025年收入预算1,5\n16.64万元，比2024年增加。", "amount", D("15166400")),
        ("2025年收入预算1,23\n4,567.00元，比2024年增加。", "amount", D("1234567")),
    ],
)
def test_a_number_cut_before_its_point_is_whole(read: Reads, words: str, kind: str, value: Decimal) -> None:
    assert facts(read(words, year=2025), "metric", "kind", "value") == [("revenue_budget", kind, value)]


def test_a_line_break_in_a_paragraph_of_word_may_cut_a_number() -> None:
    document = docx.Document()
    document.add_paragraph("青山市临江区水务局2024年部门预算")
    document.add_paragraph("第三部分 情况说明")
    document.add_paragraph("2024年支出预算1,\n516.64万元，较上年减少60.\n00万元。")
    document.add_paragraph("2024年收入预算1516.64万元，支出项目共计5")
    document.add_paragraph("6.00万元。")
    out = io.BytesIO()
    document.save(out)
    rows = whole(out.getvalue(), "x.docx").rows.statements
    assert [(row.metric, row.kind, row.value) for row in rows] == [
        ("expenditure_budget", "amount", D("15166400")),
        ("expenditure_budget", "change", D("-600000")),
        ("revenue_budget", "amount", D("15166400")),
    ]
