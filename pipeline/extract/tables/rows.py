"""What a row says of itself: its label, its codes, its project and its amounts."""

from __future__ import annotations

import re

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import LEVELS, fold
from pipeline.extract.tables.cells import Cell, Layout, Piece, TableRow, shorten, year_alone
from pipeline.extract.tables.columns import Column
from pipeline.extract.tables.nesting import nest
from pipeline.extract.tables.record import Code, Record
from pipeline.extract.tables.stairs import complete
from pipeline.extract.tables.unnamed import name_labels
from schemas.joining import join

_OF_WHICH = re.compile(r"^其中[:;,，；、]?")
_CODED = re.compile(r"^[［（]?(\d{3,7})(?:[］）]-*|-+|(?=[^\d］）,.%]))")
_WHOLE = re.compile(r"\d{3}|\d{5}|\d{7}")
_LENGTHS = (3, 5, 7)
_SCHEMES = {"2": "function", "5": "government_economic", "3": "department_economic"}
_SIDE_KEYS = ("label", "code", "class", "code_name", "name", "project")
_MARK = re.compile(r"[*＊]+|-+")


def records_of(layout: Layout, form: TableForm, library: Library, text: str) -> list[Record]:
    """All records of a table in the order of print, with kinds and paths."""
    by_side: dict[int, list[Record]] = {}
    ordered: list[Record] = []
    name_labels(layout.rows, form, library)
    of_columns: dict[int, list[tuple[list[Column], list[Column]]]] = {}
    for row in layout.rows:
        # Nearly always one and the same object.
        sides = of_columns.get(id(row.columns)) or of_columns.setdefault(id(row.columns), _sides(row.columns))
        for side, (keys, amounts) in enumerate(sides):
            named = next((key.direction for key in keys if key.direction), form.direction)
            # Two sides without a word for them: revenue is printed on the left.
            direction = named or (("revenue", "expenditure")[min(side, 1)] if len(sides) > 1 else None)
            record = _record(row, side, direction, keys, amounts, form, library, text)
            if record is not None:
                by_side.setdefault(side, []).append(record)
                ordered.append(record)
    summed: set[str | None] = set()
    for _, records in sorted(by_side.items()):
        complete(records, library)
        nest(records, library)
        totals = {record.direction for record in records if record.kind == "total"}
        if totals & summed:  # the same money by another classification: 按功能分类 beside 按经济分类
            for record in records:
                record.kind = "memo"
        summed |= totals
    return ordered


def _sides(columns: tuple[Column, ...]) -> list[tuple[list[Column], list[Column]]]:
    sides: list[tuple[list[Column], list[Column]]] = [([], [])]
    first = next((column.index for column in columns if column.kind == "key"), 0)
    for column in columns:
        if column.kind == "key":
            # What no word names before the first label, or stands under no word at all, is no side of its own.
            if any(c.index > first and c.path for c in sides[-1][1]) and column.key in _SIDE_KEYS:
                sides.append(([], []))
            sides[-1][0].append(column)
        else:
            sides[-1][1].append(column)
    return [side for side in sides if side[1]]


