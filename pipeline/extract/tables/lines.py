"""From records to ``budget_lines``: ids, amounts in yuan, years, places, and the claims on the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipeline.extract.budget_lines import Key, Printed, Words, write_line
from pipeline.extract.context import Context, Piece
from pipeline.extract.forms import Library
from pipeline.extract.ledger import Token
from pipeline.extract.tables.cells import Cell
from pipeline.extract.tables.columns import Column
from pipeline.extract.tables.counts import counted, state
from pipeline.extract.tables.identities import Sides, broken_sides, sides_of
from pipeline.extract.tables.of_column import TableOf, printed_above, variant, with_column
from pipeline.extract.tables.record import Record
from pipeline.extract.tables.rows import fold_item
from pipeline.extract.tables.units import column_unit, worth
from schemas.rows import Place, Span


@dataclass(frozen=True, slots=True)
class _Head:
    """What the columns of a row have in common for all rows: the identities between them, their names by index."""

    sides: Sides
    names: dict[int, str]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cell that is one amount of money, and the column that it stands in."""

    column: Column
    token: Token
    unit: str
    yuan: Decimal


def emit(context: Context, table: TableOf, records: Sequence[Record], library: Library) -> tuple[int, int, list[str]]:
    """Add the lines of a table. Returns rows with amounts, amounts, and what had to be left out."""
    rows, count = 0, 0
    row_numbers: dict[int, int] = {}
    parts = [record for record in records if record.amounts and variant(record, library) is None]
    table.several = len(parts) > 1
    heads: dict[int, _Head] = {}
    lines = _Lines(context, table, library)
    for record in records:
        columns = record.row.columns  # nearly always one and the same object
        if id(columns) not in heads:
            names = {column.index: column.identity for column in columns if column.kind == "amount"}
            heads[id(columns)] = _Head(sides_of(table.form.identities, columns), names)
        row_no = row_numbers.setdefault(id(record.row), len(row_numbers) + 1)
        made = lines.add(record, row_no, heads[id(columns)])
        rows += bool(made)
        count += made
    return rows, count, lines.problems


