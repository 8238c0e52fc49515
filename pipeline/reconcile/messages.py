"""What a check says to a person, in Chinese and English, with the figures of both sides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipeline.reconcile.rules import Rule

_ZH = "{title}：{subject}：左边 {left}，右边 {right}，相差 {difference}"
_EN = "{title}: {subject}: left {left}, right {right}, difference {difference}"
_ROUNDING = ("（可能是四舍五入）", " (may be rounding)")


def figure(value: Decimal | None) -> str:
    """A figure with thousands separated; two decimals unless it has more."""
    if value is None:
        return "—"
    short = value.quantize(Decimal("0.01"))
    return f"{short if short == value else value.normalize():,f}"


def sum_of(terms: list[tuple[Decimal, int]]) -> str:
    """``1.00 + 2.00 − 3.00``; long sums are shortened in the middle."""
    shown = terms if len(terms) <= 6 else [*terms[:3], (Decimal(0), 0), *terms[-2:]]
    text = ""
    for value, coefficient in shown:
        sign = "−" if coefficient < 0 else "+"
        word = "…" if coefficient == 0 else figure(value)
        text += f" {sign} {word}" if text else (word if sign == "+" else f"−{word}")
    return text


def messages(rule: Rule, check: dict[str, Any], sides: dict[str, list[tuple[Decimal, int]]]) -> tuple[str, str]:
    """Both messages of a check that did not pass."""
    if check["note_zh"]:
        return f"{rule.title_zh}：{check['note_zh']}", f"{rule.title_en}: {check['note_en']}"
    facts: dict[str, Any] = {
        "subject": check["subject"],
        "left": figure(check["left_value"]),
        "right": figure(check["right_value"]),
        "difference": figure(check["difference"]),
        "left_sum": sum_of(sides.get("left", [])),
        "right_sum": sum_of(sides.get("right", [])),
    }
    texts = []
    for template, title, hint in (
        (rule.message_zh or _ZH, rule.title_zh, _ROUNDING[0]),
        (rule.message_en or _EN, rule.title_en, _ROUNDING[1]),
    ):
        text = template.format(title=title, **facts)
        if len(sides.get("right", [])) > 1 and "right_sum" not in template:
            text += f" ({facts['left_sum']} ≠ {facts['right_sum']})"
        texts.append(text + (hint if check["rounding_only"] else ""))
    return texts[0], texts[1]
