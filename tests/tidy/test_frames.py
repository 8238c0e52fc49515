"""Rows become typed, sorted tables, and every bad row is named."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pipeline.extract.records import Extraction
from pipeline.tidy.frames import with_checks
from pipeline.tidy.validation import ValidationFailure
from schemas.rows import BudgetLine, Disclosure, Number, Place, Table
from schemas.tables import TABLES
from tests.tables import tables_of


def document(did: str, amounts: list[object], entity: str = "甲") -> Extraction:
    extraction = Extraction(did, masked_text="1.00 " * len(amounts))
    extraction.rows.add(
        Disclosure(
            disclosure_id=did, disclosure_year=2022, collection="c", source_file=did,
            status="complete", entity_key=entity, division_code="110102",
        )
    )  # fmt: skip
    extraction.rows.add(Table(table_id=f"{did}.t", table_no=1, place=Place(None, 1, 0, 4)))
    for at, amount in enumerate(amounts):
        line = f"{did}.t.{at}"
        place = Place(None, 1, at * 5, at * 5 + 4)
        extraction.rows.add(
            BudgetLine(
                line_id=line, row_id=line, table_id=f"{did}.t", table_no=1, row_kind="detail", measure="total",
                amount=amount, printed="1.00", function_code="201", function_name="一般公共服务支出", place=place,
            )
        )  # fmt: skip
        extraction.rows.add(
            Number(
                number_id=f"{did}.n{at}", printed="1.00", value=Decimal("1.00"), class_="data", role="amount",
                owner_table="budget_lines", owner_id=line, place=place,
            )
        )  # fmt: skip
    for _, rows in extraction:
        for row in rows:
            row.disclosure_id, row.disclosure_year = did, 2022
    return extraction


def test_amounts_finer_than_a_cent_are_rounded_half_even() -> None:
    frames = tables_of([document("a" * 16, [Decimal("1.005"), Decimal("1.015"), Decimal("5")])])
    assert frames["budget_lines"]["amount"].to_list() == [Decimal("1.00"), Decimal("1.02"), Decimal("5.00")]


def test_every_table_has_its_declared_columns_in_order() -> None:
    frames = tables_of([document("a" * 16, [Decimal(1)])])
    assert {name: frame.schema for name, frame in frames.items()} == {n: s.schema for n, s in TABLES.items()}


def test_the_order_of_documents_does_not_matter() -> None:
    one, two = document("b" * 16, [Decimal(1)], "甲"), document("a" * 16, [Decimal(2)], "乙")
    first, second = tables_of([one, two]), tables_of([two, one])
    assert all(first[name].equals(second[name]) for name in TABLES)
    assert first["code_names"]["documents"].to_list() == [2]


def test_all_bad_rows_are_reported_at_once() -> None:
    bad = document("a" * 16, [Decimal(1), Decimal(1), Decimal(1), Decimal(1)])
    lines = bad.rows.budget_lines
    lines[1].measure = "nonsense"
    lines[2].table_id = "nowhere"
    lines[3].line_id = lines[1].line_id
    with pytest.raises(ValidationFailure) as failure:
        tables_of([bad])
    found = {(fault.row.rpartition(".")[2], fault.column) for fault in failure.value.faults}
    assert {("1", "measure"), ("2", "table_id"), ("1", "line_id")} <= found


def test_every_value_that_no_column_can_hold_is_reported() -> None:
    with pytest.raises(ValidationFailure) as failure:
        tables_of([document("a" * 16, [1.5, Decimal(1), "1"])])
    assert {(fault.row.rpartition(".")[2], fault.column) for fault in failure.value.faults} == {
        ("0", "amount"),
        ("2", "amount"),
    }


def test_failed_checks_are_counted() -> None:
    frames = tables_of([document("a" * 16, [Decimal(1)])])
    shared = {"disclosure_id": "a" * 16, "rule_id": "r", "severity": "error"}
    rows = [{"check_id": "1", "status": "fail"} | shared, {"check_id": "2", "status": "pass"} | shared]
    checks = pl.DataFrame(rows, schema=TABLES["checks"].schema)
    whole = with_checks(frames, {"checks": checks, "check_operands": TABLES["check_operands"].empty()})
    assert whole["disclosures"]["checks_failed"].to_list() == [1]
