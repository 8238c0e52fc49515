"""Sentences made of random figures, wrapped anywhere, come back as the statements that they were made of."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .test_wording_files import read_text

pytestmark = pytest.mark.slow

FORMS = {
    "收入预算": "revenue_budget",
    "支出预算": "expenditure_budget",
    "基本支出": "basic_expenditure",
    "项目支出预算": "project_expenditure",
    "公务接待费": "official_reception",
    "机关运行经费": "agency_operating",
    "培训费": "training",
}
UNITS = {"元": 1, "万元": 10000}
WAYS = {"增加": 1, "减少": -1, "增长": 1, "降低": -1, "下降": -1}
REASONS = ["人员有所减少", "“一网通办”平台建设", "项目调整，压减一般性支出"]


@st.composite
def figures(draw: st.DrawFn) -> tuple[str, str, Decimal]:
    """An amount as printed, its unit and its worth in yuan."""
    value = draw(st.integers(0, 10**9))
    decimals = draw(st.integers(0, 4))
    unit = draw(st.sampled_from(sorted(UNITS)))
    number = Decimal(value).scaleb(-decimals)
    printed = f"{number:,.{decimals}f}" if draw(st.booleans()) else f"{number:.{decimals}f}"
    return printed, unit, number * UNITS[unit]


def cells(text: str) -> int:
    return len(text.encode("gb18030"))


def wrapped(text: str, width: int, blank: bool) -> str:
    """``text`` in full lines of ``width`` cells (a Chinese character has two), never cut inside a number."""
    lines, line, at = [], "", 0
    while at < len(text):
        end = at + 1
        while end < len(text) and text[at].isdigit() and (text[end].isdigit() or text[end] in ".,%"):
            end += 1
        if cells(line) + cells(text[at:end]) > width:
            lines.append(line)
            line = ""
        line += text[at:end]
        at = end
    return ("\n\n" if blank else "\n").join([*lines, line])


@settings(max_examples=120, deadline=None)
@given(
    label=st.sampled_from(sorted(FORMS)),
    year=st.integers(2015, 2035),
    now=figures(),
    before=figures(),
    change=figures(),
    percent=st.decimals(0, 900, places=2),
    way=st.sampled_from(sorted(WAYS)),
    reason=st.sampled_from(REASONS),
    width=st.integers(48, 90),
    blank=st.booleans(),
)
def test_a_comparison_comes_back_whole(
    label: str,
    year: int,
    now: tuple[str, str, Decimal],
    before: tuple[str, str, Decimal],
    change: tuple[str, str, Decimal],
    percent: Decimal,
    way: str,
    reason: str,
    width: int,
    blank: bool,
) -> None:
    sentence = (
        f"{year}年本单位{label}{now[0]}{now[1]}，比{year - 1}年{before[0]}{before[1]}{way}{change[0]}{change[1]}，"
        f"{way}{percent}%，主要原因是：{reason}。"
    )
    context = read_text(wrapped(sentence, width, blank), year, "budget")
    rows = context.extraction.rows.statements
    found = [(r.metric, r.kind, r.value, r.fiscal_year, r.base_year, r.reason) for r in rows]
    metric, sign, scale = FORMS[label], WAYS[way], Decimal("0.0001")
    assert found == [
        (metric, "amount", now[2].quantize(scale), year, None, None),
        (metric, "amount", before[2].quantize(scale), year - 1, None, None),
        (metric, "change", (sign * change[2]).quantize(scale), year, year - 1, reason),
        (metric, "change_percent", (sign * percent).quantize(scale), year, year - 1, reason),
    ]
    assert [row.printed for row in rows] == [now[0], before[0], change[0], str(percent)]
    assert {token.cls for token in context.ledger.tokens} <= {"data", "structure"}
    text = "".join(row.text for row in context.extraction.rows.passages)
    assert text == sentence
