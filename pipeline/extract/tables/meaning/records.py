"""What a row says of itself: its label, its codes, its project and its amounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import LEVELS, fold
from pipeline.extract.tables.layout.sheet import Cell, shorten
from pipeline.extract.tables.lexicon import CODE, MARKS, is_no_amount, year_alone
from pipeline.extract.tables.meaning.codes import (
    code_behind_name,
    code_beside_name,
    code_inside,
    code_of_parts,
    complete_steps,
    has_whole_length,
    padded,
    scheme_of,
)
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.nesting import nest
from pipeline.extract.tables.meaning.record import Code, Record
from pipeline.extract.tables.meaning.sums import values
from pipeline.extract.tables.meaning.table import Table, TableRow
from schemas.joining import join

_OF_WHICH = re.compile(r"^其中[:;,，；、]?")
_SIDE_KEYS = ("label", "code", "class", "code_name", "name", "project")
_PARTS = ("class", "section", "item")
_NAMED = ("code_name", "code", "label", "name")
_OTHERS = ("row_number", "text", "unit", "unit_code")
#: ** in a column of codes beside 合计 marks a row without a code.
_MARK = re.compile(r"[*＊]+|-+")
#: A code of another list than the classifications, as of goods (A02010105): no part of the row's label.
_OWN_CODE = re.compile(r"[A-Z][A-Z\d.-]*\d")


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a table: its columns of keys, those of amounts to their right, and what its amounts are."""

    number: int
    direction: str | None
    keys: list[Column]
    amounts: list[Column]


def records_of(table: Table, form: TableForm, library: Library, text: str) -> list[Record]:
    """All records of a table in the order of print, with kinds and paths."""
    by_side: dict[int, list[Record]] = {}
    ordered: list[Record] = []
    columns: tuple[Column, ...] = ()
    sides: list[_Side] = []
    for row in table.rows:
        if row.columns is not columns:
            columns, sides = row.columns, _sides_of(row.columns, form)
        before: Record | None = None
        for side in sides:
            record = _record(row, side, form, library, text)
            if record is not None:
                if before is not None:
                    _take_label(record, before, library)
                _take_name(record, by_side.get(side.number, []))
                by_side.setdefault(side.number, []).append(record)
                ordered.append(record)
            before = record
    summed: list[Record] = []
    for _, records in sorted(by_side.items()):
        complete_steps(records, library)
        nest(records, library)
        totals = [record for record in records if record.kind == "total"]
        if any(_is_same_money(total, other) for total in totals for other in summed):
            for record in records:
                record.be("memo", "the total of another side of the table sums the same money")
        summed += totals
    return ordered


def _take_label(record: Record, before: Record, library: Library) -> None:
    """Give amounts without a label the total's label that stands over two groups side by side (公用经费合计)."""
    named = record.item or record.codes or record.project
    label = before.item or ""
    sums = library.says("totals", label) or library.says("subtotals", label)
    if record.amounts and not named and not before.amounts and sums:
        record.item, record.item_pieces, record.key_pieces = before.item, before.item_pieces, before.key_pieces
        before.item, before.item_pieces, before.key_pieces = None, [], []


def _take_name(record: Record, above: Sequence[Record]) -> None:
    """Give a row of a year or a phase alone the name of the row above it, which has one beside its own year or phase.

    The cell of the name stands over both rows, and is printed once.
    """
    if record.time is None or record.item != record.time or not above or above[-1].time in (None, record.time):
        return
    named = above[-1]
    if named.item != named.time:
        record.item, record.item_pieces = named.item, named.item_pieces
        record.unit_code, record.unit_pieces = named.unit_code, named.unit_pieces


def _is_same_money(total: Record, other: Record) -> bool:
    """Whether the total of one side is that of another by another classification: 按功能分类 beside 按经济分类."""
    if total.direction != other.direction:
        return False
    return fold(total.item or "") == fold(other.item or "") or list(values(total).values()) == list(
        values(other).values()
    )


def _sides_of(columns: Sequence[Column], form: TableForm) -> list[_Side]:
    """The sides of a table of ``form``. Two without a word for them: revenue is printed on the left."""
    found = sides_of(columns)
    sides = []
    for number, (keys, amounts) in enumerate(found):
        named = next((key.direction for key in keys if key.direction), form.direction)
        direction = named or (("revenue", "expenditure")[min(number, 1)] if len(found) > 1 else None)
        sides.append(_Side(number, direction, keys, amounts))
    return sides


def sides_of(columns: Sequence[Column]) -> list[tuple[list[Column], list[Column]]]:
    """The columns of keys and those of amounts to their right, of one side of a table after the other."""
    sides: list[tuple[list[Column], list[Column]]] = [([], [])]
    first = next((column.index for column in columns if column.kind == "key"), 0)
    last = max((column.index for column in columns if column.kind == "amount"), default=0)
    for column in columns:
        if column.kind == "key":
            # What no word names before the first label, or stands under no word at all, does not begin a side. Amounts
            # before the first label do where more follow it: the label is of those, not of what another side prints.
            before = (c for c in sides[-1][1] if c.path and (c.index > first or c.kind == "amount" and first < last))
            if column.key in _SIDE_KEYS and any(before):
                sides.append(([], []))
            sides[-1][0].append(column)
        else:
            sides[-1][1].append(column)
    return [side for side in sides if side[1]]


