"""The classes of rows and the models of the tables say the same of every column."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from types import NoneType
from typing import get_args, get_type_hints

import pytest

from pipeline.extract.records import Rows
from schemas.rows import ROWS, Place, Row, Span, field_of
from schemas.tables import TABLES, ColumnSpec
from tests.tables import build

TYPES = {"string": str, "integer": int, "boolean": bool, "number": float}


def declared(column: ColumnSpec) -> type:
    return TYPES.get(column.type, Decimal)


@pytest.mark.parametrize("table", ROWS)
def test_a_row_has_a_field_for_each_column_in_its_order(table: str) -> None:
    columns = TABLES[table].model.to_schema().columns
    shared = [field.name for field in fields(Row)]
    own = [field_of(name) for name in columns if name not in shared]
    assert [field.name for field in fields(ROWS[table])] == [*shared, *own]


@pytest.mark.parametrize(("table", "column"), [(table, c) for table in ROWS for c in TABLES[table].columns])
def test_a_field_has_the_type_of_its_column(table: str, column: ColumnSpec) -> None:
    kind: type[Row] = ROWS[table]
    hint = get_type_hints(kind)[field_of(column.name)]
    optional = NoneType in get_args(hint)
    assert {*(get_args(hint) or (hint,))} - {NoneType} == {declared(column)}
    # A row may promise a value where its column would allow none, never the reverse.
    assert column.nullable or not optional
    default = next(f.default for f in fields(kind) if f.name == field_of(column.name))
    assert default is None or column.name == "page" if optional else default is not None


def test_every_table_that_is_extracted_has_a_list_of_rows() -> None:
    assert [name for name, _ in Rows()] == list(ROWS) == [field.name for field in fields(Rows)]


def test_a_row_becomes_its_columns() -> None:
    rows = Rows()
    rows.add(Span(owner_table="passages", owner_id="p", field="text", seq=0, place=Place(2, 3, 4, 5)))
    frame = build(TABLES["spans"], rows.of("spans"), [])
    row = frame.row(0, named=True)
    assert [row[name] for name in ("owner_table", "field", "seq", "page", "line", "start", "end")] == [
        "passages", "text", 0, 2, 3, 4, 5,
    ]  # fmt: skip
