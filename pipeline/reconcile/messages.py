"""What a check says to a person, in Chinese and English, with the figures of both sides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipeline.reconcile.rules import Rule

_ZH = "左边为{left}，右边为{right}（{right_sum}），相差{difference}"
_EN = "the left side is {left}, the right side {right} ({right_sum}), difference {difference}"
_ROUNDING = ("（可能是四舍五入）", " (may be rounding)")
_UNITS = {"CNY": ("元", " yuan"), "percent": ("%", "%"), "person": ("人", " persons")}
_SHOWN = 8


def figure(value: Decimal | None, money: bool = True) -> str:
    """A figure with thousands separated; money with two decimals, other figures with as many as they have."""
    if value is None:
        return "—"
    short = value.quantize(Decimal("0.01"))
    return f"{short if money and short == value else value.normalize():,f}"


def sum_of(terms: list[tuple[Decimal, int]], money: bool = True) -> str:
    """``1.00 + 2.00 − 3.00``; long sums are shortened in the middle, all their figures are operands."""
    shown = terms if len(terms) <= _SHOWN else [*terms[:4], (Decimal(0), 0), *terms[-3:]]
    text = ""
    for value, coefficient in shown:
        sign = "−" if coefficient < 0 else "+"
        word = "…" if coefficient == 0 else figure(value, money)
        text += f" {sign} {word}" if text else (word if sign == "+" else f"−{word}")
    return text


def shows_sum(rule: Rule, side: str) -> bool:
    """Whether messages of the rule spell out what a side is the sum of."""
    return f"{{{side}_sum}}" in (rule.message_zh or _ZH) + (rule.message_en or _EN)


def messages(
    rule: Rule, check: dict[str, Any], sides: dict[str, list[tuple[Decimal, int]]], subject: tuple[str, str]
) -> tuple[str, str]:
    """Both messages of a check that did not pass: what it is about, then what is printed and what it should be."""
    if check["note_zh"]:
        return str(check["note_zh"]), str(check["note_en"])
    texts = []
    money = check["unit"] == "CNY"
    units = _UNITS.get(check["unit"], ("", ""))
    for language, template in ((0, rule.message_zh or _ZH), (1, rule.message_en or _EN)):
        facts: dict[str, Any] = {
            "left": figure(check["left_value"], money) + units[language],
            "right": figure(check["right_value"], money) + units[language],
            "difference": figure(abs(check["difference"]), money) + units[language],
        }
        for side in ("left", "right"):
            terms = sides.get(side, [])
            # A sum of one figure says nothing that the figure does not.
            facts[f"{side}_sum"] = sum_of(terms, check["unit"] in ("CNY", "percent")) if len(terms) > 1 else ""
        text = template.format(**facts).replace("（）", "").replace(" ()", "")
        head = subject[language]
        joint = ("：", ": ")[language]
        texts.append(
            (f"{head}{joint}" if head else "") + text + (_ROUNDING[language] if check["rounding_only"] else "")
        )
    return texts[0], texts[1]