@dataclass(slots=True)
class _Lines:
    """Writes the lines of one table. ``problems`` says what had to be left out."""

    context: Context
    table: TableOf
    library: Library
    problems: list[str] = field(default_factory=list)

    def add(self, record: Record, row_no: int, head: _Head) -> int:
        """Add the lines of a record and claim its labels; returns how many there are."""
        placed = [found for column, cell in record.amounts if (found := self._placed(record, column, cell)) is not None]
        if record.incomplete and placed:
            line = self.context.document.line_at(placed[0].token.start).number
            self._left_out(line, f"{record.incomplete} is no whole code (类, 款, 项), and is not published as one")
        if placed:
            self._claim_keys(record, "budget_lines", self._write(record, row_no, head, placed))
        elif record.key_pieces:
            self._claim_keys(record, "tables", self.table.table_id)
        return len(placed)

    def _placed(self, record: Record, column: Column, cell: Cell) -> _Placed | None:
        """The amount of money in a cell; None where it holds none, or one that has to be left out."""
        printed = any(char.isdigit() for char in cell.text)
        line = self.context.document.line_at(cell.pieces[0][0]).number
        if column.kind != "amount":
            if printed:
                header = "/".join(column.path) or "no header"
                self._left_out(line, f"{cell.text} stands in a column that no word of the forms names ({header})")
            return None
        token = _token(self.context, cell)
        if printed and (label := counted(record, column, self.library)):
            if not state(self.context, self.table, record, column, token, self.library):
                self._left_out(line, f"{cell.text} is no money, and nothing says what it counts ({label})")
            return None
        if token is None:
            if printed:
                self._left_out(line, f"the cell {cell.text!r} is not one amount")
            return None
        unit = column_unit(column) or self.table.unit
        yuan = worth(self.library, unit) if unit else None
        if token.value is None or unit is None or yuan is None:
            self._left_out(line, f"{token.printed} has no unit of money")
            return None
        return _Placed(column, token, unit, yuan)

    def _left_out(self, line: int, why: str) -> None:
        self.problems.append(f"line {line}: {why}")

    def _write(self, record: Record, row_no: int, head: _Head, placed: list[_Placed]) -> str:
        """Write the amounts of a record; returns the id of the first line, which owns the labels of the row."""
        context, table = self.context, self.table
        broken = broken_sides(head.sides, {p.column.index: p.token.value for p in placed if p.token.value is not None})
        placement = "both" if record.row.placement == "layout" and broken == 0 else record.row.placement
        side = f"{record.direction[0]}." if record.direction and record.side else ""
        name = fold_item(record) or "row"
        rows: dict[str, str] = {}
        first: tuple[str, Words, set[str], list[Span]] | None = None
        for each in placed:
            column = each.column
            key = column.expense or name
            key = f"{key}.{column.economic[1]}" if column.economic else key
            if key not in rows:
                rows[key] = context.unique(f"{table.table_id}.{side}{key}")
            line_id = context.unique(f"{rows[key]}.{head.names[column.index]}")
            before = len(context.extraction.rows.spans)
            above = printed_above(column)
            if first is None:
                shared = _shared(context, record, line_id, "item" not in above)
            else:
                # The other amounts of a row carry the same label: their spans are those of the first.
                _, shared, of_first, spans = first
                above = of_first
                _repeat(context, spans, line_id, of_first | printed_above(column))
            words = replace(shared, codes=dict(shared.codes), names=dict(shared.names))
            if "item" in above and not column.item_pieces:
                words.item = context.assemble("budget_lines", line_id, "item", record.item_pieces)
            with_column(words, context, table, record, column, line_id, self.library)
            if first is None:
                first = line_id, shared, above, context.extraction.rows.spans[before:]
            basis = "table" if column_unit(column) or table.unit_basis == "table" else table.unit_basis
            write_line(
                context,
                Key(line_id, rows[key], row_no, table.table_id, table.table_no, table.form.code),
                Printed(each.token, each.unit, each.yuan, basis, placement),
                words,
            )
        return first[0] if first else table.table_id

    def _claim_keys(self, record: Record, owner_table: str, owner_id: str) -> None:
        """Codes and ordinals belong to their row. An amount among them does not: its column was not understood."""
        ledger, document = self.context.ledger, self.context.document
        for start, end in (piece for code in record.codes.values() for piece in code.pieces):
            ledger.claim_free(start, end, "structure", "code", owner_table, owner_id)
        for start, end in record.key_pieces:
            for token in ledger.free(start, end):
                if _stands_alone(document.text, token):
                    line = document.line_at(token.start).number
                    self._left_out(line, f"{token.printed} stands in a column of labels")
                else:
                    ledger.claim(token, "structure", "ordinal", owner_table, owner_id)


def _token(context: Context, cell: Cell) -> Token | None:
    if len(cell.pieces) != 1:
        return None
    start, end = cell.pieces[0]
    tokens = context.ledger.within(start, end)
    if len(tokens) == 1 and context.document.text[start:end].strip() == tokens[0].printed:
        return tokens[0] if tokens[0].cls == "unclaimed" else None
    return None


def _repeat(context: Context, spans: list[Span], line_id: str, without: set[str]) -> None:
    """Give a line the spans of another, but for those of the columns ``without``."""
    for span in spans:
        if span.field not in without:
            place = Place(span.page, span.line, span.start, span.end)
            context.add(
                Span(owner_table=span.owner_table, owner_id=line_id, field=span.field, seq=span.seq, place=place)
            )


def _shared(context: Context, record: Record, line_id: str, with_item: bool) -> Words:
    """What all amounts of a record have in common; spans are recorded for ``line_id``."""

    def assemble(column: str, pieces: Sequence[Piece]) -> str | None:
        return context.assemble("budget_lines", line_id, column, pieces)

    bases = {code.basis for code in record.codes.values()}
    return Words(
        measure="total",
        row_kind=record.kind,
        direction=record.direction,
        item=assemble("item", record.item_pieces if with_item else ()),
        item_path=record.path,
        project=assemble("project", record.project_pieces),
        codes={scheme: code.digits for scheme, code in record.codes.items()},
        names={scheme: assemble(f"{scheme}_name", code.name_pieces) for scheme, code in record.codes.items()},
        code_basis=next((basis for basis in ("name", "padded", "printed") if basis in bases), None),
        unit_name=assemble("unit_name", record.unit_pieces),
        unit_code=record.unit_code,
        expense=record.expense,
    )


def _stands_alone(text: str, token: Token) -> bool:
    """Whether a token is printed like an amount (12.50, 1,250) and touches no other character."""
    around = text[max(0, token.start - 1) : token.start] + text[token.end : token.end + 1]
    return any(mark in token.printed for mark in ".,．，") and not around.strip()
