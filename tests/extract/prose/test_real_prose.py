"""The prose of real disclosures, read from their pages, against transcriptions. Skipped where they are missing."""

from __future__ import annotations

import csv
import os
import re
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.extract.contacts import withhold
from pipeline.extract.context import Context, Region
from pipeline.extract.ledger import Ledger
from pipeline.extract.prose import read_prose
from pipeline.extract.records import Extraction
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Document
from tests import documents
from tests.documents import read_source

from .conftest import ROOT

FOLDER = Path(os.environ.get("DISCLOSURES_DIR") or ROOT.parent / "shared" / "real")
TRANSCRIPTIONS = Path(__file__).with_name("real_statements")
COLUMNS = ("metric", "subject", "function_code", "kind", "value", "fiscal_year", "phase", "printed", "reason")
# Where the tables of these documents end; their readers are tested elsewhere.
AFTER_TABLES = re.compile(r"\s*(其他相关情况说明|第三部分)")
UNIT = re.compile(r"单位\s*[：:]\s*[万千]?元")


def prose_of(path: Path, year: int, stage: str) -> Context:
    """The prose of a PDF whose tables stand in one block."""
    document = read_source(SourceFile(path, "real", path.name, {}))
    assert isinstance(document, Document), document.reason
    text, lines = document.text, document.lines
    context = Context(document, Ledger(text), Extraction(document.disclosure_id), disclosure_year=year, stage=stage)
    first = next(i for i, line in enumerate(lines) if UNIT.search(text, line.start, line.end))
    while not re.search(r"[总算]表\s*$", text[lines[first].start : lines[first].end]):
        first -= 1
    last = next(i for i, line in enumerate(lines) if i > first and AFTER_TABLES.match(text, line.start))
    context.regions.append(Region("tables", None, "tables", first, last, lines[first].start, lines[last].start))
    withhold(context)
    read_prose(context)
    return context


def printed(row: dict[str, object], column: str) -> str:
    value = getattr(row, column)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)


@pytest.mark.parametrize(
    ("name", "year", "stage"),
    [
        ("shanghai-putuo/2026-budget-justice-bureau-unit", 2026, "budget"),
        ("shanghai-putuo/2024-final-accounts-social-work-department", 2024, "final_accounts"),
    ],
)
def test_every_statement_is_as_transcribed(name: str, year: int, stage: str) -> None:
    path = FOLDER / f"{name}.pdf"
    if not path.exists():
        pytest.skip(f"{path.name} is not in {FOLDER.name}; set DISCLOSURES_DIR to the folder that holds it")
    context = prose_of(path, year, stage)
    with (TRANSCRIPTIONS / f"{path.stem}.tsv").open(encoding="utf-8", newline="") as file:
        expected = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = context.extraction.rows.statements
    assert [[printed(row, column) for column in COLUMNS] for row in rows] == expected[1:]
    inside = context.regions[0]
    left = [t.printed for t in context.ledger.tokens if t.cls == "unclaimed"]
    tables = [t for t in context.ledger.tokens if inside.start <= t.start < inside.end]
    assert len(left) == len([t for t in tables if t.cls == "unclaimed"])


def test_the_national_template_states_no_values() -> None:
    rows = document_of("final-accounts-template-national.pdf").rows
    assert rows.statements == []
    assert rows.budget_lines == []
    assert rows.disclosures[0].numbers_unclaimed == 0


def document_of(name: str) -> Extraction:
    return documents.read(documents.real(name), "x.pdf")
