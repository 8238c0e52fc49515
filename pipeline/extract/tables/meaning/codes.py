"""Codes of rows: printed whole, beside or among a name, in parts, or in steps.

In steps, 类 stands on a row of its own, 款 alone on the row below, 项 alone below that::

    201 |    |    | 一般公共服务支出                    | 610.00
        | 03 |    | 政府办公厅（室）及相关机构事务      | 610.00
        |    | 01 | 行政运行                            | 450.00

What a part belongs to stands above it. That is believed of a table as a whole, where the names of the codes that come of
it are the official ones, where every class and section is the sum of what stands below it, or where the next row prints
the whole (201, 03, 2010301); else the parts stay what is printed, and are said to be incomplete.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold
from pipeline.extract.tables.layout.sheet import Cell, Piece, shorten
from pipeline.extract.tables.lexicon import MARKS
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.record import Code, Record
from pipeline.extract.tables.meaning.sums import is_sum, values
from schemas.joining import join

_CODED = re.compile(rf"^[{MARKS}]{{0,3}}[［（]?(\d{{3,7}})(?:[］）]-*|-+|(?=[^\dA-Za-z］）,.%]))")
_CODE_BEHIND = re.compile(r"([^\d]*[^\d（［])[（［]([235]\d\d(?:\d\d){0,2})[）］]")
_WHOLE = re.compile(r"\d{3}|\d{5}|\d{7}")
_LENGTHS = (3, 5, 7)
#: The classification of revenue (103, 10301 政府性基金收入): it nests rows, and no column publishes its codes.
REVENUE = "revenue"
_REVENUE = re.compile(r"1(?:0[1-5]|10)(?:\d\d){0,3}")
_SCHEMES = {"2": "function", "5": "government_economic", "3": "department_economic"}
_LEVELS = ("class", "section", "item")


def has_whole_length(digits: str) -> bool:
    """Whether a code is as long as that of a class, a section or an item."""
    return len(digits) in _LENGTHS


def scheme_of(column: Column, digits: str, library: Library) -> str:
    """The classification of a code: what its header says, else what its first digit shows, else what the form says."""
    declared = any(key.scheme for word in column.path if (key := library.key(word)))
    shown = _SCHEMES.get(digits[0])
    if not declared and column.scheme is None and _REVENUE.fullmatch(digits):
        return REVENUE
    return (column.scheme if declared or shown is None else shown) or "function"


def code_beside_name(cell: Cell, text: str) -> Code | None:
    """The code that a cell prints before a name (2010301-行政运行, ［30101］基本工资), with the name."""
    coded = _CODED.match(cell.folded)
    if coded is None:
        return None
    code_pieces = shorten(text, cell.pieces, coded.start(1), _solid(text, cell.pieces) - coded.end(1))
    name_pieces = shorten(text, cell.pieces, coded.end()) if coded.end() < len(cell.folded) else []
    name = join(text[a:b] for a, b in name_pieces) or None
    return Code(coded.group(1), "printed", code_pieces, name, name_pieces)


def code_behind_name(cell: Cell, text: str, library: Library) -> Code | None:
    """The code that a cell prints in brackets behind a name (行政运行（2130301）), where a classification has its class."""
    coded = _CODE_BEHIND.fullmatch(cell.folded)
    if coded is None or not library.official_names(_SCHEMES[coded.group(2)[0]], coded.group(2)[:3]):
        return None
    name, solid = coded.group(1), _solid(text, cell.pieces)
    name_pieces = shorten(text, cell.pieces, 0, solid - len(name))
    code_pieces = shorten(text, cell.pieces, coded.start(2), solid - coded.end(2))
    return Code(coded.group(2), "printed", code_pieces, join(text[a:b] for a, b in name_pieces), name_pieces)


def code_inside(cell: Cell, text: str) -> Code | None:
    """The code that stands on a line of its own among the lines of a wrapped name, with the name."""
    coded = [piece for piece in cell.pieces if _WHOLE.fullmatch(fold(text[piece[0] : piece[1]]))]
    name = [piece for piece in cell.pieces if piece not in coded]
    if len(coded) != 1 or not name or any(char.isdigit() for a, b in name for char in text[a:b]):
        return None
    ((start, end),) = coded
    return Code(fold(text[start:end]), "printed", coded, join(text[a:b] for a, b in name), name)


def _solid(text: str, pieces: tuple[Piece, ...]) -> int:
    return sum(len("".join(text[a:b].split())) for a, b in pieces)


def code_of_parts(found: list[tuple[str, Cell]]) -> Code:
    """A code printed in parts. One digit where 款 and 项 have two is padded, and said to be.

    Without its class the digits are empty, for which class is meant would be a guess.
    """
    pieces = [piece for _, cell in found for piece in cell.pieces]
    parts = [cell.folded for _, cell in found]
    if len(parts[-1]) in _LENGTHS[1:] and parts[-1].startswith(max(parts[:-1], key=len, default="")):
        return Code(parts[-1], "printed", pieces)  # 类 201, 款 20105, 项 2010507: the last is the whole
    if found[0][0] != "class":
        return Code("", "printed", pieces)
    return Code(*padded(parts), pieces)


def padded(parts: list[str]) -> tuple[str, str]:
    """The digits of a code from its printed parts, and how they came about."""
    first, *rest = (fold(part) for part in parts)
    padded = ["0" + part if len(part) == 1 else part for part in rest]
    return first + "".join(padded), "padded" if padded != rest else "printed"


def complete_steps(records: Sequence[Record], library: Library) -> None:
    """Give the records of one side whose codes lack what stands above them their whole codes, where that is proved."""
    if not any(record.incomplete and record.parts for record in records):
        return
    for scheme in sorted({record.parts_scheme for record in records if record.parts}):
        found = _codes(records, scheme)
        if found is None or not (_names_agree(found, scheme, library) or _adds_up(found) or _gone_on_with(found)):
            continue
        for record, code in found:
            if record.incomplete:
                pieces = [piece for _, cell in record.parts for piece in cell.pieces]
                basis = "padded" if any(len(cell.folded) == 1 for _, cell in record.parts) else "printed"
                record.codes[scheme] = Code(code, basis, pieces, record.item, record.item_pieces)
                record.incomplete = None


def _codes(records: Iterable[Record], scheme: str) -> list[tuple[Record, str]] | None:
    """The records with parts and the codes they have with what stands above; None where nothing stands above one."""
    above: dict[str, str] = {}
    found = []
    for record in records:
        own = {key: cell.folded.zfill(2) for key, cell in record.parts}
        if record.parts_scheme != scheme or not record.incomplete:
            whole = record.codes.get(scheme)
            if whole is not None and whole.basis != "name":
                digits = whole.digits
                above = dict(zip(_LEVELS, (digits[:3], digits[3:5], digits[5:7]), strict=True))
                found.append((record, digits))
            continue
        highest = min(_LEVELS.index(key) for key in own)
        above = {level: above.get(level, "") for level in _LEVELS[:highest]} | own
        lowest = max(_LEVELS.index(key) for key in own)
        parts = [above.get(level, "") for level in _LEVELS[: lowest + 1]]
        if not all(parts) or any(len(part) != 2 for part in parts[1:]):
            return None
        found.append((record, "".join(parts)))
    return found


def _names_agree(found: Sequence[tuple[Record, str]], scheme: str, library: Library) -> bool:
    """Whether names of completed codes are official ones, and no name is another than the lists have."""
    known = [
        fold(record.item) in {fold(name) for name in names}
        for record, code in found
        if record.incomplete and record.item and (names := library.official_names(scheme, code))
    ]
    return bool(known) and all(known)


def _gone_on_with(found: Sequence[tuple[Record, str]]) -> bool:
    """Whether the row below each completed code prints a whole one that begins with it."""
    below = zip(found, found[1:], strict=False)
    begun = [not other.incomplete and longer.startswith(code) for (r, code), (other, longer) in below if r.incomplete]
    return bool(begun) and all(begun) and not found[-1][0].incomplete


def _adds_up(found: Sequence[tuple[Record, str]]) -> bool:
    """Whether every row with codes of the next level below it, down to the next of its own, is their sum."""
    sums = 0
    for at, (record, code) in enumerate(found):
        below = []
        for other, longer in found[at + 1 :]:
            if len(longer) <= len(code):
                break
            if len(longer) == len(code) + 2:
                below.append(values(other))
        if not below:
            continue
        own = values(record)
        for column in own.keys() | {index for row in below for index in row}:
            if not is_sum(own.get(column, Decimal(0)), [row[column] for row in below if column in row]):
                return False
        sums += 1
    return sums > 0
