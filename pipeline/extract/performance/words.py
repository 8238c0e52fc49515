"""The words of performance tables, as ``schemas/forms/performance/words.toml`` has them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipeline.extract.forms import FOLDER

_BRACKET = re.compile(r"[（(][^（）()]*[）)]$|[:：]$")


@dataclass(frozen=True, slots=True)
class Words:
    """Levels of indicators, labels, columns, money, comparators, units. Patterns are for folded text."""

    levels: dict[str, str]
    #: beginnings of names of ``levels``, which may be broken over cells
    level_parts: frozenset[str]
    firsts: frozenset[str]
    labels: dict[str, str]
    columns: dict[str, str]
    horizons: dict[str, str]
    goals: tuple[str, ...]
    money: dict[str, str]
    phases: dict[str, str]
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

    def level1_of(self, name: str) -> str | None:
        """The first level that a second-level indicator belongs to."""
        return self.levels.get(name) or (name if name in self.firsts else None)


@lru_cache(maxsize=1)
def load_words() -> Words:
    """Read the words once. Raises tomllib.TOMLDecodeError or KeyError where the file is malformed."""
    raw = tomllib.loads((FOLDER / "performance" / "words.toml").read_text(encoding="utf-8"))
    counted = "|".join(sorted(map(re.escape, raw["counted"]["words"]), key=len, reverse=True))
    worth = {unit: Decimal(value) for unit, value in raw["worth"].items()}
    money = "|".join(sorted(worth, key=len, reverse=True))
    each = "|".join(sorted(map(re.escape, [*raw["counted"]["words"], *raw["counted"]["each"]]), key=len, reverse=True))
    unit = rf"(?P<percent>%)|(?P<money>{money})(?:[/每](?P<each>(?:{each})(?:[/.·](?:{each}))?))?|(?P<ten>万)?(?P<counted>{counted})"
    return Words(
        levels=raw["levels"],
        level_parts=frozenset(name[:end] for name in raw["levels"] for end in range(2, len(name) + 1)),
        firsts=frozenset([*raw["levels"].values(), *raw["firsts"]["names"]]),
        labels=raw["labels"],
        columns=raw["columns"],
        horizons=raw["horizons"],
        goals=tuple(raw["goals"]["labels"]),
        money=raw["money"],
        phases=raw["phases"],
        rates=tuple(raw["rates"]["endings"]),
        sources=raw["sources"],
        comparators=raw["comparators"],
        after=dict(sorted(raw["after"].items(), key=lambda item: -len(item[0]))),
        verbs=frozenset(raw["subjects"]["verbs"]),
        joints=raw["subjects"]["joints"],
        unit=re.compile(unit),
        quantity=re.compile(rf"\d[\d,.]{{0,40}}(?:{unit.replace('?P<', '?P<x_')})"),
        behind=re.compile(r"[^，。；、,;\d%≥≤（(]*"),
        worth=worth,
    )


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