def _record(row: TableRow, side: _Side, form: TableForm, library: Library, text: str) -> Record | None:
    """What one side of a row says; None where it prints nothing."""
    keys = [(column, row.cells[column.index]) for column in side.keys if column.index in row.cells]
    amounts = [(column, row.cells[column.index]) for column in side.amounts if column.index in row.cells]
    if not keys and not amounts:
        return None
    record = Record(row, side.number, side.direction, amounts)
    for _, cell in (*keys, *amounts):
        record.year = year_alone(cell.folded) or record.year
    _RecordReader(record, library, text).read(keys)
    _strip_of_which(record, text)
    if not record.item and len(record.codes) == 1:
        code = next(iter(record.codes.values()))
        record.item, record.item_pieces = code.name, code.name_pieces
    if not record.item and record.project:
        record.item, record.item_pieces = record.project, record.project_pieces
    named_in = next((key.scheme for key in side.keys if key.key in ("label", "name") and key.scheme), form.name_scheme)
    if named_in and record.direction == "expenditure" and not record.codes and record.item:
        named = library.code_named(named_in, record.item)
        if named:
            record.codes[named_in] = Code(named, "name", [], record.item, record.item_pieces)
    if form.items == "expense" and record.item and (expense := library.expense(record.item)):
        record.expense = expense.kind
    return record


def _strip_of_which(record: Record, text: str) -> None:
    """Take 其中 from the names of codes, which say themselves what the row is a part of."""
    for code in record.codes.values():
        if match := _OF_WHICH.match(fold(code.name or "")):
            code.name_pieces = shorten(text, code.name_pieces, match.end())
            code.name = join(text[a:b] for a, b in code.name_pieces) or None


