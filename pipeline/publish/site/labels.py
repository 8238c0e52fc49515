"""Words for people: every enumeration's two labels, formatted figures, and the anchors by which records are linked."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path

from schemas.vocabularies import vocabulary

_DIVISIONS = Path(__file__).resolve().parents[3] / "schemas" / "codes" / "divisions.csv"


@dataclass(frozen=True, slots=True)
class Both:
    """One text in both languages; both stand in the page, and the reader's choice shows one."""

    zh: str
    en: str

    def __add__(self, other: Both) -> Both:
        return Both(self.zh + other.zh, f"{self.en} {other.en}".strip())


@cache
def label(name: str, value: str | None) -> Both:
    """The labels of ``value`` in the vocabulary ``name``; a value that it does not hold stands for itself."""
    if value is None:
        return Both("—", "—")
    entry = vocabulary(name).get(value)
    return Both(entry["zh"], entry["en"]) if entry else Both(value, value)


def money(value: Decimal | None) -> str:
    """Yuan with separated thousands, to the cent."""
    return "" if value is None else f"{value:,.2f}"


def short(value: Decimal, language: str) -> str:
    """A sum of money in few characters: 453.35万, 4.53m."""
    steps = ((10**8, "亿"), (10**4, "万")) if language == "zh" else ((10**9, "bn"), (10**6, "m"), (10**3, "k"))
    for step, word in steps:
        if abs(value) >= step:
            return f"{value / step:,.2f}{word}"
    return f"{value:,.2f}".removesuffix(".00")


def yuan(value: Decimal) -> Both:
    """A sum of money in a sentence."""
    return Both(f"{short(value, 'zh')}元", f"CNY {short(value, 'en')}")


def _percent(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.1'), ROUND_HALF_EVEN):,f}%"


def share(part: Decimal, whole: Decimal) -> str:
    """``part`` in percent of ``whole``."""
    return _percent(100 * part / whole) if whole else "—"


def change(now: Decimal, before: Decimal) -> Both:
    """How ``now`` differs from ``before``, in percent and in words."""
    if not before:
        return Both("从零增加", "rose from nothing") if now else Both("都是零", "stayed at nothing")
    percent = _percent(abs(100 * (now - before) / before))
    if now == before:
        return Both("持平", "was unchanged")
    return (
        Both(f"增长{percent}", f"rose by {percent}") if now > before else Both(f"下降{percent}", f"fell by {percent}")
    )


@cache
def _divisions() -> dict[str, str]:
    """Whole names by code: province, prefecture and county, each by its newest name (上海市普陀区, 江苏省苏州市昆山市)."""
    with _DIVISIONS.open(encoding="utf-8", newline="") as file:
        names = {
            row["code"]: row["name"] for row in sorted(csv.DictReader(file), key=lambda row: row["valid_to"] or "~")
        }
    whole = {}
    for code in names:
        chain = dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code))
        whole[code] = "".join(names.get(part, "") for part in chain)
    return whole


def division(code: str | None) -> Both:
    """The name of a division; a code that the list has not stands for itself."""
    if code is None:
        return Both("地区未知", "region unknown")
    name = _divisions().get(code, code)
    return Both(name, name)


def kind(stage: str | None, scope: str | None) -> Both:
    """What a disclosure is, in the words of its titles: 部门预算, 单位决算."""
    one, two = label("scope", scope), label("stage", stage)
    return Both(f"{one.zh}{two.zh}", f"{one.en} {two.en}")


def body_page(division_code: str | None, entity_key: str) -> str:
    """The address of a body's page inside the site: made of its key alone, so that it stays."""
    return f"bodies/{division_code or 'unknown'}-{_hash(entity_key)}.html"


def district_page(division_code: str | None, year: int | None) -> str:
    """The address of the page of a district and year inside the site."""
    return f"districts/{division_code or 'unknown'}-{year or 'unknown'}.html"


def plain(value: Decimal | None) -> str:
    """A figure with separated thousands and no digits that say nothing."""
    if value is None:
        return ""
    whole = value.to_integral_value()
    return f"{whole:,f}" if whole == value else f"{value.normalize():,f}"


def size(count: int | None) -> str:
    """Bytes for a person."""
    if count is None:
        return ""
    value, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB"):  # noqa: B007
        if value < 1000:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"


def anchor(identity: str) -> str:
    """The anchor of a record on its disclosure's page: made of its id alone, so that any page can link to it."""
    return f"r{_hash(identity)}"


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=5).hexdigest()
