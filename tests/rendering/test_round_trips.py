"""Rendered disclosures are read back to exactly what was rendered: every amount once, in its place, nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents import read
from tests.rendering.documents import (
    browser_pdf,
    flowing_budget,
    laid_out_tables,
    ruled_pdf,
    separated_text,
    unruled_pdf,
    web_page,
    word_document,
    workbook,
)
from tests.rendering.markup import WRITERS
from tests.rendering.separated import KINDS
from tests.rendering.web import CHROMIUM

pytestmark = pytest.mark.slow

settings.register_profile("bounded", max_examples=15, deadline=None, derandomize=True)
settings.load_profile("bounded")
SEEDS = st.integers(min_value=0, max_value=10**9)


def difference(data: bytes, expected: list[dict[str, Any]], name: str = "x.txt") -> dict[str, list]:
    """What is missing of the expected lines, what is there beside them, and the numbers without an owner."""
    extraction = read(data, name)
    columns = list(expected[0])
    wanted = Counter(tuple(row[c] for c in columns) for row in expected)
    found = Counter(tuple(getattr(row, c) for c in columns) for row in extraction.rows.budget_lines)
    return {
        "missing": sorted(map(str, (wanted - found).elements())),
        "extra": sorted(map(str, (found - wanted).elements())),
        "unclaimed": [(n.line, n.printed) for n in extraction.rows.numbers if n.class_ == "unclaimed"],
    }


NOTHING = {"missing": [], "extra": [], "unclaimed": []}


@given(SEEDS)
def test_budgets_in_flowing_text(seed):
    assert difference(*flowing_budget(seed)) == NOTHING


@settings(max_examples=80)
@given(SEEDS, st.integers(min_value=2, max_value=60))
def test_many_budgets_in_flowing_text(seed, size):
    assert difference(*flowing_budget(seed, size)) == NOTHING


@given(SEEDS)
def test_budgets_and_final_accounts_in_text_laid_out_with_spaces(seed):
    _nothing_wrong(*laid_out_tables(seed))


@settings(max_examples=8)
@given(SEEDS)
def test_budgets_and_final_accounts_on_ruled_pages(seed):
    assert difference(*ruled_pdf(seed), "x.pdf") == NOTHING


@settings(max_examples=8)
@given(SEEDS)
def test_budgets_and_final_accounts_on_pages_without_ruling_lines(seed):
    _nothing_wrong(*unruled_pdf(seed), "x.pdf")


@settings(max_examples=10)
@given(SEEDS, st.integers(min_value=2, max_value=60))
def test_many_budgets_and_final_accounts_on_ruled_pages(seed, size):
    assert difference(*ruled_pdf(seed, size), "x.pdf") == NOTHING


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (Debian: apt-get install chromium)")
@pytest.mark.parametrize("seed", range(8))
def test_budgets_and_final_accounts_that_a_browser_printed(seed):
    assert difference(*browser_pdf(seed, 10 + 5 * seed), "x.pdf") == NOTHING


@settings(max_examples=40)
@given(SEEDS, st.integers(min_value=2, max_value=60))
def test_many_budgets_and_final_accounts_in_text_laid_out_with_spaces(seed, size):
    _nothing_wrong(*laid_out_tables(seed, size))


@pytest.mark.parametrize("writer", WRITERS)
@settings(max_examples=5)
@given(SEEDS)
def test_budgets_and_final_accounts_on_web_pages(writer, seed):
    _whole(*web_page(seed, writer=writer))


@settings(max_examples=8)
@given(SEEDS)
def test_budgets_and_final_accounts_in_workbooks(seed):
    _whole(*workbook(seed))


@settings(max_examples=6)
@given(SEEDS)
def test_budgets_and_final_accounts_in_word_documents(seed):
    _whole(*word_document(seed))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=5)
@given(SEEDS)
def test_budgets_and_final_accounts_in_separated_text(kind, seed):
    _whole(*separated_text(seed, kind))


def _whole(data: bytes, expected: list[dict[str, Any]]) -> None:
    """Every line as rendered, nothing beside them, and nothing left out of the document."""
    assert difference(data, expected) == NOTHING
    disclosure = read(data).disclosure
    assert (disclosure.status, disclosure.reason) == ("complete", None)


def _nothing_wrong(data: bytes, expected: list[dict[str, Any]], name: str = "x.txt") -> None:
    """Every line as rendered; a table whose columns cannot be told is withheld as a whole, and the reason says so."""
    found = difference(data, expected, name)
    assert found["extra"] == []
    extraction = read(data, name)
    reason = extraction.disclosure.reason or ""
    withheld = {t.table_no for t in extraction.rows.tables if f"table {t.table_no} (" in reason}
    assert len(withheld) <= 2
    missing = Counter(row["table_no"] for row in expected)
    missing.subtract(row.table_no for row in extraction.rows.budget_lines)
    assert {table for table, count in missing.items() if count} <= withheld
