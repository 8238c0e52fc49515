"""No damage to the page or the cells of a drawn budget puts an amount under another key in silence: a sample of each kind."""

from __future__ import annotations

import random

import pytest

from pipeline.ingest.document import Document
from tests.attack.following import document_of, misread
from tests.attack.kinds import cells, pages
from tests.attack.promise import adds_up, broken_promises
from tests.documents import bundled, read
from tests.rendering.documents import ruled_pdf


@pytest.fixture(scope="module")
def document() -> Document:
    found = document_of(ruled_pdf(7)[0], "x.pdf")
    assert isinstance(found, Document)
    return found


@pytest.fixture(scope="module")
def sheets(document):
    original = pages.pages_of(document)
    before = pages.reading(original)
    assert len(before.keys) > 50
    return original, before


@pytest.fixture(scope="module")
def blocks(document):
    original = cells.blocks_of(document)
    before = cells.reading(original)
    assert len(before.keys) > 50
    return original, before


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(cells.KINDS))
def test_a_mutation_of_cells_moves_no_amount_in_silence(kind, blocks):
    original, before = blocks
    mutated = cells.KINDS[kind](original, random.Random(f"sample/{kind}"))
    assert misread(before, cells.reading(mutated), cells.untouched(original, mutated)) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(pages.KINDS))
def test_a_mutation_of_pages_moves_no_amount_in_silence(kind, sheets):
    original, before = sheets
    mutated = pages.KINDS[kind](original, random.Random(f"sample/{kind}"))
    assert misread(before, pages.reading(mutated), pages.untouched(original, mutated)) == []


def test_the_details_of_the_bundled_text_are_its_totals():
    assert broken_promises(bundled()) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_the_details_of_drawn_budgets_are_their_totals(seed):
    assert broken_promises(read(ruled_pdf(seed)[0], "x.pdf")) == []


def test_a_total_that_is_not_the_sum_of_its_details_is_found():
    lines = [one for one in bundled().rows.budget_lines if one.table_no == 7 and one.measure == "total"]
    assert adds_up(lines)
    next(one for one in lines if one.row_kind == "detail").amount += 1_000_000
    assert not adds_up(lines)
