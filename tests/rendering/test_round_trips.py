"""Rendered disclosures are read back to exactly what was rendered: every amount once, in its place, nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents import read
from tests.rendering.documents import flowing_budget

settings.register_profile("bounded", max_examples=15, deadline=None, derandomize=True)
settings.load_profile("bounded")
SEEDS = st.integers(min_value=0, max_value=10**9)


def difference(data: bytes, expected: list[dict[str, Any]], name: str = "x.txt") -> dict[str, list]:
    """What is missing of the expected lines, what is there beside them, and the numbers without an owner."""
    extraction = read(data, name)
    columns = list(expected[0])
    wanted = Counter(tuple(row[c] for c in columns) for row in expected)
    found = Counter(tuple(row.get(c) for c in columns) for row in extraction.rows["budget_lines"])
    return {
        "missing": sorted(map(str, (wanted - found).elements())),
        "extra": sorted(map(str, (found - wanted).elements())),
        "unclaimed": [(n["line"], n["printed"]) for n in extraction.rows["numbers"] if n["class"] == "unclaimed"],
    }


NOTHING = {"missing": [], "extra": [], "unclaimed": []}


@given(SEEDS)
def test_budgets_in_flowing_text(seed):
    assert difference(*flowing_budget(seed)) == NOTHING


@pytest.mark.slow
@settings(max_examples=150)
@given(SEEDS, st.integers(min_value=2, max_value=60))
def test_many_budgets_in_flowing_text(seed, size):
    assert difference(*flowing_budget(seed, size)) == NOTHING