def _record(
    row: TableRow,
    side: int,
    direction: str | None,
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
    record = Record(row, side, direction, printed)
    for _, cell in (*cells, *printed):
        record.year = year_alone(cell.folded) or record.year
    parts: dict[str, list[tuple[str, Cell]]] = {}
    in_parts: dict[str, list[tuple[str, Cell]]] = {}
    part_of: str | None = None
    labels: list[Cell] = []
    others: list[tuple[str, Cell]] = []
    for column, cell in cells:
        record.key_pieces += cell.pieces
        if _MARK.fullmatch(cell.folded):
            continue  # ** in a column of codes beside 合计 says that there is none
        if column.key in ("class", "section", "item") and cell.folded.isdigit():
            # What 款 and 项 belong to, their class says; their own digits say nothing.
            if column.key == "class" or part_of is None or len(cell.folded) > 3:
                part_of = _scheme(column, cell.folded, library)
            parts.setdefault(part_of, []).append((column.key, cell))
        elif column.key == "code" and cell.folded.isdigit():
            scheme = _scheme(column, cell.folded, library)
            digits, basis = _padded(cell.text.split())
            record.codes[scheme] = Code(digits, basis, list(cell.pieces))
            if len(digits) == 2:
                in_parts[scheme] = [("section", cell)]  # 03 between 201 and 2010301
        elif column.key in ("code_name", "code", "label", "name") and (coded := _CODED.match(cell.folded)):
            scheme = _scheme(column, coded.group(1), library)
            _coded_cell(record, scheme, coded, cell, text)
        elif column.key in ("code_name", "code", "label", "name") and (inside := _code_inside(cell, text)):
            (start, end), name = inside
            digits = fold(text[start:end])
            spelled = join(text[a:b] for a, b in name)
            record.codes[_scheme(column, digits, library)] = Code(digits, "printed", [(start, end)], spelled, name)
        elif column.key == "name" and (record.codes or parts):
            own = column.scheme if column.scheme in record.codes or column.scheme in parts else None
            scheme = own or next(iter(record.codes), None) or next(iter(parts))
            if scheme in parts:
                in_parts[scheme] = parts.pop(scheme)
                record.codes[scheme] = _joined(in_parts[scheme])
            record.codes[scheme].name = cell.text
            record.codes[scheme].name_pieces = list(cell.pieces)
        elif column.key == "project":
            if library.says("totals", cell.text):
                labels.append(cell)
            else:
                record.project, record.project_pieces = cell.text, list(cell.pieces)
        elif column.key in ("row_number", "text", "unit", "unit_code"):
            if column.key == "unit_code" and cell.folded.isdigit():
                record.unit_code = cell.folded
            if printed and library.says("totals", cell.text):
                labels.append(cell)
            elif column.key == "unit" and not cell.folded.isdigit():
                record.unit_pieces = list(cell.pieces)
                others.append(("unit", cell))
            elif column.key == "text" and not cell.folded.isdigit():
                others.append(("text", cell))
        else:
            labels.append(cell)
    for column, cell in printed:
        if column.kind == "unknown" and not any(char.isdigit() for char in cell.text):
            others.append(("text", cell))  # a label below a header that no word of the library names
            labels += [cell] if library.says("totals", cell.text) and not labels else []
    in_parts |= parts
    for scheme, found in parts.items():
        record.codes[scheme] = _joined(found)
    for scheme in [scheme for scheme, code in record.codes.items() if len(code.digits) not in _LENGTHS]:
        code = record.codes.pop(scheme)
        record.incomplete = "".join(join(text[a:b] for a, b in code.pieces))
        record.parts = in_parts.get(scheme, [])
        record.parts_scheme = scheme if record.parts else ""
        labels += [Cell(tuple(code.name_pieces), code.name)] if code.name else []
    if not labels and not record.codes and not record.project and printed:
        # Nothing else names the row: then its unit does, or else what its first cell says.
        labels = [cell for key in ("unit", "text") for kind, cell in others if kind == key][:1]
    _label(record, labels, library, text)
    if not record.item and len(record.codes) == 1:
        code = next(iter(record.codes.values()))
        record.item, record.item_pieces = code.name, code.name_pieces
    if not record.item and record.project:
        record.item, record.item_pieces = record.project, record.project_pieces
    named_in = next((key.scheme for key in keys if key.key == "label" and key.scheme), form.name_scheme)
    if named_in and record.direction == "expenditure" and not record.codes and record.item:
        named = library.code_named(named_in, record.item)
        if named:
            record.codes[named_in] = Code(named, "name", [], record.item, record.item_pieces)
    if form.items == "expense" and record.item and (expense := library.expense(record.item)):
        record.expense = expense.kind
    return record


def _scheme(column: Column, digits: str, library: Library) -> str:
    """The classification of a code: what its header says, else what its first digit shows, else what the form says."""
    declared = library.remembered(
        "declared", column.path, lambda: any(key.scheme for word in column.path if (key := library.key(word)))
    )
    shown = _SCHEMES.get(digits[0])
    return (column.scheme if declared or shown is None else shown) or "function"


def _code_inside(cell: Cell, text: str) -> tuple[Piece, list[Piece]] | None:
    """A code on a line of its own among the lines of a wrapped name, and the pieces of the name."""
    coded = [piece for piece in cell.pieces if _WHOLE.fullmatch(fold(text[piece[0] : piece[1]]))]
    name = [piece for piece in cell.pieces if piece not in coded]
    if len(coded) != 1 or not name or any(char.isdigit() for a, b in name for char in text[a:b]):
        return None
    return coded[0], name


def _coded_cell(record: Record, scheme: str, coded: re.Match[str], cell: Cell, text: str) -> None:
    rest = len(cell.folded) - coded.end()
    code_pieces = shorten(text, cell.pieces, coded.start(1), _solid(text, cell.pieces) - coded.end(1))
    name_pieces = shorten(text, cell.pieces, coded.end()) if rest else []
    name = None
    if name_pieces:
        name = join(text[a:b] for a, b in name_pieces) or None
    record.codes[scheme] = Code(coded.group(1), "printed", code_pieces, name, name_pieces)


def _solid(text: str, pieces: tuple[Piece, ...]) -> int:
    return sum(len("".join(text[a:b].split())) for a, b in pieces)


def _joined(found: list[tuple[str, Cell]]) -> Code:
    """A code printed in parts. One digit where 款 and 项 have two is padded, and said to be.

    Without its class it is no code: the digits are empty, for which class is meant would be a guess.
    """
    pieces = [piece for _, cell in found for piece in cell.pieces]
    parts = [cell.folded for _, cell in found]
    if len(parts[-1]) in _LENGTHS[1:] and parts[-1].startswith(max(parts[:-1], key=len, default="")):
        return Code(parts[-1], "printed", pieces)  # 类 201, 款 20105, 项 2010507: the last is the whole
    if found[0][0] != "class":
        return Code("", "printed", pieces)
    return Code(*_padded(parts), pieces)


def _padded(parts: list[str]) -> tuple[str, str]:
    """The digits of a code from its printed parts, and how they came about."""
    first, *rest = (fold(part) for part in parts)
    padded = ["0" + part if len(part) == 1 else part for part in rest]
    return first + "".join(padded), "padded" if padded != rest else "printed"


def _label(record: Record, labels: list[Cell], library: Library, text: str) -> None:
    if not labels:
        return
    pieces = [piece for cell in labels for piece in cell.pieces]
    whole = "".join(cell.folded for cell in labels)
    marks = len(whole) - len(whole.lstrip("*＊"))
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


def fold_item(record: Record) -> str:
    """What names a record in ids: its codes, else its label, else nothing."""
    if record.codes and any(code.basis != "name" for code in record.codes.values()):
        names = [code.digits for code in record.codes.values()]
        return "-".join([*names, *([fold(record.project)] if record.project else [])])
    return fold(record.item or "")
