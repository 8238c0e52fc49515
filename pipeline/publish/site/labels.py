"""Words for people: every enumeration's two labels, formatted figures, and the anchors by which records are linked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from schemas.vocabularies import vocabulary


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
    return "r" + hashlib.blake2b(identity.encode(), digest_size=5).hexdigest()