@dataclass(slots=True)
class _RecordReader:
    """Reads the key cells of one side of a row into a record.

    ``parts`` are the cells of codes printed in parts, by scheme; ``joined`` those already made a code. ``labels`` are
    the cells that make the label, ``others`` those that name the row where nothing else does, ``times`` those that print
    of what year or phase it is.
    """

    record: Record
    library: Library
    text: str
    parts: dict[str, list[tuple[str, Cell]]] = field(default_factory=dict)
    joined: dict[str, list[tuple[str, Cell]]] = field(default_factory=dict)
    scheme_of_parts: str | None = None
    labels: list[Cell] = field(default_factory=list)
    others: list[tuple[str, Cell]] = field(default_factory=list)
    times: list[Cell] = field(default_factory=list)

    def read(self, keys: Sequence[tuple[Column, Cell]]) -> None:
        """Fill the record from its key cells, and from words that stand among its amounts."""
        record = self.record
        for column, cell in keys:
            if column.key == "quantity":
                record.quantities += cell.pieces
                continue
            record.key_pieces += cell.pieces
            if not _MARK.fullmatch(cell.folded):
                self._add(column, cell)
        for column, cell in record.amounts:
            if column.kind == "unknown" and not any(char.isdigit() for char in cell.text):
                self.others.append(("text", cell))  # a label below a header that no word of the library names
                self.labels += [cell] if self.library.says("totals", cell.text) and not self.labels else []
        for scheme, found in self.parts.items():
            record.codes[scheme] = code_of_parts(found)
        self._set_incomplete_aside(self.joined | self.parts)
        self._add_times()
        if not self.labels and not record.codes and not record.project and record.amounts:
            # Nothing else names the row: then its unit does, or else what its first cell says, codes of own lists last.
            others = sorted(self.others, key=lambda other: bool(_OWN_CODE.fullmatch(other[1].folded)))
            self.labels = [cell for key in ("unit", "text") for kind, cell in others if kind == key][:1]
        if self.labels:
            _label(record, self.labels, self.library, self.text)

    def _add(self, column: Column, cell: Cell) -> None:
        digits = cell.folded.isdigit()
        if column.key in _PARTS and digits:
            self._add_part(column, cell)
        elif column.key == "code" and digits or column.key == "code_name" and CODE.fullmatch(cell.folded):
            self._add_code(column, cell)
        elif column.key in _NAMED and self._add_coded(column, cell):
            pass
        elif column.key == "name" and (self.record.codes or self.parts):
            self._add_name(column, cell)
        elif column.key == "project":
            self._add_project(cell)
        elif column.key in _OTHERS:
            self._add_other(column.key, cell)
        elif column.key == "code" and _OWN_CODE.fullmatch(cell.folded):
            self._add_other("text", cell)
        else:
            self.labels.append(cell)

    def _add_part(self, column: Column, cell: Cell) -> None:
        # What 款 and 项 belong to, their class says; their own digits say nothing.
        if column.key == "class" or self.scheme_of_parts is None or len(cell.folded) > 3:
            self.scheme_of_parts = scheme_of(column, cell.folded, self.library)
        self.parts.setdefault(self.scheme_of_parts, []).append((column.key or "", cell))

    def _add_code(self, column: Column, cell: Cell) -> None:
        scheme = scheme_of(column, cell.folded, self.library)
        digits, basis = padded(cell.text.split())
        self.record.codes[scheme] = Code(digits, basis, list(cell.pieces))
        if len(digits) == 2:
            self.joined[scheme] = [("section", cell)]  # 03 between 201 and 2010301

    def _add_coded(self, column: Column, cell: Cell) -> bool:
        """Add the code that a cell prints beside a name; False where it prints none."""
        code = (
            code_beside_name(cell, self.text)
            or code_behind_name(cell, self.text, self.library)
            or code_inside(cell, self.text)
        )
        if code is not None:
            self.record.codes[scheme_of(column, code.digits, self.library)] = code
        return code is not None

    def _add_name(self, column: Column, cell: Cell) -> None:
        codes = self.record.codes
        own = column.scheme if column.scheme in codes or column.scheme in self.parts else None
        scheme = own or next(iter(codes), None) or next(iter(self.parts))
        if scheme in self.parts:
            self.joined[scheme] = self.parts.pop(scheme)
            codes[scheme] = code_of_parts(self.joined[scheme])
        codes[scheme].name = cell.text
        codes[scheme].name_pieces = list(cell.pieces)

    def _add_project(self, cell: Cell) -> None:
        if self.library.says("totals", cell.text):
            self.labels.append(cell)
        else:
            self.record.project, self.record.project_pieces = cell.text, list(cell.pieces)

    def _add_other(self, key: str, cell: Cell) -> None:
        record, digits = self.record, cell.folded.isdigit()
        if key == "unit_code" and digits:
            record.unit_code = cell.folded
        elif key == "unit_code" and not any(map(str.isdigit, cell.folded)):
            key = "unit"  # 预算单位 may stand over codes of units, and over their names
        time = self.library.column(cell.text) if key == "row_number" and not digits else None
        if record.amounts and self.library.says("totals", cell.text):
            self.labels.append(cell)
        elif time is not None and time.weak:
            self.times.append(cell)
        elif key in ("unit", "text") and not digits:
            self.others.append((key, cell))
            if key == "unit":
                record.unit_pieces = list(cell.pieces)

    def _add_times(self) -> None:
        """Name the row by its year or phase (2023年预算数 below 年度) where nothing else does; else that is its time."""
        record = self.record
        named = self.labels or record.codes or record.project or record.unit_pieces
        record.time = self.times[0].text if self.times else None
        if not named:
            self.labels += self.times

    def _set_incomplete_aside(self, parts: dict[str, list[tuple[str, Cell]]]) -> None:
        """Take codes that are not whole from the record; what stands above them may complete them."""
        record = self.record
        for scheme in [scheme for scheme, code in record.codes.items() if not has_whole_length(code.digits)]:
            code = record.codes.pop(scheme)
            record.incomplete = "".join(join(self.text[a:b] for a, b in code.pieces))
            record.parts = parts.get(scheme, [])
            record.parts_scheme = scheme if record.parts else ""
            self.labels += [Cell(tuple(code.name_pieces), code.name)] if code.name else []


def _label(record: Record, labels: list[Cell], library: Library, text: str) -> None:
    """Give a record the label that cells print, without 其中 and its ordinal, which say how it nests."""
    labels = [cell for cell in labels if not is_no_amount(cell.folded)] or labels  # 无 where a code is due is no word
    pieces = [piece for cell in labels for piece in cell.pieces]
    whole = "".join(cell.folded for cell in labels)
    marks = len(whole) - len(whole.lstrip(MARKS))
    lead = marks if library.says("totals", whole[marks:]) else 0  # **合计: the mark of a blank code ran into the label
    if match := _OF_WHICH.match(whole):
        record.of_which = record.said_of_which = True
        lead = match.end()
    for level, pattern in enumerate(LEVELS):
        if match := pattern.match(whole[lead:]):
            record.level, lead = level, lead + match.end()
            break
    if not record.of_which and (match := _OF_WHICH.match(whole[lead:])):
        record.of_which = record.said_of_which = True
        lead += match.end()
    rest = whole[lead:]
    tail = len(rest) - len(rest.rstrip(":："))
    record.item_pieces = shorten(text, pieces, lead, tail)
    record.item = join(text[a:b] for a, b in record.item_pieces) or None


def name_in_ids(record: Record) -> str:
    """What names a record in ids: its codes, else its label, else nothing."""
    if record.codes and any(code.basis != "name" for code in record.codes.values()):
        names = [code.digits for code in record.codes.values()]
        return "-".join([*names, *([fold(record.project)] if record.project else [])])
    return fold(record.item or "")
