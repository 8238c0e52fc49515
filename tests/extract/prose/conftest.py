"""Documents made by hand, so that prose is tested without the readers of tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.extract.contacts import withhold
from pipeline.extract.context import Context, Region
from pipeline.extract.ledger import Ledger
from pipeline.extract.prose import read_prose
from pipeline.extract.records import Extraction
from pipeline.ingest.document import Document, Line

ROOT = Path(__file__).resolve().parents[3]
BUNDLED = ROOT / "raw" / "beijing-xicheng" / "2022-budget-foreign-affairs-office.txt"

Reads = Callable[..., Context]


def make_context(
    text: str, year: int | None = 2022, stage: str | None = "budget", pages: dict[int, int] | None = None
) -> Context:
    """A context over ``text``; ``pages`` gives the first line (from 0) of each page after the first."""
    lines: list[Line] = []
    position, page = 0, 1
    for number, line in enumerate(text.split("\n"), 1):
        page = (pages or {}).get(number - 1, page)
        lines.append(Line(number, position, position + len(line), page if pages else None))
        position += len(line) + 1
    digest = hashlib.sha256(text.encode()).hexdigest()
    document = Document(
        disclosure_id=digest[:16],
        collection="tests",
        source_file="made.txt",
        source_sha256=digest,
        source_bytes=len(text.encode()),
        media_type="text/plain",
        text=text,
        lines=tuple(lines),
    )
    return Context(document, Ledger(text), Extraction(digest[:16]), disclosure_year=year, stage=stage)


@pytest.fixture
def read() -> Reads:
    """Reads a text as prose: the context with its rows."""

    def reads(text: str, **settings: object) -> Context:
        context = make_context(text, **settings)  # type: ignore[arg-type]
        withhold(context)
        read_prose(context)
        return context

    return reads


def bundled_prose(text: str) -> Context:
    """The context of a text like the bundled one, whose tables begin with its second part."""
    context = make_context(text)
    lines = context.document.lines
    first = next(i for i, line in enumerate(lines) if text[line.start : line.end].strip().startswith("第二部分"))
    context.regions.append(Region("tables", None, "tables", first + 1, len(lines), lines[first].end, len(text)))
    withhold(context)
    read_prose(context)
    return context


@pytest.fixture(scope="session")
def bundled_text() -> str:
    return BUNDLED.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def bundled(bundled_text: str) -> Context:
    return bundled_prose(bundled_text)


def facts(context: object, *columns: str) -> list[tuple[object, ...]]:
    rows = context.extraction.rows.statements  # type: ignore[attr-defined]
    return [tuple(getattr(row, column) for column in columns) for row in rows]


def short(context: object) -> list[tuple[object, ...]]:
    return [
        (m, s, k, None if v is None else v.normalize() + 0, y)
        for m, s, k, v, y in facts(context, "metric", "subject", "kind", "value", "fiscal_year")
    ]
