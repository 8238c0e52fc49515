"""What checks on printed ratios say: the figures, what they give, and how the printed one may have come about."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipeline.reconcile.labels import Words, label
from pipeline.reconcile.messages import figure

_CENT = Decimal("0.01")


def _who(row: dict[str, Any]) -> Words:
    zh, en = label("metric", row["metric"])
    fund = label("fund", row["fund"])
    subject = row["subject"]
    if row["metric"] == "function_expenditure" and subject:
        return f"{row['fiscal_year']}年“{subject}”支出", f"expenditure on “{subject}” in {row['fiscal_year']}"
    more_zh, more_en = (f"（{subject}）", f" ({subject})") if subject else ("", "")
    return f"{row['fiscal_year']}年{fund[0]}{zh}{more_zh}", f"{en}{more_en} in {row['fiscal_year']}"


def _percent(value: Decimal) -> str:
    return f"{abs(value).quantize(_CENT)}%"


def _printed(value: Decimal) -> str:
    return f"{abs(value).normalize():f}%"


def _fraction(top: Decimal, bottom: Decimal) -> str:
    return f"{figure(abs(top).quantize(_CENT))} ÷ {figure(bottom.quantize(_CENT))}"


def _is_inverse(row: dict[str, Any]) -> bool:
    """Whether the printed ratio is the one of the other base, rounded or cut."""
    inverse, half = row["inverse"], row["own_half"] + Decimal("0.0001")
    if inverse is None:
        return False
    rounded = abs(row["value"] - inverse) <= half
    return bool(rounded or 0 <= abs(inverse) - abs(row["value"]) < half * 2)


def percent_notes(row: dict[str, Any]) -> Words:
    """What is said of a change in percent: of what, printed and due, and whether it is of the other base."""
    who_zh, who_en = _who(row)
    value, due = row["value"], row["right_value"]
    word_zh, word_en = ("降低", "decrease") if value < 0 else ("增长", "increase")
    if due is None:
        return (
            f"{who_zh}{word_zh}{_printed(value)}，而基数为零，无法计算百分比",
            f"{who_en}: {word_en} of {_printed(value)}, but the base is zero: a percentage has no meaning",
        )
    other = due < 0
    due_zh = "" if other == (value < 0) or due == 0 else ("降低" if other else "增长")
    due_en = "a decrease of " if other else "an increase of "
    fraction = _fraction(row["top_value"], row["base_value"])
    zh = f"{who_zh}{word_zh}{_printed(value)}，按列示数计算应为{due_zh}{_percent(due)}（{fraction}）"
    en = f"{who_en}: printed {word_en} of {_printed(value)}, the printed amounts give {due_en}{_percent(due)} ({fraction})"
    if row["by_change"] is not None and row["by_amounts"] is not None and row["change_value"] != row["moved_value"]:
        by = _percent(row["by_amounts"])
        again = f"{figure(abs(row['moved_value']).quantize(_CENT))} ÷ {figure(row['base_value'].quantize(_CENT))}"
        zh += f"；按本年数减基数计算则为{by}（{again}）"
        en += f"; by current less base it is {by} ({again})"
    if _is_inverse(row):
        zh += "；所列百分比等于变动额除以本年数"
        en += "; the printed percentage is the change divided by the current amount"
    elif row["rounding_only"]:
        zh += "（可能是截断未进位）"
        en += " (may be cut off instead of rounded)"
    return zh, en


def share_notes(row: dict[str, Any]) -> Words:
    """What is said of a share of a whole: of what, printed and due."""
    who_zh, who_en = _who(row)
    if row["right_value"] is None:
        return f"{who_zh}占{_printed(row['value'])}，而总数为零", f"{who_en}: share of a whole that is zero"
    due, fraction = _percent(row["right_value"]), _fraction(row["part_value"], row["whole_value"])
    cut = ("（可能是截断未进位）", " (may be cut off instead of rounded)") if row["rounding_only"] else ("", "")
    return (
        f"{who_zh}占{_printed(row['value'])}，按列示数计算应为{due}（{fraction}）{cut[0]}",
        f"{who_en}: printed share {_printed(row['value'])}, the printed amounts give {due} ({fraction}){cut[1]}",
    )


def completion_notes(row: dict[str, Any]) -> Words:
    """What is said of a rate of completion: of what, printed and due, and whether it is of the other budget."""
    who_zh, who_en = _who(row)
    base_zh, base_en = ("全年预算", "adjusted budget") if row["phase"] == "adjusted" else ("年初预算", "initial budget")
    value = _printed(row["value"])
    if row["right_value"] is None:
        zh = f"{who_zh}完成{base_zh}的{value}，而{base_zh}为0"
        en = f"{who_en}: {value} of the {base_en} completed, but the {base_en} is 0"
    else:
        due, fraction = _percent(row["right_value"]), _fraction(row["part_value"], row["whole_value"])
        zh = f"{who_zh}完成{base_zh}的{value}，按列示数计算应为{due}（{fraction}）"
        en = f"{who_en}: {value} of the {base_en} completed, the printed amounts give {due} ({fraction})"
    if row["phase"] != "adjusted" and _is_inverse(row):
        zh += f"；所列百分比等于决算数除以全年预算数（{_fraction(row['part_value'], row['second_value'])}）"
        en += f"; it is the rate of the adjusted budget ({_fraction(row['part_value'], row['second_value'])})"
    return zh, en
