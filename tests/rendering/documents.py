"""A seed to a rendered document and what must be read from it."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.rendering import (
    final_accounts,
    flowing,
    laid_out,
    markup,
    pdf,
    separated,
    shanghai,
    web,
    word_files,
    workbooks,
    xicheng,
)
from tests.rendering.budgets import budget
from tests.rendering.model import Disclosure, expected
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


def _nine_tables(random: Random, size: int) -> Disclosure:
    """A Shanghai budget or final accounts after the national template, with a cover's title."""
    if random.random() < 0.5:
        made = budget(random, size, yuan=random.random() < 0.5)
        return shanghai.disclosure(random, made)
    return final_accounts.disclosure(random, budget(random, size, yuan=False))


def laid_out_tables(seed: int, size: int = 12) -> tuple[bytes, list[dict[str, Any]]]:
    """Nine tables as text laid out with spaces, and their budget lines."""
    random = Random(seed)
    disclosure = _nine_tables(random, size)
    return laid_out.render(disclosure, laid_out.laid(random), random), list(expected(disclosure))


def ruled_pdf(seed: int, size: int = 12) -> tuple[bytes, list[dict[str, Any]]]:
    """Nine tables as a PDF with ruled cells, and their budget lines."""
    random = Random(seed)
    disclosure = _nine_tables(random, size)
    return pdf.render(disclosure, pdf.sheet(random, ruled=True), random), list(expected(disclosure))


def unruled_pdf(seed: int, size: int = 12) -> tuple[bytes, list[dict[str, Any]]]:
    """The same without ruling lines."""
    random = Random(seed)
    disclosure = _nine_tables(random, size)
    return pdf.render(disclosure, pdf.sheet(random, ruled=False), random), list(expected(disclosure))


def browser_pdf(seed: int, size: int = 12) -> tuple[bytes, list[dict[str, Any]]]:
    """Nine tables as a web page that a browser printed to PDF, and their budget lines."""
    random = Random(seed)
    disclosure = _nine_tables(random, size)
    return web.printed(web.page(disclosure, random)), list(expected(disclosure))


def _any_tables(random: Random, size: int) -> Disclosure:
    """Nine tables, or the twelve of Xicheng with prose before them."""
    if random.random() < 0.6:
        return _nine_tables(random, size)
    made = budget(random, size)
    disclosure = xicheng.disclosure(random, made, random.choice(("2022", "later")))
    disclosure.title = f"{made.entity}{made.year}年部门预算"
    add_prose(disclosure, made)
    return disclosure


def web_page(seed: int, size: int = 12, writer: str | None = None) -> tuple[bytes, list[dict[str, Any]]]:
    """A disclosure as a web page, and its budget lines."""
    random = Random(seed)
    disclosure = _any_tables(random, size)
    return markup.render(disclosure, markup.how(random, writer), random), list(expected(disclosure))


def workbook(seed: int, size: int = 12) -> tuple[bytes, list[dict[str, Any]]]:
    """A disclosure as a workbook, and its budget lines."""
    random = Random(seed)
    disclosure = _any_tables(random, size)
    how = workbooks.how(random)
    return workbooks.render(disclosure, how), workbooks.stored(list(expected(disclosure)), how)


def word_document(seed: int, size: int = 12) -> tuple[bytes, list[dict[str, Any]]]:
    """A disclosure as a Word document, and its budget lines."""
    random = Random(seed)
    disclosure = _any_tables(random, size)
    return word_files.render(disclosure, random), list(expected(disclosure))


def separated_text(seed: int, kind: str, size: int = 12) -> tuple[bytes, list[dict[str, Any]]]:
    """A disclosure as text whose cells are set apart, and its budget lines."""
    random = Random(seed)
    disclosure = _any_tables(random, size)
    return separated.render(disclosure, kind, random), list(expected(disclosure))
