"""From records to ``budget_lines``: ids, amounts in yuan, years, places, and the claims on the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pipeline.extract.context import Context
from pipeline.extract.forms import Library
from pipeline.extract.ledger import Token
from pipeline.extract.tables.counts import counted, state
from pipeline.extract.tables.layout.sheet import Cell
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.identities import Sides, broken_sides, sides_of
from pipeline.extract.tables.meaning.record import Record
from pipeline.extract.tables.meaning.records import fold_item
from pipeline.extract.tables.meaning.units import column_unit, worth
from pipeline.extract.tables.of_column import TableOf, of_column, printed_above, variant


@dataclass(frozen=True, slots=True)
class _Head:
    """What the columns of a row have in common for all rows: the identities between them, their names by index."""

    sides: Sides
    names: dict[int, str]


def emit(context: Context, table: TableOf, records: Sequence[Record], library: Library) -> tuple[int, int, list[str]]:
    """Add the lines of a table. Returns rows with amounts, amounts, and what had to be left out."""
    rows, count = 0, 0
    problems: list[str] = []
    row_numbers: dict[int, int] = {}
    parts = [record for record in records if record.amounts and variant(record, library) is None]
    table.several = len(parts) > 1
    heads: dict[int, _Head] = {}
    for record in records:
        columns = record.row.columns  # nearly always one and the same object
        if id(columns) not in heads:
            names = {column.index: column.identity for column in columns if column.kind == "amount"}
            heads[id(columns)] = _Head(sides_of(table.form.identities, columns), names)
        row_no = row_numbers.setdefault(id(record.row), len(row_numbers) + 1)
        made = _emit_record(context, table, record, row_no, heads[id(columns)], library, problems)
        rows += bool(made)
        count += made
    return rows, count, problems


def _emit_record(
    context: Context,
    table: TableOf,
    record: Record,
    row_no: int,
    head: _Head,
    library: Library,
    problems: list[str],
) -> int:
    placed: list[tuple[Column, Cell, Token, Decimal, str]] = []
    for column, cell in record.amounts:
        if column.kind != "amount":
            if any(char.isdigit() for char in cell.text):
                header = "/".join(column.path) or "no header"
                line = _line(context, cell)
                problems.append(
                    f"line {line}: {cell.text} stands in a column that no word of the forms names ({header})"
                )
            continue
        if (label := counted(record, column, library)) and any(char.isdigit() for char in cell.text):
            if not state(context, table, record, column, _token(context, cell), library):
                line = _line(context, cell)
                problems.append(f"line {line}: {cell.text} is no money, and nothing says what it counts ({label})")
            continue
        token = _token(context, cell)
        if token is None:
            if any(char.isdigit() for char in cell.text):
                problems.append(f"line {_line(context, cell)}: the cell {cell.text!r} is not one amount")
            continue
        unit = column_unit(column) or table.unit
        yuan = worth(library, unit) if unit else None
        if token.value is None or unit is None or yuan is None:
            problems.append(f"line {_line(context, cell)}: {token.printed} has no unit of money")
            continue
        placed.append((column, cell, token, yuan, unit))
    if record.incomplete and placed:
        problems.append(
            f"line {context.document.line_at(placed[0][2].start).number}: {record.incomplete} is no whole code (类, 款, 项), and is not published as one"
        )
    if not placed:
        if record.key_pieces:
            _claim_keys(context, record, "tables", table.table_id, problems)
        return 0
    values = {column.index: token.value for column, _, token, _, _ in placed if token.value is not None}
    holds = broken_sides(head.sides, values)
    side = f"{record.direction[0]}." if record.direction and record.side else ""
    rows: dict[str, str] = {}
    owner: str | None = None
    shared: dict[str, Any] | None = None
    above: set[str] = set()
    spans = context.extraction.rows["spans"]
    before = len(spans)
    own: list[dict[str, Any]] = []
    name = fold_item(record) or "row"
    for column, _cell, token, yuan, unit in placed:
        key = column.expense or name
        key = f"{key}.{column.economic[1]}" if column.economic else key
        if key not in rows:
            rows[key] = context.unique(f"{table.table_id}.{side}{key}")
        row_id = rows[key]
        line_id = context.unique(f"{row_id}.{head.names[column.index]}")
        first = shared is None
        if shared is None:
            owner, above = line_id, printed_above(column)
            shared = _shared(context, table, record, line_id, "item" not in above)
        else:
            # The other amounts of a row carry the same label: their spans are those of the first.
            without = above | printed_above(column)
            spans += [{**span, "owner_id": line_id} for span in own if span["field"] not in without]
        row = dict(shared)
        if "item" in above and not column.item_pieces:
            row["item"] = context.assemble("budget_lines", line_id, "item", record.item_pieces)
        row |= {"line_id": line_id, "row_id": row_id, "row_no": row_no}
        row |= of_column(context, table, record, column, line_id, library)
        if first:
            own = spans[before:]
        row |= _amount(token, yuan, unit)
        row["unit_basis"] = "table" if column_unit(column) or table.unit_basis == "table" else table.unit_basis
        row["placement"] = "both" if record.row.placement == "layout" and holds == 0 else record.row.placement
        row |= context.place(token.start, token.end)
        context.add("budget_lines", row)
        context.ledger.claim(token, "data", "amount", "budget_lines", line_id)
    _claim_keys(context, record, "budget_lines", owner or table.table_id, problems)
    return len(placed)


def _line(context: Context, cell: Cell) -> int:
    return context.document.line_at(cell.pieces[0][0]).number


def _token(context: Context, cell: Cell) -> Token | None:
    if len(cell.pieces) != 1:
        return None
    start, end = cell.pieces[0]
    tokens = context.ledger.within(start, end)
    if len(tokens) == 1 and context.document.text[start:end].strip() == tokens[0].printed:
        return tokens[0] if tokens[0].cls == "unclaimed" else None
    return None


def _amount(token: Token, yuan: Decimal, unit: str) -> dict[str, Any]:
    # 0.00 is false, but its two digits count.
    value = Decimal(0) if token.value is None else token.value
    exponent = value.as_tuple().exponent
    return {
        "amount": value * yuan,
        "printed": token.printed,
        "printed_unit": unit,
        "precision": _step(int(exponent), yuan),
    }


@lru_cache(maxsize=1024)
def _step(exponent: int, yuan: Decimal) -> Decimal:
    """What one of the last printed digit is worth in yuan."""
    return Decimal(1).scaleb(exponent) * yuan


def _shared(context: Context, table: TableOf, record: Record, line_id: str, with_item: bool) -> dict[str, Any]:
    """The columns that all amounts of a record have in common; spans are recorded for ``line_id``."""
    row: dict[str, Any] = {
        "table_id": table.table_id,
        "table_no": table.table_no,
        "table_code": table.form.code,
        "row_kind": record.kind,
        "direction": record.direction,
        "item": context.assemble("budget_lines", line_id, "item", record.item_pieces if with_item else ()),
        "item_path": record.path,
        "project": context.assemble("budget_lines", line_id, "project", record.project_pieces),
    }
    bases = set()
    for scheme, code in record.codes.items():
        row[f"{scheme}_code"] = code.digits
        row[f"{scheme}_name"] = context.assemble("budget_lines", line_id, f"{scheme}_name", code.name_pieces)
        bases.add(code.basis)
    row["code_basis"] = next((basis for basis in ("name", "padded", "printed") if basis in bases), None)
    return row


def _claim_keys(context: Context, record: Record, owner_table: str, owner_id: str, problems: list[str]) -> None:
    """Codes and ordinals belong to their row. An amount among them does not: its column was not understood."""
    coded = [piece for code in record.codes.values() for piece in code.pieces]
    for start, end in coded:
        context.ledger.claim_free(start, end, "structure", "code", owner_table, owner_id)
    for start, end in record.key_pieces:
        for token in context.ledger.free(start, end):
            if _stands_alone(context.document.text, token):
                line = context.document.line_at(token.start).number
                problems.append(f"line {line}: {token.printed} stands in a column of labels")
            else:
                context.ledger.claim(token, "structure", "ordinal", owner_table, owner_id)


def _stands_alone(text: str, token: Token) -> bool:
    """Whether a token is printed like an amount (12.50, 1,250) and touches no other character."""
    around = text[max(0, token.start - 1) : token.start] + text[token.end : token.end + 1]
    return any(mark in token.printed for mark in ".,．，") and not around.strip()
