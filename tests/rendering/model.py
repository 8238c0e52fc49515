"""What is rendered: tables of printed cells, and what each printed amount means in the contract's columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

UNITS = {"元": Decimal(1), "万元": Decimal(10000)}
SCHEMES = ("function", "government_economic", "department_economic")


@dataclass(frozen=True)
class Column:
    """A column: the header words from the top down, and for amounts what they mean (contract columns)."""

    words: tuple[str, ...]
    key: bool = False
    meaning: dict[str, Any] = field(default_factory=dict)
    width: int = 10


@dataclass
class Side:
    """One side of a row: label, path, kind and codes of the amounts in columns ``first`` to ``last`` (exclusive)."""

    first: int
    last: int
    direction: str | None
    kind: str = "detail"
    path: str | None = None
    codes: dict[str, tuple[str, str | None, str]] = field(default_factory=dict)
    project: str | None = None
    fund: str | None = None
    revenue_source: str | None = None


@dataclass
class Row:
    """Printed cells by column ("" is blank) and the sides they belong to. ``merged`` cells span to the next amount."""

    cells: list[str]
    sides: list[Side]
    bold: bool = False


@dataclass
class Table:
    code: str
    title: str
    unit: str
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)
    fund: str | None = None
    note: str | None = None
    width: int = 0

    @property
    def sides(self) -> list[tuple[int, int]]:
        """First and last (exclusive) column of each side: key columns and the amounts to their right."""
        starts = [0]
        for at in range(1, len(self.columns)):
            if self.columns[at].key and not self.columns[at - 1].key:
                starts.append(at)
        return list(zip(starts, [*starts[1:], len(self.columns)], strict=True))


@dataclass
class Disclosure:
    """A document: who, when, what kind; prose before and after the tables."""

    entity: str
    year: int
    stage: str
    scope: str
    tables: list[Table]
    title: str = ""
    prose: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


def expected(disclosure: Disclosure) -> Iterator[dict[str, Any]]:
    """The budget lines that must be read, in the contract's columns, without ids and places."""
    for number, table in enumerate(disclosure.tables, start=1):
        for order, row in enumerate(table.rows, start=1):
            for side in row.sides:
                for at in range(side.first, side.last):
                    column, printed = table.columns[at], row.cells[at]
                    if column.key or not printed:
                        continue
                    yield _line(disclosure, table, number, order, side, column, printed)


def _line(
    disclosure: Disclosure, table: Table, number: int, order: int, side: Side, column: Column, printed: str
) -> dict[str, Any]:
    digits = printed.replace(",", "")
    unit = column.meaning.get("unit", table.unit)
    year = disclosure.year + column.meaning.get("year_offset", 0)
    path = column.meaning.get("path", side.path)
    line: dict[str, Any] = {
        "table_no": number,
        "table_code": table.code,
        "row_no": order,
        "row_kind": column.meaning.get("row_kind", side.kind),
        "direction": column.meaning.get("direction", side.direction),
        "item": path.rpartition("/")[2] if path else None,
        "item_path": path,
        "project": side.project,
        "measure": column.meaning.get("measure", "total"),
        "fund": column.meaning.get("fund") or side.fund or table.fund,
        "revenue_source": column.meaning.get("revenue_source") or side.revenue_source,
        "fiscal_year": year,
        "comparison": year != disclosure.year,
        "phase": column.meaning.get("phase", "approved" if disclosure.stage == "budget" else "executed"),
        "amount": Decimal(digits) * UNITS[unit],
        "printed": printed,
        "printed_unit": unit,
        "precision": UNITS[unit].scaleb(-len(digits.partition(".")[2])),
    }
    bases = set()
    for scheme in SCHEMES:
        code, name, basis = side.codes.get(scheme, (None, None, None))
        line[f"{scheme}_code"], line[f"{scheme}_name"] = code, name
        bases |= {basis} - {None}
    line["code_basis"] = next((b for b in ("name", "padded", "printed") if b in bases), None)
    return line
