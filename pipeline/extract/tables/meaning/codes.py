"""Codes printed as stairs: 类 on a row of its own, 款 alone on the row below, 项 alone below that.

::

    201 |    |    | 一般公共服务支出                    | 610.00
        | 03 |    | 政府办公厅（室）及相关机构事务      | 610.00
        |    | 01 | 行政运行                            | 450.00

What a part belongs to stands above it. That is believed of a table as a whole, where the names of the codes that come of
it are the official ones, where every class and section is the sum of what stands below it, or where the next row prints
the whole (201, 03, 2010301); else the parts stay what is printed, and are said to be no whole codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold
from pipeline.extract.tables.meaning.record import Code, Record
from pipeline.extract.tables.meaning.sums import is_sum, values

_LEVELS = ("class", "section", "item")


def complete(records: Sequence[Record], library: Library) -> None:
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
