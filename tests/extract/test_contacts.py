"""Personal contact data is found by its labels and hidden, mark by character."""

from __future__ import annotations

import pytest

from pipeline.extract.contacts import MARK, masked, withhold
from pipeline.extract.context import Context

from .prose.conftest import BUNDLED, make_context


def withheld(text: str) -> tuple[Context, str]:
    context = make_context(text)
    withhold(context)
    return context, context.extraction.masked_text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("项目负责人 甲乙 联系电话 60000000", ["甲乙", "60000000"]),
        (
            "联系人：甲乙丙，电话：021-60000000转801、13800000000。",
            ["甲乙丙", "021-60000000转801", "13800000000"],
        ),
        ("项目负责人\n\n甲  乙\n联系电话\n60000000", ["甲", "乙", "60000000"]),
        ("项目负责人 联系电话\n甲乙丙 010-60000000", ["甲乙丙", "010-60000000"]),
        ("填报人：甲乙丙 手机 138 0000 0000", ["甲乙丙", "138", "0000"]),
        ("单位负责人（签章）：甲乙丙丁", ["甲乙丙丁"]),
        ("项目负责\n人 甲乙 联系电\n话 60000000", ["甲乙", "60000000"]),
        ("邮箱：someone@example.gov.cn", ["someone@example.gov.cn"]),
        ("信息公开电话：60000000", ["60000000"]),
        ("24小时值班电话：400-000-0000 财务科负责人：甲乙", ["400", "0000", "甲乙"]),
        ("审核：王甲乙  制表：张甲", ["王甲乙", "张甲"]),
        ("经办人：甲乙\n传真：０２１－６０００００００", ["甲乙", "６"]),
    ],
)
def test_what_stands_beside_a_label_is_hidden(text: str, hidden: list[str]) -> None:
    _, shown = withheld(text)
    assert len(shown) == len(text)
    assert [i for i, char in enumerate(text) if char == "\n"] == [i for i, char in enumerate(shown) if char == "\n"]
    for value in hidden:
        assert value not in shown


@pytest.mark.parametrize(
    "text",
    [
        "电话费 12345678",
        "审核：符合要求 编制：14人 主管：无",
        "30207 邮电费 390,000.00",
        "主要负责人履行职责情况",
        "联系人 职务 备注",
        "项目负责人：（签字）",
        "本项目联系电话会议费用13800000000元",
        "预算数 60000000 万元",
    ],
)
def test_what_only_looks_like_contacts_is_kept(text: str) -> None:
    context, shown = withheld(text)
    assert shown == text
    assert context.masks == []


def test_tokens_of_contacts_are_withheld() -> None:
    context, _ = withheld("联系电话：021-60000000 预算数 100")
    assert [(t.cls, t.role if t.cls == "withheld" else "") for t in context.ledger.tokens] == [
        ("withheld", "contact"),
        ("withheld", "contact"),
        ("unclaimed", ""),
    ]


def test_assembled_text_and_excerpts_are_masked() -> None:
    context, _ = withheld("联系人：甲乙丙")
    assert context.assemble("passages", "p", "text", [(0, 7)]) == "联系人：" + MARK * 3
    assert masked(context, 4, 7) == MARK * 3


def test_withholding_can_be_turned_off() -> None:
    context = make_context("联系人：甲乙丙 电话 60000000")
    withhold(context, publish_contacts=True)
    assert context.extraction.masked_text == context.document.text
    assert {token.cls for token in context.ledger.tokens} == {"unclaimed"}


def test_the_bundled_disclosure_names_one_person_and_one_number() -> None:
    text = BUNDLED.read_text(encoding="utf-8")
    context, shown = withheld(text)
    labels = [text[max(0, a - 6) : a].strip() for a, _ in context.masks]
    assert [label.split()[-1][-5:] for label in labels] == ["项目负责人", "联系电话"]
    for a, b in context.masks:
        assert text[a:b] not in shown
    assert sum(x != y for x, y in zip(text, shown, strict=True)) == sum(b - a for a, b in context.masks)
