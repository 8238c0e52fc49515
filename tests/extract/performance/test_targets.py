"""Quantities in the words of indicators, as they are worded elsewhere."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.extract.context import Context
from pipeline.extract.ledger import Ledger
from pipeline.extract.performance.cells import Block
from pipeline.extract.performance.targets import Given, read_targets
from pipeline.extract.performance.words import load_words
from pipeline.extract.records import Extraction
from pipeline.ingest.document import Document, Line


def targets(text: str, given: Given | None = None, year: int = 2025) -> tuple[list[tuple[object, ...]], list[str]]:
    document = Document(
        disclosure_id="d",
        collection="tests",
        source_file="x.txt",
        source_sha256="",
        source_bytes=len(text),
        media_type="text/plain",
        text=text,
        lines=(Line(1, 0, len(text), None),),
    )
    context = Context(document, Ledger(text), Extraction("d"), disclosure_year=year)
    read_targets(context, "d.i", Block([(0, len(text))], text), load_words(), given)
    columns = ("subject", "comparator", "value", "unit", "due_start", "due_end", "basis")
    rows = [tuple(getattr(row, column) for column in columns) for row in context.extraction.rows.targets]
    assert all(token.cls != "unclaimed" for token in context.ledger.tokens)
    return rows, [token.printed for token in context.ledger.tokens if token.cls == "narrative"]


D = Decimal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("≥90%", (None, "ge", D(90), "percent")),
        ("群众满意度达到95%以上", ("群众满意度", "ge", D(95), "percent")),
        ("办结率＝100%", ("办结率", "eq", D(100), "percent")),
        ("项目总成本不超过1,200万元", ("项目总成本", "le", D(12000000), "CNY")),
        ("人均培训成本≤550元/人天", ("人均培训成本", "le", D(550), "CNY/人天")),
        ("成果可持续使用年限≥3年", ("成果可持续使用年限", "ge", D(3), "年")),
        ("质保期不少于10年。", ("质保期", "ge", D(10), "年")),
        ("控制在30万元以内", (None, "le", D(300000), "CNY")),
        ("开展不少于12次安全检查", ("开展安全检查", "ge", D(12), "次")),
        ("组织培训40人次以上", ("组织培训", "ge", D(40), "人次")),
        ("响应时间小于2小时", ("响应时间", "lt", D(2), "小时")),
        ("改造面积1.5万平方米", ("改造面积", "eq", D(15000), "平方米")),
        ("系统故障率低于1%", ("系统故障率", "lt", D(1), "percent")),
    ],
)
def test_a_quantity(text: str, expected: tuple[object, ...]) -> None:
    rows, left = targets(text)
    assert [row[:4] for row in rows] == [expected]
    assert left == []


def test_a_range_is_two_bounds() -> None:
    rows, _ = targets("出勤率90%-95%")
    assert [row[:4] for row in rows] == [
        ("出勤率", "ge", D(90), "percent"),
        ("出勤率", "le", D(95), "percent"),
    ]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2025年12月底前完成验收", (None, "2025-12", "printed")),
        ("2025年6月30日前完成验收", (None, "2025-06-30", "printed")),
        ("2025年底前完成验收", (None, "2025-12", "printed")),
        ("一季度完成验收", ("2025-01", "2025-03", "inferred")),
        ("2025年第三季度完成验收", ("2025-07", "2025-09", "printed")),
        ("2025年3月至11月完成验收", ("2025-03", "2025-11", "printed")),
        ("11月底前完成验收", (None, "2025-11", "inferred")),
    ],
)
def test_a_date_without_a_quantity_is_a_target_of_its_own(text: str, due: tuple[object, ...]) -> None:
    rows, left = targets(text)
    assert [(row[0], row[2], *row[4:]) for row in rows] == [("完成验收", None, *due)]
    assert left == []


def test_a_date_binds_the_quantities_of_its_sentence() -> None:
    rows, _ = targets("2025年6月前完成调研3次、座谈2场；全年印发简报12期。")
    assert [(row[0], row[2], row[3], row[5]) for row in rows] == [
        ("完成调研", D(3), "次", "2025-06"),
        ("座谈", D(2), "场", "2025-06"),
        ("全年印发简报", D(12), "期", None),
    ]


def test_what_no_rule_understands_stays_text() -> None:
    assert targets("按照京政发〔2016〕第12号文件执行") == ([], ["2016", "12"])


def test_columns_of_their_own_give_comparator_and_unit() -> None:
    rows, left = targets("120", Given("ge", "场次"))
    assert [row[1:4] for row in rows] == [("ge", D(120), "场次")]
    rows, left = targets("5", Given("le", "万元"))
    assert [row[1:4] for row in rows] == [("le", D(50000), "CNY")]
    assert left == []


@pytest.mark.parametrize("text", ["不低于24年", "≥3年度计划", "达到5年前水平"])
def test_a_year_that_may_be_named_is_not_counted(text: str) -> None:
    assert [row for row in targets(text)[0] if row[3] == "年"] == []
