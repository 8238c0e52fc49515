"""A project's sheet made of random indicators, its cells wrapped anywhere, comes back as it was made."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents import BUNDLED, read

pytestmark = pytest.mark.slow

TEXT = BUNDLED.read_text(encoding="utf-8")
HEADER = "指标值 二级指标 三级指标 指标值 \n\n"
BEFORE = TEXT[: TEXT.index(HEADER) + len(HEADER)]
LEVELS = ("数量指标", "质量指标", "时效指标", "成本指标")
PHRASES = ("市民讲外语", "公众号推送", "设施维护", "巡查走访", "信息系统", "“一网通办”", "APEC商务", "宣传册")
words = st.lists(st.sampled_from(PHRASES), min_size=1, max_size=4).map("".join)


@st.composite
def values(draw: st.DrawFn) -> str:
    subject, unit = draw(words), draw(st.sampled_from(["场", "册", "%", "元/册"]))
    bound = draw(st.sampled_from(["不少于", "≥", ""]))
    return f"{subject}{bound}{draw(st.integers(1, 9999))}{unit}。"


def cell(text: str, width: int) -> str:
    """A cell's lines; only the last of them ends with a space. Latin words and numbers are never cut."""
    lines, line, at = [], "", 0
    while at < len(text):
        end = at + 1
        while end < len(text) and text[at].isascii() and text[end].isascii():
            end += 1
        if line and len(line) + end - at > width:
            lines.append(line)
            line = ""
        line += text[at:end]
        at = end
    return "\n\n".join([*lines, line]) + " \n\n"


@settings(max_examples=25, deadline=None)
@given(
    groups=st.lists(st.lists(st.tuples(words, values(), values()), min_size=1, max_size=3), min_size=1, max_size=4),
    narrow=st.integers(4, 8),
    wide=st.integers(10, 30),
)
def test_indicators_of_two_horizons_come_back(groups: list[list[tuple[str, str, str]]], narrow: int, wide: int) -> None:
    text, expected = BEFORE + "产 \n\n出 \n\n指 \n\n标 \n\n", []
    for level2, group in zip(LEVELS, groups, strict=False):
        for order, (label, medium, annual) in enumerate(group, start=1):
            for horizon, value in (("medium_term", medium), ("annual", annual)):
                text += cell(level2, 8) if order == 1 else ""
                text += " " + cell(f"指标 {order}：{label}", narrow) + cell(value, wide)
                expected.append((horizon, "产出指标", level2, order, label, value))
    rows = read(text.encode()).rows
    found = [
        (r.horizon, r.level1, r.level2, r.ordinal, r.level3, r.text)
        for r in rows.indicators
        if r.table_code == "project_performance" and r.kind == "indicator"
    ]
    assert found == expected
    assert [r.printed for r in rows.targets if r.indicator_id.split(".")[1] == "project_performance"] == [
        "".join(char for char in value.rstrip("。") if char.isdigit()) for *_, value in expected
    ]
