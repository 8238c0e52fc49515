"""No damage to a text puts an amount under another key in silence: a sample of what ``make attack`` tries in full."""

from __future__ import annotations

import random

import pytest

from tests.attack.kinds import all_kinds
from tests.attack.oracle import moved_in_silence, reading
from tests.attack.text import lines_of
from tests.documents import BUNDLED

ORIGINAL = lines_of(BUNDLED.read_text(encoding="utf-8"))


KINDS = all_kinds(ORIGINAL)


@pytest.fixture(scope="module")
def before():
    found = reading(ORIGINAL)
    assert len(found.keys) > 100
    return found


#: All when there is time; every twentieth always.
EVERY = [pytest.param(kind, marks=[pytest.mark.slow] if at % 20 else []) for at, kind in enumerate(sorted(KINDS))]


@pytest.mark.parametrize("kind", EVERY)
def test_a_mutation_moves_no_amount_in_silence(kind, before):
    mutated = KINDS[kind](ORIGINAL, random.Random(f"sample/{kind}"))
    assert moved_in_silence(ORIGINAL, before, mutated, reading(mutated)) == []


def test_an_amount_under_another_key_is_found(before):
    """The oracle itself: a reading that differs in one key, with nothing that says so, is reported."""
    after = reading(ORIGINAL)
    where, key = next(iter(after.keys.items()))
    after.keys[where] = ("income", *key[1:])
    assert moved_in_silence(ORIGINAL, before, ORIGINAL, after) == [
        f"line {where[0] + 1}: {key} became {after.keys[where]}"
    ]
