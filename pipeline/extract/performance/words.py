"""The words of performance tables, as ``schemas/forms/performance/words.toml`` has them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache

from pipeline.extract.forms import FOLDER


@dataclass(frozen=True, slots=True)
class Words:
    """Levels of indicators, labels of a project's head, parts of its money, comparators and counting words."""

    levels: dict[str, str]
    labels: dict[str, str]
    money: dict[str, str]
    comparators: dict[str, str]
    counted: tuple[str, ...]


@lru_cache(maxsize=1)
def load_words() -> Words:
    raw = tomllib.loads((FOLDER / "performance" / "words.toml").read_text(encoding="utf-8"))
    counted = tuple(sorted(raw["counted"]["words"], key=lambda word: (-len(word), word)))
    return Words(raw["levels"], raw["labels"], raw["money"], raw["comparators"], counted)
