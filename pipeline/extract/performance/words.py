"""The words of performance tables, as ``schemas/forms/performance/words.toml`` has them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pipeline.extract.forms import FOLDER
from pipeline.extract.forms.entries import Phase
from schemas.loading import OneOf, read_file

#: What a label of a project's head is the label of; ``end``: what stands after it is no part of the head.
Label = Literal[
    "name", "department", "implementing_unit", "contact", "attribute", "term", "code", "begins", "ends", "end"
]
#: What a column of indicators holds.
Column = Literal[
    "level1", "level2", "level3", "text", "comparator", "unit", "name", "implementing_unit", "attribute", "contact", "goal",
    "actual", "weight", "score", "deviation", "note", "ordinal",
]  # fmt: skip
#: A part of the money of a project or a department.
Money = Literal[
    "total", "fiscal_appropriation", "fiscal_special_account", "carried_over", "other", "part", "basic", "project"
]
Comparator = Annotated[str, OneOf("comparator")]

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_BRACKET = re.compile(r"[（(][^（）()]*[）)]$|[:：]$")


@dataclass(frozen=True, slots=True)
class Words:
    """Levels of indicators, labels, columns, money, comparators, units. Patterns are for folded text."""

    levels: dict[str, str]
    #: beginnings of names of ``levels``, which may be broken over cells
    level_parts: frozenset[str]
    firsts: frozenset[str]
    #: second levels that belong to different first ones
    seconds: frozenset[str]
    labels: dict[str, str]
    columns: dict[str, str]
    horizons: dict[str, str]
    goals: tuple[str, ...]
    money: dict[str, str]
    phases: dict[str, str]
    #: labels of money of the year before, each with its phase
    before: dict[str, str]
    #: headers beside a column of amounts, over what names the rows
    lists: dict[str, str]
    rates: tuple[str, ...]
    sources: dict[str, str]
    comparators: dict[str, str]
    after: dict[str, str]
    verbs: frozenset[str]
    joints: str
    unit: re.Pattern[str]
    quantity: re.Pattern[str]
    behind: re.Pattern[str]
    worth: dict[str, Decimal]
    #: an amount with or without its unit, and one behind its label in a sentence
    sum: re.Pattern[str]
    amount: re.Pattern[str]

    def level1_of(self, name: str) -> str | None:
        """The first level that a second-level indicator belongs to."""
        return self.levels.get(name) or (name if name in self.firsts else None)


@dataclass(frozen=True, slots=True)
class _Firsts:
    names: tuple[str, ...]
    seconds: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Goals:
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rates:
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Subjects:
    verbs: frozenset[str]
    joints: str


@dataclass(frozen=True, slots=True)
class _Counted:
    each: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """The keys of ``words.toml``."""

    firsts: _Firsts
    levels: dict[str, str]
    labels: dict[str, Label]
    columns: dict[str, Column]
    horizons: dict[str, Annotated[str, OneOf("horizon")]]
    goals: _Goals
    money: dict[str, Money]
    phases: dict[str, Phase]
    before: dict[str, Phase]
    lists: dict[str, Literal["task", "source"]]
    rates: _Rates
    sources: dict[str, Money]
    comparators: dict[str, Comparator]
    after: dict[str, Comparator]
    subjects: _Subjects
    worth: dict[str, Decimal]
    counted: _Counted


@lru_cache(maxsize=1)
def load_words(folder: Path = FOLDER / "performance") -> Words:
    """Read and compile the file. Raises SchemaFileError where it cannot be used."""
    file = read_file(folder / "words.toml", _File)
    counted = _any(file.counted.words)
    money = "|".join(sorted(file.worth, key=len, reverse=True))
    each = _any([*file.counted.words, *file.counted.each])
    per = rf"(?P<each>(?>{each})(?:[/.·](?>{each}))?)"
    # A unit for each of what no word is known for (元/亩) is no unit of its own (元): the number stays text.
    unit = rf"(?P<percent>%|百分比)|(?P<money>{money})(?:[/每]{per})?(?!/)|(?P<times>[万亿])?(?P<counted>(?>{counted})(?:次(?![一-龥])|（次）)?(?:/(?>{each}))?)(?!/)"
    return Words(
        levels=file.levels,
        level_parts=frozenset(name[:end] for name in file.levels for end in range(2, len(name) + 1)),
        firsts=frozenset([*file.levels.values(), *file.firsts.names]),
        seconds=file.firsts.seconds,
        labels=dict(file.labels),
        columns=dict(file.columns),
        horizons=file.horizons,
        goals=file.goals.labels,
        money=dict(file.money),
        phases=file.phases,
        before=dict(file.before),
        lists=dict(file.lists),
        rates=file.rates.endings,
        sources=dict(file.sources),
        comparators=file.comparators,
        after=dict(sorted(file.after.items(), key=lambda item: -len(item[0]))),
        verbs=file.subjects.verbs,
        joints=file.subjects.joints,
        unit=re.compile(unit),
        quantity=re.compile(rf"\d[\d,.]{{0,40}}(?:{unit.replace('?P<', '?P<x_')})"),
        behind=re.compile(r"[^，。；、,;\d%≥≤（(]*"),
        worth=file.worth,
        sum=re.compile(rf"-?{_NUMBER}(?P<unit>{money})?"),
        amount=re.compile(
            rf"(?P<label>{_any(file.money)})[:：]?(?P<number>{_NUMBER})(?P<unit>{money})(?:[，。；,;]|$)"
        ),
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def without_bracket(text: str) -> str:
    """``text`` without a bracket or a colon at its end."""
    return _BRACKET.sub("", text)


def known_form(text: str, names: Container[str]) -> str | None:
    """``text`` as ``names`` have it: as printed, or without brackets and colons at its end."""
    while text not in names:
        shorter = without_bracket(text)
        if shorter == text:
            return None
        text = shorter
    return text


def meaning_of(text: str, names: Mapping[str, str]) -> str | None:
    """What ``names`` say that the text of a cell means, whatever stands in brackets behind it."""
    known = known_form(text, names)
    return None if known is None else names[known]
