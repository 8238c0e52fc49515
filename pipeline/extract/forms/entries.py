"""What the files of ``schemas/forms`` say, entry by entry."""

from __future__ import annotations

import re
from dataclasses import dataclass


class FormError(ValueError):
    """A file of ``schemas/forms`` cannot be used. Says the file, the table and what to change."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one word of a header says. ``weak`` measures yield to a measure that stands above them.

    ``part`` is what a word names of a balance that stands above it (年初结转和结余 / 基本支出结转).
    """

    measure: str | None = None
    weak: bool = False
    part: str | None = None
    fund: str | None = None
    revenue_source: str | None = None
    direction: str | None = None
    phase: str | None = None
    alone: str | None = None
    year: int | None = None
    year_offset: int | None = None


@dataclass(frozen=True, slots=True)
class KeyMeaning:
    """A column that names the row: its kind and, where the header says it, the classification."""

    kind: str
    scheme: str | None = None


@dataclass(frozen=True, slots=True)
class Expense:
    """A kind of the three public expenses. ``parts`` are the kinds that together make it."""

    kind: str
    memo: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """What a label counts that is no money. ``stock`` holds at a time, not over a year; ``subject``: the label narrows it."""

    metric: str
    unit: str
    stock: bool = False
    subject: bool = False


@dataclass(frozen=True, slots=True)
class TableForm:
    """One table as a family publishes it."""

    code: str
    family: str
    titles: re.Pattern[str]
    kind: str = "amounts"
    direction: str | None = None
    fund: str | None = None
    scheme: str | None = None
    name_scheme: str | None = None
    items: str | None = None
    columns: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """A form family: who publishes like that, and its tables in the order of the file.

    One that is ``based_on`` another has that one's tables and is told by ``typical`` titles, ``at_least`` so many.
    """

    name: str
    title_zh: str
    title_en: str
    tables: tuple[TableForm, ...]
    stage: str | None = None
    division_code: str | None = None
    based_on: str | None = None
    typical: re.Pattern[str] | None = None
    at_least: int = 0
