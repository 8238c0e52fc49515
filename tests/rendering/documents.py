"""A seed to a rendered document and what must be read from it."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.rendering import flowing, xicheng
from tests.rendering.budgets import budget
from tests.rendering.model import expected
from tests.rendering.prose import add_prose


def flowing_budget(seed: int, size: int = 12) -> tuple[bytes, list[dict[str, Any]]]:
    """A Xicheng budget as flowing text, and its budget lines."""
    random = Random(seed)
    made = budget(random, size)
    disclosure = xicheng.disclosure(random, made, random.choice(("2022", "later")))
    add_prose(disclosure, made)
    if random.random() < 0.3:
        random.shuffle(disclosure.tables)
    how = flowing.flow(random, len(disclosure.tables))
    return flowing.render(disclosure, how, random), list(expected(disclosure))
