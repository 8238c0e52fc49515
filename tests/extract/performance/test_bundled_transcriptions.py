"""Every goal, indicator and target of the bundled document against transcriptions made by hand."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract.records import Rows
from schemas.joining import join
from tests.documents import bundled

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def rows() -> Rows:
    return bundled().rows


def shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)


@pytest.mark.parametrize("table", ["indicators", "targets"])
def test_every_row_is_as_transcribed(rows: Rows, table: str) -> None:
    with (HERE / f"bundled_{table}.tsv").open(encoding="utf-8", newline="") as file:
        columns, *expected = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    assert [[shown(getattr(row, column)) for column in columns] for row in rows.of(table)] == expected


def test_the_project_and_its_head(rows: Rows) -> None:
    assert [
        {
            key: getattr(row, key)
            for key in ("name", "department", "department_code", "implementing_unit", "attribute", "term")
        }
        | {key: getattr(row, key) for key in ("period_start", "period_end", "line")}
        for row in rows.projects
    ] == [
        {
            "name": "外事工作经费",
            "department": "西城区政府外办",
            "department_code": "292001",
            "implementing_unit": "西城区政府外办",
            "attribute": "延续性项目",
            "term": "长期",
            "period_start": 2022,
            "period_end": 2024,
            "line": 1021,
        }
    ]


def test_every_text_is_what_its_pieces_spell(rows: Rows) -> None:
    source = bundled().masked_text
    pieces: dict[tuple[str, str, str], list[str]] = {}
    for span in rows.spans:
        owner = (span.owner_table, span.owner_id, span.field)
        pieces.setdefault(owner, []).append(source[span.start : span.end])
    for table, key, columns in (
        ("indicators", "indicator_id", ("text", "level3")),
        ("targets", "target_id", ("subject",)),
        ("projects", "project_id", ("name", "department", "implementing_unit", "attribute", "term")),
    ):
        for row in rows.of(table):
            for column in columns:
                if getattr(row, column):
                    assert join(pieces[table, getattr(row, key), column]) == getattr(row, column)
