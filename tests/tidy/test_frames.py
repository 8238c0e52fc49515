"""Rows become typed, sorted tables, and every bad row is named."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pipeline.extract.records import Extraction
from pipeline.tidy.codes import load_codes
from pipeline.tidy.frames import tidy, with_checks
from pipeline.tidy.validation import ValidationFailure
from schemas.rows import BudgetLine, Disclosure, Number, Place, Table
from schemas.tables import TABLES


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
    frames = tidy([document("a" * 16, [Decimal("1.005"), Decimal("1.015"), Decimal("5")])], load_codes())
    assert frames["budget_lines"]["amount"].to_list() == [Decimal("1.00"), Decimal("1.02"), Decimal("5.00")]


def test_every_table_has_its_declared_columns_in_order() -> None:
    frames = tidy([document("a" * 16, [Decimal(1)])], load_codes())
    assert {name: frame.schema for name, frame in frames.items()} == {n: s.schema for n, s in TABLES.items()}


def test_the_order_of_documents_does_not_matter() -> None:
    one, two = document("b" * 16, [Decimal(1)], "甲"), document("a" * 16, [Decimal(2)], "乙")
    first, second = tidy([one, two], load_codes()), tidy([two, one], load_codes())
    assert all(first[name].equals(second[name]) for name in TABLES)
    assert first["code_names"]["documents"].to_list() == [2]


def test_all_bad_rows_are_reported_at_once() -> None:
    bad = document("a" * 16, [1.5, Decimal(1), Decimal(1), Decimal(1)])
    lines = bad.rows.budget_lines
    lines[1].measure = "nonsense"
    lines[2].table_id = "nowhere"
    lines[3].line_id = lines[1].line_id
    with pytest.raises(ValidationFailure) as failure:
        tidy([bad], load_codes())
    found = {(fault.row.rpartition(".")[2], fault.column) for fault in failure.value.faults}
    assert {("0", "amount"), ("1", "measure"), ("2", "table_id"), ("1", "line_id")} <= found


def test_failed_checks_are_counted() -> None:
    frames = tidy([document("a" * 16, [Decimal(1)])], load_codes())
    shared = {"disclosure_id": "a" * 16, "rule_id": "r", "severity": "error"}
    rows = [{"check_id": "1", "status": "fail"} | shared, {"check_id": "2", "status": "pass"} | shared]
    checks = pl.DataFrame(rows, schema=TABLES["checks"].schema)
    whole = with_checks(frames, {"checks": checks, "check_operands": TABLES["check_operands"].empty()})
    assert whole["disclosures"]["checks_failed"].to_list() == [1]


def test_models_know_no_other_rules_than_are_asked_for_at_once():
    for name, spec in TABLES.items():
        schema = spec.model.to_schema()
        assert not schema.checks and not schema.unique, name
        assert schema.strict and not schema.ordered and set(spec.schema) == set(schema.columns), name
        for column in spec.columns:
            field = schema.columns[column.name]
            assert not field.unique and field.nullable == column.nullable
            assert field.dtype.type == column.dtype, (name, column.name)
            assert [(check.name, tuple(check.statistics["allowed_values"])) for check in field.checks] == (
                [("isin", tuple(sorted(column.values)))] if column.values else []
            ), (name, column.name)
