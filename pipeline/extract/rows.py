"""What a row is: its label, codes, place among the other rows, and whether it is a part or a sum of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.extract.cells import Cell, Layout, Piece, TableRow, shorten
from pipeline.extract.columns import Column
from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import fold
from schemas.joining import join

_LEVELS = (
    re.compile(r"^[一二三四五六七八九十]+[、.]"),
    re.compile(r"^[（][一二三四五六七八九十]+[）]、?"),
    re.compile(r"^\d{1,2}[、.](?!\d)"),
    re.compile(r"^[（]\d{1,2}[）]、?"),
)
_OF_WHICH = re.compile(r"^其中[:;,，；、]?")
_CODED = re.compile(r"^(\d{3,7})(?:-+|(?=\D))")
_SCHEMES = {"2": "function", "5": "government_economic", "3": "department_economic"}
_SIDE_KEYS = ("label", "code", "class", "code_name", "name", "project")


@dataclass(slots=True)
class Code:
    """A code of a row: digits, how they came about, and the pieces of the code and of its name."""

    digits: str
    basis: str
    pieces: list[Piece]
    name: str | None = None
    name_pieces: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class Record:
    """One side of a printed row. ``amounts`` pairs columns with cells; ``path`` holds the labels above its own."""

    row: TableRow
    side: int
    direction: str | None
    amounts: list[tuple[Column, Cell]]
    codes: dict[str, Code] = field(default_factory=dict)
    item: str | None = None
    item_pieces: list[Piece] = field(default_factory=list)
    key_pieces: list[Piece] = field(default_factory=list)
    project: str | None = None
    project_pieces: list[Piece] = field(default_factory=list)
    level: int | None = None
    of_which: bool = False
    kind: str = "detail"
    parents: list[Record] = field(default_factory=list)
    expense: str | None = None

    @property
    def path(self) -> str | None:
        words = [record.item for record in (*self.parents, self) if record.item]
        return "/".join(words) or None


def records_of(layout: Layout, form: TableForm, library: Library, text: str) -> list[Record]:
    """All records of a table in the order of print, with kinds and paths."""
    by_side: dict[int, list[Record]] = {}
    ordered: list[Record] = []
    for row in layout.rows:
        for side, (keys, amounts) in enumerate(_sides(row.columns)):
            record = _record(row, side, keys, amounts, form, library, text)
            if record is not None:
                by_side.setdefault(side, []).append(record)
                ordered.append(record)
    for side, records in by_side.items():
        count = len(by_side)
        for record in records:
            if record.direction is None and count > 1:
                record.direction = "revenue" if side == 0 else "expenditure"
        _nest(records, form, library)
    return ordered


def _sides(columns: tuple[Column, ...]) -> list[tuple[list[Column], list[Column]]]:
    sides: list[tuple[list[Column], list[Column]]] = [([], [])]
    for column in columns:
        if column.kind == "key":
            if sides[-1][1] and column.key in _SIDE_KEYS:
                sides.append(([], []))
            sides[-1][0].append(column)
        else:
            sides[-1][1].append(column)
    return [side for side in sides if side[1]]


def _record(
    row: TableRow,
    side: int,
    keys: list[Column],
    amounts: list[Column],
    form: TableForm,
    library: Library,
    text: str,
) -> Record | None:
    cells = [(column, row.cells[column.index]) for column in keys if column.index in row.cells]
    printed = [(column, row.cells[column.index]) for column in amounts if column.index in row.cells]
    if not cells and not printed:
        return None
    direction = next((key.direction for key in keys if key.direction), form.direction)
    record = Record(row, side, direction, printed)
    parts: dict[str, list[tuple[str, Cell]]] = {}
    labels: list[Cell] = []
    for column, cell in cells:
        record.key_pieces += cell.pieces
        if column.key in ("class", "section", "item") and cell.folded.isdigit():
            parts.setdefault(_scheme(column, cell.folded, library), []).append((column.key, cell))
        elif column.key == "code" and cell.folded.isdigit():
            scheme = _scheme(column, cell.folded, library)
            record.codes[scheme] = Code(cell.folded, "printed", list(cell.pieces))
        elif column.key in ("code_name", "code", "label", "name") and (coded := _CODED.match(cell.folded)):
            scheme = _scheme(column, coded.group(1), library)
            _coded_cell(record, scheme, coded, cell, text)
        elif column.key == "name" and (record.codes or parts):
            own = column.scheme if column.scheme in record.codes or column.scheme in parts else None
            scheme = own or next(iter(record.codes), None) or next(iter(parts))
            if scheme in parts:
                record.codes[scheme] = _joined(parts.pop(scheme))
            record.codes[scheme].name = cell.text
            record.codes[scheme].name_pieces = list(cell.pieces)
        elif column.key == "project":
            if library.says("totals", cell.text):
                labels.append(cell)
            else:
                record.project, record.project_pieces = cell.text, list(cell.pieces)
        elif column.key in ("row_number", "text", "unit", "unit_code"):
            if not printed or not library.says("totals", cell.text):
                continue
            labels.append(cell)
        else:
            labels.append(cell)
    for scheme, found in parts.items():
        record.codes[scheme] = _joined(found)
    _label(record, labels, library, text)
    if not record.item and len(record.codes) == 1:
        code = next(iter(record.codes.values()))
        record.item, record.item_pieces = code.name, code.name_pieces
    if not record.item and record.project:
        record.item, record.item_pieces = record.project, record.project_pieces
    if form.name_scheme and record.direction == "expenditure" and not record.codes and record.item:
        digits = library.code_named(form.name_scheme, record.item)
        if digits:
            record.codes[form.name_scheme] = Code(digits, "name", [], record.item, record.item_pieces)
    if form.items == "expense" and record.item and (expense := library.expense(record.item)):
        record.expense = expense.kind
    return record


def _scheme(column: Column, digits: str, library: Library) -> str:
    """The classification of a code: what its header says, else what its first digit shows, else what the form says."""
    declared = any(key.scheme for word in column.path if (key := library.key(word)) is not None)
    shown = _SCHEMES.get(digits[0])
    return (column.scheme if declared or shown is None else shown) or "function"


def _coded_cell(record: Record, scheme: str, coded: re.Match[str], cell: Cell, text: str) -> None:
    size = len(coded.group(1))
    rest = len(cell.folded) - coded.end()
    code_pieces = shorten(text, cell.pieces, 0, _solid(text, cell.pieces) - size)
    name_pieces = shorten(text, cell.pieces, coded.end()) if rest else []
    name = None
    if name_pieces:
        name = join(text[a:b] for a, b in name_pieces) or None
    record.codes[scheme] = Code(coded.group(1), "printed", code_pieces, name, name_pieces)


def _solid(text: str, pieces: tuple[Piece, ...]) -> int:
    return sum(not char.isspace() for a, b in pieces for char in text[a:b])


def _joined(found: list[tuple[str, Cell]]) -> Code:
    """A code printed in parts. One digit where 款 and 项 have two is padded, and said to be."""
    digits, basis = "", "printed"
    for kind, cell in found:
        part = cell.folded
        if kind != "class" and len(part) == 1:
            part, basis = "0" + part, "padded"
        digits += part
    return Code(digits, basis, [piece for _, cell in found for piece in cell.pieces])


def _label(record: Record, labels: list[Cell], library: Library, text: str) -> None:
    if not labels:
        return
    pieces = [piece for cell in labels for piece in cell.pieces]
    whole = "".join(cell.folded for cell in labels)
    lead = 0
    if match := _OF_WHICH.match(whole):
        record.of_which, lead = True, match.end()
    for level, pattern in enumerate(_LEVELS):
        if match := pattern.match(whole[lead:]):
            record.level, lead = level, lead + match.end()
            break
    if not record.of_which and (match := _OF_WHICH.match(whole[lead:])):
        record.of_which, lead = True, lead + match.end()
    rest = whole[lead:]
    tail = len(rest) - len(rest.rstrip(":："))
    record.item_pieces = shorten(text, pieces, lead, tail)
    record.item = join(text[a:b] for a, b in record.item_pieces) or None


def _nest(records: list[Record], form: TableForm, library: Library) -> None:
    by_code = {
        (scheme, code.digits): record
        for record in records
        if len(record.codes) == 1
        for scheme, code in record.codes.items()
        if code.basis != "name"
    }
    stack: list[Record] = []
    listing: Record | None = None
    balance: Record | None = None
    by_expense = {record.expense: record for record in records if record.expense}
    children: dict[int, list[Record]] = {}
    for record in records:
        total = bool(record.item and library.says("totals", record.item))
        if total:
            record.kind, stack, listing, balance = "total", [], None, None
            continue
        meaning = library.column(record.item) if record.item else None
        if balance is not None and meaning is not None and meaning.fund and not meaning.measure:
            record.parents = [balance]
            children.setdefault(id(balance), []).append(record)
            continue
        bare = record.level is None and not record.of_which and not record.codes
        balance = record if bare and record.item and library.says("balances", record.item) else None
        if len(record.codes) == 1 and (found := _above(record, by_code)):
            record.parents = found
            children.setdefault(id(found[-1]), []).append(record)
            continue
        if record.expense:
            whole = _whole_of(record.expense, library, by_expense)
            if whole is not None and whole is not record:
                record.parents = [whole]
                children.setdefault(id(whole), []).append(record)
            continue
        if record.item and library.says("subtotals", record.item):
            record.kind = "subtotal"
            continue
        if record.level is not None and not record.of_which:
            stack = [above for above in stack if above.level is not None and above.level < record.level]
            record.parents, listing = list(stack), None
            stack.append(record)
        elif record.of_which or (listing is not None and not record.codes and record.item):
            if record.of_which and stack:
                listing = stack[-1]
            if listing is not None:
                record.parents = [*listing.parents, listing]
                record.of_which = True
        else:
            stack, listing = ([record] if record.item else []), None
        if record.parents:
            children.setdefault(id(record.parents[-1]), []).append(record)
    for record in records:
        below = [child for child in children.get(id(record), []) if child.amounts]
        if record.kind != "detail" or not record.amounts:
            continue
        if record.expense:
            continue
        if any(not child.of_which for child in below):
            record.kind = "subtotal"
        elif record.of_which and record.parents:
            record.kind = "of_which"
    _expense_kinds([record for record in records if record.expense and record.amounts], children, library)
    for record in records:
        if any(parent.kind == "of_which" for parent in record.parents):
            record.kind = "of_which"


def _above(record: Record, by_code: dict[tuple[str, str], Record]) -> list[Record]:
    ((scheme, code),) = record.codes.items()
    if code.basis == "name":
        return []
    found = []
    for length in (3, 5):
        above = by_code.get((scheme, code.digits[:length]))
        if above is not None and above is not record and length < len(code.digits):
            found.append(above)
    return found


def _whole_of(kind: str, library: Library, by_expense: dict[str, Record]) -> Record | None:
    for record in by_expense.values():
        expense = library.expense(record.item or "")
        if expense is not None and kind in expense.parts:
            return record
    return None


def _expense_kinds(records: list[Record], children: dict[int, list[Record]], library: Library) -> None:
    """A kind of expense is a subtotal exactly where all of its parts are printed; else its parts are of_which."""
    for record in records:
        expense = library.expense(record.item or "")
        if expense is None:
            continue
        below = {child.expense for child in children.get(id(record), []) if child.amounts}
        if expense.memo:
            record.kind = "memo"
        elif expense.kind == "total":
            record.kind = "total"
        elif expense.parts and below >= set(expense.parts):
            record.kind = "subtotal"
    for record in records:
        if record.parents and record.kind == "detail" and record.parents[-1].kind != "subtotal":
            record.kind = "of_which"


def fold_item(record: Record) -> str:
    """What names a record in ids: its codes, else its label, else nothing."""
    if record.codes and any(code.basis != "name" for code in record.codes.values()):
        names = [code.digits for code in record.codes.values()]
        return "-".join([*names, *([fold(record.project)] if record.project else [])])
    return fold(record.item or "")
